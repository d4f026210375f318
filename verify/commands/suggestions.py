"""What somebody may have meant by a word that is not known.

>>> did_you_mean("path-sums", ("path-sum", "forward-pass"))
"; did you mean 'path-sum'?"
>>> did_you_mean("tahn", ("tanh", "atan", "exp"))
"; did you mean 'tanh' or 'atan'?"
>>> did_you_mean("gauss", ("path-sum",))
''
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

MOST = 3  # words that are suggested; chosen: more is a list
ALIKE = 0.6  # share of the letters that two words have in common; chosen: difflib's own


def near(word: str, known: Iterable[str]) -> list[str]:
    """The known words that are nearest, best first, whatever their case; those that begin with it where none is near.

    >>> near("INCORRECT", ("CORRECT", "WRONG")), near("chain", ("chain-rule", "path-sum"))
    (['CORRECT'], ['chain-rule'])
    """
    written = {one.casefold(): one for one in known}
    small = word.casefold()
    found = get_close_matches(small, written, MOST, ALIKE) or [one for one in written if small and one.startswith(small)][:MOST]
    return [written[one] for one in found]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A clause that ends a refusal: what may have been meant; nothing where nothing is near."""
    found = [repr(one) for one in near(word, known)]
    if not found:
        return ""
    return f"; did you mean {', '.join(found[:-1])}{' or ' if len(found) > 1 else ''}{found[-1]}?"
