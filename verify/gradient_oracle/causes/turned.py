"""What flows back into one operation is transposed, turned around or shifted before it flows on; or the matrix of an
operation is used as it is where its transpose belongs.

The gradient of an argument is then the sum over the numbers of that operation of its derivatives by the argument, times
their adjoints in another order, for every cotangent with the same order. The order is one of few: of a table of these
numbers, rows and columns exchanged, one of the axes turned around, or all of them some places on.

>>> from backproof.verify.gradient_oracle.causes.edges import Edges, Group
>>> from backproof.verify.gradient_oracle.causes.sweeps import sweeps_of
>>> x, y, out = Operation("argument"), Operation("dot", "f.py", 2), Operation("output")
>>> slopes = [(4, 0, 2.0, 1), (4, 1, 3.0, 1), (5, 0, 5.0, 1), (5, 2, 7.0, 1), (6, 3, 1.0, 1), (6, 1, 4.0, 1), (7, 3, 9.0, 1), (7, 2, 6.0, 1)][::-1]
>>> edges = Edges([Group(y, out), Group(x, y)], slopes, [(i + 4, 1.0, 0, i) for i in range(4)], [np.arange(4)], (0,), [x] * 4 + [y] * 4)
>>> def turned(backward):
...     ct = np.array([1.0, 1.5, 2.5, 4.5])
...     seen = Observed(("`x`",), edges.pulled_with(ct), [backward(ct)], edges, ct, lambda ct: [backward(ct)])
...     return [cause.words for cause in turned_causes(0, seen, sweeps_of(seen))]
>>> turned(lambda ct: edges.pulled_with(ct.reshape(2, 2).T)[0])
['the gradient of `x` is made of what flows back into dot at f.py:2 as a (2, 2) table transposed']
>>> turned(lambda ct: edges.pulled_with(ct * [1.0, 2.0, 3.0, 4.0])[0])
[]
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.causes.cause import Cause, Fault
from backproof.verify.gradient_oracle.causes.edges import Operation
from backproof.verify.gradient_oracle.causes.fitting import FITS
from backproof.verify.gradient_oracle.causes.observed import Observed
from backproof.verify.gradient_oracle.causes.places import said
from backproof.verify.gradient_oracle.causes.sweeps import Sweeps

FEWEST = 3  # chosen: numbers of an operation of which an order says something; two are exchanged by chance
MOST_PLACES = 16  # chosen: places by which adjoints are shifted
MOST_NODES = 1024  # chosen: numbers of one operation that are turned


def turned_causes(k: int, seen: Observed, sweeps: Sweeps) -> Iterator[Cause]:
    """What fits the gradient at place k, the operation nearest to the output first."""
    number, name, error = seen.edges.positions[k], seen.name(k), sweeps.errors[sweeps.spans[k]]
    for operation, nodes, above in _tables(seen, sweeps):
        below = sweeps.by_arguments[nodes][:, sweeps.spans[k]]
        if not below.any():
            continue
        here = (operation.function, operation.file, operation.line) if operation.file else ("", "", 0)
        for fault, order, words in _orders(len(nodes)):
            if _same(below.T @ (above[order] - above), error):
                yield Cause(
                    fault, f"the gradient of {name} is made of what flows back into {said(operation, seen.names)} {words}", number, *here
                )
                return
        if below.shape[0] == below.shape[1] and _carries_all(k, below, above, seen) and _same((below - below.T) @ above, error):
            words = f"the gradient of {name} is made with the matrix of {said(operation, seen.names)} by {name} where its transpose belongs"
            yield Cause(Fault.TRANSPOSED, words, number, *here)
            return


def _tables(seen: Observed, sweeps: Sweeps) -> Iterator[tuple[Operation, list[int], Array]]:
    """The numbers of every operation with their adjoints, latest first; and the outputs with the cotangents, where each of
    them depends on the arguments."""
    for operation, nodes in reversed(seen.edges.by_operation().items()):
        if FEWEST <= len(nodes) <= MOST_NODES:
            yield operation, nodes, sweeps.adjoints[nodes]
    ends = {place: node for node, _, _, place in seen.edges.seeds}
    if isinstance(seen.cotangent, np.ndarray) and FEWEST <= len(ends) == seen.cotangent.size <= MOST_NODES:
        cotangents = np.array([np.asarray(one.cotangent, dtype=float).reshape(-1) for one in (seen, *seen.others)]).T
        yield Operation("output"), [ends[place] for place in sorted(ends)], cotangents


def _orders(count: int) -> Iterator[tuple[Fault, Array, str]]:
    numbers = np.arange(count)
    for rows in range(2, count // 2 + 1):
        if count % rows == 0:
            table = numbers.reshape(rows, count // rows)
            yield Fault.TRANSPOSED, table.T.reshape(-1), f"as a {table.shape} table transposed"
            yield Fault.ORDER, table[::-1].reshape(-1), f"as a {table.shape} table with its rows turned around"
            yield Fault.ORDER, table[:, ::-1].reshape(-1), f"as a {table.shape} table with its columns turned around"
    yield Fault.ORDER, numbers[::-1], "turned around"
    for places in range(1, min(count, MOST_PLACES + 1)):
        for step in (places, -places):
            yield (
                Fault.ORDER,
                np.roll(numbers, step),
                f"{abs(step)} {'place' if places == 1 else 'places'} too {'late' if step > 0 else 'early'}",
            )


def _carries_all(k: int, below: Array, above: Array, seen: Observed) -> bool:
    """Whether all that flows back to an argument comes through these numbers."""
    right = np.array([one.right[k].reshape(-1) for one in (seen, *seen.others)]).T
    return _same(below.T @ above, right)


def _same(predicted: Array, found: Array) -> bool:
    return bool(np.max(np.abs(predicted - found), initial=0.0) <= FITS * np.max(np.abs(found), initial=0.0))
