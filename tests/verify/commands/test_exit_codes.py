"""Exit codes are pytest's, and a results document gives one."""

from __future__ import annotations

from typing import Any

import pytest

from backproof.verify.commands.exit_codes import FAILS, HOLDS, INTERNAL, INTERRUPTED, NOTHING, USAGE, exit_code, holds_or_fails


def results(holds: bool, cases: int, interrupted: bool) -> dict[str, Any]:
    return {"run": {"interrupted": interrupted}, "cases": [{}] * cases, "summary": {"holds": holds}}


def test_the_codes_are_those_of_pytest() -> None:
    codes = pytest.ExitCode
    assert (HOLDS, FAILS, INTERRUPTED, INTERNAL) == (codes.OK, codes.TESTS_FAILED, codes.INTERRUPTED, codes.INTERNAL_ERROR)
    assert (USAGE, NOTHING) == (codes.USAGE_ERROR, codes.NO_TESTS_COLLECTED)


@pytest.mark.parametrize(
    ("holds", "cases", "interrupted", "code"),
    [
        (True, 3, False, HOLDS),
        (False, 3, False, FAILS),
        (False, 3, True, INTERRUPTED),
        (False, 0, True, INTERRUPTED),
        (False, 0, False, NOTHING),
    ],
)
def test_a_run_of_cases_that_was_cut_short_or_empty_never_holds(holds: bool, cases: int, interrupted: bool, code: int) -> None:
    assert exit_code(results(holds, cases, interrupted)) == code


def test_results_without_cases_hold_or_fail() -> None:
    assert [holds_or_fails(results(holds, 0, False)) for holds in (True, False)] == [HOLDS, FAILS]
