"""Random cases of what other random graphs seldom or never have: operands that are broadcast and no scalars, a `where`
whose condition is a constant, a vertex outside of its domain that others read.

Every twenty-fifth random case of a campaign is one (`is_corner`), and each aims at a cell of its own in the coverage
tables (`CORNERS`), in turn. A case outside of its domain is of the group `outside`: nothing has a derivative there, and
what is checked is that every route says so at the same vertices (`verify.three_way.outside`).

>>> [index for index in range(100) if is_corner(index)]
[12, 37, 62, 87]
>>> case = corner_case(seed=0, index=12)
>>> [cell.name for cell in corners_of(case)]
['add, broadcast operands: an axis less']
>>> corner_case(seed=0, index=13)
Traceback (most recent call last):
    ...
ValueError: random case 13 is no corner; every 25th is, from 12 on
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from backproof.engine import FLOAT64, DomainError, Graph, Vertex, forward, leaf, vertex
from backproof.engine.functions.row import Shape
from backproof.verify.cases.case import Case, float_leaves, make_case
from backproof.verify.cases.choices import Choices, seeded

EVERY, FIRST = 25, 12  # one of so many random cases, from which on; chosen: as many as are large, and half way between them
STREAM = 12  # of the random numbers of these cases, apart from those of the others
OUTSIDE = "outside"  # the group of the cases at which nothing has a derivative

BROADCAST, CONDITION, DOMAIN = "broadcast operands", "constant condition", "outside its domain"
SEVERAL = ("add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "where")
LESS, ONE = "an axis less", "an axis of 1"
CONDITIONS = {"always true": 1, "always false": -1, "0": 0}
READ = "and read by others"
EDGED = ("log", "sqrt", "power", "reciprocal", "divide")
READERS = (
    "power",
    "where",
    "multiply",
    "take",
    "slice",
)  # what makes something finite of what is not: x⁰, the other branch, times 0, other entries
SHAPES: dict[str, tuple[tuple[Shape, Shape], ...]] = {
    LESS: (((2,), (3, 2)), ((3,), (2, 3)), ((2, 1), (2, 2, 1))),
    ONE: (((1,), (3,)), ((2, 1), (2, 3)), ((1, 2), (2, 2)), ((3, 1), (1, 2))),
}


class Cell(NamedTuple):
    """One subject at one value of one axis."""

    subject: str
    axis: str
    value: str

    @property
    def name(self) -> str:
        """How the summary names it."""
        return f"{self.subject}, {self.axis}: {self.value}"


CORNERS = (
    *(Cell(name, BROADCAST, value) for value in (LESS, ONE) for name in SEVERAL),
    *(Cell("where", CONDITION, value) for value in CONDITIONS),
    *(Cell(name, DOMAIN, READ) for name in EDGED),
)
ORDER = (
    *CORNERS[: 2 * len(SEVERAL) : len(SEVERAL)],
    *CORNERS[2 * len(SEVERAL) :],
    *(c for k, c in enumerate(CORNERS[: 2 * len(SEVERAL)]) if k % len(SEVERAL)),
)
"""In which they take turns: one of each kind is among the first ten."""


def is_corner(index: int) -> bool:
    """Whether random case number `index` of a campaign is one of these."""
    return index % EVERY == FIRST


def corner_case(seed: int, index: int) -> Case:
    """Random case number `index` of a seed, for a number of a corner; ValueError for any other."""
    if not is_corner(index):
        raise ValueError(f"random case {index} is no corner; every {EVERY}th is, from {FIRST} on")
    choices = seeded(np.random.default_rng([seed, index, STREAM]))
    cell = ORDER[index // EVERY % len(ORDER)]
    if cell.axis == BROADCAST:
        return _broadcast(choices, cell, f"random {index}")
    return (_condition if cell.axis == CONDITION else _outside)(choices, cell, f"random {index}")


def _broadcast(choices: Choices, cell: Cell, name: str) -> Case:
    """x ∘ y with two shapes, and what is made of it; the values are apart, so that no maximum ties."""
    small, large = choices.pick(SHAPES[cell.value])
    first, second = (small, large) if choices.chance(50) else (large, small)
    leaves, operands, shapes = [leaf("x", first), leaf("y", second)], [1, 2], [first, second]
    if cell.subject == "where":
        leaves.append(leaf("c", choices.pick((small, large))))
        operands, shapes = [3, 1, 2], [*shapes, leaves[2].shape or ()]
    values = [_numbers(choices, shape, low) for shape, low in zip(shapes, (16, 144, 16), strict=False)]
    if cell.subject == "where":
        values[2] = [value * choices.pick((1, -1)) for value in values[2]]
    return _finished(choices, leaves, vertex("b", cell.subject, operands), values, name, "random")


def _condition(choices: Choices, cell: Cell, name: str) -> Case:
    """A `where` that takes the same branch whatever the leaves are."""
    shape = choices.pick(((), (2,), (3,)))
    constant = np.full(shape, CONDITIONS[cell.value] * choices.pick((1.0, 0.25, 2.0))).tolist()
    leaves = [leaf("x", shape), leaf("y", shape)]
    values = [_numbers(choices, shape, 16), _numbers(choices, shape, 144)]
    return _finished(choices, leaves, (vertex("c", "constant", value=constant), vertex("b", "where", (3, 1, 2))), values, name, "random")


def _outside(choices: Choices, cell: Cell, name: str) -> Case:
    """A vertex outside of its domain; what reads it would make a finite value of it, and others do not read it."""
    shape = choices.pick(((2,), (3,)))
    at_zero = cell.subject in ("reciprocal", "divide")
    low: list[Any] = _numbers(choices, shape, 16)
    low[choices.integer(0, len(low) - 1)] = Fraction(0) if at_zero else -low[0]
    attributes: dict[str, Any] = {"exponent": 0.5} if cell.subject == "power" else {}
    broken = vertex("d", cell.subject, (2, 1) if cell.subject == "divide" else (1,), **attributes)
    reader = {
        "power": vertex("r", "power", (3,), exponent=0),
        "where": vertex("r", "where", (2, 2, 3)),
        "multiply": vertex("r", "multiply", (3, 4)),
        "take": vertex("r", "take", (3,), indices=(0,)),
        "slice": vertex("r", "slice", (3,), start=0, stop=1),
    }[choices.pick(READERS)]
    aside = vertex("a", "negate", (2,))
    end = vertex("o", "sum", (5,))
    graph = Graph(2, (leaf("x", shape), leaf("y", shape), broken, aside, reader, end))
    return make_case(name, OUTSIDE, graph, [low, _numbers(choices, shape, 144)])


def _finished(
    choices: Choices, leaves: list[Vertex], body: Vertex | tuple[Vertex, ...], values: list[list[Fraction]], name: str, group: str
) -> Case:
    """The graph with a square and a sum after the last vertex, each sometimes; as floats where the functions ask for
    them."""
    vertices = [*leaves, *((body,) if isinstance(body, Vertex) else body)]
    if choices.chance(60):
        vertices.append(vertex("s", "square", (len(vertices),)))
    if choices.chance(60):
        vertices.append(vertex("o", "sum", (len(vertices),)))
    return make_case(name, group, Graph(len(leaves), tuple(vertices)), values)


def _numbers(choices: Choices, shape: Shape, low: int) -> list[Fraction]:
    """Of low/64 up to low/64 + 1."""
    return [Fraction(choices.integer(low, low + 64), 64) for _ in range(math.prod(shape))]


def corners_of(case: Case) -> list[Cell]:
    """The cells of `CORNERS` that a case fills."""
    graph, found = case.graph, set[Cell]()
    for i in range(graph.l + 1, graph.n + 1):
        row, shapes = graph.row(i), [graph.shape(j) for j in graph.operands(i)]
        if row.partial is not None and len(shapes) > 1:
            small = [shape for shape in shapes if shape not in ((), graph.shape(i))]
            found |= {Cell(row.name, BROADCAST, LESS if len(shape) < len(graph.shape(i)) else ONE) for shape in small}
        if row.name == "where" and graph.vertices[graph.operands(i)[0] - 1].function == "constant":
            signs = set(np.sign(np.asarray(graph.attributes(graph.operands(i)[0])["value"], dtype=float)).reshape(-1).tolist())
            found |= {Cell("where", CONDITION, value) for value, sign in CONDITIONS.items() if signs == {sign}}
    if case.group == OUTSIDE and (i := outside_vertex(case)) is not None and graph.children(i):
        found.add(Cell(graph.row(i).name, DOMAIN, READ))
    return [cell for cell in CORNERS if cell in found]


def outside_vertex(case: Case) -> int | None:
    """The first vertex that is not defined at the leaf values, by the engine's own forward pass; None if all are."""
    graph, leaves = case.graph, float_leaves(case)
    for i in range(graph.l + 1, graph.n + 1):
        try:
            forward(Graph(graph.l, graph.vertices[:i]), leaves, FLOAT64)
        except DomainError:
            return i
    return None
