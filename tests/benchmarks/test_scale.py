"""Both sides of the benchmark must give the same records; memory is measured on a cluster that is gone afterwards."""

from __future__ import annotations

import pytest

from benchmarks.measure import Disagreement
from benchmarks.scale import agree, every_graph, given_again, memory, settings_of, started


def test_sides_that_give_other_records_end_it() -> None:
    agree({"processes": ("a", "b"), "dask": ("a", "b")})
    with pytest.raises(Disagreement, match="dask gives other records than processes"):
        agree({"processes": ("a", "b"), "dask": ("b", "a")})


def test_a_record_that_is_given_again_has_the_name_of_its_case() -> None:
    found = given_again({"name": "random 5", "id": "x"}, range(2, 4))
    assert [(one.place, one.record["name"], one.record["id"]) for one in found] == [(2, "random 2", "x"), (3, "random 3", "x")]
    assert settings_of(7).cases == 7


def test_every_graph_of_a_size_is_run() -> None:
    pytest.importorskip("pyperf")
    found = every_graph(4, 1)
    assert found.lines[0].name == "64 graphs with 4 vertices, 256 adjoints, 0 violations"


def test_memory_is_measured_and_the_cluster_ends() -> None:
    for package in ("distributed", "psutil", "pyperf"):
        pytest.importorskip(package)
    found = memory((20, 40), 1)
    assert [own.name.partition(":")[0] for own in found.lines] == ["20 cases", "40 cases"]
    with started(0) as own:
        processes = own.processes
    assert all(process.poll() is not None for process in processes)
