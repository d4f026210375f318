"""The chain rule in its three forms (L2): where each is claimed, and that no edge Jacobian of the
engine occurs in it.
"""

from __future__ import annotations

from typing import Any

from backproof.theorems.chain_rule import CHAIN_RULE


def test_one_inner_function_and_several_part_the_pairs_of_scalars(speaking: Any) -> None:
    assert speaking.places(CHAIN_RULE, 0) == []
    assert speaking.places(CHAIN_RULE, 1) == speaking.places(CHAIN_RULE, 2) == [(1, 3), (2, 3), (1, 4), (2, 4)]


def test_every_derivative_comes_from_values(speaking: Any) -> None:
    for number in (0, 1, 2):
        assert speaking.sides(CHAIN_RULE, number, (1, 4)) == (
            "derivative(4, 1)",
            "local(4, 2) derivative(2, 1) + local(4, 3) derivative(3, 1)",
        )


def test_the_worked_example_is_claimed_in_its_own_graph_only_and_has_the_numbers_of_the_slide(speaking: Any) -> None:
    assert speaking.places(CHAIN_RULE, 3) == []
    said = [speaking.sides(CHAIN_RULE, 3, number) for number in ("z", "dg/dx", "df/dz", "dh/dx")]
    assert said == [("u(2)", "whole(8)"), ("local(2, 1)", "whole(12)"), ("local(3, 2)", "whole(16)"), ("derivative(3, 1)", "whole(192)")]
