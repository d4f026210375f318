"""Fan-out, signs, transposes, linear algebra."""

from __future__ import annotations

import numpy as np
from cases import Made, made
from numpy.random import RandomState


def _bad():
    raise ValueError("vector and matrix")


@made("The skip connection's gradient is overwritten by the branch's.")
def residual_overwrite() -> Made:
    def f(x, w):
        _n, d = x.shape
        if w.shape != (d, d):
            raise ValueError("square weights")
        return x + np.tanh(x @ w)

    def backward(args, out, g, keep):
        x, w = args
        grads = {}
        grads["x"] = g
        h = np.tanh(x @ w)
        gz = g * (1.0 - h * h)
        if keep:
            grads["x"] = grads["x"] + gz @ w.T
        else:
            grads["x"] = gz @ w.T
        grads["w"] = x.T @ gz
        return grads["x"], grads["w"]

    r = RandomState(0)
    args = (r.randn(3, 4), r.randn(4, 4))
    return f, args, lambda a, o, g: backward(a, o, g, True), lambda a, o, g: backward(a, o, g, False)


@made("The recurrent weight gets the contribution of only one time step.")
def rnn_weight_last_step() -> Made:
    def run(W, U, xs):
        T, _d = xs.shape
        h = np.zeros(W.shape[0])
        hs = [h]
        for t in range(T):
            h = np.tanh(W @ h + U @ xs[t])
            hs.append(h)
        return hs

    def f(W, U, xs):
        return run(W, U, xs)[-1]

    def right(args, out, g):
        W, U, xs = args
        hs = run(W, U, xs)
        gW, gU, gx = np.zeros_like(W), np.zeros_like(U), np.zeros_like(xs)
        gh = np.array(g, dtype=float)
        for t in reversed(range(len(xs))):
            gz = gh * (1 - hs[t + 1] ** 2)
            gW += np.outer(gz, hs[t])
            gU += np.outer(gz, xs[t])
            gx[t] = U.T @ gz
            gh = W.T @ gz
        return gW, gU, gx

    def wrong(args, out, g):
        W, U, xs = args
        hs = run(W, U, xs)
        gU, gx = np.zeros_like(U), np.zeros_like(xs)
        gh = np.array(g, dtype=float)
        for t in reversed(range(len(xs))):
            gz = gh * (1 - hs[t + 1] ** 2)
            if t == len(xs) - 1:
                gW = np.outer(gz, hs[t])
            gU += np.outer(gz, xs[t])
            gx[t] = U.T @ gz
            gh = W.T @ gz
        return gW, gU, gx

    r = RandomState(1)
    return f, (0.5 * r.randn(3, 3), r.randn(3, 2), r.randn(4, 2)), right, wrong


@made("2 g E assumes a symmetric cotangent; it must be (g + g.T) E.")
def gram_symmetric_cotangent() -> Made:
    def f(E):
        _n, _k = E.shape
        return E @ E.T

    def right(args, out, g):
        return ((g + g.T) @ args[0],)

    def wrong(args, out, g):
        return (2.0 * g @ args[0],)

    return f, (RandomState(2).randn(4, 3),), right, wrong


@made("The negative item's score gets the sign of the positive one.")
def bpr_sign() -> Made:
    def f(pos, neg):
        if pos.shape != neg.shape:
            raise ValueError("pairs")
        return np.logaddexp(0.0, -(pos - neg))

    def right(args, out, g):
        pos, neg = args
        s = -g / (1.0 + np.exp(pos - neg))
        return s, -s

    def wrong(args, out, g):
        pos, neg = args
        s = -g / (1.0 + np.exp(pos - neg))
        return s, s

    return f, (np.array([0.3, 1.2, -0.4]), np.array([0.1, -0.2, 0.7])), right, wrong


@made("Gradient of a square weight returned transposed.")
def linear_weight_transposed() -> Made:
    class Linear:
        def __call__(self, x, W, b):
            (_n, d), (o, d2) = x.shape, W.shape
            if d != d2 or b.shape != (o,):
                raise ValueError("shapes")
            return x @ W.T + b

    def right(a, out, g):
        return (g @ a[1], g.T @ a[0], g.sum(0))

    def wrong(a, out, g):
        return (g @ a[1], (a[0].T @ g if a[1].shape[0] == a[1].shape[1] else g.T @ a[0]), g.sum(0))

    r = RandomState(3)
    return Linear(), (r.randn(5, 3), r.randn(3, 3), r.randn(3)), right, wrong


@made("-B g B instead of -B.T g B.T: right for symmetric matrices only.", exposes=(np.array([[2.0, 1.0], [-0.3, 1.5]]),))
def inv_no_transposes() -> Made:
    def f(A):
        _n, _m = A.shape
        return np.linalg.inv(A)

    def right(args, B, g):
        return (-B.T @ g @ B.T,)

    def wrong(args, B, g):
        return (-B @ g @ B,)

    return f, (np.array([[2.0, 0.5], [0.5, 1.5]]),), right, wrong


@made(
    "The adjoint system is solved with A instead of A.T.",
    exposes=(np.array([[3.0, 1.0, 0.2], [-0.4, 2.0, 0.3], [0.5, 0.1, 4.0]]), np.array([1.0, -2.0, 0.5])),
)
def solve_adjoint_not_transposed() -> Made:
    def f(A, b):
        _n, _m = A.shape
        (_k,) = b.shape
        return np.linalg.solve(A, b)

    def right(args, x, g):
        A, _b = args
        lam = np.linalg.solve(A.T, g)
        return -np.outer(lam, x), lam

    def wrong(args, x, g):
        A, _b = args
        lam = np.linalg.solve(A, g)
        return -np.outer(lam, x), lam

    A = np.array([[3.0, 1.0, 0.2], [1.0, 2.0, 0.3], [0.2, 0.3, 4.0]])
    return f, (A, np.array([1.0, -2.0, 0.5])), right, wrong


@made(
    "Adjugate used where the cofactor matrix belongs (its transpose).",
    exposes=(np.array([[3.0, 1.0, 0.2], [-0.4, 2.0, 0.3], [0.5, 0.1, 4.0]]),),
)
def det_adjugate_for_cofactor() -> Made:
    def f(A):
        (n, m) = A.shape
        if (n, m) != (3, 3):
            raise ValueError("3x3 only")
        return np.linalg.det(A)

    def cofactors(A):
        C = np.empty((3, 3))
        for i in range(3):
            for j in range(3):
                a, b = [k for k in range(3) if k != i]
                c, d = [k for k in range(3) if k != j]
                C[i, j] = (-1) ** (i + j) * (A[a, c] * A[b, d] - A[a, d] * A[b, c])
        return C

    def right(args, out, g):
        return (g * cofactors(args[0]),)

    def wrong(args, out, g):
        return (g * cofactors(args[0]).T,)

    A = np.array([[3.0, 1.0, 0.2], [1.0, 2.0, 0.3], [0.2, 0.3, 4.0]])
    return f, (A,), right, wrong


@made("Multiplied by the sign of the determinant: wrong when it is negative.", exposes=(np.array([[0.2, 1.0], [1.5, 0.3]]),))
def slogdet_times_sign() -> Made:
    def f(A):
        _n, _m = A.shape
        return np.linalg.slogdet(A)[1]

    def right(args, out, g):
        return (g * np.linalg.inv(args[0]).T,)

    def wrong(args, out, g):
        A = args[0]
        sign, _ = np.linalg.slogdet(A)
        return (g * sign * np.linalg.inv(A).T,)

    return f, (np.array([[2.0, 0.3], [-0.5, 1.5]]),), right, wrong


@made("Phi keeps the whole diagonal instead of half of it.")
def cholesky_diagonal_not_halved() -> Made:
    def f(M):
        n, _k = M.shape
        return np.linalg.cholesky(M @ M.T + np.eye(n))

    def back(args, L, g, half):
        M = args[0]
        n = len(L)
        P = np.tril(L.T @ np.tril(g))
        if half:
            P[np.arange(n), np.arange(n)] *= 0.5
        Li = np.linalg.inv(L)
        S = Li.T @ P @ Li
        S = 0.5 * (S + S.T)
        return (2.0 * S @ M,)

    return f, (RandomState(4).randn(3, 3),), lambda a, o, g: back(a, o, g, True), lambda a, o, g: back(a, o, g, False)


@made("2 A x is right only for symmetric A.", exposes=(np.array([1.0, -2.0]), np.array([[2.0, 1.5], [-0.5, 1.0]])))
def quadratic_form_symmetric() -> Made:
    def f(x, A):
        return x @ A @ x if x.ndim == 1 and A.ndim == 2 else _bad()

    def right(a, out, g):
        return (g * ((a[1] + a[1].T) @ a[0]), g * np.outer(a[0], a[0]))

    def wrong(a, out, g):
        return (g * (2.0 * a[1] @ a[0]), g * np.outer(a[0], a[0]))

    return f, (np.array([1.0, -2.0]), np.array([[2.0, 0.5], [0.5, 1.0]])), right, wrong


@made("d trace(AB)/dA is B.T, not B.", exposes=(np.array([[2.0, 0.5], [0.7, 1.0]]), np.array([[1.0, -0.3], [0.9, 3.0]])))
def trace_product_transpose() -> Made:
    def f(A, B):
        (n, _k), (_k2, m) = A.shape, B.shape
        if n != m:
            raise ValueError
        return np.trace(A @ B)

    def right(args, out, g):
        A, B = args
        return g * B.T, g * A.T

    def wrong(args, out, g):
        A, B = args
        return (g * B if B.shape == A.shape else g * B.T), g * A.T

    return f, (np.array([[2.0, 0.5], [0.5, 1.0]]), np.array([[1.0, -0.3], [-0.3, 3.0]])), right, wrong


@made("The log-determinant's part of the length scale gradient is missing.")
def gp_likelihood_no_logdet() -> Made:
    X = np.array([0.0, 0.4, 1.1, 1.9])
    D2 = (X[:, None] - X[None, :]) ** 2

    def kernel(ell):
        return np.exp(-0.5 * D2 / ell**2) + 0.1 * np.eye(4)

    def f(y, ell):
        if y.shape != (4,) or np.ndim(ell) != 0:
            raise ValueError
        K = kernel(ell)
        return 0.5 * y @ np.linalg.solve(K, y) + 0.5 * np.linalg.slogdet(K)[1]

    def back(args, out, g, logdet):
        y, ell = args
        K = kernel(ell)
        dK = np.exp(-0.5 * D2 / ell**2) * D2 / ell**3
        a = np.linalg.solve(K, y)
        ge = -0.5 * a @ dK @ a
        if logdet:
            ge = ge + 0.5 * np.sum(np.linalg.inv(K) * dK)
        return g * a, np.asarray(g * ge)

    return f, (np.array([0.3, -0.2, 1.0, 0.4]), np.array(0.8)), lambda a, o, g: back(a, o, g, True), lambda a, o, g: back(a, o, g, False)


@made(
    "The residual's term of the normal equations is missing: invisible for exact data.",
    exposes=(RandomState(5).randn(5, 2), RandomState(6).randn(5)),
)
def lstsq_residual_term() -> Made:
    def f(A, b):
        _m, _n = A.shape
        (_m2,) = b.shape
        return np.linalg.solve(A.T @ A, A.T @ b)

    def right(args, w, g):
        A, b = args
        lam = np.linalg.solve(A.T @ A, g)
        return np.outer(b - A @ w, lam) - np.outer(A @ lam, w), A @ lam

    def wrong(args, w, g):
        A, _b = args
        lam = np.linalg.solve(A.T @ A, g)
        return -np.outer(A @ lam, w), A @ lam

    A = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0], [1.0, 3.0]])
    return f, (A, A @ np.array([1.0, -2.0])), right, wrong


@made("Gradient leaks into the upper triangle that the forward never reads.")
def forward_substitution_upper() -> Made:
    def f(L, b):
        n, m = L.shape
        if n != m or b.shape != (n,):
            raise ValueError
        x = np.zeros(n)
        for i in range(n):
            x[i] = (b[i] - L[i, :i] @ x[:i]) / L[i, i]
        return x

    def adjoint(L, g):
        n = len(g)
        s = np.zeros(n)
        for i in range(n - 1, -1, -1):
            s[i] = (g[i] - L[i + 1 :, i] @ s[i + 1 :]) / L[i, i]
        return s

    def right(args, x, g):
        s = adjoint(args[0], g)
        return -np.tril(np.outer(s, x)), s

    def wrong(args, x, g):
        s = adjoint(args[0], g)
        return -np.outer(s, x), s

    r = RandomState(7)
    return f, (np.tril(r.randn(4, 4)) + 3 * np.eye(4), r.randn(4)), right, wrong


@made("The norm is treated as a constant in every step.")
def power_iteration_detached_norm() -> Made:
    def f(A, v):
        _n, _m = A.shape
        for _ in range(3):
            v = A @ v
            v = v / np.sqrt(v @ v)
        return v

    def back(args, out, g, full):
        A, v = args
        saved = []
        for _ in range(3):
            w = A @ v
            nrm = np.sqrt(w @ w)
            saved.append((v, w, nrm))
            v = w / nrm
        gA = np.zeros_like(A)
        for v0, w, nrm in saved[::-1]:
            u = w / nrm
            g = (g - u * (u @ g)) / nrm if full else g / nrm
            gA += np.outer(g, v0)
            g = A.T @ g
        return gA, g

    r = RandomState(8)
    return f, (r.randn(3, 3) + 2 * np.eye(3), r.randn(3)), lambda a, o, g: back(a, o, g, True), lambda a, o, g: back(a, o, g, False)


@made("3 A.T A.T g treats the factors as if they commuted.")
def matrix_cube_commuting() -> Made:
    def f(A):
        return np.linalg.matrix_power(A, 3)

    def right(args, out, g):
        T = args[0].swapaxes(-1, -2)
        return (g @ T @ T + T @ g @ T + T @ T @ g,)

    def wrong(args, out, g):
        T = args[0].swapaxes(-1, -2)
        return (3.0 * (T @ T @ g),)

    return f, (RandomState(9).randn(3, 3),), right, wrong
