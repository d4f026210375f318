"""Documents are loss-free and fit their schema; a malformed one is refused in one line that names the place."""

from __future__ import annotations

import copy
import json
import math
import struct
from fractions import Fraction
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from backproof.engine import Graph, GraphError, Vertex, leaf, vertex
from backproof.engine.documents import decode_number, dumps, encode_number, from_document, loads, to_document
from backproof.verify.strategies import graphs

SCHEMA: Any = json.loads(files("backproof.engine").joinpath("graph.schema.json").read_text(encoding="utf-8"))
SMALLEST, LARGEST = 5e-324, 1.7976931348623157e308


def bits(value: Any) -> Any:
    """A value with its type, floats as their 64 bits: what `==` does not tell apart (1, 1.0 and True; 0.0 and -0.0)
    differs here."""
    if isinstance(value, tuple):
        return tuple(bits(item) for item in value)
    return type(value).__name__, struct.pack("<d", value) if isinstance(value, float) else value


def all_bits(graph: Graph) -> Any:
    return graph.l, graph.edges, [(v.name, v.shape, v.function, v.operands, bits(v.attributes), v.discrete) for v in graph.vertices]


def power_document() -> dict[str, Any]:
    """x ↦ x³, written by hand."""
    return {
        "format": "backproof-graph",
        "version": 1,
        "n": 2,
        "l": 1,
        "edges": [[1, 2]],
        "vertices": [
            {"name": "x", "shape": []},
            {"name": "y", "shape": [], "function": "power", "operands": [1], "attributes": {"exponent": {"float": "0x1.8p+1"}}},
        ],
    }


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@given(graphs())
def test_every_graph_survives_bit_for_bit_and_fits_the_schema(graph: Graph) -> None:
    document = to_document(graph)
    Draft202012Validator(SCHEMA).validate(document)
    again = loads(dumps(graph))
    assert again == graph
    assert all_bits(again) == all_bits(graph)
    assert dumps(again) == dumps(graph)


finite = st.floats(allow_nan=False, allow_infinity=False)


@given(finite | st.fractions() | st.integers())
@example(-0.0)
@example(SMALLEST)
@example(-SMALLEST)
@example(2.225073858507201e-308)
@example(LARGEST)
@example(10**3999)
def test_numbers_survive_bit_for_bit(number: Any) -> None:
    again = decode_number(json.loads(json.dumps(encode_number(number))))
    assert bits(again) == bits(number)


@given(st.lists(finite | st.fractions() | st.integers(-(2**70), 2**70), min_size=1, max_size=5))
def test_the_attributes_of_a_graph_survive_bit_for_bit(numbers: list[Any]) -> None:
    graph = Graph(0, (vertex("c", "constant", value=numbers),))
    document = to_document(graph)
    Draft202012Validator(SCHEMA).validate(document)
    assert all_bits(loads(dumps(graph))) == all_bits(graph)


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (3, 3),
        (3.0, {"float": "0x1.8000000000000p+1"}),
        (-0.0, {"float": "-0x0.0p+0"}),
        (SMALLEST, {"float": "0x0.0000000000001p-1022"}),
        (Fraction(-2, 6), {"rational": "-1/3"}),
        ((1, (None, True, "axis")), [1, [None, True, "axis"]]),
    ],
)
def test_numbers_are_written_so(number: Any, written: Any) -> None:
    assert encode_number(number) == written
    assert bits(decode_number(written)) == bits(number)


def test_the_written_form_by_hand() -> None:
    graph = Graph(2, (leaf("x", (2,)), leaf("y", discrete=True), vertex("z", "pick", (1, 2)), vertex("o", "power", (3,), exponent=0.5)))
    assert to_document(graph) == {
        "format": "backproof-graph",
        "version": 1,
        "n": 4,
        "l": 2,
        "edges": [[1, 3], [2, 3], [3, 4]],
        "vertices": [
            {"name": "x", "shape": [2]},
            {"name": "y", "shape": [], "discrete": True},
            {"name": "z", "shape": [], "function": "pick", "operands": [1, 2], "attributes": {}},
            {"name": "o", "shape": [], "function": "power", "operands": [3], "attributes": {"exponent": {"float": "0x1.0000000000000p-1"}}},
        ],
    }


def test_a_short_hex_float_is_read() -> None:
    assert from_document(power_document()).attributes(2) == {"exponent": 3.0}


@pytest.mark.parametrize("name", ["θ", 'a "b"\\', "line\nbreak", "\u2028", "🜁", " ", "x" * 1000], ids=lambda name: repr(name)[:12])
def test_any_name_survives(name: str) -> None:
    graph = Graph(1, (leaf(name), vertex("y", "exp", (1,))))
    assert loads(dumps(graph)).name(1) == name


def test_long_operand_lists_survive() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "add", [1] * 3000)))
    assert loads(dumps(graph)).operands(2) == (1,) * 3000


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_infinities_and_nan_cannot_be_written(number: float) -> None:
    with pytest.raises(GraphError, match="every number must be finite"):
        encode_number(number)


@pytest.mark.parametrize(
    ("value", "message"),
    [(1j, "a complex has no place"), (10**4000, "more than 4,000 digits"), (Fraction(1, 10**4000), "4,000 digits"), (object(), "object")],
    ids=lambda value: type(value).__name__,
)
def test_what_json_cannot_hold_is_not_written(value: Any, message: str) -> None:
    with pytest.raises(GraphError, match=message):
        encode_number(value)


def test_writing_names_the_attribute_and_the_name_that_json_cannot_hold() -> None:
    axis = Graph(1, (leaf("x", (2,)), vertex("y", "slice", (1,), stop=10**4000)))
    with pytest.raises(GraphError, match=r"^\$\.vertices\[1\]\.attributes\.stop: a whole number of more than 4,000 digits"):
        dumps(axis)
    with pytest.raises(GraphError, match=r"^\$\.vertices\[0\]\.name: .* half a character"):
        dumps(Graph(1, (leaf("\udc00"), vertex("y", "exp", (1,)))))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 5) | st.sampled_from([10**30, 2.0, 0.5, 1e308, "", "x", "exp", "0x1p+1"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["float", "rational", "n", "axis", "name"]), inner, max_size=2)
    ),
    max_leaves=6,
)


def places(node: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items: Any = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [path, *(place for part, child in items for place in places(child, (*path, part)))]


@given(graphs(max_vertices=6), st.data())
def test_a_document_with_one_part_replaced_is_a_graph_or_one_line(graph: Graph, data: st.DataObject) -> None:
    document = copy.deepcopy(to_document(graph))
    *path, last = data.draw(st.sampled_from(places(document)[1:]))
    node: Any = document
    for part in path:
        node = node[part]
    node[last] = data.draw(JSON)
    try:
        loaded = from_document(document)
    except GraphError as error:
        complaint = str(error)
    else:
        complaint = "$"
        Draft202012Validator(SCHEMA).validate(document)
        assert all_bits(loads(dumps(loaded))) == all_bits(loaded)
    assert complaint.startswith("$")
    assert len(complaint.splitlines()) == 1


@pytest.mark.parametrize("text", ["{'float': '0x1p0'}", "", "[", "{}" * 2, "\ufeff{}", "nul"])
def test_what_is_not_json_is_said_to_be_so(text: str) -> None:
    with pytest.raises(GraphError, match=r"^\$: not JSON"):
        loads(text)


def test_a_document_of_another_version_is_told_so_before_anything_else() -> None:
    document = power_document() | {"version": 2, "author": "x", "edges": "none"}
    with pytest.raises(GraphError, match=r"^\$\.version: found 2, expected 1$"):
        from_document(document)


def test_a_thousand_shapes_too_large_allocate_nothing() -> None:
    leaves = tuple(leaf(f"x{i}", (10**8,)) for i in range(1, 1001))
    with pytest.raises(
        GraphError, match=r"vertex 11 \(.x11.\) makes 1,100,000,000 entries in all, of values and operands; the limit is 1,000,000,000"
    ):
        Graph(1000, (*leaves, vertex("y", "concatenate", range(1, 1001))))


@pytest.mark.parametrize(
    "data",
    [
        {"float": 1},
        {"float": "1e5"},
        {"float": "0x1p+1\n"},
        {"float": "0x1p+\u0661"},
        {"float": "inf"},
        {"float": "nan"},
        {"rational": "1.5"},
        {"rational": "1/-2"},
        {"rational": "1/0"},
        {"rational": "9" * 4001},
        {"complex": "1"},
        {},
        0.5,
    ],
    ids=lambda data: str(data)[:30],
)
def test_a_number_in_another_form_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match=r"^found "):
        decode_number(data)


def test_a_deep_list_of_numbers_is_refused() -> None:
    deep: Any = 1
    for _ in range(10_000):
        deep = [deep]
    with pytest.raises(ValueError, match="nested more than 50 deep"):
        decode_number(deep)


def test_fractions_stay_fractions() -> None:
    graph = Graph(0, (vertex("c", "constant", value=[Fraction(1, 3), 0.25, 2]),))
    assert bits(loads(dumps(graph)).attributes(1)["value"]) == bits((Fraction(1, 3), 0.25, 2))


def test_attributes_in_another_order_make_the_same_graph() -> None:
    attributes = (("stop", 2), ("axis", 0))
    graph = Graph(1, (leaf("x", (3,)), Vertex("y", None, "slice", (1,), attributes)))
    assert loads(dumps(graph)) == graph == Graph(1, (leaf("x", (3,)), Vertex("y", None, "slice", (1,), attributes[::-1])))
