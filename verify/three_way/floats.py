"""Floats = certified derivative: what hardware numbers compute, against an enclosure, within the rounding bound.

The enclosure (`verify.derivatives.enclosures`) comes from function values alone. A float that certainly lies farther
from the true value than `verify.rounding.bounds` allows is INACCURATE: the formula may be right, the float is not.
Where the bound says nothing (a kink within the rounding errors, a derivative that they swallow), or there is no
enclosure, the case is undecidable in this number system, with a reason.

>>> from backproof.engine import FLOAT64, Graph, leaf, vertex
>>> from backproof.verify.cases.case import make_case
>>> from backproof.verify.derivatives.certificates import certify_all
>>> case = make_case("square", "replay", Graph(1, (leaf("x"), vertex("y", "square", (1,)))), [3.0])
>>> certified = certify_all(case.graph, [[3.0]])
>>> floats_against_enclosures(case, FLOAT64, {1: np.array([[6.0]])}, certified).comparison.verdict
<Verdict.CORRECT: 'CORRECT'>
>>> floats_against_enclosures(case, FLOAT64, {1: np.array([[6.000001]])}, certified).comparison.detail
'1 of 1 derivatives are farther from the certified value than rounding allows'
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from flint import arb

from backproof.engine import NumberSystem
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.theorems.backward_pass import LEAVES
from backproof.verify.cases.case import Case
from backproof.verify.derivatives.enclosures import Enclosure
from backproof.verify.derivatives.kinks import Found
from backproof.verify.numbers.ball_arrays import precision
from backproof.verify.numbers.balls import real_ball_system
from backproof.verify.numbers.float_model import correct_digits
from backproof.verify.numbers.written_balls import mid_rad
from backproof.verify.rounding.bounds import Bounds, rounding_bounds
from backproof.verify.three_way.comparison import BITS, Comparison, Failure, adjoint_label, shown_fraction
from backproof.verify.verdicts import Evidence, Reason, Verdict

CLAIM_FLOATS = "floats = certified derivative"
BINS = (0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
"""Upper edges of the histogram of |error| / bound; chosen: half decades. The last bin holds what is beyond 1, and
INACCURATE.
"""


@dataclass(frozen=True)
class FloatCheck:
    """What became of one hardware number system: its comparison, or why nothing can be said in it, in words and as
    their `reason`; how many errors fall into each of the `BINS`, and how many values agree with the certified one to so
    many decimal digits, rounded down (`agreed_digits`).
    """

    system: str
    comparison: Comparison | None
    undecidable: str | None
    bins: tuple[int, ...] = ()
    reason: Reason = Reason.DTYPE
    agreed: Mapping[int, int] = field(default_factory=dict[int, int])


def floats_against_enclosures(
    case: Case,
    system: NumberSystem,
    p: Mapping[int, Array],
    found: Mapping[Edge, Found],
    textbook: bool = False,
    bounds: Bounds | None = None,
) -> FloatCheck:
    """Every leaf adjoint that `system` computed for a case whose numbers it holds exactly, against p_n·∂u_n/∂u_j:
    INACCURATE beyond the rounding bound.

    `textbook`: whether the local Jacobians may be those of usual formulas (`verify.rounding.textbook`). `bounds`: the
    rounding bounds of the case, where they are known.
    """
    graph = case.graph
    n, leaves = graph.n, graph.differentiable_leaves()
    targets: dict[int, Found] = {j: found[j, n] for j in leaves if (j, n) in found}
    smooth = {j: target for j, target in targets.items() if isinstance(target, Enclosure)}
    if len(smooth) < len(targets):
        return FloatCheck(system.name, None, "at a kink, or without a certificate", reason=Reason.KINK)
    if not all(np.isfinite(target.rad).all() for target in smooth.values()):
        return FloatCheck(system.name, None, f"an adjoint leaves the range of {system.name}")
    bounds = bounds or rounding_bounds(graph, case.leaves, case.cotangent, system, textbook=textbook)
    if bounds.undecidable:
        return FloatCheck(system.name, None, bounds.undecidable, reason=bounds.reason)
    system_of_balls = real_ball_system(BITS)
    seed = None if case.cotangent is None else system_of_balls.array(case.cotangent)
    rows = graph.dimension(n) if seed is None else len(seed)

    def compared() -> Iterator[FloatEntry]:
        for j in leaves:
            shape = (rows, graph.dimension(j))
            derivative = smooth[j].balls if j in smooth else system_of_balls.zeros((graph.dimension(n), graph.dimension(j)))
            true = derivative if seed is None else system_of_balls.matmul(seed, derivative)
            known = j in p and p[j].shape == shape
            for r, c in np.ndindex(shape):
                value = float(p[j][r, c]) if known else math.nan
                yield FloatEntry(partial(adjoint_label, graph, j, c, r, rows), value, true[r, c], float(bounds.allowed[j][r, c]))

    words = "derivatives are farther from the certified value than rounding allows"
    return judged_floats(CLAIM_FLOATS, LEAVES.name, system.name, compared(), words)


class FloatEntry(NamedTuple):
    """A float, the ball in which the true value lies, how far rounding may lead from it; `where` it is, in words."""

    where: Callable[[], str]
    value: float
    true: Any
    allowed: float


def judged_floats(claim: str, theorem: str, system: str, entries: Iterable[FloatEntry], words: str) -> FloatCheck:
    """INACCURATE if a float lies beyond what is allowed; otherwise CORRECT; undecidable if a true value is not
    enclosed. `words` say what that means of the entries that failed.

    >>> entry = FloatEntry(lambda: "adjoint of x", 1.0, arb(1), 1e-15)
    >>> judged_floats("a claim", "a theorem", "float64", [entry, entry._replace(value=1.1)], "are wrong").comparison.detail
    '1 of 2 are wrong'
    """
    failures: list[tuple[float, Failure]] = []
    bins, agreed = [0] * (len(BINS) + 1), Counter[int]()
    count, worst = 0, 0.0
    for entry in entries:
        if not entry.true.is_finite():
            return FloatCheck(system, None, f"the true {entry.where()} is not enclosed")
        share = share_of_bound(entry.value, entry.true, entry.allowed)
        count += 1
        worst = max(worst, share)
        digits = agreed_digits(entry.value, entry.true)
        if digits is not None:
            agreed[digits] += 1
        bins[next((place for place, edge in enumerate(BINS) if share <= edge), len(BINS))] += 1
        if share > 1:
            true = mid_rad(entry.true).mid
            distance = shown_fraction(abs(Fraction(entry.value) - true)) if math.isfinite(entry.value) else "not finite"
            failures.append((share, Failure(entry.where(), repr(entry.value), shown_fraction(true), distance, f"{entry.allowed:.3g}")))
    result = Comparison(claim, theorem, system, Verdict.CORRECT, Evidence.ROUNDING, entries=count, worst=worst)
    if failures:
        result = result.with_failures(Verdict.INACCURATE, f"{len(failures)} of {count} {words}", failures)
    return FloatCheck(system, result, None, tuple(bins), agreed=dict(sorted(agreed.items())))


def agreed_digits(value: float, true: Any) -> int | None:
    """To how many decimal digits a float agrees with the middle of a ball, beside that value itself: −log₁₀ of the
    relative error, rounded down; 17 where it is the float64 nearest to it. None where the true value may be 0.

    >>> agreed_digits(0.5, arb(0.5)), agreed_digits(1.002, arb(1)), agreed_digits(math.nan, arb(1)), agreed_digits(0.0, arb(0))
    (17, 2, 0, None)
    """
    nearest = float(true.mid())
    if true.contains(0) or nearest == 0 or not math.isfinite(nearest):
        return None
    return int(correct_digits(value, nearest))


def share_of_bound(value: float, true: Any, allowed: float) -> float:
    """How far a float certainly lies from the true value in the ball, as a share of what is allowed; inf if not finite.

    >>> share_of_bound(1.5, arb(1), 0.25), share_of_bound(1.5, arb(1, 1), 0.25), share_of_bound(math.nan, arb(1), 0.25)
    (2.0, 0.0, inf)
    """
    if not math.isfinite(value) or not true.is_finite():
        return math.inf
    with precision(BITS):
        beyond = float((true - arb(value)).abs_lower())
    if beyond == 0:
        return 0.0
    return beyond / allowed if allowed else math.inf
