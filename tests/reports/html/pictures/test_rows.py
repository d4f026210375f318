"""Rows: consumers below their operands, no row too wide, labels where there is room."""

from __future__ import annotations

import itertools
import random

import pytest

from backproof.reports.html.pictures.rows import APART, gaps_of_labels, rows_of, spans


@pytest.mark.parametrize("seed", range(20))
def test_consumers_stand_below_and_a_row_has_no_more_boxes_than_fit(seed: int) -> None:
    rng = random.Random(seed)
    n = rng.randint(2, 30)
    edges = [(a, b) for a, b in itertools.combinations(range(1, n + 1), 2) if rng.random() < 0.15]
    boxes = {v: float(rng.randint(60, 130)) for v in range(1, n + 1)}
    row = rows_of(boxes, edges, 400.0)
    assert all(row[a] < row[b] for a, b in edges)
    assert sorted(set(row.values())) == list(range(max(row.values()) + 1))
    for k in set(row.values()):
        here = [boxes[v] for v in row if row[v] == k]
        assert sum(here) + APART * (len(here) - 1) <= 400.0


def test_a_leaf_stands_just_before_its_first_consumer_and_an_unused_one_at_the_start() -> None:
    boxes = dict.fromkeys(range(1, 7), 50.0)
    assert rows_of(boxes, [(1, 4), (4, 5), (5, 6), (2, 6)], 200.0) == {1: 0, 2: 2, 3: 0, 4: 1, 5: 2, 6: 3}


def test_labels_of_a_full_gap_move_to_an_emptier_one() -> None:
    edges = [(1, 5), (2, 5), (3, 5)]
    crossed = spans({1: 0, 2: 0, 3: 1, 5: 2}, edges)
    assert gaps_of_labels(crossed, dict.fromkeys(edges, 60.0), 130.0) == {(3, 5): 1, (1, 5): 1, (2, 5): 0}
