"""What a plot is: frozen data with a title, axes and numbers, and nothing of how it is drawn.

`Columns` counts things in the classes of one quantity, a series for each number system; `Bars` gives a number to each
of some names; `Grid` counts things in the cells of a table; `ErrorMap` has the largest error in each part of an array.
A plot whose numbers do not fit its axes is refused.

>>> shares = Columns("share", "Errors", "One case.", "error / bound", "entries", ("0", "to 1"), (Series("float64", (3, 1)),))
>>> shares.total, shares.largest
(4, 3)
>>> Columns("share", "Errors", "One case.", "error / bound", "entries", ("0", "to 1"), (Series("float64", (3,)),))
Traceback (most recent call last):
    ...
ValueError: plot 'share': series 'float64' has 1 number, and 2 are expected: '0', 'to 1'
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Series:
    """Counts in the classes of a plot, in their order."""

    name: str
    counts: tuple[int, ...]


@dataclass(frozen=True)
class Columns:
    """How many things lie in each class of one quantity, for each of some series.

    `key`      the plot's name in addresses
    `caption`  what is measured, on what
    `axis`     the quantity with its unit; `things`, what is counted
    `several`  whether the series are of more than one claim, which their names then say
    `limit`    after how many classes a line is drawn, with `limit_words` beside it; None for none
    """

    key: str
    title: str
    caption: str
    axis: str
    things: str
    classes: tuple[str, ...]
    series: tuple[Series, ...]
    limit: int | None = None
    limit_words: str = ""
    several: bool = False

    def __post_init__(self) -> None:
        for series in self.series:
            _must_fit(self.key, f"series {series.name!r}", len(series.counts), self.classes)

    @property
    def total(self) -> int:
        """How many things are counted in all series."""
        return sum(sum(series.counts) for series in self.series)

    @property
    def largest(self) -> int:
        """The largest count of any class; 0 where there is none."""
        return max((count for series in self.series for count in series.counts), default=0)


@dataclass(frozen=True)
class Bar:
    """A number with its name, and the same number in words."""

    name: str
    value: float
    words: str


@dataclass(frozen=True)
class Bars:
    """A number for each of some names, the bars beside each other; `axis` says what it is, with its unit."""

    key: str
    title: str
    caption: str
    axis: str
    bars: tuple[Bar, ...]

    def __post_init__(self) -> None:
        for bar in self.bars:
            if not 0 <= bar.value < float("inf"):
                raise ValueError(f"plot {self.key!r}: bar {bar.name!r} is {bar.value}; expected a finite number, 0 or more")


@dataclass(frozen=True)
class Group:
    """Some columns of a grid under one heading."""

    heading: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """How many things lie in each cell of a table.

    `groups`   the columns; `cells`, a count for each column of each row, None for a cell that nothing is aimed at
    `levels`   the smallest count of each shade, from the second on
    `down`, `across`   what rows and columns are; `things`, what is counted
    `empty`    what an empty cell means, in words; "" where it means nothing
    `none`     what a cell with None means, in words
    `stairs`   what the line below the diagonal means, in words; "" for no line
    """

    key: str
    title: str
    caption: str
    down: str
    across: str
    things: str
    rows: tuple[str, ...]
    groups: tuple[Group, ...]
    cells: tuple[tuple[int | None, ...], ...]
    levels: tuple[int, ...] = (3, 10, 30, 100)
    empty: str = ""
    none: str = ""
    stairs: str = ""

    def __post_init__(self) -> None:
        if len(self.cells) != len(self.rows):
            raise ValueError(f"plot {self.key!r}: {len(self.cells)} rows of cells, and {len(self.rows)} are expected")
        for name, cells in zip(self.rows, self.cells, strict=True):
            _must_fit(self.key, f"row {name!r}", len(cells), self.columns)

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns, in order."""
        return tuple(name for group in self.groups for name in group.columns)

    def level(self, count: int | None) -> int:
        """The shade of a count, 1 for the lightest; 0 for an empty cell, −1 for one that nothing is aimed at.

        >>> grid = Grid("g", "", "", "", "", "", ("a",), (Group("", ("x",)),), ((3,),))
        >>> [grid.level(count) for count in (None, 0, 1, 3, 1000)]
        [-1, 0, 1, 2, 5]
        """
        if count is None:
            return -1
        return 0 if count == 0 else 1 + sum(count >= least for least in self.levels)


@dataclass(frozen=True)
class Part:
    """A part of an array: `where`, as an index, how many `entries` it has, how many of them are `wrong`, and the largest
    relative error of these; None where the derivative is 0, so that there is none.
    """

    where: str
    entries: int
    wrong: int
    error: float | None = None


@dataclass(frozen=True)
class ErrorMap:
    """Where an array of errors is large: its parts in rows and columns, in groups where an axis lies outside of another.

    `axes`     which axes of the array go down, and which across, in words
    `parts`    those of each row; None beyond the end of an array that is wrapped
    `limits`   the largest relative error of each shade but the last
    """

    key: str
    title: str
    caption: str
    axes: str
    rows: tuple[Group, ...]
    groups: tuple[Group, ...]
    parts: tuple[tuple[Part | None, ...], ...]
    limits: tuple[float, ...] = (1e-12, 1e-6, 1e-3, 1e-1)

    def __post_init__(self) -> None:
        names = [f"{group.heading}{name}" for group in self.rows for name in group.columns]
        if len(names) != len(self.parts):
            raise ValueError(f"plot {self.key!r}: {len(self.parts)} rows of parts, and {len(names)} are expected")
        for name, parts in zip(names, self.parts, strict=True):
            _must_fit(self.key, f"row {name!r}", len(parts), tuple(name for group in self.groups for name in group.columns))

    @property
    def wrong(self) -> tuple[Part, ...]:
        """The parts with a wrong entry, the largest error first."""
        found = [part for row in self.parts for part in row if part is not None and part.wrong]
        return tuple(sorted(found, key=lambda part: -float("inf") if part.error is None else -part.error))

    def level(self, part: Part | None) -> int:
        """The shade of a part, 1 for the lightest; 0 where nothing is wrong, −1 beyond the end of the array."""
        if part is None:
            return -1
        if not part.wrong:
            return 0
        return 1 + (len(self.limits) if part.error is None else sum(part.error > limit for limit in self.limits))


Plot = Columns | Bars | Grid | ErrorMap


def _must_fit(key: str, what: str, found: int, classes: tuple[str, ...]) -> None:
    if found != len(classes):
        named = ", ".join(map(repr, classes[:4])) + (", …" if len(classes) > 4 else "")
        raise ValueError(
            f"plot {key!r}: {what} has {found} {'number' if found == 1 else 'numbers'}, and {len(classes)} are expected: {named}"
        )
