"""A graph as JSON, loss-free: `dumps` and `loads` for text, `to_document` and `from_document` for data.

JSON holds no code: a vertex names a row of the function table. Floats among the attributes are written in hexadecimal, `{"float": "0x1.8p+1"}`,
fractions as `{"rational": "1/3"}`. The form is described by `graph.schema.json` beside this file; a document that does not
fit is a `GraphError` that names the place in it.

>>> from backproof.engine.graph import Graph, leaf, vertex
>>> graph = Graph(1, (leaf("x"), vertex("y", "power", (1,), exponent=0.1)))
>>> loads(dumps(graph)) == graph
True
>>> loads('{"format": "backproof-graph", "version": 1, "n": 1, "l": 0, "edges": [], "vertices": [{"name": "x", "shape": ["two"]}]}')
Traceback (most recent call last):
    ...
backproof.engine.errors.GraphError: $.vertices[0].shape[0]: 'two' is not of type 'integer'
"""

from __future__ import annotations

import json
import math
import re
from fractions import Fraction
from functools import cache
from importlib.resources import files
from typing import Any

from backproof.engine.errors import GraphError
from backproof.engine.graph import Graph, Vertex

LONGEST_VALUE = 80
_HEX_FLOAT = re.compile(r"-?0x[01](\.[0-9a-f]{1,13})?p[+-]\d{1,4}")
_FRACTION = re.compile(r"-?\d{1,4000}(/\d{1,4000})?")


def encode_number(value: Any) -> Any:
    """A number (or nested tuple of them, string, bool, None) as JSON data.

    >>> encode_number((1, 0.5, Fraction(1, 3)))
    [1, {'float': '0x1.0000000000000p-1'}, {'rational': '1/3'}]
    """
    if isinstance(value, tuple | list):
        return [encode_number(item) for item in value]
    if isinstance(value, Fraction):
        return {"rational": str(value)}
    if isinstance(value, float):
        if not math.isfinite(value):
            raise GraphError(f"{value!r} has no place in a document; every number must be finite")
        return {"float": value.hex()}
    return value


def decode_number(data: Any) -> Any:
    """The inverse of `encode_number`; ValueError says what is wrong with the number.

    >>> decode_number({"float": "0x1.0000000000000p-1"})
    0.5
    >>> decode_number({"float": "0.5"})
    Traceback (most recent call last):
        ...
    ValueError: '0.5' is not a hexadecimal float such as '0x1.8000000000000p+1'
    """
    if isinstance(data, list):
        return tuple(decode_number(item) for item in data)
    if isinstance(data, float):
        raise ValueError(f"{data!r} is a decimal number; write a whole number, {{'float': '0x…'}} or {{'rational': 'p/q'}}")
    if not isinstance(data, dict):
        return data
    if set(data) == {"float"} and isinstance(data["float"], str):
        return _decode_float(data["float"])
    if set(data) == {"rational"} and isinstance(data["rational"], str):
        return _decode_fraction(data["rational"])
    raise ValueError(f"{_short(data)} is not a number; write a whole number, {{'float': '0x…'}} or {{'rational': 'p/q'}}")


def _decode_float(text: str) -> float:
    if not _HEX_FLOAT.fullmatch(text):
        raise ValueError(f"{_short(text)} is not a hexadecimal float such as '0x1.8000000000000p+1'")
    try:
        return float.fromhex(text)
    except OverflowError:
        raise ValueError(f"{text!r} is too large for a float64") from None


def _decode_fraction(text: str) -> Fraction:
    if not _FRACTION.fullmatch(text):
        raise ValueError(f"{_short(text)} is not a fraction such as '1/3'")
    try:
        return Fraction(text)
    except ZeroDivisionError:
        raise ValueError(f"{text!r} divides by zero") from None


def to_document(graph: Graph) -> dict[str, Any]:
    """The graph as JSON data."""
    return {
        "format": "backproof-graph",
        "version": 1,
        "n": graph.n,
        "l": graph.l,
        "edges": [list(edge) for edge in graph.edges],
        "vertices": [_vertex_document(graph, i) for i in range(1, graph.n + 1)],
    }


def _vertex_document(graph: Graph, i: int) -> dict[str, Any]:
    v = graph.vertices[i - 1]
    document: dict[str, Any] = {"name": v.name, "shape": list(graph.shape(i))}
    if v.discrete:
        document["discrete"] = True
    if v.function is not None:
        document |= {"function": v.function, "operands": list(v.operands)}
        document["attributes"] = {name: encode_number(value) for name, value in v.attributes}
    return document


def from_document(document: Any) -> Graph:
    """The graph in `document`. GraphError names the place that does not fit the schema, or the vertex or edge that violates L10."""
    error = next(iter(sorted(_validator().iter_errors(document), key=lambda e: [str(part) for part in e.absolute_path])), None)
    if error is not None:
        raise GraphError(f"{_place(error.absolute_path)}: {_one_line(_complaint(error))}")
    vertices = document["vertices"]
    if document["n"] != len(vertices):
        raise GraphError(f"$.n: {document['n']}, but there are {len(vertices)} vertices")
    read = [_vertex(v, f"$.vertices[{position}]") for position, v in enumerate(vertices)]
    edges = tuple((j, i) for j, i in document["edges"])
    if not edges and any(v.operands for v in read):
        raise GraphError("$.edges: empty, but vertices read operands; list every pair (operand, vertex)")
    return Graph(document["l"], tuple(read), edges)


def _vertex(data: dict[str, Any], where: str) -> Vertex:
    attributes: list[tuple[str, Any]] = []
    for name, value in sorted(data.get("attributes", {}).items()):
        try:
            attributes.append((name, decode_number(value)))
        except ValueError as error:
            raise GraphError(f"{where}.attributes.{name}: {error}") from None
    shape = tuple(data["shape"])
    return Vertex(
        data["name"], shape, data.get("function"), tuple(data.get("operands", ())), tuple(attributes), data.get("discrete", False)
    )


def dumps(graph: Graph) -> str:
    """The graph as JSON text."""
    return json.dumps(to_document(graph), ensure_ascii=False, allow_nan=False)


def loads(text: str) -> Graph:
    """The graph in JSON text; GraphError if it is not JSON, or not a graph."""
    return from_document(parse_json(text))


def parse_json(text: str) -> Any:
    """JSON text as data. GraphError if it is not JSON, names a key twice, or holds NaN or an infinity.

    >>> parse_json('{"a": 1, "a": 2}')
    Traceback (most recent call last):
        ...
    backproof.engine.errors.GraphError: $: the key 'a' stands twice in one object
    """
    try:
        return json.loads(text, object_pairs_hook=_unique_keys, parse_constant=_no_constant)
    except GraphError:
        raise
    except (ValueError, RecursionError) as error:
        raise GraphError(f"$: not JSON: {_one_line(str(error))}") from None


def _unique_keys(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise GraphError(f"$: the key {_short(key)} stands twice in one object")
        found[key] = value
    return found


def _no_constant(name: str) -> Any:
    raise GraphError(f"$: {name} is not a number of JSON; every number must be finite")


@cache
def _validator() -> Any:
    import jsonschema

    schema = json.loads(files("backproof.engine").joinpath("graph.schema.json").read_text(encoding="utf-8"))
    return jsonschema.Draft202012Validator(schema)


def _complaint(error: Any) -> str:
    if error.validator == "anyOf":
        return f"{_short(error.instance)} is not a whole number, a string, true, false, null, {{'float': '0x…'}}, {{'rational': 'p/q'}} or a list of these"
    if error.validator == "const":
        return f"found {_short(error.instance)}, expected {error.validator_value!r}"
    return str(error.message)


def _place(path: Any) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)


def _one_line(message: str) -> str:
    flat = " ".join(message.split())
    return flat if len(flat) <= 3 * LONGEST_VALUE else f"{flat[:LONGEST_VALUE]} … {flat[-LONGEST_VALUE:]}"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else text[:LONGEST_VALUE] + "…"
