"""What a failing case says of its cause, as data: `fault_of_routes` of a case of the suite, `fault_of_engine` of an engine
on trial.

The record holds every cause that explains the case (`blame.hypotheses`), the first wrong vertex in the order of the
backward pass with what was found there and what its children make of it, which contributions are at fault by each of
the causes, and what the adjoint becomes without the fault.

>>> from backproof.verify.cases.lecture import lecture_cases
>>> from backproof.verify.selftest.mutants import by_name
>>> from backproof.verify.three_way.check import check_case
>>> routes = by_name("last consumer only").routes
>>> found = fault_of_routes(check_case(lecture_cases()[0], routes), routes)
>>> found["explained_by"][0], found["name"], found["found"], found["expected"], found["marks"][0]["edges"]
('last consumer only @ everywhere', 'u₂', [['7.0']], [['11.0']], [{'from': 2, 'to': 3, 'what': 'is missing'}])
>>> fault_of_routes(check_case(lecture_cases()[0]), Routes()) is None  # it does not fail
True
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from backproof.engine import FLOAT64, DomainError, Graph, GraphError, NumberSystem, UnsupportedOperation, mpmath_system, number_system
from backproof.engine.number_systems import Array
from backproof.reports.document import Record
from backproof.reports.text import short_matrix
from backproof.verify.blame.candidates import DROPPED, Candidate, Setting, changed
from backproof.verify.blame.causes import ALL, ENDED, ROUTE, UNKNOWN, UNKNOWN_VALUE, Cause, level
from backproof.verify.blame.contributions import ONE_TWICE
from backproof.verify.blame.diagnosis import BALL_DIGITS, middles
from backproof.verify.blame.from_adjoints import effect_of
from backproof.verify.blame.hypotheses import Hypotheses, hypotheses
from backproof.verify.blame.words import CHANGE_WORDS
from backproof.verify.numbers.balls import real_ball_system
from backproof.verify.results.case_detail import is_too_large, matrix
from backproof.verify.three_way.check import CaseResult
from backproof.verify.three_way.comparison import Comparison
from backproof.verify.three_way.definition import CLAIM_DEFINITION
from backproof.verify.three_way.floats import CLAIM_FLOATS
from backproof.verify.three_way.routes import Routes, Run, run
from backproof.verify.three_way.theorem_1 import CLAIM_CERTIFIED
from backproof.verify.three_way.theorem_2 import CLAIM_ADJOINTS
from backproof.verify.verdicts import Verdict

FAILING = (Verdict.WRONG, Verdict.INACCURATE)
SAID_EDGES = 3  # contributions that one sentence names; chosen: a line
MOST_MARKS = 4  # different contributions at fault that a record holds; chosen: one picture shows one of them
BITS = 200  # of the balls from which certified adjoints are taken; chosen: 60 digits
MISSING, TWICE = "is missing", "is counted twice"
KNOWN_ERRORS = (DomainError, GraphError, UnsupportedOperation, OverflowError, ValueError, KeyError, TypeError)
"""What a wrong route may raise where it is run once more; then nothing is said of a cause."""


def fault_of_engine(result: CaseResult, certified: bool = True) -> Record | None:
    """The fault of an engine on trial, with the `certified` adjoints or without; None if the case does not fail."""
    if result.verdict not in FAILING:
        return None
    case, floats = result.case, result.floats
    ended = [_ended(c) for c in result.comparisons if c.ending is not None and c.verdict in FAILING]
    if ended or floats is None:
        return _record(case.graph, None, [cause.key for cause in ended], {})
    observed = {j: p for j, p in floats.p.items() if j != case.graph.n}
    found = _hypotheses(floats, floats, case.cotangent, case.graph, observed, None)
    return _record(case.graph, found, [], _certified(result.reference, case.graph) if certified else {}, floats.p)


def fault_of_routes(result: CaseResult, routes: Routes, certified: bool = True) -> Record | None:
    """The fault of the suite's own routes, of which some may be wrong, with the `certified` adjoints or without; None if
    the case does not fail.
    """
    if result.verdict not in FAILING:
        return None
    graph, routed = result.case.graph, [cause.key for cause in _odd_routes(result.comparisons)]
    right_ones = _certified_again(result) if certified else {}
    for system in _systems(result.comparisons):
        try:
            wrong, right = _both(result, system, routes)
        except KNOWN_ERRORS:
            continue
        found = _hypotheses(wrong, right, result.case.cotangent, graph, wrong.p, wrong.u)
        if found is not None and found.candidates:
            return _record(graph, found, routed, right_ones, wrong.p, wrong.u)
    return _record(graph, None, routed, right_ones)


def fault_of_steps(findings: Sequence[Record] | None) -> Record | None:
    """The fault of a case whose comparisons hold, and a step of a theorem does not; None where all of them do.

    >>> fault_of_steps([{"verdict": "WRONG"}]), fault_of_steps([{"verdict": "CORRECT"}])
    ({'explained_by': ["route a theorem's step @ everywhere"]}, None)
    """
    failing = any(finding["verdict"] in FAILING for finding in findings or ())
    return {"explained_by": [Cause(f"{ROUTE}a theorem's step", ALL).key]} if failing else None


def _both(result: CaseResult, system: NumberSystem, routes: Routes) -> tuple[Run, Run]:
    """What the routes compute in a number system, and what the right ones do; of balls, the middles."""
    with np.errstate(all="ignore"):
        wrong = result.floats if system is FLOAT64 and result.floats is not None else run(result.case, system, routes)
        if system.family != "ball":
            return wrong, run(result.case, system, Routes())
        high = mpmath_system(BALL_DIGITS)
        return replace(wrong, u=middles(wrong.u, high), p=middles(wrong.p, high)), run(result.case, high, Routes())


def fault_sentence(fault: Record, graph: Graph) -> str:
    """What goes wrong on one graph, in a sentence: where, what was found, what its children make of it; empty where that
    is not known.

    >>> from backproof.engine import leaf, vertex
    >>> graph = Graph(1, (leaf("x"), vertex("y", "exp", (1,))))
    >>> fault_sentence({"explained_by": [], "quantity": "adjoint", "name": "x", "found": [["2.0"]], "marks": []}, graph)
    'The adjoint of x is 2.'
    >>> fault_sentence({"explained_by": []}, graph)
    ''
    """
    if "name" not in fault or "found" not in fault:
        return ""
    words = f"The {fault['quantity']} of {fault['name']} is {short_matrix(fault['found'])}"
    if "expected" in fault:
        words += f", and its children make it {short_matrix(fault['expected'])}"
    edges = fault["marks"][0]["edges"] if fault["marks"] else []
    told = [
        f"the contribution along edge {graph.name(edge['from'])}→{graph.name(edge['to'])} {edge['what']}" for edge in edges[:SAID_EDGES]
    ]
    told += [f"and so {len(edges) - SAID_EDGES} more"] if len(edges) > SAID_EDGES else []
    return f"{words}{': ' if told else ''}{', '.join(told)}."


def _hypotheses(
    wrong: Run, right: Run, cotangent: Any, graph: Graph, observed: Mapping[int, Array], values: Mapping[int, Array] | None
) -> Hypotheses | None:
    try:
        return hypotheses(graph, right.D, cotangent, observed, values=right.u, system=right.system, observed_values=values)
    except KNOWN_ERRORS:
        return None


def _systems(comparisons: Sequence[Comparison]) -> list[NumberSystem]:
    """The number systems in which something failed: float64 first, the others as they were compared."""
    failing = [c for c in comparisons if c.verdict in FAILING]
    names = dict.fromkeys(c.system for c in failing if c.claim == CLAIM_ADJOINTS)
    if any(c.claim in (CLAIM_CERTIFIED, CLAIM_FLOATS) for c in failing):
        names = {FLOAT64.name: None, **names}
    ordered = sorted(names, key=lambda name: name != FLOAT64.name)
    return [real_ball_system(BITS) if name == "ball" else number_system(name) for name in ordered if name == "ball" or _is_system(name)]


def _is_system(name: str) -> bool:
    try:
        number_system(name)
    except ValueError:
        return False
    return True


def _ended(comparison: Comparison) -> Cause:
    """An engine that ended without adjoints, by how it ended and the name of what it raised."""
    raised = re.search(r"\b\w*(?:Error|Exception|Interrupt|Warning)\b", comparison.detail)
    return Cause(f"{ENDED}{comparison.ending}{f', {raised[0]}' if raised else ''}", ALL)


def _odd_routes(comparisons: Sequence[Comparison]) -> list[Cause]:
    """Which of the routes disagrees with the others."""
    verdicts: dict[str, list[bool]] = {}
    for c in comparisons:
        if c.verdict in FAILING or c.verdict is Verdict.CORRECT:
            verdicts.setdefault(c.claim, []).append(c.verdict in FAILING)
    adjoints, floats = verdicts.get(CLAIM_ADJOINTS, []), any(verdicts.get(CLAIM_FLOATS, []))
    certified, defined = any(verdicts.get(CLAIM_CERTIFIED, [])), any(verdicts.get(CLAIM_DEFINITION, []))
    witnesses = [failed for claim, failed in verdicts.items() if claim.startswith("path sum = differences")]
    witnessed, apart = bool(witnesses), any(any(failed) for failed in witnesses)
    odd = "the floats"
    if any("wrong path enumeration" in c.detail for c in comparisons if c.verdict in FAILING):
        odd = "the path enumeration"
    elif defined and not floats:
        odd = "the definition"
    elif any(adjoints):
        odd = "the path sums" if certified and not floats else "the backward pass" if all(adjoints) else "one number system"
    elif certified:
        odd = "the enclosures" if witnessed and not apart else "the local Jacobians"
    elif apart:
        odd = "the differences"
    return [Cause(f"{ROUTE}{odd}", ALL)]


def _certified(reference: Run | None, graph: Graph) -> dict[int, Array]:
    """Adjoints from balls, each the float nearest to the middle."""
    if reference is None or is_too_large(graph):
        return {}
    return {j: np.asarray(np.frompyfunc(_nearest, 1, 1)(balls)) for j, balls in reference.p.items()}


def _nearest(ball: Any) -> float:
    return float(ball.mid()) if ball.is_finite() else float("nan")


def _certified_again(result: CaseResult) -> dict[int, Array]:
    """Adjoints in balls by the right routes."""
    if is_too_large(result.case.graph):
        return {}
    try:
        return _certified(run(result.case, real_ball_system(BITS), Routes()), result.case.graph)
    except KNOWN_ERRORS:
        return {}


def _record(
    graph: Graph,
    found: Hypotheses | None,
    others: Sequence[str],
    certified: Mapping[int, Array],
    p: Mapping[int, Array] | None = None,
    u: Mapping[int, Array] | None = None,
) -> Record:
    keys = [*(found.keys if found is not None else ()), *others]
    record: Record = {"explained_by": sorted(dict.fromkeys(keys), key=level)}
    if certified:
        record["certified"] = {str(j): matrix(array) for j, array in sorted(certified.items())}
    if found is None or found.first is None:
        return record
    first = found.first
    told = {"vertex": first, "name": graph.name(first), "quantity": "adjoint" if found.value is None else "value"}
    if found.value is not None:
        return {**record, **told, **({} if u is None else {"found": matrix(u[first])}), "marks": []}
    seen = {} if p is None or first not in p else {"found": matrix(p[first])}
    expected = {} if found.local is None else {"expected": matrix(found.local.sums[first])}
    return {**record, **told, **seen, **expected, "marks": _marks(found, first)}


def _marks(found: Hypotheses, first: int) -> list[Record]:
    """The contributions at fault at the first wrong vertex, by the causes that say so, and the adjoint without the
    fault."""
    marks: list[Record] = []
    for key, candidate in found.candidates:
        if candidate is None or level(key) == UNKNOWN or key.startswith(UNKNOWN_VALUE):
            continue
        edges = _edges_at_fault(found.setting, candidate, first)
        known = next((mark for mark in marks if mark["edges"] == edges), None)
        if known is not None:
            known["causes"].append(key)
        elif edges and len(marks) < MOST_MARKS:
            without: Record = {}
            if found.local is not None and candidate.edges:
                effect = effect_of(found.setting, found.local, candidate)
                without = {"without": matrix(found.local.p[first] - effect[first])} if first in effect else {}
            marks.append({"causes": [key], "edges": edges, **without})
    return marks


def _edges_at_fault(setting: Setting, candidate: Candidate, first: int) -> list[Record]:
    """The edges at the first wrong vertex whose Jacobian is another one, and how."""
    edges: list[Record] = []
    for k in candidate.edges:
        a, b = setting.edges[k]
        if a == first:
            D, wrong = setting.D[k], changed(setting, candidate.change, k, candidate.alpha)
            if not np.array_equal(wrong, D):
                edges.append({"from": a, "to": b, "what": _what(candidate, wrong)})
    return edges


def _what(candidate: Candidate, wrong: Array) -> str:
    if candidate.change is DROPPED or not np.any(wrong):
        return MISSING
    if candidate.alpha is not None:
        return f"is multiplied by {candidate.alpha:.6g}".replace("-", "−")
    if candidate.kind == ONE_TWICE:
        return TWICE
    if candidate.change.whole is not None and candidate.change.kind not in CHANGE_WORDS:
        return "lacks one use"
    return CHANGE_WORDS.get(candidate.change.kind, candidate.change.kind)
