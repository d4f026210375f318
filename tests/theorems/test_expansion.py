"""The derivation of L8 as a theorem: every line against the derivative on the left."""

from __future__ import annotations

from typing import Any

from backproof.theorems.expansion import EXPANSION


def test_every_line_has_the_value_of_the_left_side(speaking: Any) -> None:
    assert speaking.sides(EXPANSION, 0, (2, 1)) == ("derivation_line(2, 1)", "derivative(4, 2)")
