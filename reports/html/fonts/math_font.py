"""The font of formulas in the style sheet of a page, so that large signs are large wherever the page is read.

Without a font that has a table MATH, browsers draw ∑ no larger than a letter. It is put into pages that have a formula,
and nowhere else.

>>> font_face()[:42], len(font_face()) < 56_000
('@font-face { font-family: "Backproof Math"', True)
>>> with_math("body {}", formulas=False), with_math("body {}", formulas=True).endswith("body {}")
('body {}', True)
>>> with_math(None, formulas=True)
Traceback (most recent call last):
    ...
TypeError: can only concatenate str (not "NoneType") to str
"""

from __future__ import annotations

import base64
from functools import cache
from importlib.resources import files

FONT = "backproof-math.woff2"


@cache
def font_face() -> str:
    """The rule of a style sheet that brings the font along."""
    data = base64.b64encode(files("backproof.reports.html.fonts").joinpath(FONT).read_bytes()).decode("ascii")
    return f'@font-face {{ font-family: "Backproof Math"; src: url(data:font/woff2;base64,{data}) format("woff2"); }}\n'


def with_math(style: str, *, formulas: bool) -> str:
    """A style sheet with the font before it, if the page has formulas."""
    return font_face() + style if formulas else style
