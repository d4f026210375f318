"""Text and pictures are inert and of finite size."""

from __future__ import annotations

import math

import pytest

from backproof.reports.html.plots.marks import drawn, rounded, text


@pytest.mark.parametrize(("value", "words"), [(3.0, "3"), (3.04, "3"), (3.06, "3.1"), (-0.5, "-0.5")])
def test_pixels_have_one_decimal_place(value: float, words: str) -> None:
    assert rounded(value) == words


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_place_that_is_none_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="a picture has no place"):
        text(value, 0, "x")


def test_words_are_escaped_and_cut() -> None:
    assert "<b>" not in text(0, 0, "<b>") + drawn(1, 1, "<b>", [])
    assert len(text(0, 0, "x" * 10_000)) < 200
