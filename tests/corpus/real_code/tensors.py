"""Small engines of people's own: scalars that remember their parents, tensors, contexts, tapes, dual numbers."""

import functools
import math
from collections import defaultdict

import numpy as np
from entry import gradient, normal, positive, vjp


class Value:
    def __init__(self, data, parents=(), op=""):
        self.data, self.grad, self._prev, self.op = data, 0.0, parents, op
        self._backward = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data + other.data, (self, other), "+")  # vertex

        def _backward():
            # fault assigned, not added | a | self.grad = out.grad
            self.grad += out.grad
            other.grad += out.grad

        out._backward = _backward
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Value) else Value(other)
        out = Value(self.data * other.data, (self, other), "*")  # vertex

        def _backward():
            self.grad += other.data * out.grad
            # fault wrong cache | b | other.grad += other.data * out.grad
            other.grad += self.data * out.grad

        out._backward = _backward
        return out

    def __pow__(self, k):
        out = Value(self.data**k, (self,), f"**{k}")  # vertex

        def _backward():
            # fault missing factor | x | self.grad += self.data ** (k - 1) * out.grad
            self.grad += k * self.data ** (k - 1) * out.grad

        out._backward = _backward
        return out

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __truediv__(self, other):
        # fault zero gradient | b | return self * Value(other.data**-1)
        return self * other**-1

    def tanh(self):
        t = np.tanh(self.data)  # vertex
        out = Value(t, (self,), "tanh")

        def _backward():
            # fault wrong function | x | self.grad += (1 - t) * out.grad
            self.grad += (1 - t**2) * out.grad

        out._backward = _backward
        return out

    def backward(self):
        topo, seen = [], set()

        def build(v):
            if v not in seen:
                seen.add(v)
                for p in v._prev:
                    build(p)
                topo.append(v)

        build(self)
        self.grad = 1.0
        # fault missing term | x | for v in (self, *self._prev):
        for v in reversed(topo):
            v._backward()


def grads_of(build):
    """The value and the gradient function of an expression in Values."""

    def grad(*args):
        leaves = [Value(a) for a in args]
        build(*leaves).backward()
        return tuple(v.grad for v in leaves)

    return functools.wraps(build)(lambda *args: build(*map(Value, args)).data), grad


class Tensor:
    def __init__(self, data, creators=(), rule=None):
        self.data, self.creators, self.rule, self.grad = np.asarray(data), creators, rule, None

    def backward(self, grad=None):
        grad = np.ones_like(self.data) if grad is None else grad
        self.grad = grad if self.grad is None else self.grad + grad
        if self.rule:
            for creator, part in zip(self.creators, self.rule(grad)):
                creator.backward(part)

    def __add__(self, other):
        def rule(g):
            # fault not summed | b | return g, g
            return g, sum_to(g, other.data.shape)

        return Tensor(self.data + other.data, (self, other), rule)

    def __matmul__(self, other):
        # fault not transposed | W | return Tensor(self.data @ other.data, (self, other), lambda g: (g @ other.data.T, g.T @ self.data))
        return Tensor(self.data @ other.data, (self, other), lambda g: (g @ other.data.T, self.data.T @ g))

    def __getitem__(self, idx):
        def rule(g):
            full = np.zeros_like(self.data)
            # fault repeated ids | x | full[idx] += g
            np.add.at(full, idx, g)
            return (full,)

        return Tensor(self.data[idx], (self,), rule)

    def sum(self, axis=None):
        # fault wrong axis | x | grow = (lambda g: np.expand_dims(g, 0)) if axis is not None else (lambda g: g)
        grow = (lambda g: np.expand_dims(g, axis)) if axis is not None else (lambda g: g)
        return Tensor(self.data.sum(axis), (self,), lambda g: (np.broadcast_to(grow(g), self.data.shape),))

    def sigmoid(self):
        y = 1 / (1 + np.exp(-self.data))  # vertex
        # fault cotangent not used | x | return Tensor(y, (self,), lambda g: (y * (1 - y),))
        return Tensor(y, (self,), lambda g: (g * y * (1 - y),))

    def reshape(self, *shape):
        # fault wrong slice | x | return Tensor(self.data.reshape(shape), (self,), lambda g: (g.T.reshape(self.data.shape),))
        return Tensor(self.data.reshape(shape), (self,), lambda g: (g.reshape(self.data.shape),))


def sum_to(g, shape):
    while g.ndim > len(shape):
        g = g.sum(axis=0)
    for axis, n in enumerate(shape):
        if n == 1:
            g = g.sum(axis=axis, keepdims=True)
    return g


def tensor_pair(build):
    @functools.wraps(build)
    def f(*arrays):
        return build(*map(Tensor, arrays)).data

    def back(args, out, ct):
        own = [Tensor(a) for a in args]
        build(*own).backward(ct)
        return tuple(t.grad for t in own)

    return f, back


class Function:
    """A function with a context, and a backward that is given it."""

    @classmethod
    def apply(cls, *xs):
        ctx = cls()
        return ctx.forward(*xs), ctx

    def save(self, *xs):
        self.saved = xs


class Divide(Function):
    def forward(self, a, b):
        self.save(a, b)
        return a / b  # vertex

    def backward(self, g):
        a, b = self.saved
        # fault wrong factor | b | return g / b, -g * a / b
        return g / b, -g * a / b**2


class Logarithm(Function):
    def forward(self, x):
        self.save(x)
        return np.log(x)

    def backward(self, g):
        (x,) = self.saved
        # fault overwrites cotangent | cotangent | g /= x
        g = g / x
        return g


def function_pair(cls):
    f = functools.wraps(functools.partial(cls.forward, None))(lambda *a: cls.apply(*a)[0])
    return f, (lambda args, out, ct: cls.apply(*args)[1].backward(ct))


def taped_norm(x, y):
    return np.hypot(x, y) * x  # vertex


def taped_norm_back(args, out, ct):
    """A tape of (result, [(operand, slope)]), swept backwards."""
    x, y = args
    r = np.hypot(x, y)
    safe = np.where(r > 0, r, 1.0)
    # fault missing term | x | tape = [("z", [("r", x)]), ("r", [("x", x / safe), ("y", y / safe)])]
    tape = [("z", [("r", x), ("x", r)]), ("r", [("x", x / safe), ("y", y / safe)])]
    adjoint = defaultdict(float, z=ct)
    for result, uses in tape:
        for name, slope in uses:
            adjoint[name] = adjoint[name] + adjoint[result] * slope
    return adjoint["x"], adjoint["y"]


class Dual:
    def __init__(self, v, d=0.0):
        self.v, self.d = v, d

    def __mul__(self, o):
        # fault missing term | x | return Dual(self.v * o.v, self.d * o.v)
        return Dual(self.v * o.v, self.d * o.v + self.v * o.d)

    def exp(self):
        return Dual(math.exp(self.v), math.exp(self.v) * self.d)


def bump(x):
    return np.sum(x * x * np.exp(x))


def bump_grad(x):
    found = []
    for value in x:
        t = Dual(float(value), 1.0)
        found.append((t * t * t.exp()).d)
    return np.array(found)


S = [np.array(v) for v in (0.7, -1.3, 0.4)]
diamond = grads_of(lambda a, b: (a + b) * a)
product = grads_of(lambda a, b: a * b * b)
cube = grads_of(lambda x: x**3)
quotient = grads_of(lambda a, b: a - b / a)
neuron = grads_of(lambda x, w, b: (x * w + b).tanh())
deep = grads_of(lambda x: ((x * x).tanh() + x) * (x + 1.0))
rows = np.array([0, 2, 2])

ENTRIES = [
    gradient("scalar sum that is used twice", *diamond, S[0], S[1]),
    gradient("scalar product", *product, S[0], S[1]),
    gradient("scalar power", *cube, S[0]),
    gradient("scalar difference and quotient", *quotient, S[0], S[1]),
    gradient("neuron of scalars", *neuron, *S),
    gradient("topological order", *deep, S[0]),
    vjp("tensor sum that broadcasts", *tensor_pair(lambda a, b: a + b), normal(0, 3, 2), normal(1, 1, 2)),
    vjp("tensor product", *tensor_pair(lambda x, W: x @ W), normal(2, 3, 3), normal(3, 3, 3)),
    vjp("rows of a tensor", *tensor_pair(lambda x: x[rows]), normal(4, 3, 2)),
    vjp("sum of a tensor", *tensor_pair(lambda x: x.sum(1)), normal(5, 3, 3)),
    vjp("sigmoid of a tensor", *tensor_pair(lambda x: x.sigmoid()), normal(6, 4)),
    vjp("reshaped tensor", *tensor_pair(lambda x: x.reshape(3, 2)), normal(7, 2, 3)),
    vjp("division with a context", *function_pair(Divide), normal(8, 4), positive(9, 4)),
    vjp("logarithm with a context", *function_pair(Logarithm), positive(10, 4), shows="cotangent"),
    vjp("a tape of slopes", taped_norm, taped_norm_back, normal(11, 3), normal(12, 3)),
    gradient("dual numbers", bump, bump_grad, normal(13, 3)),
]  # fmt: skip
