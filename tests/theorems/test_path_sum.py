"""Theorem 1 says of the four vertices what the slide says (L15), equality by equality."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from backproof.theorems.path_sum import PATH_SUM


def test_it_has_the_four_equalities_of_the_slide() -> None:
    sources = [step.source for step in PATH_SUM.steps]
    assert [source for source in sources if "(" in source] == ["L15 (1)", "L15 (2)", "L15 (3)", "L15 (4)", "L15 (4)"]


def test_it_is_claimed_for_every_leaf_with_every_non_leaf(speaking: Any) -> None:
    assert speaking.places(PATH_SUM, 5) == [(1, 3), (2, 3), (1, 4), (2, 4)]


def test_each_equality_starts_where_the_one_before_ends(speaking: Any) -> None:
    """∂u₄/∂u₂ = D₂₄ ∂u₂/∂u₂ + D₃₄ ∂u₃/∂u₂ = D₂₄ Σ_P(2,2) + D₃₄ Σ_P(2,3) = Σ_P(2,2,4) + Σ_P(2,3,4) = Σ_P(2,4)"""
    chain = [
        "derivative(4, 2)",
        "D(2, 4) derivative(2, 2) + D(3, 4) derivative(3, 2)",
        "D(2, 4) path_sum(2, 2) + D(3, 4) path_sum(2, 3)",
        "path_sum_by_last_edge(2, 2, 4) + path_sum_by_last_edge(2, 3, 4)",
        "path_sum(2, 4)",
    ]
    assert [speaking.sides(PATH_SUM, number, (2, 4)) for number in (0, 1, 2, 4)] == list(pairwise(chain))
    assert speaking.sides(PATH_SUM, 5, (2, 4)) == (chain[0], chain[-1])


def test_the_paths_are_parted_by_their_last_edges(speaking: Any) -> None:
    assert speaking.sides(PATH_SUM, 3, (2, 4)) == ([(2, 3, 4), (2, 4)], [(2, 3, 4), (2, 4)])
