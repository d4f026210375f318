"""What blame considers: every change as a hand calculation has it, every place once, and what each
candidate is called.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from backproof.engine import Graph, forward, jacobians, leaf, vertex
from backproof.verify.blame.candidates import (
    CHANGES,
    DOUBLED,
    DROPPED,
    FACTORS,
    SCALED,
    SIGN,
    Candidate,
    Change,
    Setting,
    changed,
    make_setting,
    single_places,
    wide_places,
)

FAN = Graph(
    1,
    (
        leaf("x", (2,)),
        vertex("a", "tanh", (1,)),
        vertex("b", "tanh", (1,)),
        vertex("c", "sin", (1,)),
        vertex("s", "add", (2, 3)),
        vertex("o", "dot", (5, 4)),
    ),
)


def setting(*extra: Change) -> Setting:
    return make_setting(FAN, jacobians(FAN, forward(FAN, [[0.3, 0.5]])), extra)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("dropped", [[0, 0], [0, 0]]),
        ("doubled", [[2, -8], [18, 32]]),
        ("sign", [[-1, 4], [-9, -16]]),
        ("transposed", [[1, 9], [-4, 16]]),
        ("sign lost", [[1, 4], [9, 16]]),
        ("diagonal only", [[1, 0], [0, 16]]),
        ("identity", [[1, 0], [0, 1]]),
        ("square root", [[1, 2], [3, 4]]),
        ("squared", [[1, 16], [81, 256]]),
    ],
)
def test_a_change_by_hand(kind: str, expected: list[list[int]]) -> None:
    (change,) = [change for change in CHANGES if change.kind == kind]
    graph = Graph(1, (leaf("x", (2,)), vertex("y", "weighted_sum", (1,), weights=[[[1.0, -4.0], [9.0, 16.0]]])))
    given = make_setting(graph, {(1, 2): np.array([[1.0, -4.0], [9.0, 16.0]])})
    assert changed(given, change, 0).tolist() == expected


def test_a_change_of_square_matrices_leaves_others_as_they_are() -> None:
    given = make_setting(Graph(1, (leaf("x", (2,)), vertex("y", "sum", (1,)))), {(1, 2): [[3.0, 4.0]]})
    for change in CHANGES:
        if change.kind in ("transposed", "diagonal only", "identity"):
            assert changed(given, change, 0).tolist() == [[3.0, 4.0]]


def test_a_factor_scales_and_a_matrix_that_is_given_stands_on_its_edge_only() -> None:
    stale = Change("stale value", given={(2, 5): np.full((2, 2), 7.0)}, stale=2)
    here = setting(stale)
    k, other = FAN.edges.index((2, 5)), FAN.edges.index((3, 5))
    assert (changed(here, SCALED, k, 0.5) == 0.5 * here.D[k]).all()
    assert (changed(here, stale, k) == 7.0).all()
    assert (changed(here, stale, other) == here.D[other]).all()


def test_factors_that_are_changes_of_their_own_make_the_same_matrix() -> None:
    assert set(FACTORS.values()) == {DROPPED, DOUBLED, SIGN}
    for alpha, change in FACTORS.items():
        for k in range(len(FAN.edges)):
            assert (changed(setting(), SCALED, k, alpha) == changed(setting(), change, k)).all()


def test_every_change_is_tried_on_every_edge_and_every_local_jacobian_once() -> None:
    single = list(single_places(setting()))
    on_edges = Counter((c.change, c.place) for c in single if isinstance(c.place, tuple))
    assert on_edges == Counter((change, edge) for change in CHANGES for edge in FAN.edges)
    of_vertices = Counter((c.change, c.place) for c in single if c.kind == c.change.kind and isinstance(c.place, int))
    assert of_vertices == Counter((change, v) for change in CHANGES for v in (5, 6)), "s and o have two parents, a, b and c one"


def test_a_vertex_may_forget_its_consumers_from_either_end() -> None:
    forgets = {c.name: [FAN.edges[k] for k in c.edges] for c in single_places(setting()) if c.place == 1}
    assert forgets == {
        "first consumer only": [(1, 3), (1, 4)],
        "last consumer only": [(1, 2), (1, 3)],
        "at most 2 consumers": [(1, 4)],
        "last 2 consumers": [(1, 2)],
    }


def test_an_old_value_is_tried_for_each_reader_and_for_all_of_them() -> None:
    graph = Graph(1, (leaf("x"), vertex("a", "exp", (1,)), vertex("b", "multiply", (1, 2)), vertex("o", "add", (2, 3))))
    given = {(1, 2): np.eye(1), (1, 3): np.eye(1), (2, 3): np.eye(1)}
    here = make_setting(graph, jacobians(graph, forward(graph, [1.0])), [Change("stale value", given=given, stale=1)])
    tried = [c for c in (*single_places(here), *wide_places(here)) if c.kind == "stale value"]
    assert [(c.place, [graph.edges[k] for k in c.edges]) for c in tried] == [
        ((1, 2), [(1, 2)]),
        ((1, 3), [(1, 3), (2, 3)]),
        (1, [(1, 2), (1, 3), (2, 3)]),
    ]


def test_a_fault_in_the_rule_of_a_function_is_tried_where_two_vertices_have_it() -> None:
    rules = {c.place for c in wide_places(setting()) if isinstance(c.place, str) and c.kind == c.change.kind}
    assert rules == {"every tanh", "every vertex"}


def test_a_kind_is_called_with_its_detail() -> None:
    assert Candidate("at most {} consumers", 1, DROPPED, (), detail=2).name == "at most 2 consumers"
    assert Candidate("dropped", 1, DROPPED, ()).name == "dropped"
