"""Slopes along directions hold for every convention of a right backward, and refuse what is no mixture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.ties.along import DIRECTIONS, slopes_along
from backproof.verify.gradient_oracle.ties.groups import Runs, separate_kinks
from backproof.verify.gradient_oracle.ties.mixtures import ManyTies, room_for
from backproof.verify.lift.numpy_code.lifting import lift

RNG = np.random.default_rng(0)
ROOM = room_for(2.0**-53)


def ties(f: Callable[..., Any], x: Any, ct: Any, most_sides: int = 8) -> ManyTies:
    runs = Runs(lift(f, (x,)), ct, 2.0**-53, lambda **how: lift(f, (x,), **how))
    kinks = separate_kinks(runs, most_sides=most_sides, most_runs=400)[1]
    assert not any(kink.complete for kink in kinks)
    slopes = slopes_along(runs, kinks)
    assert all(len(each) >= DIRECTIONS for each in slopes)
    return ManyTies(kinks, slopes)


def right(found: ManyTies, gradient: Any) -> bool:
    return found.unmixed(np.asarray(gradient, dtype=float).reshape(-1), ROOM) is None


def pooled(x: Any) -> Any:
    """Windows of 2 × 2 that overlap, in two steps."""
    windows = np.lib.stride_tricks.sliding_window_view(x, (2, 2))
    return windows.max(axis=3).max(axis=2)


def gradient_of_pool(ct: Any, share: Any) -> Any:
    found = np.zeros((4, 4))
    for i, j in np.ndindex(3, 3):
        found[i : i + 2, j : j + 2] += ct[i, j] * np.asarray(share)
    return found


@pytest.mark.parametrize(
    "ct", [np.abs(RNG.normal(size=(3, 3))), -np.abs(RNG.normal(size=(3, 3))), RNG.normal(size=(3, 3))], ids=["+", "-", "±"]
)
def test_windows_that_overlap(ct: Any) -> None:
    """All entries are one kink; with cotangents of both signs f is neither convex nor concave in it."""
    found = ties(pooled, np.zeros((4, 4)), ct)
    shares = {"first": [[1, 0], [0, 0]], "last": [[0, 0], [0, 1]], "shared": np.full((2, 2), 0.25), "a corner": [[0, 1], [0, 0]]}
    assert [name for name, share in shares.items() if not right(found, gradient_of_pool(ct, share))] == []
    assert not right(found, gradient_of_pool(ct, np.ones((2, 2))))
    assert not right(found, gradient_of_pool(ct, np.full((2, 2), 0.25 * (1 + 1e-6))))


def test_a_convex_kink_refuses_weights_below_zero_that_sum_to_one() -> None:
    found = ties(np.max, np.zeros(9), np.array(2.0))
    weights = np.zeros(9)
    weights[3] = 2.0
    assert right(found, weights)
    weights[[3, 7]] = 3.0, -1.0
    assert not right(found, weights)


W, V = RNG.normal(size=(2, 4)), RNG.normal(size=(4, 4))


@pytest.mark.parametrize("written", ["maximum(z, 0)", "maximum(0, z)"])
@pytest.mark.parametrize("convention", [0.0, 0.5, 1.0])
def test_two_layers_at_zero_have_every_convention_of_their_slope(written: str, convention: float) -> None:
    """Neither convex nor concave, and a tie of the second layer is none where the first is taken to be zero."""
    order = (lambda z: np.maximum(z, 0.0)) if written == "maximum(z, 0)" else (lambda z: np.maximum(0.0, z))
    ct = RNG.normal(size=4)
    found = ties(lambda x: order(order(x @ W) @ V), np.zeros(2), ct)
    gradient = convention**2 * (W @ V @ ct)
    assert right(found, gradient)
    assert not right(found, gradient + 100.0)
