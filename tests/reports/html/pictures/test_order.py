"""Few crossings, the same in every run, with and without the library; and places that keep their distances."""

from __future__ import annotations

import itertools
import random

import pytest

from backproof.reports.html.pictures import order
from backproof.reports.html.pictures.order import Link, ordered, spread


def crossings(rows: list[list[int]], links: list[Link]) -> int:
    place = {item: (k, at) for k, row in enumerate(rows) for at, item in enumerate(row)}
    pairs = itertools.combinations(links, 2)
    return sum(place[a][0] == place[c][0] and (place[a][1] - place[c][1]) * (place[b][1] - place[d][1]) < 0 for (a, b), (c, d) in pairs)


def not_installed(*_: object) -> dict[int, float]:
    raise ImportError("fast_sugiyama")


@pytest.mark.parametrize("fallback", [False, True])
def test_lines_cross_less_than_in_the_order_of_numbers(fallback: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if fallback:
        monkeypatch.setattr(order, "_by_library", not_installed)
    before = after = 0
    for seed in range(20):
        rng = random.Random(seed)
        rows = [list(range(8 * k, 8 * k + 8)) for k in range(3)]
        links = sorted({(rng.choice(a), rng.choice(b)) for a, b in itertools.pairwise(rows) for _ in range(9)})
        found = ordered(rows, links)
        assert [sorted(row) for row in found] == rows
        assert found == ordered(rows, links)
        before, after = before + crossings(rows, links), after + crossings(found, links)
    assert after < before / 2


def test_the_count_of_crossings_counts_one() -> None:
    assert crossings([[1, 2], [3, 4]], [(1, 4), (2, 3)]) == 1
    assert crossings([[1, 2], [4, 3]], [(1, 4), (2, 3)]) == 0


@pytest.mark.parametrize("seed", range(10))
def test_places_keep_order_distances_and_bounds_and_no_move_of_one_is_nearer(seed: int) -> None:
    rng = random.Random(seed)
    wished = [rng.uniform(0, 100) for _ in range(7)]
    apart = [rng.uniform(1, 12) for _ in range(6)]
    found = spread(wished, [1.0] * 7, apart, (5.0, 95.0))
    assert all(b - a >= distance - 1e-9 for (a, b), distance in zip(itertools.pairwise(found), apart, strict=True))
    assert found[0] >= 5.0 - 1e-9
    assert found[-1] <= 95.0 + 1e-9
    cost = sum((place - wish) ** 2 for place, wish in zip(found, wished, strict=True))
    for k, step in itertools.product(range(7), (-0.5, 0.5)):
        moved = [place + step * (at == k) for at, place in enumerate(found)]
        allowed = all(b - a >= distance for (a, b), distance in zip(itertools.pairwise(moved), apart, strict=True))
        if allowed and moved[0] >= 5.0 and moved[-1] <= 95.0:
            assert sum((place - wish) ** 2 for place, wish in zip(moved, wished, strict=True)) >= cost
