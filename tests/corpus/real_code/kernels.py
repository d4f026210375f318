"""Kernels, distances and what is built on them: Gaussian processes, discrepancies, embeddings of points, clusters."""

import numpy as np
from entry import gradient, normal, positive, value_and_gradient, vjp
from scipy.linalg import cho_solve, cholesky


def squared_distances(a, b):
    return np.sum(a**2, axis=1)[:, None] + np.sum(b**2, axis=1) - 2 * a @ b.T  # vertex


def squared_distances_back(args, out, ct):
    a, b = args
    da = 2 * (a * ct.sum(axis=1)[:, None] - ct @ b)
    # fault wrong axis | b | return da, 2 * (b * ct.sum(axis=1)[:, None] - ct.T @ a)
    return da, 2 * (b * ct.sum(axis=0)[:, None] - ct.T @ a)


def rbf(x, y, log_l):
    l = np.exp(log_l)
    return np.exp(-squared_distances(x, y) / (2 * l**2))  # vertex


def rbf_back(args, k, ct):
    x, y, log_l = args
    l2 = np.exp(2 * log_l)
    g = ct * k / l2
    dx, dy = g @ y - x * g.sum(1)[:, None], g.T @ x - y * g.sum(0)[:, None]
    # fault missing factor | log_l | return dx, dy, 0.5 * np.sum(g * squared_distances(x, y))
    return dx, dy, np.sum(g * squared_distances(x, y))


def matern32(r, l):
    s = np.sqrt(3) * r / l
    return (1 + s) * np.exp(-s)  # vertex


def matern32_back(args, out, ct):
    r, l = args
    s = np.sqrt(3) * r / l
    # fault missing term | r | ds = -(1 + s) * np.exp(-s) * ct
    ds = -s * np.exp(-s) * ct
    return ds * np.sqrt(3) / l, np.sum(-ds * s / l)


def rational_quadratic(d2, alpha, l):
    return (1 + d2 / (2 * alpha * l**2)) ** -alpha  # vertex


def rational_quadratic_back(args, k, ct):
    d2, alpha, l = args
    b = 1 + d2 / (2 * alpha * l**2)
    dd2 = -ct * k / b / (2 * l**2)
    # fault missing term | alpha | dalpha = np.sum(-ct * k * np.log(b))
    dalpha = np.sum(ct * k * (-np.log(b) + d2 / (2 * alpha * l**2 * b)))
    return dd2, dalpha, np.sum(ct * k / b * d2 / l**3)


def periodic(x, y, p):
    return np.exp(-2 * np.sin(np.pi * (x[:, None] - y) / p) ** 2)  # vertex


def periodic_back(args, k, ct):
    x, y, p = args
    a = np.pi * (x[:, None] - y) / p
    # fault missing factor | x | da = -2 * ct * k * np.sin(2 * a) / 2
    da = -2 * ct * k * np.sin(2 * a)
    return da.sum(1) * np.pi / p, -da.sum(0) * np.pi / p, -np.sum(da * a) / p


def polynomial_kernel(x, y, c):
    return (x @ y.T + c) ** 3  # vertex


def polynomial_kernel_back(args, k, ct):
    x, y, c = args
    g = 3 * ct * (x @ y.T + c) ** 2
    # fault cotangent not used | c | return g @ y, g.T @ x, 3 * np.sum((x @ y.T + c) ** 2)
    return g @ y, g.T @ x, g.sum()


def evidence(log_l, log_s, x, y):
    """The negative log marginal likelihood of a Gaussian process, and its gradient by traces."""
    D = (x[:, None] - x) ** 2
    K = np.exp(-0.5 * D / np.exp(2 * log_l))
    S = K + np.exp(2 * log_s) * np.eye(len(x))  # vertex
    L = cholesky(S, lower=True)
    alpha = cho_solve((L, True), y)
    value = 0.5 * y @ alpha + np.log(np.diag(L)).sum()
    G = 0.5 * (cho_solve((L, True), np.eye(len(x))) - np.outer(alpha, alpha))
    # fault missing factor | log_s | return value, (np.sum(G * K * D) / np.exp(2 * log_l), np.trace(G) * np.exp(2 * log_s))
    return value, (np.sum(G * K * D) / np.exp(2 * log_l), 2 * np.trace(G) * np.exp(2 * log_s))


def kernel_ridge(alpha, K, y, lam):
    r = K @ alpha - y
    return 0.5 * r @ r + 0.5 * lam * alpha @ K @ alpha  # vertex


def kernel_ridge_grad(alpha, K, y, lam):
    # fault missing factor | alpha | return K @ (K @ alpha - y) + lam * alpha
    return K @ (K @ alpha - y) + lam * K @ alpha


def mmd(x, y):
    k = lambda a, b: np.exp(-squared_distances(a, b))
    return k(x, x).mean() + k(y, y).mean() - 2 * k(x, y).mean()  # vertex


def mmd_grad(x, y):
    n, m = len(x), len(y)
    kxx, kyy, kxy = (np.exp(-squared_distances(a, b)) for a, b in ((x, x), (y, y), (x, y)))

    def pull(k, a, b):
        return 2 * (k @ b - a * k.sum(axis=1)[:, None])

    # fault missing factor | x | dx = pull(kxx, x, x) / n**2 - 2 * pull(kxy, x, y) / (n * m)
    dx = 2 * pull(kxx, x, x) / n**2 - 2 * pull(kxy, x, y) / (n * m)
    return dx, 2 * pull(kyy, y, y) / m**2 - 2 * pull(kxy.T, y, x) / (n * m)


def tsne(y, P):
    """The divergence of a neighbour embedding, and the gradient of its paper."""
    q = 1 / (1 + squared_distances(y, y))  # vertex
    np.fill_diagonal(q, 0)
    Q = q / q.sum()
    off = ~np.eye(len(y), dtype=bool)
    loss = np.sum(P[off] * np.log(P[off] / Q[off]))
    # fault missing factor | y | g = (P - Q)
    g = (P - Q) * q
    return loss, 4 * (g.sum(axis=1)[:, None] * y - g @ y)


def stress(x, delta):
    i, j = np.triu_indices(len(x), 1)
    d = np.sqrt(np.sum((x[i] - x[j]) ** 2, axis=1))  # vertex
    return np.sum((d - delta[i, j]) ** 2)


def stress_grad(x, delta):
    i, j = np.triu_indices(len(x), 1)
    e = x[i] - x[j]
    d = np.sqrt(np.sum(e**2, axis=1))
    g = (2 * (d - delta[i, j]) / d)[:, None] * e
    dx = np.zeros_like(x)
    np.add.at(dx, i, g)
    # fault missing term | x | pass
    np.subtract.at(dx, j, g)
    return dx


def soft_kmeans(x, c):
    d2 = squared_distances(x, c)  # vertex
    m = d2.min(axis=1, keepdims=True)
    return -np.sum(np.log(np.exp(m - d2).sum(axis=1)) - m[:, 0])


def soft_kmeans_grad(x, c):
    d2 = squared_distances(x, c)
    w = np.exp(d2.min(axis=1, keepdims=True) - d2)
    w /= w.sum(axis=1, keepdims=True)
    # fault missing term | c | return 2 * (x - w @ c), -2 * w.T @ x
    return 2 * (x - w @ c), 2 * (c * w.sum(axis=0)[:, None] - w.T @ x)


def mahalanobis(x, mu, L):
    z = (x - mu) @ L  # vertex
    return np.sum(z**2, axis=1)


def mahalanobis_back(args, out, ct):
    x, mu, L = args
    d = x - mu
    g = 2 * ct[:, None] * (d @ L)
    dx = g @ L.T
    # fault sign | mu | return dx, dx.sum(axis=0), d.T @ g
    return dx, -dx.sum(axis=0), d.T @ g


def nadaraya(x, xs, ys, h):
    w = np.exp(-0.5 * ((x - xs) / h) ** 2)
    return np.sum(w * ys) / np.sum(w)  # vertex


def nadaraya_grad(x, xs, ys, h):
    u = (x - xs) / h
    w = np.exp(-0.5 * u**2)
    w /= w.sum()
    mean = np.sum(w * ys)
    # fault held constant | x | g = w * ys
    g = w * (ys - mean)
    return np.sum(-g * u / h), g * u / h, w, np.sum(g * u**2 / h)


def sinkhorn_cost(logits, C):
    P = np.exp(logits)
    P = P / P.sum(axis=1, keepdims=True)  # vertex
    return np.sum(P * C)


def sinkhorn_cost_grad(logits, C):
    P = np.exp(logits)
    P = P / P.sum(axis=1, keepdims=True)
    # fault held constant | logits | return P * C, P
    return P * (C - np.sum(P * C, axis=1, keepdims=True)), P


def random_features(x, W):
    z = x @ W
    return np.concatenate([np.cos(z), np.sin(z)], axis=1)  # vertex


def random_features_back(args, out, ct):
    x, W = args
    c, s = np.split(ct, 2, axis=1)
    z = x @ W
    # fault sign | x | dz = c * np.sin(z) + s * np.cos(z)
    dz = -c * np.sin(z) + s * np.cos(z)
    return dz @ W.T, x.T @ dz


K = normal(0, 4, 4) @ normal(0, 4, 4).T + np.eye(4)
P = np.array([[0.0, 0.1, 0.05, 0.05], [0.1, 0.0, 0.2, 0.05], [0.05, 0.2, 0.0, 0.1], [0.05, 0.05, 0.1, 0.0]]) / 1.1
A1, A2 = normal(1, 3, 2), normal(2, 4, 2)
H = np.array(0.8)

ENTRIES = [
    vjp("all squared distances", squared_distances, squared_distances_back, normal(1, 3, 2), normal(3, 3, 2)),
    vjp("radial kernel with its length", rbf, rbf_back, A1, A2, np.array(0.3)),
    vjp("Matern kernel of distances", matern32, matern32_back, positive(4, 5), np.array(1.3)),
    vjp("rational quadratic kernel", rational_quadratic, rational_quadratic_back, positive(5, 5), np.array(1.5), np.array(0.9)),
    vjp("periodic kernel", periodic, periodic_back, normal(6, 3), normal(7, 4), np.array(2.0)),
    vjp("polynomial kernel", polynomial_kernel, polynomial_kernel_back, A1, A2, np.array(0.5)),
    value_and_gradient("evidence of a Gaussian process", evidence, np.array(0.2), np.array(-1.0), normal(8, 4), normal(9, 4), wrt=(0, 1)),
    gradient("kernel ridge", kernel_ridge, kernel_ridge_grad, normal(10, 4), K, normal(11, 4), np.array(0.3), wrt=(0,)),
    gradient("maximum mean discrepancy", mmd, mmd_grad, A1, A2),
    value_and_gradient("neighbour embedding", tsne, normal(12, 4, 2), P, wrt=(0,)),
    gradient("stress of a map", stress, stress_grad, normal(13, 4, 2), positive(14, 4, 4), wrt=(0,)),
    gradient("soft clusters", soft_kmeans, soft_kmeans_grad, normal(15, 4, 2), normal(16, 3, 2)),
    vjp("squared Mahalanobis distance", mahalanobis, mahalanobis_back, normal(17, 3, 2), normal(18, 2), normal(19, 2, 2)),
    gradient("kernel regression", nadaraya, nadaraya_grad, np.array(0.3), normal(20, 4), normal(21, 4), H),
    gradient("cost of a soft assignment", sinkhorn_cost, sinkhorn_cost_grad, normal(22, 3, 3), positive(23, 3, 3)),
    vjp("cosine and sine features", random_features, random_features_back, normal(24, 3, 2), normal(25, 2, 3)),
]  # fmt: skip
