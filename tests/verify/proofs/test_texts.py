"""Results as short texts: what Coq accepts of them, and that the digest which was recorded is that of today's engine."""

from __future__ import annotations

import shutil
import time
from typing import Any

import pytest

from backproof.engine import backward
from backproof.engine.free_algebra import FREE, Polynomial
from backproof.verify.proofs.coq.programs import Coq, CoqError
from backproof.verify.proofs.development import FOLDER, recorded
from backproof.verify.proofs.skeletons import skeleton
from backproof.verify.proofs.texts import WHOLE, coq_texts, digest, text_of, texts_of_all, whole_tables
from backproof.verify.proofs.translation import LARGEST, Result, coq_tables, result

needs_coq = pytest.mark.skipif(shutil.which("coqc") is None, reason="coqc is not installed")

CHAIN = tuple((a, b) for a in range(1, 7) for b in range(a + 1, 7) if b - a <= 2)
SAMPLE = [skeleton(6, edges) for edges in ((), ((1, 6),), CHAIN, tuple((a, b) for a in range(1, 7) for b in range(a + 1, 7)))]


def wrong_from_six_on(graph: Any, D: Any, cotangent: Any = None, system: Any = FREE) -> Any:
    """A backward pass that loses a path, on graphs with six or more vertices only."""
    found: Any = backward(graph, D, cotangent, system)
    if graph.n < WHOLE:
        return found
    return {j: Polynomial(dict(list(p.terms.items())[1:])) if len(p.terms) > 1 else p for j, p in found.items()}


@pytest.fixture(scope="module")
def coq(tmp_path_factory: pytest.TempPathFactory) -> Coq:
    """A folder in which texts can be checked."""
    folder = tmp_path_factory.mktemp("texts")
    program = Coq("coqc", folder, time.monotonic() + 600)
    for module in ("Validation", "TableText"):
        shutil.copyfile(FOLDER / f"{module}.v", folder / f"{module}.v")
        program.compile(module)
    return program


def sample(backward_pass: Any) -> str:
    """The Coq text for a few graphs with six vertices; that they are not all is not stated."""
    return coq_texts([text_of(result(graph, backward_pass)) for graph in SAMPLE]).text.partition("Theorem texts_6_all")[0]


def test_a_text_has_a_letter_for_every_edge() -> None:
    assert text_of(Result(3, ((0, 1), (1, 2)), ((((0, 1), (1, 2)),), (((1, 2),),), ((),)))) == "ac;/ac;/c;/;/"
    with pytest.raises(ValueError, match=r"found an edge \(0, 7\)"):
        text_of(Result(8, ((0, 7),), ((),) * 8))


def test_other_results_have_other_texts_and_other_digests() -> None:
    texts = texts_of_all(n=4)
    assert len(texts) == len(set(texts)) == 64
    assert digest(texts) != digest(texts[:-1]) != digest([*texts[:-2], texts[-1]])


def test_deep_tables_state_both_and_carry_the_digest() -> None:
    lists, texts = coq_tables(largest=1), coq_texts(texts_of_all(n=3), 3)
    both = whole_tables(lists, texts)
    assert both.text == f"{lists.text}\n{texts.text}"
    assert (both.graphs, both.digest) == (lists.graphs + 8, digest(texts_of_all(n=3)))


def test_the_recorded_digest_is_that_of_what_the_engine_leaves_today() -> None:
    record = recorded()
    assert record is not None
    assert record["texts"] == {"n": WHOLE, "graphs": 32768, "sha256": digest(texts_of_all())}


def test_a_backward_pass_that_is_wrong_from_six_vertices_on_shows_nowhere_below() -> None:
    assert texts_of_all(wrong_from_six_on, LARGEST) == texts_of_all(n=LARGEST)
    assert sample(wrong_from_six_on) != sample(backward)


@needs_coq
def test_coq_accepts_the_engine_on_six_vertices_and_refuses_one_that_is_wrong_from_there_on(coq: Coq) -> None:
    coq.compile_text("Right", [sample(backward)])
    with pytest.raises(CoqError, match=r"Coq refuses Wrong\.v"):
        coq.compile_text("Wrong", [sample(wrong_from_six_on)])


@needs_coq
def test_coq_refuses_texts_in_which_a_graph_is_missing_or_twice(coq: Coq) -> None:
    texts = texts_of_all(n=3)
    coq.compile_text("All", [coq_texts(texts, 3, 3).text])
    for kept in (texts[:-1], (*texts[:-1], texts[0])):
        with pytest.raises(CoqError, match=r"Coq refuses Some\.v"):
            coq.compile_text("Some", [coq_texts(kept, 3, 3).text])
