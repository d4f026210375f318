"""What could not be followed in other people's code: classes, buffers, libraries."""

from __future__ import annotations

import numpy as np
from public import seeded, sigmoid, wild

E = "E isinstance(lifted, Base) is False"


class Layer:
    pass


class Logistic(Layer):
    def forward(self, x):
        self.y = sigmoid(x)
        return self.y

    def backward(self, d):
        return d * self.y * (1 - self.y)


def run_layers(x):
    for layer in (Logistic(), Logistic()):
        if not isinstance(layer, Layer):
            raise TypeError(f"not a layer: {layer}")
        x = layer.forward(x)
    return x


def run_layers_back(args, out, ct):
    first, second = Logistic(), Logistic()
    second.forward(first.forward(args[0]))
    return (first.backward(second.backward(ct)),)


wild(
    "a loop over layers that asserts isinstance(layer, Layer)",
    E,
    run_layers,
    run_layers_back,
    (np.array([0.3, -1.0]),),
    "certified",
    "the lifted subclass derives from the subclass, the lifted base from the base: siblings. 117 of 131 functions of one framework go opaque for this alone",
)


F = "F super(Class, self)"


class Named:
    def __init__(self):
        self.name = "layer"


class Scaled(Named):
    def __init__(self, alpha):
        super(Scaled, self).__init__()
        self.alpha = alpha

    def forward(self, x):
        self.x = x
        return self.alpha * x**2

    def backward(self, d):
        return 2 * self.alpha * self.x * d


def scaled(x):
    return Scaled(3.0).forward(x)


def scaled_back(args, out, ct):
    layer = Scaled(3.0)
    layer.forward(args[0])
    return (layer.backward(ct),)


wild(
    "super(Scaled, self).__init__() of a base without arguments",
    F,
    scaled,
    scaled_back,
    (np.array([0.3, -1.0]),),
    "certified",
    "the global name is the derived lifted class, so super() lands on the original class: 'missing 1 required positional argument'. super() passes",
)


G = "G buffers of other origin"


def columns(x):
    out = np.ndarray((2, x.size), dtype=x.dtype)
    out[0] = x
    out[1] = x**2
    return out


def columns_back(args, out, ct):
    return (ct[0] + 2 * args[0] * ct[1],)


wild(
    "np.ndarray(shape, dtype) as a buffer",
    G,
    columns,
    columns_back,
    (np.array([0.5, 2.0]),),
    "certified",
    "the usual im2col of one book; np.empty passes, np.ndarray(...) goes opaque, and the hint 'use the NumPy function' does not help",
)


def overwritten_parameters(x, w):
    weights = np.random.default_rng(0).normal(size=(2, 2))  # what a constructor does
    weights[...] = w  # what a test or `set_params` does
    return np.tanh(x @ weights)


def overwritten_parameters_back(args, out, ct):
    x, w = args
    d = ct * (1 - np.tanh(x @ w) ** 2)
    return d @ w.T, x.T @ d


wild(
    "random initial parameters overwritten in place",
    G,
    overwritten_parameters,
    overwritten_parameters_back,
    (seeded(0).normal(size=(3, 2)), seeded(1).normal(size=(2, 2))),
    "certified",
    "layer = Layer(); layer.params[0][...] = w is the only way into many frameworks (params shared by reference); arrays from np.random are plain, so it goes opaque",
)


def flattened_copy(x):
    y = np.ascontiguousarray(x.T)
    y.shape = (-1,)
    return y**2


def flattened_copy_back(args, out, ct):
    return (2 * args[0] * ct.reshape(args[0].T.shape).T,)


wild(
    "np.ascontiguousarray(...), then y.shape = ...",
    G,
    flattened_copy,
    flattened_copy_back,
    (np.arange(1.0, 7.0).reshape(2, 3),),
    "certified",
    "the fast convolution of the course (as_strided, ascontiguousarray, .shape =); the lifted copy keeps the strides: 'Incompatible shape for in-place modification'",
)


H = "H array == None"

TARGETS = np.array([[0.0, 1.0], [1.0, 0.0]])


def ignoring(p, ignore=None):
    return np.where(TARGETS == ignore, 0.0, -TARGETS * np.log(p))


def ignoring_back(args, out, ct):
    return (ct * np.where(TARGETS == None, 0.0, -TARGETS / args[0]),)  # noqa: E711


wild(
    "targets == ignore_index, which is None",
    H,
    ignoring,
    ignoring_back,
    (np.array([[0.2, 0.8], [0.6, 0.4]]),),
    "certified",
    "elementwise False in NumPy; 'a value of type NoneType (None) among lifted numbers' and opaque",
)


P = "P without a rule"


def correlate_layer(x, k):
    from scipy.signal import correlate2d

    return correlate2d(x, k, mode="valid")


def correlate_layer_back(args, out, ct):
    from scipy.signal import convolve2d, correlate2d

    x, k = args
    return convolve2d(ct, k, mode="full"), correlate2d(x, ct, mode="valid")


wild(
    "scipy.signal.correlate2d",
    P,
    correlate_layer,
    correlate_layer_back,
    (seeded(0).normal(size=(4, 5)), seeded(1).normal(size=(2, 3))),
    "certified",
    "the convolution of most tutorials (correlate, correlate2d, convolve, convolve2d; scipy.ndimage.convolve1d too)",
)


def scaled_view(x):
    return x.view() * 2.0


wild(
    "x.view()",
    P,
    scaled_view,
    lambda args, out, ct: (2.0 * ct,),
    (seeded(0).normal(size=(2, 3)),),
    "certified",
    "without arguments it is x itself; the same for np.matrix(x), and np.nditer(x) goes opaque too",
)
