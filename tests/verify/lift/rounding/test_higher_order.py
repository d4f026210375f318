"""Values moved by their rounding errors take a judgement back where the first-order bound does not hold, and nowhere
else."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from backproof.verify import Verdict, check
from backproof.verify.gradient_oracle import floats as second_tier
from backproof.verify.lift.lifted import pull_back
from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.rounding.bounds import rounding_of_sweep
from backproof.verify.lift.rounding.higher_order import SAMPLES, sampled_derivatives
from backproof.verify.lift.rounding.second_derivatives import reverse_sweep

SINGLE, HALF = np.float32, np.float16


def turns(x: Any) -> Any:
    return np.sin(np.pi * x)


def of_turns(args: Any, out: Any, ct: Any) -> Any:
    return (ct * np.pi * np.cos(np.pi * args[0]),)


def moves(f: Any, x: Any) -> tuple[list[float], float]:
    """How far the sampled derivatives of the only entry lie from the derivative, and the bound of first order."""
    ct = np.ones(1, dtype=x.dtype)
    forward = lift(f, (x,))
    sweep = reverse_sweep(forward, ct)
    middle = pull_back(forward, ct)[0][0]
    samples = sampled_derivatives(sweep, ct)
    assert samples is not None
    assert len(samples) == SAMPLES
    return [abs(float((sample[0][0] - middle).mid())) for sample in samples], rounding_of_sweep(sweep, 0, (0,)).lost


def test_where_the_argument_of_a_sine_is_lost_samples_leave_the_bound() -> None:
    """πx is 3·10⁷, off by 2 in float32 and by 10⁻⁸ in float64; cos(πx)′ = 0."""
    far, bound = moves(turns, np.array([1e7], dtype=SINGLE))
    assert max(far) > 100 * bound
    near, bound = moves(turns, np.array([1e7]))
    assert max(near) <= bound


@pytest.mark.parametrize("f", [np.exp, np.tanh, lambda x: x * x * x, lambda x: x - np.sin(x), lambda x: np.log1p(x) / (1 + x)])
@pytest.mark.parametrize("dtype", [np.float64, SINGLE])
def test_usual_values_stay_within_the_bound(f: Any, dtype: Any) -> None:
    far, bound = moves(f, np.array([0.7], dtype=dtype))
    assert max(far) <= bound


def test_functions_that_are_exact_for_operands_which_are_off_are_moved_by_them() -> None:
    """sinc is one operation, and the derivative at 10⁷ is that of an argument off by some."""
    far, bound = moves(np.sinc, np.array([1e7], dtype=SINGLE))
    assert max(far) > 100 * bound


def test_a_run_that_takes_another_way_is_told() -> None:
    def f(x: Any) -> Any:
        y = 3 * x
        return y * y if y[0] >= 3 else y

    x, ct = np.array([1.0], dtype=HALF), np.ones(1, dtype=HALF)
    assert sampled_derivatives(reverse_sweep(lift(f, (x,)), ct), ct) is None


def test_a_right_backward_in_single_precision_is_not_flagged_where_rounding_turns_the_sine(monkeypatch: pytest.MonkeyPatch) -> None:
    x = (np.array([0.3, -1.2, 0.7], dtype=SINGLE),)
    result = check(turns, x, of_turns)
    assert result.ok, result.explain()
    assert any("first order" in note for note in result.notes)
    monkeypatch.setattr(second_tier, "_bends", lambda *_: False)
    assert check(turns, x, of_turns).verdict is Verdict.INACCURATE


def test_a_sample_that_has_no_derivative_decides_nothing() -> None:
    """10⁷ + x − 10⁷ is 0.3, and in float32 anything between −0.7 and 1.3."""

    def f(x: Any) -> Any:
        return np.log((x + 1e7) - 1e7)

    x, ct = np.array([0.3], dtype=SINGLE), np.ones(1, dtype=SINGLE)
    forward = lift(f, (x,))
    samples = sampled_derivatives(reverse_sweep(forward, ct), ct)
    assert samples is not None
    lost = [sample for sample in samples if not sample[0][0].is_finite()]
    assert lost
    bends: Any = vars(second_tier)["_bends"]
    entry = SimpleNamespace(place=0, index=(0,), middles=[pull_back(forward, ct)[0][0]])
    assert bends(entry, lost[:1], 1e30)
    assert not bends(entry, [pull_back(forward, ct)], 1e-30)


def test_a_formula_that_cancels_is_still_inaccurate() -> None:
    def f(x: Any) -> Any:
        return x - np.sin(x)

    def cancels(args: Any, out: Any, ct: Any) -> Any:
        return (ct * (1 - np.cos(args[0])),)

    assert check(f, (np.array([1e-6]),), cancels).verdict is Verdict.INACCURATE
