"""A case survives its JSON form and its replay line bit for bit; damaged ones are refused in words."""

from __future__ import annotations

import base64
import json
import zlib
from fractions import Fraction
from typing import Any

import pytest

from backproof.engine import Graph, leaf, vertex
from backproof.verify.cases.case import Case, CaseError, from_case_document, make_case, to_case_document
from backproof.verify.cases.replay import case_id, from_replay_id, replay_id


def example() -> Case:
    graph = Graph(2, (leaf("x", (2,)), leaf("η"), vertex("y", "power", (1,), exponent=0.1), vertex("z", "multiply", (2, 3))))
    return make_case("a name", "random", graph, [[0.1, 5e-324], Fraction(1, 3)], family="chain", cotangent=[[1, -0.0], [2.5, 3]])


def test_json_and_replay_line_are_loss_free() -> None:
    case = example()
    assert from_case_document(json.loads(json.dumps(to_case_document(case)))) == case
    again = from_replay_id(replay_id(case))
    assert again == case
    assert again.cotangent is not None
    assert str(again.cotangent[0][1]) == "-0.0"
    assert isinstance(again.leaves[1][0], Fraction)


def test_the_replay_line_is_one_line_of_safe_characters() -> None:
    line = replay_id(example())
    assert line.startswith("backproof1:")
    assert line.removeprefix("backproof1:").replace("-", "").replace("_", "").isalnum()


def test_the_id_depends_on_the_content_and_not_on_the_name() -> None:
    case = example()
    renamed = Case("other", "replay", case.graph, case.leaves, None, case.cotangent)
    moved = Case(case.name, case.group, case.graph, ((0.1, 0.0), *case.leaves[1:]), case.family, case.cotangent)
    assert case_id(case) == case_id(renamed)
    assert case_id(case) != case_id(moved)
    assert len(case_id(case)) == 12


def test_values_of_the_wrong_size_or_kind_are_refused() -> None:
    graph = example().graph
    with pytest.raises(CaseError, match=r"leaf 1 \('x'\) has dimension 2, found 3 values"):
        make_case("c", "replay", graph, [[1, 2, 3], 1])
    with pytest.raises(CaseError, match="the graph has 2 leaves, found 1"):
        make_case("c", "replay", graph, [[1, 2]])
    with pytest.raises(CaseError, match="rows of d_n = 2 numbers, found 3"):
        make_case("c", "replay", graph, [[1, 2], 1], cotangent=[1, 2, 3])
    with pytest.raises(CaseError, match=r"must be a whole number, a float or a Fraction, found '1'"):
        make_case("c", "replay", graph, [["1", 2], 1])


def packed(document: Any) -> str:
    return "backproof1:" + base64.urlsafe_b64encode(zlib.compress(json.dumps(document).encode())).decode()


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("backproof2:abc", "a replay id starts with 'backproof1:'"),
        ("backproof1:!!!", "damaged"),
        ("backproof1:", "damaged"),
        (replay_id(example())[:-30], "damaged"),
        (packed([1]), r"\$: expected an object"),
        (packed({"format": "backproof-case", "version": 2}), r"\$\.version: this backproof reads version 1, found 2"),
        (packed({"format": "other"}), r"\$\.format: expected 'backproof-case', found 'other'"),
        (packed({**to_case_document(example()), "extra": 1}), r"\$\.extra: unknown key"),
        (packed({**to_case_document(example()), "leaves": "x"}), r"\$\.leaves: expected a list of lists"),
        (packed({**to_case_document(example()), "leaves": [[1, {"float": "zz"}], [1]]}), r"\$\.leaves\[0\]\[1\]"),
        (packed({**to_case_document(example()), "leaves": [[1], [1]]}), r"leaf 1 \('x'\) has dimension 2, found 1 values"),
        (packed({**to_case_document(example()), "cotangent": [[1]]}), "cotangent row 1 needs d_n = 2 numbers, found 1"),
        (packed({**to_case_document(example()), "name": 7}), r"\$\.name: expected a string, found 7"),
    ],
)
def test_a_damaged_line_is_refused_by_naming_the_place(line: str, message: str) -> None:
    with pytest.raises(CaseError, match=message):
        from_replay_id(line)


def test_a_line_that_unpacks_to_gigabytes_is_refused() -> None:
    bomb = zlib.compress(b" " * 10**8, 9)
    with pytest.raises(CaseError, match="damaged"):
        from_replay_id("backproof1:" + base64.urlsafe_b64encode(bomb).decode())
