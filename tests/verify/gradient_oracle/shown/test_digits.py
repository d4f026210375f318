"""The first wrong digit, where two values stand below each other."""

from __future__ import annotations

import pytest

from backproof.verify.gradient_oracle.shown.digits import first_wrong_digit, marked


@pytest.mark.parametrize(
    ("found", "certified", "place"),
    [
        ("0.1257302212192", "0.1257302212191", 14),
        ("1.25e-10", "1.26e-10", 3),
        ("1.25e-10", "1.25e-11", 0),
        ("2.0", "-2.0", 0),
        ("12.0", "3.0", 0),
        ("nan", "2.0", None),
        ("2.0", "between 1 and 3", None),
        ("2.0", "2.0", None),
    ],
)
def test_the_first_digit_that_differs_is_found(found: str, certified: str, place: int | None) -> None:
    assert first_wrong_digit(found, certified) == place


def test_the_points_stand_below_each_other_and_so_does_the_mark() -> None:
    left, right, mark = marked("-3.25", "12.5", "difference")
    assert left.index(".") == right.index(".")
    assert mark.index("^") == left.index("-")
