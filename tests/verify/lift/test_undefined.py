"""What is no number, as the log of a negative one: no function makes a number of it, no comparison decides on it, and a
choice that numbers decide may leave it out."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.special
from flint import arb

from backproof.verify.lift.lifted import pull_back, surely_undefined
from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.tape.arithmetic import power
from backproof.verify.lift.tape.kinks import DECIDING
from backproof.verify.lift.tape.reads import NotLifted, Undecided, Undefined
from backproof.verify.lift.tape.rules import RULES
from backproof.verify.lift.tape.tape import Scalar, Tape, apply, running

GIVEN = np.array([-1.32, 2.5])
LOG = [0.0, 1 / 2.5]  # the derivative of the log of the second entry

# -- One number --


@pytest.mark.parametrize("name", sorted({rule.name for rule in RULES.values()}))
def test_no_rule_makes_a_number_of_what_is_none_nor_a_derivative(name: str) -> None:
    rule = RULES[name]
    for position, other in itertools.product(range(rule.arity), (0.0, 1.0, 2.0, -1.0, 0.5, math.inf)):
        with running(Tape(100)) as tape:
            nan = apply("log", tape.leaf(arb(-1)))
            operands = [nan if k == position else Scalar(arb(other)) for k in range(rule.arity)]
            found = apply(rule, *operands)
            assert found.value.is_nan()
            assert tape.sweep({found.index: arb(1)})[nan.index].is_nan()  # type: ignore[union-attr]


@pytest.mark.parametrize("name", sorted({"floor", "maximum", "minimum", "absolute", "sign", "clip", "huber", "arctan2", "remainder"}))
def test_a_function_with_kinks_makes_no_number_of_what_is_none(name: str) -> None:
    arity = {"clip": 3, "maximum": 2, "minimum": 2, "huber": 2, "arctan2": 2, "remainder": 2}.get(name, 1)
    for position in range(arity):
        with running(Tape(100)) as tape:
            nan = apply("log", tape.leaf(arb(-1)))
            found = DECIDING[name](*[nan if k == position else tape.leaf(arb(-2)) for k in range(arity)])
            assert found.value.is_nan()


def test_a_power_with_exponent_0_is_a_constant_1_of_numbers_alone() -> None:
    with running(Tape(100)) as tape:
        assert power(tape.leaf(arb(-3)), 0).value == 1
        assert len(tape.nodes) == 1
        assert power(apply("log", tape.leaf(arb(-3))), 0).value.is_nan()
        assert power(apply("log", tape.leaf(arb(-3))), tape.leaf(arb(0))).value.is_nan()
        at_a_pole = power(apply("reciprocal", pole := tape.leaf(arb(0))), 0)
        assert at_a_pole.value == 1
        assert tape.sweep({at_a_pole.index: arb(1)})[pole.index].is_nan()  # type: ignore[union-attr]


# -- Code --

NO_WAY_BACK: dict[str, Callable[..., Any]] = {
    "power 0": lambda x: np.power(np.log(x), 0),
    "power 0, x beside": lambda x: np.log(x) ** 0.0 + x,
    "power x − x": lambda x: np.log(x) ** (x - x),
    "1 to the power": lambda x: np.power(1.0, np.log(x)),
    "arcsin": lambda x: np.arcsin(np.log(x)),
    "arccos": lambda x: np.arccos(np.sqrt(x)),
    "a product with 0": lambda x: 0.0 * np.log(x) + x,
    "a matrix of zeros": lambda x: np.zeros((2, 2)) @ np.log(x),
    "weights 0": lambda x: np.dot(np.array([0.0, 1.0]), np.log(x)),
    "maximum": lambda x: np.maximum(np.log(x), 0.0),
    "minimum": lambda x: np.minimum(np.log(x), 0.0),
    "clip": lambda x: np.clip(np.log(x), 0.0, 1.0),
    "sign": lambda x: x + np.sign(np.log(x)),
    "floor": lambda x: x + np.floor(np.log(x)),
    "determinant": lambda x: np.linalg.det(np.array([[np.log(x[0]), 0.0], [0.0, 0.0]])),
    "xlogy": lambda x: scipy.special.xlogy(np.zeros(2), np.log(x)),
}
UNDECIDABLE: dict[str, Callable[..., Any]] = {
    "a comparison": lambda x: np.where(np.log(x) > 0, x, 2 * x),
    "a truth value": lambda x: x if np.log(x[0]) else 2 * x,
    "argmax": lambda x: x[np.argmax(np.log(x))],
    "sort": lambda x: np.sort(np.log(x))[0],
    "Python's max": lambda x: max(np.log(x[0]), x[1]),
    "astype(int)": lambda x: x * np.log(x).astype(int),
    "int": lambda x: x * int(np.log(x[0])),
    "isclose": lambda x: x * np.isclose(np.log(x), 1.0),
}


def replaced(y: Any) -> Any:
    return np.where(y != y, 0.0, y)  # noqa: PLR0124


CHOICES: dict[str, tuple[Callable[..., Any], list[float]]] = {
    "where": (lambda x: np.where(x > 0, np.log(x), 0.0), LOG),
    "where, with a kink in the branch": (lambda x: np.where(x > 0, np.abs(np.maximum(np.log(x), -5.0)), 0.0), LOG),
    "where, with power 0 in the branch": (lambda x: np.where(x > 0, np.log(x) ** 0, x), [1.0, 0.0]),
    "a slice": (lambda x: np.log(x)[1:], LOG),
    "entries that are gathered": (lambda x: np.log(x)[[1, 1]], [0.0, 2 / 2.5]),
    "a mask": (lambda x: np.log(x)[x > 0], LOG),
    "a ufunc's where": (lambda x: np.log(x, where=x > 0, out=np.zeros_like(x)), LOG),
    "a sum's where": (lambda x: np.sum(np.log(x), where=x > 0), LOG),
    "select": (lambda x: np.select([x > 0], [np.log(x)], 0.0), LOG),
    "isnan": (lambda x: np.where(np.isnan(np.log(x)), 0.0, np.log(x)), LOG),
    "x != x": (lambda x: replaced(np.log(x)), LOG),
    "fmax": (lambda x: np.fmax(np.log(x), 0.0), LOG),
    "nansum": (lambda x: np.nansum(np.log(x)), LOG),
    "nan_to_num": (lambda x: np.nan_to_num(np.log(x)), LOG),
    "the shape alone": (lambda x: np.zeros_like(np.log(x)) + x, [1.0, 1.0]),
}


@pytest.mark.parametrize("f", NO_WAY_BACK.values(), ids=NO_WAY_BACK)
def test_arithmetic_and_kinks_do_not_lead_back_into_the_domain(f: Callable[..., Any]) -> None:
    found = lift(f, (GIVEN,))
    assert not found.finite
    assert surely_undefined(found)


@pytest.mark.parametrize("f", UNDECIDABLE.values(), ids=UNDECIDABLE)
def test_nothing_is_decided_on_what_is_no_number(f: Callable[..., Any]) -> None:
    with pytest.raises(Undefined, match=r"no number \(test_undefined\.py:\d+\).*; use a point at which the code is defined"):
        lift(f, (GIVEN,))


@pytest.mark.parametrize(("f", "derivative"), CHOICES.values(), ids=CHOICES)
def test_a_choice_that_numbers_decide_leaves_it_out(f: Callable[..., Any], derivative: list[float]) -> None:
    found = lift(f, (GIVEN,))
    assert found.finite
    (gradient,) = pull_back(found, np.ones(found.outputs[0].shape))  # type: ignore[union-attr]
    assert [float(ball.mid()) for ball in gradient] == pytest.approx(derivative)


def test_a_nan_that_the_code_wrote_is_a_constant_and_another_refusal() -> None:
    with pytest.raises(Undecided) as refused:
        lift(lambda x: np.where(np.greater(x, np.nan), x, 2 * x), (GIVEN,))
    assert type(refused.value) is Undecided


def test_a_ball_around_the_edge_is_not_surely_outside() -> None:
    at_the_edge = lift(lambda x: np.log(np.sin(x) ** 2 + np.cos(x) ** 2 - 1), (np.array([0.3]),))
    assert not at_the_edge.finite
    assert not surely_undefined(at_the_edge)
    assert not surely_undefined(lift(np.log, (np.array([0.0]),)))


def test_a_number_without_an_end_has_no_integer() -> None:
    with pytest.raises((NotLifted, Undecided)):
        lift(lambda x: x * int(1 / (x[0] - x[0])), (GIVEN,))
