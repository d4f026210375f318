"""Values and derivatives of one case that never see a Jacobian: what the theorems' left sides are made of.

`derivative(k, j)` is ∂u_k/∂u_j under the global function f̄ᵏ, `local(i, j)` is ∂u_i/∂u_j under fⁱ alone, both from
values: by differences in mpmath, and over the rationals exactly (`verify.derivatives.exact`), away from kinks.
`composed(k)` evaluates f̄ᵏ by putting the local functions into each other, from the output down.

>>> from backproof.engine import mpmath_system
>>> from backproof.verify.cases.lecture import lecture_cases
>>> at = witnesses(lecture_cases()[0], mpmath_system(90))
>>> float(at.derivative(4, 2).value[0, 0]), float(at.local(4, 2).value[0, 0])
(11.0, 7.0)
>>> at.derivative(4, 4).value.tolist()
Traceback (most recent call last):
    ...
ValueError: a global derivative is taken with respect to a leaf, found vertex 4
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from backproof.engine import DomainError, Graph, NumberSystem, Vertex, leaf
from backproof.engine.number_systems import Array
from backproof.theorems.quantities import NotAvailable, Undetermined
from backproof.verify.cases.case import Case, float_leaves
from backproof.verify.derivatives.differences import Difference, differences
from backproof.verify.derivatives.exact import Exact, exact_derivatives
from backproof.verify.derivatives.stencil import FloatLeak
from backproof.verify.numbers.precision import DIGITS
from backproof.verify.proofs.measured import Measured, exactly, sizes
from backproof.verify.three_way.theorem_1 import LOST_DIGITS
from backproof.verify.verdicts import Reason

DIFFERENCE = "difference"
SAFETY = 4  # the estimate is exact to first order; where only the second derivative jumps, the error reaches it

Differences = Callable[[Graph, Sequence[Any], int, int], dict[int, Difference]]


@dataclass
class Witnesses:
    """Values and derivatives from values of one case in one number system."""

    case: Case
    system: NumberSystem
    digits: int = DIGITS
    route: Differences = differences
    _moved: dict[Any, Mapping[int, Difference | Exact | str] | str] = field(default_factory=dict)
    _values: dict[int, Array] = field(default_factory=dict)

    def composed(self, k: int) -> Measured:
        """f̄ᵏ(u_1 … u_l): the local function of k, of the values of its operands, each found in the same way."""
        return exactly(self._value(k).reshape(-1, 1), self.system)

    def _value(self, k: int) -> Array:
        graph, waiting = self.case.graph, [k]
        while waiting:
            i = waiting[-1]
            missing = [j for j in graph.operands(i) if j not in self._values]
            if i in self._values or missing:
                waiting = waiting[:-1] if i in self._values else [*waiting, *missing]
                continue
            if i <= graph.l:
                given = self.case.leaves if self.system.exact else float_leaves(self.case)
                self._values[i] = self.system.array(given[i - 1]).reshape(graph.shape(i))
            else:
                operands = [self._values[j] for j in graph.operands(i)]
                self._values[i] = np.asarray(graph.row(i).value(self.system, graph.attributes(i), operands), dtype=self.system.dtype)
        return self._values[k]

    def derivative(self, k: int, j: int) -> Measured:
        """∂u_k/∂u_j under f̄ᵏ, for a leaf j: I for k = j, zero where k does not depend on j."""
        graph = self.case.graph
        if j > graph.l:
            raise ValueError(f"a global derivative is taken with respect to a leaf, found vertex {j}")
        self._needs_derivatives()
        if k == j:
            return exactly(self.system.identity(graph.dimension(j)), self.system)
        moved = self._moving(("global", j), graph, self.case.leaves if self.system.exact else float_leaves(self.case), j)
        if k not in moved:
            return exactly(self.system.zeros((graph.dimension(k), graph.dimension(j))), self.system)
        return self._measured(moved[k], f"∂{graph.name(k)}/∂{graph.name(j)}")

    def local(self, i: int, j: int) -> Measured:
        """∂u_i/∂u_j under fⁱ, at the values of the parents of i, for an edge (j, i)."""
        self._needs_derivatives()
        graph = self.case.graph
        parents = graph.parents(i)
        alone = Graph(
            len(parents),
            (
                *(leaf(f"u{parent}", graph.shape(parent), discrete=graph.is_discrete(parent)) for parent in parents),
                Vertex(
                    "y", None, graph.row(i).name, tuple(parents.index(k) + 1 for k in graph.operands(i)), graph.vertices[i - 1].attributes
                ),
            ),
        )
        values = [self._value(parent) for parent in parents]
        moved = self._moving(("local", i, j), alone, values, parents.index(j) + 1)
        return self._measured(moved[alone.n], f"∂{graph.name(i)}/∂{graph.name(j)}")

    def rows_of_softmax(self, j: int) -> Measured:
        """The matrix in which every row is exp(l) / Σ exp(l) for l = u_j; in mpmath, with 100·d
        roundings allowed for.
        """
        if self.system.family != "mpmath":
            raise NotAvailable(f"softmax is checked in mpmath, not in {self.system.name}")
        values = self._value(j).reshape(-1)
        powers = self.system.exp(self.system.subtract(values, self.system.peak(values)))
        row = self.system.divide(powers, self.system.sum(powers))
        error = np.full((len(row), len(row)), 100 * len(row) * float(self.system.unit_roundoff))
        return Measured(np.tile(row, (len(row), 1)), error, self.system)

    def _needs_derivatives(self) -> None:
        if not self.system.exact and self.system.family != "mpmath":
            raise NotAvailable(f"{self.system.name} has no derivatives from values: differences need mpmath, or the rationals")

    def _moving(self, key: Any, graph: Graph, leaves: Sequence[Any], j: int) -> Mapping[int, Difference | Exact | str]:
        """The derivatives with respect to leaf j of every vertex that moves with it."""
        if key not in self._moved:
            self._moved[key] = exact_derivatives(graph, leaves, j) if self.system.exact else self._differences(graph, leaves, j)
        found = self._moved[key]
        if isinstance(found, str):
            raise Undetermined(found)
        return found

    def _differences(self, graph: Graph, leaves: Sequence[Any], j: int) -> Mapping[int, Difference] | str:
        try:
            return self.route(graph, leaves, j, self.digits)
        except DomainError as error:
            return f"{Reason.DOMAIN.value}: {error}"
        except FloatLeak as error:
            return f"{Reason.UNSUPPORTED.value}: {error}"

    def _measured(self, found: Difference | Exact | str, where: str) -> Measured:
        """A derivative with its error: zero where it is exact, an estimate where it is a difference. Undetermined at a
        kink, and where nothing is decided.
        """
        if isinstance(found, str):
            raise NotAvailable(found)
        if isinstance(found, Exact):
            return Measured(found.value, np.zeros(found.value.shape), self.system, frozenset([found.method]))
        if found.kink.any():
            raise Undetermined(f"{Reason.KINK.value}: {where}")
        value = np.array([self.system.convert(entry) for entry in found.value.reshape(-1)], dtype=object).reshape(found.value.shape)
        scale = np.maximum(sizes(value), 1.0)
        error = np.maximum(SAFETY * sizes(found.estimate), scale * 10.0**-self.digits)
        if (error > scale * 10.0 ** (LOST_DIGITS - self.digits)).any():
            raise Undetermined(f"{Reason.DTYPE.value}: the differences are too rough at {where}")
        return Measured(value, error, self.system, frozenset([DIFFERENCE]))


def witnesses(case: Case, system: NumberSystem, digits: int = DIGITS, route: Differences = differences) -> Witnesses:
    """Values and derivatives of a case in a number system."""
    return Witnesses(case, system, digits, route)
