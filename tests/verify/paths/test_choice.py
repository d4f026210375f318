"""Which enumeration a count of paths asks for: each gives the sums of the definition, and what is factored is told."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.engine import FLOAT64, RATIONAL, Graph, NumberSystem, forward, jacobians, leaf, vertex
from backproof.verify.numbers.balls import real_ball_system
from backproof.verify.paths import choice
from backproof.verify.paths.blocks import PathSums
from backproof.verify.paths.choice import pair_sums, shared_sizes, sums_to
from backproof.verify.paths.sums import path_sum


def dense(n: int) -> Graph:
    """Every vertex reads all before it: 2^(k−2) paths from the leaf to vertex k."""
    weights = np.random.default_rng(n).integers(-4, 5, (n, n)) / 4
    inner = (vertex(f"v{i}", "weighted_sum", range(1, i), weights=[[[w]] for w in weights[i - 1, : i - 1]]) for i in range(2, n + 1))
    return Graph(1, (leaf("x"), *inner))


def sums_of(graph: Graph, system: NumberSystem = FLOAT64) -> PathSums:
    return PathSums(graph, jacobians(graph, forward(graph, [0.5], system), system), system)


@pytest.mark.parametrize(
    ("system", "few", "most", "factored"),
    [
        (FLOAT64, 200, 2**30, False),
        (FLOAT64, 5, 2**30, False),
        (FLOAT64, 5, 50, True),
        (RATIONAL, 200, 2**30, False),
        (RATIONAL, 5, 2**30, True),
    ],
    ids=["all few", "blocks", "too many", "all few, exactly", "exact, and not few"],
)
def test_whatever_is_chosen_gives_the_sums_of_the_definition(
    system: NumberSystem, few: int, most: int, factored: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choice, "ENUMERATED", few)
    monkeypatch.setattr(choice, "MOST_ENUMERATED", most)
    graph = dense(9)
    sums = sums_of(graph, system)
    found, told = sums_to(graph, 9, range(1, 10), sums)
    assert told is factored
    assert list(found) == list(range(1, 10))
    for j, total in found.items():
        single = path_sum(graph, sums.D, j, 9, system)
        assert (total.value == single.value).all()  # the weights are dyadic: nothing is rounded
        assert (total.count, total.longest) == (single.count, single.longest)


def test_pairs_with_many_paths_are_factored_and_the_others_enumerated(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = dense(8)
    sums = sums_of(graph, RATIONAL)
    pairs = [(1, k) for k in range(2, 9)]
    assert pair_sums(graph, pairs, sums)[1] is False
    monkeypatch.setattr(choice, "ENUMERATED", 10)
    found, told = pair_sums(graph, pairs, sums_of(graph, RATIONAL))
    assert told is True
    assert {pair: total.value.item() for pair, total in found.items()} == {
        (j, k): path_sum(graph, sums.D, j, k, RATIONAL).value.item() for j, k in pairs
    }


def test_the_sizes_of_the_float_sums_serve_where_they_are_only_a_scale() -> None:
    floats = sums_of(dense(4))
    balls: Any = real_ball_system(100)
    assert shared_sizes(floats, RATIONAL) is shared_sizes(floats, balls) is floats.sizes
    assert shared_sizes(floats, FLOAT64) is None
    graph = Graph(1, (leaf("x"), vertex("y", "weighted_sum", (1,), weights=[[[1e200]]]), vertex("z", "exp", (1,))))
    assert shared_sizes(PathSums(graph, jacobians(graph, forward(graph, [0.5]))), balls) is None
