"""The rules of the functions that NumPy has as ufuncs, entry by entry; those of `scipy.special` are in `special.py`.

Functions that take a decision (maximum, floor, …) are in `kinks.py`; they have no rule. Values and partials are called
with flint's precision set.

>>> from backproof.verify.numbers.ball_arrays import precision
>>> known = {rule.name: rule for rule in ROWS}
>>> with precision(100):
...     v = known["tanh"].value(arb(1))
...     slope = known["tanh"].partials(v, arb(1))[0]
>>> float(slope.mid()), slope.rad() < 1e-28
(0.4199743416140261, True)
>>> known["log"].value(arb(-1)).is_finite()
False
>>> known["maximum"]
Traceback (most recent call last):
    ...
KeyError: 'maximum'
"""

from __future__ import annotations

from dataclasses import replace

from backproof.verify.lift.tape.rule import (
    ADDED,
    DIVIDED,
    EXACT,
    HALF,
    INFINITY,
    MINUS,
    MULTIPLIED,
    NAN,
    OF_LIBRARY,
    ONE,
    SPECIAL,
    TWO,
    ZERO,
    Roundings,
    Rule,
    rule,
    unary,
)
from backproof.verify.numbers.ball_arrays import Ball, arb

LARGEST_EXPONENT = 2**20  # chosen: up to it xⁿ is a product and exact where x is; beyond it is e^(n·log x)
LARGEST_RADIUS = 2.0**-80  # chosen: of a ball around 0 whose root is a ball too; far above 2⁻²⁰⁰, and no float shows it


# arithmetic


def _divide(x: Ball, y: Ball) -> Ball:
    if y.is_zero() and (x > 0 or x < 0):
        return INFINITY if x > 0 else -INFINITY
    return x / y


# powers and roots


def _power(x: Ball, y: Ball) -> Ball:
    """x**y, also for a negative x with a whole y, and 0**y."""
    whole = y.unique_fmpz() if y.is_exact() and y.is_finite() else None
    if whole is not None and abs(whole) < LARGEST_EXPONENT:
        if whole < 0 and x.is_zero():
            return INFINITY
        return _multiplied(x, int(whole)) if x.mid().is_zero() else x ** int(whole)
    if x.is_zero():
        return ZERO if y > 0 else NAN
    if y == 0.5:
        return _square_root(x)
    if _around_zero(x) and y > 0:
        return arb(0, (x.abs_upper().log() * y).exp().abs_upper())
    return (x.log() * y).exp()


def _multiplied(x: Ball, n: int) -> Ball:
    """xⁿ by products: flint's own power is nan of a ball whose middle is zero."""
    result, square, left = ONE, x, abs(n)
    while left:
        if left & 1:
            result = result * square
        square, left = square * square, left >> 1
    return result if n >= 0 else 1 / result


def _power_by_base(x: Ball, y: Ball) -> Ball:
    if y.is_zero():
        return ZERO
    if x.is_zero() and not y > 1:
        return ONE if y == 1 else NAN
    return y * _power(x, y - 1)


def _power_by_exponent(v: Ball, x: Ball, y: Ball) -> Ball:
    if x.is_zero():
        return ZERO if y > 0 else NAN
    return v * x.log()


def _cube_root(x: Ball) -> Ball:
    """The real cube root, of negative numbers too."""
    if x.is_zero():
        return ZERO
    if x.contains(0):
        return arb(0, x.abs_upper().root(3))
    return -((-x).root(3)) if x < 0 else x.root(3)


def _square_root(x: Ball) -> Ball:
    """√x; of a ball around 0, which a sum of squares may give, an interval around 0."""
    return arb(0, x.abs_upper().sqrt()) if _around_zero(x) else x.sqrt()


def _around_zero(x: Ball) -> bool:
    """Whether a ball is what a cancellation leaves of 0, not where a root ends."""
    return not x.is_exact() and x.contains(0) and x.rad() <= LARGEST_RADIUS


def _log(x: Ball) -> Ball:
    return -INFINITY if x.is_zero() else x.log()


# exponentials and logarithms


def _exp2(x: Ball) -> Ball:
    whole = x.unique_fmpz() if x.is_exact() else None
    return TWO ** int(whole) if whole is not None and abs(whole) < LARGEST_EXPONENT else (x * arb.const_log2()).exp()


def _logaddexp(x: Ball, y: Ball) -> Ball:
    if x == -INFINITY or y == -INFINITY:
        return y if x == -INFINITY else x
    high, low = (x, y) if x.mid() > y.mid() else (y, x)
    return high + (low - high).exp().log1p()


def _shares(x: Ball, y: Ball) -> tuple[Ball, Ball]:
    """e^x and e^y as parts of their sum; one that is log 0 has no part."""
    if x == -INFINITY:
        return ZERO, ONE
    return (ONE, ZERO) if y == -INFINITY else (_sigmoid(x - y), _sigmoid(y - x))


def _sigmoid(x: Ball) -> Ball:
    """1 / (1 + exp(−x)), without overflow."""
    if x > 0:
        return 1 / (1 + (-x).exp())
    grown = x.exp()
    return grown / (1 + grown)


def _softplus(x: Ball) -> Ball:
    """log(1 + exp x), without overflow."""
    return x + (-x).exp().log1p() if x > 0 else x.exp().log1p()


# circular and hyperbolic functions


def _hypot(x: Ball, y: Ball) -> Ball:
    return abs(y) if x.is_zero() else abs(x) if y.is_zero() else _square_root(x * x + y * y)


def _sinc_slope(v: Ball, x: Ball) -> Ball:
    return ZERO if x.is_zero() else (x.cos_pi() - v) / x


ROWS: tuple[Rule, ...] = (
    # arithmetic
    rule("add", lambda x, y: x + y, lambda v, x, y: (ONE, ONE), ADDED),
    rule("subtract", lambda x, y: x - y, lambda v, x, y: (ONE, MINUS), ADDED),
    rule("multiply", lambda x, y: x * y, lambda v, x, y: (y, x), MULTIPLIED),
    rule("divide true_divide", _divide, lambda v, x, y: (1 / y, -v / y), DIVIDED),
    unary("negative", lambda x: -x, lambda v, x: MINUS, EXACT),
    unary("square", lambda x: x * x, lambda v, x: 2 * x, MULTIPLIED),
    unary("reciprocal", lambda x: _divide(ONE, x), lambda v, x: -v * v, DIVIDED),
    # powers and roots
    rule("power float_power pow", _power, lambda v, x, y: (_power_by_base(x, y), _power_by_exponent(v, x, y)), OF_LIBRARY),
    unary("sqrt", _square_root, lambda v, x: HALF / v, Roundings((1, 0), (2, 0), from_value=lambda v, x: abs(0.5 / v) if v else 0.0)),
    unary(
        "cbrt", _cube_root, lambda v, x: 1 / (3 * v * v), replace(OF_LIBRARY, from_value=lambda v, x: abs(2 / (3 * v * v)) if v else 0.0)
    ),
    # exponentials and logarithms
    unary("exp", lambda x: x.exp(), lambda v, x: v, replace(OF_LIBRARY, partial=(1, 0), from_value=lambda v, x: abs(v))),
    unary("exp2", _exp2, lambda v, x: v * arb.const_log2(), replace(OF_LIBRARY, partial=(3, 0), from_value=lambda v, x: abs(v))),
    unary("expm1", lambda x: x.expm1(), lambda v, x: x.exp(), OF_LIBRARY),
    unary("log", _log, lambda v, x: 1 / x, OF_LIBRARY),
    unary("log2", lambda x: _log(x) if x.is_zero() else x.log_base(2), lambda v, x: 1 / (x * arb.const_log2()), OF_LIBRARY),
    unary("log10", lambda x: _log(x) if x.is_zero() else x.log_base(10), lambda v, x: 1 / (x * arb.const_log10()), OF_LIBRARY),
    unary("log1p", lambda x: x.log1p(), lambda v, x: 1 / (1 + x), OF_LIBRARY),
    rule("logaddexp", _logaddexp, lambda v, x, y: _shares(x, y), OF_LIBRARY),
    rule(
        "logaddexp2",
        lambda x, y: _logaddexp(x * arb.const_log2(), y * arb.const_log2()) / arb.const_log2(),
        lambda v, x, y: _shares(x * arb.const_log2(), y * arb.const_log2()),
        OF_LIBRARY,
    ),
    unary("expit sigmoid", _sigmoid, lambda v, x: v * _sigmoid(-x), replace(OF_LIBRARY, from_value=lambda v, x: abs(v * (1 - v)) + v * v)),
    unary("log_expit", lambda x: -_softplus(-x), lambda v, x: _sigmoid(-x), OF_LIBRARY),
    unary("softplus", _softplus, lambda v, x: _sigmoid(x), OF_LIBRARY),
    unary("logit", lambda x: (x / (1 - x)).log(), lambda v, x: 1 / (x * (1 - x)), SPECIAL),
    # circular and hyperbolic functions
    unary("sin", lambda x: x.sin(), lambda v, x: x.cos(), OF_LIBRARY),
    unary("cos", lambda x: x.cos(), lambda v, x: -x.sin(), OF_LIBRARY),
    unary("tan", lambda x: x.tan(), lambda v, x: 1 + v * v, OF_LIBRARY),
    unary("arcsin asin", lambda x: x.asin(), lambda v, x: 1 / ((1 - x) * (1 + x)).sqrt(), OF_LIBRARY),
    unary("arccos acos", lambda x: x.acos(), lambda v, x: -1 / ((1 - x) * (1 + x)).sqrt(), OF_LIBRARY),
    unary("arctan atan", lambda x: x.atan(), lambda v, x: 1 / (1 + x * x), OF_LIBRARY),
    unary("sinh", lambda x: x.sinh(), lambda v, x: x.cosh(), OF_LIBRARY),
    unary("cosh", lambda x: x.cosh(), lambda v, x: x.sinh(), OF_LIBRARY),
    unary("tanh", lambda x: x.tanh(), lambda v, x: x.sech() ** 2, replace(OF_LIBRARY, partial=(3, 0), from_value=lambda v, x: 2 * v * v)),
    unary("arcsinh asinh", lambda x: x.asinh(), lambda v, x: 1 / (1 + x * x).sqrt(), OF_LIBRARY),
    unary("arccosh acosh", lambda x: x.acosh(), lambda v, x: 1 / ((x - 1) * (x + 1)).sqrt(), OF_LIBRARY),
    unary("arctanh atanh", lambda x: x.atanh(), lambda v, x: 1 / ((1 - x) * (1 + x)), OF_LIBRARY),
    unary("deg2rad radians", lambda x: x * arb.pi() / 180, lambda v, x: arb.pi() / 180, OF_LIBRARY),
    unary("rad2deg degrees", lambda x: x * 180 / arb.pi(), lambda v, x: 180 / arb.pi(), OF_LIBRARY),
    unary("sinc", lambda x: x.sinc_pi(), _sinc_slope, SPECIAL),
    rule("arctan2 atan2", lambda y, x: arb.atan2(y, x), lambda v, y, x: (x / (x * x + y * y), -y / (x * x + y * y)), OF_LIBRARY),
    rule("hypot", _hypot, lambda v, x, y: (x / v, y / v), OF_LIBRARY),
    unary("cosm1", lambda x: -2 * (x / 2).sin() ** 2, lambda v, x: -x.sin(), SPECIAL),
)
"""A row for each function."""
