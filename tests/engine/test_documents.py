"""Documents are loss-free and fit their schema; a malformed one is refused in one line that names the place."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from backproof.engine import Graph, GraphError, leaf, vertex
from backproof.engine.documents import decode_number, dumps, encode_number, from_document, loads, parse_json, to_document
from backproof.verify.strategies import graphs
from hypothesis import given
from hypothesis import strategies as st

MALFORMED = sorted((Path(__file__).parent / "malformed").glob("*.json"))

PLACES = {
    "bad-hex-float": "$.vertices[3].attributes.exponent: '0x1.zp+1' is not a hexadecimal float",
    "decimal-float": "$.vertices[3].attributes.exponent: 0.5 is not a whole number",
    "operand-is-a-string": "$.vertices[3].operands[1]: 'u3' is not of type 'integer'",
    "operand-is-true": "$.vertices[3].operands[1]: True is not of type 'integer'",
    "edge-of-three": "$.edges[4]: [1, 2, 4] is too long",
    "n-disagrees": "$.n: 5, but there are 4 vertices",
    "future-version": "$.version: found 2, expected 1",
    "wrong-format": "$.format: found 'onnx', expected 'backproof-graph'",
    "key-twice": "the key 'version' stands twice",
    "nan-literal": "NaN is not a number of JSON",
    "missing-edge": "edge (3, 4) is missing from E",
    "division-by-zero": "'1/0' divides by zero",
}


@given(graphs())
def test_every_graph_survives_and_fits_the_schema(graph: Graph) -> None:
    assert loads(dumps(graph)) == graph
    assert from_document(json.loads(json.dumps(to_document(graph)))) == graph


@given(st.floats(allow_nan=False, allow_infinity=False) | st.fractions() | st.integers())
def test_numbers_survive_bit_for_bit(number: Any) -> None:
    again = decode_number(json.loads(json.dumps(encode_number(number))))
    assert type(again) is type(number)
    assert again == number
    if isinstance(number, float):
        assert math.copysign(1, again) == math.copysign(1, number)


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


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_infinities_and_nan_cannot_be_written(number: float) -> None:
    with pytest.raises(GraphError, match="every number must be finite"):
        encode_number(number)


def test_there_are_at_least_twenty_malformed_files() -> None:
    assert len(MALFORMED) >= 20
    assert set(PLACES) <= {file.stem for file in MALFORMED}


@pytest.mark.parametrize("file", MALFORMED, ids=lambda file: file.stem)
def test_a_malformed_file_is_one_clear_line(file: Path) -> None:
    with pytest.raises(GraphError) as caught:
        loads(file.read_text(encoding="utf-8"))
    message = str(caught.value)
    assert "\n" not in message
    assert PLACES.get(file.stem, "") in message
    assert len(message) < 700


@pytest.mark.parametrize("text", ["{'float': '0x1p0'}", "", "[", "{}" * 2])
def test_what_is_not_json_is_said_to_be_so(text: str) -> None:
    with pytest.raises(GraphError, match=r"\$: not JSON"):
        parse_json(text)


@pytest.mark.parametrize("data", [{"float": 1}, {"float": "1e5"}, {"rational": "1.5"}, {"complex": "1"}, 0.5, {"rational": "1/0"}])
def test_a_number_in_another_form_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match=r"is not|divides by zero|decimal"):
        decode_number(data)


def test_fractions_stay_fractions() -> None:
    graph = Graph(0, (vertex("c", "constant", value=[Fraction(1, 3), 0.25, 2]),))
    value: Any
    (value,) = (v for name, v in loads(dumps(graph)).vertices[0].attributes if name == "value")
    assert value == (Fraction(1, 3), 0.25, 2)
    assert [type(entry) for entry in value] == [Fraction, float, int]
