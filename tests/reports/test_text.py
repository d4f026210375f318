"""Numbers and names as reports show them: what cannot be compared is said, not shown as equal."""

from __future__ import annotations

from typing import Any

import pytest

from backproof.reports.text import comparison, short_matrix


@pytest.mark.parametrize(
    ("left", "right", "words"),
    [
        ([["1.0"]], [["1.0"]], "equal to the last bit"),
        ([["1.0", "2.0"]], [["1.0", "2.5"]], "at most 0.5 apart"),
        ([["1.0"]], None, "the adjoint is not defined"),
        ({"omitted": "4,096 entries"}, [["1.0"]], "not listed here"),
        ([["1.0"]], {"omitted": "4,096 entries"}, "not listed here"),
        ([["nan"]], [["nan"]], "not finite"),
        ([["1.0"]], [["inf"]], "not finite"),
    ],
)
def test_two_matrices_are_called_equal_only_where_they_are(left: Any, right: Any, words: str) -> None:
    assert comparison(left, right) == words


@pytest.mark.parametrize(
    ("entry", "shown"),
    [("1/3", "0.3333"), (f"{10**400}/3", "inf"), (f"-{10**400}", "-inf"), ("6004799503160661/18014398509481984", "0.3333")],
)
def test_a_number_that_no_float_holds_is_shown_short(entry: str, shown: str) -> None:
    assert short_matrix([[entry]]) == shown
    assert short_matrix([[entry, "1/4"]]) == f"[{shown} 0.25]"
