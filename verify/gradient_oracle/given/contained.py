"""`contained(code, …)`: call somebody's code so that what it raises is an `Exception`, or comes from the keyboard or
from a limit of ours.

`sys.exit()` in a backward pass, and whatever else is no `Exception`, would end the process that asks, without a
verdict: it becomes `Escaped`, with the error itself as its `cause`.

>>> contained(divmod, 7, 2)
(3, 1)
>>> def leaves():
...     raise SystemExit(0)
>>> contained(leaves)  # doctest: +ELLIPSIS, +IGNORE_EXCEPTION_DETAIL
Traceback (most recent call last):
    ...
backproof.verify.gradient_oracle.given.contained.Escaped: SystemExit: 0 (...)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backproof.verify.gradient_oracle.given.words import raised
from backproof.verify.time_limits import OutOfMemory, OutOfTime, TookTooLong


class Escaped(Exception):
    """Somebody's code raised `cause`, which is no `Exception`."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(raised(cause))
        self.cause = cause


def contained(code: Callable[..., Any], *args: Any) -> Any:
    """code(*args); Escaped for what it raises beside exceptions, a keyboard interrupt and our own limits."""
    try:
        return code(*args)
    except (Exception, KeyboardInterrupt, TookTooLong, OutOfTime, OutOfMemory):
        raise
    except BaseException as error:
        raise Escaped(error) from error


def what_it_raised(error: BaseException) -> str:
    """An error of contained code in words: that which escaped, if it did."""
    return raised(error.cause if isinstance(error, Escaped) else error)
