"""Where a forward stops by itself: `tolerance_of(run)`, the largest tolerance among the solvers that it calls.

A root finder, an integrator, an iteration returns what is right up to a tolerance, and its errors may be as smooth as
the function itself: no difference tells them from the function. The tolerance is read where it is said: parameters of
functions of SciPy's `integrate`, `optimize` and `sparse.linalg`, and of the user's own, which are called so; and a
constant that a loop of the user's compares with.

>>> from scipy.optimize import brentq
>>> tolerance_of(lambda: brentq(lambda y: y**3 + y - 1, -5, 5))
Tolerance(size=2e-12, name='xtol of brentq')
>>> def newton(c, tol=1e-9):
...     x = c
...     while abs(x * x - c) > tol:
...         x = (x + c / x) / 2
...     return x
>>> tolerance_of(lambda: newton(2.0))
Tolerance(size=1e-09, name='tol of newton')
>>> tolerance_of(lambda: np.allclose(1.0, 1.0 + 1e-7)) is None
True
>>> tolerance_of(lambda: 1 / 0)
Traceback (most recent call last):
    ...
ZeroDivisionError: division by zero
"""

from __future__ import annotations

import dis
import sys
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from types import CodeType, FrameType
from typing import Any, NamedTuple

import numpy as np

from backproof.engine.callers import is_users

SOLVERS = ("scipy.integrate", "scipy.optimize", "scipy.sparse.linalg")
NAMES = ("tol", "rtol", "atol", "xtol", "ftol", "gtol", "xatol", "fatol", "tolerance", "epsabs", "epsrel")
LARGEST = 1e-2  # chosen: of solvers; what stops earlier has no digits
LARGEST_OF_USERS = 1e-5  # chosen: what the user's own code compares with may be another threshold, if it is larger
SMALLEST = 1e-15  # chosen: below that it is rounding
UNSAID = {"odeint": 1.49012e-8}
"""Where None stands for the tolerance of the compiled code."""


class Tolerance(NamedTuple):
    """A tolerance, and in words whose it is."""

    size: float
    name: str


def tolerance_of(run: Callable[[], Any]) -> Tolerance | None:
    """The largest tolerance that is met while something runs; None if there is none."""
    found: list[Tolerance] = []

    def met(frame: FrameType, event: str, _arg: Any) -> None:
        if event == "call":
            found.extend(_of_frame(frame))

    before = sys.getprofile()
    sys.setprofile(met)
    try:
        run()
    finally:
        sys.setprofile(before)
    return max(found, default=None)


def _of_frame(frame: FrameType) -> list[Tolerance]:
    """The tolerances that a function which is just called says."""
    code, solver = frame.f_code, _is_a_solvers(frame)
    if not (solver or is_users(code.co_filename)):
        return []
    said = [(size, name) for name, size in frame.f_locals.items() if name in _parameters(code) and isinstance(size, float | np.floating)]
    while solver and (caller := frame.f_back) is not None and _is_a_solvers(caller):
        frame = caller
    whose, largest = frame.f_code.co_name, LARGEST if solver else LARGEST_OF_USERS
    said += [(size, "the end of a loop") for size in (() if solver else _ends(code))]
    said += [(UNSAID[whose], "the accuracy")] if solver and whose in UNSAID else []
    return [Tolerance(float(size), f"{what} of {whose}") for size, what in said if SMALLEST < size <= largest]


def _is_a_solvers(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).startswith(SOLVERS)


def _parameters(code: CodeType) -> set[str]:
    """Which parameters are tolerances."""
    return {name for name in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount] if name in NAMES}


@cache
def _ends(code: CodeType) -> tuple[float, ...]:
    """The small constants that a function with a loop compares with."""
    steps = list(dis.get_instructions(code))
    if not any("JUMP_BACKWARD" in step.opname or step.opname == "FOR_ITER" for step in steps):
        return ()
    compared = [one for one, two in pairwise(steps) if one.opname == "LOAD_CONST" and two.opname == "COMPARE_OP"]
    return tuple(step.argval for step in compared if isinstance(step.argval, float))
