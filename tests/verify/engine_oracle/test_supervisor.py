"""Reports are two numbers; what a process holds is read; what it started goes with it (also `test_process.py`, `test_hostile.py`)."""

from __future__ import annotations

import os

import pytest

from backproof.verify.engine_oracle.supervisor import HAS_MEMORY_LIMITS, Report, held_bytes, read_report, report


@pytest.mark.parametrize("found", [Report(0), Report(-9), Report(255, 2**40)])
def test_a_report_arrives(found: Report) -> None:
    assert read_report(report(found.status, found.held)) == found


@pytest.mark.parametrize("raw", [b"", b"0", b"1 2 3", b"one two", b"\xff \xff"])
def test_what_is_no_report_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="a report has two numbers"):
        read_report(raw)


@pytest.mark.skipif(not HAS_MEMORY_LIMITS, reason="this system lists no memory of processes")
def test_the_memory_that_a_process_holds_is_read() -> None:
    before = held_bytes(os.getpid())
    kept = bytearray(b"x" * 50 * 2**20)
    assert held_bytes(os.getpid()) - before > 40 * 2**20
    assert kept
    assert held_bytes(2**30) == 0
