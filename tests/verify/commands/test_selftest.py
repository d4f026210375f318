"""`backproof selftest`: the kill matrix, survivors, false alarms."""

from __future__ import annotations

import dataclasses
import json
import signal
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from backproof.verify.campaign.workers import Crash, Done, Outcome
from backproof.verify.commands import selftest
from backproof.verify.commands.main import run_command
from backproof.verify.selftest.mutants import by_name
from backproof.verify.selftest.trials import Trial, trial_cases, try_mutant


def done(*trials: Trial) -> Iterator[Outcome[str, Trial]]:
    return iter([Done(trial.mutant, trial) for trial in trials])


@cache
def few_trials() -> tuple[Trial, ...]:
    cases = trial_cases(0, 3)
    return tuple(try_mutant(by_name(name), cases) for name in ("overwrite", "wrong sign"))


def test_the_command_prints_the_matrix_and_the_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(selftest, "try_all", lambda seed, jobs, stop: done(*few_trials()))
    monkeypatch.setattr(selftest, "trial_cases", lambda seed: trial_cases(seed, 3))
    page = tmp_path / "matrix.html"
    assert run_command(["selftest", "--json", str(tmp_path / "matrix.json"), "--html", str(page), "--no-color"]) == 0
    assert "2 of 2 wrong engines caught, 0 false alarms" in page.read_text(encoding="utf-8")
    out = capsys.readouterr().out
    assert out.rstrip().endswith("2 of 2 wrong engines caught, 0 false alarms")
    matrix = json.loads((tmp_path / "matrix.json").read_text(encoding="utf-8"))
    assert [row["mutant"] for row in matrix["selftest"]["mutants"]] == ["overwrite", "wrong sign"]
    assert matrix["selftest"]["mutants"][0]["replay"].startswith("backproof1:")


def test_a_survivor_or_a_false_alarm_fails_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    survivor = dataclasses.replace(few_trials()[0], killed_by=(), vertices=None)
    monkeypatch.setattr(selftest, "try_all", lambda seed, jobs, stop: done(survivor))
    monkeypatch.setattr(selftest, "false_alarms", lambda cases: ["random 1"])
    assert run_command(["selftest", "--no-color"]) == 1
    out = capsys.readouterr().out
    assert "SURVIVES  overwrite" in out
    assert "no check names an unequal value" in out
    assert "false alarm: the right engine is flagged on random 1" in out
    assert out.rstrip().endswith("0 of 1 wrong engine caught, 1 false alarm")


def test_ctrl_c_says_how_far_it_came(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def pressed(seed: int, jobs: int, stop: Callable[[], bool]) -> Iterator[Outcome[str, Trial]]:
        yield from done(*few_trials())
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(selftest, "try_all", pressed)
    assert run_command(["selftest", "--no-color"]) == 2
    assert capsys.readouterr().err == "Interrupted after 2 mutants.\n"


def test_a_mutant_that_ends_its_worker_is_an_internal_error_by_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    crash = Crash("overwrite", "its worker died 3 times", 3)
    monkeypatch.setattr(selftest, "try_all", lambda seed, jobs, stop: iter([*done(*few_trials()), crash]))
    monkeypatch.setattr(selftest, "trial_cases", lambda seed: ())
    assert run_command(["selftest", "--no-color"]) == 3
    assert "failed on 1 of 3 mutants: overwrite: its worker died 3 times" in capsys.readouterr().err
