"""Values and derivatives that never see a Jacobian: against closed forms, and with the reason where there is none."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from backproof.engine import FLOAT64, RATIONAL, Graph, leaf, mpmath_system, vertex
from backproof.theorems.quantities import NotAvailable, Undetermined
from backproof.verify.cases.case import make_case
from backproof.verify.proofs.witnesses import DIFFERENCE, witnesses

MP = mpmath_system(90)


def one(function: str, at: Any, **attributes: Any) -> Any:
    return make_case(function, "doc", Graph(1, (leaf("x"), vertex("y", function, (1,), **attributes))), [at])


def test_a_parent_that_is_read_twice_moves_in_both_places() -> None:
    case = make_case("x·x·y", "doc", Graph(2, (leaf("x"), leaf("y"), vertex("p", "multiply", (1, 1, 2)))), [3, 5])
    assert witnesses(case, RATIONAL).local(3, 1).value.item() == 2 * 3 * 5
    found = witnesses(case, MP).local(3, 1)
    assert abs(found.value.item() - 30) <= found.error.item() < 1e-40


def test_a_local_derivative_is_taken_at_the_values_of_the_parents() -> None:
    """y = exp(x)², at x = 1: ∂y/∂a |^{fʸ} = 2e, ∂y/∂x |^{f̄ʸ} = 2e²."""
    at = witnesses(make_case("e", "doc", Graph(1, (leaf("x"), vertex("a", "exp", (1,)), vertex("y", "square", (2,)))), [1.0]), MP)
    assert math.isclose(at.local(3, 2).value.item(), 2 * math.e, rel_tol=1e-15)
    assert math.isclose(at.derivative(3, 1).value.item(), 2 * math.e**2, rel_tol=1e-15)
    assert at.derivative(3, 1).methods == {DIFFERENCE}


def test_a_leaf_has_the_identity_of_itself_and_zero_of_another() -> None:
    graph = Graph(2, (leaf("x", (2,)), leaf("w"), vertex("y", "square", (1,)), vertex("z", "exp", (2,))))
    for system in (RATIONAL, MP):
        at = witnesses(make_case("apart", "doc", graph, [[1, 2], 0]), system)
        assert at.derivative(1, 1).value.tolist() == [[1, 0], [0, 1]]
        assert at.derivative(3, 2).value.tolist() == [[0], [0]]
        assert not at.derivative(3, 2).error.any()


def test_the_composed_function_is_what_the_local_functions_give_one_after_the_other() -> None:
    """Against NumPy, on exp(x)·x + x."""
    graph = Graph(1, (leaf("x"), vertex("e", "exp", (1,)), vertex("m", "multiply", (1, 2)), vertex("s", "add", (3, 1))))
    found = witnesses(make_case("c", "doc", graph, [0.7]), FLOAT64).composed(4).value.item()
    assert math.isclose(found, np.exp(0.7) * 0.7 + 0.7, rel_tol=1e-15)


def test_a_deep_graph_is_composed_without_recursion() -> None:
    n = 3000
    graph = Graph(1, (leaf("x"), *(vertex(f"v{i}", "negate", (i,)) for i in range(1, n))))
    assert witnesses(make_case("deep", "doc", graph, [Fraction(1, 3)]), RATIONAL).composed(n).value.item() == Fraction(-1, 3)


def test_softmax_has_its_definition_in_every_row_and_a_bound() -> None:
    case = make_case("s", "doc", Graph(1, (leaf("l", (3,)), vertex("s", "softmax", (1,)))), [[0.5, -1.0, 2.0]])
    found = witnesses(case, MP).rows_of_softmax(1)
    powers = np.exp([0.5, -1.0, 2.0])
    np.testing.assert_allclose(found.value.astype(float), np.tile(powers / powers.sum(), (3, 1)), rtol=1e-15)
    assert 0 < found.error.max() < 1e-85
    with pytest.raises(NotAvailable, match="softmax is checked in mpmath, not in rational"):
        witnesses(case, RATIONAL).rows_of_softmax(1)


@pytest.mark.parametrize(("case", "reason"), [(one("relu", 0.0), r"kink: ∂y/∂x"), (one("log", -1.0), r"outside the domain: .*'y'")])
def test_where_there_is_no_derivative_the_reason_is_given_again_and_again(case: Any, reason: str) -> None:
    at = witnesses(case, MP)
    for _ in range(2):
        with pytest.raises(Undetermined, match=reason):
            at.derivative(2, 1)


def test_what_a_number_system_does_not_have_is_said() -> None:
    with pytest.raises(NotAvailable, match="float64 has no derivatives from values"):
        witnesses(one("square", 2.0), FLOAT64).local(2, 1)
    with pytest.raises(NotAvailable, match="y is transcendental"):
        witnesses(one("exp", 2), RATIONAL).derivative(2, 1)
