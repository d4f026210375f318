"""Findings are ordered by verdict, then by size, and read as sentences; of notes, one of each kind comes first."""

from __future__ import annotations

import math

import pytest

from backproof.verify.gradient_oracle.findings import GradientFinding, Kind, note_at, one_of_each_kind, worst_first, worst_of
from backproof.verify.verdicts import Verdict


def finding(verdict: Verdict, size: float, index: tuple[int, ...] = (0,)) -> GradientFinding:
    return GradientFinding(verdict, Kind.FORMULA, "the given arguments", 0, index, "3.0", "2.0", size, "the formula is wrong")


def test_wrong_comes_before_inaccurate_whatever_the_size_and_infinite_before_finite() -> None:
    small, large, inaccurate, endless = (
        finding(Verdict.WRONG, 1e-9),
        finding(Verdict.WRONG, 3.0),
        finding(Verdict.INACCURATE, 1e6),
        finding(Verdict.WRONG, math.inf),
    )
    assert worst_of([inaccurate, small, large]) is large
    assert worst_of([small, endless, large]) is endless
    assert worst_of([inaccurate]) is inaccurate
    assert math.isnan(worst_of([large, finding(Verdict.WRONG, math.nan), small]).size)
    assert worst_first([inaccurate, small, large]) == (large, small, inaccurate)
    assert worst_first([]) == ()


def test_nothing_to_choose_from_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no finding"):
        worst_of([])


def test_a_finding_names_entry_and_both_values() -> None:
    assert finding(Verdict.WRONG, 0.5, (1, 2)).line() == (
        "WRONG at the given arguments: gradient of argument 0[1, 2] is 3.0, the derivative is 2.0 (the formula is wrong)"
    )
    shape = GradientFinding(Verdict.WRONG, Kind.SHAPE, "a zero", 1, words="shape (2,), the argument has shape (3,)")
    assert shape.line() == "WRONG at a zero: gradient of argument 1: shape (2,), the argument has shape (3,)"


def test_verdict_and_kind_are_their_words() -> None:
    found = finding(Verdict.WRONG, 0.5)
    assert found.verdict == "WRONG"
    assert found.kind == "formula"
    assert {kind.value for kind in Kind} == {"formula", "floats", "differences", "shape", "finite", "missing", "absent", "protocol"}


def test_the_derivative_is_there_as_a_number_and_two_findings_that_say_the_same_are_equal() -> None:
    assert math.isnan(finding(Verdict.WRONG, 0.5).derivative)
    nan = GradientFinding(Verdict.WRONG, Kind.FLOATS, "here", derivative=float("nan"))
    assert nan == GradientFinding(Verdict.WRONG, Kind.FLOATS, "here", derivative=float("nan"))


def test_of_notes_one_of_each_kind_comes_first_whatever_their_points() -> None:
    notes = [
        note_at(point, said) for said in ("rounding is coarse", "it is not finite") for point in ("a zero", "small values, times 1e-08")
    ]
    assert [note.words for note in one_of_each_kind(notes)] == [
        "at a zero, rounding is coarse",
        "at a zero, it is not finite",
        "at small values, times 1e-08, rounding is coarse",
        "at small values, times 1e-08, it is not finite",
    ]
