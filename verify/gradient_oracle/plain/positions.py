"""Whether code reads an argument of whole numbers as positions: `reads_as_positions(f, args, k)`. Where it does not, 0 and
1 are labels, and −1 is none of them.

It is asked with a position that no axis has: what reads it there raises.

>>> x, w, y = np.ones(3), np.ones((2, 3)), np.array([0, 1, 1])
>>> reads_as_positions(lambda w, y: w[y].sum(), (w, y), 1), reads_as_positions(lambda x, y: np.where(y == 1, x, -x), (x, y), 1)
(True, False)
>>> reads_as_positions(lambda x, y: x * y, (x, y), 7)
Traceback (most recent call last):
    ...
IndexError: tuple index out of range
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.given.contained import contained
from backproof.verify.time_limits import PASSING

BEYOND = 10_007  # chosen: longer than the tables of most code, and one row for each such number is not too much
LABELS = (0, 1)


def reads_as_positions(f: Callable[..., Any], args: Sequence[Any], k: int) -> bool:
    """Whether f raises where one entry of argument k is a position beyond every axis; also where that is too much for
    it."""
    a = np.array(args[k])
    a.flat[-1] = min(max(BEYOND, 2 * max(a.size for a in map(np.asarray, args))), np.iinfo(a.dtype).max)
    given = [b.copy() if isinstance(b, np.ndarray) else b for b in args]
    given[k] = a
    try:
        with np.errstate(all="ignore"):
            contained(f, *given)
    except PASSING:
        raise
    except Exception:
        return True
    return False


def are_labels(a: Any) -> bool:
    """Whether an array holds nothing but 0 and 1, so that it may be one of labels.

    >>> are_labels(np.array([0, 1, 1])), are_labels(np.array([0, 2]))
    (True, False)
    """
    return bool(np.isin(a, LABELS).all())
