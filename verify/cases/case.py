"""One case: a graph, the values of its leaves and a cotangent; written as JSON, in one line by `replay.py`.

>>> from backproof.engine import Graph, leaf, vertex
>>> case = make_case("square", "replay", Graph(1, (leaf("x"), vertex("y", "square", (1,)))), [0.5])
>>> case.leaves, is_exact(case), from_case_document(to_case_document(case)) == case
(((0.5,),), False, True)
>>> make_case("square", "replay", case.graph, [[1, 2]])
Traceback (most recent call last):
    ...
backproof.verify.cases.case.CaseError: leaf 1 ('x') has dimension 1, found 2 values
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from backproof.engine import FLOAT64, Graph, GraphError, NumberSystem
from backproof.engine.documents import decode_number, encode_number, from_document, to_document
from backproof.engine.errors import shortened
from backproof.engine.in_words import brief, clipped
from backproof.engine.json_text import found, json_path
from backproof.engine.limits import LIMITS
from backproof.verify.cases.size import BEYOND, check_numbers, check_size, is_in_range

Number: TypeAlias = float | int | Fraction
Vector: TypeAlias = tuple[Number, ...]


class CaseError(ValueError):
    """A case that cannot be read; the message says where and what was expected."""


@dataclass(frozen=True, repr=False)
class Case:
    """A graph with a flat value for every leaf, and the cotangent p_n (rows of d_n numbers; None: the identity, 1 for a
    scalar output)."""

    name: str
    group: str
    graph: Graph
    leaves: tuple[Vector, ...]
    family: str | None = None
    cotangent: tuple[Vector, ...] | None = None

    def __repr__(self) -> str:
        return brief("Case", clipped(self.name, 60), self.group, repr(self.graph)[1:-1])


def make_case(name: str, group: str, graph: Graph, leaf_values: Sequence[Any], family: str | None = None, cotangent: Any = None) -> Case:
    """A `Case` from arrays, nested sequences or numbers.

    CaseError if a leaf value has the wrong number of entries, or the cotangent not d_n columns.
    """
    if len(leaf_values) != graph.l:
        raise CaseError(f"the graph has {graph.l} leaves, found {len(leaf_values)} leaf values")
    leaves: list[Vector] = []
    for i, value in enumerate(leaf_values, start=1):
        flat = _flat(value)
        if len(flat) != graph.dimension(i):
            raise CaseError(f"leaf {i} ({shortened(graph.name(i))!r}) has dimension {graph.dimension(i)}, found {len(flat)} values")
        leaves.append(flat)
    rows = None
    if cotangent is not None:
        width = graph.dimension(graph.n)
        flat = _flat(cotangent)
        if not flat or len(flat) % width:
            raise CaseError(f"the cotangent needs rows of d_n = {width} numbers, found {len(flat)} numbers")
        rows = tuple(flat[start : start + width] for start in range(0, len(flat), width))
    return Case(name, group, graph, tuple(leaves), family, rows)


def _flat(value: Any) -> Vector:
    return tuple(_plain(entry) for entry in np.asarray(value, dtype=object).reshape(-1))


def _plain(entry: Any) -> Number:
    if isinstance(entry, np.generic):
        entry = entry.item()
    if isinstance(entry, bool) or not isinstance(entry, int | float | Fraction):
        raise CaseError(f"a value must be a whole number, a float or a Fraction, found {found(entry)}")
    return entry


def to_case_document(case: Case) -> dict[str, Any]:
    """The case as JSON data, loss-free (hex floats, `p/q`)."""
    return {
        "format": "backproof-case",
        "version": 1,
        "name": case.name,
        "group": case.group,
        "family": case.family,
        "graph": to_document(case.graph),
        "leaves": [[encode_number(value) for value in leaf] for leaf in case.leaves],
        "cotangent": None if case.cotangent is None else [[encode_number(value) for value in row] for row in case.cotangent],
    }


def from_case_document(document: Any) -> Case:
    """The case in `document`; CaseError names the path at which it is malformed, or asks for more than a case may."""
    if not isinstance(document, dict):
        raise CaseError(f"$: expected an object with the keys format, version, graph, leaves; found {found(document)}")
    if document.get("format") != "backproof-case":
        raise CaseError(f'$.format: expected "backproof-case", found {found(document.get("format"))}')
    if document.get("version") != 1 or document.get("version") is True:
        raise CaseError(f"$.version: this backproof reads version 1, found {found(document.get('version'))}")
    known = {"format", "version", "name", "group", "family", "graph", "leaves", "cotangent"}
    for key in document:
        if key not in known:
            raise CaseError(f"{json_path((key,))}: unknown key; known: {', '.join(sorted(known))}")
    for key in ("graph", "leaves"):
        if key not in document:
            raise CaseError(f"$.{key}: missing")
    cotangent = document.get("cotangent")
    try:
        graph = from_document(document["graph"])
        check_size(graph, len(cotangent) if isinstance(cotangent, list) else None)
        check_numbers(graph)
    except GraphError as error:
        raise CaseError(f"$.graph{str(error).removeprefix('$')}") from None
    leaves = _vectors(document["leaves"], "$.leaves")
    try:
        return make_case(
            _text(document, "name", "a case"),
            _text(document, "group", "replay"),
            graph,
            leaves,
            _text(document, "family", "") or None,
            None if cotangent is None else _rectangle(_vectors(cotangent, "$.cotangent"), graph),
        )
    except CaseError as error:
        raise CaseError(f"$: {error}") from None


def _text(document: dict[str, Any], key: str, default: str) -> str:
    value = document.get(key)
    if value is not None and not isinstance(value, str):
        raise CaseError(f"$.{key}: expected a string, found {found(value)}")
    if value is not None and len(value) > LIMITS.name_characters:
        raise CaseError(f"$.{key}: found {len(value):,} characters, expected at most {LIMITS.name_characters:,}")
    return value or default


def _vectors(rows: Any, where: str) -> list[list[Number]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise CaseError(f"{where}: expected a list of lists of numbers")
    decoded: list[list[Number]] = []
    for r, row in enumerate(rows):
        decoded.append([])
        for c, entry in enumerate(row):
            try:
                value = decode_number(entry)
            except (ValueError, TypeError) as error:
                raise CaseError(f"{where}[{r}][{c}]: {error}") from None
            if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
                raise CaseError(f"{where}[{r}][{c}]: found {found(entry)}, expected a whole number, a float or a fraction")
            if not is_in_range(value):
                raise CaseError(f"{where}[{r}][{c}]: {BEYOND}")
            decoded[-1].append(value)
    return decoded


def _rectangle(rows: list[list[Number]], graph: Graph) -> list[list[Number]]:
    width = graph.dimension(graph.n)
    for r, row in enumerate(rows):
        if len(row) != width:
            raise CaseError(f"cotangent row {r + 1} needs d_n = {width} numbers, found {len(row)}")
    return rows


def is_exact(case: Case) -> bool:
    """Whether the case can be run over the rationals: whole or rational leaf values, and no transcendental function."""
    graph = case.graph
    return all(isinstance(value, int | Fraction) for leaf in case.leaves for value in leaf) and all(
        graph.row(i).algebra(graph.attributes(i), len(graph.operands(i))) != "transcendental" for i in range(graph.l + 1, graph.n + 1)
    )


def float_leaves(case: Case) -> list[list[float]]:
    """The leaf values as float64 numbers: the point at which floats, mpmath and differences are compared with each
    other."""
    return [[float(value) for value in leaf] for leaf in case.leaves]


def rounded_case(case: Case, system: NumberSystem) -> Case:
    """The case with leaf values, constants and cotangent as `system` holds them, so that the exact derivative is that
    of what the floats are given.

    >>> from backproof.engine import FLOAT32, Graph, leaf, vertex
    >>> from backproof.verify.cases.case import make_case
    >>> case = make_case("tenth", "replay", Graph(1, (leaf("x"), vertex("y", "power", (1,), exponent=0.1))), [0.1])
    >>> rounded_case(case, FLOAT32).leaves, rounded_case(case, FLOAT32).graph.attributes(2)
    (((0.10000000149011612,),), {'exponent': 0.10000000149011612})
    """

    def rounded(value: Any) -> Any:
        if type(value) is float and system is FLOAT64:
            return value
        if type(value) is float or isinstance(value, Fraction):
            return float(system.convert(value))
        return tuple(map(rounded, value)) if isinstance(value, tuple) else value

    def vector(values: Vector, discrete: bool = False) -> Vector:
        return values if discrete else tuple(float(system.convert(value)) for value in values)

    graph = case.graph
    attributes = [rounded(v.attributes) for v in graph.vertices]
    if any(new != v.attributes for new, v in zip(attributes, graph.vertices, strict=True)):
        graph = Graph(graph.l, tuple(replace(v, attributes=new) for new, v in zip(attributes, graph.vertices, strict=True)))
    return replace(
        case,
        graph=graph,
        leaves=tuple(vector(values, graph.is_discrete(i)) for i, values in enumerate(case.leaves, start=1)),
        cotangent=None if case.cotangent is None else tuple(map(vector, case.cotangent)),
    )
