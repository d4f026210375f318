"""The scoreboard on a second corpus (`tests/corpus/independent`): written independently of the code of `check`, and by hand like the first.

>>> sum(case.wrong is not None for case in corpus(independent=True))
277
"""

from __future__ import annotations

from benchmarks.measure import Result
from benchmarks.scoreboard import corpus, table

__all__ = ["ABOUT", "NAME", "TITLE", "corpus", "measure"]
NAME = "independent"
TITLE = "The scoreboard on a corpus written independently of the code"
ABOUT = (
    "As the scoreboard, on wrong backward passes, their twins and correct ones that were written without looking at the code of `check` (`tests/corpus/independent`): bugs of "
    "real libraries, rare branches, protocol, tiny errors. Arguments that are no arrays (words, whole numbers, truth values) are bound for the other checkers, which take arrays."
)


def measure(quick: bool) -> Result:
    """All checkers on the independent corpus with five seeds; on two categories with one seed if `quick`."""
    return Result(NAME, TITLE, ABOUT, (table(True, ("caches", "right_at_kinks") if quick else None),))
