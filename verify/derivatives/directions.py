"""Random directions in which all leaves of a graph move at once, where there are too many entries to move one by one.

A direction has a name, `<id of the case>/<number>`, from which it is drawn: whoever knows the case and the name has the
same direction again. Its entries are whole numbers times powers of two, hence exact in every number system: each is about
as large as the leaf entry that it moves (about 1 where that is 0), and none is zero, so that every entry is seen.

>>> from backproof.engine import Graph, leaf, vertex
>>> graph = Graph(1, (leaf("x", (3,)), vertex("y", "sum", (1,))))
>>> first, second = directions(graph, [[1.0, 0.0, -3e9]], "f15afd19312b", 2)
>>> first.name, [float(entry) for entry in first.vectors[1]]
('f15afd19312b/0', [...])
>>> first == directions(graph, [[1.0, 0.0, -3e9]], "f15afd19312b")[0], first.entries == second.entries
(True, False)
>>> directions(graph, [[1.0, 0.0]], "f15afd19312b")
Traceback (most recent call last):
    ...
ValueError: leaf 1 has 3 entries, found 2
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from backproof.engine import Graph

DIRECTIONS = 3  # chosen: an error that one misses has to be orthogonal to all of them, to 50 digits
DRAWN = 8  # random bits of an entry, beside its sign; chosen: enough that no two entries cancel everywhere


@dataclass(frozen=True)
class Direction:
    """A vector in the space of all leaf entries. `entries`: for each leaf that moves, (entry, numerator, exponent), the
    entry moves by numerator·2^exponent."""

    name: str
    entries: Mapping[int, Sequence[tuple[int, int, int]]]

    @property
    def vectors(self) -> dict[int, list[Fraction]]:
        """The part of each leaf, exactly."""
        return {j: [numerator * Fraction(2) ** exponent for _, numerator, exponent in entries] for j, entries in self.entries.items()}


def directions(graph: Graph, leaves: Sequence[Any], case_id: str, count: int = DIRECTIONS) -> tuple[Direction, ...]:
    """The first `count` directions of a case. ValueError for leaves of another size than the graph has."""
    sizes: dict[int, list[int]] = {}
    for j in graph.differentiable_leaves():
        sizes[j] = [exponent_of(value) for value in np.asarray(leaves[j - 1], dtype=object).reshape(-1)]
        if len(sizes[j]) != graph.dimension(j):
            raise ValueError(f"leaf {j} has {graph.dimension(j)} entries, found {len(sizes[j])}")
    return tuple(_drawn(f"{case_id}/{number}", sizes) for number in range(count))


def _drawn(name: str, sizes: Mapping[int, Sequence[int]]) -> Direction:
    drawn = random.Random(name)
    entries: dict[int, list[tuple[int, int, int]]] = {}
    for j, exponents in sizes.items():
        entries[j] = []
        for entry, exponent in enumerate(exponents):
            bits = drawn.getrandbits(DRAWN + 1)
            numerator = 2**DRAWN + (bits >> 1)
            entries[j].append((entry, -numerator if bits & 1 else numerator, exponent - DRAWN))
    return Direction(name, entries)


def exponent_of(value: Any) -> int:
    """The whole number e with 2^e ≤ |value| < 2^(e+1); 0 of zero.

    >>> exponent_of(5.0), exponent_of(-0.25), exponent_of(0.0)
    (2, -2, 0)
    """
    return math.frexp(float(value))[1] - 1 if value else 0
