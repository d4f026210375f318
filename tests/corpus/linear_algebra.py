"""Solve, inverse, determinant, Cholesky, norms: wrong for matrices that are singular or not symmetric, where tests seldom look."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads, Value

S = np.array([[4.0, 1.0, -0.5], [1.0, 3.0, 0.7], [-0.5, 0.7, 2.5]])
G = np.array([[2.0, 0.5, -1.0], [0.3, 1.5, 0.8], [-0.7, 1.1, 3.0]])
SINGULAR = np.array([[1.0, 2.0, 0.5], [2.0, 4.0, 1.0], [0.3, -0.7, 1.1]])
V = np.array([0.7, -1.2, 0.4])
M = np.array([[0.9, -0.3, 0.2], [0.4, 1.3, -0.8]])


def solve_right(args: Args, out: Array, ct: Array) -> Grads:
    a, _ = args
    by_b = np.linalg.solve(a.T, ct)
    return -np.outer(by_b, out), by_b


def solve_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The adjoint system is solved with A instead of its transpose: right for the symmetric systems that tests are made of."""
    a, _ = args
    by_b = np.linalg.solve(a, ct)
    return -np.outer(by_b, out), by_b


def inverse_right(args: Args, out: Array, ct: Array) -> Grads:
    return (-out.T @ ct @ out.T,)


def inverse_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Both transposes are missing: invisible for a symmetric matrix, whose inverse is symmetric as well."""
    return (-out @ ct @ out,)


def cofactors(a: Array) -> Array:
    rows = [np.cross(a[1], a[2]), np.cross(a[2], a[0]), np.cross(a[0], a[1])]
    return np.stack(rows)


def determinant_right(args: Args, out: Array, ct: Array) -> Grads:
    return (ct * cofactors(args[0]),)


def determinant_by_inverse_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """det(A) inv(A) transposed has no meaning at a singular matrix, where the gradient is the matrix of cofactors; random matrices are never singular."""
    return (ct * out * np.linalg.inv(args[0]).T,)


def determinant_cofactors_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The adjugate is returned, not the cofactors: its transpose, equal for a symmetric matrix."""
    return (ct * cofactors(args[0]).T,)


def log_determinant(a: Array) -> Array:
    return np.linalg.slogdet(a)[1]


def log_determinant_right(args: Args, out: Array, ct: Array) -> Grads:
    return (ct * np.linalg.inv(args[0]).T,)


def log_determinant_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The transpose of the inverse is missing: covariances are symmetric, so the test is blind."""
    return (ct * np.linalg.inv(args[0]),)


def cholesky_of_gram(a: Array) -> Array:
    return np.linalg.cholesky(a @ a.T + np.eye(3))


def cholesky_of_gram_right(args: Args, out: Array, ct: Array) -> Grads:
    inner = np.tril(out.T @ np.tril(ct))
    inner[np.diag_indices(3)] /= 2
    by_gram = np.linalg.solve(out.T, np.linalg.solve(out.T, (inner + inner.T).T).T) / 2
    return (2 * by_gram @ args[0],)


def cholesky_of_gram_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The diagonal of the inner triangle is not halved, so diagonal entries count twice."""
    inner = np.tril(out.T @ np.tril(ct))
    by_gram = np.linalg.solve(out.T, np.linalg.solve(out.T, (inner + inner.T).T).T) / 2
    return (2 * by_gram @ args[0],)


def frobenius(a: Array) -> Value:
    return np.linalg.norm(a)


def frobenius_right(args: Args, out: Array, ct: Array) -> Grads:
    (a,) = args
    return (ct * a / (out if out > 0 else 1.0),)


def frobenius_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The gradient of the squared norm, without the factor two: right for matrices of norm one, and the test normalizes its input."""
    return (ct * args[0],)


def gaussian_log_likelihood(x: Array, mean: Array, covariance: Array) -> Array:
    offset = x - mean
    return -0.5 * (offset @ np.linalg.solve(covariance, offset) + np.linalg.slogdet(covariance)[1] + 3 * np.log(2 * np.pi))


def gaussian_log_likelihood_right(args: Args, out: Array, ct: Array) -> Grads:
    x, mean, covariance = args
    left, right = np.linalg.solve(covariance.T, x - mean), np.linalg.solve(covariance, x - mean)
    by_x = -0.5 * ct * (left + right)
    return by_x, -by_x, 0.5 * ct * (np.outer(left, right) - np.linalg.inv(covariance).T)


def gaussian_log_likelihood_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The covariance's gradient lacks the term of the log-determinant; mean and x, the usual parameters, are right."""
    x, mean, covariance = args
    left, right = np.linalg.solve(covariance.T, x - mean), np.linalg.solve(covariance, x - mean)
    by_x = -0.5 * ct * (left + right)
    return by_x, -by_x, 0.5 * ct * np.outer(left, right)


def cubed(a: Array) -> Array:
    return a @ a @ a


def cubed_right(args: Args, out: Array, ct: Array) -> Grads:
    t = args[0].T
    return (ct @ t @ t + t @ ct @ t + t @ t @ ct,)


def cubed_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Three A squared, as for numbers: right only where A commutes with the cotangent, as a multiple of the identity does."""
    return (3 * args[0].T @ args[0].T @ ct,)


def least_squares(a: Array, b: Array) -> Array:
    return np.linalg.solve(a.T @ a, a.T @ b)


def least_squares_right(args: Args, out: Array, ct: Array) -> Grads:
    a, b = args
    inner = np.linalg.solve(a.T @ a, ct)
    return np.outer(b - a @ out, inner) - np.outer(a @ inner, out), a @ inner


def least_squares_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The residual is taken to be zero: right for data that lie on the line exactly, and made-up data do."""
    a, _ = args
    inner = np.linalg.solve(a.T @ a, ct)
    return -np.outer(a @ inner, out), a @ inner


LINE = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0], [1.0, 3.0]])

CASES = [
    Case(
        name="solve with the wrong transpose",
        f=np.linalg.solve,
        args=(S, V),
        right=solve_right,
        wrong=solve_wrong,
        exposes=(G, V),
        needs="point",
    ),
    Case(
        name="inverse without transposes", f=np.linalg.inv, args=(S,), right=inverse_right, wrong=inverse_wrong, exposes=(G,), needs="point"
    ),
    Case(
        name="determinant by the inverse",
        f=np.linalg.det,
        args=(G,),
        right=determinant_right,
        wrong=determinant_by_inverse_wrong,
        exposes=(SINGULAR,),
        needs="point",
    ),
    Case(
        name="determinant by the adjugate",
        f=np.linalg.det,
        args=(S,),
        right=determinant_right,
        wrong=determinant_cofactors_wrong,
        exposes=(G,),
        needs="point",
    ),
    Case(
        name="log-determinant of a covariance",
        f=log_determinant,
        args=(S,),
        right=log_determinant_right,
        wrong=log_determinant_wrong,
        exposes=(G,),
        needs="point",
    ),
    Case(name="Cholesky factor, whole diagonal", f=cholesky_of_gram, args=(G,), right=cholesky_of_gram_right, wrong=cholesky_of_gram_wrong),
    Case(
        name="Frobenius norm of a unit matrix",
        f=frobenius,
        args=(np.array([[0.5, -0.5], [0.5, 0.5]]),),
        right=frobenius_right,
        wrong=frobenius_wrong,
        exposes=(G,),
        needs="point",
    ),
    Case(
        name="Gaussian log-likelihood, covariance",
        f=gaussian_log_likelihood,
        args=(V, M[1], S),
        right=gaussian_log_likelihood_right,
        wrong=gaussian_log_likelihood_wrong,
    ),
    Case(name="matrix cubed", f=cubed, args=(2 * np.eye(3),), right=cubed_right, wrong=cubed_wrong, exposes=(G,), needs="point"),
    Case(
        name="least squares of exact data",
        f=least_squares,
        args=(LINE, LINE @ np.array([0.5, -2.0])),
        right=least_squares_right,
        wrong=least_squares_wrong,
        exposes=(LINE, np.array([0.4, -1.0, 2.0, 0.3])),
        needs="point",
    ),
]
