"""Plots as static SVG: `svg(plot)`. No script, no style attribute; colours come from the page's style sheet.

All text is at least 11 pixels high at the size in which a picture is drawn, which is never wider than a phone. A count
stands on its column, and what is beyond a limit, or empty, has a shape of its own, so that nothing is said by colour
alone.

>>> from backproof.reports.html.plots.plot import Columns, Series
>>> picture = svg(Columns("share", "Errors", "One case.", "error / bound", "entries", ("0", "to 1"), (Series("float64", (3, 1)),)))
>>> picture[:38], "error / bound" in picture
('<svg class="plot" viewBox="0 0 344 127', True)
>>> svg("Errors")
Traceback (most recent call last):
    ...
TypeError: no plot: found str
"""

from __future__ import annotations

from collections.abc import Iterator

from backproof.reports.html.plots.grids import error_map, grid
from backproof.reports.html.plots.marks import LETTER, LINE, NARROW, WIDTH, drawn, rounded, text
from backproof.reports.html.plots.plot import Bars, Columns, ErrorMap, Grid, Plot, Series
from backproof.reports.text import clip

PANEL, LOW = 58, 34  # pixels of the tallest column, and of that in each of many panels; chosen
MANY = 3  # series from which on panels are low
ABOVE = 34  # pixels for the name of a series and the count on its tallest column
LEAST = 2  # pixels of a column that counts anything at all
BETWEEN = 6  # pixels between two panels
LONGEST_BAR = 24  # letters of the name of a bar
NUMBER = 64  # pixels for the number behind a bar


def svg(plot: Plot) -> str:
    """The picture of a plot. TypeError for what is none."""
    if isinstance(plot, Columns):
        return _columns(plot)
    if isinstance(plot, Bars):
        return _bars(plot)
    if isinstance(plot, Grid):
        return grid(plot)
    if not isinstance(plot, ErrorMap):  # pyright: ignore[reportUnnecessaryIsInstance]
        raise TypeError(f"no plot: found {type(plot).__name__}")
    return error_map(plot)


def _columns(plot: Columns) -> str:
    """One panel for each series, over one axis."""
    step = WIDTH / len(plot.classes)
    tall = PANEL if len(plot.series) < MANY else LOW
    panel = ABOVE + tall + BETWEEN
    bottom = panel * len(plot.series) - BETWEEN
    parts = [part for place, series in enumerate(plot.series) for part in _panel(plot, series, (step, tall), place * panel)]
    names = [name.replace("to ", "≤") for name in plot.classes]
    every = 1 + int(max(map(len, names)) * NARROW / step)
    parts += [text((place + 0.5) * step, bottom + LINE - 1, name, "mid") for place, name in enumerate(names) if place % every == 0]
    parts.append(text(WIDTH, bottom + 2 * LINE + 1, plot.axis, "end"))
    return drawn(WIDTH, bottom + 2 * LINE + 1 + 4, plot.title, parts)


def _panel(plot: Columns, series: Series, size: tuple[float, float], top: float) -> Iterator[str]:
    step, tall = size
    base, largest = top + ABOVE + tall, max(1, *series.counts)
    yield text(0, top + 12, f"{series.name}: {plot.things}", "name")
    past = len(series.counts) if plot.limit is None else plot.limit
    for place, count in enumerate(series.counts):
        if count:
            height = max(LEAST, tall * count / largest)
            kind = "over" if place >= past else "bar"
            where = f'x="{rounded(place * step + 2)}" y="{rounded(base - height)}" width="{rounded(step - 4)}" height="{rounded(height)}"'
            yield f'<rect class="{kind}" {where}/>'
            yield text((place + 0.5) * step, base - height - 4, f"{count:,}", "mid")
    yield f'<path class="axis" d="M0 {rounded(base)}H{WIDTH}"/>'
    if plot.limit is not None:
        x = rounded(past * step)
        yield f'<path class="limit" d="M{x} {rounded(top + 16)}V{rounded(base)}"/>'
        if top == 0:
            yield text(past * step - 4, top + 12, plot.limit_words, "end")


def _bars(plot: Bars) -> str:
    """A name, a bar and its number on each line."""
    largest = max((bar.value for bar in plot.bars), default=0.0) or 1.0
    names = min(max((len(bar.name) for bar in plot.bars), default=0), LONGEST_BAR) * LETTER + 8
    room = WIDTH - names - NUMBER
    parts = [text(names, LINE - 4, plot.axis)]
    for place, bar in enumerate(plot.bars, start=1):
        y, width = place * (LINE + 4), room * bar.value / largest
        parts.append(text(0, y + 11, clip(bar.name, LONGEST_BAR), "name"))
        parts.append(f'<rect class="bar" x="{rounded(names)}" y="{rounded(y + 1)}" width="{rounded(max(width, 1))}" height="{LINE - 2}"/>')
        parts.append(text(names + width + 6, y + 11, bar.words))
    return drawn(WIDTH, (len(plot.bars) + 1) * (LINE + 4) + 2, plot.title, parts)
