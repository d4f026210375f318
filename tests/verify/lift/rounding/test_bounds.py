"""First-order bounds: a reverse sweep in NumPy's floats stays within them, they are not far above it, and they grow
where a computation cancels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backproof.verify.lift.lifted import pull_back
from backproof.verify.lift.numpy_code.lifting import lift, lift_backward
from backproof.verify.lift.rounding.bounds import formula_of, least_rounding, rounding_of_formula, rounding_of_sweep
from backproof.verify.lift.rounding.second_derivatives import reverse_sweep
from backproof.verify.lift.tape.tape import Scalar
from backproof.verify.numbers.ball_arrays import arb, precision

ONE = np.array([1.0])


def answer(f: Any, *args: Any, ct: Any = ONE, place: int = 0, index: tuple[int, ...] = (0,)) -> Any:
    return rounding_of_sweep(reverse_sweep(lift(f, args), np.asarray(ct)), place, index)


# a reverse sweep over a tape, in floats

FLOATS: dict[str, tuple[Any, Any]] = {
    "add": (lambda x, y: x + y, lambda v, x, y: (1, 1)),
    "subtract": (lambda x, y: x - y, lambda v, x, y: (1, -1)),
    "multiply": (lambda x, y: x * y, lambda v, x, y: (y, x)),
    "divide": (lambda x, y: x / y, lambda v, x, y: (1 / y, -v / y)),
    "negative": (lambda x: -x, lambda v, x: (-1,)),
    "power": (lambda x, y: x * x, lambda v, x, y: (2 * x, 0)),
    "square": (lambda x: x * x, lambda v, x: (2 * x,)),
    "sum": (lambda *xs: np.sum(np.array(xs)), lambda v, *xs: (1,) * len(xs)),
    "dot": (lambda *xs: np.array(xs[::2]) @ np.array(xs[1::2]), lambda v, *xs: tuple(xs[k ^ 1] for k in range(len(xs)))),
    "exp": (np.exp, lambda v, x: (v,)),
    "log": (np.log, lambda v, x: (1 / x,)),
    "sqrt": (np.sqrt, lambda v, x: (x.dtype.type(0.5) / v,)),
    "sin": (np.sin, lambda v, x: (np.cos(x),)),
    "cos": (np.cos, lambda v, x: (-np.sin(x),)),
    "tanh": (np.tanh, lambda v, x: (1 - v * v,)),
    "arctan": (np.arctan, lambda v, x: (1 / (1 + x * x),)),
    "log1p": (np.log1p, lambda v, x: (1 / (1 + x),)),
    "expm1": (np.expm1, lambda v, x: (np.exp(x),)),
}


def in_floats(tape: Any, seeds: dict[int, Any], dtype: Any) -> list[Any]:
    """The adjoints of a tape, every value and every partial rounded to a dtype."""
    values: list[Any] = []
    for rule, operands, value in tape.nodes:
        xs = [values[x.index] if x.index >= 0 else dtype(float(x.value)) for x in operands]
        values.append(dtype(FLOATS[rule.name][0](*xs)) if operands else dtype(float(value)))
    adjoints: list[Any] = [dtype(0)] * len(values)
    for index, seed in seeds.items():
        adjoints[index] = dtype(float(seed))
    for v in range(len(values) - 1, -1, -1):
        rule, operands, _ = tape.nodes[v]
        xs = [values[x.index] if x.index >= 0 else dtype(float(x.value)) for x in operands]
        partials = FLOATS[rule.name][1](values[v], *xs) if operands else ()
        for x, partial in zip(operands, partials, strict=True):
            if x.index >= 0:
                adjoints[x.index] = dtype(adjoints[x.index] + dtype(adjoints[v] * dtype(partial)))
    return adjoints


def ratios(f: Any, x: Any) -> list[float]:
    """error / bound for every entry, where the bound is small beside the derivatives."""
    lifted = lift(f, (x,))
    ct = np.ones(lifted.values[0].shape if lifted.values[0] is not None else ())
    sweep = reverse_sweep(lifted, ct)
    truth = pull_back(lifted, ct)[0]
    adjoints = in_floats(lifted.tape, sweep.seeds, x.dtype.type)
    least = least_rounding(sweep)
    overall = max(abs(float(ball)) for ball in truth)
    found: list[float] = []
    for k in range(x.size):
        bound = rounding_of_sweep(sweep, 0, (k,)).lost
        with precision(200):
            error = abs(float(arb(float(adjoints[k])) - truth[k]))
        if bound <= 0.25 * overall:
            assert not least[k] * abs(float(truth[k])) > bound * (1 + 1e-9)
            found.append(error / bound if bound else float(error > 0))
    return found


UNARY = (
    np.sin,
    np.cos,
    np.tanh,
    np.arctan,
    lambda x: x * x,
    lambda x: np.exp(-x * x),
    lambda x: np.sqrt(1 + x * x),
    lambda x: np.log(2 + x * x),
)
BINARY = (np.add, np.subtract, np.multiply, lambda x, y: x / (1 + y * y), lambda x, y: np.sum(x) * y, lambda x, y: (x @ y) - x)


def program(steps: list[tuple[int, int, int]]) -> Any:
    """A function from a list of (operation, operand, operand): each step a vector, the last one summed up."""

    def f(x: Any) -> Any:
        known = [x]
        for operation, left, right in steps:
            x, y = known[left % len(known)], known[right % len(known)]
            known.append(UNARY[operation](x) if operation < len(UNARY) else BINARY[operation - len(UNARY)](x, y))
        return known[-1]

    return f


STEPS = st.lists(st.tuples(st.integers(0, len(UNARY) + len(BINARY) - 1), st.integers(0, 20), st.integers(0, 20)), min_size=1, max_size=12)
SEEDS = st.integers(0, 2**32 - 1)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@given(steps=STEPS, seed=SEEDS)
@settings(max_examples=60, deadline=None)
def test_a_reverse_sweep_in_floats_stays_within_the_bound(dtype: Any, steps: Any, seed: int) -> None:
    x = np.random.default_rng(seed).normal(size=4).astype(dtype)
    assert max(ratios(program(steps), x), default=0.0) <= 1.0


def test_the_bound_is_no_hundred_times_the_error() -> None:
    """Of a reverse sweep over a product of sums, each of a few operations."""
    rng = np.random.default_rng(0)
    worst = max(max(ratios(lambda x: np.sum(x * x) * x, rng.normal(size=4))) for _ in range(20))
    assert 0.05 < worst <= 1.0


# where it is large


def test_a_product_answers_like_its_operands() -> None:
    """d/dx (x·y) = y has one rounding, of the product with the cotangent."""
    found = answer(lambda x, y: x * y, np.array([2.0]), np.array([5.0]))
    assert found.lost == pytest.approx(5 * 2.0**-53)
    assert found.condition == pytest.approx(10.0)


@pytest.mark.parametrize("shift", [1e4, 1e8, 1e12])
def test_a_cancellation_answers_with_the_size_of_what_cancels(shift: float) -> None:
    """d/dx (x + c − c)² = 2x, but the error of x + c is of size c, and no backward avoids it."""
    found = answer(lambda x: ((x + shift) - shift) ** 2, ONE)
    assert shift < found.lost * 2.0**53 < 10 * shift
    assert shift < found.stable * 2.0**53 < 10 * shift


def test_a_sweep_that_cancels_on_its_way_back_is_not_stable() -> None:
    """The derivative 1 − cos x of x − sin x."""
    found = answer(lambda x: x - np.sin(x), np.array([1e-6]))
    assert found.lost > 2.0**-53
    assert found.condition < 1e-11
    assert found.stable < 1e-26


def test_a_sum_that_cancels_is_as_stable_as_can_be() -> None:
    """Σ ct·w answers to an error of each ct, hence may lose the roundings of all terms."""
    w = np.array([1e8, -1e8 + 1.0])
    found = answer(lambda x: x * w, np.array(1.0), ct=[1.0, 1.0], index=())
    assert found.stable == found.lost > 1e8 * 2.0**-53


def test_an_ill_conditioned_solve_answers_with_its_condition_number() -> None:
    a, b = np.array([[1.0, 1.0], [1.0, 1.0 + 1e-6]]), np.array([1.0, 2.0])
    found = answer(np.linalg.solve, a, b, ct=[1.0, 1.0], place=1)
    assert found.lost > 1e4 * 2.0**-53


def test_outputs_that_are_one_argument_are_added_up() -> None:
    found = answer(lambda x: np.repeat(x, 3), ONE, ct=[1.0, -1.0, 0.5])
    assert found.lost == pytest.approx(2 * 2.5 * 2.0**-53)


def test_underflow_is_in_the_bound() -> None:
    found = answer(lambda x: np.exp(x), np.array([-800.0]))
    assert 2.0**-1023 < found.lost < 2.0**-1000


# formulas


def test_what_a_backward_loses_by_its_own_formula() -> None:
    """1 − cos x for small x loses what 2 sin²(x/2) keeps; a stable one is allowed to lose neither."""
    x = np.array([1e-4])
    forward = lift(lambda x: x - np.sin(x), (x,))
    poor = lift_backward(lambda args, out, ct: (ct * (1 - np.cos(args[0])),), (x,), None, ONE, forward=forward)
    good = lift_backward(lambda args, out, ct: (ct * 2 * np.sin(args[0] / 2) ** 2,), (x,), None, ONE, forward=forward)

    def lost(backward: Any, most: float = np.inf) -> float:
        return rounding_of_formula(formula_of(backward), backward.outputs[0][0], most) * 2.0**53

    assert lost(poor) > 1
    assert lost(good) < 1e-6
    assert lost(poor, 5e-9) < 1e-6


def test_a_constant_gradient_loses_nothing() -> None:
    backward = lift_backward(lambda args, out, ct: (np.zeros(1),), (ONE,), None, ONE, forward=lift(lambda x: 0 * x, (ONE,)))
    assert rounding_of_formula(formula_of(backward), Scalar(arb(0))) == 0.0
