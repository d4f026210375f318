"""The checker of the proofs, with a real Coq: the development is proved, and everything that weakens it is refused."""

from __future__ import annotations

import re
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from backproof.verify.proofs.coq.layout import Part
from backproof.verify.proofs.coq_audit import NOT_CHECKED, PROVED, REFUSED, Proofs, check_proofs
from backproof.verify.proofs.development import FOLDER
from backproof.verify.proofs.skeletons import skeleton
from backproof.verify.proofs.translation import Result, Tables, coq_table, result
from backproof.verify.results.proofs import proofs_record, write_records
from backproof.verify.selftest.mutants import by_name

needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="coqc is not installed")

SMALL = """(* A development of one definition and one theorem. *)
From mathcomp Require Import all_ssreflect.

Definition is_even (n : nat) : Prop := exists k, n = k + k.

Lemma double_is_even k : is_even (k + k).
Proof. by first [exists k | exact I]. Qed.

Theorem four_is_even : is_even 4.
Proof. exact: (double_is_even 2). Qed.
"""


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small development that was proved and reviewed."""
    folder = tmp_path_factory.mktemp("reviewed")
    (folder / "_CoqProject").write_text("-Q . BackproofFormal\nSmall.v\n", encoding="utf-8")
    (folder / "Small.v").write_text(SMALL, encoding="utf-8")
    first = check_proofs(folder, reviewed=False)
    assert first.status == PROVED, first.problems
    write_records(first, folder)
    return folder


@pytest.fixture
def small(tmp_path: Path, reviewed: Path) -> Callable[[str], Path]:
    """The small development, whose text was reviewed before it became `text`."""

    def made(text: str) -> Path:
        shutil.copytree(reviewed, tmp_path / "small")
        (tmp_path / "small" / "Small.v").write_text(text, encoding="utf-8")
        return tmp_path / "small"

    return made


@needs_coq
def test_what_was_reviewed_is_proved(small: Callable[[str], Path]) -> None:
    found = check_proofs(small(SMALL))
    assert (found.status, found.problems) == (PROVED, ())
    assert found.proved == ("Small.double_is_even", "Small.four_is_even")
    assert re.fullmatch(r"2 proved without axioms \(Coq 8\.\S+, \d+ s\)", found.sentence)


@needs_coq
def test_the_independent_checker_agrees_and_finds_an_axiom(tmp_path: Path) -> None:
    def deep(proof: str) -> Proofs:
        text = SMALL.replace("From mathcomp Require Import all_ssreflect.\n", "").replace(
            "by first [exists k | exact I].", "exists k. reflexivity."
        )
        (tmp_path / "_CoqProject").write_text("-Q . BackproofFormal\nSmall.v\n", encoding="utf-8")
        (tmp_path / "Small.v").write_text(text.replace("Proof. exact: (double_is_even 2). Qed.", proof), encoding="utf-8")
        return check_proofs(tmp_path, reviewed=False, deep=True)

    proved, cheated = deep("Proof. exact (double_is_even 2). Qed."), deep("Admitted.")
    assert (proved.status, proved.deep) == (PROVED, True), proved.problems
    assert cheated.status == REFUSED
    assert any("coqchk finds Axioms: BackproofFormal.Small.four_is_even" in problem for problem in cheated.problems), cheated.problems


@needs_coq
@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("Proof. exact: (double_is_even 2). Qed.", "Admitted.", "Small.v contains Admitted"),
        ("Proof. exact: (double_is_even 2). Qed.", "Admitted.", "Small.four_is_even is an axiom"),
        ("Lemma double", "Axiom cheat : forall n, is_even n.\nLemma double", "Small.v contains Axiom"),
        ("exists k, n = k + k", "True", "Small.is_even is not what was reviewed"),
        ("is_even 4.", "is_even (2 + 2) \\/ False.", "Coq refuses Small.v"),
        (
            "Theorem four_is_even : is_even 4.\nProof.",
            "Theorem four_is_even : is_even 6.\nProof. exact: (double_is_even 3). Qed.\nLemma more : is_even 4. Proof.",
            "Small.four_is_even is not what was reviewed",
        ),
        ("Theorem four_is_even : is_even 4.\nProof. exact: (double_is_even 2). Qed.\n", "", "Small.four_is_even was reviewed and is gone"),
        (
            "Theorem four",
            "Lemma two_is_even : is_even 2.\nProof. exact: (double_is_even 1). Qed.\nTheorem four",
            "Small.two_is_even was not reviewed",
        ),
        ("exact: (double_is_even 2)", "exact: (double_is_even 3)", "Coq refuses Small.v"),
    ],
)
def test_whatever_weakens_it_is_refused(small: Callable[[str], Path], old: str, new: str, problem: str) -> None:
    assert old in SMALL
    found = check_proofs(small(SMALL.replace(old, new)))
    assert found.status == REFUSED
    assert found.proved == ()
    assert any(text.startswith(problem) for text in found.problems), found.problems


@needs_coq
def test_an_axiom_that_no_word_gives_away_is_found_by_what_the_theorem_rests_on(small: Callable[[str], Path]) -> None:
    """A `Variable` outside a section is an axiom too."""
    text = SMALL.replace(
        "Theorem four", "Variable cheat : is_even 5.\nTheorem five_is_even : is_even 5.\nProof. exact: cheat. Qed.\n\nTheorem four"
    )
    found = check_proofs(small(text))
    assert found.status == REFUSED
    assert any(problem.startswith("Small.five_is_even rests on: BackproofFormal.Small.cheat") for problem in found.problems)


@needs_coq
@pytest.mark.parametrize(
    ("added", "problem"),
    [
        (" Definition unseen := 0.", "Small.unseen was not reviewed: a definition"),
        ("Notation \"a 'isnt' b\" := (a <> b) (at level 70).", "Small.v:3: `Notation` was not reviewed"),
        ('Declare ML Module "x".', "nothing was compiled"),
    ],
)
def test_what_is_added_unseen_is_refused(small: Callable[[str], Path], added: str, problem: str) -> None:
    found = check_proofs(small(SMALL.replace("all_ssreflect.\n", f"all_ssreflect.\n{added}\n")))
    assert (found.status, found.proved) == (REFUSED, ())
    assert any(text.startswith(problem) for text in found.problems), found.problems


@needs_coq
def test_another_text_of_the_same_statements_is_proved(small: Callable[[str], Path]) -> None:
    text = SMALL.replace("Theorem four", '(* "Axiom *) Admitted" *)\n\n   Theorem\n four').replace(
        "exact: (double_is_even 2)", "by apply: (double_is_even 2)"
    )
    found = check_proofs(small(text))
    assert (found.status, found.problems) == (PROVED, ())


@needs_coq
def test_a_proof_that_does_not_end_is_stopped(small: Callable[[str], Path]) -> None:
    text = SMALL + "\nLemma slow : True.\nProof. do 100000000 (try fail; idtac). exact I. Qed.\n"
    found = check_proofs(small(text), time_limit=4.0)
    assert found.status == REFUSED
    assert "was not done within the time limit" in found.problems[-1]


@needs_coq
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[seq inord j | j <- rev (iota 0 n)].", "[seq inord j | j <- iota 0 n]."),
        ("[seq inord j | j <- rev (iota 0 n)].", "[seq inord j | j <- rev (iota 1 n.-1)]."),
        ("write p (\\sum_(i | e j i) p i *m D j i).", "write p (if [pick i | e j i] is Some i then p i *m D j i else 0)."),
    ],
    ids=["ascending order", "missed vertex", "overwrite"],
)
def test_a_wrong_loop_in_the_definitions_is_refused(tmp_path: Path, old: str, new: str) -> None:
    copy = tmp_path / "formal"
    shutil.copytree(FOLDER, copy)
    path = copy / "Definitions.v"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    found = check_proofs(copy)
    assert found.status == REFUSED
    assert any("Coq refuses BackwardPass.v" in problem for problem in found.problems), found.problems


LEFT_ON = skeleton(4, ((1, 3), (2, 3), (2, 4), (3, 4)))


@pytest.fixture
def judged(tmp_path: Path) -> Callable[[Result], Proofs]:
    """Coq's checker of tables, on what an engine left on one graph."""

    def made(found: Result) -> Proofs:
        (tmp_path / "_CoqProject").write_text("-Q . BackproofFormal\nValidation.v\n", encoding="utf-8")
        shutil.copyfile(FOLDER / "Validation.v", tmp_path / "Validation.v")
        opening = "From mathcomp Require Import all_ssreflect.\nRequire Import BackproofFormal.Validation.\n"
        return check_proofs(tmp_path, tables=Tables(opening + coq_table("one", [found]).text, 1), reviewed=False)

    return made


@needs_coq
def test_coq_accepts_what_the_right_engine_leaves(judged: Callable[[Result], Proofs]) -> None:
    assert judged(result(LEFT_ON)).status == PROVED


@needs_coq
@pytest.mark.parametrize("name", ["overwrite", "doubled edge", "ascending order", "fused chain", "phantom edge"])
def test_coq_does_not_accept_what_a_wrong_engine_leaves(judged: Callable[[Result], Proofs], name: str) -> None:
    found = judged(result(LEFT_ON, by_name(name).routes.backward))
    assert found.status == REFUSED
    assert "Coq refuses Tables.v" in found.problems[-1]


def test_without_coq_nothing_is_proved_and_nothing_is_green() -> None:
    found = check_proofs(coqc="no-such-program")
    assert (found.status, found.proved) == (NOT_CHECKED, ())
    record = proofs_record(found)
    assert record["status"] == "recorded"
    assert record["proved"] == []
    assert "were not checked here; recorded:" in record["sentence"]


def test_compiled_files_of_another_version_are_not_read_and_nothing_is_green(tmp_path: Path) -> None:
    other = tmp_path / "coqc"
    other.write_text("#!/bin/sh\necho 8.20.0 4.14.1\n", encoding="utf-8")
    other.chmod(0o755)
    found = check_proofs(coqc=str(other))
    assert (found.status, found.proved) == (NOT_CHECKED, ())
    assert "the compiled files of Coq 8.20.0 are not read here, only those of Coq 8.16" in found.problems[0]


def test_only_the_whole_development_can_be_recorded(tmp_path: Path) -> None:
    part = Part("ℝ", ("real.Exp",), "No.Library", "some-package", ())
    with pytest.raises(ValueError, match="some-package is not installed"):
        write_records(Proofs(PROVED, missing=(part,)), tmp_path)


def test_only_what_was_proved_can_be_recorded(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="only a development that was proved can be recorded"):
        write_records(Proofs(REFUSED, problems=("x",)), tmp_path)


def test_a_folder_that_cannot_be_written_to_is_no_hindrance_to_checking(tmp_path: Path) -> None:
    """The check works on a copy; the folder of an installed package may be read-only."""
    copy = tmp_path / "formal"
    shutil.copytree(FOLDER, copy)
    before = {path.name: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    copy.chmod(stat.S_IRUSR | stat.S_IXUSR)
    check_proofs(copy, time_limit=1.0)
    copy.chmod(stat.S_IRWXU)
    assert {path.name: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before
