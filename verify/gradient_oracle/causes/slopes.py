"""A wrong local derivative at one operation, another one for each of its edges: the mask of a relu, another function's
slope, a value of the cache in the place of another one.

With the local derivatives of one group of edges wrong, the error of the gradients is a sum over these edges of (wrong −
right) times the adjoint above the edge times the derivative below it, *for every cotangent with the same differences*.
The backward is asked with several cotangents, and the differences that fit are sought: there are fewer of them than
entries of all these gradients, and most errors are no such sum.

>>> from backproof.verify.gradient_oracle.causes.edges import Edges, Group, Operation
>>> from backproof.verify.gradient_oracle.causes.sweeps import sweeps_of
>>> x, y, out = Operation("argument"), Operation("tanh", "f.py", 2), Operation("output")
>>> ends = [(i + 3, 1.0, 0, i) for i in range(3)]
>>> edges = Edges([Group(y, out), Group(x, y)], [(i + 3, i, 2.0 + i, 1) for i in range(3)], ends, [np.arange(3)], (0,), [x, x, x, y, y, y])
>>> def slopes(backward):
...     ct = np.array([1.0, 1.5, 2.5])
...     seen = Observed(("`x`",), edges.pulled_with(ct), [backward(ct)], edges, ct, lambda ct: [backward(ct)])
...     return [cause.words for cause in slope_causes(seen, sweeps_of(seen))]
>>> slopes(lambda ct: ct * [5.0, 3.0, 7.0])
['the local derivative of tanh at f.py:2 by `x` is wrong, and all of the error comes from it']
>>> slopes(lambda ct: np.cumsum(ct))
[]
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.causes.cause import Cause, Fault
from backproof.verify.gradient_oracle.causes.edges import Group
from backproof.verify.gradient_oracle.causes.fitting import FITS
from backproof.verify.gradient_oracle.causes.flows import SPARE
from backproof.verify.gradient_oracle.causes.observed import Observed
from backproof.verify.gradient_oracle.causes.places import beside, said
from backproof.verify.gradient_oracle.causes.sweeps import Sweeps

MOST_UNKNOWN = 200  # chosen: local derivatives of one group that are sought
MOST_STEPS = 2_000_000_000  # chosen: squares of these numbers times the errors that they explain; a second or two
AT_FIRST = 20  # chosen: equations beyond the numbers that are sought; most errors do not fit these
MOST_LINES = 3  # chosen: lines that are named where more fit equally well


def slope_causes(seen: Observed, sweeps: Sweeps) -> Iterator[Cause]:
    """The lowest operation on each line whose local derivatives explain all gradients; of these the ones with the fewest."""
    argument = seen.edges.positions[seen.wrong[0]] if len(seen.wrong) == 1 else None
    groups = list(reversed(range(len(seen.edges.groups))))
    if sum(len(sweeps.group(number)) ** 2 for number in groups) * sweeps.errors.size > MOST_STEPS:
        return
    found = [(unknown, number) for number in groups for at in sweeps.calls(number) if (unknown := _unknown(at, sweeps))]
    lines: dict[tuple[str, int], Cause] = {}
    for unknown, number in found:
        group = seen.edges.groups[number]
        at = group.target if group.target.file else group.source
        if at.file and unknown == min(found)[0]:
            lines.setdefault((at.file, at.line), Cause(Fault.LOCAL, _words(group, seen), argument, at.function, at.file, at.line))
    yield from itertools.islice(lines.values(), MOST_LINES)


def _words(group: Group, seen: Observed) -> str:
    if not group.target.file:
        return f"what flows into the output from {said(group.source, seen.names)} has a wrong factor for each entry"
    by = beside(group.source, group.target, seen.names)
    return f"the local derivative of {said(group.target, seen.names)} by {by} is wrong, and all of the error comes from it"


def _unknown(at: Array, sweeps: Sweeps) -> int:
    """How many differences at these edges give the errors of all cotangents; 0 where none do."""
    if len(at) > MOST_UNKNOWN:
        return 0
    below, above = sweeps.by_arguments[sweeps.sources[at]], sweeps.adjoints[sweeps.targets[at]]
    touched = np.any(below, axis=0)
    equations = int(touched.sum()) * above.shape[1]
    largest = float(np.max(np.abs(sweeps.errors)))
    if len(at) + SPARE > equations or np.max(np.abs(sweeps.errors[~touched]), initial=0.0) > FITS * largest:
        return 0
    ranks = 0
    for edges, entries in _blocks(below != 0):
        columns = np.einsum("ml,mc->lcm", below[np.ix_(edges, entries)], above[edges]).reshape(-1, len(edges))
        rank = _fitted(columns, sweeps.errors[entries].reshape(-1), FITS * largest)
        if rank is None:
            return 0
        ranks += rank
    return len(at) if 0 < ranks <= equations - SPARE else 0


def _blocks(used: Array) -> Iterator[tuple[Array, Array]]:
    """Edges and the entries that they touch, in parts that have nothing to do with each other."""
    left = np.any(used, axis=1)
    while left.any():
        edges = np.flatnonzero(left)[:1]
        while True:
            entries = used[edges].any(axis=0)
            more = np.flatnonzero(used[:, entries].any(axis=1))
            if len(more) == len(edges):
                break
            edges = more
        left[edges] = False
        yield edges, np.flatnonzero(entries)


def _fitted(columns: Array, error: Array, near: float) -> int | None:
    """The rank of these columns if the error is a sum of multiples of them, else None: of some of the equations first, as
    most errors are none."""
    scale = np.linalg.norm(columns, axis=0)
    columns = columns[:, scale > 0] / scale[scale > 0]
    few = columns.shape[1] + AT_FIRST
    ranks = [0]
    for rows in (np.random.default_rng(0).permutation(len(error))[:few], slice(None))[len(error) <= few :]:
        weights, _, rank, _ = np.linalg.lstsq(columns[rows], error[rows], rcond=None)
        if np.max(np.abs(columns[rows] @ weights - error[rows]), initial=0.0) > near:
            return None
        ranks.append(int(rank))
    return ranks[-1]
