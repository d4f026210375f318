"""One line of at most 160 characters, and a screen of at most 25 lines, whatever there is to say."""

from __future__ import annotations

from backproof.engine.in_words import LONGEST, MOST_LINES, brief, clipped, screenful


def test_a_value_is_one_line_whatever_its_parts_hold() -> None:
    text = brief("Graph", "two\nlines", "x" * 1000)
    assert len(text) == LONGEST
    assert text.startswith("<Graph: two lines, xxx")
    assert text.endswith("…>")


def test_what_fits_is_not_cut_and_what_is_left_out_is_counted() -> None:
    lines = [str(k) for k in range(MOST_LINES)]
    assert screenful(lines, "more: there").splitlines() == lines
    cut = screenful([*lines, "last"], "more: there").splitlines()
    assert len(cut) == MOST_LINES
    assert cut[-1] == "and 2 more: there"


def test_clipped_text_has_its_end_marked() -> None:
    assert (clipped("abc", 3), clipped("abcd", 3)) == ("abc", "ab…")
