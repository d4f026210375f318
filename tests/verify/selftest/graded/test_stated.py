"""The stated bounds, against closed forms and hand calculations; and that what is planted is what was asked for."""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest

from backproof.engine import FLOAT64, Graph, backward, forward, jacobians, leaf, mpmath_system, number_system, vertex
from backproof.verify.cases.case import make_case
from backproof.verify.selftest.graded.adjoints import entries
from backproof.verify.selftest.graded.hardware import DTYPES, underflow
from backproof.verify.selftest.graded.planting import adjoint_set, as_number, ball
from backproof.verify.selftest.graded.points import cancelling, cancelling_later, million_paths
from backproof.verify.selftest.graded.stated import (
    adjoints,
    gamma,
    path_sum,
    paths,
    rounding_bound,
    roundings,
    running_bound,
    theorem_2_bound,
    values,
)
from backproof.verify.three_way.routes import Routes

U = Fraction(1, 2**53)
PRODUCT = make_case("product", "random", Graph(2, (leaf("x"), leaf("y"), vertex("z", "multiply", (1, 2)))), [3, 5])
SQUARE_OF_SUM = make_case(
    "(x + y)²", "random", Graph(2, (leaf("x"), leaf("y"), vertex("s", "add", (1, 2)), vertex("z", "multiply", (3, 3)))), [3, 4]
)


def test_values_adjoints_and_path_sums_are_those_of_a_hand_calculation() -> None:
    assert values(SQUARE_OF_SUM) == {1: [3], 2: [4], 3: [7], 4: [49]}
    assert adjoints(SQUARE_OF_SUM) == {4: [[1]], 3: [[14]], 2: [[14]], 1: [[14]]}
    assert path_sum(SQUARE_OF_SUM, 1, 4) == [14]
    assert [path_sum(cancelling(), 1, 7), path_sum(cancelling(), 1, 7, sizes=True)] == [[0], [6]]
    assert adjoints(cancelling(2))[1] == [[0, 0], [0, 0]]


def test_a_diamond_has_two_paths_and_ten_of_them_two_to_the_tenth() -> None:
    assert paths(million_paths(1).graph, 1, 4) == [(1, 2, 4), (1, 3, 4)]
    assert len(paths(million_paths(10).graph, 1, 31)) == 2**10


def test_the_bound_of_theorem_2_is_the_formula_of_its_page() -> None:
    # from x to z: one path of one edge, d = 1, at most one child, hence m = 1·(2 + 1) + 1 + 1, and 4 more
    assert roundings(PRODUCT.graph, 1, 1, 1) == 9
    assert theorem_2_bound(PRODUCT, 1, U) == [[gamma(9, U) / (1 - gamma(9, U)) * 5]]


def test_the_rounding_bound_of_a_product_is_the_product_of_the_seed_with_the_other_factor() -> None:
    # p_x = 1·y: d_b + Δ_a − 1 = 1 rounding of 5, and one underflow; no value that is rounded has a say
    assert rounding_bound(PRODUCT, 1, U, Fraction(0)) == [[gamma(1, U) * 5]]
    assert rounding_bound(PRODUCT, 1, U, Fraction(1, 2**200)) == [[gamma(1, U) * 5 + Fraction(1, 2**200)]]


def test_the_rounding_bound_counts_how_the_adjoint_answers_to_the_forward_pass() -> None:
    # p_x = 2s: the sum s = 7 is rounded, by 7u, and counts twice; then p_s = 14 of one child, and p_x = 14 of one child
    assert rounding_bound(SQUARE_OF_SUM, 1, U, Fraction(0)) == [[2 * 7 * U + 14 * gamma(1, U) + 14 * gamma(1, U)]]


def test_the_running_bound_of_a_product_has_two_roundings_for_each_product_and_each_sum() -> None:
    # left: 2u·5 for p_n·D, (1 + 1)·u·5 for the sum; right: u·5 for the sum of one path, and with p_n 2u·5 and that again
    assert float(running_bound(PRODUCT, 1, U) / U) == pytest.approx(10 + 10 + 5 + 10, abs=1e-12)


@pytest.mark.parametrize("name", DTYPES)
def test_the_numbers_of_the_cases_are_numbers_of_every_dtype(name: str) -> None:
    system = number_system(name)
    for case in (cancelling(), cancelling(2), cancelling_later()):
        for given in case.leaves:
            assert [float(as_number(Fraction(x), system)) for x in given] == [float(x) for x in given]


def test_underflow_is_half_the_smallest_subnormal_number() -> None:
    assert underflow(number_system("float16")) == Fraction(1, 2**25)
    assert underflow(FLOAT64) == Fraction(1, 2**1074)


def test_what_is_planted_is_what_was_asked_for() -> None:
    case, high = cancelling(), mpmath_system(90)
    third = Fraction(1, 3)
    for system, name in ((FLOAT64, "float64"), (high, "mpmath")):
        routes = adjoint_set(Routes(), name, 1, (0, 0), third)
        u = forward(case.graph, case.leaves, system)
        D = jacobians(case.graph, u, system)
        right, wrong = backward(case.graph, D, None, system), routes.backward(case.graph, D, None, system)
        assert [j for j in right if right[j].tolist() != wrong[j].tolist()] == [1]
        assert abs(wrong[1][0, 0] * 3 - 1) < 1e-15
    elsewhere = adjoint_set(Routes(), "float32", 1, (0, 0), third)
    u = forward(case.graph, case.leaves, FLOAT64)
    assert elsewhere.backward(case.graph, jacobians(case.graph, u, FLOAT64), None, FLOAT64)[1].item() == 0


def test_a_planted_ball_has_the_radius_that_was_asked_for() -> None:
    planted = ball(Fraction(1, 3), Fraction(1, 2**40))
    assert planted.contains(float(Fraction(1, 3)))
    with mpmath.workprec(200):
        assert float(planted.rad()) == pytest.approx(2.0**-40, rel=1e-8)


def test_every_entry_of_every_adjoint_is_a_place() -> None:
    assert len(list(entries(cancelling(2), range(1, 7)))) == 6 * 4
