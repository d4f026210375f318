"""A home-made engine of scalars, as people write it to learn, tested on random graphs against the path sum: right, and with the mistake that everybody makes once.

Run it: `python examples/scalar_engine.py`. Each `Value` remembers what it was made of; `backward` goes through them in reverse. The wrong one sets the gradient of a value
where it should add to it, which shows only where a value is used twice.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from backproof.engine import Graph, forward, jacobians, leaf, vertex
from backproof.verify.blame import blame
from backproof.verify.path_sums import path_sum


class Value:
    """A number, its gradient, and how to pass the gradient on."""

    def __init__(self, data: float, parents: tuple[Value, ...] = (), slopes: tuple[float, ...] = ()) -> None:
        self.data, self.parents, self.slopes, self.grad = data, parents, slopes, 0.0

    def __add__(self, other: Value) -> Value:
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Value) -> Value:
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def tanh(self) -> Value:
        """tanh of the value."""
        t = math.tanh(self.data)
        return Value(t, (self,), (1 - t * t,))


def adding(parent: Value, amount: float) -> None:
    """Right: every use of a value adds to its gradient."""
    parent.grad += amount


def setting(parent: Value, amount: float) -> None:
    """Wrong where a value is used twice."""
    parent.grad = amount


def gradients(graph: Graph, leaves: list[float], pass_on: Callable[[Value, float], None]) -> dict[int, float]:
    """The engine on a graph of add, multiply and tanh: the gradient of every value."""
    values = {j: Value(x) for j, x in enumerate(leaves, start=1)}
    for i in range(graph.l + 1, graph.n + 1):
        operands = [values[j] for j in graph.operands(i)]
        name = graph.row(i).name
        values[i] = operands[0].tanh() if name == "tanh" else operands[0] * operands[1] if name == "multiply" else operands[0] + operands[1]
    values[graph.n].grad = 1.0
    for i in range(graph.n, graph.l, -1):
        for parent, slope in zip(values[i].parents, values[i].slopes, strict=True):
            pass_on(parent, values[i].grad * slope)
    return {i: value.grad for i, value in values.items()}


def random_graph(rng: np.random.Generator, size: int) -> Graph:
    """A random graph of add, multiply and tanh with two leaves, in which every vertex is used."""
    vertices = [leaf("x"), leaf("y")]
    while len(vertices) < size:
        last, other = len(vertices), int(rng.integers(1, len(vertices) + 1))
        name = str(rng.choice(["add", "multiply", "tanh"]))
        vertices.append(vertex(f"v{last + 1}", name, (last,) if name == "tanh" else (last, other)))
    return Graph(2, tuple(vertices))


def failures(pass_on: Callable[[Value, float], None], graphs: int = 200) -> int:
    """On how many random graphs a leaf's gradient is not the path sum."""
    rng = np.random.default_rng(0)
    wrong = 0
    for _ in range(graphs):
        graph = random_graph(rng, int(rng.integers(4, 8)))
        leaves = [float(x) for x in rng.uniform(0.5, 1.5, size=2)]
        found = gradients(graph, leaves, pass_on)
        D = jacobians(graph, forward(graph, leaves))
        right = {j: path_sum(graph, D, j, graph.n).value.item() for j in (1, 2)}
        wrong += any(abs(found[j] - right[j]) > 1e-12 * (1 + abs(right[j])) for j in right)
    return wrong


def diagnosis(pass_on: Callable[[Value, float], None]) -> str:
    """What blame says of the engine on the lecture's (x + y)·y, from the gradients of all values."""
    graph = Graph(2, (leaf("x"), leaf("y"), vertex("s", "add", (1, 2)), vertex("z", "multiply", (2, 3))))
    D = jacobians(graph, forward(graph, [3.0, 4.0]))
    found = gradients(graph, [3.0, 4.0], pass_on)
    return blame(graph, D, None, {i: np.array([[g]]) for i, g in found.items()}).sentence


def main() -> None:
    """Both engines."""
    print(f"adding:  {failures(adding)} of 200 graphs wrong")
    print(f"setting: {failures(setting)} of 200 graphs wrong")
    print(f"  on (x + y)·y: {diagnosis(setting)}")


if __name__ == "__main__":
    main()
