"""`backproof oracle package:factory`: right and wrong engines, exit codes, reports, shrunk failures and replay."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backproof.engine.limits import LIMITS
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.cases.replay import replay_id
from backproof.verify.commands import oracle
from backproof.verify.commands.exit_codes import FAILS, HOLDS, INTERNAL, INTERRUPTED, USAGE
from backproof.verify.commands.main import run_command
from backproof.verify.commands.options import OracleOptions

SCALARS = ["--functions", "add,multiply,tanh", "--scalars"]
ENGINES = """
from backproof.engine import backward, forward, jacobians

def right():
    return lambda graph, leaves, cotangent: backward(graph, jacobians(graph, forward(graph, leaves)), cotangent)

def doubled():
    engine = right()
    return lambda graph, leaves, cotangent: {j: 2 * p for j, p in engine(graph, leaves, cotangent).items()}

def noisy():
    engine, calls = right(), []
    def changing(graph, leaves, cotangent):
        calls.append(0)
        last = 2.0**-52 * (len(calls) % 2)
        p = engine(graph, leaves, cotangent)
        return {j: v * (1 + last) if j <= graph.l and (v * 1024 % 1).any() else v for j, v in p.items()}
    return changing

def poor():
    def engine(graph, leaves, cotangent):
        raise NotImplementedError("everything")
    return engine
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with engines in it, which is the current one."""
    (tmp_path / "their_engines.py").write_text(ENGINES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


def test_a_right_engine_in_the_current_folder_holds(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["oracle", "their_engines:right", "--cases", "12"]) == HOLDS
    printed = capsys.readouterr().out
    assert "the engine's adjoints are the derivatives, within the rounding bound" in printed
    assert "engine = certified derivative" in printed


@pytest.mark.parametrize("given", [["--cases", "2"], ["--case", replay_id(lecture_cases()[0])]], ids=["all", "one"])
def test_an_error_of_ours_while_judging_is_exit_code_3_and_names_the_case(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], given: list[str]
) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise ValueError("planted")

    monkeypatch.setattr(oracle, "check_asked", broken)
    monkeypatch.setattr("tempfile.tempdir", str(here))
    assert run_command(["oracle", "their_engines:right", *given]) == INTERNAL
    said = capsys.readouterr().err
    assert "internal error: ValueError" in said
    assert f"the case: backproof replay '{replay_id(lecture_cases()[0])}'" in said


def test_a_wrong_engine_fails_and_is_shrunk_diagnosed_and_replayed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["oracle", "their_engines:doubled", "--cases", "4", *SCALARS]) == FAILS
    printed = capsys.readouterr().out
    assert "shrinks from" in printed
    assert "load_engine('their_engines:doubled')" in printed
    line = re.findall(r"backproof oracle their_engines:doubled --case '([^']+)'", printed)[-1]
    assert run_command(["oracle", "their_engines:doubled", "--case", line]) == FAILS
    assert run_command(["oracle", "their_engines:right", "--case", line]) == HOLDS


def test_the_pasted_test_fails_on_the_wrong_engine(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_command(["oracle", "their_engines:doubled", "--cases", "2", *SCALARS])
    printed = capsys.readouterr().out
    text = printed[printed.index("def test_shrunk_case") :].split("\n\nseed")[0]
    scope: dict[str, object] = {}
    exec(text, scope)
    test = scope["test_shrunk_case"]
    assert callable(test)
    with pytest.raises(AssertionError):
        test()


def test_the_report_and_the_results_name_the_engine_and_how_to_replay(here: Path) -> None:
    assert (
        run_command(["oracle", "their_engines:doubled", "--cases", "2", *SCALARS, "--json", "r.json", "--html", "r.html", "--quiet"])
        == FAILS
    )
    results = json.loads((here / "r.json").read_text(encoding="utf-8"))
    assert results["run"]["target"] == "their_engines:doubled"
    assert results["theorems"] == []
    assert results["smallest"]["diagnosis"]
    page = (here / "r.html").read_text(encoding="utf-8")
    assert "backproof oracle their_engines:doubled --case" in page
    assert "engine = certified derivative" in page
    assert "backproof replay" not in page


def test_an_engine_that_has_none_of_the_functions_is_not_green(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["oracle", "their_engines:poor", "--cases", "2"]) == FAILS
    assert "--functions names those that it has" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere:make"], "cannot import nowhere"),
        (["their_engines"], "write package.module:factory"),
        (["their_engines:right", "--functions", "swish"], "unknown function 'swish'"),
        (["their_engines:right", "--functions", "constant"], "no graph can be made of the functions constant"),
        (["their_engines:right", "--case", "backproof1:nonsense"], "the replay id is damaged"),
    ],
)
def test_bad_input_is_refused_with_a_reason(here: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str) -> None:
    assert run_command(["oracle", *arguments]) == USAGE
    assert words in capsys.readouterr().err


def test_no_case_is_left_out_without_being_said(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run_command(["oracle", "their_engines:right", "--cases", "3", *SCALARS])
    assert re.search(r"not checked: \d+ named cases: they need functions or shapes that the engine does not have", capsys.readouterr().out)


def test_a_nondeterministic_engine_fails_unless_that_is_allowed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few = ["oracle", "their_engines:noisy", "--cases", "3", *SCALARS]
    assert run_command(few) == FAILS
    assert "nondeterministic: adjoint of " in capsys.readouterr().out
    assert run_command([*few, "--allow-inconclusive"]) == FAILS
    capsys.readouterr()
    assert run_command([*few, "--allow-nondeterminism", "--json", "r.json", "--html", "r.html"]) == HOLDS
    assert "the answer changed between two calls, at most by 0." in capsys.readouterr().out
    results = json.loads((here / "r.json").read_text(encoding="utf-8"))
    assert "--allow-nondeterminism" in results["run"]["command"]
    assert results["summary"]["nondeterministic"]["cases"] > 0


# The engine in a process of its own: what a command line sees of it (`tests/verify/engine_oracle/test_hostile.py` has the zoo).

HARD = """
import os, sys, time
from their_engines import right

def sleeping():
    def engine(graph, leaves, cotangent):
        print("asked", flush=True)
        time.sleep(1000)
    return engine

def leaves_at_once():
    return lambda *_: sys.exit(0)

def another_folder():
    engine = right()
    def moved(*given):
        os.chdir("/")
        return engine(*given)
    return moved

def kinked():
    return right()

def alone():
    engine = right()
    first = os.getpid()
    def asked(*given):
        assert os.getpid() == first
        print("a word to the user", os.getppid() != first)
        return engine(*given)
    return asked
"""


@pytest.fixture
def hard(here: Path) -> Path:
    (here / "hard_engines.py").write_text(HARD, encoding="utf-8")
    return here


def results_of(folder: Path, name: str = "r.json") -> dict[str, Any]:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def test_one_case_goes_through_the_process_too(hard: Path, capsys: pytest.CaptureFixture[str]) -> None:
    line = replay_id(lecture_cases()[0])
    assert run_command(["oracle", "hard_engines:leaves_at_once", "--case", line, "--json", "r.json"]) == FAILS
    assert "exit: the engine ended the process that called it: SystemExit: 0" in capsys.readouterr().out
    assert results_of(hard)["summary"]["verdict"] == "WRONG"
    assert run_command(["oracle", "hard_engines:sleeping", "--case", line, "--timeout", "0.3"]) == FAILS
    assert "hang: the engine did not return within 0.3 s" in capsys.readouterr().out


def test_every_planned_case_is_run_or_named_with_its_reason(hard: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["oracle", "hard_engines:leaves_at_once", "--cases", "9", *SCALARS, "--json", "r.json"]) == FAILS
    named = int(re.findall(r"(\d+) named cases? and 9 random", capsys.readouterr().out)[0])
    cases = results_of(hard)["summary"]["cases"]
    assert (cases["planned"], cases["run"], cases["unexplained"]) == (named + 9, 3, 0)
    assert cases["not_run"] == [
        {"why": "the engine was not asked again: three cases ended by hang, death or memory", "cases": named + 6, "excused": False}
    ]


def test_cases_that_say_nothing_of_any_engine_are_excused(hard: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oracle, "nothing_to_tell", lambda case: "a kink" if case.name == "random 1" else None)
    assert run_command(["oracle", "hard_engines:kinked", "--cases", "3", *SCALARS, "--json", "r.json"]) == HOLDS
    cases = results_of(hard)["summary"]["cases"]
    assert [(rest["cases"], rest["excused"]) for rest in cases["not_run"]] == [(1, True)]
    assert cases["run"] + 1 == cases["planned"]


def test_several_processes_give_the_same_results_and_say_what_they_see_less_well(hard: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for jobs in ("1", "3"):
        assert run_command(["oracle", "their_engines:doubled", "--cases", "5", *SCALARS, "--jobs", jobs, "--json", f"{jobs}.json"]) == FAILS
        assert ("faults that depend on the number of calls are seen less well" in capsys.readouterr().out) == (jobs == "3")
    assert (hard / "1.json").read_bytes() == (hard / "3.json").read_bytes()


def test_in_this_process_gives_the_same_verdicts_and_says_what_it_does_not_limit(hard: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for options, name in (((), "own"), (("--in-process",), "this")):
        assert run_command(["oracle", "their_engines:right", "--cases", "5", *SCALARS, *options, "--json", f"{name}.json"]) == HOLDS
    assert results_of(hard, "own.json")["cases"] == results_of(hard, "this.json")["cases"]
    assert "--in-process: nothing limits the engine" in capsys.readouterr().out
    assert "--in-process" in results_of(hard, "this.json")["run"]["command"]
    assert any("--in-process" in sentence for sentence in results_of(hard, "this.json")["summary"]["not_checked"])


def test_another_folder_moves_no_results(hard: Path) -> None:
    assert run_command(["oracle", "hard_engines:another_folder", "--cases", "1", *SCALARS, "--json", "r.json"]) == FAILS
    assert {check["ending"] for case in results_of(hard)["cases"] for check in case["checks"]} == {"changed folder"}


def test_what_the_engine_prints_is_bounded_and_on_stderr(hard: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert run_command(["oracle", "hard_engines:alone", "--cases", "40", *SCALARS]) == HOLDS
    printed, said = capfd.readouterr()
    assert "a word" not in printed
    lines = [line for line in said.splitlines() if line.startswith("engine: ")]
    assert lines[0] == "engine: a word to the user True"
    assert len(lines) <= 21
    assert run_command(["oracle", "hard_engines:alone", "--cases", "1", *SCALARS, "--quiet"]) == HOLDS
    assert "a word" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--timeout", "0"], "--timeout"),
        (["--memory", "12"], "is no size of at least 64 MB; write 500MB or 2GB, say"),
        (["--memory", "much"], "is no size"),
        (["--jobs", "0"], "--jobs"),
    ],
)
def test_a_limit_that_is_none_is_refused(here: Path, capsys: pytest.CaptureFixture[str], options: list[str], words: str) -> None:
    assert run_command(["oracle", "their_engines:right", *options]) == USAGE
    assert words in capsys.readouterr().err


def test_the_help_names_the_limits_that_hold(capsys: pytest.CaptureFixture[str]) -> None:
    run_command(["oracle", "--help"])
    said = " ".join(capsys.readouterr().out.split())
    assert f"may take. [default: {LIMITS.engine_seconds:g}]" in said
    assert f"once loaded. [default: {LIMITS.engine_bytes >> 30}GB]" in said


@pytest.mark.parametrize(("memory", "size"), [("500MB", 500 << 20), ("1.5 gib", 3 << 29), ("2G", 2 << 30), ("67108864", 64 << 20)])
def test_memory_is_given_with_a_unit(monkeypatch: pytest.MonkeyPatch, memory: str, size: int) -> None:
    given: list[int | None] = []

    def seen(options: OracleOptions) -> int:
        given.append(options.memory)
        return HOLDS

    monkeypatch.setattr(oracle, "run_oracle", seen)
    assert run_command(["oracle", "their_engines:right", "--memory", memory]) == HOLDS
    assert given == [size]


@pytest.mark.parametrize(("number", "times"), [(signal.SIGINT, 1), (signal.SIGTERM, 1), (signal.SIGINT, 2)])
def test_an_interrupted_run_keeps_what_is_finished_and_leaves_no_process(
    hard: Path, number: int, times: int, left_after_five_seconds: Callable[[str], list[str]]
) -> None:
    mark = f"BACKPROOF_INTERRUPTED={hard}"
    command = [sys.executable, "-P", "-m", "backproof.verify", "oracle", "hard_engines:sleeping", "--timeout", "300", "--json", "r.json"]
    name, _, value = mark.partition("=")
    run = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, name: value}, text=True)
    assert run.stdout is not None
    assert run.stdout.readline().startswith("engine hard_engines:sleeping")
    time.sleep(1)  # the engine is asked, and sleeps
    for _ in range(times):
        run.send_signal(number)
        time.sleep(0.05)
    assert run.wait(30) in ((INTERRUPTED,) if times == 1 else (INTERRUPTED, -number))
    said = run.communicate()[1]
    assert "Traceback" not in said
    assert left_after_five_seconds(mark) == []
    if times == 1:
        assert results_of(hard)["run"]["interrupted"]
        assert results_of(hard)["summary"]["cases"]["not_run"][-1]["why"] == "the run was interrupted"
