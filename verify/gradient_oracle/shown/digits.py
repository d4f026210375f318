"""Where two numbers in digits part: the place of the first wrong digit.

>>> first_wrong_digit("-0.0617", "-0.0308"), first_wrong_digit("3.0", "2.0"), first_wrong_digit("0.5", "0.5")
(4, 0, None)
>>> print("\\n".join(marked("0.067628", "0.098880")))
found     0.067628
certified 0.098880
             ^ the first wrong digit
>>> marked("(2,)", "(3,)")
['found     (2,)', 'certified (3,)']
>>> marked("12.5", "3.25")
['found     12.5', 'certified  3.25', '          ^ the first wrong digit']
>>> first_wrong_digit(1.0, 2.0)
Traceback (most recent call last):
    ...
TypeError: expected string or bytes-like object, got 'float'
"""

from __future__ import annotations

import re

_NUMBER = re.compile(r"(?P<sign>-?)(?P<whole>\d+)(?:\.(?P<part>\d*))?(?P<exponent>e[+-]?\d+)?")


def first_wrong_digit(found: str, certified: str) -> int | None:
    """The place in `found` at which it parts from `certified`, as both stand there; None where they do not, or are no
    numbers of the same sign and exponent."""
    left, right = _NUMBER.fullmatch(found), _NUMBER.fullmatch(certified)
    if left is None or right is None or found == certified:
        return None
    if left["sign"] != right["sign"] or left["exponent"] != right["exponent"] or len(left["whole"]) != len(right["whole"]):
        return 0
    return next((k for k, (a, b) in enumerate(zip(found, certified, strict=False)) if a != b), None)


def marked(found: str, certified: str, label: str = "certified") -> list[str]:
    """Both values below each other, their points aligned, and a mark below the first wrong digit."""
    names = [name.ljust(max(len("found"), len(label))) for name in ("found", label)]
    wholes = [len(match["sign"]) + len(match["whole"]) if (match := _NUMBER.fullmatch(text)) else 0 for text in (found, certified)]
    shifts = [max(wholes) - whole if all(wholes) else 0 for whole in wholes]
    lines = [f"{name} {' ' * shift}{text}" for name, shift, text in zip(names, shifts, (found, certified), strict=True)]
    place = first_wrong_digit(found, certified)
    return lines if place is None else [*lines, f"{' ' * (len(names[0]) + 1 + shifts[0] + place)}^ the first wrong digit"]
