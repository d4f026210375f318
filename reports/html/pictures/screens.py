"""How much room a picture has on a screen, and which of two drawings the style sheet shows.

>>> swapped(500), swapped(1100)
(('wide above-600', 'narrow below-600'), ('wide above-1200', 'narrow below-1200'))
>>> panned(500)[:47], panned(300)
('<p class="pan below-600">Wider than the screen:', '')
>>> panned("wide")
Traceback (most recent call last):
    ...
TypeError: '<=' not supported between instances of 'str' and 'float'
"""

from __future__ import annotations

MARGIN = 4  # pixels around a picture
WIDE = 1112.0  # pixels of a wide drawing, without its margins: the column of the page on a screen of 1280
NARROW = 346.0  # pixels of a narrow drawing, without its margins: the column of the page on a screen of 390
BESIDE = 2 * MARGIN + 64  # pixels of a screen beside a drawing without its margins: its margins, and those of the page
LIMITS = (480, 600, 720, 840, 960, 1080, 1200)  # pixels of a screen; the style sheet has a rule for each


def swapped(width: float) -> tuple[str, str]:
    """The classes of a wide drawing and of the narrow one that replaces it on screens where it does not fit."""
    limit = _limit(width)
    return f"wide above-{limit}", f"narrow below-{limit}"


def panned(width: float) -> str:
    """The words that a picture moves sideways, for screens where it does not fit; none if it always does."""
    return "" if width <= NARROW else f'<p class="pan below-{_limit(width)}">Wider than the screen: it moves sideways →</p>'


def _limit(width: float) -> int:
    return next((limit for limit in LIMITS if width + BESIDE <= limit), LIMITS[-1])
