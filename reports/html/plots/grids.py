"""Plots that are tables of shaded cells: counts, and the errors in the parts of an array.

Cells of one shade are one path, neighbours joined, with lines in the colour of the page over them: a map of a thousand
cells takes ten thousand bytes. A cell without a shade has a mark: a cross where something is missing, a dash where
nothing is aimed at, a dot where nothing was found wrong.

>>> from backproof.reports.html.plots.plot import Group
>>> plot = Grid("g", "Reached", "", "function", "family", "graphs", ("add",), (Group("", ("chain",)),), ((0,),), empty="empty")
>>> 'class="gap"' in grid(plot), "empty" in grid(plot)
(True, True)
>>> grid(None)
Traceback (most recent call last):
    ...
AttributeError: 'NoneType' object has no attribute 'rows'
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from backproof.reports.html.plots.marks import LETTER, LINE, WIDTH, drawn, rounded, text
from backproof.reports.html.plots.plot import ErrorMap, Grid, Group
from backproof.reports.text import RAISED, clip

ROW = 15  # pixels of a row
WIDEST_CELL = 34  # pixels of a cell, at most; chosen
WIDEST_PART = 15  # pixels of a part of an array: a square
LONGEST_ROW = 18  # letters of the name of a row
BETWEEN = 6  # pixels between two groups
ASIDE, UP = 0.55, 0.81  # how far a turned name of one pixel leads to the right, and up
SLANTED = 3  # letters of a column's name from which on all of them are turned
APART = 3  # pixels between two names of columns
SWATCH = 11  # pixels of a square of the legend
CROSS, DASH = "l6 6m-6 0l6-6", "m0 3h6"  # marks of six pixels, from their upper left corner
MARKS = {"gap": CROSS, "dash": DASH, "dot": "m2 3h2", "limit": "m-2 3h11"}
DOT = 2  # pixels of a dot; those of a row are one dashed line


def grid(plot: Grid) -> str:
    """Rows of cells, shaded by their counts; a cross in each that is empty and should not be."""
    names = round(min(max(map(len, plot.rows), default=0), LONGEST_ROW) * LETTER) + 8
    columns, gaps = plot.columns, BETWEEN * (len(plot.groups) - 1)
    longest = max(map(len, columns), default=0)
    slanted = longest > SLANTED
    last = len(columns[-1]) * LETTER * ASIDE if slanted else 0.0  # leans over the edge
    cell = float(min(WIDEST_CELL, (WIDTH - names - gaps - last) // max(1, len(columns))))
    headings = any(group.heading for group in plot.groups)
    top = (2 * LINE if headings else 0) + (longest * LETTER * UP + 10 if slanted else LINE + 2)
    left = _places(plot.groups, names, cell)
    parts = [*_headings(plot.groups, left, cell)] if headings else []
    for x, name in zip(left, columns, strict=True):
        turned = f'<g transform="translate({rounded(x + cell / 2 + 3)} {rounded(top - 5)})rotate(-54)">{text(0, 0, name)}</g>'
        parts.append(turned if slanted else text(x + cell / 2, top - 5, name, "mid"))
    parts += [text(names - 6, top + place * ROW + 11, clip(name, LONGEST_ROW), "end") for place, name in enumerate(plot.rows)]
    down = [top + place * ROW for place in range(len(plot.rows))]
    marks = {-1: "dash", **({0: "gap"} if plot.empty else {})}
    parts += _cells([[*map(plot.level, row)] for row in plot.cells], left, down, (cell, ROW), marks)
    bottom = top + ROW * len(plot.rows)
    if plot.stairs:
        steps = "".join(f"h{rounded(cell)}v{ROW if place + 1 < len(plot.rows) else 0}" for place in range(min(len(left), len(plot.rows))))
        parts.append(f'<path class="limit" d="M{rounded(names)} {rounded(top + ROW)}{steps}"/>')
    parts.append(text(names, bottom + LINE, f"{plot.across} · rows: {plot.down}"))
    used = {plot.level(count) for row in plot.cells for count in row}
    words = [("limit", plot.stairs)] if plot.stairs else []
    words += [(kind, said) for level, kind, said in ((0, "gap", plot.empty), (-1, "dash", plot.none)) if said and level in used]
    shades, height = _legend([*_shades(plot), *words], bottom + LINE + 8)
    return drawn(WIDTH, height + 2, plot.title, [*parts, *shades])


def error_map(plot: ErrorMap) -> str:
    """The parts of an array, shaded by the largest error in each; a dot in each in which none was found."""
    across, down = (tuple(name for group in groups for name in group.columns) for groups in (plot.groups, plot.rows))
    names = round(max(map(len, (*down, "")), default=0) * LETTER) + 10
    gaps = BETWEEN * (len(plot.groups) - 1)
    cell = float(max(4, min(WIDEST_PART, (WIDTH - names - gaps) // max(1, len(across)))))
    top = float(LINE + 2)
    left, under = _places(plot.groups, names, cell), _places(plot.rows, top, cell)
    every = 1 + int((max(map(len, across), default=0) * LETTER + APART) / cell)
    parts = [text(x + cell / 2, top - 5, name, "mid") for x, name in zip(left[::every], across[::every], strict=True)]
    skipped = 1 + int(LINE * 0.75 / cell)
    parts += [text(names - 6, y + cell / 2 + 4, name, "end") for y, name in zip(under[::skipped], down[::skipped], strict=True)]
    parts += _cells([[*map(plot.level, row)] for row in plot.parts], left, under, (cell, cell), {0: "dot"})
    bottom = (under[-1] if under else top) + cell
    parts.append(text(0, bottom + LINE, plot.axes))
    shades, height = _legend(_error_shades(plot), bottom + LINE + 8)
    return drawn(WIDTH, height + 2, plot.title, [*parts, *shades], "errors")


def _places(groups: Sequence[Group], start: float, cell: float) -> list[float]:
    """Where each column, or row, begins."""
    found: list[float] = []
    for group in groups:
        found += [start + place * cell for place in range(len(group.columns))]
        start += len(group.columns) * cell + BETWEEN
    return found


def _headings(groups: Sequence[Group], left: Sequence[float], cell: float) -> Iterator[str]:
    """Those of the groups, on two lines in turn, so that each has room over the next one too."""
    place = 0
    for number, group in enumerate(groups):
        last = number == len(groups) - 1
        yield text(left[-1] + cell if last else left[place], 11 + number % 2 * LINE, group.heading, "name-end" if last else "name")
        place += len(group.columns)


def _cells(
    levels: Sequence[Sequence[int]], left: Sequence[float], down: Sequence[float], size: tuple[float, float], marks: dict[int, str]
) -> Iterator[str]:
    """The cells of one shade, or with one mark, as one path; the lines between all of them as another."""
    width, height = size
    shades: dict[int, list[str]] = {}
    for y, row in zip(down, levels, strict=True):
        column = 0
        for level, run in itertools.groupby(row):
            end = column + len(list(run))
            if level > 0:
                joined = _touching(left, column, end, width)
                shades.setdefault(level, []).extend(
                    f"M{rounded(left[a])} {rounded(y)}h{rounded(left[b] + width - left[a])}v{rounded(height)}H{rounded(left[a])}z"
                    for a, b in joined
                )
            elif marks.get(level) == "dot":
                middle = rounded(y + height / 2)
                shades.setdefault(level, []).extend(
                    f"M{rounded(left[a] + width / 2 - 1)} {middle}H{rounded(left[b] + width / 2 + 1)}"
                    for a, b in _touching(left, column, end, width)
                )
            elif level in marks:
                mark = MARKS[marks[level]]
                shades.setdefault(level, []).extend(
                    f"M{rounded(x + width / 2 - 3)} {rounded(y + height / 2 - 3)}{mark}" for x in left[column:end]
                )
            column = end
    for level in sorted(shades):
        kind = marks.get(level, f"l{level}")
        dashes = f' stroke-dasharray="{DOT} {rounded(width - DOT)}"' if kind == "dot" else ""
        yield f'<path class="{kind}"{dashes} d="{"".join(shades[level])}"/>'
    if down and left:
        rules = "".join(f"M{rounded(x)} {rounded(down[0])}V{rounded(down[-1] + height)}" for x in left[1:])
        rules += "".join(f"M{rounded(left[0])} {rounded(y)}H{rounded(left[-1] + width)}" for y in down[1:])
        yield f'<path class="rules" d="{rules}"/>'


def _touching(left: Sequence[float], first: int, end: int, width: float) -> Iterator[tuple[int, int]]:
    """The columns from `first` to before `end`, parted where two groups meet."""
    start = first
    for place in range(first + 1, end + 1):
        if place == end or left[place] - left[place - 1] > width + 0.5:
            yield start, place - 1
            start = place


def _shades(plot: Grid) -> Iterator[tuple[str, str]]:
    largest = max((count or 0 for row in plot.cells for count in row), default=0)
    least = (1, *(level for level in plot.levels if level <= largest)) if largest else ()
    for place, low in enumerate(least, start=1):
        high = least[place] - 1 if place < len(least) else largest
        yield f"l{place}", f"{low:,}" if high == low else f"{low:,}–{high:,}"


def _error_shades(plot: ErrorMap) -> Iterator[tuple[str, str]]:
    used = {plot.level(part) for row in plot.parts for part in row}
    if 0 in used:
        yield "dot", "none found"
    for level, limit in enumerate(plot.limits, start=1):
        if level in used:
            yield f"l{level}", f"≤ {_power(limit)}"
    if len(plot.limits) + 1 in used:
        yield f"l{len(plot.limits) + 1}", f"> {_power(plot.limits[-1])}, or the derivative is 0"


def _power(limit: float) -> str:
    """A power of ten below 1.

    >>> _power(1e-12), _power(0.1)
    ('10⁻¹²', '0.1')
    """
    exponent = f"{limit:.0e}".rpartition("-")[2].lstrip("0")
    return "0.1" if limit == 0.1 else f"10⁻{exponent.translate(RAISED)}"


def _legend(entries: Sequence[tuple[str, str]] | Iterator[tuple[str, str]], top: float) -> tuple[list[str], float]:
    """What shades and marks mean, and where that ends."""
    parts: list[str] = []
    x, y = 0.0, top
    for kind, words in entries:
        width = SWATCH + 14 + len(words) * LETTER
        if x and x + width - 10 > WIDTH:
            x, y = 0.0, y + LINE
        shape = (
            f"M{rounded(x + 2)} {rounded(y + 3)}{MARKS[kind]}"
            if kind in MARKS
            else f"M{rounded(x)} {rounded(y)}h{SWATCH}v{SWATCH}h-{SWATCH}z"
        )
        parts += [f'<path class="{kind}" d="{shape}"/>', text(x + SWATCH + 4, y + 10, words)]
        x += width
    return parts, y + LINE
