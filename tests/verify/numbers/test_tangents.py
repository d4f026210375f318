"""Tangents are the derivatives of a textbook, for every operation of the number system."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.engine import Graph, backward, forward, jacobians, leaf, vertex
from backproof.verify.numbers.tangents import STEP, TANGENT

X = 0.75
SLOPES: dict[str, float] = {
    "exp": math.exp(X),
    "log": 1 / X,
    "tanh": 1 / math.cosh(X) ** 2,
    "sigmoid": math.exp(-X) / (1 + math.exp(-X)) ** 2,
    "softplus": 1 / (1 + math.exp(-X)),
    "sin": math.cos(X),
    "cos": -math.sin(X),
    "sqrt": 0.5 / math.sqrt(X),
    "absolute": 1.0,
}


def moved(x: float, slope: float = 1.0) -> Any:
    return np.array([complex(x, slope * STEP)])


def tangent(array: Any) -> float:
    return float(array.imag[0] / STEP)


@pytest.mark.parametrize("name", SLOPES)
def test_elementary_functions_have_their_slopes(name: str) -> None:
    assert tangent(getattr(TANGENT, name)(moved(X))) == pytest.approx(SLOPES[name], rel=1e-14)


def test_every_elementary_function_of_a_number_system_is_there() -> None:
    from backproof.engine.number_systems import ELEMENTARY

    assert set(ELEMENTARY) <= set(SLOPES)


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        (lambda x: TANGENT.add(x, x), 2.0),
        (lambda x: TANGENT.subtract(TANGENT.array([1.0]), x), -1.0),
        (lambda x: TANGENT.multiply(x, x), 2 * X),
        (lambda x: TANGENT.divide(TANGENT.array([1.0]), x), -1 / X**2),
        (lambda x: TANGENT.power(x, TANGENT.array([3.0])), 3 * X**2),
        (lambda x: TANGENT.power(TANGENT.array([2.0]), x), 2**X * math.log(2)),
        (lambda x: TANGENT.power(x, TANGENT.array([0.0])), 0.0),
        (lambda x: TANGENT.maximum(x, TANGENT.array([1.0])), 0.0),
        (lambda x: TANGENT.minimum(x, TANGENT.array([1.0])), 1.0),
        (lambda x: TANGENT.absolute(TANGENT.negative(x)), 1.0),
        (lambda x: TANGENT.select(x, x, TANGENT.zero), 1.0),
        (lambda x: TANGENT.sum(np.concatenate([x, x, x])).reshape(1), 3.0),
        (lambda x: TANGENT.matmul(np.array([[2.0 + 0j]]), x), 2.0),
        (lambda x: TANGENT.peak(x), 0.0),
    ],
)
def test_operations_follow_the_rules_of_calculus(operation: Callable[[Any], Any], expected: float) -> None:
    assert tangent(operation(moved(X))) == pytest.approx(expected, rel=1e-14)


def test_sigmoid_and_softplus_do_not_overflow() -> None:
    for x in (-800.0, 800.0):
        assert math.isfinite(tangent(TANGENT.sigmoid(moved(x))))
        assert math.isfinite(tangent(TANGENT.softplus(moved(x))))


def test_the_engine_runs_in_it_and_gives_second_derivatives_of_a_cube() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "power", (1,), exponent=3)))
    u = {1: moved(2.0)}
    u[2] = np.asarray(graph.row(2).value(TANGENT, graph.attributes(2), [u[1].reshape(())])).reshape(-1)
    D: Any = graph.row(2).jacobian(TANGENT, graph.attributes(2), [u[1].reshape(())], 0)
    assert (D.real.item(), D.imag.item() / STEP) == (12.0, pytest.approx(12.0))
    assert backward(graph, jacobians(graph, forward(graph, [2.0])))[1].item() == 12.0
