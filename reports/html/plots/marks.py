"""What all pictures of plots are made of: text, and the picture itself.

>>> text(3, 10.25, "a < b", "mid")
'<text x="3" y="10.2" class="mid">a &lt; b</text>'
>>> drawn(20, 10, "Sizes", ["<g/>"])
'<svg class="plot" viewBox="0 0 20 10" width="20" height="10" role="img" aria-label="Sizes"><g/></svg>'
>>> rounded(float("nan"))
Traceback (most recent call last):
    ...
ValueError: a picture has no place nan; expected a finite number of pixels
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from html import escape

from backproof.reports.text import clip

WIDTH = 344  # pixels; chosen: a phone of 390 px shows it in its full size
LINE = 15  # pixels from line to line of text
LETTER, NARROW = 5.9, 5.5  # pixels, about the width of a letter of 11 px, and the least
LONGEST_TEXT, LONGEST_TITLE = 60, 120  # letters; chosen: names from elsewhere may be longer than any picture


def drawn(width: float, height: float, title: str, parts: Iterable[str], kind: str = "") -> str:
    """A picture with a title for those who do not see it; `kind` is a class beside `plot`. ValueError for a size that is
    none.
    """
    size = f"{rounded(width)} {rounded(height)}"
    box = f'viewBox="0 0 {size}" width="{rounded(width)}" height="{rounded(height)}"'
    return (
        f'<svg class="plot{kind and f" {kind}"}" {box} role="img" aria-label="{escape(clip(title, LONGEST_TITLE))}">{"".join(parts)}</svg>'
    )


def rounded(value: float) -> str:
    """A number of pixels with at most one decimal place; ValueError if it is not finite."""
    if not math.isfinite(value):
        raise ValueError(f"a picture has no place {value}; expected a finite number of pixels")
    return f"{value:.1f}".removesuffix(".0")


def text(x: float, y: float, words: str, kind: str = "") -> str:
    """Words, inert and no longer than a picture, in a class of the style sheet."""
    named = f' class="{kind}"' if kind else ""
    return f'<text x="{rounded(x)}" y="{rounded(y)}"{named}>{escape(clip(words, LONGEST_TEXT))}</text>'
