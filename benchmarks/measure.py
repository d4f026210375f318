"""Time several ways to do the same thing, in turns, and condense the times: `compare`, `grow`, `split`.

Every side is called once in each round, in rotating order, so that a machine that slows down slows all of them; ratios and exponents are formed
within a round, and their median over the rounds is reported with the lowest and the highest. The clock, the medians and the spread are pyperf's.
Before anything is timed the sides must give the same values: `Disagreement` names the two that do not.

>>> ratios([2.0, 6.0, 4.0], [1.0, 2.0, 2.0])
Range(median=2.0, lowest=2.0, highest=3.0)
>>> exponent([1, 2, 4, 8], [3.0, 12.0, 48.0, 192.0])
2.0
>>> exponent([4], [1.0])
Traceback (most recent call last):
    ...
ValueError: an exponent needs at least two sizes, found 1
>>> agreement({"a": [1.0, 2.0], "b": [1.0, 2.5]})
Traceback (most recent call last):
    ...
benchmarks.measure.Disagreement: b gives 2.5 where a gives 2.0 (entry 2 of 2): 0.6 digits agree, at least 9 are expected; nothing was timed
"""

from __future__ import annotations

import gc
import importlib.util
import math
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.verify.numbers.float_model import correct_digits

FEWEST_DIGITS = 9


class Disagreement(ValueError):
    """Two sides of a benchmark do not compute the same thing; the message names them and the values."""


class NotMeasured(RuntimeError):
    """A benchmark, or one side of it, needs a package that is not installed: `not measured: needs NAME`."""


@dataclass(frozen=True)
class Effort:
    """How long to measure: the number of rounds, and the least seconds for which one side runs in a round (it is repeated until then)."""

    rounds: int
    seconds: float


FULL = Effort(9, 0.03)
QUICK = Effort(3, 0.001)


@dataclass(frozen=True)
class Side:
    """One way to do it: `run` returns the values that must agree with the other sides', unless `answers` is false."""

    name: str
    run: Callable[[], Any]
    answers: bool = True


@dataclass(frozen=True)
class Range:
    """A figure formed in every round: its median, lowest and highest value."""

    median: float
    lowest: float
    highest: float


@dataclass(frozen=True)
class Line:
    """The time of one side for one call, in seconds: of each round, the median, and the median absolute deviation from it.

    `ratio` is this time over the first side's; `share` this part's of the whole; `size` what was varied. Each is None where it means nothing.
    """

    name: str
    seconds: tuple[float, ...]
    median: float
    spread: float
    size: int | None = None
    ratio: Range | None = None
    share: float | None = None


@dataclass(frozen=True)
class Comparison:
    """The sides of one workload. `digits` is how many digits of their values agree; None where only one side gives values."""

    workload: str
    digits: float | None
    lines: tuple[Line, ...]
    missing: tuple[str, ...] = ()
    kind: str = "comparison"


@dataclass(frozen=True)
class Growth:
    """The time of one thing at several sizes, and the exponent α of time ~ size^α: over all sizes, and over the last step alone."""

    what: str
    against: str
    expected: str
    lines: tuple[Line, ...]
    exponent: Range
    last: Range
    kind: str = "growth"


@dataclass(frozen=True)
class Parts:
    """What the parts of a whole cost, in seconds for each of `count` cases."""

    workload: str
    count: int
    lines: tuple[Line, ...]
    kind: str = "parts"


@dataclass(frozen=True)
class Result:
    """What one benchmark found: its tables, and a sentence for each thing that was not measured."""

    name: str
    title: str
    about: str
    tables: tuple[Comparison | Growth | Parts, ...]
    missing: tuple[str, ...] = ()


def need(package: str) -> None:
    """NotMeasured unless the package is installed."""
    if importlib.util.find_spec(package) is None:
        raise NotMeasured(f"not measured: needs {package}")


def compare(workload: str, sides: Sequence[Side], effort: Effort, missing: Sequence[str] = ()) -> Comparison:
    """Time the sides in turns; the ratios are to the first. Disagreement if their values differ. `missing` says which sides could not be made."""
    digits = agreement({side.name: side.run() for side in sides if side.answers})
    seconds = time_in_turns([side.run for side in sides], effort)
    lines = tuple(line(side.name, own, ratio=ratios(own, seconds[0])) for side, own in zip(sides, seconds, strict=True))
    return Comparison(workload, digits, lines, tuple(missing))


def grow(what: str, against: str, expected: str, runs: Mapping[int, Callable[[], Any]], effort: Effort) -> Growth:
    """Time one thing at several sizes, all in turns, and fit the exponent in every round."""
    sizes = sorted(runs)
    seconds = time_in_turns([runs[size] for size in sizes], effort)
    rounds = list(zip(*seconds, strict=True))
    lines = tuple(line(str(size), own, size=size) for size, own in zip(sizes, seconds, strict=True))
    over_all = spread_of(exponent(sizes, times) for times in rounds)
    return Growth(what, against, expected, lines, over_all, spread_of(exponent(sizes[-2:], times[-2:]) for times in rounds))


def split(workload: str, count: int, rounds: Sequence[Mapping[str, float]]) -> Parts:
    """The cost of the parts, from the seconds that each part took for all `count` cases in each round."""
    parts = {name: [seconds[name] / count for seconds in rounds] for name in rounds[0]}
    medians = {name: statistics.median(seconds) for name, seconds in parts.items()}
    whole = sum(medians.values())
    return Parts(workload, count, tuple(line(name, own, share=medians[name] / whole) for name, own in parts.items()))


def time_in_turns(runs: Sequence[Callable[[], Any]], effort: Effort) -> list[list[float]]:
    """Seconds for one call of each, a value for every round. The first round starts with the first, the second with the second, and so on.

    Garbage is collected before each turn, and what exists beforehand is left out of that: no side pays for another's garbage, or for the rest of the process.
    """
    import pyperf

    def turn(run: Callable[[], Any], calls: int) -> float:
        gc.collect()
        start = pyperf.perf_counter()
        for _ in range(calls):
            run()
        return pyperf.perf_counter() - start

    gc.collect()
    gc.freeze()
    try:
        calls: list[int] = []
        for run in runs:
            run()
            calls.append(max(1, math.ceil(effort.seconds / max(turn(run, 1), 1e-9))))
        seconds: list[list[float]] = [[] for _ in runs]
        for first in range(effort.rounds):
            for place in range(len(runs)):
                which = (place + first) % len(runs)
                seconds[which].append(turn(runs[which], calls[which]) / calls[which])
    finally:
        gc.unfreeze()
    return seconds


def line(name: str, seconds: Sequence[float], *, size: int | None = None, ratio: Range | None = None, share: float | None = None) -> Line:
    """A line with pyperf's median and median absolute deviation."""
    import pyperf

    benchmark: Any = pyperf.Benchmark([pyperf.Run(tuple(seconds), metadata={"name": name}, collect_metadata=False)])
    spread = benchmark.median_abs_dev() if len(seconds) > 1 else 0.0
    return Line(name, tuple(seconds), float(benchmark.median()), float(spread), size, ratio, share)


def ratios(seconds: Sequence[float], base: Sequence[float]) -> Range:
    """seconds / base, round by round."""
    return spread_of(own / other for own, other in zip(seconds, base, strict=True))


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """α of the power law time ~ size^α that fits best: the slope of log time over log size, by least squares."""
    if len(sizes) < 2:
        raise ValueError(f"an exponent needs at least two sizes, found {len(sizes)}")
    return statistics.linear_regression([math.log2(size) for size in sizes], [math.log2(time) for time in seconds]).slope


def spread_of(figures: Iterable[float]) -> Range:
    """Median, lowest and highest of the figures."""
    found = list(figures)
    return Range(statistics.median(found), min(found), max(found))


def agreement(values: Mapping[str, Any]) -> float | None:
    """The fewest digits to which the values of the other sides agree with the first side's, relative to its largest entry; None for fewer than two sides.

    Disagreement if the shapes differ, or below nine digits: float64 sums in another order keep more than that on these workloads.
    """
    names = list(values)
    if len(names) < 2:
        return None
    first = np.asarray(values[names[0]], dtype=float).reshape(-1)
    scale = float(np.max(np.abs(first), initial=0.0))
    fewest = math.inf
    for name in names[1:]:
        other = np.asarray(values[name], dtype=float).reshape(-1)
        if other.size != first.size:
            raise Disagreement(f"{name} gives {other.size} numbers where {names[0]} gives {first.size}; nothing was timed")
        for place, (mine, theirs) in enumerate(zip(first.tolist(), other.tolist(), strict=True), start=1):
            digits = correct_digits(theirs, mine, scale)
            if digits < FEWEST_DIGITS:
                raise Disagreement(
                    f"{name} gives {theirs!r} where {names[0]} gives {mine!r} (entry {place} of {first.size}): {digits:.1f} digits agree, "
                    f"at least {FEWEST_DIGITS} are expected; nothing was timed"
                )
            fewest = min(fewest, digits)
    return fewest
