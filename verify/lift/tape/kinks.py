"""Functions with kinks or jumps on scalars: maximum, abs, floor, …; each takes its decisions with `decide`.

`DECIDING[name]` has NumPy's names of ufuncs. Of what is no number (the log of a negative one) they make no number, as
NumPy's do; `fmax`, `fmin` and `isnan` are there to leave it out.

>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100)) as tape:
...     x = tape.leaf(arb(0.5))
...     larger, whole = DECIDING["maximum"](x, 2.0), DECIDING["floor"](x)
>>> larger, whole, [(read.what, read.outcome, read.margin) for read in tape.reads]
(2.0, 0.0, [('maximum', False, -1.50000000000000), ('floor', 0, 0.500000000000000)])
>>> with running(Tape(100)) as tape:
...     DECIDING["floor"](tape.leaf(arb(1, 0.5)))
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.Undecided: floor is not decided (...
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.verify.lift.tape.arithmetic import add, divide, multiply, power, square, subtract
from backproof.verify.lift.tape.decisions import decide, record
from backproof.verify.lift.tape.reads import Undecided, place
from backproof.verify.lift.tape.rule import NAN, ONE, ZERO
from backproof.verify.lift.tape.tape import NOW, Scalar, apply, scalar
from backproof.verify.numbers.ball_arrays import Ball, arb

# maximum, absolute value and their relatives


def _no_number(*operands: Any) -> Scalar | None:
    """No number, if one of one or two operands is none: nothing is decided on it, and a choice may still leave it out."""
    if NOW.tape.undefined and any(scalar(x).value.is_nan() for x in operands):
        return apply("negative" if len(operands) == 1 else "add", *map(scalar, operands))
    return None


def maximum(x: Any, y: Any, what: str = "") -> Scalar:
    """The larger; the first at a tie."""
    x, y = scalar(x), scalar(y)
    if (undefined := _no_number(x, y)) is not None:
        return undefined
    name = what or NOW.tape.calling or "maximum"
    if (literals := NOW.tape.literals) is not None and (x.index < 0) != (y.index < 0):
        return literals.bounded(x, y, name, True, lambda: decide(x, ">=", y, name))
    return x if decide(x, ">=", y, name) else y


def minimum(x: Any, y: Any, what: str = "") -> Scalar:
    """The smaller; the first at a tie."""
    x, y = scalar(x), scalar(y)
    if (undefined := _no_number(x, y)) is not None:
        return undefined
    name = what or NOW.tape.calling or "minimum"
    if (literals := NOW.tape.literals) is not None and (x.index < 0) != (y.index < 0):
        return literals.bounded(x, y, name, False, lambda: decide(x, "<=", y, name))
    return x if decide(x, "<=", y, name) else y


def maximum_of_numbers(x: Any, y: Any) -> Scalar:
    """The larger of those that are numbers: `fmax` is there to leave out what is none."""
    x, y = scalar(x), scalar(y)
    return y if is_nan(x) else x if is_nan(y) else maximum(x, y)


def minimum_of_numbers(x: Any, y: Any) -> Scalar:
    """The smaller of those that are numbers."""
    x, y = scalar(x), scalar(y)
    return y if is_nan(x) else x if is_nan(y) else minimum(x, y)


def absolute(x: Any) -> Scalar:
    """|x|; x itself at 0."""
    x = scalar(x)
    if x.index < 0:
        return Scalar(abs(x.value))
    if (undefined := _no_number(x)) is not None:
        return undefined
    return x if decide(x, ">=", 0.0, NOW.tape.calling or "abs") else apply("negative", x)


def sign(x: Any) -> Scalar:
    """−1, 0 or 1, a constant: two decisions, of which the second is only taken where x is not positive."""
    if (undefined := _no_number(x)) is not None:
        return undefined
    if decide(x, ">", 0.0, "sign"):
        return Scalar(ONE)
    return Scalar(-ONE) if decide(x, "<", 0.0, "sign") else Scalar(ZERO)


def copysign(x: Any, y: Any) -> Scalar:
    """|x| with the sign of y."""
    size = absolute(x)
    return size if decide(y, ">=", 0.0, "copysign") else apply("negative", size)


def heaviside(x: Any, at_zero: Any) -> Scalar:
    """0, `at_zero` or 1."""
    if (undefined := _no_number(x)) is not None:
        return undefined
    if decide(x, ">", 0.0, "heaviside"):
        return Scalar(ONE)
    return Scalar(ZERO) if decide(x, "<", 0.0, "heaviside") else scalar(at_zero)


def clip(x: Any, low: Any, high: Any) -> Scalar:
    """min(max(x, low), high)."""
    result = scalar(x)
    if low is not None:
        result = maximum(result, low, "clip")
    return result if high is None else minimum(result, high, "clip")


# rounding to whole numbers


def _whole(x: Ball) -> int | None:
    found = x.unique_fmpz() if x.is_finite() else None
    return None if found is None else int(found)


def rounded(x: Any, what: str, rounding: Callable[[Ball], Ball]) -> Scalar:
    """A whole number, chosen by a step function with jumps at multiples of ½; the margin is the distance from the
    nearest jump."""
    x, tape = scalar(x), NOW.tape
    if not x.value.is_finite():
        return Scalar(x.value)
    found = _whole(rounding(x.value))
    if x.index < 0:
        return Scalar(rounding(arb(float(x.value.mid()))) if found is None else arb(found))
    if found is None:
        raise Undecided(tape.calling or what, place(), repr(x))
    twice = _whole((2 * x.value.mid() + arb(0.5)).floor()) or 0
    steps = [arb(k) / 2 for k in range(twice - 2, twice + 3)]
    sides = [(step, _whole(rounding(step - arb(0.25))), _whole(rounding(step + arb(0.25)))) for step in steps]
    jumps = [(abs(float((step - x.value).mid())), float(step), low, high) for step, low, high in sides if low != high]
    _, nearest, low, high = min(jumps)
    tie = bool(x.value.is_exact() and x.value == nearest)
    if len(tape.reads) in tape.flips:
        found = (low if found == high else high) or 0
    record(tape.calling or what, found, x, Scalar(arb(nearest)), tie)
    return Scalar(arb(found))


def _truncate(x: Ball) -> Ball:
    return x.ceil() if x < 0 else x.floor() if x >= 0 else NAN


def _to_even(x: Ball) -> Ball:
    up = (x + arb(0.5)).floor()
    halfway = x.is_exact() and up - x == 0.5
    return up - 1 if halfway and int(up.unique_fmpz()) % 2 else up


def floor(x: Any) -> Scalar:
    """⌊x⌋."""
    return rounded(x, "floor", lambda ball: ball.floor())


def ceil(x: Any) -> Scalar:
    """⌈x⌉."""
    return rounded(x, "ceil", lambda ball: ball.ceil())


def truncate(x: Any, what: str = "trunc") -> Scalar:
    """Towards zero."""
    return rounded(x, what, _truncate)


def round_to_even(x: Any, digits: Any = 0) -> Scalar:
    """To the nearest whole number, or to so many decimal digits; halves to even."""
    if not digits:
        return rounded(x, "round", _to_even)
    scale = 10 ** int(digits) if digits > 0 else 1 / arb(10 ** -int(digits))
    return divide(rounded(multiply(x, Scalar(arb(scale))), "round", _to_even), Scalar(arb(scale)))


def remainder(x: Any, y: Any) -> Scalar:
    """x − y ⌊x/y⌋."""
    return subtract(x, multiply(y, rounded(divide(x, y), "mod", lambda ball: ball.floor())))


def floor_divide(x: Any, y: Any) -> Scalar:
    """⌊x/y⌋."""
    return rounded(divide(x, y), "floor_divide", lambda ball: ball.floor())


def fmod(x: Any, y: Any) -> Scalar:
    """x − y trunc(x/y)."""
    return subtract(x, multiply(y, rounded(divide(x, y), "fmod", _truncate)))


def divmod_(x: Any, y: Any) -> tuple[Scalar, Scalar]:
    """⌊x/y⌋ and the remainder."""
    whole = rounded(divide(x, y), "divmod", lambda ball: ball.floor())
    return whole, subtract(x, multiply(y, whole))


def modf(x: Any) -> tuple[Scalar, Scalar]:
    """The part behind the point, and the whole part."""
    whole = truncate(x, "modf")
    return subtract(x, whole), whole


# functions with a branch cut, piecewise functions, and questions about finiteness


def arctan2(y: Any, x: Any) -> Scalar:
    """The angle of (x, y), which jumps where y passes 0 at a negative x."""
    y, x = scalar(y), scalar(x)
    if (undefined := _no_number(y, x)) is not None:
        return undefined
    if x.value < 0:
        upper = decide(y, ">=", 0.0, "arctan2")
        if y.value.is_zero() and not upper:
            return subtract(apply("arctan2", y, x), Scalar(2 * arb.pi()))
    return apply("arctan2", y, x)


def huber(delta: Any, r: Any) -> Scalar:
    """r²/2 up to |r| = delta, then delta (|r| − delta/2)."""
    delta, size = scalar(delta), absolute(r)
    if (undefined := _no_number(delta, size)) is not None:
        return undefined
    if decide(size, "<=", delta, "huber"):
        return multiply(0.5, multiply(r, r))
    return multiply(delta, subtract(size, multiply(0.5, delta)))


def is_nan(x: Any) -> bool:
    """Whether it is no number at all."""
    return bool(scalar(x).value.is_nan())


def is_infinite(x: Any) -> bool:
    """Whether it is ±∞."""
    value = scalar(x).value
    return not value.is_finite() and not value.is_nan()


def is_finite_number(x: Any) -> bool:
    """Whether it is a real number."""
    return bool(scalar(x).value.is_finite())


def ldexp(x: Any, k: Any) -> Scalar:
    """x · 2ᵏ with a whole k."""
    return multiply(x, Scalar(arb(2) ** int(k)))


def comparing(relation: str) -> Callable[[Any, Any], Any]:
    """A comparison that gives NumPy's truth values, for which ~ is `not`."""
    return lambda x, y: np.bool_(decide(x, relation, y))


DECIDING: dict[str, Callable[..., Any]] = {
    "add": add,
    "subtract": subtract,
    "multiply": multiply,
    "divide": divide,
    "true_divide": divide,
    "power": power,
    "square": square,
    "float_power": power,
    "maximum": maximum,
    "minimum": minimum,
    "fmax": maximum_of_numbers,
    "fmin": minimum_of_numbers,
    "absolute": absolute,
    "fabs": absolute,
    "sign": sign,
    "copysign": copysign,
    "heaviside": heaviside,
    "clip": clip,
    "floor": floor,
    "ceil": ceil,
    "trunc": truncate,
    "rint": round_to_even,
    "remainder": remainder,
    "floor_divide": floor_divide,
    "fmod": fmod,
    "divmod": divmod_,
    "modf": modf,
    "arctan2": arctan2,
    "huber": huber,
    "ldexp": ldexp,
    "isnan": is_nan,
    "isinf": is_infinite,
    "isfinite": is_finite_number,
    "signbit": lambda x: decide(x, "<", 0.0, "signbit"),
    "conjugate": scalar,
    "positive": scalar,
    "greater": comparing(">"),
    "greater_equal": comparing(">="),
    "less": comparing("<"),
    "less_equal": comparing("<="),
    "equal": comparing("=="),
    "not_equal": comparing("!="),
}
