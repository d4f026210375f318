"""Two terms that differ have texts that differ, whatever their variables are called."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backproof.verify.proofs.coq.compiled_file import Compiled
from backproof.verify.proofs.coq.ocaml_values import Block, Value
from backproof.verify.proofs.coq.terms import NotATerm, identifier, text_of

PROP = Block(4, [1])  # Sort Prop


def function(name: bytes, body: Value) -> Block:
    return Block(7, [Block(0, [Block(0, [name]), 0]), PROP, body])


def variable(place: int) -> Block:
    return Block(0, [place])


def test_a_variable_never_hides_another_one() -> None:
    inner, outer = (text_of(function(b"x", function(b"x", variable(place)))) for place in (1, 2))
    assert inner == "fun (x : Prop) => fun (x~2 : Prop) => x~2"
    assert outer == "fun (x : Prop) => fun (x~2 : Prop) => x"


def test_a_variable_without_a_name_cannot_be_used() -> None:
    unnamed = Block(6, [Block(0, [0, 0]), PROP, PROP])
    assert text_of(unnamed) == "Prop -> Prop"
    with pytest.raises(NotATerm, match="has no name"):
        text_of(Block(6, [Block(0, [0, 0]), PROP, variable(1)]))
    for place in (0, 2):
        with pytest.raises(NotATerm, match="has no name"):
            text_of(function(b"x", variable(place)))


@pytest.mark.parametrize("term", [Block(1, [b"x"]), Block(2, [1]), Block(18, [1.5]), Block(77, []), 3, b"x", Block(7, [1]), Block(10, [0])])
def test_what_is_no_term_is_refused(term: Value) -> None:
    with pytest.raises(NotATerm):
        text_of(term)


@pytest.mark.parametrize("tag", [7, 9])
def test_a_term_that_is_nested_too_deeply_is_refused(tag: int) -> None:
    term: Block = PROP
    for _ in range(60_000):
        term = function(b"x", term) if tag == 7 else Block(9, [PROP, Block(0, [term])])
    with pytest.raises(NotATerm, match="too deeply"):
        text_of(term)


def test_letters_that_look_like_others_are_written_as_numbers() -> None:
    assert identifier("о".encode()) == "\\u043e"
    assert identifier(b"a.b") == "a\\u002eb"
    assert identifier(b"x'_1") == "x'_1"


def test_statements_that_print_alike_have_different_texts(compiled: Callable[[str], Compiled]) -> None:
    """Each pair is one statement to a reader who sees what Coq prints."""
    found = compiled("""
Definition told (n : nat) : Prop := True. Notation "'eq' n 'zero'" := (told n) (at level 10, n at level 9, only printing).
Module One. Definition c := 0. End One. Module Two. Definition c := 1. End Two.
Definition hidden (n : nat) (m : nat) : Prop := n = m. Arguments hidden {n} m.
Record box := Box { value : nat }. Coercion value : box >-> nat.
Import One. Definition a1 : c = 0 := eq_refl. Import Two. Definition a2 : c = 1 := eq_refl.
Definition b1 : @hidden 0 0 := eq_refl. Definition b2 : @hidden 1 1 := eq_refl.
Definition c1 (x : box) (n : nat) : Prop := x = n :> nat. Definition c2 (x : nat) (n : nat) : Prop := x = n :> nat.
Definition d1 : Prop := told 1. Definition d2 : Prop := 1 = 0.
Definition e1 (T : Type) (S : Type) := T. Definition e2 (T : Type) (S : Type) := S.
Definition f1 (T : Set) := T. Definition f2 (T : Type) := T.
Definition g1 (n : nat) := match n with O => 0 | S m => m end. Definition g2 (n : nat) := match n with O => 0 | S _ => n end.
Definition h1 : nat -> nat := fun n => id n. Definition h2 : nat -> nat := fun n => n.
""")
    texts = {entry.name: f"{entry.type} := {entry.body}" for entry in found.entries}
    for letter in "abcdefgh":
        assert texts[f"{letter}1"] != texts[f"{letter}2"], letter
