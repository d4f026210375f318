"""The theorems' steps, each an equality of two sides, near what their running bounds allow, in every number system that
has them; and equalities of plain data (paths, symbols, counts) with one thing wrong.

All steps of all theorems are planted in at once, each at the last of its places: a step is judged by itself.

>>> from backproof.verify.selftest.graded.fault import try_fault
>>> from backproof.verify.selftest.graded.judge import Judge
>>> tried = try_fault(next(fault for fault in equation_faults() if fault.check == "steps, float64" and fault.grade == 1.01), Judge())
>>> tried.outcome, tried.places > 10
('caught', True)
>>> trusting = Judge(steps=lambda *given: [])
>>> try_fault(next(fault for fault in equation_faults() if fault.check == "steps, float64"), trusting).outcome
'FALSE ALARM'
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache
from typing import Any, TypeAlias

import numpy as np

from backproof.engine import FLOAT64, NumberSystem
from backproof.engine.free_algebra import FREE, Polynomial
from backproof.theorems.catalogue import THEOREMS
from backproof.theorems.theorem import Side, Step, Theorem
from backproof.verify.cases.case import Case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.proofs.measured import Measured as WithError
from backproof.verify.proofs.steps import check_case_theorems
from backproof.verify.selftest.graded.adjoints import HIGH, LEAF
from backproof.verify.selftest.graded.fault import BEYOND, WITHIN, Fault, GradedPlant, Measured, Plant, graded
from backproof.verify.selftest.graded.judge import Judge, Seen
from backproof.verify.selftest.graded.planting import adjoint_set, as_number
from backproof.verify.selftest.graded.points import cancelling, unused_leaf
from backproof.verify.selftest.graded.stated import running_bound
from backproof.verify.verdicts import Verdict

Key: TypeAlias = tuple[str, str, str]
Spoil: TypeAlias = Callable[[object, object], object]

EXACT = ("rational", "random point")
WIDE = 2.0**-20  # the planted error of a side, of its largest entry; chosen: so large that a float shows a hundredth of it
LEAST = Fraction(1, 10**300)
KNOWN = {"free": 15, "rational": 22, "random point": 3, "mpmath": 24, "float64": 13}  # steps that there are at least in each number system
CONCLUSION = ("backward-pass", "conclusion", "float64")


def equation_faults() -> list[Fault | Measured]:
    """The faults in the two sides of the theorems' steps."""
    found: list[Fault | Measured] = []
    for system in ("mpmath", "float64"):
        words = "a side off the other by the error that both bring along"
        found.append(_of_all(system, words, 0.0, None, should_pass=True))
        found.append(_of_all(system, words, float(WITHIN), by_error(WITHIN), should_pass=True))
        found += [_of_all(system, words, float(grade), by_error(grade)) for grade in BEYOND]
    found += [_of_all(system, "both sides as they are", None, None, should_pass=True) for system in (*EXACT, FREE.name)]
    found += [_of_all(system, "a side off the other by 10⁻³⁰⁰", None, by_error(Fraction(1))) for system in EXACT]
    for words, spoil in SPOILT.items():
        found.append(_of_all("free", words, None, spoil))
    for system, numbers in (("float64", FLOAT64), ("mpmath", HIGH)):
        found += graded(
            f"steps, {system}", "an adjoint off its path sum by the running bound as it is stated", {"Theorem 2, conclusion": _off(numbers)}
        )
    return found


def cases() -> tuple[Case, ...]:
    """Cases that have every step in every number system."""
    lecture = {case.name.split()[0]: case for case in lecture_cases()}
    return lecture["L11"], lecture["L2(c)"], lecture["L4"], unused_leaf()


def by_error(grade: Fraction) -> Spoil:
    """A side that lies off the other by a share of what both sides together may be off; exact sides by 10⁻³⁰⁰."""

    def spoilt(left: object, right: object) -> object:
        if not (isinstance(left, WithError) and isinstance(right, WithError)):
            return left
        system = right.system
        last = tuple(np.array(right.value.shape) - 1)
        value = right.value.copy()
        if system.exact:
            value[last] += LEAST
            return replace(left, value=value)
        size = max(1.0, float(np.max(np.abs(value))))
        error = np.full(value.shape, WIDE * size)
        value[last] += system.convert(float(grade)) * system.convert(error[last] + float(right.error[last]))
        return replace(left, value=value, error=error)

    return spoilt


def _without_last(left: object, right: object) -> object:
    return left[:-1] if isinstance(left, list) else left


def _last_twice(left: object, right: object) -> object:
    return [*left, left[-1]] if isinstance(left, list) and left else left


def _cut(left: object, right: object) -> object:
    """The last of some sequences without its end."""
    return [*left[:-1], left[-1][:-1]] if isinstance(left, list) and left and isinstance(left[-1], tuple) else left


def _another_term(left: object, right: object) -> object:
    return left + FREE.symbol("planted") if isinstance(left, Polynomial) else left


def _one_more(left: object, right: object) -> object:
    return left + 1 if isinstance(left, int) else left


SPOILT: dict[str, Spoil] = {
    "of some paths, or vertices, one missed": _without_last,
    "of some paths, or vertices, one doubled": _last_twice,
    "one of some paths cut": _cut,
    "a polynomial of edge Jacobians with a term more": _another_term,
    "a count that is one more": _one_more,
}


def planted(spoil: Spoil | None) -> tuple[Theorem, ...]:
    """The theorems, the left side of each step spoilt at the last of its places."""
    return THEOREMS if spoil is None else tuple(replace(one, steps=tuple(_spoilt(step, spoil) for step in one.steps)) for one in THEOREMS)


def _spoilt(step: Step, spoil: Spoil) -> Step:
    left, right = step.left, step.right

    def wrong(q: Any, place: Any) -> object:
        last = place == list(step.places(q))[-1]
        return spoil(left(q, place), right(q, place)) if last else left(q, place)

    side: Side = wrong
    return replace(step, left=side)


def _of_all(system: str, words: str, grade: float | None, spoil: Spoil | None, should_pass: bool = False) -> Fault:
    """One kind of fault in every step that has such sides in this number system."""
    check = f"steps, {system}"
    places: dict[str, Plant] = {}
    for theorem, step in _steps(system, spoil):
        places[f"{theorem}, {step}"] = lambda judge, key=(theorem, step, system): _found(judge, key, check, spoil)
    if spoil is None and len(places) < KNOWN[system]:
        places["a step that is not checked any more"] = lambda judge: {}
    return Fault(check, words, places, grade, should_pass=should_pass)


def _steps(system: str, spoil: Spoil | None) -> tuple[tuple[str, str], ...]:
    """The steps that the fault changes in this number system, whoever judges them; without a fault all of them."""
    kind = by_error if spoil not in (None, *SPOILT.values()) else spoil
    return tuple(dict.fromkeys(key[:2] for changed, key in _changes() if changed is kind and key[2] == system))


@cache
def _changes() -> dict[tuple[Any, Key], None]:
    """Which kinds of faults change which steps; `by_error` stands for those of every grade."""
    changes: dict[tuple[Any, Key], None] = {}
    watched = tuple(replace(one, steps=tuple(_watched(one, step, changes) for step in one.steps)) for one in THEOREMS)
    found = {(one.theorem, one.step, one.system.split("(")[0]) for case in cases() for one in check_case_theorems(case, watched)}
    return {entry: None for entry in changes if entry[1] in found}


def _watched(theorem: Theorem, step: Step, changes: dict[tuple[Any, Key], None]) -> Step:
    """The step, which notes the faults that would change its left side somewhere."""

    def left(q: Any, place: Any) -> object:
        value = step.left(q, place)
        key = (theorem.label, step.name, q.system.split("(")[0])
        if isinstance(value, WithError):
            changes.update({(None, key): None, (by_error, key): None})
        elif q.system == FREE.name:
            changes[None, key] = None
            changes.update({(spoil, key): None for spoil in SPOILT.values() if spoil(value, value) is not value})
        return value

    return replace(step, left=left)


@cache
def _findings(judge: Judge, spoil: Spoil | None) -> dict[Key, list[Verdict]]:
    """What the judge finds of every step, with the fault in all of them."""
    found: dict[Key, list[Verdict]] = {}
    for case in cases():
        for key, verdict in judge.findings(case, planted(spoil)).items():
            found.setdefault(key, []).append(verdict)
    return found


def _found(judge: Judge, key: Key, check: str, spoil: Spoil | None) -> Seen:
    """The worst that is found of a step on any case."""
    verdicts = _findings(judge, spoil).get(key, ())
    if not verdicts:
        return {}
    return {check: Verdict.WRONG if Verdict.WRONG in verdicts else verdicts[0]}


def _off(system: NumberSystem) -> GradedPlant:
    """The adjoint of x, whose path sum is 0, off by a share of the bound that both sides of the conclusion have."""
    case, name = cancelling(), system.name.split("(")[0]
    bound = running_bound(case, LEAF, Fraction(system.unit_roundoff))
    conclusion = tuple(one for one in THEOREMS if one.label == CONCLUSION[0])

    def plant(judge: Judge, grade: Fraction) -> Seen:
        value = as_number(grade * bound, system)
        found = judge.findings(case, conclusion, adjoint_set(judge.routes, name, LEAF, (0, 0), value))
        return {f"steps, {name}": verdict for key, verdict in found.items() if key == (*CONCLUSION[:2], name)}

    return plant
