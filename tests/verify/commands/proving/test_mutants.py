from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backproof.verify.commands.exit_codes import FAILS, HOLDS, NOTHING
from backproof.verify.commands.options import Output, ProveOptions
from backproof.verify.commands.proving import mutants as proof_mutants
from backproof.verify.proofs.development import FOLDER, parts
from backproof.verify.proofs.mutants import Mutant, Trial, mutants

SNEAKY, HARMLESS = Mutant("Axiom", "axioms", (), ("an axiom",)), Mutant("a comment", "harmless", (), ())


HERE = Path(__file__).parent  # a folder without a development: nothing but what a test puts in


def run(monkeypatch: pytest.MonkeyPatch, trials: list[Trial], coqc: str = "sh", folder: Path = HERE) -> int:
    def tried(*_: Any) -> Iterator[Trial]:
        yield from trials

    monkeypatch.setattr(proof_mutants, "try_mutants", tried)
    return proof_mutants.run_mutants(ProveOptions(mutants=True, output=Output(no_color=True)), folder, coqc)


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


def test_changes_of_files_whose_library_is_missing_are_not_checked_here(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, [Trial(SNEAKY, ("A.x is an axiom",), (), 1.0)], folder=FOLDER) == HOLDS
    *shown, last = capsys.readouterr().out.splitlines()
    left_out = [line for line in shown if line.startswith("not checked here  ")]
    assert "not checked here  a further axiom over the real numbers: libcoq-mathcomp-analysis is not installed" in left_out
    assert last == f"CORRECT  1 of 1 sneaky changes refused, each for its reason; {len(left_out)} not checked here"


def test_changes_of_other_files_are_tried_without_the_library() -> None:
    tried, left_out = proof_mutants.split(mutants(), parts(FOLDER))
    assert {"real/LogSoftmax.v", "axioms.json"} <= {change.file for mutant in left_out for change in mutant.changes}
    assert not any(mutant.files & set(parts(FOLDER)[0].modules) for mutant in tried)
    assert "texts that are read as something else than their letters" in {mutant.name for mutant in tried}
    assert proof_mutants.split(mutants(), ()) == (mutants(), [])
