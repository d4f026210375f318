"""The three-way check of one case: backward pass, path sum, derivative.

1. backward pass = path sum (Theorem 2, L16), for the adjoint of *every* vertex: exactly over the rationals, within the
   rounding bound γ_m·|p_n|·Σ Π|D| in float64, and as overlapping balls (`theorem_2`);
2. path sum = derivative of the global functions (Theorem 1, L15), for every leaf j and every non-leaf k: path sums in
   balls against enclosures from function values alone (`verify.derivatives.enclosures`), the judge; and on the cases
   that have a *witness*, path sums in mpmath against differences, within the differences' own error estimate
   (`theorem_1`);
3. the leaf adjoints in float64 (or other hardware numbers) against the certified derivative, within the rounding bound
   (`floats`, `verify.rounding.bounds`).

The routes are handed in (`Routes`), so that a wrong one can be put in the place of any of them: every comparison must
then fail.

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

from backproof.engine import FLOAT64, RATIONAL, DomainError, GraphError, NumberSystem, UnsupportedOperation, mpmath_system
from backproof.engine.errors import EdgeTooLarge, TooManyDigits
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
from backproof.verify.three_way.comparison import Comparison
from backproof.verify.three_way.floats import FloatCheck
from backproof.verify.three_way.planned import MPMATH, Unjudged, Why, undecidable_floats, without_witness
from backproof.verify.three_way.routes import Routes, Run, run
from backproof.verify.three_way.theorem_1 import CLAIM_DIFFERENCES, opening_certified, opening_differences
from backproof.verify.three_way.theorem_2 import CLAIM_ADJOINTS, opening_adjoints
from backproof.verify.verdicts import Evidence, Reason, Verdict, worst

MOST_MODULAR = 2**24  # paths to the output that are multiplied out modulo a prime; chosen: they take half a second


@dataclass(frozen=True)
class CaseResult:
    """A checked case: its comparisons, and the quantities from which the report is drawn.

    `exact`, `floats` and `reference` are the runs over the rationals, in float64 and in balls; None where they could
    not be made. `sums` holds the float64 path sum from each vertex to the output, `moved` the differences from each
    leaf (none without a witness), `certified` the enclosure of ∂u_k/∂u_j for each leaf j and non-leaf k,
    `floats_checked` how each hardware number system did. `unjudged` are the planned comparisons that were set aside.
    """

    case: Case
    comparisons: tuple[Comparison, ...]
    exact: Run | None = None
    floats: Run | None = None
    reference: Run | None = None
    sums: Mapping[int, PathSum] = field(default_factory=dict[int, PathSum])
    moved: Mapping[int, Mapping[int, Difference]] = field(default_factory=dict[int, Mapping[int, Difference]])
    certified: Mapping[Edge, Found] = field(default_factory=dict[Edge, Found])
    floats_checked: tuple[FloatCheck, ...] = ()
    unjudged: tuple[Unjudged, ...] = ()

    @cached_property
    def verdict(self) -> Verdict:
        """The worst verdict of the comparisons."""
        return worst(comparison.verdict for comparison in self.comparisons)


def check_case(
    case: Case, routes: Routes | None = None, *, digits: int = DIGITS, witness: bool = True, dtypes: Sequence[NumberSystem] = (FLOAT64,)
) -> CaseResult:
    """Every comparison that the case allows: an unequal value is WRONG, what stays open INCONCLUSIVE, with its reason.

    `witness`: whether differences are taken too. `dtypes`: the hardware number systems whose adjoints are compared with
    the certified derivative.
    """
    try:
        with np.errstate(all="ignore"):  # overflow and underflow are judged, not warned of
            return _checked(case, routes or Routes(), digits, witness, dtypes)
    except DomainError as error:
        return not_decided(case, Reason.DOMAIN, str(error))
    except (UnsupportedOperation, FloatLeak) as error:
        return not_decided(case, Reason.UNSUPPORTED, str(error))
    except OverflowError as error:
        return not_decided(case, Reason.DTYPE, f"a number of the case is beyond float64: {error}")
    except (EdgeTooLarge, TooManyDigits) as error:
        return not_decided(case, Reason.MEMORY, str(error))


def not_decided(case: Case, reason: Reason, words: str) -> CaseResult:
    """The result of a case of which nothing could be compared: INCONCLUSIVE, for this reason."""
    return CaseResult(case, (opening_adjoints().inconclusive(reason, words),))


def _checked(case: Case, routes: Routes, digits: int, witness: bool, dtypes: Sequence[NumberSystem]) -> CaseResult:
    bits = math.ceil(digits * math.log2(10))
    balls, high = real_ball_system(bits + EXTRA_BITS), mpmath_system(digits + EXTRA_DIGITS)
    systems = (*((RATIONAL,) if is_exact(case) else ()), FLOAT64, balls, *((high,) if witness else ()))
    runs = {FLOAT64.name: run(case, FLOAT64, routes)}
    runs |= {system.name: run(case, system, routes) for system in systems if system is not FLOAT64}
    sums = _path_sums(case, runs, routes)
    totals, backward_pass, residues_missing = _theorem_2(case, [runs[system.name] for system in systems], sums, routes)
    certified = routes.enclosures(case.graph, float_leaves(case), bits)
    moved, derivative, left_open = _theorem_1(case, sums[balls.name], certified, sums[high.name] if witness else None, routes, digits)
    checked = _in_floats(case, dtypes, runs[FLOAT64.name], certified, routes, bits)
    comparisons = (*backward_pass, *derivative, *(check.comparison for check in checked if check.comparison is not None))
    exact, floats, reference = runs.get(RATIONAL.name), runs[FLOAT64.name], runs[balls.name]
    inexact = () if RATIONAL in systems else (Unjudged(CLAIM_ADJOINTS, RATIONAL.name, Why.INEXACT),)
    unjudged = (*inexact, *residues_missing, *left_open, *undecidable_floats(checked))
    return CaseResult(case, comparisons, exact, floats, reference, totals, moved, certified, checked, unjudged)


def _path_sums(case: Case, runs: Mapping[str, Run], routes: Routes) -> dict[str, PathSums]:
    """The path sums of every run over paths that are enumerated once, with float64's magnitudes where these serve."""
    enumeration = Enumeration(case.graph, routes.paths)
    floats = PathSums(case.graph, runs[FLOAT64.name].D, FLOAT64, enumeration)
    others = [done for done in runs.values() if done.system is not FLOAT64]
    return {
        FLOAT64.name: floats,
        **{done.system.name: PathSums(case.graph, done.D, done.system, enumeration, shared_sizes(floats, done.system)) for done in others},
    }


def _theorem_2(
    case: Case, runs: Sequence[Run], sums: Mapping[str, PathSums], routes: Routes
) -> tuple[dict[int, PathSum], list[Comparison], list[Unjudged]]:
    """1. p_j = p_n Σ_{p∈P(j,n)} Π D for every j with an adjoint, in every number system; also the float64 path sums."""
    graph = case.graph
    vertices = [j for j in range(1, graph.n + 1) if not graph.is_discrete(j)]
    totals: dict[int, PathSum] = {}
    comparisons: list[Comparison] = []
    for done in runs:
        try:
            found, factored = sums_to(graph, graph.n, vertices, sums[done.system.name])
        except WrongPaths as error:
            comparisons.append(opening_adjoints(done.system).wrong_paths(str(error)))
            continue
        comparisons.append(_as_factored(routes.judge_adjoints(graph, done.p, case.cotangent, found, done.system), factored))
        totals = found if done.system is FLOAT64 else totals
    modular = _modulo_a_prime(case, next(done for done in runs if done.system is FLOAT64), routes)
    if isinstance(modular, Unjudged):
        return totals, comparisons, [modular]
    return totals, comparisons if modular is None else [*comparisons, modular], []


def _as_factored(comparison: Comparison, factored: bool) -> Comparison:
    return replace(comparison, evidence=Evidence.FACTORED) if factored else comparison


def _modulo_a_prime(case: Case, done: Run, routes: Routes) -> Comparison | Unjudged | None:
    """Theorem 2 for the float Jacobians as numbers modulo a prime, where there are too many paths for rationals; None
    where it is not planned."""
    graph = case.graph
    counts = path_counts_to(graph, graph.n)
    if not max(counts.values()) > ENUMERATED or sum(counts.values()) > MOST_MODULAR:
        return None
    system = modular_system()
    try:
        D = residues(done.D)
        sums = modular_sums(graph, D, graph.n)
        cotangent = None if case.cotangent is None else residues({(0, 0): np.array(case.cotangent, dtype=object)})[0, 0]
    except ValueError as error:
        return Unjudged(CLAIM_ADJOINTS, system.name, Why.RESIDUES, str(error))
    p = routes.backward(graph, D, cotangent, system)
    exact = {j: PathSum(total, total, counts.get(j, 0), 0, 1.0) for j, total in sums.items()}
    return routes.judge_adjoints(graph, p, cotangent, exact, system)


def _theorem_1(
    case: Case, balls: PathSums, certified: Mapping[Edge, Found], high: PathSums | None, routes: Routes, digits: int
) -> tuple[Mapping[int, Mapping[int, Difference]], list[Comparison], Sequence[Unjudged]]:
    """2. ∂u_k/∂u_j = Σ_{p∈P(j,k)} Π D for every leaf j and every non-leaf k that it reaches: in balls, judged by
    enclosures; and where there is a witness in mpmath, by differences. What the judge decides is not left open by the
    witness, and that the witness does is counted.
    """
    judged = _certified(case, balls, certified, routes)
    if high is None:
        return {}, [judged], without_witness()
    moved, witnessed = _witnessed(case, high, routes, digits)
    if judged.verdict is Verdict.CORRECT and witnessed.verdict is Verdict.INCONCLUSIVE:
        return moved, [judged], [Unjudged(CLAIM_DIFFERENCES, MPMATH, Why.OPEN, witnessed.sentence or "")]
    return moved, [judged, witnessed], []


def _certified(case: Case, sums: PathSums, certified: Mapping[Edge, Found], routes: Routes) -> Comparison:
    try:
        found, factored = pair_sums(case.graph, certified, sums)
    except WrongPaths as error:
        return opening_certified().wrong_paths(str(error))
    return _as_factored(routes.judge_enclosures(case.graph, found, certified, sums.system), factored)


def _witnessed(case: Case, sums: PathSums, routes: Routes, digits: int) -> tuple[dict[int, Mapping[int, Difference]], Comparison]:
    graph, opened = case.graph, opening_differences(sums.system)
    moved: dict[int, Mapping[int, Difference]] = {}
    try:
        for j in graph.differentiable_leaves():
            moved[j] = routes.differences(graph, float_leaves(case), j, digits)
        found, factored = pair_sums(graph, [(j, k) for j in moved for k in moved[j]], sums)
    except WrongPaths as error:
        return moved, opened.wrong_paths(str(error))
    except DomainError as error:
        return moved, opened.inconclusive(Reason.DOMAIN, str(error))
    return moved, _as_factored(routes.judge_derivatives(graph, found, moved, sums.system, digits), factored)


def _in_floats(
    case: Case, dtypes: Sequence[NumberSystem], floats: Run, certified: Mapping[Edge, Found], routes: Routes, bits: int
) -> tuple[FloatCheck, ...]:
    """3. The leaf adjoints in each hardware number system, at leaf values that it holds, against the derivative."""
    rounded = [(system, rounded_case(case, system)) for system in dtypes]
    bounds = routes.bounds(rounded)
    checks: list[FloatCheck] = []
    for system, held in rounded:
        same_graph = held.graph == case.graph
        same_leaves = list(map(list, held.leaves)) == float_leaves(case)
        try:
            p = floats.p if system is FLOAT64 and same_graph else run(held, system, routes).p
            found = certified if same_graph and same_leaves else routes.enclosures(held.graph, held.leaves, bits)
        except (DomainError, GraphError) as error:
            checks.append(FloatCheck(system.name, None, str(error)))
        else:
            checks.append(routes.judge_floats(held, system, p, found, bounds=bounds[system.name]))
    return tuple(checks)
