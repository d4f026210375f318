"""The generator of hostile graphs reaches every row, and the corners that it is there for."""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import Any

import mpmath
import numpy as np

from backproof.engine import Graph
from backproof.verify.cases.coverage import FUNCTIONS
from benchmarks.duals.graph import duals
from benchmarks.hostile import LARGE, TINY, hostile_graph

COUNT = 300


@cache
def drawn() -> tuple[tuple[Graph, list[Any]], ...]:
    return tuple(hostile_graph(number) for number in range(COUNT))


def test_every_row_is_drawn_and_the_graphs_are_different() -> None:
    rows = Counter(v.function for graph, _ in drawn() for v in graph.vertices if v.function)
    assert set(FUNCTIONS) | {"constant"} == set(rows)
    assert min(rows.values()) >= 10
    assert len({graph for graph, _ in drawn()}) == COUNT


def test_the_values_reach_from_the_least_to_the_largest_float_and_tie() -> None:
    values = np.concatenate([np.reshape(np.asarray(value, dtype=float), -1) for _, leaves in drawn() for value in leaves])
    assert np.isfinite(values).all()
    assert np.abs(values).max() == LARGE
    assert np.abs(values[values != 0]).min() == TINY
    tied = sum(len({float(np.reshape(v, -1)[0]) for v in leaves}) < len(leaves) for _, leaves in drawn())
    assert tied > COUNT // 20


def test_some_vertices_are_undefined_some_at_a_kink_and_most_have_a_derivative() -> None:
    found = Counter[str]()
    with mpmath.workdps(100):
        for graph, leaves in drawn():
            for k, dual in duals(graph, leaves).items():
                if k > graph.l:
                    found["none" if dual is None else "kink" if any(map(mpmath.isnan, dual.d.reshape(-1))) else "some"] += 1
    assert found["none"] > 50
    assert found["kink"] > 5
    assert found["some"] > 3 * (found["none"] + found["kink"])


def test_a_number_gives_one_graph_and_another_seed_another() -> None:
    assert str(hostile_graph(7)) == str(hostile_graph(7)) != str(hostile_graph(7, seed=1))
