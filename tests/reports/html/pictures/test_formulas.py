"""Every function of the table is written with the names of its operands; what is not in it, as a call."""

from __future__ import annotations

from typing import Any

import pytest

from backproof.engine.functions import TABLE
from backproof.reports.html.pictures.formulas import MOST_TERMS, constant, own_formula

NAMES = {1: "u₁", 2: "u₂", 3: "b"}
WRITTEN: list[tuple[str, list[int], dict[str, Any], str]] = [
    ("add", [1, 2], {}, "u₁ + u₂"),
    ("add", [1, 1], {}, "u₁ + u₁"),
    ("add", [1, 2] * 4, {}, "u₁ + … + u₂, 8 of them"),
    ("subtract", [2, 1], {}, "u₂ − u₁"),
    ("multiply", [1, 2, 1], {}, "u₁ · u₂ · u₁"),
    ("where", [1, 2, 3], {}, "u₂ where u₁ > 0, else b"),
    ("affine", [1, 2, 3], {}, "u₁ u₂ + b"),
    ("power", [1], {"exponent": -2}, "u₁⁻²"),
    ("power", [1], {"exponent": "1/2"}, "u₁^(1/2)"),
    ("power", [1, 2], {}, "u₁^u₂"),
    ("weighted_sum", [1, 2], {"weights": [[[3]], [[-2]]]}, "3 u₁ − 2 u₂"),
    ("weighted_sum", [1, 2], {"weights": [[[3, 1]], [[2, 2]]]}, "W₁ u₁ + W₂ u₂"),
    ("mean", [1], {"axis": 0}, "mean u₁, axis 0"),
    ("slice", [1], {"axis": -1, "start": 2, "stop": 4}, "u₁[2:4], axis -1"),
    ("take", [1], {"indices": [[0], [1]]}, "u₁[[0], [1]]"),
    ("take", [1], {"indices": 2}, "u₁[2]"),
    ("reshape", [1], {"to": [2, 3]}, "u₁ as 2 × 3"),
    ("broadcast", [1], {"to": [4]}, "u₁ to 4"),
    ("transpose", [1], {"axes": [1, 0]}, "u₁ᵀ"),
    ("pick", [1, 2], {}, "u₁[u₂]"),
    ("pick", [1], {"index": 3}, "u₁[3]"),
    ("concatenate", [1, 2], {"axis": 0}, "joined u₁, u₂, axis 0"),
    ("constant", [], {"value": [1.9375, 1.1875]}, "constant [1.938, 1.188]"),
    ("constant", [], {"value": "-11/8"}, "constant -11/8"),
    ("gelu", [1], {"exact": True}, "gelu(u₁, exact = True)"),
]


@pytest.mark.parametrize(("function", "operands", "attributes", "written"), WRITTEN)
def test_a_formula_names_its_operands_and_its_constants(
    function: str, operands: list[int], attributes: dict[str, Any], written: str
) -> None:
    assert own_formula({"function": function, "operands": operands, "attributes": attributes}, NAMES) == written


@pytest.mark.parametrize("function", sorted(TABLE))
def test_every_function_of_the_engine_is_written_in_its_own_signs(function: str) -> None:
    row = TABLE[function]
    count = row.fewest if row.most is None else row.most
    given = {"indices": [0], "to": [1], "value": 1, "weights": [[[2]]] * count, "exponent": 2, "index": 0, "axis": 0, "axes": [1, 0]}
    attributes = {name: given[name] for name in row.required} | ({"exponent": 2} if function == "power" and count == 1 else {})
    text = own_formula({"function": function, "operands": [1, 2, 3][:count], "attributes": attributes}, NAMES)
    assert all(NAMES[k] in text for k in range(1, count + 1))
    assert not text.startswith(f"{function}(")


def test_operands_that_a_function_does_not_take_are_written_as_a_call() -> None:
    assert own_formula({"function": "subtract", "operands": [1], "attributes": {}}, NAMES) == "subtract(u₁)"
    assert own_formula({"function": "affine", "operands": [1] * (MOST_TERMS + 3), "attributes": {}}, NAMES) == "u₁ u₁ + u₁"


def test_long_constants_are_their_size() -> None:
    assert constant([[1.5] * 8] * 8) == "8 × 8 numbers"
    assert constant("x" * 40).endswith("…")


def test_hostile_names_and_attributes_are_inert(hostile_name: str) -> None:
    for vertex in (
        {"function": "add", "operands": [1, 1], "attributes": {}},
        {"function": hostile_name, "operands": [1], "attributes": {hostile_name: hostile_name}},
    ):
        text = own_formula(vertex, {1: hostile_name})
        assert not {"\x00", "\x1b", "\u202e"} & set(text)
        assert len(text) < 500
