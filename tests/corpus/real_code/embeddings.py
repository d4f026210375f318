"""Tables, indices, scatters and graphs: embeddings, bags, gathers, segments, messages between nodes, word vectors."""

import numpy as np
from entry import cached, layer, normal, value_and_gradient, vjp
from scipy.special import expit


class Embedding:
    def __init__(self, W):
        self.params, self.grads = [W], [np.zeros_like(W)]

    def forward(self, idx):
        self.idx = idx
        return self.params[0][idx]  # vertex

    def backward(self, dout):
        (dW,) = self.grads
        dW[...] = 0
        for i, word in enumerate(self.idx):
            # fault repeated ids | params[0] | dW[word] = dout[i]
            dW[word] += dout[i]


class FrozenRow:
    """Row 0 is the padding and gets no gradient, as the forward puts zeros there."""

    def __init__(self, W, pad=0):
        self.W, self.pad = W, pad

    def forward(self, ids):
        self.ids = ids
        return np.where((ids == self.pad)[..., None], 0.0, self.W[ids])  # vertex

    def backward(self, d):
        self.dW = np.zeros_like(self.W)
        np.add.at(self.dW, self.ids, d)
        # fault index ignored | W | pass
        self.dW[self.pad] = 0


class EmbeddingBag:
    def __init__(self, W):
        self.W = W

    def forward(self, ids):
        self.ids = ids
        return self.W[ids].mean(axis=1)  # vertex

    def backward(self, d):
        self.dW = np.zeros_like(self.W)
        n, k = self.ids.shape
        # fault mean for sum | W | np.add.at(self.dW, self.ids.ravel(), np.repeat(d, k, axis=0))
        np.add.at(self.dW, self.ids.ravel(), np.repeat(d, k, axis=0) / k)


def gather_columns(x, cols):
    return x[:, cols], (x.shape, cols)  # vertex


def gather_columns_back(d, cache):
    shape, cols = cache
    dx = np.zeros(shape)
    for j, c in enumerate(cols):
        # fault repeated ids | x | dx[:, c] = d[:, j]
        dx[:, c] += d[:, j]
    return dx


def one_hot_lookup(W, ids):
    onehot = np.zeros((len(ids), len(W)))
    onehot[np.arange(len(ids)), ids] = 1
    return onehot @ W, onehot  # vertex


def one_hot_lookup_back(d, onehot):
    # fault mean for sum | W | return onehot.T @ d / np.maximum(onehot.sum(axis=0), 1)[:, None]
    return onehot.T @ d


def segment_sum(x, seg):
    out = np.zeros((3, x.shape[1]))
    np.add.at(out, seg, x)  # vertex
    return out


def segment_sum_back(args, out, ct):
    x, seg = args
    # fault wrong slice | x | return ct[np.sort(seg)]
    return ct[seg]


def segment_mean(x, seg):
    n = np.bincount(seg, minlength=3)
    out = np.zeros((3, x.shape[1]))
    np.add.at(out, seg, x)
    return out / np.maximum(n, 1)[:, None], (seg, n)  # vertex


def segment_mean_back(d, cache):
    seg, n = cache
    # fault missing factor | x | return d[seg]
    return d[seg] / n[seg][:, None]


class GraphConvolution:
    def __init__(self, A, W):
        A = A + np.eye(len(A))
        self.A = A / A.sum(axis=1, keepdims=True)
        self.W = W

    def forward(self, x):
        self.Ax = self.A @ x  # vertex
        return self.Ax @ self.W

    def backward(self, d):
        self.dW = self.Ax.T @ d
        # fault not transposed | x | return self.A @ d @ self.W.T
        return self.A.T @ d @ self.W.T


def edge_messages(h, src, dst):
    out = np.zeros_like(h)
    for s, t in zip(src, dst):
        out[t] += np.tanh(h[s] - h[t])  # vertex
    return out, (h, src, dst)


def edge_messages_back(d, cache):
    h, src, dst = cache
    dh = np.zeros_like(h)
    for s, t in zip(src, dst):
        g = d[t] * (1 - np.tanh(h[s] - h[t]) ** 2)
        dh[s] += g
        # fault missing term | h | pass
        dh[t] -= g
    return dh


class NegativeSampling:
    """Word vectors: a centre, a context, and some that are not its context."""

    def __init__(self, U, V):
        self.U, self.V = U, V

    def forward(self, centre, words, labels):
        self.args = centre, words, labels
        self.y = expit(self.V[words] @ self.U[centre])  # vertex
        return -np.sum(labels * np.log(self.y) + (1 - labels) * np.log(1 - self.y))

    def backward(self):
        centre, words, labels = self.args
        g = self.y - labels
        self.dU, self.dV = np.zeros_like(self.U), np.zeros_like(self.V)
        # fault wrong cache | U | self.dU[centre] = g @ self.U[words]
        self.dU[centre] = g @ self.V[words]
        np.add.at(self.dV, words, np.outer(g, self.U[centre]))


def matrix_factorization(P, Q, rows, cols, ratings):
    e = np.sum(P[rows] * Q[cols], axis=1) - ratings  # vertex
    dP, dQ = np.zeros_like(P), np.zeros_like(Q)
    np.add.at(dP, rows, e[:, None] * Q[cols])
    # fault wrong slice | Q | np.add.at(dQ, rows, e[:, None] * P[rows])
    np.add.at(dQ, cols, e[:, None] * P[rows])
    return 0.5 * np.sum(e**2), (dP, dQ)


def glove(W, C, i, j, x):
    f = np.minimum(1.0, (x / 10) ** 0.75)
    d = np.sum(W[i] * C[j], axis=1) - np.log(x)  # vertex
    gW, gC = np.zeros_like(W), np.zeros_like(C)
    # fault missing factor | W | np.add.at(gW, i, (f * d)[:, None] * C[j])
    np.add.at(gW, i, (2 * f * d)[:, None] * C[j])
    np.add.at(gC, j, (2 * f * d)[:, None] * W[i])
    return np.sum(f * d**2), (gW, gC)


def transe(E, R, head, rel, tail):
    d = E[head] + R[rel] - E[tail]  # vertex
    return np.sum(d**2, axis=1), (E, R, head, rel, tail, d)


def transe_back(dout, cache):
    E, R, head, rel, tail, d = cache
    g = 2 * d * dout[:, None]
    dE, dR = np.zeros_like(E), np.zeros_like(R)
    np.add.at(dE, head, g)
    # fault sign | E | np.add.at(dE, tail, g)
    np.add.at(dE, tail, -g)
    np.add.at(dR, rel, g)
    return dE, dR


def neighbour_max(x, neighbours):
    g = x[neighbours]  # vertex
    arg = g.argmax(axis=1)
    return g.max(axis=1), (x.shape, neighbours, arg)


def neighbour_max_back(d, cache):
    shape, neighbours, arg = cache
    dx = np.zeros(shape)
    for n in range(len(d)):
        for c in range(d.shape[1]):
            # fault wrong slice | x | dx[arg[n, c], c] += d[n, c]
            dx[neighbours[n, arg[n, c]], c] += d[n, c]
    return dx


def laplacian_energy(x, edges):
    d = x[edges[:, 0]] - x[edges[:, 1]]  # vertex
    return np.sum(d**2)


def laplacian_energy_back(args, out, ct):
    x, edges = args
    L = np.zeros((len(x), len(x)))
    for a, b in edges:
        L[a, a] += 1
        L[b, b] += 1
        for i, j in ((a, b), (b, a)):
            # fault assigned, not added | x | L[i, j] = -1
            L[i, j] -= 1
    return 2 * ct * (L @ x)


IDS, BAGS, SEG = np.array([2, 0, 2, 1]), np.array([[0, 1], [2, 2], [3, 0]]), np.array([0, 2, 0, 1, 2])
A = np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
EDGES = np.array([[0, 1], [1, 2], [0, 1], [3, 0]])
NEAR = np.array([[1, 2], [0, 3], [3, 1], [2, 0]])
THREE = np.array([0, 1, 2])
N = {"U": "dU", "V": "dV"}

ENTRIES = [
    layer("embedding with lists", lambda: Embedding(normal(0, 4, 3)), IDS, parameters={"params[0]": "grads[0]"}, wrt=()),
    layer("embedding with a padding row", lambda: FrozenRow(normal(1, 4, 2)), np.array([[1, 0], [3, 2]]), parameters={"W": "dW"}, wrt=()),
    layer("bags of words", lambda: EmbeddingBag(normal(2, 4, 3)), BAGS, parameters={"W": "dW"}, wrt=()),
    cached("columns that repeat", gather_columns, gather_columns_back, normal(3, 3, 4), np.array([1, 3, 1])),
    cached("lookup by one-hot rows", one_hot_lookup, one_hot_lookup_back, normal(4, 4, 3), IDS),
    vjp("sum of segments", segment_sum, segment_sum_back, normal(5, 5, 2), SEG),
    cached("mean of segments", segment_mean, segment_mean_back, normal(6, 5, 2), SEG),
    layer("graph convolution", lambda: GraphConvolution(A, normal(7, 2, 2)), normal(8, 3, 2), parameters={"W": "dW"}),
    cached("messages along edges", edge_messages, edge_messages_back, normal(9, 3, 2), np.array([0, 1, 2, 0]), np.array([1, 2, 0, 2])),
    layer("negative sampling", lambda: NegativeSampling(normal(10, 3, 2), normal(11, 4, 2)), 1, IDS, np.array([1, 0, 0, 1]),
        parameters=N, wrt=(), loss=True),
    value_and_gradient("factors of a rating matrix", matrix_factorization, normal(12, 4, 2), normal(13, 4, 2), IDS, SEG[:4], normal(14,
        4), wrt=(0, 1)),
    value_and_gradient("word vectors from counts", glove, normal(15, 3, 2), normal(16, 4, 2), SEG[:4], IDS, np.array([1.0, 30.0, 4.0,
        2.0]), wrt=(0, 1)),
    cached("translations of a knowledge graph", transe, transe_back, normal(17, 4, 2), normal(18, 2, 2), THREE, np.array([0, 1, 0]),
        IDS[:3]),
    cached("maximum of neighbours", neighbour_max, neighbour_max_back, normal(19, 4, 2), NEAR),
    vjp("energy of a graph", laplacian_energy, laplacian_energy_back, normal(20, 4, 2), EDGES),
]  # fmt: skip
