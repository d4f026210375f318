"""Every candidate has words of its own and an equation; what the sentence tells is known as data."""

from __future__ import annotations

from typing import Any

import pytest

from backproof.engine import FLOAT64, Graph, backward, forward, jacobians, leaf, vertex
from backproof.verify.blame.candidates import EVERYWHERE, ROUNDED, ROUNDED_TO, UNEXPLAINED, Candidate, single_places, wide_places
from backproof.verify.blame.diagnosis import as_a_whole, blame, diagnose
from backproof.verify.blame.from_values import operand_uses, stale_values
from backproof.verify.blame.predictions import Space, make_space
from backproof.verify.blame.words import MOST_SAID, Explanation, equation, explained, said, sentence, told
from backproof.verify.blame.wrong_passes import phantom_edges, special_candidates
from backproof.verify.cases.draws import usual_case
from backproof.verify.selftest.mutants import by_name


def everything(number: int) -> tuple[Space, list[Candidate]]:
    """All candidates that blame has on a random graph, with those that only values show."""
    case = usual_case(13, number)
    graph = case.graph
    u = forward(graph, [[float(x) for x in values] for values in case.leaves])
    old = {j: u[j] + 1 for j in graph.differentiable_leaves()}
    extra = [*operand_uses(graph, u), *stale_values(graph, u, old)]
    space = make_space(graph, jacobians(graph, u), case.cotangent, graph.differentiable_leaves(), extra)
    phantoms = [Candidate("phantom edge", pair, UNEXPLAINED, ()) for pair in phantom_edges(space)]
    return space, [*single_places(space), *wide_places(space), *special_candidates(space), *phantoms]


@pytest.mark.parametrize("number", range(6))
def test_every_candidate_has_words_and_an_equation_and_no_gap_is_left_open(number: int) -> None:
    space, candidates = everything(number)
    for c in candidates:
        match = explained(space, c)
        assert match.words
        assert match.equation
        assert "{" not in match.words + match.equation + match.kind


@pytest.mark.parametrize("number", range(6))
def test_candidates_of_one_kind_in_different_places_have_different_words(number: int) -> None:
    space, candidates = everything(number)
    words: dict[str, Any] = {}
    for c in candidates:
        assert words.setdefault(said(space, c), (c.name, c.place)) == (c.name, c.place)


def test_a_shorter_float_is_named() -> None:
    space, _ = everything(0)
    rounded = Candidate(ROUNDED_TO, EVERYWHERE, ROUNDED, (), detail="float32")
    assert said(space, rounded) == "every adjoint is rounded to float32"
    assert equation(space, rounded) == "each entry is the right one, rounded to float32"
    assert rounded.name == "rounded to float32"


def test_the_number_of_paths_in_the_sentence_is_the_number_of_paths() -> None:
    """Every vertex reads all earlier ones: 2 paths from x to v3, and 2 from v4 on to the output."""
    weights: list[Any] = [[[[1.0]]] * k for k in range(1, 6)]
    vertices = [leaf("x"), *(vertex(f"v{k + 1}", "weighted_sum", tuple(range(1, k + 1)), weights=weights[k - 1]) for k in range(1, 6))]
    graph = Graph(1, tuple(vertices))
    D = jacobians(graph, forward(graph, [1.0]))
    p = backward(graph, {**D, (3, 4): 0 * D[3, 4]})
    found = blame(graph, D, None, p)
    assert p[1].item() == 12  # of 16 paths
    assert "minus the sum over the 4 paths through edge v3→v4" in found.sentence


MANY = [Explanation("dropped", (1, 2), f"fault {k}", f"equation {k}") for k in range(MOST_SAID + 2)]


@pytest.mark.parametrize(
    "groups", [((0,),), ((3, 1, 2),), (tuple(range(MOST_SAID + 2)),), ((0, 1), (2,)), tuple((k,) for k in range(MOST_SAID + 2))]
)
def test_what_is_told_is_what_the_sentence_names(groups: tuple[tuple[int, ...], ...]) -> None:
    space, _ = everything(0)
    text = sentence(space, MANY, groups, None, ())
    named = [k for k, match in enumerate(MANY) if match.words in text.replace("Fault", "fault")]
    assert sorted(told(groups)) == named


def test_a_fault_of_the_whole_engine_that_the_sentence_tells_is_not_said_again() -> None:
    graph = Graph(1, (leaf("x"), vertex("a", "exp", (1,)), vertex("b", "multiply", (1, 2)), vertex("o", "add", (2, 3))))
    D = jacobians(graph, forward(graph, [0.5]))
    p = backward(graph, {**D, (1, 2): 0 * D[1, 2], (2, 3): 0 * D[2, 3]})  # overwritten by the last consumer, everywhere
    found = blame(graph, D, None, p)
    assert "every adjoint is wrong: only its last consumer contributes" in found.sentence
    assert as_a_whole(found) == ""


def test_a_fault_of_the_whole_engine_that_stands_too_far_behind_is_added() -> None:
    """In a loop that overwrites, on the first graph on which what explains it everywhere is not
    among the first four.
    """
    routes = by_name("overwrite").routes
    diagnoses = (diagnose(usual_case(0, number), routes, FLOAT64) for number in range(30))
    found = next(found for found in diagnoses if found.matches and EVERYWHERE not in {found.matches[k].place for k in found.told})
    assert len(found.told) == MOST_SAID < len(found.matches)
    assert "every adjoint" not in found.sentence
    assert as_a_whole(found) == " As a fault of the whole engine: every adjoint is wrong: only its last consumer contributes."
