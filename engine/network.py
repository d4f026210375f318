"""The network that motivates the lecture, as a graph (L5, L6), and simple stochastic gradient descent on it (L9).

`network(d, m, K)` is z = Wx + b, h = g(z), l = Vh + γ, q = LS(l), o = −q_y: log-linear classification on learned
features, whose output is the loss −log p(y | x). `sgd` is the lecture's algorithm, one example at a time, with the
gradients of the engine's own backward pass.

>>> graph = network(d=3, m=2, K=4)
>>> [graph.name(i) for i in range(1, graph.n + 1)]
['W', 'x', 'b', 'V', 'γ', 'y', 'z', 'h', 'l', 'q', 'q_y', 'o']
>>> at_zero = Parameters(np.zeros((2, 3)), np.zeros(2), np.zeros((4, 2)), np.zeros(4))
>>> bool(np.isclose(loss(graph, at_zero, [1.0, 2.0, 3.0], 0), np.log(4)))
True
>>> network(3, 2, 4, transfer="dot")
Traceback (most recent call last):
    ...
ValueError: transfer function 'dot': it must take one operand and keep its shape, as tanh, sigmoid or relu do
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backproof.engine.functions import look_up
from backproof.engine.graph import Graph
from backproof.engine.passes import Values, backward, forward, jacobians
from backproof.engine.vertices import leaf, vertex

Floats = NDArray[np.float64]

W, X, B, V, GAMMA, Y = 1, 2, 3, 4, 5, 6  # the vertices of `network`, in the order of L6: its leaves,
Q = 10  # and the logarithms of the probabilities


@dataclass(frozen=True)
class Parameters:
    """θ = (W, b) and (v, γ): W is m × d, b has m entries, V is K × m (row y is v(y)), gamma has K entries."""

    W: Floats
    b: Floats
    V: Floats
    gamma: Floats


@dataclass(frozen=True)
class SGDStep:
    """One step t of SGD: the example it picked, the loss before the update, and the parameters after it."""

    t: int
    example: int
    loss: float
    parameters: Parameters


def network(d: int, m: int, K: int, transfer: str = "tanh") -> Graph:
    """The graph of L6 for inputs of d entries, m hidden units and K labels; `transfer` is g, any row of the table that
    keeps the shape.

    Leaves W, x, b, V, γ, y in the lecture's order; y is discrete. ValueError if `transfer` is not such a row.
    """
    row = look_up(transfer)
    try:
        graph_shape = row.shape({}, [(m,)])
    except (ValueError, KeyError, IndexError):
        graph_shape = None
    if row.fewest > 1 or row.required or graph_shape != (m,):
        raise ValueError(f"transfer function {transfer!r}: it must take one operand and keep its shape, as tanh, sigmoid or relu do")
    return Graph(
        l=6,
        vertices=(
            leaf("W", (m, d)),
            leaf("x", (d,)),
            leaf("b", (m,)),
            leaf("V", (K, m)),
            leaf("γ", (K,)),
            leaf("y", discrete=True),
            vertex("z", "affine", (W, X, B)),
            vertex("h", transfer, (7,)),
            vertex("l", "affine", (V, 8, GAMMA)),
            vertex("q", "log_softmax", (9,)),
            vertex("q_y", "pick", (Q, Y)),
            vertex("o", "negate", (11,)),
        ),
    )


def random_parameters(d: int, m: int, K: int, rng: np.random.Generator) -> Parameters:
    """Weights of size 1/√(number of inputs), biases 0.

    >>> random_parameters(3, 2, 4, np.random.default_rng(0)).V.shape
    (4, 2)
    """
    return Parameters(rng.normal(size=(m, d)) / np.sqrt(d), np.zeros(m), rng.normal(size=(K, m)) / np.sqrt(m), np.zeros(K))


def leaf_values(parameters: Parameters, x: Any, y: int) -> list[Any]:
    """The leaf values of the graph, in its order."""
    return [parameters.W, x, parameters.b, parameters.V, parameters.gamma, y]


def loss(graph: Graph, parameters: Parameters, x: Any, y: int) -> float:
    """L(θ, v) = −log p(y | x; θ, v) (L5)."""
    return float(forward(graph, leaf_values(parameters, x, y))[graph.n][0])


def gradients(graph: Graph, parameters: Parameters, x: Any, y: int) -> tuple[float, Parameters]:
    """The loss, and its derivatives with respect to W, b, V and γ in their shapes, by one forward and one backward
    pass."""
    u = forward(graph, leaf_values(parameters, x, y))
    p = backward(graph, jacobians(graph, u))
    return float(u[graph.n][0]), Parameters(*(p[i].reshape(graph.shape(i)) for i in (W, B, V, GAMMA)))


def sgd(
    graph: Graph,
    parameters: Parameters,
    examples: Floats,
    labels: Sequence[int],
    steps: int,
    rate: float | Callable[[int], float],
    rng: np.random.Generator,
) -> Iterator[SGDStep]:
    """Simple stochastic gradient descent (L9), step by step, so that the loss can be watched.

    For t = 1 … `steps`: pick i uniformly; for every parameter, θ ← θ − η_t dL/dθ with L = −log p(y_i | x_i). `rate` is
    η or a function of t.

    As in every generator, errors come with the first step: ValueError if examples and labels do not match, `steps` is
    negative or a rate is not a finite number; GraphError if an example does not fit the graph, DomainError if a label
    is not one of 0 … K−1.

    >>> start = Parameters(np.zeros((2, 3)), np.zeros(2), np.zeros((4, 2)), np.zeros(4))
    >>> first = next(sgd(network(3, 2, 4), start, np.ones((1, 3)), [1], steps=1, rate=0.5, rng=np.random.default_rng(0)))
    >>> first.parameters.gamma
    array([-0.125,  0.375, -0.125, -0.125])
    >>> next(sgd(network(3, 2, 4), start, np.ones((1, 3)), [1, 2], steps=1, rate=0.5, rng=np.random.default_rng(0)))
    Traceback (most recent call last):
        ...
    ValueError: every example needs a label: found 1 examples and 2 labels
    """
    _check_labelled(examples, labels)
    if steps < 0:
        raise ValueError(f"SGD takes a number of steps that is 0 or more, found {steps}")
    for t in range(1, steps + 1):
        i = int(rng.integers(len(labels)))
        eta = rate(t) if callable(rate) else rate
        if not math.isfinite(eta):
            raise ValueError(f"step {t} of SGD: the rate η_t must be a finite number, found {eta}")
        value, slope = gradients(graph, parameters, examples[i], labels[i])
        parameters = Parameters(
            parameters.W - eta * slope.W, parameters.b - eta * slope.b, parameters.V - eta * slope.V, parameters.gamma - eta * slope.gamma
        )
        yield SGDStep(t, i, value, parameters)


def log_probabilities(graph: Graph, parameters: Parameters, x: Any) -> Floats:
    """log p(y | x) for every label y: the vertex q."""
    u: Values = forward(graph, leaf_values(parameters, x, 0))
    return u[Q]


def predict(graph: Graph, parameters: Parameters, x: Any) -> int:
    """The most probable label of x: the first of them where several are equally probable.

    >>> predict(network(3, 2, 4), Parameters(np.zeros((2, 3)), np.zeros(2), np.zeros((4, 2)), np.array([0, 1, 3, 2])), [1, 2, 3])
    2
    """
    return int(np.argmax(log_probabilities(graph, parameters, x)))


def accuracy(graph: Graph, parameters: Parameters, examples: Floats, labels: Sequence[int]) -> float:
    """The share of examples whose most probable label is the right one. ValueError if examples and labels do not
    match."""
    _check_labelled(examples, labels)
    right = sum(predict(graph, parameters, x) == y for x, y in zip(examples, labels, strict=True))
    return right / len(labels)


def _check_labelled(examples: Floats, labels: Sequence[int]) -> None:
    if len(examples) != len(labels):
        raise ValueError(f"every example needs a label: found {len(examples)} examples and {len(labels)} labels")
    if len(labels) == 0:
        raise ValueError("found no examples; give at least one, with its label")
