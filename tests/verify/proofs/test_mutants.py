"""The audit refuses sneaky changes for their reasons: ten of them here, all of them by `backproof theorems prove --mutants`."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from backproof.verify.proofs.coq_audit import check_proofs
from backproof.verify.proofs.development import FOLDER
from backproof.verify.proofs.mutants import Built, Change, Mutant, Trial, closure, mutants, try_mutant, try_mutants
from backproof.verify.results.proofs import write_records

needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="coqc is not installed")

IN_EVERY_RUN = (
    "Theorem 1 says True, and prints as it did",
    "Theorem 2 is about another constant that prints as `backward`",
    "Axiom",
    "an axiom between two strings that look like comment marks",
    "no check of recursion, by an attribute",
    "an edge may lead from a vertex to itself",
    "a coercion hides a function",
    "a harmless definition is added, indented by one space",
    "type in type as an option of the project",
    "a plugin is loaded",
)


@needs_coq
def test_ten_sneaky_changes_are_refused_for_their_reasons(tmp_path: Path) -> None:
    chosen = [mutant for mutant in mutants() if mutant.name in IN_EVERY_RUN]
    assert len(chosen) == len(IN_EVERY_RUN) == 10
    trials = list(try_mutants(chosen, Built(FOLDER, tmp_path), 2))
    assert [trial.mutant.name for trial in trials if not trial.as_it_should] == []
    assert all(trial.sentence.startswith("refused  ") for trial in trials)


def test_the_changes_are_many_and_each_can_be_made_and_has_its_reason() -> None:
    listed = mutants()
    assert [mutant.name for mutant in listed[:2]] == list(IN_EVERY_RUN[:2])
    assert max(Counter(mutant.name for mutant in listed).values()) == 1
    assert sum(bool(mutant.reasons) for mutant in listed) >= 60
    assert all(bool(mutant.reasons) == (mutant.kind != "harmless") for mutant in listed)
    for mutant in listed:
        texts: dict[str, str] = {}
        for change in mutant.changes:
            path = FOLDER / change.file
            texts[change.file] = change.applied(texts.get(change.file, path.read_text(encoding="utf-8") if path.is_file() else ""))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A development of two files that was reviewed, and a place for what is compiled of it."""
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "_CoqProject").write_text("A.v\nB.v\n", encoding="utf-8")
    (folder / "A.v").write_text("Definition one := 1.\nLemma a : one = 1. Proof. reflexivity. Qed.\n", encoding="utf-8")
    (folder / "B.v").write_text("Require Import BackproofFormal.A.\nLemma b : one = 1. Proof. exact a. Qed.\n", encoding="utf-8")
    write_records(check_proofs(folder, reviewed=False), folder)
    return Built(folder, tmp_path_factory.mktemp("built"))


@needs_coq
def test_a_change_that_the_audit_accepts_passes_and_one_for_another_reason_is_no_success(tiny: Built) -> None:
    harmless = Change("A.v", "Proof. reflexivity. Qed.", "Proof. exact eq_refl. Qed.")
    passes = try_mutant(Mutant("m", "k", (harmless,), ("a reason",)), tiny)
    assert (passes.as_it_should, passes.problems) == (False, ())
    assert passes.sentence == "PASSES  m: not found: a reason; found: no problem"
    accepted = try_mutant(Mutant("m", "harmless", (harmless,), ()), tiny)
    assert (accepted.as_it_should, accepted.sentence) == (True, "accepted  m")
    wrong = Change("B.v", "one = 1. Proof. exact a.", "one = one. Proof. reflexivity.")
    refused = try_mutant(Mutant("m", "k", (wrong,), ("B.b: its type is not what was reviewed", "another reason")), tiny)
    assert refused.not_found == ("another reason",)
    assert refused.sentence.startswith("refused, not for its reason  m: not found: another reason")
    flagged = try_mutant(Mutant("m", "harmless", (wrong,), ()), tiny)
    assert flagged.sentence.startswith("REFUSED, and is harmless  m: ")


def test_what_a_file_needs_is_read_from_its_commands() -> None:
    assert closure(FOLDER, ["PathSum"]) == {"Definitions", "PathList", "PathSum"}
    assert closure(FOLDER, ["NoFile"]) == set()


def test_a_reason_is_shown_with_its_change() -> None:
    trial = Trial(Mutant("m", "k", (), ("x is an axiom",)), ("A.v contains Axiom", "A.x is an axiom"), (), 1.0)
    assert trial.sentence == "refused  m: A.x is an axiom"
