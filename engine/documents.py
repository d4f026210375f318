"""A graph as JSON, loss-free: `dumps` and `loads` for text, `to_document` and `from_document` for data.

JSON holds no code: a vertex names a row of the function table. Floats among the attributes are written in hexadecimal,
`{"float": "0x1.8p+1"}`, fractions as `{"rational": "1/3"}`. The form is described by `graph.schema.json` beside this
file. A document that does not fit it, or whose graph violates L10, is a `GraphError` of one line that names the place
in the document.

>>> from backproof.engine.graph import Graph
>>> from backproof.engine.vertices import leaf, vertex
>>> graph = Graph(1, (leaf("x"), vertex("y", "power", (1,), exponent=0.1)))
>>> loads(dumps(graph)) == graph
True
>>> loads('{"format": "backproof-graph", "version": 1, "n": 1, "l": 0, "edges": [], "vertices": [{"name": "x", "shape": ["two"]}]}')
Traceback (most recent call last):
    ...
backproof.engine.errors.GraphError: $.vertices[0].shape[0]: found "two", expected a whole number
"""

from __future__ import annotations

import json
import math
import re
import sys
from fractions import Fraction
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any, cast

from backproof.engine.errors import At, GraphError
from backproof.engine.graph import Graph
from backproof.engine.json_text import check_form, check_text, found, json_path, one_line, parse_json
from backproof.engine.limits import LIMITS
from backproof.engine.vertices import Vertex

_HEX_FLOAT = re.compile(r"-?0x([01])(?:\.([0-9a-f]{1,13}))?p([+-][0-9]{1,4})")
_FRACTION = re.compile(r"-?[0-9]{1,4000}(/[0-9]{1,4000})?")
_READ_FIRST = ("format", "version")  # keys of which a complaint comes before every other: the document may be of another kind
_FLOAT_FORM, _FRACTION_FORM = '{"float": "0x1.8p+1"}', '{"rational": "1/3"}'
MOST_ERRORS = 1000  # chosen: of which the first in the document is shown; a broken document can have one in every value
_TYPES = {"integer": "a whole number", "boolean": "true or false", "string": "a text", "array": "a list", "object": "an object"}


def encode_number(value: Any) -> Any:
    """A number (or text, bool, None, or a nested tuple of these) as JSON data. GraphError for what JSON cannot hold
    without loss.

    >>> encode_number((1, 0.5, Fraction(1, 3)))
    [1, {'float': '0x1.0000000000000p-1'}, {'rational': '1/3'}]
    """
    if isinstance(value, tuple | list):
        return [encode_number(item) for item in value]
    if isinstance(value, Fraction):
        return {"rational": f"{encode_number(value.numerator)}/{encode_number(value.denominator)}"}
    if isinstance(value, float):
        if not math.isfinite(value):
            raise GraphError(f"{float(value)!r} has no place in a document; every number must be finite")
        return {"float": value.hex()}
    if isinstance(value, int) and abs(value) >= _too_many_digits():
        raise GraphError(f"a whole number of more than {LIMITS.digits:,} digits has no place in a document")
    if value is None or isinstance(value, bool | int | str):
        return value
    raise GraphError(f"a {type(value).__name__} has no place in a document; use whole numbers, floats, fractions, texts or lists of these")


@cache
def _too_many_digits() -> int:
    return 10**LIMITS.digits


def decode_number(data: Any) -> Any:
    """The inverse of `encode_number`; ValueError says what is wrong with the number.

    >>> decode_number({"float": "0x1.8p+1"})
    3.0
    >>> decode_number({"float": "0.5"})
    Traceback (most recent call last):
        ...
    ValueError: found "0.5", expected a hexadecimal float such as {"float": "0x1.8p+1"}
    """
    return _decode(data, LIMITS.depth)


def _decode(data: Any, depth: int) -> Any:
    if isinstance(data, list):
        if depth == 0:
            raise ValueError(f"nested more than {LIMITS.depth} deep")
        return tuple(_decode(item, depth - 1) for item in data)
    if isinstance(data, dict) and len(data) == 1:
        ((form, text),) = data.items()
        if form == "float" and isinstance(text, str):
            return _decode_float(text)
        if form == "rational" and isinstance(text, str):
            return _decode_fraction(text)
    if isinstance(data, dict | float):
        raise ValueError(f"found {found(data)}, expected a whole number, {_FLOAT_FORM} or {_FRACTION_FORM}")
    return data


def _decode_float(text: str) -> float:
    match = _HEX_FLOAT.fullmatch(text)
    if match is None:
        raise ValueError(f"found {found(text)}, expected a hexadecimal float such as {_FLOAT_FORM}")
    try:
        value = float.fromhex(text)
    except OverflowError:
        raise ValueError(f"found {found(text)}, which is too large for a float64") from None
    if abs(value) < sys.float_info.min:
        whole, part, exponent = match[1], match[2] or "", int(match[3])
        if Fraction(abs(value)) != int(whole + part, 16) * Fraction(2) ** (exponent - 4 * len(part)):
            raise ValueError(f"found {found(text)}, which no float64 holds exactly (the nearest is {value.hex()})")
    return value


def _decode_fraction(text: str) -> Fraction:
    if not _FRACTION.fullmatch(text):
        raise ValueError(f"found {found(text)}, expected a fraction such as {_FRACTION_FORM}")
    try:
        return Fraction(text)
    except ZeroDivisionError:
        raise ValueError(f"found {found(text)}, which divides by zero") from None


def to_document(graph: Graph) -> dict[str, Any]:
    """The graph as JSON data, which fits `graph.schema.json`. GraphError names the place of what JSON cannot hold (an
    infinity, say).

    >>> from backproof.engine.vertices import leaf, vertex
    >>> to_document(Graph(1, (leaf("x"), vertex("y", "multiply", (1, 1)))))["edges"]
    [[1, 2]]
    """
    document = {
        "format": "backproof-graph",
        "version": 1,
        "n": graph.n,
        "l": graph.l,
        "edges": [list(edge) for edge in graph.edges],
        "vertices": [_vertex_document(graph, i) for i in range(1, graph.n + 1)],
    }
    check_form(document)
    return document


def _vertex_document(graph: Graph, i: int) -> dict[str, Any]:
    v = graph.vertices[i - 1]
    document: dict[str, Any] = {"name": v.name, "shape": list(graph.shape(i))}
    if v.discrete:
        document["discrete"] = True
    if v.function is not None:
        document |= {"function": v.function, "operands": list(v.operands), "attributes": {}}
    for name, value in v.attributes:
        try:
            document["attributes"][name] = encode_number(value)
        except GraphError as error:
            raise GraphError(f"{json_path(('vertices', i - 1, 'attributes', name))}: {error}") from None
    return document


def from_document(document: Any) -> Graph:
    """The graph in `document`. GraphError names the place that does not fit the schema, or the vertex or edge that
    violates L10.

    The document is read in this order: its form, `format` and `version`, the schema, and last the definition of a
    graph.
    """
    check_form(document)
    error = min(islice(_validator().iter_errors(document), MOST_ERRORS), key=_order, default=None)
    if error is not None:
        raise GraphError(f"{json_path(error.absolute_path)}: {_complaint(error)}")
    count = len(document["vertices"])
    if document["n"] != count:
        raise GraphError(f"$.n: found {document['n']}, expected {count}, the number of vertices")
    vertices = tuple(_vertex(position, data) for position, data in enumerate(document["vertices"]))
    if not document["edges"] and any(v.operands for v in vertices):
        raise GraphError("$.edges: found an empty list, but vertices have operands; list every pair (operand, vertex)")
    try:
        return Graph(document["l"], vertices, tuple((j, i) for j, i in document["edges"]))
    except GraphError as violation:
        at = violation.at
        raise GraphError(one_line(f"{json_path(_path(at, document))}: {violation}"), at) from None


def _vertex(position: int, data: dict[str, Any]) -> Vertex:
    attributes: list[tuple[str, Any]] = []
    for name, value in data.get("attributes", {}).items():
        try:
            attributes.append((name, decode_number(value)))
        except ValueError as error:
            raise GraphError(f"{json_path(('vertices', position, 'attributes', name))}: {error}") from None
    operands = tuple(data.get("operands", ()))
    return Vertex(data["name"], tuple(data["shape"]), data.get("function"), operands, tuple(attributes), data.get("discrete", False))


def _path(at: At, document: dict[str, Any]) -> tuple[str | int, ...]:
    """Where in the document the vertex, the edge or the number stands that violates L10.

    An edge stands in `edges`, unless it was seen among the operands first: where it goes down, or into a leaf without
    being listed.
    """
    if at is None:
        return ()
    if isinstance(at, str):
        return (at,)
    if isinstance(at, int):
        return ("vertices", at - 1)
    j, i = at
    listed = [position for position, edge in enumerate(document["edges"]) if edge == [j, i]]
    operands = document["vertices"][i - 1].get("operands", []) if i <= document["n"] else []
    if j in operands and (not listed if i <= document["l"] else j >= i):
        return ("vertices", i - 1, "operands", operands.index(j))
    return ("edges", listed[-1]) if listed else ("edges",)


def dumps(graph: Graph) -> str:
    """The graph as JSON text. GraphError if `loads` would refuse it for its size."""
    text = json.dumps(to_document(graph), ensure_ascii=False, allow_nan=False)
    check_text(text)
    return text


def loads(text: str) -> Graph:
    """The graph in JSON text; GraphError if it is not JSON, or not a graph."""
    return from_document(parse_json(text))


@cache
def _validator() -> Any:
    """The schema, with whole numbers that are Python's: JSON Schema alone would take 2.0 for one. In lists, what surely
    fits is not looked at one by one, which would take most of the time of reading."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend

    schema = json.loads(files("backproof.engine").joinpath("graph.schema.json").read_text(encoding="utf-8"))
    strict = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
    items = Draft202012Validator.VALIDATORS["items"]

    def items_that_may_not_fit(validator: Any, rule: Any, instance: Any, holder: Any) -> Any:
        if not (isinstance(instance, list) and all(_surely_fits(item, rule) for item in cast("list[Any]", instance))):
            yield from items(validator, rule, instance, holder)

    return extend(Draft202012Validator, {"items": items_that_may_not_fit}, type_checker=strict)(schema)


def _surely_fits(item: Any, rule: Any) -> bool:
    """Whether a plain number fits a rule for the items of a list: an attribute, or a whole number within bounds."""
    if "$ref" in rule:
        if type(item) is dict and len(item) == 1:
            text = item.get("float")
            return isinstance(text, str) and _HEX_FLOAT.fullmatch(text) is not None
        return type(item) is int
    return type(item) is int and rule.get("minimum", item) <= item <= rule.get("maximum", item) and rule.get("type") == "integer"


def _order(error: Any) -> Any:
    """Format and version first, so that a document of another kind is told so; then shallow before deep, and as the
    document is written."""
    path = list(error.absolute_path)
    first = _READ_FIRST.index(path[0]) if path and path[0] in _READ_FIRST else len(_READ_FIRST)
    return first, [(part, "") if isinstance(part, int) else (0, part) for part in path]


def _complaint(error: Any) -> str:
    """What was found and what was expected, in our words."""
    value, rule, schema = error.instance, error.validator_value, error.schema
    is_number = "rational" in schema.get("properties", ())
    match error.validator:
        case "type" if isinstance(rule, list):
            return f"found {found(value)}, expected a whole number, true, false, null, a text, {_FLOAT_FORM}, {_FRACTION_FORM} or a list"
        case "type":
            return f"found {found(value)}, expected {_TYPES[rule]}"
        case "const":
            return f"found {found(value)}, expected {found(rule)}"
        case "required":
            return f"the key {found(next(key for key in rule if key not in value))} is missing"
        case "additionalProperties" | "minProperties" | "maxProperties" if is_number:
            return f"found an object with the keys {_listed(value)}, expected {_FLOAT_FORM} or {_FRACTION_FORM}"
        case "additionalProperties":
            unknown = next(key for key in value if key not in schema["properties"])
            return f"the key {found(unknown)} is unknown; known: {', '.join(schema['properties'])}"
        case "pattern":
            kind = ("hexadecimal float", _FLOAT_FORM) if error.absolute_path[-1] == "float" else ("fraction", _FRACTION_FORM)
            return f"found {found(value)}, expected a {kind[0]} such as {kind[1]}"
        case "minimum" | "maximum":
            return f"found {found(value)}, expected at {'least' if error.validator == 'minimum' else 'most'} {rule:,}"
        case "minItems" | "maxItems" if schema.get("minItems") == schema.get("maxItems"):
            return f"found {len(value):,} entries, expected {rule}"
        case _:
            unit = "characters" if isinstance(value, str) else "entries"
            return f"found {len(value):,} {unit}, expected at {'least' if error.validator.startswith('min') else 'most'} {rule:,}"


def _listed(keys: Any) -> str:
    names = [found(key) for key in list(keys)[:3]]
    return ", ".join(names) if names else "(none)"
