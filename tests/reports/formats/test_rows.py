"""CSV: a row an outcome, read back by the standard reader."""

from __future__ import annotations

import csv
import io
from typing import Any

from backproof.reports.formats.outcomes import parts
from backproof.reports.formats.rows import csv_rows

Record = dict[str, Any]


def test_every_outcome_has_a_row_and_every_case_its_numbers(everything: Record) -> None:
    rows = list(csv.DictReader(io.StringIO(csv_rows(everything))))
    assert len(rows) == len(parts(everything))
    for row, case in zip(rows, everything["cases"], strict=False):
        assert (row["id"], row["verdict"], row["ulps"]) == (case["id"], case["verdict"], case["ulps"])
        assert row["replay"] == case["replay"]
    assert rows[-1]["id"] == ""
    assert {row["status"] for row in rows if row["verdict"] == "not checked"} == {"not checked"}


def test_no_cell_is_a_formula(everything: Record) -> None:
    everything["cases"][0]["name"] = "=cmd|' /C calc'!A0"
    cells = [cell for row in csv.reader(io.StringIO(csv_rows(everything))) for cell in row]
    assert [cell for cell in cells if cell[:1] in ("=", "+", "@")] == []
