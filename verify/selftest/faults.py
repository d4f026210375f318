"""The faults of wrong engines and wrong verifiers, one small function each; `verify.selftest.mutants` gives them names.

Every function is a route of the three-way check, or a part of one, with one thing wrong: a backward pass that forgets a
child, a Jacobian with a wrong sign, an enumeration that repeats a path, a comparison that forgives.

>>> from backproof.verify.cases.lecture import lecture_cases
>>> from backproof.verify.three_way.check import check_case
>>> check_case(lecture_cases()[0], over_children(lambda children: children[-1:])).verdict.value
'WRONG'
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from backproof.engine import FLOAT64, DomainError, Graph, NumberSystem, backward, forward, jacobians
from backproof.engine.graph import Edge
from backproof.engine.local_functions import local_value
from backproof.engine.number_systems import Array
from backproof.engine.passes import Adjoints, Jacobians, Values
from backproof.verify.derivatives.differences import Difference, differences
from backproof.verify.derivatives.enclosures import Enclosure
from backproof.verify.derivatives.kinks import enclosures_or_hulls
from backproof.verify.paths.enumeration import Path, paths
from backproof.verify.three_way.comparison import Comparison
from backproof.verify.three_way.routes import Routes
from backproof.verify.three_way.theorem_2 import adjoints_against_paths
from backproof.verify.verdicts import Verdict

Sum: TypeAlias = Callable[[Graph, Mapping[Edge, Array], Adjoints, int, NumberSystem], Array]


def terms(D: Mapping[Edge, Array], p: Adjoints, j: int, children: Sequence[int], system: NumberSystem) -> list[Array]:
    """The contributions p_i D_{j→i} of the given children."""
    return [system.matmul(p[i], D[j, i]) for i in children]


def added_up(parts: Sequence[Array], like: Array, graph: Graph, j: int, system: NumberSystem) -> Array:
    """The sum of contributions, in the order given; zero of none."""
    result = system.zeros((like.shape[0], graph.dimension(j)))
    for part in parts:
        result = system.add(result, part)
    return result


def sum_over_children(graph: Graph, D: Mapping[Edge, Array], p: Adjoints, j: int, system: NumberSystem) -> Array:
    """p_j = Σ_i p_i D_{j→i} over the children i of j: the right sum of L14."""
    return added_up(terms(D, p, j, graph.children(j), system), p[graph.n], graph, j, system)


def backward_with(sum_over_children: Sum) -> Routes:
    """A backward pass in which the sum of L14 is replaced by another one."""

    def wrong(graph: Graph, D: Mapping[Edge, Array], cotangent: Any = None, system: NumberSystem = FLOAT64) -> Adjoints:
        p = {graph.n: backward(graph, D, cotangent, system)[graph.n]}
        for j in range(graph.n - 1, 0, -1):
            if not graph.is_discrete(j):
                p[j] = sum_over_children(graph, D, p, j, system)
        return p

    return Routes(backward=wrong)


def over_children(choose: Callable[[Sequence[int]], Sequence[int]]) -> Routes:
    """A backward pass that sums over the children that `choose` makes of the right ones."""
    return backward_with(lambda graph, D, p, j, s: added_up(terms(D, p, j, choose(graph.children(j)), s), p[graph.n], graph, j, s))


def scaled(factor: Any, where: Callable[[Graph, int], bool] = lambda graph, j: True) -> Routes:
    """A backward pass that multiplies the adjoints of some vertices by a factor."""
    return backward_with(
        lambda graph, D, p, j, s: (
            s.scale(factor, sum_over_children(graph, D, p, j, s)) if where(graph, j) else sum_over_children(graph, D, p, j, s)
        )
    )


def overwrite(graph: Graph, D: Mapping[Edge, Array], p: Adjoints, j: int, s: NumberSystem) -> Array:
    """`=` where `+=` belongs, with the loop over edges in ascending order: the last contribution stays."""
    kept = s.zeros((p[graph.n].shape[0], graph.dimension(j)))
    for i in graph.children(j):
        kept = s.matmul(p[i], D[j, i])
    return kept


def transposed(graph: Graph, D: Mapping[Edge, Array], p: Adjoints, j: int, s: NumberSystem) -> Array:
    square = {(j, i): s.transpose(D[j, i]) if D[j, i].shape[0] == D[j, i].shape[1] else D[j, i] for i in graph.children(j)}
    return sum_over_children(graph, square, p, j, s)


def phantom(graph: Graph, D: Mapping[Edge, Array], p: Adjoints, j: int, s: NumberSystem) -> Array:
    """The next vertex contributes although there is no edge to it, where the dimensions allow."""
    right = sum_over_children(graph, D, p, j, s)
    if j + 1 < graph.n and j + 1 not in graph.children(j) and j + 1 in p and p[j + 1].shape == right.shape:
        return s.add(right, p[j + 1])
    return right


def fused(graph: Graph, D: Mapping[Edge, Array], p: Adjoints, j: int, s: NumberSystem) -> Array:
    """A chain is fused: with a single grandchild behind the first child, the other children are forgotten."""
    children = graph.children(j)
    if len(children) > 1 and len(graph.children(children[0])) == 1:
        return added_up(terms(D, p, j, children[:1], s), p[graph.n], graph, j, s)
    return sum_over_children(graph, D, p, j, s)


def wrong_side(graph: Graph, D: Mapping[Edge, Array], p: Adjoints, j: int, s: NumberSystem) -> Array:
    """D p instead of p D, wherever the shapes allow."""
    rows = p[graph.n].shape[0]
    parts = [
        s.matmul(D[j, i], p[i]) if D[j, i].shape[0] == D[j, i].shape[1] == rows else s.matmul(p[i], D[j, i]) for i in graph.children(j)
    ]
    return added_up(parts, p[graph.n], graph, j, s)


def seeding_every_sink(graph: Graph, D: Mapping[Edge, Array], p: Adjoints, j: int, s: NumberSystem) -> Array:
    """Every vertex that nothing reads is seeded with ones, not the output alone."""
    right = sum_over_children(graph, D, p, j, s)
    return s.add(right, s.array(1)) if j > graph.l and not graph.children(j) else right


def ascending(graph: Graph, D: Mapping[Edge, Array], cotangent: Any = None, system: NumberSystem = FLOAT64) -> Adjoints:
    """The loop runs j = 1 … n−1: all adjoints but the output's children's are read before they are there, as zeros."""
    right = backward(graph, D, cotangent, system)
    p = {j: system.zeros(right[j].shape) for j in right}
    p[graph.n] = right[graph.n]
    for j in sorted(right)[:-1]:
        p[j] = sum_over_children(graph, D, p, j, system)
    return p


def depth_first(graph: Graph, D: Mapping[Edge, Array], cotangent: Any = None, system: NumberSystem = FLOAT64) -> Adjoints:
    """A vertex passes its adjoint on at its first visit, before all its children have contributed."""
    right = backward(graph, D, cotangent, system)
    p = {j: system.zeros(right[j].shape) for j in right}
    p[graph.n] = right[graph.n]
    stack, visited = [graph.n], set[int]()
    while stack:
        i = stack.pop()
        if i in visited:
            continue
        visited.add(i)
        for j in graph.parents(i):
            if j in p:
                p[j] = system.add(p[j], system.matmul(p[i], D[j, i]))
                stack.append(j)
    return p


def rounded_to(only: str, dtype: Any) -> Callable[..., Adjoints]:
    """Adjoints pass through a shorter float in one number system."""

    def wrong(graph: Graph, D: Mapping[Edge, Array], cotangent: Any = None, system: NumberSystem = FLOAT64) -> Adjoints:
        p = backward(graph, D, cotangent, system)
        if system.family != only:
            return p
        return {j: system.array(p[j].astype(float).astype(dtype).astype(float)) if j != graph.n else p[j] for j in p}

    return wrong


def jacobians_with(change: Callable[[Graph, Edge, Array, NumberSystem], Array]) -> Routes:
    """Edge Jacobians that `change` makes of the right ones."""

    def wrong(graph: Graph, u: Mapping[int, Array], system: NumberSystem = FLOAT64) -> Jacobians:
        return {edge: change(graph, edge, D, system) for edge, D in jacobians(graph, u, system).items()}

    return Routes(jacobians=wrong)


def one_use_only(graph: Graph, u: Mapping[int, Array], system: NumberSystem = FLOAT64) -> Jacobians:
    """A parent that is read twice counts once."""
    D = jacobians(graph, u, system)
    for j, i in D:
        operands = graph.operands(i)
        if operands.count(j) > 1:
            arrays = [u[k].reshape(graph.shape(k)) for k in operands]
            D[j, i] = graph.row(i).jacobian(system, graph.attributes(i), arrays, operands.index(j))
    return D


def row_jacobian(name: str, change: Callable[[Array, NumberSystem], Array]) -> Routes:
    """The Jacobian of one row of the table is changed wherever that row is used."""
    return jacobians_with(lambda graph, edge, D, system: change(D, system) if graph.row(edge[1]).name == name else D)


def stale(graph: Graph, leaf_values: Sequence[Any], system: NumberSystem = FLOAT64) -> Values:
    """The first non-leaf keeps a value from before: the Jacobians of its readers are taken at the wrong point."""
    u = forward(graph, leaf_values, system)
    first = graph.l + 1
    if first < graph.n:
        u[first] = system.add(u[first], system.array(Fraction(1, 64)))
    return u


def skipping(graph: Graph, leaf_values: Sequence[Any], system: NumberSystem = FLOAT64) -> Values:
    """After the first half of the vertices every value is computed from leaves moved by 1 %."""
    u = forward(graph, leaf_values, system)
    moved = {j: system.scale(Fraction(101, 100), u[j]) if not graph.is_discrete(j) else u[j] for j in range(1, graph.l + 1)}
    try:
        for i in range(graph.l + 1, graph.n + 1):
            moved[i] = local_value(graph, i, moved, system)
    except DomainError:
        return u
    return {i: moved[i] if i > (graph.l + graph.n) // 2 else u[i] for i in u}


def without_last_path(graph: Graph, j: int, k: int) -> Iterator[Path]:
    """One path is missing."""
    found = list(paths(graph, j, k))
    yield from found[:-1] if len(found) > 1 else found


def first_path_again(graph: Graph, j: int, k: int) -> Iterator[Path]:
    """One path stands twice."""
    found = list(paths(graph, j, k))
    yield from [*found, found[0]] if len(found) > 1 else found


def swapped_path(graph: Graph, j: int, k: int) -> Iterator[Path]:
    """One path is missing and another stands twice: the number is right."""
    found = list(paths(graph, j, k))
    yield from [found[0], *found[:-1]] if len(found) > 2 else found


def large_step(graph: Graph, leaves: Sequence[Any], j: int, digits: int) -> dict[int, Difference]:
    """Differences with a step of 10⁻⁴ that claim the accuracy of small ones."""
    fine = differences(graph, leaves, j, digits)
    rough = {}
    for sign in (1, -1):
        moved = [list(leaf) for leaf in leaves]
        moved[j - 1] = [x + sign * 1e-4 for x in moved[j - 1]]
        try:
            rough[sign] = differences(graph, moved, j, digits)
        except DomainError:
            return fine
    return {k: dataclasses.replace(d, value=(rough[1][k].value + rough[-1][k].value) / 2) for k, d in fine.items()}


def forgiving(judge: Callable[..., Comparison]) -> Callable[..., Comparison]:
    """A comparison that accepts any difference below 10⁻⁶, as a hidden absolute tolerance does."""

    def wrong(*given: Any) -> Comparison:
        found = judge(*given)
        small = found.failures and all(as_number(f.difference) < 1e-6 for f in found.failures)
        return dataclasses.replace(found, verdict=Verdict.CORRECT, failures=(), failed=0, detail="") if small else found

    return wrong


def shifted_enclosures(graph: Graph, leaves: Sequence[Any], bits: int) -> dict[Edge, Any]:
    """Enclosures that claim more than they prove: their middles are off by one part in 10⁹."""
    found = enclosures_or_hulls(graph, leaves, bits)
    return {
        edge: Enclosure.of(e.mid * (1 + Fraction(1, 10**9)), e.rad, e.radius) if isinstance(e, Enclosure) else e
        for edge, e in found.items()
    }


def blind(graph: Graph, p: Mapping[int, Array], cotangent: Any, sums: Mapping[int, Any], system: NumberSystem) -> Comparison:
    """A comparison that finds nothing."""
    return dataclasses.replace(adjoints_against_paths(graph, p, cotangent, sums, system), verdict=Verdict.CORRECT, failures=(), failed=0)


def as_number(text: str) -> float:
    """A difference as a comparison writes it; infinite where it is no number.

    >>> as_number("1/4"), as_number("not a number")
    (0.25, inf)
    """
    try:
        return float(Fraction(text))
    except ValueError:
        return float("inf")


def first_leaf(graph: Graph, j: int) -> bool:
    """Whether j is the first leaf, which every graph has."""
    return j == 1


def off_diagonal_zero(D: Array, s: NumberSystem) -> Array:
    """A square Jacobian keeps its diagonal alone."""
    return s.multiply(D, s.identity(D.shape[0])) if D.shape[0] == D.shape[1] else D
