"""A graph at one point, as the theorems ask for it (`theorems.quantities.OfPoint`): values and adjoints from the
engine's passes, derivatives from values of f alone.

Without `values` and `witnesses` there is no point: every edge Jacobian is a symbol, and so are the adjoints.

>>> from backproof.verify.cases.lecture import lecture_cases
>>> from backproof.verify.proofs.quantities import quantities, symbolic
>>> from backproof.engine import RATIONAL
>>> four = lecture_cases()[0]
>>> q = quantities(four, RATIONAL)
>>> q.u(4).value.item(), q.D(2, 4).value.item(), q.local(4, 2).value.item(), q.derivative(4, 2).value.item(), q.written
(Fraction(28, 1), Fraction(7, 1), Fraction(7, 1), Fraction(11, 1), [4, 3, 2, 1])
>>> symbolic(four.graph).p(2)
Polynomial(2→4 + 3→4 2→3)
>>> symbolic(four.graph).u(2)
Traceback (most recent call last):
    ...
backproof.theorems.quantities.NotAvailable: symbols have no values
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backproof.engine.graph import Edge
from backproof.theorems.quantities import NotAvailable
from backproof.verify.proofs.graph_quantities import GraphQuantities
from backproof.verify.proofs.measured import Measured, exactly
from backproof.verify.proofs.skeletons import Skeleton
from backproof.verify.proofs.witnesses import Witnesses
from backproof.verify.three_way.routes import Routes


@dataclass(frozen=True)
class Matrices:
    """What one number system makes of a graph besides its Jacobians.

    `zero(k, j)`          d_k × d_j zeros; for k = 0 one row for each row of p_n
    `identity(j)`         I of size d_j
    `direction(j)`        v_j = (1, 2, 3, …) as a column, or a symbol
    `backward(s, D, p)`   the adjoints that the backward pass leaves on skeleton s with Jacobians D from the cotangent p
    """

    zero: Callable[[int, int], Any]
    identity: Callable[[int], Any]
    direction: Callable[[int], Any]
    backward: Callable[[Skeleton, Mapping[Edge, Any], Any], Mapping[int, Any]]


@dataclass
class PointQuantities(GraphQuantities):
    """What the passes of `routes` leave in the number system called `system`, and the witnesses beside them."""

    system: str
    routes: Routes
    matrices: Matrices
    jacobians: Mapping[Edge, Any]
    adjoints: Mapping[int, Any]
    values: Mapping[int, Measured] | None = None
    witnesses: Witnesses | None = None

    def u(self, i: int) -> Measured:
        """u_i as a column, from the engine's forward pass."""
        if self.values is None:
            raise NotAvailable("symbols have no values")
        return self.values[i]

    def at(self, j: int) -> Sequence[Any]:
        """The entries of u_j."""
        return self.u(j).value[:, 0].tolist()

    def _from_values(self) -> Witnesses:
        if self.witnesses is None:
            raise NotAvailable("symbols have no derivatives from values")
        return self.witnesses

    def composed(self, k: int) -> Measured:
        """f̄ᵏ at the leaf values."""
        return self._from_values().composed(k)

    def local(self, i: int, j: int) -> Measured:
        """∂u_i/∂u_j under fⁱ, from values of fⁱ."""
        return self._from_values().local(i, j)

    def derivative(self, k: int, j: int) -> Measured:
        """∂u_k/∂u_j under f̄ᵏ, from values of f."""
        return self._from_values().derivative(k, j)

    def rows_of_softmax(self, j: int) -> Measured:
        """The matrix in which every row is softmax(u_j), from its definition."""
        return self._from_values().rows_of_softmax(j)

    def D(self, j: int, i: int) -> Any:
        """D_{j→i}, from the engine."""
        return self.jacobians[j, i]

    def p(self, i: int) -> Any:
        """p_i, from the engine's backward pass; None where it left none."""
        return self.adjoints.get(i)

    @property
    def written(self) -> Sequence[int]:
        """The vertices in the order in which the backward pass wrote their adjoints."""
        return list(self.adjoints)

    def identity(self, j: int) -> Any:
        """I of size d_j."""
        return self.matrices.identity(j)

    def total(self, k: int, j: int, terms: Iterable[Any]) -> Any:
        """The sum of terms of shape d_k × d_j (k = 0: one row for each row of p_n); zero of none."""
        result = self.matrices.zero(k, j)
        for term in terms:
            result = result + term
        return result

    def whole(self, number: int) -> Measured:
        """A whole number, as a 1 × 1 matrix."""
        like = self.u(self.n).system
        return exactly(like.array([[number]]), like)

    def block_rows(self, x: int, m: int) -> Measured:
        """The m × (m·d) matrix whose row r holds u_x in the places of the r-th block."""
        column = self.u(x)
        d = column.value.shape[0]
        rows = column.system.zeros((m, m * d))
        for r in range(m):
            rows[r, r * d : (r + 1) * d] = column.value[:, 0]
        return exactly(rows, column.system)
