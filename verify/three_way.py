"""The three-way check of one case: backward pass, path sum, differences.

1. backward pass = path sum (Theorem 2, L16), for the adjoint of *every* vertex: exactly over the rationals, and within the rounding bound
   γ_m·|p_n|·Σ Π|D| in float64 and in mpmath;
2. path sum = differences of the global functions (Theorem 1, L15), for every leaf j and every non-leaf k, within the differences' own error estimate;
3. the float64 adjoints of the leaves against their mpmath value, in correct digits and ulps: reported, not judged.

The routes are handed in (`Routes`), so that a wrong one can be put in the place of any of them: every comparison must then fail.

>>> from backproof.engine import Graph, leaf, vertex
>>> from backproof.verify.cases import make_case
>>> graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
>>> check_case(make_case("L11", "lecture", graph, [3, 4])).verdict
<Verdict.CORRECT: 'CORRECT'>
>>> def overwriting(graph, D, cotangent=None, system=FLOAT64):
...     p = backward(graph, D, cotangent, system)
...     return {**p, 2: system.matmul(p[4], D[2, 4])}
>>> wrong = check_case(make_case("L11", "lecture", graph, [3, 4]), Routes(backward=overwriting))
>>> wrong.verdict, wrong.comparisons[0].failures[0]
(<Verdict.WRONG: 'WRONG'>, Failure(where='adjoint of u2', left='7', right='11', difference='4', allowed='0'))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Protocol

import numpy as np

from backproof.engine import (
    FLOAT64,
    RATIONAL,
    DomainError,
    Graph,
    NumberSystem,
    UnsupportedOperation,
    backward,
    forward,
    jacobians,
    mpmath_system,
)
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.engine.passes import Adjoints, Jacobians, Values
from backproof.verify.cases import Case
from backproof.verify.comparisons import Comparison, adjoints_against_paths, inconclusive, paths_against_differences
from backproof.verify.differences import DIGITS, Difference, FloatLeak, differences
from backproof.verify.path_sums import MAX_PATHS, PathSum, TooManyPaths, WrongPaths, path_sum
from backproof.verify.paths import Path, paths
from backproof.verify.verdicts import Reason, Verdict, worst

EXTRA_DIGITS = 40


class Forward(Protocol):
    """The type of `engine.forward`."""

    def __call__(self, graph: Graph, leaf_values: Sequence[Any], system: NumberSystem = ...) -> Values: ...


class EdgeJacobians(Protocol):
    """The type of `engine.jacobians`."""

    def __call__(self, graph: Graph, u: Mapping[int, Array], system: NumberSystem = ...) -> Jacobians: ...


class Backward(Protocol):
    """The type of `engine.backward`."""

    def __call__(self, graph: Graph, D: Mapping[Edge, Array], cotangent: Any = ..., system: NumberSystem = ...) -> Adjoints: ...


@dataclass(frozen=True)
class Routes:
    """What is checked against what, and by what: the engine's passes, the enumeration of paths, the differences, the two comparisons."""

    forward: Forward = forward
    jacobians: EdgeJacobians = jacobians
    backward: Backward = backward
    paths: Callable[[Graph, int, int], Iterator[Path]] = paths
    differences: Callable[[Graph, Sequence[Any], int, int], dict[int, Difference]] = differences
    judge_adjoints: Callable[..., Comparison] = adjoints_against_paths
    judge_derivatives: Callable[..., Comparison] = paths_against_differences


@dataclass(frozen=True)
class Run:
    """The passes in one number system."""

    system: NumberSystem
    u: Values
    D: Jacobians
    p: Adjoints


@dataclass(frozen=True)
class CaseResult:
    """A checked case: its comparisons, and the quantities from which the report is drawn.

    `exact`, `floats` and `reference` are the runs over the rationals, in float64 and in mpmath; None where they could not be made.
    `sums` holds the float64 path sum from each vertex to the output, `moved` the differences from each leaf.
    """

    case: Case
    comparisons: tuple[Comparison, ...]
    exact: Run | None
    floats: Run | None
    reference: Run | None
    sums: Mapping[int, PathSum]
    moved: Mapping[int, Mapping[int, Difference]]

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of the comparisons."""
        return worst(comparison.verdict for comparison in self.comparisons)


def is_exact(case: Case) -> bool:
    """Whether the case can be run over the rationals: whole or rational leaf values, and no transcendental function."""
    graph = case.graph
    return all(isinstance(value, int | Fraction) for leaf in case.leaves for value in leaf) and all(
        graph.row(i).algebra(graph.attributes(i), len(graph.operands(i))) != "transcendental" for i in range(graph.l + 1, graph.n + 1)
    )


def float_leaves(case: Case) -> list[list[float]]:
    """The leaf values as float64 numbers: the point at which floats, mpmath and differences are compared with each other."""
    return [[float(value) for value in leaf] for leaf in case.leaves]


def run(case: Case, system: NumberSystem, routes: Routes) -> Run:
    """The three passes of a case in one number system: at the given leaf values over the rationals, elsewhere at their float64 values."""
    u = routes.forward(case.graph, case.leaves if system.exact else float_leaves(case), system)
    D = routes.jacobians(case.graph, u, system)
    return Run(system, u, D, routes.backward(case.graph, D, case.cotangent, system))


def check_case(case: Case, routes: Routes | None = None, *, max_paths: int = MAX_PATHS, digits: int = DIGITS) -> CaseResult:
    """Every comparison that the case allows. An unequal value is WRONG; what cannot be decided is INCONCLUSIVE, with its reason."""
    routes = routes or Routes()
    try:
        with np.errstate(all="ignore"):  # overflow and underflow are judged, not warned of
            return _checked(case, routes, max_paths, digits)
    except DomainError as error:
        refused = inconclusive(Reason.DOMAIN, str(error))
    except (UnsupportedOperation, FloatLeak) as error:
        refused = inconclusive(Reason.UNSUPPORTED, str(error))
    return CaseResult(case, (refused,), None, None, None, {}, {})


def _checked(case: Case, routes: Routes, max_paths: int, digits: int) -> CaseResult:
    systems = (RATIONAL, FLOAT64) if is_exact(case) else (FLOAT64,)
    high = mpmath_system(digits + EXTRA_DIGITS)
    comparisons: list[Comparison] = []
    runs: dict[str, Run] = {}
    sums: dict[str, dict[int, PathSum]] = {}
    for system in (*systems, high):
        runs[system.name] = done = run(case, system, routes)
        sums[system.name], comparison = _theorem_2(case, done, routes, max_paths)
        comparisons.append(comparison)
    moved, comparison = _theorem_1(case, runs[high.name], routes, max_paths, digits)
    comparisons.append(comparison)
    return CaseResult(case, tuple(comparisons), runs.get(RATIONAL.name), runs[FLOAT64.name], runs[high.name], sums[FLOAT64.name], moved)


def _theorem_2(case: Case, done: Run, routes: Routes, max_paths: int) -> tuple[dict[int, PathSum], Comparison]:
    """p_j = p_n Σ_{p∈P(j,n)} Π D for every vertex j that has an adjoint."""
    graph, sums = case.graph, dict[int, PathSum]()
    try:
        for j in range(1, graph.n + 1):
            if not graph.is_discrete(j):
                sums[j] = path_sum(graph, done.D, j, graph.n, done.system, max_paths, routes.paths)
    except TooManyPaths as error:
        return {}, inconclusive(Reason.PATHS, str(error), system=done.system)
    except WrongPaths as error:
        return {}, Comparison.wrong_paths(str(error), done.system)
    return sums, routes.judge_adjoints(graph, done.p, case.cotangent, sums, done.system)


def _theorem_1(
    case: Case, done: Run, routes: Routes, max_paths: int, digits: int
) -> tuple[dict[int, Mapping[int, Difference]], Comparison]:
    """∂u_k/∂u_j = Σ_{p∈P(j,k)} Π D for every leaf j and every non-leaf k that it reaches."""
    graph = case.graph
    moved: dict[int, Mapping[int, Difference]] = {}
    sums: dict[Edge, PathSum] = {}
    try:
        for j in graph.differentiable_leaves():
            moved[j] = routes.differences(graph, float_leaves(case), j, digits)
            for k in moved[j]:
                sums[j, k] = path_sum(graph, done.D, j, k, done.system, max_paths, routes.paths)
    except TooManyPaths as error:
        return moved, inconclusive(Reason.PATHS, str(error), theorem_1=True, system=done.system)
    except WrongPaths as error:
        return moved, Comparison.wrong_paths(str(error), done.system, theorem_1=True)
    except DomainError as error:
        return moved, inconclusive(Reason.DOMAIN, str(error), theorem_1=True, system=done.system)
    return moved, routes.judge_derivatives(graph, sums, moved, done.system, digits)
