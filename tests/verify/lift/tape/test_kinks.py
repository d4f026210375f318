"""What functions that decide record: maximum, abs, floor, round, sorting."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.verify.lift.numpy_code.lifting import lift

X = np.array([0.5, -1.5, 2.25])


def reads_of(f: Callable[..., Any], *args: Any) -> list[tuple[str, Any]]:
    return [(read.what, read.outcome) for read in lift(f, args).reads]


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda x: np.maximum(x, 0), [("maximum", True), ("maximum", False), ("maximum", True)]),
        (lambda x: np.minimum(x, 1), [("minimum", True), ("minimum", True), ("minimum", False)]),
        (lambda x: np.abs(x), [("abs", True), ("abs", False), ("abs", True)]),
        (lambda x: np.where(x > 0, x, 0), [("x > 0", True), ("x > 0", False), ("x > 0", True)]),
        (lambda x: np.floor(x), [("floor", 0), ("floor", -2), ("floor", 2)]),
        (lambda x: np.ceil(x), [("ceil", 1), ("ceil", -1), ("ceil", 3)]),
        (lambda x: np.trunc(x), [("trunc", 0), ("trunc", -1), ("trunc", 2)]),
        (lambda x: x if x[0] >= 0.25 else -x, [("x >= 0.25", True)]),
        (lambda x: x if x[0] < x[1] else -x, [("x < y", False)]),
        (lambda x: x[int(x[2])], [("int", 2)]),
        (lambda x: x[x.argmax()], [("argmax", False), ("argmax", True), ("argmax", False), ("argmax", False), ("argmax", True)]),
        (lambda x: x.max(), [("max", True), ("max", False)]),
        (lambda x: np.clip(x[:1], 0, 1), [("clip", True), ("clip", True)]),
        (lambda x: np.sign(x[:1]) * x, [("sign", True)]),
        (lambda x: math.floor(x[2]) * x, [("floor", 2)]),
        (lambda x: x * round(x[2]), [("round", 2)]),
        (lambda x: x[:1] % 2.0, [("mod", 0)]),
        (lambda x: x if x[0] else -x, [("truth", True)]),
        (lambda x: np.apply_along_axis(lambda v: v if v[0] > 0 else -v, 0, x), [("x > 0", True)]),
        (lambda x: x[np.isfinite(x)], []),
        (lambda x: x if len(x) > 2 else -x, []),
    ],
)
def test_what_is_read(f: Callable[..., Any], expected: list[tuple[str, Any]]) -> None:
    assert reads_of(f, X) == expected


def test_every_comparison_of_a_sort_is_called_sort() -> None:
    found = reads_of(lambda x: np.sort(x) + np.median(x), X)
    assert {what for what, _ in found} == {"sort", "median"}


def test_margin_of_a_floor_is_the_signed_distance_from_the_nearest_jump() -> None:
    lifted = lift(lambda x: np.floor(x), (np.array([0.25, 1.875]),))
    assert [float(read.margin.mid()) for read in lifted.reads] == [0.25, -0.125]
    assert [float(entry.mid()) for entry in lifted.reads[1].gradient()[0]] == [0.0, 1.0]


def test_a_floor_at_a_whole_number_is_a_tie_and_goes_down_when_flipped() -> None:
    at = (np.array([2.0]),)
    assert lift(np.floor, at).reads[0].tie
    values = lift(lambda x: np.floor(x), at, flips={0}).values[0]
    assert values is not None
    assert values[0] == 1


@pytest.mark.parametrize(("x", "expected"), [(0.5, 0), (1.5, 2), (-0.5, 0), (-1.5, -2), (2.5, 2), (2.4999, 2)])
def test_round_takes_halves_to_even(x: float, expected: int) -> None:
    lifted = lift(lambda v: np.round(v), (np.array([x]),))
    assert lifted.reads[0].outcome == expected
    assert lifted.reads[0].tie == (x != 2.4999)
