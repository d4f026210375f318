"""How adjoints answer if one leaf moves: ṗ_v = ∂²L/∂v∂x for every node v of a tape, and the slopes ∂v/∂x, from a second
run at x + δ in balls.

`moved(…)` follows only what differs; `moved_within(…)` moves a number for some of its uses. Slopes are those of the
chain rule. Partials are compared with those at x + δ, δ about 2⁻⁶⁰·|x|, in balls of 200 bits: a quotient is off by a
relative 2⁻⁶⁰ or so, and what it loses by cancellation is in its radius, hence in the upper bound that is taken.
Where values come from a factorization, whose entries are one function together, the code itself runs again.

>>> from backproof.verify.lift.numpy_code.lifting import lift
>>> lifted = lift(lambda x: np.exp(x[0]) * x[1], (np.array([0.0, 3.0]),))
>>> sweep = reverse_sweep(lifted, np.array(1.0))
>>> found = moved(sweep, 0, (0,))
>>> [round(found.slopes[v], 6) for v in sorted(found.slopes)], {v: round(p, 6) for v, p in sorted(found.answers.items())}
([1.0, 1.0, 3.0], {0: 3.0, 1: 1.0})
>>> moved(sweep, 0, (2,))
Traceback (most recent call last):
    ...
IndexError: index 2 is out of bounds for axis 0 with size 2
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.lift.lifted import Lifted, balls_of
from backproof.verify.lift.rounding.counts import Counted, as_float, edge_roundings, partials_of, units_of
from backproof.verify.lift.tape.reads import NotLifted, Undecided
from backproof.verify.lift.tape.rule import Stability
from backproof.verify.lift.tape.tape import Tape
from backproof.verify.numbers.ball_arrays import arb, precision
from backproof.verify.numbers.float_model import Unit, unit_of

Partials: TypeAlias = "dict[int, tuple[Any, ...]]"
STEP_BITS = 60  # chosen: δ about 2⁻⁶⁰·|x|: a quotient has an error of 2⁻⁶⁰, and 80 of 200 bits are left for it
MOST_STEP_BITS = 140  # chosen: as many as leave 60 of 200 bits to a difference
MOST_CHANGE = -40  # chosen, as a power of two: of a value, for exp bends where its argument changes by about 1


@dataclass(frozen=True, eq=False)
class ReverseSweep:
    """A forward, the reverse sweep over it, and what each of its operations may lose. `uses[x]`: (node, place among its
    operands) of every use of x that an adjoint comes back from; `seeded[x]`: the sizes of the cotangents of every
    output that is x."""

    forward: Lifted
    seeds: dict[int, Any]
    seeded: dict[int, list[float]]
    uses: list[list[tuple[int, int]]]
    table: Counted

    @property
    def tape(self) -> Tape:
        """The forward's."""
        return self.forward.tape

    @cached_property
    def adjoints(self) -> list[Any]:
        """The derivatives of cotangent · output by every node, None where there is none."""
        return self.tape.sweep(self.seeds)

    @cached_property
    def sizes(self) -> list[float]:
        """Their absolute values."""
        with precision(self.tape.bits):
            return [0.0 if adjoint is None else abs(as_float(adjoint)) for adjoint in self.adjoints]

    @cached_property
    def joint(self) -> bool:
        """Whether some values come from factorizations."""
        return any(rule.roundings.stability is Stability.BACKWARD for rule, _, _ in self.tape.nodes)

    @cached_property
    def roundings(self) -> float:
        """How many roundings forward and sweep make together, each of the size u of its dtype."""
        total = 0.0
        with precision(self.tape.bits):
            for v, (rule, operands, _) in enumerate(self.tape.nodes):
                unit = self.table.units[v]
                total += self.table.value(v)[1] + unit.u * (edge_roundings(rule, operands, unit) + 1) * len(operands)
        return total

    def added(self, x: int) -> int:
        """How many additions the adjoint of a node takes."""
        return len(self.uses[x]) + len(self.seeded.get(x, ())) - 1


def input_units(lifted: Lifted) -> list[Unit | None]:
    """The unit of every lifted input, None for Python's own floats."""
    return [unit_of(dtype) if isinstance(dtype, np.dtype) and not dtype.hasobject else None for dtype in lifted.dtypes]


def reverse_sweep(forward: Lifted, cotangent: Array) -> ReverseSweep:
    """What the bounds of all entries share."""
    outputs = [output for output in forward.outputs if output is not None]
    cotangents = list(cotangent) if len(outputs) > 1 else [cotangent]
    seeds: dict[int, Any] = {}
    seeded: dict[int, list[float]] = {}
    tape = forward.tape
    with precision(tape.bits):
        for output, values in zip(outputs, cotangents, strict=True):
            for x, seed in zip(output.reshape(-1).tolist(), np.asarray(values, dtype=float).reshape(-1).tolist(), strict=True):
                if x.index >= 0 and seed:
                    seeds[x.index] = seeds.get(x.index, arb(0)) + arb(seed)
                    seeded.setdefault(x.index, []).append(abs(seed))
    uses: list[list[tuple[int, int]]] = [[] for _ in tape.nodes]
    for v in range(max(seeds, default=-1), -1, -1):
        if uses[v] or v in seeds:
            for k, x in enumerate(tape.nodes[v][1]):
                if x.index >= 0:
                    uses[x.index].append((v, k))
    return ReverseSweep(forward, seeds, seeded, uses, Counted(tape, units_of(tape, input_units(forward))))


@dataclass(frozen=True)
class Start:
    """What moves: a number, which is the `same` nodes, for some of its `uses`."""

    same: tuple[int, ...]
    uses: frozenset[int]

    @classmethod
    def of(cls, sweep: ReverseSweep, same: tuple[int, ...]) -> Start:
        """A number that moves for all of its uses."""
        return cls(same, frozenset(v for x in same for v, _ in sweep.uses[x]))

    def moves(self, x: int, v: int) -> bool:
        """Whether node v sees that node x has moved, which is known to be off."""
        return v in self.uses or x not in self.same


@dataclass(frozen=True, eq=False)
class Moved:
    """Absolute values, along one leaf x: `slopes[v]` = ∂v/∂x, `answers[v]` = ṗ_v, and `along[v, k]` = p_v·Ḋ for the
    k-th partial of v."""

    slopes: dict[int, float]
    answers: dict[int, float]
    along: dict[tuple[int, int], float]


def moved(sweep: ReverseSweep, place: int, index: tuple[int, ...]) -> Moved | None:
    """What differs if one entry of a lifted input moves; None where the code then takes another way."""
    tape = sweep.tape
    leaf = int(tape.shapes[place][index])
    with precision(tape.bits):
        slopes, step = _slopes_and_step(sweep, Start.of(sweep, (leaf,)))
        value = tape.nodes[leaf][2] + step
        found = _run_again(sweep, place, index, value) if sweep.joint else _followed(sweep, Start.of(sweep, (leaf,)), value)
        if found is None:
            return None
        return Moved({v: slopes[v] for v in found[0] if v in slopes}, *_answers(sweep, found[1], step))


def moved_within(sweep: ReverseSweep, start: Start) -> Moved | None:
    """What differs if a number moves for some of its uses alone. Where values come from a factorization that is not
    known: None."""
    if sweep.joint:
        return None
    with precision(sweep.tape.bits):
        slopes, step = _slopes_and_step(sweep, start)
        values, partials = _followed(sweep, start, sweep.tape.nodes[start.same[0]][2] + step)
        return Moved({v: slopes[v] for v in values if v in slopes}, *_answers(sweep, partials, step))


def _slopes_and_step(sweep: ReverseSweep, start: Start) -> tuple[dict[int, float], Any]:
    slopes = _slopes(sweep.tape, start, _reached(sweep, start))
    size = abs(float(sweep.tape.nodes[start.same[0]][2].mid())) or _typical(sweep)
    return slopes, arb(2) ** _step_exponent(math.frexp(size)[1], slopes)


def _step_exponent(size: int, slopes: dict[int, float]) -> int:
    """That of the step, for a leaf of this size: a smaller one where a value would change so much that it bends, as the
    scores of a softmax do that are products of large numbers."""
    largest = max((math.frexp(slope)[1] for slope in slopes.values() if math.isfinite(slope)), default=0)
    return max(size - MOST_STEP_BITS, min(size - STEP_BITS, MOST_CHANGE - largest))


def _reached(sweep: ReverseSweep, start: Start) -> list[int]:
    """The nodes that a number goes into, in order."""
    found, waiting = {*start.same, *start.uses}, list(start.uses)
    while waiting:
        for v, _ in sweep.uses[waiting.pop()]:
            if v not in found:
                found.add(v)
                waiting.append(v)
    return sorted(found)


def _typical(sweep: ReverseSweep) -> float:
    inputs = [abs(float(x.value)) for array in sweep.forward.inputs for x in array.reshape(-1)]
    return max(inputs, default=1.0) or 1.0


def _slopes(tape: Tape, start: Start, nodes: Sequence[int]) -> dict[int, float]:
    """|∂v/∂x| by the chain rule, which loses no digits where a value hardly moves."""
    slopes: dict[int, Any] = dict.fromkeys(start.same, arb(1))
    for v in nodes:
        for x, partial in zip(tape.nodes[v][1], partials_of(tape, v), strict=True):
            if x.index in slopes and partial is not None and start.moves(x.index, v):
                part = slopes[x.index] * partial
                slopes[v] = slopes[v] + part if v in slopes else part
    return {v: abs(as_float(slope)) for v, slope in slopes.items()}


def _upper(ball: Any) -> float:
    """The largest absolute value in a ball, so that digits lost in a difference make a bound larger, never smaller."""
    return float(ball.abs_upper()) if ball.is_finite() else math.inf


def _followed(sweep: ReverseSweep, start: Start, value: Any) -> tuple[dict[int, Any], Partials]:
    """The values that differ, and the partials that may."""
    values: dict[int, Any] = dict.fromkeys(start.same, value)
    partials: Partials = {}
    waiting = sorted(start.uses)
    known = set(waiting)
    while waiting:
        v = heapq.heappop(waiting)
        rule, operands, _ = sweep.tape.nodes[v]
        xs = [values[x.index] if x.index in values and start.moves(x.index, v) else x.value for x in operands]
        values[v] = rule.value(*xs)
        partials[v] = rule.partials(values[v], *xs)
        for w, _ in sweep.uses[v]:
            if w not in known:
                known.add(w)
                heapq.heappush(waiting, w)
    return values, partials


def _run_again(sweep: ReverseSweep, place: int, index: tuple[int, ...], value: Any) -> tuple[dict[int, Any], Partials] | None:
    """The same of a run of the code."""
    at = [balls_of(scalars) for scalars in sweep.forward.inputs]
    at[place][index] = value
    try:
        tape = sweep.forward.again(bits=sweep.tape.bits, at=at).tape
    except (NotLifted, Undecided, ArithmeticError, ValueError):
        return None
    if [rule.name for rule, _, _ in tape.nodes] != [rule.name for rule, _, _ in sweep.tape.nodes]:
        return None
    values = {v: tape.nodes[v][2] for v in range(len(tape.nodes)) if sweep.uses[v] or v in sweep.seeds}
    return values, {v: partials_of(tape, v) for v in values if tape.nodes[v][1]}


def _answers(sweep: ReverseSweep, partials: Partials, step: Any) -> tuple[dict[int, float], dict[tuple[int, int], float]]:
    """The answers, from the last node to the first: the change of p_v·D is p_v·Ḋ + ṗ_v·D, and that of an adjoint their
    sum."""
    tape, adjoints = sweep.tape, sweep.adjoints
    change: dict[int, Any] = {}
    along: dict[tuple[int, int], float] = {}
    answers: dict[int, float] = {}
    waiting = [-v for v in partials]
    heapq.heapify(waiting)
    known = set(waiting)
    while waiting:
        v = -heapq.heappop(waiting)
        if v in change:
            answers[v] = _upper(change[v] / step)
        old = partials_of(tape, v)
        new = partials.get(v, old)
        for k, x in enumerate(tape.nodes[v][1]):
            if x.index < 0 or old[k] is None:
                continue
            part: Any = change[v] * new[k] if v in change else None
            if new[k] is not old[k] and not (difference := new[k] - old[k]).is_zero():
                own = adjoints[v] * difference
                along[v, k] = _upper(own / step)
                part = own if part is None else part + own
            if part is None:
                continue
            change[x.index] = change[x.index] + part if x.index in change else part
            if -x.index not in known:
                known.add(-x.index)
                heapq.heappush(waiting, -x.index)
    return answers, along
