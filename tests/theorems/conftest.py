"""A stand-in for quantities that says what it is asked for: the sides of a theorem become sentences
in its own letters.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from backproof.theorems.theorem import Place, Theorem


class Said(str):
    """A matrix in words."""

    def __add__(self, other: Any) -> Said:
        return Said(f"{self} + {other}")

    def __sub__(self, other: Any) -> Said:
        return Said(f"{self} − {other}")

    def __matmul__(self, other: Any) -> Said:
        return Said(f"{self} {other}")


class Spoken:
    """The four vertices of L11: u₃ reads 1 and 2, u₄ reads 2 and 3. Whatever else is asked for is said."""

    n, leaves, non_leaves, written = 4, (1, 2), (3, 4), (4, 3, 2, 1)
    below: Mapping[int, tuple[int, ...]] = {1: (3,), 2: (3, 4), 3: (4,), 4: ()}
    above: Mapping[int, tuple[int, ...]] = {1: (), 2: (), 3: (1, 2), 4: (2, 3)}

    def parents(self, i: int) -> tuple[int, ...]:
        return self.above[i]

    def children(self, j: int) -> tuple[int, ...]:
        return self.below[j]

    def dimension(self, _: int) -> int:
        return 1

    def function(self, i: int) -> str | None:
        return (None, None, "add", "multiply")[i - 1]

    def operands(self, i: int) -> tuple[int, ...]:
        return self.above[i]

    def total(self, _k: int, _j: int, terms: Iterable[Any]) -> Said:
        return Said(" + ".join(map(str, terms)) or "0")

    def paths(self, j: int, k: int) -> list[tuple[int, ...]]:
        """P(j, 4), by hand."""
        return {1: [(1, 3, 4)], 2: [(2, 4), (2, 3, 4)], 3: [(3, 4)], 4: [(4,)]}[j] if k == 4 else [(j, k)] if j in self.above[k] else []

    def paths_by_first_edge(self, j: int, first: int, k: int) -> list[tuple[int, ...]]:
        return [path for path in self.paths(j, k) if path[1] == first]

    def paths_by_last_edge(self, j: int, last: int, k: int) -> list[tuple[int, ...]]:
        return [path for path in self.paths(j, k) if path[-2] == last]

    def __getattr__(self, name: str) -> Any:
        return lambda *arguments: Said(f"{name}({', '.join(map(str, arguments))})")


class Speaking:
    """What a theorem says of the four vertices."""

    def __init__(self) -> None:
        self.q: Any = Spoken()

    def places(self, theorem: Theorem, number: int) -> list[Place]:
        return list(theorem.steps[number].places(self.q))

    def sides(self, theorem: Theorem, number: int, place: Place) -> tuple[object, object]:
        step = theorem.steps[number]
        return step.left(self.q, place), step.right(self.q, place)


@pytest.fixture
def speaking() -> Speaking:
    return Speaking()
