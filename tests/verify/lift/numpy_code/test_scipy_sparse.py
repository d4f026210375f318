"""Sparse matrices that code makes of lifted numbers, and solves with: the values of SciPy; right and wrong backward
passes."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.sparse
import scipy.sparse.linalg

from backproof.verify.gradient_oracle.check import check
from backproof.verify.lift.numpy_code import scipy_sparse, sparse_matrices
from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.tape.reads import NotLifted
from backproof.verify.verdicts import Verdict

Asked = Callable[..., None]
RNG = np.random.default_rng(0)
sparse: Any = scipy.sparse
solving: Any = scipy.sparse.linalg
X, M = RNG.normal(size=5), RNG.normal(size=(5, 3))
ROWS, COLUMNS = np.array([0, 1, 1, 2, 0]), np.array([1, 1, 1, 0, 2])
S = sparse.csc_matrix(np.diag([2.0, 3.0, 4.0, 5.0, 6.0]) + np.eye(5, k=1))


CODE: dict[str, Callable[[Any], Any]] = {
    "by places": lambda x: sparse.csr_matrix((x, (ROWS, COLUMNS)), shape=(3, 3)) @ x[:3]
    + sparse.coo_array((x, (ROWS, COLUMNS))).tocsr() @ x[:3],
    "stored so": lambda x: sparse.csr_matrix((x, (ROWS, COLUMNS)), shape=(3, 3)).data
    * sparse.csc_array((x[:4], ([0, 1, 2, 0], [1, 1, 0, 2]))).data,
    "compressed": lambda x: sparse.csr_matrix((x, [2, 1, 1, 0, 2], [0, 2, 3, 5]), shape=(3, 3)).data * x,
    "by diagonals": lambda x: sparse.dia_matrix((np.vstack([x, 2 * x]), [0, 1]), shape=(5, 5)) @ x,
    "of an array": lambda x: sparse.csr_array(np.diag(x)) @ x
    + sparse.csr_matrix(sparse.coo_matrix(np.diag(x))) @ x
    + sparse.csr_matrix((5, 5)) @ x,
    "diags": lambda x: sparse.diags([x[:4], -2 * x, x[:4]], [-1, 0, 1]) @ x + sparse.diags(x, format="csr") @ x + sparse.diags_array(x) @ x,
    "constants": lambda x: sparse.diags([1, -2, 1], [-1, 0, 1], shape=(5, 5)) @ x + (sparse.eye(5) + sparse.identity(5) * x[0]) @ x,
    "kron": lambda x: sparse.kron(sparse.eye(2), sparse.diags([1, -2], [0, 1], shape=(2, 2))) @ x[:4]
    + sparse.kron(sparse.diags(x[:2]), np.ones((2, 2))) @ x[:4],
    "stacked": lambda x: sparse.hstack([sparse.diags(x), S]) @ np.concatenate([x, x]) + sparse.vstack([S, sparse.diags(x)]).tocsr()[5:] @ x,
    "arranged": lambda x: sparse.block_diag([S, sparse.diags(x)]) @ np.concatenate([x, x])
    + np.tile((sparse.tril(S) + sparse.triu(S)) @ x, 2),
    "solved": lambda x: solving.spsolve(S, x) + solving.spsolve(S + sparse.diags(x**2), x) + solving.spsolve(S, x[:, None]),
    "factored": lambda x: solving.splu(S).solve(x) + solving.factorized(S)(x) + solving.splu(S).solve(x, "T") + solving.inv(S) @ x,
    "norms": lambda x: solving.norm(S.multiply(x)) * x + solving.norm(S, 1) * x,
    "plain": lambda x: sparse.find(S)[2][:5] * x + sparse.csgraph.laplacian(S.toarray() + S.toarray().T) @ x * sparse.isspmatrix(S),
}


@pytest.mark.parametrize("name", CODE)
def test_what_is_made_and_solved_has_the_values_of_scipy(name: str, same: Asked) -> None:
    same(CODE[name], X)


def test_several_right_sides_are_solved(same: Asked) -> None:
    same(lambda m: solving.spsolve(S, m), M)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (lambda x: solving.cg(S, x)[0], r"scipy\.sparse\.linalg\.cg of lifted numbers has no lifted rule"),
        (lambda x: solving.expm(sparse.diags(x)) @ x, r"scipy\.sparse\.linalg\.expm of lifted numbers"),
        (lambda x: solving.spsolve(S, sparse.csc_matrix(np.diag(x))) @ x, "with a sparse right side"),
        (lambda x: sparse.lil_matrix(np.diag(x)).data * x, r"lil_matrix\.data has no lifted rule"),
    ],
)
def test_what_has_no_rule_is_named(code: Any, words: str) -> None:
    with pytest.raises(NotLifted, match=words):
        lift(code, (X,))


@pytest.mark.parametrize("module", [scipy_sparse, sparse_matrices])
def test_scipy_sparse_is_not_imported_before_the_code_does(module: Any) -> None:
    on_top = [node for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.Import)]
    assert not any(alias.name.startswith("scipy") for node in on_top for alias in node.names)


# right and wrong backward passes


def edges(values: Any, h: Any) -> Any:
    return sparse.csr_matrix((np.tanh(values), (ROWS, COLUMNS)), shape=(3, 3)) @ h


def edges_back(rows: Any, columns: Any) -> Any:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        values, h = args
        t = np.tanh(values)
        return (1 - t * t) * np.sum(ct[rows] * h[columns], axis=1), sparse.csr_matrix((t, (ROWS, COLUMNS)), shape=(3, 3)).T @ ct

    return vjp


KEPT: Any = solving.splu(S)


def test_a_kept_factorization_is_followed() -> None:
    found = check(lambda b: KEPT.solve(b), (X,), lambda args, out, ct: (KEPT.solve(ct, trans="T"),), effort="quick")
    assert found.certified, found.explain()
    wrong = check(lambda b: KEPT.solve(b), (X,), lambda args, out, ct: (KEPT.solve(ct),), effort="quick")
    assert wrong.verdict is Verdict.WRONG


def resistors(conductances: Any, currents: Any) -> Any:
    return solving.spsolve(S + sparse.diags(conductances**2, format="csc"), currents)


def resistors_back(transposed: str) -> Any:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        conductances, _ = args
        adjoint = solving.splu((S + sparse.diags(conductances**2)).tocsc()).solve(ct, trans=transposed)
        return -2 * conductances * adjoint * out, adjoint

    return vjp


TWINS: dict[str, tuple[Any, tuple[Any, ...], Any, Any]] = {
    "edge weights, rows and columns exchanged": (edges, (X, RNG.normal(size=(3, 2))), edges_back(ROWS, COLUMNS), edges_back(COLUMNS, ROWS)),
    "adjoint of a solution, not transposed": (resistors, (X, RNG.normal(size=5)), resistors_back("T"), resistors_back("N")),
}


@pytest.mark.parametrize("name", TWINS)
def test_a_right_backward_is_certified_and_its_wrong_twin_is_flagged(name: str, twins: Asked) -> None:
    twins(*TWINS[name])
