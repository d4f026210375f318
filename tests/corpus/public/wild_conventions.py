"""Conventions, guards, captured sizes and numbers, ties, data, outputs, state."""

from __future__ import annotations

import numpy as np
from public import seeded, wild

I = "I gradient on symmetric matrices"

SYMMETRIC = np.array([[2.0, 0.3, 0.1], [0.3, 1.0, -0.2], [0.1, -0.2, 1.5]])


def eigenvalues(a):
    return np.linalg.eigvalsh(a)


def eigenvalues_back(args, out, ct):
    v = np.linalg.eigh(args[0])[1]
    return ((v * ct) @ v.T,)


wild(
    "eigvalsh, V diag(ct) V^T",
    I,
    eigenvalues,
    eigenvalues_back,
    (SYMMETRIC,),
    "not-wrong",
    "the gradient of every textbook and framework. NumPy reads the lower triangle only, so the literal derivative puts twice the off-diagonal there and 0 above; "
    "on symmetric perturbations the two agree. WRONG even with domain= symmetric. Asked for: CORRECT with a note on the convention",
)


J = "J guard constants"


def cross_entropy_tiny(x):
    p = np.exp(x - x.max())
    p = p / p.sum()
    return -np.log(p[1] + np.finfo(float).eps)


def softmax_minus_onehot(args, out, ct):
    p = np.exp(args[0] - args[0].max())
    g = p / p.sum()
    g[1] -= 1
    return (ct * g,)


wild(
    "log(p + finfo.eps), backward p - y",
    J,
    cross_entropy_tiny,
    softmax_minus_onehot,
    (np.array([0.3, -0.2, 0.5]),),
    "not-wrong",
    "'the formula is wrong: relative error 1.84e-15': eight roundings. At ordinary points a difference that floats cannot see must not be WRONG; where p is near eps, a note that names the constant and its line",
)


def cross_entropy_1e7(x):
    p = np.exp(x - x.max())
    p = p / p.sum()
    return -np.log(p[1] + 1e-7)


wild(
    "log(p + 1e-7), backward p - y",
    J,
    cross_entropy_1e7,
    softmax_minus_onehot,
    (np.array([0.3, -0.2, 0.5]),),
    "names:1e-07",
    "the loss of a best-selling book, so the first thing many will check. Formally WRONG (4.7e-7); the words should say: it is the derivative of the code with the constant 1e-07 at line N set to 0. "
    "Now the diagnosis is '(1 + 4.66e-07) times the derivative', or none",
)


K = "K other shapes against captured labels"

CLASSES = np.array([0, 2, 1, 1])


def picked_loss(x):
    m = CLASSES.shape[0]
    e = np.exp(x - x.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return -np.log(p[range(m), CLASSES]).sum() / m


def picked_loss_back(args, out, ct):
    (x,) = args
    m = CLASSES.shape[0]
    e = np.exp(x - x.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    p[range(m), CLASSES] -= 1
    return (ct * p / m,)


wild(
    "five rows against four captured labels",
    K,
    picked_loss,
    picked_loss_back,
    (seeded(0).normal(size=(4, 3)),),
    "not-wrong",
    "'WRONG at size 4 made 5': the rows beyond the labels are dropped by the forward. A size that equals the length of an integer array in the closure is not free; at most a note, as for other shapes that the code need not be meant for",
)


O = "O shared ties in many windows"


def pool_twice(x):
    n, c, h, w = x.shape
    return x.reshape(n, c, h // 2, 2, w // 2, 2).max(axis=3).max(axis=4)


def pool_twice_back(args, out, ct):
    (x,) = args
    n, c, h, w = x.shape
    windows = x.reshape(n, c, h // 2, 2, w // 2, 2)
    ties = (windows == out[:, :, :, None, :, None]).astype(float)
    share = ties / ties.sum(axis=(3, 5), keepdims=True)
    return ((share * ct[:, :, :, None, :, None]).reshape(x.shape),)


wild("max pooling by reshape, ties share the gradient", O, pool_twice, pool_twice_back, (seeded(0).normal(size=(1, 2, 4, 4)),), "certified",
     "how the best-known course hands it out. WRONG at 'zeros' on every seed: 'the derivative is between 0.0 and 0.0 (the error is 2.25e+15 times what rounding allows)': "
     "the formula was accepted as a mixture, the floats are held against the hull of a few sides. One window passes, eight do not; one max(axis=(3, 5)) passes", seeds=3)  # fmt: skip


L = "L small things"

wild(
    "a constant function with a zero gradient",
    L,
    lambda x: 2.0 * np.ones_like(x),
    lambda args, out, ct: (np.zeros_like(args[0]),),
    (np.array([1.0, 2.0]),),
    "correct",
    "INCONCLUSIVE, 'nothing was lifted': an output that does not depend on any argument has derivative 0, which is what was returned (second derivatives of affine activations)",
)

wild(
    "None for a float argument that is data",
    L,
    lambda p, t: ((p - t) ** 2).sum(),
    lambda args, out, ct: (2 * ct * (args[0] - args[1]), None),
    (np.array([1.0, 2.0]), np.array([0.5, 0.1])),
    "not-wrong",
    "regression targets and one-hot labels are floats, and wrt= says so",
    {"wrt": (0,)},
)

wild(
    "a gradient that ignores its cotangent",
    L,
    lambda x: (x**2).sum(),
    lambda args, out, ct: (2 * args[0],),
    (np.array([1.0, 2.0]),),
    "names:does not depend on",
    "backward(dout=1) of loss layers. WRONG is right; the words ('with twice the cotangent, entry [0] ...') should say that the gradient does not depend on the cotangent, and point to gradient=",
)


def two_outputs(x):
    return x**2, x**3


def two_outputs_back(args, out, ct):
    return (2 * args[0] * ct[0] + 3 * args[0] ** 2 * ct[1],)


wild(
    "two outputs",
    L,
    two_outputs,
    two_outputs_back,
    (np.array([1.0, 2.0]),),
    "correct",
    "every LSTM step returns (h, c). Now 'INCONCLUSIVE: unsupported operation: at a kink whose other side cannot be followed', which is no reason at all",
)


M = "M missed: what the closure holds is not varied"

BAG = np.array([[0, 2, 1], [4, 3, 1]])


def bag(w):
    return w[BAG].sum(axis=1)


def bag_back(args, out, ct):
    g = np.zeros_like(args[0])
    for row, ids in enumerate(BAG):
        g[ids] += ct[row]  # repeated ids in a row count once
    return (g,)


wild(
    "bag of embeddings, g[ids] += row, ids in the closure",
    M,
    bag,
    bag_back,
    (seeded(0).normal(size=(5, 3)),),
    "wrong-or-note",
    "a real bug of a much-starred library (pool 'sum' and 'mean'). Found when the ids are an argument, missed when a layer holds them. Captured integer arrays could be varied too, or the note could ask to pass them",
)


N = "N stateful layers, natural glue"


class Dense:
    def __init__(self):
        self.w = None

    def forward(self, x):
        self.x = x
        return x @ self.w

    def backward(self, d):
        self.dw = self.x.T @ d
        return d @ self.w.T


DENSE = Dense()


def dense(x, w):
    DENSE.w = w
    return DENSE.forward(x)


def dense_back(args, out, ct):
    return DENSE.backward(ct), DENSE.dw


wild(
    "layer.forward in f, layer.backward in vjp",
    N,
    dense,
    dense_back,
    (seeded(0).normal(size=(2, 3)), seeded(1).normal(size=(3, 2))),
    "names:state",
    "what everybody writes first, for every class-based framework: WRONG, 'after an unrelated forward, entry [0, 1] of the gradient ...'. True of the protocol, and no bug of the layer. "
    "Wanted: a way to check a layer by its own protocol (forward, then its backward), and words that say: it keeps the state of the last forward; call forward in vjp, or use that way",
)
