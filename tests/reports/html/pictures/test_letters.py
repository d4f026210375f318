"""Widths that are not too small, and lines that lose nothing."""

from __future__ import annotations

import random

import pytest

from backproof.reports.html.pictures.letters import fitted, width_of, wrapped


def test_a_wide_letter_is_wider_than_a_thin_one_and_a_combining_one_takes_nothing() -> None:
    assert width_of("W", 12) > width_of("e", 12) > width_of("i", 12) > width_of("\u0301", 12) == 0
    assert width_of("漢", 12) > 12


@pytest.mark.parametrize("seed", range(10))
def test_lines_fit_and_hold_every_letter(seed: int) -> None:
    rng = random.Random(seed)
    text = " ".join("".join(rng.choices("abimWx₁+", k=rng.randint(1, 30))) for _ in range(8))
    lines = wrapped(text, 80, 12)
    assert all(width_of(line, 12) <= 80 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_what_does_not_fit_says_so() -> None:
    assert wrapped("one two three four", 40, 12, most=1) == ["one…"]
    assert fitted("abcdefghij", 30, 12).endswith("…")
    assert wrapped("", 40, 12) == [""]


def test_hostile_texts_come_to_an_end(hostile_name: str) -> None:
    lines = wrapped(hostile_name, 60, 12, most=3)
    assert len(lines) <= 3
    assert width_of(fitted(hostile_name, 60, 12), 12) <= 60
