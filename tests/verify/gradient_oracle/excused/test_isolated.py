"""A branch that holds at one point and nowhere around it gives no derivative; one that holds on a half does, and so does
one whose value f has there alone, as for labels."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.check import check
from backproof.verify.gradient_oracle.excused.isolated import isolated
from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.verdicts import Verdict

COLUMN = np.array([[0.1, 0.0], [0.2, 0.0]])


def renormed(x: Any) -> Any:
    n = np.sqrt(np.sum(x * x, axis=0))
    return x * np.where(n > 0.0, 0.0 / (n + 1e-7), 1.0)


def renormed_wrongly(args: Any, out: Any, ct: Any) -> Any:
    return (ct * np.where(np.sum(args[0] ** 2, axis=0) > 0, 0.0, 1.0),)


def zero(args: Any, out: Any, ct: Any) -> Any:
    return (np.zeros_like(args[0]),)


def square_but_at_zero(x: Any) -> Any:
    return np.where(x == 0, x, x * x)


def squares_but_at_the_origin(x: Any) -> Any:
    return np.where(np.sum(x * x) > 0, x * x, x)


def label_loss(z: Any, y: Any) -> Any:
    p = 1 / (1 + np.exp(-z))
    return np.sum(np.where(y == 1.0, -np.log(p), -np.log(1 - p)))


def rectified(x: Any) -> Any:
    return np.where(x >= 0, x, 0 * x)


X = np.array([0.0, 1.0])
WRONG = {
    "a norm of zero, given": (renormed, renormed_wrongly, (COLUMN,)),
    "a norm of zero, found": (renormed, renormed_wrongly, (COLUMN + 0.3,)),
    "equality": (square_but_at_zero, lambda args, out, ct: (ct * np.where(args[0] == 0, 1.0, 2 * args[0]),), (X,)),
    "the origin": (squares_but_at_the_origin, lambda a, o, ct: (ct * np.where(np.sum(a[0] ** 2) > 0, 2 * a[0], 1.0),), (X + 1,)),
    "many columns": (renormed, renormed_wrongly, (np.zeros((1, 9)),)),
}
RIGHT = {
    "a norm of zero": (renormed, zero, (COLUMN,)),
    "many columns": (renormed, zero, (np.zeros((1, 9)),)),
    "equality": (square_but_at_zero, lambda args, out, ct: (2 * ct * args[0],), (X,)),
    "labels, at a logit of zero": (
        label_loss,
        lambda args, out, ct: (ct * (1 / (1 + np.exp(-args[0])) - (args[1] == 1)), 0 * args[1]),
        (np.array([0.0, 1.0, 0.0]), np.array([1.0, 0.0, 0.0])),
    ),
    "the left slope": (rectified, lambda args, out, ct: (ct * (args[0] > 0),), (X,)),
    "the right slope": (rectified, lambda args, out, ct: (ct * (args[0] >= 0),), (X,)),
}


@pytest.mark.parametrize(("f", "vjp", "args"), WRONG.values(), ids=WRONG)
def test_the_value_of_a_point_is_no_derivative(f: Any, vjp: Any, args: Any) -> None:
    assert check(f, args, vjp).verdict is Verdict.WRONG


@pytest.mark.parametrize(("f", "vjp", "args"), RIGHT.values(), ids=RIGHT)
def test_what_holds_around_it_is(f: Any, vjp: Any, args: Any) -> None:
    result = check(f, args, vjp)
    assert result.verdict is Verdict.CORRECT, result.explain()


def alone(f: Callable[..., Any], *args: Any, by: tuple[int, ...] = (0,)) -> frozenset[int]:
    def run(at: Any, flips: frozenset[int] = frozenset()) -> Any:
        return lift(f, at, flips=flips)

    forward = run(args)
    ties = [k for k, read in enumerate(forward.reads) if read.tie]
    return isolated(run, args, forward, [by for _ in ties], ties)


def test_by_an_argument_on_which_it_does_not_depend_a_decision_holds_everywhere() -> None:
    z, y = np.array([0.5]), np.array([1.0])
    assert alone(label_loss, z, y, by=(1,)) == {0}
    assert alone(label_loss, z, y, by=(0,)) == frozenset()
    assert alone(label_loss, z, y, by=(0, 1)) == frozenset()


def test_a_maximum_is_no_comparison() -> None:
    assert alone(lambda x: np.maximum(x * x, 0.0), np.array([0.0])) == frozenset()
