"""The zoo: engines that end, hang, fork, print, patch, forge and lie. Each is told by its own word, is never green, leaves no process behind, and never brings backproof down."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from backproof.verify.commands import oracle
from backproof.verify.commands.exit_codes import FAILS, HOLDS, USAGE
from backproof.verify.commands.main import run_command

HOSTILE = Path(__file__).parent / "hostile"
MARK = "BACKPROOF_TRIAL"
FEW = ("--cases", "2", "--functions", "add,multiply", "--scalars")
MANY = ("--cases", "25", "--functions", "add,multiply", "--scalars")
LIMITS = ("--timeout", "0.7", "--memory", "200MB")
BRACE = ("--timeout", "20", "--memory", "200MB")

# The word by which each is told; `engine = …` is the claim about numbers that are wrong.
ENDINGS = {
    "exit": (
        *("exit_0", "exit_1", "exit_none", "exit_text", "exit_builtin", "exit_with_a_slow_end", "os_exit_0", "os_exit_3"),
        *("os_exit_in_a_thread", "os_exit_behind_the_answer", "becomes_a_daemon", "becomes_another_program"),
        *("exit_from_case_20", "os_exit_from_case_20"),
    ),
    "signal": ("sigkill", "sigterm", "sigabrt", "segfault", "alarm", "cpu_limit", "whole_group", "watcher_killed"),
    "hang": ("loop", "sleep", "deadlock", "power", "expression", "sigstop", "deaf", "talks_for_ever", "sleep_from_case_3"),
    "memory": ("list_grows", "zeros", "byte_array", "shared_memory", "limit_raised", "memory_error"),
    "exception": ("sigint",),
}
ANSWERS = {
    "contract": (
        *("complex_numbers", "complex_without_imaginary_part", "text", "one_text", "masked", "dates", "booleans", "objects", "nothing"),
        *("no_adjoint", "pairs", "generator", "other_shape", "more_vertices", "text_keys", "changes_a_leaf", "only_a_thread_knows"),
    ),
    "exit": ("deaf_mapping",),
    "exception": (
        *("raises", "raises_keyboard_interrupt", "raises_base_exception", "raises_generator_exit", "raises_a_mute_exception"),
        *("raises_a_surrogate", "recursion"),
    ),
    "unsupported": ("unsupported",),
    "engine = certified derivative": (
        *("not_a_number", "infinite", "doubled", "slightly_wrong", "every_seventh_doubled", "drift_from_call_7", "wrong_from_case_20"),
        *("right_on_first_calls_only",),
    ),
    "engine = path sum (inner vertices)": ("wrong_inside_only", "wrong_inside_on_second_calls"),
}
TAMPERING = {
    "contract": ("writes_to_all", "forges", "announces_too_much", "closes_all", "returns_twice", "returns_four_times"),
    "changed folder": ("chdir", "chdir_to_nowhere"),
    "patched verifier": (
        *("patched_ask", "patched_worker", "patched_limit", "patched_method", "patched_numpy", "patched_builtin", "patched_modules"),
        *("patched_code", "patched_judge"),
    ),
}
RUDE = (
    *("leaves_a_daemon", "leaves_three", "prints_much", "writes_much", "writes_to_small_numbers", "closes_streams", "no_streams"),
    *("reads_input", "ignores_signals", "leaves_a_thread", "few_frames"),
)
ZOO = [
    (f"{module}:{engine}", word)
    for module, by_word in (("endings", ENDINGS), ("answers_given", ANSWERS), ("tampering", TAMPERING))
    for word, engines in by_word.items()
    for engine in engines
]
LOADING = (
    *(
        "loading:exit_0",
        "loading:os_exit_0",
        "loading:sigkill",
        "loading:interrupt",
        "loading:raises",
        "loading:nothing",
        "loading:too_much",
    ),
    *("exits_on_import:make", "vanishes_on_import:make", "loading:no_such_factory", "no_such_module:make", "loading"),
)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left_after_five_seconds: Callable[[str], list[str]]) -> Iterator[Path]:
    """An empty folder that is the current one; the engines can be imported; at the end no process of the test is left."""
    mark = uuid.uuid4().hex
    monkeypatch.setenv(MARK, mark)
    monkeypatch.setenv("PYTHONPATH", str(HOSTILE))
    monkeypatch.syspath_prepend(str(HOSTILE))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(oracle, "SHRINKING_SECONDS", 0.5)  # each try costs a process; the run itself is what is tried here
    yield tmp_path
    assert left_after_five_seconds(f"{MARK}={mark}") == []


def limits_for(word: str) -> tuple[str, ...]:
    """A short limit where it is waited for, a long one where a slow machine must not reach it."""
    return LIMITS if word == "hang" else BRACE


def cases_for(engine: str) -> tuple[str, ...]:
    return MANY if any(word in engine for word in ("from_case_20", "seventh", "call_7")) else FEW


def told(results: dict[str, object], word: str) -> bool:
    """Whether some case that is not CORRECT says the word: of its ending, or of the claim that failed."""
    checks = [check for case in results["cases"] if case["verdict"] != "CORRECT" for check in case["checks"]]  # type: ignore[index]
    return any(word in (check.get("ending"), check["claim"]) and check["verdict"] != "CORRECT" for check in checks)


@pytest.mark.parametrize(("engine", "word"), ZOO)
def test_a_hostile_engine_is_told_by_its_own_word(here: Path, capfd: pytest.CaptureFixture[str], engine: str, word: str) -> None:
    files = ["--json", "r.json", "--html", "r.html", "--allow-inconclusive"]
    arguments = ["oracle", engine, *cases_for(engine), *limits_for(word)]
    assert run_command([*arguments, *files]) == FAILS
    printed, said = capfd.readouterr()
    results = json.loads((here / "r.json").read_text(encoding="utf-8"))
    assert told(results, word), results["summary"]
    assert results["summary"]["holds"] is False
    assert results["summary"]["verdict"] == ("INCONCLUSIVE" if word == "unsupported" else "WRONG")
    assert word in printed
    assert word in (here / "r.html").read_text(encoding="utf-8")
    assert "Traceback" not in printed + "".join(line for line in said.splitlines() if not line.startswith("engine: "))
    assert sorted(path.name for path in here.iterdir()) == ["r.html", "r.json"]
    assert len(said) < 20_000


@pytest.mark.parametrize(("engine", "word"), [*ZOO[::9], ("answers_given:unsupported", "unsupported")])
def test_without_options_as_a_user_types_it_it_is_never_green(here: Path, engine: str, word: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "backproof.verify", "oracle", engine, *cases_for(engine), *limits_for(word)],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
        env=os.environ.copy(),
    )
    assert done.returncode == FAILS, done.stderr
    assert word in done.stdout
    assert "Traceback" not in done.stdout
    assert list(here.iterdir()) == []


@pytest.mark.parametrize("engine", RUDE)
def test_what_is_rude_and_not_wrong_holds_and_leaves_nothing_behind(here: Path, capfd: pytest.CaptureFixture[str], engine: str) -> None:
    assert run_command(["oracle", f"tampering:{engine}", *FEW, *BRACE]) == HOLDS
    printed, said = capfd.readouterr()
    assert "the engine's adjoints are the derivatives" in printed
    assert len(said) < 20_000


@pytest.mark.parametrize("target", LOADING)
def test_an_engine_that_cannot_be_loaded_is_refused_in_one_line(here: Path, capfd: pytest.CaptureFixture[str], target: str) -> None:
    assert run_command(["oracle", target, "--cases", "1", *BRACE, "--json", "r.json"]) == USAGE
    said = capfd.readouterr().err
    assert said.startswith(f"backproof oracle: {target!r}")
    assert len(said.splitlines()) == 1
    assert len(said) < 1000
    assert list(here.iterdir()) == []


def test_a_factory_that_returns_twice_is_one_engine(here: Path) -> None:
    assert run_command(["oracle", "loading:returns_twice", *FEW, *BRACE]) == HOLDS


def test_with_the_default_limits_an_engine_that_hangs_ends_in_a_minute(here: Path, capfd: pytest.CaptureFixture[str]) -> None:
    begun = time.monotonic()
    assert run_command(["oracle", "endings:sleep", "--json", "r.json"]) == FAILS
    assert time.monotonic() - begun < 60
    cases = json.loads((here / "r.json").read_text(encoding="utf-8"))["summary"]["cases"]
    assert cases["run"] == 3
    assert cases["not_run"][-1]["why"].startswith("the engine was not asked again")
    assert cases["planned"] == sum(rest["cases"] for rest in cases["not_run"]) + 3


def test_the_zoo_is_large_enough() -> None:
    assert len({engine for engine, _ in ZOO}) == len(ZOO) >= 45
