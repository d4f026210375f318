"""The rounding bound: correct backward passes are never beyond it, in four dtypes and several orders of summation, and
small faults are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backproof.engine import (
    FLOAT32,
    FLOAT64,
    DomainError,
    Graph,
    GraphError,
    NumberSystem,
    backward,
    forward,
    jacobians,
    leaf,
    mpmath_system,
    vertex,
)
from backproof.engine.functions import TABLE
from backproof.engine.functions.row import Row
from backproof.engine.graph import Edge
from backproof.engine.number_systems import BFLOAT16, FLOAT16
from backproof.verify.cases.case import Case, make_case, rounded_case
from backproof.verify.cases.draws import case_around, usual_case
from backproof.verify.numbers.float_model import smallest_error
from backproof.verify.numbers.running_errors import running_errors
from backproof.verify.numbers.tangents import STEP, TANGENT
from backproof.verify.rounding.bounds import Bounds, bounds_in_each, rounding_bounds
from backproof.verify.strategies import cases

SYSTEMS = (FLOAT64, FLOAT32, FLOAT16, BFLOAT16)
HIGH = mpmath_system(60)
Adjoints = dict[int, Any]


def in_order(children: Callable[[Sequence[int]], Sequence[int]]) -> Callable[..., Adjoints]:
    """A backward pass that adds the contributions of the children in another order."""

    def another(graph: Graph, D: Mapping[Edge, Any], cotangent: Any, system: NumberSystem) -> Adjoints:
        width = graph.dimension(graph.n)
        p = {graph.n: system.identity(width) if cotangent is None else system.array(cotangent).reshape(-1, width)}
        for j in range(graph.n - 1, 0, -1):
            if not graph.is_discrete(j):
                p[j] = system.zeros((p[graph.n].shape[0], graph.dimension(j)))
                for i in children(graph.children(j)):
                    p[j] = system.add(p[j], system.matmul(p[i], D[j, i]))
        return p

    return another


def pairwise(graph: Graph, D: Mapping[Edge, Any], cotangent: Any, system: NumberSystem) -> Adjoints:
    """A backward pass that adds the contributions two by two."""
    width = graph.dimension(graph.n)
    p = {graph.n: system.identity(width) if cotangent is None else system.array(cotangent).reshape(-1, width)}
    for j in range(graph.n - 1, 0, -1):
        if graph.is_discrete(j):
            continue
        terms = [system.matmul(p[i], D[j, i]) for i in graph.children(j)] or [system.zeros((p[graph.n].shape[0], graph.dimension(j)))]
        while len(terms) > 1:
            terms = [system.add(*terms[k : k + 2]) if k + 1 < len(terms) else terms[k] for k in range(0, len(terms), 2)]
        p[j] = terms[0]
    return p


ORDERS = {"as the engine does": backward, "last child first": in_order(lambda children: children[::-1]), "two by two": pairwise}


def shares(case: Case, system: NumberSystem, backward_pass: Callable[..., Adjoints], bounds: Bounds) -> list[float]:
    """|error| / bound for every leaf entry."""
    graph = case.graph
    with np.errstate(all="ignore"):
        p = backward_pass(graph, jacobians(graph, forward(graph, case.leaves, system), system), case.cotangent, system)
    exact = backward(graph, jacobians(graph, forward(graph, case.leaves, HIGH), HIGH), case.cotangent, HIGH)
    found: list[float] = []
    for j in graph.differentiable_leaves():
        for index in np.ndindex(p[j].shape):
            error, allowed = abs(HIGH.convert(float(p[j][index])) - exact[j][index]), bounds.allowed[j][index]
            found.append(0.0 if error == 0 else float(error / allowed) if allowed else float("inf"))
    return found


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda system: system.name)
def test_correct_backward_passes_stay_within_the_bound_in_every_order_of_summation(system: NumberSystem) -> None:
    entries, undecidable, worst = 0, 0, 0.0
    for number in range(60):
        case = rounded_case(usual_case(23, number), system)
        bounds = rounding_bounds(case.graph, case.leaves, case.cotangent, system)
        if bounds.undecidable:
            undecidable += 1
            continue
        try:
            for backward_pass in ORDERS.values():
                found = shares(case, system, backward_pass, bounds)
                entries += len(found)
                worst = max([worst, *found])
        except (DomainError, GraphError):
            undecidable += 1
    assert entries > 400
    assert undecidable < 20
    assert 0.02 < worst <= 1


@pytest.mark.parametrize(("system", "fault"), [(FLOAT64, 1e-12), (FLOAT32, 3e-4), (FLOAT64, -1.0)])
def test_an_edge_that_is_scaled_a_little_is_beyond_the_bound(system: NumberSystem, fault: float) -> None:
    graph = Graph(
        2,
        (
            leaf("x", (2,)),
            leaf("y", (2,)),
            vertex("a", "tanh", (1,)),
            vertex("b", "multiply", (3, 2)),
            vertex("c", "sin", (4,)),
            vertex("o", "sum", (5,)),
        ),
    )
    case = rounded_case(make_case("small", "random", graph, [[0.3, -0.7], [1.1, 0.4]]), system)
    bounds = rounding_bounds(graph, case.leaves, None, system)

    def scaled(graph: Graph, D: Mapping[Edge, Any], cotangent: Any, system: NumberSystem) -> Adjoints:
        return backward(graph, {**D, (1, 3): system.scale(1 + fault, D[1, 3])}, cotangent, system)

    assert max(shares(case, system, backward, bounds)) <= 1
    assert max(shares(case, system, scaled, bounds)) > 1


def slow_bound(case: Case, system: NumberSystem, vertices: Sequence[int]) -> dict[int, Any]:
    """S by its definition, one entry after the other: every value, Jacobian and adjoint is computed anew in numbers
    with a tangent."""
    graph, running = case.graph, running_errors(system)

    def blocks(u: Mapping[int, Any], numbers: NumberSystem) -> dict[Edge, Any]:
        D: dict[Edge, Any] = {}
        for i in range(graph.l + 1, graph.n + 1):
            for slot, j in enumerate(graph.operands(i)):
                if not graph.is_discrete(j):
                    block = graph.row(i).jacobian(numbers, graph.attributes(i), [u[k] for k in graph.operands(i)], slot)
                    D[j, i] = numbers.add(D[j, i], block) if (j, i) in D else block
        return D

    def value(i: int, u: Mapping[int, Any], numbers: NumberSystem) -> Any:
        return np.asarray(graph.row(i).value(numbers, graph.attributes(i), [u[k] for k in graph.operands(i)]))

    def adjoints(D: Mapping[Edge, Any]) -> dict[int, Any]:
        width = graph.dimension(graph.n)
        p: dict[int, Any] = {graph.n: TANGENT.array(np.eye(width) if case.cotangent is None else case.cotangent).reshape(-1, width)}
        for j in range(graph.n - 1, 0, -1):
            if not graph.is_discrete(j):
                p[j] = TANGENT.zeros((len(p[graph.n]), graph.dimension(j)))
                for i in graph.children(j):
                    p[j] = p[j] + TANGENT.matmul(p[i], D[j, i])
        return p

    leaves: dict[int, Any] = {}
    for i, entries in enumerate(case.leaves, start=1):
        shaped = np.asarray(entries, dtype=object if graph.is_discrete(i) else float).reshape(graph.shape(i))
        leaves[i] = shaped if graph.is_discrete(i) else shaped.astype(complex)
    exact, own = dict(leaves), {}
    for i in range(graph.l + 1, graph.n + 1):
        found = value(i, exact, running)
        exact[i], own[i] = found.real.astype(complex), found.imag.reshape(-1)
    rounded = blocks(exact, running)
    p = {j: adjoint.real for j, adjoint in adjoints(blocks(exact, TANGENT)).items()}
    u, eta = float(system.unit_roundoff), smallest_error(system)
    allowed: dict[int, Any] = {j: np.zeros(p[j].shape) for j in vertices}
    for j in vertices:
        for entry in range(graph.dimension(j)):
            seed = np.zeros(graph.dimension(j))
            seed[entry] = STEP
            moved: dict[int, Any] = {}
            for i in range(1, graph.n + 1):
                moved[i] = leaves[i] if i <= graph.l else value(i, moved, TANGENT)
                if i == j:
                    moved[i] = moved[i] + 1j * seed.reshape(graph.shape(j))
            bent = adjoints(blocks(moved, TANGENT))
            for v, error in own.items():
                allowed[j][:, entry] += np.abs(bent[v].imag / STEP) @ error
            for a, b in graph.edges:
                if graph.is_discrete(a):
                    continue
                count = (graph.dimension(b) + len(graph.children(a)) - 1) * u
                room = np.abs(p[b]) @ (rounded[a, b].imag + count / (1 - count) * np.abs(rounded[a, b].real)) + graph.dimension(b) * eta
                allowed[j][:, entry] += room @ np.abs(moved[a].imag.reshape(-1) / STEP)
    return allowed


def furthest(case: Case, system: NumberSystem, vertices: Sequence[int]) -> float:
    """The largest relative difference between the bound, without errors of second order, and the slow one; 0 where
    nothing can be said."""
    with mock.patch("backproof.verify.rounding.bounds.second_order", return_value={}):
        bounds = rounding_bounds(case.graph, case.leaves, case.cotangent, system, vertices)
    if bounds.undecidable:
        return 0.0
    with np.errstate(all="ignore"):
        slow = slow_bound(case, system, vertices)
    assert set(slow) == set(bounds.allowed)
    least = 1e-12 * max(float(np.max(bound)) for bound in slow.values()) or 1.0
    return max(float(np.max(np.abs(bounds.allowed[j] - slow[j]) / (slow[j] + least))) for j in vertices)


def with_adjoints(graph: Graph) -> list[int]:
    return [j for j in range(1, graph.n + 1) if not graph.is_discrete(j)]


@pytest.mark.parametrize("function", TABLE)
def test_around_every_row_the_bound_is_the_one_of_its_definition(function: str) -> None:
    for seed, system in enumerate((FLOAT64, FLOAT32)):
        case = rounded_case(case_around(function, seed, 9), system)
        assert furthest(case, system, with_adjoints(case.graph)) < 3e-6


@settings(max_examples=60, deadline=None)
@given(cases(max_vertices=8), st.sampled_from(SYSTEMS))
def test_the_bound_is_the_one_of_its_definition_on_any_graph(drawn: Case, system: NumberSystem) -> None:
    case = rounded_case(drawn, system)
    assert furthest(case, system, case.graph.differentiable_leaves()) < 3e-6


def test_the_definition_is_met_in_the_cases_of_a_campaign_and_needs_second_derivatives(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = [rounded_case(usual_case(29, number), FLOAT64) for number in range(40)]
    assert max(furthest(case, FLOAT64, case.graph.differentiable_leaves()) for case in drawn) < 3e-6
    monkeypatch.setattr(Row, "is_affine", lambda *_: True)
    assert max(furthest(case, FLOAT64, case.graph.differentiable_leaves()) for case in drawn) > 0.01


def test_many_entries_take_several_sweeps_and_an_unknown_adjoint_is_undecidable() -> None:
    wide = Graph(1, (leaf("x", (150,)), vertex("y", "sin", (1,)), vertex("z", "dot", (2, 1))))
    case = make_case("wide", "random", wide, [np.linspace(-2, 2, 150).tolist()])
    assert furthest(case, FLOAT64, [1]) < 3e-6
    hidden = Graph(
        2,
        (
            leaf("x"),
            leaf("y"),
            vertex("r", "reciprocal", (2,)),
            vertex("zero", "constant", value=0.0),
            vertex("m", "multiply", (3, 4)),
            vertex("s", "add", (1, 5)),
        ),
    )
    assert rounding_bounds(hidden, [[1.0], [1e-200]], None, FLOAT64).undecidable == "an adjoint leaves the range of float64"


def test_the_bound_of_one_product_is_that_of_a_hand_calculation() -> None:
    """z = x·y: the derivative y is a copy, so nothing is rounded but the product with p = 1 and a sum with 0: γ₁ of
    |y|."""
    graph = Graph(2, (leaf("x"), leaf("y"), vertex("z", "multiply", (1, 2))))
    bounds = rounding_bounds(graph, [[3.0], [5.0]], None, FLOAT64)
    assert bounds.allowed[1].item() == pytest.approx(5 * 2**-53, rel=1e-5)
    assert bounds.allowed[2].item() == pytest.approx(3 * 2**-53, rel=1e-5)


def test_the_bound_is_larger_by_the_ratio_of_the_roundings_in_a_smaller_dtype() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "reciprocal", (1,)), vertex("z", "reciprocal", (2,))))
    wide, narrow = (rounding_bounds(graph, [[3.0]], None, system).allowed[1].item() for system in (FLOAT64, FLOAT32))
    assert narrow / wide == pytest.approx(2**29, rel=1e-3)


@pytest.mark.parametrize("numbers", [range(0, 40), range(3000, 3040)])
def test_in_each_dtype_the_bound_is_no_smaller_than_the_one_found_alone_and_hardly_larger(numbers: range) -> None:
    for case in (usual_case(11, number) for number in numbers):
        rounded = [(system, rounded_case(case, system)) for system in SYSTEMS]
        found = bounds_in_each(rounded)
        assert list(found) == [system.name for system in sorted(SYSTEMS, key=lambda system: -system.unit_roundoff)]
        for system, held in rounded:
            alone = rounding_bounds(held.graph, held.leaves, held.cotangent, system)
            together = found[system.name]
            assert together.undecidable == alone.undecidable
            for j in alone.allowed:
                assert (together.allowed[j] >= alone.allowed[j]).all()
                assert (together.allowed[j] <= alone.allowed[j] * (1 + 1e-4) + 1e-40).all()


def test_a_bound_is_taken_over_only_from_a_dtype_that_holds_the_same_and_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def noted(graph: Graph, leaves: Any, cotangent: Any, system: NumberSystem) -> Any:
        asked.append(system.name)
        return rounding_bounds(graph, leaves, cotangent, system)

    monkeypatch.setattr("backproof.verify.rounding.bounds.rounding_bounds", noted)

    def computed(graph: Graph, value: float, *systems: NumberSystem) -> list[str]:
        asked.clear()
        case = make_case("one", "random", graph, [[value]])
        bounds_in_each([(system, rounded_case(case, system)) for system in systems])
        return list(asked)

    once = Graph(1, (leaf("x"), vertex("y", "sin", (1,))))
    assert computed(once, 0.5, FLOAT64, FLOAT32) == ["float32"]
    assert computed(once, 0.1, FLOAT64, FLOAT32) == ["float32", "float64"]  # float32 does not hold 0.1
    assert computed(once, 0.5, FLOAT16, BFLOAT16) == ["bfloat16", "float16"]  # the range of float16 is smaller
    assert computed(once, 0.5, FLOAT32, FLOAT16) == ["float16", "float32"]  # more roundings are assumed of float32's library
    near = Graph(1, (leaf("x"), vertex("y", "sin", (1,)), vertex("d", "subtract", (2, 1)), vertex("z", "relu", (3,))))
    assert computed(near, 2.0**-10, FLOAT64, FLOAT32) == ["float32", "float64"]  # the kink is 2⁻³³ away


def test_cancellation_kinks_and_overflow_are_undecidable_in_this_dtype() -> None:
    x = leaf("x")
    cancelling = Graph(1, (x, vertex("y", "exp", (1,)), vertex("n", "negate", (2,)), vertex("z", "add", (2, 3))))
    found = rounding_bounds(cancelling, [[1.5]], None, FLOAT64).undecidable
    assert found == "rounding in float64 may change a derivative by more than a quarter of the largest"
    kinked = Graph(1, (x, vertex("y", "sin", (1,)), vertex("c", "constant", value=float(np.sin(0.5))), vertex("z", "maximum", (2, 3))))
    assert (
        rounding_bounds(kinked, [[0.5]], None, FLOAT64).undecidable
        == "vertex 4 ('z'): maximum has a kink within the rounding errors of float64"
    )
    large = Graph(1, (x, vertex("y", "exp", (1,))))
    assert rounding_bounds(large, [[12.0]], None, FLOAT16).undecidable == "vertex 2 ('y'): exp leaves the range of float16"
    assert rounding_bounds(large, [[12.0]], None, FLOAT32).undecidable is None
    edge = Graph(1, (x, vertex("y", "sin", (1,)), vertex("d", "subtract", (2, 2)), vertex("z", "log", (3,))))
    assert "edge of its domain" in str(rounding_bounds(edge, [[0.5]], None, FLOAT64).undecidable)


def test_a_case_is_rounded_to_what_the_dtype_holds_and_labels_stay() -> None:
    graph = Graph(
        2, (leaf("x", (3,)), leaf("label", discrete=True), vertex("y", "pick", (1, 2)), vertex("z", "power", (3,), exponent=Fraction(1, 3)))
    )
    case = rounded_case(make_case("pick", "random", graph, [[0.1, 0.2, 0.3], [2]], cotangent=[[0.7]]), BFLOAT16)
    assert case.leaves == ((0.10009765625, 0.2001953125, 0.30078125), (2,))
    assert case.graph.attributes(4) == {"exponent": 0.333984375}
    assert case.cotangent == ((0.69921875,),)
    assert rounding_bounds(case.graph, case.leaves, case.cotangent, BFLOAT16).undecidable is None
