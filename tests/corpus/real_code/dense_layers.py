"""Dense layers and small networks, in ten designs of holding parameters and gradients."""

import numpy as np
from entry import layer, normal

rng = np.random.RandomState(3)


class Affine:
    """Parameters are attributes, gradients are attributes with a d."""

    def __init__(self, W, b):
        self.W, self.b = W, b
        self.x = None
        self.dW = self.db = None

    def forward(self, x):
        self.shape = x.shape
        self.x = x.reshape(x.shape[0], -1)
        return np.dot(self.x, self.W) + self.b  # vertex

    def backward(self, dout):
        self.dW = np.dot(self.x.T, dout)
        # fault mean for sum | b | self.db = np.mean(dout, axis=0)
        self.db = np.sum(dout, axis=0)
        return np.dot(dout, self.W.T).reshape(*self.shape)


class MatMul:
    """Lists of parameters and gradients, written in place."""

    def __init__(self, W):
        self.params = [W]
        self.grads = [np.zeros_like(W)]

    def forward(self, x):
        (W,) = self.params
        self.x = x
        return x @ W  # vertex

    def backward(self, dout):
        (W,) = self.params
        # fault not transposed | params[0] | self.grads[0][...] = dout.T @ self.x
        self.grads[0][...] = self.x.T @ dout
        return dout @ W.T


class FullyConnected:
    """Dictionaries, and arrays that are made at the first forward."""

    def __init__(self, n_out):
        self.n_out = n_out
        self.parameters, self.gradients = {}, {}

    def _init_params(self, n_in):
        self.parameters = {"W": np.ones((n_in, self.n_out)) * 0.1, "b": np.zeros((1, self.n_out))}

    def forward(self, X):
        if not self.parameters:
            self._init_params(X.shape[1])
        self.X = X
        self.Z = X @ self.parameters["W"] + self.parameters["b"]
        return np.tanh(self.Z)  # vertex

    def backward(self, dLdY):
        # fault wrong cache | X | dZ = dLdY * (1 - self.Z**2)
        dZ = dLdY * (1 - np.tanh(self.Z) ** 2)
        self.gradients = {"W": self.X.T @ dZ, "b": dZ.sum(axis=0, keepdims=True)}
        return dZ @ self.parameters["W"].T


class Parameter:
    def __init__(self, data):
        self.data = data
        self.grad = np.zeros_like(data)


class Linear:
    """Objects that hold value and gradient; gradients are added up until zero_grad."""

    def __init__(self, n_in, n_out):
        self.weight = Parameter(rng.randn(n_out, n_in))
        self.bias = Parameter(rng.randn(n_out))

    def zero_grad(self):
        for p in (self.weight, self.bias):
            p.grad = np.zeros_like(p.data)

    def forward(self, x):
        self.x = x
        return x @ self.weight.data.T + self.bias.data  # vertex

    def backward(self, dy):
        # fault not transposed | weight.data | self.weight.grad += (self.x.T @ dy).reshape(self.weight.data.shape)
        self.weight.grad += dy.T @ self.x
        self.bias.grad += dy.sum(0)
        return dy @ self.weight.data


class Layer:
    def set_input(self, x):
        self.input = x


class Dense(Layer):
    """A base class, columns as samples, gradients divided by their number, as the cost is a mean."""

    def __init__(self, n_in, n_out):
        super().__init__()
        self.w, self.b = rng.randn(n_out, n_in), rng.randn(n_out, 1)

    def forward_propagate(self, a):
        self.set_input(a)
        return self.w.dot(a) + self.b  # vertex

    def back_propagate(self, delta):
        self.dw = delta.dot(self.input.T)
        # fault wrong axis | b | self.db = np.sum(delta, axis=0, keepdims=True).T
        self.db = np.sum(delta, axis=1, keepdims=True)
        return self.w.T.dot(delta)


class Sequential:
    """A list of layers, run backwards in reverse."""

    def __init__(self, *layers):
        self.layers = layers

    def forward(self, x):
        for one in self.layers:
            x = one.forward(x)
        return x

    def backward(self, d):
        for one in reversed(self.layers):
            # fault mean for sum | x | d = one.backward(d) / len(d)
            d = one.backward(d)
        return d


class TwoLayerNet:
    """A student's network: forward, backward, params and grads."""

    def __init__(self, n_in, hidden, n_out):
        self.params = {"W1": rng.randn(n_in, hidden), "b1": np.zeros(hidden), "W2": rng.randn(hidden, n_out), "b2": np.zeros(n_out)}
        self.grads = {}

    def forward(self, x):
        p = self.params
        self.x = x
        self.h = np.maximum(0, x @ p["W1"] + p["b1"])  # vertex
        return self.h @ p["W2"] + p["b2"]

    def backward(self, dout):
        self.grads["W2"] = self.h.T @ dout
        self.grads["b2"] = dout.sum(axis=0)
        dh = dout @ self.params["W2"].T
        # fault wrong mask | params['W1'] | dh[dh <= 0] = 0
        dh[self.h <= 0] = 0
        self.grads["W1"] = self.x.T @ dh
        self.grads["b1"] = dh.sum(axis=0)
        return dh @ self.params["W1"].T


class Residual:
    def __init__(self, n):
        self.W, self.dW = rng.randn(n, n), None

    def forward(self, x):
        self.x = x
        self.f = np.tanh(x @ self.W)
        return x + self.f  # vertex

    def backward(self, dout):
        d = dout * (1 - self.f**2)
        self.dW = self.x.T @ d
        # fault missing term | x | return d @ self.W.T
        return dout + d @ self.W.T


class Highway:
    def __init__(self, n):
        self.W, self.V = rng.randn(n, n), rng.randn(n, n)

    def forward(self, x):
        self.x = x
        self.t = 1 / (1 + np.exp(-x @ self.V))
        self.h = np.tanh(x @ self.W)
        return self.t * self.h + (1 - self.t) * x  # vertex

    def backward(self, d):
        dh = d * self.t * (1 - self.h**2)
        # fault held constant | V | dt = d * self.h * self.t * (1 - self.t)
        dt = d * (self.h - self.x) * self.t * (1 - self.t)
        self.gW, self.gV = self.x.T @ dh, self.x.T @ dt
        return dh @ self.W.T + dt @ self.V.T + d * (1 - self.t)


class Bilinear:
    def __init__(self, n, m, k):
        self.W = rng.randn(k, n, m)

    def forward(self, x1, x2):
        self.saved = x1, x2
        return np.einsum("bi,kij,bj->bk", x1, self.W, x2)  # vertex

    def backward(self, g):
        x1, x2 = self.saved
        self.dW = np.einsum("bk,bi,bj->kij", g, x1, x2)
        # fault wrong cache | x2 | return np.einsum("bk,kij,bj->bi", g, self.W, x2), np.einsum("bk,kij,bj->bj", g, self.W, x2)
        return np.einsum("bk,kij,bj->bi", g, self.W, x2), np.einsum("bk,kij,bi->bj", g, self.W, x1)


class Decayed:
    """A dense layer whose backward adds the gradient of its own penalty, which its loss holds as well."""

    def __init__(self, n, m, decay=0.1):
        self.W, self.decay = rng.randn(n, m), decay

    def forward(self, x):
        self.x = x
        return np.sum((x @ self.W) ** 2) + 0.5 * self.decay * np.sum(self.W**2)  # vertex

    def backward(self, d=1.0):
        # fault missing term | W | self.dW = d * 2 * self.x.T @ (self.x @ self.W)
        self.dW = d * (2 * self.x.T @ (self.x @ self.W) + self.decay * self.W)
        return d * 2 * (self.x @ self.W) @ self.W.T


class Tied:
    """The decoder uses the encoder's weights, transposed."""

    def __init__(self, n, m):
        self.W = rng.randn(n, m)

    def forward(self, x):
        self.x = x
        self.h = np.tanh(x @ self.W)  # vertex
        return self.h @ self.W.T

    def backward(self, d):
        dh = (d @ self.W) * (1 - self.h**2)
        # fault assigned, not added | W | self.dW = d.T @ self.h
        self.dW = d.T @ self.h + self.x.T @ dh
        return dh @ self.W.T


class Shared:
    counter = []

    def __init__(self):
        # fault stale state | x | self.kept = Shared.counter
        self.kept = []

    def forward(self, x):
        self.kept.append(x)
        return x**3

    def backward(self, d):
        return 3 * d * self.kept[-1] ** 2


def network():
    return Sequential(Affine(np.arange(12.0).reshape(3, 4) / 7 - 0.5, np.zeros(4)), MatMul(np.arange(8.0).reshape(4, 2) / 5 - 0.7))


P = {"params['W1']": "grads['W1']", "params['b1']": "grads['b1']", "params['W2']": "grads['W2']", "params['b2']": "grads['b2']"}
WB = {"weight.data": "weight.grad", "bias.data": "bias.grad"}
BACKPROP = ("forward_propagate", "back_propagate")

ENTRIES = [
    layer("affine with dW and db", lambda: Affine(normal(0, 6, 2), normal(1, 2)), normal(2, 3, 2, 3), parameters={"W": "dW", "b": "db"}),
    layer("matrix product with lists", lambda: MatMul(normal(3, 3, 3)), normal(4, 4, 3), parameters={"params[0]": "grads[0]"}),
    layer("dense, made at the first forward", lambda: FullyConnected(2), normal(5, 4, 3)),
    layer("linear with parameter objects", lambda: Linear(3, 2), normal(6, 4, 3), parameters=WB, accumulates=True),
    layer("dense with columns as samples", lambda: Dense(3, 3), normal(7, 3, 3), parameters={"w": "dw", "b": "db"}, methods=BACKPROP),
    layer("sequence of layers", network, normal(8, 2, 3)),
    layer("two-layer network of a student", lambda: TwoLayerNet(3, 4, 2), normal(9, 4, 3), parameters=P),
    layer("residual block", lambda: Residual(3), normal(10, 2, 3), parameters={"W": "dW"}),
    layer("highway", lambda: Highway(3), normal(11, 2, 3), parameters={"W": "gW", "V": "gV"}),
    layer("bilinear", lambda: Bilinear(2, 3, 2), normal(12, 3, 2), normal(13, 3, 3), parameters={"W": "dW"}),
    layer("penalty in the layer", lambda: Decayed(3, 2), normal(17, 4, 3), parameters={"W": "dW"}),
    layer("tied weights", lambda: Tied(3, 2), normal(18, 2, 3), parameters={"W": "dW"}),
    layer("what all objects keep", Shared, normal(19, 4), shows="between"),
]  # fmt: skip
