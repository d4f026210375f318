"""What cancels among the copies of a number that is broadcast: `largest_of_copies(…)`.

tanh(q + k) goes into a softmax: q is added to every key, and its gradient is the sum of those of the copies. A softmax,
or a mean that is taken off, does not answer to what all copies have in common, so that this sum cancels to a term of
higher order where tanh is almost a line, and everybody's sum leaves roundings of its terms. Each copy can be backward
stable, and is asked to be; the sum of all cannot. x − sin x, whose two uses are different operations, has no copies.

>>> from backproof.verify.lift.numpy_code.lifting import lift
>>> from backproof.verify.lift.rounding.bounds import rounding_of_sweep
>>> from backproof.verify.lift.rounding.second_derivatives import reverse_sweep
>>> import numpy as np
>>> def found(f, *args):
...     sweep = reverse_sweep(lift(f, args), np.array(1.0))
...     return largest_of_copies(sweep, 0, ()), rounding_of_sweep(sweep, 0, ()).condition
>>> copies, condition = found(lambda q, k: np.dot(np.tanh(q + k), [1.0, -1.0]), np.array(1e-8), np.array([2e-8, 3e-8]))
>>> copies > 1 / 2, condition < 1e-14
(True, True)
>>> found(lambda x: x - np.sin(x), np.array(1e-8))[0]
0.0
>>> found(lambda x: np.dot(np.exp(x * np.array([1.0, -1.0])), [1.0, 1.0]), np.array(1e-8))[0]
0.0
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from backproof.verify.lift.rounding.counts import as_float, partials_of
from backproof.verify.lift.rounding.second_derivatives import ReverseSweep, Start, moved, moved_within
from backproof.verify.numbers.ball_arrays import arb, precision

CANCELS = 2.0**-4  # chosen: of the sum of all sizes; what cancels less costs strict accuracy four bits, which its counts have
MOST_COPIES = 8  # chosen: of all copies those that count most, each of which costs as much as an entry


class Copy(NamedTuple):
    """One copy of a number: the uses in which it meets the same others, how much of the entry comes through them, and the
    slope of the number."""

    flow: float
    start: Start
    slope: float


def largest_of_copies(sweep: ReverseSweep, place: int, index: tuple[int, ...]) -> float:
    """The largest condition of a part of one entry of a gradient that comes through one copy of a number, if what comes
    through all of its copies cancels; 0 where there are none."""
    found = None if sweep.joint else moved(sweep, place, index)  # of factorizations no part is known
    if found is None:
        return 0.0
    with precision(sweep.tape.bits):
        same = _same(sweep)
        copies = [copy for nodes, slope in _numbers(same, found.slopes) for copy in _copies(sweep, same, nodes, slope)]
        largest = sorted(copies, key=lambda copy: -copy.flow)[:MOST_COPIES]
        return max((copy.slope * _condition(sweep, copy.start) for copy in largest), default=0.0)


def _same(sweep: ReverseSweep) -> list[int]:
    """For each node the first that is the same operation on the same numbers: code computes many a number twice."""
    known: dict[Any, int] = {}
    found: list[int] = []
    for v, (rule, operands, _) in enumerate(sweep.tape.nodes):
        what = (rule.name, tuple(found[x.index] if x.index >= 0 else x.value.str(30) for x in operands)) if operands else v
        found.append(known.setdefault(what, v))
    return found


def _numbers(same: Sequence[int], slopes: dict[int, float]) -> Iterator[tuple[tuple[int, ...], float]]:
    """The numbers that move, each with all of its nodes."""
    nodes: dict[int, list[int]] = {}
    for x, slope in slopes.items():
        if slope:
            nodes.setdefault(same[x], []).append(x)
    return ((tuple(xs), slopes[xs[0]]) for xs in nodes.values())


def _copies(sweep: ReverseSweep, same: Sequence[int], xs: tuple[int, ...], slope: float) -> Iterator[Copy]:
    """The copies of a number, one for each of the others that it meets, where what comes through them cancels."""
    nodes = sweep.tape.nodes
    by: dict[tuple[int, ...], set[int]] = {}
    for v in {v for x in xs for v, _ in sweep.uses[x]}:
        others = tuple(sorted(same[y.index] for y in nodes[v][1] if y.index >= 0 and y.index not in xs))
        by.setdefault(others, set()).add(v)
    alone, starts = by.pop((), set[int]()), [Start(xs, frozenset(uses)) for uses in by.values()]
    flows = [sum((_through(sweep, v, xs) for v in start.uses), arb(0)) for start in starts]
    sizes = [abs(as_float(flow)) for flow in flows]
    if len(flows) > 1 and not alone and abs(as_float(sum(flows, arb(0)))) <= CANCELS * sum(sizes):
        yield from (Copy(slope * size, start, slope) for start, size in zip(starts, sizes, strict=True))


def _through(sweep: ReverseSweep, v: int, xs: tuple[int, ...]) -> Any:
    """What of the adjoint of a number comes through a node."""
    adjoint, partials = sweep.adjoints[v], partials_of(sweep.tape, v)
    known = [p for x, p in zip(sweep.tape.nodes[v][1], partials, strict=True) if x.index in xs and p is not None]
    return arb(0) if adjoint is None else adjoint * sum(known, arb(0))


def _condition(sweep: ReverseSweep, start: Start) -> float:
    """That of what comes through one copy, to arguments and cotangents."""
    found = moved_within(sweep, start)
    if found is None:
        return 0.0
    nodes = sweep.tape.nodes
    of_arguments = sum(answer * abs(as_float(nodes[w][2])) for w, answer in found.answers.items() if answer and not nodes[w][1])
    return of_arguments + sum(found.slopes[w] * sum(sizes) for w, sizes in sweep.seeded.items() if found.slopes.get(w))
