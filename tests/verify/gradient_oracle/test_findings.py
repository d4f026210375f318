"""Findings are ordered by verdict, then by size, and read as sentences; the explanation says where, what and how many."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest

from backproof.verify.gradient_oracle.findings import Finding, worst_of
from backproof.verify.gradient_oracle.words import MOST_ENTRIES, explained
from backproof.verify.verdicts import Verdict


def finding(verdict: str, size: float, index: tuple[int, ...] = (0,), kind: str = "formula", expected: str = "2.0") -> Finding:
    return Finding(verdict, kind, "the given arguments", 0, index, "3.0", expected, size, "the formula is wrong")


def result(**changes: Any) -> Any:
    plain = {
        "name": "backward",
        "verdict": Verdict.WRONG,
        "evidence": "certified on 1 point",
        "reason": None,
        "findings": (),
        "notes": (),
        "unreached": (),
        "sizes": (4,),
        "diagnosis": None,
        "reproduction": "",
    }
    return SimpleNamespace(**{**plain, **changes})


def test_wrong_comes_before_inaccurate_whatever_the_size_and_infinite_before_finite() -> None:
    small, large, inaccurate, endless = (
        finding("WRONG", 1e-9),
        finding("WRONG", 3.0),
        finding("INACCURATE", 1e6),
        finding("WRONG", math.inf),
    )
    assert worst_of([inaccurate, small, large]) is large
    assert worst_of([small, endless, large]) is endless
    assert worst_of([inaccurate]) is inaccurate


def test_nothing_to_choose_from_is_refused() -> None:
    with pytest.raises(ValueError, match="there is no finding"):
        worst_of([])


def test_a_finding_names_entry_and_both_values() -> None:
    assert finding("WRONG", 0.5, (1, 2)).line() == (
        "WRONG at the given arguments: gradient of argument 0[1, 2] is 3.0, the derivative is 2.0 (the formula is wrong)"
    )
    shape = Finding("WRONG", "shape", "a zero", 1, words="shape (2,), the argument has shape (3,)")
    assert shape.line() == "WRONG at a zero: gradient of argument 1: shape (2,), the argument has shape (3,)"


def test_the_explanation_counts_the_entries_and_cuts_the_list() -> None:
    many = tuple(finding("WRONG", 0.5, (k,)) for k in range(MOST_ENTRIES + 3))
    text = explained(result(findings=many, sizes=(20,)))
    assert f"in {MOST_ENTRIES + 3} of 20 entries" in text
    assert text.count("argument 0[") == MOST_ENTRIES
    assert "… and 3 more" in text


def test_other_findings_notes_and_unreached_branches_follow() -> None:
    other = Finding("WRONG", "protocol", "the given arguments", None, words="the cotangent was changed")
    text = explained(result(findings=(finding("WRONG", 0.5), other), notes=("a note",), unreached=("x > 3 at f.py:2 was only False",)))
    lines = text.splitlines()
    assert lines[0].endswith("in 1 of 4 entries.")
    assert "  also: WRONG at the given arguments: the cotangent was changed" in lines
    assert "  note: a note" in lines
    assert "  not reached: x > 3 at f.py:2 was only False" in lines


def test_diagnosis_comes_second_and_the_reproduction_last() -> None:
    text = explained(result(findings=(finding("WRONG", 0.5),), diagnosis="it is transposed", reproduction="import numpy as np\ncheck()"))
    lines = text.splitlines()
    assert lines[1] == "  diagnosis: it is transposed."
    assert lines[-3:] == ["  to see it again:", "    import numpy as np", "    check()"]


def test_inconclusive_says_why_and_correct_says_on_what_evidence() -> None:
    assert explained(result(verdict=Verdict.INCONCLUSIVE, reason="kink: at 0")) == "backward is INCONCLUSIVE: kink: at 0."
    assert explained(result(verdict=Verdict.CORRECT)) == "backward is CORRECT: certified on 1 point."
