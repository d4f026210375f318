"""The second copy of every number of a page: `with_held(page)`.

No number of a page stands once only. The copy is made from the finished page, so that nothing which a template adds can
be forgotten: the words with digits of every piece of text, in the order of the page, packed. Who audits the page
compares them one by one, and finds the cell that was changed. The contract is in `reports/audit/__init__.py`.

>>> page = "<body><section id='claims'><h2>2 claims</h2><p>On <b>3</b> cases, each of 1,000.</p></section></body>"
>>> held_lines(page)
['§claims', '2', '3 1,000.']
>>> with_held(page).endswith("</script></body>")
True
>>> with_held("<p>1</p>")
Traceback (most recent call last):
    ...
ValueError: a page ends in </body>
"""

from __future__ import annotations

import base64
import re
import zlib
from html import unescape

INLINE = frozenset(["a", "abbr", "b", "code", "em", "i", "mark", "q", "small", "span", "strong", "sub", "sup", "tspan", "u"])
"""Tags within a piece of text; every other one begins another."""

SHARE = 0.04  # of a page's bytes that its copy takes; measured: 0.03 to 0.06, and what does not fit is left out one by one

_PIECES = re.compile(
    r"<(script|style)\b.*?</\1\s*>|<(/?)([a-zA-Z][\w-]*)((?:[^>\"']|\"[^\"]*\"|'[^']*')*)>|<!--.*?-->|<![^>]*>|([^<]+|<)", re.DOTALL
)
_ID = re.compile(r"""\sid=(?:"([^"]*)"|'([^']*)')""")
_SPACE = re.compile("[ \t\n\r\f]+")
_DIGIT = re.compile("[0-9²³¹⁰⁴-⁹₀-₉]")


def held_lines(page: str) -> list[str]:
    """The words with digits of every piece of text that has one, a line a piece; a line § with the id of a section or an
    article before the first of it.

    A replay line is not among them: its check sum and the id of its case prove it.
    """
    lines: list[str] = []
    text: list[str] = []
    home: str | None = None

    def end() -> None:
        nonlocal home
        words = [word for word in _SPACE.split(unescape("".join(text))) if _DIGIT.search(word) and "backproof1:" not in word]
        text.clear()
        if words:
            if home is not None:
                lines.append(f"§{home}")
                home = None
            lines.append(" ".join(words))

    for piece in _PIECES.finditer(page):
        _, closing, tag, attributes, words = piece.groups()
        if words is not None:
            text.append(words)
        elif tag is not None and tag.lower() not in INLINE:
            end()
            if not closing and tag.lower() in ("section", "article") and (named := _ID.search(attributes)):
                home = unescape(named[1] if named[1] is not None else named[2])
    end()
    return lines


def with_held(page: str) -> str:
    """The page with the copy of its numbers as its last element. ValueError if it does not end in </body>."""
    before, body, after = page.rpartition("</body>")
    if not body:
        raise ValueError("a page ends in </body>")
    packed = base64.b64encode(zlib.compress("\n".join(held_lines(page)).encode("utf-8"), 9)).decode("ascii")
    return f'{before}<script type="text/plain" id="held">{packed}</script>{body}{after}'
