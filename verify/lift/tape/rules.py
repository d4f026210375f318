"""The table of elementwise functions for lifting: the value in real balls, and the partial derivatives.

`RULES[name]` has the names of NumPy's and SciPy's ufuncs. Functions that take a decision (maximum, floor, …) are in `verify.lift.tape.decisions`; they have no
row here. `value` and `partials` take balls and are called with flint's precision set; a partial that is `None` has no known formula.

>>> from backproof.verify.numbers.ball_arrays import precision
>>> with precision(100):
...     v = RULES["tanh"].value(arb(1))
...     slope = RULES["tanh"].partials(v, arb(1))[0]
>>> float(slope.mid()), slope.rad() < 1e-28
(0.4199743416140261, True)
>>> RULES["jv"].partials(arb(0), arb(1), arb(2))[0] is None
True
>>> RULES["log"].value(arb(-1)).is_finite()
False
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backproof.verify.numbers.ball_arrays import Ball, arb


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A function of balls: `value(*operands)`, and `partials(result, *operands)`, one derivative for each operand."""

    name: str
    value: Callable[..., Ball]
    partials: Callable[..., tuple[Ball | None, ...]]


ONE, ZERO, HALF, TWO, MINUS = arb(1), arb(0), arb(0.5), arb(2), arb(-1)
NOTHING = 2.0**-80
NAN, INFINITY = arb(math.nan), arb(math.inf)
RULES: dict[str, Rule] = {}


def pi() -> Ball:
    """π at the current precision."""
    return arb.pi()


def _log2() -> Ball:
    return arb.const_log2()


def _log10() -> Ball:
    return arb.const_log10()


def _rule(names: str, value: Callable[..., Ball], partials: Callable[..., Any]) -> None:
    """One row, under each of its names; `partials` of a function of one operand gives the derivative itself."""
    first = names.split()[0]
    row = Rule(first, value, partials)
    RULES.update(dict.fromkeys(names.split(), row))


def _unary(names: str, value: Callable[..., Ball], slope: Callable[[Ball, Ball], Ball]) -> None:
    _rule(names, value, lambda v, x: (slope(v, x),))


# arithmetic


def _divide(x: Ball, y: Ball) -> Ball:
    if y.is_zero() and (x > 0 or x < 0):
        return INFINITY if x > 0 else -INFINITY
    return x / y


_rule("add", lambda x, y: x + y, lambda v, x, y: (ONE, ONE))
_rule("subtract", lambda x, y: x - y, lambda v, x, y: (ONE, MINUS))
_rule("multiply", lambda x, y: x * y, lambda v, x, y: (y, x))
_rule("divide true_divide", _divide, lambda v, x, y: (1 / y, -v / y))
_unary("negative", lambda x: -x, lambda v, x: MINUS)
_unary("square", lambda x: x * x, lambda v, x: 2 * x)
_unary("reciprocal", lambda x: _divide(ONE, x), lambda v, x: -v * v)


# powers and roots


def power(x: Ball, y: Ball) -> Ball:
    """x**y, also for a negative x with a whole y, and 0**y."""
    whole = y.unique_fmpz() if y.is_exact() and y.is_finite() else None
    if whole is not None and abs(whole) < 2**20:
        return x ** int(whole) if whole >= 0 or not x.is_zero() else INFINITY
    if x.is_zero():
        return ZERO if y > 0 else NAN
    if y == 0.5:
        return x.sqrt()
    return (x.log() * y).exp()


def _power_by_base(x: Ball, y: Ball) -> Ball:
    if y.is_zero():
        return ZERO
    if x.is_zero() and not y > 1:
        return ONE if y == 1 else NAN
    return y * power(x, y - 1)


def _power_by_exponent(v: Ball, x: Ball, y: Ball) -> Ball:
    if x.is_zero():
        return ZERO if y > 0 else NAN
    return v * x.log()


def cube_root(x: Ball) -> Ball:
    """The real cube root, of negative numbers too."""
    if x.is_zero():
        return ZERO
    return -((-x).root(3)) if x < 0 else x.root(3)


_rule("power float_power pow", power, lambda v, x, y: (_power_by_base(x, y), _power_by_exponent(v, x, y)))


def _square_root(x: Ball) -> Ball:
    """√x; of a ball around 0, which a sum of squares may give, an interval around 0."""
    if x.is_exact() or not x.contains(0) or x.rad() > NOTHING:
        return x.sqrt()
    return arb(0, x.abs_upper().sqrt())


_unary("sqrt", _square_root, lambda v, x: HALF / v)
_unary("cbrt", cube_root, lambda v, x: 1 / (3 * v * v))


def _log(x: Ball) -> Ball:
    return -INFINITY if x.is_zero() else x.log()


# exponentials and logarithms


def _exp2(x: Ball) -> Ball:
    whole = x.unique_fmpz() if x.is_exact() else None
    return TWO ** int(whole) if whole is not None and abs(whole) < 2**20 else (x * _log2()).exp()


def _logaddexp(x: Ball, y: Ball) -> Ball:
    if x == -INFINITY or y == -INFINITY:
        return y if x == -INFINITY else x
    high, low = (x, y) if x.mid() > y.mid() else (y, x)
    return high + (low - high).exp().log1p()


def _shares(x: Ball, y: Ball) -> tuple[Ball, Ball]:
    """e^x and e^y as parts of their sum; one that is log 0 has no part."""
    if x == -INFINITY:
        return ZERO, ONE
    return (ONE, ZERO) if y == -INFINITY else (sigmoid(x - y), sigmoid(y - x))


def sigmoid(x: Ball) -> Ball:
    """1 / (1 + exp(−x)), without overflow."""
    if x > 0:
        return 1 / (1 + (-x).exp())
    grown = x.exp()
    return grown / (1 + grown)


def softplus(x: Ball) -> Ball:
    """log(1 + exp x), without overflow."""
    return x + (-x).exp().log1p() if x > 0 else x.exp().log1p()


_unary("exp", lambda x: x.exp(), lambda v, x: v)
_unary("exp2", _exp2, lambda v, x: v * _log2())
_unary("expm1", lambda x: x.expm1(), lambda v, x: x.exp())
_unary("log", _log, lambda v, x: 1 / x)
_unary("log2", lambda x: _log(x) if x.is_zero() else x.log_base(2), lambda v, x: 1 / (x * _log2()))
_unary("log10", lambda x: _log(x) if x.is_zero() else x.log_base(10), lambda v, x: 1 / (x * _log10()))
_unary("log1p", lambda x: x.log1p(), lambda v, x: 1 / (1 + x))
_rule("logaddexp", _logaddexp, lambda v, x, y: _shares(x, y))
_rule(
    "logaddexp2",
    lambda x, y: _logaddexp(x * _log2(), y * _log2()) / _log2(),
    lambda v, x, y: _shares(x * _log2(), y * _log2()),
)
_unary("expit sigmoid", sigmoid, lambda v, x: v * sigmoid(-x))
_unary("log_expit", lambda x: -softplus(-x), lambda v, x: sigmoid(-x))
_unary("softplus", softplus, lambda v, x: sigmoid(x))
_unary("logit", lambda x: (x / (1 - x)).log(), lambda v, x: 1 / (x * (1 - x)))


# circular and hyperbolic functions


def _arctan2(y: Ball, x: Ball) -> Ball:
    return arb.atan2(y, x)


def _hypot(x: Ball, y: Ball) -> Ball:
    return abs(y) if x.is_zero() else abs(x) if y.is_zero() else (x * x + y * y).sqrt()


def _sinc_slope(v: Ball, x: Ball) -> Ball:
    return ZERO if x.is_zero() else (x.cos_pi() - v) / x


def _versine_slope(v: Ball, x: Ball) -> Ball:
    return -x.sin()


_unary("sin", lambda x: x.sin(), lambda v, x: x.cos())
_unary("cos", lambda x: x.cos(), lambda v, x: -x.sin())
_unary("tan", lambda x: x.tan(), lambda v, x: 1 + v * v)
_unary("arcsin asin", lambda x: x.asin(), lambda v, x: 1 / ((1 - x) * (1 + x)).sqrt())
_unary("arccos acos", lambda x: x.acos(), lambda v, x: -1 / ((1 - x) * (1 + x)).sqrt())
_unary("arctan atan", lambda x: x.atan(), lambda v, x: 1 / (1 + x * x))
_unary("sinh", lambda x: x.sinh(), lambda v, x: x.cosh())
_unary("cosh", lambda x: x.cosh(), lambda v, x: x.sinh())
_unary("tanh", lambda x: x.tanh(), lambda v, x: x.sech() ** 2)
_unary("arcsinh asinh", lambda x: x.asinh(), lambda v, x: 1 / (1 + x * x).sqrt())
_unary("arccosh acosh", lambda x: x.acosh(), lambda v, x: 1 / ((x - 1) * (x + 1)).sqrt())
_unary("arctanh atanh", lambda x: x.atanh(), lambda v, x: 1 / ((1 - x) * (1 + x)))
_unary("deg2rad radians", lambda x: x * pi() / 180, lambda v, x: pi() / 180)
_unary("rad2deg degrees", lambda x: x * 180 / pi(), lambda v, x: 180 / pi())
_unary("sinc", lambda x: x.sinc_pi(), _sinc_slope)
_rule("arctan2 atan2", _arctan2, lambda v, y, x: (x / (x * x + y * y), -y / (x * x + y * y)))
_rule("hypot", _hypot, lambda v, x, y: (x / v, y / v))
_unary("cosm1", lambda x: -2 * (x / 2).sin() ** 2, _versine_slope)
