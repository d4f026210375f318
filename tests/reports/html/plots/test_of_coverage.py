"""The heat maps of coverage hold the tables' counts, and tell an empty cell from one that nothing aims at."""

from __future__ import annotations

from typing import Any

from backproof.reports.html.plots.of_coverage import plots_of_coverage

Record = dict[str, Any]


def table(kind: str, axis: str, rows: dict[str, list[int]], aside: list[tuple[str, str]] | None = None) -> Record:
    return {
        "kind": kind,
        "axis": axis,
        "values": ["one", "two"],
        "rows": [{"subject": subject, "counts": counts} for subject, counts in rows.items()],
        "not_aimed_at": [{"subject": subject, "value": value, "reason": "cannot be"} for subject, value in aside or ()],
    }


def test_functions_and_families_are_one_map_with_empty_cells() -> None:
    (plot,) = plots_of_coverage({"tables": [table("function", "family", {"add": [3, 0], "dot": [0, 0]}, [("dot", "one")])]})
    assert (plot.rows, plot.columns, plot.cells) == (("add", "dot"), ("one", "two"), ((3, 0), (None, 0)))


def test_a_cell_that_is_not_aimed_at_and_was_reached_shows_its_count() -> None:
    (plot,) = plots_of_coverage({"tables": [table("function", "family", {"add": [3, 0]}, [("add", "one")])]})
    assert plot.cells == ((3, 0),)


def test_sizes_stand_side_by_side_and_tables_of_other_subjects_are_left_out() -> None:
    full = {"add": [1, 2], "dot": [3, 4]}
    tables = [table("function", "vertices", full), table("function", "paths", full), table("function", "corner", {"where": [1, 1]})]
    (plot,) = plots_of_coverage({"tables": tables})
    assert [group.heading for group in plot.groups] == ["vertices", "paths"]
    assert plot.cells == ((1, 2, 1, 2), (3, 4, 3, 4))


def test_without_random_graphs_there_is_no_map() -> None:
    assert plots_of_coverage(None) == []
