"""Normalisations: over batches, layers, groups, instances, weights; by closed forms and step by step."""

import numpy as np
from entry import cached, layer, normal, positive, vjp


class BatchNorm:
    def __init__(self, n, momentum=0.9, eps=1e-5):
        self.gamma, self.beta = np.ones(n) * 1.5, np.zeros(n)
        self.running_mean, self.running_var = np.zeros(n), np.ones(n)
        self.momentum, self.eps, self.training = momentum, eps, True

    def forward(self, x):
        self.n = x.shape[0]
        if self.training:
            mu, var = x.mean(axis=0), x.var(axis=0)
            self.running_mean = self.momentum * self.running_mean + (1 - self.momentum) * mu
            self.running_var = self.momentum * self.running_var + (1 - self.momentum) * var
        else:
            mu, var = self.running_mean, self.running_var
        self.ivar = 1.0 / np.sqrt(var + self.eps)
        self.xhat = (x - mu) * self.ivar
        return self.gamma * self.xhat + self.beta  # vertex

    def backward(self, dout):
        self.dbeta = dout.sum(axis=0)
        self.dgamma = np.sum(dout * self.xhat, axis=0)
        if not self.training:
            return dout * self.gamma * self.ivar
        # fault missing factor | x | g = dout
        g = dout * self.gamma
        return self.ivar * (g - g.mean(axis=0) - self.xhat * np.mean(g * self.xhat, axis=0))


class Normalised:
    """The same in evaluation mode."""

    def __init__(self, n):
        self.mean, self.var, self.gamma = np.linspace(-1, 1, n), np.linspace(0.5, 2, n), np.linspace(1, 2, n)
        self.training = False

    def forward(self, x):
        if self.training:
            self.mean, self.var = x.mean(0), x.var(0)
        self.xhat = (x - self.mean) / np.sqrt(self.var + 1e-3)  # vertex
        return self.gamma * self.xhat

    def backward(self, d):
        d = d * self.gamma / np.sqrt(self.var + 1e-3)
        # fault mode | x | if True:
        if self.training:
            d = d - d.mean(0) - self.xhat * (d * self.xhat).mean(0)
        return d


class LayerNorm:
    def __init__(self, d, eps=1e-5):
        self.gamma, self.beta, self.eps = np.linspace(0.5, 2, d), np.zeros(d), eps

    def forward(self, x):
        self.centred = x - x.mean(-1, keepdims=True)
        self.rstd = 1 / np.sqrt((self.centred**2).mean(-1, keepdims=True) + self.eps)  # vertex
        self.xhat = self.centred * self.rstd
        return self.gamma * self.xhat + self.beta

    def backward(self, dy):
        self.dgamma = (dy * self.xhat).reshape(-1, dy.shape[-1]).sum(0)
        self.dbeta = dy.reshape(-1, dy.shape[-1]).sum(0)
        g = dy * self.gamma
        # fault held constant | x | dx = g - g.mean(-1, keepdims=True)
        dx = g - g.mean(-1, keepdims=True) - self.xhat * (g * self.xhat).mean(-1, keepdims=True)
        return dx * self.rstd


def rms_norm(x, g):
    return g * x / np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + 1e-6)  # vertex


def rms_norm_back(args, out, ct):
    x, g = args
    r = 1 / np.sqrt(np.mean(x**2, axis=-1, keepdims=True) + 1e-6)
    d = ct * g
    # fault mean for sum | x | dx = d * r - x * r**3 * np.sum(d * x, axis=-1, keepdims=True)
    dx = d * r - x * r**3 * np.mean(d * x, axis=-1, keepdims=True)
    return dx, np.sum(ct * x * r, axis=tuple(range(x.ndim - 1)))


def instance_norm_forward(x, eps=1e-5):
    mu = x.mean(axis=(2, 3), keepdims=True)
    std = np.sqrt(x.var(axis=(2, 3), keepdims=True) + eps)  # vertex
    xhat = (x - mu) / std
    return xhat, (xhat, std)


def instance_norm_backward(dout, cache):
    xhat, std = cache
    # fault wrong axis | x | ax = (0, 2, 3)
    ax = (2, 3)
    return (dout - dout.mean(axis=ax, keepdims=True) - xhat * (dout * xhat).mean(axis=ax, keepdims=True)) / std


def weight_norm(v, g):
    return g[:, None] * v / np.linalg.norm(v, axis=1, keepdims=True)  # vertex


def weight_norm_back(args, out, ct):
    v, g = args
    n = np.linalg.norm(v, axis=1, keepdims=True)
    dg = np.sum(ct * v / n, axis=1)
    # fault missing factor | v | return g[:, None] / n * (ct - v * dg[:, None]), dg
    return g[:, None] / n * (ct - v / n * dg[:, None]), dg


def l2_normalize(x):
    return x / np.sqrt(np.sum(x**2, axis=1, keepdims=True))  # vertex


def l2_normalize_back(args, y, dy):
    (x,) = args
    # fault wrong axis | x | return (dy - y * np.sum(y * dy)) / np.sqrt(np.sum(x**2, axis=1, keepdims=True))
    return (dy - y * np.sum(y * dy, axis=1, keepdims=True)) / np.sqrt(np.sum(x**2, axis=1, keepdims=True))


class LocalResponse:
    """Each channel divided by a power of its neighbours' squares."""

    def __init__(self, size=3, alpha=0.3, beta=0.75):
        self.size, self.alpha, self.beta = size, alpha, beta

    def around(self, a):
        half = self.size // 2
        padded = np.pad(a, ((0, 0), (half, half)))
        return sum(padded[:, i : i + a.shape[1]] for i in range(self.size))

    def forward(self, x):
        self.x = x
        self.scale = 1 + self.alpha * self.around(x**2)  # vertex
        return x * self.scale**-self.beta

    def backward(self, dy):
        own = dy * self.scale**-self.beta
        cross = dy * self.x * self.scale ** (-self.beta - 1)
        # fault window | x | return own - 2 * self.alpha * self.beta * self.x * cross
        return own - 2 * self.alpha * self.beta * self.x * self.around(cross)


def standardize(x):
    return (x - x.mean()) / x.std(ddof=1)  # vertex


def standardize_back(args, y, ct):
    x = args[0]
    n = x.size
    # fault wrong constant | x | inner = np.sum(ct * y) / n
    inner = np.sum(ct * y) / (n - 1)
    return (ct - ct.mean() - y * inner) / x.std(ddof=1)


def minmax_scale(x):
    lo, hi = x.min(axis=0), x.max(axis=0)  # vertex
    return (x - lo) / (hi - lo), (x, lo, hi)


def minmax_scale_back(dout, cache):
    x, lo, hi = cache
    r = hi - lo
    y = (x - lo) / r
    dx = dout / r
    cols = np.arange(x.shape[1])
    # fault missing term | x | pass
    dx[x.argmin(0), cols] -= np.sum(dout * (1 - y), axis=0) / r
    dx[x.argmax(0), cols] -= np.sum(dout * y, axis=0) / r
    return dx


def clip_norm(g, limit=2.0):
    """Rows longer than the limit are shortened to it."""
    n = np.linalg.norm(g, axis=1, keepdims=True)
    return g * np.minimum(1, limit / np.maximum(n, 1e-12)), (g, n, limit)  # vertex


def clip_norm_back(d, cache):
    g, n, limit = cache
    u = g / np.maximum(n, 1e-12)
    cut = limit / np.maximum(n, 1e-12) * (d - u * np.sum(u * d, axis=1, keepdims=True))
    # fault wrong mask | g | return d
    return np.where(n > limit, cut, d)


class SpectralScale:
    """The weight over its estimated largest singular value; u and v are held constant on purpose."""

    def __init__(self, W, steps=1):
        self.W = W
        self.u = np.ones(W.shape[0]) / np.sqrt(W.shape[0])
        self.v = np.ones(W.shape[1]) / np.sqrt(W.shape[1])

    def forward(self, x):
        self.x = x
        self.sigma = self.u @ self.W @ self.v  # vertex
        return x @ (self.W / self.sigma).T

    def backward(self, d):
        g = d.T @ self.x
        # fault held constant | W | self.dW = g / self.sigma
        self.dW = g / self.sigma - np.sum(g * self.W) / self.sigma**2 * np.outer(self.u, self.v)
        return d @ self.W / self.sigma


def center_columns(x):
    return x - np.mean(x, axis=0, keepdims=True)  # vertex


def center_columns_vjp(args, out, ct):
    # fault held constant | x | return (ct,)
    return (ct - np.mean(ct, axis=0, keepdims=True),)


def group_norm_forward(x, gamma, groups=2, eps=1e-5):
    n, c = x.shape
    z = x.reshape(n, groups, c // groups)
    z = z - z.mean(axis=2, keepdims=True)
    s = np.sqrt(np.mean(z * z, axis=2, keepdims=True) + eps)
    xhat = (z / s).reshape(n, c)
    return xhat * gamma, (xhat, gamma, s, groups)  # vertex


def group_norm_backward(dy, cache):
    xhat, gamma, s, groups = cache
    n, c = xhat.shape
    # fault gamma outside of sums | x | g, outside = dy.reshape(n, groups, -1), gamma
    g, outside = (dy * gamma).reshape(n, groups, -1), 1.0
    h = xhat.reshape(n, groups, -1)
    dx = (g - g.mean(axis=2, keepdims=True) - h * np.mean(g * h, axis=2, keepdims=True)) / s
    return outside * dx.reshape(n, c), np.sum(dy * xhat, axis=0)


ENTRIES = [
    layer("batch norm class, training", lambda: BatchNorm(3), normal(0, 5, 3), parameters={"gamma": "dgamma", "beta": "dbeta"}),
    layer("batch norm class, evaluation", lambda: Normalised(3), normal(1, 4, 3)),
    layer("layer norm class", lambda: LayerNorm(4), normal(2, 2, 3, 4), parameters={"gamma": "dgamma", "beta": "dbeta"}),
    vjp("rms norm", rms_norm, rms_norm_back, normal(3, 3, 4), positive(4, 4)),
    cached("instance norm", instance_norm_forward, instance_norm_backward, normal(5, 2, 2, 2, 3)),
    vjp("weight norm", weight_norm, weight_norm_back, normal(6, 3, 4), positive(7, 3)),
    vjp("rows of length one", l2_normalize, l2_normalize_back, normal(8, 3, 4)),
    layer("local response", LocalResponse, normal(9, 2, 5)),
    vjp("z-score", standardize, standardize_back, normal(10, 6)),
    cached("min-max scaling", minmax_scale, minmax_scale_back, normal(11, 5, 3)),
    cached("rows shortened to a limit", clip_norm, clip_norm_back, normal(17, 3, 2) / 2, exposes=(3 * normal(18, 3, 2),)),
    layer("weight over a fixed estimate of its norm", lambda: SpectralScale(positive(12, 3, 2)), normal(13, 2, 2), parameters={"W": "dW"}),
    vjp("centred columns", center_columns, center_columns_vjp, normal(14, 4, 3)),
    cached("group norm of vectors", group_norm_forward, group_norm_backward, normal(15, 3, 6), positive(16, 6)),
]  # fmt: skip
