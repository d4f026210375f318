"""fⁱ and J^{j→i} of one vertex: vectors in and out, a parent read twice, and messages that name the vertex, the
operands and the size."""

from __future__ import annotations

import tracemalloc
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from backproof.engine import FLOAT32, FLOAT64, RATIONAL, DomainError, EdgeTooLarge, Graph, GraphError, leaf, mpmath_system, vertex
from backproof.engine.local_functions import local_jacobian, local_value

SYSTEMS = [FLOAT64, FLOAT32, RATIONAL, mpmath_system(30)]


def one(function: str, shape: tuple[int, ...] = (), **attributes: Any) -> Graph:
    return Graph(1, (leaf("x", shape), vertex("y", function, (1,), **attributes)))


@pytest.mark.parametrize("system", SYSTEMS, ids=lambda s: s.name)
def test_matrices_go_in_and_come_out_as_vectors_of_their_entries_row_by_row(system: Any) -> None:
    graph = Graph(2, (leaf("A", (2, 2)), leaf("B", (2, 2)), vertex("C", "matmul", (1, 2))))
    u = {1: system.array([1, 2, 3, 4]), 2: system.array([5, 6, 7, 8])}
    assert local_value(graph, 3, u, system).tolist() == [19, 22, 43, 50]
    assert local_jacobian(graph, 1, 3, u, system).tolist() == [[5, 7, 0, 0], [6, 8, 0, 0], [0, 0, 5, 7], [0, 0, 6, 8]]
    assert local_jacobian(graph, 2, 3, u, system).tolist() == [[1, 0, 2, 0], [0, 1, 0, 2], [3, 0, 4, 0], [0, 3, 0, 4]]


def test_a_parent_read_several_times_contributes_the_sum_over_its_uses() -> None:
    graph = Graph(2, (leaf("x"), leaf("y"), vertex("z", "multiply", (1, 2, 1, 1))))
    u = {1: RATIONAL.array([2]), 2: RATIONAL.array([5])}
    assert local_value(graph, 3, u, RATIONAL).tolist() == [40]
    assert local_jacobian(graph, 1, 3, u, RATIONAL).tolist() == [[60]]
    assert local_jacobian(graph, 2, 3, u, RATIONAL).tolist() == [[8]]


def test_a_parent_in_both_slots_of_a_difference_or_a_quotient_cancels() -> None:
    for function in ("subtract", "divide"):
        graph = Graph(1, (leaf("x"), vertex("z", function, (1, 1))))
        assert local_jacobian(graph, 1, 2, {1: RATIONAL.array([7])}, RATIONAL).tolist() == [[0]]


def test_a_matrix_times_itself() -> None:
    """∂(A²) = dA·A + A·dA: at A = [[1, 2], [0, 3]], moving a₂₁ by one changes A² by [[2, 0], [4, 2]]."""
    graph = Graph(1, (leaf("A", (2, 2)), vertex("S", "matmul", (1, 1))))
    jacobian = local_jacobian(graph, 1, 2, {1: RATIONAL.array([1, 2, 0, 3])}, RATIONAL)
    assert jacobian[:, 2].tolist() == [2, 0, 4, 2]


def test_what_is_no_edge_has_no_jacobian() -> None:
    graph = Graph(2, (leaf("x"), leaf("w"), vertex("y", "exp", (1,))))
    with pytest.raises(GraphError, match=r"\(2, 3\) is not an edge: vertex 3 \('y'\) does not read vertex 2 \('w'\)"):
        local_jacobian(graph, 2, 3, {1: FLOAT64.array([1.0]), 2: FLOAT64.array([1.0])}, FLOAT64)


def test_a_domain_error_names_the_vertex_the_row_and_every_operand() -> None:
    graph = Graph(2, (leaf("x", (2,)), leaf("d"), vertex("q", "divide", (1, 2))))
    u = {1: RATIONAL.array([1, 2]), 2: RATIONAL.array([0])}
    with pytest.raises(
        DomainError, match=r"vertex 3 \('q'\): divide is not defined at x = \[1.0, 2.0\], d = \[0.0\]; move the leaf values"
    ):
        local_value(graph, 3, u, RATIONAL)


def test_a_domain_error_in_a_long_operand_shows_what_is_out_of_the_domain() -> None:
    values = np.ones(1000)
    values[500], values[700] = -0.25, 3.0
    with pytest.raises(DomainError, match=r"x = \[1.0, 1.0, 1.0, …\] \(1000 entries from -0.25 to 3.0, nearest to zero -0.25\)"):
        local_value(one("sqrt", (1000,)), 2, {1: values}, FLOAT64)


@pytest.mark.parametrize("system", [RATIONAL, mpmath_system(30)], ids=lambda s: s.name)
def test_a_domain_error_can_show_numbers_beyond_the_floats(system: Any) -> None:
    graph = one("power", exponent=0.5)
    with pytest.raises(DomainError, match=r"power is not defined at x = \[−\(above 10\^308\)\]|power is not defined at x = \[-inf\]"):
        local_value(graph, 2, {1: system.array([-Fraction(10**400)])}, system)


@pytest.mark.parametrize("system", [FLOAT64, FLOAT32, mpmath_system(30)], ids=lambda s: s.name)
def test_on_a_closed_edge_there_is_a_value_and_no_derivative(system: Any) -> None:
    for graph in (one("sqrt"), one("power", exponent=0.5), one("power", exponent=1.5)):
        zero = {1: system.array([0])}
        assert local_value(graph, 2, zero, system).tolist() == [0]
        with pytest.raises(DomainError, match=r"vertex 2 \('y'\): (sqrt|power) has no derivative at x = \[0.0\]"):
            local_jacobian(graph, 1, 2, zero, system)


@pytest.mark.parametrize("system", [FLOAT64, FLOAT32, mpmath_system(30)], ids=lambda s: s.name)
def test_on_an_open_edge_there_is_neither(system: Any) -> None:
    for graph in (one("log"), one("reciprocal"), one("power", exponent=-2), one("power", exponent=-0.5)):
        zero = {1: system.array([0])}
        with pytest.raises(DomainError, match="is not defined at x"):
            local_value(graph, 2, zero, system)
        with pytest.raises(DomainError, match="has no derivative at x"):
            local_jacobian(graph, 1, 2, zero, system)


def test_whole_powers_have_values_and_derivatives_at_zero_and_below() -> None:
    for exponent, x, value, slope in (
        (2, 0, 0, 0),
        (1, 0, 0, 1),
        (0, 0, 1, 0),
        (3, -2, -8, 12),
        (-1, -2, Fraction(-1, 2), Fraction(-1, 4)),
    ):
        graph, u = one("power", exponent=exponent), {1: RATIONAL.array([x])}
        assert local_value(graph, 2, u, RATIONAL).item() == value
        assert local_jacobian(graph, 1, 2, u, RATIONAL).item() == slope


@pytest.mark.parametrize(("system", "size"), [(FLOAT64, "800 MB"), (FLOAT32, "400 MB"), (RATIONAL, "6,400 MB")], ids=lambda v: str(v)[:5])
def test_an_edge_above_the_limit_is_refused_before_memory_is_taken(system: Any, size: str) -> None:
    graph = one("square", (10_000,))
    u = {1: system.zeros((10_000,))}
    tracemalloc.start()
    try:
        with pytest.raises(
            EdgeTooLarge,
            match=rf"edge \(1, 2\): the Jacobian of vertex 2 .* is 10000 × 10000, {size} in {system.name}; the limit is 256 MB",
        ):
            local_jacobian(graph, 1, 2, u, system)
        assert tracemalloc.get_traced_memory()[1] < 10**6
    finally:
        tracemalloc.stop()


def test_an_edge_of_exactly_the_limit_is_allowed() -> None:
    graph = Graph(1, (leaf("x", (8000,)), vertex("y", "take", (1,), indices=tuple(range(4000)))))
    assert local_jacobian(graph, 1, 2, {1: FLOAT64.zeros((8000,))}, FLOAT64).nbytes == 256 * 10**6
