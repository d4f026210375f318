"""Backward pass = path sum (Theorem 2)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from backproof.engine import FLOAT64, Graph, NumberSystem
from backproof.engine.number_systems import Array
from backproof.verify.numbers.float_model import gamma
from backproof.verify.paths.magnitudes import operations_behind
from backproof.verify.paths.sums import PathSum
from backproof.verify.three_way.comparison import MOST_FAILURES, Comparison, Failure, _blank, _finite, entry_label, shown
from backproof.verify.verdicts import Reason, Verdict


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
    operations = operations_behind(graph, j, total.longest, total.count)
    factor = gamma(operations + 4, system.unit_roundoff)
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
