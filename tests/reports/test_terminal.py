"""What the terminal shows of results: the verdict in a sentence, the worst failures first, colour on request."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest

from backproof.reports import terminal
from backproof.reports.causes import worst_first
from backproof.reports.terminal import print_case_line, print_summary, print_table, say, say_lines, say_verdict, tell
from backproof.reports.text import replay_command

Record = dict[str, Any]
GREEN = "\x1b[32m"


def test_the_summary_shows_claims_gaps_and_the_worst_failures_first(sample: Record, capsys: pytest.CaptureFixture[str]) -> None:
    print_summary(sample, quiet=False, no_color=True, written=["r.json"])
    shown = capsys.readouterr().out
    assert "exact on 12 cases; 8 CORRECT" not in shown, "what is right is not listed again"
    assert "2 WRONG, 1 INCONCLUSIVE" in shown
    assert "not checked: scikit-learn is not installed" in shown
    assert "WRONG  8 of 12 cases hold." in shown
    failing = [line.split()[0] for line in shown.splitlines() if line.startswith(("WRONG  ", "INACCURATE  ", "INCONCLUSIVE"))][1:]
    assert failing == ["WRONG", "WRONG", "INACCURATE", "INCONCLUSIVE"]
    assert "apart by 0.25, allowed 1.1e-15; 1 of 3 entries" in shown
    assert replay_command(worst_first(sample["cases"])[0]) in shown
    assert shown.endswith("wrote r.json\nseed 0\n")


def test_quiet_leaves_the_verdict_and_the_failures(sample: Record, capsys: pytest.CaptureFixture[str]) -> None:
    print_summary(sample, quiet=True, no_color=True, written=["r.json"])
    shown = capsys.readouterr().out
    assert shown.startswith("WRONG  8 of 12 cases hold.")
    assert "wrote" not in shown


def test_without_a_case_nothing_reads_correct(make: Callable[..., Record], capsys: pytest.CaptureFixture[str]) -> None:
    print_summary(make([]), quiet=True, no_color=True, written=[])
    assert capsys.readouterr().out == "not checked  no case was checked.\n"


def test_more_failures_than_fit_are_counted(make: Callable[..., Record], capsys: pytest.CaptureFixture[str]) -> None:
    print_summary(make(["WRONG"] * (terminal.SHOWN_FAILURES + 3)), quiet=False, no_color=True, written=[])
    assert "and 3 more; --json or --html lists them all" in capsys.readouterr().out


def test_a_case_is_a_line_and_a_table_of_its_routes(sample: Record, capsys: pytest.CaptureFixture[str]) -> None:
    case = sample["cases"][0]
    print_case_line(case, no_color=True)
    line = capsys.readouterr().out
    assert line == f"CORRECT      {case['id']}  random 0  {case['vertices']} vertices, {case['paths']} paths  17.0 digits\n"
    print_table(case, no_color=True)
    shown = capsys.readouterr().out
    assert shown.startswith(line)
    for heading in ("leaf", "balls", "backward", "path sum", "difference", "digits", "ulps"):
        assert heading in shown
    assert all(row["backward"]["value"] in shown for row in case["detail"]["table"])


@pytest.mark.parametrize(
    ("variables", "no_color", "coloured"),
    [((), False, False), (("FORCE_COLOR",), False, True), (("FORCE_COLOR",), True, False), (("FORCE_COLOR", "NO_COLOR"), False, False)],
)
def test_colour_only_underlines_and_only_where_it_is_wanted(
    variables: tuple[str, ...], no_color: bool, coloured: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("FORCE_COLOR", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name in variables:
        monkeypatch.setenv(name, "1")
    say("CORRECT", no_color, fg="green")
    shown = capsys.readouterr().out
    assert "CORRECT" in shown
    assert (GREEN in shown) is coloured


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_what_was_planned_and_not_run_is_a_line_and_only_then(sample: Record, capsys: pytest.CaptureFixture[str]) -> None:
    cases = {"planned": 12, "run": 12, "not_run": [], "unexplained": 0}
    print_summary({**sample, "summary": {**sample["summary"], "cases": cases}}, quiet=True, no_color=True, written=[])
    assert "planned" not in capsys.readouterr().out
    rest = [{"why": "the run was interrupted", "cases": 3, "excused": False}]
    for quiet in (True, False):
        some = {**sample["summary"], "cases": {**cases, "planned": 16, "not_run": rest, "unexplained": 1}}
        print_summary({**sample, "summary": some}, quiet=quiet, no_color=True, written=[])
        words = "12 of 16 planned cases were run; not run: 3 (the run was interrupted), 1 (nothing says why)\n"
        assert capsys.readouterr().out.count(words) == 1


def test_an_interrupted_run_is_never_called_correct(make: Callable[..., Record], monkeypatch: pytest.MonkeyPatch) -> None:
    results = make(["CORRECT"])
    results["summary"].update(verdict="CORRECT", sentence="Interrupted: of the cases checked so far, all hold.")
    results["run"]["interrupted"] = True
    stream = Terminal()
    monkeypatch.setattr("sys.stdout", stream)
    monkeypatch.delenv("NO_COLOR", raising=False)
    print_summary(results, quiet=True, no_color=False, written=[])
    assert "INTERRUPTED  Interrupted: of the cases" in stream.getvalue()
    assert GREEN not in stream.getvalue()


def test_coverage_without_a_gap_is_one_line(sample: Record, capsys: pytest.CaptureFixture[str]) -> None:
    coverage = {"reached": 1069, "cells": 1069, "empty": [], "cases": 2000, "must_be_full_from": 2000}
    print_summary({**sample, "coverage": coverage}, quiet=False, no_color=True, written=[])
    shown = capsys.readouterr().out
    assert "coverage: 1,069 of 1,069 cells (functions × families, sizes, paths, fan-out, dimensions)\n" in shown
    assert "empty:" not in shown


def test_where_nothing_was_compared_nothing_is_called_equal(sample: Record, capsys: pytest.CaptureFixture[str]) -> None:
    case = sample["cases"][0]
    print_table({**case, "detail": None, "checks": [{**case["checks"][0], "entries": 0, "reason": "exit: it ended"}]}, no_color=True)
    shown = capsys.readouterr().out
    assert "no entry compared; exit: it ended" in shown
    assert "equal;" not in shown


def test_a_case_without_a_detail_has_no_table(sample: Record, capsys: pytest.CaptureFixture[str]) -> None:
    print_table({**sample["cases"][0], "detail": None}, no_color=True)
    shown = capsys.readouterr().out
    assert shown.startswith("CORRECT")
    assert "leaf" not in shown


def hostile(results: Record, name: str) -> Record:
    """The results with this name in every place that comes from outside."""
    for case in results["cases"]:
        case["name"] = case["reason"] = case["replay"] = case["target"] = name
        for row in case["detail"]["table"]:
            row["name"] = row["reference"] = name
            row["backward"] = row["path_sum"] = row["difference"] = {"value": name, "hex": name}
        for check in case["checks"]:
            check["reason"] = check["worst"] = name
            for failure in check["failures"]:
                failure.update(dict.fromkeys(failure, name))
    results["summary"]["sentence"] = results["summary"]["not_checked"][0] = name
    results["coverage"] = {"reached": 1, "cells": 2, "empty": [name], "cases": 3, "must_be_full_from": 4}
    results["smallest"] = {"name": name, "vertices": 3, "case": results["cases"][0], "diagnosis": name or "none", "test": f"f({name!r})"}
    return results


@pytest.mark.parametrize("on_a_terminal", [False, True])
def test_hostile_names_change_nothing_around_them(
    make: Callable[..., Record], hostile_name: str, on_a_terminal: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def shown(name: str) -> str:
        results = hostile(make(["CORRECT", "WRONG", "INCONCLUSIVE"]), name)
        stream = Terminal() if on_a_terminal else io.StringIO()
        monkeypatch.setattr("sys.stdout", stream)
        monkeypatch.setenv("COLUMNS", "100000")
        print_summary(results, quiet=False, no_color=True, written=["r.json"])
        print_table(results["cases"][0], no_color=True)
        say_verdict(name, no_color=True)
        return stream.getvalue()

    text = shown(hostile_name)
    assert text.count("\n") == shown("a").count("\n"), "no line more, and none less"
    assert all(line.isprintable() for line in text.splitlines())
    assert not [line for line in text.splitlines() if line.startswith("CORRECT  000000000000")]
    text.encode("utf-8")
    if "[" in hostile_name and len(hostile_name) < 80 and hostile_name.isprintable():
        assert f"\n{hostile_name}" in text, "brackets in the table are no markup"


def test_a_narrow_terminal_lets_no_foreign_words_begin_a_line(
    make: Callable[..., Record], hostile_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream = Terminal()
    monkeypatch.setattr("sys.stdout", stream)
    monkeypatch.setenv("COLUMNS", "40")
    results = make(["CORRECT"])
    results["summary"]["sentence"] = f"All hold {hostile_name} {'CORRECT  000000000000 ' * 8}"
    print_summary(results, quiet=True, no_color=True, written=[])
    lines = stream.getvalue().splitlines()
    assert [line[:2] for line in lines if not line.startswith(("CORRECT  All", "CORRECT  0"))] == ["  "] * (len(lines) - 1)


def test_words_on_standard_error_are_one_short_line(hostile_name: str, capsys: pytest.CaptureFixture[str]) -> None:
    tell(f"backproof: {hostile_name}")
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert len(err.encode("utf-8")) < 1000


def test_our_own_text_of_several_lines_keeps_them(capsys: pytest.CaptureFixture[str]) -> None:
    say_lines("def test() -> None:\n    assert 'a\x1b'\n\n    assert True\n")
    assert capsys.readouterr().out == "def test() -> None:\n    assert 'a\\x1b'\n\n    assert True\n"


def test_an_answer_without_output_or_adjoint_has_a_row(sample: Record, capsys: pytest.CaptureFixture[str]) -> None:
    for row in sample["cases"][0]["detail"]["table"]:
        row.update(output=[], backward=None, path_sum=None, difference=None, ulps=None)
    print_table(sample["cases"][0], no_color=True)
    assert "not given" in capsys.readouterr().out
