"""A case survives its replay line bit for bit; damaged lines are refused in words; a test to paste runs."""

from __future__ import annotations

import base64
import json
import zlib
from fractions import Fraction
from typing import Any

import pytest

from backproof.engine import Graph, leaf, vertex
from backproof.verify.cases.case import Case, CaseError, make_case, to_case_document
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.cases.replay import case_id, case_ids, from_replay_id, regression_test, replay_id


def example() -> Case:
    graph = Graph(2, (leaf("x", (2,)), leaf("η"), vertex("y", "power", (1,), exponent=0.1), vertex("z", "multiply", (2, 3))))
    return make_case("a name", "random", graph, [[0.1, 5e-324], Fraction(1, 3)], family="chain", cotangent=[[1, -0.0], [2.5, 3]])


def test_the_replay_line_is_loss_free() -> None:
    case = example()
    again = from_replay_id(replay_id(case))
    assert again == case
    assert again.cotangent is not None
    assert str(again.cotangent[0][1]) == "-0.0"
    assert isinstance(again.leaves[1][0], Fraction)
    assert case_ids(case) == (case_id(case), replay_id(case))


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
        (packed({"format": "other"}), r'\$\.format: expected "backproof-case", found "other"'),
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
    with pytest.raises(CaseError, match="unpacks to more than 16 MB, at most as many are read; use smaller dimensions"):
        from_replay_id("backproof1:" + base64.urlsafe_b64encode(bomb).decode())


@pytest.mark.parametrize("target", [None, "examples.scalar_engine:right"])
def test_the_test_to_paste_holds_the_case_and_compiles(target: str | None) -> None:
    case = lecture_cases()[0]
    written = regression_test(case, "test_mine", target)
    compile(written, "pasted", "exec")
    assert written.startswith("def test_mine() -> None:")
    assert repr(replay_id(case)) in written
    assert ("load_engine(" in written) is (target is not None)
