"""Literals that guard are told from all others by what they flow into, and a run leaves out the very uses it is told."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.verify.lift.lifted import Lifted, pull_back
from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.tape.literals import LeftOut, guards

X = np.array([0.3, 0.7])
SHIFT = np.array([1.0, 4.0, 2.0])


def found(f: Callable[..., Any], *args: Any) -> list[tuple[float, str, float]]:
    known = guards(lift(f, args, left_out=LeftOut()).tape)
    return [(guard.literal.value, guard.literal.how, guard.distance) for guard in known]


def first_value(run: Lifted) -> float:
    output: Any = run.values[0]
    return float(output.reshape(-1)[0].mid())


def first_slope(run: Lifted, ct: Any) -> float:
    slopes: Any = pull_back(run, ct)[0]
    return float(slopes[0].mid())


def binary(p: Any) -> Any:
    q = np.clip(p, 1e-15, 1 - 1e-15)
    return np.log(q) + np.log(1 - q)


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda x: np.log(x + 1e-7), [(1e-7, "added", 1e-7)]),
        (lambda x: np.log(x - 1e-7), [(1e-7, "subtracted", 1e-7)]),
        (lambda x: 1 / (np.sqrt(x) + 1e-8), [(1e-8, "added", 1e-8)]),
        (lambda x: (x.var() + 1e-5) ** -0.5, [(1e-5, "added", 1e-5)]),
        (lambda x: x / np.maximum(np.linalg.norm(x), 1e-12), [(1e-12, "maximum", 1e-12)]),
        (lambda x: x / x.clip(1e-3), [(1e-3, "clip", 1e-3)]),
        (lambda x: 1 / (1e-3 + x + x[::-1]), [(1e-3, "added", 1e-3)]),
        (lambda x: np.log(x * (x + 1e-7)), [(1e-7, "added", 1e-7)]),
        (lambda x: 1 / (1 + np.exp(-x)), [(1.0, "added", 1.0)]),
        (lambda x: x / np.maximum(x, 0.0), [(0.0, "maximum", math.inf)]),
        (lambda x: 1 / (1e-8 + np.maximum(x, 0.0)), [(0.0, "maximum", math.inf), (1e-8, "added", 1e-8)]),
        (lambda x: x + 1e-7, []),
        (lambda x: np.exp(x + 1e-7), []),
        (lambda x: np.clip(x, 1e-3, 1) ** 2, []),
        (lambda x: x / (x + SHIFT[:2].sum()), [(5.0, "added", 5.0)]),
    ],
)
def test_what_guards(f: Any, expected: list[tuple[float, str, float]]) -> None:
    assert found(f, X) == [(value, how, pytest.approx(distance)) for value, how, distance in expected]


def test_an_upper_bound_is_as_near_as_its_lower_one() -> None:
    assert [(value, distance < 1e-14) for value, _, distance in found(binary, X)] == [(1e-15, True), (1 - 1e-15, True), (1.0, False)]
    assert [distance for _, _, distance in found(lambda x: np.log(np.clip(x, 1e-6, 1e6)), X)] == [1e-6, 1e-6]
    assert [distance for _, _, distance in found(lambda x: np.log(np.clip(x, 1e-6, 5.0)), X)] == [1e-6, 5.0]


def test_the_entries_of_an_array_are_data() -> None:
    assert found(lambda x: 1 / (x + SHIFT), np.array([0.1, 0.2, 0.3])) == []
    assert [value for value, _, _ in found(lambda x: 1 / (x + SHIFT + 1e-4), np.array([0.1, 0.2, 0.3]))] == [1e-4]


def test_two_literals_of_a_line_are_two() -> None:
    known = guards(lift(lambda x: np.log((x + 1e-9) / (x[::-1] + 1e-9)), (X,), left_out=LeftOut()).tape)
    assert [guard.literal.value for guard in known] == [1e-9, 1e-9]
    assert known[0].literal != known[1].literal


def test_only_the_uses_that_guard_are_left_out() -> None:
    def f(x: Any) -> Any:
        shifted = x + 1e-3
        return np.log(shifted[0]) + shifted[1]

    (guard,) = guards(lift(f, (X,), left_out=LeftOut()).tape)
    without = lift(f, (X,), left_out=LeftOut.of([guard]))
    assert first_value(without) == pytest.approx(math.log(0.3) + 0.701)


def clipped(x: Any) -> Any:
    return np.log(np.clip(x, 0.5, None))


@pytest.mark.parametrize(("passed", "value", "slope"), [(False, math.log(0.3), 1 / 0.3), (True, math.log(0.5), 2.0)])
def test_a_bound_is_removed_or_passed(passed: bool, value: float, slope: float) -> None:
    known = guards(lift(clipped, (X,), left_out=LeftOut()).tape)
    run = lift(clipped, (X,), left_out=LeftOut.of(known, passed))
    assert first_value(run) == pytest.approx(value)
    assert first_slope(run, np.ones(2)) == pytest.approx(slope)


def test_a_run_that_leaves_nothing_out_is_the_same_function() -> None:
    for f in (binary, clipped):
        plain, marked = lift(f, (X,)), lift(f, (X,), left_out=LeftOut())
        for a, b in zip(pull_back(plain, np.ones(2))[0], pull_back(marked, np.ones(2))[0], strict=True):
            assert a.overlaps(b)
