"""`backproof theorems` as a user types it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backproof.engine import Graph, leaf, vertex
from backproof.reports import load_results
from backproof.theorems.catalogue import THEOREMS
from backproof.verify.cases.case import make_case, to_case_document
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.cases.replay import replay_id
from backproof.verify.commands.exit_codes import FAILS, USAGE
from backproof.verify.commands.options import Output, TheoremsOptions
from backproof.verify.commands.proving.theorems import run_theorems
from backproof.verify.proofs import within_limits
from backproof.verify.proofs.steps import check_case_theorems
from backproof.verify.selftest.mutants import by_name

PLAIN = Output(no_color=True)


def backproof(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "backproof.verify", "theorems", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **options)


def test_all_theorems_are_listed_with_verdict_statement_and_evidence() -> None:
    done = backproof("--cases", "24", "--exhaustive", "4", "--no-color")
    lines = done.stdout.splitlines()
    for line, stated in zip(lines, THEOREMS, strict=False):
        assert line.startswith("CORRECT")
        assert all(part in line for part in (stated.label, stated.title, stated.source))
    assert any(line.startswith("CORRECT       backward-pass") and "exhaustive, n ≤ 4 · exact on" in line for line in lines)
    assert "exhaustive, n ≤ 4: 75 graphs, 285 adjoints on symbols, 0 violations" in done.stdout
    assert lines[-1] == f"CORRECT  {len(THEOREMS)} of {len(THEOREMS)} theorems checked in 31 steps on 30 cases: every step holds."
    assert done.returncode == 0


@pytest.mark.parametrize("label", [stated.label for stated in THEOREMS if stated.label != "derivation"])
def test_each_theorem_runs_by_itself_and_shows_its_steps(label: str, capsys: pytest.CaptureFixture[str]) -> None:
    code = run_theorems(TheoremsOptions(label, cases=8, seed=1, exhaustive=3, jobs=1, output=PLAIN))
    shown = capsys.readouterr().out
    stated = next(stated for stated in THEOREMS if stated.label == label)
    assert code == 0
    assert stated.words in shown
    assert all(f"{number}. {step.name}" in shown for number, step in enumerate(stated.steps, start=1))
    assert "CORRECT  1 of 1 theorems checked" in shown


def test_a_theorem_that_no_case_speaks_of_is_not_called_correct(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_theorems(TheoremsOptions("unreachable", cases=0, exhaustive=2, jobs=1, output=PLAIN)) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "INCONCLUSIVE  0 of 1 theorems checked in 1 step on 6 cases: look at more (--cases)."


def test_a_theorem_on_a_case_of_ones_own() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "square", (1,)), vertex("z", "exp", (2,))))
    line = replay_id(make_case("own", "replay", graph, [0.5]))
    done = backproof("path-sum", "--case", line, "--no-color")
    assert done.returncode == 0
    assert "mpmath: to 4" in done.stdout
    assert "on 1 case" in done.stdout


def test_exhaustive_six_ends_with_the_count_and_no_violation() -> None:
    done = backproof("backward-pass", "--cases", "0", "--exhaustive", "6", "--no-color")
    assert "32,768 graphs with 6 vertices, 196,608 adjoints, 0 violations" in done.stdout
    assert "exhaustive, n ≤ 6: 33,867 graphs, 202,013 adjoints on symbols, 0 violations" in done.stdout
    assert done.returncode == 0


def test_results_and_report_are_written_whole_and_load_again(tmp_path: Path) -> None:
    done = backproof("--cases", "2", "--exhaustive", "3", "--json", "t.json", "--html", "t.html", cwd=tmp_path)
    assert done.returncode == 0
    results = load_results(tmp_path / "t.json")
    assert [theorem["label"] for theorem in results["theorems"]] == [stated.label for stated in THEOREMS]
    assert results["exhaustive"]["n"] == 3
    page = (tmp_path / "t.html").read_text(encoding="utf-8")
    assert "<title>backproof: CORRECT</title>" in page
    assert "Not claimed" in page


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("theorem-3",), "no theorem is labelled 'theorem-3'; `backproof list theorems` has them all"),
        (("path-sum", "--case", "nowhere.json"), "cannot read 'nowhere.json'"),
        (("path-sums",), "no theorem is labelled 'path-sums'; did you mean 'path-sum'?"),
        (("path-sum", "--leaf", "W"), "No such option '--leaf'"),
        (("--seed", "1", "derivation"), "`theorems derivation` is a command of its own: options come after both words"),
        (("derivation", "--leaf", "w"), "did you mean 'W'?"),
        (("derivation", "--leaf", "nobody"), "nobody"),
        (("--exhaustive", "8"), "8"),
        (("--cases", "-1"), "-1"),
    ],
)
def test_bad_input_is_refused_with_exit_code_4_and_no_traceback(arguments: tuple[str, ...], message: str) -> None:
    done = backproof(*arguments)
    assert done.returncode == USAGE
    assert message in done.stderr
    assert "Traceback" not in done.stderr


def test_a_report_that_cannot_be_written_is_said() -> None:
    done = backproof("unreachable", "--cases", "1", "--html", "no/such/folder/t.html")
    assert done.returncode == USAGE
    assert "cannot write" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_engine_makes_the_command_fail_and_names_the_step(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(
        within_limits,
        "check_case_theorems",
        lambda case, chosen, routes, digits: check_case_theorems(case, chosen, by_name("overwrite").routes, digits),
    )
    four = tmp_path / "four.json"
    four.write_text(json.dumps(to_case_document(lecture_cases()[0])), encoding="utf-8")
    output = replace(PLAIN, json_file=tmp_path / "r.json")
    code = run_theorems(TheoremsOptions("backward-pass", str(four), jobs=1, output=output))
    shown = capsys.readouterr().out
    assert code == FAILS
    assert "1. recursion (L16 (1)): WRONG" in shown
    assert "at u₂: 2→4 against 2→4 + 3→4 2→3" in shown
    assert "4. the first edges part the paths (L16 (3)): CORRECT" in shown
    assert load_results(tmp_path / "r.json")["summary"]["holds"] is False
