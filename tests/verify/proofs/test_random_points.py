from __future__ import annotations

from fractions import Fraction
from itertools import count

import pytest

from backproof.engine import Graph, leaf, vertex
from backproof.verify.cases.case import make_case
from backproof.verify.cases.draws import usual_case
from backproof.verify.proofs.random_points import SET_SIZE, at_random_integers, failure_bound, total_degree


def test_degrees_multiply_along_powers_and_add_along_products() -> None:
    graph = Graph(
        2, (leaf("x"), leaf("y"), vertex("p", "power", (1,), exponent=3), vertex("q", "multiply", (2, 3)), vertex("s", "square", (4,)))
    )
    assert total_degree(graph) == 8  # (x³ y)²


def test_a_sum_has_the_degree_of_its_largest_term() -> None:
    graph = Graph(1, (leaf("x"), vertex("p", "power", (1,), exponent=5), vertex("s", "add", (1, 2))))
    assert total_degree(graph) == 5


@pytest.mark.parametrize("function", ["reciprocal", "relu", "exp"])
def test_what_is_no_polynomial_has_no_degree(function: str) -> None:
    assert total_degree(Graph(1, (leaf("x"), vertex("y", function, (1,))))) is None


def test_a_polynomial_of_two_variables_vanishes_as_often_as_the_bound_allows() -> None:
    """x·y − x = x(y − 1) on {0 … 9}²: 19 of 100 points are roots, and the bound for degree 2 says at most 20 of 100."""
    roots = sum(x * y - x == 0 for x in range(10) for y in range(10))
    assert Fraction(roots, 100) == Fraction(19, 100) <= failure_bound(2, set_size=10)


def test_the_bound_adds_up_over_equations_and_refuses_to_say_nothing() -> None:
    assert failure_bound(3, equations=5) == Fraction(15, SET_SIZE)
    with pytest.raises(ValueError, match="degree 3, 5 equations and a set of 15 numbers"):
        failure_bound(3, equations=5, set_size=15)


def test_the_leaves_are_whole_numbers_from_the_set_and_the_draw_can_be_repeated() -> None:
    case = make_case("c", "doc", Graph(1, (leaf("x", (50,)), vertex("y", "square", (1,)))), [[0.5] * 50])
    drawn = at_random_integers(case, seed=3).leaves[0]
    assert all(isinstance(value, Fraction) and value.denominator == 1 and 0 <= value < SET_SIZE for value in drawn)
    assert len(set(drawn)) == 50
    assert drawn == at_random_integers(case, seed=3).leaves[0] != at_random_integers(case, seed=4).leaves[0]


def test_discrete_leaves_stay_as_they_are() -> None:
    case = next(
        case for case in (usual_case(3, number) for number in count()) if any(map(case.graph.is_discrete, range(1, case.graph.l + 1)))
    )
    drawn = at_random_integers(case)
    for j in range(1, case.graph.l + 1):
        if case.graph.is_discrete(j):
            assert list(drawn.leaves[j - 1]) == list(case.leaves[j - 1])
