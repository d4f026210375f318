"""Nothing of somebody else's text acts on a line of ours, whatever class it is of."""

from __future__ import annotations

from typing import Any

from backproof.verify.foreign import escaped, plain


class Lying(str):
    """A text whose own methods are not to be asked."""

    def __getitem__(self, key: Any) -> str:
        raise SystemExit

    def isprintable(self) -> bool:
        return True


def test_every_hostile_name_is_one_printable_bounded_line(hostile_name: str) -> None:
    shown = escaped(hostile_name, 60)
    assert shown.isprintable()
    assert len(shown) <= 60


def test_a_text_with_methods_of_its_own_is_read_as_a_text() -> None:
    assert escaped(Lying("a\nb"), 10) == "a\\nb"
    assert type(plain(Lying("abc"), 2)) is str


def test_what_fits_exactly_is_whole_and_one_letter_more_is_cut() -> None:
    assert escaped("x" * 10, 10) == "x" * 10
    assert escaped("x" * 11, 10) == "x" * 9 + "…"
