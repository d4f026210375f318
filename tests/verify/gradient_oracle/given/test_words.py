"""What somebody gave or raised, in one harmless line."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.given.words import MOST_CHARACTERS, of_what, one_line, raised


class Silent:
    def __repr__(self) -> str:
        raise ValueError("no")


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "None"),
        (3, "an int (3)"),
        ("abc", "a str (abc)"),
        ("a b", "a str ('a b')"),
        ([1.0, 2.0], "a list of 2"),
        (np.zeros((2, 3)), "an ndarray of shape (2, 3) and dtype float64"),
        (np.float32(1.5), "a float32 (np.float32(1.5))"),
        ({1: Silent()}, "a dict ({1: <Silent instance at"),
        (len, "the function len"),
        (Silent(), "a Silent"),
        ("\x1b[31m" * 1000, "a str ('\\x1b"),
    ],
)
def test_a_value_is_named_with_its_kind(value: Any, words: str) -> None:
    assert of_what(value).startswith(words)
    assert len(of_what(value)) < 200
    assert of_what(value).isprintable()


def test_a_line_is_short_printable_and_one() -> None:
    line = one_line("a\r\nb\x00\u202e\ud800" + "c" * 10**6)
    assert line.startswith("a b\\x00\\u202e\\ud800ccc")
    assert len(line) == MOST_CHARACTERS
    assert line.endswith("…")


def test_an_error_is_named_with_its_line() -> None:
    with pytest.raises(ValueError, match="two") as found:
        raise ValueError("two\nlines")
    assert raised(found.value).startswith("ValueError: two lines (test_words.py:")
    assert raised(ValueError("never raised")) == "ValueError: never raised"
