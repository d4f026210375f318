"""Exact derivatives from values of f alone, over the rationals: what `rational` has in the place of differences.

A vertex that is a polynomial of degree m in an entry t of a leaf is interpolated exactly from m + 1 whole steps (and
one more, which must agree), and the interpolating polynomial is differentiated: *interpolating stencil*. Where there is
division, or a branch, f alone runs over ℚ[ε]/ε² (python-flint's `fmpq_series`), and the derivative is the coefficient
of ε: *exact dual number*. No edge Jacobian is used in either.

Not checked, with the reason: transcendental functions, points on a kink, polynomials of degree above 1,024.

>>> from backproof.engine import Graph, leaf, vertex
>>> graph = Graph(1, (leaf("x"), vertex("y", "power", (1,), exponent=3), vertex("z", "reciprocal", (2,)), vertex("e", "exp", (1,))))
>>> found = exact_derivatives(graph, [Fraction(2)], 1)
>>> found[2].method, found[2].value.tolist(), found[3].method, found[3].value.tolist()
('interpolating stencil', [[Fraction(12, 1)]], 'exact dual number', [[Fraction(-3, 16)]])
>>> found[4]
'e is transcendental'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import prod
from typing import Any

import numpy as np

from backproof.engine import RATIONAL, Graph
from backproof.engine.local_functions import local_value
from backproof.engine.number_systems import Array
from backproof.verify.numbers.dual_numbers import derivative_part, dual, dual_system

LARGEST_DEGREE = 1024  # chosen: an interpolation evaluates f at as many points, with fractions that grow with each
STENCIL, DUAL = "interpolating stencil", "exact dual number"


@dataclass(frozen=True)
class Exact:
    """∂u_k/∂u_j exactly, d_k × d_j fractions, the method, and the degree of the polynomial that was interpolated."""

    value: Array
    method: str
    degree: int | None = None


class WrongDegree(ValueError):
    """A polynomial has more terms than its row declares: interpolation from two sets of points disagrees."""


def exact_derivatives(graph: Graph, leaves: Sequence[Any], j: int) -> dict[int, Exact | str]:
    """∂u_k/∂u_j under f̄ᵏ for leaf j and every descendant k; a reason in words where it is not checked. WrongDegree if
    a row declares too low a degree."""
    u = _forward(graph, leaves)
    kinds = _kinds(graph, u, j)
    found: dict[int, Exact | str] = {k: kind for k, kind in kinds.items() if isinstance(kind, str)}
    polynomials = {k: kind for k, kind in kinds.items() if isinstance(kind, int) and kind <= LARGEST_DEGREE}
    others = [k for k in kinds if k not in found and k not in polynomials]
    columns: dict[int, list[Array]] = {k: [] for k in (*polynomials, *others)}
    for entry in range(graph.dimension(j)):
        if polynomials:
            values = _on_a_line(graph, u, j, entry, polynomials)
            for k, degree in polynomials.items():
                columns[k].append(_interpolated(graph, k, values, degree))
        if others:
            moved = _dual(graph, u, j, entry, [*polynomials, *others])
            for k in others:
                columns[k].append(derivative_part(moved[k]))
    for k, parts in columns.items():
        value = np.stack(parts, axis=1)
        found[k] = Exact(value, STENCIL, polynomials[k]) if k in polynomials else Exact(value, DUAL)
    return found


def _forward(graph: Graph, leaves: Sequence[Any]) -> dict[int, Array]:
    """The values, as far as they are rational."""
    u = {i: RATIONAL.array(value).reshape(-1) for i, value in enumerate(leaves, start=1)}
    for i in range(graph.l + 1, graph.n + 1):
        if all(operand in u for operand in graph.operands(i)) and _algebra(graph, i) != "transcendental":
            u[i] = local_value(graph, i, u, RATIONAL)
    return u


def _algebra(graph: Graph, i: int) -> str:
    return graph.row(i).algebra(graph.attributes(i), len(graph.operands(i)))


def _kinds(graph: Graph, u: Mapping[int, Array], j: int) -> dict[int, int | str | None]:
    """For every descendant of j: its degree in an entry of u_j, None where it is rational but no polynomial, or why it
    is not checked."""
    kinds: dict[int, int | str | None] = {j: 1}
    for k in range(graph.l + 1, graph.n + 1):
        moving = {parent: kinds[parent] for parent in graph.parents(k) if parent in kinds}
        if not moving:
            continue
        refused = next((kind for kind in moving.values() if isinstance(kind, str)), None)
        algebra = _algebra(graph, k)
        operands = [u[i].reshape(graph.shape(i)) for i in graph.operands(k) if i in u]
        if refused is not None:
            kinds[k] = refused
        elif algebra == "transcendental" or len(operands) < len(graph.operands(k)):
            kinds[k] = f"{graph.name(k)} is transcendental"
        elif algebra == "piecewise" and not graph.row(k).kinks(graph.attributes(k), operands) > 0:
            kinds[k] = f"{graph.name(k)} is at a kink"
        elif algebra == "polynomial" and all(isinstance(kind, int) for kind in moving.values()):
            kinds[k] = graph.row(k).degree(graph.attributes(k), [_degree(moving.get(i)) for i in graph.operands(k)])
        else:
            kinds[k] = None
    del kinds[j]
    return kinds


def _degree(kind: int | str | None) -> int:
    return kind if isinstance(kind, int) else 0


def _on_a_line(graph: Graph, u: Mapping[int, Array], j: int, entry: int, polynomials: Mapping[int, int]) -> dict[int, Mapping[int, Array]]:
    """The polynomial descendants at u_j + t·e for t = 0, 1, −1, 2, −2, …: one step more than the highest degree
    needs."""
    values: dict[int, Mapping[int, Array]] = {0: u}
    for t in steps(max(polynomials.values()) + 2)[1:]:
        moved = dict(u)
        moved[j] = u[j].copy()
        moved[j][entry] = u[j][entry] + t
        for k in sorted(polynomials):
            moved[k] = local_value(graph, k, moved, RATIONAL)
        values[t] = moved
    return values


def _interpolated(graph: Graph, k: int, values: Mapping[int, Mapping[int, Array]], degree: int) -> Array:
    """The derivative at t = 0 from degree + 1 steps, and from one more: they must agree."""
    enough, more = (sum(w * values[t][k] for t, w in stencil_weights(count)) for count in (degree + 1, degree + 2))
    if not np.array_equal(np.asarray(enough), np.asarray(more)):
        raise WrongDegree(
            f"{graph.name(k)} ({graph.row(k).name}) is declared a polynomial of degree {degree} along a line and is none; correct the degree of the row"
        )
    return np.asarray(enough, dtype=object) if degree else RATIONAL.zeros(values[0][k].shape)


def steps(count: int) -> list[int]:
    """The first `count` of 0, 1, −1, 2, −2, …

    >>> steps(4)
    [0, 1, -1, 2]
    """
    return [(t + 1) // 2 * (1 if t % 2 else -1) for t in range(count)]


@cache
def stencil_weights(count: int) -> tuple[tuple[int, Fraction], ...]:
    """w_t such that Σ w_t q(t) = q′(0) for every polynomial q of degree below `count`: the derivatives at 0 of
    Lagrange's polynomials.

    >>> stencil_weights(3)
    ((0, Fraction(0, 1)), (1, Fraction(1, 2)), (-1, Fraction(-1, 2)))
    """
    nodes = steps(count)
    found = [(0, sum((Fraction(1, -m) for m in nodes if m), Fraction(0)))]
    for t in nodes[1:]:
        above = prod(-m for m in nodes if m not in (0, t))
        below = prod(t - m for m in nodes if m != t)
        found.append((t, Fraction(above, below)))
    return tuple(found)


def _dual(graph: Graph, u: Mapping[int, Array], j: int, entry: int, needed: Sequence[int]) -> dict[int, Array]:
    """f alone over ℚ[ε]/ε², with ε added to one entry of u_j."""
    with dual_system() as system:
        moved: dict[int, Array] = {i: system.array(values) for i, values in u.items() if i not in needed}
        moved[j][entry] = dual(u[j][entry], 1)
        for k in sorted(needed):
            operands = [moved[i].reshape(graph.shape(i)) for i in graph.operands(k)]
            moved[k] = np.asarray(graph.row(k).value(system, graph.attributes(k), operands), dtype=object).reshape(-1)
        return moved
