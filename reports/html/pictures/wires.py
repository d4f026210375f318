"""The lines of a layout as the data of SVG paths: straight through a row, curved between two, with a tip where they end.

>>> wire([((10, 0), (10, 20)), ((10, 30), (40, 50))], across=False), tips([(40, 50)], across=False)
('M10 0V20M10 30C10 40 40 40 40 50', 'M36 50h8l-4 7z')
>>> wire([((0, 10), (20, 10))], across=True), tips([(20, 10)], across=True)
('M0 10H20', 'M20 6v8l7-4z')
>>> wire([((0, 10),)], across=True)
Traceback (most recent call last):
    ...
ValueError: a line has two ends, found 1 point
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]


def wire(runs: Sequence[Sequence[Point]], across: bool) -> str:
    """The lines of one edge. ValueError for a line without two ends."""
    path = ""
    for run in runs:
        if len(run) < 2:
            raise ValueError(f"a line has two ends, found {len(run)} point")
        path += f"M{run[0][0]:g} {run[0][1]:g}"
        straight: float | None = None
        for (px, py), (qx, qy) in itertools.pairwise(run):
            if (px, py) == (qx, qy):
                continue
            if (py == qy) if across else (px == qx):
                straight = qx if across else qy
                continue
            if straight is not None:
                path += f"{'H' if across else 'V'}{straight:g}"
                straight = None
            middle = round((px + qx) / 2 if across else (py + qy) / 2)
            first, second = ((middle, py), (middle, qy)) if across else ((px, middle), (qx, middle))
            path += f"C{first[0]:g} {first[1]:g} {second[0]:g} {second[1]:g} {qx:g} {qy:g}"
        if straight is not None:
            path += f"{'H' if across else 'V'}{straight:g}"
    return path


def tips(ends: Iterable[Point], across: bool) -> str:
    """The tips of the lines that end here."""
    return "".join(f"M{x:g} {y - 4:g}v8l7-4z" if across else f"M{x - 4:g} {y:g}h8l-4 7z" for x, y in ends)
