"""Errors of second order: by hand where the first order is 0, against exact remainders, and where they are small enough
to be left out."""

from __future__ import annotations

from typing import Any
from unittest import mock

import numpy as np
import pytest

from backproof.engine import FLOAT32, FLOAT64, Graph, NumberSystem, leaf, vertex
from backproof.engine.number_systems import BFLOAT16, FLOAT16
from backproof.verify.cases.case import make_case, rounded_case
from backproof.verify.cases.draws import usual_case
from backproof.verify.numbers.tangents import pair
from backproof.verify.rounding import bounds, higher_order, second_derivatives
from backproof.verify.rounding.bounds import bounds_in_each, rounding_bounds
from backproof.verify.rounding.higher_order import keeps_bits, nearly_linear, second_order
from benchmarks.alarms import counted, on_graph
from benchmarks.rounding import random_case

LOST = (leaf("x"), vertex("s", "sin", (1,)), vertex("d", "subtract", (2, 2)))


@pytest.mark.parametrize("system", [FLOAT64, FLOAT32, FLOAT16, BFLOAT16], ids=lambda system: system.name)
def test_two_zeros_with_errors_in_a_row_have_the_product_of_their_errors(system: NumberSystem) -> None:
    """d = sin x − sin x = 0 ± e; y = d·d and z = y·d give ∂z/∂d = d·d + d·2d: 0 to first order, 3e² to all."""
    graph = Graph(1, (*LOST, vertex("y", "multiply", (3, 3)), vertex("z", "multiply", (4, 3))))
    error = 2 * {"float64": 8, "float32": 8, "float16": 2, "bfloat16": 2}[system.name] * float(system.unit_roundoff) * np.sin(0.5)
    found = second_order(graph, [[0.5]], None, system)[3][0, 0]
    assert 3 * error**2 * 0.9 < found < 3 * error**2 * 2


def test_a_chain_of_products_has_the_remainder_of_its_expansion() -> None:
    """Along one path of factors D ± Δ the rest is Π(|D| + Δ) − Π|D| − Σ Δ Π|D|: here D = y, three times, with Δ = u|y|
    and γ₁ from y = 1.5·x."""
    graph = Graph(
        2, (leaf("x"), leaf("w"), vertex("a", "multiply", (1, 2)), vertex("b", "multiply", (3, 2)), vertex("c", "multiply", (4, 2)))
    )
    found = second_order(graph, [[1.5], [3.0]], None, FLOAT16)[1][0, 0]
    u = 2.0**-11
    gamma = u / (1 - u)
    assert found == pytest.approx(27 * ((1 + gamma) ** 3 - 1 - 3 * gamma), rel=1e-6)


def test_the_bend_of_a_function_counts_where_its_slope_does_not() -> None:
    """cos at a multiple of π: the slope is 0, the argument is known to one half, so that the derivative may be off by
    about as much."""
    graph = Graph(2, (leaf("x"), leaf("y"), vertex("s", "add", (1, 2)), vertex("c", "cos", (3,)), vertex("m", "multiply", (4, 3))))
    found = rounding_bounds(graph, [[2888.0], [0.25]], None, FLOAT16)
    assert found.undecidable == "rounding in float16 is too coarse for a bound of first order"
    with mock.patch("backproof.verify.rounding.bounds.second_order", return_value={}):
        first = rounding_bounds(graph, [[2888.0], [0.25]], None, FLOAT16)
    assert first.allowed[1] == found.allowed[1]


@pytest.mark.parametrize(("number", "why"), [(2741, "too coarse"), (3238, "range"), (5610, "range"), (9429, "too coarse")])
def test_what_a_hundred_thousand_passes_found_is_undecidable_now(number: int, why: str) -> None:
    """In float16: a cosine of −2888.6, partial sums beyond 65504, a product of two numbers that are 0 up to
    rounding."""
    case = rounded_case(usual_case(0, number), FLOAT16)
    bounds = bounds_in_each([(FLOAT16, case)])["float16"]
    assert why in str(bounds.undecidable)
    assert on_graph(case, FLOAT16, bounds, lambda p: p) == (0, 0, 1, 0.0)


def test_without_the_second_order_a_correct_pass_would_be_flagged() -> None:
    with mock.patch("backproof.verify.rounding.bounds.second_order", return_value={}):
        assert counted(range(2741, 2742))["float16"].flagged == 3
    assert counted(range(2741, 2742))["float16"].flagged == 0


def test_bits_are_kept_relative_to_the_value_and_for_some_rows_absolutely() -> None:
    assert keeps_bits([pair(1.0, 2.0**-13), np.array(3)], transcendental=True)
    assert not keeps_bits([pair(1.0, 2.0**-11)], transcendental=False)
    assert not keeps_bits([pair(1.0, 0.0), pair(0.0, 1e-300)], transcendental=False)
    assert keeps_bits([pair(0.0, 0.0)], transcendental=True)
    assert keeps_bits([pair(1e6, 1.0)], transcendental=False)
    assert not keeps_bits([pair(1e6, 1.0)], transcendental=True)


def test_where_bits_are_kept_nothing_is_added_and_it_would_be_little() -> None:
    added: list[float] = []
    for case in (usual_case(3, number) for number in range(40)):
        held = rounded_case(case, FLOAT32)
        bounds = rounding_bounds(held.graph, held.leaves, held.cotangent, FLOAT32)
        if bounds.undecidable is None and bounds.first_order:
            rest: dict[int, Any] = second_order(held.graph, held.leaves, held.cotangent, FLOAT32)
            largest = max(float(np.max(bound)) for bound in bounds.allowed.values())
            added += [float(np.max(rest[j])) / largest for j in bounds.allowed if largest]
    assert len(added) > 20
    assert max(added) < 0.01


def test_a_bound_with_a_second_order_is_not_scaled_down_to_another_dtype() -> None:
    """It would shrink by 2²⁹ there, and its errors of second order by 2⁵⁸."""
    case = make_case("lost", "random", Graph(1, (*LOST, vertex("y", "multiply", (3, 3)), vertex("z", "add", (4, 1)))), [[0.5]])
    found = bounds_in_each([(FLOAT64, case), (FLOAT32, case)])
    assert not found["float32"].first_order
    alone = rounding_bounds(case.graph, case.leaves, None, FLOAT64)
    assert found["float64"].allowed[1] == alone.allowed[1]


def test_a_dense_graph_in_float16_is_not_given_up_though_its_many_paths_could_magnify_more() -> None:
    """The rest to all orders is larger than the bound; sampled errors show that it is not what happens."""
    case = rounded_case(random_case(0), FLOAT16)
    bounds = rounding_bounds(case.graph, case.leaves, None, FLOAT16)
    rest = second_order(case.graph, case.leaves, None, FLOAT16)
    assert max(float(np.max(rest[j] / bounds.allowed[j])) for j in bounds.allowed) > 1
    assert bounds.undecidable is None
    assert not bounds.first_order


def test_errors_that_lead_out_of_the_room_are_seen_and_others_are_not() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "square", (1,)), vertex("z", "square", (2,))))
    own = {2: np.array([0.1]), 3: np.array([0.0])}
    errors = {(1, 2): np.array([[0.0]]), (2, 3): np.array([[0.0]])}
    moved = 2 * 0.1 * 2  # ∂z/∂x = 2y · 2x, with y = 1 ± 0.1
    for room, inside in ((moved * 1.01, True), (moved * 0.99, False)):
        assert nearly_linear(graph, [[1.0]], None, (own, errors), {1: (np.array([[4.0]]), np.array([[room]]))}) is inside


def test_no_bound_uses_the_backward_pass_that_it_judges() -> None:
    """Otherwise a wrong engine would be undecidable where it should be INACCURATE."""
    for module in (bounds, higher_order, second_derivatives):
        assert not hasattr(module, "backward")
