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
from backproof.verify.derivatives.differences import differences
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
