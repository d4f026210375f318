"""What tests of lifting share: a function is followed if its lifted value is NumPy's and its derivative that of
differences at 400 bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flint import arb

from backproof.verify.gradient_oracle.check import check
from backproof.verify.lift.lifted import pull_back
from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.numbers.ball_arrays import precision
from backproof.verify.verdicts import Verdict

BITS = 400
STEP = arb(2) ** -100


def _moved(args: tuple[Any, ...], which: int, index: Any, step: Any) -> tuple[Any, ...]:
    array = np.array([arb(float(v)) for v in np.ravel(args[which])], dtype=object).reshape(np.shape(args[which]))
    array[index] = array[index] + step
    return (*args[:which], array, *args[which + 1 :])


def largest_error(f: Callable[..., Any], args: tuple[Any, ...]) -> float:
    """The largest relative difference between pull_back and central differences at 400 bits, for cotangents that are
    all different."""
    lifted = lift(f, args, bits=BITS)
    (output,) = lifted.outputs
    assert output is not None
    cotangent = np.array([1.0 + 0.37 * k - 0.05 * k * k for k in range(output.size)]).reshape(output.shape)
    gradients = pull_back(lifted, cotangent)
    assert all(entry.is_finite() for gradient in gradients for entry in gradient.flat)

    def weighted(moved: tuple[Any, ...]) -> Any:
        (values,) = lift(f, moved, bits=BITS).values
        assert values is not None
        return sum((c * v for c, v in zip(cotangent.flat, values.flat, strict=True)), arb(0))

    worst = 0.0
    with precision(BITS):
        for which, gradient in enumerate(gradients):
            for index in np.ndindex(*gradient.shape):
                difference = (weighted(_moved(args, which, index, STEP)) - weighted(_moved(args, which, index, -STEP))) / (2 * STEP)
                worst = max(worst, float(abs((gradient[index] - difference).mid()) / (1 + abs(difference.mid()))))
    return worst


@pytest.fixture
def derivative_errors() -> Callable[[Callable[..., Any], tuple[Any, ...]], float]:
    return largest_error


@pytest.fixture
def followed() -> Callable[[Callable[..., Any], tuple[Any, ...]], None]:
    """Asserts that f is followed at these arguments."""

    def assert_followed(f: Callable[..., Any], args: tuple[Any, ...]) -> None:
        (values,) = lift(f, args).values
        assert values is not None
        expected = np.asarray(f(*args))
        assert values.shape == expected.shape
        np.testing.assert_allclose([float(v.mid()) for v in values.flat], expected.ravel(), rtol=2e-14, atol=2e-15)
        assert largest_error(f, args) < 1e-45

    return assert_followed


@pytest.fixture
def certified_and_caught() -> Callable[[Callable[[Any], Any], Any], None]:
    """That code which computes 3x² in some way is certified with its derivative, and WRONG with one that is off by a
    six thousandth."""

    def asked(f: Callable[[Any], Any], x: Any) -> None:
        assert list(f(x)) == pytest.approx(list(3 * x**2))
        good = check(f, (x,), lambda args, out, ct: (6 * args[0] * ct,), effort="quick", timeout=120)
        assert good.ok, good.explain()
        assert good.proved == good.points > 1, good.explain()
        assert check(f, (x,), lambda args, out, ct: (6.001 * args[0] * ct,), effort="quick", timeout=120).verdict is Verdict.WRONG

    return asked


@pytest.fixture
def same() -> Callable[..., None]:
    """Asserts that lifting f has the values of NumPy, or of SciPy, whose transforms and solutions have roundings of their own."""

    def asked(f: Callable[..., Any], *args: Any) -> None:
        expected = np.asarray(f(*args))
        found = lift(f, args).values[0]
        assert found is not None
        assert found.shape == expected.shape
        assert [float(ball.mid()) for ball in found.reshape(-1)] == pytest.approx(expected.reshape(-1).tolist(), rel=1e-10, abs=1e-12)

    return asked


@pytest.fixture
def twins() -> Callable[..., None]:
    """Asserts that a right backward is certified, and a wrong one WRONG."""

    def asked(f: Callable[..., Any], args: tuple[Any, ...], right: Callable[..., Any], wrong: Callable[..., Any]) -> None:
        found = check(f, args, right)
        assert (found.verdict, found.certified) == (Verdict.CORRECT, True), found.explain()
        assert check(f, args, wrong).verdict is Verdict.WRONG

    return asked
