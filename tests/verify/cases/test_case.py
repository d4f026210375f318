"""A case survives its JSON form bit for bit; values that do not fit are refused in words."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest

from backproof.engine import FLOAT64, Graph, leaf, vertex
from backproof.engine.number_systems import FLOAT16
from backproof.verify.cases.case import (
    Case,
    CaseError,
    float_leaves,
    from_case_document,
    is_exact,
    make_case,
    rounded_case,
    to_case_document,
)


def example() -> Case:
    graph = Graph(2, (leaf("x", (2,)), leaf("η"), vertex("y", "power", (1,), exponent=0.1), vertex("z", "multiply", (2, 3))))
    return make_case("a name", "random", graph, [[0.1, 5e-324], Fraction(1, 3)], family="chain", cotangent=[[1, -0.0], [2.5, 3]])


def test_json_is_loss_free() -> None:
    case = example()
    again = from_case_document(json.loads(json.dumps(to_case_document(case))))
    assert again == case
    assert again.cotangent is not None
    assert str(again.cotangent[0][1]) == "-0.0"
    assert isinstance(again.leaves[1][0], Fraction)


def test_values_of_the_wrong_size_or_kind_are_refused() -> None:
    graph = example().graph
    with pytest.raises(CaseError, match=r"leaf 1 \('x'\) has dimension 2, found 3 values"):
        make_case("c", "replay", graph, [[1, 2, 3], 1])
    with pytest.raises(CaseError, match="the graph has 2 leaves, found 1"):
        make_case("c", "replay", graph, [[1, 2]])
    with pytest.raises(CaseError, match="rows of d_n = 2 numbers, found 3"):
        make_case("c", "replay", graph, [[1, 2], 1], cotangent=[1, 2, 3])
    with pytest.raises(CaseError, match=r"must be a whole number, a float or a Fraction, found \"1\""):
        make_case("c", "replay", graph, [["1", 2], 1])


def test_a_case_is_exact_without_floats_and_transcendental_functions() -> None:
    def case(function: str, value: object) -> Case:
        return make_case("c", "replay", Graph(1, (leaf("x"), vertex("y", function, (1,)))), [value])

    assert is_exact(case("square", 3))
    assert is_exact(case("reciprocal", Fraction(1, 3)))
    assert not is_exact(case("square", 0.5))
    assert not is_exact(case("exp", 1))


def test_a_case_rounded_to_a_number_system_holds_what_it_can_hold() -> None:
    graph = Graph(
        2, (leaf("x"), leaf("label", discrete=True), vertex("y", "power", (1,), exponent=0.1), vertex("z", "constant", value=[0.3, 1]))
    )
    held = rounded_case(make_case("c", "replay", graph, [Fraction(1, 3), 1], cotangent=[[0.1, 2]]), FLOAT16)
    assert held.leaves == ((float(np.float16(1 / 3)),), (1,))
    assert held.graph.attributes(3) == {"exponent": float(np.float16(0.1))}
    assert held.graph.attributes(4) == {"value": (float(np.float16(0.3)), 1)}
    assert held.cotangent == ((float(np.float16(0.1)), 2.0),)
    assert rounded_case(held, FLOAT64) == held
    assert float_leaves(held) == [[float(np.float16(1 / 3))], [1.0]]
