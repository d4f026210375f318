"""Somebody else's engine on trial: `check_engine(case, engine)` judges the adjoints that it computes in float64.

An engine is a callable `engine(graph, leaves, cotangent)`. `graph` is an `engine.Graph`; `leaves` holds one float64
array in the leaf's shape for each leaf (whole numbers for a discrete one), `cotangent` the r × d_n matrix p_n. It
returns a mapping from the numbers of vertices to their adjoints p_j, r × d_j numbers each (`contract.py`): of the
leaves at least, None where nothing depends on one; and where it has them of the other vertices, by which a fault is
told from others.

It is asked twice with the same arguments. Leaf adjoints are compared with certified derivatives
(`verify.derivatives.enclosures`), the others with the path sum in balls; both within the rounding bound of float64,
with room for the usual formulas of local derivatives (`verify.rounding.bounds`, `textbook`). Beyond it a value is
INACCURATE as long as the rounding of float32 could explain it, and WRONG from there on. Each call is judged; an answer
that changes between them, and lies within the bound both times, is INCONCLUSIVE (nondeterministic), or CORRECT where
that is allowed. A call that ends without adjoints (`answers.Ending`) is WRONG; only NotImplementedError leaves a case
open.

`check_engine` calls the engine in this process; `check_asked` is the same for one that is reached in another way.

>>> from backproof.engine import backward, forward, jacobians
>>> from backproof.verify.cases.lecture import lecture_cases
>>> def right(graph, leaves, cotangent):
...     return backward(graph, jacobians(graph, forward(graph, leaves)), cotangent)
>>> check_engine(lecture_cases()[0], right).verdict.value
'CORRECT'
>>> wrong = check_engine(lecture_cases()[0], lambda *given: {j: 2 * p for j, p in right(*given).items()})
>>> wrong.verdict.value, wrong.comparisons[0].failures[0].where
('WRONG', 'adjoint of u₁')
>>> check_engine(lecture_cases()[0], lambda graph, leaves, cotangent: [4.0, 11.0]).comparisons[0].sentence
'contract: the engine must return a mapping from vertices to adjoints, found list'
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from backproof.engine import FLOAT64, DomainError, NumberSystem, UnsupportedOperation, forward, jacobians
from backproof.engine.number_systems import Array
from backproof.theorems.backward_pass import BACKWARD_PASS, LEAVES
from backproof.theorems.path_sum import PATH_SUM
from backproof.verify.blame.diagnosis import as_a_whole, blame
from backproof.verify.cases.case import Case, rounded_case
from backproof.verify.derivatives.kinks import enclosures_or_hulls
from backproof.verify.engine_oracle.answers import Answer, Asked, Ending, ask, cotangent_matrix
from backproof.verify.engine_oracle.foreign import found as shown
from backproof.verify.engine_oracle.repeated import change_between, in_words
from backproof.verify.engine_oracle.target import Engine
from backproof.verify.numbers.balls import real_ball_system
from backproof.verify.numbers.precision import DIGITS, EXTRA_BITS
from backproof.verify.paths.blocks import Enumeration, PathSums
from backproof.verify.paths.choice import sums_to
from backproof.verify.paths.sums import PathSum
from backproof.verify.rounding.bounds import Bounds, rounding_bounds
from backproof.verify.three_way.check import CaseResult
from backproof.verify.three_way.comparison import Change, Comparison, adjoint_label
from backproof.verify.three_way.floats import FloatCheck, FloatEntry, floats_against_enclosures, judged_floats
from backproof.verify.three_way.routes import Routes, Run, run
from backproof.verify.time_limits import alarms_pass
from backproof.verify.verdicts import Evidence, Reason, Verdict, severity

CLAIM_DERIVATIVE = "engine = certified derivative"
CLAIM_PATHS = "engine = path sum"
CLAIM_CONTRACT = "the engine keeps its contract"
CLAIM_CALLS = "both calls within the bound"
BEYOND = "a number of the case is beyond float64"
FLOAT32_ROUNDING = 2.0**29
"""The unit roundoff of float32 as a multiple of that of float64, 2⁻²⁴/2⁻⁵³: a bound of first order grows by this
factor.
"""


def check_engine(case: Case, engine: Engine, digits: int = DIGITS, *, allow_nondeterminism: bool = False) -> CaseResult:
    """Every comparison of one engine on one case, asked in this process. The float run of the result holds the engine's
    adjoints alone. TypeError if the engine cannot be called; what an alarm of the caller's raises is raised, and is
    never taken for the engine's.
    """
    if not callable(engine):
        raise TypeError(f"an engine is a callable(graph, leaves, cotangent), found {shown(engine)}")
    with alarms_pass():
        return check_asked(case, partial(ask, engine), digits, allow_nondeterminism=allow_nondeterminism)


def check_asked(case: Case, asked: Asked, digits: int = DIGITS, *, allow_nondeterminism: bool = False) -> CaseResult:
    """Every comparison of one engine on one case; `asked` is called twice, with the case in float64.

    `allow_nondeterminism`: answers may change between the two calls, as those of an engine that sums in threads do, if
    they lie within the bound both times.
    """
    try:
        case = rounded_case(case, FLOAT64)
    except OverflowError as error:
        return CaseResult(case, (_left_open(Reason.DTYPE, f"{BEYOND}: {error}"),))
    first = asked(case)
    if first.ending is not None:
        return CaseResult(case, (_without_adjoints(first),))
    second = asked(case)
    if second.ending not in (None, Ending.UNSUPPORTED):
        return CaseResult(case, (_without_adjoints(replace(second, problem=f"{second.problem}, on the second call")),))
    result = _both_judged(case, first.p, first.p if second.ending else second.p, digits, allow_nondeterminism)
    if second.ending is None:
        return result
    return replace(result, comparisons=(*result.comparisons, _unsupported_now(first, second, allow_nondeterminism)))


def _both_judged(case: Case, p: Mapping[int, Array], again: Mapping[int, Array], digits: int, allowed: bool) -> CaseResult:
    """The answers of two calls, judged; or left open by what we cannot do with the case, whatever the answers."""
    try:
        with np.errstate(all="ignore"):
            return _judged(case, p, again, math.ceil(digits * math.log2(10)), allowed)
    except DomainError as error:
        left_open = _left_open(Reason.DOMAIN, str(error))
    except UnsupportedOperation as error:
        left_open = _left_open(Reason.UNSUPPORTED, str(error))
    except OverflowError as error:
        left_open = _left_open(Reason.DTYPE, f"{BEYOND}: {error}")
    except MemoryError as error:
        left_open = _left_open(Reason.MEMORY, str(error) or "the memory is full")
    changed = change_between(case.graph, p, again, {})
    return CaseResult(case, (left_open, *([] if changed is None else [_unequal_calls(case, p, again, (), allowed)])))


def _left_open(reason: Reason, words: str) -> Comparison:
    opened = Comparison(CLAIM_DERIVATIVE, LEAVES.name, FLOAT64.name, Verdict.CORRECT, Evidence.ROUNDING)
    return opened.inconclusive(reason, words)


def _without_adjoints(answer: Answer) -> Comparison:
    """The verdict on a call that ended without adjoints."""
    opened = Comparison(CLAIM_CONTRACT, BACKWARD_PASS.name, FLOAT64.name, Verdict.WRONG, Evidence.EXACT, ending=answer.ending)
    if answer.ending is Ending.UNSUPPORTED:
        return replace(opened, evidence=Evidence.NOT_CHECKED).inconclusive(Reason.UNSUPPORTED, answer.problem)
    return replace(opened, detail=answer.problem)


def _judged(case: Case, p: Mapping[int, Array], again: Mapping[int, Array], bits: int, allow_nondeterminism: bool) -> CaseResult:
    """Adjoints of leaves against enclosures, those inside against path sums: of both calls, if they differ."""
    graph = case.graph
    balls = run(case, real_ball_system(bits + EXTRA_BITS), Routes())
    vertices = [j for j in range(1, graph.n + 1) if not graph.is_discrete(j)]
    enumeration = Enumeration(graph)
    exact, _ = sums_to(graph, graph.n, vertices, PathSums(graph, balls.D, balls.system, enumeration))
    u = forward(graph, case.leaves, FLOAT64)
    D = jacobians(graph, u, FLOAT64)
    sums, _ = sums_to(graph, graph.n, vertices, PathSums(graph, D, FLOAT64, enumeration))
    certified = enclosures_or_hulls(graph, case.leaves, bits)
    calls = (p,) if change_between(graph, p, again, {}) is None else (p, again)
    outer = _bounds(case) if len(calls) > 1 else None
    given = [j for j in {**p, **again} if j > graph.l]
    inner = _bounds(case, [j for j in given if j != graph.n]) if given else Bounds({}, None)
    leaves = [_graded(floats_against_enclosures(case, FLOAT64, q, certified, textbook=True, bounds=outer)) for q in calls]
    inside = [_graded(check) for q in calls if (check := _inside(case, q, exact, balls.system, inner)) is not None]
    kept = [_worse_call(checks) for checks in (leaves, inside) if checks]
    checks = tuple(check for check, _ in kept)
    comparisons = [check.comparison for check in checks if check.comparison is not None]
    if outer is not None and all(one.verdict in (Verdict.CORRECT, Verdict.INCONCLUSIVE) for one in comparisons):
        comparisons.append(_unequal_calls(case, p, again, (outer, inner), allow_nondeterminism))
    shown = again if any(second for _, second in kept) else p
    floats = Run(FLOAT64, u, D, {graph.n: cotangent_matrix(case), **shown})
    return CaseResult(case, tuple(comparisons), None, floats, balls, sums, {}, certified, checks)


def _bounds(case: Case, vertices: Sequence[int] | None = None) -> Bounds:
    return rounding_bounds(case.graph, case.leaves, case.cotangent, FLOAT64, vertices, textbook=True)


def _worse_call(checks: Sequence[FloatCheck]) -> tuple[FloatCheck, bool]:
    """Of one check for each call the worse, in the words of its call; and whether that is the second one."""
    found = [check.comparison for check in checks]
    ranks = [(0, 0.0) if one is None else (severity(one.verdict), one.worst or 0.0) for one in found]
    place = ranks.index(max(ranks))
    kept = found[place]
    if len(checks) == 1 or kept is None or kept.verdict in (Verdict.CORRECT, Verdict.INCONCLUSIVE):
        return checks[place], False
    words = "on a second call with the same arguments" if place else "on the first of two calls with the same arguments, which differ"
    return replace(checks[place], comparison=replace(kept, detail=f"{words}, {kept.detail}")), place > 0


def _unequal_calls(case: Case, p: Mapping[int, Array], again: Mapping[int, Array], bounds: Sequence[Bounds], allowed: bool) -> Comparison:
    """Two answers that are not the same, though nothing is wrong with either."""
    known = {j: share for some in bounds if not some.undecidable for j, share in some.allowed.items()}
    change = change_between(case.graph, p, again, known)
    opened = Comparison(CLAIM_CALLS, BACKWARD_PASS.name, FLOAT64.name, Verdict.CORRECT, Evidence.ROUNDING, change=change)
    if change is None:
        return opened
    unequal = 0 if allowed and change.share is not None else change.entries
    words, entries = in_words(change), sum(np.size(value) for value in p.values())
    opened = replace(opened, detail=words, entries=entries, worst=change.share, failed=unequal)
    return opened if allowed else opened.inconclusive(Reason.NONDETERMINISTIC, words)


def _unsupported_now(first: Answer, second: Answer, allowed: bool) -> Comparison:
    """An engine that answers one call and says of the same arguments, on the next, that it does not know them."""
    entries = sum(np.size(value) for value in first.p.values())
    change = Change("the second call", str(second.ending), None, max(1, entries))
    opened = Comparison(CLAIM_CALLS, BACKWARD_PASS.name, FLOAT64.name, Verdict.CORRECT, Evidence.ROUNDING, change=change)
    reason = Reason.UNSUPPORTED if allowed else Reason.NONDETERMINISTIC
    return replace(opened, failed=change.entries).inconclusive(reason, f"{second.problem}, on the second call with the same arguments")


def nothing_to_tell(case: Case) -> str | None:
    """Why float64 adjoints say nothing on this case whatever the engine: a kink within the rounding errors, a
    derivative that they swallow, a number beyond float64; None elsewhere.
    """
    try:
        return _bounds(rounded_case(case, FLOAT64)).undecidable
    except OverflowError as error:
        return f"{BEYOND}: {error}"


def _graded(check: FloatCheck) -> FloatCheck:
    """The comparison in the oracle's words: INACCURATE as far as float32 explains it; INCONCLUSIVE if undecidable."""
    found = check.comparison
    if found is None:
        opened = Comparison(CLAIM_DERIVATIVE, LEAVES.name, check.system, Verdict.CORRECT, Evidence.ROUNDING)
        return replace(check, comparison=opened.inconclusive(check.reason, str(check.undecidable)), undecidable=None)
    claim = CLAIM_PATHS if found.claim == CLAIM_PATHS else CLAIM_DERIVATIVE
    verdict = Verdict.WRONG if found.failed and (found.worst or 0.0) > FLOAT32_ROUNDING else found.verdict
    return replace(check, comparison=replace(found, claim=claim, verdict=verdict))


def _inside(case: Case, p: Mapping[int, Array], sums: Mapping[int, PathSum], system: NumberSystem, bounds: Bounds) -> FloatCheck | None:
    """Adjoints inside the graph against the path sum in balls; None if there are none, or no bound is known."""
    graph = case.graph
    given = [j for j in p if j > graph.l]
    if not given or bounds.undecidable:
        return None
    seed = system.array(cotangent_matrix(case))

    def compared() -> Iterator[FloatEntry]:
        for j in given:
            right = system.matmul(seed, sums[j].value)
            for r, c in np.ndindex(right.shape):
                allowed = 0.0 if j == graph.n else float(bounds.allowed[j][r, c])
                yield FloatEntry(partial(adjoint_label, graph, j, c, r, len(right)), float(p[j][r, c]), right[r, c], allowed)

    words = "adjoints inside the graph are farther from the path sum than rounding allows"
    return judged_floats(CLAIM_PATHS, PATH_SUM.name, "float64", compared(), words)


def diagnose_engine(result: CaseResult) -> str | None:
    """What blame says of the engine's adjoints; None if there are none, or blame has nothing to go by."""
    case, floats = result.case, result.floats
    if floats is None or result.verdict is Verdict.CORRECT:
        return None
    observed = {j: p for j, p in floats.p.items() if j != case.graph.n}
    try:
        found = blame(case.graph, floats.D, case.cotangent, observed, values=floats.u)
    except ValueError:
        return None
    return found.sentence + as_a_whole(found)
