"""Plots as static SVG: `svg(plot)`. No script, no style attribute; colours come from the page's style sheet.

All text is at least 11 pixels high at the size in which a picture is drawn, which is never wider than a phone. A count
stands on its column, and what is beyond a limit, or empty, has a shape of its own, so that nothing is said by colour
alone.

>>> from backproof.reports.html.plots.plot import Columns, Series
>>> picture = svg(Columns("share", "Errors", "One case.", "error / bound", "entries", ("0", "to 1"), (Series("float64", (3, 1)),)))
>>> picture[:38], "error / bound" in picture
('<svg class="plot" viewBox="0 0 344 123', True)
>>> svg("Errors")
Traceback (most recent call last):
    ...
TypeError: no plot: found str
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from backproof.reports.html.plots.plot import Bars, Columns, Grid, Plot, Series
from backproof.reports.text import clip

WIDTH = 344  # pixels; chosen: a phone of 390 px shows it in its full size
PANEL = 58  # pixels of the tallest column; chosen
ABOVE = 34  # pixels for the name of a series and the count on its tallest column
LINE = 15  # pixels from line to line of text
LEAST = 2  # pixels of a column that counts anything at all
LETTER, NARROW = 5.9, 5.5  # pixels, about the width of a letter of 11 px, and the least
ROW = 15  # pixels of a row of a grid
WIDEST_CELL = 26  # pixels of a cell of a grid, at most; chosen
LONGEST_ROW = 18  # letters of the name of a row
BETWEEN = 6  # pixels between two groups of columns
ASIDE, UP = 0.55, 0.81  # how far a turned name of one pixel leads to the right, and up
SLANTED = 3  # letters of a column's name from which on all of them are turned
SWATCH = 11  # pixels of a square of the legend


def svg(plot: Plot) -> str:
    """The picture of a plot. TypeError for what is none."""
    if isinstance(plot, Columns):
        return _columns(plot)
    if isinstance(plot, Bars):
        return _bars(plot)
    if isinstance(plot, Grid):
        return _grid(plot)
    raise TypeError(f"no plot: found {type(plot).__name__}")


def _drawn(width: float, height: float, title: str, parts: Iterable[str]) -> str:
    size = f"{_n(width)} {_n(height)}"
    box = f'viewBox="0 0 {size}" width="{_n(width)}" height="{_n(height)}"'
    return f'<svg class="plot" {box} role="img" aria-label="{escape(clip(title, 120))}">{"".join(parts)}</svg>'


def _n(value: float) -> str:
    """A number with at most one decimal place."""
    return f"{value:.1f}".removesuffix(".0")


def _text(x: float, y: float, words: str, kind: str = "") -> str:
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{_n(x)}" y="{_n(y)}"{named}>{escape(clip(words, 60))}</text>'


def _columns(plot: Columns) -> str:
    """One panel for each series, over one axis."""
    step = WIDTH / len(plot.classes)
    panel = ABOVE + PANEL + BETWEEN
    bottom = panel * len(plot.series) - BETWEEN
    parts = [part for place, series in enumerate(plot.series) for part in _panel(plot, series, step, place * panel)]
    names = [name.replace("to ", "≤") for name in plot.classes]
    every = 1 + int(max(map(len, names)) * NARROW / step)
    parts += [_text((place + 0.5) * step, bottom + LINE - 1, name, "mid") for place, name in enumerate(names) if place % every == 0]
    parts.append(_text(WIDTH, bottom + 2 * LINE + 1, plot.axis, "end"))
    return _drawn(WIDTH, bottom + 2 * LINE + 1 + 4, plot.title, parts)


def _panel(plot: Columns, series: Series, step: float, top: float) -> Iterator[str]:
    base, largest = top + ABOVE + PANEL, max(1, *series.counts)
    yield _text(0, top + 12, f"{series.name}: {plot.things}", "name")
    past = len(series.counts) if plot.limit is None else plot.limit
    for place, count in enumerate(series.counts):
        if count:
            height = max(LEAST, PANEL * count / largest)
            kind = "over" if place >= past else "bar"
            where = f'x="{_n(place * step + 2)}" y="{_n(base - height)}" width="{_n(step - 4)}" height="{_n(height)}"'
            yield f'<rect class="{kind}" {where}/>'
            yield _text((place + 0.5) * step, base - height - 4, f"{count:,}", "mid")
    yield f'<path class="axis" d="M0 {_n(base)}H{WIDTH}"/>'
    if plot.limit is not None:
        x = _n(past * step)
        yield f'<path class="limit" d="M{x} {_n(top + 16)}V{_n(base)}"/>'
        if top == 0:
            yield _text(past * step - 4, top + 12, plot.limit_words, "end")


def _bars(plot: Bars) -> str:
    """A name, a bar and its number on each line."""
    largest = max((bar.value for bar in plot.bars), default=0.0) or 1.0
    names = min(max((len(bar.name) for bar in plot.bars), default=0), 24) * LETTER + 8
    room = WIDTH - names - 64
    parts = [_text(names, LINE - 4, plot.axis)]
    for place, bar in enumerate(plot.bars, start=1):
        y, width = place * (LINE + 4), room * bar.value / largest
        parts.append(_text(0, y + 11, clip(bar.name, 24), "name"))
        parts.append(f'<rect class="bar" x="{_n(names)}" y="{_n(y + 1)}" width="{_n(max(width, 1))}" height="{LINE - 2}"/>')
        parts.append(_text(names + width + 6, y + 11, bar.words))
    return _drawn(WIDTH, (len(plot.bars) + 1) * (LINE + 4) + 2, plot.title, parts)


def _grid(plot: Grid) -> str:
    """Rows of cells, shaded by their counts; a cross in each that is empty and should not be."""
    names = round(min(max(map(len, plot.rows), default=0), LONGEST_ROW) * LETTER) + 8
    columns, gaps = plot.columns, BETWEEN * (len(plot.groups) - 1)
    last = len(columns[-1]) * LETTER * ASIDE if columns and max(map(len, columns)) > SLANTED else 0.0  # leans over the edge
    cell = float(min(WIDEST_CELL, (WIDTH - names - gaps - last) // max(1, len(columns))))
    headings = any(group.heading for group in plot.groups)
    longest = max(map(len, columns), default=0)
    slanted = longest > SLANTED
    top = (2 * LINE if headings else 0) + (longest * LETTER * UP + 10 if slanted else LINE + 2)
    left = _lefts(plot, names, cell)
    parts = [*_headings(plot, left, cell)] if headings else []
    for x, name in zip(left, columns, strict=True):
        turned = f'<g transform="translate({_n(x + cell / 2 + 3)} {_n(top - 5)})rotate(-54)">{_text(0, 0, name)}</g>'
        parts.append(turned if slanted else _text(x + cell / 2, top - 5, name, "mid"))
    parts += [_text(names - 6, top + place * ROW + 11, clip(name, LONGEST_ROW), "end") for place, name in enumerate(plot.rows)]
    parts += _cells(plot, left, cell, top)
    bottom = top + ROW * len(plot.rows)
    rules = "".join(f"M{_n(x)} {_n(top)}V{_n(bottom)}" for x in left[1:])
    rules += "".join(f"M{_n(names)} {_n(top + place * ROW)}H{_n(left[-1] + cell if left else names)}" for place in range(1, len(plot.rows)))
    parts.append(f'<path class="rules" d="{rules}"/>')
    parts.append(_text(names, bottom + LINE, f"{plot.across} · rows: {plot.down}"))
    parts += _legend(plot, names, bottom + LINE + 8)
    return _drawn(WIDTH, bottom + 3 * LINE + 8, plot.title, parts)


def _lefts(plot: Grid, names: float, cell: float) -> list[float]:
    """Where each column begins."""
    found: list[float] = []
    x = names
    for group in plot.groups:
        found += [x + place * cell for place in range(len(group.columns))]
        x += len(group.columns) * cell + BETWEEN
    return found


def _headings(plot: Grid, left: Sequence[float], cell: float) -> Iterator[str]:
    """Those of the groups, on two lines in turn, so that each has room over the next one too."""
    place = 0
    for number, group in enumerate(plot.groups):
        last = number == len(plot.groups) - 1
        yield _text(left[-1] + cell if last else left[place], 11 + number % 2 * LINE, group.heading, "name-end" if last else "name")
        place += len(group.columns)


def _cells(plot: Grid, left: Sequence[float], cell: float, top: float) -> Iterator[str]:
    """The cells of one shade as one path, neighbours joined; crosses and dashes as another."""
    shades: dict[int, list[str]] = {}
    for place, row in enumerate(plot.cells):
        y, column = top + place * ROW, 0
        for level, run in itertools.groupby(map(plot.level, row)):
            end = column + len(list(run))
            for first, last in _touching(left, column, end, cell):
                shades.setdefault(level, []).extend(_mark(level, left, first, last, cell, y, bool(plot.empty)))
            column = end
    for level in sorted(shades):
        if "".join(shades[level]):
            kind = {-1: "dash", 0: "gap"}.get(level, f"l{level}")
            yield f'<path class="{kind}" d="{"".join(shades[level])}"/>'


def _touching(left: Sequence[float], first: int, end: int, cell: float) -> Iterator[tuple[int, int]]:
    """The columns from `first` to before `end`, parted where two groups meet."""
    start = first
    for place in range(first + 1, end + 1):
        if place == end or left[place] - left[place - 1] > cell + 0.5:
            yield start, place - 1
            start = place


def _mark(level: int, left: Sequence[float], first: int, last: int, cell: float, y: float, crossed: bool) -> Iterator[str]:
    if level > 0:
        yield f"M{_n(left[first])} {_n(y)}h{_n(left[last] + cell - left[first])}v{ROW}H{_n(left[first])}z"
        return
    for place in range(first, last + 1):
        x, middle = left[place] + cell / 2, y + ROW / 2
        if level < 0:
            yield f"M{_n(x - 3)} {_n(middle)}h6"
        elif crossed:
            yield f"M{_n(x - 3)} {_n(middle - 3)}l6 6m-6 0l6-6"


def _legend(plot: Grid, left: float, top: float) -> Iterator[str]:
    """What the shades and the crosses mean, on one line."""
    largest = max((count or 0 for row in plot.cells for count in row), default=0)
    least = (1, *(level for level in plot.levels if level <= largest))
    x = 0.0
    for place, low in enumerate(least, start=1):
        high = least[place] - 1 if place < len(least) else None
        words = f"{low:,}" if high == low else f"{low:,}–{high:,}" if high else f"{low:,}+" if largest > low else f"{low:,}"
        yield f'<path class="l{place}" d="M{_n(x)} {_n(top)}h{SWATCH}v{SWATCH}h-{SWATCH}z"/>'
        yield _text(x + SWATCH + 4, top + 10, words)
        x += SWATCH + 14 + len(words) * LETTER
    y = top
    for kind, words in (("gap", plot.empty), ("dash", plot.none)):
        level = 0 if kind == "gap" else -1
        if words and any(plot.level(count) == level for row in plot.cells for count in row):
            if x + SWATCH + len(words) * LETTER > WIDTH:
                x, y = 0.0, y + LINE
            shape = "l6 6m-6 0l6-6" if kind == "gap" else "m0 3h6"
            yield f'<path class="{kind}" d="M{_n(x + 2)} {_n(y + 3)}{shape}"/>'
            yield _text(x + SWATCH + 4, y + 10, words)
            x += SWATCH + 14 + len(words) * LETTER
