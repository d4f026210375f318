"""A computational graph, as the lecture defines it (L10): `Graph(l, vertices, edges)`.

Vertices are numbered 1 … n in an order in which every edge goes up; 1 … l are the leaves and n is the output. Vertex i carries a variable
`u_i` of dimension d_i, shown in a *shape* (a matrix is the vector of its entries, row by row), and every non-leaf names the row of the function
table that computes it and the operands it reads. A graph holds no code, so it can be written to JSON (`engine.documents`) and read back.

The four-vertex example (L11), f³(u₁,u₂) = u₁ + u₂ and f⁴(u₂,u₃) = u₂·u₃:

>>> graph = Graph(l=2, vertices=(leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
>>> graph.edges, graph.parents(4), graph.children(2)
(((1, 3), (2, 3), (2, 4), (3, 4)), (2, 3), (3, 4))
>>> Graph(l=1, vertices=(leaf("x"), vertex("y", "exp", (2,))))
Traceback (most recent call last):
    ...
backproof.engine.errors.GraphError: edge (2, 2): vertex 2 ('y') reads vertex 2 ('y'), but an edge (j, i) needs j < i; number the vertices so that each comes after its parents
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

from backproof.engine.errors import GraphError
from backproof.engine.functions import look_up
from backproof.engine.functions.row import Row, Shape

Edge: TypeAlias = tuple[int, int]
Attribute: TypeAlias = "int | float | bool | str | Fraction | tuple[Attribute, ...] | None"

MOST_ENTRIES = 10**8


@dataclass(frozen=True)
class Vertex:
    """One vertex: its name, the shape of its variable, and for a non-leaf the row of the table, its operands and attributes.

    `shape=None` on a non-leaf means: whatever the row computes. `operands` are vertex numbers in the order in which the row reads them; the same
    one may stand there twice. A `discrete` leaf holds a label, and nothing is differentiated with respect to it (L6).
    """

    name: str
    shape: Shape | None = None
    function: str | None = None
    operands: tuple[int, ...] = ()
    attributes: tuple[tuple[str, Attribute], ...] = ()
    discrete: bool = False


def leaf(name: str, shape: Sequence[int] = (), discrete: bool = False) -> Vertex:
    """A leaf (L10).

    >>> leaf("W", (2, 3)).shape
    (2, 3)
    """
    return Vertex(name, tuple(shape), discrete=discrete)


def vertex(name: str, function: str, operands: Iterable[int] = (), shape: Sequence[int] | None = None, **attributes: Any) -> Vertex:
    """A non-leaf computed by the row `function` of the table from `operands`.

    >>> vertex("y", "power", (1,), exponent=3).attributes
    (('exponent', 3),)
    """
    frozen = tuple(sorted((key, _frozen(value)) for key, value in attributes.items()))
    return Vertex(name, None if shape is None else tuple(shape), function, tuple(operands), frozen)


def _frozen(value: Any) -> Any:
    if hasattr(value, "tolist"):
        value = value.tolist()
    return tuple(_frozen(item) for item in value) if isinstance(value, list | tuple) else value


@dataclass(frozen=True)
class Graph:
    """A computational graph (L10). Immutable; every violation of the definition is a `GraphError` that names the vertex or the edge.

    `edges` may be left out: it is then the set of pairs (operand, vertex). Given, it must be that set. A vertex that reads the same operand
    twice (`x·x`) has one edge, whose Jacobian collects both uses. A non-leaf without operands is a constant. The output may have any dimension.
    """

    l: int
    vertices: tuple[Vertex, ...]
    edges: tuple[Edge, ...] = ()
    _parents: tuple[tuple[int, ...], ...] = field(init=False, repr=False, compare=False)
    _children: tuple[tuple[int, ...], ...] = field(init=False, repr=False, compare=False)
    _shapes: tuple[Shape, ...] = field(init=False, repr=False, compare=False)
    _attributes: tuple[dict[str, Any], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        vertices = tuple(self.vertices)
        _check_leaves(self.l, vertices)
        read = _operand_pairs(self.l, vertices)
        edges = tuple(sorted(read)) if not self.edges else _checked_edges(self.l, vertices, tuple(self.edges), read)
        parents: list[list[int]] = [[] for _ in vertices]
        children: list[list[int]] = [[] for _ in vertices]
        for j, i in edges:
            parents[i - 1].append(j)
            children[j - 1].append(i)
        attributes = tuple(dict(v.attributes) for v in vertices)
        assign = object.__setattr__
        assign(self, "edges", edges)
        assign(self, "_parents", tuple(map(tuple, parents)))
        assign(self, "_children", tuple(map(tuple, children)))
        assign(self, "_attributes", attributes)
        shapes = _shapes(self.l, vertices, attributes)
        assign(self, "_shapes", shapes)
        assign(
            self,
            "vertices",
            tuple(Vertex(v.name, s, v.function, v.operands, v.attributes, v.discrete) for v, s in zip(vertices, shapes, strict=True)),
        )

    @property
    def n(self) -> int:
        """The number of vertices, and the number of the output."""
        return len(self.vertices)

    def parents(self, i: int) -> tuple[int, ...]:
        """π(i) = {j : (j, i) ∈ E}, ascending."""
        return self._parents[i - 1]

    def children(self, j: int) -> tuple[int, ...]:
        """{i : (j, i) ∈ E}, ascending: the vertices that read u_j."""
        return self._children[j - 1]

    def shape(self, i: int) -> Shape:
        """The shape in which u_i is shown."""
        return self._shapes[i - 1]

    def dimension(self, i: int) -> int:
        """d_i, the number of entries of u_i."""
        return math.prod(self._shapes[i - 1])

    def name(self, i: int) -> str:
        """The name of vertex i."""
        return self.vertices[i - 1].name

    def operands(self, i: int) -> tuple[int, ...]:
        """What fⁱ reads, in order; a parent stands here once for every use."""
        return self.vertices[i - 1].operands

    def attributes(self, i: int) -> dict[str, Any]:
        """The attributes of fⁱ (an exponent, an axis, …)."""
        return self._attributes[i - 1]

    def row(self, i: int) -> Row:
        """The row of the function table that computes vertex i."""
        name = self.vertices[i - 1].function
        if name is None:
            raise GraphError(f"{label(self.vertices, i)} is a leaf and has no function")
        return look_up(name)

    def is_discrete(self, i: int) -> bool:
        """Whether vertex i is a discrete leaf (L6): a label, with no derivative."""
        return self.vertices[i - 1].discrete

    def differentiable_leaves(self) -> tuple[int, ...]:
        """The leaves that have an adjoint."""
        return tuple(j for j in range(1, self.l + 1) if not self.is_discrete(j))


def label(vertices: Sequence[Vertex], i: int) -> str:
    """How messages call vertex i."""
    return f"vertex {i} ({vertices[i - 1].name!r})"


def _check_leaves(l: int, vertices: Sequence[Vertex]) -> None:
    n = len(vertices)
    if not 0 <= l < n:
        raise GraphError(f"l = {l} leaves in a graph of n = {n} vertices: L10 needs 0 ≤ l < n, since vertex n is a non-leaf, the output")
    seen: dict[str, int] = {}
    for i, v in enumerate(vertices, start=1):
        if v.name in seen:
            raise GraphError(f"{label(vertices, i)} has the name of vertex {seen[v.name]}; names must differ")
        seen[v.name] = i
        if i <= l and (v.function is not None or v.operands):
            edge = f"edge ({v.operands[0]}, {i}) goes into" if v.operands else f"function {v.function!r} is given for"
            raise GraphError(f"{edge} {label(vertices, i)}, which is a leaf (leaves are 1 … {l}); leaves have no function and no parents")
        if i <= l and v.shape is None:
            raise GraphError(f"{label(vertices, i)} is a leaf without a shape; give one, () for a scalar")
        if i > l and v.function is None:
            raise GraphError(f"{label(vertices, i)} has no function; every vertex after the leaves 1 … {l} needs one")
        if i > l and v.discrete:
            raise GraphError(f"{label(vertices, i)} is discrete, but only a leaf can be")


def _operand_pairs(l: int, vertices: Sequence[Vertex]) -> set[Edge]:
    pairs: set[Edge] = set()
    for i, v in enumerate(vertices, start=1):
        operands: tuple[Any, ...] = v.operands
        for j in operands:
            if isinstance(j, bool) or not isinstance(j, int) or not 1 <= j <= len(vertices):
                raise GraphError(f"{label(vertices, i)} has the unknown parent {j!r}; vertices are 1 … {len(vertices)}")
            if j >= i:
                raise GraphError(
                    f"edge ({j}, {i}): {label(vertices, i)} reads {label(vertices, j)}, but an edge (j, i) needs j < i; "
                    "number the vertices so that each comes after its parents"
                )
            pairs.add((j, i))
    return pairs


def _checked_edges(l: int, vertices: Sequence[Vertex], edges: Sequence[Edge], read: set[Edge]) -> tuple[Edge, ...]:
    n = len(vertices)
    seen: set[Edge] = set()
    for edge in edges:
        j, i = edge
        if not (1 <= j <= n and 1 <= i <= n):
            raise GraphError(f"edge ({j}, {i}) names an unknown vertex; vertices are 1 … {n}")
        if j >= i:
            raise GraphError(f"edge ({j}, {i}) needs j < i; number the vertices so that each comes after its parents")
        if i <= l:
            raise GraphError(f"edge ({j}, {i}) goes into {label(vertices, i)}, which is a leaf (leaves are 1 … {l})")
        if edge in seen:
            raise GraphError(f"edge ({j}, {i}) is listed twice; E is a set, and a parent read twice still has one edge")
        if edge not in read:
            raise GraphError(
                f"edge ({j}, {i}) is in E, but {label(vertices, i)} does not read {label(vertices, j)}; remove it or add the operand"
            )
        seen.add(edge)
    for j, i in sorted(read - seen):
        raise GraphError(f"edge ({j}, {i}) is missing from E, but {label(vertices, i)} reads {label(vertices, j)}; add it")
    return tuple(sorted(seen))


def _shapes(l: int, vertices: Sequence[Vertex], attributes: Sequence[dict[str, Any]]) -> tuple[Shape, ...]:
    """The shape of every vertex, computed from its row and compared with what was given."""
    shapes: list[Shape] = []
    for i, v in enumerate(vertices, start=1):
        given: Any = v.shape
        if given is not None and any(isinstance(size, bool) or not isinstance(size, int) or size < 1 for size in given):
            raise GraphError(f"{label(vertices, i)} has shape {given!r}; every size must be a whole number of at least 1")
        if given is not None and math.prod(given) > MOST_ENTRIES:
            raise GraphError(f"{label(vertices, i)} has shape {given!r}: {math.prod(given):,} entries; the limit is {MOST_ENTRIES:,}")
        if v.function is None:
            shapes.append(tuple(given or ()))
            continue
        computed = _computed_shape(i, v, vertices, attributes[i - 1], shapes)
        if given is not None and given != computed:
            raise GraphError(
                f"{label(vertices, i)} is given shape {given} (dimension {math.prod(given)}), but {v.function} of its operands has shape {computed} "
                f"(dimension {math.prod(computed)})"
            )
        shapes.append(computed)
    return tuple(shapes)


def _computed_shape(i: int, v: Vertex, vertices: Sequence[Vertex], attributes: dict[str, Any], shapes: Sequence[Shape]) -> Shape:
    where = label(vertices, i)
    try:
        row = look_up(v.function or "")
    except ValueError as error:
        raise GraphError(f"{where}: {error}") from None
    count = len(v.operands)
    if count < row.fewest or (row.most is not None and count > row.most):
        most = "or more" if row.most is None else f"to {row.most}"
        expected = str(row.fewest) if row.most == row.fewest else f"{row.fewest} {most}"
        raise GraphError(f"{where}: {row.name} takes {expected} operands, found {count}")
    for name in row.required:
        if name not in attributes:
            raise GraphError(f"{where}: {row.name} needs the attribute {name!r}")
    for name in attributes:
        if name not in row.required + row.optional:
            known = ", ".join(row.required + row.optional) or "none"
            raise GraphError(f"{where}: {row.name} has no attribute {name!r}; it knows: {known}")
    for slot, j in enumerate(v.operands):
        if vertices[j - 1].discrete != (slot in row.discrete):
            kind = "must be a discrete leaf" if slot in row.discrete else "must not be discrete"
            raise GraphError(f"{where}: operand {slot + 1} of {row.name}, {label(vertices, j)}, {kind}")
    try:
        return tuple(int(size) for size in row.shape(attributes, [shapes[j - 1] for j in v.operands]))
    except (ValueError, TypeError) as error:
        raise GraphError(f"{where}: {row.name} does not fit its operands: {error}") from None
