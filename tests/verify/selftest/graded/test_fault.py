"""What becomes of a fault: caught by the check that should, passed, missed, a false alarm, or measured."""

from __future__ import annotations

from fractions import Fraction

import pytest

from backproof.verify.selftest.graded.fault import ALARM, BELOW, CAUGHT, MISSED, PASSES, Fault, Measured, graded, smallest, try_fault
from backproof.verify.selftest.graded.judge import Judge, Seen
from backproof.verify.verdicts import Verdict

CHECK = "a check"


def seeing(**verdicts: Verdict) -> Seen:
    return {name.replace("_", " "): verdict for name, verdict in verdicts.items()}


def outcome(found: Seen, should_pass: bool = False, verdict: Verdict = Verdict.WRONG) -> str:
    fault = Fault(CHECK, "a fault", {"x": lambda judge: found}, should_pass=should_pass, verdict=verdict)
    return try_fault(fault, Judge()).outcome


def test_only_the_check_that_should_catches_it_and_with_its_own_verdict() -> None:
    assert outcome(seeing(a_check=Verdict.WRONG)) == CAUGHT
    assert outcome(seeing(another=Verdict.WRONG)) == MISSED
    assert outcome(seeing(a_check=Verdict.CORRECT, another=Verdict.WRONG)) == MISSED
    assert outcome(seeing(a_check=Verdict.INCONCLUSIVE)) == MISSED
    assert outcome(seeing(a_check=Verdict.INCONCLUSIVE), verdict=Verdict.INCONCLUSIVE) == CAUGHT


def test_what_should_pass_must_be_called_correct_by_a_check_that_is_there() -> None:
    assert outcome(seeing(a_check=Verdict.CORRECT, another=Verdict.WRONG), should_pass=True) == PASSES
    assert outcome(seeing(a_check=Verdict.INCONCLUSIVE), should_pass=True) == ALARM
    assert outcome(seeing(), should_pass=True) == ALARM


def test_a_fault_that_is_planted_nowhere_is_missed() -> None:
    assert try_fault(Fault(CHECK, "a fault", {}), Judge()).outcome == MISSED


def test_one_place_of_many_is_enough_to_miss_it() -> None:
    places = {f"place {k}": lambda judge, k=k: seeing(a_check=Verdict.CORRECT if k == 3 else Verdict.WRONG) for k in range(5)}
    tried = try_fault(Fault(CHECK, "a fault", places), Judge())
    assert (tried.outcome, tried.as_expected, tried.places, tried.failing) == (MISSED, 4, 5, ("place 3",))


@pytest.mark.parametrize(
    ("figure", "within", "expected"),
    [
        (1.0, (0.99, 1.01), CAUGHT),
        (1.05, (0.99, 1.01), MISSED),
        (None, (0.99, 1.01), MISSED),
        (0.5, (0.99, 1.01), ALARM),
        (0.5, None, BELOW),
    ],
)
def test_a_resolution_must_lie_where_the_bound_is(figure: float | None, within: tuple[float, float] | None, expected: str) -> None:
    assert try_fault(Measured(CHECK, "a fault", lambda judge: (figure, ""), within), Judge()).outcome == expected


def limit_at(bound: Fraction) -> list[str]:
    def plant(judge: Judge, grade: Fraction) -> Seen:
        return seeing(a_check=Verdict.WRONG if grade > bound else Verdict.CORRECT)

    return [try_fault(fault, Judge()).outcome for fault in graded(CHECK, "off", {"x": plant})]


def test_a_comparison_is_tried_from_both_sides() -> None:
    assert limit_at(Fraction(1)) == [PASSES, PASSES, CAUGHT, CAUGHT, CAUGHT, CAUGHT]
    assert limit_at(Fraction(3)) == [PASSES, PASSES, MISSED, MISSED, CAUGHT, MISSED]
    assert limit_at(Fraction(1, 3)) == [PASSES, ALARM, CAUGHT, CAUGHT, CAUGHT, ALARM]
    assert limit_at(Fraction(1001, 1000)) == [PASSES, PASSES, CAUGHT, CAUGHT, CAUGHT, CAUGHT]


def test_bisection_finds_the_smallest_that_is_caught() -> None:
    assert smallest(lambda size: size >= Fraction(1, 3), Fraction(0), Fraction(1), 20) == pytest.approx(1 / 3, abs=1e-5)
    assert smallest(lambda size: size > 2, Fraction(0), Fraction(1)) is None
