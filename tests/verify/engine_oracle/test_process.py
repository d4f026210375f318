"""One engine in a process of its own: limits, deaths, a new process after each, and nothing left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from backproof.engine import FLOAT64
from backproof.verify.cases.case import rounded_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.engine_oracle.answers import Ending
from backproof.verify.engine_oracle.process import Allowed, EngineProcess
from backproof.verify.engine_oracle.target import TargetError

HOSTILE = Path(__file__).parent / "hostile"
CASE = rounded_case(lecture_cases()[0], FLOAT64)
PATIENT = Allowed(20.0, 200 * 2**20, 60.0)
ENGINES = """
import json, os, sys, threading
from right_engine import calls, first, right

def plain():
    return right

def modules():
    def engine(graph, leaves, cotangent):
        judge = [name for name in sys.modules if name.startswith("backproof.verify.") and name.split(".")[2] in JUDGE]
        print(json.dumps(judge))
        return right(graph, leaves, cotangent)
    JUDGE = ("derivatives", "rounding", "three_way", "paths", "blame", "results", "commands", "campaign", "numbers")
    return engine

def numbered():
    return first(lambda: os._exit(len(calls)) if len(calls) == 2 else None)()

def soon_gone():
    return first(lambda: threading.Timer(0.2, os.kill, (os.getpid(), 9)).start())()

def where():
    return first(lambda: print(os.getcwd(), sys.path[0], sys.argv, sys.stdin.read() == ""))()
"""


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "some_engines.py").write_text(ENGINES, encoding="utf-8")
    (tmp_path / "json.py").write_text("raise SystemExit('the wrong json')", encoding="utf-8")
    (tmp_path / "backproof.py").write_text("raise SystemExit('the wrong backproof')", encoding="utf-8")
    monkeypatch.syspath_prepend(str(HOSTILE))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_right_engine_answers_call_after_call_in_one_process() -> None:
    with EngineProcess("some_engines:plain", PATIENT) as engine:
        engine.start()
        first, second = engine.ask(CASE), engine.ask(CASE)
    assert first.ending is None
    assert {j: p.tolist() for j, p in first.p.items()} == {j: p.tolist() for j, p in second.p.items()}
    assert [first.p[1].item(), first.p[2].item()] == [4.0, 11.0]


def test_the_process_holds_no_judge() -> None:
    with EngineProcess("some_engines:modules", PATIENT) as engine:
        engine.ask(CASE)
    assert engine.printed.lines() == ["[]"]


def test_the_current_folder_is_importable_and_shadows_nothing_of_ours(here: Path) -> None:
    with EngineProcess("some_engines:where", PATIENT) as engine:
        assert engine.ask(CASE).ending is None
    folder, first, *_, empty = engine.printed.lines()[0].split()
    assert (folder, first, empty) == (str(here), str(here), "True")


def test_after_a_death_a_new_process_is_asked_which_remembers_nothing() -> None:
    with EngineProcess("some_engines:numbered", PATIENT) as engine:
        endings = [engine.ask(CASE).ending for _ in range(4)]
    assert endings == [None, Ending.EXIT, None, Ending.EXIT]


def test_the_limit_of_time_is_wall_clock_and_is_named() -> None:
    with EngineProcess("endings:sleep", Allowed(seconds=0.3)) as engine:
        engine.start()
        begun = time.monotonic()
        answer = engine.ask(CASE)
    assert answer.ending is Ending.HANG
    assert "within 0.3 s" in answer.problem
    assert time.monotonic() - begun < 20


def test_loading_has_a_limit_of_its_own() -> None:
    with EngineProcess("loading:sleep", Allowed(loading=0.5)) as engine, pytest.raises(TargetError, match=r"not loaded within 0.5 s"):
        engine.start()


def test_a_process_that_dies_between_two_calls_is_missed_at_the_next() -> None:
    with EngineProcess("some_engines:soon_gone", PATIENT) as engine:
        assert engine.ask(CASE).ending is None
        time.sleep(0.6)
        answer = engine.ask(CASE)
        assert answer.ending is Ending.SIGNAL
        assert "SIGKILL" in answer.problem
        assert engine.ask(CASE).ending is None


def test_the_last_words_of_a_process_are_in_the_sentence() -> None:
    with EngineProcess("endings:segfault", PATIENT) as engine:
        answer = engine.ask(CASE)
    assert "SIGSEGV" in answer.problem
    assert any("Segmentation fault" in line for line in engine.printed.lines())


def test_a_call_that_is_waited_for_is_ended_from_another_thread() -> None:
    with EngineProcess("endings:sleep", Allowed(seconds=100.0)) as engine:
        engine.start()
        threading.Timer(0.3, engine.end_soon).start()
        begun = time.monotonic()
        assert engine.ask(CASE).ending is not None
        assert time.monotonic() - begun < 30
        assert engine.ask(CASE).ending is Ending.EXIT  # no new one is started


PARENT = """
import sys, time
sys.path.insert(0, {hostile!r})
from backproof.verify.engine_oracle.process import Allowed, EngineProcess
from backproof.verify.cases.lecture import lecture_cases
engine = EngineProcess({target!r}, Allowed(seconds=1000.0))
engine.start()
print("loaded", flush=True)
engine.ask(lecture_cases()[0])
"""


@pytest.mark.parametrize("target", ["endings:sleep", "endings:sigstop", "endings:deaf", "tampering:leaves_a_daemon"])
def test_it_ends_with_its_parent_however_that_ends(here: Path, target: str, left_after_five_seconds: Callable[[str], list[str]]) -> None:
    program = PARENT.format(hostile=str(HOSTILE), target=target)
    parent = subprocess.Popen([sys.executable, "-P", "-c", program], stdout=subprocess.PIPE, env={**os.environ, "TRIAL_MARK": str(here)})
    assert parent.stdout is not None
    assert parent.stdout.readline() == b"loaded\n"
    time.sleep(0.3)
    parent.kill()
    parent.wait()
    parent.stdout.close()
    assert left_after_five_seconds(f"TRIAL_MARK={here}") == []
