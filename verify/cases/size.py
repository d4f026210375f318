"""How much work a case asks for, by the shapes of its graph alone, compared with the limits (`engine/limits.py`) before
anything large is built.

Every use of an operand has an edge Jacobian of d_i × d_j entries; the backward pass multiplies it with a row for every
row of the cotangent, the path sums and the enclosures with a column for every leaf entry; those begin with the
identity of a leaf and end with a matrix for every vertex.

>>> from backproof.engine import Graph, leaf, vertex
>>> graph = Graph(1, (leaf("x", (100,)), vertex("y", "exp", (1,))))
>>> size_of(graph, rows=1)
Size(vertices=2, operands=1, entries=200, jacobians=10200, products=1010000, sums=20000)
>>> check_size(graph, rows=1)
>>> check_size(Graph(1, (leaf("x", (10**8,)), vertex("y", "sum", (1,)))), rows=1)
Traceback (most recent call last):
    ...
backproof.engine.errors.GraphError: $.vertices[0].shape: a case may have 20,000 entries in all, found 100,000,001, of which 100,000,000 here; use smaller dimensions
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

from backproof.engine import Graph, GraphError
from backproof.engine.json_text import json_path
from backproof.engine.limits import LIMITS


class Size(NamedTuple):
    """The work that a case asks for: vertices, operands, entries of all values, entries of all Jacobians and adjoints,
    multiplications of a Jacobian with rows and columns, and entries of all derivatives by leaf entries."""

    vertices: int
    operands: int
    entries: int
    jacobians: int
    products: int
    sums: int


def size_of(graph: Graph, rows: int | None) -> Size:
    """The size of a case of this graph, with so many rows of the cotangent (None: the identity)."""
    rows = graph.dimension(graph.n) if rows is None else rows
    dimensions = [graph.dimension(i) for i in range(1, graph.n + 1)]
    uses = [_of_uses(graph, i) for i in range(1, graph.n + 1)]
    columns = sum(graph.dimension(j) for j in graph.differentiable_leaves())
    return Size(
        graph.n,
        sum(len(graph.operands(i)) for i in range(1, graph.n + 1)),
        sum(dimensions),
        sum(uses) + rows * sum(dimensions),
        (rows + columns) * sum(uses),
        columns * sum(dimensions),
    )


def check_size(graph: Graph, rows: int | None) -> None:
    """GraphError, with the place in the graph's document and what to do, if a case of this graph asks for more than the
    limits allow."""
    size = size_of(graph, rows)
    where: dict[str, tuple[int, str, str, Callable[[int], int], str]] = {
        "vertices": (LIMITS.case_vertices, "vertices", "", lambda i: 0, "make it smaller"),
        "operands": (LIMITS.case_operands, "operands", "operands", lambda i: len(graph.operands(i)), "let vertices read fewer"),
        "entries": (LIMITS.case_entries, "entries", "shape", graph.dimension, "use smaller dimensions"),
        "jacobians": (
            LIMITS.case_jacobians,
            "entries in its Jacobians and adjoints",
            "operands",
            lambda i: _of_uses(graph, i),
            "use smaller dimensions",
        ),
        "products": (
            LIMITS.case_products,
            "multiplications of Jacobians with the leaf entries and the rows of the cotangent",
            "operands",
            lambda i: _of_uses(graph, i),
            "use smaller dimensions, or fewer rows",
        ),
        "sums": (LIMITS.case_sums, "entries times leaf entries", "shape", graph.dimension, "use smaller dimensions"),
    }
    for key, (most, what, part, share, advice) in where.items():
        found = getattr(size, key)
        if found > most:
            i = max(range(1, graph.n + 1), key=share)
            place, here = ("$.vertices", "") if not part else (f"$.vertices[{i - 1}].{part}", f", of which {share(i):,} here")
            raise GraphError(f"{place}: a case may have {most:,} {what}{' in all' * bool(part)}, found {found:,}{here}; {advice}")


def check_numbers(graph: Graph) -> None:
    """GraphError, with the place, if a number among the attributes is beyond float64, in which every case is run."""
    for i, v in enumerate(graph.vertices):
        for name, value in v.attributes:
            if not _fits(value):
                raise GraphError(f"{json_path(('vertices', i, 'attributes', name))}: {BEYOND}")


BEYOND = "found a number beyond float64, which ends at 1.8·10^308; use smaller numbers"


def is_in_range(value: float | Fraction) -> bool:
    """Whether float64 holds a number of this size.

    >>> is_in_range(10**308), is_in_range(10**309), is_in_range(Fraction(10**400, 10**399))
    (True, False, True)
    """
    try:
        float(value)
    except OverflowError:
        return False
    return True


def _fits(value: Any) -> bool:
    if isinstance(value, tuple):
        return all(map(_fits, value))
    return not isinstance(value, int | Fraction) or is_in_range(value)


def _of_uses(graph: Graph, i: int) -> int:
    return graph.dimension(i) * sum(graph.dimension(j) for j in graph.operands(i))
