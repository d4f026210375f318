"""A graph as lines of text: one for each vertex, what computes it from what.

>>> from backproof.engine.vertices import leaf, vertex
>>> vertices = (leaf("x", (3,)), leaf("label", discrete=True), vertex("y", "power", (1,), (3,), exponent=2))
>>> print("\\n".join(vertex_lines(vertices)))
1  x: leaf (3,)
2  label: discrete leaf ()
3  y = power(x, exponent=2) (3,)
>>> vertex_lines((vertex("y", "exp", (7,)),))
Traceback (most recent call last):
    ...
IndexError: tuple index out of range
"""

from __future__ import annotations

from collections.abc import Sequence

from backproof.engine.in_words import clipped
from backproof.engine.vertices import Vertex

LONGEST_NAME = 40  # chosen: characters of a name in a line


def vertex_lines(vertices: Sequence[Vertex]) -> list[str]:
    """`3  y = power(x, exponent=2) (3,)`: number, name, function of the operands, shape."""
    width = len(str(len(vertices)))
    return [f"{i:>{width}}  {clipped(vertex_line(vertices, v))}" for i, v in enumerate(vertices, start=1)]


def vertex_line(vertices: Sequence[Vertex], v: Vertex) -> str:
    """One vertex, without its number."""
    name, shape = clipped(v.name, LONGEST_NAME), "" if v.shape is None else f" {v.shape}"
    if v.function is None:
        return f"{name}: {'discrete leaf' if v.discrete else 'leaf'}{shape}"
    read = [clipped(vertices[j - 1].name, LONGEST_NAME) for j in v.operands]
    given = [f"{key}={clipped(repr(value), LONGEST_NAME)}" for key, value in v.attributes]
    return f"{name} = {v.function}({', '.join([*read, *given])}){shape}"
