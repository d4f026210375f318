"""The memory of client and scheduler up to a million cases, as `scale` measures it up to ten thousand; run by its name only.

>>> SIZES[-1]
1000000
>>> memory((0,), 1)
Traceback (most recent call last):
    ...
ValueError: memory is measured from one case on, found 0
"""

from __future__ import annotations

from backproof.verify.campaign.run import available_cores
from benchmarks.measure import Result, need
from benchmarks.scale import memory

NAME = "million"
TITLE = "The memory of a million cases on a cluster"
ABOUT = "The workers give one record again and again; what client and scheduler hold does not depend on what a case costs."
SIZES = (1000, 10_000, 100_000, 1_000_000)


def measure(quick: bool) -> Result:
    """A thousand to a million cases; up to ten thousand if `quick`."""
    for package in ("distributed", "psutil"):
        need(package)
    return Result(NAME, TITLE, ABOUT, (memory(SIZES[:2] if quick else SIZES, available_cores()),))
