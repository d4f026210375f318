"""The gallery: every entry is a fault that the self-test plants, and its report shows a wrong verdict."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

pytest.importorskip("sphinx", reason="the site needs pip install 'backproof[docs]'")

from builder.gallery import ENTRIES, PAGE, command, make
from builder.pages import blocks

from backproof.verify.selftest import by_name

PAGE_TEXT = PAGE.read_text(encoding="utf-8")


def test_every_entry_is_an_engine_of_the_page_and_a_fault_of_the_selftest() -> None:
    engines = dict(re.findall(r'^(\w+) = engine_with\("(.+)"\)$', PAGE_TEXT, re.MULTILINE))
    assert [entry.engine for entry in ENTRIES] == list(engines)
    assert [by_name(fault).name for fault in engines.values()] == list(engines.values())


def test_the_page_runs_a_command_of_the_gallery() -> None:
    (console,) = (block for block in blocks(PAGE_TEXT) if block.kind == "console")
    assert sum(command(entry) in console.text for entry in ENTRIES) == 1


def test_a_report_is_made_by_the_command_that_stands_beside_it(tmp_path: Path) -> None:
    billionth = next(entry for entry in ENTRIES if entry.engine == "one_part_in_a_billion")
    billionth = replace(billionth, graphs="--functions add,multiply --scalars --cases 0")  # the lecture's example alone
    (report,) = make(tmp_path, (billionth,))
    assert report.name in command(billionth)
    assert "WRONG" in report.read_text(encoding="utf-8")


def test_a_command_that_finds_nothing_wrong_is_no_picture_of_a_fault(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="expected exit code 1, found 4"):
        make(tmp_path, (replace(ENTRIES[0], graphs="--no-such-option"),))
