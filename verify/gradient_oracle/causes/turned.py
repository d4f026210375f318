"""What flows back into one operation is transposed, turned around, shifted or summed along an axis before it flows on; or
the matrix of an operation is used as it is where its transpose belongs, or from the other end.

The gradient of an argument is then the sum over the numbers of that operation of its derivatives by the argument, times
their adjoints after that change, for every cotangent with the same change. It is one of few: of a table of these numbers,
two axes exchanged, one of them turned around or summed over, or all numbers some places on. Without a second cotangent a
change among few distinct values says nothing, since a wrong mask is one by chance.

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

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.causes.cause import Cause, Fault
from backproof.verify.gradient_oracle.causes.edges import Edges, Operation
from backproof.verify.gradient_oracle.causes.fitting import FITS
from backproof.verify.gradient_oracle.causes.observed import Observed
from backproof.verify.gradient_oracle.causes.places import said
from backproof.verify.gradient_oracle.causes.sweeps import Sweeps

FEWEST = 3  # chosen: numbers of an operation of which an order says something; two are exchanged by chance
MOST_PLACES = 16  # chosen: places by which adjoints are shifted
FEWEST_WRONG = 2  # entries that must be wrong; chosen: one number is made of others by chance
MOST_NODES = 1024  # chosen: numbers of one operation that are turned
MOST_CHANGES = 400  # chosen: of one operation; 4-axis tables of 64 numbers have fewer
MOST_STEPS = 20_000_000  # chosen: products of numbers, entries and cotangents for one argument; a second or less


@dataclass(frozen=True)
class _Table:
    """The numbers of an operation: their derivatives by one argument, and their adjoints for each cotangent."""

    operation: Operation
    below: Array
    above: Array


def turned_causes(k: int, seen: Observed, sweeps: Sweeps) -> Iterator[Cause]:
    """What fits the gradient at place k, the operation nearest to the output first."""
    number, name, error = seen.edges.positions[k], seen.name(k), sweeps.errors[sweeps.spans[k]]
    if np.count_nonzero(np.abs(error[:, 0]) > FITS * np.max(np.abs(error[:, 0]))) < FEWEST_WRONG:
        return
    steps = 0
    for table in _tables(k, seen, sweeps):
        steps += table.below.size * error.shape[1] * min(MOST_CHANGES, len(table.below))
        if steps > MOST_STEPS:
            return
        at = table.operation
        here = (at.function, at.file, at.line) if at.file else ("", "", 0)
        for fault, words in itertools.chain(_changed(table, error), _as_it_is(k, table, error, seen)):
            yield Cause(fault, f"the gradient of {name} is made {words.format(said(at, seen.names), name)}", number, *here)
            return


def _tables(k: int, seen: Observed, sweeps: Sweeps) -> Iterator[_Table]:
    """The numbers of every operation, latest first; and the outputs with the cotangents, where each of them depends on the
    arguments."""

    def table(operation: Operation, nodes: list[int], above: Array) -> _Table:
        return _Table(operation, sweeps.by_arguments[nodes][:, sweeps.spans[k]], above)

    for operation, nodes in _steps(seen.edges, sweeps):
        if FEWEST <= len(nodes) <= MOST_NODES and sweeps.by_arguments[nodes][:, sweeps.spans[k]].any():
            yield table(operation, nodes, sweeps.adjoints[nodes])
    ends = {place: node for node, _, _, place in seen.edges.seeds}
    if isinstance(seen.cotangent, np.ndarray) and FEWEST <= len(ends) == seen.cotangent.size <= MOST_NODES:
        cotangents = np.array([np.asarray(one.cotangent, dtype=float).reshape(-1) for one in (seen, *seen.others)]).T
        yield table(Operation("output"), [ends[place] for place in sorted(ends)], cotangents)


def _steps(edges: Edges, sweeps: Sweeps) -> Iterator[tuple[Operation, list[int]]]:
    """The numbers of every operation, latest first; where some of them are made of others, as those of two calls in one
    line, also those of each call."""
    for operation, nodes in reversed(edges.by_operation().items()):
        depth = dict.fromkeys(nodes, 0)
        inner = np.isin(sweeps.targets, nodes) & np.isin(sweeps.sources, nodes)
        for target, source in zip(sweeps.targets[inner][::-1].tolist(), sweeps.sources[inner][::-1].tolist(), strict=True):
            depth[target] = max(depth[target], depth[source] + 1)
        for level in sorted({*depth.values()}, reverse=True) if any(depth.values()) else ():
            yield operation, [node for node in nodes if depth[node] == level]
        yield operation, nodes


def _changed(table: _Table, error: Array) -> Iterator[tuple[Fault, str]]:
    """What flows back, after each change."""
    count, below, above = len(table.below), table.below, table.above
    for fault, order, words in itertools.islice(_orders(count), MOST_CHANGES):
        if _says_something(above, above[order]) and _same(below.T @ (above[order] - above), error):
            yield (Fault.AXIS if _is_spread(below, order) else fault), f"of what flows back into {{0}} {words}"
    for rows, columns in _shapes(count):
        shaped = above.reshape(rows, columns, -1)
        for axis, what in ((0, "rows"), (1, "columns")):
            summed = np.broadcast_to(shaped.sum(axis=axis, keepdims=True), shaped.shape).reshape(above.shape)
            if _says_something(above, summed) and _same(below.T @ (summed - above), error):
                over = "summed over all of it" if 1 in (rows, columns) else f"as a {(rows, columns)} table, summed over its {what}"
                yield Fault.AXIS, f"of what flows back into {{0}} {over}"


def _as_it_is(k: int, table: _Table, error: Array, seen: Observed) -> Iterator[tuple[Fault, str]]:
    """The matrix of all that flows back, without its transposition; or from its other end."""
    below, above, shape = table.below, table.above, seen.right[k].shape
    right = np.array([one.right[k].reshape(-1) for one in (seen, *seen.others)]).T
    if not _same(below.T @ above, right):
        return
    entries = np.arange(right.shape[0]).reshape(shape)
    for rows, columns in _shapes(len(below)):
        numbers = np.arange(len(below)).reshape(rows, columns)
        for axis in range(2):
            back = below.T @ above[np.flip(numbers, axis).reshape(-1)]
            for few in range(1, len(shape) + 1):
                for axes in {tuple(range(few)), tuple(range(len(shape) - few, len(shape)))}:
                    turned = back[np.flip(entries, axes).reshape(-1)]
                    if _says_something(right, turned) and _same(turned - right, error):
                        yield Fault.ORDER, "in the opposite direction, from the last of {0} to the first"
    if below.shape[0] == below.shape[1] and _same((below - below.T) @ above, error):
        yield Fault.TRANSPOSED, "with the matrix of {0} by {1} where its transpose belongs"


def _orders(count: int) -> Iterator[tuple[Fault, Array, str]]:
    """Every change of order, with words."""
    numbers = np.arange(count)
    for rows, columns in _shapes(count):
        table = numbers.reshape(rows, columns)
        if 1 not in (rows, columns):
            yield Fault.TRANSPOSED, table.T.reshape(-1), f"as a {table.shape} table transposed"
            yield Fault.ORDER, table[::-1].reshape(-1), f"as a {table.shape} table with its rows turned around"
        if columns > 1:
            yield (
                Fault.ORDER,
                table[:, ::-1].reshape(-1),
                "turned around" if rows == 1 else f"as a {table.shape} table with its columns turned around",
            )
    for places in range(1, min(count, MOST_PLACES + 1)):
        for step in (places, -places):
            yield (
                Fault.ORDER,
                np.roll(numbers, step),
                f"{places} {'place' if places == 1 else 'places'} too {'late' if step > 0 else 'early'}",
            )
    for rows, columns in _shapes(count):
        for (a, b), (c, d) in itertools.product(_shapes(rows), _shapes(columns)):
            if b > 1 and c > 1 and (a, d) != (1, 1):
                table = numbers.reshape(a, b, c, d)
                yield Fault.ORDER, table.swapaxes(1, 2).reshape(-1), f"as a {table.shape} table with axes 1 and 2 exchanged"


def _shapes(count: int) -> list[tuple[int, int]]:
    return [(rows, count // rows) for rows in range(1, count + 1) if count % rows == 0]


def _is_spread(below: Array, order: Array) -> bool:
    """Whether a change of order is a sum along another axis: each number is one and the same multiple of one entry, which
    is spread over several of them; or the derivatives are the same along an axis of the table that is transposed."""
    used = below != 0
    if np.all(used.sum(axis=1) <= 1) and np.min(used.sum(axis=0)) > 1 and len(np.unique(below[used])) == 1:
        return True
    for rows, columns in _shapes(len(below)):
        if 1 not in (rows, columns) and np.array_equal(order, np.arange(len(below)).reshape(rows, columns).T.reshape(-1)):
            shaped = below.reshape(rows, columns, -1)
            return any(np.array_equal(shaped, np.broadcast_to(shaped.take([0], axis), shaped.shape)) for axis in range(2))
    return False


def _says_something(before: Array, after: Array) -> bool:
    """Whether what comes of a change is more than zero, as the sum of all that flows back into a softmax is none; and what
    is changed has enough distinct values, where there is one cotangent alone."""
    if np.max(np.abs(after)) <= FITS * np.max(np.abs(before)):
        return False
    changed = before[np.any(before != after, axis=1)]
    return before.shape[1] > 1 or len(np.unique(changed)) >= FEWEST


def _same(predicted: Array, found: Array) -> bool:
    return bool(np.max(np.abs(predicted - found), initial=0.0) <= FITS * np.max(np.abs(found), initial=0.0))
