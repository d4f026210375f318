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

from backproof.engine.callers import is_ours, is_users
from backproof.verify.gradient_oracle.given.places import Place, place_of_error
from backproof.verify.gradient_oracle.given.words import raised
from backproof.verify.lift.tape.errors import called
from backproof.verify.lift.tape.reads import NotLifted, Undecided
from backproof.verify.time_limits import OURS, PASSING


class Escaped(Exception):
    """Somebody's code raised `cause`, which is no `Exception`."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(raised(cause))
        self.cause = cause


def contained(code: Callable[..., Any], *args: Any, **options: Any) -> Any:
    """code(*args, **options); Escaped for what it raises beside exceptions, a keyboard interrupt and our own limits."""
    try:
        return code(*args, **options)
    except (Exception, KeyboardInterrupt, *OURS):
        raise
    except BaseException as error:
        raise Escaped(error) from error


def is_the_codes(error: Exception) -> bool:
    """Whether it was somebody's code that raised an error, or a library that it called: not a limit of the caller's, and
    not a line of ours, whose errors are nobody's but ours.

    >>> def caught(code):
    ...     try:
    ...         contained(code)
    ...     except Exception as error:
    ...         return is_the_codes(error)
    >>> caught(lambda: 1 / 0), caught(lambda: open("no such file"))
    (True, True)
    >>> def late():
    ...     raise TimeoutError
    >>> caught(late), is_the_codes(ValueError("made, and not raised"))
    (False, False)
    """
    if isinstance(error, PASSING):
        return False
    if isinstance(error, Escaped | NotLifted | Undecided):
        return True
    inside, step = False, error.__traceback__
    while step is not None:
        code, below = step.tb_frame.f_code, step.tb_next
        if code is called.__code__ or (inside and is_users(code.co_filename)):
            return True
        if code is contained.__code__:
            inside = True
            if below is None or not is_ours(below.tb_frame.f_code.co_filename):
                return True
        step = below
    return False


def where_it_raised(error: BaseException) -> Place | None:
    """The innermost line of somebody's code through which an error of contained code went."""
    return place_of_error(error.cause if isinstance(error, Escaped) else error)


def what_it_raised(error: BaseException) -> str:
    """An error of contained code in words: that which escaped, if it did."""
    return raised(error.cause if isinstance(error, Escaped) else error)
