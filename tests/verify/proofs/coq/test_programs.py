from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from backproof.verify.proofs.coq.programs import Coq, CoqError, deep_doubts

needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="coqc is not installed")


@needs_coq
def test_a_file_is_compiled_or_refused_with_its_name(tmp_path: Path) -> None:
    coq = Coq("coqc", tmp_path, time.monotonic() + 60)
    coq.compile_text("Good", ["Lemma l : True. Proof. exact I. Qed."])
    assert coq.compiled("Good").is_file()
    with pytest.raises(CoqError, match=r"Coq refuses Bad\.v: File"):
        coq.compile_text("Bad", ["Lemma l : False. Proof. exact I. Qed."])


@needs_coq
def test_a_library_that_is_not_here_is_not_here(tmp_path: Path) -> None:
    coq = Coq("coqc", tmp_path, time.monotonic() + 60)
    assert coq.has_library("Coq.Arith.PeanoNat")
    assert not coq.has_library("Coq.Arith.NoSuchFile")


@pytest.mark.parametrize(
    ("said", "doubts"),
    [
        ("* Axioms: <none>", []),
        ("nothing", ["no summary of axioms"]),
        ("* Axioms: <none> * Constants/Inductives relying on type-in-type: A.b", ["Constants/Inductives relying on type-in-type: A.b"]),
    ],
)
def test_what_the_checker_doubts_is_read(said: str, doubts: list[str]) -> None:
    assert deep_doubts(said) == doubts
