"""The lecture's examples have the values and derivatives that the lecture, or a hand calculation, gives."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction

import numpy as np
import pytest

from backproof.engine import FLOAT64, RATIONAL, Graph, NumberSystem, backward, forward, jacobians
from backproof.engine.number_systems import Array
from backproof.engine.passes import Jacobians
from backproof.verify.cases.case import Case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.routes import Routes
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
    """y = (x² + 1/x) / (3x) = x/3 + 1/(3x²), so dy/dx = 1/3 − 2/(3x³) = 1/3 − 16/375 = 109/375 at x = 5/2."""
    assert exact_adjoint(CASES["L2(b) several inner functions"], 1) == [[Fraction(109, 375)]]


def test_the_vector_chain_rule() -> None:
    """∂y/∂x = A + B diag(2x) at x = (1/2, −2, 3)."""
    A = [[1, 2, 3], [4, 5, 6]]
    B = [[1, -1, 2], [0, 3, 1]]
    x = [Fraction(1, 2), -2, 3]
    expected = [[A[r][c] + B[r][c] * 2 * x[c] for c in range(3)] for r in range(2)]
    assert exact_adjoint(CASES["L2(c) vectors"], 1) == expected


def test_the_jacobian_of_log_softmax() -> None:
    """[[k = k']] − exp(l_k') / Σ exp(l_k''), from the standard library alone."""
    case = CASES["L4 log-softmax"]
    l = [float(value) for value in case.leaves[0]]
    total = math.fsum(math.exp(value) for value in l)
    expected = [[(k == c) - math.exp(l[c]) / total for c in range(4)] for k in range(4)]
    found = backward(case.graph, jacobians(case.graph, forward(case.graph, case.leaves)))[1]
    np.testing.assert_allclose(found, expected, rtol=1e-13, atol=1e-15)


def test_the_network() -> None:
    """softmax minus one-hot at l, then back through V and tanh′ = 1 − tanh², written by hand for every leaf."""
    case = CASES["L6 the network"]
    W, x, b, V, gamma = (np.array(case.leaves[i], dtype=float).reshape(case.graph.shape(i + 1)) for i in range(5))
    y = int(case.leaves[5][0])
    h = np.tanh(W @ x + b)
    dl = np.exp(V @ h + gamma) / np.exp(V @ h + gamma).sum() - np.eye(3)[y]
    dz = (dl @ V) * (1 - h**2)
    p = backward(case.graph, jacobians(case.graph, forward(case.graph, case.leaves)))
    for leaf, expected in enumerate((np.outer(dz, x), dz @ W, dz, np.outer(dl, h), dl), start=1):
        np.testing.assert_allclose(p[leaf], expected.reshape(1, -1), rtol=1e-11, atol=1e-14)
    assert 6 not in p


def doubled(graph: Graph, u: Mapping[int, Array], system: NumberSystem = FLOAT64) -> Jacobians:
    """Wrong edge Jacobians: the first edge's is twice what it should be."""
    D = jacobians(graph, u, system)
    first = next(edge for edge in D if any(value != 0 for value in D[edge].reshape(-1)))
    return {**D, first: system.scale(2, D[first])}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_wrong_edge_jacobian_is_caught_on_every_example(case: Case) -> None:
    assert check_case(case, Routes(jacobians=doubled)).verdict is Verdict.WRONG
