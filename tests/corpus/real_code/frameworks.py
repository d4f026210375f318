"""Layers of home-made frameworks: base classes, registries, properties, slots, dataclasses, closures, modes, buffers."""

from collections import namedtuple
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from entry import layer, normal, positive, vjp


class Module:
    registry: dict[str, type] = {}

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        Module.registry[cls.__name__.lower()] = cls

    def __init__(self):
        self.training, self.ctx = True, {}

    def __call__(self, x):
        self.ctx.clear()
        return self.forward(x)


class Square(Module):
    def forward(self, x):
        self.ctx["x"] = x
        return x**2  # vertex

    def backward(self, g):
        # fault missing factor | x | return self.ctx["x"] * g
        return 2 * self.ctx["x"] * g


class Scale(Module):
    def __init__(self, factor):
        super(Scale, self).__init__()
        self.factor = factor

    def forward(self, x):
        self.ctx["x"] = x
        return self.factor * x  # vertex

    def backward(self, g):
        # fault not summed | factor | self.dfactor = g * self.ctx["x"]
        self.dfactor = np.sum(g * self.ctx["x"])
        return self.factor * g


class Chain(Module):
    """Layers by their names in the registry."""

    def __init__(self, *names):
        super().__init__()
        self.parts = [Module.registry[name]() for name in names]

    def forward(self, x):
        for part in self.parts:
            assert isinstance(part, Module)
            x = part(x)  # vertex
        return x

    def backward(self, g):
        # fault wrong slice | x | for part in self.parts:
        for part in self.parts[::-1]:
            g = part.backward(g)
        return g


class Running(Module):
    def forward(self, x):
        return np.cumsum(x)

    def backward(self, g):
        return np.cumsum(g[::-1])[::-1]


class Slotted:
    __slots__ = ("x", "y")

    def forward(self, x):
        self.x, self.y = x, np.exp(-(x**2))  # vertex
        return self.y

    def backward(self, g):
        # fault missing factor | x | return -self.x * self.y * g
        return -2 * self.x * self.y * g


@dataclass
class Rational:
    p: Any
    q: Any
    grads: dict[str, Any] = field(default_factory=dict)

    def forward(self, x):
        self.x = x
        self.den = 1 + self.q * x**2  # vertex
        return self.p * x / self.den

    def backward(self, g):
        x, den = self.x, self.den
        self.grads["p"] = np.sum(g * x / den)
        # fault sign | q | self.grads["q"] = np.sum(g * self.p * x**3 / den**2)
        self.grads["q"] = -np.sum(g * self.p * x**3 / den**2)
        return g * self.p * (den - 2 * self.q * x**2) / den**2


class Lazy:
    """The output is a property that is computed when it is asked for."""

    def forward(self, x):
        self.x = x
        return self.output

    @property
    def output(self):
        return np.log1p(np.exp(self.x))  # vertex

    def backward(self, g):
        # fault wrong function | x | return g * (1 - np.exp(self.output))
        return g * (1 - np.exp(-self.output))


Cache = namedtuple("Cache", "x w z")


class Gated:
    def __init__(self, w):
        self.w = w

    def forward(self, x):
        z = np.tanh(x @ self.w)
        self.cache = Cache(x, self.w, z)
        return x * z  # vertex

    def backward(self, g):
        c = self.cache
        dz = g * c.x * (1 - c.z**2)
        self.dw = c.x.T @ dz
        # fault missing term | x | return dz @ c.w.T
        return g * c.z + dz @ c.w.T


class Dropout:
    def __init__(self, keep=0.5, seed=3):
        self.keep, self.rng, self.training = keep, np.random.default_rng(seed), True

    def forward(self, x):
        self.mask = self.rng.random(x.shape) < self.keep if self.training else np.ones(x.shape, bool)
        return x * self.mask / (self.keep if self.training else 1)  # vertex

    def backward(self, g):
        # fault wrong mask | x | return g * (self.rng.random(g.shape) < self.keep) / self.keep
        return g * self.mask / (self.keep if self.training else 1)


class Evaluated(Dropout):
    def __init__(self):
        super().__init__(keep=0.8)
        self.training = False

    def backward(self, g):
        # fault mode | x | return g * self.mask / self.keep
        return super().backward(g)


class Buffered:
    """The gradient is written into a buffer that the layer owns, and a copy handed out."""

    def forward(self, x):
        self.x = x
        self.buffer = np.empty_like(x)
        return np.sqrt(1 + x**2)

    def backward(self, g):
        np.divide(self.x, np.sqrt(1 + self.x**2), out=self.buffer)
        # fault overwrites cotangent | cotangent | g *= self.buffer
        g = g * self.buffer
        return g.copy()


class Remembered:
    def __init__(self, w):
        self.w, self.x = w, None

    def forward(self, x):
        # fault stale state | w | self.x = x if self.x is None else self.x
        self.x = x
        return self.w * x

    def backward(self, g):
        self.dw = np.sum(g * self.x, axis=0)
        return self.w * g


class Popped:
    """Caches on a stack, so that a layer can be used several times."""

    def __init__(self):
        self.stack = []

    def forward(self, x):
        once = x**3  # vertex
        self.stack += [x, once]
        return once**3

    def backward(self, g):
        second, first = self.stack.pop(), self.stack.pop()
        # fault wrong cache | x | return 9 * g * first**2 * first**2
        return 9 * g * second**2 * first**2


class Flatten:
    def forward(self, x):
        self.shape = x.shape
        return x.reshape(len(x), -1) if x.flags.c_contiguous else np.ascontiguousarray(x).reshape(len(x), -1)  # vertex

    def backward(self, g):
        # fault wrong axis | x | return g.reshape(self.shape, order="F")
        return g.reshape(self.shape)


class Transposed:
    def __init__(self, axes):
        self.axes = axes

    def forward(self, x):
        return x.transpose(self.axes)  # vertex

    def backward(self, g):
        # fault wrong axis | x | return g.transpose(self.axes)
        return g.transpose(np.argsort(self.axes))


class Single:
    """Computes in single precision nowhere; a slip that is often made is to do it in the backward."""

    def forward(self, x):
        self.y = np.arctan(x)
        self.x = x
        return self.y

    def backward(self, g):
        # fault down-cast | x | return (g / (1 + self.x**2)).astype(np.float32).astype(float)
        return (g / (1 + self.x**2)).astype(self.x.dtype)


def compose(*pairs):
    """Pairs of a function and its pull-back maker, composed."""

    def f(x):
        for forward, _ in pairs:
            x = forward(x)
        return x

    def back(args, out, ct):
        x, pulls = args[0], []
        for forward, pull in pairs:
            pulls.append(pull(x))
            x = forward(x)
        for pull in reversed(pulls):
            ct = pull(ct)
        return ct

    return f, back


# fault wrong cache | x | PAIRS = [(np.sinh, lambda x: lambda g: g * np.cosh(np.sinh(x))), (np.cbrt, lambda x: lambda g: g / (3 * np.cbrt(x) ** 2))]
PAIRS = [(np.sinh, lambda x: lambda g: g * np.cosh(x)), (np.cbrt, lambda x: lambda g: g / (3 * np.cbrt(x) ** 2))]

ENTRIES = [
    layer("module that clears its context", Square, normal(2, 4), methods=("__call__", "backward")),
    layer("module with the long super", lambda: Scale(np.array(1.7)), normal(3, 3, 2), parameters={"factor": "dfactor"}),
    layer("chain by names of a registry", lambda: Chain("square", "running", "square"), normal(4, 4)),
    layer("slots", Slotted, normal(5, 4)),
    layer("dataclass", lambda: Rational(np.array(1.2), np.array(0.7)), normal(6, 5), parameters={"p": "grads['p']", "q": "grads['q']"}),
    layer("property", Lazy, normal(7, 4)),
    layer("named tuple", lambda: Gated(normal(8, 3, 3)), normal(9, 2, 3), parameters={"w": "dw"}),
    layer("dropout with a generator", Dropout, normal(10, 4, 3)),
    layer("dropout in evaluation", Evaluated, normal(11, 3, 3)),
    layer("buffer of a layer", Buffered, normal(12, 4), shows="cotangent"),
    layer("what it remembers", lambda: Remembered(normal(13, 3)), normal(14, 2, 3), parameters={"w": "dw"}, shows="again"),
    layer("stack of caches", Popped, normal(15, 4)),
    layer("flatten", Flatten, normal(18, 2, 2, 3, 2)),
    layer("axes exchanged", lambda: Transposed((2, 0, 1)), normal(19, 3, 3, 3)),
    layer("dtype of the argument", Single, normal(21, 5), shows="dtype", accuracy=1e-6),
    vjp("composition of pairs", *compose(*PAIRS), positive(22, 4)),
]  # fmt: skip
