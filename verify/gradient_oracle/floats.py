"""The second tier of `check`: are the floats of a backward as good as rounding allows? `judge_floats(…)`.

Entry by entry, |ĝ − g| is compared with the bound S of what a reverse sweep of the forward may lose
(`rounding_of_sweep`), plus

- what the backward's own formula may lose (`rounding_of_formula`);
- what the tier of formulas has accepted: rounded constants, a series cut off;
- for a backward that could not be lifted, `OPAQUE` times as many roundings as a reverse sweep makes, each of the size
  of the largest derivative;
- the last rounding to the dtype of the gradient, and what underflow may cost.

So floats are INACCURATE if they lie farther than a reverse sweep *and* their own formula explain. Where `strict`
accuracy is asked for, both must be backward stable as well: each rounding of the way back, and of the formula, counts
no more than the condition of the derivative, that is how it answers to errors of arguments and cotangent; unless the
same share is lost at arguments that are less small, since it is a constant that saturates the formula
(`verify.lift.rounding.saturation`), or it cancels among the copies of a number that is broadcast, of which each is
backward stable (`verify.lift.rounding.copies`). At the given arguments a formula that loses a quarter of an entry and of the
cotangents behind it, and a thousand times what a reverse sweep may lose, is INACCURATE too, whatever it explains by
itself.

No constant is fitted; what is assumed of operations is in `verify.lift.rounding.counts`, and of formulas that nobody
can read, it is `OPAQUE`. The bounds are of first order: where one exceeds a quarter of the largest derivative, as in
`verify.rounding.bounds`, nothing is decided (undecidable in this dtype), nor where values that are off by their errors
give other derivatives than the bound allows (`verify.lift.rounding.higher_order`). At a kink an entry may be on any
side, so that the largest bound of all sides counts.

>>> from backproof.verify.gradient_oracle.lifted_runs import lifted_backward, lifted_forward
>>> from backproof.verify.lift.lifted import pull_back
>>> x, ct = np.array([1e-6]), np.array([1.0])
>>> def judged(vjp):
...     question = Question(lambda x: x - np.sin(x), vjp, (x,), ct, "here", strict=(True,))
...     forward = lifted_forward(question.f, question.args)
...     sides = Sides([pull_back(forward, ct)], [forward])
...     return judge_floats(Floats(question, vjp((x,), None, ct), sides, lifted_backward(question, forward), True))
>>> judged(lambda args, out, ct: (2 * ct * np.sin(args[0] / 2) ** 2,))
([], None)
>>> judged(lambda args, out, ct: (ct * (1 - np.cos(args[0])),))[0][0].verdict
<Verdict.INACCURATE: 'INACCURATE'>
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.findings import GradientFinding, Kind, Note, note_at
from backproof.verify.gradient_oracle.formula import BITS, digits_of, overall_size
from backproof.verify.gradient_oracle.given.contained import is_the_codes
from backproof.verify.gradient_oracle.given.names import argument
from backproof.verify.gradient_oracle.kinks import Sides
from backproof.verify.gradient_oracle.lifted_runs import lifted_backward, lifted_forward
from backproof.verify.gradient_oracle.planned.unjudged import Why
from backproof.verify.gradient_oracle.points import less_small
from backproof.verify.gradient_oracle.running import Question
from backproof.verify.lift.lifted import Lifted
from backproof.verify.lift.rounding.bounds import EntryBounds, Formula, formula_of, least_rounding, rounding_of_formula, rounding_of_sweep
from backproof.verify.lift.rounding.copies import largest_of_copies
from backproof.verify.lift.rounding.higher_order import sampled_derivatives
from backproof.verify.lift.rounding.saturation import amplification, is_below_roundings, largest_flow, largest_seed
from backproof.verify.lift.rounding.second_derivatives import ReverseSweep, reverse_sweep
from backproof.verify.lift.tape.reads import NotLifted, Undecided
from backproof.verify.numbers.ball_arrays import arb, precision
from backproof.verify.numbers.float_model import unit_of
from backproof.verify.verdicts import Verdict

LARGEST_SHARE = 0.25  # chosen, as for graphs: of the largest derivative; a bound of first order beyond that bounds nothing
OPAQUE = 4.0  # chosen: how many times as many roundings as a reverse sweep a formula may make that nobody can read
FEW_DIGITS = 1e-3  # chosen: of a derivative; an unknown formula that is off by more is called WRONG, by less INACCURATE
MOST_NODES = 20_000  # chosen, of all entries of one point together: as many nodes as are followed
SWAMPED = 1e3  # chosen: times what a reverse sweep may lose; a formula that loses as much of all digits needs no excuse
GROWS = 3.0  # chosen: from arguments 64 times as large a loss like 1/x grows 64 times, one like 1/√x 8 times, one by a constant not
RUN_AGAIN = 8  # chosen: running code costs about as much as following so many tapes


@dataclass(frozen=True, eq=False)
class Floats:
    """What is judged: the `gradients` in floats.

    `sides`    the certified derivatives on every side of a kink, and the lifted forwards that have them
    `backward`, `accepted` the lifted backward, None if it could not be lifted, and whether the tier of formulas found
    it right
    `own`      at a kink, the gradients that the lifted backward returns, a mixture of the sides: they are right as well
    """

    question: Question
    gradients: Sequence[Any]
    sides: Sides
    backward: Lifted | None = None
    accepted: bool = False
    own: Sequence[Array] | None = None


class Unsettled(NamedTuple):
    """Why it could not be said whether an entry is worse than rounding explains: a tier could not run, or the bound is
    beyond all numbers, on one side of a kink at least.
    """

    words: str
    why: Why = Why.UNSETTLED


def judge_floats(case: Floats) -> tuple[list[GradientFinding], Note | Unsettled | None]:
    """Entries that the floats compute worse than rounding explains, the worst first; a note where that cannot be decided;
    and before that what is `Unsettled`, since a tier could not run.

    Of very many entries that differ at all, those with the largest errors are judged, relative and absolute."""
    question, forwards = case.question, case.sides.runs
    overall = overall_size(question.cotangent, case.sides.truths)
    suspects = _suspects(case, overall)
    if not suspects:
        return [], None
    sweeps = [reverse_sweep(forwards[0], question.cotangent)]
    least = least_rounding(sweeps[0])
    leaves = [int(sweeps[0].tape.shapes[entry.place][entry.index]) for entry in suspects]
    suspects = [entry for entry, leaf in zip(suspects, leaves, strict=True) if not entry.error <= least[leaf] * entry.size]
    if suspects:
        others = [forward for forward in forwards[1:] if forward.depends]
        sweeps += [reverse_sweep(forward, question.cotangent) for forward in others]
    suspects = _affordable(suspects, sweeps, case.backward)
    formula = formula_of(case.backward) if case.backward is not None and suspects else None
    sampled = cache(lambda: sampled_derivatives(sweeps[0], question.cotangent))
    judged = [_judged(case, entry, sweeps, formula, overall, sampled) for entry in suspects]
    found = sorted((finding for finding in judged if isinstance(finding, GradientFinding)), key=lambda finding: -finding.size)
    said = sorted((said for said in judged if isinstance(said, Note | Unsettled)), key=lambda said: isinstance(said, Note))
    return found, next(iter(said), None)


@dataclass(frozen=True, eq=False)
class Suspect:
    """One entry of a gradient. `error` is how far the float is outside the hull of the derivatives; `size` that of the
    derivative, `scale` the same, or of an exact zero that of the largest: as much may cancel."""

    place: int
    argument: int
    index: tuple[int, ...]
    value: float
    middles: list[Any]
    error: float
    size: float
    scale: float


def _suspects(case: Floats, overall: float) -> list[Suspect]:
    """The entries that differ from the derivative by more than their own last rounding."""
    result: list[Suspect] = []
    vague = case.sides.ties.vague if case.sides.ties is not None else frozenset[int]()
    before = 0
    for place, (k, gradient) in enumerate(zip(case.question.places, case.gradients, strict=True)):
        unit = unit_of(np.asarray(case.question.args[k]).dtype)
        values = np.asarray(gradient)
        for number, index in enumerate(np.ndindex(values.shape), start=before):
            if number in vague and case.own is None:
                continue
            middles: list[Any] = [truth[place][index] for truth in case.sides.truths]
            if case.own is not None and (number in vague or not all(middles[0].overlaps(other) for other in middles[1:])):
                middles.append(case.own[place][index])
            size = max(abs(float(m.mid())) for m in middles)
            error = _outside(float(values[index]), middles)
            if error > unit.u * size + unit.tiny:
                result.append(Suspect(place, k, index, float(values[index]), middles, error, size, size or overall or 1.0))
        before += values.size
    return result


def _affordable(suspects: list[Suspect], sweeps: Sequence[ReverseSweep], backward: Lifted | None) -> list[Suspect]:
    """As many of the entries as `MOST_NODES` allows, those with the largest relative and absolute errors."""
    followed = sum(len(sweep.tape.nodes) for sweep in sweeps) * (RUN_AGAIN if sweeps[0].joint else 1)
    most = max(1, MOST_NODES // (followed + (len(backward.tape.nodes) if backward else 0)))
    if len(suspects) <= most:
        return suspects
    relative = sorted(suspects, key=lambda entry: -entry.error / entry.scale)[:most]
    absolute = sorted(suspects, key=lambda entry: -entry.error)[:most]
    return list({id(entry): entry for entry in (*relative, *absolute)}.values())


def _judged(
    case: Floats,
    entry: Suspect,
    sweeps: Sequence[ReverseSweep],
    formula: Formula | None,
    overall: float,
    sampled: Callable[[], list[tuple[Array, ...]] | None],
) -> GradientFinding | Note | Unsettled | None:
    """The finding about one entry; a note where the bound says nothing."""
    bounds = [rounding_of_sweep(sweep, entry.place, entry.index) for sweep in sweeps]
    allowed = _allowed(case, entry, sweeps, bounds, formula, overall)
    point, u = case.question.point, unit_of(np.asarray(case.question.args[entry.argument]).dtype).u
    saturated: Note | None = None
    if is_below_roundings(entry.error, entry.size, overall, u):
        lost_digits = "is saturated: below one rounding of the largest derivative, its digits are lost"
        saturated = note_at(point, f"an entry of the gradient of {argument(entry.argument)} {lost_digits}")
        if not case.question.chosen:
            return saturated
    lost = max(answer.lost for answer in bounds) + u * entry.scale
    swamped = not case.question.chosen and entry.error >= max(SWAMPED * lost, math.sqrt(u) * overall)
    swamped = swamped and entry.error >= LARGEST_SHARE * max(entry.size, *(largest_seed(s, entry.place, entry.index) for s in sweeps))
    if math.isinf(allowed) and len(case.sides.runs) == 1 and math.isinf(bounds[0].condition):
        return Unsettled(f"at {point}, what rounding allows for the gradient of {argument(entry.argument)} could not be followed")
    if not math.isfinite(allowed):
        side = "" if len(sweeps) == 1 else ", on one side of the kink at least"
        words = f"what rounding allows for the gradient of {argument(entry.argument)} is beyond the range of floats{side}"
        return Unsettled(f"at {point}, {words}", Why.DTYPE)
    if swamped:
        allowed = lost
    elif entry.error > allowed:
        allowed = max(allowed, _of_copies(case, entry, sweeps[0], formula))
    if not entry.error > allowed or _by_a_constant(case, entry, sweeps[0], bounds, formula):
        return saturated
    if allowed > LARGEST_SHARE * overall:
        more = "more than a quarter of the largest derivative"
        return note_at(point, f"rounding may change the gradient of {argument(entry.argument)} by {more}")
    samples = sampled() if len(case.sides.runs) == 1 else []
    if samples is None:
        apart = f"an entry of the gradient of {argument(entry.argument)} is {entry.error / allowed if allowed else math.inf:.3g} times"
        return Unsettled(
            f"at {point}, {apart} what rounding allows, and f could not be run at the samples that would tell whether that holds"
        )
    if _bends(entry, samples, allowed):
        return note_at(point, f"rounding is too coarse for a bound of first order on the gradient of {argument(entry.argument)}")
    low, high = min(float(m.mid()) for m in entry.middles), max(float(m.mid()) for m in entry.middles)
    one = len(entry.middles) == 1
    times = entry.error / allowed if allowed else math.inf
    return GradientFinding(
        Verdict.INACCURATE if one and (case.backward is not None or entry.error <= FEW_DIGITS * entry.scale) else Verdict.WRONG,
        Kind.FLOATS,
        point,
        entry.argument,
        entry.index,
        found=repr(entry.value),
        expected=digits_of(entry.middles[0]) if one else f"between {low!r} and {high!r}",
        size=times,
        words=f"the error is {times:.3g} times what rounding allows",
        derivative=low if one else math.nan,
        bound=repr(float(allowed)),
    )


def _strict_arguments(question: Question) -> list[int]:
    """The numbers of the arguments whose gradients must be backward stable."""
    return [k for k, strict in zip(question.places, question.strict, strict=False) if strict]


def _allowed(
    case: Floats, entry: Suspect, sweeps: Sequence[ReverseSweep], bounds: Sequence[EntryBounds], formula: Formula | None, overall: float
) -> float:
    """What rounding may change of one entry; the backward's own formula is asked only where a reverse sweep does not
    explain it."""
    strict = entry.argument in _strict_arguments(case.question)
    unit = unit_of(np.asarray(case.question.args[entry.argument]).dtype)
    allowed = max(answer.stable if strict else answer.lost for answer in bounds) + unit.u * entry.scale + unit.tiny
    if case.backward is None:
        allowed += OPAQUE * sweeps[0].roundings * overall
    own = None if formula is None else _own(case, entry, formula)
    if formula is not None and own is not None and entry.error > allowed:
        condition = max(answer.condition for answer in bounds)
        allowed += rounding_of_formula(formula, own, condition if strict else math.inf)
        allowed += _accepted(own, entry) if case.accepted else 0.0
    return allowed


def _by_a_constant(case: Floats, entry: Suspect, sweep: ReverseSweep, bounds: Sequence[EntryBounds], formula: Formula | None) -> bool:
    """Whether what is more than strict accuracy allows is lost by a constant that saturates the formula: no more than
    some roundings of the adjoints that come in, and the same share of the derivative at arguments that are less small."""
    own = None if formula is None else _own(case, entry, formula)
    if formula is None or own is None or entry.argument not in _strict_arguments(case.question):
        return False
    most = max(*(answer.condition for answer in bounds), largest_flow(sweep, entry.place, entry.index))
    lost = max(answer.lost for answer in bounds) + rounding_of_formula(formula, own, most)
    if entry.error > lost + (_accepted(own, entry) if case.accepted else 0.0):
        return False
    try:
        larger = _amplified_at(case, entry, less_small(case.question.args, _strict_arguments(case.question)))
    except (NotLifted, Undecided):
        return False
    except Exception as error:
        if not is_the_codes(error):
            raise
        return False
    return amplification(sweep, entry.place, entry.index, formula, own) <= GROWS * larger < math.inf


def _of_copies(case: Floats, entry: Suspect, sweep: ReverseSweep, formula: Formula | None) -> float:
    """What strict accuracy allows where an entry cancels among the copies of a number that is broadcast, each of which
    is asked to be backward stable; 0 where there are none."""
    own = None if formula is None else _own(case, entry, formula)
    if formula is None or own is None or entry.argument not in _strict_arguments(case.question):
        return 0.0
    most, unit = largest_of_copies(sweep, entry.place, entry.index), unit_of(np.asarray(case.question.args[entry.argument]).dtype)
    if not most:
        return 0.0
    allowed = rounding_of_sweep(sweep, entry.place, entry.index, most).stable + rounding_of_formula(formula, own, most)
    return allowed + unit.u * entry.scale + unit.tiny + (_accepted(own, entry) if case.accepted else 0.0)


def _amplified_at(case: Floats, entry: Suspect, args: Sequence[Any]) -> float:
    """The loss beside the condition at other arguments."""
    question = replace(case.question, args=tuple(args))
    forward = lifted_forward(question.f, args)
    formula = formula_of(lifted_backward(question, forward))
    own = _own(case, entry, formula)
    return math.inf if own is None else amplification(reverse_sweep(forward, question.cotangent), entry.place, entry.index, formula, own)


def _bends(entry: Suspect, samples: Sequence[tuple[Array, ...]], allowed: float) -> bool:
    """Whether errors of the assumed size in the values move the derivative by more than the bound of first order."""
    moved = [sample[entry.place][entry.index] for sample in samples]
    return any(not (ball.is_finite() and _distance(ball, entry.middles[0]) <= allowed) for ball in moved)


def _own(case: Floats, entry: Suspect, formula: Formula) -> Any:
    """The entry as the backward computes it."""
    outputs = list(formula.backward.outputs)
    output = outputs[entry.argument if len(outputs) == len(case.question.args) else entry.place]
    return None if output is None or entry.index not in np.ndindex(output.shape) else output[entry.index]


def _accepted(own: Any, entry: Suspect) -> float:
    """How far the lifted formula is off: what was taken for rounded constants, or for the end of a series."""
    return min(_distance(own.value, middle) for middle in entry.middles)


def _distance(x: Any, y: Any) -> float:
    with precision(BITS):
        return abs(float((x - y).mid())) if x.is_finite() and y.is_finite() else 0.0


def _outside(value: float, middles: Sequence[Any]) -> float:
    """How far a float lies outside the hull of some balls."""
    if not math.isfinite(value):
        return math.inf
    with precision(BITS):
        apart = [float((m - arb(value)).mid()) for m in middles]
    below, above = min(apart), max(apart)
    return 0.0 if below <= 0 <= above else min(abs(below), abs(above))
