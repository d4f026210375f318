"""Backward pass = path sum (Theorem 2, L16): p_j = p_n · Σ_{paths from j to n} Π D, for the adjoint of every vertex.

There is one judge for each kind of number:

- `equal` where arithmetic is exact: over the rationals, and modulo a prime;
- `overlapping` in balls: two enclosures of the same number have a number in common;
- `within` in floats and mpmath: the two routes round differently, and lie no farther apart than
  γ_m/(1 − γ_m) · |p_n|·Σ Π|D|, and in hardware floats what underflow may cost (`allowed_distance`).

>>> from backproof.engine import RATIONAL, Graph, backward, forward, jacobians, leaf, vertex
>>> from backproof.verify.paths.sums import path_sum
>>> graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
>>> D = jacobians(graph, forward(graph, [3, 4], RATIONAL), RATIONAL)
>>> p, sums = backward(graph, D, None, RATIONAL), {j: path_sum(graph, D, j, 4, RATIONAL) for j in (1, 2, 3, 4)}
>>> adjoints_against_paths(graph, p, None, sums, RATIONAL).verdict
<Verdict.CORRECT: 'CORRECT'>
>>> adjoints_against_paths(graph, {**p, 2: p[3]}, None, sums, RATIONAL).failures
(Failure(where='adjoint of u2', left='4', right='11', difference='7', allowed='0'),)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any, NamedTuple

import mpmath
import numpy as np

from backproof.engine import FLOAT64, Graph, NumberSystem
from backproof.engine.number_systems import Array
from backproof.theorems.backward_pass import BACKWARD_PASS
from backproof.verify.numbers.float_model import gamma
from backproof.verify.paths.magnitudes import operations_behind
from backproof.verify.paths.sums import PathSum
from backproof.verify.three_way.comparison import Comparison, Failure, adjoint_label, shown
from backproof.verify.verdicts import Evidence, Reason, Verdict

CLAIM_ADJOINTS = "backward pass = path sum"
NOT_FINITE = "a path sum of {vertex} is not finite in {system}"
OVERFLOWS = "a path sum of {vertex} overflows {system}"
UNDERFLOWS = "the adjoint of {vertex} underflows {system}"


def opening_adjoints(system: NumberSystem | None = None) -> Comparison:
    """The comparison of all adjoints before anything was compared; without a system, where there was no run in any.

    >>> opening_adjoints(FLOAT64).evidence, opening_adjoints().system
    (<Evidence.ROUNDING: 'within rounding bound on N cases'>, 'all')
    """
    name, evidence = ("all" if system is None else system.name), Evidence.ROUNDING
    if system is not None and system.family == "ball":
        name, evidence = "ball", Evidence.CERTIFIED
    elif system is not None and system.exact:
        evidence = Evidence.EXACT
    return Comparison(CLAIM_ADJOINTS, BACKWARD_PASS.name, name, Verdict.CORRECT, evidence)


class Apart(NamedTuple):
    """One entry at which two matrices do not agree: its row and column, both values, what may lie between them, and how
    far they are apart as a share of that.
    """

    at: tuple[int, ...]
    left: Any
    right: Any
    allowed: Any
    share: float = math.inf


class Agreement(NamedTuple):
    """What a judge found of two matrices: the entries that do not agree, the largest share of what is allowed, and what
    it could not decide, in words to be filled in.
    """

    apart: Sequence[Apart] = ()
    worst: float = 0.0
    undecided: str = ""


def adjoints_against_paths(
    graph: Graph, p: Mapping[int, Array], cotangent: Any, sums: Mapping[int, PathSum], system: NumberSystem
) -> Comparison:
    """p_j against p_n · Σ Π D for every vertex j in `sums`, entry by entry.

    WRONG if an entry lies farther apart than allowed, or an adjoint is missing or has another shape; INCONCLUSIVE if a
    path sum leaves the range, or underflow alone can explain a distance.
    """
    seed = None if cotangent is None else system.array(cotangent).reshape(-1, graph.dimension(graph.n))
    failures: list[tuple[float, Failure]] = []
    entries, worst, undecided = 0, 0.0, ""
    for j, total in sums.items():
        left, right = p.get(j), total.value if seed is None else system.matmul(seed, total.value)
        entries += right.size
        if left is None or left.shape != right.shape:
            found = "no adjoint" if left is None else f"an adjoint of shape {left.shape}"
            failures.append((math.inf, Failure(f"adjoint of {graph.name(j)}", found, f"shape {right.shape}", "", "")))
            continue
        if system.family == "ball":
            agreement = overlapping(left, right)
        elif system.exact:
            agreement = equal(left, right)
        elif system.family == "float" and _same(left, right) and np.isfinite(right).all():
            continue  # most adjoints; what rounding allows need not be known
        else:
            agreement = within(left, right, *allowed_distance(graph, j, total, seed, system))
        failures += [(apart.share, _failure(graph, j, apart)) for apart in agreement.apart]
        worst = max(worst, agreement.worst)
        undecided = undecided or agreement.undecided.format(vertex=graph.name(j), system=system.name)
    by_distance = system.family != "ball" and not system.exact
    result = replace(opening_adjoints(system), entries=entries, worst=worst if by_distance else None)
    if failures:
        return result.with_failures(Verdict.WRONG, f"{len(failures)} of {entries} adjoint entries are not the path sum", failures)
    return result.inconclusive(Reason.DTYPE, undecided) if undecided else result


def equal(left: Array, right: Array) -> Agreement:
    """Exact numbers agree where they are equal.

    >>> equal(np.array([[1, 2]], dtype=object), np.array([[1, 3]], dtype=object)).apart
    [Apart(at=(0, 1), left=2, right=3, allowed=0, share=inf)]
    """
    if _same(left, right):
        return Agreement()
    return Agreement([Apart(index, left[index], right[index], 0) for index in np.ndindex(right.shape) if left[index] != right[index]])


def overlapping(left: Array, right: Array) -> Agreement:
    """Balls agree where they have a number in common; a ball that is not finite decides nothing."""
    apart: list[Apart] = []
    undecided = ""
    pairs: Any = zip(left.reshape(-1).tolist(), right.reshape(-1).tolist(), strict=True)
    for place, (ours, summed) in enumerate(pairs):
        if not (ours.is_finite() and summed.is_finite()):
            undecided = NOT_FINITE
        elif not ours.overlaps(summed):
            apart.append(Apart(divmod(place, right.shape[1]), ours.mid(), summed.mid(), summed.rad()))
    return Agreement(apart, undecided=undecided)


def within(left: Array, right: Array, allowed: Array, underflow: float) -> Agreement:
    """Rounded numbers agree if no farther apart than `allowed`; what only `underflow` can explain decides nothing.

    >>> one, more = np.array([[1.0]]), np.array([[1.25]])
    >>> within(more, one, np.array([[0.5]]), 0.0).worst
    0.5
    >>> within(more, one, np.array([[0.125]]), 0.0).apart[0].share, within(more, one, np.array([[0.125]]), 1.0).undecided
    (2.0, 'the adjoint of {vertex} underflows {system}')
    """
    apart: list[Apart] = []
    worst, undecided = 0.0, ""
    for index in np.ndindex(right.shape):
        a, b, bound = left[index], right[index], allowed[index]
        if not (_finite(b) and _finite(bound)):
            undecided = undecided or OVERFLOWS
            continue
        distance = abs(a - b) if _finite(a) else None
        share = math.inf if distance is None else _share(distance, bound)
        if distance is None or distance > bound + underflow:
            apart.append(Apart(index, a, b, bound, share))
        elif share > 1:
            undecided = undecided or UNDERFLOWS
            continue
        worst = max(worst, share)
    return Agreement(apart, worst, undecided)


def _same(left: Array, right: Array) -> bool:
    return left.tolist() == right.tolist()


def _share(distance: Any, bound: Any) -> float:
    """A distance as a share of a bound that may lie below the range of floats."""
    if distance == 0 or bound == 0:
        return 0.0 if distance == 0 else math.inf
    return float(distance) / float(bound) if float(bound) else float(distance / bound)


def _finite(value: Any) -> bool:
    return bool(mpmath.isfinite(value)) if hasattr(value, "_mpf_") else isinstance(value, Fraction) or math.isfinite(value)


def allowed_distance(graph: Graph, j: int, total: PathSum, seed: Array | None, system: NumberSystem) -> tuple[Array, float]:
    """How far the two routes may lie apart by rounding, entry by entry, and by how much more at most by underflow.

    Rounding: γ_m/(1 − γ_m) · |p_n| Σ Π|D|; the second factor makes up for the rounding of the magnitude itself.
    Underflow, in hardware floats only: every one of the m·N operations may lose the smallest subnormal number, which
    the rest of the path and the cotangent can magnify.
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


def _failure(graph: Graph, j: int, apart: Apart) -> Failure:
    where = adjoint_label(graph, j, apart.at[1], apart.at[0], graph.dimension(graph.n))
    distance = shown(abs(apart.left - apart.right)) if _finite(apart.left) else "not finite"
    return Failure(where, shown(apart.left), shown(apart.right), distance, shown(apart.allowed) if apart.allowed else "0")
