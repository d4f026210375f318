"""`backproof theorems derivation`: one leaf or all, in three notations, refused where it cannot be derived."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from backproof.reports import load_results
from backproof.theorems.derivation import TooLong
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.cases.replay import replay_id
from backproof.verify.commands.options import DerivationOptions, Output
from backproof.verify.commands.proving import derivation
from backproof.verify.commands.proving.derivation import run_derivation


def backproof(*arguments: str, **options: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "backproof.verify", "theorems", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, **options)


def test_the_derivation_is_printed_for_one_leaf_in_each_notation() -> None:
    text = backproof("derivation", "--leaf", "W", "--no-color").stdout
    assert "∂o/∂W|^{f̄o} = ∂o/∂q|^{fo} × ∂q/∂W|^{f̄q}" in text
    assert text.rstrip().endswith("CORRECT  every line has the value of its left side")
    assert r"\left.\frac{\partial o}{\partial q}\right|^{f^{o}}" in backproof("derivation", "--leaf", "W", "--format", "latex").stdout
    assert "<math" in backproof("derivation", "--leaf", "W", "--format", "mathml").stdout


def test_the_derivation_is_written_to_files_too(tmp_path: Path) -> None:
    done = backproof("derivation", "--leaf", "W", "--json", "d.json", "--html", "d.html", cwd=tmp_path)
    assert done.returncode == 0
    assert [record["leaf"] for record in load_results(tmp_path / "d.json")["derivations"]] == ["W"]
    assert "With respect to W" in (tmp_path / "d.html").read_text(encoding="utf-8")


def test_without_a_leaf_every_leaf_of_the_case_is_derived_for(capsys: pytest.CaptureFixture[str]) -> None:
    line = replay_id(lecture_cases()[0])
    assert run_derivation(DerivationOptions(case=line, output=Output(no_color=True))) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("∂u₄/∂u₁|^{f̄u₄} = ")
    assert "\n\n∂u₄/∂u₂|^{f̄u₄} = " in shown


def test_what_is_too_long_to_write_is_said_and_nothing_written_is_not_checked(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def too_long(*_: Any, **__: Any) -> Any:
        raise TooLong("7,000 terms")

    monkeypatch.setattr(derivation, "check_derivation", too_long)
    assert run_derivation(DerivationOptions(leaf="W", output=Output(no_color=True))) == 5
    assert capsys.readouterr().out == "W: 7,000 terms\n\nnot checked  no derivation was short enough to write\n"
