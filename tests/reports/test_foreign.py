"""Foreign text on a terminal: nothing acts, nothing hides, one line, and no longer than its place; letters of every script stay."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from backproof.reports.foreign import LONGEST_FOREIGN, LONGEST_MESSAGE, PILED, foreign, message, one_line

OWN = "∂o/∂W|^{f̄o} = Σ × · ≤ – … “x” → u₃ 2³² × 10^29"


def harmless(text: str) -> bool:
    """Written apart from the source: the categories of the Unicode standard that may stand on a line."""
    return all(unicodedata.category(letter)[0] in "LMNPS" or letter == " " for letter in text)


def test_every_character_of_unicode_is_harmless_when_shown() -> None:
    for start in range(0, sys.maxunicode + 1, 4096):
        block = [chr(code) for code in range(start, start + 4096)]
        assert all(harmless(one_line(letter)) for letter in block)


def test_the_test_finds_what_is_not_harmless() -> None:
    assert not harmless("\x1b")
    assert not harmless("\u202e")
    assert not harmless("\ud800")
    assert not harmless("\u2028")


@pytest.mark.parametrize("text", [OWN, "שלום", "日本語", "Ελληνικά ᾧ", "Tiếng Việt", "हिन्दी", "ascii \\ 'x' [red] %s"])
def test_letters_of_every_script_stay(text: str) -> None:
    assert one_line(text) == foreign(text) == message(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31m", r"\x1b[31m"),
        ("\x9b", r"\x9b"),
        ("a\r\n\tb", r"a\r\n\tb"),
        ("\u202e\u2066", r"\u202e\u2066"),
        ("\u200b\ufeff\u2060", r"\u200b\ufeff\u2060"),
        ("\u2028", r"\u2028"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
        ("\u3164\u115f\u2800", r"\u3164\u115f\u2800"),
        ("\ue000", r"\ue000"),
    ],
)
def test_what_acts_or_hides_is_an_escape(text: str, shown: str) -> None:
    assert one_line(text) == foreign(text) == shown


def test_accents_are_not_piled_up() -> None:
    assert one_line("e" + "\u0301" * PILED) == "e" + "\u0301" * PILED
    assert one_line("e" + "\u0301" * (PILED + 2)) == "e" + "\u0301" * PILED + r"\u0301" * 2


@pytest.mark.parametrize("text", ["x" * 10**6, "\x1b" * 10**6, "日" * 10**6, "\u0301" * 10**6])
def test_a_place_has_a_length_and_is_not_slow_to_fill(text: str) -> None:
    assert len(foreign(text)) == LONGEST_FOREIGN
    assert foreign(text).endswith("…")
    assert len(message(text).encode("utf-8")) <= LONGEST_MESSAGE


def test_hostile_names_fit_into_their_place(hostile_name: str) -> None:
    shown = foreign(hostile_name)
    assert harmless(shown)
    assert len(shown) <= LONGEST_FOREIGN
    shown.encode("utf-8")


def test_a_long_message_keeps_its_place_and_what_to_do() -> None:
    shown = message("case.json: $.graph" + ".a" * 5000 + ": found 3; write a number")
    assert shown.startswith("case.json: $.graph.a")
    assert shown.endswith("; write a number")


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(TypeError):
        foreign(7)  # pyright: ignore[reportArgumentType]
