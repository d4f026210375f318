"""Whatever somebody's object is called and does, what is said of it is one bounded line, and saying it raises nothing."""

from __future__ import annotations

from typing import Any

import pytest

from backproof.verify.engine_oracle.foreign import LONGEST_MESSAGE, LONGEST_NAME, found, one_line, quoted, raised, type_name


class Named(type):
    @property
    def __name__(cls) -> str:  # pyright: ignore[reportIncompatibleVariableOverride]
        raise ZeroDivisionError


class Secret(metaclass=Named):
    def __repr__(self) -> str:
        raise SystemExit

    @property
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        raise KeyError


class Text(str):
    def __getitem__(self, key: Any) -> Any:
        raise ZeroDivisionError

    def __len__(self) -> int:
        return -1  # noqa: PLE0303


TEXTS = ["", "a\nb", "\x1b[31m", "\u202eabc", "\ud800", "\x00\x85\u2028", "x" * 26_000_000, "∂f/∂x ≤ γ", "[red]bold[/]"]


@pytest.mark.parametrize("text", TEXTS, ids=lambda text: ascii(text[:10]))
def test_a_text_is_one_printable_line_of_bounded_length(text: str) -> None:
    for shown in (one_line(text), quoted(text), one_line(Text(text)), found(text), found(text.encode("utf-8", "replace"))):
        assert shown.isprintable()
        assert len(shown) <= LONGEST_MESSAGE
        shown.encode("utf-8")
    assert len(quoted(text)) <= LONGEST_NAME


def test_ordinary_words_stay_as_they_are() -> None:
    assert one_line("∂f/∂x at u₁ is 'four'") == "∂f/∂x at u₁ is 'four'"
    assert quoted("u₁") == "'u₁'"


def test_a_type_is_named_whatever_its_metaclass_does() -> None:
    assert type_name(Secret()) == found(Secret()) == "Secret"
    assert type_name(type("a\nb", (), {})()) == "a\\nb"


@pytest.mark.parametrize("value", [1.5, True, None, 10**10_000, float("nan"), 1j, -3], ids=lambda value: type(value).__name__)
def test_plain_values_are_shown(value: Any) -> None:
    assert len(found(value)) <= LONGEST_NAME


def test_an_exception_is_a_line_with_its_own_place() -> None:
    def broken() -> None:
        raise ValueError("two\nlines")

    with pytest.raises(ValueError, match="two") as caught:
        broken()
    assert raised(caught.value).startswith("ValueError: two\\nlines (test_foreign.py:")
    assert raised(ValueError()) == "ValueError"


def test_an_exception_that_cannot_be_read_is_said_to_be_so() -> None:
    class Hostile(BaseException):
        @property
        def __traceback__(self) -> Any:  # pyright: ignore[reportIncompatibleVariableOverride]
            raise RuntimeError

        def __str__(self) -> str:
            raise GeneratorExit

    class Wordy(Exception):
        def __str__(self) -> str:
            return Text("no end " * 10**6)

    class Other(Exception):
        def __str__(self) -> Any:
            return 5  # noqa: PLE0307

    assert "its __str__ raised GeneratorExit" in raised(Hostile())
    assert len(raised(Wordy())) < LONGEST_MESSAGE + LONGEST_NAME
    assert "its __str__ raised TypeError" in raised(Other())


def test_a_file_name_with_methods_of_its_own_is_shown_too() -> None:
    class Hostile(Text):
        def startswith(self, *_: Any) -> bool:
            raise SystemExit

        def rfind(self, *_: Any) -> int:
            raise SystemExit

    def broken() -> None:
        raise ValueError("here")

    broken.__code__ = broken.__code__.replace(co_filename=Hostile("/a/b\nc.py"))
    with pytest.raises(ValueError, match="here") as caught:
        broken()
    assert "ValueError: here (b\\nc.py:" in raised(caught.value)
