"""The three-way check of one case: backward pass, path sum, derivative.

1. backward pass = path sum (Theorem 2, L16), for the adjoint of *every* vertex: exactly over the rationals, within the
   rounding bound γ_m·|p_n|·Σ Π|D| in float64, and as overlapping balls (`theorem_2`);
2. path sum = derivative of the global functions (Theorem 1, L15), for every leaf j and every non-leaf k: path sums in
   balls against enclosures from function values alone (`verify.derivatives.enclosures`), the judge; and on the cases
   that have a *witness* (`witness`), against differences, within the differences' own error estimate: path sums in
   mpmath entry by entry (`theorem_1`), or those in balls along directions (`directional`);
3. the leaf adjoints in float64 (or other hardware numbers) against the certified derivative, within the rounding bound
   (`floats`, `verify.rounding.bounds`);
4. where it is asked for, the path sums by blocks = those of the definition (`definition`).

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
from backproof.engine.presenter import presenter
from backproof.verify.cases.case import Case, float_leaves, is_exact, rounded_case
from backproof.verify.derivatives.differences import Difference
from backproof.verify.derivatives.kinks import Found
from backproof.verify.derivatives.stencil import FloatLeak
from backproof.verify.numbers.balls import real_ball_system
from backproof.verify.numbers.modular import modular_system, residues
from backproof.verify.numbers.precision import DIGITS, EXTRA_BITS, EXTRA_DIGITS
from backproof.verify.paths.blocks import Enumeration, PathSums
from backproof.verify.paths.choice import ENUMERATED, pair_sums, shared_sizes, sums_to
from backproof.verify.paths.enumeration import path_counts_to
from backproof.verify.paths.frontier import modular_sums
from backproof.verify.paths.sums import PathSum, WrongPaths
from backproof.verify.three_way.comparison import Comparison
from backproof.verify.three_way.definition import blocks_against_definition
from backproof.verify.three_way.floats import FloatCheck
from backproof.verify.three_way.in_words import in_a_line, on_a_screen
from backproof.verify.three_way.outside import OUTSIDE, refused_by_all
from backproof.verify.three_way.planned import Unjudged, Why, outside_domain, set_aside, undecidable_floats, without_entries
from backproof.verify.three_way.routes import Routes, Run, run
from backproof.verify.three_way.theorem_1 import opening_certified
from backproof.verify.three_way.theorem_2 import CLAIM_ADJOINTS, opening_adjoints
from backproof.verify.three_way.witness import Witness, Witnessed, fitting, witnessed
from backproof.verify.times import part
from backproof.verify.verdicts import Evidence, Reason, Verdict, worst

MOST_MODULAR = 2**24  # paths to the output that are multiplied out modulo a prime; chosen: they take half a second


@dataclass(frozen=True, repr=False)
class CaseResult:
    """A checked case: its comparisons, and the quantities from which the report is drawn.

    `exact`, `floats` and `reference` are the runs over the rationals, in float64 and in balls; None where they could
    not be made. `sums` holds the float64 path sum from each vertex to the output, `moved` the differences from each
    leaf (none without a witness entry by entry), `directions` the names of those along which differences were taken,
    `left_open` why differences decided nothing where the judge did, `certified` the enclosure of ∂u_k/∂u_j for each
    leaf j and non-leaf k, `floats_checked` how each hardware number system did. `unjudged` are the planned comparisons
    that were set aside.
    """

    case: Case
    comparisons: tuple[Comparison, ...]
    exact: Run | None = None
    floats: Run | None = None
    reference: Run | None = None
    sums: Mapping[int, PathSum] = field(default_factory=dict[int, PathSum])
    moved: Mapping[int, Mapping[int, Difference]] = field(default_factory=dict[int, Mapping[int, Difference]])
    directions: tuple[str, ...] = ()
    left_open: str | None = None
    certified: Mapping[Edge, Found] = field(default_factory=dict[Edge, Found])
    floats_checked: tuple[FloatCheck, ...] = ()
    unjudged: tuple[Unjudged, ...] = ()

    @cached_property
    def verdict(self) -> Verdict:
        """The worst verdict of the comparisons."""
        return worst(comparison.verdict for comparison in self.comparisons)

    def _repr_html_(self) -> str:
        return presenter().in_a_notebook(self)

    def __repr__(self) -> str:
        return in_a_line(self)

    def __str__(self) -> str:
        return on_a_screen(self)


def check_case(
    case: Case,
    routes: Routes | None = None,
    *,
    digits: int = DIGITS,
    witness: Witness | None = None,
    dtypes: Sequence[NumberSystem] = (FLOAT64,),
    definition: bool = False,
) -> CaseResult:
    """Every comparison that the case allows: an unequal value is WRONG, what stays open INCONCLUSIVE, with its reason.

    `witness`: how differences are taken (left out: as the size of the case asks for). `dtypes`: the hardware number
    systems whose adjoints are compared with the certified derivative. `definition`: whether the path sums are compared
    with their definition.
    """
    try:
        with np.errstate(all="ignore"):  # overflow and underflow are judged, not warned of
            return _checked(case, routes or Routes(), digits, fitting(case) if witness is None else witness, dtypes, definition)
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


def _checked(case: Case, routes: Routes, digits: int, witness: Witness, dtypes: Sequence[NumberSystem], definition: bool) -> CaseResult:
    bits = math.ceil(digits * math.log2(10))
    if case.group == OUTSIDE:
        return CaseResult(case, (refused_by_all(case, routes, bits),), unjudged=outside_domain([system.name for system in dtypes]))
    balls, high = real_ball_system(bits + EXTRA_BITS), mpmath_system(digits + EXTRA_DIGITS)
    systems = (*((RATIONAL,) if is_exact(case) else ()), FLOAT64, balls, *((high,) if witness is Witness.ENTRIES else ()))
    with part("the passes"):
        runs = {FLOAT64.name: run(case, FLOAT64, routes)}
        runs |= {system.name: run(case, system, routes) for system in systems if system is not FLOAT64}
    with part("path sums"):
        sums = _path_sums(case, runs, routes)
        totals, backward_pass, residues_missing = _theorem_2(case, [runs[system.name] for system in systems], sums, routes)
    with part("enclosures"):
        certified = routes.enclosures(case.graph, float_leaves(case), bits)
    with part("path sums"):
        pairs, judged = _certified(case, sums[balls.name], certified, routes)
    with part("differences"):
        seen = witnessed(case, witness, sums.get(high.name), pairs, routes, digits)
    with part("floats and their bounds"):
        checked = _in_floats(case, dtypes, runs[FLOAT64.name], certified, routes, bits)
    comparisons = (
        *backward_pass,
        judged,
        *_kept(judged, seen.comparison),
        *(check.comparison for check in checked if check.comparison is not None),
        *(_defined(case, [runs[system.name] for system in systems if system is not high], totals, pairs, routes) if definition else ()),
    )
    inexact = () if RATIONAL in systems else (Unjudged(CLAIM_ADJOINTS, RATIONAL.name, Why.INEXACT),)
    return CaseResult(
        case,
        comparisons,
        exact=runs.get(RATIONAL.name),
        floats=runs[FLOAT64.name],
        reference=runs[balls.name],
        sums=totals.get(FLOAT64.name, {}),
        moved=seen.moved,
        directions=seen.directions,
        left_open=None if seen.comparison is None or seen.comparison.reason is None else seen.comparison.sentence,
        certified=certified,
        floats_checked=checked,
        unjudged=(*inexact, *residues_missing, *_set_aside(witness, judged, seen), *undecidable_floats(checked)),
    )


def _path_sums(case: Case, runs: Mapping[str, Run], routes: Routes) -> dict[str, PathSums]:
    """The path sums of every run over paths that are enumerated once, with float64's magnitudes where these serve."""
    enumeration = Enumeration(case.graph, routes.paths)
    floats = routes.blocks(case.graph, runs[FLOAT64.name].D, FLOAT64, enumeration)
    others = [done for done in runs.values() if done.system is not FLOAT64]
    return {
        FLOAT64.name: floats,
        **{
            done.system.name: routes.blocks(case.graph, done.D, done.system, enumeration, shared_sizes(floats, done.system))
            for done in others
        },
    }


def _theorem_2(
    case: Case, runs: Sequence[Run], sums: Mapping[str, PathSums], routes: Routes
) -> tuple[dict[str, dict[int, PathSum]], list[Comparison], list[Unjudged]]:
    """1. p_j = p_n Σ_{p∈P(j,n)} Π D for every j with an adjoint, in every number system; also the path sums."""
    graph = case.graph
    vertices = [j for j in range(1, graph.n + 1) if not graph.is_discrete(j)]
    totals: dict[str, dict[int, PathSum]] = {}
    comparisons: list[Comparison] = []
    for done in runs:
        try:
            found, factored = sums_to(graph, graph.n, vertices, sums[done.system.name])
        except WrongPaths as error:
            comparisons.append(opening_adjoints(done.system).wrong_paths(str(error)))
            continue
        comparisons.append(_as_factored(routes.judge_adjoints(graph, done.p, case.cotangent, found, done.system), factored))
        totals[done.system.name] = found
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


def _certified(
    case: Case, sums: PathSums, certified: Mapping[Edge, Found], routes: Routes
) -> tuple[Mapping[Edge, PathSum] | None, Comparison]:
    """2. ∂u_k/∂u_j = Σ_{p∈P(j,k)} Π D for every leaf j and every non-leaf k that it reaches: in balls, judged by
    enclosures; also the path sums, None where the enumeration is wrong."""
    try:
        found, factored = pair_sums(case.graph, certified, sums)
    except WrongPaths as error:
        return None, opening_certified().wrong_paths(str(error))
    return found, _as_factored(routes.judge_enclosures(case.graph, found, certified, sums.system), factored)


def _kept(judged: Comparison, witnessed: Comparison | None) -> tuple[Comparison, ...]:
    """What the judge decides is not left open by the witness."""
    if witnessed is None or (judged.verdict is Verdict.CORRECT and witnessed.verdict is Verdict.INCONCLUSIVE):
        return ()
    return (witnessed,)


def _set_aside(witness: Witness, judged: Comparison, seen: Witnessed) -> tuple[Unjudged, ...]:
    """What is not compared in mpmath: everything, where differences are not taken entry by entry; and what they leave open
    where the judge decides, which is counted."""
    otherwise = Why.SAMPLE if witness is Witness.NONE else Why.DIRECTIONS if seen.directions else Why.EMPTY
    aside = () if witness is Witness.ENTRIES else without_entries(otherwise)
    if seen.comparison is None or _kept(judged, seen.comparison):
        return aside
    return (*aside, set_aside(seen.comparison))


def _defined(
    case: Case, runs: Sequence[Run], totals: Mapping[str, Mapping[int, PathSum]], pairs: Mapping[Edge, PathSum] | None, routes: Routes
) -> list[Comparison]:
    """4. Σ Π D by blocks = Σ Π D by definition: of all vertices to the output, and in balls of all pairs."""
    graph = case.graph
    comparisons: list[Comparison] = []
    for done in runs:
        found = {(j, graph.n): total for j, total in totals.get(done.system.name, {}).items()}
        found |= (pairs or {}) if done.system.family == "ball" else {}
        if found:
            comparisons.append(blocks_against_definition(graph, done.D, found, routes.definition, done.system))
    return comparisons


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
