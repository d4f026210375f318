"""Tables of shaded cells: a shade for each size, a mark where there is none, and small pictures."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

from backproof.reports.html.plots.grids import error_map, grid
from backproof.reports.html.plots.marks import WIDTH
from backproof.reports.html.plots.plot import ErrorMap, Grid, Group, Part


def paths(picture: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for element in ET.fromstring(picture).iter("path"):
        found.setdefault(element.attrib["class"], []).append(element.attrib["d"])
    return found


def names(count: int) -> tuple[Group, ...]:
    return (Group("", tuple(map(str, range(count)))),)


def test_a_large_grid_is_small_and_stays_within_a_phone() -> None:
    counts = tuple(tuple((row * column) % 5 for column in range(24)) for row in range(40))
    picture = grid(Grid("g", "T", "C.", "x", "y", "n", tuple(f"row {k}" for k in range(40)), names(24), counts, empty="empty"))
    assert len(picture) < 24_000
    assert ET.fromstring(picture).attrib["width"] == str(WIDTH)
    ends = [float(x) for d in paths(picture)["rules"] for x in re.findall(r"H([\d.]+)", d)]
    assert max(ends) <= WIDTH


def test_an_error_map_has_a_shade_for_each_size_and_a_dot_where_none_was_found() -> None:
    errors = (1e-13, 1e-9, 1e-4, 1e-2, 0.5, None)
    parts = (*(Part(f"[{k}]", 1, 1, error) for k, error in enumerate(errors)), Part("[6]", 1, 0), None)
    plot = ErrorMap("e", "T", "C.", "across: axis 0", (Group("", ("",)),), names(8), (parts,))
    assert [plot.level(part) for part in parts] == [1, 2, 3, 4, 5, 5, 0, -1]
    found = paths(error_map(plot))
    assert {f"l{k}" for k in range(1, 6)} | {"dot", "rules"} == set(found)
    assert found["dot"][0].count("M") == 1  # the part beyond the end of the array has none
    assert plot.wrong[0].where == "[5]"


def test_a_legend_names_what_is_there_and_nothing_else() -> None:
    plot = Grid("g", "T", "C.", "x", "y", "n", ("r",), names(2), ((1, 2),), empty="empty", none="not aimed at")
    words = {element.text for element in ET.fromstring(grid(plot)).iter("text")}
    assert "1–2" in words
    assert not words & {"empty", "not aimed at"}
