"""Activations: classes that keep their output or mask, functions with caches, and functions of the value."""

import numpy as np
from entry import cached, layer, normal, vjp
from scipy import special


class Sigmoid:
    def __init__(self):
        self.out = None

    def forward(self, x):
        self.x = x
        self.out = 1 / (1 + np.exp(-x))  # vertex
        return self.out

    def backward(self, dout):
        # fault wrong cache | x | dx = dout * (1.0 - self.x) * self.x
        dx = dout * (1.0 - self.out) * self.out
        return dx


class Relu:
    def __init__(self):
        self.mask = None

    def forward(self, x):
        self.mask = x <= 0
        out = x.copy()
        out[self.mask] = 0
        return out

    def backward(self, dout):
        # fault overwrites cotangent | cotangent | dx = dout
        dx = dout.copy()
        dx[self.mask] = 0
        return dx


class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)  # vertex
        return self.y

    def backward(self, grad):
        # fault wrong function | x | return grad * self.y
        return grad * (1 - self.y**2)


class LeakyReLU:
    def __init__(self, slope=0.2):
        self.slope = slope

    def __call__(self, x):
        self.input = x
        return np.where(x > 0, x, self.slope * x)  # vertex

    def gradient(self, grad):
        # fault missing factor | x | return grad * np.where(self.input > 0, 1.0, 0.0)
        return grad * np.where(self.input > 0, 1.0, self.slope)


class ELU:
    def __init__(self, alpha=0.5):
        self.alpha = alpha

    def forward(self, x):
        self.x = x
        return np.where(x >= 0.0, x, self.alpha * (np.exp(x) - 1))  # vertex

    def backward(self, grad):
        # fault missing term | x | inner = self.forward(self.x)
        inner = self.forward(self.x) + self.alpha
        return grad * np.where(self.x >= 0.0, 1, inner)


def selu(z):
    alpha, scale = 1.6732632423543772, 1.0507009873554805
    return scale * np.where(z > 0, z, alpha * np.expm1(z))  # vertex


def selu_grad(args, a, da):
    (z,) = args
    alpha, scale = 1.6732632423543772, 1.0507009873554805
    # fault missing factor | z | return da * np.where(z > 0, 1.0, alpha * np.exp(z))
    return da * scale * np.where(z > 0, 1.0, alpha * np.exp(z))


def softplus_forward(x):
    out = np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))
    return out, (x, out)


def softplus_backward(dout, cache):
    x, out = cache
    # fault overflow | x | return dout * np.exp(x) / (1 + np.exp(x))
    return dout * (1 - np.exp(-out))


C = np.sqrt(2 / np.pi)


def gelu_tanh(x):
    return 0.5 * x * (1 + np.tanh(C * (x + 0.044715 * x**3)))  # vertex


def gelu_tanh_back(args, out, ct):
    (x,) = args
    t = np.tanh(C * (x + 0.044715 * x**3))
    # fault wrong constant | x | inner = C * (1 + 2 * 0.044715 * x**2)
    inner = C * (1 + 3 * 0.044715 * x**2)
    return ct * (0.5 * (1 + t) + 0.5 * x * (1 - t**2) * inner)


class Gelu:
    def forward(self, x):
        self.x = x
        self.cdf = 0.5 * (1 + special.erf(x / np.sqrt(2)))  # vertex
        return x * self.cdf

    def backward(self, dy):
        # fault wrong constant | x | pdf = np.exp(-(self.x**2) / 2) / (2 * np.pi)
        pdf = np.exp(-(self.x**2) / 2) / np.sqrt(2 * np.pi)
        return dy * (self.cdf + self.x * pdf)


class Swish:
    def __init__(self, beta=1.5):
        self.beta = beta
        self.d_beta = 0.0

    def forward(self, x):
        self.x = x
        self.s = special.expit(self.beta * x)  # vertex
        return x * self.s

    def backward(self, grad):
        ds = self.s * (1 - self.s)
        self.d_beta = np.sum(grad * self.x**2 * ds)
        # fault missing factor | x | return grad * (self.s + self.x * ds)
        return grad * (self.s + self.beta * self.x * ds)


def mish_fwd(x):
    sp = np.logaddexp(0, x)  # vertex
    t = np.tanh(sp)
    return x * t, (x, t)


def mish_bwd(dout, cache):
    x, t = cache
    # fault missing factor | x | dt = 1 - t**2
    dt = (1 - t**2) * special.expit(x)
    return dout * (t + x * dt)


class Softmax:
    def forward(self, x):
        shifted = x - x.max(axis=1, keepdims=True)
        e = np.exp(shifted)
        self.out = e / e.sum(axis=1, keepdims=True)  # vertex
        return self.out

    def backward(self, dout):
        dx = self.out * dout
        # fault wrong axis | x | sumdx = np.sum(dx, axis=0, keepdims=True)
        sumdx = np.sum(dx, axis=1, keepdims=True)
        dx -= self.out * sumdx
        return dx


class LogSoftmax:
    def __init__(self, axis=-1):
        self.axis = axis

    def forward(self, x):
        self.y = x - special.logsumexp(x, axis=self.axis, keepdims=True)  # vertex
        return self.y

    def backward(self, gy):
        # fault missing factor | x | return gy - np.exp(self.y) / gy.shape[0] * gy.sum(axis=self.axis, keepdims=True)
        return gy - np.exp(self.y) * gy.sum(axis=self.axis, keepdims=True)


def hard_sigmoid(x):
    return np.minimum(np.maximum(0.25 * x + 0.5, 0), 1)  # vertex


def d_hard_sigmoid(args, out, ct):
    # fault wrong mask | x | inside = (args[0] > 0) & (args[0] < 1)
    inside = (out > 0) & (out < 1)
    return ct * 0.25 * inside


class Maxout:
    def forward(self, x):
        n, d = x.shape
        self.x = x.reshape(n, d // 2, 2)
        return self.x.max(axis=2)  # vertex

    def backward(self, d):
        out = np.zeros_like(self.x)
        i, j = np.indices(d.shape)
        # fault wrong slice | x | out[i, j, self.x.argmin(axis=2)] = d
        out[i, j, self.x.argmax(axis=2)] = d
        return out.reshape(d.shape[0], -1)


class ReLU6:
    def forward(self, x):
        self.x = x
        return np.clip(x, 0, 6)  # vertex

    def backward(self, d):
        # fault wrong mask | x | return d * (self.x > 0)
        return d * ((self.x > 0) & (self.x < 6))


class PReLU:
    def __init__(self, channels):
        self.W = np.full(channels, 0.25)
        self.dW = None

    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, self.W * x)

    def backward(self, dy):
        low = self.x <= 0
        # fault not summed | W | self.dW = np.where(low, self.x, 0) * dy
        self.dW = np.sum(np.where(low, self.x, 0) * dy, axis=0)
        return np.where(low, self.W, 1) * dy


def glu_forward(x):
    a, b = np.split(x, 2, axis=-1)  # vertex
    gate = special.expit(b)
    return a * gate, (a, gate)


def glu_backward(dout, cache):
    a, gate = cache
    da, db = dout * gate, dout * a * gate * (1 - gate)
    # fault arguments exchanged | x | return np.concatenate((db, da), axis=-1)
    return np.concatenate((da, db), axis=-1)


ENTRIES = [
    layer("logistic class", Sigmoid, normal(0, 3, 4)),
    layer("relu with a mask", Relu, normal(1, 3, 4), shows="cotangent"),
    layer("tanh class", Tanh, normal(2, 6)),
    layer("leaky relu by call and gradient", LeakyReLU, normal(3, 3, 3), methods=("__call__", "gradient")),
    layer("exponential linear unit", ELU, normal(4, 3, 4)),
    vjp("selu", selu, selu_grad, normal(5, 7)),
    cached("softplus for large arguments", softplus_forward, softplus_backward, normal(6, 5), exposes=(np.array([800.0, 0.5, -3.0]),)),
    vjp("gelu by tanh", gelu_tanh, gelu_tanh_back, normal(7, 6)),
    layer("gelu by erf", Gelu, normal(8, 2, 4)),
    layer("swish with its own beta", Swish, normal(9, 6), parameters={"beta": "d_beta"}),
    cached("mish", mish_fwd, mish_bwd, normal(10, 6)),
    layer("softmax class", Softmax, normal(11, 3, 4)),
    layer("log softmax class", LogSoftmax, normal(12, 3, 4)),
    vjp("hard sigmoid", hard_sigmoid, d_hard_sigmoid, 2 * normal(13, 8)),
    layer("maxout of pairs", Maxout, normal(14, 3, 6)),
    layer("relu up to six", ReLU6, normal(17, 5), exposes=(np.array([7.5, 0.5, -1.0, 6.5]),)),
    layer("prelu with a slope for each channel", lambda: PReLU(3), normal(15, 4, 3), parameters={"W": "dW"}),
    cached("gated linear unit", glu_forward, glu_backward, normal(16, 3, 6)),
]  # fmt: skip
