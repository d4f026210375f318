from __future__ import annotations

import pytest

from backproof.verify.proofs.coq.sentences import command_problems, reaches_outside, reviewed_commands, sentences, without_comments
from backproof.verify.proofs.development import FOLDER, modules, source
from backproof.verify.proofs.development import reviewed_commands as listed_commands


@pytest.mark.parametrize(
    ("text", "heads"),
    [
        ("Lemma l : True. Proof. exact I. Qed.", ["Lemma", "Proof", "exact", "Qed"]),
        ("Lemma l : A.b = 1.5. Qed.", ["Lemma", "Qed"]),
        ("(* a. (* b. *) c. *) Axiom(* d. *)x(**):False.", ["Axiom"]),
        ('(* "*)" Axiom x : False. *) Qed.', ["Qed"]),
        ('idtac "(*". Axiom x : False. idtac "*)".', ["idtac", "Axiom", "idtac"]),
        ('idtac "a "" (* b". Axiom x : False.', ["idtac", "Axiom"]),
        ("- { Axiom x : False. }", ["Axiom", ""]),
        ("1: { Axiom x : False. } all: Qed.", ["Axiom", "Qed"]),
        ("Axiom\n\tx\n:\nFalse.\r\nQed.", ["Axiom", "Qed"]),
        ('Notation "x .. y" := (f x .. y). Qed.', ["Notation", "Qed"]),
        ("rewrite /x... Qed", ["rewrite", "Qed"]),
    ],
)
def test_a_text_is_split_as_coq_splits_it(text: str, heads: list[str]) -> None:
    assert [one.head for one in sentences(text)] == heads


@pytest.mark.parametrize(
    "text",
    [
        "Axiom x : False.",
        "#[local] Axiom x : False.",
        "Local Definition x := 1.",
        'Fixpoint f n := n where "a" := f.',
        "Hypothesis h : False.",
        "Section A. End A. Variable v : nat.",
        "Section A. Variable f :> nat.",
        "Section A. Module M. Variable v : nat.",
        "Module M. Section A. End A. Variable v : nat.",
        "Proof using All.",
        "Lemma и : True.",
        "exact I.\u00a0Qed.",
        "Lemma l : True. Proof. Time exact I.",
        "Set Implicit Arguments.",
        "2: Admitted.",
    ],
)
def test_a_command_that_is_not_plain_must_be_reviewed(text: str) -> None:
    assert reviewed_commands(text) != []


@pytest.mark.parametrize(
    "text",
    [
        "Section A. Variables (n : nat) (m : nat). Hypothesis h : n = m. Let k := n. End A.",
        "Section A. Module M. Section B. Variable v : nat. End B. End M. Variable w : nat.",
        "Theorem t : 1 = 1 :> nat. Proof. by []. Qed.",
        'Lemma l : True. Proof. idtac "Axiom". exact I. Qed.',
        "(* Axiom é : False. *) Definition d := 1.",
    ],
)
def test_a_plain_text_needs_no_review(text: str) -> None:
    assert [command for command in reviewed_commands(text) if not command.startswith("Module")] == []


def test_what_is_on_the_list_is_no_problem_once_and_in_the_same_words() -> None:
    text = "Notation  x :=\n 1. Definition y := x."
    assert command_problems("A", text, ["Notation x := 1"]) == []
    assert command_problems("A", text + "\nNotation x := 1.", ["Notation x := 1"]) == [
        "A.v:3: `Notation` was not reviewed: Notation x := 1"
    ]
    assert command_problems("A", text, ["Notation x := 2"]) == [
        "A.v:1: `Notation` was not reviewed: Notation x := 1",
        "A.v: a command was reviewed and is gone: Notation x := 2",
    ]
    assert command_problems("A", "Variable v : nat.", ()) == ["A.v:1: `Variable` outside of a section: Variable v : nat"]
    assert command_problems("A", "\n\nLemma а : True.", ()) == ["A.v:3: the letter U+0430 outside of a comment: Lemma а : True"]


def test_a_command_that_reaches_outside_is_known_unless_it_was_reviewed() -> None:
    assert reaches_outside('Declare ML Module "x".', ())
    assert not reaches_outside('Declare ML Module "x".', ['Declare ML Module "x"'])
    assert not reaches_outside("Axiom x : False. (* Load y. *)", ())


def test_comments_become_blanks_so_that_lines_stay_lines() -> None:
    text = 'a (* b\n"*)" c *) d'
    assert without_comments(text) == f"a     \n{'':>9} d"
    assert len(without_comments(text, strings=False)) == len(text)


def test_every_command_of_the_development_is_on_its_list() -> None:
    listed = listed_commands(FOLDER)
    for module in modules(FOLDER):
        assert command_problems(module, source(FOLDER, module), listed[module]) == []
