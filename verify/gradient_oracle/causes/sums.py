"""Entries of one wrong gradient that are sums of some of the contributions that belong into it.

What flows into an entry are the parts that its uses send back. A backward that assigns where it must add, forgets a
window or stops at a border leaves some of them out; one that has a sign wrong takes them away; one whose window stands
elsewhere adds them to other entries. Each entry that was found must be such a sum to roundings, for a second cotangent
with the same parts where there is one.

>>> from backproof.verify.gradient_oracle.causes.edges import Group
>>> x, y, out = Operation("argument"), Operation("sin", "f.py", 2), Operation("output")
>>> slopes = [(2, 0, 1.0, 1), (3, 0, 2.3, 1), (4, 1, 4.1, 1), (5, 1, 8.7, 1)]
>>> edges = Edges([Group(y, out), Group(x, y)], slopes, [(i, 1.0, 0, 0) for i in (2, 3, 4, 5)], [np.arange(2)], (0,), [x, x, y, y, y, y])
>>> def sums(found):
...     return [cause.words for cause in sum_causes(0, Observed(("`x`",), edges.pulled(lambda _: 1.0), [np.array(found)], edges, 1.0))]
>>> sums([2.3, 4.1])
['the gradient of `x` lacks some of the contributions to its entries: at index (0,) 1 of 2, from sin at f.py:2']
>>> sums([-1.3, 4.6])
['the gradient of `x` has some of the contributions to its entries with the wrong sign: at index (0,) 1 of 2, from sin at f.py:2']
>>> sums([5.0, 11.0])
[]
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.causes.cause import Cause, Fault
from backproof.verify.gradient_oracle.causes.edges import Edges, Operation
from backproof.verify.gradient_oracle.causes.fitting import EXACT, NOISE
from backproof.verify.gradient_oracle.causes.observed import Observed
from backproof.verify.gradient_oracle.causes.places import said
from backproof.verify.numbers.float_model import largest_entry

MOST_PARTS = 12  # chosen: contributions to one entry, of which all sums are tried: 4096
FEW_LEFT = 2  # chosen: of more contributions, as many at most are there, or are not
MOST_POOL = 100  # chosen: contributions in all, of which two together are tried at other places: 5051 sums
FEWEST_WRONG = 2  # entries that must be such sums without a second cotangent; chosen: one is by chance
LACKS = "lacks some of the contributions to its entries"
TURNED = "has some of the contributions to its entries with the wrong sign"
TWICE = ", and the others count twice"


class _Parts:
    """The contributions to the entries of one argument, for one or two cotangents, beside what was found."""

    def __init__(self, k: int, both: Sequence[Observed]) -> None:
        self.found = np.array([one.found[k].reshape(-1) for one in both])
        self.right = np.array([one.right[k].reshape(-1) for one in both])
        self.size = np.array([largest_entry([right]) for right in self.right])[:, None]
        adjoints = [one.adjoints for one in both]
        edges = both[0].edges
        self.parts: list[tuple[list[int], Array]] = []
        readers = _readers(edges)
        last: dict[int, list[int]] = {}
        for node, _, _, place in edges.seeds:
            last.setdefault(node, []).append(place)
        for leaf in edges.leaves[k].reshape(-1).tolist():
            node, slope = leaf, 1.0
            while len(readers.get(node, ())) == 1 and node not in last:
                (node, one) = readers[node][0]
                slope *= one
            targets = [target for target, _ in readers.get(node, ())]
            values = [[slope * one * adjoint[target] for target, one in readers.get(node, ())] for adjoint in adjoints]
            for place in last.get(node, ()):
                targets.append(node)
                values = [[*value, slope * _seed(one, place)] for value, one in zip(values, both, strict=True)]
            self.parts.append((targets, np.array(values).reshape(len(both), -1)))

    def tell(self, i: int) -> bool:
        """Whether the parts of an entry are told apart by their sums: for a second cotangent, or if no two are alike."""
        parts = np.abs(self.parts[i][1][0]) / self.size[0]
        some = parts[parts > EXACT]
        return len(self.found) > 1 or len(np.unique(np.round(some, 9))) == len(some)

    def wrong(self) -> list[int]:
        """The entries that are wrong."""
        return np.flatnonzero(np.any(np.abs(self.found - self.right) > NOISE * self.size, axis=0)).tolist()


def sum_causes(k: int, seen: Observed) -> Iterator[Cause]:
    """What fits the gradient at place k: contributions that are missing, or of the wrong sign."""
    more = seen.other()
    parts = _Parts(k, [seen] if more is None else [seen, more])
    wrong = parts.wrong()
    if sum(map(parts.tell, wrong)) < (FEWEST_WRONG if more is None else 1):
        return
    for fault, low, high in ((Fault.MISSING, 0.0, 1.0), (Fault.SIGN, -1.0, 1.0), (Fault.MISSING, 0.0, 2.0)):
        tried = (_chosen(parts.parts[i][1], parts.found[:, i], low, high, EXACT * parts.size[:, 0]) for i in wrong)
        chosen = list(itertools.takewhile(lambda one: not all(one), tried))
        if len(chosen) == len(wrong):
            yield _said(k, seen, fault, parts, wrong, chosen, high)
            return


def elsewhere_causes(k: int, seen: Observed) -> Iterator[Cause]:
    """What fits the gradient at place k: contributions that belong to other entries."""
    more = seen.other()
    parts = _Parts(k, [seen] if more is None else [seen, more])
    wrong = parts.wrong()
    if len(wrong) >= FEWEST_WRONG and _at_other_places(parts, wrong):
        at = tuple(int(j) for j in np.unravel_index(wrong[0], seen.right[k].shape))
        words = f"the gradient of {seen.name(k)} has contributions that belong to other entries of it, as at index {at}"
        yield Cause(Fault.SLICE, words, seen.edges.positions[k])


def _said(
    k: int, seen: Observed, fault: Fault, parts: _Parts, wrong: Sequence[int], chosen: Sequence[Sequence[bool]], high: float
) -> Cause:
    """With the first entry, and the operation or the line from which all of these contributions come, if it is one."""
    left = [[target for target, kept in zip(parts.parts[i][0], one, strict=True) if not kept] for i, one in zip(wrong, chosen, strict=True)]
    operations = dict.fromkeys(seen.edges.operations[target] for targets in left for target in targets)
    lines = {(operation.file, operation.line) for operation in operations}
    what = LACKS if fault is Fault.MISSING else TURNED
    at = tuple(int(j) for j in np.unravel_index(wrong[0], seen.right[k].shape))
    first = next(iter(operations))
    place = Operation(first.function if len(operations) == 1 else "", first.file, first.line) if len(lines) == 1 else Operation("")
    where = f", from {said(first, seen.names) if place.function else place.place}" if place.file else ""
    words = f"the gradient of {seen.name(k)} {what}: at index {at} {len(left[0])} of {len(chosen[0])}{where}{TWICE if high > 1 else ''}"
    return Cause(fault, words, seen.edges.positions[k], place.function, place.file, place.line)


def _at_other_places(parts: _Parts, wrong: Sequence[int]) -> bool:
    """Whether every wrong entry is the sum of some contributions, to whichever entries they belong; of many, whether a few
    of its own are exchanged for a few others. With one cotangent alone only where no two of them are alike."""
    pool = np.concatenate([values for _, values in parts.parts], axis=1)
    alike = len(np.unique(np.round(np.abs(pool[0]) / parts.size[0], 9))) < pool.shape[1]
    if not 0 < pool.shape[1] <= MOST_POOL or (len(pool) == 1 and alike):
        return False
    count = pool.shape[1]
    kept = _choices(count) if count <= MOST_PARTS else _few(count)
    sums = kept.astype(float) @ pool.T
    for i in wrong:
        own = parts.parts[i][1]
        less = _few(own.shape[1]).astype(float) @ own.T
        errors = parts.found[None, :, i] if count <= MOST_PARTS else parts.found[:, i] - parts.right[:, i] + less
        if not any(np.any(np.all(np.abs(sums - error) <= EXACT * parts.size[:, 0], axis=1)) for error in errors):
            return False
    return True


def _chosen(parts: Array, found: Array, low: float, high: float, near: Array) -> list[bool]:
    """Which of the parts are in an entry as they are, the others times `low`; all of them where none explain it."""
    count = parts.shape[1]
    if not 0 < count <= MOST_POOL:
        return [True] * count
    kept = _choices(count)
    sums = np.where(kept, high, low) @ parts.T
    fitting = np.flatnonzero(np.all(np.abs(sums - found) <= near, axis=1))
    if not len(fitting):
        return [True] * count
    best = fitting[np.argmax(kept[fitting].sum(axis=1))]
    return kept[best].tolist()


@functools.lru_cache(maxsize=8)
def _choices(count: int) -> Array:
    """Every choice of some; of many, those of a few and those that leave a few."""
    if count <= MOST_PARTS:
        return (np.arange(2**count)[:, None] >> np.arange(count) & 1).astype(bool)
    return np.concatenate([_few(count), ~_few(count)])


@functools.lru_cache(maxsize=8)
def _few(count: int) -> Array:
    """Every choice of a few at most."""
    chosen = [some for few in range(FEW_LEFT + 1) for some in itertools.combinations(range(count), few)]
    found = np.zeros((len(chosen), count), dtype=bool)
    for row, some in zip(found, chosen, strict=True):
        row[list(some)] = True
    return found


def _readers(edges: Edges) -> dict[int, list[tuple[int, float]]]:
    """For every node, what reads it: (target, derivative), in the order of the forward."""
    readers: dict[int, list[tuple[int, float]]] = {}
    for target, source, slope, _ in reversed(edges.edges):
        readers.setdefault(source, []).append((target, slope))
    return readers


def _seed(one: Observed, place: int) -> float:
    return float(np.asarray(one.cotangent, dtype=float).reshape(-1)[place])
