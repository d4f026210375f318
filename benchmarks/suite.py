"""Run benchmarks by name and collect one document: `run(names, quick)`. `NAMES` lists those of a full run; `BY_NAME_ONLY`, minutes more, are run by their names only.

>>> NAMES[0], BY_NAME_ONLY
('path-sums', ('fuzz', 'scale', 'independent', 'real-code', 'million', 'mutants', 'twenty-seconds', 'pages', 'audit', 'audit-in-browser'))
>>> module("speed")  # doctest: +ELLIPSIS
Traceback (most recent call last):
    ...
ValueError: unknown benchmark 'speed'; known: path-sums, engines, ...
"""

from __future__ import annotations

import datetime
import importlib
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from benchmarks.measure import NotMeasured, Result, need
from benchmarks.table import FORMAT

MODULES = {
    "path-sums": "benchmarks.path_sums",
    "engines": "benchmarks.engines",
    "cost-by-part": "benchmarks.cost_by_part",
    "growth": "benchmarks.growth",
    "campaigns": "benchmarks.campaigns",
    "blame": "benchmarks.blame",
    "rounding": "benchmarks.rounding",
    "alarms": "benchmarks.alarms",
    "other-engines": "benchmarks.other_engines",
    "containment": "benchmarks.containment",
    "certificates": "benchmarks.certificates",
    "frontier": "benchmarks.frontier",
    "scoreboard": "benchmarks.scoreboard",
    "fuzz": "benchmarks.fuzz.run",
    "scale": "benchmarks.scale",
    "independent": "benchmarks.independent",
    "real-code": "benchmarks.real_code",
    "million": "benchmarks.million",
    "mutants": "benchmarks.mutants.run",
    "twenty-seconds": "benchmarks.twenty_seconds",
    "pages": "benchmarks.pages",
    "audit": "benchmarks.audit",
    "audit-in-browser": "benchmarks.audit_in_browser",
}
BY_NAME_ONLY = ("fuzz", "scale", "independent", "real-code", "million", "mutants", "twenty-seconds", "pages", "audit", "audit-in-browser")
NAMES = tuple(name for name in MODULES if name not in BY_NAME_ONLY)
PACKAGES = ("numpy", "networkx", "mpmath", "autograd", "micrograd", "torch", "jax", "pyperf")


def module(name: str) -> Any:
    """The module of a benchmark. ValueError for a name that is not one."""
    if name not in MODULES:
        raise ValueError(f"unknown benchmark {name!r}; known: {', '.join(MODULES)}")
    return importlib.import_module(MODULES[name])


def run(names: Sequence[str], quick: bool, done: Callable[[Result], None] = lambda result: None) -> dict[str, Any]:
    """The document of one run of these benchmarks, in this order; `done` is told of each as it ends.

    What needs a package that is not installed is named in the document, and the others go on. ValueError for an unknown name, Disagreement if the
    sides of a benchmark differ.
    """
    modules = [module(name) for name in names]
    results: list[Result] = []
    for found in modules:
        try:
            need("pyperf")
            results.append(found.measure(quick))
        except NotMeasured as reason:
            results.append(Result(found.NAME, found.TITLE, found.ABOUT, (), (str(reason),)))
        done(results[-1])
    command = " ".join(["python -m benchmarks", *([] if tuple(names) == NAMES else names), *(["--quick"] if quick else [])])
    return {"format": FORMAT, "version": 1, "command": command, "machine": machine(), "results": [asdict(result) for result in results]}


def machine() -> dict[str, str]:
    """What the figures depend on, in general terms: no name of a host or a folder."""
    facts = {"date": datetime.datetime.now(datetime.UTC).date().isoformat(), "processor": processor(), "system": platform.system()}
    return {**facts, "Python": platform.python_version(), **{name: _version(name) for name in PACKAGES}}


def processor() -> str:
    """The model of the processor as pyperf finds it, or its architecture."""
    try:
        need("pyperf")
    except NotMeasured:
        return platform.machine()
    import pyperf

    run: Any = pyperf.Run((1.0,), collect_metadata=True)
    return str(run.get_metadata().get("cpu_model_name", platform.machine()))


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
