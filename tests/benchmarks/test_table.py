"""Tables against text written by hand; the committed tables are those of the committed results, which name no machine."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from benchmarks.suite import NAMES, PACKAGES
from benchmarks.table import comparison, growth, parts, render, time_text

RESULTS = Path(__file__).resolve().parents[2] / "benchmarks" / "results"
ONE = {"median": 1.0, "lowest": 1.0, "highest": 1.0}


def timed(name: str, median: float, spread: float, **more: Any) -> dict[str, Any]:
    return {"name": name, "seconds": [median], "median": median, "spread": spread, "size": None, "ratio": None, "share": None, **more}


def test_a_comparison() -> None:
    lines = [timed("ours", 0.002, 0.0001, ratio=ONE), timed("theirs", 0.005, 0.0, ratio={"median": 2.5, "lowest": 2.25, "highest": 3.0})]
    found = {"workload": "small", "digits": 14.7, "lines": lines, "missing": ["not measured: needs autograd"]}
    assert comparison(found).splitlines() == [
        "**small.** The values agree to 14 digits. Not measured: needs autograd.",
        "",
        "|        |    time |     ± |    times the first |",
        "| :----- | ------: | ----: | -----------------: |",
        "| ours   | 2.00 ms | 5.0 % |                  1 |",
        "| theirs | 5.00 ms | 0.0 % | 2.50 (2.25 … 3.00) |",
    ]


def test_growth() -> None:
    lines = [timed("10", 1e-5, 1e-7, size=10), timed("1000", 1e-3, 0.0, size=1000)]
    found = {"what": "sum", "against": "n", "expected": "1", "lines": lines, "exponent": ONE, "last": ONE}
    assert growth(found).splitlines() == [
        "**sum, against n.** α = 1.00 (1.00 … 1.00), in the last step 1.00 (1.00 … 1.00); expected 1.",
        "",
        "|     n |    time |     ± |",
        "| ----: | ------: | ----: |",
        "|    10 | 10.0 µs | 1.0 % |",
        "| 1,000 | 1.00 ms | 0.0 % |",
    ]


def test_parts() -> None:
    found = {"workload": "cases", "lines": [timed("forward", 0.25, 0.0, share=0.25), timed("paths", 0.75, 0.0, share=0.75)]}
    assert parts(found).splitlines()[2:] == [
        "| part    | time for a case |     ± |  share |",
        "| :------ | --------------: | ----: | -----: |",
        "| forward |          250 ms | 0.0 % | 25.0 % |",
        "| paths   |          750 ms | 0.0 % | 75.0 % |",
        "| **all** |          1.00 s |       |  100 % |",
    ]


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(3e-9, "3.00 ns"), (9.996e-7, "1.00 µs"), (0.09994, "99.9 ms"), (0.09996, "100 ms"), (0.9996, "1.00 s"), (1234.4, "1,234 s")],
)
def test_times_have_three_digits(seconds: float, text: str) -> None:
    assert time_text(seconds) == text


def test_what_was_not_measured_is_said() -> None:
    result = {"name": "growth", "title": "Growth", "about": "Exponents.", "tables": [], "missing": ["not measured: needs pyperf"]}
    document = {"format": "backproof-benchmarks", "command": "python -m benchmarks", "machine": {"Python": "3.11"}, "results": [result]}
    assert render(document).endswith("## Growth\n\nExponents.\n\nNot measured: needs pyperf.\n")


def committed() -> dict[str, Any]:
    return json.loads((RESULTS / "results.json").read_text(encoding="utf-8"))


def test_the_committed_tables_are_those_of_the_committed_results() -> None:
    """If this fails, run `python -m benchmarks --out benchmarks/results/results.json --out benchmarks/results/README.md`."""
    assert (RESULTS / "README.md").read_text(encoding="utf-8") == render(committed())


def test_the_committed_results_are_a_full_run() -> None:
    document = committed()
    assert document["command"] == "python -m benchmarks"
    assert tuple(result["name"] for result in document["results"]) == NAMES
    assert all(result["tables"] and not result["missing"] for result in document["results"])
    assert not any(table.get("missing") for result in document["results"] for table in result["tables"])


def test_the_committed_results_name_no_host_and_no_folder() -> None:
    document = committed()
    assert set(document["machine"]) == {"date", "processor", "system", "Python", *PACKAGES}
    assert not re.search(r"(?<![\w(])/\w+/|\\\\|localhost", json.dumps(document))
