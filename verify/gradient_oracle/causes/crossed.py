"""A sum of the backward that runs along the wrong axis, or over everything, at an operation that sums in the forward.

What each of several sums is read for flows back as a sum of parts, and is spread over the numbers that it was made of. As
a table, with a row for each sum: the parts of one row are added, and go to the numbers of that row. A backward that adds
along the other axis gives each column its own sum; one that forgets the axis adds them all. Where the sums are divided
by, as in a softmax, people add what was multiplied by the sum before, and divide by it afterwards: both are predicted.

>>> from backproof.verify.gradient_oracle.causes.edges import Group, Operation
>>> from backproof.verify.gradient_oracle.causes.sweeps import sweeps_of
>>> x, s, y, out = Operation("argument"), Operation("sum", "f.py", 2), Operation("divide", "f.py", 3), Operation("output")
>>> groups = [Group(y, out), Group(s, y), Group(x, s)]
>>> sums = [(4 + i // 2, i, 1.0, 2) for i in range(4)]
>>> reads = [(6 + i, 4 + i // 2, 0.5 + i, 1) for i in range(4)]
>>> ends = [(6 + i, 1.0, 0, i) for i in range(4)]
>>> edges = Edges(groups, [*sums, *reads][::-1], ends, [np.arange(4)], (0,), [x] * 4 + [s] * 2 + [y] * 4, [1.0] * 10)
>>> def crossed(backward):
...     ct = np.array([1.0, 1.5, 2.5, 4.5])
...     seen = Observed(("`x`",), edges.pulled_with(ct), [backward(ct)], edges, ct, lambda ct: [backward(ct)])
...     return [cause.words for cause in crossed_causes(seen, sweeps_of(seen))]
>>> crossed(lambda ct: np.tile((ct * [0.5, 1.5, 2.5, 3.5]).reshape(2, 2).sum(axis=0), 2))
['what flows back into sum at f.py:2 is summed along the wrong axis']
>>> crossed(lambda ct: ct)
[]
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.causes.cause import Cause, Fault
from backproof.verify.gradient_oracle.causes.edges import Edges
from backproof.verify.gradient_oracle.causes.fitting import FITS
from backproof.verify.gradient_oracle.causes.observed import Observed
from backproof.verify.gradient_oracle.causes.places import said
from backproof.verify.gradient_oracle.causes.sweeps import Sweeps

FEWEST = 2  # rows and columns that a table has, or there is no other axis
MOST_NUMBERS = 512  # chosen: of one table


def crossed_causes(seen: Observed, sweeps: Sweeps) -> Iterator[Cause]:
    """What fits all gradients together."""
    argument = seen.edges.positions[seen.wrong[0]] if len(seen.wrong) == 1 else None
    for operation, nodes in seen.edges.by_operation().items():
        for sums, parts, targets in _tables(nodes, seen.edges, sweeps):
            for words, predicted in _predicted(sums, parts, targets, seen, sweeps):
                if np.max(np.abs(predicted - sweeps.errors)) <= FITS * np.max(np.abs(sweeps.errors)):
                    said_so = f"what flows back into {said(operation, seen.names)} is summed {words}"
                    yield Cause(Fault.AXIS, said_so, argument, operation.function, operation.file, operation.line)
                    return


def _tables(nodes: list[int], edges: Edges, sweeps: Sweeps) -> Iterator[tuple[Array, Array, Array]]:
    """Sums; the edges through which they are read, a row for each; and the numbers that they are made of, a row for each,
    or an empty table where these are not as many."""
    inside = np.zeros(len(edges.operations), dtype=bool)
    inside[nodes] = True
    read = np.flatnonzero(inside[sweeps.sources] & ~inside[sweeps.targets])
    sums = np.unique(sweeps.sources[read])
    if not FEWEST <= len(sums) <= MOST_NUMBERS:
        return
    made = _made_of(sums.tolist(), inside, sweeps)
    for group in np.unique(sweeps.groups[read]).tolist():
        mine = read[sweeps.groups[read] == group]
        mine = mine[np.lexsort((sweeps.targets[mine], sweeps.sources[mine]))]
        if len(mine) % len(sums) or not np.array_equal(np.repeat(sums, len(mine) // len(sums)), sweeps.sources[mine]):
            continue
        parts = mine.reshape(len(sums), -1)
        alike = all(len(row) == parts.shape[1] for row in made)
        if parts.shape[1] >= FEWEST and parts.size <= MOST_NUMBERS:
            yield sums, parts, np.array(made if alike else np.zeros((0, parts.shape[1])), dtype=int)


def _made_of(sums: list[int], inside: Array, sweeps: Sweeps) -> list[list[int]]:
    """The numbers outside of an operation that each of its results is the plain sum of; none where it is no plain sum."""
    into: dict[int, list[tuple[int, float]]] = {}
    within = np.flatnonzero(inside[sweeps.targets])
    for target, source, slope in zip(
        sweeps.targets[within].tolist(), sweeps.sources[within].tolist(), sweeps.slopes[within].tolist(), strict=True
    ):
        into.setdefault(target, []).append((source, slope))
    found: list[list[int]] = []
    for one in sums:
        todo, leaves = [one], list[int]()
        while todo:
            for source, slope in into.get(todo.pop(), ()):
                if slope != 1:
                    return [[] for _ in sums]
                (todo if inside[source] else leaves).append(source)
        found.append(sorted(leaves))
    return found


def _predicted(sums: Array, parts: Array, made: Array, seen: Observed, sweeps: Sweeps) -> Iterator[tuple[str, Array]]:
    """The errors of all entries and cotangents, for each way in which the parts may be added."""
    flows = sweeps.slopes[parts][..., None] * sweeps.adjoints[sweeps.targets[parts]]
    values = None if seen.edges.values is None else np.array(seen.edges.values)[sums]
    weights: list[Array] = [np.ones(len(sums))]
    if values is not None and values.all():
        weights.append(values)
    rows = flows.sum(axis=1)
    for weight, axis in itertools.product(weights, (0, None)):
        weighted = weight[:, None, None] * flows
        if axis is None:
            wrong = weighted.sum(axis=(0, 1)) / weight[:, None]
            yield "over all of them", sweeps.by_arguments[sums].T @ (wrong - rows)
        elif made.size:
            change = weighted.sum(axis=0) / weight[:, None, None] - rows[:, None]
            yield "along the wrong axis", np.einsum("jil,jic->lc", sweeps.by_arguments[made], change)
