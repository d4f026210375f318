"""Every file in `malformed/` is refused in one clear line that names the place; each file is named by its fault."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from backproof.engine import GraphError
from backproof.engine.documents import loads

MALFORMED = sorted((Path(__file__).parent / "malformed").glob("*.json"))
SCHEMA: Any = json.loads(files("backproof.engine").joinpath("graph.schema.json").read_text(encoding="utf-8"))

# How the one line begins, for every file.
MESSAGES = {
    "a-list": "$: found a list of 3, expected an object",
    "attributes-on-a-leaf": "$.vertices[0]: vertex 1 ('u1') is a leaf and has no attributes; found 'axis'",
    "bad-hex-float": '$.vertices[3].attributes.exponent.float: found "0x1.zp+1", expected a hexadecimal float such as {"float": "0x1.8p+1"}',
    "decimal-float": "$.vertices[3].attributes.exponent: found 0.5, expected a whole number, true, false, null, a text, {",
    "decimal-too-large": "$.vertices[3].attributes.exponent: found Infinity, expected a finite number",
    "deeply-nested": "$",
    "discrete-operand-of-add": "$.vertices[2]: vertex 3 ('u3'): operand 1 of add, vertex 1 ('u1'), must not be discrete",
    "discrete-output": "$.vertices[3]: vertex 4 ('u4') is discrete, but only a leaf can be",
    "division-by-zero": '$.vertices[3].attributes.exponent: found "1/0", which divides by zero',
    "duplicate-edge": "$.edges[4]: edge (1, 3) is listed twice",
    "edge-downwards": "$.edges[4]: edge (4, 3) needs j < i",
    "edge-into-a-leaf": "$.edges[0]: edge (1, 2) goes into vertex 2 ('u2'), which is a leaf",
    "edge-not-read": "$.edges[4]: edge (1, 4) is in E, but vertex 4 ('u4') does not read vertex 1 ('u1')",
    "edge-of-three": "$.edges[4]: found 3 entries, expected 2",
    "edge-to-itself": "$.edges[4]: edge (3, 3) needs j < i",
    "edge-with-a-point": "$.edges[2][0]: found 3.0, expected a whole number",
    "empty-file": "$: not JSON: ",
    "empty-name": "$.vertices[1].name: found 0 characters, expected at least 1",
    "function-on-a-leaf": "$.vertices[1]: vertex 2 ('u2') is given the function 'exp', but is a leaf",
    "future-version": "$.version: found 2, expected 1",
    "half-a-character": '$.vertices[2].name: found "\\ud800", which holds half a character',
    "hex-float-not-exact": '$.vertices[3].attributes.exponent: found "0x1.8p-1074", which no float64 holds exactly',
    "hex-float-too-small": '$.vertices[3].attributes.exponent: found "0x1p-9999", which no float64 holds exactly (the nearest is 0x0.0p+0)',
    "huge-shape": "$.vertices[0].shape[0]: found 1000000000000000000000000000000, expected at most 100,000,000",
    "infinite-hex-float": '$.vertices[3].attributes.exponent: found "0x1.0p+9999", which is too large for a float64',
    "key-twice": '$: the key "version" stands twice in one object',
    "l-negative": "$.l: found -1, expected at least 0",
    "l-not-below-n": "$.l: l = 4 leaves in a graph of n = 4 vertices",
    "missing-attribute": "$.vertices[3]: vertex 4 ('u4'): reshape needs the attribute 'to'",
    "missing-edge": "$.edges: edge (3, 4) is missing from E, but vertex 4 ('u4') reads vertex 3 ('u3')",
    "missing-function": "$.vertices[3]: vertex 4 ('u4') has no function",
    "missing-vertices": '$: the key "vertices" is missing',
    "n-disagrees": "$.n: found 5, expected 4, the number of vertices",
    "name-is-a-number": "$.vertices[1].name: found 7, expected a text",
    "nan-literal": "$.l: found NaN, expected a finite number",
    "nested-attribute": "$.vertices[3].attributes.exponent[0][0]",
    "newline-in-a-key": '$.vertices[3].attributes["expo\\nnent"]: found 0.5, expected a whole number',
    "no-edges": "$.edges: found an empty list, but vertices have operands",
    "not-json": "$: not JSON: ",
    "number-in-another-form": '$.vertices[3].attributes.exponent: found an object with the keys "complex", expected {"float": "0x1.8p+1"}',
    "number-in-two-forms": '$.vertices[3].attributes.exponent: found an object with the keys "float", "rational", expected {"float":',
    "number-of-5000-digits": "$: found a whole number of 5,000 digits; at most 4,000 are read",
    "operand-is-a-string": '$.vertices[3].operands[1]: found "u3", expected a whole number',
    "operand-is-true": "$.vertices[3].operands[1]: found true, expected a whole number",
    "ragged-weights": "$.vertices[3]: vertex 4 ('u4'): weighted_sum does not fit its operands: ",
    "same-name-twice": "$.vertices[1]: vertex 2 ('u1') has the name of vertex 1",
    "shape-missing": '$.vertices[3]: the key "shape" is missing',
    "shape-of-40-axes": "$.vertices[0].shape: found 40 entries, expected at most 32",
    "shape-zero": "$.vertices[0].shape[0]: found 0, expected at least 1",
    "string-axis": "$.vertices[3]: vertex 4 ('u4'): sum does not fit its operands: ",
    "string-exponent": "$.vertices[3]: vertex 4 ('u4'): power does not fit its operands: ",
    "too-few-operands": "$.vertices[2]: vertex 3 ('u3'): add takes 2 or more operands, found 1",
    "too-many-entries": "$.vertices[0]: vertex 1 ('u1') has shape (1000000, 1000000): 1,000,000,000,000 entries",
    "unknown-attribute": "$.vertices[3]: vertex 4 ('u4'): multiply has no attribute 'axis'",
    "unknown-function": "$.vertices[3]: vertex 4 ('u4'): unknown function 'multply'; did you mean 'multiply'?",
    "unknown-key": '$: the key "author" is unknown; known: format, version, n, l, edges, vertices',
    "unknown-parent": "$.vertices[3]: vertex 4 ('u4') has the unknown parent 7; vertices are 1 … 4",
    "unknown-vertex-in-edge": "$.edges[4]: edge (3, 9) names an unknown vertex; vertices are 1 … 4",
    "whole-number-with-a-point": "$.l: found 2.0, expected a whole number",
    "wrong-dimension": "$.vertices[3]: vertex 4 ('u4') is given shape (2,) (dimension 2), but multiply of its operands has shape () (dimension 1)",
    "wrong-format": '$.format: found "onnx", expected "backproof-graph"',
}


def test_every_malformed_file_has_its_message() -> None:
    assert len(MALFORMED) >= 20
    assert {file.stem for file in MALFORMED} == set(MESSAGES)


@pytest.mark.parametrize("file", MALFORMED, ids=lambda file: file.stem)
def test_a_malformed_file_is_one_clear_line(file: Path) -> None:
    with pytest.raises(GraphError) as caught:
        loads(file.read_text(encoding="utf-8"))
    message = str(caught.value)
    assert message.startswith(MESSAGES[file.stem])
    assert len(message.splitlines()) == 1
    assert len(message) < 700


@pytest.mark.parametrize("stem", ["deeply-nested", "nested-attribute"])
def test_deep_nesting_is_said_to_be_so(stem: str) -> None:
    (file,) = (file for file in MALFORMED if file.stem == stem)
    with pytest.raises(GraphError, match=r"nested more than 50 deep$"):
        loads(file.read_text(encoding="utf-8"))


def test_what_the_schema_refuses_the_loader_refuses() -> None:
    """The schema alone, read by another validator, refuses these files; the others break L10 or are not JSON."""
    refused: set[str] = set()
    for file in MALFORMED:
        try:
            document = json.loads(file.read_text(encoding="utf-8"))
        except (ValueError, RecursionError):
            continue
        if not Draft202012Validator(SCHEMA).is_valid(document):
            refused.add(file.stem)
    assert refused >= {"a-list", "bad-hex-float", "decimal-float", "edge-of-three", "empty-name", "huge-shape", "l-negative", "unknown-key"}
    assert refused.isdisjoint({"missing-edge", "duplicate-edge", "n-disagrees", "unknown-function", "division-by-zero", "same-name-twice"})
