"""`backproof report --baseline`, as a user types it: what changed, and the exit code of the comparison."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backproof.verify.commands.main import run_command

Record = dict[str, Any]
Save = Callable[[str, Record], Path]


@pytest.fixture
def both(run: Record, wrong_run: Record, saved: Save) -> None:
    saved("right.json", run)
    saved("wrong.json", wrong_run)


@pytest.mark.usefixtures("both")
def test_a_run_against_itself_is_empty(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["report", "right.json", "--baseline", "right.json"]) == 0
    assert "against right.json: nothing changed, of 18 in common" in capsys.readouterr().out


@pytest.mark.usefixtures("both")
def test_against_one_planted_fault_it_lists_exactly_that(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["report", "wrong.json", "--baseline", "right.json", "--md", "r.md", "--html", "r.html"]) == 1
    assert "Newly wrong: " in Path("r.html").read_text(encoding="utf-8")
    out = capsys.readouterr().out
    lines = out[out.index("against right.json") :].splitlines()
    assert lines[0].startswith("against right.json: 1 newly wrong, 0 fixed, 0 bounds or evidence changed, 0 otherwise wrong, 0 new, 0 gone")
    assert lines[1].startswith("  newly wrong      L11 four vertices (a22aa1e2b57c): CORRECT → WRONG: ")
    assert lines[2:4] == ["wrote r.html", "wrote r.md"]
    assert Path("r.md").read_text(encoding="utf-8").count("| newly wrong |") == 1
    assert run_command(["report", "right.json", "--baseline", "wrong.json"]) == 0
    assert "0 newly wrong, 1 fixed" in capsys.readouterr().out


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(("file", "baseline", "code"), [("wrong", "right", 1), ("wrong", "wrong", 0), ("right", "wrong", 0)])
def test_the_exit_code_is_that_of_the_comparison_where_that_is_asked_for(
    file: str, baseline: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["report", f"{file}.json", "--baseline", f"{baseline}.json", "--fail-on-regression"]) == code
    out = capsys.readouterr().out
    assert ("--fail-on-regression: 1 regression" if code else "--fail-on-regression: nothing is worse than in the baseline") in out


@pytest.mark.usefixtures("both")
def test_an_interrupted_run_is_interrupted_whatever_it_is_compared_with(run: Record, saved: Save) -> None:
    run["run"]["interrupted"], run["summary"]["holds"] = True, False
    run["summary"]["sentence"] = run["summary"]["sentence"].replace("All", "Interrupted: of the cases checked so far, all")
    saved("cut.json", run)
    assert run_command(["report", "cut.json", "--baseline", "right.json", "--fail-on-regression"]) == 2


@pytest.mark.usefixtures("both")
def test_checks_of_code_are_compared_by_name(checks: Record, saved: Save, capsys: pytest.CaptureFixture[str]) -> None:
    saved("checks.json", checks)
    assert run_command(["report", "checks.json", "--baseline", "checks.json", "--fail-on-regression"]) == 0
    assert run_command(["report", "checks.json", "--baseline", "right.json", "--fail-on-regression"]) == 1
    out = capsys.readouterr().out
    assert "2 new, 18 gone; 0 in common" in out


@pytest.mark.usefixtures("both")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--fail-on-regression"], "--fail-on-regression compares with --baseline FILE"),
        (["--baseline", "nowhere.json"], "cannot read 'nowhere.json'"),
        (["--baseline", "wrong.json", "--json", "wrong.json"], "would overwrite"),
    ],
)
def test_a_baseline_that_cannot_be_used_is_refused(arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["report", "right.json", *arguments]) == 4
    assert words in capsys.readouterr().err
