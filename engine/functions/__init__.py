"""The table of local functions: one `Row` for each name that a vertex can carry. What is a fact of a function stands in
its row, and everything else reads it there.

Rooms, in reading order:

- `row.py` what a row says, and the builders for rows of one form
- `elementwise.py` entry by entry: arithmetic, elementary functions, kinks
- `linear.py` products of matrices and vectors, weighted sums
- `reductions.py` sum, mean, softmax: the entries of one operand
- `structural.py` moved, picked and constant entries

*Rule*: a row knows number systems only, no graph; its value never calls its Jacobian, nor the other way round.

Layer `engine`; in `verify` the functions of lifted numbers are `lift/tape/rules.py`.

>>> TABLE["tanh"].formula
'tanh x'
>>> try:
...     look_up("tahn")
... except ValueError as error:
...     print(str(error)[:55])
unknown function 'tahn'; did you mean 'tanh'? The table
"""

from __future__ import annotations

from difflib import get_close_matches

from backproof.engine.functions import elementwise, linear, reductions, structural
from backproof.engine.functions.row import Row

TABLE: dict[str, Row] = {row.name: row for rows in (elementwise.ROWS, linear.ROWS, reductions.ROWS, structural.ROWS) for row in rows}


def look_up(name: str) -> Row:
    """The row called `name`; ValueError names the nearest row and all of them."""
    if name in TABLE:
        return TABLE[name]
    near = get_close_matches(name, TABLE, 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise ValueError(f"unknown function {name!r}; {hint}The table has {len(TABLE)} rows: {', '.join(sorted(TABLE))}")
