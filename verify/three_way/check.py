"""The three-way check of one case: backward pass, path sum, differences.

1. backward pass = path sum (Theorem 2, L16), for the adjoint of *every* vertex: exactly over the rationals, and within the rounding bound
   γ_m·|p_n|·Σ Π|D| in float64, and as overlapping balls;
2. path sum = derivative of the global functions (Theorem 1, L15), for every leaf j and every non-leaf k: path sums in balls against enclosures from function values
   alone (`verify.derivatives.enclosures`), the judge; and on the cases that have a *witness*, path sums in mpmath against differences, within the differences' own error estimate;
3. the leaf adjoints in float64 (or other hardware numbers) against the certified derivative, within the rounding bound (`verify.rounding.bounds`).

The routes are handed in (`Routes`), so that a wrong one can be put in the place of any of them: every comparison must then fail.

>>> from backproof.engine import backward
>>> from backproof.engine import Graph, leaf, vertex
>>> from backproof.verify.cases.case import make_case
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

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from backproof.engine import (
    FLOAT64,
    RATIONAL,
    DomainError,
    GraphError,
    NumberSystem,
    UnsupportedOperation,
    mpmath_system,
)
from backproof.engine.graph import Edge
from backproof.verify.cases.case import Case, float_leaves, is_exact, rounded_case
from backproof.verify.derivatives.differences import Difference, FloatLeak
from backproof.verify.derivatives.kinks import Found
from backproof.verify.numbers.balls import real_ball_system
from backproof.verify.numbers.modular import modular_system, residues
from backproof.verify.numbers.precision import DIGITS, EXTRA_BITS, EXTRA_DIGITS
from backproof.verify.paths.blocks import Enumeration, PathSums
from backproof.verify.paths.choice import ENUMERATED, pair_sums, shared_sizes, sums_to
from backproof.verify.paths.enumeration import path_counts_to
from backproof.verify.paths.frontier import modular_sums
from backproof.verify.paths.sums import PathSum, WrongPaths
from backproof.verify.rounding.bounds import Bounds
from backproof.verify.three_way.comparison import Comparison, inconclusive
from backproof.verify.three_way.floats import FloatCheck
from backproof.verify.three_way.routes import Routes, Run, run
from backproof.verify.verdicts import Evidence, Reason, Verdict, worst

MOST_MODULAR = 2**24


@dataclass(frozen=True)
class CaseResult:
    """A checked case: its comparisons, and the quantities from which the report is drawn.

    `exact`, `floats` and `reference` are the runs over the rationals, in float64 and in balls; None where they could not be made.
    `sums` holds the float64 path sum from each vertex to the output, `moved` the differences from each leaf (none without a witness),
    `certified` the enclosure of ∂u_k/∂u_j for each leaf j and non-leaf k, `floats_checked` how each hardware number system did.
    """

    case: Case
    comparisons: tuple[Comparison, ...]
    exact: Run | None
    floats: Run | None
    reference: Run | None
    sums: Mapping[int, PathSum]
    moved: Mapping[int, Mapping[int, Difference]]
    certified: Mapping[Edge, Found] = field(default_factory=dict[Edge, Found])
    floats_checked: tuple[FloatCheck, ...] = ()

    @cached_property
    def verdict(self) -> Verdict:
        """The worst verdict of the comparisons."""
        return worst(comparison.verdict for comparison in self.comparisons)


def check_case(
    case: Case,
    routes: Routes | None = None,
    *,
    digits: int = DIGITS,
    witness: bool = True,
    dtypes: Sequence[NumberSystem] = (FLOAT64,),
) -> CaseResult:
    """Every comparison that the case allows. An unequal value is WRONG; what cannot be decided is INCONCLUSIVE, with its reason.

    `witness`: whether differences are taken too. `dtypes`: the hardware number systems whose adjoints are compared with the certified derivative.
    """
    routes = routes or Routes()
    try:
        with np.errstate(all="ignore"):  # overflow and underflow are judged, not warned of
            return _checked(case, routes, digits, witness, dtypes)
    except DomainError as error:
        refused = inconclusive(Reason.DOMAIN, str(error))
    except (UnsupportedOperation, FloatLeak) as error:
        refused = inconclusive(Reason.UNSUPPORTED, str(error))
    return CaseResult(case, (refused,), None, None, None, {}, {})


def _checked(case: Case, routes: Routes, digits: int, witness: bool, dtypes: Sequence[NumberSystem]) -> CaseResult:
    systems = (RATIONAL, FLOAT64) if is_exact(case) else (FLOAT64,)
    high, balls = mpmath_system(digits + EXTRA_DIGITS), real_ball_system(math.ceil(digits * math.log2(10)) + EXTRA_BITS)
    comparisons: list[Comparison] = []
    runs = {FLOAT64.name: run(case, FLOAT64, routes)}
    enumeration = Enumeration(case.graph, routes.paths)
    sums = {FLOAT64.name: PathSums(case.graph, runs[FLOAT64.name].D, FLOAT64, enumeration)}
    totals: dict[str, dict[int, PathSum]] = {}
    for system in (*systems, balls, *((high,) if witness else ())):
        runs[system.name] = done = runs.get(system.name) or run(case, system, routes)
        sums[system.name] = sums.get(system.name) or PathSums(
            case.graph, done.D, system, enumeration, shared_sizes(sums[FLOAT64.name], system)
        )
        totals[system.name], comparison = _theorem_2(case, done, sums[system.name], routes)
        comparisons.append(comparison)
    modular = _modulo_a_prime(case, runs[FLOAT64.name], routes)
    comparisons += [] if modular is None else [modular]
    bits = math.ceil(digits * math.log2(10))
    certified = routes.enclosures(case.graph, float_leaves(case), bits)
    judged = _theorem_1_certified(case, sums[balls.name], routes, certified)
    comparisons.append(judged)
    moved: dict[int, Mapping[int, Difference]] = {}
    if witness:
        moved, comparison = _theorem_1(case, runs[high.name], sums[high.name], routes, digits)
        if (
            judged.verdict is not Verdict.CORRECT or comparison.verdict is not Verdict.INCONCLUSIVE
        ):  # what the judge decides is not left open by the witness
            comparisons.append(comparison)
    checked = _in_floats(case, dtypes, runs, routes, certified, bits)
    comparisons += [check.comparison for check in checked if check.comparison is not None]
    return CaseResult(
        case,
        tuple(comparisons),
        runs.get(RATIONAL.name),
        runs[FLOAT64.name],
        runs[balls.name],
        totals[FLOAT64.name],
        moved,
        certified,
        checked,
    )


def _theorem_2(case: Case, done: Run, sums: PathSums, routes: Routes) -> tuple[dict[int, PathSum], Comparison]:
    """p_j = p_n Σ_{p∈P(j,n)} Π D for every vertex j that has an adjoint."""
    graph = case.graph
    try:
        found, factored = sums_to(graph, graph.n, [j for j in range(1, graph.n + 1) if not graph.is_discrete(j)], sums)
    except WrongPaths as error:
        return {}, Comparison.wrong_paths(str(error), done.system)
    return found, _as_factored(routes.judge_adjoints(graph, done.p, case.cotangent, found, done.system), factored)


def _as_factored(comparison: Comparison, factored: bool) -> Comparison:
    return replace(comparison, evidence=Evidence.FACTORED) if factored else comparison


def _modulo_a_prime(case: Case, done: Run, routes: Routes) -> Comparison | None:
    """Theorem 2 for the float Jacobians as exact numbers, modulo a prime: where there are too many paths for rationals, and not too many for this."""
    graph = case.graph
    counts = path_counts_to(graph, graph.n)
    if not max(counts.values()) > ENUMERATED or sum(counts.values()) > MOST_MODULAR:
        return None
    system = modular_system()
    try:
        D = residues(done.D)
        sums = modular_sums(graph, D, graph.n)
        cotangent = None if case.cotangent is None else residues({(0, 0): np.array(case.cotangent, dtype=object)})[0, 0]
    except ValueError:
        return None
    p = routes.backward(graph, D, cotangent, system)
    exact = {j: PathSum(total, total, counts.get(j, 0), 0, 1.0) for j, total in sums.items()}
    return routes.judge_adjoints(graph, p, cotangent, exact, system)


def _theorem_1_certified(case: Case, sums: PathSums, routes: Routes, certified: Mapping[Edge, Found]) -> Comparison:
    """∂u_k/∂u_j = Σ_{p∈P(j,k)} Π D for every leaf j and every non-leaf k that it reaches, in balls."""
    try:
        found, factored = pair_sums(case.graph, certified, sums)
    except WrongPaths as error:
        return Comparison.wrong_paths(str(error), sums.system, theorem_1=True)
    return _as_factored(routes.judge_enclosures(case.graph, found, certified, sums.system), factored)


def _theorem_1(
    case: Case, done: Run, sums: PathSums, routes: Routes, digits: int
) -> tuple[dict[int, Mapping[int, Difference]], Comparison]:
    """∂u_k/∂u_j = Σ_{p∈P(j,k)} Π D for every leaf j and every non-leaf k that it reaches, in mpmath, against differences."""
    graph = case.graph
    moved: dict[int, Mapping[int, Difference]] = {}
    try:
        for j in graph.differentiable_leaves():
            moved[j] = routes.differences(graph, float_leaves(case), j, digits)
        found, factored = pair_sums(graph, [(j, k) for j in moved for k in moved[j]], sums)
    except WrongPaths as error:
        return moved, Comparison.wrong_paths(str(error), done.system, theorem_1=True)
    except DomainError as error:
        return moved, inconclusive(Reason.DOMAIN, str(error), theorem_1=True, system=done.system)
    return moved, _as_factored(routes.judge_derivatives(graph, found, moved, done.system, digits), factored)


def _in_floats(
    case: Case, dtypes: Sequence[NumberSystem], runs: Mapping[str, Run], routes: Routes, certified: Mapping[Edge, Found], bits: int
) -> tuple[FloatCheck, ...]:
    """The leaf adjoints in each hardware number system, at the leaf values that it can hold."""
    rounded = [(system, rounded_case(case, system)) for system in dtypes]
    bounds = routes.bounds(rounded)
    return tuple(_in_one(case, system, held, bounds[system.name], runs, routes, certified, bits) for system, held in rounded)


def _in_one(
    case: Case,
    system: NumberSystem,
    rounded: Case,
    bounds: Bounds,
    runs: Mapping[str, Run],
    routes: Routes,
    certified: Mapping[Edge, Found],
    bits: int,
) -> FloatCheck:
    done, found = runs[FLOAT64.name], certified
    try:
        if system is not FLOAT64 or rounded.graph != case.graph:
            done = run(rounded, system, routes)
        if rounded.graph != case.graph or list(map(list, rounded.leaves)) != float_leaves(case):
            found = routes.enclosures(rounded.graph, rounded.leaves, bits)
    except (DomainError, GraphError) as error:
        return FloatCheck(system.name, None, str(error))
    return routes.judge_floats(rounded, system, done.p, found, bounds=bounds)
