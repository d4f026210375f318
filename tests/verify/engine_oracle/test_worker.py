"""The engine's process from inside: one call and the verifier afterwards, its memory, its descriptors."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from backproof.engine import FLOAT64, backward, forward, jacobians
from backproof.verify.cases.case import rounded_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.engine_oracle import answers
from backproof.verify.engine_oracle.answers import Ending
from backproof.verify.engine_oracle.patches import present
from backproof.verify.engine_oracle.supervisor import HAS_MEMORY_LIMITS
from backproof.verify.engine_oracle.worker import OUT_OF_REACH, one_call, out_of_reach, received

CASE = rounded_case(lecture_cases()[0], FLOAT64)


def right(graph, leaves, cotangent):  # type: ignore[no-untyped-def]
    return backward(graph, jacobians(graph, forward(graph, leaves)), cotangent)


def test_a_call_that_changes_nothing_gives_its_answer() -> None:
    answer, changed = one_call(right, CASE, present())
    assert (answer.ending, changed) == (None, None)
    assert answer.p[1].item() == 4.0


def test_a_call_that_changes_the_verifier_gives_none_whatever_it_returns(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = present()

    def engine(graph, leaves, cotangent):  # type: ignore[no-untyped-def]
        monkeypatch.setattr(answers, "read_adjoints", lambda *_: {})
        return right(graph, leaves, cotangent)

    answer, changed = one_call(engine, CASE, seen)
    assert answer.ending is Ending.PATCHED
    assert changed == "backproof.verify.engine_oracle.answers.read_adjoints"
    assert changed in answer.problem


def test_the_channel_is_out_of_reach_and_not_inherited() -> None:
    read, write = os.pipe()
    moved = out_of_reach(read)
    assert moved >= OUT_OF_REACH
    assert not os.get_inheritable(moved)
    os.close(moved)
    os.close(write)


def test_a_channel_that_ends_in_the_middle_is_an_end() -> None:
    one, other = socket.socketpair()
    other.sendall(b"abc")
    other.close()
    with one, pytest.raises(EOFError):
        received(one, 4)


@pytest.mark.skipif(not HAS_MEMORY_LIMITS, reason="this system limits no memory of processes")
def test_beyond_the_limit_an_allocation_fails_and_the_limit_stays() -> None:
    program = """
import resource
from backproof.verify.engine_oracle.worker import limit_memory
limit_memory(100 * 2**20, for_good=True)
kept = bytearray(50 * 2**20)
try:
    bytearray(100 * 2**20)
except MemoryError:
    print(resource.getrlimit(resource.RLIMIT_DATA)[1] != resource.RLIM_INFINITY)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "True\n"
