"""Images, signals and sequences: warps, sampling, filters, transforms, smoothness, interpolation, alignment."""

import numpy as np
from entry import cached, gradient, normal, positive, vjp
from scipy.special import xlogy


def total_variation(img):
    return np.sum(np.abs(np.diff(img, axis=0))) + np.sum(np.abs(np.diff(img, axis=1)))  # vertex


def total_variation_grad(img):
    g = np.zeros_like(img)
    v, h = np.sign(np.diff(img, axis=0)), np.sign(np.diff(img, axis=1))
    g[1:] += v
    g[:-1] -= v
    g[:, 1:] += h
    # fault window | img | g[:, 1:] -= h
    g[:, :-1] -= h
    return g


def smooth_variation(u, eps=0.1):
    gx, gy = np.diff(u, axis=0)[:, :-1], np.diff(u, axis=1)[:-1]  # vertex
    return np.sum(np.sqrt(gx**2 + gy**2 + eps))


def smooth_variation_grad(u, eps=0.1):
    gx, gy = np.diff(u, axis=0)[:, :-1], np.diff(u, axis=1)[:-1]
    n = np.sqrt(gx**2 + gy**2 + eps)
    g = np.zeros_like(u)
    g[1:, :-1] += gx / n
    g[:-1, 1:] += gy / n
    # fault missing term | u | g[:-1, :-1] -= gx / n
    g[:-1, :-1] -= (gx + gy) / n
    return g


def sample_bilinear(img, x, y):
    x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
    a, b = x - x0, y - y0
    p, q, r, s = img[y0, x0], img[y0, x0 + 1], img[y0 + 1, x0], img[y0 + 1, x0 + 1]  # vertex
    out = (1 - b) * ((1 - a) * p + a * q) + b * ((1 - a) * r + a * s)
    return out, (img.shape, x0, y0, a, b, p, q, r, s)


def sample_bilinear_back(d, cache):
    shape, x0, y0, a, b, p, q, r, s = cache
    dimg = np.zeros(shape)
    np.add.at(dimg, (y0, x0), d * (1 - a) * (1 - b))
    np.add.at(dimg, (y0, x0 + 1), d * a * (1 - b))
    np.add.at(dimg, (y0 + 1, x0), d * (1 - a) * b)
    # fault missing term | img | pass
    np.add.at(dimg, (y0 + 1, x0 + 1), d * a * b)
    return dimg, d * ((1 - b) * (q - p) + b * (s - r)), d * ((1 - a) * (r - p) + a * (s - q))


def resize_linear(x, m):
    t = np.linspace(0, len(x) - 1, m)
    i = np.minimum(t.astype(int), len(x) - 2)
    w = t - i
    return (1 - w) * x[i] + w * x[i + 1], (len(x), i, w)  # vertex


def resize_linear_back(d, cache):
    n, i, w = cache
    dx = np.zeros(n)
    np.add.at(dx, i, (1 - w) * d)
    # fault repeated ids | x | dx[i + 1] += w * d
    np.add.at(dx, i + 1, w * d)
    return dx


def haar(x):
    even, odd = x[0::2], x[1::2]
    return np.concatenate([even + odd, even - odd]) / np.sqrt(2)  # vertex


def haar_back(args, out, ct):
    low, high = np.split(ct, 2)
    dx = np.empty(len(ct))
    dx[0::2] = (low + high) / np.sqrt(2)
    # fault sign | x | dx[1::2] = (low + high) / np.sqrt(2)
    dx[1::2] = (low - high) / np.sqrt(2)
    return dx


def power_spectrum(x):
    n = len(x)
    k = np.arange(n // 2 + 1)[:, None] * np.arange(n) * 2 * np.pi / n
    c, s = np.cos(k), np.sin(k)
    re, im = c @ x, s @ x
    return re**2 + im**2, (c, s, re, im)  # vertex


def power_spectrum_back(d, cache):
    c, s, re, im = cache
    # fault missing term | x | return 2 * (d * re) @ c
    return 2 * ((d * re) @ c + (d * im) @ s)


def fft_filter(x, h):
    return np.real(np.fft.ifft(np.fft.fft(x) * np.fft.fft(h)))  # vertex


def fft_filter_back(args, out, ct):
    x, h = args
    C = np.fft.fft(ct)
    # fault missing term | x | dx = np.real(np.fft.ifft(C * np.fft.fft(h)))
    dx = np.real(np.fft.ifft(C * np.conj(np.fft.fft(h))))
    return dx, np.real(np.fft.ifft(C * np.conj(np.fft.fft(x))))


def recursive_filter(x, a):
    y = np.zeros_like(x)
    for t in range(len(x)):
        y[t] = x[t] + a[0] * (y[t - 1] if t >= 1 else 0) + a[1] * (y[t - 2] if t >= 2 else 0)  # vertex
    return y


def recursive_filter_back(args, y, dy):
    x, a = args
    g, da = dy.copy(), np.zeros(2)
    for t in range(len(x) - 1, -1, -1):
        if t >= 1:
            g[t - 1] += a[0] * g[t]
            da[0] += g[t] * y[t - 1]
        if t >= 2:
            g[t - 2] += a[1] * g[t]
            # fault wrong cache | a | da[1] += g[t] * x[t - 2]
            da[1] += g[t] * y[t - 2]
    return g, da


def cumulative(x):
    return np.cumsum(x, axis=0)  # vertex


def cumulative_back(args, out, ct):
    # fault wrong slice | x | return np.cumsum(ct, axis=0)
    return np.cumsum(ct[::-1], axis=0)[::-1]


def similarity(x, y, c1=0.01, c2=0.03):
    """The structural similarity of two patches."""
    mx, my = x.mean(), y.mean()
    vx, vy, cov = x.var(), y.var(), np.mean((x - mx) * (y - my))
    return (2 * mx * my + c1) * (2 * cov + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2))  # vertex


def similarity_grad(x, y, c1=0.01, c2=0.03):
    mx, my = x.mean(), y.mean()
    vx, vy, cov = x.var(), y.var(), np.mean((x - mx) * (y - my))
    a, b, c, d = 2 * mx * my + c1, 2 * cov + c2, mx**2 + my**2 + c1, vx + vy + c2
    s, n = a * b / (c * d), x.size
    # fault missing factor | x | dm = s * (2 * my / a - mx / c) / n
    dm = s * (2 * my / a - 2 * mx / c) / n
    return dm + s * (2 * (y - my) / b - 2 * (x - mx) / d) / n


def time_warp(a, b):
    """The cost of the best alignment."""
    n, m = len(a), len(b)
    D = np.full((n + 1, m + 1), np.inf)
    D[0, 0] = 0
    for i in range(n):
        for j in range(m):
            D[i + 1, j + 1] = (a[i] - b[j]) ** 2 + min(D[i, j], D[i, j + 1], D[i + 1, j])  # vertex
    return D[n, m], (a, b, D)


def time_warp_back(ct, cache):
    a, b, D = cache
    i, j = len(a), len(b)
    da, db = np.zeros_like(a), np.zeros_like(b)
    while i and j:
        g = 2 * ct * (a[i - 1] - b[j - 1])
        da[i - 1] += g
        # fault assigned, not added | b | db[j - 1] = -g
        db[j - 1] -= g
        step = int(np.argmin([D[i - 1, j - 1], D[i - 1, j], D[i, j - 1]]))
        i, j = i - (step != 2), j - (step != 1)
    return da, db


def soft_threshold(x, lam):
    return np.sign(x) * np.maximum(np.abs(x) - lam, 0)  # vertex


def soft_threshold_back(args, out, ct):
    x, lam = args
    on = np.abs(x) > lam
    # fault missing factor | lam | return ct * on, -np.sum(ct * on)
    return ct * on, -np.sum(ct * on * np.sign(x))


def histogram(x, centres, width=0.6):
    return np.exp(-(((x[:, None] - centres) / width) ** 2)).sum(axis=0)  # vertex


def histogram_back(args, out, ct):
    x, centres = args
    z = (x[:, None] - centres) / 0.6
    # fault missing factor | x | g = -2 * z * np.exp(-(z**2)) * ct
    g = -2 * z * np.exp(-(z**2)) * ct / 0.6
    return g.sum(axis=1), -g.sum(axis=0)


def pixel_shuffle(x):
    c, h, w = x.shape
    return x.reshape(c // 4, 2, 2, h, w).transpose(0, 3, 1, 4, 2).reshape(c // 4, 2 * h, 2 * w)  # vertex


def pixel_shuffle_back(args, out, ct):
    c, h, w = args[0].shape
    # fault wrong axis | x | return ct.reshape(c // 4, h, 2, w, 2).transpose(0, 4, 2, 1, 3).reshape(c, h, w)
    return ct.reshape(c // 4, h, 2, w, 2).transpose(0, 2, 4, 1, 3).reshape(c, h, w)


def reflect_pad(x, k=2):
    return np.concatenate([x[k:0:-1], x, x[-2 : -k - 2 : -1]])  # vertex


def reflect_pad_back(args, out, ct):
    k = 2
    dx = ct[k:-k].copy()
    # fault window | x | dx[:k] += ct[k - 1 :: -1]
    dx[1 : k + 1] += ct[k - 1 :: -1]
    dx[-k - 1 : -1] += ct[: -k - 1 : -1]
    return dx


def color_transform(img, gain, gamma):
    return gain[:, None, None] * img**gamma  # vertex


def color_transform_back(args, out, ct):
    img, gain, gamma = args
    g = gain[:, None, None]
    # fault missing factor | img | dimg = ct * g * img ** (gamma - 1)
    dimg = ct * g * gamma * img ** (gamma - 1)
    return dimg, np.sum(ct * img**gamma, axis=(1, 2)), np.sum(xlogy(ct * out, img))


def hermite(t, p, m):
    """A cubic between two values with two slopes."""
    h = np.stack([2 * t**3 - 3 * t**2 + 1, -2 * t**3 + 3 * t**2, t**3 - 2 * t**2 + t, t**3 - t**2])
    return p @ h[:2] + m @ h[2:]  # vertex


def hermite_back(args, out, ct):
    t, p, m = args
    h = np.stack([2 * t**3 - 3 * t**2 + 1, -2 * t**3 + 3 * t**2, t**3 - 2 * t**2 + t, t**3 - t**2])
    # fault wrong constant | t | dh = np.stack([6 * t**2 - 6 * t, -6 * t**2 + 6 * t, 3 * t**2 - 4 * t + 1, 3 * t**2 - t])
    dh = np.stack([6 * t**2 - 6 * t, -6 * t**2 + 6 * t, 3 * t**2 - 4 * t + 1, 3 * t**2 - 2 * t])
    return ct * (p @ dh[:2] + m @ dh[2:]), h[:2] @ ct, h[2:] @ ct


IMG = positive(0, 4, 4)
XY = np.array([0.3, 1.6, 2.2]), np.array([1.4, 0.2, 1.7])

ENTRIES = [
    gradient("total variation", total_variation, total_variation_grad, IMG),
    gradient("smoothed total variation", smooth_variation, smooth_variation_grad, IMG),
    cached("bilinear samples", sample_bilinear, sample_bilinear_back, normal(1, 4, 4), *XY),
    cached("linear resizing", resize_linear, resize_linear_back, normal(2, 4), 7),
    vjp("Haar wavelet", haar, haar_back, normal(3, 6)),
    cached("power spectrum", power_spectrum, power_spectrum_back, normal(4, 6)),
    vjp("circular filter by fft", fft_filter, fft_filter_back, normal(5, 6), normal(6, 6)),
    vjp("recursive filter", recursive_filter, recursive_filter_back, normal(7, 6), np.array([0.4, -0.3])),
    vjp("cumulative sum", cumulative, cumulative_back, normal(8, 5, 2)),
    gradient("structural similarity", similarity, similarity_grad, IMG, positive(9, 4, 4), wrt=(0,)),
    cached("time warping", time_warp, time_warp_back, np.array([0.1, 1.2, 1.3, 3.0]), np.array([0.2, 1.0, 2.7])),
    vjp("soft threshold", soft_threshold, soft_threshold_back, 2 * normal(10, 6), np.array(0.5)),
    vjp("soft histogram", histogram, histogram_back, normal(11, 5), np.array([-1.0, 0.0, 1.0])),
    vjp("pixel shuffle", pixel_shuffle, pixel_shuffle_back, normal(12, 4, 2, 3)),
    vjp("padding by reflection", reflect_pad, reflect_pad_back, normal(13, 5)),
    vjp("gain and gamma of colours", color_transform, color_transform_back, positive(14, 2, 2, 3), positive(15, 2), np.array(1.4)),
    vjp("Hermite interpolation", hermite, hermite_back, positive(16, 4) / 2, normal(17, 2), normal(18, 2)),
]  # fmt: skip
