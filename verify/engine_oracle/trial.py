"""Somebody else's engine on trial: `check_engine(case, engine)` judges the adjoints that it computes in float64.

An engine is a callable `engine(graph, leaves, cotangent)`. `graph` is an `engine.Graph`; `leaves` holds one float64
array in the leaf's shape for each leaf (whole numbers for a discrete one), `cotangent` the r × d_n matrix p_n. It
returns a mapping from the numbers of vertices to their adjoints p_j, r × d_j numbers each: of the leaves at least, None
where nothing depends on one; and where it has them of the other vertices, by which a fault is told from others.

It is asked twice with the same arguments. Leaf adjoints are compared with certified derivatives
(`verify.derivatives.enclosures`), the others with the path sum in balls; both within the rounding bound of float64,
with room for the usual formulas of local derivatives (`verify.rounding.bounds`, `textbook`). Beyond it a value is
INACCURATE as long as the rounding of float32 could explain it, and WRONG from there on. An engine that breaks its
contract (shapes, inputs changed in place) is WRONG; one that raises an exception leaves the case INCONCLUSIVE.

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
'the engine must return a mapping from vertices to adjoints, found list'
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from backproof.engine import FLOAT64, DomainError, Graph, NumberSystem, UnsupportedOperation, forward, jacobians
from backproof.engine.number_systems import Array
from backproof.theorems.backward_pass import BACKWARD_PASS, LEAVES
from backproof.theorems.path_sum import PATH_SUM
from backproof.verify.blame.diagnosis import as_a_whole, blame
from backproof.verify.cases.case import Case, rounded_case
from backproof.verify.derivatives.kinks import enclosures_or_hulls
from backproof.verify.engine_oracle.target import Engine, line_of
from backproof.verify.numbers.balls import real_ball_system
from backproof.verify.numbers.precision import DIGITS, EXTRA_BITS
from backproof.verify.paths.blocks import Enumeration, PathSums
from backproof.verify.paths.choice import sums_to
from backproof.verify.paths.sums import PathSum
from backproof.verify.rounding.bounds import rounding_bounds
from backproof.verify.three_way.check import CaseResult
from backproof.verify.three_way.comparison import Comparison, adjoint_label
from backproof.verify.three_way.floats import FloatCheck, FloatEntry, floats_against_enclosures, judged_floats
from backproof.verify.three_way.routes import Routes, Run, run
from backproof.verify.verdicts import Evidence, Reason, Verdict

CLAIM_DERIVATIVE = "engine = certified derivative"
CLAIM_PATHS = "engine = path sum"
CLAIM_CONTRACT = "the engine keeps its contract"
FLOAT32_ROUNDING = 2.0**29
"""The unit roundoff of float32 as a multiple of that of float64, 2⁻²⁴/2⁻⁵³: a bound of first order grows by this
factor.
"""


@dataclass(frozen=True)
class Answer:
    """What an engine returned: adjoints in the right shapes, or the problem why they are none.

    `reason`: why a problem leaves the case open; None where it is the engine's fault.
    """

    p: Mapping[int, Array]
    problem: str | None = None
    reason: Reason | None = None


def ask(engine: Engine, case: Case) -> Answer:
    """Run the engine on one case whose numbers are floats, and look at shapes, and whether it left its inputs alone."""
    graph, leaves, cotangent = case.graph, leaf_arrays(case), cotangent_matrix(case)
    before = [array.copy() for array in (*leaves, cotangent)]
    try:
        found: Any = engine(graph, leaves, cotangent)
    except NotImplementedError as error:
        return Answer({}, f"the engine raised NotImplementedError: {error}; --functions names those that it has", Reason.UNSUPPORTED)
    except Exception as error:  # whatever somebody's engine raises
        return Answer({}, f"the engine raised {type(error).__name__}: {error}{line_of(error)}", Reason.UNSUPPORTED)
    for number, (old, new) in enumerate(zip(before, (*leaves, cotangent), strict=True), start=1):
        if old.tobytes() != new.tobytes():
            what = f"the value of leaf {graph.name(number)!r}" if number <= graph.l else "the cotangent"
            return Answer({}, f"the engine changed {what} in place")
    if not isinstance(found, Mapping):
        return Answer({}, f"the engine must return a mapping from vertices to adjoints, found {type(found).__name__}")
    return _shaped(graph, found, len(cotangent))


def leaf_arrays(case: Case) -> list[Array]:
    """The leaf values as an engine gets them."""
    graph = case.graph
    return [
        np.array(value, dtype=np.int64 if graph.is_discrete(i) else np.float64).reshape(graph.shape(i))
        for i, value in enumerate(case.leaves, start=1)
    ]


def cotangent_matrix(case: Case) -> Array:
    """p_n with its rows; the identity where the case has none."""
    width = case.graph.dimension(case.graph.n)
    return np.eye(width) if case.cotangent is None else np.array(case.cotangent, dtype=np.float64).reshape(-1, width)


def _shaped(graph: Graph, found: Mapping[Any, Any], rows: int) -> Answer:
    p: dict[int, Array] = {}
    for j in range(1, graph.n + 1):
        value, shape = found.get(j), (rows, graph.dimension(j))
        if graph.is_discrete(j):
            continue
        if value is None:
            if j > graph.l:
                continue
            if j not in found:
                return Answer({}, f"no adjoint of leaf {graph.name(j)!r} (vertex {j}) was returned")
            p[j] = np.zeros(shape)
            continue
        try:
            array = np.asarray(value, dtype=np.float64)
        except (TypeError, ValueError):
            return Answer({}, f"the adjoint of {graph.name(j)!r} (vertex {j}) is not numbers: {type(value).__name__}")
        if array.size != rows * graph.dimension(j) or (rows > 1 and array.shape[:1] != (rows,)):
            return Answer(
                {}, f"the adjoint of {graph.name(j)!r} (vertex {j}) must have {rows} × {shape[1]} entries, found shape {array.shape}"
            )
        p[j] = array.reshape(shape)
    return Answer(p)


def check_engine(case: Case, engine: Engine, digits: int = DIGITS) -> CaseResult:
    """Every comparison of one engine on one case. The float run of the result holds the engine's adjoints alone."""
    case = rounded_case(case, FLOAT64)
    first = ask(engine, case)
    if first.problem is not None:
        return CaseResult(case, (_problem(first),))
    second = ask(engine, case)
    if second.problem is not None:
        return CaseResult(case, (_problem(replace(second, problem=f"{second.problem}, on the second call")),))
    try:
        with np.errstate(all="ignore"):
            return _judged(case, first.p, second.p, math.ceil(digits * math.log2(10)))
    except (DomainError, UnsupportedOperation) as error:
        reason = Reason.DOMAIN if isinstance(error, DomainError) else Reason.UNSUPPORTED
        return CaseResult(case, (_problem(Answer({}, str(error), reason)),))


def _judged(case: Case, p: Mapping[int, Array], again: Mapping[int, Array], bits: int) -> CaseResult:
    """Adjoints of leaves against enclosures, those inside against path sums, those of a second call if they differ."""
    graph = case.graph
    balls = run(case, real_ball_system(bits + EXTRA_BITS), Routes())
    vertices = [j for j in range(1, graph.n + 1) if not graph.is_discrete(j)]
    enumeration = Enumeration(graph)
    exact, _ = sums_to(graph, graph.n, vertices, PathSums(graph, balls.D, balls.system, enumeration))
    u = forward(graph, case.leaves, FLOAT64)
    floats = Run(FLOAT64, u, jacobians(graph, u, FLOAT64), {graph.n: cotangent_matrix(case), **p})
    sums, _ = sums_to(graph, graph.n, vertices, PathSums(graph, floats.D, FLOAT64, enumeration))
    certified = enclosures_or_hulls(graph, case.leaves, bits)
    checks = [floats_against_enclosures(case, FLOAT64, p, certified, textbook=True), _inside(case, p, exact, balls.system)]
    if not _same(p, again):
        checks.append(_again(floats_against_enclosures(case, FLOAT64, again, certified, textbook=True)))
    graded = tuple(_graded(check) for check in checks if check is not None)
    comparisons = tuple(check.comparison for check in graded if check.comparison is not None)
    return CaseResult(case, comparisons, None, floats, balls, sums, {}, certified, graded)


def nothing_to_tell(case: Case) -> str | None:
    """Why float64 adjoints say nothing on this case whatever the engine: a kink within the rounding errors, a
    derivative that they swallow; None elsewhere.
    """
    case = rounded_case(case, FLOAT64)
    return rounding_bounds(case.graph, case.leaves, case.cotangent, FLOAT64, textbook=True).undecidable


def _problem(answer: Answer) -> Comparison:
    verdict, evidence = (Verdict.WRONG, Evidence.EXACT) if answer.reason is None else (Verdict.INCONCLUSIVE, Evidence.NOT_CHECKED)
    return Comparison(CLAIM_CONTRACT, BACKWARD_PASS.name, "float64", verdict, evidence, answer.reason, answer.problem or "")


def _same(first: Mapping[int, Array], second: Mapping[int, Array]) -> bool:
    return first.keys() == second.keys() and all(first[j].tobytes() == second[j].tobytes() for j in first)


def _again(check: FloatCheck) -> FloatCheck:
    found = check.comparison
    if found is None or found.verdict is Verdict.CORRECT:
        return check
    return replace(check, comparison=replace(found, detail=f"on a second call with the same arguments, {found.detail}"))


def _graded(check: FloatCheck) -> FloatCheck:
    """The comparison in the oracle's words: INACCURATE as far as float32 explains it; INCONCLUSIVE if undecidable."""
    found = check.comparison
    if found is None:
        opened = Comparison(CLAIM_DERIVATIVE, LEAVES.name, check.system, Verdict.CORRECT, Evidence.ROUNDING)
        return replace(check, comparison=opened.inconclusive(check.reason, str(check.undecidable)), undecidable=None)
    claim = CLAIM_PATHS if found.claim == CLAIM_PATHS else CLAIM_DERIVATIVE
    verdict = Verdict.WRONG if found.failed and (found.worst or 0.0) > FLOAT32_ROUNDING else found.verdict
    return replace(check, comparison=replace(found, claim=claim, verdict=verdict))


def _inside(case: Case, p: Mapping[int, Array], sums: Mapping[int, PathSum], system: NumberSystem) -> FloatCheck | None:
    """Adjoints inside the graph against the path sum in balls; None if there are none, or no bound is known."""
    graph = case.graph
    given = [j for j in p if j > graph.l]
    if not given:
        return None
    bounds = rounding_bounds(graph, case.leaves, case.cotangent, FLOAT64, [j for j in given if j != graph.n], textbook=True)
    if bounds.undecidable:
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
