"""Local derivatives that are wrong by another factor for each entry: named where other cotangents agree, and nowhere else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.causes.cause import Fault
from backproof.verify.gradient_oracle.check import check

RNG = np.random.default_rng(13)
X, W = RNG.normal(size=(3, 4)), RNG.normal(size=(4, 2))


def places(f: Any, args: Any, vjp: Any) -> set[tuple[Fault, int | None, int]]:
    diagnosis = check(f, args, vjp=vjp, effort="quick").diagnosis
    return set() if diagnosis is None else {(c.fault, c.argument, c.line - f.__code__.co_firstlineno) for c in diagnosis.causes}


def squashed(x: Any) -> Any:
    return np.tanh(x)


@pytest.mark.parametrize(
    "slope",
    [lambda x, y: 1 - x**2, lambda x, y: y, lambda x, y: 1 - y, lambda x, y: np.where(x > 0, 1 - y**2, 0.5)],
    ids=["the argument in the place of the value", "another function", "a power left out", "a wrong mask"],
)
def test_a_wrong_slope_is_named_with_argument_and_line(slope: Any) -> None:
    assert places(squashed, (X,), lambda args, out, ct: (ct * slope(args[0], out),)) == {(Fault.LOCAL, 0, 1)}


def layered(x: Any, w: Any) -> Any:
    z = x @ w
    return np.maximum(z, 0)


def test_a_mask_inside_is_named_for_all_arguments() -> None:
    def inverted(args: Any, out: Any, ct: Any) -> Any:
        dz = ct * (args[0] @ args[1] < 0)
        return dz @ args[1].T, args[0].T @ dz

    lines = places(layered, (X, W), inverted)
    assert {fault for fault, _, _ in lines} == {Fault.LOCAL}
    assert {argument for _, argument, _ in lines} == {None}
    assert {line for _, _, line in lines} <= {1, 2}


def test_what_mixes_entries_is_no_local_derivative() -> None:
    assert not any(
        fault is Fault.LOCAL for fault, _, _ in places(squashed, (X,), lambda args, out, ct: (np.cumsum(ct * (1 - out**2), axis=1),))
    )


def test_what_depends_on_the_cotangent_is_no_local_derivative() -> None:
    """Squares of cotangents fit any one of them, entry by entry."""
    assert not places(squashed, (X,), lambda args, out, ct: (ct**2 * (1 - out**2),))


def test_one_number_of_output_shows_no_local_derivative_entry_by_entry() -> None:
    """Any gradient of a sum of functions of one entry each is a sum of wrong slopes: nothing is shown by that."""

    def cost(x: Any) -> Any:
        return np.sum(np.sin(x[0]) + x[0] * x[1])

    noisy = lambda args, out, ct: (ct * np.sin(np.arange(12.0) ** 2).reshape(3, 4),)  # noqa: E731
    assert not places(cost, (X,), noisy)
