"""A random graph while it is built: every vertex is evaluated as it is added, and added only where it fits.

A row fits where the operands lie in its domain with a margin and away from its kinks, and where the entries of its
value and of its Jacobians stay within 10^±8 or are 0 (rational values also within 64 bits). So a verdict of anything
but CORRECT on such a graph means that something is wrong.

>>> from backproof.engine import FLOAT64, leaf
>>> from backproof.engine.functions import TABLE
>>> from backproof.verify.cases.choices import seeded
>>> building = Building(seeded(np.random.default_rng(0)), FLOAT64, slopes=[np.eye(1)])
>>> x = building.add(leaf("x"), FLOAT64.array(1e5))
>>> building.attempt(TABLE["square"], (x,), {}) is None, building.attempt(TABLE["sqrt"], (x,), {})
(True, 2)
>>> building.append(TABLE["square"], (x,), {})
Traceback (most recent call last):
    ...
backproof.verify.cases.building.NoFit: square is not among the functions allowed, or does not fit
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any

import numpy as np

from backproof.engine import NumberSystem, Vertex, vertex
from backproof.engine.functions import TABLE
from backproof.engine.functions.row import Row, Shape
from backproof.engine.number_systems import Array
from backproof.verify.cases.choices import Choices
from backproof.verify.cases.recipes import adapter

MARGIN = 0.05  # chosen: of values of size 1, so that neither the steps of differences nor roundings reach an edge or a kink
SMALLEST_VALUE, LARGEST_VALUE = 1e-8, 1e8  # chosen: of values and derivatives, so that sums of them keep digits of both in a float64
MOST_BITS = 64  # chosen: of numerator and denominator, which else double with every product, so that exact cases stay fast
NEGLIGIBLE = 1e-12  # a sum of slopes below this part of its terms is what float64 leaves of a 0


class NoFit(ValueError):
    """No graph of this plan can be made of the functions allowed; another draw may fit."""


@dataclass
class Building:
    """The graph so far: vertices, their values in their shapes, and where each vertex of the plan has gone.

    `wanted` is the row to try first, `functions` the only ones to use. `slopes` holds the derivative of each vertex
    with respect to all leaf entries. It steers the choice of rows only; no check ever sees it.
    """

    choices: Choices
    system: NumberSystem
    vertices: list[Vertex] = field(default_factory=list)
    values: list[Array] = field(default_factory=list)
    slopes: list[Array] = field(default_factory=list)
    place: dict[int, int] = field(default_factory=dict)
    wanted: str | None = None
    functions: frozenset[str] | None = None

    @property
    def rational(self) -> bool:
        """Whether the values are rational numbers."""
        return self.system.exact

    def shape(self, i: int) -> Shape:
        """The shape of u_i."""
        return self.values[i - 1].shape

    def allows(self, name: str) -> bool:
        """Whether this function may be used."""
        return self.functions is None or name in self.functions

    def add(self, new: Vertex, value: Array) -> int:
        """Append a vertex with its value; its number."""
        self.vertices.append(new)
        self.values.append(value)
        return len(self.vertices)

    def forget(self, after: int) -> None:
        """Take back all vertices after number `after`."""
        del self.vertices[after:], self.values[after:], self.slopes[after:]

    def attempt(self, row: Row, operands: Sequence[int], attributes: dict[str, Any]) -> int | None:
        """Append the vertex row(operands) if its operands lie inside the row's domain, and its value and Jacobians are
        of moderate size: its number, or None."""
        if not self.allows(row.name):
            return None
        new = vertex(f"v{len(self.vertices) + 1}", row.name, operands, **attributes)
        frozen, arrays, system = dict(new.attributes), [self.values[j - 1] for j in operands], self.system
        if row.domain(frozen, arrays) < MARGIN or row.kinks(frozen, arrays) < MARGIN:
            return None
        value = np.asarray(row.value(system, frozen, arrays), dtype=system.dtype)
        if not _moderate(value, self.rational):
            return None
        D: dict[int, Array] = {}
        for slot, j in enumerate(operands):
            if slot not in row.discrete:
                use = row.jacobian(system, frozen, arrays, slot)
                D[j] = system.add(D[j], use) if j in D else use
        blocks = {j: matrix.astype(float, copy=False) for j, matrix in D.items()}
        if not all(map(_bounded, blocks.values())):
            return None
        self.slopes.append(self._slope(value.size, blocks))
        return self.add(new, value)

    def append(self, row: Row, operands: Sequence[int], attributes: dict[str, Any]) -> int:
        """`attempt`, where only its success will do; NoFit otherwise."""
        number = self.attempt(row, operands, attributes)
        if number is None:
            raise NoFit(f"{row.name} is not among the functions allowed, or does not fit")
        return number

    def adapted(self, j: int, wanted: Shape) -> int:
        """Vertex j, or a new one that brings it into the shape that is wanted; NoFit where the function for that may
        not be used."""
        if self.shape(j) == wanted:
            return j
        function, attributes = adapter(self.choices, self.shape(j), wanted)
        return self.append(TABLE[function], (j,), attributes)

    def is_flat(self, i: int, parents: Sequence[int]) -> bool:
        """Whether the leaves have no influence on vertex i, to first order, though they have one on its parents."""
        return not self.slopes[i - 1].any() and any(self.slopes[j - 1].any() for j in parents)

    def _slope(self, size: int, D: dict[int, Array]) -> Array:
        """Σ D · slope over the parents, with 0 for what is left where the terms cancel."""
        if not D:
            return np.zeros((size, self.slopes[0].shape[1]))
        slopes = {j: self.slopes[j - 1] for j in D}
        total = reduce(np.add, [block @ slopes[j] for j, block in D.items()])
        largest = reduce(np.add, [abs(block) @ abs(slopes[j]) for j, block in D.items()])
        total[abs(total) <= NEGLIGIBLE * largest] = 0.0
        return total


def _moderate(value: Array, rational: bool) -> bool:
    """No entry above 10⁸ in size or, unless it is 0, below 10⁻⁸; rational ones fit in 64 bits."""
    if rational and any(max(x.numerator.bit_length(), x.denominator.bit_length()) > MOST_BITS for x in value.reshape(-1).tolist()):
        return False
    return _bounded(value.astype(float, copy=False))


def _bounded(floats: Array) -> bool:
    return all(size == 0 or SMALLEST_VALUE <= size <= LARGEST_VALUE for size in map(abs, floats.reshape(-1).tolist()))
