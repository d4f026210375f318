"""Theorem 2 says of the four vertices what the slide says (L16), equality by equality."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from backproof.theorems.backward_pass import BACKWARD_PASS, LEAVES


def test_it_has_the_three_equalities_of_the_slide_and_the_loop() -> None:
    sources = [step.source for step in BACKWARD_PASS.steps]
    assert [source for source in sources if "(" in source] == ["L16 (1)", "L16 (2)", "L16 (3)", "L16 (3)"]
    assert "L14" in sources


def test_it_is_claimed_for_every_vertex_but_the_output_from_the_last_down(speaking: Any) -> None:
    assert speaking.places(BACKWARD_PASS, 5) == [3, 2, 1]


def test_each_equality_starts_where_the_one_before_ends(speaking: Any) -> None:
    """p₂ = p₃ D₂₃ + p₄ D₂₄ = p₄ Σ_P(3,4) D₂₃ + p₄ Σ_P(4,4) D₂₄ = p₄ Σ_{begins 2→3} + p₄ Σ_{begins 2→4} = p₄ Σ_P(2,4)"""
    chain = [
        "p(2)",
        "p(3) D(2, 3) + p(4) D(2, 4)",
        "p(4) path_sum(3, 4) D(2, 3) + p(4) path_sum(4, 4) D(2, 4)",
        "p(4) path_sum_by_first_edge(2, 3, 4) + p(4) path_sum_by_first_edge(2, 4, 4)",
    ]
    assert [speaking.sides(BACKWARD_PASS, number, 2) for number in (0, 1, 2)] == list(pairwise(chain))
    assert speaking.sides(BACKWARD_PASS, 5, 2) == (chain[0], "p(4) path_sum(2, 4)")


def test_the_paths_are_parted_by_their_first_edges(speaking: Any) -> None:
    assert speaking.sides(BACKWARD_PASS, 3, 2) == ([(2, 3, 4), (2, 4)], [(2, 3, 4), (2, 4)])


def test_after_every_turn_the_adjoints_from_the_output_down_are_there(speaking: Any) -> None:
    assert speaking.places(BACKWARD_PASS, 4) == [0, 1, 2, 3]
    for turn in range(4):
        assert speaking.sides(BACKWARD_PASS, 4, turn) == ([4, 3, 2, 1][: turn + 1], [4, 3, 2, 1][: turn + 1])


def test_the_corollary_is_about_the_leaves(speaking: Any) -> None:
    assert speaking.places(LEAVES, 0) == [1, 2]
    assert speaking.sides(LEAVES, 0, 2) == ("p(2)", "p(4) derivative(4, 2)")
