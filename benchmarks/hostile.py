"""Random graphs that are hostile to enclosures: every row of the function table, values from 5·10⁻³²⁴ to 1.8·10³⁰⁸, ties and neighbours, edges of domains, kinks, huge weights
and exponents, cancellation.

The generator is its own: of the verifier's it knows nothing, so that it draws what the verifier's own does not.

>>> graph, leaves = hostile_graph(0)
>>> graph.n > graph.l == len(leaves)
True
>>> hostile_graph(0)[0] == hostile_graph(0)[0], hostile_graph(0)[0] == hostile_graph(1)[0]
(True, False)
>>> Builder(np.random.default_rng(1)).add("sin", (9,))
Traceback (most recent call last):
    ...
IndexError: no vertex 9
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.engine import Graph, GraphError, leaf, vertex
from backproof.engine.vertices import Vertex

SHAPES = ((), (), (), (2,), (2,), (3,), (2, 2), (2, 3), (3, 2))
TINY, NORMAL, LARGE = 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308
EXPONENTS = (0, 0, 1, 2, 3, 5, -1, -2, 300, -30, 0.5, 1 / 3, 2.5, -0.5)
FEWEST, MOST = 2, 9  # vertices beside the leaves; chosen: short enough that most are defined

Shape = tuple[int, ...]


class Builder:
    """A graph that grows: vertices, and the shape of each. Rows that do not fit are tried and refused by the graph."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.rng = rng
        self.vertices: list[Vertex] = []
        self.leaves: list[Any] = []
        self.shapes: list[Shape] = []

    def pick(self, *items: Any) -> Any:
        """One of some things."""
        return items[int(self.rng.integers(len(items)))]

    def value(self) -> float:
        """A number, mostly an awkward one."""
        rng = self.rng
        kind = int(rng.integers(8))
        if kind == 0:
            return float(rng.choice([0.0, -0.0, 1.0, -1.0, 2.0, 0.5, TINY, -TINY, NORMAL, LARGE, -LARGE, 1e-300]))
        if kind == 1:
            return float(np.nextafter(rng.choice([0.0, 1.0, -1.0, 3.0]), rng.choice([-np.inf, np.inf])))
        if kind == 2:
            return float(rng.choice([-1, 1]) * 10.0 ** rng.uniform(-323, 308))
        if kind == 3 and self.leaves:  # a tie, or its neighbour
            old = float(np.asarray(self.pick(*self.leaves), dtype=float).reshape(-1)[0])
            return self.pick(old, -old, float(np.nextafter(old, 0.0)))
        return float(rng.normal() * 3) if kind < 7 else float(rng.integers(-3, 4))

    def filled(self, shape: Shape) -> Any:
        """An array of such numbers."""
        return np.array([self.value() for _ in range(math.prod(shape))]).reshape(shape)

    def leaf(self, shape: Shape, label: int | None = None) -> int:
        """One leaf more; a label if it is given."""
        self.leaves.append(self.filled(shape) if label is None else label)
        return self._take(leaf(f"x{len(self.vertices) + 1}", shape, discrete=label is not None), shape)

    def add(self, function: str, operands: tuple[int, ...], **attributes: Any) -> int:
        """One vertex more. GraphError if the row does not take these operands."""
        for i in operands:
            if not 0 < i <= len(self.vertices):
                raise IndexError(f"no vertex {i}")
        new = vertex(f"v{len(self.vertices) + 1}", function, operands, **attributes)
        graph = Graph(len(self.leaves), (*self.vertices, new))
        return self._take(new, graph.shape(graph.n))

    def _take(self, new: Vertex, shape: Shape) -> int:
        self.vertices.append(new)
        self.shapes.append(shape)
        return len(self.vertices)

    def one(self, *ranks: int) -> int:
        """A vertex with numbers, of one of these ranks where there is one; later ones rather than earlier ones."""
        able = [i for i, v in enumerate(self.vertices, start=1) if not v.discrete]
        able = [i for i in able if not ranks or len(self.shapes[i - 1]) in ranks] or able
        return able[-1] if self.rng.random() < 0.4 else int(self.rng.choice(able))

    def weight(self) -> float:
        """A weight of a constant matrix."""
        return self.pick(0.0, 1.0, -1.0, 1e200, 1e-200, self.value(), float(self.rng.normal()), float(self.rng.normal()))

    def weights(self, rows: int, i: int) -> list[list[float]]:
        """A constant matrix for a vertex."""
        return [[self.weight() for _ in range(math.prod(self.shapes[i - 1]))] for _ in range(rows)]


def _unary(name: str) -> Callable[[Builder], int]:
    return lambda b: b.add(name, (b.one(),))


def _binary(name: str) -> Callable[[Builder], int]:
    return lambda b: b.add(name, (b.one(), b.one()))


def _several(name: str) -> Callable[[Builder], int]:
    return lambda b: b.add(name, tuple(b.one() for _ in range(b.pick(2, 2, 3))))


def _reduction(name: str) -> Callable[[Builder], int]:
    return lambda b: b.add(name, (b.one(1, 2),), **b.pick({}, {"axis": 0}, {"axis": -1}))


def _power(b: Builder) -> int:
    return b.add("power", (b.one(), b.one())) if b.rng.random() < 0.2 else b.add("power", (b.one(),), exponent=b.pick(*EXPONENTS))


def _weighted_sum(b: Builder) -> int:
    operands = tuple(b.one() for _ in range(b.pick(1, 2)))
    rows = b.pick(1, 2)
    return b.add("weighted_sum", operands, weights=[b.weights(rows, i) for i in operands])


def _slice(b: Builder) -> int:
    return b.add("slice", (b.one(1, 2),), **b.pick({"start": 1}, {"stop": 1}, {"step": -1}, {"start": -1, "axis": -1}))


def _take(b: Builder) -> int:
    i = b.one()
    size = math.prod(b.shapes[i - 1])
    return b.add("take", (i,), indices=[int(k) for k in b.rng.integers(0, size, size=b.pick(1, 2, 3))])


def _reshape(b: Builder) -> int:
    i = b.one()
    shape = b.shapes[i - 1]
    return b.add("reshape", (i,), to=b.pick([math.prod(shape)], [*shape[::-1]], [1, *shape]))


def _broadcast(b: Builder) -> int:
    i = b.one(0, 1)
    return b.add("broadcast", (i,), to=[2, *b.shapes[i - 1]])


def _pick(b: Builder) -> int:
    i = b.one(1)
    labels = [k for k, v in enumerate(b.vertices, start=1) if v.discrete]
    return b.add("pick", (i, labels[0])) if labels and b.rng.random() < 0.5 else b.add("pick", (i,), index=b.pick(0, 1))


WAYS: dict[str, Callable[[Builder], int]] = {
    **{
        name: _unary(name)
        for name in (
            *("identity", "negate", "square", "reciprocal", "exp", "log", "tanh", "sigmoid", "softplus", "sin", "cos", "sqrt"),
            *("relu", "abs", "transpose"),
        )
    },
    **{name: _binary(name) for name in ("subtract", "divide")},
    **{name: _several(name) for name in ("add", "multiply", "maximum", "minimum")},
    **{name: _reduction(name) for name in ("sum", "mean", "logsumexp", "softmax", "log_softmax")},
    "where": lambda b: b.add("where", (b.one(), b.one(), b.one())),
    "power": _power,
    "affine": lambda b: b.add("affine", (b.one(2), b.one(1), b.one(1))),
    "matvec": lambda b: b.add("matvec", (b.one(2), b.one(1))),
    "matmul": lambda b: b.add("matmul", (b.one(2), b.one(2))),
    "dot": lambda b: b.add("dot", (b.one(1), b.one(1))),
    "weighted_sum": _weighted_sum,
    "concatenate": lambda b: b.add("concatenate", (b.one(1, 2), b.one(1, 2))),
    "slice": _slice,
    "take": _take,
    "reshape": _reshape,
    "broadcast": _broadcast,
    "pick": _pick,
    "constant": lambda b: b.add("constant", (), value=b.filled(b.pick(*SHAPES)).tolist()),
}
"""Every row of the function table, and how one more vertex of it is made."""


def hostile_graph(number: int, seed: int = 0) -> tuple[Graph, list[Any]]:
    """Graph `number` of a seed, and the values of its leaves."""
    b = Builder(np.random.default_rng([41, seed, number]))
    for _ in range(b.pick(1, 2, 2, 3)):
        b.leaf(b.pick(*SHAPES))
    if b.rng.random() < 0.1:
        b.leaf((), label=b.pick(0, 1))
    if b.rng.random() < 0.5:  # so that matrices meet vectors that fit
        b.leaf((2,))
        b.leaf((2, 2))
    names, wanted = [*WAYS], len(b.vertices) + int(b.rng.integers(FEWEST, MOST + 1))
    first = number % len(names)  # every row has its turn
    for turn in range(20 * MOST):
        if len(b.vertices) >= wanted:
            break
        try:
            WAYS[names[first] if turn < 20 and len(b.vertices) == len(b.leaves) else b.pick(*names)](b)
        except GraphError:
            continue
    return Graph(len(b.leaves), tuple(b.vertices)), b.leaves
