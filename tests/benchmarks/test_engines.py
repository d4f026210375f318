"""The comparison of engines: its lines, and what it says where a library is missing."""

from __future__ import annotations

import importlib.util
from typing import Any

import pytest

from benchmarks.engines import compared, measure
from benchmarks.graphs import scalar_ladder
from benchmarks.measure import Comparison, Effort

pytest.importorskip("pyperf")


def test_every_library_has_a_line_on_a_graph_of_scalars() -> None:
    pytest.importorskip("autograd")
    pytest.importorskip("micrograd")
    found = compared("ladder", scalar_ladder(10), Effort(2, 0.0), scalars=True)
    assert [own.name for own in found.lines] == ["engine", "engine, graph rebuilt in every call", "autograd", "micrograd"]
    assert found.missing == ()
    assert found.lines[0].ratio is not None
    assert (found.lines[0].ratio.lowest, found.lines[0].ratio.highest) == (1.0, 1.0)


def test_a_missing_library_is_named_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    there = importlib.util.find_spec

    def find(name: str, package: str | None = None) -> Any:
        return None if name in ("autograd", "micrograd") else there(name, package)

    monkeypatch.setattr(importlib.util, "find_spec", find)
    found = compared("ladder", scalar_ladder(10), Effort(2, 0.0), scalars=True)
    assert found.missing == ("not measured: needs autograd", "not measured: needs micrograd")
    assert len(found.lines) == 2


def test_the_quick_run_has_scalars_and_vectors() -> None:
    tables = [table for table in measure(quick=True).tables if isinstance(table, Comparison)]
    assert [table.workload.split(":")[0] for table in tables] == [
        "ladder of scalars",
        "network of scalars",
        "ladder, d = 16",
        "complete graph, d = 3",
        "the lecture's network",
    ]
