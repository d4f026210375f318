"""What a row of the function table says about itself: where it is defined, where it has kinks, its algebra, what it
refuses."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from backproof.engine import FLOAT64, RATIONAL, Graph, GraphError, leaf, mpmath_system, vertex
from backproof.engine.functions import TABLE, look_up

SYSTEMS = [FLOAT64, RATIONAL, mpmath_system(30)]

DOMAINS = [
    ("log", {}, [[0.5, 2.0]], 0.5, False),
    ("log", {}, [[-0.25, 2.0]], -0.25, False),
    ("log", {}, [[0.0, 2.0]], 0.0, False),
    ("sqrt", {}, [[0.0, 1.0]], 0.0, True),
    ("sqrt", {}, [[-0.5, 1.0]], -0.5, True),
    ("reciprocal", {}, [[-0.25, 2.0]], 0.25, False),
    ("reciprocal", {}, [[0.0]], 0.0, False),
    ("divide", {}, [[0.0, 1.0], [2.0, -0.125]], 0.125, False),
    ("divide", {}, [[1.0], [0.0]], 0.0, False),
    ("power", {"exponent": -1}, [[-0.5]], 0.5, False),
    ("power", {"exponent": -1}, [[0.0]], 0.0, False),
    ("power", {"exponent": 0.5}, [[0.0]], 0.0, True),
    ("power", {"exponent": 0.5}, [[-1.0]], -1.0, True),
    ("power", {"exponent": -0.5}, [[0.0]], 0.0, False),
    ("power", {"exponent": 2}, [[-3.0]], math.inf, None),
    ("power", {"exponent": 2.0}, [[-3.0]], math.inf, None),
    ("power", {"exponent": 0}, [[0.0]], math.inf, None),
    ("power", {}, [[0.25], [3.0]], 0.25, False),
    ("exp", {}, [[-1000.0]], math.inf, None),
    ("affine", {}, [[[0.0]], [0.0], [0.0]], math.inf, None),
]


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda s: s.name)
@pytest.mark.parametrize(("name", "given", "xs", "distance", "closed"), DOMAINS)
def test_the_distance_to_the_edge_of_the_domain(name: str, given: Any, xs: Any, distance: float, closed: bool | None, system: Any) -> None:
    row = TABLE[name]
    assert row.domain(given, [system.array(x) for x in xs]) == distance
    if closed is not None:
        assert row.closed(given) is closed


def test_rows_without_an_edge_or_a_kink_say_so_everywhere() -> None:
    edged = {"divide", "reciprocal", "power", "log", "sqrt", "pick"}
    kinked = {"relu", "abs", "maximum", "minimum", "where"}
    far_from_one = [FLOAT64.array([0.5, -2.0, 0.0])] * 3
    for name, row in TABLE.items():
        if name not in edged:
            assert row.domain({}, far_from_one) == math.inf
        if name not in kinked:
            assert row.kinks({}, far_from_one) == math.inf


@pytest.mark.parametrize(("label", "inside"), [(0, True), (2, True), (3, False), (-1, False), (0.5, False)])
def test_a_label_is_in_the_domain_of_pick_if_it_numbers_an_entry(label: float, inside: bool) -> None:
    for system in SYSTEMS:
        assert (TABLE["pick"].domain({}, [system.array([5, 6, 7]), system.array(label)]) > 0) is inside


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda s: s.name)
@pytest.mark.parametrize(
    ("name", "xs", "distance"),
    [
        ("relu", [[1.0, -0.25]], 0.25),
        ("relu", [[0.0]], 0.0),
        ("abs", [[0.0, 3.0]], 0.0),
        ("maximum", [[1.0, 5.0], [2.0, 4.5]], 0.5),
        ("maximum", [[1.0], [1.0], [9.0]], 8.0),
        ("maximum", [[9.0], [9.0], [1.0]], 0.0),
        ("minimum", [[1.0], [1.25], [9.0]], 0.25),
        ("minimum", [[-1.0, 4.0], 4.0], 0.0),
        ("where", [[0.5, -0.125], [1.0, 1.0], [2.0, 2.0]], 0.125),
        ("exp", [[0.0]], math.inf),
    ],
)
def test_the_distance_to_the_nearest_kink(name: str, xs: Any, distance: float, system: Any) -> None:
    assert TABLE[name].kinks({}, [system.array(x) for x in xs]) == distance


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda s: s.name)
def test_the_conventions_at_kinks(system: Any) -> None:
    zero, one = system.array([0]), system.array([1])
    assert TABLE["relu"].jacobian(system, {}, [zero], 0).item() == 0
    assert TABLE["abs"].jacobian(system, {}, [zero], 0).item() == 0
    assert TABLE["where"].value(system, {}, [zero, one, zero]).item() == 0
    for name in ("maximum", "minimum"):
        taken = [TABLE[name].jacobian(system, {}, [one, one, one], slot).item() for slot in range(3)]
        assert taken == [1, 0, 0]


def test_the_first_of_the_tied_best_takes_all_wherever_it_stands() -> None:
    low, high = RATIONAL.array([1]), RATIONAL.array([2])
    for name, xs in (("maximum", [low, high, high]), ("minimum", [high, low, low])):
        assert [TABLE[name].jacobian(RATIONAL, {}, xs, slot).item() for slot in range(3)] == [0, 1, 0]


def test_a_power_has_the_derivatives_of_its_exponent_at_zero() -> None:
    zero = FLOAT64.array([0.0])
    slopes = [TABLE["power"].jacobian(FLOAT64, {"exponent": exponent}, [zero], 0).item() for exponent in (0, 1, 2)]
    assert slopes == [0, 1, 0]


def test_the_algebra_of_every_row() -> None:
    kinds = {name: row.algebra({"exponent": 2}, 1) for name, row in TABLE.items()}
    assert {name for name, kind in kinds.items() if kind == "rational"} == {"divide", "reciprocal"}
    assert {name for name, kind in kinds.items() if kind == "piecewise"} == {"relu", "abs", "maximum", "minimum", "where"}
    assert {name for name, kind in kinds.items() if kind == "transcendental"} == {
        *("exp", "log", "tanh", "sigmoid", "softplus", "sin", "cos", "sqrt", "logsumexp", "softmax", "log_softmax")
    }
    power = TABLE["power"].algebra
    assert [power({"exponent": e}, 1) for e in (3, 0, 2.0, -1, 0.5, Fraction(1, 2))] == [
        *("polynomial", "polynomial", "polynomial", "rational", "transcendental", "transcendental")
    ]
    assert power({}, 2) == "transcendental"


X, V, M = leaf("x"), leaf("x", (3,)), leaf("x", (2, 3))
REFUSED = [
    (X, "power", {"exponent": math.inf}, "the exponent: expected finite numbers, found inf"),
    (X, "power", {"exponent": "2"}, "the exponent: expected finite numbers, found '2'"),
    (X, "power", {"exponent": True}, "the exponent must be a number, found True"),
    (X, "power", {"exponent": (1, 2)}, r"the exponent must be a number, found \(1, 2\)"),
    (X, "power", {}, "either a second operand or the attribute exponent"),
    (V, "take", {"indices": (0.5,)}, "each index must be a whole number, found 0.5"),
    (V, "take", {"indices": (True,)}, "each index must be a whole number, found True"),
    (V, "take", {"indices": (3,)}, "index 3 is out of bounds"),
    (V, "take", {"indices": ()}, "the result would be empty"),
    (V, "pick", {"index": 1.5}, "index must be a whole number, found 1.5"),
    (V, "pick", {"index": 3}, "index 3 is outside 0…2"),
    (V, "pick", {}, "either a label as second operand or the attribute index"),
    (M, "pick", {"index": 0}, r"pick takes a vector, found shape \(2, 3\)"),
    (V, "slice", {"start": 3}, r"the result would be empty \(shape \(0,\)\)"),
    (V, "slice", {"step": 0}, "slice step cannot be zero"),
    (V, "slice", {"axis": 1}, r"axis 1 does not exist in an operand of shape \(3,\)"),
    (V, "reshape", {"to": (2, 2)}, "cannot reshape array of size 3"),
    (M, "transpose", {"axes": (0, 0)}, "repeated axis"),
    (V, "broadcast", {"to": (2,)}, "could not be broadcast"),
    (M, "sum", {"axis": 2}, r"axis 2 does not exist in an operand of shape \(2, 3\)"),
    (M, "softmax", {"axis": True}, "axis True does not exist"),
    (V, "weighted_sum", {"weights": ()}, "1 operands need as many weight matrices, found 0"),
    (V, "weighted_sum", {"weights": (((1, 2),),)}, r"weight 1 must be 1 × 3, found shape \(1, 2\)"),
    (V, "weighted_sum", {"weights": (((1, 2, math.nan),),)}, "weight 1: expected finite numbers, found nan"),
    (V, "weighted_sum", {"weights": (((1, 2), (3,)),)}, "a list of matrices, each a list of rows of equal length"),
]


@pytest.mark.parametrize(("x", "name", "given", "message"), REFUSED)
def test_what_does_not_fit_is_refused_before_anything_is_computed(x: Any, name: str, given: Any, message: str) -> None:
    with pytest.raises(GraphError, match=rf"vertex 2 \('y'\): {name} does not fit its operands: .*{message}"):
        Graph(1, (x, vertex("y", name, (1,), **given)))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("abc", "found 'abc'"),
        (None, "found None"),
        (math.inf, "found inf"),
        ((), "the value would be empty"),
        (((1, 2), (3,)), "inhomogeneous"),
    ],
)
def test_a_constant_must_be_an_array_of_numbers(value: Any, message: str) -> None:
    with pytest.raises(GraphError, match=rf"vertex 2 \('c'\): constant does not fit its operands: .*{message}"):
        Graph(1, (X, vertex("c", "constant", value=value), vertex("o", "add", (1, 2))))
    assert Graph(1, (X, vertex("c", "constant", value=(Fraction(1, 3), 2)))).shape(2) == (2,)


@pytest.mark.parametrize(
    ("name", "shapes", "message"),
    [
        ("affine", [(2, 3), (2,), (2,)], r"inner dimensions differ: \(2, 3\) and \(2,\)"),
        ("affine", [(2, 3), (3,), (3,)], r"W of shape \(2, 3\) needs b of shape \(2,\), found \(3,\)"),
        ("matvec", [(3,), (3,)], r"operand 1 must be a matrix, found shape \(3,\)"),
        ("matmul", [(2, 3), (2, 3)], r"inner dimensions differ: \(2, 3\) and \(2, 3\)"),
        ("dot", [(3,), (3, 1)], r"operand 2 must be a vector, found shape \(3, 1\)"),
        ("add", [(2,), (3,)], "cannot be broadcast"),
        ("concatenate", [(2,), (3, 1)], "dimension"),
    ],
)
def test_operands_that_do_not_fit_each_other_are_refused(name: str, shapes: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        TABLE[name].shape({}, shapes)


def test_a_result_too_large_to_hold_is_refused() -> None:
    with pytest.raises(GraphError, match=r"vertex 2 \('y'\) has shape \(1000000, 1000000\): 1,000,000,000,000 entries; the limit is"):
        Graph(1, (X, vertex("y", "broadcast", (1,), to=(10**6, 10**6))))


def test_an_unknown_row_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(ValueError, match="unknown function 'soft_max'; did you mean 'softmax'"):
        look_up("soft_max")
    with pytest.raises(ValueError, match=f"unknown function 'qqq'; The table has {len(TABLE)} rows: abs, add"):
        look_up("qqq")


def test_broadcast_operands_reach_every_entry_that_reads_them() -> None:
    """x of shape (2, 1) times y of shape (3,): entry (i, k) of the result is x_i·y_k."""
    x, y = RATIONAL.array([[2], [3]]), RATIONAL.array([5, 7, 11])
    assert TABLE["multiply"].jacobian(RATIONAL, {}, [x, y], 0).astype(int).tolist() == [[5, 0], [7, 0], [11, 0], [0, 5], [0, 7], [0, 11]]
    by_y = np.vstack([2 * np.eye(3), 3 * np.eye(3)])
    assert TABLE["multiply"].jacobian(RATIONAL, {}, [x, y], 1).astype(float).tolist() == by_y.tolist()
