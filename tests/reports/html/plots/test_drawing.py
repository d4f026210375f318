"""Pictures are well-formed, small, never wider than a phone, and show each number of their plot."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from backproof.reports.html.plots.drawing import svg
from backproof.reports.html.plots.marks import WIDTH
from backproof.reports.html.plots.plot import Bar, Bars, Columns, Grid, Group, Plot, Series

EVIL = '</text><script>"&\u202e'
COLUMNS = Columns("c", "Errors", "Caption.", "error / bound", "entries", ("0", "to 1", "beyond"), (Series("a", (1234, 0, 7)),), 2, "bound")
BARS = Bars("b", "Times", "Caption.", "seconds", (Bar("path sums", 2.0, "2.00"), Bar("enclosures", 0.0, "0.00")))
GROUPS = (Group("family", ("chain", "ladder")), Group("size", ("up to 6", "7 or more")))
GRID = Grid(
    "g", "Reached", "Caption.", "function", "x", "graphs", ("add", "dot"), GROUPS, ((1, 1, 0, 3), (None, 0, 200, 200)), empty="empty"
)


def elements(plot: Plot, name: str, kind: str) -> list[ET.Element]:
    return [element for element in ET.fromstring(svg(plot)).iter(name) if element.get("class") == kind]


@pytest.mark.parametrize("plot", [COLUMNS, BARS, GRID])
def test_a_picture_is_well_formed_named_and_as_wide_as_a_phone(plot: Plot) -> None:
    root = ET.fromstring(svg(plot))
    assert (root.get("role"), root.get("aria-label"), root.get("width")) == ("img", plot.title, str(WIDTH))
    assert "style" not in {key for element in root.iter() for key in element.attrib}


def test_each_count_stands_on_its_column_and_what_is_beyond_the_limit_has_a_shape_of_its_own() -> None:
    assert [len(elements(COLUMNS, "rect", kind)) for kind in ("bar", "over")] == [1, 1]
    assert {"1,234", "7", "bound"} <= {element.text for element in ET.fromstring(svg(COLUMNS)).iter("text")}
    assert float(elements(COLUMNS, "rect", "over")[0].attrib["height"]) >= 2  # one of 1,234 is still seen


def test_the_heights_of_columns_are_as_their_counts() -> None:
    plot = Columns("c", "T", "C.", "x", "n", ("0", "1"), (Series("a", (50, 100)),))
    low, high = (float(element.attrib["height"]) for element in elements(plot, "rect", "bar"))
    assert high == 2 * low


def test_cells_of_a_shade_are_one_path_joined_within_a_group_only() -> None:
    assert re.findall(r"h(\d+)v", elements(GRID, "path", "l1")[0].attrib["d"])[0] == "68"  # two cells of 34 px as one
    groups = (Group("", ("a",)), Group("", ("b",)))
    parted = Grid("g", "T", "C.", "x", "y", "n", ("r",), groups, ((1, 1),))
    assert elements(parted, "path", "l1")[0].attrib["d"].count("z") == 2


def test_empty_cells_are_crossed_and_those_not_aimed_at_are_dashes() -> None:
    cells, legend = (element.attrib["d"] for element in elements(GRID, "path", "gap"))
    assert (cells.count("M"), legend.count("M")) == (2, 1)
    assert [element.attrib["d"].count("h") for element in elements(GRID, "path", "dash")] == [1]


def test_an_empty_cell_that_means_nothing_is_left_blank() -> None:
    assert elements(Grid("g", "T", "C.", "x", "y", "n", ("r",), (Group("", ("a",)),), ((0,),)), "path", "gap") == []


def test_hostile_names_stay_text() -> None:
    plots = (
        Columns("c", EVIL, EVIL, EVIL, EVIL, (EVIL, EVIL), (Series(EVIL, (1, 2)),)),
        Bars("b", EVIL, EVIL, EVIL, (Bar(EVIL, 1.0, EVIL),)),
        Grid("g", EVIL, EVIL, EVIL, EVIL, EVIL, (EVIL,), (Group(EVIL, (EVIL,)),), ((0,),), empty=EVIL),
    )
    for plot in plots:
        assert "script" not in {element.tag for element in ET.fromstring(svg(plot)).iter()}
        assert "\u202e" not in svg(plot)
