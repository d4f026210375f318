"""What became of each number: re-derived from others, given and held twice, not from here, or differing.

A *cell* is a text and the range of its numbers among all. The first word said of a number stands, but that it differs.

>>> ledger = Ledger(4)
>>> ledger.derived(Cell("3 4", 0, 2)); ledger.open(Cell("5", 2, 3), "not listed"); ledger.differs(Cell("6", 3, 4), "7", "the sum")
>>> ledger.counts()
{'derived': 2, 'given': 0, 'open': 1, 'differ': 1}
>>> ledger.reasons(), ledger.differences[0].follows
({'not listed': 1}, '7')
>>> ledger.check(Cell("8", 0, 1), "9", "the count")
False
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

DERIVED, GIVEN, OPEN, DIFFERS = "derived", "given", "open", "differ"


@dataclass(frozen=True, slots=True)
class Cell:
    """A text, and the range of its numbers among all numbers of the page or the file."""

    text: str
    first: int
    last: int

    @property
    def numbers(self) -> list[float] | None:
        """The numbers of a matrix, in order; None where the text is none."""
        try:
            return [float(word) for word in self.text.split()] or None
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Difference:
    """A number that is not what follows from others: which, what stands there, what follows, from what."""

    number: int
    stands: str
    follows: str
    why: str


@dataclass(slots=True)
class Ledger:
    """One entry for each number."""

    size: int
    words: list[str] = field(default_factory=list[str])
    kinds: list[str] = field(default_factory=list[str])
    why: dict[int, str] = field(default_factory=dict[int, str])
    differences: list[Difference] = field(default_factory=list[Difference])

    def __post_init__(self) -> None:
        self.kinds = [""] * self.size

    def derived(self, cell: Cell) -> None:
        """Its numbers follow from others."""
        self._say(cell, DERIVED)

    def given(self, cell: Cell) -> None:
        """Its numbers follow from nothing here, and are not meant to."""
        self._say(cell, GIVEN)

    def open(self, cell: Cell, reason: str) -> None:
        """Its numbers were computed, and not from what stands here."""
        self._say(cell, OPEN, reason)

    def differs(self, cell: Cell, follows: str, why: str) -> None:
        """Something else follows. A cell without a number stands for itself: it is named by the number before it."""
        number = min(cell.first, max(0, self.size - 1))
        self.differences.append(Difference(number, " ".join(cell.text.split())[:200], follows[:200], why))
        for place in range(cell.first, cell.last):
            self.kinds[place] = DIFFERS

    def check(self, cell: Cell, follows: str, why: str) -> bool:
        """Whether the text of a cell is what follows; said of its numbers."""
        if " ".join(cell.text.split()) == follows:
            self.derived(cell)
            return True
        self.differs(cell, follows, why)
        return False

    def counts(self) -> dict[str, int]:
        """How many numbers became what; what nobody said anything of is open."""
        found = Counter(self.kinds)
        return {kind: found[kind] for kind in (DERIVED, GIVEN)} | {OPEN: found[OPEN] + found[""], DIFFERS: found[DIFFERS]}

    def reasons(self) -> dict[str, int]:
        """Why numbers are open, with how many."""
        found = Counter(
            self.why.get(place, "no rule says what it follows from") for place, kind in enumerate(self.kinds) if kind in (OPEN, "")
        )
        return dict(found.most_common())

    def _say(self, cell: Cell, kind: str, reason: str = "") -> None:
        for place in range(cell.first, cell.last):
            if not self.kinds[place] or (kind == DERIVED and self.kinds[place] != DIFFERS):
                self.kinds[place] = kind
                if reason:
                    self.why[place] = reason
