"""Plots in a real browser: whole on a phone, in letters of 11 pixels at least, seen in both schemes and in forced colours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from backproof.reports.html.assets import asset
from backproof.reports.html.plots.drawing import svg
from backproof.reports.html.plots.plot import Bar, Bars, Columns, ErrorMap, Grid, Group, Part, Series

FAMILIES = ("chain", "diamond", "ladder", "complete", "layered", "residual", "fan-in", "fan-out", "random")
COUNTS = (0, 1, 3, 10, 30, 100, 0, 0, None)
PARTS = tuple(tuple(Part(f"[{r}, {c}]", 1, (r + c) % 3 // 2, 0.5) for c in range(24)) for r in range(24))
INDICES = (Group("", tuple(map(str, range(24)))),)
PLOTS = (
    Columns("share", "Errors", "", "error / bound", "entries", ("0", "to 0.001", "to 1", "beyond"), (Series("a", (4, 1, 0, 2)),), 3, "bound"),
    Bars("times", "Times", "", "seconds", (Bar("the steps of the theorems", 2.0, "2.00"), Bar("enclosures", 1.0, "1.00"))),
    Grid("g", "Reached", "", "function", "family", "graphs", ("weighted_sum", "add"), (Group("", FAMILIES),), (COUNTS,) * 2, empty="empty", none="not aimed at"),
    ErrorMap("e", "W", "", "down: axis 0; across: axis 1", INDICES, INDICES, PARTS),
)  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("plots") / "plots.html"
    figures = "".join(f'<figure class="plot-figure">{svg(plot)}</figure>' for plot in PLOTS)
    style = f"<style>{asset('report.css')}{asset('plots.css')}</style>"
    file.write_text(f'<!DOCTYPE html><meta charset="utf-8">{style}<main><div class="plots">{figures}</div></main>', encoding="utf-8")
    return Path(file).as_uri()


SMALLEST = (
    "Math.min(...[...document.querySelectorAll('.plot > text')].map(t => parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a))"
)
WIDEST = "Math.max(...[...document.querySelectorAll('.plot text, .plot path, .plot rect')].map(e => e.getBoundingClientRect().right))"


def test_on_a_phone_every_picture_is_whole_and_its_letters_are_large_enough(browser: Any, address: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.goto(address)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.evaluate(WIDEST) <= 390
    assert round(page.evaluate(SMALLEST), 1) >= 11


COLOURS = """() => { const seen = (kind, property) => getComputedStyle(document.querySelector(kind))[property];
  return [seen('body', 'backgroundColor'), seen('.plot .bar', 'fill'), seen('.plot .gap', 'stroke'), seen('.plot .l5', 'fill'),
          seen('.plot.errors .l5', 'fill'), seen('.plot text', 'fill'), seen('.plot .dot', 'stroke')]; }"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("forced", ["none", "active"])
def test_marks_and_words_are_seen_on_the_page_in_every_scheme(browser: Any, address: str, scheme: str, forced: str) -> None:
    page = browser.new_page(color_scheme=scheme, forced_colors=forced)
    page.goto(address)
    ground, *marks = page.evaluate(COLOURS)
    assert ground not in marks
    if forced == "active":
        assert len(set(marks)) == 1  # CanvasText: shape and shade say the rest
