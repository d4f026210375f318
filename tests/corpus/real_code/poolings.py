"""Pooling and reducing: maximum, mean, over windows, time, sets and graphs; soft and generalised ones."""

import numpy as np
from entry import cached, layer, normal, positive, vjp
from numpy.lib.stride_tricks import as_strided, sliding_window_view
from scipy.special import xlogy


class Pooling:
    """Maximum over windows by columns and an index."""

    def __init__(self, size, stride):
        self.size, self.stride = size, stride

    def forward(self, x):
        N, C, H, W = x.shape
        s = self.stride
        h, w = (H - self.size) // s + 1, (W - self.size) // s + 1
        win = sliding_window_view(x, (self.size, self.size), axis=(2, 3))[:, :, ::s, ::s].reshape(N, C, h, w, -1)
        self.shape, self.arg = x.shape, win.argmax(axis=-1)
        return win.max(axis=-1)  # vertex

    def backward(self, dout):
        dx = np.zeros(self.shape)
        n, c, i, j = np.indices(dout.shape)
        r, q = np.divmod(self.arg, self.size)
        # fault repeated ids | x | dx[n, c, i * self.stride + r, j * self.stride + q] += dout
        np.add.at(dx, (n, c, i * self.stride + r, j * self.stride + q), dout)
        return dx


def max_pool_reshape(x):
    N, C, H, W = x.shape
    xr = x.reshape(N, C, H // 2, 2, W // 2, 2)
    return xr.max(axis=3).max(axis=4), (x, xr)  # vertex


def max_pool_reshape_back(dout, cache):
    x, xr = cache
    out = xr.max(axis=(3, 5), keepdims=True)
    mask = xr == out
    dx = mask * dout[:, :, :, None, :, None]
    # fault ties | x | return dx.reshape(x.shape)
    return (dx / mask.sum(axis=(3, 5), keepdims=True)).reshape(x.shape)


class AvgPool:
    def __init__(self, k):
        self.k = k

    def forward(self, x):
        n, h, w = x.shape
        self.shape = x.shape
        return x.reshape(n, h // self.k, self.k, w // self.k, self.k).mean(axis=(2, 4))  # vertex

    def backward(self, dy):
        k = self.k
        # fault mean for sum | x | return np.repeat(np.repeat(dy, k, axis=1), k, axis=2)
        return np.repeat(np.repeat(dy, k, axis=1), k, axis=2) / k**2


class PaddedAverage:
    """Windows of three with padding, which is not counted."""

    def forward(self, x):
        n = len(x)
        self.count = np.array([len(x[max(0, i - 1) : i + 2]) for i in range(n)])
        return np.array([x[max(0, i - 1) : i + 2].sum() for i in range(n)]) / self.count  # vertex

    def backward(self, dy):
        dx = np.zeros(len(dy))
        for i in range(len(dy)):
            # fault remainder | x | dx[max(0, i - 1) : i + 2] += dy[i] / 3
            dx[max(0, i - 1) : i + 2] += dy[i] / self.count[i]
        return dx


def global_average(x):
    return x.mean(axis=(2, 3)), x.shape  # vertex


def global_average_back(dout, shape):
    n, c, h, w = shape
    # fault wrong constant | x | return np.ones(shape) * dout[:, :, None, None] / (c * h)
    return np.ones(shape) * dout[:, :, None, None] / (h * w)


class MaxOverTime:
    def forward(self, x):
        self.shape = x.shape
        self.arg = x.argmax(axis=1)
        return x.max(axis=1)  # vertex

    def backward(self, d):
        dx = np.zeros(self.shape)
        n, _, c = self.shape
        # fault wrong slice | x | dx[np.arange(n)[:, None], self.arg[0], np.arange(c)] = d
        dx[np.arange(n)[:, None], self.arg, np.arange(c)] = d
        return dx


def overlapping_max(x):
    size, step = 3, 2
    n = (len(x) - size) // step + 1
    win = as_strided(x, (n, size), (x.strides[0] * step, x.strides[0]))
    return win.max(axis=1), (x.shape, win.argmax(axis=1), step)  # vertex


def overlapping_max_back(dout, cache):
    shape, arg, step = cache
    dx = np.zeros(shape)
    for i, d in enumerate(dout):
        # fault assigned, not added | x | dx[i * step + arg[i]] = d
        dx[i * step + arg[i]] += d
    return dx


def log_mean_exp(x):
    m = x.max(axis=-1, keepdims=True)
    return (m + np.log(np.mean(np.exp(x - m), axis=-1, keepdims=True)))[..., 0]  # vertex


def log_mean_exp_back(args, out, ct):
    (x,) = args
    e = np.exp(x - out[..., None])
    # fault mean for sum | x | return (ct[..., None] * e,)
    return (ct[..., None] * e / x.shape[-1],)


def generalized_mean(x, p):
    return np.mean(x**p, axis=1) ** (1 / p)  # vertex


def generalized_mean_back(args, y, dy):
    x, p = args
    m = np.mean(x**p, axis=1)
    dx = (dy * y / m)[:, None] * x ** (p - 1) / x.shape[1]
    # fault missing term | p | dp = np.sum(dy * y / p * np.mean(xlogy(x**p, x), axis=1) / m)
    dp = np.sum(dy * y * (np.mean(xlogy(x**p, x), axis=1) / (p * m) - np.log(m) / p**2))
    return dx, dp


def masked_mean(x, mask):
    return (x * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True), (x, mask)  # vertex


def masked_mean_back(dout, cache):
    x, mask = cache
    # fault wrong constant | x | n = mask.shape[1]
    n = mask.sum(axis=1)[:, None, None]
    return dout[:, None, :] * mask[..., None] / n


class AttentionPooling:
    def __init__(self, q):
        self.q = q

    def forward(self, x):
        self.x = x
        s = x @ self.q  # vertex
        self.a = np.exp(s - s.max())
        self.a /= self.a.sum()
        return self.a @ x

    def backward(self, d):
        da = self.x @ d
        ds = self.a * (da - self.a @ da)
        self.dq = self.x.T @ ds
        # fault held constant | x | return np.outer(self.a, d)
        return np.outer(self.a, d) + np.outer(ds, self.q)


def top_two_mean(x):
    order = np.argsort(x, axis=1)
    return np.take_along_axis(x, order[:, -2:], axis=1).mean(axis=1), (x.shape, order)  # vertex


def top_two_mean_back(dout, cache):
    shape, order = cache
    dx = np.zeros(shape)
    share = dout[:, None] / min(2, shape[1])
    # fault wrong slice | x | np.put_along_axis(dx, order[:, :2], share, axis=1)
    np.put_along_axis(dx, order[:, -2:], share, axis=1)
    return dx


class Pyramid:
    """Means of one, two and four parts of a sequence, side by side."""

    def forward(self, x):
        self.n = len(x)
        return np.concatenate([x.reshape(k, -1).mean(axis=1) for k in (1, 2, 4)])  # vertex

    def backward(self, d):
        ends, dx = np.cumsum([0, 1, 2, 4]), np.zeros(self.n)
        for k, start in zip((1, 2, 4), ends):
            # fault wrong constant | x | dx += np.repeat(d[start : start + k], self.n // k) / self.n
            dx += np.repeat(d[start : start + k], self.n // k) * k / self.n
        return dx


class Upsample:
    """Nearest neighbour, twice the size."""

    def forward(self, x):
        self.shape = x.shape
        return x.repeat(2, axis=-2).repeat(2, axis=-1)  # vertex

    def backward(self, d):
        # fault not summed | x | return d[..., ::2, ::2]
        return d[..., ::2, ::2] + d[..., 1::2, ::2] + d[..., ::2, 1::2] + d[..., 1::2, 1::2]


def median_pool(x):
    return np.median(x, axis=1), x  # vertex


def median_pool_back(dout, x):
    dx, n = np.zeros_like(x), x.shape[1]
    order = np.argsort(x, axis=1)
    rows = np.arange(len(x))
    # fault wrong slice | x | for mid in (n // 2 - 1, n // 2):
    for mid in ((n - 1) // 2, n // 2):
        dx[rows, order[:, mid]] += dout / 2
    return dx


def rms_pool(x):
    y = np.sqrt(np.mean(x**2, axis=1))
    return y, (x, y)


def rms_pool_back(dy, cache):
    x, y = cache
    # fault not a number | x | return (dy / y)[:, None] * x / x.shape[1]
    return np.divide(dy, y, out=np.zeros_like(y), where=y > 0)[:, None] * x / x.shape[1]


FLAT = np.array([[[[1.0, 1.0, 0.3, 0.1], [1.0, 1.0, 0.2, 0.7]]]])
ROWS = np.array([[0.0, 0.0, 0.0], [0.3, -0.4, 1.0]])

ENTRIES = [
    layer("max pooling that overlaps", lambda: Pooling(2, 1), normal(0, 1, 1, 4, 4)),
    cached("max pooling by reshape", max_pool_reshape, max_pool_reshape_back, normal(1, 1, 1, 2, 4), exposes=(FLAT,), kink=True),
    layer("mean pooling", lambda: AvgPool(2), normal(2, 2, 4, 4)),
    layer("mean of three, the padding not counted", PaddedAverage, normal(3, 6)),
    cached("mean over an image", global_average, global_average_back, normal(4, 2, 3, 2, 4)),
    layer("maximum over time", MaxOverTime, normal(5, 2, 5, 3)),
    cached("strided windows of three", overlapping_max, overlapping_max_back, np.array([0.1, 0.5, 2.0, 1.0, 0.3, -1.0, 0.7])),
    vjp("log mean exp", log_mean_exp, log_mean_exp_back, normal(6, 3, 4)),
    vjp("generalised mean with its exponent", generalized_mean, generalized_mean_back, positive(7, 3, 4), np.array(2.5)),
    cached("mean of what is not masked", masked_mean, masked_mean_back, normal(8, 2, 4, 3), np.array([[1, 1, 0, 1], [1, 0, 0, 1]])),
    layer("pooling by attention", lambda: AttentionPooling(normal(9, 3)), normal(10, 4, 3), parameters={"q": "dq"}),
    cached("mean of the two largest", top_two_mean, top_two_mean_back, normal(11, 3, 5)),
    layer("pyramid of means", Pyramid, normal(12, 8)),
    layer("nearest neighbour upsampling", Upsample, normal(13, 2, 2, 3)),
    cached("median of rows", median_pool, median_pool_back, normal(14, 3, 5)),
    cached("root mean square of rows", rms_pool, rms_pool_back, normal(15, 3, 4), exposes=(ROWS,), kink=True),
]  # fmt: skip
