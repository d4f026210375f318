"""The errors of the engine. Each message says where, what was found, what was expected and what to do next.

>>> raise at_vertex(3, "y", " reads nothing")
Traceback (most recent call last):
    ...
backproof.engine.errors.GraphError: vertex 3 ('y') reads nothing
>>> at_edge((2, 3), " is missing from E").at
(2, 3)
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

MOST_LISTED = 10  # chosen: names in a message, so that the message stays a line
LONGEST_SHOWN = 80  # chosen: characters of a value in a message, so that the message stays a line
At: TypeAlias = "int | tuple[int, int] | str | None"


class GraphError(ValueError):
    """A graph that violates the definition of L10; the message names the vertex, the edge or the path in the document.

    `at` is the place as data: the vertex i, the edge (j, i), or "l" for the number of leaves; None where it is none of
    these.
    """

    def __init__(self, message: str, at: At = None) -> None:
        super().__init__(message)
        self.at: At = at


def vertex_label(i: int, name: str) -> str:
    """How messages call vertex i, in one line, however long its name is."""
    return f"vertex {i} ({shortened(name)!r})"


def shortened(text: str, most: int = LONGEST_SHOWN) -> str:
    """The text, or its beginning.

    >>> shortened("weights"), shortened("weights", 3)
    ('weights', 'wei…')
    """
    return text if len(text) <= most else text[:most] + "…"


def in_line(name: str) -> str:
    """A name without quotes in a sentence: as it is where it is short and can be printed, else as Python writes it.

    >>> in_line("W"), in_line("two\\nlines")
    ('W', "'two\\\\nlines'")
    """
    return name if name.isprintable() and len(name) <= LONGEST_SHOWN else repr(shortened(name))


def listed(names: Sequence[str], most: int = MOST_LISTED) -> str:
    """Names in a sentence, the first ones if there are many.

    >>> listed(["W", "b"]), listed("abc", 2), listed([])
    ('W, b', 'a, b, …', 'none')
    """
    return ", ".join([*map(in_line, names[:most]), *(["…"] if len(names) > most else [])]) or "none"


def at_vertex(i: int, name: str, problem: str) -> GraphError:
    """The error for a graph in which vertex i has this problem."""
    return GraphError(f"{vertex_label(i, name)}{problem}", at=i)


def at_edge(edge: tuple[int, int], problem: str) -> GraphError:
    """The error for a graph in which this edge has a problem."""
    return GraphError(f"edge {edge}{problem}", at=edge)


class DomainError(ArithmeticError):
    """A local function was evaluated outside its domain; the message names the vertex and its operands."""


class UnsupportedOperation(TypeError):
    """A number system does not have this operation (exp over the rationals, say)."""


class EdgeTooLarge(MemoryError):
    """An edge Jacobian would exceed the memory limit of `jacobians`."""


class TooManyDigits(MemoryError):
    """An exact number, or the exponent of one in mpmath, has more digits than the limit; the message names the
    vertex."""


class TraceError(RuntimeError):
    """`trace` met something that it cannot turn into a vertex; the message names the function and the line."""
