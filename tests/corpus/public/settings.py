"""Public reports: wrong for another mode, stride, mask, label, shape or index."""

from __future__ import annotations

import numpy as np
from public import N, case, softmax


@case("Dao-AILab/flash-attention#443", kind="shape", cause="not finite|nan|shape|masked")
def attention_rows_without_keys():
    """Causal attention with more queries than keys: rows that see no key have the log-sum -inf, and exp(s - lse) * 0 is nan in dq."""

    def scores(q, k):
        n, m = q.shape[0], k.shape[0]
        keep = np.tril(np.ones((n, m)), m - n)
        return q @ k.T / np.sqrt(q.shape[1]), keep

    def f(q, k, v):
        s, keep = scores(q, k)
        e = np.exp(s) * keep
        total = np.sum(e, axis=1, keepdims=True)
        return e @ v / np.where(total > 0, total, 1.0)

    def grads(args, ct, right):
        q, k, v = args
        s, keep = scores(q, k)
        total = np.sum(np.exp(s) * keep, axis=1, keepdims=True)
        P = np.exp(s) * keep / np.where(total > 0, total, 1.0) if right else np.exp(s - np.log(total)) * keep
        dP = ct @ v.T
        dS = P * (dP - np.sum(dP * P, axis=1, keepdims=True)) / np.sqrt(q.shape[1])
        return dS @ k, dS.T @ q, P.T @ ct

    k, v = N("fk", 3, 2), N("fv", 3, 2)
    return f, lambda a, o, ct: grads(a, ct, False), lambda a, o, ct: grads(a, ct, True), (N("fq", 3, 2), k, v), (N("fq5", 5, 2), k, v)


@case("XunhaoLai/native-sparse-attention-triton#27", kind="shape", cause="%|index|head|shape")
def grouped_heads_interleaved():
    """Grouped-query heads: the forward maps head h to h % kv_heads, the backward to h % share: the same only if both counts are equal."""

    def f(q, k):
        return np.array([np.sum(q[h] * k[h % k.shape[0]]) for h in range(q.shape[0])])

    def grads(args, ct, right):
        q, k = args
        kv = k.shape[0]
        share = q.shape[0] // kv
        gq, gk = np.zeros_like(q), np.zeros_like(k)
        for h in range(q.shape[0]):
            gq[h] = ct[h] * k[h % kv]
            gk[(h % kv) if right else (h % share)] += ct[h] * q[h]
        return gq, gk

    return (
        f,
        lambda a, o, ct: grads(a, ct, False),
        lambda a, o, ct: grads(a, ct, True),
        (N("gq", 4, 2), N("gk", 2, 2)),
        (N("gq6", 6, 2), N("gk3", 3, 2)),
    )


@case(
    "FluxML/Flux.jl#1197",
    "ghosert/cmd-editor#2058",
    "ahrefs/ocannl#512",
    "jmschrei/tangermeme!95",
    kind="setting",
    cause="stride|overlap|accumul|setting|argument",
)
def max_pool_overlapping_windows():
    """Max pooling: the gradient is assigned to the position of the maximum, not added, so that overlapping windows lose gradient."""

    def f(x, size, stride):
        m = (x.shape[0] - size) // stride + 1
        return np.array([np.max(x[i * stride : i * stride + size]) for i in range(m)])

    def grads(args, ct, add):
        x, size, stride = args
        g = np.zeros_like(x)
        for i in range(ct.shape[0]):
            j = i * stride + int(np.argmax(x[i * stride : i * stride + size]))
            g[j] = g[j] + ct[i] if add else ct[i]
        return g, None, None

    x = np.array([1.0, 5.0, 2.0, 4.0, 3.0, 0.5])
    return f, lambda a, o, ct: grads(a, ct, False), lambda a, o, ct: grads(a, ct, True), (x, 2, 2), (x, 2, 1)


@case("riccardoandreoni0/CNN-from-scratch#1", kind="formula", cause="missing|zero|index|first")
def max_pool_returns_in_the_loop():
    """The return of max pooling's backward is indented into the loop: only the first window gets a gradient."""

    def f(x):
        return np.array([[np.max(x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]) for j in range(x.shape[1] // 2)] for i in range(x.shape[0] // 2)])

    def grads(x, ct, whole):
        g = np.zeros_like(x)
        for i in range(ct.shape[0]):
            for j in range(ct.shape[1]):
                patch = x[2 * i : 2 * i + 2, 2 * j : 2 * j + 2]
                k = int(np.argmax(patch))
                g[2 * i + k // 2, 2 * j + k % 2] = ct[i, j]
                if not whole:
                    return (g,)
        return (g,)

    return f, lambda a, o, ct: grads(a[0], ct, False), lambda a, o, ct: grads(a[0], ct, True), (N("mp", 4, 4),)


@case("flagos-ai/FlagGems!73", kind="setting", cause="ignore|-100|count|decision")
def cross_entropy_ignored_targets():
    """Cross entropy, mean over the targets that are not ignored: the gradient is divided by the number of all of them."""

    def f(z, t, ignore=-100):
        keep = t != ignore
        lp = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
        return -np.sum(np.where(keep, lp[np.arange(z.shape[0]), np.where(keep, t, 0)], 0.0)) / np.maximum(np.sum(keep), 1)

    def grads(args, ct, right):
        z, t, ignore = args
        keep = t != ignore
        p = softmax(z)
        p[np.arange(z.shape[0]), np.where(keep, t, 0)] -= 1.0
        return ct * np.where(keep[:, None], p, 0.0) / (np.maximum(np.sum(keep), 1) if right else t.shape[0]), None, None

    z = N("ce", 4, 3)
    return (
        f,
        lambda a, o, ct: grads(a, ct, False),
        lambda a, o, ct: grads(a, ct, True),
        (z, np.array([0, 2, 1, 1]), -100),
        (z, np.array([0, -100, 1, 1]), -100),
    )


@case("pytorch/pytorch#1631", "pytorch/pytorch#1528", "tenstorrent/tt-metal#6232", kind="indices", cause="repeated|index|accumul|missing")
def gather_with_repeated_indices():
    """x[i]: the gradient is assigned, not added, so that a repeated index keeps the last one only."""

    def grads(args, ct, add):
        g = np.zeros_like(args[0])
        if add:
            np.add.at(g, args[1], ct)
        else:
            g[args[1]] = ct
        return g, None

    x = N("gx", 4)
    return (
        lambda x, i: x[i],
        lambda a, o, ct: grads(a, ct, False),
        lambda a, o, ct: grads(a, ct, True),
        (x, np.array([2, 0, 3])),
        (x, np.array([0, 0, 3])),
    )


@case("jax-ml/jax#7538", kind="indices", cause="negative|index|< 0|>= 0")
def segment_sum_negative_ids():
    """segment_sum drops negative ids; its gradient gathers with them clipped to 0, and so reaches what the output does not depend on."""

    def f(x, ids):
        keep = ids >= 0
        out = np.zeros(3, dtype=x.dtype)
        np.add.at(out, ids[keep], x[keep])
        return out

    def grads(args, ct, right):
        x, ids = args
        g = ct[np.clip(ids, 0, 2)]
        return (np.where(ids >= 0, g, 0.0) if right else g), None

    x = N("ssx", 4)
    return (
        f,
        lambda a, o, ct: grads(a, ct, False),
        lambda a, o, ct: grads(a, ct, True),
        (x, np.array([0, 2, 1, 0])),
        (x, np.array([0, -1, 1, 0])),
    )
