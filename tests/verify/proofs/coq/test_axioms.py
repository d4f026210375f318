"""A part may rest on exactly the axioms that are listed for it; everything else on none."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from backproof.verify.proofs.coq.axioms import axiom_problems
from backproof.verify.proofs.coq.layout import Part
from backproof.verify.proofs.coq_audit import PROVED, REFUSED, Proofs, check_proofs
from backproof.verify.results.proofs import write_records

needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="coqc is not installed")
CLASSIC = "Coq.Logic.Classical_Prop.classic"
EXTENSIONAL = "Coq.Logic.FunctionalExtensionality.functional_extensionality_dep"
REAL = Part("ℝ", ("real.Exp",), "Coq.Logic.Classical_Prop", "coq", (CLASSIC,))


@pytest.mark.parametrize(
    ("rests", "problems"),
    [
        ({"A.a": (), "real.Exp.b": (CLASSIC,)}, []),
        ({"A.a": (CLASSIC,), "real.Exp.b": (CLASSIC,)}, [f"A.a rests on: {CLASSIC}"]),
        ({"real.Exp.b": (CLASSIC, EXTENSIONAL)}, [f"real.Exp.b rests on: {EXTENSIONAL}"]),
        ({"real.Other.b": (CLASSIC,), "A.a": ()}, [f"real.Other.b rests on: {CLASSIC}"]),
        ({"real.Exp.b": ()}, [f"{CLASSIC} is allowed over ℝ and nothing rests on it"]),
        ({"A.a": ()}, []),
        ({"A.a": ("A.loops is assumed to be guarded.",)}, ["A.a rests on: A.loops is assumed to be guarded."]),
    ],
)
def test_each_file_has_its_own_axioms(rests: dict[str, tuple[str, ...]], problems: list[str]) -> None:
    assert axiom_problems(rests, (REAL,)) == problems


def prove(folder: Path, *, library: str, proof: str, plain: str = "exact I.") -> Proofs:
    (folder / "real").mkdir(exist_ok=True)
    (folder / "_CoqProject").write_text("Plain.v\nreal/Exp.v\n", encoding="utf-8")
    (folder / "Plain.v").write_text(f"Require Coq.Logic.Classical_Prop.\nLemma plain : True. Proof. {plain} Qed.\n", encoding="utf-8")
    text = f"Require Import Classical_Prop FunctionalExtensionality.\nLemma either (P : Prop) : P \\/ ~ P. Proof. {proof} Qed.\n"
    (folder / "real" / "Exp.v").write_text(text + "Lemma simple : True. Proof. exact I. Qed.\n", encoding="utf-8")
    listed = {"ℝ": {"files": ["real/Exp.v"], "library": library, "package": "some-package", "axioms": [CLASSIC]}}
    (folder / "axioms.json").write_text(json.dumps(listed), encoding="utf-8")
    return check_proofs(folder, reviewed=False)


@needs_coq
def test_a_part_is_proved_with_its_axioms_and_they_are_counted(tmp_path: Path) -> None:
    found = prove(tmp_path, library="Coq.Logic.Classical_Prop", proof="apply classic.")
    assert (found.status, found.problems) == (PROVED, ())
    assert found.rests == {"real.Exp.either": (CLASSIC,)}
    assert found.count == "2 proved without axioms, 1 over ℝ with 1 classical ones"


@needs_coq
def test_a_further_axiom_is_refused_and_one_elsewhere_too(tmp_path: Path) -> None:
    further = "assert (H := @functional_extensionality_dep). apply classic."
    elsewhere = "assert (H := Coq.Logic.Classical_Prop.classic). exact I."
    found = prove(tmp_path, library="Coq.Logic.Classical_Prop", proof=further, plain=elsewhere)
    assert (found.status, found.proved) == (REFUSED, ())
    assert found.problems == (f"Plain.plain rests on: {CLASSIC}", f"real.Exp.either rests on: {EXTENSIONAL}")


@needs_coq
def test_without_its_library_a_part_is_not_checked_here_and_never_proved(tmp_path: Path) -> None:
    found = prove(tmp_path, library="No.Such.Library", proof="this is no proof at all.")
    assert (found.status, found.proved) == (PROVED, ("Plain.plain",))
    assert found.count == "1 proved without axioms, 2 over ℝ not checked here (some-package is not installed)"


@needs_coq
@pytest.mark.parametrize(
    ("old", "new", "status", "rests"),
    [
        ("", "", PROVED, {"real.Exp.either": (CLASSIC,)}),
        (
            "apply classic.",
            "assert (H := @functional_extensionality_dep). apply classic.",
            REFUSED,
            {"real.Exp.either": (CLASSIC, EXTENSIONAL)},
        ),
        (
            "Proof. exact I.",
            "Proof. assert (H := classic). exact I.",
            PROVED,
            {"real.Exp.either": (CLASSIC,), "real.Exp.simple": (CLASSIC,)},
        ),
    ],
    ids=["the same", "a further axiom", "one that rested on none"],
)
def test_what_was_recorded_of_a_statement_is_taken_only_where_coq_agrees(
    tmp_path: Path, old: str, new: str, status: str, rests: dict[str, tuple[str, ...]]
) -> None:
    write_records(prove(tmp_path, library="Coq.Logic.Classical_Prop", proof="apply classic."), tmp_path)
    file = tmp_path / "real" / "Exp.v"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    found = check_proofs(tmp_path)
    assert (found.status, found.rests) == (status, rests), found.problems
