"""Is a correct backward pass ever flagged? Random graphs over the whole function table, in four dtypes, summed in three orders, against the rounding bound.

Each entry of each leaf adjoint is held against a ball of 400 bits around its value at the rounded inputs, by the judge that `backproof verify` uses.

>>> found = counted(range(3000, 3003))
>>> [(name, count.flagged) for name, count in found.items()]
[('float64', 0), ('float32', 0), ('float16', 0), ('bfloat16', 0)]
>>> counted(range(3000, 3003), lambda p: {j: 1.01 * adjoint for j, adjoint in p.items()})["float64"].flagged
9
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.engine import DomainError, GraphError, NumberSystem, backward, forward, jacobians
from backproof.engine.number_systems import Array
from backproof.verify.campaign.run import available_cores
from backproof.verify.cases.case import Case, rounded_case
from backproof.verify.cases.draws import usual_case
from backproof.verify.numbers.balls import real_ball_system
from backproof.verify.rounding.bounds import Bounds, bounds_in_each
from backproof.verify.three_way.floats import share_of_bound
from benchmarks.campaigns import CHUNK, FIRST, SEED, ready
from benchmarks.measure import Comparison, Result, line, ratios
from benchmarks.rounding import SYSTEMS, passes_of

NAME = "alarms"
TITLE = "Correct backward passes that are flagged"
ABOUT = (
    "Random graphs over the whole function table, drawn as in a campaign, in four dtypes: leaf values, weights and cotangents are rounded to the dtype, the contributions of the "
    "children are summed from the first on, from the last on, and two by two. Every leaf adjoint is compared with a ball of 400 bits. Times are for one graph on one core: its "
    "three passes, their bound and the comparison."
)
GRAPHS = 11_000
HIGH = real_ball_system(400)


@dataclass(frozen=True)
class Count:
    """Correct passes, those flagged, graphs on which nothing can be said, the largest share of the bound, and seconds."""

    passes: int = 0
    flagged: int = 0
    undecidable: int = 0
    worst: float = 0.0
    seconds: float = 0.0

    def __add__(self, other: Count) -> Count:
        return Count(
            self.passes + other.passes,
            self.flagged + other.flagged,
            self.undecidable + other.undecidable,
            max(self.worst, other.worst),
            self.seconds + other.seconds,
        )


Change = Callable[[dict[int, Array]], dict[int, Array]]


def counted(numbers: Sequence[int], change: Change = lambda p: p) -> dict[str, Count]:
    """What becomes of the passes on these random graphs, by dtype; `change` makes wrong ones of them."""
    found = {system.name: Count() for system in SYSTEMS}
    for number in numbers:
        case = usual_case(SEED, number)
        rounded = [(system, rounded_case(case, system)) for system in SYSTEMS]
        bounds = bounds_in_each(rounded)
        for system, held in rounded:
            start = time.perf_counter()
            count = on_graph(held, system, bounds[system.name], change)
            found[system.name] += Count(*count, time.perf_counter() - start)
    return found


def on_graph(case: Case, system: NumberSystem, bounds: Bounds, change: Change) -> tuple[int, int, int, float]:
    """The passes in one dtype, those flagged, 1 if nothing can be said, and the largest share of the bound."""
    if bounds.undecidable:
        return 0, 0, 1, 0.0
    try:
        true = backward(case.graph, jacobians(case.graph, forward(case.graph, case.leaves, HIGH), HIGH), case.cotangent, HIGH)
        with np.errstate(all="ignore"):
            shares = [share(change(p), true, bounds.allowed) for p in passes_of(case, system)]
    except (DomainError, GraphError):
        return 0, 0, 1, 0.0
    return len(shares), sum(not found <= 1 for found in shares), 0, max(shares)


def share(p: Mapping[int, Array], true: Mapping[int, Array], allowed: Mapping[int, Array]) -> float:
    """The largest error of a leaf adjoint as a share of what is allowed."""
    triples: Any = (zip(*(a[j].reshape(-1).tolist() for a in (p, true, allowed)), strict=True) for j in allowed)
    return max((share_of_bound(float(value), ball, room) for entries in triples for value, ball, room in entries), default=0.0)


def measure(quick: bool) -> Result:
    """11,000 graphs on all cores, ten if `quick`."""
    graphs = 10 if quick else GRAPHS
    parts = [range(start, min(start + CHUNK, FIRST + graphs)) for start in range(FIRST, FIRST + graphs, CHUNK)]
    total = {system.name: Count() for system in SYSTEMS}
    with ProcessPoolExecutor(available_cores(), initializer=ready) as pool:
        for found in pool.map(counted, parts):
            total = {name: total[name] + found[name] for name in total}
    lines: list[Any] = []
    for name, count in total.items():
        words = f"{name}: {count.passes:,} passes, {count.flagged} flagged, largest error {count.worst:.2f} of the bound; {count.undecidable:,} graphs undecidable"
        seconds = [count.seconds / graphs]
        lines.append(line(words, seconds, ratio=ratios(seconds, lines[0].seconds if lines else seconds)))
    passes, flagged = (sum(getattr(count, what) for count in total.values()) for what in ("passes", "flagged"))
    return Result(
        NAME, TITLE, ABOUT, (Comparison(f"{graphs:,} random graphs: {passes:,} correct passes, {flagged} flagged", None, tuple(lines)),)
    )
