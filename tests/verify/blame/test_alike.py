"""What cannot be told apart is one answer; what one more adjoint splits is said with it."""

from __future__ import annotations

from backproof.engine import Graph, backward, forward, jacobians, leaf, vertex
from backproof.verify.blame import alike as module
from backproof.verify.blame.alike import alike
from backproof.verify.blame.candidates import DROPPED, SCALED, Candidate, single_places
from backproof.verify.blame.diagnosis import ALIKE, blame
from backproof.verify.blame.predictions import make_space

CHAIN = Graph(1, (leaf("x", (2,)), vertex("a", "sin", (1,)), vertex("b", "exp", (2,)), vertex("o", "dot", (1, 3))))


def test_series_edges_are_one_class_that_the_vertex_between_them_splits() -> None:
    """x → a → b → o beside x → o: dropping any edge of the chain gives the same gradient."""
    D = jacobians(CHAIN, forward(CHAIN, [[0.4, 0.9]]))
    p = backward(CHAIN, {**D, (2, 3): 0 * D[2, 3]})
    found = blame(CHAIN, D, None, {1: p[1]})
    assert found.verdict == ALIKE
    named = {(match.kind, match.place) for match in found.matches}
    assert {("dropped", (1, 2)), ("dropped", (2, 3)), ("dropped", (3, 4))} <= named
    assert found.split_by in (2, 3)
    assert f"The adjoint of {CHAIN.name(found.split_by or 0)} would tell them apart" in found.sentence
    after = {(match.kind, match.place) for match in blame(CHAIN, D, None, {1: p[1], 2: p[2]}).matches}  # p_a = 0: it is behind a
    assert ("dropped", (1, 2)) not in after
    assert {("dropped", (2, 3)), ("dropped", (3, 4))} <= after
    last = blame(CHAIN, D, None, {1: p[1], 2: p[2], 3: p[3]})
    assert {(match.kind, match.place) for match in last.matches} & {("dropped", edge) for edge in CHAIN.edges} == {("dropped", (2, 3))}
    assert last.bad == (2,)


def test_the_same_fault_in_two_words_is_one_group() -> None:
    space = make_space(CHAIN, jacobians(CHAIN, forward(CHAIN, [[0.4, 0.9]])), None, [1])
    k = space.edges.index((2, 3))
    twice = [Candidate("dropped", (2, 3), DROPPED, (k,)), Candidate("scaled", (2, 3), SCALED, (k,), 0.0)]
    assert alike(space, [1], twice).groups == ((0, 1),)
    assert alike(space, [1], twice).split_by is None


def test_only_the_first_of_very_many_are_compared() -> None:
    space = make_space(CHAIN, jacobians(CHAIN, forward(CHAIN, [[0.4, 0.9]])), None, [1])
    many = [c for _ in range(3) for c in single_places(space)]
    assert len(many) > module.MOST_SPLIT
    assert sorted(h for group in alike(space, [1], many).groups for h in group) == list(range(module.MOST_SPLIT))
