"""The options of a check: seed, name, seconds, and what is required of a result.

>>> taken_options(seed=0, name=None, timeout=None), taken_options(seed=np.int64(3), name="my layer", timeout=2)
((0, None), (3, 2.0))
>>> taken_options(seed=0, name=None, timeout=-1)
Traceback (most recent call last):
    ...
ValueError: timeout must be a number of seconds above 0, found -1
>>> must_be_required("proved")
Traceback (most recent call last):
    ...
ValueError: require must be 'certified' or None, found a str (proved)
"""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.given.words import of_what

CONSTANTS_FORM = "write ignore_constants=[1e-7], the values of literals in f"
CERTIFIED = "certified"


def taken_options(*, seed: Any, name: Any, timeout: Any) -> tuple[int, float | None]:
    """The seed and the seconds. TypeError for what is of another type; ValueError for a number that makes no sense."""
    if isinstance(seed, bool) or not isinstance(seed, int | np.integer):
        raise TypeError(f"seed must be a whole number, found {of_what(seed)}; write seed=0")
    if seed < 0:
        raise ValueError(f"seed must not be negative, found {int(seed)}; write seed=0")
    if name is not None and not isinstance(name, str):
        raise TypeError(f'name must be a word, found {of_what(name)}; write name="my layer"')
    if timeout is None:
        return int(seed), None
    if isinstance(timeout, bool) or not isinstance(timeout, int | float | np.integer | np.floating):
        raise TypeError(f"timeout must be a number of seconds, found {of_what(timeout)}; write timeout=60")
    if not timeout > 0:
        raise ValueError(f"timeout must be a number of seconds above 0, found {timeout}")
    return int(seed), float(timeout)


def taken_constants(values: Any) -> tuple[float, ...]:
    """The values of constants that are ignored. TypeError for what is no list of numbers, ValueError for what is not
    finite.

    >>> taken_constants([1e-7, np.finfo(float).eps])
    (1e-07, 2.220446049250313e-16)
    >>> taken_constants(1e-7)
    Traceback (most recent call last):
        ...
    TypeError: ignore_constants must be a list of numbers, found a float (1e-07); write ignore_constants=[1e-7], the values of literals in f
    """
    if not isinstance(values, list | tuple | set | frozenset | np.ndarray):
        raise TypeError(f"ignore_constants must be a list of numbers, found {of_what(values)}; {CONSTANTS_FORM}")
    found: list[float] = []
    for value in np.asarray(values).reshape(-1).tolist() if isinstance(values, np.ndarray) else values:
        if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
            raise TypeError(f"ignore_constants must be a list of numbers, found {of_what(value)} in it; {CONSTANTS_FORM}")
        if not np.isfinite(value):
            raise ValueError(f"ignore_constants must be finite numbers, found {float(value)}; {CONSTANTS_FORM}")
        found.append(float(value))
    return tuple(found)


def must_be_required(require: Any) -> None:
    """ValueError for anything but "certified" and None."""
    if require is not None and not (isinstance(require, str) and require == CERTIFIED):
        raise ValueError(f"require must be {CERTIFIED!r} or None, found {of_what(require)}")
