"""The tables of a case, shortened until they fit: the entries that err most, the first pairs of vertices, the first
steps. What is left out is counted, and the page says it.

>>> detail = {"table": [{"verdict": "CORRECT", "digits": d} for d in (16.0, 9.5, 16.0)], "paths": [], "backward": [1, 2], "graph": {"vertices": [1], "edges": []}}
>>> short, left = shortened(detail, 1)
>>> short["table"], left["entries"], left["steps"]
([{'verdict': 'CORRECT', 'digits': 9.5}], 2, 1)
>>> shortened({"table": []}, 1)
Traceback (most recent call last):
    ...
KeyError: 'paths'
"""

from __future__ import annotations

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
    left = {"entries": len(table) - len(kept), "pairs": len(pairs) - len(paths), "steps": max(0, len(steps) - most)}
    for key in ("vertices", "edges"):
        left[key] = max(0, len(graph[key]) - VERTICES_A_ROW * most)
    return short, left


def _rank(row: Record) -> tuple[int, float]:
    """The worst verdict first, then the fewest correct digits."""
    return SEVERITY.index(row["verdict"]) if row["verdict"] in SEVERITY else 0, float(row["digits"])


def _listed(pair: Record, most: int) -> Any:
    """A pair of vertices with at most `most` of its paths; those that are left out count as omitted."""
    left = len(pair["listed"]) - most
    return pair if left <= 0 else {**pair, "listed": pair["listed"][:most], "omitted": str(int(pair["omitted"]) + left)}
