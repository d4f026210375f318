"""The tables of a case, shortened until they fit: the entries that err most, the first pairs of vertices, the first
steps. What is left out is counted, and the page says it.

>>> steps = [{"vertex": 2, "contributions": []}, {"vertex": 1, "contributions": [{"child": 2}]}]
>>> graph = {"vertices": [{"number": 1}, {"number": 2}], "edges": [{"from": 1, "to": 2}]}
>>> detail = {"table": [{"verdict": "CORRECT", "digits": d} for d in (16.0, 9.5, 16.0)], "paths": [], "backward": steps, "graph": graph}
>>> short, left = shortened(detail, 1)
>>> short["table"], left["entries"], left["steps"]
([{'verdict': 'CORRECT', 'digits': 9.5}], 2, 1)
>>> shortened({"table": []}, 1)
Traceback (most recent call last):
    ...
KeyError: 'paths'
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from backproof.reports.document import Record
from backproof.reports.vocabulary import SEVERITY

LEVELS = (10**6, 48, 24, 12, 6, 3)  # rows of a table, tried until a case fits; chosen: all of them, then about half each time
VERTICES_A_ROW = 4  # vertices and edges that stay for one row of the others; chosen: sums and products are read beside them


def shortened(detail: Record, most: int) -> tuple[Record, dict[str, int]]:
    """The detail with at most `most` rows in each table, in their order, and how many were left out of each."""
    table, pairs, steps, graph = (detail[key] for key in ("table", "paths", "backward", "graph"))
    kept = sorted(sorted(range(len(table)), key=lambda k: _rank(table[k]))[:most])
    paths = [_listed(pair, most) for pair in pairs[:most]]
    short = {**detail, "table": [table[k] for k in kept], "paths": paths, "backward": steps[:most]}
    shown = _read_beside(graph, paths, steps[:most], VERTICES_A_ROW * most)
    left = {"entries": len(table) - len(kept), "pairs": len(pairs) - len(paths), "steps": max(0, len(steps) - most)}
    left |= {key: len(graph[key]) - len(shown[key]) for key in shown}
    return {**short, "shown": shown}, left


def _read_beside(graph: Record, paths: Sequence[Record], steps: Sequence[Record], least: int) -> dict[str, list[int]]:
    """The places of the vertices and edges that are listed: of all that the listed products are made of, and of the first
    others where these are few, so that whoever reads a product has its factors beside it.
    """
    needed = {(step["vertex"], row["child"]) for step in steps for row in step["contributions"]}
    needed |= {edge for pair in paths for listed in pair["listed"] for edge in itertools.pairwise(listed["vertices"])}
    ends = {vertex for edge in needed for vertex in edge} | {step["vertex"] for step in steps}
    edges = _first(graph["edges"], [(edge["from"], edge["to"]) in needed for edge in graph["edges"]], least)
    return {"vertices": _first(graph["vertices"], [vertex["number"] in ends for vertex in graph["vertices"]], least), "edges": edges}


def _first(rows: Sequence[Record], needed: Sequence[bool], least: int) -> list[int]:
    """The places of the rows that are needed, and of the first others up to `least` in all."""
    free = max(0, least - sum(needed))
    others = [place for place, wanted in enumerate(needed) if not wanted][:free]
    return sorted([*(place for place, wanted in enumerate(needed) if wanted), *others])


def _rank(row: Record) -> tuple[int, float]:
    """The worst verdict first, then the fewest correct digits."""
    return SEVERITY.index(row["verdict"]) if row["verdict"] in SEVERITY else 0, float(row["digits"])


def _listed(pair: Record, most: int) -> Any:
    """A pair of vertices with at most `most` of its paths; those that are left out count as omitted."""
    left = len(pair["listed"]) - most
    return pair if left <= 0 else {**pair, "listed": pair["listed"][:most], "omitted": str(int(pair["omitted"]) + left)}
