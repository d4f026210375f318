"""Every step of every theorem: that it holds, that a changed side is noticed there and nowhere else, and which steps a
wrong engine fails.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np
import pytest

from backproof.engine import FLOAT64, RATIONAL, Graph, backward, leaf, mpmath_system, vertex
from backproof.engine.free_algebra import FREE, Polynomial
from backproof.theorems.catalogue import THEOREMS, theorem
from backproof.theorems.theorem import Step, Theorem
from backproof.verify.cases.case import Case, is_exact, make_case
from backproof.verify.cases.draws import usual_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.proofs.measured import Measured
from backproof.verify.proofs.quantities import SuppliedQuantities, quantities, symbolic
from backproof.verify.proofs.steps import StepFinding, check_case_theorems, check_step
from backproof.verify.selftest.mutants import MUTANTS, by_name
from backproof.verify.three_way.routes import Routes
from backproof.verify.verdicts import Evidence, Verdict

STEPS = [(stated, number) for stated in THEOREMS for number in range(len(stated.steps))]
every_step = pytest.mark.parametrize(("stated", "number"), STEPS, ids=[f"{stated.label}-{number}" for stated, number in STEPS])


def on_softmax() -> Case:
    graph = Graph(1, (leaf("l", (3,)), vertex("s", "softmax", (1,)), vertex("y", "square", (2,))))
    return make_case("softmax", "doc", graph, [np.array([0.5, -1.0, 2.0])])


CASES = [*lecture_cases(), *(usual_case(1, number) for number in range(12)), on_softmax()]


def everywhere(case: Case, routes: Routes | None = None) -> list[SuppliedQuantities]:
    exact = [RATIONAL] if is_exact(case) else []
    return [symbolic(case.graph, routes), *(quantities(case, system, routes) for system in (*exact, mpmath_system(90), FLOAT64))]


def found(stated: Theorem, number: int, most: int = 6) -> list[tuple[SuppliedQuantities, StepFinding]]:
    """The findings of one step on the first cases that have it."""
    checked = [(q, finding) for case in CASES[:12] for q in everywhere(case) for finding in check_step(stated, number, q)]
    return checked[:most]


def with_step(stated: Theorem, number: int, step: Step) -> Theorem:
    return replace(stated, steps=(*stated.steps[:number], step, *stated.steps[number + 1 :]))


def slightly_wrong(value: Any) -> Any:
    """The same with one entry changed by a little, one path less, or one more."""
    if isinstance(value, Measured):
        changed = value.value.copy()
        place = (0,) * changed.ndim
        changed[place] = value.system.add(changed[place], value.system.array(2.0**-30)).item()
        return replace(value, value=changed)
    if isinstance(value, Polynomial):
        return value + FREE.symbol("extra")
    if isinstance(value, int):
        return value + 1
    return [*value, (0, 0)]


@every_step
def test_a_step_is_checked_somewhere_and_holds(stated: Theorem, number: int) -> None:
    findings = found(stated, number)
    assert findings
    assert {finding.verdict for _, finding in findings} == {Verdict.CORRECT}
    assert all(finding.places > 0 for _, finding in findings)


@pytest.mark.parametrize("side", ["left", "right"])
@every_step
def test_a_changed_side_fails_exactly_its_step(stated: Theorem, number: int, side: str) -> None:
    step = stated.steps[number]
    before: Callable[..., Any] = getattr(step, side)
    wrong = with_step(stated, number, replace(step, **{side: lambda q, place: slightly_wrong(before(q, place))}))
    for q, _ in found(stated, number, most=4):
        for other in range(len(stated.steps)):
            verdicts = {finding.verdict for finding in check_step(wrong, other, q)}
            assert verdicts <= ({Verdict.WRONG} if other == number else {Verdict.CORRECT}), (other, q.system)
        assert check_step(wrong, number, q)[0].failures


def failing(routes: Routes, cases: list[Case]) -> set[tuple[str, str]]:
    findings = (finding for case in cases for finding in check_case_theorems(case, THEOREMS, routes))
    return {(finding.theorem, finding.step) for finding in findings if finding.verdict is Verdict.WRONG}


FOUNDATIONS = {"chain-rule", "edge-jacobians", "log-softmax", "matrix-jacobian", "derivation", "forward-pass", "path-sum"}
FAILS_FIRST = {
    "backward": ("backward-pass", "conclusion"),
    "jacobians": ("edge-jacobians", "local derivative"),
    "table": ("edge-jacobians", "local derivative"),
    "forward": ("forward-pass", "value"),
}
WRONG_ENGINES = [
    mutant for mutant in MUTANTS if mutant.part in FAILS_FIRST and mutant.name != "float in balls"
]  # no theorem is run in balls


@pytest.mark.parametrize("mutant", WRONG_ENGINES, ids=lambda mutant: mutant.name)
def test_a_wrong_engine_fails_the_step_that_it_breaks(mutant: Any) -> None:
    cases = chain(CASES, (usual_case(1, number) for number in range(12, 100)))
    steps = next(steps for case in cases if FAILS_FIRST[mutant.part] in (steps := failing(mutant.routes, [case])))
    if mutant.part == "backward":
        assert not {label for label, _ in steps} & FOUNDATIONS, "a wrong backward pass spoils no statement about derivatives and path sums"
    else:
        assert ("backward-pass", "recursion") not in steps, "the backward pass is right for the Jacobians that it is given"


@pytest.mark.parametrize("name", ["path missed", "path repeated"])
def test_a_wrong_enumeration_fails_the_partition_of_the_paths_in_both_proofs(name: str) -> None:
    steps = failing(by_name(name).routes, CASES[:1])
    assert {
        ("path-sum", "the last edges part the paths"),
        ("backward-pass", "the first edges part the paths"),
        ("counting", "count"),
    } <= steps
    assert ("path-sum", "chain rule over the last edges") not in steps
    assert ("backward-pass", "recursion") not in steps


def test_a_path_that_is_exchanged_for_another_fails_though_the_count_is_right() -> None:
    steps = failing(by_name("path swapped").routes, CASES[:4])
    assert ("path-sum", "the last edges part the paths") in steps
    assert ("counting", "count") not in steps


def test_a_wrong_difference_fails_the_chain_rule_and_no_step_without_derivatives() -> None:
    steps = failing(by_name("step too large").routes, CASES[:1])
    assert ("chain-rule", "vectors") in steps
    assert ("path-sum", "the last edge moves into the path") not in steps
    assert not [label for label, _ in steps if label == "backward-pass"]


def test_a_loop_that_runs_in_another_order_breaks_the_invariant() -> None:
    def upside_down(graph: Any, D: Any, cotangent: Any = None, system: Any = FLOAT64) -> Any:
        p = backward(graph, D, cotangent, system)
        return dict(reversed(p.items()))

    steps = failing(Routes(backward=upside_down), CASES[:1])
    assert steps == {("backward-pass", "loop invariant")}


def test_the_first_equality_of_theorem_1_uses_derivatives_from_values_and_says_which() -> None:
    four = lecture_cases()[0]
    (exact,) = check_step(theorem("path-sum"), 0, quantities(four, RATIONAL))
    (digits,) = check_step(theorem("path-sum"), 0, quantities(four, mpmath_system(90)))
    assert (exact.kind, exact.methods) == (Evidence.EXACT, ("interpolating stencil",))
    assert (digits.kind, digits.methods) == (Evidence.DIGITS, ("difference",))
    assert digits.digits is not None
    assert digits.digits >= 40
    assert not check_step(theorem("path-sum"), 0, quantities(four, FLOAT64)), "float64 has no derivatives from values"
    assert not check_step(theorem("path-sum"), 0, symbolic(four.graph)), "symbols have none either"


def test_division_is_exact_by_dual_numbers_and_the_label_says_so() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "reciprocal", (1,)), vertex("z", "square", (2,))))
    case = make_case("1/x²", "doc", graph, [3.0])
    (finding,) = check_step(theorem("path-sum"), 5, quantities(case, RATIONAL))
    assert (finding.verdict, finding.methods) == (Verdict.CORRECT, ("exact dual number",))


def test_at_a_kink_nothing_is_called_correct() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "relu", (1,)), vertex("z", "square", (2,))))
    case = make_case("kink", "doc", graph, [0.0])
    findings = [finding for finding in check_case_theorems(case, [theorem("path-sum")]) if finding.step == "conclusion"]
    assert [(finding.system.split("(")[0], finding.verdict) for finding in findings] == [("mpmath", Verdict.INCONCLUSIVE)]
    assert "kink" in (findings[0].reason or "")


def test_outside_the_domain_every_step_is_inconclusive_and_the_reason_names_the_vertex() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "log", (1,))))
    case = make_case("domain", "doc", graph, [-1.0])
    findings = list(check_case_theorems(case, [theorem("forward-pass")]))
    assert {finding.verdict for finding in findings if finding.system != "free"} == {Verdict.INCONCLUSIVE}
    assert any("outside the domain" in (finding.reason or "") and "y" in (finding.reason or "") for finding in findings)


def test_a_polynomial_graph_is_also_checked_at_a_random_point_with_the_bound_of_schwartz_and_zippel() -> None:
    four = lecture_cases()[0]
    findings = [finding for finding in check_case_theorems(four, [theorem("leaf-adjoints")]) if finding.system == "random point"]
    assert [(finding.verdict, finding.degree) for finding in findings] == [(Verdict.CORRECT, 2)]
    assert findings[0].bound is not None
    assert findings[0].bound * 2**32 == 2 * 2  # two scalar equations of degree 2
    wrong = [
        finding.verdict
        for finding in check_case_theorems(four, [theorem("leaf-adjoints")], by_name("relative error 1e-9").routes)
        if finding.system == "random point"
    ]
    assert wrong == [Verdict.WRONG]


def test_random_cases_raise_no_false_alarm() -> None:
    for number in range(100, 130):
        case = usual_case(7, number)
        wrong = [finding for finding in check_case_theorems(case, THEOREMS) if finding.verdict is Verdict.WRONG]
        assert not wrong, (number, wrong[0])
