"""One letter a claim, for each case."""

from __future__ import annotations

import pytest

from backproof.reports.html.letters import letters

CLAIMS = [{"claim": "a", "system": system, "kind": "EXACT"} for system in ("rational", "ball", "float64", "float32", "bfloat16", "mpmath")]
VERDICTS = (("CORRECT", 1), ("CORRECT", 0), ("INACCURATE", 1), ("WRONG", 1), ("INCONCLUSIVE", 0))


def test_every_verdict_has_its_letter_in_the_order_of_the_claims() -> None:
    checks = [{**claim, "verdict": verdict, "entries": entries} for claim, (verdict, entries) in zip(CLAIMS, VERDICTS, strict=False)]
    assert letters({"checks": checks[::-1]}, CLAIMS) == "CEIWN-"


def test_a_comparison_of_another_kind_is_none_of_the_claim() -> None:
    assert letters({"checks": [{**CLAIMS[0], "kind": "ROUNDING", "verdict": "WRONG", "entries": 1}]}, CLAIMS) == "------"


def test_a_verdict_that_there_is_not_is_refused() -> None:
    with pytest.raises(KeyError):
        letters({"checks": [{**CLAIMS[0], "verdict": "RIGHT", "entries": 1}]}, CLAIMS)
