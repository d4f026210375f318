"""Under a runner: annotations that no foreign text escapes from, and a summary that fits into its file."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backproof.reports.formats.github import annotation_lines, append_summary, under_a_runner
from backproof.reports.formats.markdown import LARGEST

Record = dict[str, Any]


def test_a_finding_with_a_line_is_annotated_there(everything: Record) -> None:
    lines = annotation_lines(everything)
    assert any(
        line.startswith("::error file=src/net.py,line=12,title=WRONG%3A tests/test_net.py%3A%3Atest_layer/layer #2::") for line in lines
    )


def test_an_annotation_is_one_command_on_one_line(everything: Record) -> None:
    for line in annotation_lines(everything):
        assert "\n" not in line
        assert "\r" not in line
        command = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
        assert command is not None
        assert all(re.fullmatch(r"(file|line|title)=[^,:]*", entry) for entry in command[2].split(","))


def test_more_than_ten_are_counted(make: Callable[..., Record]) -> None:
    lines = annotation_lines(make(verdicts=["WRONG"] * 13))
    assert sum(line.startswith("::error") for line in lines) == 10
    assert lines[-1].startswith("::notice title=backproof::3 more do not pass")


def test_the_cause_of_all_failures_is_annotated_first(sample: Record) -> None:
    lines = annotation_lines({**sample, "causes": {"sentence": "sets where it should add: explains 2 of 2"}})
    assert lines[0] == "::error title=backproof::sets where it should add: explains 2 of 2"


def test_what_is_allowed_is_a_warning_and_what_holds_is_none(make: Callable[..., Record], holding: Record) -> None:
    document = make(verdicts=["INCONCLUSIVE"])
    document["run"]["allow_inconclusive"] = document["summary"]["holds"] = True
    assert [line[:9] for line in annotation_lines(document)] == ["::warning"]
    assert annotation_lines(holding) == []


def test_a_run_that_does_not_hold_is_annotated_though_its_parts_hold(holding: Record) -> None:
    holding["summary"]["holds"] = False
    assert [line[:7] for line in annotation_lines(holding)] == ["::error"]


def test_a_summary_is_appended_and_never_exceeds_what_a_step_may_write(sample: Record, tmp_path: Path) -> None:
    file = tmp_path / "step.md"
    file.write_text("before\n")
    append_summary(sample, str(file))
    assert file.read_text(encoding="utf-8").startswith("before\n## backproof: WRONG")
    file.write_bytes(b"x" * (LARGEST - 3000))
    append_summary(sample, str(file))
    assert LARGEST - 3000 < file.stat().st_size <= LARGEST
    with pytest.raises(OSError, match="holds"):
        append_summary(sample, str(file))


def test_a_runner_is_known_by_its_own_variable() -> None:
    assert under_a_runner({"GITHUB_ACTIONS": "true"})
    assert not under_a_runner({"CI": "true"})
