"""What follows for adjoints: each fact as its sides say it of the four vertices."""

from __future__ import annotations

from typing import Any

import pytest

from backproof.theorems.adjoints import COUNTING, FAN_OUT, LINEAR, PAIRING, RELABELLING, SUBDIVISION, UNREACHABLE
from backproof.theorems.theorem import Place, Theorem


@pytest.mark.parametrize(
    ("theorem", "place", "left", "right"),
    [
        (LINEAR, 2, "p_from(2, -3, 2)", "p_from(1, 0, 2) + p_from(1, 0, 2) − p_from(0, 1, 2) − p_from(0, 1, 2) − p_from(0, 1, 2)"),
        (UNREACHABLE, 1, "p(1)", "0"),
        (RELABELLING, 3, "p(3)", "relabelled(3)"),
        (SUBDIVISION, ((2, 3), 1), "p(1)", "subdivided((2, 3), 1)"),
        (PAIRING, "the whole graph", "p(4) pushed_forward", "p(1) direction(1) + p(2) direction(2)"),
        (COUNTING, 2, "number_of_terms(2)", 2),
    ],
    ids=lambda value: value.label if isinstance(value, Theorem) else None,
)
def test_its_sides_are_its_formula(speaking: Any, theorem: Theorem, place: Place, left: str, right: object) -> None:
    speaking.q.pushed_forward = "pushed_forward"
    assert speaking.sides(theorem, 0, place) == (left, right)


def test_fan_out_is_claimed_where_several_read_and_adds_up_the_copies(speaking: Any) -> None:
    speaking.q.copies = lambda j: [f"copy of {j}, read by {i}" for i in speaking.q.children(j)]
    assert speaking.places(FAN_OUT, 0) == [2]
    assert speaking.sides(FAN_OUT, 0, 2) == ("p(2)", "copy of 2, read by 3 + copy of 2, read by 4")


def test_an_identity_is_put_on_the_first_and_the_last_edge(speaking: Any) -> None:
    assert speaking.places(SUBDIVISION, 0) == [(edge, i) for edge in ((1, 3), (3, 4)) for i in (1, 2, 3, 4)]
