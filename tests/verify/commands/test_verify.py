"""`backproof verify`: output, files, exit codes, a wrong engine, a crash."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backproof.engine import FLOAT64, Graph, backward
from backproof.reports import load_results
from backproof.verify.commands import verify
from backproof.verify.commands.options import Output, VerifyOptions
from backproof.verify.commands.verify import run_verify
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
    assert "to 2 vertices" in out
    assert "is counted twice" in out
    assert "def test_shrunk_case() -> None:" in out


def test_quiet_prints_the_verdict_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_verify(replace(OPTIONS, output=Output(quiet=True, no_color=True))) == 0
    assert len(capsys.readouterr().out.strip().splitlines()) == 1


def test_verbose_prints_every_case(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_verify(replace(OPTIONS, output=Output(verbose=True, no_color=True))) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("CORRECT      ")]
    assert len(lines) >= 3 + 5


def test_nothing_selected_is_exit_code_5(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "named_cases", lambda seed: ((), ()))
    assert run_verify(replace(OPTIONS, cases=0)) == 5


def test_a_crash_of_the_suite_is_exit_code_3_and_names_the_case(capsys: pytest.CaptureFixture[str]) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("planted")

    assert run_verify(OPTIONS, routes=Routes(backward=broken)) == 3
    err = capsys.readouterr().err
    assert "planted" in err
    assert "backproof replay 'backproof1:" in err
