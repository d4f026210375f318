"""Where things stand: labels never on boxes, lines never through them, whatever the graph; and with or without the library."""

from __future__ import annotations

import itertools
import random

import pytest

from backproof.reports.html.pictures import order
from backproof.reports.html.pictures.layout import Layout, Place, layout

Edges = list[tuple[int, int]]


def random_graph(seed: int) -> tuple[int, Edges]:
    rng = random.Random(seed)
    n = rng.randint(1, 24)
    density = rng.choice((0.05, 0.15, 0.4, 0.8)) if n < 12 else rng.choice((0.03, 0.08, 0.15))
    return n, [(a, b) for a, b in itertools.combinations(range(1, n + 1), 2) if rng.random() < density]


def drawn(seed: int, across: bool, room: float) -> tuple[Edges, Layout]:
    rng = random.Random(seed)
    n, edges = random_graph(seed)
    boxes = {v: (rng.randint(60, 130), rng.choice((62, 78, 94))) for v in range(1, n + 1)}
    labels = {edge: (rng.randint(8, 70), rng.choice((14, 24, 42))) for edge in edges if rng.random() < 0.8}
    return edges, layout(boxes, edges, labels, room, across)


def overlapping(a: Place, b: Place) -> bool:
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]


def not_installed(*_: object) -> dict[int, float]:
    raise ImportError("fast_sugiyama")


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize(("across", "fallback"), [(False, False), (True, False), (False, True)])
def test_boxes_and_labels_cover_nothing_and_lines_end_at_their_boxes(
    seed: int, across: bool, fallback: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if fallback:
        monkeypatch.setattr(order, "_by_library", not_installed)
    edges, picture = drawn(seed, across, 1120)
    solid = [*picture.boxes.values(), *picture.labels.values()]
    assert not any(overlapping(a, b) for a, b in itertools.combinations(solid, 2))
    side = 0 if across else 1
    for a, b in edges:
        assert picture.boxes[a][side] + picture.boxes[a][side + 2] <= picture.boxes[b][side]
        first, last = picture.wires[a, b][0][0], picture.wires[a, b][-1][-1]
        assert first[side] == picture.boxes[a][side] + picture.boxes[a][side + 2]
        assert picture.boxes[b][side] - last[side] == 8
        for box, point in ((picture.boxes[a], first), (picture.boxes[b], last)):
            assert box[1 - side] <= point[1 - side] <= box[1 - side] + box[3 - side]


@pytest.mark.parametrize("seed", range(12))
def test_a_line_passes_every_row_straight_and_beside_its_boxes_and_foreign_labels(seed: int) -> None:
    _, picture = drawn(seed, False, 1120)
    for edge, runs in picture.wires.items():
        for run in runs:
            for (px, py), (qx, qy) in itertools.pairwise(run):
                assert qy >= py
                solid = [*picture.boxes.values(), *(place for label, place in picture.labels.items() if label != edge)]
                crossed = [place for place in solid if py < place[1] + place[3] and place[1] < qy]
                assert px == qx or not crossed, "a line turns between rows only"
                assert not any(place[0] < px < place[0] + place[2] for place in crossed)


@pytest.mark.parametrize("across", [False, True])
def test_a_line_meets_its_label_where_it_is_told_to(across: bool) -> None:
    picture = layout({1: (60, 60), 2: (60, 60)}, [(1, 2)], {(1, 2): (50, 20)}, 300, across, {(1, 2): (-15, -5)})
    x, y, width, height = picture.labels[1, 2]
    before, behind = picture.wires[1, 2]
    side = 1 if across else 0
    assert before[-1][side] == behind[0][side] == (y + height / 2 - 5 if across else x + width / 2 - 15)


def test_rows_are_broken_until_they_fit_the_room() -> None:
    boxes = dict.fromkeys(range(1, 12), (100.0, 50.0))
    edges = [(v, 11) for v in range(1, 11)]
    labels = dict.fromkeys(edges, (20.0, 14.0))
    assert layout(boxes, edges, labels, 1200).size[0] > 346
    assert layout(boxes, edges, labels, 346).size[0] <= 346


def test_the_overlap_check_finds_an_overlap() -> None:
    assert overlapping((0, 0, 10, 10), (9, 9, 5, 5))
    assert not overlapping((0, 0, 10, 10), (10, 0, 5, 5))


def test_nothing_is_an_empty_layout() -> None:
    assert layout({}, [], {}, 100).size == (0, 0)
