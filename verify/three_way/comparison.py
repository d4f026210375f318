"""The comparisons of the three-way check: two quantities computed by different routes, what may lie between them, and the verdict.

`adjoints_against_paths` judges Theorem 2 (L16) by equality, by overlapping balls or by a rounding bound; `paths_against_differences` judges Theorem 1 (L15) by the
differences' own error estimate. A `Comparison` says what was compared, in which number system, on how many entries, how it ended, and
every entry at which the two sides do not agree.

>>> comparison = inconclusive(Reason.PATHS, "7 paths from x to y; the limit is 2")
>>> comparison.verdict, comparison.reason
(<Verdict.INCONCLUSIVE: 'INCONCLUSIVE'>, 'too many paths: 7 paths from x to y; the limit is 2')
>>> from backproof.engine import RATIONAL
>>> Comparison.wrong_paths("1 path enumerated, but there are 2", RATIONAL).verdict
<Verdict.WRONG: 'WRONG'>
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np

from backproof.engine import Graph, NumberSystem
from backproof.theorems.backward_pass import BACKWARD_PASS
from backproof.theorems.path_sum import PATH_SUM
from backproof.verify.verdicts import Evidence, Reason, Verdict

CLAIM_2 = "backward pass = path sum"
CLAIM_1 = "path sum = differences"
MOST_FAILURES = 20


@dataclass(frozen=True)
class Failure:
    """One entry at which the two sides do not agree, or cannot be compared: both values, their distance and what was allowed."""

    where: str
    left: str
    right: str
    difference: str
    allowed: str


@dataclass(frozen=True)
class Comparison:
    """Two routes compared on `entries` numbers. `worst` is the largest distance as a share of what is allowed (None: equality was asked for).

    `digits` is the number of decimal digits to which differences decide; `failures` lists at most the worst 20 of `failed`.
    """

    claim: str
    theorem: str
    system: str
    verdict: Verdict
    evidence: Evidence
    reason: str | None = None
    entries: int = 0
    worst: float | None = None
    digits: int | None = None
    failures: tuple[Failure, ...] = ()
    failed: int = 0

    @staticmethod
    def wrong_paths(message: str, system: NumberSystem, theorem_1: bool = False) -> Comparison:
        """The enumeration itself is wrong: it did not give every path once."""
        return replace(_blank(system, theorem_1), verdict=Verdict.WRONG, reason=f"wrong path enumeration: {message}")


def inconclusive(reason: Reason, detail: str, theorem_1: bool = False, system: NumberSystem | None = None) -> Comparison:
    """A comparison that could not be made, and why."""
    return replace(_blank(system, theorem_1), verdict=Verdict.INCONCLUSIVE, reason=f"{reason.value}: {detail}")


def _blank(system: NumberSystem | None, theorem_1: bool) -> Comparison:
    name = "all" if system is None else system.name
    if theorem_1:
        return Comparison(CLAIM_1, PATH_SUM.name, name, Verdict.CORRECT, Evidence.DIGITS)
    evidence = Evidence.ROUNDING
    if system is not None and system.family == "ball":
        name, evidence = "ball", Evidence.CERTIFIED
    elif system is not None and system.exact:
        evidence = Evidence.EXACT
    return Comparison(CLAIM_2, BACKWARD_PASS.name, name, Verdict.CORRECT, evidence)


def entry_label(graph: Graph, i: int, position: int) -> str:
    """How messages call one entry of u_i: its index in the shape, nothing for a scalar."""
    shape = graph.shape(i)
    return "" if shape == () else f"[{', '.join(str(int(k)) for k in np.unravel_index(position, shape))}]"


def shown(value: Any) -> str:
    """A number as messages and results write it: p/q, 20 digits of an mpf, the shortest form of a float."""
    if isinstance(value, Fraction):
        return str(value)
    if hasattr(value, "_mpf_"):
        return str(mpmath.nstr(value, 20))
    return repr(float(value))


def _finite(value: Any) -> bool:
    return True if isinstance(value, Fraction) else bool(mpmath.isfinite(value)) if hasattr(value, "_mpf_") else math.isfinite(value)


def _place(graph: Graph, j: int, k: int, index: tuple[int, ...]) -> str:
    """One entry of ∂u_k/∂u_j."""
    return f"∂{graph.name(k)}{entry_label(graph, k, index[0])}/∂{graph.name(j)}{entry_label(graph, j, index[1])}"
