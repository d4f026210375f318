"""The second tier of `check`: are the floats of a backward as good as rounding allows? `floats(…)`.

Entry by entry, |ĝ − g| is compared with the bound S of what a reverse sweep of the forward may lose (`sensitivities.rounding_of_sweep`), plus

- what the backward's own formula may lose (`rounding_of_formula`);
- what the tier of formulas has accepted: rounded constants, a series cut off;
- for a backward that could not be lifted, `OPAQUE` times as many roundings as a reverse sweep makes, each of the size of the largest derivative;
- the last rounding to the dtype of the gradient, and what underflow may cost.

So floats are INACCURATE if they lie farther than a reverse sweep *and* their own formula explain. Where `strict` accuracy is asked for, both must be backward stable as well: each
rounding of the way back, and of the formula, counts no more than the condition of the derivative, that is how it answers to errors of arguments and cotangent.

No constant is fitted; what is assumed of operations is in `verify.lift.rounding.counts`, and of formulas that nobody can read, it is `OPAQUE`. The bounds are of first order: where
one exceeds a quarter of the largest derivative, as in `verify.rounding.bounds`, nothing is decided (undecidable in this dtype), nor where values that are off by
their errors give other derivatives than the bound allows (`verify.lift.rounding.higher_order`). At a kink an entry may be on any side, so that
the largest bound of all sides counts.

>>> x, ct = np.array([1e-6]), np.array([1.0])
>>> forward = lift(lambda x: x - np.sin(x), (x,))
>>> def judged(vjp):
...     backward = lift_backward(vjp, (x,), None, ct, forward=forward)
...     case = Floats(lambda x: x - np.sin(x), (x,), vjp((x,), None, ct), [forward], [pull_back(forward, ct)], ct, "here", backward, True, (True,))
...     return floats(case)
>>> judged(lambda args, out, ct: (2 * ct * np.sin(args[0] / 2) ** 2,))
([], None)
>>> judged(lambda args, out, ct: (ct * (1 - np.cos(args[0])),))[0][0].verdict
'INACCURATE'
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.findings import Finding
from backproof.verify.gradient_oracle.formula import BITS, digits_of, overall_size
from backproof.verify.gradient_oracle.running import is_float
from backproof.verify.lift.lifted import Function, Lifted, pull_back
from backproof.verify.lift.numpy_code.lifting import lift, lift_backward
from backproof.verify.lift.rounding.bounds import Formula, formula_of, least_rounding, rounding_of_formula, rounding_of_sweep
from backproof.verify.lift.rounding.higher_order import sampled_derivatives
from backproof.verify.lift.rounding.second_derivatives import ReverseSweep, reverse_sweep
from backproof.verify.numbers.ball_arrays import arb, precision
from backproof.verify.numbers.float_model import unit_of

__all__ = ["Floats", "floats", "lift", "lift_backward", "pull_back"]

LARGEST_SHARE = 0.25
OPAQUE = 4.0
FEW_DIGITS = 1e-3  # of a derivative: an unknown formula that is off by more is called WRONG, by less INACCURATE
MOST_NODES = 20_000  # in all entries of one point together
RUN_AGAIN = 8  # running code costs as much as following so many tapes


@dataclass(frozen=True, eq=False)
class Floats:
    """What is judged: f at `args` and the `gradients` in floats.

    `forwards`, `truths`   the lifted forward and the certified derivatives on every side of a kink, the run's own first
    `backward`, `accepted` the lifted backward or None, and whether the tier of formulas has found it right
    `strict`   for each float argument, whether its gradient must be backward stable
    `opaque`   whether the backward could not be lifted
    """

    f: Function
    args: Sequence[Any]
    gradients: Sequence[Any]
    forwards: Sequence[Lifted]
    truths: Sequence[Sequence[Array]]
    cotangent: Array
    point: str
    backward: Lifted | None = None
    accepted: bool = False
    strict: Sequence[bool] = ()
    opaque: bool = False


def floats(case: Floats) -> tuple[list[Finding], str | None]:
    """Entries that the floats compute worse than rounding explains, the worst first; and a note where that cannot be decided.

    Of very many entries that differ at all, those with the largest errors are judged, relative and absolute."""
    overall = overall_size(case.cotangent, case.truths)
    suspects = _suspects(case, overall)
    if not suspects:
        return [], None
    sweeps = [reverse_sweep(forward, case.cotangent) for forward in case.forwards[:1]]
    least = least_rounding(sweeps[0])
    leaves = [int(sweeps[0].tape.shapes[entry.place][entry.index]) for entry in suspects]
    suspects = [entry for entry, leaf in zip(suspects, leaves, strict=True) if not entry.error <= least[leaf] * entry.size]
    if suspects:
        sweeps += [reverse_sweep(forward, case.cotangent) for forward in case.forwards[1:] if forward.depends]
    followed = sum(len(sweep.tape.nodes) for sweep in sweeps) * (RUN_AGAIN if sweeps[0].joint else 1)
    cost = followed + (len(case.backward.tape.nodes) if case.backward else 0)
    most = max(1, MOST_NODES // cost)
    if len(suspects) > most:
        relative = sorted(suspects, key=lambda entry: -entry.error / entry.scale)[:most]
        suspects = list({id(entry): entry for entry in (*relative, *sorted(suspects, key=lambda entry: -entry.error)[:most])}.values())
    formula = formula_of(case.backward) if case.backward is not None and suspects else None
    sampled = cache(lambda: sampled_derivatives(sweeps[0], case.cotangent))
    judged = [_judged(case, entry, sweeps, formula, overall, sampled) for entry in suspects]
    found = sorted((finding for finding in judged if isinstance(finding, Finding)), key=lambda finding: -finding.size)
    return found, next((note for note in judged if isinstance(note, str)), None)


@dataclass(frozen=True, eq=False)
class _Entry:
    """One entry of a gradient. `error` is how far the float is outside the hull of the derivatives; `size` that of the derivative,
    `scale` the same, or of an exact zero that of the largest: as much may cancel."""

    place: int
    argument: int
    index: tuple[int, ...]
    value: float
    middles: list[Any]
    error: float
    size: float
    scale: float


def _suspects(case: Floats, overall: float) -> list[_Entry]:
    """The entries that differ from the derivative by more than their own last rounding."""
    arguments = [k for k, a in enumerate(case.args) if is_float(a)]
    result: list[_Entry] = []
    for place, (k, gradient) in enumerate(zip(arguments, case.gradients, strict=True)):
        unit = unit_of(np.asarray(case.args[k]).dtype)
        values = np.asarray(gradient)
        for index in np.ndindex(values.shape):
            middles: list[Any] = [truth[place][index] for truth in case.truths]
            size = max(abs(float(m.mid())) for m in middles)
            error = _outside(float(values[index]), middles)
            if error > unit.u * size + unit.tiny:
                result.append(_Entry(place, k, index, float(values[index]), middles, error, size, size or overall or 1.0))
    return result


def _judged(
    case: Floats,
    entry: _Entry,
    sweeps: Sequence[ReverseSweep],
    formula: Formula | None,
    overall: float,
    sampled: Callable[[], list[tuple[Array, ...]] | None],
) -> Finding | str | None:
    """The finding about one entry; words where the bound says nothing."""
    strict = entry.place < len(case.strict) and case.strict[entry.place]
    unit = unit_of(np.asarray(case.args[entry.argument]).dtype)
    own = None if formula is None else _own(case, entry, formula)
    answers = [rounding_of_sweep(sweep, entry.place, entry.index) for sweep in sweeps]
    condition = max(answer.condition for answer in answers)
    allowed = max(answer.stable if strict else answer.lost for answer in answers) + unit.u * entry.scale + unit.tiny
    if case.opaque:
        allowed += OPAQUE * sweeps[0].roundings * overall
    if own is not None and entry.error > allowed:
        assert formula is not None
        allowed += rounding_of_formula(formula, own, condition if strict else math.inf)
        allowed += _accepted(own, entry) if case.accepted else 0.0
    if not entry.error > allowed:
        return None
    if allowed > LARGEST_SHARE * overall:
        return f"at {case.point}, rounding may change the gradient of argument {entry.argument} by more than a quarter of the largest derivative"
    if len(case.forwards) == 1 and _bends(entry, sampled(), allowed):
        return f"at {case.point}, rounding is too coarse for a bound of first order on the gradient of argument {entry.argument}"
    low, high = min(float(m.mid()) for m in entry.middles), max(float(m.mid()) for m in entry.middles)
    want = digits_of(entry.middles[0]) if len(entry.middles) == 1 else f"between {low!r} and {high!r}"
    rounded = len(entry.middles) == 1 and (not case.opaque or entry.error <= FEW_DIGITS * entry.scale)
    times = entry.error / allowed if allowed else math.inf
    words = f"the error is {times:.3g} times what rounding allows"
    verdict = "INACCURATE" if rounded else "WRONG"
    return Finding(verdict, "floats", case.point, entry.argument, entry.index, repr(entry.value), want, times, words)


def _bends(entry: _Entry, samples: Sequence[tuple[Array, ...]] | None, allowed: float) -> bool:
    """Whether errors of the assumed size in the values move the derivative by more than the bound of first order, or lead another way."""
    if samples is None:
        return True
    moved = [sample[entry.place][entry.index] for sample in samples]
    return any(not (ball.is_finite() and _distance(ball, entry.middles[0]) <= allowed) for ball in moved)


def _own(case: Floats, entry: _Entry, formula: Formula) -> Any:
    """The entry as the backward computes it."""
    outputs = list(formula.backward.outputs)
    output = outputs[entry.argument if len(outputs) == len(case.args) else entry.place]
    return None if output is None or entry.index not in np.ndindex(output.shape) else output[entry.index]


def _accepted(own: Any, entry: _Entry) -> float:
    """How far the lifted formula is off: what the tier of formulas took for rounded constants or the end of a series."""
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
