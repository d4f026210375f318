"""Two calls of an engine with the same arguments: whether its answer changed, where most, and by what share of the
rounding bound.

A vertex whose adjoint one call leaves out has changed, too, though by no number; a leaf left out is zero
(`contract.py`). 0.0 and −0.0 are one value, and so are all NaNs.

>>> from backproof.engine import Graph, leaf, vertex
>>> graph = Graph(2, (leaf("x"), leaf("y"), vertex("z", "multiply", (1, 2))))
>>> first, again = ({1: np.array([[x]]), 2: np.array([[0.0]])} for x in (2.0, 2.5))
>>> change_between(graph, first, again, {1: np.array([[2.0]])})
Change(where='adjoint of x', difference='0.5', share=0.25, entries=1)
>>> change_between(graph, first, {1: first[1], 2: -first[2]}, {}) is None
True
>>> in_words(change_between(graph, first, {1: first[1]}, {}))
'adjoint of y was returned by one of two calls only'
>>> change_between(graph, first, {1: np.zeros((1, 2))}, {})
Traceback (most recent call last):
    ...
ValueError: the adjoints of vertex 1 have shapes (1, 1) and (1, 2)
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np

from backproof.engine import Graph
from backproof.engine.number_systems import Array
from backproof.verify.engine_oracle.foreign import LONGEST_NAME, one_line
from backproof.verify.three_way.comparison import Change, adjoint_label

LEFT_OUT = "left out by one call"


def change_between(graph: Graph, first: Mapping[int, Array], again: Mapping[int, Array], allowed: Mapping[int, Array]) -> Change | None:
    """The largest change, as a share of what is `allowed` to each entry where that is known; None if the two answers
    are the same. ValueError for adjoints of unequal shapes.
    """
    changes = list(_changes(graph, first, again, allowed))
    if not changes:
        return None
    (share, size), where = max(changes, key=lambda pair: pair[0])
    difference = LEFT_OUT if size < 0 else f"{size:.3g}" if math.isfinite(size) else "not finite"
    return Change(one_line(where, 2 * LONGEST_NAME), difference, share if 0 <= share < math.inf else None, len(changes))


def _changes(
    graph: Graph, first: Mapping[int, Array], again: Mapping[int, Array], allowed: Mapping[int, Array]
) -> Iterator[tuple[tuple[float, float], str]]:
    """Every entry that changed: (share, size) and where; −1 for what is not known."""
    for j in sorted({*first, *again}):
        if j not in first or j not in again:
            yield (-1.0, -1.0), adjoint_label(graph, j, 0, 0, 1) if graph.dimension(j) == 1 else f"adjoint of {graph.name(j)}"
            continue
        one, two = first[j], again[j]
        if one.shape != two.shape:
            raise ValueError(f"the adjoints of vertex {j} have shapes {one.shape} and {two.shape}")
        for r, c in np.argwhere(~((one == two) | (np.isnan(one) & np.isnan(two)))):
            size = abs(float(one[r, c]) - float(two[r, c]))
            size = size if math.isfinite(size) else math.inf
            bound = float(allowed[j][r, c]) if j in allowed else math.nan
            share = size / bound if bound > 0 else math.inf if bound == 0 else -1.0
            yield (share, size), adjoint_label(graph, j, int(c), int(r), len(one))


def in_words(change: Change) -> str:
    """A change in words.

    >>> in_words(Change("adjoint of x", "2e-16", 0.25, 3))
    'adjoint of x changed by 2e-16 between two calls with the same arguments, 0.25 of the bound; 3 entries changed'
    """
    if change.difference == LEFT_OUT:
        return f"{change.where} was returned by one of two calls only"
    share = "" if change.share is None else f", {change.share:.2g} of the bound"
    more = f"; {change.entries:,} entries changed" if change.entries > 1 else ""
    return f"{change.where} changed by {change.difference} between two calls with the same arguments{share}{more}"
