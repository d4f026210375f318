"""The lecture's examples have the values and derivatives that the lecture, or a hand calculation, gives."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from backproof.engine import RATIONAL, backward, forward, jacobians
from backproof.verify.cases import Case
from backproof.verify.digits_cases import Missing, digits_cases
from backproof.verify.lecture_cases import lecture_cases
from backproof.verify.three_way import check_case
from backproof.verify.verdicts import Verdict

CASES = {case.name: case for case in lecture_cases()}


def exact_adjoint(case: Case, leaf: int) -> list[list[Fraction]]:
    u = forward(case.graph, case.leaves, RATIONAL)
    return backward(case.graph, jacobians(case.graph, u, RATIONAL), case.cotangent, RATIONAL)[leaf].tolist()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_example_is_correct(case: Case) -> None:
    assert check_case(case).verdict is Verdict.CORRECT


def test_the_four_vertex_example() -> None:
    case = CASES["L11 four vertices"]
    assert (case.graph.n, case.graph.l, case.graph.edges) == (4, 2, ((1, 3), (2, 3), (2, 4), (3, 4)))
    assert [exact_adjoint(case, j) for j in (1, 2)] == [[[4]], [[11]]]


def test_the_scalar_chain_is_192() -> None:
    assert exact_adjoint(CASES["L2(a) scalar chain, 192"], 1) == [[192]]


def test_several_inner_functions() -> None:
    """y = x² · (1/x) / (3x) = 1/3 for every x, so the derivative is 0: three terms that cancel."""
    assert exact_adjoint(CASES["L2(b) several inner functions"], 1) == [[0]]


def test_the_vector_chain_rule() -> None:
    """∂y/∂x = A + B diag(2x) at x = (1/2, −2, 3)."""
    A = [[1, 2, 3], [4, 5, 6]]
    B = [[1, -1, 2], [0, 3, 1]]
    x = [Fraction(1, 2), -2, 3]
    expected = [[A[r][c] + B[r][c] * 2 * x[c] for c in range(3)] for r in range(2)]
    assert exact_adjoint(CASES["L2(c) vectors"], 1) == expected


def test_digits_are_real_images_and_every_step_is_a_case() -> None:
    datasets = pytest.importorskip("sklearn.datasets")
    found = digits_cases(0)
    assert not isinstance(found, Missing)
    assert len(found) == 5
    images = datasets.load_digits().images / 16
    small = np.array([[image[2 * r : 2 * r + 2, 2 * c : 2 * c + 2].mean() for r in range(4) for c in range(4)] for image in images])
    for case in found:
        assert "scaled down" in case.name
        assert (small == np.array(case.leaves[1], dtype=float)).all(axis=1).any()
    assert found[0].leaves[0] != found[1].leaves[0]


def test_a_step_of_sgd_on_digits_is_correct_three_ways() -> None:
    pytest.importorskip("sklearn")
    found = digits_cases(1)
    assert not isinstance(found, Missing)
    result = check_case(found[2])
    assert result.verdict is Verdict.CORRECT
    assert sum(c.entries for c in result.comparisons if c.claim == "path sum = differences") > 134


def test_without_scikit_learn_the_suite_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "sklearn.datasets", None)
    missing = digits_cases(0)
    assert isinstance(missing, Missing)
    assert "scikit-learn is not installed (pip install 'backproof[examples]')" in missing.sentence
