"""One path missed, doubled or cut: of a thousand, where paths are enumerated by networkx and counted, and of a million,
where they are multiplied out in blocks, modulo a prime too, or factored.

>>> from backproof.verify.selftest.graded.fault import try_fault
>>> from backproof.verify.selftest.graded.judge import Judge
>>> fault = next(fault for fault in enumeration_faults() if fault.words == "of 128 paths, one missed")
>>> tried = try_fault(fault, Judge())
>>> tried.outcome, tried.caught_by
('caught', ('paths counted',))
>>> share_of("nothing")
Traceback (most recent call last):
    ...
KeyError: 'nothing'
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any

from backproof.engine import FLOAT64, Graph, NumberSystem
from backproof.engine.graph import Edge
from backproof.verify.numbers.modular import PRIME
from backproof.verify.paths.enumeration import Path
from backproof.verify.paths.sums import PathSum
from backproof.verify.selftest.graded.fault import Fault, Measured, Plant, smallest
from backproof.verify.selftest.graded.judge import PATHS, Judge, Seen
from backproof.verify.selftest.graded.planting import as_number
from backproof.verify.selftest.graded.points import LEVELS, million_paths
from backproof.verify.selftest.graded.stated import gamma, roundings

SMALL = 7  # diamonds: 128 paths, which are listed pair by pair in a tenth of a second
CHECKS = (
    "Theorem 2, rational",
    "Theorem 2, float64",
    "Theorem 2, ball",
    "Theorem 2, mpmath",
    "Theorem 2, modulo a prime",
    "Theorem 1, ball",
)
MIDDLE = Fraction(3, 4) ** (LEVELS // 2) * Fraction(1, 4) ** (LEVELS // 2)  # the product of a path that turns to each side as often

Enumerated = Callable[[list[Path]], list[Path]]
OF_A_FEW: dict[str, Enumerated] = {
    "missed": lambda found: found[:-1],
    "doubled": lambda found: [*found, found[0]],
    "missed and another doubled": lambda found: [found[0], *found[:-1]],
    "cut": lambda found: [*found[:-1], found[-1][:-1]],
    "led past a vertex": lambda found: [*found[:-1], (found[-1][0], *found[-1][2:])],
}
OF_A_MILLION = {"as it should be": Fraction(0), "missed": -MIDDLE, "doubled": MIDDLE, "cut": MIDDLE / 3}
"""What one path that goes wrong does to the sum over all, which is 1; cut before its last diamond, it lacks a factor of ¾
and is larger by a third.
"""


def enumeration_faults() -> list[Fault | Measured]:
    """The faults of a single path."""
    found: list[Fault | Measured] = []
    for words, change in OF_A_FEW.items():
        found.append(Fault(PATHS, f"of {2**SMALL} paths, one {words}", {f"{SMALL} diamonds": _listed(change)}))
    for words in OF_A_MILLION:
        for check in CHECKS:
            plant: Plant = lambda judge, words=words: _of_a_million(judge, words)  # noqa: E731
            found.append(Fault(check, f"of a million paths, one {words}", {f"{LEVELS} diamonds": plant}, should_pass=not share_of(words)))
    found.append(Measured("Theorem 2, float64", "of a million paths one missed, the smallest that is caught", _smallest, _bound()))
    return found


def share_of(words: str) -> Fraction:
    """By how much the sum changes if one path is missed, doubled or cut. KeyError for something else."""
    return OF_A_MILLION[words]


def _listed(change: Enumerated) -> Plant:
    def plant(judge: Judge) -> Seen:
        case = million_paths(SMALL)

        def wrong(graph: Graph, j: int, k: int) -> Iterator[Path]:
            found = list(judge.routes.paths(graph, j, k))
            yield from change(found) if (j, k) == (1, case.graph.n) else found

        return judge.seen(case, replace(judge.routes, paths=wrong))

    return plant


@cache
def _of_a_million(judge: Judge, words: str) -> Seen:
    """One check of the case, with the sum from the leaf to the output changed for every judge."""
    routes, share = judge.routes, share_of(words)
    case = million_paths()
    end = case.graph.n

    def adjoints(graph: Graph, p: Any, cotangent: Any, sums: Mapping[int, PathSum], system: NumberSystem) -> Any:
        return routes.judge_adjoints(graph, p, cotangent, {**sums, 1: off(sums[1], share, system)}, system)

    def enclosures(graph: Graph, sums: Mapping[Edge, PathSum], found: Any, system: NumberSystem) -> Any:
        return routes.judge_enclosures(graph, {**sums, (1, end): off(sums[1, end], share, system)}, found, system)

    return judge.seen(case, replace(routes, judge_adjoints=adjoints, judge_enclosures=enclosures))


def off(total: PathSum, share: Fraction, system: NumberSystem) -> PathSum:
    """The path sum, its entry larger by so much; modulo a prime by the residue of it."""
    more: Any = as_number(share, system)
    if system.name.startswith("mod "):
        more = float(share.numerator * pow(share.denominator, -1, PRIME) % PRIME)
    value = total.value.copy()
    value[0, 0] = system.add(value[:1, :1], system.array([[more]]))[0, 0] if system.name.startswith("mod ") else value[0, 0] + more
    return replace(total, value=value)


def _bound() -> tuple[float, float]:
    """The stated bound of Theorem 2 for so many paths, and a hundredth to each side."""
    g = gamma(roundings(million_paths().graph, 1, 2 * LEVELS, 2**LEVELS), Fraction(FLOAT64.unit_roundoff))
    bound = float(g / (1 - g))
    return 0.99 * bound, 1.01 * bound


def _smallest(judge: Judge) -> tuple[float | None, str]:
    """The smallest product of a path that is caught when the path is missed, as a share of the sum; the case is run once."""
    given: list[tuple[Any, ...]] = []

    def noted(*arguments: Any) -> Any:
        given.append(arguments)
        return judge.routes.judge_adjoints(*arguments)

    judge.seen(million_paths(), replace(judge.routes, judge_adjoints=noted))
    graph, p, cotangent, sums, system = next(arguments for arguments in given if arguments[-1] is FLOAT64)

    def caught(share: Fraction) -> bool:
        changed = {**sums, 1: off(sums[1], -share, system)}
        return bool(judge.routes.judge_adjoints(graph, p, cotangent, changed, system).failures)

    low, high = (Fraction(bound) for bound in _bound())
    figure = smallest(caught, low * Fraction(9, 10), high * Fraction(11, 10))
    if figure is None:
        return None, "not found where it is stated to be"
    return figure, f"a path of {figure:.2g} of the sum; one below is left to the comparison modulo a prime, which is exact"
