"""Every enclosure of graphs of every kind contains the derivative, known from evaluation with 400 bits by the formulas of
the Jacobians; and a wrong enclosure is noticed by the very same comparison."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import acb
from hypothesis import given, settings

from backproof.engine import Graph, forward, jacobians, leaf, mpmath_system, vertex
from backproof.engine.functions import TABLE
from backproof.engine.graph import Edge
from backproof.verify.cases.case import Case, make_case
from backproof.verify.cases.coverage import FUNCTIONS
from backproof.verify.cases.draws import case_around
from backproof.verify.derivatives import certificates, polydiscs
from backproof.verify.derivatives.certificates import certify, certify_all, local_certificate
from backproof.verify.derivatives.enclosures import Enclosure, contains, lies_within
from backproof.verify.derivatives.polydiscs import NoEnclosure, Polydisc
from backproof.verify.numbers.ball_arrays import entrywise, on_arrays
from backproof.verify.numbers.balls import complex_ball_system
from backproof.verify.numbers.float_model import exact_fraction
from backproof.verify.strategies import cases

HIGH, HIGHEST = mpmath_system(121), mpmath_system(1200)


def floats(case: Case) -> list[Any]:
    return [values if case.graph.is_discrete(j) else [float(x) for x in values] for j, values in enumerate(case.leaves, start=1)]


def path_sums(graph: Graph, leaves: list[Any], system: Any) -> dict[Edge, Any]:
    """∂u_k/∂u_j = Σ D_{i→k} ∂u_i/∂u_j, by the formulas of the Jacobians."""
    D = jacobians(graph, forward(graph, leaves, system), system)
    T: dict[Edge, Any] = {(j, j): system.identity(graph.dimension(j)) for j in graph.differentiable_leaves()}
    for k in range(graph.l + 1, graph.n + 1):
        for j in graph.differentiable_leaves():
            parts = [system.matmul(D[i, k], T[j, i]) for i in graph.parents(k) if (j, i) in T]
            if parts:
                T[j, k] = sum(parts[1:], parts[0])
    return T


def misses(found: Mapping[Edge, Enclosure | NoEnclosure], right: Mapping[Edge, Any]) -> list[str]:
    """The entries that are not inside, in exact arithmetic."""
    return [
        f"∂{k}/∂{j}{list(index)}"
        for (j, k), enclosure in found.items()
        if isinstance(enclosure, Enclosure)
        for index in np.ndindex(enclosure.mid.shape)
        if not lies_within(exact_fraction(right[j, k][index]), (enclosure.mid[index], enclosure.rad[index]))
    ]


def outside(case: Case, change: Callable[[Enclosure], Enclosure] = lambda enclosure: enclosure) -> list[str]:
    """The entries of all enclosures of a case that do not contain the derivative with 400 bits, nor with 4,000."""
    leaves = floats(case)
    found = {pair: e if isinstance(e, NoEnclosure) else change(e) for pair, e in certify_all(case.graph, leaves).items()}
    return misses(found, path_sums(case.graph, leaves, HIGH)) and misses(found, path_sums(case.graph, leaves, HIGHEST))


def undecided(case: Case) -> list[str]:
    return [str(found) for found in certify_all(case.graph, floats(case)).values() if isinstance(found, NoEnclosure)]


def one(graph: Graph, leaves: list[Any], j: int, k: int) -> Enclosure:
    found = certify(graph, leaves, j)[k]
    assert isinstance(found, Enclosure), str(found)
    return found


def unary(*functions: str, **attributes: Any) -> Graph:
    """x → f₁ → f₂ …"""
    return Graph(1, (leaf("x"), *(vertex(f"v{i}", name, (i - 1,), **attributes) for i, name in enumerate(functions, start=2))))


# -- Containment --


@settings(max_examples=100, deadline=None)
@given(case=cases())
def test_every_enclosure_of_a_drawn_graph_contains_the_derivative(case: Case) -> None:
    assert outside(case) == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_of_the_table_has_enclosures_that_contain_its_derivative(function: str) -> None:
    for seed in range(4):
        case = case_around(function, seed, 8)
        assert outside(case) == []
        assert undecided(case) == []


def test_every_function_of_the_table_is_among_them() -> None:
    assert set(FUNCTIONS) == set(TABLE)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_with_steps_so_wide_that_the_bound_alone_decides_the_derivative_is_still_inside(
    function: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """h = R/2 for R = 2^−4 and smaller: the error of the method is not hidden behind tiny steps."""
    monkeypatch.setattr(certificates, "FIRST_RADIUS", 4)
    monkeypatch.setattr(certificates, "polydisc_for", lambda radius, accuracy: Polydisc(radius, radius + 1, 300))
    for seed in range(2):
        assert outside(case_around(function, seed, 8)) == []


@pytest.mark.parametrize("depth", [60, 200, 500])
def test_a_long_chain_of_sines(depth: int) -> None:
    graph = unary(*["sin"] * depth)
    found = certify(graph, [1.0], 1, targets=(graph.n,))
    enclosure = found[graph.n]
    assert isinstance(enclosure, Enclosure)
    with mpmath.workdps(60):
        x, slope = mpmath.mpf(1), mpmath.mpf(1)
        for _ in range(depth):
            slope *= mpmath.cos(x)
            x = mpmath.sin(x)
        assert contains(enclosure, [[slope]]).item()
    assert enclosure.digits > 18
    assert set(found) == {graph.n}


@pytest.mark.parametrize("depth", [60, 200, 500])
def test_a_long_chain_that_stretches_every_vertex(depth: int) -> None:
    """tanh(1.7 u) again and again: from 2⁻³⁰⁰ the slope grows up to 1.7^500, and the first ball is far too large."""
    vertices = [leaf("x")]
    for i in range(2, 2 * depth + 2, 2):
        vertices += [vertex(f"w{i}", "weighted_sum", (i - 1,), weights=[[[1.7]]]), vertex(f"t{i}", "tanh", (i,))]
    graph = Graph(1, tuple(vertices))
    found = certify(graph, [2.0**-700], 1, targets=(graph.n,))[graph.n]
    assert isinstance(found, Enclosure)
    with mpmath.workdps(300):
        x, slope, weight = mpmath.mpf(2) ** -700, mpmath.mpf(1), mpmath.mpf(1.7)
        for _ in range(depth):
            x = mpmath.tanh(weight * x)
            slope *= weight * (1 - x * x)
        assert contains(found, [[slope]]).item()
        assert slope > weight ** (depth - 1)
    assert found.digits > 18


# -- A wrong enclosure is caught --


def test_a_thousandth_of_the_bound_is_caught_by_the_comparison(monkeypatch: pytest.MonkeyPatch) -> None:
    """1/x at 3/32 on the ball of radius 1/16, with half of it as the step: the error is about a tenth of the bound."""
    monkeypatch.setattr(certificates, "FIRST_RADIUS", 4)
    monkeypatch.setattr(certificates, "polydisc_for", lambda radius, accuracy: Polydisc(radius, radius + 1, 300))
    case = make_case("pole", "random", unary("reciprocal", "sin"), [3 / 32])
    assert outside(case) == []
    right = polydiscs.truncation_bound
    monkeypatch.setattr(polydiscs, "truncation_bound", lambda M, plan: right(M, plan) / 1000)
    assert outside(case)


def test_no_bound_at_all_is_caught_on_graphs_of_every_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(certificates, "FIRST_RADIUS", 4)
    monkeypatch.setattr(certificates, "polydisc_for", lambda radius, accuracy: Polydisc(radius, radius + 1, 300))
    several = [[case_around(name, seed, 8) for seed in range(3)] for name in ("tanh", "softmax", "divide", "log", "sqrt")]
    assert [[outside(case) for case in cases] for cases in several] == [[[]] * 3] * 5
    monkeypatch.setattr(polydiscs, "truncation_bound", lambda M, plan: 0 * M)
    assert all(any(outside(case) for case in cases) for cases in several)


def test_a_cut_inside_the_ball_that_is_not_noticed_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """√x at 2⁻⁸ on the ball of radius 1/16. Without `analytic=True` the value on the ball is finite, and the bound has
    no meaning.

    The distance to the edge of the domain is asked as well: with either of the two the enclosure is right.
    """
    monkeypatch.setattr(certificates, "FIRST_RADIUS", 4)
    monkeypatch.setattr(certificates, "polydisc_for", lambda radius, accuracy: Polydisc(radius, radius + 6, 300))
    case = make_case("cut", "random", unary("sqrt"), [2.0**-8])

    def careless(bits: int, tie: Any = None) -> Any:
        root = on_arrays(entrywise(lambda z: z.sqrt(), 1, acb), 1, bits)
        return replace(complex_ball_system(bits, tie), sqrt=root)

    assert outside(case) == []
    with monkeypatch.context() as half:
        half.setattr(polydiscs, "complex_ball_system", careless)
        assert outside(case) == []
        assert one(case.graph, [2.0**-8], 1, 2).radius > 8
    with monkeypatch.context() as other_half:
        other_half.setattr(polydiscs, "_outside", lambda *given: False)
        assert outside(case) == []
        assert one(case.graph, [2.0**-8], 1, 2).radius > 8
    monkeypatch.setattr(polydiscs, "complex_ball_system", careless)
    monkeypatch.setattr(polydiscs, "_outside", lambda *given: False)
    assert outside(case) == ["∂2/∂1[0, 0]"]


def test_a_kink_passed_over_silently_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the proof that the ball misses the kink, relu goes on with one of its sides: slope 1 is claimed at a
    negative number."""
    case = make_case("close to a kink", "random", unary("relu"), [-(2.0**-40)])
    assert outside(case) == []

    def careless(bits: int, tie: Any = None) -> Any:
        return complex_ball_system(bits, tie or (lambda a, b: True))

    monkeypatch.setattr(polydiscs, "complex_ball_system", careless)
    assert outside(case) == ["∂2/∂1[0, 0]"]


@pytest.mark.parametrize("share", [Fraction(1, 1000), Fraction(2)])
def test_a_middle_farther_away_than_its_radius_is_caught(share: Fraction) -> None:
    """Every middle at 1.001, or 3, radii from the derivative itself, which is 2x: all four entries. At 0.999 radii, or
    1, none."""
    case = make_case("square", "random", Graph(1, (leaf("x", (2,)), vertex("y", "square", (1,)))), [[0.75, -2.0]])
    exact = np.array([[Fraction(3, 2), Fraction(0)], [Fraction(0), Fraction(-4)]], dtype=object)

    def moved(enclosure: Enclosure, by: Fraction) -> Enclosure:
        shift = [Fraction(float(rad)) * by for rad in enclosure.rad.reshape(-1)]
        return Enclosure.of(exact + np.array(shift, dtype=object).reshape(2, 2), enclosure.rad)

    assert outside(case, lambda enclosure: moved(enclosure, 1 - share if share < 1 else Fraction(1))) == []
    assert len(outside(case, lambda enclosure: moved(enclosure, 1 + share))) == 4


def test_a_local_certificate_sees_one_edge_for_both_operands_of_a_square() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "multiply", (1, 1))))
    found = local_certificate(graph, {1: [3.0]}, 2, 1)
    assert isinstance(found, Enclosure)
    assert contains(found, [[6]]).item()
