"""Entries at other places: planted in real backward passes and named, and what is in another order by chance is not."""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.causes.cause import Fault
from backproof.verify.gradient_oracle.check import check
from backproof.verify.gradient_oracle.diagnosis import diagnosis_of

RNG = np.random.default_rng(11)
X = RNG.normal(size=(3, 4, 2))


def causes(f: Any, args: Any, vjp: Any) -> set[tuple[Fault, int | None]]:
    diagnosis = check(f, args, vjp=vjp, effort="quick").diagnosis
    return set() if diagnosis is None else {(cause.fault, cause.argument) for cause in diagnosis.causes}


def test_a_reshape_in_another_order_of_memory() -> None:
    assert causes(lambda x: x.reshape(3, -1), (X,), lambda args, out, ct: (ct.reshape(X.shape, order="F"),)) == {(Fault.ORDER, 0)}


def test_the_place_of_the_least_in_the_place_of_the_largest() -> None:
    def smallest(args: Any, out: Any, ct: Any) -> Any:
        dx = np.zeros_like(args[0])
        np.put_along_axis(dx, args[0].argmin(axis=1)[:, None], ct[:, None], axis=1)
        return (dx,)

    assert causes(lambda x: x.max(axis=1), (X,), smallest) == {(Fault.ORDER, 0)}


def test_a_slice_that_is_used_twice() -> None:
    at = np.array([2, 0, 1, 3])
    f = lambda x: x[at] ** 2  # noqa: E731
    x = RNG.normal(size=4)
    assert causes(f, (x,), lambda args, out, ct: (2 * args[0] * ct[np.argsort(at)][[0, 0, 3, 2]] / args[0] * args[0][[0, 0, 3, 2]],)) == {
        (Fault.SLICE, 0)
    }


def test_two_halves() -> None:
    def gated(x: Any) -> Any:
        a, b = np.split(x, 2, axis=-1)
        return a * np.tanh(b)

    def exchanged(args: Any, out: Any, ct: Any) -> Any:
        a, b = np.split(args[0], 2, axis=-1)
        return (np.concatenate((ct * a * (1 - np.tanh(b) ** 2), ct * np.tanh(b)), axis=-1),)

    result = check(gated, (RNG.normal(size=(3, 4)),), vjp=exchanged, effort="quick")
    assert str(result.diagnosis) == "the two halves of the gradient of `x` along axis 1 are exchanged"


def test_a_mask_of_signs_that_is_wrong_is_in_no_other_order() -> None:
    """The entries are ±1 in both, as often as each other: in another order by chance."""
    y = np.array([1.0, -1.0, 2.0, -3.0, 0.5, -0.5])
    diagnosis = diagnosis_of(lambda p: np.sum(np.abs(p - y)), (np.zeros(6),), np.float64(1.0), [np.sign(np.roll(y, 1) - 0.1)])
    assert diagnosis is None or not diagnosis.faults & {Fault.ORDER, Fault.SLICE}


def test_one_value_that_is_nowhere_in_the_derivative_is_enough_against_it() -> None:
    ct = RNG.normal(size=6)
    found = np.sort(ct)
    found[0] += 1e-6
    diagnosis = diagnosis_of(lambda x: x * 1.0, (ct,), ct, [found])
    assert diagnosis is None or not diagnosis.faults & {Fault.ORDER, Fault.SLICE}


def test_an_order_that_another_cotangent_does_not_keep_is_none() -> None:
    """Sorted cotangents: the order depends on what is asked."""
    assert not causes(lambda x: x * 1.0, (RNG.normal(size=6),), lambda args, out, ct: (np.sort(ct),)) & {(Fault.ORDER, 0), (Fault.SLICE, 0)}


def test_what_was_cut_off_comes_in_at_the_other_end() -> None:
    w = np.array([0.5, -1.5, 0.25])

    def causal(x: Any) -> Any:
        p = np.concatenate([np.zeros(2), x])
        return np.array([p[i : i + 3] @ w for i in range(len(x))])

    def uncut(args: Any, out: Any, ct: Any) -> Any:
        dp = np.zeros(8)
        for i in range(6):
            dp[i : i + 3] += w * ct[i]
        return (dp[:6],)

    result = check(causal, (RNG.normal(size=6),), vjp=uncut, effort="quick")
    assert str(result.diagnosis) == "the gradient of `x` stands 2 places too late along axis 0"


def test_what_is_the_same_along_an_axis_stands_at_no_other_place() -> None:
    """A mean over an axis: shifted by one place its gradient is the same but for the edge, where something else is wrong."""

    def edge(args: Any, out: Any, ct: Any) -> Any:
        dx = np.repeat(ct[:, None], 4, axis=1) / 4
        dx[:, 0] += 0.3 * ct**2
        return (dx,)

    assert (Fault.SLICE, 0) not in causes(lambda x: x.mean(axis=1), (RNG.normal(size=(3, 4)),), edge)
