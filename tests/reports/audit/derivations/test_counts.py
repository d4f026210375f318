"""How many numbers a comparison has, by hand: of a leaf that does not reach the output, a constant, three rows of p_n."""

from __future__ import annotations

import pytest

from backproof.reports.audit.derivations.counts import entries_of_claim
from backproof.reports.audit.derivations.replay_lines import Replayed

VERTICES = [{"name": "x", "shape": [2]}, {"name": "z", "shape": [5]}, {"name": "k", "shape": [4], "operands": []}]
INNER = [{"name": "a", "shape": [3], "operands": [3, 1]}, {"name": "y", "shape": [2], "operands": [4]}]
GRAPH = {"n": 5, "l": 2, "edges": [[3, 4], [1, 4], [4, 5]], "vertices": VERTICES + INNER}
REPLAYED = Replayed({"graph": GRAPH, "leaves": [[1, 2], [1, 2, 3, 4, 5]], "cotangent": [[1, 0], [0, 1], [1, 1]]})


@pytest.mark.parametrize(
    ("claim", "system", "entries"),
    [
        ("backward pass = path sum", "ball", 3 * (2 + 5 + 4 + 3 + 2)),
        ("path sum = certified derivative", "ball", 2 * 3 + 2 * 2),
        ("floats = certified derivative", "float64", 3 * (2 + 5)),
        ("path sum = its definition", "float64", 2 * (2 + 5 + 4 + 3 + 2)),
        ("path sum = its definition", "ball", 2 * (2 + 5 + 4 + 3 + 2) + 2 * 3),
    ],
)
def test_the_numbers_of_a_comparison_are_counted_by_the_graph(claim: str, system: str, entries: int) -> None:
    assert entries_of_claim(claim, system, REPLAYED) == entries
