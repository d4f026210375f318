"""Enclosures contain the derivative, known from closed forms and from 400-bit evaluation; and a wrong enclosure is noticed by the very same comparison."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import acb, ctx
from hypothesis import given, settings

from backproof.engine import DomainError, Graph, GraphError, forward, jacobians, leaf, mpmath_system, vertex
from backproof.engine.functions import TABLE
from backproof.verify import balls, polydiscs
from backproof.verify.campaign_cases import campaign_case, case_around
from backproof.verify.cases import Case, make_case
from backproof.verify.coverage import FUNCTIONS
from backproof.verify.details import exact_fraction
from backproof.verify.enclosures import Enclosure, Undecided, certify, certify_all, contains, judge, local_certificate
from backproof.verify.strategies import cases
from backproof.verify.verdicts import Reason

HIGH = mpmath_system(120)
ROOM = Fraction(1, 10**100)


def outside(case: Case, change: Any = lambda enclosure: enclosure) -> list[str]:
    """The entries of all enclosures of a case that do not contain Σ Π D, computed with 400 bits."""
    graph, leaves = case.graph, [[float(x) for x in values] for values in case.leaves]
    D = jacobians(graph, forward(graph, leaves, HIGH), HIGH)
    found: list[str] = []
    T: dict[tuple[int, int], Any] = {(j, j): HIGH.identity(graph.dimension(j)) for j in graph.differentiable_leaves()}
    for (j, k), enclosure in certify_all(graph, leaves).items():
        for middle in range(j + 1, k + 1):
            parts = [HIGH.matmul(D[i, middle], T[j, i]) for i in graph.parents(middle) if (j, i) in T]
            if parts and (j, middle) not in T:
                T[j, middle] = parts[0]
                for part in parts[1:]:
                    T[j, middle] = HIGH.add(T[j, middle], part)
        if isinstance(enclosure, Undecided):
            continue
        changed: Enclosure = change(enclosure)
        for index in np.ndindex(changed.mid.shape):
            value, mid = exact_fraction(T[j, k][index]), changed.mid[index]
            if abs(value - mid) > Fraction(float(changed.rad[index])) + ROOM * max(abs(value), 1):
                found.append(f"∂{graph.name(k)}/∂{graph.name(j)}{list(index)}")
    return found


@settings(max_examples=60, deadline=None)
@given(case=cases())
def test_every_enclosure_of_a_drawn_graph_contains_the_derivative(case: Case) -> None:
    assert outside(case) == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_every_function_of_the_table_has_enclosures_that_contain_its_derivative(function: str) -> None:
    for seed in range(2):
        case = case_around(function, seed, 8)
        assert outside(case) == []
        undecided = [
            found
            for found in certify_all(case.graph, [[float(x) for x in v] for v in case.leaves]).values()
            if isinstance(found, Undecided)
        ]
        assert undecided == []


def test_every_function_is_among_them() -> None:
    assert set(FUNCTIONS) == set(TABLE)


CLOSED: list[tuple[str, dict[str, Any], float, Any]] = [
    ("sin", {}, 0.7, mpmath.cos),
    ("cos", {}, 0.7, lambda x: -mpmath.sin(x)),
    ("exp", {}, -1.25, mpmath.exp),
    ("log", {}, 0.1, lambda x: 1 / x),
    ("tanh", {}, 2.0, lambda x: mpmath.sech(x) ** 2),
    ("sigmoid", {}, -3.0, lambda x: mpmath.exp(-x) / (1 + mpmath.exp(-x)) ** 2),
    ("softplus", {}, 20.0, lambda x: 1 / (1 + mpmath.exp(-x))),
    ("sqrt", {}, 2.0, lambda x: 1 / (2 * mpmath.sqrt(x))),
    ("reciprocal", {}, -3.0, lambda x: -1 / x**2),
    ("power", {"exponent": -0.25}, 3.0, lambda x: mpmath.mpf("-0.25") * x ** mpmath.mpf("-1.25")),
    ("square", {}, 1e-8, lambda x: 2 * x),
]


@pytest.mark.parametrize(("name", "attributes", "x", "slope"), CLOSED, ids=[row[0] for row in CLOSED])
def test_closed_forms_are_inside_and_neighbouring_floats_are_not(name: str, attributes: Any, x: float, slope: Any) -> None:
    found = certify(Graph(1, (leaf("x"), vertex("y", name, (1,), **attributes))), [x], 1)[2]
    assert isinstance(found, Enclosure)
    with mpmath.workdps(60):
        exact = slope(mpmath.mpf(x))
        assert contains(found, [[exact]]).item()
        assert not contains(found, [[exact * (1 + mpmath.mpf(2) ** -52)]]).item()
    assert found.digits > 18


def test_a_quotient_by_hand() -> None:
    graph = Graph(2, (leaf("x"), leaf("y"), vertex("q", "divide", (1, 2))))
    found = certify_all(graph, [[3.0], [4.0]])
    assert contains(found[1, 3], [[0.25]]).item()  # pyright: ignore[reportArgumentType]
    assert contains(found[2, 3], [[Fraction(-3, 16)]]).item()  # pyright: ignore[reportArgumentType]


def test_a_softmax_by_hand() -> None:
    """At (0, 0): softmax is (½, ½), and its Jacobian ¼ (1, −1; −1, 1)."""
    found = certify(Graph(1, (leaf("x", (2,)), vertex("y", "softmax", (1,)))), [[0.0, 0.0]], 1)[2]
    assert isinstance(found, Enclosure)
    assert contains(found, [[0.25, -0.25], [-0.25, 0.25]]).all()


@pytest.mark.parametrize("depth", [60, 200, 500])
def test_a_long_chain_of_sines(depth: int) -> None:
    vertices = [leaf("x"), *(vertex(f"v{i}", "sin", (i - 1,)) for i in range(2, depth + 2))]
    graph = Graph(1, tuple(vertices))
    found = certify(graph, [1.0], 1, targets=(graph.n,))[graph.n]
    assert isinstance(found, Enclosure)
    with mpmath.workdps(60):
        x, slope = mpmath.mpf(1), mpmath.mpf(1)
        for _ in range(depth):
            slope *= mpmath.cos(x)
            x = mpmath.sin(x)
        assert contains(found, [[slope]]).item()
    assert found.digits > 18


@pytest.mark.parametrize("distance", [1e-3, 1e-12, 1e-100, 1e-290])
@pytest.mark.parametrize("side", [1, -1])
def test_close_to_a_kink_the_right_side_is_certified(distance: float, side: int) -> None:
    x = side * distance
    relu = certify(Graph(1, (leaf("x"), vertex("y", "relu", (1,)))), [x], 1)[2]
    absolute = certify(Graph(1, (leaf("x"), vertex("y", "abs", (1,)))), [x], 1)[2]
    assert isinstance(relu, Enclosure)
    assert isinstance(absolute, Enclosure)
    assert contains(relu, [[float(side > 0)]]).item()
    assert not contains(relu, [[float(side < 0)]]).item()
    assert contains(absolute, [[float(side)]]).item()


@pytest.mark.parametrize(
    ("functions", "x", "reason", "words"),
    [
        (("relu",), 0.0, Reason.KINK, "vertex 2 ('v2'): relu is at a kink"),
        (("abs",), 0.0, Reason.KINK, "vertex 2 ('v2'): abs is at a kink"),
        (("square", "sqrt"), 0.0, Reason.DOMAIN, "vertex 3 ('v3'): sqrt is at the edge of its domain or outside"),
        (("log",), -1.0, Reason.DOMAIN, "vertex 2 ('v2'): log is at the edge of its domain or outside"),
        (("reciprocal",), 0.0, Reason.DOMAIN, "vertex 2 ('v2'): reciprocal is at the edge of its domain or outside"),
    ],
)
def test_where_there_is_no_derivative_the_vertex_and_the_function_are_named(
    functions: tuple[str, ...], x: float, reason: Reason, words: str
) -> None:
    vertices = [leaf("x"), *(vertex(f"v{i}", name, (i - 1,)) for i, name in enumerate(functions, start=2))]
    found = certify(Graph(1, tuple(vertices)), [x], 1)[len(vertices)]
    assert isinstance(found, Undecided)
    assert (found.reason, str(found)) == (reason, words)


def test_one_undecided_vertex_leaves_the_others_decided() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "relu", (1,)), vertex("z", "exp", (1,)), vertex("s", "add", (2, 3))))
    found = certify(graph, [0.0], 1)
    assert isinstance(found[2], Undecided)
    assert isinstance(found[3], Enclosure)
    assert isinstance(found[4], Undecided)
    assert "vertex 2 ('y')" in str(found[4])


def test_a_wrong_local_jacobian_is_named_by_the_certificate_of_its_edge() -> None:
    """tanh at 0.5 alone: 1 − tanh² = 0.786…; a Jacobian of 1 is outside."""
    graph = Graph(1, (leaf("x"), vertex("a", "tanh", (1,)), vertex("b", "square", (2,))))
    edge = local_certificate(graph, {1: [0.5], 2: [math.tanh(0.5)]}, 2, 1)
    assert isinstance(edge, Enclosure)
    assert contains(edge, [[mpmath.sech(mpmath.mpf("0.5")) ** 2]], allowed=1e-15).item()
    assert not contains(edge, [[1.0]]).item()


def test_a_bound_that_is_too_small_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    case = make_case("deep", "random", Graph(1, (leaf("x"), vertex("y", "exp", (1,)), vertex("z", "sin", (2,)))), [0.5])
    assert outside(case) == []
    monkeypatch.setattr(polydiscs, "truncation_bound", lambda M, plan: 0 * M)
    monkeypatch.setattr(polydiscs, "_entry", lambda ball, bound: polydiscs.Entry(polydiscs.exact_middle(ball) or Fraction(0), 0.0))
    assert outside(case) == ["∂y/∂x[0, 0]", "∂z/∂x[0, 0]"]


def test_middles_moved_by_more_than_the_radius_are_noticed() -> None:
    case = case_around("tanh", 0, 8)

    def moved(enclosure: Enclosure) -> Enclosure:
        shift = np.array([2 * Fraction(float(rad)) + Fraction(1, 10**30) for rad in enclosure.rad.reshape(-1)], dtype=object)
        return replace(enclosure, mid=enclosure.mid + shift.reshape(enclosure.mid.shape))

    assert outside(case, moved)


def test_a_kink_passed_over_silently_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the proof that the ball misses the kink, relu goes on with one of its sides: slope 1 is claimed at a negative number."""
    case = make_case("close to a kink", "random", Graph(1, (leaf("x"), vertex("y", "relu", (1,)))), [-(2.0**-40)])
    assert outside(case) == []
    careful = balls.complex_ball_system
    monkeypatch.setattr(polydiscs, "complex_ball_system", lambda bits, tie=None: careful(bits, tie or (lambda a, b: True)))
    assert outside(case) == ["∂y/∂x[0, 0]"]


def test_a_number_that_is_no_ball_is_refused() -> None:
    system = balls.complex_ball_system(128)
    with pytest.raises(TypeError, match="a number has entered that is not a ball"):
        system.multiply(np.array([acb(0)], dtype=object), np.array([0.0], dtype=object))


def test_the_precision_of_flint_is_left_as_it_was() -> None:
    before = ctx.prec
    certify(campaign_case(0, 3).graph, [[float(x) for x in v] for v in campaign_case(0, 3).leaves], 1)
    assert ctx.prec == before


@pytest.mark.parametrize("bits", [20, 64, 166, 400])
def test_as_many_bits_as_are_asked_for_are_proved(bits: int) -> None:
    found = certify(Graph(1, (leaf("x"), vertex("y", "exp", (1,)))), [0.5], 1, bits)[2]
    assert isinstance(found, Enclosure)
    assert found.digits > bits * math.log10(2)


@pytest.mark.parametrize("j", [0, 2, 5, -1])
def test_a_vertex_that_is_no_leaf_is_refused(j: int) -> None:
    with pytest.raises(GraphError, match="a certificate is taken with respect to a leaf that is not discrete"):
        certify(Graph(1, (leaf("x"), vertex("y", "exp", (1,)))), [0.5], j)


def test_the_wrong_number_of_leaves_is_refused() -> None:
    with pytest.raises(GraphError, match="the graph has 1 leaves, found 2 leaf values"):
        certify_all(Graph(1, (leaf("x"), vertex("y", "exp", (1,)))), [0.5, 0.5])


def test_judging_is_exact() -> None:
    third = (Fraction(1, 3), 0.0)
    assert not judge(1 / 3, third)
    assert judge(1 / 3, third, allowed=2.0**-54)
    assert not judge(1 / 3, third, allowed=2.0**-56)
    assert not judge(math.nan, (Fraction(0), 1.0))


def test_values_that_overflow_are_undecided_and_named() -> None:
    graph = Graph(1, (leaf("x"), vertex("a", "exp", (1,)), vertex("b", "exp", (2,)), vertex("c", "exp", (3,))))
    try:
        found = certify(graph, [50.0], 1)[4]
    except DomainError:
        return
    assert isinstance(found, Undecided)
    assert "('c')" in str(found) or "('b')" in str(found)
