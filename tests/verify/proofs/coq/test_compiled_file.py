"""Every kind of thing that a file can hold is read from what a real Coq wrote."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backproof.verify.proofs.coq.compiled_file import Compiled, NotCompiled, read_compiled

EVERY_KIND = """
Definition one : nat := 1.
Lemma l : one = 1. Proof. reflexivity. Qed.
Lemma d : one = 1. Proof. reflexivity. Defined.
Axiom a : False.
Variable v : nat.
Section S. Variable n : nat. Hypothesis h : n = one. Definition m := n + n. Lemma k : m = one + one. Proof. unfold m. rewrite h. reflexivity. Qed. End S.
Fixpoint f (n : nat) : nat := match n with O => O | S p => g p end with g (n : nat) : nat := match n with O => O | S p => f p end.
Inductive tree := leaf | node (children : forest) with forest := none | more (t : tree) (f : forest).
Private Inductive two := First | Second.
#[bypass_check(positivity)] Inductive bad := Bad (_ : bad -> False).
#[bypass_check(guard)] Fixpoint loops (n : nat) : False := loops n.
#[bypass_check(universes)] Definition big : Type := forall T : Type, T.
Module M. Definition inner := one. Axiom hidden : False. End M.
Module Type T. Axiom p : False. End T.
Module F (X : T). Definition x := X.p. End F.
Declare Module A : T.
Polymorphic Definition poly (T : Type) := T.
Primitive int := #int63_type.
Primitive add := #int63_add.
Notation "x 'plus' y" := (x + y) (at level 50). Definition is_one (n : nat) : Prop := n = 1. Coercion is_one : nat >-> Sortclass.
Structure box := Box { value : nat }. Canonical one_box := Box one.
"""


@pytest.fixture(scope="module")
def found(compiled: Callable[[str], Compiled]) -> Compiled:
    return compiled(EVERY_KIND)


def test_each_thing_has_its_kind(found: Compiled) -> None:
    kinds = {entry.name: entry.kind for entry in found.entries}
    assert kinds == {
        **dict.fromkeys(("one", "d", "m", "f", "g", "loops", "big", "M.inner", "poly", "is_one", "value", "one_box"), "definition"),
        **dict.fromkeys(("l", "k"), "proved"),
        **dict.fromkeys(("a", "v", "M.hidden", "int", "T.p", "A.p"), "axiom"),
        "add": "primitive",
        **dict.fromkeys(("tree", "two", "bad", "box"), "inductive"),
        **{f"{name}_{kind}": "definition" for name in ("tree", "forest") for kind in ("ind", "rec", "rect", "sind")},
        "M": "module",
        "T": "module type",
        "F": "module",
        "F.*": "module",
        "A": "module",
    }
    assert found.name == "BackproofFormal.Small"
    assert "Coq.Init.Logic" in found.needs


def test_checks_that_were_turned_off_are_seen(found: Compiled) -> None:
    doubts = {entry.name: entry.doubts for entry in found.entries if entry.doubts}
    assert doubts["bad"] == ("its positivity was not checked",)
    assert doubts["loops"] == ("its guard was not checked",)
    assert doubts["big"] == ("its universes were not checked",)
    assert doubts["two"] == ("it is private",)
    assert doubts["poly"] == ("it is polymorphic in universes",)
    assert "one" not in doubts


def test_types_and_bodies_are_written_below_every_notation(found: Compiled) -> None:
    entries = {entry.name: entry for entry in found.entries}
    assert (entries["one"].type, entries["one"].body) == ("Coq.Init.Datatypes.nat", "Coq.Init.Datatypes.nat#2 Coq.Init.Datatypes.nat#1")
    assert entries["l"].body == ""
    assert entries["d"].body != ""
    assert entries["k"].type == (
        "forall (n : Coq.Init.Datatypes.nat), forall (h : Coq.Init.Logic.eq Coq.Init.Datatypes.nat n BackproofFormal.Small.one), Coq.Init.Logic.eq "
        "Coq.Init.Datatypes.nat (BackproofFormal.Small.m n) (Coq.Init.Nat.add BackproofFormal.Small.one BackproofFormal.Small.one)"
    )
    assert entries["tree"].type == (
        "tree : Set := leaf : Small.tree | node : forall (children : Small.tree/1), Small.tree with "
        "forest : Set := none : Small.tree/1 | more : forall (t : Small.tree), forall (f : Small.tree/1), Small.tree/1"
    ).replace("Small", "BackproofFormal.Small")
    assert entries["f"].body.startswith("fix[0 0; 0] {f : ")
    assert entries["g"].body.startswith("fix[0 0; 1] {f : ")
    assert entries["big"].type == "Type@{u0}"


def test_what_a_file_leaves_for_others_is_counted(found: Compiled) -> None:
    objects = dict(found.objects)
    assert (objects["notation"], objects["coercion"], objects["canonical structure"]) == (1, 1, 1)


def test_what_coq_did_not_write_is_refused() -> None:
    for data in (b"", b"Coq!", b"Coq!\x00\x01\x3f\x80" + bytes(200), bytes(300)):
        with pytest.raises(NotCompiled, match=r"no file that Coq 8\.16 compiled"):
            read_compiled(data)
