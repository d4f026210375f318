"""The passes of a case, by the routes that are handed in: over the rationals at the given numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from backproof.engine import FLOAT64, RATIONAL, Graph, backward, leaf, vertex
from backproof.verify.cases.case import make_case
from backproof.verify.three_way.routes import Routes, run

SQUARE = make_case("third", "replay", Graph(1, (leaf("x"), vertex("y", "square", (1,)))), [Fraction(1, 3)])


def test_the_rationals_see_the_numbers_themselves_and_floats_their_float_values() -> None:
    exact, floats = run(SQUARE, RATIONAL, Routes()), run(SQUARE, FLOAT64, Routes())
    assert exact.u[2].tolist() == [Fraction(1, 9)]
    assert exact.p[1].tolist() == [[Fraction(2, 3)]]
    assert (floats.u[1].tolist(), floats.D[1, 2].tolist(), floats.p[1].tolist()) == ([1 / 3], [[2 / 3]], [[2 / 3]])


def test_every_pass_can_be_replaced_and_the_cotangent_is_handed_on() -> None:
    seen: list[Any] = []

    def watched(graph: Graph, D: Any, cotangent: Any = None, system: Any = FLOAT64) -> Any:
        seen.append(cotangent)
        return backward(graph, D, cotangent, system)

    case = make_case("seeded", "replay", SQUARE.graph, [3.0], cotangent=[[2.0]])
    done = run(
        case,
        FLOAT64,
        Routes(backward=watched, forward=lambda graph, leaf_values, system=FLOAT64: {1: system.array([5.0]), 2: system.array([0.0])}),
    )
    assert done.p[1].tolist() == [[20.0]]
    assert seen == [((2.0,),)]
