"""Checking the theorems, step by step: the two sides of every equation, at every place where it is claimed, in every
number system that has them.

`check_case_theorems` checks one case; `verify.results.ledger` adds up what many cases say, and turns it into the words
of evidence.

>>> from backproof.theorems.catalogue import theorem
>>> from backproof.verify.cases.lecture import lecture_cases
>>> four = lecture_cases()[0]
>>> for finding in check_step(theorem("path-sum"), 0, quantities(four, mpmath_system(90))):
...     print(finding.step, finding.verdict.value, finding.places, finding.kind.name)
chain rule over the last edges CORRECT 4 DIGITS
>>> from backproof.verify.selftest.mutants import by_name
>>> for finding in check_step(theorem("backward-pass"), 0, symbolic(four.graph, by_name("overwrite").routes)):
...     print(finding.verdict.value, finding.failures[0].where, finding.failures[0].left, "≠", finding.failures[0].right)
WRONG u₂ 2→4 ≠ 2→4 + 3→4 2→3
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np

from backproof.engine import FLOAT64, RATIONAL, DomainError, UnsupportedOperation, mpmath_system
from backproof.engine.free_algebra import FREE
from backproof.theorems.quantities import NotAvailable, Undetermined
from backproof.theorems.theorem import Step, Theorem
from backproof.verify.cases.case import Case, is_exact
from backproof.verify.numbers.precision import DIGITS, EXTRA_DIGITS
from backproof.verify.paths.sums import WrongPaths
from backproof.verify.proofs.measured import Measured
from backproof.verify.proofs.quantities import SuppliedQuantities, quantities, symbolic
from backproof.verify.proofs.random_points import HIGHEST_DEGREE, at_random_integers, failure_bound, total_degree
from backproof.verify.proofs.witnesses import DIFFERENCE
from backproof.verify.three_way.comparison import MOST_FAILURES, Failure, shown
from backproof.verify.three_way.routes import Routes
from backproof.verify.verdicts import Evidence, Reason, Verdict

RANDOM_POINT = "random point"
IDENTITIES = ("path-sum", "backward-pass", "leaf-adjoints")  # what a random point decides: equations between polynomials


@dataclass(frozen=True)
class StepFinding:
    """What one step of a theorem came to on one case in one number system.

    `places` equations were compared; `kind` is the evidence that they are; `digits` how far differences decide;
    `methods` how derivatives were taken from values; `reason` why it is not CORRECT; at a random point of a graph of
    polynomials, `degree` theirs and `bound` the probability that an equation which is no identity holds there.
    """

    theorem: str
    step: str
    system: str
    verdict: Verdict
    kind: Evidence
    places: int
    digits: int | None = None
    methods: tuple[str, ...] = ()
    degree: int | None = None
    bound: Fraction | None = None
    reason: str | None = None
    failures: tuple[Failure, ...] = ()
    failed: int = 0


@dataclass
class _Compared:
    """The equations of one step so far.

    `number` were compared, in `entries` entries of matrices; `numeric` is whether any had to do with numbers, so that
    another number system could say otherwise; `digits` is how far they are known to agree.
    """

    number: int = 0
    entries: int = 0
    numeric: bool = False
    digits: float = math.inf
    methods: set[str] = field(default_factory=set[str])
    failures: list[Failure] = field(default_factory=list[Failure])
    undetermined: list[str] = field(default_factory=list[str])

    def add(self, q: SuppliedQuantities, step: Step, place: Any) -> None:
        """Compare both sides of the step at one place."""
        try:
            left, right = step.left(q, place), step.right(q, place)
        except Undetermined as error:
            self.undetermined.append(str(error))
            self.numeric = True
            return
        except (WrongPaths, KeyError, ValueError, AttributeError, TypeError) as error:
            self.failures.append(Failure(_where(q, place), f"{type(error).__name__}: {error}", "", "", ""))
            self.numeric = True
            return
        self.number += 1
        if isinstance(left, Measured) and isinstance(right, Measured):
            self.numeric = True
            self.entries += right.value.size
            self.methods |= left.methods | right.methods
            found, digits = _apart(left, right)
            self.digits = min(self.digits, digits)
            self.failures += [Failure(_where(q, place) + entry, *rest) for entry, *rest in found]
        elif left != right:
            self.failures.append(Failure(_where(q, place), str(left), str(right), "", ""))

    def outcome(self) -> tuple[Verdict, str | None]:
        """The verdict, and why it is not CORRECT."""
        if self.failures:
            return Verdict.WRONG, f"{len(self.failures)} of {self.number} equations do not hold"
        if self.undetermined:
            return Verdict.INCONCLUSIVE, self.undetermined[0]
        return Verdict.CORRECT, None


def check_step(theorem: Theorem, number: int, q: SuppliedQuantities, degree: int | None = None) -> list[StepFinding]:
    """One step on one case; nothing where the step is claimed nowhere in this graph, or the number system does not have
    its quantities.

    Equations between plain data (sets of paths, counts) are the same in every number system, and are checked with the
    symbols only. `degree` is that of the polynomials on both sides, where the leaves were drawn at random.
    """
    step, compared = theorem.steps[number], _Compared()
    try:
        for place in step.places(q):
            compared.add(q, step, place)
    except NotAvailable:
        if not compared.failures:
            return []
    if not (compared.number or compared.undetermined or compared.failures) or (q.system != FREE.name and not compared.numeric):
        return []
    verdict, reason = compared.outcome()
    differences = DIFFERENCE in compared.methods
    return [
        StepFinding(
            theorem=theorem.label,
            step=step.name,
            system=q.system,
            verdict=verdict,
            kind=_kind(q, differences),
            places=compared.number,
            digits=math.floor(compared.digits) if differences and compared.digits < math.inf else None,
            methods=tuple(sorted(compared.methods)),
            degree=degree,
            bound=None if degree is None else failure_bound(degree, compared.entries),
            reason=reason,
            failures=tuple(compared.failures[:MOST_FAILURES]),
            failed=len(compared.failures),
        )
    ]


def _kind(q: SuppliedQuantities, differences: bool) -> Evidence:
    if differences:
        return Evidence.DIGITS
    return Evidence.EXACT if q.system in (RATIONAL.name, FREE.name, RANDOM_POINT) else Evidence.ROUNDING


def _apart(left: Measured, right: Measured) -> tuple[list[tuple[str, str, str, str, str]], float]:
    """The entries that are further apart than their errors allow, and to how many digits the others
    are known to agree.
    """
    if left.value.shape != right.value.shape:
        return [("", f"shape {left.value.shape}", f"shape {right.value.shape}", "", "")], 0.0
    found: list[tuple[str, str, str, str, str]] = []
    loosest: Any = 0.0
    for index in np.ndindex(left.value.shape):
        a, b = left.value[index], right.value[index]
        if left.system.exact and a == b:
            continue
        allowed = left.error[index] + right.error[index]
        distance = abs(a - b)
        if not distance <= allowed:
            label = "" if left.value.size == 1 else f"[{', '.join(map(str, index))}]"
            found.append((label, shown(a), shown(b), shown(distance), shown(allowed)))
        elif allowed:
            loosest = max(loosest, allowed / max(1, abs(a)))
    return found, float(-mpmath.log10(loosest)) if loosest else math.inf


def _where(q: SuppliedQuantities, place: Any) -> str:
    if isinstance(place, int):
        return q.graph.name(place) if 1 <= place <= q.graph.n else f"turn {place}"
    if isinstance(place, tuple):
        return ", ".join(_where(q, part) for part in place)
    return str(place)


def check_case_theorems(
    case: Case, theorems: Sequence[Theorem], routes: Routes | None = None, digits: int = DIGITS
) -> Iterator[StepFinding]:
    """Every step of the theorems on one case: with symbols, over the rationals where the case allows, in mpmath and in
    float64; and at a random point.
    """
    systems = ((RATIONAL,) if is_exact(case) else ()) + (mpmath_system(digits + EXTRA_DIGITS), FLOAT64)
    with np.errstate(all="ignore"):
        for make in (lambda: symbolic(case.graph, routes), *(lambda system=system: quantities(case, system, routes) for system in systems)):
            try:
                q = make()
            except (DomainError, UnsupportedOperation) as error:
                reason = Reason.DOMAIN if isinstance(error, DomainError) else Reason.UNSUPPORTED
                for theorem in theorems:
                    for step in theorem.steps:
                        yield refused(theorem, step, f"{reason.value}: {error}")
                return
            for theorem in theorems:
                for number in range(len(theorem.steps)):
                    yield from check_step(theorem, number, q)
        yield from _at_a_random_point(case, theorems, routes)


def _at_a_random_point(case: Case, theorems: Sequence[Theorem], routes: Routes | None) -> Iterator[StepFinding]:
    """The identities of Theorems 1 and 2 on a graph of polynomials, over the rationals, at leaves drawn at random."""
    degree = total_degree(case.graph)
    if degree is None or not 1 <= degree <= HIGHEST_DEGREE:
        return
    q = replace(quantities(at_random_integers(case), RATIONAL, routes), system=RANDOM_POINT)
    for theorem in theorems:
        if theorem.label in IDENTITIES:
            yield from check_step(theorem, theorem.steps.index(theorem.statement), q, degree)


def refused(theorem: Theorem, step: Step, reason: str) -> StepFinding:
    """The finding of a step that could not be decided, for a reason in words."""
    return StepFinding(theorem.label, step.name, "all", Verdict.INCONCLUSIVE, Evidence.NOT_CHECKED, 0, reason=reason)
