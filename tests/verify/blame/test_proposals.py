"""Where nothing can be seen, another input is proposed at which the fault shows."""

from __future__ import annotations

import numpy as np

from backproof.engine import Graph, backward, forward, jacobians, leaf, vertex
from backproof.verify.blame.diagnosis import UNDETECTABLE, blame
from backproof.verify.blame.predictions import make_space
from backproof.verify.blame.proposals import hidden_edges, propose


def test_a_softmax_seeded_with_ones_hides_everything_and_another_cotangent_is_proposed() -> None:
    graph = Graph(1, (leaf("x", (3,)), vertex("h", "square", (1,)), vertex("y", "softmax", (2,))))
    D = jacobians(graph, forward(graph, [[1.0, 2.0, 3.0]]))
    wrong, ones = {**D, (1, 2): 0 * D[1, 2]}, np.ones((1, 3))
    found = blame(graph, D, ones, {1: backward(graph, wrong, ones)[1]})
    assert found.verdict == UNDETECTABLE
    assert found.proposal is not None
    better = found.proposal.cotangent
    assert better is not None
    assert all(entry != 0 for entry in better[0])
    there = blame(graph, D, better, {1: backward(graph, wrong, better)[1]})
    assert ("dropped", (1, 2)) in {(match.kind, match.place) for match in there.matches}


def test_where_the_leaves_hide_a_fault_other_leaf_values_are_proposed() -> None:
    graph = Graph(2, (leaf("x"), leaf("y"), vertex("a", "exp", (1,)), vertex("o", "multiply", (3, 2))))
    D = jacobians(graph, forward(graph, [0.5, 0.0]))  # y = 0 hides whatever leads through a
    p = backward(graph, D)
    found = blame(graph, D, None, {1: p[1], 2: p[2]})
    assert found.verdict == UNDETECTABLE
    assert found.proposal is not None
    assert found.proposal.leaves is not None
    assert (found.proposal.hidden, found.proposal.left) == (2, 0)


def test_where_no_input_shows_more_that_is_said() -> None:
    """(0·x)²: no contribution reaches x, whatever the cotangent and the values."""
    graph = Graph(1, (leaf("x"), vertex("z", "weighted_sum", (1,), weights=[[[0.0]]]), vertex("o", "square", (2,))))
    space = make_space(graph, jacobians(graph, forward(graph, [1.0])), None, [1])
    found = propose(space)
    assert (found.cotangent, found.leaves, found.hidden, found.left) == (None, None, 2, 2)
    assert "neither another cotangent nor other leaf values were found to show more" in found.why
    assert hidden_edges(space) == 2


def test_where_everything_shows_nothing_is_proposed() -> None:
    graph = Graph(1, (leaf("x"), vertex("o", "exp", (1,))))
    found = propose(make_space(graph, jacobians(graph, forward(graph, [1.0])), None, [1]))
    assert (found.cotangent, found.leaves, found.hidden) == (None, None, 0)
    assert found.why == "Every edge that is dropped would show."
