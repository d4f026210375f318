"""The forward pass (L12): the value that the loop leaves against the composed function, for every non-leaf."""

from __future__ import annotations

from typing import Any

from backproof.theorems.forward_pass import FORWARD_PASS


def test_what_the_loop_leaves_is_the_composed_function(speaking: Any) -> None:
    assert speaking.places(FORWARD_PASS, 0) == [3, 4]
    assert speaking.sides(FORWARD_PASS, 0, 4) == ("u(4)", "composed(4)")
