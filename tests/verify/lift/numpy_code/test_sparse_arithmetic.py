"""What sparse matrices compute: right and wrong backward passes through them, certified and flagged."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.sparse

from backproof.verify.gradient_oracle.check import check
from backproof.verify.verdicts import Verdict

Asked = Callable[..., None]
RNG = np.random.default_rng(0)
sparse: Any = scipy.sparse
X = RNG.normal(size=5)

ADJACENCY = sparse.csr_matrix(np.array([[1.0, 0, 1, 0], [0, 1, 0, 1], [1, 1, 1, 0], [0, 0, 0, 1]]))
WEIGHTS = RNG.normal(size=(3, 2))


def convolution(h: Any, w: Any) -> Any:
    scale = sparse.diags(1.0 / np.asarray(ADJACENCY.sum(axis=1)).ravel())
    return np.maximum(scale @ ADJACENCY @ h @ w, 0)


def convolution_back(transposed: bool) -> Any:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        h, w = args
        mean = sparse.diags(1.0 / np.asarray(ADJACENCY.sum(axis=1)).ravel()) @ ADJACENCY
        of_sums = ct * (out > 0)
        return (mean.T if transposed else mean) @ (of_sums @ w.T), (mean @ h).T @ of_sums

    return vjp


def diffusion(u: Any) -> Any:
    n = len(u)
    laplacian = sparse.diags([1.0, -2.0, 1.0], [-1, 0, 1], shape=(n, n), format="csr") * 4.0
    return u + 0.1 * (laplacian @ u**2)


def diffusion_back(factor: float) -> Any:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        n = len(ct)
        laplacian = sparse.diags([1.0, -2.0, 1.0], [-1, 0, 1], shape=(n, n), format="csr") * 4.0
        return (ct + 0.1 * factor * args[0] * (laplacian.T @ ct),)

    return vjp


COUNTS = sparse.csr_matrix(np.array([[0.0, 2, 0, 1, 0], [1, 0, 0, 0, 3], [0, 0, 1, 1, 0], [2, 1, 0, 0, 0]]))
LABELS = np.array([1.0, 0.0, 0.0, 1.0])


def regression(w: Any, b: Any) -> Any:
    weighted = COUNTS @ sparse.diags(np.log(4.0 / np.asarray((COUNTS > 0).sum(axis=0)).ravel()) + 1)
    z = weighted @ w + b
    return np.mean(np.log1p(np.exp(z)) - LABELS * z)


def regression_back(by: int) -> Any:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        weighted = COUNTS @ sparse.diags(np.log(4.0 / np.asarray((COUNTS > 0).sum(axis=0)).ravel()) + 1)
        of_z = ct * (1 / (1 + np.exp(-(weighted @ args[0] + args[1]))) - LABELS) / by
        return weighted.T @ of_z, np.sum(of_z)

    return vjp


TWINS: dict[str, tuple[Any, tuple[Any, ...], Any, Any]] = {
    "graph convolution, not transposed": (convolution, (RNG.normal(size=(4, 3)), WEIGHTS), convolution_back(True), convolution_back(False)),
    "diffusion, factor": (diffusion, (X,), diffusion_back(2.0), diffusion_back(1.0)),
    "regression on words, mean over words": (regression, (X, np.float64(0.3)), regression_back(4), regression_back(5)),
}


@pytest.mark.parametrize("name", TWINS)
def test_a_right_backward_is_certified_and_its_wrong_twin_is_flagged(name: str, twins: Asked) -> None:
    twins(*TWINS[name])


def test_what_is_not_followed_is_compared_with_differences_and_says_so() -> None:
    largest = COUNTS.toarray().max()
    found = check(lambda x: COUNTS @ x / COUNTS.max(), (X,), lambda args, out, ct: (COUNTS.T @ ct / largest,), effort="quick")
    assert found.ok
    assert not found.certified
    wrong = check(lambda x: COUNTS @ x / COUNTS.max(), (X,), lambda args, out, ct: (COUNTS.T @ ct,), effort="quick")
    assert wrong.verdict is Verdict.WRONG
