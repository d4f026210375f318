"""Every limit in one frozen value: how large a document may be, how much work it may ask for, how long anything may
take. `backproof limits` prints it (`verify/commands/limits.py`).

Documents are not trusted: a few bytes can ask for hours. What stands in a document is compared with the limits when it
is read, before anything large is built, and refused with the place. A case that fits all of them may still take long:
its time and its memory are limited too, and it then is INCONCLUSIVE.

>>> LIMITS.engine_seconds, LIMITS.engine_bytes == 2 * GIBIBYTE
(10.0, True)
>>> stated_limits()[0].name, stated_limits()[0].value, stated_limits()[0].unit
('document_bytes', 16777216, 'bytes')
>>> LIMITS.engine_seconds = 60.0
Traceback (most recent call last):
    ...
dataclasses.FrozenInstanceError: cannot assign to field 'engine_seconds'
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

MEBIBYTE, GIBIBYTE = 2**20, 2**30

REFUSED = "refused, exit 4, with the place"
GRAPH_ERROR = "GraphError; of a document: exit 4, with the place"
LEFT_OUT = "left out by its number, and run again"
TIME, MEMORY = "INCONCLUSIVE (time)", "INCONCLUSIVE (memory)"
WRONG = "WRONG (the engine)"


def stated(value: float, unit: str, what: str, why: str, beyond: str) -> Any:
    """A limit as a field: so many of `unit`, on `what`, for what reason, and what happens `beyond` it."""
    return field(default=value, metadata={"unit": unit, "what": what, "why": why, "beyond": beyond})


@dataclass(frozen=True)
class Limits:
    """The limits, each with its reason. Those of documents first, then those of one graph, of one case, of engines."""

    document_bytes: int = stated(
        16 * MEBIBYTE,
        "bytes",
        "a document, also one that a replay line unpacks to",
        "a hundred times the largest case of the suite",
        REFUSED,
    )
    document_values: int = stated(
        500_000, "values", "in a document, counted by its commas and brackets", "they take 50 MB and three seconds to read", REFUSED
    )
    depth: int = stated(
        50, "levels", "of brackets in a document", "a graph needs seven, an attribute a few more; Python's recursion is far above", REFUSED
    )
    digits: int = stated(4000, "digits", "of one whole number", "Python itself reads and writes no more than 4,300", REFUSED)
    name_characters: int = stated(1000, "characters", "of the name of a vertex", "messages and pictures show names", GRAPH_ERROR)
    axes: int = stated(32, "axes", "of a shape", "what every version of NumPy can hold", GRAPH_ERROR)
    vertex_entries: int = stated(10**8, "entries", "of a vertex, or of its operands together", "800 MB in float64", GRAPH_ERROR)
    graph_entries: int = stated(
        10**9, "entries", "of all vertices of a graph and of their operands", "8 GB in float64, more than a laptop holds", GRAPH_ERROR
    )
    edge_bytes: int = stated(
        256 * 10**6, "bytes", "of one edge Jacobian", "a graph of some such edges still fits into the memory of a laptop", "EdgeTooLarge"
    )
    case_vertices: int = stated(
        3000, "vertices", "of a case", "nearly three times the largest of the suite; paths are sought between all", REFUSED
    )
    case_operands: int = stated(10_000, "operands", "of all vertices of a case", "nearly five times the most of the suite", REFUSED)
    case_entries: int = stated(
        20_000, "entries", "of all vertices of a case", "nearly twenty times the most of the suite; each is a Python object", REFUSED
    )
    case_jacobians: int = stated(
        10**6,
        "entries",
        "of all edge Jacobians of a case, one for every use of an operand, and of its adjoints",
        "two hundred times the most of the suite; a hundred megabytes in each number system",
        REFUSED,
    )
    case_products: int = stated(
        10**8,
        "products",
        "to multiply all edge Jacobians with a row for every row of the cotangent and a column for every leaf entry",
        "nearly fifty times the most of the suite; a single product of matrices, which cannot be stopped, takes seconds",
        REFUSED,
    )
    case_sums: int = stated(
        2 * 10**6,
        "entries",
        "of all vertices of a case, times its leaf entries: what path sums and enclosures hold",
        "nearly twice the most of the suite; as balls they fill 300 MB",
        REFUSED,
    )
    exact_digits: int = stated(
        4000, "digits", "of a rational value of a vertex, and of the exponent of one in mpmath", "as many as can be written", MEMORY
    )
    line_bytes: int = stated(
        64 * MEBIBYTE, "bytes", "of a line of a lines file", "a hundred times the largest named case, with its detail", LEFT_OUT
    )
    packed_bytes: int = stated(MEBIBYTE, "bytes", "that a packed record of a lines file unpacks to", "fifty times the largest", LEFT_OUT)
    reading_seconds: float = stated(3.0, "seconds", "of wall clock for reading a document", "the largest takes two", REFUSED)
    case_seconds: float = stated(
        5.0, "seconds", "of wall clock for a case of a document or a replay line (--timeout)", "a command ends within ten", TIME
    )
    suite_seconds: float = stated(120.0, "seconds", "of wall clock for a case of the suite", "fifty times what the dearest takes", TIME)
    case_bytes: int = stated(
        512 * MEBIBYTE,
        "bytes",
        "that a case may fill",
        "twenty times what the dearest of the suite takes; a command stays below 1 GB",
        MEMORY,
    )
    engine_seconds: float = stated(
        10.0, "seconds", "of wall clock for one call of an engine on trial", "a thousand times what a call takes", WRONG
    )
    engine_loading_seconds: float = stated(
        60.0, "seconds", "of wall clock for loading an engine on trial", "frameworks import in ten on a slow disk", "refused, exit 4"
    )
    check_seconds: float = stated(
        600.0, "seconds", "of wall clock for one `check` of the default effort", "ten times the slowest code that is followed", TIME
    )
    engine_bytes: int = stated(
        2 * GIBIBYTE, "bytes", "that an engine on trial may hold", "any framework fits, and a runner survives it", WRONG
    )


class Stated(NamedTuple):
    """One limit in words: so many of `unit`, on `what`; `why` it is that many, and what happens `beyond`."""

    name: str
    value: float
    unit: str
    what: str
    why: str
    beyond: str


def stated_limits() -> tuple[Stated, ...]:
    """All limits, in their order."""
    return tuple(
        Stated(one.name, getattr(LIMITS, one.name), *(one.metadata.get(key, "") for key in ("unit", "what", "why", "beyond")))
        for one in fields(LIMITS)
    )


LIMITS = Limits()
