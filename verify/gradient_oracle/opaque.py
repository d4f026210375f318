"""Where the forward cannot be lifted: its derivative along random directions from float differences with an error
estimate. A witness, not a proof.

For a direction v the slope of t ↦ cotangent · f(x + t v) comes from values alone (`differences/slopes.py`), with an
estimate that knows the noise of the values and the kinks in reach. The gradients are compared through Σ g·v, and entry
by entry for few entries. Where f stops at a tolerance of its own (`differences/tolerances.py`), a backward that is off
by some times as much is as right as can be seen.

Where a kink leaves no slope, points beside decide, in opposite pairs: there the backward is asked again, and at the
point itself a gradient must lie about the slopes beside it.

>>> f, x, ct = lambda x: np.sin(x) * x, np.array([0.5, 2.0]), np.array([1.0, 1.0])
>>> right = lambda args, out, ct: (ct * (np.cos(args[0]) * args[0] + np.sin(args[0])),)
>>> judge_opaque(Question(f, right, (x,), ct, "here"), "forward: opaque").findings
()
>>> wrong = lambda args, out, ct: (ct * np.cos(args[0]),)
>>> judge_opaque(Question(f, wrong, (x,), ct, "here"), "forward: opaque").findings[0].kind
<Kind.DIFFERENCES: 'differences'>
>>> def found(slope):
...     relu = Question(lambda x: np.maximum(x, 0), lambda args, out, ct: (ct * slope(args[0]),), (np.array([0.0, 1.0]),), ct, "here")
...     return [finding.point for finding in judge_opaque(relu, "forward: opaque").findings]
>>> found(lambda x: x >= 0), found(lambda x: x * 0 + 1)[0], found(lambda x: np.where(x == 0, 7.0, x > 0))[0]
([], 'here, moved a little', 'here')
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.aimed.steps import in_form_of
from backproof.verify.gradient_oracle.conventions.symmetric import computes_from_one_triangle
from backproof.verify.gradient_oracle.differences.comparison import KINKED, Compared, along_each, digits_of, is_about, is_kinked
from backproof.verify.gradient_oracle.differences.noise import roughness
from backproof.verify.gradient_oracle.differences.slopes import Slope, slope_of
from backproof.verify.gradient_oracle.differences.tolerances import Tolerance, tolerance_of
from backproof.verify.gradient_oracle.findings import GradientFinding, Kind, Note, note_at
from backproof.verify.gradient_oracle.given.contained import contained, is_the_codes
from backproof.verify.gradient_oracle.given.floats import is_float, unit_roundoff
from backproof.verify.gradient_oracle.given.names import argument
from backproof.verify.gradient_oracle.judge import Judged, Reach
from backproof.verify.gradient_oracle.planned.unjudged import Why
from backproof.verify.gradient_oracle.running import Question, on_symmetric, run_floats, symmetric_note, with_symmetric_gradients
from backproof.verify.numbers.float_model import largest_entry
from backproof.verify.time_limits import PASSING
from backproof.verify.verdicts import Verdict

LARGEST_STEP = 2.0**-4  # chosen: h, as a share of the largest entry or of 1; twice that in dtypes coarser than float64
FEW = 64  # chosen: entries of an argument up to which each is compared by itself, at 17 runs of the forward for each
DIRECTIONS = 3  # chosen: random directions along which the gradient of an argument is compared as a whole
CHANGES = (1e-3, 1e-1, 1.0)  # chosen: sizes of other values of an argument, to see whether it matters at all
ROUNDINGS = 1e3  # chosen: how many roundings the backward's own floats may be off along a direction
TOLERANCES = 30.0  # chosen: a solver keeps its tolerance in each step or value; the slope of what it returns is off by several
ROUGH = 4.0  # chosen: the largest of some errors, beside their size
SPACING = 0.375  # chosen: the power of u, 10⁻⁶ in float64, at which fourth differences are those of errors
BESIDE = 8  # chosen: points beside, in opposite pairs
MOST_BESIDE = 24  # chosen: directions that are followed there, at some dozens of runs of the forward for each
CONFIRMED = 4  # chosen: directions along which a gradient is no slope beside either, so that all the others are believed
NEAR = 2.0**-8  # chosen: how far beside, as a share of each entry, or of the largest for zeros


@dataclass(frozen=True)
class Values:
    """What is known of the values of a forward: the tolerance at which it stops, and how rough they are."""

    tolerance: Tolerance | None = None
    rough: float = 0.0


def judge_opaque(question: Question, why: str, at_kinks: bool = True) -> Judged:
    """Findings of kind DIFFERENCES where a gradient is farther from a difference than its estimate explains; of symmetric
    matrices, along symmetric directions. `why` says why the forward was not lifted. Points beside confirm what is found,
    and decide `at_kinks`."""
    judged = _judged_as_it_stands(question, why, at_kinks)
    if not (judged.findings and (question.symmetric or question.restricted)):
        return judged
    out = run_floats(question)[0]
    read = {k for k in question.symmetric if computes_from_one_triangle(question.f, question.args, k, out)}
    ks = sorted(question.restricted | (read & with_symmetric_gradients(question, read)))
    found = _judged_as_it_stands(on_symmetric(question, ks), why, at_kinks) if ks else judged
    return judged if found.findings else replace(found, note=symmetric_note(ks))


def _judged_as_it_stands(question: Question, why: str, at_kinks: bool) -> Judged:
    why = f"{why}: compared with differences along {DIRECTIONS} random directions of each argument"
    _, gradients, problems = run_floats(question)
    if any(problem.kind is not Kind.MISSING for problem in problems):
        return Judged(problems, Reach.DIFFERENCES, why)
    values, rng = _values_of(question), np.random.default_rng(0)
    missing = {problem.argument: problem for problem in problems}
    needed = tuple(problem for k, problem in missing.items() if k is not None and depends_on(question, k, rng))
    if needed:
        return Judged(needed, Reach.DIFFERENCES, why)
    here = [
        _compared(question, values, k, v, index, gradient)
        for k, gradient in zip(question.places, gradients, strict=True)
        if k not in missing
        for v, index in along_each(np.shape(question.args[k]), rng, DIRECTIONS, FEW)
    ]
    largest = max([at.size for at in here if math.isfinite(at.slope.value)], default=0.0)
    kinked = [at for at in here if at_kinks and is_kinked(at, largest)]
    settled, doubtful = [at for at in here if at.is_clear], [at for at in here if at.differs]
    said, rest = _beside(question, values, [*doubtful[:CONFIRMED], *kinked], KINKED * largest), doubtful[CONFIRMED:]
    if rest and not all(isinstance(one, GradientFinding) for one in said[:CONFIRMED]):
        said, rest = _beside(question, values, [*doubtful, *kinked], KINKED * largest), []
    findings = [one for one in said if isinstance(one, GradientFinding)] + [_finding(at, question.point) for at in rest]
    settled = [at for at in settled if not at.differs] + [one for one in said if isinstance(one, Compared)]
    undecided = [k for k in question.places if k not in missing and k not in {at.argument for at in settled}]
    coarse = f"differences are too coarse to compare the gradient of {', '.join(map(argument, undecided))}"
    empty = not any(np.size(gradient) for gradient in gradients)
    return Judged(
        tuple(findings),
        Reach.DIFFERENCES,
        why,
        lack=Why.EMPTY if empty else None,
        entries=len(settled),
        note=None if findings else note_at(question.point, coarse) if undecided and settled else _note_of(question, values, settled),
        digits=digits_of(settled),
    )


def depends_on(question: Question, k: int, rng: np.random.Generator) -> bool:
    """Whether the forward gives other bytes at one of three other values of argument k.

    >>> rng, args = np.random.default_rng(0), (np.ones(2), np.ones(2))
    >>> [depends_on(Question(lambda x, y: 2 * x, print, args, np.ones(2), "here"), k, rng) for k in (0, 1)]
    [True, False]
    """
    x = np.asarray(question.args[k])

    def value(change: Array) -> bytes:
        given: list[Any] = [a.copy() if isinstance(a, np.ndarray) else a for a in question.args]
        moved = (np.asarray(x, dtype=float) + change).astype(x.dtype)
        given[k] = moved if isinstance(given[k], np.ndarray) else type(given[k])(float(moved))
        with np.errstate(all="ignore"):
            return np.asarray(contained(question.f, *given)).tobytes()

    here = value(np.zeros(x.shape))
    return any(value(size * rng.normal(size=x.shape)) != here for size in CHANGES)


def _values_of(question: Question) -> Values:
    """Where the forward stops, and how rough it is along a direction in its first argument."""
    k = next((k for k in question.places if np.size(question.args[k])), None)
    if k is None:
        return Values()
    value = _along(question, k, np.random.default_rng(1).normal(size=np.shape(question.args[k])))
    spacing = unit_roundoff([question.args[k]]) ** SPACING * max(1.0, largest_entry([question.args[k]]))
    return Values(tolerance_of(lambda: value(0.0)), ROUGH * roughness(value, spacing))


def _compared(question: Question, values: Values, k: int, v: Array, index: tuple[int, ...] | None, gradient: Any) -> Compared:
    along = np.asarray(gradient, dtype=float) * v
    slope = slope_along(question, k, v, values.rough)
    size = max(abs(slope.value), float(np.sum(np.abs(along))))
    return Compared(k, v, index, float(np.sum(along)), slope, (ROUNDINGS * question.u + _stops(values)) * size)


def _stops(values: Values) -> float:
    return TOLERANCES * values.tolerance.size if values.tolerance else 0.0


def _note_of(question: Question, values: Values, settled: Sequence[Compared]) -> Note | None:
    """That gradients are right only to what the forward's own tolerance lets see."""
    if values.tolerance is None or not any(at.error > at.allowed - _stops(values) * at.size for at in settled):
        return None
    size, name = values.tolerance
    return note_at(
        question.point, f"the forward stops at a tolerance of {size:.3g} ({name}), and gradients are compared no closer than that"
    )


def _beside(question: Question, values: Values, doubtful: Sequence[Compared], rounding: float) -> list[GradientFinding | Compared | None]:
    """What points beside say of each direction at a kink, or near one: what is wrong, or what was compared and is right.
    An estimate below `rounding` decides of a slope of zero too. Of very many directions the first are followed."""
    doubtful = doubtful[:MOST_BESIDE]
    known: list[list[Compared]] = [[] for _ in doubtful]
    for moved in _moved(question) if doubtful else ():
        waiting = [(at, there) for at, there in zip(doubtful, known, strict=True) if sum(one.differs for one in there) < 2]
        of = _gradients_at(moved) if waiting else {}
        for at, there in waiting if of else ():
            one = _compared(moved, values, at.argument, at.v, at.entry, of[at.argument])
            if one.is_clear or one.slope.estimate <= rounding:
                there.append(one)
    return [_said(at, there, question.point) for at, there in zip(doubtful, known, strict=True)]


def _gradients_at(question: Question) -> dict[int, Any]:
    """The gradients of each argument at a point beside; none where f refuses that, or a gradient is none."""
    try:
        _, gradients, problems = run_floats(question)
    except Exception as error:
        if not is_the_codes(error):
            raise
        return {}
    return {} if problems else dict(zip(question.places, gradients, strict=True))


def _said(at: Compared, there: Sequence[Compared], point: str) -> GradientFinding | Compared | None:
    """The answer for one direction, with what was compared at the points beside."""
    wrong = [one for one in there if one.differs]
    if at.differs and (len(wrong) > 1 or not there or not is_about(at, there)):
        return _finding(at, point)
    if len(wrong) > 1:
        return _finding(wrong[0], f"{point}, moved a little")
    if len(there) > 1 and not is_about(at, there):
        return _finding(at, point, there)
    return next((one for one in there if not one.differs), None)


def _moved(question: Question) -> list[Question]:
    """The same question at points beside, in opposite pairs, the first of which moves all entries one way."""
    rng, moved = np.random.default_rng(2), list[Question]()
    for pair in range(BESIDE // 2):
        steps = {k: _step(question.args[k], rng, together=not pair) for k in question.places}
        for sign in (1.0, -1.0):
            args = [in_form_of(a, np.asarray(a, dtype=float) + sign * steps[k]) if is_float(a) else a for k, a in enumerate(question.args)]
            moved.append(replace(question, args=tuple(args)))
    return moved


def _step(a: Any, rng: np.random.Generator, together: bool) -> Array:
    values = np.abs(np.asarray(a, dtype=float))
    size = np.where(values > 0, values, float(np.max(values, initial=0.0)) or 1.0)
    step = NEAR * size * rng.uniform(0.25, 1.0, size=values.shape)
    return step if together else step * rng.choice((-1.0, 1.0), size=values.shape)


def _finding(at: Compared, point: str, beside: Sequence[Compared] = ()) -> GradientFinding:
    """That a gradient is not the slope; or is not about those `beside`, at a kink."""
    slopes = [one.slope.value for one in beside]
    along = "this entry" if at.entry is not None else "a random direction"
    words = f"a difference of the forward along {along}, estimate {at.slope.estimate:.1g}"
    return GradientFinding(
        Verdict.WRONG,
        Kind.DIFFERENCES,
        point,
        at.argument,
        at.entry,
        found=repr(at.found),
        expected=f"between {min(slopes):.6g} and {max(slopes):.6g}" if slopes else repr(at.slope.value),
        size=math.inf if slopes else at.error / at.allowed,
        words="outside of the slopes at points beside" if slopes else words,
        derivative=math.nan if slopes else at.slope.value,
        bound="" if slopes else repr(float(at.allowed)),
    )


def slope_along(question: Question, k: int, v: Array, rough: float = 0.0) -> Slope:
    """The derivative of cotangent · f along v in argument k, and an estimate of its error, where values are as `rough`
    as that at least.

    >>> e = Question(np.exp, lambda *_: None, (np.array([1.0]),), np.array([1.0]), "here")
    >>> slope, estimate = slope_along(e, 0, np.array([1.0]))
    >>> abs(slope - math.e) < 10 * estimate + 1e-9
    True
    """
    x, value = np.asarray(question.args[k]), _along(question, k, v)
    h = LARGEST_STEP * max(1.0, largest_entry([x])) * (1.0 if x.dtype.itemsize >= 8 else 2.0)
    weights = float(np.sum(np.abs(np.asarray(question.cotangent, dtype=float))))
    noise = unit_roundoff([question.args[k]]) * max(abs(value(0.0)), weights * 1e-3)
    return slope_of(value, h, max(noise, rough))


def _along(question: Question, k: int, v: Array) -> Callable[[float], float]:
    """t ↦ cotangent · f(x + t v); nan where f raises: so near to the edge of its domain there is no difference."""
    args, weights = question.args, np.asarray(question.cotangent, dtype=float)
    x = np.asarray(args[k])

    def value(t: float) -> float:
        moved = (np.asarray(x, dtype=float) + t * v).astype(x.dtype)
        given: list[Any] = [a.copy() if isinstance(a, np.ndarray) else a for a in args]
        given[k] = moved if isinstance(args[k], np.ndarray) else type(args[k])(float(moved))
        try:
            with np.errstate(all="ignore"):
                return float(np.sum(weights * np.asarray(contained(question.f, *given), dtype=float)))
        except PASSING:
            raise
        except Exception:
            return math.nan

    return value
