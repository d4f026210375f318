"""Passes whose fault is none of a matrix, by hand on L11: u₁ = 3, u₂ = 4, and the right adjoints are 4, 11, 4, 1."""

from __future__ import annotations

import numpy as np
import pytest

from backproof.engine import Graph, forward, jacobians, leaf, vertex
from backproof.verify.blame.candidates import EVERYWHERE, PHANTOM, SEEDED, WRONG_SIDE, Candidate
from backproof.verify.blame.predictions import make_space
from backproof.verify.blame.wrong_passes import SPECIAL, dead_vertices, phantom_edges, special_candidates, too_early, wrong_adjoints

FOUR = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
SPACE = make_space(FOUR, jacobians(FOUR, forward(FOUR, [3.0, 4.0])), None, [1, 2])


def adjoints(candidate: Candidate) -> list[float]:
    return wrong_adjoints(SPACE, [candidate])[0].reshape(-1).tolist()


def test_an_edge_that_is_not_there_adds_the_adjoint_of_its_end() -> None:
    assert list(phantom_edges(SPACE)) == [(1, 2)], "the output is never read"
    assert adjoints(Candidate("phantom edge", (1, 2), PHANTOM, ())) == [4 + 11, 11, 4, 1]


def test_reading_too_early_loses_what_comes_later() -> None:
    """From the output the loop visits u₃ or u₂ first; u₂ is passed on by nobody, so here nothing is lost."""
    assert [adjoints(c) for c in too_early()] == [[4, 11, 4, 1]] * 2
    chain = Graph(1, (leaf("x"), vertex("a", "square", (1,)), vertex("b", "square", (2,)), vertex("o", "multiply", (2, 3))))
    space = make_space(chain, jacobians(chain, forward(chain, [1.0])), None, [1])
    found = wrong_adjoints(space, list(too_early()))[0].reshape(2, -1).tolist()
    assert found == [[2 * 3, 3, 1, 1], [2 * 1, 3, 1, 1]], "2 (1 + 1·2) if b comes first; 2·1 if a has been passed on by then"


def test_a_vertex_that_nothing_reads_is_seeded() -> None:
    graph = Graph(1, (leaf("x"), vertex("dead", "square", (1,)), vertex("y", "exp", (1,))))
    space = make_space(graph, jacobians(graph, forward(graph, [1.0])), None, [1])
    assert dead_vertices(graph) == [2]
    found = wrong_adjoints(space, [Candidate("dead vertex seeded", 2, SEEDED, ())])[0].reshape(-1)
    np.testing.assert_allclose(found, [np.e + 2, 1, 1])


def test_products_from_the_wrong_side_differ_where_a_matrix_is_not_symmetric() -> None:
    weights = [[[1.0, 2.0], [3.0, 4.0]]]
    graph = Graph(1, (leaf("x", (2,)), vertex("y", "weighted_sum", (1,), weights=weights)))
    space = make_space(graph, jacobians(graph, forward(graph, [[1.0, 1.0]])), np.array([[1.0, 0.0], [1.0, 1.0]]), [1])
    found = wrong_adjoints(space, [Candidate("wrong side", EVERYWHERE, WRONG_SIDE, ())])[0]
    D, p = np.array(weights[0]), np.array([[1.0, 0.0], [1.0, 1.0]])
    assert found[0][:, space.block[1]].tolist() == (D @ p).tolist() != (p @ D).tolist()


def test_every_fault_that_is_none_of_a_matrix_has_its_own_pass() -> None:
    assert {c.change for c in special_candidates(SPACE)} <= set(SPECIAL)


def test_a_candidate_of_another_graph_is_no_silent_zero() -> None:
    with pytest.raises(IndexError):
        wrong_adjoints(SPACE, [Candidate("dropped", (8, 9), next(iter(SPACE.changes)), (17,))])
