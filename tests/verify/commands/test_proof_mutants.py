from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backproof.verify.commands import proof_mutants
from backproof.verify.commands.exit_codes import FAILS, HOLDS, NOTHING
from backproof.verify.commands.options import Output, ProveOptions
from backproof.verify.proofs.mutants import Mutant, Trial

SNEAKY, HARMLESS = Mutant("Axiom", "axioms", (), ("an axiom",)), Mutant("a comment", "harmless", (), ())


def run(monkeypatch: pytest.MonkeyPatch, trials: list[Trial], coqc: str = "sh") -> int:
    def tried(*_: Any) -> Iterator[Trial]:
        yield from trials

    monkeypatch.setattr(proof_mutants, "try_mutants", tried)
    return proof_mutants.run_mutants(ProveOptions(mutants=True, output=Output(no_color=True)), coqc=coqc)


def test_every_change_is_shown_and_counted(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    good = [Trial(SNEAKY, ("A.x is an axiom",), (), 1.0), Trial(HARMLESS, (), (), 1.0)]
    assert run(monkeypatch, good) == HOLDS
    shown = capsys.readouterr().out.splitlines()
    assert shown[0] == "refused  Axiom: A.x is an axiom"
    assert shown[-1] == "CORRECT  1 of 1 sneaky changes refused, each for its reason; 1 of 1 harmless ones accepted"


@pytest.mark.parametrize("bad", [Trial(SNEAKY, (), ("an axiom",), 1.0), Trial(HARMLESS, ("x",), (), 1.0)])
def test_one_that_passes_and_a_harmless_one_that_does_not_fail_the_run(
    bad: Trial, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, [bad]) == FAILS
    assert f"; not so: {bad.mutant.name}" in capsys.readouterr().out.splitlines()[-1]


def test_without_coq_nothing_is_tried(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(monkeypatch, [], coqc=str(tmp_path / "coqc")) == NOTHING
    assert "no change was tried" in capsys.readouterr().err
