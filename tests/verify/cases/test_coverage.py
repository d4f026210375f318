"""Coverage counts what stands on a path to the output, names what stayed empty, and fails a long run that leaves a
gap."""

from __future__ import annotations

from typing import Any

import pytest

from backproof.engine import Graph, leaf, vertex
from backproof.engine.functions import TABLE
from backproof.verify.cases.corners import Cell
from backproof.verify.cases.coverage import (
    CELLS,
    FAMILY_AXES,
    FUNCTION_AXES,
    FUNCTIONS,
    GATE,
    PATHS,
    VERTICES,
    Coverage,
    cells,
    facts,
    not_aimed_at,
)
from backproof.verify.cases.families import FAMILIES
from backproof.verify.results.document import results_document
from backproof.verify.results.settings import Settings
from backproof.verify.results.tally import Tally


def fan_of_three() -> Graph:
    """x is read by three vertices, one of them twice by the same; `dead` leads nowhere, `alone` does not depend on
    x."""
    return Graph(
        1,
        (
            leaf("x", (2,)),
            vertex("a", "multiply", (1, 1)),
            vertex("b", "sum", (1,)),
            vertex("dead", "exp", (1,)),
            vertex("alone", "constant", value=[1.0, 2.0]),
            vertex("o", "add", (2, 3, 5)),
        ),
    )


def test_facts_by_hand() -> None:
    assert facts(fan_of_three()) == {
        "vertices": 6,
        "paths": "2",
        "fan_out": 3,
        "dimension": 2,
        "functions": [["add", 0, 2], ["constant", 1, 2], ["multiply", 1, 2], ["sum", 1, 2]],
    }


def test_a_function_off_every_path_to_the_output_is_not_counted() -> None:
    assert not any(cell.subject == "exp" for cell in cells("random", facts(fan_of_three())))


def test_a_function_that_depends_on_no_leaf_is_not_counted() -> None:
    graph = Graph(1, (leaf("x"), vertex("c", "constant", value=2.0), vertex("s", "sin", (2,)), vertex("o", "add", (1, 3))))
    assert [use[0] for use in facts(graph)["functions"]] == ["add", "constant"]


def test_a_discrete_leaf_does_not_make_a_path() -> None:
    graph = Graph(2, (leaf("label", discrete=True), leaf("x", (2,)), vertex("o", "pick", (2, 1))))
    assert facts(graph)["paths"] == "1"


def test_cells_by_hand() -> None:
    filled = cells("fan-out", facts(fan_of_three()))
    assert {cell for cell in filled if cell.subject == "sum"} == {
        Cell("sum", "family", "fan-out"),
        Cell("sum", "vertices", "up to 6"),
        Cell("sum", "paths from a leaf", "2 or 3"),
        Cell("sum", "read by", "1 vertex"),
        Cell("sum", "entries read", "2"),
    }
    assert {cell for cell in filled if cell.subject == "fan-out"} == {
        Cell("fan-out", "vertices", "up to 6"),
        Cell("fan-out", "paths from a leaf", "2 or 3"),
        Cell("fan-out", "largest fan-out", "3 or more"),
        Cell("fan-out", "largest dimension", "2"),
    }


@pytest.mark.parametrize(("quantity", "value"), [(0, "up to 6"), (6, "up to 6"), (7, "7 to 12"), (12, "7 to 12"), (13, "13 or more")])
def test_the_ends_of_a_range_lie_in_it(quantity: int, value: str) -> None:
    assert VERTICES.value(quantity) == value


def test_the_tables_name_every_function_family_and_axis() -> None:
    assert set(FUNCTIONS) == set(TABLE)
    expected = len(TABLE) * len(FAMILIES)
    expected += sum(len(axis.values) for axis in FUNCTION_AXES) * len(TABLE) + sum(len(axis.values) for axis in FAMILY_AXES) * len(FAMILIES)
    assert len(CELLS) == len(set(CELLS)) == expected


def test_what_a_graph_fills_is_a_cell_of_the_tables() -> None:
    assert cells("fan-out", facts(fan_of_three())) <= set(CELLS)


def test_a_cell_that_is_not_aimed_at_has_a_reason_and_is_never_called_empty() -> None:
    aside = [cell for cell in CELLS if not_aimed_at(cell)]
    assert Cell("constant", "family", "complete") in aside
    assert len(aside) < 25
    assert not set(aside) & set(Coverage().empty())


def test_the_document_counts_names_and_explains() -> None:
    coverage = Coverage()
    coverage.add("fan-out", facts(fan_of_three()))
    coverage.add("fan-out", facts(fan_of_three()))
    document = coverage.document()
    assert document["cases"] == 2
    assert document["cells"] - document["reached"] == len(document["empty"]) == len(coverage.empty())
    assert "exp, family: fan-out" in document["empty"]
    table = next(table for table in document["tables"] if table["axis"] == PATHS.name and table["kind"] == "function")
    counts = dict(zip(table["values"], next(row["counts"] for row in table["rows"] if row["subject"] == "sum"), strict=True))
    assert counts == {"1": 0, "2 or 3": 2, "4 to 7": 0, "8 or more": 0}


def run_of(cases: int) -> dict[str, Any]:
    """The results of a run in which every case is the same graph, and CORRECT."""
    tally = Tally()
    for place in range(cases):
        record = {"id": "0", "verdict": "CORRECT", "group": "random", "family": "fan-out", "facts": facts(fan_of_three())}
        counts = {"planned": 0, "judged": 0, "certified": 0, "unjudged": []}
        tally.add(place, {**record, **counts, "findings": None, "checks": [], "digits": None, "ulps": None})
    return results_document(Settings("backproof verify", 0, cases, 10, 50), tally, (), False)["summary"]


def test_a_long_run_that_leaves_cells_empty_fails_and_says_so() -> None:
    summary = run_of(GATE)
    assert not summary["holds"]
    assert "cells of the coverage tables empty" in summary["sentence"]


def test_a_short_run_may_leave_cells_empty() -> None:
    assert run_of(GATE - 1)["holds"]
