"""Somebody else's text as it may stand in a sentence of ours: bounded, and without a character that acts or hides.

>>> escaped("abc\\u202edef \\ud800", 40)
'abc\\\\u202edef \\\\ud800'
>>> escaped("a" * 10**6, 8)
'aaaaaaa…'
>>> escaped(None, 8)
Traceback (most recent call last):
    ...
TypeError: descriptor '__getitem__' requires a 'str' object but received a 'NoneType'
"""

from __future__ import annotations


def escaped(text: str, longest: int) -> str:
    """At most so many letters, each that cannot be printed as Python writes it."""
    letters = plain(text, longest + 1)
    shown = "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii") for letter in letters)
    return shown if len(shown) <= longest else shown[: longest - 1] + "…"


def plain(text: str, longest: int) -> str:
    """The first letters of a text as a plain str, also of a subclass with methods of its own."""
    return str.__getitem__(text, slice(0, longest))
