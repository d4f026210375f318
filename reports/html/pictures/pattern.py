"""A matrix as a small drawing: a square for a positive entry, a bar, as the minus sign, for a negative one, nothing for a
zero, a stroke upwards for what is no number; and a word for what all of it is.

The entries are drawn from their signs alone, a row as a text of `+`, `-`, `0` and `?`; of a matrix that is too large to be
listed, a results document holds these.

>>> signs_of([["1.0", "0.0"], ["0.0", "-1e-300"]]), size_of(["+0", "0-"])
(['+0', '0-'], (17.0, 17.0))
>>> word_of([["1.0", "0.0"], ["0.0", "1.0"]]), word_of([["2.5", "0.0"], ["0.0", "2.5"]]), word_of([["1.0", "2.0"]])
('I', '2.5 I', '')
>>> [mark.get("class") for mark in drawing(["+0", "0-"])]
['frame', 'ink']
>>> signs_of([["one"]])
Traceback (most recent call last):
    ...
ValueError: could not convert string to float: 'one'
"""

from __future__ import annotations

import itertools
import math
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import TypeAlias

from backproof.reports.text import as_float, short

Matrix: TypeAlias = Sequence[Sequence[str]]

CELL = 7  # pixels of an entry; chosen: sign and place are seen
SMALL = 4  # pixels of an entry of a matrix of many; chosen: a bar still differs from a square
SMALLEST = 2  # pixels of an entry of a matrix that is not listed, whose equal neighbours are drawn as one; chosen: blocks are seen
MOST_APART = 36  # entries that are drawn apart from each other: all that a results document lists
SIDE = 42  # pixels of a side that are not exceeded while entries keep their size; chosen: no higher than a box
FRAME = 3  # pixels of the frame, both sides together


def signs_of(matrix: Matrix) -> list[str]:
    """The signs of the entries, row by row. ValueError if an entry is no number."""
    return ["".join(_sign(as_float(entry)) for entry in row) for row in matrix]


def _sign(entry: float) -> str:
    return "?" if not math.isfinite(entry) else "+" if entry > 0 else "-" if entry < 0 else "0"


def _cell(signs: Sequence[str]) -> int:
    """Pixels of an entry."""
    least = SMALL if sum(map(len, signs)) <= MOST_APART else SMALLEST
    return max(least, min(CELL, SIDE // max(1, len(signs), max(map(len, signs), default=1))))


def size_of(signs: Sequence[str]) -> tuple[float, float]:
    """Width and height of the drawing, in pixels."""
    cell = _cell(signs)
    return float(cell * max(map(len, signs), default=0) + FRAME), float(cell * len(signs) + FRAME)


def word_of(matrix: Matrix) -> str:
    """What the matrix is, where one word or two say it: identity, a multiple of it, diagonal, zero; else nothing."""
    numbers = [[as_float(entry) for entry in row] for row in matrix]
    if not any(entry for row in numbers for entry in row):
        return "0"
    if any(len(row) != len(numbers) for row in numbers) or len(numbers) == 1:
        return ""
    if any(entry for r, row in enumerate(numbers) for c, entry in enumerate(row) if r != c):
        return ""
    diagonal = {numbers[k][k] for k in range(len(numbers))}
    if len(diagonal) > 1:
        return "diagonal"
    factor = short(matrix[0][0])
    return "I" if factor == "1" else f"{factor} I"


def drawing(signs: Sequence[str]) -> list[ET.Element]:
    """The frame and the ink, from the corner (0, 0)."""
    width, height = size_of(signs)
    cell, ink = _cell(signs), ""
    apart = 1 if sum(map(len, signs)) <= MOST_APART else 0
    for r, row in enumerate(signs):
        at = 0
        for sign, run in itertools.groupby(row):
            count = len(list(run))
            for k in range(count) if apart else (0,):
                long = cell - 1 if apart else cell * count
                ink += _mark(sign, 2 + (at + k) * cell, 2 + r * cell, long, cell - apart)
            at += count
    frame = ET.Element("path", {"class": "frame", "d": f"M0 0H{width:g}V{height:g}H0z"})
    return [frame, ET.Element("path", {"class": "ink", "d": ink})] if ink else [frame]


def _mark(sign: str, x: int, y: int, long: int, high: int) -> str:
    """One entry, or equal ones beside each other, as a closed piece of a path."""
    if sign == "?":
        return f"M{x + long // 2} {y}h1v{high}h-1z"
    if sign == "+":
        return f"M{x} {y}h{long}v{high}h-{long}z"
    bar = max(1, high // 3)
    return f"M{x} {y + (high - bar) // 2}h{long}v{bar}h-{long}z" if sign == "-" else ""
