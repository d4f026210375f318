"""Attention: scores, heads, masks, positions, and the parts of a transformer block."""

import numpy as np
from entry import cached, layer, normal, vjp
from scipy.special import softmax


def softmax_back(p, dp):
    return p * (dp - np.sum(dp * p, axis=-1, keepdims=True))


def dot_attention(q, k, v):
    p = softmax(q @ k.T / np.sqrt(q.shape[1]), axis=1)  # vertex
    return p @ v, (q, k, v, p)


def dot_attention_back(dout, cache):
    q, k, v, p = cache
    ds = softmax_back(p, dout @ v.T)
    # fault missing factor | q | dq, dk = ds @ k, ds.T @ q / np.sqrt(q.shape[1])
    dq, dk = ds @ k / np.sqrt(q.shape[1]), ds.T @ q / np.sqrt(q.shape[1])
    return dq, dk, p.T @ dout


class CausalAttention:
    def forward(self, q, k, v):
        n = len(q)
        mask = np.triu(np.ones((n, n), bool), 1)
        s = np.where(mask, -1e9, q @ k.T)  # vertex
        self.p = softmax(s, axis=-1)
        self.saved = q, k, v, mask
        return self.p @ v

    def backward(self, d):
        q, k, v, mask = self.saved
        ds = np.where(mask, 0, softmax_back(self.p, d @ v.T))
        # fault not transposed | k | return ds @ k, ds @ q, self.p.T @ d
        return ds @ k, ds.T @ q, self.p.T @ d


class MultiHead:
    def __init__(self, heads, Wq, Wk, Wv, Wo):
        self.heads, self.params, self.grads = heads, {"q": Wq, "k": Wk, "v": Wv, "o": Wo}, {}

    def parts(self, a):
        n, t, d = a.shape
        return a.reshape(n, t, self.heads, d // self.heads).transpose(0, 2, 1, 3)

    def whole(self, a):
        n, h, t, d = a.shape
        return a.transpose(0, 2, 1, 3).reshape(n, t, h * d)

    def forward(self, x):
        self.x = x
        self.q, self.k, self.v = (self.parts(x @ self.params[name]) for name in "qkv")  # vertex
        self.p = softmax(self.q @ self.k.swapaxes(-1, -2) / np.sqrt(self.q.shape[-1]), axis=-1)
        self.merged = self.whole(self.p @ self.v)
        return self.merged @ self.params["o"]

    def backward(self, dout):
        self.grads["o"] = np.einsum("ntd,nte->de", self.merged, dout)
        dmerged = self.parts(dout @ self.params["o"].T)
        ds = softmax_back(self.p, dmerged @ self.v.swapaxes(-1, -2)) / np.sqrt(self.q.shape[-1])
        dq, dk, dv = ds @ self.k, ds.swapaxes(-1, -2) @ self.q, self.p.swapaxes(-1, -2) @ dmerged
        dx = 0
        for name, d in zip("qkv", (dq, dk, dv)):
            self.grads[name] = np.einsum("ntd,nte->de", self.x, self.whole(d))
            # fault assigned, not added | x | dx = self.whole(d) @ self.params[name].T
            dx = dx + self.whole(d) @ self.params[name].T
        return dx


def additive_attention(query, keys, w):
    t = np.tanh(query + keys)
    a = softmax(t @ w)
    return a @ keys, (keys, w, t, a)  # vertex


def additive_attention_back(d, cache):
    keys, w, t, a = cache
    de = softmax_back(a, keys @ d)
    dt = np.outer(de, w) * (1 - t**2)
    # fault missing term | keys | return dt.sum(axis=0), dt, t.T @ de
    return dt.sum(axis=0), dt + np.outer(a, d), t.T @ de


class WeightSum:
    """The weighted mean of states, as a book splits attention into layers."""

    def forward(self, hs, a):
        self.cache = hs, a
        return np.sum(hs * a[:, :, None], axis=1)  # vertex

    def backward(self, dc):
        hs, a = self.cache
        dt = np.repeat(dc[:, None, :], hs.shape[1], axis=1)
        # fault wrong axis | a | return dt * a[:, :, None], np.sum(dt * hs, axis=1)
        return dt * a[:, :, None], np.sum(dt * hs, axis=2)


def rope(x, base=100.0):
    n, d = x.shape
    angle = np.arange(n)[:, None] * base ** (-np.arange(0, d, 2) / d)
    c, s = np.cos(angle), np.sin(angle)
    return np.stack([x[:, ::2] * c - x[:, 1::2] * s, x[:, ::2] * s + x[:, 1::2] * c], axis=-1).reshape(n, d), (c, s)  # vertex


def rope_back(dy, cache):
    c, s = cache
    a, b = dy[:, ::2], dy[:, 1::2]
    # fault sign | x | return np.stack([a * c - b * s, a * s + b * c], axis=-1).reshape(dy.shape)
    return np.stack([a * c + b * s, b * c - a * s], axis=-1).reshape(dy.shape)


def relative_bias(scores, table):
    n = len(scores)
    index = np.arange(n)[:, None] - np.arange(n) + n - 1
    return scores + table[index], (index, table.shape)  # vertex


def relative_bias_back(d, cache):
    index, shape = cache
    dtable = np.zeros(shape)
    # fault repeated ids | table | dtable[index] += d
    np.add.at(dtable, index, d)
    return d, dtable


class FeedForward:
    def __init__(self, W1, W2):
        self.W1, self.W2 = W1, W2

    def forward(self, x):
        self.x, self.h = x, np.maximum(x @ self.W1, 0)  # vertex
        return x + self.h @ self.W2

    def backward(self, d):
        self.dW2 = np.einsum("btk,btd->kd", self.h, d)
        # fault wrong mask | W1 | dh = d @ self.W2.T
        dh = np.where(self.h > 0, d @ self.W2.T, 0)
        self.dW1 = np.einsum("btd,btk->dk", self.x, dh)
        return d + dh @ self.W1.T


def linear_attention(q, k, v):
    fq, fk = np.exp(q), np.exp(k)
    z = fq @ fk.sum(axis=0)  # vertex
    return fq @ (fk.T @ v) / z[:, None]


def linear_attention_back(args, out, ct):
    q, k, v = args
    fq, fk = np.exp(q), np.exp(k)
    z = fq @ fk.sum(axis=0)
    g = ct / z[:, None]
    # fault held constant | q | dz = np.zeros(len(q))
    dz = -np.sum(g * out, axis=1)
    dfq = g @ (v.T @ fk) + np.outer(dz, fk.sum(axis=0))
    dfk = v @ (g.T @ fq) + dz @ fq
    return dfq * fq, dfk * fk, fk @ (fq.T @ g)


def cross_attention(x, memory, W):
    s = x @ W @ memory.T  # vertex
    a = softmax(s, axis=1)
    return a @ memory, (x, memory, W, a)


def cross_attention_back(d, cache):
    x, memory, W, a = cache
    ds = softmax_back(a, d @ memory.T)
    # fault held constant | memory | return ds @ memory @ W.T, a.T @ d, x.T @ ds @ memory
    return ds @ memory @ W.T, a.T @ d + ds.T @ x @ W, x.T @ ds @ memory


def padded_attention(q, k, v, keep):
    s = np.where(keep, q @ k.T, -np.inf)
    p = np.exp(s - s.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)  # vertex
    return p @ v, (q, k, v, p)


def padded_attention_back(d, cache):
    q, k, v, p = cache
    dp = d @ v.T
    # fault wrong axis | q | ds = p * (dp - np.sum(p * dp, axis=0, keepdims=True))
    ds = p * (dp - np.sum(p * dp, axis=1, keepdims=True))
    return ds @ k, ds.T @ q, p.T @ d


class Temperature:
    def __init__(self, scale):
        self.scale = scale

    def forward(self, s):
        self.s, self.p = s, softmax(self.scale * s, axis=-1)  # vertex
        return self.p

    def backward(self, dp):
        dz = softmax_back(self.p, dp)
        # fault wrong cache | scale | self.dscale = np.sum(dz * self.p)
        self.dscale = np.sum(dz * self.s)
        return self.scale * dz


def sigmoid_attention(q, k):
    return 1 / (1 + np.exp(-(q @ k.T)))  # vertex


def sigmoid_attention_back(args, out, ct):
    q, k = args
    # fault missing factor | q | ds = ct * out
    ds = ct * out * (1 - out)
    return ds @ k, ds.T @ q


def talking_heads(p, mix):
    return np.einsum("hij,hg->gij", p, mix)  # vertex


def talking_heads_back(args, out, ct):
    p, mix = args
    # fault not transposed | p | return np.einsum("gij,gh->hij", ct, mix), np.einsum("hij,gij->hg", p, ct)
    return np.einsum("gij,hg->hij", ct, mix), np.einsum("hij,gij->hg", p, ct)


def position_added(x, table):
    return x + table[: x.shape[1]], (x.shape, table.shape)  # vertex


def position_added_back(d, cache):
    (n, t, _), shape = cache
    dtable = np.zeros(shape)
    # fault mean for sum | table | dtable[:t] = d.mean(axis=0)
    dtable[:t] = d.sum(axis=0)
    return d, dtable


QKV = normal(0, 3, 2), normal(1, 3, 2), normal(2, 3, 2)
KEEP = np.array([[True, True, False], [True, False, True], [False, True, True]])
HEADS = {f"params['{name}']": f"grads['{name}']" for name in "qkvo"}


def heads():
    return MultiHead(2, normal(3, 4, 4), normal(4, 4, 4), normal(5, 4, 4), normal(6, 4, 2))


ENTRIES = [
    cached("scaled dot product", dot_attention, dot_attention_back, normal(0, 3, 2), normal(1, 4, 2), normal(2, 4, 3)),
    layer("causal attention", CausalAttention, *QKV),
    layer("several heads", heads, normal(7, 1, 2, 4), parameters=HEADS),
    cached("additive attention", additive_attention, additive_attention_back, normal(8, 3), normal(9, 4, 3), normal(10, 3)),
    layer("weighted sum of states", WeightSum, normal(11, 2, 3, 3), normal(12, 2, 3)),
    cached("rotary positions", rope, rope_back, normal(13, 3, 4)),
    cached("relative bias", relative_bias, relative_bias_back, normal(14, 3, 3), normal(15, 5)),
    layer("feed forward with a skip", lambda: FeedForward(normal(16, 2, 4), normal(17, 4, 2)), normal(18, 2, 3, 2),
        parameters={"W1": "dW1", "W2": "dW2"}),
    vjp("linear attention", linear_attention, linear_attention_back, *QKV),
    cached("attention over a memory", cross_attention, cross_attention_back, normal(19, 2, 3), normal(20, 4, 2), normal(21, 3, 2)),
    cached("attention with padding", padded_attention, padded_attention_back, *QKV, KEEP),
    layer("softmax with its own scale", lambda: Temperature(np.array(1.7)), normal(22, 2, 4), parameters={"scale": "dscale"}),
    vjp("sigmoid attention", sigmoid_attention, sigmoid_attention_back, normal(23, 3, 2), normal(24, 4, 2)),
    vjp("mixed heads", talking_heads, talking_heads_back, normal(25, 2, 2, 3), normal(26, 2, 2)),
    cached("learned positions", position_added, position_added_back, normal(27, 2, 3, 2), normal(28, 5, 2)),
]  # fmt: skip
