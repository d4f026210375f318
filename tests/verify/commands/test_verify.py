"""`backproof verify`: output, files, exit codes, a wrong engine, a crash."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backproof.engine import FLOAT64, Graph, backward
from backproof.reports import load_results, write_html
from backproof.verify.campaign import run
from backproof.verify.campaign.workplace import Trouble, Workplace
from backproof.verify.cases.case import Case
from backproof.verify.cases.draws import campaign_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.cases.replay import replay_id
from backproof.verify.commands import session, verify
from backproof.verify.commands.exit_codes import INTERRUPTED, USAGE
from backproof.verify.commands.options import Output, VerifyOptions
from backproof.verify.commands.verify import run_verify, settings_of
from backproof.verify.paths.sums import PathSum, path_sum
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.routes import Routes

OPTIONS = VerifyOptions(cases=3, seed=1, jobs=1, output=Output(no_color=True))


def backproof(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "backproof.verify", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **options)


def doubled(graph: Graph, D: Any, cotangent: Any = None, system: Any = FLOAT64) -> Any:
    p = backward(graph, D, cotangent, system)
    return {**p, 1: system.scale(2, p[1])}


def test_verify_holds_and_writes_both_files(tmp_path: Path) -> None:
    done = backproof("verify", "--cases", "6", "--seed", "3", "--json", "r.json", "--html", "r.html", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "CORRECT  All" in done.stdout
    assert "wrote r.json" in done.stdout
    assert done.stdout.rstrip().endswith("seed 3")
    assert load_results(tmp_path / "r.json")["summary"]["holds"] is True
    assert (tmp_path / "r.html").read_text(encoding="utf-8").lstrip().lower().startswith("<!doctype html>")


def test_the_same_seed_gives_the_same_results_whatever_the_number_of_processes(tmp_path: Path) -> None:
    for jobs in ("1", "2"):
        done = backproof("verify", "--cases", "12", "--seed", "5", "--jobs", jobs, "--json", f"{jobs}.json", "-q", cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "1.json").read_bytes() == (tmp_path / "2.json").read_bytes()


def test_a_wrong_engine_fails_with_exit_code_1_and_a_replay_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_verify(OPTIONS, routes=Routes(backward=doubled)) == 1
    out = capsys.readouterr().out
    assert "WRONG" in out
    assert "backproof replay 'backproof1:" in out
    assert "backward pass = path sum in rational, adjoint of" in out
    assert len(out.splitlines()) < 70
    assert "shrinks from" in out
    assert re.search(r"shrinks from [0-9]+ to [2-5] vertices", out)
    assert "The adjoint of the first leaf is multiplied by 2: explains" in out
    assert "def test_shrunk_case() -> None:" in out


def half_of_several(graph: Graph, D: Any, j: int, k: int, system: Any) -> PathSum:
    right = path_sum(graph, D, j, k, system)
    return right if right.count < 2 else replace(right, value=system.scale(0.5, right.value))


def test_path_sums_that_are_not_those_of_the_definition_fail_the_run_by_a_word_of_their_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    options = replace(OPTIONS, output=Output(tmp_path / "r.json", tmp_path / "r.html", no_color=True))
    assert run_verify(options, routes=Routes(definition=half_of_several)) == 1
    out = capsys.readouterr().out
    summary = load_results(tmp_path / "r.json")["summary"]
    total, tried, disagree = sum(summary["counts"].values()), summary["definition"]["cases"], summary["definition"]["disagree"]
    assert 0 < disagree <= tried < total
    assert summary["counts"]["WRONG"] == disagree
    line = f"path sums by definition: on {tried} of {total} cases; internal disagreement on {disagree}"
    assert f"  {line}\n" in out
    assert "But there is internal disagreement on " in summary["sentence"]
    assert "internal disagreement: " in out
    assert f"  differences: on {total} of {total} cases, along directions on {summary['differences']['directions']}\n" in out
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert f"{line[:1].upper()}{line[1:]}." in page


def test_the_number_of_cases_decides_on_how_many_differences_are_taken_unless_it_is_said() -> None:
    def asked(**given: Any) -> tuple[str | None, str]:
        settings = settings_of(VerifyOptions(**given))
        return settings.differences, settings.command

    assert asked(cases=1000) == ("all", "backproof verify --cases 1000 --seed 0")
    assert asked(cases=1001) == ("sample", "backproof verify --cases 1001 --seed 0")
    assert asked(cases=20, differences="sample") == ("sample", "backproof verify --cases 20 --seed 0 --differences sample")
    assert asked(cases=1001, differences="all") == ("all", "backproof verify --cases 1001 --seed 0 --differences all")
    assert asked(cases=1000, differences="all")[1] == asked(cases=1000)[1]


def test_quiet_prints_the_verdict_only(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    few(monkeypatch)
    assert run_verify(replace(OPTIONS, output=Output(quiet=True, no_color=True))) == 0
    assert len(capsys.readouterr().out.strip().splitlines()) == 1


def test_verbose_prints_every_case(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    few(monkeypatch, 5)
    assert run_verify(replace(OPTIONS, output=Output(verbose=True, no_color=True))) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("CORRECT      ")]
    assert len(lines) == 3 + 5


def test_nothing_selected_is_exit_code_5(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "named_cases", lambda seed: ((), ()))
    assert run_verify(replace(OPTIONS, cases=0)) == 5


def planted(*_: Any, **__: Any) -> Any:
    raise RuntimeError("planted")


def few(monkeypatch: pytest.MonkeyPatch, count: int = 1) -> None:
    """Only so many named cases, so that a run is short."""
    monkeypatch.setattr(verify, "named_cases", lambda seed: (lecture_cases()[:count], ()))


def test_a_case_on_which_the_suite_fails_is_named_counted_and_does_not_end_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    few(monkeypatch)
    right = check_case
    monkeypatch.setattr(
        run, "check_case", lambda case, *given, **options: (planted if case.name == "random 1" else right)(case, *given, **options)
    )
    file = tmp_path / "r.json"
    assert run_verify(replace(OPTIONS, output=Output(file, no_color=True))) == 3
    said, replay = capsys.readouterr(), f"backproof replay '{replay_id(campaign_case(1, 1))}'"
    assert f"random 1: RuntimeError: planted (-v shows where)\n  {replay}\n" in said.err
    assert "Traceback" not in said.err
    summary = load_results(file)["summary"]
    why = f"the suite failed on random 1 (RuntimeError: planted): {replay}"
    assert summary["cases"] == {"planned": 4, "run": 3, "not_run": [{"why": why, "cases": 1, "excused": False}], "unexplained": 0}
    assert (summary["holds"], summary["verdict"]) == (False, "INCONCLUSIVE")
    assert "But 1 of 4 planned cases was not run." in said.out
    assert "3 of 4 planned cases were run; not run: 1 (the suite failed on random 1" in said.out
    monkeypatch.undo()
    few(monkeypatch)
    again = replace(OPTIONS, resume_file=tmp_path / "r.jsonl", output=Output(file, no_color=True))
    assert run_verify(again) == 0, "the case is run again"


def test_a_case_that_ends_its_worker_three_times_is_named_and_the_others_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    few(monkeypatch)
    right = check_case

    def deadly(case: Case, *given: Any, **options: Any) -> Any:
        if case.name == "random 1":
            os.kill(os.getpid(), signal.SIGKILL)
        return right(case, *given, **options)

    monkeypatch.setattr(run, "check_case", deadly)
    assert run_verify(replace(OPTIONS, jobs=2, output=Output(tmp_path / "r.json", no_color=True))) == 3
    said = capsys.readouterr()
    assert f"random 1: its worker died 3 times\n  backproof replay '{replay_id(campaign_case(1, 1))}'\n" in said.err
    assert "3 of 4 planned cases were run" in said.out
    assert [case["name"] for case in load_results(tmp_path / "r.json")["cases"]] == [lecture_cases()[0].name, "random 0", "random 2"]


def test_many_crashes_are_counted_and_verbose_shows_where(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    few(monkeypatch)
    monkeypatch.setattr(verify, "NAMED_CRASHES", 2)
    options = replace(OPTIONS, output=Output(verbose=True, no_color=True))
    assert run_verify(options, routes=Routes(backward=planted)) == 3
    said = capsys.readouterr()
    assert said.err.count("backproof replay") == 2
    assert "in planted" in said.err
    assert "2 (the suite failed on them, too)" in said.out


def test_a_run_on_a_machine_with_other_named_cases_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(verify, "named_cases", lambda seed: (lecture_cases()[:1], ("the digits: scikit-learn is not installed",)))
    assert run_verify(replace(OPTIONS, cases=1, output=Output(tmp_path / "r.json", quiet=True))) == 0
    lines = tmp_path / "r.jsonl"
    before = lines.read_bytes()
    few(monkeypatch, 3)
    again = replace(OPTIONS, cases=1, resume_file=lines, output=Output(tmp_path / "r.json", quiet=True))
    assert run_verify(again) == 4
    assert "here are 2 named cases that it has not (" in capsys.readouterr().err
    assert run_verify(replace(again, output=Output(tmp_path / "other.json", quiet=True))) == 4
    assert not (tmp_path / "other.jsonl").exists() or (tmp_path / "other.jsonl").read_bytes() == b""
    few(monkeypatch, 3)
    assert run_verify(replace(OPTIONS, cases=1, output=Output(tmp_path / "s.json", quiet=True))) == 0
    monkeypatch.setattr(verify, "named_cases", lambda seed: (lecture_cases()[:1], ("the digits: scikit-learn is not installed",)))
    capsys.readouterr()
    assert run_verify(replace(OPTIONS, cases=1, resume_file=tmp_path / "s.jsonl", output=Output(quiet=True))) == 4
    err = capsys.readouterr().err
    assert "it has 2 named cases that are not here (" in err
    assert err.rstrip().endswith("the digits: scikit-learn is not installed")
    assert lines.read_bytes() == before


def pressing(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, during which somebody presses Ctrl-C."""

    def pressed(*given: Any, **options: Any) -> Any:
        signal.raise_signal(signal.SIGINT)
        return function(*given, **options)

    return pressed


@pytest.mark.parametrize("part", ["named_cases", "check_all", "derivation_records", "smallest"])
def test_ctrl_c_in_any_part_ends_in_order_and_the_run_resumes(
    part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    few(monkeypatch)
    routes = Routes(backward=doubled) if part == "smallest" else None
    options = replace(OPTIONS, cases=2, output=Output(tmp_path / "r.json", no_color=True))
    monkeypatch.setattr(verify, part, pressing(getattr(verify, part)))
    assert run_verify(options, routes) == 2
    said = capsys.readouterr()
    results = load_results(tmp_path / "r.json")
    assert results["run"]["interrupted"] is True
    assert results["smallest"] is None
    assert "Traceback" not in said.err
    done = 0 if part == "named_cases" else 3
    assert results["summary"]["cases"]["run"] == done
    assert f"Interrupted: {done} of 3 cases are done; go on with backproof verify --cases 2 --seed 1 --json " in said.err
    monkeypatch.undo()
    few(monkeypatch)
    undisturbed = tmp_path / "undisturbed.json"
    code = run_verify(replace(options, output=Output(undisturbed, quiet=True)), routes)
    assert run_verify(replace(options, resume_file=tmp_path / "r.jsonl"), routes) == code == (0 if routes is None else 1)
    assert (tmp_path / "r.json").read_bytes() == undisturbed.read_bytes()


def test_ctrl_c_when_all_is_done_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few(monkeypatch)
    monkeypatch.setattr(session, "write_html", pressing(write_html))
    output = Output(tmp_path / "r.json", tmp_path / "r.html", no_color=True)
    assert run_verify(replace(OPTIONS, cases=1, output=output)) == 0
    assert load_results(tmp_path / "r.json")["run"]["interrupted"] is False
    assert (tmp_path / "r.html").exists()


def test_lines_of_an_interrupted_run_are_not_overwritten_and_those_of_one_that_ended_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    few(monkeypatch)
    options = replace(OPTIONS, cases=2, output=Output(tmp_path / "r.json", quiet=True))
    assert run_verify(options) == run_verify(options) == 0
    lines = tmp_path / "r.jsonl"
    kept = lines.read_bytes().splitlines(keepends=True)[:-1]
    lines.write_bytes(b"".join(kept))
    assert run_verify(options) == 4
    assert f"cannot write '{lines}': it holds 3 finished cases of this run; go on with --resume {lines}, or give" in capsys.readouterr().err
    assert lines.read_bytes() == b"".join(kept)


def test_damaged_lines_are_named_and_run_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    few(monkeypatch)
    options = replace(OPTIONS, cases=2, output=Output(tmp_path / "r.json", quiet=True))
    assert run_verify(options) == 0
    right, lines = (tmp_path / "r.json").read_bytes(), tmp_path / "r.jsonl"
    kept = lines.read_bytes().splitlines(keepends=True)
    lines.write_bytes(b"".join([kept[0], b"\xff\n", kept[2], kept[3].replace(b"CORRECT", b"WRONG")]))
    assert run_verify(replace(options, resume_file=lines)) == 0
    assert "2 damaged lines left out (2, 4): their cases are run again" in capsys.readouterr().err
    assert (tmp_path / "r.json").read_bytes() == right


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"", "it is empty"), (b"{}\n", "no lines file of backproof"), (b"\xff\n", "no lines file"), (None, "No such file or directory")],
)
def test_what_is_no_lines_file_is_refused(content: bytes | None, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "old.jsonl"
    if content is not None:
        file.write_bytes(content)
    assert run_verify(replace(OPTIONS, resume_file=file)) == 4
    assert f"backproof verify: cannot resume from '{file}'" in (err := capsys.readouterr().err)
    assert words in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(("refused", "code"), [(False, INTERRUPTED), (True, USAGE)])
def test_a_cluster_that_is_lost_is_a_sentence_and_a_file_that_goes_on(
    refused: bool, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    looks = iter(range(1000))
    where = Workplace(1, trouble=lambda: Trouble("the scheduler at tcp://a:1 was lost", refused) if next(looks) >= 2 else None)
    monkeypatch.setattr(verify, "place", lambda jobs, scheduler: nullcontext(where))
    monkeypatch.setattr(verify, "named_cases", lambda seed: ((), []))
    options = VerifyOptions(cases=5, scheduler="tcp://a:1", output=Output(tmp_path / "r.json", quiet=True))
    assert run_verify(options) == code
    said = capsys.readouterr().err.splitlines()
    assert said[0] == "backproof verify: the scheduler at tcp://a:1 was lost"
    assert "2 of 5 cases are done; go on with backproof verify" in said[1]
    not_run = json.loads((tmp_path / "r.json").read_text(encoding="utf-8"))["summary"]["cases"]["not_run"]
    assert [(rest["why"], rest["cases"]) for rest in not_run] == [("the scheduler at tcp://a:1 was lost", 3)]


def test_a_scheduler_beside_jobs_or_where_none_is_leaves_nothing_behind(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = Output(tmp_path / "r.json")
    assert run_verify(VerifyOptions(cases=1, jobs=2, scheduler="tcp://127.0.0.1:1", output=output)) == USAGE
    assert "--jobs are processes of this machine, --scheduler has its own" in capsys.readouterr().err
    assert run_verify(VerifyOptions(cases=1, scheduler="", output=output)) == USAGE
    assert capsys.readouterr().err.startswith("backproof verify: ")
    assert list(tmp_path.iterdir()) == []
