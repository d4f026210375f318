"""What `check` said of other people's right code: saturation, powers, constants of kinks, differences."""

from __future__ import annotations

import numpy as np
from public import seeded, sigmoid, wild

A = "A y*(1-y) is INACCURATE"


def fixed_gate(x):
    return sigmoid(x + 4.0)


def fixed_gate_back(args, out, ct):
    return (ct * out * (1 - out),)


wild("sigmoid of x + 4, y*(1-y)", A, fixed_gate, fixed_gate_back, (np.array([1e-8, 0.3]),), "certified",
     "the textbook derivative of the logistic function from its value. Its relative error is u/(1-y), here 1e-14; the code cannot do better from y alone, and every "
     "framework does the same. `check` asks for backward stability because x is near zero (strict), although the sigmoid is evaluated at 4", seeds=5)  # fmt: skip


def dense_gate(x, w):
    return sigmoid(x @ w + 4.0)


def dense_gate_back(args, out, ct):
    x, w = args
    d = ct * out * (1 - out)
    return d @ w.T, x.T @ d


wild("dense sigmoid layer with bias 4", A, dense_gate, dense_gate_back, (seeded(0).normal(size=(2, 3)), seeded(1).normal(size=(3, 2))), "certified",
     "a forget gate with a positive bias; 38 % of seeds are INACCURATE", seeds=8)  # fmt: skip


def classifier(x, w, b):
    z = x @ w + b
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return -np.log(p[:, 0]).sum()


def classifier_back(args, out, ct):
    x, w, b = args
    z = x @ w + b
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    p[:, 0] -= 1
    d = ct * p
    return d @ w.T, x.T @ d, d.sum(axis=0)


wild("softmax classifier, p - onehot, a confident bias", A, classifier, classifier_back, (seeded(0).normal(size=(2, 3)), seeded(1).normal(size=(3, 2)), np.array([6.0, 0.0])), "certified",
     "'argument 0 times 1e-08': p - 1 with p = 0.9975. On logits alone the same formula is CORRECT at any gap; behind an affine layer it is not", seeds=4)  # fmt: skip


B = "B t**2 of a cancelled ball is NaN"


def gate_difference(a, b):
    return np.tanh(sigmoid(a) - sigmoid(b))


def gate_difference_back(args, out, ct):
    a, b = args
    p, q = sigmoid(a), sigmoid(b)
    d = ct * (1 - out**2)
    return d * p * (1 - p), -d * q * (1 - q)


wild(
    "1 - t**2 where t cancels to a ball around 0",
    B,
    gate_difference,
    gate_difference_back,
    (np.array([3.0]), np.array([4.0])),
    "certified",
    "fails at 'large values, times 1e+08': found nan, while the floats are 0.0. t*t and np.square(t) pass, t**2 and np.power(t, 2) do not. Found in an LSTM with open gates",
)


C = "C kinks that agree up to a float constant"


def hard_sigmoid(x):
    return np.clip(0.2 * x + 0.5, 0.0, 1.0)


def hard_sigmoid_back(args, out, ct):
    (x,) = args
    return (ct * np.where((x >= -2.5) & (x <= 2.5), 0.2, 0.0),)


wild(
    "hard sigmoid, clip(0.2x + 0.5), inclusive bounds",
    C,
    hard_sigmoid,
    hard_sigmoid_back,
    (np.array([0.3, -1.0, 1.7]),),
    "certified",
    "at x = 2.5 the float 0.2 is 1e-17 too large, so 'exactly' the clip is active; in floats it is a tie, and any slope in [0, 0.2] is right. With exclusive bounds it passes",
)


D = "D differences across kinks (opaque forward)"


def opaque(x):
    """What no tracer follows: through the bytes."""
    return np.frombuffer(np.ascontiguousarray(x).tobytes(), dtype=np.float64).reshape(np.shape(x)).copy()


def relu_net(x, w):
    return np.maximum(np.maximum(opaque(x) @ opaque(w), 0) @ opaque(w).T, 0)


def relu_net_back(args, out, ct):
    x, w = args
    z = x @ w
    h = np.maximum(z, 0)
    d = ct * (h @ w.T > 0)
    dz = (d @ w) * (z > 0)
    return dz @ w.T, x.T @ dz + d.T @ h


wild("two ReLU layers, opaque forward", D, relu_net, relu_net_back, (seeded(56).normal(size=(16, 4)), seeded(57).normal(size=(4, 16))), "not-wrong",
     "correct code; a third of the seeds say WRONG: the first step is 1/16 of the largest entry and the estimate of the Ridders table does not see a kink inside it. "
     "Kinks must widen the estimate (compare one-sided slopes; shrink the step until two halvings agree; retry at jittered points before saying WRONG)", seeds=12)  # fmt: skip
