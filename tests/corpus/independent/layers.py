"""Layers: activations, normalisation, dropout, embeddings, convolutions."""

from __future__ import annotations

import functools

import numpy as np
from cases import Made, made, unbroadcast, vector


@made("The constant of SELU is rounded in the backward pass (1e-5, negative side only).", exposes=(vector(-0.5, 1.0),))
def selu_constant() -> Made:
    alpha, scale = 1.6732632423543772, 1.0507009873554805

    def f(x):
        return scale * np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))

    def right(args, out, ct):
        (x,) = args
        return (ct * scale * np.where(x > 0, 1.0, alpha * np.exp(np.minimum(x, 0))),)

    def wrong(args, out, ct):
        (x,) = args
        return (ct * scale * np.where(x > 0, 1.0, 1.67326 * np.exp(np.minimum(x, 0))),)

    return f, (vector(0.3, 0.9, 1.5),), right, wrong


@made("ELU from its output: out + 1 where it is out + alpha.", exposes=(vector(0.3, -0.9, -1.5), np.array(0.5)))
def elu_from_output() -> Made:
    def f(x, alpha):
        return np.where(x > 0, x, alpha * (np.exp(np.minimum(x, 0.0)) - 1))

    def right(args, out, ct):
        x, alpha = args
        e = np.exp(np.minimum(x, 0.0))
        gx = ct * np.where(x > 0, 1.0, alpha * e)
        ga = ct * np.where(x > 0, 0.0, e - 1)
        return unbroadcast(gx, np.shape(x)), unbroadcast(ga, np.shape(alpha))

    def wrong(args, out, ct):
        x, alpha = args
        e = np.exp(np.minimum(x, 0.0))
        gx = ct * np.where(x > 0, 1.0, out + 1)
        ga = ct * np.where(x > 0, 0.0, e - 1)
        return unbroadcast(gx, np.shape(x)), unbroadcast(ga, np.shape(alpha))

    return f, (vector(0.3, -0.9, -1.5), np.array(1.0)), right, wrong


@made(
    "Gradient of the PReLU slopes keeps only the first sample of the batch.",
    exposes=(np.linspace(1, -1, 16).reshape(2, 2, 4), vector(0.25, 0.1)),
)
def prelu_batch() -> Made:
    def f(x, a):
        _n, _c, _l = x.shape
        return np.where(x >= 0, x, a[None, :, None] * x)

    def right(args, out, ct):
        x, a = args
        slopes = np.broadcast_to(a[None, :, None], x.shape)
        ga = np.einsum("ncl,ncl->c", ct, np.minimum(x, 0))
        if a.shape[0] == 1:
            ga = ga.sum(keepdims=True)
        return ct * np.where(x >= 0, 1.0, slopes), ga

    def wrong(args, out, ct):
        x, a = args
        slopes = np.broadcast_to(a[None, :, None], x.shape)
        ga = (ct * np.minimum(x, 0)).sum(axis=-1)[0]
        if a.shape[0] == 1:
            ga = ga.sum(keepdims=True)
        return ct * np.where(x >= 0, 1.0, slopes), ga

    return f, (np.linspace(-1, 1, 12).reshape(1, 3, 4), vector(0.25, 0.1, 0.3)), right, wrong


@made(
    "Batch norm in inference mode still backpropagates through batch statistics.",
    exposes=(np.array([[0.2, 1.0], [1.4, -0.3], [0.1, 0.7]]), vector(1.2, 0.8), vector(0.1, 0.2), False),
)
def batchnorm_mode() -> Made:
    running_mean, running_var, eps = 0.3, 1.7, 1e-5

    def f(x, gamma, beta, training):
        _n, _d = x.shape
        if training:
            mu, var = x.mean(axis=0), x.var(axis=0)
        else:
            mu, var = running_mean, running_var
        return gamma * (x - mu) / np.sqrt(var + eps) + beta

    def right(args, out, ct):
        x, gamma, beta, training = args
        if not training:
            s = 1 / np.sqrt(running_var + eps)
            h = (x - running_mean) * s
            return (unbroadcast(ct * gamma * s, x.shape), unbroadcast(ct * h, gamma.shape), unbroadcast(ct, beta.shape), None)
        return train(args, ct)

    def train(args, ct):
        x, gamma, beta, _training = args
        s = 1 / np.sqrt(x.var(axis=0) + eps)
        h = (x - x.mean(axis=0)) * s
        gh = unbroadcast(ct * gamma, x.shape)
        gx = s * (gh - gh.mean(axis=0) - h * (gh * h).mean(axis=0))
        return gx, unbroadcast(ct * h, gamma.shape), unbroadcast(ct, beta.shape), None

    def wrong(args, out, ct):
        return train(args, ct)

    return f, (np.array([[0.2, 1.0], [1.4, -0.3], [0.1, 0.7]]), vector(1.2, 0.8), vector(0.1, 0.2), True), right, wrong


@made("The backward pass draws a new dropout mask from the generator.", needs="protocol")
def dropout_redrawn() -> Made:
    class Dropout:
        def forward(self, x):
            self.rng = np.random.default_rng(7)
            self.keep = self.rng.random(x.shape) < 0.5
            return np.where(self.keep, x, 0.0) * 2

        def right(self, args, out, ct):
            keep = np.random.default_rng(7).random(args[0].shape) < 0.5
            return (np.where(keep, 2 * ct, 0.0),)

        def wrong(self, args, out, ct):
            keep = self.rng.random(args[0].shape) < 0.5
            return (np.where(keep, 2 * ct, 0.0),)

    layer = Dropout()
    return layer.forward, (np.linspace(-1, 1, 8),), layer.right, layer.wrong


@made("G[idx] += ct drops repeated rows.", exposes=(np.arange(8.0).reshape(4, 2), np.array([1, 1, 3])))
def embedding_repeats() -> Made:
    def f(table, idx):
        return table[idx]

    def right(args, out, ct):
        table, idx = args
        g = np.zeros_like(table)
        np.add.at(g, idx, ct)
        return g, None

    def wrong(args, out, ct):
        table, idx = args
        g = np.zeros_like(table)
        g[idx] += ct
        return g, None

    return f, (np.arange(8.0).reshape(4, 2) / 3, np.array([2, 0, 3])), right, wrong


@made("Input gradient has the length that the strides cover, not that of the input.", exposes=(np.arange(8.0), vector(0.4, -0.2, 1.0)))
def conv1d_stride_leftover() -> Made:
    stride = 2

    def f(x, w):
        (n,), (k,) = x.shape, w.shape
        m = (n - k) // stride + 1
        out = np.empty(m)
        for i in range(m):
            out[i] = np.dot(x[i * stride : i * stride + k], w)
        return out

    def run(x, w, ct, length):
        gx, gw = np.zeros(length), np.zeros(len(w))
        for i, c in enumerate(ct):
            gx[i * stride : i * stride + len(w)] += c * w
            gw += c * x[i * stride : i * stride + len(w)]
        return gx, gw

    def right(args, out, ct):
        x, w = args
        return run(x, w, ct, len(x))

    def wrong(args, out, ct):
        x, w = args
        return run(x, w, ct, (len(ct) - 1) * stride + len(w))

    return f, (np.array([0.3, 1.0, -0.2, 0.7, 0.1, -1.0, 0.4]), vector(0.4, -0.2, 1.0)), right, wrong


@made("gx[pad:-pad] is empty when pad is 0.", exposes=(np.arange(12.0).reshape(3, 4), np.array([[0.5, -1.0], [0.2, 0.3]]), 0))
def conv2d_no_padding() -> Made:
    def f(x, w, pad):
        (h, v), (kh, kw) = x.shape, w.shape
        xp = np.zeros((h + 2 * pad, v + 2 * pad), dtype=x.dtype)
        xp[pad : pad + h, pad : pad + v] = x
        out = 0.0
        for i in range(kh):
            for j in range(kw):
                out = out + w[i, j] * xp[i : i + h + 2 * pad - kh + 1, j : j + v + 2 * pad - kw + 1]
        return out

    def both(args, ct):
        x, w, pad = args
        xp = np.pad(x, pad)
        gp, gw = np.zeros_like(xp), np.zeros_like(w)
        oh, ow = ct.shape
        for i, j in np.ndindex(*w.shape):
            gp[i : i + oh, j : j + ow] += w[i, j] * ct
            gw[i, j] = np.sum(ct * xp[i : i + oh, j : j + ow])
        return gp, gw

    def right(args, out, ct):
        gp, gw = both(args, ct)
        pad, (h, v) = args[2], args[0].shape
        return gp[pad : pad + h, pad : pad + v], gw, None

    def wrong(args, out, ct):
        gp, gw = both(args, ct)
        pad = args[2]
        return gp[pad:-pad, pad:-pad], gw, None

    return f, (np.arange(12.0).reshape(3, 4) / 5, np.array([[0.5, -1.0], [0.2, 0.3]]), 1), right, wrong


@made(
    "Gradient of a dilated kernel reads the input undilated: unseen at dilation 1.",
    exposes=(np.arange(9.0) ** 1.5, vector(0.4, -0.2, 1.0), 2),
)
def conv1d_dilation() -> Made:
    def f(x, w, d):
        (n,), (k,) = x.shape, w.shape
        m = n - d * (k - 1)
        return sum(w[j] * x[j * d : j * d + m] for j in range(k))

    def vjp(dil, args, out, ct):
        x, w, d = args
        m = len(ct)
        gx = np.zeros(len(x))
        gw = []
        for j, wj in enumerate(w):
            gx[j * d : j * d + m] += wj * ct
            gw.append(ct @ x[j * dil(d) : j * dil(d) + m])
        return gx, np.array(gw), None

    return f, (np.sin(np.arange(9.0)), vector(0.4, -0.2, 1.0), 1), functools.partial(vjp, lambda d: d), functools.partial(vjp, lambda d: 1)
