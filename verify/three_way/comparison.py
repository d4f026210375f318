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
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np

from backproof.engine import FLOAT64, Graph, NumberSystem
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.theorems.backward_pass import BACKWARD_PASS
from backproof.theorems.path_sum import PATH_SUM
from backproof.verify.derivatives.differences import Difference
from backproof.verify.numbers.float_model import gamma, operations_behind
from backproof.verify.paths.sums import PathSum
from backproof.verify.verdicts import Evidence, Reason, Verdict

CLAIM_2 = "backward pass = path sum"
CLAIM_1 = "path sum = differences"
LOST_DIGITS = 10
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


def adjoints_against_paths(
    graph: Graph, p: Mapping[int, Array], cotangent: Any, sums: Mapping[int, PathSum], system: NumberSystem
) -> Comparison:
    """p_j against p_n · Σ Π D for every vertex j in `sums`: equal over the rationals, overlapping in balls, else within γ_m · |p_n| Σ Π|D|."""
    seed = None if cotangent is None else system.array(cotangent).reshape(-1, graph.dimension(graph.n))
    failures: list[tuple[float, Failure]] = []
    entries, worst, undecided = 0, 0.0, ""
    for j, total in sums.items():
        right = total.value if seed is None else system.matmul(seed, total.value)
        left = p.get(j)
        entries += right.size
        if left is None or left.shape != right.shape:
            found = "no adjoint" if left is None else f"an adjoint of shape {left.shape}"
            failures.append((math.inf, Failure(f"adjoint of {graph.name(j)}", found, f"shape {right.shape}", "", "")))
            continue
        if system.family == "ball":
            pairs: Any = zip(left.reshape(-1).tolist(), right.reshape(-1).tolist(), strict=True)
            for place, (ours, summed) in enumerate(pairs):
                if not (ours.is_finite() and summed.is_finite()):
                    undecided = undecided or f"a path sum of {graph.name(j)} is not finite in {system.name}"
                elif not ours.overlaps(summed):
                    index = divmod(place, right.shape[1])
                    failures.append((math.inf, _failure(graph, j, index, ours.mid(), summed.mid(), summed.rad())))
            continue
        if left.tolist() == right.tolist() and (system.exact or (system.family == "float" and np.isfinite(right).all())):
            continue
        allowed, underflow = allowed_distance(graph, j, total, seed, system)
        for index in np.ndindex(right.shape):
            a: Any = left[index]
            b: Any = right[index]
            bound: Any = allowed[index]
            if not (_finite(b) and _finite(bound)):
                undecided = undecided or f"a path sum of {graph.name(j)} overflows {system.name}"
                continue
            distance = abs(a - b) if _finite(a) else None
            share = (
                0.0
                if distance == 0
                else math.inf
                if distance is None or bound == 0
                else float(distance) / float(bound)
                if float(bound)
                else float(distance / bound)
            )
            if distance is None or distance > bound + underflow:
                failures.append((share, _failure(graph, j, index, a, b, bound)))
            elif share > 1:
                undecided = undecided or f"the adjoint of {graph.name(j)} underflows {system.name}"
                continue
            worst = max(worst, share)
    result = replace(
        _blank(system, False), entries=entries, worst=worst if system.family in ("float", "mpmath") and not system.exact else None
    )
    if failures:
        ordered = tuple(failure for _, failure in sorted(failures, key=lambda pair: -pair[0]))
        reason = f"{len(failures)} of {entries} adjoint entries are not the path sum"
        return replace(result, verdict=Verdict.WRONG, reason=reason, failures=ordered[:MOST_FAILURES], failed=len(failures))
    if undecided:
        return replace(result, verdict=Verdict.INCONCLUSIVE, reason=f"{Reason.DTYPE.value}: {undecided}")
    return result


def allowed_distance(graph: Graph, j: int, total: PathSum, seed: Array | None, system: NumberSystem) -> tuple[Array, float]:
    """How far the two routes may lie apart by rounding, entry by entry, and by how much more at most by underflow.

    Rounding: γ_m/(1 − γ_m) · |p_n| Σ Π|D|; the second factor makes up for the rounding of the magnitude itself. Underflow, in hardware floats only: every one
    of the m·N operations may lose the smallest subnormal number, which the rest of the path and the cotangent can magnify.
    """
    operations = operations_behind(graph, j, total)
    factor = gamma(operations + 4, system)
    scale = FLOAT64 if total.magnitude.dtype == FLOAT64.dtype else system
    sizes = scale.identity(graph.dimension(graph.n)) if seed is None else scale.absolute(scale.array(seed))
    rounding = scale.scale(factor / (1 - factor), scale.matmul(sizes, total.magnitude))
    if system.family != "float":
        return rounding, 0.0
    smallest = float(np.finfo(system.dtype).smallest_subnormal)
    return rounding, smallest * operations * total.count * total.growth * max(1.0, float(sizes.sum(axis=1).max()))


def _failure(graph: Graph, j: int, index: tuple[int, ...], a: Any, b: Any, bound: Any) -> Failure:
    where = f"adjoint of {graph.name(j)}{entry_label(graph, j, index[1])}"
    if graph.dimension(graph.n) > 1:
        where += f", row {index[0]}"
    return Failure(where, shown(a), shown(b), shown(abs(a - b)) if _finite(a) else "not finite", shown(bound) if bound else "0")


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


def paths_against_differences(
    graph: Graph, sums: Mapping[Edge, PathSum], moved: Mapping[int, Mapping[int, Difference]], system: NumberSystem, digits: int
) -> Comparison:
    """Σ Π D against the central differences of f̄ᵏ, entry by entry.

    They agree if they differ by no more than the differences' own estimate (never taken below 10^−digits of the scale max(Σ Π|D|, 1)).
    INCONCLUSIVE at a kink, and where the estimate exceeds 10^(10−digits) of the scale.
    """
    failures: list[tuple[float, Failure]] = []
    kinks: list[str] = []
    vague: list[str] = []
    one, finest, roughest = (system.convert(10) ** exponent for exponent in (0, -digits, LOST_DIGITS - digits))
    entries, worst, largest = 0, 0.0, finest
    for (j, k), total in sums.items():
        difference = moved[j][k]
        for index in np.ndindex(total.value.shape):
            entries += 1
            scale = max(system.convert(total.magnitude[index]), one)
            left, right = total.value[index], system.convert(difference.value[index])
            estimate = max(system.convert(difference.estimate[index]), scale * finest)
            if difference.kink[index]:
                kinks.append(_place(graph, j, k, index))
            elif estimate > scale * roughest:
                vague.append(f"{_place(graph, j, k, index)} (estimate {shown(estimate)})")
            else:
                share = float(abs(left - right) / estimate)
                largest, worst = max(largest, estimate / scale), max(worst, share)
                if not share <= 1:
                    found = Failure(_place(graph, j, k, index), shown(left), shown(right), shown(abs(left - right)), shown(estimate))
                    failures.append((share, found))
    result = replace(_blank(system, True), entries=entries, worst=worst, digits=math.floor(1e-9 - float(mpmath.log10(largest))))
    if failures:
        ordered = tuple(failure for _, failure in sorted(failures, key=lambda pair: -pair[0]))
        reason = f"{len(failures)} of {entries} entries of the path sums are not the derivative"
        return replace(result, verdict=Verdict.WRONG, reason=reason, failures=ordered[:MOST_FAILURES], failed=len(failures))
    if kinks:
        reason = f"{Reason.KINK.value}: {kinks[0]}" + (f" and {len(kinks) - 1} more" if len(kinks) > 1 else "")
        return replace(result, verdict=Verdict.INCONCLUSIVE, reason=reason, digits=None)
    if vague:
        reason = f"{Reason.DTYPE.value}: the differences are too rough at {vague[0]}" + (
            f" and {len(vague) - 1} more" if len(vague) > 1 else ""
        )
        return replace(result, verdict=Verdict.INCONCLUSIVE, reason=reason, digits=None)
    return result
