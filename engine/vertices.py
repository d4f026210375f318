"""The vertices that a `Graph` is made of: `leaf(name, shape)` and `vertex(name, function, operands, …)`.

A vertex alone is plain data; what it means is checked when it becomes part of a graph (`engine.graph`).

>>> vertex("y", "sum", (1,), axis=0)
Vertex(name='y', shape=None, function='sum', operands=(1,), attributes=(('axis', 0),), discrete=False)
>>> vertex("y", "take", (1,), indices={0, 2})
Traceback (most recent call last):
    ...
backproof.engine.errors.GraphError: found a set among the attributes; use numbers, texts, None, or lists and arrays of these
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

from backproof.engine.errors import GraphError, at_vertex, vertex_label
from backproof.engine.functions.row import Shape
from backproof.engine.limits import LIMITS

Attribute: TypeAlias = "int | float | bool | str | Fraction | tuple[Attribute, ...] | None"


@dataclass(frozen=True)
class Vertex:
    """One vertex: its name, the shape of its variable, and for a non-leaf the row of the table, its operands and
    attributes.

    `shape=None` on a non-leaf means: whatever the row computes. `operands` are vertex numbers in the order in which the
    row reads them; the same one may stand there twice. A `discrete` leaf holds a label, and nothing is differentiated
    with respect to it (L6).
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
    if type(value) is float or type(value) is int:
        return value
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list | tuple):
        return tuple([_frozen(item) for item in value])
    if value is None or isinstance(value, int | float | str | Fraction):
        return value
    raise GraphError(f"found a {type(value).__name__} among the attributes; use numbers, texts, None, or lists and arrays of these")


def label(vertices: Sequence[Vertex], i: int) -> str:
    """How messages call vertex i."""
    return vertex_label(i, vertices[i - 1].name)


def is_whole(value: Any) -> bool:
    """Whether a value is a whole number; True and False are not."""
    return isinstance(value, int) and not isinstance(value, bool)


def normal(i: int, v: Vertex) -> Vertex:
    """The vertex with tuples throughout and its attributes sorted by name, so that equal vertices compare equal."""
    name: Any = v.name
    shape: Any = v.shape
    if not isinstance(name, str) or not 1 <= len(name) <= LIMITS.name_characters:
        raise GraphError(
            f"vertex {i} has the name {str(name)[:80]!r}; a name is a text of 1 to {LIMITS.name_characters:,} characters", at=i
        )
    if shape is not None and not (isinstance(shape, list | tuple) and all(is_whole(size) and size >= 1 for size in shape)):
        raise at_vertex(i, name, f" has shape {shape!r}; every size must be a whole number of at least 1")
    try:
        attributes = {key: _frozen(value) for key, value in v.attributes}
    except GraphError as error:
        raise at_vertex(i, name, f": {error}") from None
    if len(attributes) < len(v.attributes):
        raise at_vertex(i, name, f" is given an attribute twice; found {', '.join(sorted(key for key, _ in v.attributes))}")
    sorted_attributes = tuple(sorted(attributes.items(), key=lambda item: item[0]))
    return Vertex(name, None if shape is None else tuple(shape), v.function, tuple(v.operands), sorted_attributes, v.discrete)
