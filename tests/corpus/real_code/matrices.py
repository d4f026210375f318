"""Linear algebra: products, inverses, solutions, determinants, factorisations, norms, and optimisation by matrices."""

import numpy as np
from entry import cached, gradient, layer, normal, positive, value_and_gradient, vjp
from scipy.linalg import expm, solve_triangular


def inverse(a):
    return np.linalg.inv(a)  # vertex


def inverse_back(args, out, ct):
    # fault not transposed | a | return -out @ ct @ out
    return -out.T @ ct @ out.T


def solve(a, b):
    x = np.linalg.solve(a, b)  # vertex
    return x, (a, x)


def solve_back(ct, cache):
    a, x = cache
    # fault not transposed | b | db = np.linalg.solve(a, ct)
    db = np.linalg.solve(a.T, ct)
    return -np.outer(db, x), db


def logdet(a):
    return np.linalg.slogdet(a)[1]  # vertex


def logdet_grad(a):
    # fault not transposed | a | return np.linalg.inv(a)
    return np.linalg.inv(a).T


def quadratic_form(x, A):
    return x @ A @ x  # vertex


def quadratic_form_grad(x, A):
    # fault missing term | x | return 2 * A @ x, np.outer(x, x)
    return A @ x + A.T @ x, np.outer(x, x)


def frobenius(a, b):
    return np.sqrt(np.sum((a - b) ** 2))  # vertex


def frobenius_grad(a, b):
    # fault missing factor | a | g = a - b
    g = (a - b) / frobenius(a, b)
    return g, -g


def gram(x):
    c, h, w = x.shape
    f = x.reshape(c, h * w)
    return f @ f.T / (c * h * w)  # vertex


def gram_back(args, out, ct):
    (x,) = args
    c, h, w = x.shape
    f = x.reshape(c, h * w)
    # fault missing term | x | return ((ct @ f) / (c * h * w)).reshape(x.shape)
    return ((ct + ct.T) @ f / (c * h * w)).reshape(x.shape)


def triangular(L, b):
    return solve_triangular(L, b, lower=True)  # vertex


def triangular_back(args, x, ct):
    L, b = args
    db = solve_triangular(L, ct, lower=True, trans="T")
    # fault wrong mask | L | return -np.outer(db, x), db
    return -np.tril(np.outer(db, x)), db


def outer_chain(u, v, w):
    return np.outer(u, v) @ w, (u, v, w)  # vertex


def outer_chain_back(d, cache):
    u, v, w = cache
    # fault arguments exchanged | v | return d * (v @ w), v * (u @ d), w * (u @ d)
    return d * (v @ w), w * (u @ d), v * (u @ d)


def product_of_entries(x):
    return np.prod(x, axis=1)


def product_of_entries_back(args, out, ct):
    (x,) = args
    left, right = np.ones_like(x), np.ones_like(x)
    for j in range(1, x.shape[1]):
        left[:, j] = left[:, j - 1] * x[:, j - 1]
        right[:, -j - 1] = right[:, -j] * x[:, -j]
    # fault not a number | x | return ct[:, None] * out[:, None] / x
    return ct[:, None] * left * right


def exponential_action(A, v):
    return expm(A) @ v  # vertex


def exponential_action_back(args, out, ct):
    A, v = args
    n = len(v)
    block = np.block([[A.T, np.outer(ct, v)], [np.zeros((n, n)), A.T]])
    # fault wrong function | A | return np.outer(expm(A).T @ ct, v), expm(A).T @ ct
    return expm(block)[:n, n:], expm(A).T @ ct


def trace_product(A, B, C):
    return np.trace(A @ B @ C)  # vertex


def trace_product_grad(A, B, C):
    # fault arguments exchanged | B | return (B @ C).T, (A @ C).T, (A @ B).T
    return (B @ C).T, (C @ A).T, (A @ B).T


def ridge(w, X, y, lam):
    r = X @ w - y
    # fault wrong factor | w | return r @ r / len(y) + lam * w @ w, 2 * X.T @ r / len(y) + lam * w
    return r @ r / len(y) + lam * w @ w, 2 * X.T @ r / len(y) + 2 * lam * w


def low_rank(U, V, M, mask):
    R = mask * (U @ V.T - M)  # vertex
    # fault not transposed | V | return 0.5 * np.sum(R**2), (R @ V, R @ U)
    return 0.5 * np.sum(R**2), (R @ V, R.T @ U)


def kronecker(a, b):
    return np.kron(a, b)  # vertex


def kronecker_back(args, out, ct):
    a, b = args
    g = ct.reshape(a.shape[0], b.shape[0], a.shape[1], b.shape[1])
    # fault wrong axis | b | return np.einsum("ikjl,kl->ij", g, b), np.einsum("ijkl,ij->kl", g, a)
    return np.einsum("ikjl,kl->ij", g, b), np.einsum("ikjl,ij->kl", g, a)


def power_iteration(A, x):
    for _ in range(3):
        x = A @ x  # vertex
        x = x / np.linalg.norm(x)
    return x


def power_iteration_back(args, out, ct):
    A, x = args
    xs = [x]
    for _ in range(3):
        z = A @ xs[-1]
        xs.append(z / np.linalg.norm(z))
    dA = np.zeros_like(A)
    for k in (3, 2, 1):
        z = A @ xs[k - 1]
        dz = (ct - xs[k] * (xs[k] @ ct)) / np.linalg.norm(z)
        # fault wrong cache | A | dA += np.outer(dz, xs[k])
        dA += np.outer(dz, xs[k - 1])
        ct = A.T @ dz
    return dA, ct


class Woodbury:
    """The solution with a diagonal plus a matrix of low rank."""

    def __init__(self, d, U):
        self.d, self.U = d, U

    def solve(self, b):
        Ud = self.U / self.d[:, None]
        inner = np.eye(self.U.shape[1]) + self.U.T @ Ud
        return b / self.d - Ud @ np.linalg.solve(inner, Ud.T @ b)  # vertex

    def forward(self, b):
        self.x = self.solve(b)
        return self.x

    def backward(self, ct):
        db = self.solve(ct)
        # fault sign | d | self.dd = db * self.x
        self.dd = -db * self.x
        self.dU = -(np.outer(db, self.x) + np.outer(self.x, db)) @ self.U
        return db


def cumulative_product(x):
    return np.cumprod(x)  # vertex


def cumulative_product_back(args, out, ct):
    (x,) = args
    dx = np.zeros_like(x)
    for i in range(len(x)):
        # fault window | x | others = np.array([np.prod(np.delete(x[:j], i)) for j in range(i + 1, len(x))] + [0.0])
        others = np.array([np.prod(np.delete(x[: j + 1], i)) for j in range(i, len(x))])
        dx[i] = ct[i:] @ others
    return dx


def projection(x, basis):
    Q, R = basis, basis.T @ basis
    return Q @ np.linalg.solve(R, Q.T @ x)  # vertex


def projection_back(args, out, ct):
    x, B = args
    G = np.linalg.inv(B.T @ B)
    a, c = G @ (B.T @ x), G @ (B.T @ ct)
    # fault missing term | basis | dB = np.outer(ct - B @ c, a)
    dB = np.outer(ct - B @ c, a) + np.outer(x - B @ a, c)
    return B @ c, dB


A3 = normal(0, 3, 3) + 2 * np.eye(3)
SEEN = np.array([[True, False, True], [True, True, False], [False, True, True]])
ZERO = np.array([[0.5, 0.0, 2.0], [1.0, -1.0, 3.0]])

ENTRIES = [
    vjp("inverse", inverse, inverse_back, A3),
    cached("solution of a system", solve, solve_back, A3, normal(1, 3)),
    gradient("log of a determinant", logdet, logdet_grad, A3),
    gradient("quadratic form", quadratic_form, quadratic_form_grad, normal(2, 3), A3),
    gradient("distance of matrices", frobenius, frobenius_grad, normal(3, 2, 3), normal(4, 2, 3)),
    vjp("Gram matrix of an image", gram, gram_back, normal(5, 2, 2, 3)),
    vjp("triangular solution", triangular, triangular_back, np.tril(A3), normal(6, 3)),
    cached("outer product times a vector", outer_chain, outer_chain_back, normal(7, 3), normal(8, 3), normal(9, 3)),
    vjp("product of a row", product_of_entries, product_of_entries_back, positive(10, 2, 4), exposes=(ZERO,)),
    vjp("exponential of a matrix", exponential_action, exponential_action_back, normal(11, 3, 3) / 2, normal(12, 3)),
    gradient("trace of three matrices", trace_product, trace_product_grad, normal(13, 3, 3), normal(14, 3, 3), normal(15, 3, 3)),
    value_and_gradient("ridge regression", ridge, normal(16, 3), normal(17, 5, 3), normal(18, 5), np.array(0.3), wrt=(0,)),
    value_and_gradient("completion of a matrix", low_rank, normal(19, 3, 2), normal(20, 3, 2), normal(21, 3, 3), SEEN, wrt=(0, 1)),
    vjp("Kronecker product", kronecker, kronecker_back, normal(22, 2, 2), normal(23, 2, 2)),
    vjp("power iteration", power_iteration, power_iteration_back, A3, normal(24, 3)),
    layer("diagonal and low rank", lambda: Woodbury(positive(25, 3), normal(26, 3, 2)), normal(27, 3), parameters={"d": "dd", "U": "dU"}),
    vjp("cumulative product", cumulative_product, cumulative_product_back, positive(28, 5)),
    vjp("projection onto a space", projection, projection_back, normal(29, 4), normal(30, 4, 2)),
]  # fmt: skip
