"""Layered layouts: boxes never overlap, edges go right, and the fallback keeps both promises."""

from __future__ import annotations

import itertools
import random

import pytest

from backproof.reports.html import layout as layouts
from backproof.reports.html.layout import Layout, layered

Edges = list[tuple[int, int]]


def random_graph(seed: int) -> tuple[int, Edges]:
    rng = random.Random(seed)
    n = rng.randint(1, 30)
    density = rng.choice((0.05, 0.15, 0.4, 0.8)) if n < 14 else rng.choice((0.03, 0.08, 0.15))
    return n, [(a, b) for a, b in itertools.combinations(range(1, n + 1), 2) if rng.random() < density]


def not_installed(*_: object) -> Layout:
    raise ImportError("fast_sugiyama")


def overlapping(picture: Layout, n: int) -> list[tuple[int, int]]:
    """The pairs of vertices in one column that are less than one row apart."""
    pairs = itertools.combinations(range(1, n + 1), 2)
    return [(a, b) for a, b in pairs if picture.column[a] == picture.column[b] and abs(picture.row[a] - picture.row[b]) < 1 - 1e-9]


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("fallback", [False, True])
def test_vertices_of_random_graphs_do_not_overlap(seed: int, fallback: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if fallback:
        monkeypatch.setattr(layouts, "_sugiyama", not_installed)
    n, edges = random_graph(seed)
    picture = layered(range(1, n + 1), edges)
    assert sorted(picture.column) == sorted(picture.row) == list(range(1, n + 1))
    assert overlapping(picture, n) == []
    assert all(picture.column[a] < picture.column[b] for a, b in edges)
    assert min(picture.row.values()) >= 0


def test_the_overlap_check_finds_an_overlap() -> None:
    assert overlapping(Layout({1: 0, 2: 0}, {1: 0.0, 2: 0.5}, {}), 2) == [(1, 2)]


@pytest.mark.parametrize("seed", range(20))
def test_long_edges_bend_once_in_every_column_between_and_miss_the_boxes(seed: int) -> None:
    n, edges = random_graph(seed)
    picture = layered(range(1, n + 1), edges)
    box = 88 / 114
    for a, b in edges:
        columns = [column for column, _ in picture.bends.get((a, b), ())]
        assert columns == list(range(picture.column[a] + 1, picture.column[b]))
        for column, row in picture.bends.get((a, b), ()):
            assert all(abs(row - picture.row[v]) > box / 2 for v in range(1, n + 1) if picture.column[v] == column)


def test_the_layout_is_the_same_every_time() -> None:
    n, edges = random_graph(7)
    assert layered(range(1, n + 1), edges) == layered(range(1, n + 1), edges)


def test_an_edge_to_a_vertex_that_is_not_drawn_is_refused() -> None:
    with pytest.raises(ValueError, match=r"edge \(1, 2\) names a vertex that is not drawn"):
        layered([1], [(1, 2)])
