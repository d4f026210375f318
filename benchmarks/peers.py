"""Run a graph in another library: `autograd_gradients` and `micrograd_gradients`, beside `engine_gradients`.

Each makes a function that computes the derivatives of the output with respect to every leaf that has one, as flat lists. The engine's graph is built
beforehand; autograd and micrograd build theirs in every call, as they are made to.

>>> from benchmarks.graphs import scalar_ladder
>>> graph, leaves = scalar_ladder(12)
>>> engine_gradients(graph, leaves)() == micrograd_gradients(graph, leaves)()
True
>>> micrograd_gradients(*scalar_ladder(4))
Traceback (most recent call last):
    ...
backproof.engine.errors.GraphError: l = 4 leaves in a graph of n = 4 vertices: L10 needs 0 ≤ l < n, since vertex n is a non-leaf, the output
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from backproof.engine import Graph, backward, forward, jacobians

Gradients: TypeAlias = Callable[[], list[float]]


def engine_gradients(graph: Graph, leaves: Sequence[Any], rebuild: bool = False) -> Gradients:
    """Forward pass, Jacobians, backward pass; with `rebuild` the graph is built and checked anew in every call."""

    def run() -> list[float]:
        own = Graph(graph.l, graph.vertices) if rebuild else graph
        p = backward(own, jacobians(own, forward(own, leaves)))
        return [entry for j in own.differentiable_leaves() for entry in p[j].reshape(-1).tolist()]

    return run


def autograd_gradients(graph: Graph, leaves: Sequence[Any]) -> Gradients:
    """The same graph written with autograd.numpy: one call of the function, one gradient with respect to all leaves. ValueError for a row it lacks."""
    import autograd
    import autograd.numpy

    anp: Any = autograd.numpy
    grad: Any = autograd.grad
    rows: dict[str, Callable[..., Any]] = {
        "add": lambda a, x, y: x + y,
        "subtract": lambda a, x, y: x - y,
        "multiply": lambda a, x, y: x * y,
        "negate": lambda a, x: -x,
        "tanh": lambda a, x: anp.tanh(x),
        "sin": lambda a, x: anp.sin(x),
        "relu": lambda a, x: anp.maximum(x, 0.0),
        "sum": lambda a, x: anp.sum(x),
        "affine": lambda a, W, x, b: anp.dot(W, x) + b,
        "weighted_sum": _autograd_weighted_sum,
        "log_softmax": lambda a, x: x - anp.log(anp.sum(anp.exp(x))),
        "pick": lambda a, x, y: x[y],
    }
    steps = _steps(graph, rows, "autograd")
    moving = [j - 1 for j in graph.differentiable_leaves()]
    values = [_leaf(graph, j, value) for j, value in enumerate(leaves, start=1)]

    def output(chosen: tuple[Any, ...]) -> Any:
        u: list[Any] = list(values)
        for place, value in zip(moving, chosen, strict=True):
            u[place] = value
        for row, attributes, operands in steps:
            u.append(row(attributes, *(u[j - 1] for j in operands)))
        return u[-1]

    slope = grad(output)
    chosen = tuple(values[place] for place in moving)
    return lambda: [entry for part in slope(chosen) for entry in np.asarray(part).reshape(-1).tolist()]


def micrograd_gradients(graph: Graph, leaves: Sequence[float]) -> Gradients:
    """The same graph of scalars with micrograd's Value. ValueError for a row it lacks."""
    from micrograd.engine import Value

    rows: dict[str, Callable[..., Any]] = {
        "add": lambda a, x, y: x + y,
        "subtract": lambda a, x, y: x - y,
        "multiply": lambda a, x, y: x * y,
        "negate": lambda a, x: -x,
        "square": lambda a, x: x**2,
        "relu": lambda a, x: x.relu(),
    }
    steps = _steps(graph, rows, "micrograd")

    def run() -> list[float]:
        u: list[Any] = [Value(value) for value in leaves]
        for row, attributes, operands in steps:
            u.append(row(attributes, *(u[j - 1] for j in operands)))
        u[-1].backward()
        return [float(value.grad) for value in u[: graph.l]]

    return run


def _steps(graph: Graph, rows: Mapping[str, Callable[..., Any]], library: str) -> list[tuple[Callable[..., Any], Any, tuple[int, ...]]]:
    """For each non-leaf the library's function, the attributes with their weights as arrays, and the operands."""
    steps: list[tuple[Callable[..., Any], Any, tuple[int, ...]]] = []
    for i in range(graph.l + 1, graph.n + 1):
        name = graph.row(i).name
        if name not in rows:
            raise ValueError(f"vertex {i} ({graph.name(i)!r}): {name} is not written for {library} here; written are: {', '.join(rows)}")
        attributes = {
            key: [np.array(weight) for weight in value] if key == "weights" else value for key, value in graph.attributes(i).items()
        }
        steps.append((rows[name], attributes, graph.operands(i)))
    return steps


def _leaf(graph: Graph, j: int, value: Any) -> Any:
    return int(value) if graph.is_discrete(j) else np.asarray(value, dtype=float).reshape(graph.shape(j))


def _autograd_weighted_sum(attributes: Mapping[str, Any], *operands: Any) -> Any:
    import autograd.numpy

    anp: Any = autograd.numpy
    total = anp.dot(attributes["weights"][0], operands[0])
    for weight, operand in zip(attributes["weights"][1:], operands[1:], strict=True):
        total = total + anp.dot(weight, operand)
    return total
