"""Arrays of whole numbers that functions hold beside their arguments, varied like arguments: `varied(functions, …)`.

What a function holds is as much its own as its code, so that a gradient which is wrong with other ids is not held against
it. But it is said, and so is an array that could not be varied: passed as an argument it is judged.

>>> ids = np.array([2, 0, 2, 1])
>>> def f(x):
...     return x[ids]
>>> for words in varied([f], lambda words: "WRONG" if len(set(ids.tolist())) == 1 else ""):
...     print(words)
the array `ids` (<doctest ...>:2) is captured, and with all entries equal the gradients would be WRONG; pass it as an argument to have that judged
>>> ids
array([2, 0, 2, 1])
>>> list(varied([f], None))
Traceback (most recent call last):
    ...
TypeError: 'NoneType' object is not callable
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np

from backproof.verify.gradient_oracle.aimed.captured import VARIED, Held, holding, whole_arrays

MOST_ARRAYS = 4  # chosen: of those that are varied; each costs three points
MOST_ENTRIES = 4000  # chosen, as of the arguments of a point


def varied(functions: Iterable[object], verdict_with: Callable[[str], str]) -> Iterator[str]:
    """In words, each array with which something is wrong when it has other entries, or that could not be varied.
    `verdict_with(words)` is asked while the array is so, and says what is wrong then, or ""."""
    for held in whole_arrays(functions)[:MOST_ARRAYS]:
        said = _said(held, verdict_with)
        if said:
            yield f"the array {held.words} is captured, and {said}; pass it as an argument to have that judged"


def _said(held: Held, verdict_with: Callable[[str], str]) -> str:
    """What is to be said of one array; "" where nothing is."""
    array = held.value
    if array.size > MOST_ENTRIES or not array.flags.writeable:
        return "was not varied"
    for words, change in VARIED:
        values = change(array)
        if np.array_equal(values, array):
            continue
        with holding(array, values):
            verdict = verdict_with(f"captured {held.words} with {words}")
        if verdict:
            return f"with {words} the gradients would be {verdict}"
    return ""
