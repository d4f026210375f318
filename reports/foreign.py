r"""Foreign text (names, messages, the words of other people's engines) as it may stand on a terminal: one line, no
character that acts, hides or turns the direction, and no longer than its place.

What is shown as an escape: control characters and line ends, escape sequences, direction controls, spaces of another
width, characters without ink, lone surrogates, private and unassigned ones, and accents that are piled up. Letters of
every script stay.

>>> foreign("\x1b[2J\u202egnp.exe\nCORRECT  000000000000  fake")
'\\x1b[2J\\u202egnp.exe\\nCORRECT  000000000000  fake'
>>> foreign("a" * 200, 8), foreign("שלום")
('aaaaaaa…', 'שלום')
>>> foreign(None)
Traceback (most recent call last):
    ...
TypeError: 'NoneType' object is not subscriptable
"""

from __future__ import annotations

import re
import unicodedata

LONGEST_FOREIGN = 80  # characters of a name where nothing else is said; chosen: half a line of 160
LONGEST_MESSAGE = 900  # bytes of a message; chosen: a line below 1 kB, with what stands before it
PILED = 3  # accents on one letter; chosen: Vietnamese and polytonic Greek have two and three

_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Default_Ignorable_Code_Point of the Unicode standard, and the empty braille cell: they take part in a name and cannot
be seen.
"""
_ORDINARY = re.compile(r"[ -~]*")


def one_line(text: str) -> str:
    r"""The whole text on one line, with escapes for what is not safe to show. Replay lines and other printable ASCII
    stay as they are.

    >>> one_line("vertex 3 ('y')\r\nof \ud800")
    "vertex 3 ('y')\\r\\nof \\ud800"
    """
    if _ORDINARY.fullmatch(text):
        return text
    piled, shown = 0, list[str]()
    for character in text:
        piled = piled + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        shown.append(_escape(character) if _unsafe(character) or piled > PILED else character)
    return "".join(shown)


def foreign(text: str, longest: int = LONGEST_FOREIGN) -> str:
    """At most `longest` characters of `one_line(text)`; an … stands where something was cut off. TypeError if it is no
    string.
    """
    shown = one_line(text[: longest + 1])
    return shown if len(shown) <= longest and len(text) <= longest else shown[: longest - 1] + "…"


def message(text: str, longest: int = LONGEST_MESSAGE) -> str:
    """A message in at most `longest` bytes, cut in its middle: it begins with the place and ends with what to do.

    >>> message("at " + "[" * 3000 + ": close them", 40)
    'at [[[[[[[[[[[[[[[[[[[[[ …  close them'
    """
    shown = one_line(text if len(text) <= 2 * longest else text[:longest] + text[-longest:])
    if len(shown.encode("utf-8")) <= longest and len(text) <= 2 * longest:
        return shown
    raw, room = shown.encode("utf-8"), longest - len(" … ".encode())
    end = room // 3
    return raw[: room - end].decode("utf-8", "ignore") + " … " + raw[len(raw) - end :].decode("utf-8", "ignore")


def _unsafe(character: str) -> bool:
    return not character.isprintable() or _INVISIBLE.match(character) is not None


def _escape(character: str) -> str:
    code = ord(character)
    if character in "\n\r\t":
        return {"\n": r"\n", "\r": r"\r", "\t": r"\t"}[character]
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
