"""Words of evidence are read as they are written, and every other reading of the counts is seen."""

from __future__ import annotations

import pytest

from backproof.reports.evidence import Read, problem, read_evidence
from backproof.verify.verdicts import Evidence, evidence_words

COUNTS = (1, 2, 999, 1000, 1_234_567)


@pytest.mark.parametrize("evidence", list(Evidence))
@pytest.mark.parametrize("unit", ["case", "point"])
def test_what_is_written_is_read(evidence: Evidence, unit: str) -> None:
    for count in (0, *COUNTS):
        words = evidence_words(evidence, count, 43, unit=unit)
        if evidence is Evidence.EXHAUSTIVE:
            words = words.replace("N", str(count))
        assert problem(words, evidence.name, count, 43) == ""


@pytest.mark.parametrize("evidence", [Evidence.EXACT, Evidence.CERTIFIED, Evidence.DIGITS, Evidence.ROUNDING])
@pytest.mark.parametrize("count", COUNTS)
def test_any_other_number_or_kind_is_a_problem(evidence: Evidence, count: int) -> None:
    words = evidence_words(evidence, count, 43)
    for other in {0, 1, count - 1, count + 1, 10 * count} - {count}:
        assert problem(words, evidence.name, other, 43)
    for kind in {"EXACT", "CERTIFIED", "DIGITS", "ROUNDING", "FACTORED", "NOT_CHECKED"} - {evidence.name}:
        assert problem(words, kind, count, 43)
    assert problem("not checked", evidence.name, count)
    assert bool(problem(words, evidence.name, count, 44)) == (evidence is Evidence.DIGITS)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "exact on 0 cases",
        "exact on 1 cases",
        "exact on 2 case",
        "exact on 02 cases",
        "exact on 1000 cases",
        "Exact on 2 cases",
        "exact on 2 cases.",
    ],
)
def test_what_nobody_writes_is_no_evidence(words: str) -> None:
    with pytest.raises(ValueError, match="no words of evidence"):
        read_evidence(words)


def test_the_number_and_the_digits_are_read() -> None:
    assert read_evidence("to 43 digits on 1,030 points") == Read("DIGITS", 1030, 43)
