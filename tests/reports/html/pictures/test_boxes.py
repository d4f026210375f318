"""What stands in a box, and that it fits into it."""

from __future__ import annotations

from typing import Any

import pytest

from backproof.reports.html.pictures.boxes import WIDEST, WIDEST_FAULT, box_of
from backproof.reports.html.pictures.letters import width_of

VERTEX: dict[str, Any] = {"number": 2, "name": "z", "shape": [3], "function": "tanh", "operands": [1], "attributes": {}, "discrete": False}


def detail(value: Any, adjoint: Any) -> dict[str, Any]:
    return {"graph": {"vertices": [{}, {}, {}]}, "values": {"2": value}, "adjoints": {"2": adjoint}, "backward": [{"step": 2, "vertex": 2}]}


@pytest.mark.parametrize(
    ("value", "adjoint", "said"),
    [
        (["2.0"], [["-1.2345678e-07"]], ["u = 2", "p = -1.235e-7"]),
        (["1.5", "2.0"], [["1.0", "0.0"]], ["u = [1.5 2]", "p = [1 0]"]),
        (["1.5"] * 5, [["1.0"] * 5] * 2, ["u: 5 numbers", "p: 2 × 5"]),
        ({"omitted": "64 numbers"}, None, ["u: 64 numbers", "p not defined"]),
    ],
)
def test_numbers_are_short_and_many_are_counted(value: Any, adjoint: Any, said: list[str]) -> None:
    box = box_of(VERTEX, detail(value, adjoint), {1: "x", 2: "z"})
    assert [line.text for line in box.lines] == ["z", "tanh x", *said]
    assert (box.kind, box.turn) == ("inner", 2)


def test_at_fault_what_was_found_stands_above_what_is_certified() -> None:
    box = box_of(
        VERTEX, detail(["2.0"], [["3.0"]]), {1: "x"}, {"vertex": 2, "quantity": "adjoint", "certified": {"2": [["-1.2345678e-07"]]}}
    )
    assert [line.text for line in box.lines[2:]] == ["✕ first wrong", "u = 2", "found p = 3", "certified p = -1.235e-7"]
    value = box_of(VERTEX, detail(["2.0"], [["3.0"]]), {1: "x"}, {"vertex": 2, "quantity": "value"})
    assert [line.text for line in value.lines[2:]] == ["✕ first wrong", "found u = 2", "p = 3"]


def test_edges_that_lead_out_of_the_picture_are_counted() -> None:
    box = box_of(VERTEX, detail(["2.0"], [["3.0"]]), {1: "x"}, None, (1, 1022))
    assert [line.text for line in box.lines if line.kind == "more"] == ["+ 1 operand", "+ 1,022 consumers"]


def test_names_of_any_kind_stay_inside_of_their_box(hostile_name: str) -> None:
    for fault, widest in ((None, WIDEST), ({"vertex": 2, "quantity": "adjoint", "certified": {"2": [["2.5"]]}}, WIDEST_FAULT)):
        box = box_of({**VERTEX, "name": hostile_name}, detail(["2.0"], [["3.0"]]), {1: hostile_name}, fault)
        assert box.size[0] <= widest
        assert all(width_of(line.text, 15 if line.kind == "name" else 12) <= box.size[0] - 18 for line in box.lines)
