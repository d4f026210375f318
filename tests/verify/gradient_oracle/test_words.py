"""The explanation says where, what and how many, with what else was found, and how to see it again."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from backproof.verify.gradient_oracle.findings import GradientFinding, Kind
from backproof.verify.gradient_oracle.words import MOST_ENTRIES, explanation
from backproof.verify.verdicts import Verdict


def finding(index: tuple[int, ...] | None = (0,), kind: Kind = Kind.FORMULA) -> GradientFinding:
    return GradientFinding(Verdict.WRONG, kind, "the given arguments", 0, index, "3.0", "2.0", 0.5, "the formula is wrong")


def result(**changes: Any) -> Any:
    plain = {
        "name": "backward",
        "verdict": Verdict.WRONG,
        "evidence": "certified on 1 point",
        "reason": None,
        "findings": (),
        "notes": (),
        "unreached": (),
        "unvisited": (),
        "sizes": (4,),
        "diagnosis": None,
        "reproduction": "",
        "worth": "",
    }
    return SimpleNamespace(**{**plain, **changes})


def test_the_explanation_counts_the_entries_and_cuts_the_list() -> None:
    many = tuple(finding((k,)) for k in range(MOST_ENTRIES + 3))
    text = explanation(result(findings=many, sizes=(20,)))
    assert f"in {MOST_ENTRIES + 3} of 20 entries" in text
    assert text.count("argument 0[") == MOST_ENTRIES
    assert "… and 3 more" in text


def test_other_findings_notes_and_unreached_branches_follow() -> None:
    other = GradientFinding(Verdict.WRONG, Kind.PROTOCOL, "the given arguments", None, words="the cotangent was changed")
    text = explanation(result(findings=(finding(), other), notes=("a note",), unreached=("x > 3 at f.py:2 was only False",)))
    lines = text.splitlines()
    assert lines[0].endswith("in 1 of 4 entries.")
    assert "  also: WRONG at the given arguments: the cotangent was changed" in lines
    assert "  note: a note" in lines
    assert "  not reached: x > 3 at f.py:2 was only False" in lines


def test_diagnosis_comes_second_and_the_reproduction_last() -> None:
    text = explanation(result(findings=(finding(),), diagnosis="it is transposed", reproduction="import numpy as np\ncheck()"))
    lines = text.splitlines()
    assert lines[1] == "  diagnosis: it is transposed."
    assert lines[-3:] == ["  to see it again:", "    import numpy as np", "    check()"]


def test_inconclusive_says_why_and_correct_says_on_what_evidence() -> None:
    assert explanation(result(verdict=Verdict.INCONCLUSIVE, reason="kink: at 0")) == "backward is INCONCLUSIVE: kink: at 0."
    assert explanation(result(verdict=Verdict.CORRECT)) == "backward is CORRECT: certified on 1 point."


@pytest.mark.parametrize(
    ("worth", "line"),
    [
        (
            "not certified: the forward could not be followed at f.py:3",
            "backward is CORRECT, not certified: the forward could not be followed at f.py:3.",
        ),
        (
            "2 planned points were not judged: at a kink",
            "backward is CORRECT: certified on 1 point; 2 planned points were not judged: at a kink.",
        ),
    ],
)
def test_the_first_line_says_what_a_correct_is_worth(worth: str, line: str) -> None:
    assert explanation(result(verdict=Verdict.CORRECT, worth=worth)).splitlines()[0] == line


def test_directions_are_counted_as_such() -> None:
    text = explanation(result(findings=(finding(None, Kind.DIFFERENCES), finding(None, Kind.DIFFERENCES))))
    assert text.splitlines()[0].endswith(", along 2 random directions.")
    assert "  argument 0 along a direction   found 3.0   derivative 2.0" in text
