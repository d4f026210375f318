"""Forwards that cannot be lifted: slopes from differences with an estimate that holds, and faults along any direction found."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from backproof.verify import check
from backproof.verify.gradient_oracle.opaque import DIRECTIONS, FEW, judge_opaque, slope_along

X = np.array([0.5, 2.0, -1.0])
CT = np.array([1.0, -2.0, 0.5])


def compiled(x: Any) -> Any:
    """sin(x)·x as code that only takes plain floats."""
    return np.array([math.sin(float(v)) * float(v) for v in np.asarray(x)])


def right(args: Any, out: Any, ct: Any) -> Any:
    return (ct * (np.cos(args[0]) * args[0] + np.sin(args[0])),)


@pytest.mark.parametrize(
    ("f", "x", "slope"),
    [(np.exp, 1.0, math.e), (np.sin, 0.3, math.cos(0.3)), (lambda x: x**5, 2.0, 80.0), (lambda x: 1 / x, 0.5, -4.0)],
)
def test_the_slope_is_right_within_a_few_estimates(f: Any, x: float, slope: float) -> None:
    found, estimate = slope_along(lambda x: f(x), (np.array([x]),), 0, np.array([1.0]), np.array([1.0]))
    assert abs(found - slope) <= 100 * estimate
    assert estimate < 1e-7 * abs(slope)


def test_a_right_backward_has_no_finding_and_the_numbers_compared_are_counted() -> None:
    found = judge_opaque(compiled, right, (X,), CT, "here", "forward: opaque")
    assert found.findings == ()
    assert found.entries == DIRECTIONS + 3
    assert not found.certified
    assert found.opaque == "forward: opaque"


def test_one_wrong_entry_is_named() -> None:
    def wrong(args: Any, out: Any, ct: Any) -> Any:
        (g,) = right(args, out, ct)
        g[2] *= 1.001
        return (g,)

    found = judge_opaque(compiled, wrong, (X,), CT, "here", "forward: opaque")
    assert (2,) in [finding.index for finding in found.findings]
    assert (0,) not in [finding.index for finding in found.findings]
    assert all(finding.kind == "differences" for finding in found.findings)


def test_above_a_few_entries_only_directions_are_compared_and_they_see_a_fault() -> None:
    x = np.linspace(-1, 1, FEW + 1)
    ct = np.ones(FEW + 1)
    assert judge_opaque(compiled, right, (x,), ct, "here", "forward").entries == DIRECTIONS
    found = judge_opaque(compiled, lambda args, out, ct: (1.01 * right(args, out, ct)[0],), (x,), ct, "here", "forward")
    assert len(found.findings) == DIRECTIONS
    assert all(finding.index is None for finding in found.findings)


def test_a_shape_is_looked_at_first() -> None:
    found = judge_opaque(compiled, lambda args, out, ct: (ct[:2],), (X,), CT, "here", "forward")
    assert found.findings[0].kind == "shape"


def test_entries_are_counted_without_the_directions() -> None:
    result = check(lambda x: np.abs(np.fft.fft(x)), (np.array([0.5, 1.5, 2.25]),), lambda args, out, ct: (0 * ct,))
    assert ", in 3 of 3 entries." in result.explain()
