"""Judging one point: what is certified, what only the floats show, and what is not held against anybody."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest
import scipy.fft

from backproof.verify.gradient_oracle import judge as judging
from backproof.verify.gradient_oracle.findings import Kind
from backproof.verify.gradient_oracle.formula import digits_of
from backproof.verify.gradient_oracle.judge import Judged, Reach, judge
from backproof.verify.gradient_oracle.running import Question
from backproof.verify.verdicts import Verdict

X = np.array([0.5, 2.0])
CT = np.array([1.0, -3.0])


def judged(f: Any, vjp: Any, args: Any = (X,), ct: Any = CT, **chosen: Any) -> Judged:
    return judge(Question(f, vjp, args, ct, "here", **chosen))


def test_a_right_formula_is_certified_and_all_entries_are_counted() -> None:
    found = judged(np.exp, lambda args, out, ct: (ct * out,))
    assert found.certified
    assert found.findings == ()
    assert found.entries == 2


@pytest.mark.parametrize("relative", [1e-3, 1e-6, 1e-9, 1e-12])
def test_a_relative_error_of_any_size_in_the_formula_is_wrong(relative: float) -> None:
    found = judged(np.exp, lambda args, out, ct: (ct * out * (1 + relative),))
    assert not found.certified
    assert found.findings[0].kind is Kind.FORMULA
    assert found.findings[0].size == pytest.approx(relative, rel=1e-2)


def test_the_rounding_of_a_constant_in_the_code_is_no_error() -> None:
    """0.1 is not 1/10: the backward that multiplies by it is right up to the rounding of the constant."""
    found = judged(lambda x: x / 10, lambda args, out, ct: (0.1 * ct,))
    assert found.findings == ()
    assert found.constants


def test_a_constant_with_six_digits_is_one() -> None:
    found = judged(lambda x: x * np.pi, lambda args, out, ct: (3.14159 * ct,))
    assert found.findings[0].kind is Kind.FORMULA


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16, ml_dtypes.bfloat16])
def test_right_floats_are_accepted_in_every_dtype_and_a_tenth_too_much_is_not(dtype: Any) -> None:
    x = np.array([0.5, 2.0]).astype(dtype)
    ct = np.array([1.0, -1.5]).astype(dtype)
    assert judged(np.tanh, lambda args, out, ct: (ct * (1 - out * out),), (x,), ct).findings == ()
    assert judged(np.tanh, lambda args, out, ct: ((ct * (1 - out * out) * 1.1).astype(dtype),), (x,), ct).findings


def test_a_backward_that_cannot_be_lifted_is_judged_by_its_floats_alone() -> None:
    def opaque(scale: float) -> Any:
        return lambda args, out, ct: (scale * ct * scipy.fft.idct(scipy.fft.dct(np.exp(args[0]))),)

    found = judged(np.exp, opaque(1.0))
    assert found.findings == ()
    assert not found.certified
    assert found.reach is Reach.FLOATS
    assert found.why.startswith("backward:")
    assert judged(np.exp, opaque(1.01)).findings[0].verdict is Verdict.WRONG


def test_a_forward_that_cannot_be_lifted_is_not_judged() -> None:
    found = judged(lambda x: scipy.fft.idct(scipy.fft.dct(x)) ** 2, lambda args, out, ct: (2 * ct * args[0],))
    assert found.reach is Reach.DIFFERENCES
    assert found.why.startswith("forward:")
    assert not found.certified
    assert found.entries == 0


def test_a_forward_that_lifts_nothing_certifies_nothing() -> None:
    found = judged(lambda x: np.array([float(repr(float(v))) for v in x]), lambda args, out, ct: (0 * ct,))
    assert not found.certified
    assert found.reach is Reach.DIFFERENCES
    assert found.why == "forward: nothing was lifted"


def test_without_the_tier_of_formulas_small_errors_go_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        return (ct * out * (1 + 1e-14),)

    assert judged(np.exp, vjp).findings
    monkeypatch.setattr(judging, "judge_formula", lambda *_, **__: ([], False))
    assert not judged(np.exp, vjp).findings


def test_without_the_tier_of_floats_a_down_cast_goes_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        return ((ct * out.astype(np.float32)).astype(np.float64),)

    assert judged(np.exp, vjp).findings
    monkeypatch.setattr(judging, "judge_floats", lambda *_: ([], None))
    assert not judged(np.exp, vjp).findings


def test_reads_of_both_passes_are_kept() -> None:
    found = judged(lambda x: np.where(x > 1, x * x, x), lambda args, out, ct: (ct * np.where(args[0] > 1, 2 * args[0], 1.0),))
    assert {read.outcome for read in found.reads} == {True, False}
    assert all(read.place.startswith("test_judge.py:") for read in found.reads)


def test_digits_are_those_of_the_middle() -> None:
    from backproof.verify.numbers.ball_arrays import arb, precision

    with precision(200):
        assert digits_of(arb(1) / 3) == "0.33333333333333333333"
    assert digits_of(arb("nan")) == "nan"


def test_on_either_side_of_a_decision_that_rounding_may_turn_both_derivatives_are_right() -> None:
    """|x| is 10 in floats and a little more in truth: clipped or not."""
    x = np.array([4.47213595499958, -8.94427190999916])

    def f(x: Any) -> Any:
        r = np.linalg.norm(x)
        return x * 10 / r if r > 10.0 else x * 1.0

    def backward(args: Any, out: Any, ct: Any) -> Any:
        (x,) = args
        r = np.linalg.norm(x)
        return (10 / r * (ct - x * (ct @ x) / r**2) if r > 10.0 else ct,)

    assert np.linalg.norm(x) == 10.0
    ct = np.array([1.0, 0.3])
    assert judged(f, backward, (x,), ct, usual=(1.0,)).findings == ()
    assert judged(f, lambda args, out, ct: (1.01 * ct,), (x,), ct, usual=(1.0,)).findings


def test_a_forward_that_takes_another_branch_on_lifted_numbers_judges_nothing() -> None:
    def f(x: Any) -> Any:
        return x * x if repr(x).startswith("array") else np.abs(x)

    found = judged(f, lambda args, out, ct: (2 * ct * args[0],), (np.array([1e-8, 2e-8]),), np.ones(2), usual=(1.0,))
    assert found.findings == ()
    assert found.reach is Reach.DIFFERENCES
    assert not found.certified


def test_a_removable_singularity_is_compared_with_the_derivatives_around() -> None:
    def f(x: Any) -> Any:
        safe = np.where(x == 0, 1.0, x)
        return np.where(x == 0, 1.0, np.expm1(x) / x) + 0 * safe

    def backward(at_zero: float) -> Any:
        def vjp(args: Any, out: Any, ct: Any) -> Any:
            (x,) = args
            safe = np.where(x == 0, 1.0, x)
            return (ct * np.where(x == 0, at_zero, (safe * np.exp(safe) - np.expm1(safe)) / safe**2),)

        return vjp

    x = (np.array([0.0]),)
    right = judged(f, backward(0.5), x, np.ones(1), usual=(1.0,))
    assert right.findings == ()
    assert right.reach is Reach.FLOATS
    assert judged(f, backward(1.0), x, np.ones(1), usual=(1.0,)).findings[0].words == "outside of the derivatives at nearby points"


@pytest.mark.parametrize(("dtype", "close", "far"), [(np.float64, 5e-10, 5e-9), (np.float32, 2e-6, 1e-3), (np.float16, 5e-3, 0.5)])
def test_beside_a_point_without_a_derivative_roundings_of_the_dtype_are_allowed_and_no_more(dtype: Any, close: float, far: float) -> None:
    """x / x · sin(x) at (0, 1): the second entry of the derivative is cos 1, off by its own rounding and by that of
    NumPy's cosine."""

    def f(x: Any) -> Any:
        return np.sum(np.where(x == 0, 0.0, x / x * np.sin(x)))

    def backward(off: float) -> Any:
        return lambda args, out, ct: ((ct * np.where(args[0] == 0, 1.0, np.cos(args[0]) + off)).astype(args[0].dtype),)

    def findings(off: float) -> Any:
        return judged(f, backward(off), (np.array([0.0, 1.0], dtype=dtype),), np.asarray(1.0)).findings

    assert findings(close) == ()
    (found,) = findings(far)
    assert (found.index, found.words) == ((1,), "outside of the derivatives at nearby points")


@pytest.mark.parametrize(
    ("f", "vjp", "x", "reach"),
    [
        (np.exp, lambda args, out, ct: (ct * out,), 0.5, Reach.CERTIFIED),
        (np.exp, lambda args, out, ct: (ct * np.frombuffer(out.tobytes()),), 0.5, Reach.FLOATS),
        (lambda x: np.frombuffer(np.exp(x).tobytes()), lambda args, out, ct: (ct * out,), 0.5, Reach.DIFFERENCES),
        (np.sqrt, lambda args, out, ct: (ct * 0.5 / out,), 0.0, Reach.NOTHING),
    ],
)
def test_how_far_a_point_is_judged_is_told_and_why_no_farther(f: Any, vjp: Any, x: float, reach: Reach) -> None:
    found = judged(f, vjp, (np.array([x]),), np.ones(1))
    assert found.reach is reach
    assert bool(found.why) is (reach is not Reach.CERTIFIED)
    assert found.certified is (reach is Reach.CERTIFIED)
    assert found.findings == ()


def test_what_is_not_finite_where_the_function_is_smooth_is_wrong() -> None:
    """‖x‖² through the norm: nan at zero, where the derivative is zero; 2x is right there."""

    def f(x: Any) -> Any:
        return np.linalg.norm(x) ** 2

    def through_the_norm(args: Any, out: Any, ct: Any) -> Any:
        return (ct * 2 * np.linalg.norm(args[0]) * (args[0] / np.linalg.norm(args[0])),)

    zeros = (np.zeros(3),)
    with np.errstate(all="ignore"):
        found = judged(f, through_the_norm, zeros, np.asarray(1.0), usual=(1.0,)).findings[0]
    assert (found.verdict, found.found, found.words) == (Verdict.WRONG, "nan", "not finite, though those at nearby points agree")
    assert judged(f, lambda args, out, ct: (ct * 2 * args[0],), zeros, np.asarray(1.0), usual=(1.0,)).findings == ()


@pytest.mark.parametrize(
    ("f", "vjp"),
    [
        (np.linalg.norm, lambda args, out, ct: (ct * args[0] / np.linalg.norm(args[0]),)),  # no derivative at all
        (lambda x: np.sum(np.arctan(1 / x)), lambda args, out, ct: (ct / (1 + (1 / args[0]) ** 2) * (-1 / args[0] ** 2),)),  # a jump
    ],
)
def test_what_is_not_finite_where_there_is_no_derivative_is_only_noted(f: Any, vjp: Any) -> None:
    with np.errstate(all="ignore"):
        found = judged(f, vjp, (np.zeros(2),), np.asarray(1.0), usual=(1.0,))
    assert found.findings == ()
    assert found.note is not None
    assert found.note.said == "a gradient is not finite, though the derivatives nearby are bounded"
