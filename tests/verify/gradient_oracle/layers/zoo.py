"""Layers and networks in the ways in which people write them: each right, with a wrong twin that states what is wrong."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import numpy as np

# mypy: ignore-errors
# pyright: reportUnknownParameterType=false, reportMissingParameterType=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportAttributeAccessIssue=false


def softmax(x):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


class Affine:
    """`dW` beside `W`, set in the backward."""

    def __init__(self, W, b):
        self.W, self.b = W, b
        self.x: Any = None
        self.dW: Any = None
        self.db: Any = None

    def forward(self, x):
        self.x = x
        return np.dot(x, self.W) + self.b

    def backward(self, dout):
        dx = np.dot(dout, self.W.T)
        self.dW = np.dot(self.x.T, dout)
        self.db = np.sum(dout, axis=0)
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
        dx = dout.copy()
        dx[self.mask] = 0
        return dx


class SoftmaxWithLoss:
    """A loss layer: `backward(dout=1)`."""

    def __init__(self):
        self.y: Any = None
        self.t: Any = None

    def forward(self, x, t):
        self.t, self.y = t, softmax(x)
        return -np.sum(np.log(self.y[np.arange(len(t)), t])) / len(t)

    def backward(self, dout=1):
        dx = self.y.copy()
        dx[np.arange(len(self.t)), self.t] -= 1
        return dx / len(self.t) * dout


class LossThatIgnores(SoftmaxWithLoss):
    def backward(self, dout=1):  # noqa: ARG002
        return SoftmaxWithLoss.backward(self)


class TwoLayers:
    """A dictionary of parameters that the layers share, an ordered dictionary of layers, `gradient(x, t)`."""

    def __init__(self, sizes=(3, 4, 2)):
        n, h, k = sizes
        self.params = {"W1": 0.5 * np.random.randn(n, h), "b1": np.zeros(h), "W2": 0.5 * np.random.randn(h, k), "b2": np.zeros(k)}
        self.layers = OrderedDict()
        self.layers["Affine1"] = Affine(self.params["W1"], self.params["b1"])
        self.layers["Relu1"] = Relu()
        self.layers["Affine2"] = Affine(self.params["W2"], self.params["b2"])
        self.last = SoftmaxWithLoss()

    def predict(self, x):
        for layer in self.layers.values():
            x = layer.forward(x)
        return x

    def loss(self, x, t):
        return self.last.forward(self.predict(x), t)

    def gradient(self, x, t):
        self.loss(x, t)
        dout = self.last.backward(1)
        for layer in reversed(list(self.layers.values())):
            dout = layer.backward(dout)
        first, second = self.layers["Affine1"], self.layers["Affine2"]
        return {"W1": first.dW, "b1": first.db, "W2": second.dW, "b2": second.db}


class TwoLayersWrong(TwoLayers):
    def gradient(self, x, t):
        found = TwoLayers.gradient(self, x, t)
        return {**found, "b1": found["b1"] / len(t)}


class MatMulInPlace:
    """Lists of parameters and gradients; gradients are written in place, so that a network may share them."""

    def __init__(self, W, b):
        self.params = [W, b]
        self.grads = [np.zeros_like(W), np.zeros_like(b)]
        self.x: Any = None

    def forward(self, x):
        W, b = self.params
        self.x = x
        return np.dot(x, W) + b

    def backward(self, dout):
        W, _ = self.params
        self.grads[0][...] = np.dot(self.x.T, dout)
        self.grads[1][...] = np.sum(dout, axis=0)
        return np.dot(dout, W.T)


class SigmoidInPlace:
    def __init__(self):
        self.params, self.grads = [], []
        self.out: Any = None

    def forward(self, x):
        self.out = 1 / (1 + np.exp(-x))
        return self.out

    def backward(self, dout):
        return dout * (1.0 - self.out) * self.out


class ListNet:
    """A network whose lists hold the arrays of its layers; forward gives the loss."""

    def __init__(self, n=2, h=3, k=3):
        W1, b1 = 0.5 * np.random.randn(n, h), np.zeros(h)
        W2, b2 = 0.5 * np.random.randn(h, k), np.zeros(k)
        self.layers = [MatMulInPlace(W1, b1), SigmoidInPlace(), MatMulInPlace(W2, b2)]
        self.loss_layer = SoftmaxWithLoss()
        self.params, self.grads = [], []
        for layer in self.layers:
            self.params += layer.params
            self.grads += layer.grads

    def forward(self, x, t):
        for layer in self.layers:
            x = layer.forward(x)
        return self.loss_layer.forward(x, t)

    def backward(self, dout=1):
        dout = self.loss_layer.backward(dout)
        for layer in reversed(self.layers):
            dout = layer.backward(dout)
        return dout


class ListNetWrong(ListNet):
    def backward(self, dout=1):
        dout = self.loss_layer.backward(dout)
        for layer in (self.layers[2], self.layers[0]):  # the sigmoid is left out
            dout = layer.backward(dout)
        return dout


class Parameter:
    def __init__(self, data):
        self.data, self.grad = data, np.zeros_like(data)


class Linear:
    """Parameter objects with `p.grad`, into which is added; `zero_grad`."""

    def __init__(self, n=3, k=2):
        self.weight, self.bias = Parameter(np.random.randn(n, k)), Parameter(np.zeros(k))

    def parameters(self):
        return [self.weight, self.bias]

    def zero_grad(self):
        for p in self.parameters():
            p.grad = np.zeros_like(p.data)

    def forward(self, x):
        self.input = x
        return x @ self.weight.data + self.bias.data

    def backward(self, grad_output):
        self.weight.grad += self.input.T @ grad_output
        self.bias.grad += grad_output.sum(axis=0)
        return grad_output @ self.weight.data.T


class LinearWrong(Linear):
    def backward(self, grad_output):
        self.weight.grad += self.input.T @ grad_output
        self.bias.grad += grad_output.mean(axis=0)
        return grad_output @ self.weight.data.T


class Sequential:
    def __init__(self, *layers):
        self.layers = list(layers)

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad_output):
        for layer in reversed(self.layers):
            grad_output = layer.backward(grad_output)
        return grad_output


class ReturnsAll:
    """The backward returns (dx, dW, db)."""

    def __init__(self):
        self.W, self.b = np.random.randn(3, 2), np.zeros(2)

    def forward(self, x):
        self.cache = x
        return np.tanh(x @ self.W + self.b)

    def backward(self, dout):
        x = self.cache
        dz = dout * (1 - np.tanh(x @ self.W + self.b) ** 2)
        return dz @ self.W.T, x.T @ dz, dz.sum(axis=0)


class ReturnsAllWrong(ReturnsAll):
    def backward(self, dout):
        dx, dW, db = ReturnsAll.backward(self, dout)
        return dx, dW + 0.1 * self.W, db  # weight decay that the loss does not have


class CourseNet:
    """`loss(X, y)` returns the loss and a dictionary of gradients, with regularisation."""

    def __init__(self, reg=0.1):
        self.params = {"W1": np.random.randn(3, 4), "b1": np.zeros(4), "W2": np.random.randn(4, 3), "b2": np.zeros(3)}
        self.reg = reg

    def loss(self, X, y=None):
        W1, b1, W2, b2 = (self.params[name] for name in ("W1", "b1", "W2", "b2"))
        h = np.maximum(0, X @ W1 + b1)
        scores = h @ W2 + b2
        if y is None:
            return scores
        p = softmax(scores)
        n = len(X)
        loss = -np.log(p[np.arange(n), y]).sum() / n + 0.5 * self.reg * (np.sum(W1**2) + np.sum(W2**2))
        d = p.copy()
        d[np.arange(n), y] -= 1
        d /= n
        dh = (d @ W2.T) * (h > 0)
        grads = {"W2": h.T @ d + self.reg * W2, "b2": d.sum(axis=0), "W1": X.T @ dh + self.reg * W1, "b1": dh.sum(axis=0)}
        return loss, grads


class CourseNetWrong(CourseNet):
    def loss(self, X, y=None):
        loss, grads = CourseNet.loss(self, X, y)
        grads["W2"] = grads["W2"] - 0.5 * self.reg * self.params["W2"]
        return loss, grads


class Lazy:
    """Parameters of sizes that the first forward tells; dictionaries; gradients are added, and flushed."""

    def __init__(self, n_out=2):
        self.n_out, self.is_initialized = n_out, False
        self.parameters, self.gradients = {}, {}

    def _init_params(self, n_in):
        self.parameters = {"W": np.random.randn(n_in, self.n_out), "b": np.zeros((1, self.n_out))}
        self.flush_gradients()
        self.is_initialized = True

    def flush_gradients(self):
        self.X = []
        self.gradients = {key: np.zeros_like(value) for key, value in self.parameters.items()}

    def forward(self, X, retain_derived=True):
        if not self.is_initialized:
            self._init_params(X.shape[1])
        if retain_derived:
            self.X.append(X)
        return X @ self.parameters["W"] + self.parameters["b"]

    def backward(self, dLdy, retain_grads=True):
        X = self.X[-1]
        if retain_grads:
            self.gradients["W"] += X.T @ dLdy
            self.gradients["b"] += dLdy.sum(axis=0, keepdims=True)
        return dLdy @ self.parameters["W"].T


class Dropout:
    def __init__(self, ratio=0.5):
        self.ratio, self.training = ratio, True

    def forward(self, x):
        if self.training:
            self.mask = (np.random.rand(*x.shape) > self.ratio) / (1 - self.ratio)
            return x * self.mask
        return x

    def backward(self, dout):
        return dout * self.mask if self.training else dout


class DropoutWrong(Dropout):
    def backward(self, dout):
        return dout * self.mask if self.training else dout * (1 - self.ratio)


class BatchNorm:
    def __init__(self, size=2, eps=1e-5):
        self.gamma, self.beta, self.eps = np.ones(size), np.zeros(size), eps
        self.running_mean, self.running_var = np.zeros(size), np.ones(size)

    def forward(self, x, train_flg=True):
        self.train = train_flg
        if train_flg:
            self.mu, self.var = x.mean(axis=0), x.var(axis=0)
            self.running_mean = 0.9 * self.running_mean + 0.1 * self.mu
            self.running_var = 0.9 * self.running_var + 0.1 * self.var
        else:
            self.mu, self.var = self.running_mean, self.running_var
        self.std = np.sqrt(self.var + self.eps)
        self.xn = (x - self.mu) / self.std
        return self.gamma * self.xn + self.beta

    def backward(self, dout):
        self.dgamma, self.dbeta = (dout * self.xn).sum(axis=0), dout.sum(axis=0)
        d = dout * self.gamma
        if not self.train:
            return d / self.std
        return (d - d.mean(axis=0) - self.xn * (d * self.xn).mean(axis=0)) / self.std


class BatchNormWrong(BatchNorm):
    def backward(self, dout):
        self.train = True  # the formula of training in both modes
        return BatchNorm.backward(self, dout)


class StaleMask(Relu):
    """The mask of the first forward is kept for ever."""

    def forward(self, x):
        if self.mask is None:
            self.mask = x <= 0
        return np.where(x <= 0, 0, x)


class SharedMask(Relu):
    """The mask is kept by the class: two layers overwrite each other's."""

    kept = {}  # noqa: RUF012

    def forward(self, x):
        self.kept["mask"] = x <= 0
        return np.where(x <= 0, 0, x)

    def backward(self, dout):
        return np.where(self.kept["mask"], 0, dout)


class ConsumesCache:
    """A backward that changes what the forward kept."""

    def forward(self, x):
        self.out = np.tanh(x)
        return self.out.copy()

    def backward(self, dout):
        self.out *= self.out
        return dout * (1 - self.out)


class KeepsAll:
    """Forward and backward return nothing: the output and the gradient of the input are kept."""

    def __init__(self, n=3, k=2):
        self.weights, self.biases = np.random.randn(n, k), np.zeros((1, k))

    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.dot(inputs, self.weights) + self.biases

    def backward(self, dvalues):
        self.dweights = np.dot(self.inputs.T, dvalues)
        self.dbiases = np.sum(dvalues, axis=0, keepdims=True)
        self.dinputs = np.dot(dvalues, self.weights.T)


class KeepsAllWrong(KeepsAll):
    def backward(self, dvalues):
        KeepsAll.backward(self, dvalues)
        self.dinputs = np.dot(dvalues, np.abs(self.weights).T)


class TakesStep:
    """The backward takes a step of gradient descent itself, at a rate that it is given; one sample at a time."""

    def __init__(self, n=3, k=2):
        self.weights, self.bias = np.random.rand(n, k) - 0.5, np.random.rand(1, k) - 0.5

    def forward_propagation(self, input_data):
        self.input = input_data
        return np.dot(self.input, self.weights) + self.bias

    def backward_propagation(self, output_error, learning_rate):
        input_error = np.dot(output_error, self.weights.T)
        self.weights -= learning_rate * np.dot(self.input.T, output_error)
        self.bias -= learning_rate * output_error
        return input_error


class TakesStepWrong(TakesStep):
    def backward_propagation(self, output_error, learning_rate):
        self.weights -= learning_rate * np.dot(self.input.T, output_error)
        self.bias -= learning_rate * output_error
        return np.dot(output_error, self.weights.T)  # of the new weights


class Attention:
    """Attributes for the parameters, a dictionary for their gradients."""

    def __init__(self, size=2):
        self.Wq, self.Wk, self.Wv = (np.random.randn(size, size) for _ in range(3))

    def forward(self, x):
        self.x = x
        self.q, self.k, self.v = x @ self.Wq, x @ self.Wk, x @ self.Wv
        self.a = softmax(self.q @ self.k.T / np.sqrt(self.q.shape[1]))
        return self.a @ self.v

    def backward(self, dout):
        da, dv = dout @ self.v.T, self.a.T @ dout
        ds = self.a * (da - (da * self.a).sum(axis=1, keepdims=True)) / np.sqrt(self.q.shape[1])
        dq, dk = ds @ self.k, ds.T @ self.q
        self.grads = {"Wq": self.x.T @ dq, "Wk": self.x.T @ dk, "Wv": self.x.T @ dv}
        return dq @ self.Wq.T + dk @ self.Wk.T + dv @ self.Wv.T


class AttentionWrong(Attention):
    def backward(self, dout):
        dx = Attention.backward(self, dout)
        self.grads["Wk"] = self.grads["Wk"].T
        return dx


class MeanSquares:
    """A backward without arguments; the target is data."""

    def forward(self, prediction, target):
        self.error = prediction - target
        return np.mean(self.error**2)

    def backward(self):
        return 2 * self.error / self.error.size


class MeanSquaresWrong(MeanSquares):
    def backward(self):
        return 2 * self.error / len(self.error)


class ListWithWrongShape:
    """The backward returns (dx, [dW, db]), and db has another shape than b."""

    def __init__(self):
        self.W, self.b = np.random.randn(3, 2), np.zeros((1, 2))
        self.params = [self.W, self.b]

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        return dout @ self.W.T, [self.x.T @ dout, np.sum(dout, axis=0)]


class LastUse:
    """An embedding that keeps the gradient of the last use of a row."""

    def __init__(self):
        self.params, self.grads = [np.random.randn(4, 2)], [np.zeros((4, 2))]

    def forward(self, ids):
        self.ids = ids
        return self.params[0][ids]

    def backward(self, dout):
        self.grads[0][...] = 0
        self.grads[0][self.ids] = dout


class EveryUse(LastUse):
    def backward(self, dout):
        self.grads[0][...] = 0
        np.add.at(self.grads[0], self.ids, dout)
