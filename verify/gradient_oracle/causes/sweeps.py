"""The derivatives of all numbers of a forward pass by its arguments, and their adjoints for several cotangents, as arrays:
`Sweeps`. What an error of a local derivative does to the gradients is a product of the two.

>>> from backproof.verify.gradient_oracle.causes.edges import Group, Operation
>>> x, y, out = Operation("argument"), Operation("exp", "f.py", 2), Operation("output")
>>> edges = Edges([Group(y, out), Group(x, y)], [(1, 0, 3.0, 1)], [(1, 10.0, 0, 0)], [np.array([0])], (0,), [x, y])
>>> sweeps = sweeps_of(Observed(("`x`",), [np.array([30.0])], [np.array([31.0])], edges, 1.0))
>>> sweeps.by_arguments.tolist(), sweeps.adjoints.tolist(), sweeps.errors.tolist()
([[1.0], [3.0]], [[30.0], [10.0]], [[1.0]])
>>> sweeps_of(Observed(("`x`",), [np.ones(MOST_NUMBERS)], [np.ones(MOST_NUMBERS)], edges, 1.0)) is None
True
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.causes.edges import Edges
from backproof.verify.gradient_oracle.causes.fitting import NOISE
from backproof.verify.gradient_oracle.causes.observed import Observed
from backproof.verify.numbers.float_model import largest_entry

MOST_NUMBERS = 1_000_000  # chosen: of the derivatives of all nodes by all arguments; 8 MB

SUBTRACT = "subtract"
MOST_SHIFTS = 8  # chosen: operations that subtract, of which each costs a sweep
MOST_CALLS = 12  # chosen: steps of a loop that are looked at one by one


@dataclass(frozen=True, eq=False)
class Sweeps:
    """For every node its derivatives by the entries of all arguments, and its adjoint for each cotangent; the errors of all
    entries for each; the edges as arrays; which entries are those of which argument."""

    by_arguments: Array
    adjoints: Array
    errors: Array
    targets: Array
    sources: Array
    slopes: Array
    groups: Array
    spans: tuple[slice, ...]

    def group(self, number: int) -> Array:
        """The edges of a group."""
        return np.flatnonzero(self.groups == number)

    def calls(self, number: int) -> list[Array]:
        """The edges of a group, and those of each call where it has a few: numbers that were made one after another."""
        at = self.group(number)
        if not len(at):
            return []
        made = np.unique(self.targets[at])
        begin = made[np.flatnonzero(np.diff(made, prepend=made[0] - 2) > 1)]
        which = np.searchsorted(begin, self.targets[at], side="right")
        return [at, *(at[which == call] for call in range(1, len(begin) + 1))] if 1 < len(begin) <= MOST_CALLS else [at]


def sweeps_of(seen: Observed) -> Sweeps | None:
    """The sweeps of one forward; None where they are too large, or not finite. A shift that cancels, as that of the largest
    entry in a softmax, is left out, as people leave it out."""
    sizes = [part.size for part in seen.right]
    ends = np.cumsum([0, *sizes]).tolist()
    nodes, entries = len(seen.edges.operations), ends[-1]
    if not entries or nodes * entries >= MOST_NUMBERS or len(seen.edges.edges) * entries >= MOST_NUMBERS:
        return None
    edges = _without_shifts(seen)
    every = [replace(one, edges=edges) for one in (seen, *seen.others)]
    by_arguments = np.zeros((nodes, entries))
    by_arguments[np.concatenate([numbers.reshape(-1) for numbers in edges.leaves]), np.arange(entries)] = 1.0
    for target, source, slope, _ in reversed(edges.edges):
        by_arguments[target] += slope * by_arguments[source]
    adjoints = np.array([one.adjoints for one in every]).T
    errors = np.array([np.concatenate([(g - r).reshape(-1) for g, r in zip(one.found, one.right, strict=True)]) for one in every]).T
    if not all(np.isfinite(part).all() for part in (by_arguments, adjoints, errors)):
        return None
    columns = np.array(edges.edges, dtype=float).reshape(-1, 4)
    targets, sources, groups = (columns[:, k].astype(int) for k in (0, 1, 3))
    spans = tuple(slice(a, b) for a, b in itertools.pairwise(ends))
    return Sweeps(by_arguments, adjoints, errors, targets, sources, columns[:, 2], groups, spans)


def _without_shifts(seen: Observed) -> Edges:
    """Without what is subtracted at an operation, where the gradients are the same without it, for every cotangent."""
    edges = seen.edges
    for operation in [one for one in edges.by_operation() if one.function == SUBTRACT][:MOST_SHIFTS]:
        kept = [edge for edge in edges.edges if not (edge[2] == -1.0 and edges.operations[edge[0]] == operation)]
        if len(kept) == len(edges.edges):
            continue
        fewer = replace(edges, edges=kept)
        same = (replace(one, edges=fewer).gradients for one in (seen, *seen.others))
        if all(_same(got, one.right) for got, one in zip(same, (seen, *seen.others), strict=True)):
            edges = fewer
    return edges


def _same(one: Sequence[Array], other: Sequence[Array]) -> bool:
    return largest_entry([a - b for a, b in zip(one, other, strict=True)]) <= NOISE * largest_entry(other)
