"""Tables at the width of a terminal: no word is cut, no line is longer than the terminal, and narrow ones are blocks."""

from __future__ import annotations

import io
import random

import pytest

from backproof.reports.tables import table, terminal_width, wrapped

LETTERS = "abcdefgh123·≤"


def drawn(rng: random.Random) -> list[list[str]]:
    """Rows of cells of words."""

    def cell() -> str:
        return " ".join("".join(rng.choices(LETTERS, k=rng.randint(1, 14))) for _ in range(rng.randint(0, 6)))

    columns = rng.randint(1, 6)
    return [[cell() for _ in range(columns)] for _ in range(rng.randint(1, 3))]


def test_no_word_is_cut_and_no_line_is_too_long_at_any_width() -> None:
    rng = random.Random(0)
    for _ in range(150):
        rows = drawn(rng)
        headings = [f"h{k}" for k in range(len(rows[0]))] if rng.random() < 0.5 else []
        width = rng.randint(20, 120)
        text = table(headings, rows, width, right=headings[:1])
        assert all(word in text for row in rows for cell in row for word in cell.split())
        assert max(map(len, text.split("\n"))) <= width


@pytest.mark.parametrize("width", [50, 80, 160])
def test_seven_numbers_in_full_are_columns_where_they_fit_and_else_blocks(width: int) -> None:
    headings = ("leaf", "balls", "backward", "path sum", "difference", "digits", "ulps")
    row = ("W[0, 1]", *["-0.36159505490948473660"] * 4, "15.2", "9.25·10¹⁸")
    text = table(headings, [row], width, right=headings[1:])
    assert len(text.split("\n")) == (2 if width == 160 else 7)
    assert text.startswith("leaf: W[0, 1]\n  balls: -0.36159505490948473660\n") is (width < 160)


def test_without_a_terminal_a_row_is_a_line() -> None:
    text = table(("a", "b"), [("word " * 60, "x"), ("y", "word " * 60)])
    assert len(text.split("\n")) == 3
    assert terminal_width(io.StringIO()) is None
    assert terminal_width(None) is None
    assert wrapped("word " * 100, None) == "word " * 100


def test_the_width_is_that_of_the_terminal_and_columns_says_another(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    for columns, width in (("50", 50), ("5", 20)):
        monkeypatch.setenv("COLUMNS", columns)
        assert terminal_width(Terminal()) == width


def test_foreign_text_is_one_harmless_line_without_markup() -> None:
    assert table(("name", "n"), [("[red]a\x1b[31m\nCORRECT", "1")]).splitlines()[1] == r"[red]a\x1b[31m\nCORRECT  1"


def test_rows_of_other_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="a row has 1 cells, there are 2 headings"):
        table(("a", "b"), [("x", "y"), ("x",)])
