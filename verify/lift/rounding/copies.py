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

from collections.abc import Iterator

from backproof.verify.lift.rounding.counts import as_float, partials_of
from backproof.verify.lift.rounding.second_derivatives import Moved, ReverseSweep, moved_at
from backproof.verify.numbers.ball_arrays import precision

MOST_COPIES = 8  # chosen: of all copies those that count most, each of which costs as much as an entry
Copy = tuple[float, int, float]  # how much of the entry flows through a node, the node, and the slope of what goes into it


def largest_of_copies(sweep: ReverseSweep, place: int, index: tuple[int, ...]) -> float:
    """The largest condition of a part of one entry of a gradient that comes through one copy of a number; 0 where none
    is used in copies."""
    leaf = int(sweep.tape.shapes[place][index])
    found = moved_at(sweep, leaf)
    if found is None:
        return 0.0
    with precision(sweep.tape.bits):
        copies = sorted((copy for x, slope in found.slopes.items() if slope for copy in _copies(sweep, x, slope)), reverse=True)
        return max((slope * _condition(sweep, v) for _, v, slope in copies[:MOST_COPIES]), default=0.0)


def _copies(sweep: ReverseSweep, x: int, slope: float) -> Iterator[Copy]:
    """The nodes in which a number meets others that are not constant, one for each of its copies."""
    nodes = sweep.tape.nodes
    alike: dict[tuple[str, int], dict[tuple[int, ...], int]] = {}
    for v, k in sweep.uses[x]:
        rule, operands, _ = nodes[v]
        others = tuple(y.index for place, y in enumerate(operands) if place != k and y.index >= 0)
        if others and x not in others:
            alike.setdefault((rule.name, k), {}).setdefault(others, v)
    for (_, k), by in alike.items():
        for v in by.values() if len(by) > 1 else ():
            partial = partials_of(sweep.tape, v)[k]
            into = 0.0 if partial is None else slope * abs(as_float(partial))
            if into and sweep.sizes[v]:
                yield into * sweep.sizes[v], v, into


def _condition(sweep: ReverseSweep, v: int) -> float:
    """That of the adjoint of a node, to arguments and cotangents."""
    found: Moved | None = moved_at(sweep, v)
    if found is None:
        return 0.0
    nodes = sweep.tape.nodes
    of_arguments = sum(answer * abs(as_float(nodes[w][2])) for w, answer in found.answers.items() if answer and not nodes[w][1])
    return of_arguments + sum(found.slopes[w] * sum(sizes) for w, sizes in sweep.seeded.items() if found.slopes.get(w))
