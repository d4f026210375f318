"""Between expressions that no float tells apart every derivative is right, as for a series below some size; where the
switch is a jump, or the gradient is beyond both, it is not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.check import check
from backproof.verify.gradient_oracle.excused.branches import free_choices
from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.verdicts import Verdict

BELOW = np.array([5e-10, 0.5])
U = 2.0**-53


def safe(x: Any) -> Any:
    return np.where(x == 0, 1.0, x)


def sinc(threshold: float) -> Callable[..., Any]:
    return lambda x: np.where(np.abs(x) < threshold, 1.0, np.sin(x) / safe(x))


def sinc_of_square(x: Any) -> Any:
    return np.where(x * x < 1e-18, 1.0, np.sin(x) / safe(x))


def sinc_in_a_loop(x: Any) -> Any:
    out = np.empty_like(x)
    for i in range(len(x)):
        out[i] = 1.0 if abs(x[i]) < 1e-9 else np.sin(x[i]) / x[i]
    return out


def slope_of_sinc(x: Any) -> Any:
    series = -x / 3 + x**3 / 30 - x**5 / 840 + x**7 / 45360 - x**9 / 3991680
    return np.where(np.abs(x) < 0.1, series, (x * np.cos(x) - np.sin(x)) / safe(x) ** 2)


def sinc_back(inner: Callable[..., Any], threshold: float = 1e-9) -> Callable[..., Any]:
    return lambda args, out, ct: (ct * np.where(np.abs(args[0]) < threshold, inner(args[0]), slope_of_sinc(args[0])),)


def relative_exponential(inner: Callable[..., Any]) -> Callable[..., Any]:
    return lambda x: np.where(np.abs(x) < 1e-9, inner(x), np.expm1(x) / safe(x))


def exponential_back(inner: Callable[..., Any]) -> Callable[..., Any]:
    def back(args: Any, out: Any, ct: Any) -> Any:
        (x,) = args
        series = sum(x**k / (k + 2) / np.prod(np.arange(1.0, k + 1)) for k in range(10))
        outer = np.where(np.abs(x) < 0.1, series, (x * np.exp(x) - np.expm1(x)) / safe(x) ** 2)
        return (ct * np.where(np.abs(x) < 1e-9, inner(x), outer),)

    return back


JUMP = relative_exponential(lambda x: 1.0)
RIGHT = {
    "the other derivative": (sinc(1e-9), sinc_back(lambda x: -x / 3), BELOW),
    "its own derivative": (sinc(1e-9), sinc_back(lambda x: 0 * x), BELOW),
    "between both": (sinc(1e-9), sinc_back(lambda x: -x / 7), BELOW),
    "found by exploring": (sinc(1e-9), sinc_back(lambda x: -x / 3), np.array([0.3, 0.5])),
    "a square decides": (sinc_of_square, sinc_back(lambda x: -x / 3), np.array([0.3, 1e-24])),
    "entries in a loop": (sinc_in_a_loop, sinc_back(lambda x: -x / 3), BELOW),
    "a jump of four roundings": (sinc(5e-8), sinc_back(lambda x: -x / 3, 5e-8), np.array([2e-8])),
    "two terms, their slope": (relative_exponential(lambda x: 1 + x / 2), exponential_back(lambda x: 0.5 + 0 * x), BELOW),
    "two terms, the other slope": (relative_exponential(lambda x: 1 + x / 2), exponential_back(lambda x: 0.5 + x / 3), BELOW),
    "a jump, its own derivative": (relative_exponential(lambda x: 1.0), exponential_back(lambda x: 0.0), BELOW),
}
WRONG = {
    "beyond both": (sinc(1e-9), sinc_back(lambda x: -x / 2), BELOW),
    "just beyond both": (sinc(1e-9), sinc_back(lambda x: -x / 3 * (1 + 1e-9)), BELOW),
    "of the other sign": (sinc(1e-9), sinc_back(lambda x: x / 3), BELOW),
    "beyond both, found by exploring": (sinc(1e-9), sinc_back(lambda x: -x / 2), np.array([0.3, 0.5])),
    "beyond both, entries in a loop": (sinc_in_a_loop, sinc_back(lambda x: -x / 2), BELOW),
    "beyond both, a square decides": (sinc_of_square, sinc_back(lambda x: -x / 2), np.array([1e-24])),
    "a jump of five roundings": (sinc(6e-8), sinc_back(lambda x: -x / 3, 6e-8), np.array([2e-8])),
    "a jump": (relative_exponential(lambda x: 1.0), exponential_back(lambda x: 0.5), BELOW),
    "a jump, far below the switch": (relative_exponential(lambda x: 1.0), exponential_back(lambda x: 0.5), np.array([1e-17])),
    "a jump below something large": (
        lambda x: 1e6 + 1e-3 * JUMP(x),
        lambda *given: (1e-3 * exponential_back(lambda x: 0.5)(*given)[0],),
        BELOW,
    ),
    "two terms, beyond both": (relative_exponential(lambda x: 1 + x / 2), exponential_back(lambda x: 0.5 + x), BELOW),
}


@pytest.mark.parametrize(("f", "vjp", "x"), RIGHT.values(), ids=RIGHT)
def test_between_both_derivatives(f: Any, vjp: Any, x: Any) -> None:
    result = check(f, (x,), vjp)
    assert result.verdict is Verdict.CORRECT, result.explain()


@pytest.mark.parametrize(("f", "vjp", "x"), WRONG.values(), ids=WRONG)
def test_beyond_both_derivatives_or_at_a_jump(f: Any, vjp: Any, x: Any) -> None:
    assert check(f, (x,), vjp).verdict is Verdict.WRONG


def test_it_is_said() -> None:
    assert "expressions that no float tells apart" in check(sinc(1e-9), (BELOW,), sinc_back(lambda x: -x / 3)).explain()


def free(f: Callable[..., Any], *args: Any) -> int:
    def run(at: Any, flips: frozenset[int] = frozenset()) -> Any:
        return lift(f, at, flips=flips, folds=False)

    return len(free_choices(run, args, run(args), U))


def test_what_is_chosen_is_compared_and_not_what_is_made_of_it() -> None:
    def beside(chosen: Callable[..., Any]) -> Callable[..., Any]:
        return lambda x: 1e6 + 1e-3 * chosen(x)

    x = np.array([5e-10])
    assert free(beside(sinc(1e-9)), x) == 1
    assert free(beside(relative_exponential(lambda x: 1.0)), x) == 0


def test_a_zero_that_a_sum_leaves_out_is_seen() -> None:
    def forgotten(a: Any, b: Any) -> Any:
        return 1e8 * a + np.where(np.abs(b) < 1e-9, 0.0, b)

    assert free(forgotten, np.array([1.0]), np.array([5e-10])) == 0
    assert check(forgotten, (np.array([1.0]), np.array([5e-10])), lambda args, out, ct: (1e8 * ct, ct)).verdict is Verdict.WRONG


def test_equality_gives_no_freedom() -> None:
    assert free(lambda x: np.where(x == 0.0, 1.0, np.sin(x) / safe(x)), np.array([1e-12])) == 0
