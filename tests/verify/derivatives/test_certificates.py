"""Enclosures contain the derivative where closed forms give it; at kinks, outside of domains and for wrong questions it is
said that there is none."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb, ctx

from backproof.engine import Graph, GraphError, leaf, vertex
from backproof.verify.cases.case import Case
from backproof.verify.cases.draws import case_around, usual_case
from backproof.verify.derivatives import certificates, polydiscs
from backproof.verify.derivatives.certificates import certify, certify_all, local_certificate
from backproof.verify.derivatives.enclosures import Enclosure, contains
from backproof.verify.derivatives.polydiscs import NoEnclosure, Polydisc
from backproof.verify.numbers.ball_arrays import precision
from backproof.verify.numbers.float_model import exact_fraction
from backproof.verify.verdicts import Reason


def floats(case: Case) -> list[Any]:
    return [values if case.graph.is_discrete(j) else [float(x) for x in values] for j, values in enumerate(case.leaves, start=1)]


def one(graph: Graph, leaves: list[Any], j: int, k: int) -> Enclosure:
    found = certify(graph, leaves, j)[k]
    assert isinstance(found, Enclosure), str(found)
    return found


def unary(*functions: str, **attributes: Any) -> Graph:
    """x → f₁ → f₂ …"""
    return Graph(1, (leaf("x"), *(vertex(f"v{i}", name, (i - 1,), **attributes) for i, name in enumerate(functions, start=2))))


# -- Closed forms --


def value_of(function: Callable[[Any], Any], x: float) -> Fraction:
    with mpmath.workdps(600):
        return exact_fraction(function(mpmath.mpf(x)))


CLOSED: list[tuple[str, dict[str, Any], float, Any]] = [
    ("sin", {}, 0.7, mpmath.cos),
    ("cos", {}, 0.7, lambda x: -mpmath.sin(x)),
    ("exp", {}, -1.25, mpmath.exp),
    ("log", {}, 0.1, lambda x: 1 / x),
    ("tanh", {}, 2.0, lambda x: mpmath.sech(x) ** 2),
    ("tanh", {}, 30.0, lambda x: mpmath.sech(x) ** 2),
    ("sigmoid", {}, -3.0, lambda x: mpmath.exp(-x) / (1 + mpmath.exp(-x)) ** 2),
    ("softplus", {}, 20.0, lambda x: 1 / (1 + mpmath.exp(-x))),
    ("softplus", {}, -40.0, lambda x: 1 / (1 + mpmath.exp(-x))),
    ("sqrt", {}, 2.0, lambda x: 1 / (2 * mpmath.sqrt(x))),
    ("sqrt", {}, 1e-200, lambda x: 1 / (2 * mpmath.sqrt(x))),
    ("reciprocal", {}, -3.0, lambda x: -1 / x**2),
    ("power", {"exponent": -0.25}, 3.0, lambda x: mpmath.mpf("-0.25") * x ** mpmath.mpf("-1.25")),
    ("power", {"exponent": 3}, -2.0, lambda x: 3 * x**2),
    ("square", {}, 1e-8, lambda x: 2 * x),
]


@pytest.mark.parametrize(("name", "attributes", "x", "slope"), CLOSED, ids=[f"{row[0]} at {row[2]}" for row in CLOSED])
def test_closed_forms_are_inside_and_neighbouring_floats_are_not(name: str, attributes: Any, x: float, slope: Any) -> None:
    found = one(unary(name, **attributes), [x], 1, 2)
    exact = value_of(slope, x)
    assert contains(found, [[exact]]).item()
    assert not contains(found, [[exact * (1 + Fraction(1, 2**52))]]).item()
    assert found.digits > 18


def test_a_quotient_by_hand() -> None:
    graph = Graph(2, (leaf("x"), leaf("y"), vertex("q", "divide", (1, 2))))
    assert contains(one(graph, [3.0, 4.0], 1, 3), [[0.25]]).item()
    assert contains(one(graph, [3.0, 4.0], 2, 3), [[Fraction(-3, 16)]]).item()
    assert not contains(one(graph, [3.0, 4.0], 2, 3), [[Fraction(3, 16)]]).item()


def test_x_to_the_power_x_moves_both_operands_at_once() -> None:
    """x·x·x at 3: 27; x·log x, exponentiated: (1 + log x) xˣ."""
    cube = Graph(1, (leaf("x"), vertex("y", "multiply", (1, 1, 1))))
    assert contains(one(cube, [3.0], 1, 2), [[27]]).item()
    tower = Graph(1, (leaf("x"), vertex("l", "log", (1,)), vertex("p", "multiply", (1, 2)), vertex("e", "exp", (3,))))
    assert contains(one(tower, [3.0], 1, 4), [[value_of(lambda x: (1 + mpmath.log(x)) * x**x, 3.0)]]).item()


def test_softmax_and_its_logarithm_by_hand() -> None:
    """At (0, 0): softmax is (½, ½) with Jacobian ¼ (1, −1; −1, 1), log softmax has ½ (1, −1; −1, 1), logsumexp (½,
    ½)."""
    signs = np.array([[1, -1], [-1, 1]])
    for name, expected in (("softmax", signs / 4), ("log_softmax", signs / 2), ("logsumexp", np.array([[0.5, 0.5]]))):
        found = one(Graph(1, (leaf("x", (2,)), vertex("y", name, (1,)))), [[0.0, 0.0]], 1, 2)
        assert contains(found, expected).all()
        assert not contains(found, -expected).any()


def test_a_matrix_product_by_hand() -> None:
    """∂(A B)/∂A for A = (1 2), B = (3; 4) is Bᵀ, and ∂/∂B is A."""
    graph = Graph(2, (leaf("A", (1, 2)), leaf("B", (2, 1)), vertex("C", "matmul", (1, 2))))
    assert contains(one(graph, [[[1.0, 2.0]], [[3.0], [4.0]]], 1, 3), [[3, 4]]).all()
    assert contains(one(graph, [[[1.0, 2.0]], [[3.0], [4.0]]], 2, 3), [[1, 2]]).all()


def test_a_leaf_with_more_entries_than_are_moved_in_one_evaluation() -> None:
    """Σ x³ with 150 entries: 3x² in every column, in its place."""
    graph = Graph(1, (leaf("x", (150,)), vertex("c", "power", (1,), exponent=3), vertex("s", "sum", (2,))))
    x = [0.5 + i / 64 for i in range(150)]
    found = one(graph, [x], 1, 3)
    assert found.mid.shape == (1, 150)
    assert contains(found, [[3 * Fraction(value) ** 2 for value in x]]).all()
    assert not contains(found, [[3 * Fraction(value) ** 2 for value in reversed(x)]]).any()


# -- Kinks and domains --


@pytest.mark.parametrize("distance", [1e-3, 1e-12, 1e-100, 1e-290])
@pytest.mark.parametrize("side", [1, -1])
def test_close_to_a_kink_the_right_side_is_certified(distance: float, side: int) -> None:
    x = side * distance
    two = Graph(2, (leaf("x"), leaf("y"), vertex("m", "maximum", (1, 2)), vertex("n", "minimum", (1, 2))))
    rows = [
        (one(unary("relu"), [x], 1, 2), float(side > 0), float(side < 0)),
        (one(unary("abs"), [x], 1, 2), float(side), float(-side)),
        (one(two, [x, 0.0], 1, 3), float(side > 0), float(side < 0)),
        (one(two, [x, 0.0], 1, 4), float(side < 0), float(side > 0)),
    ]
    for found, right, wrong in rows:
        assert contains(found, [[right]]).item()
        assert not contains(found, [[wrong]]).item()
        assert 2.0**-found.radius < distance


def test_the_smallest_positive_float_is_told_from_zero() -> None:
    assert contains(one(unary("relu"), [5e-324], 1, 2), [[1]]).item()
    assert contains(one(unary("relu"), [-5e-324], 1, 2), [[0]]).item()


@pytest.mark.parametrize(
    ("functions", "x", "reason", "words"),
    [
        (("relu",), 0.0, Reason.KINK, "vertex 2 ('v2'): relu is at a kink"),
        (("abs",), 0.0, Reason.KINK, "vertex 2 ('v2'): abs is at a kink"),
        (("sin", "abs", "exp"), 0.0, Reason.KINK, "vertex 3 ('v3'): abs is at a kink"),
        (("square", "sqrt"), 0.0, Reason.DOMAIN, "vertex 3 ('v3'): sqrt is at the edge of its domain or outside"),
        (("log",), -1.0, Reason.DOMAIN, "vertex 2 ('v2'): log is at the edge of its domain or outside"),
        (("log", "exp"), -1.0, Reason.DOMAIN, "vertex 2 ('v2'): log is at the edge of its domain or outside"),
        (("sin", "sqrt"), -1.0, Reason.DOMAIN, "vertex 3 ('v3'): sqrt is at the edge of its domain or outside"),
        (("reciprocal",), 0.0, Reason.DOMAIN, "vertex 2 ('v2'): reciprocal is at the edge of its domain or outside"),
    ],
)
def test_where_there_is_no_derivative_the_vertex_and_the_function_are_named(
    functions: tuple[str, ...], x: float, reason: Reason, words: str
) -> None:
    graph = unary(*functions)
    found = certify(graph, [x], 1)[graph.n]
    assert isinstance(found, NoEnclosure)
    assert (found.reason, str(found), found.final) == (reason, words, True)


@pytest.mark.parametrize("name", ["maximum", "minimum"])
def test_operands_that_tie_are_undecided_unless_they_are_one_and_the_same(name: str) -> None:
    tie = Graph(2, (leaf("x"), leaf("y"), vertex("m", name, (1, 2))))
    assert str(certify(tie, [2.0, 2.0], 1)[3]) == f"vertex 3 ('m'): {name} is at a kink"
    assert str(certify(tie, [2.0, 2.0], 2)[3]) == f"vertex 3 ('m'): {name} is at a kink"
    assert contains(one(Graph(1, (leaf("x"), vertex("m", name, (1, 1)))), [2.0], 1, 2), [[1]]).item()


def test_division_by_zero_names_the_quotient_for_both_operands() -> None:
    graph = Graph(2, (leaf("x"), leaf("y"), vertex("q", "divide", (1, 2))))
    for j in (1, 2):
        found = certify(graph, [1.0, 0.0], j)[3]
        assert str(found) == "vertex 3 ('q'): divide is at the edge of its domain or outside"


def test_one_undecided_vertex_leaves_the_others_decided() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "relu", (1,)), vertex("z", "exp", (1,)), vertex("s", "add", (2, 3))))
    found = certify(graph, [0.0], 1)
    assert [type(found[k]) for k in (2, 3, 4)] == [NoEnclosure, Enclosure, NoEnclosure]
    assert str(found[4]) == "vertex 2 ('y'): relu is at a kink"


def test_values_too_large_to_be_written_out_are_balls_and_no_fractions() -> None:
    """exp(exp(exp 3)) has 2·10⁸ digits; exp 1000 is beyond float64, but not beyond a fraction."""
    huge = certify(unary("exp", "exp", "exp"), [3.0], 1)[4]
    assert isinstance(huge, Enclosure)
    with precision(200):
        value = arb(3).exp().exp()
        exact = value.exp() * value * arb(3).exp()
        assert huge.balls[0, 0].overlaps(exact)
        assert not huge.balls[0, 0].overlaps(2 * exact)
    assert (huge.rad[0, 0], huge.digits) == (math.inf, 0.0)
    beyond = certify(unary("exp"), [1000.0], 1)[2]
    assert isinstance(beyond, Enclosure)
    assert contains(beyond, [[value_of(mpmath.exp, 1000.0)]], allowed=Fraction(10) ** 380).item()
    assert not contains(beyond, [[0]]).item()


def test_a_function_that_is_huge_on_the_first_ball_is_enclosed_on_a_smaller_one() -> None:
    """sin(10¹³·x), squared five times: on the ball of radius 2⁻³² the sine is as large as e^2328, and its power as
    e^(2328·32)."""
    inner = vertex("y", "weighted_sum", (1,), weights=[[[1e13]]])
    squares = [vertex(f"q{k}", "square", (k + 3,)) for k in range(5)]
    graph = Graph(1, (leaf("x", (1,)), inner, vertex("s", "sin", (2,)), *squares))
    found = certify(graph, [[0.5]], 1)
    last = found[8]
    assert isinstance(last, Enclosure)
    assert min(digits_of(found[k]) for k in found) > 18
    with mpmath.workdps(60):
        sine, slope = mpmath.sin(mpmath.mpf(5e12)), 1e13 * mpmath.cos(mpmath.mpf(5e12))
        exact = 32 * sine**31 * slope
    assert contains(last, [[exact]], allowed=abs(exact) * mpmath.mpf(10) ** -45).item()


def digits_of(found: Enclosure | NoEnclosure) -> float:
    return found.digits if isinstance(found, Enclosure) else 0.0


# -- The functions themselves --


def test_a_wrong_local_jacobian_is_named_by_the_certificate_of_its_edge() -> None:
    """tanh at 0.5 alone has slope 0.786…; a Jacobian of 1 is outside, and the edge behind it is not affected."""
    graph = unary("tanh", "square")
    values = {1: [0.5], 2: [math.tanh(0.5)]}
    first, second = local_certificate(graph, values, 2, 1), local_certificate(graph, values, 3, 2)
    assert isinstance(first, Enclosure)
    assert isinstance(second, Enclosure)
    assert contains(first, [[value_of(lambda x: mpmath.sech(x) ** 2, 0.5)]]).item()
    assert not contains(first, [[1.0]]).item()
    assert contains(second, [[2 * Fraction(math.tanh(0.5))]]).item()


def test_all_leaves_together_are_each_leaf_alone() -> None:
    case = usual_case(3, 2001)
    leaves, together = floats(case), certify_all(case.graph, floats(case))
    for j in case.graph.differentiable_leaves():
        for k, alone in certify(case.graph, leaves, j).items():
            both = together[j, k]
            assert isinstance(alone, Enclosure)
            assert isinstance(both, Enclosure)
            gap = np.abs(both.mid - alone.mid)
            assert all(
                g <= Fraction(float(a)) + Fraction(float(b)) for g, a, b in zip(gap.flat, alone.rad.flat, both.rad.flat, strict=True)
            )
    assert {j for j, _ in together} == set(case.graph.differentiable_leaves())


def test_only_descendants_of_the_leaf_and_among_the_targets_are_answered() -> None:
    graph = Graph(2, (leaf("x"), leaf("y"), vertex("a", "exp", (1,)), vertex("b", "exp", (2,)), vertex("c", "add", (3, 4))))
    assert set(certify(graph, [0.0, 0.0], 1)) == {3, 5}
    assert set(certify(graph, [0.0, 0.0], 1, targets=(4, 5))) == {5}
    assert set(certify_all(graph, [0.0, 0.0])) == {(1, 3), (1, 5), (2, 4), (2, 5)}


@pytest.mark.parametrize("bits", [20, 64, 166, 400])
def test_as_many_bits_as_are_asked_for_are_proved(bits: int) -> None:
    found = certify(unary("exp"), [0.5], 1, bits)[2]
    assert isinstance(found, Enclosure)
    assert found.digits > bits * math.log10(2)
    assert contains(found, [[found.mid[0, 0] * (1 + Fraction(1, 2**bits))]]).item() is False


def test_an_entry_that_is_exactly_zero_is_enclosed_and_a_tiny_one_is_told_from_zero() -> None:
    """∂(x²)/∂x at 0 is 0; at 2⁻⁶⁰ it is 2⁻⁵⁹."""
    assert contains(one(unary("square"), [0.0], 1, 2), [[0]]).item()
    tiny = one(unary("square"), [2.0**-60], 1, 2)
    assert contains(tiny, [[Fraction(1, 2**59)]]).item()
    assert not contains(tiny, [[0]]).item()


@pytest.mark.parametrize("name", ["cos", "square"])
def test_a_derivative_of_zero_needs_no_second_attempt(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[Polydisc] = []

    def counted(problem: Any, targets: Any, plan: Polydisc) -> Any:
        tried.append(plan)
        return polydiscs.attempt(problem, targets, plan)

    monkeypatch.setattr(certificates, "attempt", counted)
    found = one(unary(name), [0.0], 1, 2)
    assert len(tried) == 1
    assert found.mid[0, 0] == 0
    assert found.rad[0, 0] <= 2.0**-256


@pytest.mark.parametrize(
    ("j", "words"), [(0, "0 in a graph with 1 leaves"), (2, r"vertex 2 \('v2'\)"), (5, "5 in a graph"), (-1, "-1 in a graph with 1 leaves")]
)
def test_a_vertex_that_is_no_leaf_is_refused(j: int, words: str) -> None:
    with pytest.raises(GraphError, match=f"a certificate is taken with respect to a leaf that is not discrete, found {words}"):
        certify(unary("exp"), [0.5], j)


def test_a_discrete_leaf_is_refused() -> None:
    case = next(
        case for case in (case_around("pick", seed, 8) for seed in range(200)) if case.graph.l > len(case.graph.differentiable_leaves())
    )
    label = next(j for j in range(1, case.graph.l + 1) if case.graph.is_discrete(j))
    with pytest.raises(GraphError, match=f"found vertex {label} "):
        certify(case.graph, floats(case), label)
    assert label not in {j for j, _ in certify_all(case.graph, floats(case))}


def test_the_wrong_number_of_leaves_is_refused() -> None:
    for refused in ([], [0.5, 0.5]):
        with pytest.raises(GraphError, match=f"the graph has 1 leaves, found {len(refused)} leaf values"):
            certify_all(unary("exp"), refused)


def test_a_local_certificate_along_no_edge_is_refused() -> None:
    for i, j in ((3, 1), (2, 3), (2, 2)):
        with pytest.raises(GraphError, match=rf"\({j}, {i}\) is not an edge along which vertex {i} \('v{i}'\) has a derivative"):
            local_certificate(unary("tanh", "square"), {1: [0.5], 2: [0.4], 3: [0.1]}, i, j)


def test_the_precision_of_flint_is_left_as_it_was() -> None:
    before = ctx.prec
    try:
        ctx.prec = 77
        certify(unary("exp", "log", "relu"), [1.0], 1)
        assert ctx.prec == 77
        with pytest.raises(GraphError):
            certify(unary("exp"), [1.0], 3)
        assert ctx.prec == 77
    finally:
        ctx.prec = before


def test_the_enclosure_does_not_depend_on_the_precision_outside() -> None:
    before = ctx.prec
    wide = one(unary("exp", "sin"), [0.3], 1, 3)
    try:
        ctx.prec = 10
        narrow = one(unary("exp", "sin"), [0.3], 1, 3)
    finally:
        ctx.prec = before
    assert (wide.mid.tolist(), wide.rad.tolist()) == (narrow.mid.tolist(), narrow.rad.tolist())
