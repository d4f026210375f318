"""Sums of some contributions: planted in real backward passes and named, and what is near one is not."""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.causes.cause import Cause, Fault
from backproof.verify.gradient_oracle.check import check

RNG = np.random.default_rng(12)
BONDS = np.array([[0, 1], [0, 2], [1, 3], [0, 3]])
X = RNG.normal(size=4)


def causes(f: Any, args: Any, vjp: Any) -> list[Cause]:
    diagnosis = check(f, args, vjp=vjp, effort="quick").diagnosis
    return [] if diagnosis is None else list(diagnosis.causes)


def springs(x: Any) -> Any:
    d = x[BONDS[:, 0]] - x[BONDS[:, 1]]
    return np.tanh(d)


def back(args: Any, ct: Any, scatter: Any) -> Any:
    d = args[0][BONDS[:, 0]] - args[0][BONDS[:, 1]]
    g = ct * (1 - np.tanh(d) ** 2)
    dx = np.zeros(4)
    scatter(dx, BONDS[:, 0], g)
    np.subtract.at(dx, BONDS[:, 1], g)
    return (dx,)


def assigned(dx: Any, at: Any, g: Any) -> None:
    dx[at] += g


def negative(dx: Any, at: Any, g: Any) -> None:
    np.subtract.at(dx, at[:2], g[:2])
    np.add.at(dx, at[2:], g[2:])


def halved(dx: Any, at: Any, g: Any) -> None:
    np.add.at(dx, at, g * np.array([0.31, 1.0, 0.77, 1.0]))


def test_positions_that_occur_twice_and_are_added_once() -> None:
    found = causes(springs, (X,), lambda args, out, ct: back(args, ct, assigned))
    place = (Fault.MISSING, 0, "subtract", f"test_sums.py:{springs.__code__.co_firstlineno + 1}")
    assert place in {(cause.fault, cause.argument, cause.function, cause.place) for cause in found}
    assert "at index (0,) 2 of 3, from subtract at test_sums.py" in next(cause.words for cause in found if cause.fault is Fault.MISSING)


def test_contributions_of_the_wrong_sign() -> None:
    found = causes(springs, (X,), lambda args, out, ct: back(args, ct, negative))
    assert (Fault.SIGN, 0) in {(cause.fault, cause.argument) for cause in found}


def test_contributions_times_some_factors_are_neither_missing_nor_of_the_wrong_sign() -> None:
    found = causes(springs, (X,), lambda args, out, ct: back(args, ct, halved))
    assert not {cause.fault for cause in found} & {Fault.MISSING, Fault.SIGN}


def test_parts_that_are_missing_for_one_cotangent_only_are_none() -> None:
    """What is left out depends on the cotangent, so that no contribution is missing as such."""

    def largest_only(dx: Any, at: Any, g: Any) -> None:
        kept = g >= np.sort(g)[2]
        np.add.at(dx, at[kept], g[kept])

    found = causes(springs, (X,), lambda args, out, ct: back(args, ct, largest_only))
    assert not {cause.fault for cause in found} & {Fault.MISSING, Fault.SIGN}


def test_a_window_that_is_assigned_after_padding() -> None:
    def windows(x: Any) -> Any:
        p = np.concatenate([np.zeros(1), x, np.zeros(1)])
        return np.array([p[i] * 0.3 + p[i + 1] * 0.5 - p[i + 2] for i in range(4)])

    def last(args: Any, out: Any, ct: Any) -> Any:
        dp = np.zeros(6)
        for i in range(4):
            dp[i] = 0.3 * ct[i]
            dp[i + 1] += 0.5 * ct[i]
            dp[i + 2] -= ct[i]
        return (dp[1:-1],)

    found = causes(windows, (X,), last)
    assert (Fault.MISSING, 0) in {(cause.fault, cause.argument) for cause in found}


def test_a_window_at_another_place() -> None:
    w = np.array([0.3, -0.7, 1.1])
    dilated = lambda x: sum(w[i] * x[2 * i : 4 + 2 * i] for i in range(3))  # noqa: E731

    def narrow(args: Any, out: Any, ct: Any) -> Any:
        dx = np.zeros(8)
        for i in range(3):
            dx[i : i + 4] += w[i] * ct
        return (dx,)

    (cause,) = causes(dilated, (RNG.normal(size=8),), narrow)
    assert (cause.fault, cause.argument) == (Fault.SLICE, 0)
    assert "contributions that belong to other entries" in cause.words


def test_an_entry_that_is_used_by_several_outputs_at_once() -> None:
    """The parts that outputs add by themselves are told apart: the mirrored edge is added one place too early."""

    def padded(x: Any) -> Any:
        return np.concatenate([x[2:0:-1], x])

    def early(args: Any, out: Any, ct: Any) -> Any:
        dx = ct[2:].copy()
        dx[:2] += ct[1::-1]
        return (dx,)

    assert (Fault.SLICE, 0) in {(cause.fault, cause.argument) for cause in causes(padded, (X,), early)}


def test_parts_of_a_loss_that_are_alike_say_nothing_of_other_places() -> None:
    """Every part is 1 or −1: any small whole number is a sum of some."""
    variation = lambda x: np.sum(np.abs(np.diff(x)))  # noqa: E731
    x = np.array([0.0, 1.0, 3.0, 2.0, 5.0, 4.0])
    found = causes(variation, (x,), lambda args, out, ct: (ct * np.array([-1.0, 1.0, 0.0, 1.0, 1.0, -2.0]),))
    assert Fault.SLICE not in {cause.fault for cause in found}
