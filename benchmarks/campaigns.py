"""Many random cases, on all cores: how long a campaign takes, and whether the memory of its processes grows.

A case is drawn as in `backproof verify` (about 12 vertices), checked without differences, which the command takes on small cases and a sample only, and written as JSON.

>>> len(checked(range(3000, 3002)))
2
>>> campaign_time(1, (2,), cores=1)
Traceback (most recent call last):
    ...
ValueError: an exponent needs at least two sizes, found 1
"""

from __future__ import annotations

import gc
import json
import math
import resource
import signal
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from backproof.engine import FLOAT32, FLOAT64
from backproof.verify.campaign.run import available_cores
from backproof.verify.cases.draws import usual_case
from backproof.verify.results.case_record import case_record
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.witness import Witness
from backproof.verify.verdicts import Verdict
from benchmarks.measure import Disagreement, Effort, Growth, Result, grow

NAME = "campaigns"
TITLE = "Campaigns"
ABOUT = (
    "Random cases of about 12 vertices on all cores: drawn, forward and backward pass in float64, float32, balls and where possible over the rationals, every path sum, the "
    "whole-graph certificate, the rounding bound in two dtypes, one JSON record each; the processes are started beforehand."
)
SEED, FIRST = 0, 2000
CHUNK = 25


def checked(numbers: Sequence[int]) -> list[str]:
    """The records of these random cases as JSON. Disagreement if one is not CORRECT."""
    lines: list[str] = []
    for number in numbers:
        result = check_case(usual_case(SEED, number), witness=Witness.NONE, dtypes=(FLOAT64, FLOAT32))
        if result.verdict is not Verdict.CORRECT:
            raise Disagreement(f"random case {number} of seed {SEED} is {result.verdict.value}")
        lines.append(json.dumps(case_record(result, with_detail=False)))
    return lines


def memory(_: int) -> float:
    """The most megabytes that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def ready() -> None:
    """As in a campaign: what is imported stays, and the collector looks rarely."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.freeze()
    gc.set_threshold(50_000)


def campaign_time(rounds: int, sizes: Sequence[int], cores: int) -> Growth:
    """Seconds against the number of cases."""
    with ProcessPoolExecutor(cores, initializer=ready) as pool:

        def campaign(count: int) -> int:
            parts = [range(start, min(start + CHUNK, FIRST + count)) for start in range(FIRST, FIRST + count, CHUNK)]
            return sum(len(lines) for lines in pool.map(checked, parts))

        runs = {count: (lambda count=count: campaign(count)) for count in sizes}
        before = max(pool.map(memory, range(4 * cores)))
        found = grow(
            f"campaign on {cores} core{'s' if cores > 1 else ''}", "cases", "1, and memory that does not grow", runs, Effort(rounds, 0.0)
        )
        after = max(pool.map(memory, range(4 * cores)))
    grown = f"the largest process held {math.ceil(before)} MB before and {math.ceil(after)} MB after"
    return Growth(f"{found.what} ({grown})", found.against, found.expected, found.lines, found.exponent, found.last)


def measure(quick: bool) -> Result:
    """A thousand cases and more; a few if `quick`."""
    sizes = (10, 20) if quick else (250, 1000, 2000)
    return Result(NAME, TITLE, ABOUT, (campaign_time(2 if quick else 3, sizes, available_cores()),))
