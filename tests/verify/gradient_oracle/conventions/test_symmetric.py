"""A gradient by a symmetric matrix is compared along symmetric directions, where the forward reads one triangle or the
domain holds symmetric matrices alone; what is wrong there, or transposed by mistake, is not excused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.check import check
from backproof.verify.gradient_oracle.conventions.symmetric import halved, is_symmetric, restricts
from backproof.verify.gradient_oracle.judge import judge
from backproof.verify.gradient_oracle.opaque import judge_opaque
from backproof.verify.gradient_oracle.running import Question
from backproof.verify.verdicts import Verdict

MATRIX = np.array([[2.0, 0.3, 0.1], [0.3, 1.0, -0.2], [0.1, -0.2, 1.5]])
U, V = np.random.default_rng(0).normal(size=(2, 3))
CT = np.array([0.5, -1.0, 2.0])


def symmetric(a: Any) -> bool:
    return bool(np.array_equal(a, a.T))


def eigenvalues_back(args: Any, out: Any, ct: Any) -> Any:
    vectors = np.linalg.eigh(args[0])[1]
    return ((vectors * ct) @ vectors.T,)


def log_density(s: Any) -> Any:
    """Of a normal distribution with covariance s, at U, but for a constant."""
    factor = np.linalg.cholesky(s)
    z = np.linalg.solve(factor, U)
    return -0.5 * z @ z - np.log(np.diag(factor)).sum()


def density_back(args: Any, out: Any, ct: Any) -> Any:
    precision = np.linalg.inv(args[0])
    q = precision @ U
    return (ct * 0.5 * (np.outer(q, q) - precision),)


def twice_beside_the_diagonal(args: Any, out: Any, ct: Any) -> Any:
    """S + Sᵀ − diag S, which counts the entries beside the diagonal twice."""
    (g,) = density_back(args, out, ct)
    return (g + g.T - np.diag(np.diag(g)),)


def a_little_beside_the_diagonal(args: Any, out: Any, ct: Any) -> Any:
    (g,) = density_back(args, out, ct)
    return (g + 1e-9 * (1 - np.eye(3)),)


def bilinear(a: Any) -> Any:
    return U @ a @ V


def transposed(args: Any, out: Any, ct: Any) -> Any:
    return (ct * np.outer(V, U),)


def found_at(f: Any, vjp: Any, a: Any, ct: Any = 1.0, domain: Callable[..., bool] | None = None) -> Any:
    """What is judged at one point, as `check` asks it."""
    there = frozenset({0}) if is_symmetric(a) else frozenset[int]()
    restricted = frozenset(k for k in there if restricts(domain, (a,), k))
    return judge(Question(f, vjp, (a,), np.asarray(ct), "here", symmetric=there, restricted=restricted))


@pytest.mark.parametrize(
    ("f", "vjp", "ct"),
    [
        (np.linalg.eigvalsh, eigenvalues_back, CT),
        (log_density, density_back, 1.0),
        (lambda a: np.linalg.eigvalsh(a, "U"), eigenvalues_back, CT),
    ],
    ids=["eigenvalues", "covariance", "upper triangle"],
)
def test_the_symmetric_gradient_of_what_reads_one_triangle_is_right_and_that_is_noted(f: Any, vjp: Any, ct: Any) -> None:
    judged = found_at(f, vjp, MATRIX, ct)
    assert judged.findings == ()
    assert judged.certified
    assert "symmetric directions" in judged.note.words


@pytest.mark.parametrize("vjp", [twice_beside_the_diagonal, a_little_beside_the_diagonal, lambda *a: (2 * density_back(*a)[0],)])
@pytest.mark.parametrize("domain", [None, symmetric])
def test_what_is_wrong_along_symmetric_directions_is_wrong(vjp: Any, domain: Any) -> None:
    assert found_at(log_density, vjp, MATRIX, domain=domain).findings[0].verdict is Verdict.WRONG


@pytest.mark.parametrize(
    "a", [np.eye(3), np.zeros((3, 3)), np.random.default_rng(1).normal(size=(3, 3)), MATRIX], ids=["I", "0", "any", "symmetric"]
)
def test_a_transposed_gradient_of_what_reads_all_entries_is_wrong(a: Any) -> None:
    assert found_at(bilinear, transposed, a).findings


def test_unless_the_domain_holds_symmetric_matrices_alone() -> None:
    assert found_at(bilinear, transposed, MATRIX, domain=symmetric).findings == ()
    assert found_at(bilinear, transposed, MATRIX, domain=lambda a: bool(np.all(a < 9))).findings
    assert found_at(bilinear, lambda *a: (2 * transposed(*a)[0],), MATRIX, domain=symmetric).findings


@pytest.mark.parametrize(
    ("f", "vjp"),
    [
        (lambda w: np.tril(w) @ U, lambda args, out, ct: (np.triu(np.outer(U, ct)),)),
        (lambda w: np.tril(w, -1) @ U, lambda args, out, ct: (halved(np.tril(np.outer(ct, U), -1)),)),
        (lambda w: 2 * w[1, 0] * np.ones(3), lambda args, out, ct: (ct.sum() * (np.array([[0, 1, 0], [1, 0, 0], [0, 0, 0]])),)),
    ],
    ids=["transposed", "no diagonal", "one entry"],
)
def test_a_triangle_that_is_no_symmetric_matrix_has_no_such_convention(f: Any, vjp: Any) -> None:
    assert found_at(f, vjp, MATRIX, CT).findings


def test_the_literal_gradient_is_right_without_a_note() -> None:
    def literal(args: Any, out: Any, ct: Any) -> Any:
        (g,) = density_back(args, out, ct)
        return (np.tril(2 * g) - np.diag(np.diag(g)),)

    judged = found_at(log_density, literal, MATRIX)
    assert (judged.findings, judged.note) == ((), None)


def through_bytes(f: Any) -> Any:
    return lambda a: f(np.frombuffer(np.ascontiguousarray(a).tobytes()).reshape(a.shape))


@pytest.mark.parametrize(("vjp", "right"), [(density_back, True), (twice_beside_the_diagonal, False)])
def test_the_same_where_the_forward_cannot_be_followed(vjp: Any, right: bool) -> None:
    question = Question(through_bytes(log_density), vjp, (MATRIX,), np.array(1.0), "here", symmetric=frozenset({0}))
    assert (not judge_opaque(question, "opaque").findings) is right
    other = Question(through_bytes(bilinear), transposed, (MATRIX,), np.array(1.0), "here", symmetric=frozenset({0}))
    assert judge_opaque(other, "opaque").findings


@pytest.mark.parametrize("domain", [None, symmetric])
def test_a_check_finds_it_right_at_every_point(domain: Any) -> None:
    result = check(log_density, (MATRIX,), density_back, domain=domain, effort="quick")
    assert result.ok, result.explain()
    assert result.proved == result.points > 1
    assert any("symmetric directions" in note for note in result.notes)
