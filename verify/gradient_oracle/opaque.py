"""Where the forward cannot be lifted: its derivative along random directions from float differences with an error
estimate. A witness, not a proof.

For a direction v the slope of t ↦ cotangent · f(x + t v) is extrapolated from central differences with steps h, h/2,
h/4, … (Richardson; C. J. F. Ridders, 1982, for the choice of the best row); the estimate is the change of the last
extrapolations, and the rounding noise of f over the step. The gradients are compared through Σ g·v, and entry by entry
for few entries.

>>> f, x, ct = lambda x: np.sin(x) * x, np.array([0.5, 2.0]), np.array([1.0, 1.0])
>>> right = lambda args, out, ct: (ct * (np.cos(args[0]) * args[0] + np.sin(args[0])),)
>>> judge_opaque(Question(f, right, (x,), ct, "here"), "forward: opaque").findings
()
>>> wrong = lambda args, out, ct: (ct * np.cos(args[0]),)
>>> judge_opaque(Question(f, wrong, (x,), ct, "here"), "forward: opaque").findings[0].kind
<Kind.DIFFERENCES: 'differences'>
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.conventions.symmetric import computes_from_one_triangle
from backproof.verify.gradient_oracle.findings import GradientFinding, Kind, note_at
from backproof.verify.gradient_oracle.given.contained import contained
from backproof.verify.gradient_oracle.given.floats import unit_roundoff
from backproof.verify.gradient_oracle.judge import Judged, Reach
from backproof.verify.gradient_oracle.planned.unjudged import Why
from backproof.verify.gradient_oracle.running import Question, on_symmetric, run_floats, symmetric_note, with_symmetric_gradients
from backproof.verify.numbers.float_model import largest_entry
from backproof.verify.time_limits import PASSING
from backproof.verify.verdicts import Verdict

ROWS = 8  # chosen: steps from h down to h/2⁷, below which rounding takes more than the extrapolation gives
LARGEST_STEP = 2.0**-4  # chosen: h, as a share of the largest entry or of 1; twice that in dtypes coarser than float64
FEW = 64  # chosen: entries of an argument up to which each is compared by itself, at 17 runs of the forward for each
DIRECTIONS = 3  # chosen: random directions along which the gradient of an argument is compared as a whole
DECIDES = 1e-3  # chosen: of the slope; a difference whose estimate is larger decides nothing
MARGIN = 100.0  # chosen: in estimates, since an estimate is no bound
ROUNDINGS = 1e3  # chosen: how many roundings the backward's own floats may be off along a direction


def judge_opaque(question: Question, why: str) -> Judged:
    """Findings of kind DIFFERENCES where a gradient is farther from a difference than its estimate explains; of symmetric
    matrices, along symmetric directions. `why` says why the forward was not lifted."""
    judged = _judged_as_it_stands(question, why)
    if not (judged.findings and (question.symmetric or question.restricted)):
        return judged
    out = run_floats(question)[0]
    read = {k for k in question.symmetric if computes_from_one_triangle(question.f, question.args, k, out)}
    ks = sorted(question.restricted | (read & with_symmetric_gradients(question, read)))
    found = _judged_as_it_stands(on_symmetric(question, ks), why) if ks else judged
    return judged if found.findings else replace(found, note=symmetric_note(ks))


def _judged_as_it_stands(question: Question, why: str) -> Judged:
    why = f"{why}: compared with differences along {DIRECTIONS} random directions of each argument"
    _, gradients, problems = run_floats(question)
    if problems:
        return Judged(problems, Reach.DIFFERENCES, why)
    rng = np.random.default_rng(0)
    findings: list[GradientFinding] = []
    judged, undecided = 0, list[int]()
    for k, gradient in zip(question.places, gradients, strict=True):
        g = np.asarray(gradient, dtype=float)
        before = judged
        for v, index in _directions(np.shape(question.args[k]), rng):
            slope, estimate = slope_along(question, k, v)
            found = float(np.sum(g * v))
            if not math.isfinite(slope) or estimate > DECIDES * max(abs(slope), abs(found), 1e-300):
                continue
            judged += 1
            allowed = MARGIN * estimate + ROUNDINGS * question.u * max(abs(slope), float(np.sum(np.abs(g * v))))
            error = abs(found - slope)
            if error > allowed:
                along = "this entry" if index is not None else "a random direction"
                words = f"a difference of the forward along {along}, estimate {estimate:.1g}"
                findings.append(
                    GradientFinding(
                        Verdict.WRONG, Kind.DIFFERENCES, question.point, k, index, repr(found), repr(slope), error / allowed, words, slope
                    )
                )
        if judged == before:
            undecided.append(k)
    said = f"differences are too coarse to compare the gradient of argument {', '.join(map(str, undecided))}"
    note = note_at(question.point, said) if undecided and judged else None
    empty = not any(np.size(gradient) for gradient in gradients)
    return Judged(tuple(findings), Reach.DIFFERENCES, why, lack=Why.EMPTY if empty else None, entries=judged, note=note)


def _directions(shape: tuple[int, ...], rng: np.random.Generator) -> list[tuple[Array, tuple[int, ...] | None]]:
    """Random directions, then those along single entries, with their index, if there are few."""
    chosen: list[tuple[Array, tuple[int, ...] | None]] = [(rng.normal(size=shape), None) for _ in range(DIRECTIONS)]
    if math.prod(shape) <= FEW:
        for index in np.ndindex(shape):
            v = np.zeros(shape)
            v[index] = 1.0
            chosen.append((v, index))
    return chosen


def slope_along(question: Question, k: int, v: Array) -> tuple[float, float]:
    """The derivative of cotangent · f along v in argument k, and an estimate of its error.

    >>> e = Question(np.exp, lambda *_: None, (np.array([1.0]),), np.array([1.0]), "here")
    >>> slope, estimate = slope_along(e, 0, np.array([1.0]))
    >>> abs(slope - math.e) < 10 * estimate + 1e-9
    True
    """
    args = question.args
    x = np.asarray(args[k])
    weights = np.asarray(question.cotangent, dtype=float)

    def value(t: float) -> float:
        moved = (np.asarray(x, dtype=float) + t * v).astype(x.dtype)
        given: list[Any] = [a.copy() if isinstance(a, np.ndarray) else a for a in args]
        given[k] = moved if isinstance(args[k], np.ndarray) else type(args[k])(float(moved))
        try:
            with np.errstate(all="ignore"):
                return float(np.sum(weights * np.asarray(contained(question.f, *given), dtype=float)))
        except PASSING:
            raise
        except Exception:  # so near to the edge of its domain there is no difference
            return math.nan

    h = LARGEST_STEP * max(1.0, largest_entry([x])) * (1.0 if x.dtype.itemsize >= 8 else 2.0)
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
