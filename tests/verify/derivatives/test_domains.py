"""Outside of its domain a function has no derivative, whatever the vertices after it make of what is not defined: no
enclosure, by whatever way the value comes back finite. Kinks on the way may be passed over."""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass
from typing import Any

import mpmath
import numpy as np
import pytest
from flint import arb

from backproof.engine import DomainError, Graph, backward, forward, jacobians, leaf, vertex
from backproof.engine.functions.row import distance_to_zero, smallest
from backproof.engine.vertices import Vertex
from backproof.verify.cases.case import make_case
from backproof.verify.derivatives.certificates import certify, local_certificate
from backproof.verify.derivatives.differences import differences
from backproof.verify.derivatives.enclosures import Enclosure, contains
from backproof.verify.derivatives.exact import exact_derivatives
from backproof.verify.derivatives.kinks import ClarkeInterval, clarke
from backproof.verify.derivatives.polydiscs import NoEnclosure
from backproof.verify.engine_oracle.trial import check_engine
from backproof.verify.three_way.check import check_case
from backproof.verify.verdicts import Reason, Verdict

X = leaf("x")
LOG = (X, vertex("l", "log", (1,)))
PAIR = (X, vertex("w", "constant", value=(1.0, -1.0)), vertex("p", "multiply", (1, 2)), vertex("l", "log", (3,)))


def constant(value: Any) -> Vertex:
    return vertex("c", "constant", value=value)


WAYS: dict[str, tuple[Vertex, ...]] = {
    "power 0": (*LOG, vertex("y", "power", (2,), exponent=0)),
    "power 0, and x beside it": (*LOG, vertex("p", "power", (2,), exponent=0), vertex("y", "add", (1, 3))),
    "a product with 0": (*LOG, constant(0.0), vertex("y", "multiply", (2, 3))),
    "a sum with the weight 0": (*LOG, vertex("y", "weighted_sum", (2,), weights=(((0.0,),),))),
    "the branch that is not taken": (*LOG, constant(-1.0), vertex("y", "where", (3, 2, 1))),
    "a condition, of which both branches are one": (*LOG, vertex("y", "where", (2, 1, 1))),
    "the smaller of two": (*LOG, constant(100.0), vertex("y", "maximum", (2, 3))),
    "the larger of two": (*LOG, constant(-100.0), vertex("y", "minimum", (2, 3))),
    "a root that is squared": (X, vertex("r", "sqrt", (1,)), vertex("y", "square", (2,))),
    "a root to the power 0": (X, vertex("r", "power", (1,), exponent=0.5), vertex("y", "power", (2,), exponent=0)),
    "a slice of the other entry": (*PAIR, vertex("y", "slice", (4,), start=1)),
    "entries that are gathered": (*PAIR, vertex("y", "take", (4,), indices=(1, 1))),
    "an entry that is picked": (*PAIR, vertex("y", "pick", (4,), index=1)),
    "what does not move": (
        X,
        constant(-2.0),
        vertex("l", "log", (2,)),
        vertex("p", "power", (3,), exponent=0),
        vertex("y", "multiply", (1, 4)),
    ),
}


@pytest.mark.parametrize("vertices", WAYS.values(), ids=WAYS)
def test_no_way_leads_back_into_the_domain(vertices: tuple[Vertex, ...]) -> None:
    graph, given = Graph(1, vertices), [-1.32]
    k = graph.n
    for found in (certify(graph, given, 1)[k], clarke(graph, given, 1)[k]):
        assert isinstance(found, NoEnclosure)
        assert found.reason is Reason.DOMAIN
    with pytest.raises(DomainError):
        forward(graph, given)
    with pytest.raises(DomainError):
        differences(graph, given, 1)
    result = check_case(make_case("outside", "replay", graph, given))
    assert result.verdict is Verdict.INCONCLUSIVE
    asked = check_engine(make_case("outside", "replay", graph, given), lambda graph, leaves, cotangent: {1: np.zeros((len(cotangent), 1))})
    assert asked.verdict is Verdict.INCONCLUSIVE
    assert {comparison.reason for comparison in asked.comparisons} == {Reason.DOMAIN}


@pytest.mark.parametrize("vertices", WAYS.values(), ids=WAYS)
def test_the_same_graphs_are_certified_where_they_are_defined(vertices: tuple[Vertex, ...]) -> None:
    """Of the pair, x > 0 or −x > 0 is never both; the log of a constant is at no x."""
    never = vertices[:2] == PAIR[:2] or vertices[1] == constant(-2.0)
    found = certify(Graph(1, vertices), [1.32], 1)[len(vertices)]
    assert isinstance(found, NoEnclosure if never else Enclosure)


def test_the_exact_derivative_is_not_checked_behind_a_log_and_refused_behind_a_pole() -> None:
    assert exact_derivatives(Graph(1, WAYS["power 0"]), [2.0], 1)[3] == "l is transcendental"
    with pytest.raises(DomainError):
        exact_derivatives(Graph(1, (X, vertex("r", "reciprocal", (1,)), vertex("y", "power", (2,), exponent=0))), [0.0], 1)


def test_a_local_certificate_knows_the_values_of_the_parents_alone() -> None:
    graph = Graph(1, WAYS["power 0"])
    assert isinstance(local_certificate(graph, {2: [0.5]}, 3, 2), Enclosure)
    assert isinstance(local_certificate(graph, {1: [-1.0]}, 2, 1), NoEnclosure)


def test_a_kink_on_the_way_to_an_edge_does_not_hide_it() -> None:
    found = certify(Graph(1, (X, vertex("a", "abs", (1,)), vertex("l", "log", (2,)), vertex("y", "power", (3,), exponent=0))), [0.0], 1)
    assert isinstance(found[4], NoEnclosure)


def test_a_kink_may_be_passed_over_and_a_descendant_of_nothing_undefined_is_not_touched() -> None:
    kinked = clarke(Graph(1, (X, vertex("a", "abs", (1,)), constant(1.0), vertex("y", "maximum", (2, 3)))), [0.0], 1)[4]
    assert isinstance(kinked, ClarkeInterval)
    assert (float(kinked.low[0, 0]), float(kinked.high[0, 0])) == (0.0, 0.0)
    beside = certify(Graph(1, (*LOG, vertex("s", "square", (1,)))), [-2.0], 1)
    assert isinstance(beside[2], NoEnclosure)
    assert isinstance(beside[3], Enclosure)


def test_on_an_edge_that_belongs_to_the_domain_what_does_not_move_is_defined_and_what_moves_has_no_derivative() -> None:
    still = certify(Graph(1, (X, constant(0.0), vertex("r", "sqrt", (2,)), vertex("y", "add", (1, 3)))), [5.0], 1)[4]
    assert isinstance(still, Enclosure)
    assert still.mid.tolist() == [[1]]
    moving = certify(Graph(1, (X, vertex("r", "sqrt", (1,)), vertex("y", "power", (2,), exponent=0))), [0.0], 1)[3]
    assert isinstance(moving, NoEnclosure)


def test_the_distance_from_an_edge_does_not_depend_on_the_order_of_overlapping_balls() -> None:
    balls = [arb(3), arb(4, 2), arb(5)]
    for order in itertools.permutations(balls):
        least = smallest(np.array(order, dtype=object))
        assert not least > 2.5
        assert least > 1.5
        assert not distance_to_zero(np.array([-ball for ball in order], dtype=object)) > 2.5
    for order in itertools.permutations([arb(3), arb("nan")]):
        assert not smallest(np.array(order, dtype=object)) > 0


# -- Hostile graphs around the edges, against a truth of our own --


@dataclass(frozen=True)
class Dual:
    """A value and its derivative by x."""

    v: Any
    d: Any


def _log(a: Dual) -> Dual | None:
    return Dual(mpmath.log(a.v), a.d / a.v) if a.v > 0 else None


def _sqrt(a: Dual) -> Dual | None:
    return Dual(mpmath.sqrt(a.v), a.d / (2 * mpmath.sqrt(a.v))) if a.v > 0 else None


def _reciprocal(a: Dual) -> Dual | None:
    return Dual(1 / a.v, -a.d / a.v**2) if a.v != 0 else None


ONE_OPERAND: dict[str, Any] = {
    "log": _log,
    "sqrt": _sqrt,
    "reciprocal": _reciprocal,
    "square": lambda a: Dual(a.v**2, 2 * a.v * a.d),
    "negate": lambda a: Dual(-a.v, -a.d),
    "sin": lambda a: Dual(mpmath.sin(a.v), mpmath.cos(a.v) * a.d),
    "zeroth power": lambda a: Dual(mpmath.mpf(1), mpmath.mpf(0)),
    "second entry": lambda a: a,
}
TWO_OPERANDS: dict[str, Any] = {
    "add": lambda a, b: Dual(a.v + b.v, a.d + b.d),
    "subtract": lambda a, b: Dual(a.v - b.v, a.d - b.d),
    "multiply": lambda a, b: Dual(a.v * b.v, a.v * b.d + a.d * b.v),
    "maximum": lambda a, b: a if a.v >= b.v else b,
    "minimum": lambda a, b: a if a.v <= b.v else b,
}
GIVEN = (-1.32, -1e-300, 0.0, 1e-300, 0.5, 1.0, 2.0)


def hostile(rng: random.Random) -> tuple[Graph, float, list[Dual | None]]:
    """A graph of scalars around the edges of domains, and the truth of each vertex: None where it is not defined, or at
    an edge."""
    x = rng.choice(GIVEN)
    vertices: list[Vertex] = [X, vertex("zero", "constant", value=0.0), vertex("c", "constant", value=rng.choice((-1.0, 1.0, 2.0)))]
    truth: list[Dual | None] = [Dual(mpmath.mpf(x), mpmath.mpf(1)), Dual(mpmath.mpf(0), mpmath.mpf(0))]
    moves = [True, False, False]
    truth.append(Dual(mpmath.mpf(dict(vertices[2].attributes)["value"]), mpmath.mpf(0)))
    for _ in range(rng.randint(3, 7)):
        count = len(vertices)
        near = rng.choices([count, count, *range(1, count + 1)], k=3)
        name = f"v{count}"
        if rng.random() < 0.55:
            kind, read = rng.choice([*ONE_OPERAND]), near[:1]
            row = {"zeroth power": "power", "second entry": "identity"}.get(kind, kind)
            options: dict[str, Any] = {"exponent": 0} if kind == "zeroth power" else {}
            found = ONE_OPERAND[kind]
        elif rng.random() < 0.8:
            kind, read, options = rng.choice([*TWO_OPERANDS]), near[:2], {}
            row, found = kind, TWO_OPERANDS[kind]
        else:
            row, read, options = "where", near, {}
            found = lambda c, a, b: a if c.v > 0 else b  # noqa: E731
        operands = [truth[i - 1] for i in read]
        moves.append(any(moves[i - 1] for i in read))
        if row == "sqrt" and not moves[-1] and operands[0] is not None and operands[0].v == 0:
            found = lambda a: a  # noqa: E731  # the edge belongs to the domain
        vertices.append(vertex(name, row, tuple(read), **options))
        truth.append(None if any(operand is None for operand in operands) else found(*operands))
    return Graph(1, tuple(vertices)), x, truth


def test_hostile_graphs_have_no_enclosure_where_they_are_not_defined_and_a_right_one_elsewhere() -> None:
    rng, enclosed, refused = random.Random(20), 0, 0
    with mpmath.workdps(1500):
        for _ in range(300):
            graph, x, truth = hostile(rng)
            for k, found in certify(graph, [x], 1).items():
                right = truth[k - 1]
                if right is None:
                    refused += 1
                    assert isinstance(found, NoEnclosure), (graph, x, k)
                elif isinstance(found, Enclosure):
                    enclosed += 1
                    assert contains(found, [[right.d]], allowed=2.0**-200).all(), (graph, x, k)
    assert enclosed > 200
    assert refused > 50


def test_the_backward_pass_is_refused_at_an_edge_though_its_values_are_finite() -> None:
    graph = Graph(1, (X, vertex("r", "sqrt", (1,)), vertex("y", "power", (2,), exponent=0)))
    u = forward(graph, [0.0])
    with pytest.raises(DomainError):
        backward(graph, jacobians(graph, u))
