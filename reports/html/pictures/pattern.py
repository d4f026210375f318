"""A matrix as a small drawing: a square for a positive entry, a bar, as the minus sign, for a negative one, nothing for a
zero, a stroke upwards for what is no number; and a word for what all of it is.

>>> word_of([["1.0", "0.0"], ["0.0", "1.0"]]), word_of([["2.5", "0.0"], ["0.0", "2.5"]]), word_of([["1.0", "2.0"]])
('I', '2.5 I', '')
>>> size_of([["1.0", "0.0"], ["0.0", "-1.0"]])
(17.0, 17.0)
>>> [mark.get("class") for mark in drawing([["1.0", "0.0"], ["0.0", "-1.0"]])]
['frame', 'ink']
>>> size_of([["one"]])
Traceback (most recent call last):
    ...
ValueError: could not convert string to float: 'one'
"""

from __future__ import annotations

import math
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from typing import TypeAlias

from backproof.reports.text import short

Matrix: TypeAlias = Sequence[Sequence[str]]

CELL = 7  # pixels of an entry; chosen: sign and place are seen
SMALLEST = 4  # pixels of an entry of a large matrix; chosen: a bar still differs from a square
SIDE = 42  # pixels of a side that are not exceeded while entries keep SMALLEST; chosen: no higher than a box
FRAME = 3  # pixels of the frame, both sides together


def _cell(matrix: Matrix) -> int:
    """Pixels of an entry."""
    return max(SMALLEST, min(CELL, SIDE // max(1, len(matrix), max(map(len, matrix), default=1))))


def size_of(matrix: Matrix) -> tuple[float, float]:
    """Width and height of the drawing, in pixels. ValueError if an entry is no number."""
    for row in matrix:
        for entry in row:
            float(entry)
    cell = _cell(matrix)
    return float(cell * max(map(len, matrix), default=0) + FRAME), float(cell * len(matrix) + FRAME)


def word_of(matrix: Matrix) -> str:
    """What the matrix is, where one word or two say it: identity, a multiple of it, diagonal, zero; else nothing."""
    numbers = [[float(entry) for entry in row] for row in matrix]
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


def drawing(matrix: Matrix) -> list[ET.Element]:
    """The frame and the ink, from the corner (0, 0)."""
    width, height = size_of(matrix)
    cell, ink = _cell(matrix), ""
    for r, row in enumerate(matrix):
        for c, entry in enumerate(row):
            ink += _mark(float(entry), 2 + c * cell, 2 + r * cell, cell - 1)
    frame = ET.Element("path", {"class": "frame", "d": f"M0 0H{width:g}V{height:g}H0z"})
    return [frame, ET.Element("path", {"class": "ink", "d": ink})] if ink else [frame]


def _mark(entry: float, x: int, y: int, side: int) -> str:
    """One entry as a closed piece of a path."""
    if not math.isfinite(entry):
        return f"M{x + side // 2} {y}h1v{side}h-1z"
    if entry > 0:
        return f"M{x} {y}h{side}v{side}h-{side}z"
    bar = max(1, side // 3)
    return f"M{x} {y + (side - bar) // 2}h{side}v{bar}h-{side}z" if entry < 0 else ""
