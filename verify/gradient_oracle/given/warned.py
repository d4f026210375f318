"""What the code on trial warns of while it is checked: `without_warnings()`.

>>> with without_warnings():
...     float(np.mean(np.zeros(0)))
nan
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Collection, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import numpy as np


def _quiet(kinds: Collection[str]) -> AbstractContextManager[Any]:
    """NumPy's floating point without warnings of these kinds; what raises goes on to do so."""
    settings: dict[str, Any] = dict.fromkeys(kinds, "ignore")
    return np.errstate(**settings)


@contextmanager
def without_warnings() -> Generator[None]:
    """Neither shown nor raised: NumPy's warnings of empty, huge and singular arguments, which the check chose itself.

    Where the caller made every warning an exception, it would be raised inside the code, which then has nothing to be
    judged by. In other threads than the main one, floating point is quiet and the filters stay as they are: they belong
    to the whole process. Other categories than RuntimeWarning pass.

    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("error")
    ...     with without_warnings():
    ...         warnings.warn("use g", UserWarning)
    Traceback (most recent call last):
        ...
    UserWarning: use g
    """
    loud = {kind for kind, how in np.geterr().items() if how in ("warn", "print")}
    with _quiet(loud):
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            yield
