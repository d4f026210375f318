"""How wide a text is on the screen, nearly and never too little, and how it is broken into lines.

The fonts of a reader are not known here; the widths are those of the usual fonts without serifs, a little enlarged.

>>> round(width_of("u = 2", 12)), round(width_of("", 12))
(29, 0)
>>> wrapped("the backward pass is correct", 90, 12)
['the backward', 'pass is correct']
>>> wrapped("an endless statement of many words", 60, 12, most=2)
['an', 'endless…']
>>> wrapped("word", 0, 12)
Traceback (most recent call last):
    ...
ValueError: a line is wider than nothing, found 0
"""

from __future__ import annotations

import re
import unicodedata

SPARE = 1.06  # chosen: by so much other fonts without serifs are wider than the one that was measured
_KINDS = {
    **dict.fromkeys("ijl.,:;'|!()[]{}tfrI -·/\u2009", "thin"),
    **dict.fromkeys("ckszvxy", "small"),
    **dict.fromkeys("mwMW%@—…∑Σ∏→←⇒", "wide"),
}
_WIDTHS = {"thin": 0.3, "small": 0.5, "usual": 0.56, "capital": 0.72, "wide": 0.9, "full": 1.05}
"""Parts of the size of a font that a letter takes: about the largest of its kind in Liberation Sans."""


def width_of(text: str, size: float) -> float:
    """Pixels that a text takes at a size of the font."""
    return size * SPARE * sum(_letter(letter) for letter in text)


def _letter(letter: str) -> float:
    if letter in _KINDS:
        return _WIDTHS[_KINDS[letter]]
    if letter.isascii():
        return _WIDTHS["capital" if letter.isupper() else "usual"]
    if unicodedata.combining(letter):
        return 0.0
    return _WIDTHS[
        "full" if unicodedata.east_asian_width(letter) in "WF" or ord(letter) > 0xFFFF else "usual" if letter.islower() else "capital"
    ]


def fitted(text: str, width: float, size: float) -> str:
    """As much of a text as fits, with an … for the rest.

    >>> fitted("abcdefgh", 40, 12), fitted("abc", 40, 12)
    ('abcd…', 'abc')
    """
    fits = _fitting(text, width, size)
    return text if fits == len(text) else text[: _fitting(text, width - width_of("…", size), size)].rstrip() + "…"


def _fitting(text: str, width: float, size: float) -> int:
    """How many of the first letters of a text fit."""
    left = width
    for k, letter in enumerate(text):
        left -= size * SPARE * _letter(letter)
        if left < 0:
            return k
    return len(text)


def wrapped(text: str, width: float, size: float, most: int = 10**6) -> list[str]:
    """A text in lines of at most so many pixels, broken at spaces, and inside of words that are wider than a line; after
    `most` lines an … says that there is more. ValueError for lines without room.
    """
    if width <= 0:
        raise ValueError(f"a line is wider than nothing, found {width:g}")
    lines: list[str] = []
    line = ""
    for whole in re.findall(r"\S+", text):
        word = whole
        longer = f"{line} {word}" if line else word
        if _fitting(longer, width, size) == len(longer):
            line = longer
            continue
        if line:
            lines.append(line)
        while (cut := _fitting(word, width, size)) < len(word) and len(lines) < most:
            lines.append(word[: max(1, cut)])
            word = word[max(1, cut) :]
        line = word
        if len(lines) >= most:
            break
    lines.append(line)
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    return [*lines[: most - 1], last[: _fitting(last, width - width_of("…", size), size)].rstrip() + "…"]
