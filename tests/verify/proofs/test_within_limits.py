"""The steps of a theorem on a case that takes too long are INCONCLUSIVE, each with the reason, and nothing that was found is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from backproof.theorems.catalogue import theorem
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.proofs import within_limits
from backproof.verify.proofs.steps import check_case_theorems
from backproof.verify.proofs.within_limits import findings_within_limits
from backproof.verify.verdicts import Verdict

FOUR, PATH_SUM = lecture_cases()[0], theorem("path-sum")


def test_within_the_limits_the_findings_are_those_of_the_steps() -> None:
    assert findings_within_limits(FOUR, [PATH_SUM]) == list(check_case_theorems(FOUR, [PATH_SUM]))


@pytest.mark.parametrize("error", [MemoryError("full"), OverflowError("int too large to convert to float")])
def test_what_a_limit_leaves_open_is_said_of_every_step(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    first = next(iter(check_case_theorems(FOUR, [PATH_SUM])))

    def broken(*given: Any) -> Iterator[Any]:
        yield first
        raise error

    monkeypatch.setattr(within_limits, "check_case_theorems", broken)
    found = findings_within_limits(FOUR, [PATH_SUM])
    assert found[0] == first
    assert [one.step for one in found[1:]] == [step.name for step in PATH_SUM.steps]
    assert all(one.verdict is Verdict.INCONCLUSIVE and str(error) in (one.reason or "") for one in found[1:])
