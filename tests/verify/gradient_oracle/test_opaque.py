"""Forwards that cannot be lifted: slopes from differences with an estimate that holds, and faults along any direction
found."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from backproof.verify import check
from backproof.verify.gradient_oracle.findings import Kind
from backproof.verify.gradient_oracle.judge import Judged, Reach
from backproof.verify.gradient_oracle.opaque import DIRECTIONS, FEW, judge_opaque, slope_along
from backproof.verify.gradient_oracle.running import Question

X = np.array([0.5, 2.0, -1.0])
CT = np.array([1.0, -2.0, 0.5])


def compiled(x: Any) -> Any:
    """sin(x)·x as code that only takes plain floats."""
    return np.array([math.sin(float(v)) * float(v) for v in np.asarray(x)])


def right(args: Any, out: Any, ct: Any) -> Any:
    return (ct * (np.cos(args[0]) * args[0] + np.sin(args[0])),)


def judged(vjp: Any, x: Any = X, ct: Any = CT) -> Judged:
    return judge_opaque(Question(compiled, vjp, (x,), ct, "here"), "forward: opaque")


@pytest.mark.parametrize(
    ("f", "x", "slope"), [(np.exp, 1.0, math.e), (np.sin, 0.3, math.cos(0.3)), (lambda x: x**5, 2.0, 80.0), (lambda x: 1 / x, 0.5, -4.0)]
)
def test_the_slope_is_right_within_a_few_estimates(f: Any, x: float, slope: float) -> None:
    question = Question(lambda x: f(x), right, (np.array([x]),), np.array([1.0]), "here")
    found, estimate = slope_along(question, 0, np.array([1.0]))
    assert abs(found - slope) <= 100 * estimate
    assert estimate < 1e-7 * abs(slope)


def test_a_right_backward_has_no_finding_and_the_numbers_compared_are_counted() -> None:
    found = judged(right)
    assert found.findings == ()
    assert found.entries == DIRECTIONS + 3
    assert not found.certified
    assert found.reach is Reach.DIFFERENCES
    assert found.why == "forward: opaque: compared with differences along 3 random directions of each argument"


def test_one_wrong_entry_is_named() -> None:
    def wrong(args: Any, out: Any, ct: Any) -> Any:
        (g,) = right(args, out, ct)
        g[2] *= 1.001
        return (g,)

    found = judged(wrong)
    assert (2,) in [finding.index for finding in found.findings]
    assert (0,) not in [finding.index for finding in found.findings]
    assert all(finding.kind is Kind.DIFFERENCES for finding in found.findings)


def test_above_a_few_entries_only_directions_are_compared_and_they_see_a_fault() -> None:
    x = np.linspace(-1, 1, FEW + 1)
    ct = np.ones(FEW + 1)
    assert judged(right, x, ct).entries == DIRECTIONS
    found = judged(lambda args, out, ct: (1.01 * right(args, out, ct)[0],), x, ct)
    assert len(found.findings) == DIRECTIONS
    assert all(finding.index is None for finding in found.findings)


def test_a_shape_is_looked_at_first() -> None:
    found = judged(lambda args, out, ct: (ct[:2],))
    assert found.findings[0].kind is Kind.SHAPE


def test_entries_are_counted_without_the_directions() -> None:
    result = check(lambda x: np.abs(np.fft.fft(np.frombuffer(x.tobytes()))), (np.array([0.5, 1.5, 2.25]),), lambda args, out, ct: (0 * ct,))
    assert ", in 3 of 3 entries." in result.explain()
