"""The bounds as their pages state them, computed anew in fractions, with nothing of the code that judges: a value, a
partial, an adjoint and a path are formed here once more, for graphs of `add`, `subtract` and `multiply`, entry by entry.

- `theorem_2_bound`: γ/(1 − γ) · |p_n| Σ Π|D| with γ = γ_{m+4}, m = L(2d + Δ) + N + d (`three_way/theorem_2.py`)
- `rounding_bound`: S (`rounding/bounds.py`), found by putting a small error at each place where one is made, and looking
  how much the adjoint moves
- `running_bound`: what the two sides of Theorem 2's conclusion bring along (`proofs/measured.py`), for scalars

>>> from backproof.engine import Graph, leaf, vertex
>>> from backproof.verify.cases.case import make_case
>>> graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
>>> case = make_case("L11", "lecture", graph, [3, 4])
>>> [[int(entry) for entry in row] for row in adjoints(case)[2]], paths(graph, 2, 4)
([[11]], [(2, 3, 4), (2, 4)])
>>> adjoints(make_case("exp", "random", Graph(1, (leaf("x"), vertex("y", "exp", (1,)))), [0.5]))
Traceback (most recent call last):
    ...
KeyError: 'exp'
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache
from typing import TypeAlias

from backproof.engine import Graph
from backproof.verify.cases.case import Case

Vector: TypeAlias = list[Fraction]
Rows: TypeAlias = list[list[Fraction]]
Errors: TypeAlias = Mapping[tuple[int, ...], Fraction]

SMALL = Fraction(1, 2**400)  # an error that is put in; what is of second order in it is below every digit that is looked at
NO_ERRORS: Errors = {}

VALUES: dict[str, Callable[[Fraction, Fraction], Fraction]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
}
PARTIALS: dict[str, Callable[[Fraction, Fraction], tuple[Fraction, Fraction]]] = {
    "add": lambda a, b: (Fraction(1), Fraction(1)),
    "subtract": lambda a, b: (Fraction(1), Fraction(-1)),
    "multiply": lambda a, b: (b, a),
}


def values(case: Case, errors: Errors = NO_ERRORS) -> dict[int, Vector]:
    """u_i for every vertex, with an error added to entry e of vertex i where `errors` has (i, e)."""
    graph = case.graph
    u = {i: [Fraction(x) for x in given] for i, given in enumerate(case.leaves, start=1)}
    for i in range(graph.l + 1, graph.n + 1):
        rule, (a, b) = VALUES[graph.row(i).name], graph.operands(i)
        u[i] = [rule(x, y) + errors.get((i, e), 0) for e, (x, y) in enumerate(zip(u[a], u[b], strict=True))]
    return u


def diagonals(graph: Graph, u: Mapping[int, Vector]) -> dict[tuple[int, int], Vector]:
    """The diagonal of D_{j→i} for every edge; elsewhere these Jacobians are 0."""
    D: dict[tuple[int, int], Vector] = {}
    for i in range(graph.l + 1, graph.n + 1):
        rule, (a, b) = PARTIALS[graph.row(i).name], graph.operands(i)
        partials = [rule(x, y) for x, y in zip(u[a], u[b], strict=True)]
        for place, j in enumerate((a, b)):
            own = [partial[place] for partial in partials]
            D[j, i] = [x + y for x, y in zip(D.get((j, i), [Fraction(0)] * len(own)), own, strict=True)]
    return D


def adjoints(case: Case, errors: Errors = NO_ERRORS) -> dict[int, Rows]:
    """p_i for every vertex, with an error added to row r and entry e of p_i where `errors` has (i, r, e)."""
    graph = case.graph
    D = diagonals(graph, values(case, errors))
    p = {graph.n: seed(case)}
    for j in range(graph.n - 1, 0, -1):
        rows = [[Fraction(0)] * graph.dimension(j) for _ in p[graph.n]]
        for i in graph.children(j):
            for r, e in itertools.product(range(len(rows)), range(len(rows[0]))):
                rows[r][e] += p[i][r][e] * D[j, i][e]
        p[j] = [[entry + errors.get((j, r, e), 0) for e, entry in enumerate(row)] for r, row in enumerate(rows)]
    return p


def seed(case: Case) -> Rows:
    """p_n: the cotangent, or the identity."""
    d = case.graph.dimension(case.graph.n)
    identity = [[Fraction(int(r == c)) for c in range(d)] for r in range(d)]
    return identity if case.cotangent is None else [[Fraction(x) for x in row] for row in case.cotangent]


def paths(graph: Graph, j: int, k: int) -> list[tuple[int, ...]]:
    """Every directed path from j to k."""
    return [(j,)] if j == k else [(j, *rest) for i in graph.children(j) for rest in paths(graph, i, k)]


def path_sum(case: Case, j: int, k: int, sizes: bool = False) -> Vector:
    """The diagonal of Σ Π D over the paths from j to k; of Σ Π |D| with `sizes`."""
    graph = case.graph
    D = diagonals(graph, values(case))
    total = [Fraction(0)] * graph.dimension(k)
    for path in paths(graph, j, k):
        for e in range(len(total)):
            product = math.prod((D[edge][e] for edge in itertools.pairwise(path)), start=Fraction(1))
            total[e] += abs(product) if sizes else product
    return total


def gamma(m: int, u: Fraction) -> Fraction:
    """γ_m = m·u/(1 − m·u)"""
    return m * u / (1 - m * u)


def roundings(graph: Graph, j: int, longest: int, count: int) -> int:
    """m + 4, for `count` paths from j to the output, of at most `longest` edges."""
    widest = max(graph.dimension(i) for i in range(j, graph.n + 1))
    children = max(len(graph.children(i)) for i in range(j, graph.n + 1))
    return longest * (2 * widest + children) + count + widest + 4


@cache
def theorem_2_bound(case: Case, j: int, u: Fraction) -> Rows:
    """How far p_j may lie from p_n Σ Π D by rounding."""
    graph = case.graph
    P = paths(graph, j, graph.n)
    g = gamma(roundings(graph, j, max(len(path) - 1 for path in P), len(P)), u)
    size = path_sum(case, j, graph.n, sizes=True)
    return [[g / (1 - g) * abs(x) * y for x, y in zip(row, size, strict=True)] for row in seed(case)]


@cache
def rounding_bound(case: Case, j: int, u: Fraction, eta: Fraction) -> Rows:
    """S for the adjoint of leaf j: each error that is made, times how much the adjoint answers to it."""
    made = _errors_made(case, u, eta)
    shape = adjoints(case)[j]
    S = [[Fraction(0)] * len(row) for row in shape]
    for place, size in made.items():
        above, below = (adjoints(case, {place: sign * SMALL})[j] for sign in (1, -1))
        for r, e in itertools.product(range(len(S)), range(len(S[0]))):
            S[r][e] += abs(above[r][e] - below[r][e]) / (2 * SMALL) * size
    return S


def _errors_made(case: Case, u: Fraction, eta: Fraction) -> dict[tuple[int, ...], Fraction]:
    """How large an error is made at each entry of a value, and of an adjoint: products and sums of the backward pass take
    d_b + Δ_a − 1 roundings, and d_b products may underflow."""
    graph, made = case.graph, dict[tuple[int, ...], Fraction]()
    at, p = values(case), adjoints(case)
    D = diagonals(graph, at)
    for i in range(graph.l + 1, graph.n + 1):
        a, b = graph.operands(i)
        for e, (x, y, z) in enumerate(zip(at[a], at[b], at[i], strict=True)):
            product = graph.row(i).name == "multiply"
            exact = abs(x) in (0, 1) or abs(y) in (0, 1) if product else x == 0 or y == 0
            made[i, e] = Fraction(0) if exact else u * abs(z) + (eta if product else 0)
    for a in range(1, graph.n):
        children = graph.children(a)
        for r, e in itertools.product(range(len(p[a])), range(graph.dimension(a))):
            made[a, r, e] = Fraction(0)
            for b in children:
                d = graph.dimension(b)
                made[a, r, e] += gamma(d + len(children) - 1, u) * abs(p[b][r][e] * D[a, b][e]) + d * eta
    return made


def running_bound(case: Case, j: int, u: Fraction) -> Fraction:
    """By how much p_j and p_n Σ Π D may differ as the steps of Theorem 2 compute them, for a graph of scalars."""
    graph = case.graph
    D = {edge: diagonal[0] for edge, diagonal in diagonals(graph, values(case)).items()}
    p = {i: rows[0][0] for i, rows in adjoints(case).items()}
    error = {graph.n: Fraction(0)}
    for i in range(graph.n - 1, 0, -1):
        error[i] = Fraction(0)
        for k in graph.children(i):
            _, carried = _product((p[k], error[k]), (D[i, k], Fraction(0)), u)
            error[i] += carried + (1 + len(graph.children(i))) * u * abs(p[k] * D[i, k])
    total = (Fraction(0), Fraction(0))
    for path in paths(graph, j, graph.n):
        first, *rest = [(D[edge], Fraction(0)) for edge in itertools.pairwise(path)]
        for factor in rest:
            first = _product(factor, first, u)
        value = total[0] + first[0]
        total = value, total[1] + first[1] + u * abs(value)
    return error[j] + _product((p[graph.n], Fraction(0)), total, u)[1]


def _product(left: Sequence[Fraction], right: Sequence[Fraction], u: Fraction) -> tuple[Fraction, Fraction]:
    """A product of two numbers with their errors: its value, and its error with the two roundings that one is given."""
    (x, e), (y, f) = left, right
    reach = (abs(x) + e) * (abs(y) + f)
    return x * y, (abs(x) + e) * f + e * (abs(y) + f) + 2 * u * reach
