"""The words of a results document, in order: what every report sorts, colours and labels by.

Reports import nothing of ours, so the words stand here a second time; a test holds them equal to those that write them.

>>> sorted(["CORRECT", "WRONG", "INCONCLUSIVE"], key=SEVERITY.index)
['WRONG', 'INCONCLUSIVE', 'CORRECT']
>>> SEVERITY.index("FINE")
Traceback (most recent call last):
    ...
ValueError: tuple.index(x): x not in tuple
"""

from __future__ import annotations

SEVERITY = ("WRONG", "INACCURATE", "INCONCLUSIVE", "CORRECT")
"""The verdicts, worst first (`verify.verdicts.severity`)."""

COLOURS = {"CORRECT": "green", "INACCURATE": "yellow", "INCONCLUSIVE": "yellow", "WRONG": "red"}
"""Which colour underlines a verdict on a terminal; the page has its own in the style sheet."""

INTERRUPTED = "INTERRUPTED"
"""What a report says in the place of CORRECT where a run was stopped before its end."""

WITHOUT_SHARE = ("equal", "overlapping", "unequal")
"""What stands in the place of a share of the bound where equality or an overlap was asked for
(`verify.results.shares`).
"""

BIN_EDGES = ("0", "to 0.001", "to 0.003", "to 0.01", "to 0.03", "to 0.1", "to 0.3", "to 1", "beyond")
"""The columns of a histogram of |error| / bound (`verify.three_way.floats.BINS`)."""
