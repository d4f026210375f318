"""A computational graph, as the lecture defines it (L10): `Graph(l, vertices, edges)`.

Vertices are numbered 1 … n in an order in which every edge goes up; 1 … l are the leaves and n is the output. Vertex i
carries a variable `u_i` of dimension d_i, shown in a *shape* (a matrix is the vector of its entries, row by row), and
every non-leaf names the row of the function table that computes it and the operands it reads. A graph holds no code, so
it can be written to JSON (`engine.documents`) and read back.

The four-vertex example (L11), f³(u₁,u₂) = u₁ + u₂ and f⁴(u₂,u₃) = u₂·u₃:

>>> from backproof.engine.vertices import leaf, vertex
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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from backproof.engine.errors import GraphError, at_edge, at_vertex
from backproof.engine.functions import look_up
from backproof.engine.functions.row import Row, Shape
from backproof.engine.in_words import brief, clipped, counted, screenful
from backproof.engine.limits import LIMITS
from backproof.engine.listing import vertex_lines
from backproof.engine.presenter import presenter
from backproof.engine.vertices import Vertex, is_whole, label, normal

Edge: TypeAlias = tuple[int, int]

UPWARDS = "needs j < i; number the vertices so that each comes after its parents"


@dataclass(frozen=True, repr=False)
class Graph:
    """A computational graph (L10). Immutable; every violation of the definition is a `GraphError` that names the vertex
    or the edge.

    `edges` may be left out: it is then the set of pairs (operand, vertex). Given, it must be that set. A vertex that
    reads the same operand twice (`x·x`) has one edge, whose Jacobian collects both uses. A non-leaf without operands is
    a constant. The output may have any dimension.
    """

    l: int
    vertices: tuple[Vertex, ...]
    edges: tuple[Edge, ...] = ()
    _parents: tuple[tuple[int, ...], ...] = field(init=False, repr=False, compare=False)
    _children: tuple[tuple[int, ...], ...] = field(init=False, repr=False, compare=False)
    _shapes: tuple[Shape, ...] = field(init=False, repr=False, compare=False)
    _dimensions: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _attributes: tuple[dict[str, Any], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        vertices = tuple(normal(i, v) for i, v in enumerate(self.vertices, start=1))
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
        assign(self, "_dimensions", tuple(map(math.prod, shapes)))
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
        return self._dimensions[i - 1]

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
            raise at_vertex(i, self.name(i), " is a leaf and has no function")
        return look_up(name)

    def is_discrete(self, i: int) -> bool:
        """Whether vertex i is a discrete leaf (L6): a label, with no derivative."""
        return self.vertices[i - 1].discrete

    def differentiable_leaves(self) -> tuple[int, ...]:
        """The leaves that have an adjoint."""
        return tuple(j for j in range(1, self.l + 1) if not self.is_discrete(j))

    def svg(self, u: Mapping[int, Any] | None = None, D: Mapping[Edge, Any] | None = None, p: Mapping[int, Any] | None = None) -> str:
        """The picture of the graph as the text of an SVG file; with the values `u` of `forward`, the edge Jacobians `D` of
        `jacobians`, the adjoints `p` of `backward` in it, where these are given.

        >>> from backproof.engine.vertices import leaf, vertex
        >>> Graph(1, (leaf("x"), vertex("y", "exp", (1,)))).svg()[:39]
        '<svg xmlns="http://www.w3.org/2000/svg"'
        """
        return presenter().graph_svg(self, u, D, p)

    def _repr_html_(self) -> str:
        return presenter().in_a_notebook(self)

    def __repr__(self) -> str:
        output = f"output {clipped(self.name(self.n), 40)} {self.shape(self.n)}"
        return brief(
            "Graph", counted(self.n, "vertex", "vertices"), counted(self.l, "leaf", "leaves"), counted(len(self.edges), "edge"), output
        )

    def __str__(self) -> str:
        return screenful(vertex_lines(self.vertices), "more vertices: graph.vertices")


def _check_leaves(l: int, vertices: Sequence[Vertex]) -> None:
    n = len(vertices)
    if not is_whole(l):
        raise GraphError(f"l = {l!r}, the number of leaves, must be a whole number", at="l")
    if not 0 <= l < n:
        needed = "L10 needs 0 ≤ l < n, since vertex n is a non-leaf, the output"
        raise GraphError(f"l = {l} leaves in a graph of n = {n} vertices: {needed}", at="l")
    seen: dict[str, int] = {}
    for i, v in enumerate(vertices, start=1):
        if v.name in seen:
            raise at_vertex(i, v.name, f" has the name of vertex {seen[v.name]}; names must differ")
        seen[v.name] = i
        if i <= l and (v.function is not None or v.operands):
            leaf_rule = f"is a leaf (leaves are 1 … {l}); leaves have no function and no parents"
            if v.operands:
                raise at_edge((v.operands[0], i), f" goes into {label(vertices, i)}, which {leaf_rule}")
            raise at_vertex(i, v.name, f" is given the function {v.function!r}, but {leaf_rule}")
        if i <= l and v.attributes:
            raise at_vertex(i, v.name, f" is a leaf and has no attributes; found {v.attributes[0][0]!r}")
        if i <= l and v.shape is None:
            raise at_vertex(i, v.name, " is a leaf without a shape; give one, () for a scalar")
        if i > l and v.function is None:
            raise at_vertex(i, v.name, f" has no function; every vertex after the leaves 1 … {l} needs one")
        if i > l and v.discrete:
            raise at_vertex(i, v.name, " is discrete, but only a leaf can be")


def _operand_pairs(l: int, vertices: Sequence[Vertex]) -> set[Edge]:
    pairs: set[Edge] = set()
    for i, v in enumerate(vertices, start=1):
        for j in v.operands:
            if not is_whole(j) or not 1 <= j <= len(vertices):
                raise at_vertex(i, v.name, f" has the unknown parent {j!r}; vertices are 1 … {len(vertices)}")
            if j >= i:
                raise at_edge((j, i), f": {label(vertices, i)} reads {label(vertices, j)}, but an edge (j, i) {UPWARDS}")
            pairs.add((j, i))
    return pairs


def _checked_edges(l: int, vertices: Sequence[Vertex], edges: Sequence[Any], read: set[Edge]) -> tuple[Edge, ...]:
    n = len(vertices)
    seen: set[Edge] = set()
    for pair in edges:
        if not (isinstance(pair, list | tuple) and len(pair) == 2 and all(map(is_whole, pair))):
            raise GraphError(f"edge {pair!r} is not a pair (j, i) of vertex numbers")
        edge = j, i = (pair[0], pair[1])
        if not (1 <= j <= n and 1 <= i <= n):
            raise at_edge(edge, f" names an unknown vertex; vertices are 1 … {n}")
        if j >= i:
            raise at_edge(edge, f" {UPWARDS}")
        if i <= l:
            raise at_edge(edge, f" goes into {label(vertices, i)}, which is a leaf (leaves are 1 … {l})")
        if edge in seen:
            raise at_edge(edge, " is listed twice; E is a set, and a parent read twice still has one edge")
        if edge not in read:
            problem = f"is in E, but {label(vertices, i)} does not read {label(vertices, j)}; remove it or add the operand"
            raise at_edge(edge, f" {problem}")
        seen.add(edge)
    for j, i in sorted(read - seen):
        raise at_edge((j, i), f" is missing from E, but {label(vertices, i)} reads {label(vertices, j)}; add it")
    return tuple(sorted(seen))


def _shapes(l: int, vertices: Sequence[Vertex], attributes: Sequence[dict[str, Any]]) -> tuple[Shape, ...]:
    """The shape of every vertex, computed from its row and compared with what was given."""
    shapes: list[Shape] = []
    total = 0
    for i, v in enumerate(vertices, start=1):
        given = v.shape
        if given is not None:
            _check_size(i, v.name, given)
        total += math.prod(given or ()) + sum(math.prod(shapes[j - 1]) for j in v.operands)
        if total > LIMITS.graph_entries:
            found = f" makes {total:,} entries in all, of values and operands"
            raise at_vertex(i, v.name, f"{found}; the limit is {LIMITS.graph_entries:,}. Use smaller dimensions")
        if v.function is None:
            shapes.append(given or ())
            continue
        computed = _computed_shape(i, v, vertices, attributes[i - 1], shapes)
        _check_size(i, v.name, computed)
        if given is not None and given != computed:
            found = f"{v.function} of its operands has shape {computed} (dimension {math.prod(computed)})"
            raise at_vertex(i, v.name, f" is given shape {given} (dimension {math.prod(given)}), but {found}")
        shapes.append(computed)
    return tuple(shapes)


def _check_size(i: int, name: str, shape: Shape) -> None:
    if len(shape) > LIMITS.axes:
        raise at_vertex(i, name, f" has a shape of {len(shape)} axes; the limit is {LIMITS.axes}")
    if math.prod(shape) > LIMITS.vertex_entries:
        raise at_vertex(i, name, f" has shape {shape!r}: {math.prod(shape):,} entries; the limit is {LIMITS.vertex_entries:,}")


def _computed_shape(i: int, v: Vertex, vertices: Sequence[Vertex], attributes: dict[str, Any], shapes: Sequence[Shape]) -> Shape:
    try:
        row = look_up(v.function or "")
    except ValueError as error:
        raise at_vertex(i, v.name, f": {error}") from None
    count = len(v.operands)
    if count < row.fewest or (row.most is not None and count > row.most):
        most = "or more" if row.most is None else f"to {row.most}"
        expected = str(row.fewest) if row.most == row.fewest else f"{row.fewest} {most}"
        raise at_vertex(i, v.name, f": {row.name} takes {expected} operands, found {count}")
    for name in row.required:
        if name not in attributes:
            raise at_vertex(i, v.name, f": {row.name} needs the attribute {name!r}")
    for name in attributes:
        if name not in row.required + row.optional:
            known = ", ".join(row.required + row.optional) or "none"
            raise at_vertex(i, v.name, f": {row.name} has no attribute {name!r}; it knows: {known}")
    for slot, j in enumerate(v.operands):
        if vertices[j - 1].discrete != (slot in row.discrete):
            kind = "must be a discrete leaf" if slot in row.discrete else "must not be discrete"
            raise at_vertex(i, v.name, f": operand {slot + 1} of {row.name}, {label(vertices, j)}, {kind}")
    entries = sum(math.prod(shapes[j - 1]) for j in v.operands)
    if entries > LIMITS.vertex_entries:
        raise at_vertex(i, v.name, f" reads {entries:,} entries; the limit is {LIMITS.vertex_entries:,}")
    try:
        return tuple(int(size) for size in row.shape(attributes, [shapes[j - 1] for j in v.operands]))
    except (ValueError, TypeError, IndexError, OverflowError, MemoryError) as error:
        raise at_vertex(i, v.name, f": {row.name} does not fit its operands: {error}") from None
