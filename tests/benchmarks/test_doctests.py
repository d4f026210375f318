"""The examples in the benchmarks' docstrings run."""

from __future__ import annotations

import doctest
import importlib

import pytest

MODULES = (
    *(
        "campaigns",
        "containment",
        "cost_by_part",
        "engines",
        "graphs",
        "growth",
        "hostile",
        "measure",
        "pages",
        "path_sums",
        "peers",
        "real_code",
        "suite",
        "table",
        "twenty_seconds",
    ),
    *("duals.arithmetic", "duals.arrays", "duals.entrywise", "duals.graph"),
    *("mutants.places", "mutants.sample", "mutants.trial", "mutants.run"),
)
PACKAGES = {
    "campaigns": ("pyperf",),
    "cost_by_part": (),
    "engines": ("pyperf", "autograd", "micrograd"),
    "growth": ("pyperf",),
    "peers": ("micrograd",),
}


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name: str) -> None:
    for package in PACKAGES.get(name, ()):
        pytest.importorskip(package)
    failures, tried = doctest.testmod(importlib.import_module(f"benchmarks.{name}"))
    assert failures == 0
    assert tried > 0
