"""Where the forward cannot be lifted: its derivative along random directions from float differences with an error estimate. A witness, not a proof.

For a direction v the slope of t ↦ cotangent · f(x + t v) is extrapolated from central differences with steps h, h/2, h/4, … (Richardson; C. J. F. Ridders, 1982, for
the choice of the best row); the
estimate is the change of the last extrapolations, and the rounding noise of f over the step. The gradients are compared through Σ g·v, and entry by entry for few entries.

>>> f = lambda x: np.sin(x) * x
>>> judge_opaque(f, lambda args, out, ct: (ct * (np.cos(args[0]) * args[0] + np.sin(args[0])),), (np.array([0.5, 2.0]),), np.array([1.0, 1.0]), "here", "forward: opaque").findings
()
>>> judge_opaque(f, lambda args, out, ct: (ct * np.cos(args[0]),), (np.array([0.5]),), np.array([1.0]), "here", "forward: opaque").findings[0].kind
'differences'
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.findings import Finding
from backproof.verify.gradient_oracle.judge import Judged
from backproof.verify.gradient_oracle.running import is_float, run_floats, unit_roundoff
from backproof.verify.lift.lifted import Function

ROWS = 8
FEW = 64
DIRECTIONS = 3
MARGIN = 100.0


def judge_opaque(f: Function, vjp: Function, args: Sequence[Any], cotangent: Array, point: str, opaque: str) -> Judged:
    """Findings of kind `differences` where a gradient is farther from a difference than its estimate explains."""
    _, gradients, problems = run_floats(f, vjp, args, cotangent, point)
    if problems:
        return Judged(problems, False, opaque=opaque)
    places = [k for k, a in enumerate(args) if is_float(a)]
    rng = np.random.default_rng(0)
    findings: list[Finding] = []
    judged = 0
    for k, gradient in zip(places, gradients, strict=True):
        x, g = np.asarray(args[k]), np.asarray(gradient, dtype=float)
        for v, index in _directions(x.shape, rng):
            slope, estimate = slope_along(f, args, k, v, cotangent)
            found = float(np.sum(g * v))
            if not math.isfinite(slope) or estimate > 1e-3 * max(abs(slope), abs(found), 1e-300):
                continue
            judged += 1
            allowed = MARGIN * estimate + 1e3 * unit_roundoff(args) * max(abs(slope), float(np.sum(np.abs(g * v))))
            if abs(found - slope) > allowed:
                words = f"a difference of the forward along {'this entry' if index is not None else 'a random direction'}, estimate {estimate:.1g}"
                findings.append(
                    Finding("WRONG", "differences", point, k, index, repr(found), repr(slope), abs(found - slope) / allowed, words)
                )
    return Judged(tuple(findings), False, opaque=opaque, entries=judged)


def _directions(shape: tuple[int, ...], rng: np.random.Generator) -> list[tuple[Array, tuple[int, ...] | None]]:
    size = math.prod(shape)
    chosen: list[tuple[Array, tuple[int, ...] | None]] = [(rng.normal(size=shape), None) for _ in range(DIRECTIONS)]
    if size <= FEW:
        for index in np.ndindex(shape):
            v = np.zeros(shape)
            v[index] = 1.0
            chosen.append((v, index))
    return chosen


def slope_along(f: Function, args: Sequence[Any], k: int, v: Array, cotangent: Array) -> tuple[float, float]:
    """The derivative of cotangent · f along v in argument k, and an estimate of its error.

    >>> slope, estimate = slope_along(lambda x: np.exp(x), (np.array([1.0]),), 0, np.array([1.0]), np.array([1.0]))
    >>> abs(slope - math.e) < 10 * estimate + 1e-9
    True
    """
    x = np.asarray(args[k])
    weights = np.asarray(cotangent, dtype=float)

    def value(t: float) -> float:
        moved = (np.asarray(x, dtype=float) + t * v).astype(x.dtype)
        given = [a.copy() if isinstance(a, np.ndarray) else a for a in args]
        given[k] = moved if isinstance(args[k], np.ndarray) else type(args[k])(float(moved))
        with np.errstate(all="ignore"):
            return float(np.sum(weights * np.asarray(f(*given), dtype=float)))

    h = 2.0**-4 * max(1.0, float(np.max(np.abs(x), initial=0.0))) * (1.0 if x.dtype.itemsize >= 8 else 2.0)
    noise = unit_roundoff([args[k]]) * max(abs(value(0.0)), float(np.sum(np.abs(weights))) * 1e-3)
    previous: list[float] = []
    best, smallest = math.nan, math.inf
    for row in range(ROWS):
        step = h / 2.0**row
        current = [(value(step) - value(-step)) / (2 * step)]
        for order, before in enumerate(previous):
            current.append(current[-1] + (current[-1] - before) / (4.0 ** (order + 1) - 1))
        if previous:
            error = max(abs(current[-1] - current[-2]), abs(current[-1] - previous[-1])) + 4 * noise / step
            if error < smallest:
                best, smallest = current[-1], error
        previous = current
    return best, smallest
