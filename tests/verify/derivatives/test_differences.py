"""Differences against derivatives known in closed form; kinks, edges of the domain and float leaks are noticed, never
passed over."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import mpmath
import pytest

from backproof.engine import DomainError, Graph, leaf, vertex
from backproof.engine.functions import TABLE
from backproof.engine.functions.row import elementwise
from backproof.engine.local_functions import local_value
from backproof.verify.derivatives.differences import differences, differences_along
from backproof.verify.derivatives.directions import directions
from backproof.verify.derivatives.stencil import FloatLeak


def one(function: str, **attributes: Any) -> Graph:
    return Graph(1, (leaf("x"), vertex("y", function, (1,), **attributes)))


CLOSED_FORMS: list[tuple[str, float, Callable[[Any], Any]]] = [
    ("exp", 1.5, mpmath.exp),
    ("log", 0.25, lambda x: 1 / x),
    ("tanh", 0.5, lambda x: mpmath.sech(x) ** 2),
    ("sin", 100.0, mpmath.cos),
    ("sqrt", 1e-8, lambda x: 1 / (2 * mpmath.sqrt(x))),
    ("reciprocal", 1e6, lambda x: -1 / x**2),
    ("softplus", -30.0, lambda x: 1 / (1 + mpmath.exp(-x))),
    ("square", 0.0, lambda x: mpmath.mpf(0)),
]


@pytest.mark.parametrize(("function", "x", "derivative"), CLOSED_FORMS)
def test_a_derivative_known_in_closed_form_lies_within_the_estimate(function: str, x: float, derivative: Callable[[Any], Any]) -> None:
    found = differences(one(function), [x], 1)[2]
    with mpmath.workdps(120):
        expected = derivative(mpmath.mpf(x))
        error = abs(mpmath.mpf(found.value[0, 0]) - expected)
        assert error <= mpmath.mpf(found.estimate[0, 0])
        assert found.estimate[0, 0] <= mpmath.mpf(10) ** -40 * max(abs(expected), 1)
    assert not found.kink[0, 0]


def test_a_fast_oscillation_makes_the_step_shrink_until_the_estimate_is_small() -> None:
    graph = Graph(1, (leaf("x"), vertex("s", "multiply", (1, 1, 1, 1)), vertex("y", "sin", (2,))))
    found = differences(graph, [30.0], 1)[3]
    with mpmath.workdps(120):
        expected = 4 * mpmath.mpf(30) ** 3 * mpmath.cos(mpmath.mpf(30) ** 4)
        assert abs(mpmath.mpf(found.value[0, 0]) - expected) <= found.estimate[0, 0]
    assert found.estimate[0, 0] < 1e-36


@pytest.mark.parametrize("function", ["relu", "abs"])
def test_a_kink_is_detected(function: str) -> None:
    assert differences(one(function), [0.0], 1)[2].kink[0, 0]


def test_a_tie_of_a_maximum_is_a_kink_and_a_near_tie_is_not() -> None:
    graph = Graph(2, (leaf("x"), leaf("y"), vertex("m", "maximum", (1, 2))))
    assert differences(graph, [1.0, 1.0], 1)[3].kink[0, 0]
    near = differences(graph, [1.0, math.nextafter(1.0, 2.0)], 1)[3]
    assert not near.kink[0, 0]
    assert near.value[0, 0] == 0


def test_a_jump_is_detected() -> None:
    graph = Graph(1, (leaf("c"), vertex("a", "constant", value=1.0), vertex("b", "constant", value=2.0), vertex("y", "where", (1, 2, 3))))
    assert differences(graph, [0.0], 1)[4].kink[0, 0]


@pytest.mark.parametrize("function", ["square", "sin", "exp", "softplus"])
def test_curvature_is_not_mistaken_for_a_kink(function: str) -> None:
    assert not differences(one(function), [0.0], 1)[2].kink[0, 0]


def test_a_smooth_function_with_a_jump_in_its_second_derivative_is_not_a_kink() -> None:
    graph = Graph(1, (leaf("x"), vertex("a", "abs", (1,)), vertex("y", "multiply", (1, 2))))
    found = differences(graph, [0.0], 1)
    assert found[2].kink[0, 0]
    assert not found[3].kink[0, 0]


def test_the_step_shrinks_until_the_stencil_lies_in_the_domain() -> None:
    """log(x − 1) just above x = 1: the first steps leave the domain."""
    graph = Graph(1, (leaf("x"), vertex("one", "constant", value=1.0), vertex("s", "subtract", (1, 2)), vertex("y", "log", (3,))))
    x = math.nextafter(1.0, 2.0)
    found = differences(graph, [x], 1)[4]
    assert float(found.value[0, 0]) == pytest.approx(2.0**52, rel=1e-12)


def test_the_edge_of_the_domain_is_an_error_that_names_the_vertex() -> None:
    with pytest.raises(DomainError, match=r"no step fits at vertex 1 \('x'\) entry 0: vertex 2 \('y'\): sqrt is not defined"):
        differences(one("sqrt"), [0.0], 1)


def test_a_float_that_leaks_in_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    leaking = elementwise("leaking", "sin", lambda s, a, x: np.asarray(math.sin(x.item()), dtype=object), lambda s, a, slot, x: s.cos(x))
    monkeypatch.setitem(TABLE, "leaking", leaking)
    with pytest.raises(FloatLeak, match=r"vertex 2 \('y'\): leaking returned .* of type float in mpmath"):
        differences(one("leaking"), [0.5], 1)


def test_only_descendants_of_the_moved_leaf_are_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = Graph(2, (leaf("x"), leaf("y"), vertex("a", "exp", (1,)), vertex("b", "exp", (2,)), vertex("c", "add", (3, 4))))
    touched: set[int] = set()
    real = local_value

    def spy(graph: Graph, i: int, u: Any, system: Any) -> Any:
        touched.add(i)
        return real(graph, i, u, system)

    monkeypatch.setattr("backproof.verify.derivatives.stencil.local_value", spy)
    assert set(differences(graph, [0.5, 0.5], 1)) == {3, 5}
    assert touched == {3, 5}


def test_the_jacobians_of_the_table_are_never_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    import dataclasses

    def forbidden(*_: Any) -> Any:
        raise AssertionError("a Jacobian was used")

    monkeypatch.setitem(TABLE, "exp", dataclasses.replace(TABLE["exp"], jacobian=forbidden))
    assert float(differences(one("exp"), [0.0], 1)[2].value[0, 0]) == pytest.approx(1)


def test_every_pair_of_entries_is_covered_for_vectors() -> None:
    graph = Graph(1, (leaf("x", (2,)), vertex("y", "square", (1,)), vertex("z", "sum", (2,))))
    found = differences(graph, [[3.0, 5.0]], 1)
    assert [[round(float(v), 30) for v in row] for row in found[2].value] == [[6, 0], [0, 10]]
    assert [[round(float(v), 30) for v in row] for row in found[3].value] == [[6, 10]]


def test_noise_around_an_exact_zero_is_not_a_kink() -> None:
    """(x/3·3 − x)² is 0 up to rounding: its one-sided differences are noise far below any resolution."""
    vertices = (
        leaf("x"),
        vertex("three", "constant", value=3.0),
        vertex("third", "divide", (1, 2)),
        vertex("back", "multiply", (3, 2)),
        vertex("rest", "subtract", (4, 1)),
        vertex("y", "square", (5,)),
    )
    found = differences(Graph(1, vertices), [0.7], 1)[6]
    assert not found.kink[0, 0]
    assert abs(found.value[0, 0]) < 1e-60


VECTORS = (leaf("x", (3,)), leaf("z"), vertex("e", "tanh", (1,)), vertex("m", "multiply", (2, 3)), vertex("y", "log_softmax", (4,)))
AT = [[0.5, -2.0, 1e-3], [1.5]]


def test_a_difference_along_a_direction_is_the_sum_of_those_of_its_entries() -> None:
    graph = Graph(2, VECTORS)
    some = directions(graph, AT, "abc")
    along, apart = differences_along(graph, AT, some), {j: differences(graph, AT, j) for j in (1, 2)}
    assert set(along) == {3, 4, 5}
    for k, found in along.items():
        assert found.value.shape == (graph.dimension(k), len(some))
        for place, direction in enumerate(some):
            for row in range(graph.dimension(k)):
                parts = [
                    apart[j][k].value[row, c] * mpmath.mpf(v.numerator) / v.denominator
                    for j in (1, 2)
                    if k in apart[j]
                    for c, v in enumerate(direction.vectors[j])
                ]
                assert abs(found.value[row, place] - sum(parts)) < 1e-14
                assert found.estimate[row, place] < 1e-50


def test_a_kink_and_an_edge_of_the_domain_are_noticed_along_directions() -> None:
    graph = Graph(1, (leaf("x", (2,)), vertex("y", "relu", (1,))))
    found = differences_along(graph, [[1.0, 0.0]], directions(graph, [[1.0, 0.0]], "abc"))[2]
    assert found.kink.tolist() == [[False] * 3, [True] * 3]
    edge = Graph(1, (leaf("x", (2,)), vertex("y", "sqrt", (1,))))
    with pytest.raises(DomainError, match=r"no step fits along abc/\d: vertex 2 \('y'\): sqrt is not defined"):
        differences_along(edge, [[1.0, 0.0]], directions(edge, [[1.0, 0.0]], "abc"))


def test_an_entry_takes_two_evaluations_and_a_leaf_two_more(monkeypatch: pytest.MonkeyPatch) -> None:
    graph, counted = Graph(2, VECTORS), [0]

    def counting(graph: Graph, i: int, u: Any, system: Any) -> Any:
        counted[0] += 1
        return local_value(graph, i, u, system)

    monkeypatch.setattr("backproof.verify.derivatives.stencil.local_value", counting)
    differences(graph, AT, 1)
    assert counted[0] == 3 * (2 * 3 + 1), "three descendants, at two points for each of three entries, and where all have moved"


def test_an_entry_too_small_for_a_relative_step_gets_an_absolute_one() -> None:
    found = differences(one("softplus"), [1e-300], 1)[2]
    assert abs(found.value[0, 0] - 0.5) < 1e-50
    assert found.estimate[0, 0] < 1e-50
