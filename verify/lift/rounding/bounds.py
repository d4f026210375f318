"""First-order bounds of the rounding error of a derivative: what a reverse sweep of a forward may lose, and what a
given backward's own formula may lose.

*A reverse sweep.* In floats it makes an error e_v in every value of the forward and, on its way back, an error ε_e in
every product p_v·D and in the sum it goes into. To first order the derivative g by a leaf entry x is then off by

    Σ_v ṗ_v·e_v + Σ_e u̇_tail·ε_e,     with |e_v| and |ε_e| bounded in `verify.lift.rounding.counts`,

where u̇ is the derivative of each value by x, and ṗ_v that of its adjoint: g = ∂L/∂x answers to an error of v with
∂²L/∂x∂v (`verify.lift.rounding.second_derivatives`). `lost` is the sum of the absolute values. Nothing is sampled and
no constant is fitted (automatic error analysis: S. Linnainmaa, *BIT* 16, 1976; N. J. Higham, *Accuracy and Stability of
Numerical Algorithms*, 2nd ed., ch. 2–3).

*A backward stable sweep* is exact for arguments and cotangent that are off by some roundings, hence loses at most as
many times the condition of g, Σ|∂g/∂x|·|x| over arguments and cotangent (Higham, §1.5–1.6). `stable` is the bound of a
sweep whose way back amplifies no rounding beyond that; what the errors of the values force stays.

*A formula.* Its tape ends in the gradient itself, so that Σ_v |∂g/∂v|·|e_v| needs one sweep. `most` bounds what each
rounding is a rounding of, for a formula that is to be stable.

Terms of second order are in no bound; who uses them must say *undecidable* where a bound is not small beside the
derivatives.

>>> from backproof.verify.lift.numpy_code.lifting import lift
>>> from backproof.verify.lift.rounding.second_derivatives import reverse_sweep
>>> import numpy as np
>>> def bounds(f, x):
...     return rounding_of_sweep(reverse_sweep(lift(f, (x,)), np.array([1.0])), 0, (0,))
>>> square = bounds(lambda x: x**2, np.array([1.0]))
>>> round(square.lost / 2.0**-53, 6), round(square.condition, 6)
(2.0, 4.0)
>>> cancels = bounds(lambda x: (x + 1e8) * (x - 1e8), np.array([1.0]))
>>> bool(cancels.lost > 1e-8), bool(cancels.condition < 1e9)
(True, True)
>>> bounds(lambda x: x[()] * 1.0, np.array(1.0))
Traceback (most recent call last):
    ...
IndexError: too many indices for array: array is 0-dimensional, but 1 were indexed
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from typing import Any

from backproof.verify.lift.lifted import Lifted
from backproof.verify.lift.rounding.counts import Counted, as_float, edge_roundings, partials_of, units_of
from backproof.verify.lift.rounding.second_derivatives import Moved, ReverseSweep, input_units, moved
from backproof.verify.lift.tape.rule import Stability
from backproof.verify.numbers.ball_arrays import arb, precision


@dataclass(frozen=True)
class EntryBounds:
    """For one entry of a gradient: `lost`, what a reverse sweep may lose; `stable`, what one may lose that is backward
    stable; `condition`."""

    lost: float
    stable: float
    condition: float


def rounding_of_sweep(sweep: ReverseSweep, place: int, index: tuple[int, ...], least: float = 0.0) -> EntryBounds:
    """The bounds for one entry of one lifted input; infinite where they cannot be followed. A stable sweep may make each
    rounding one of a number of the size `least`, if that is larger than the condition."""
    leaf, nodes = int(sweep.tape.shapes[place][index]), sweep.tape.nodes
    if not sweep.uses[leaf] and leaf not in sweep.seeds:
        return EntryBounds(0.0, 0.0, 0.0)
    found = moved(sweep, place, index)
    if found is None:
        return EntryBounds(math.inf, math.inf, math.inf)
    with precision(sweep.tape.bits):
        condition = sum(answer * abs(as_float(nodes[v][2])) for v, answer in found.answers.items() if answer and not nodes[v][1])
        condition += sum(found.slopes[v] * sum(sizes) for v, sizes in sweep.seeded.items() if found.slopes.get(v))
        way_there = _of_values(sweep, found) + _of_operands(sweep, found)
        lost, stable = _of_the_way_back(sweep, found, max(condition, least))
    bounds = way_there + lost, way_there + stable, condition
    return EntryBounds(*(math.inf if math.isnan(bound) else bound for bound in bounds))


def _of_values(sweep: ReverseSweep, found: Moved) -> float:
    """Σ |ṗ_v|·|e_v|."""
    table = sweep.table
    return sum(
        answer * (table.value(v)[0] + table.units[v].tiny) for v, answer in found.answers.items() if answer and sweep.tape.nodes[v][1]
    )


def _of_the_way_back(sweep: ReverseSweep, found: Moved, condition: float) -> tuple[float, float]:
    """Σ |u̇_tail|·|ε_e|, and the same with no term p_v·D·u̇ larger than the condition. What partials inherit from
    values is forced by them."""
    tape, table = sweep.tape, sweep.table
    forced = lost = stable = 0.0
    for x, slope in found.slopes.items():
        if not slope:
            continue
        added = sweep.added(x)
        forced += slope * sum(sweep.seeded.get(x, ())) * added * table.units[x].u
        for v, k in sweep.uses[x]:
            shares, inherited = table.edges(v)
            adjoint, unit = sweep.sizes[v], table.units[v]
            share = shares[k] + added * max(unit.u, table.units[x].u)
            forced += slope * (1 + adjoint) * unit.tiny
            if adjoint and inherited:
                forced += slope * adjoint * inherited
            if adjoint and share and (partial := abs(as_float(partials_of(tape, v)[k]))):
                flow = slope * adjoint * partial
                lost += flow * share
                stable += min(flow, condition) * share
    return forced + lost, forced + stable


def _of_operands(sweep: ReverseSweep, found: Moved) -> float:
    """What partials lose that are exact for operands which are off: Σ |p_v·Ḋ|·|Δx|."""
    total = 0.0
    for (v, k), answer in found.along.items():
        off = sweep.table.backward(v)
        if off is not None and off[k]:
            total += answer * off[k]
    return total


def least_rounding(sweep: ReverseSweep) -> list[float]:
    """For every node a share of |g| that `lost` is never below, cheap for all entries at once.

    The terms p_v·D·u̇ are a flow of size g from the entry to the outputs, so that Σ |p_v·D·u̇|·cost is at least |g|
    times the cost of the cheapest way there, where ways may go back along edges on which the flow is negative (flow
    decomposition: R. Ahuja, T. Magnanti, J. Orlin, *Network Flows*, 1993, §3.5). Dijkstra's algorithm on the edges
    without direction.
    """
    tape, table = sweep.tape, sweep.table
    least = [math.inf] * len(tape.nodes)
    waiting = [(0.0, v) for v in sweep.seeds]
    while waiting:
        cost, v = heapq.heappop(waiting)
        if cost >= least[v]:
            continue
        least[v] = cost
        rule, operands, _ = tape.nodes[v]
        unit = table.units[v]
        below = unit.u * edge_roundings(rule, operands, unit)
        for x in {x.index for x in operands if x.index >= 0}:
            heapq.heappush(waiting, (cost + below + sweep.added(x) * unit.u, x))
        for w, _ in sweep.uses[v]:
            unit = table.units[w]
            above = unit.u * edge_roundings(*tape.nodes[w][:2], unit)
            heapq.heappush(waiting, (cost + above + sweep.added(v) * unit.u, w))
    return least


@dataclass(frozen=True, eq=False)
class Formula:
    """A lifted backward, and what each of its operations may lose."""

    backward: Lifted
    table: Counted


def formula_of(backward: Lifted) -> Formula:
    """What the bounds of all entries share."""
    tape = backward.tape
    return Formula(backward, Counted(tape, units_of(tape, input_units(backward))))


def rounding_of_formula(formula: Formula, x: Any, most: float = math.inf) -> float:
    """What the gradient entry x of a lifted backward may lose in floats; each rounding, and what underflows, no more
    than that of a number of the size `most`, but for those of functions that are accurate in norm only."""
    if x.index < 0:
        return 0.0
    table, tape, total = formula.table, formula.backward.tape, 0.0
    adjoints: list[Any] = tape.sweep({x.index: arb(1)})
    with precision(tape.bits):
        for v, adjoint in enumerate(adjoints):
            if adjoint is None or not tape.nodes[v][1]:
                continue
            answer, (error, count) = abs(as_float(adjoint)), table.value(v)
            if answer:
                in_norm = tape.nodes[v][0].roundings.stability is Stability.NORM
                total += (answer * error if in_norm else min(answer * error, count * most)) if error else 0.0
                total += min(answer * table.units[v].tiny, max(count, table.units[v].u) * most)
    return math.inf if math.isnan(total) else total
