"""The rules of the functions of `scipy.special`. A rule for one more function is one row of `ROWS`.

>>> from backproof.verify.numbers.ball_arrays import precision
>>> known = {rule.name: rule for rule in ROWS}
>>> known["erf"].value(arb(0))
0
>>> with precision(100):
...     float(known["erf"].partials(arb(0), arb(0))[0].mid())
1.1283791670955126
>>> known["jv"].not_by, known["jv"].partials(arb(0), arb(1), arb(2))[0] is None
((0,), True)
>>> known["eigenvalue"]
Traceback (most recent call last):
    ...
KeyError: 'eigenvalue'
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from backproof.verify.lift.tape.rule import HALF, NAN, ONE, SPECIAL, TWO, ZERO, Rule, rule, unary
from backproof.verify.numbers.ball_arrays import Ball, arb

MOST_STEPS = 1000  # chosen: so far left of 0 the recurrence of ψ⁽ⁿ⁾ is followed; beyond there is no value


# the error function and the normal distribution


def _bell(x: Ball) -> Ball:
    """2/√π · exp(−x²), the slope of erf."""
    return 2 * (-x * x).exp() / arb.pi().sqrt()


def _density(x: Ball) -> Ball:
    return (-x * x / 2).exp() / (2 * arb.pi()).sqrt()


def _ndtr(x: Ball) -> Ball:
    return (-x / TWO.sqrt()).erfc() / 2


# gamma functions


def _log_gamma(x: Ball) -> Ball:
    return x.lgamma() if x > 0 else abs(x.gamma()).log()


def polygamma(n: int, x: Ball) -> Ball:
    """ψ⁽ⁿ⁾(x) for x > 0: (−1)ⁿ⁺¹ n! ζ(n + 1, x); elsewhere by ψ⁽ⁿ⁾(x) = ψ⁽ⁿ⁾(x + 1) − (−1)ⁿ n! / xⁿ⁺¹."""
    if n == 0:
        return x.digamma()
    signed = arb(n).fac() * (1 if n % 2 else -1)
    total, steps = ZERO, 0
    while not x > 0:
        steps += 1
        if steps > MOST_STEPS or not x.is_finite():
            return NAN
        total, x = total + signed / x ** (n + 1), x + 1
    return total + signed * arb(n + 1).zeta(x)


def _digamma_difference(x: Ball, y: Ball) -> Ball:
    return x.digamma() - y.digamma()


def _log_beta(a: Ball, b: Ball) -> Ball:
    return _log_gamma(a) + _log_gamma(b) - _log_gamma(a + b)


def _beta(a: Ball, b: Ball) -> Ball:
    return a.gamma() * b.gamma() * (a + b).rgamma()


def _gamma_density(a: Ball, x: Ball) -> Ball:
    return x ** (a - 1) * (-x).exp() * a.rgamma()


def _beta_density(a: Ball, b: Ball, x: Ball) -> Ball:
    return x ** (a - 1) * (1 - x) ** (b - 1) / _beta(a, b)


# x log x and its relatives


def _xlogy(x: Ball, y: Ball) -> Ball:
    return ZERO if x.is_zero() and not y.is_nan() else x * y.log()


def _xlogy_by_y(x: Ball, y: Ball) -> Ball:
    return ZERO if x.is_zero() and not y.is_nan() else x / y


# Bessel functions and integrals


def _bessel(kind: str, names: str) -> tuple[Rule, Rule, Rule]:
    """J, Y, I or K of any order, of order 0 and of order 1."""

    def value(n: Ball, x: Ball) -> Ball:
        return {"j": x.bessel_j, "y": x.bessel_y, "i": x.bessel_i, "k": x.bessel_k}[kind](n)

    def slope(v: Ball, n: Ball, x: Ball) -> Ball:
        """The derivative by x."""
        if n.is_zero():
            return value(ONE, x) if kind == "i" else -value(ONE, x)
        below, above = value(n - 1, x), value(n + 1, x)
        return {"j": (below - above) / 2, "y": (below - above) / 2, "i": (below + above) / 2, "k": -(below + above) / 2}[kind]

    return (
        rule(names, value, lambda v, n, x: (None, slope(v, n, x)), SPECIAL, not_by=(0,)),
        unary(f"{kind}0", lambda x: value(ZERO, x), lambda v, x: slope(v, ZERO, x), SPECIAL),
        unary(f"{kind}1", lambda x: value(ONE, x), lambda v, x: slope(v, ONE, x), SPECIAL),
    )


def _scaled(order: Ball) -> Callable[[Ball], Ball]:
    return lambda x: x.bessel_i(order) * (-abs(x)).exp()


def _i0e_slope(v: Ball, x: Ball) -> Ball:
    if x.is_zero():
        return NAN
    return _scaled(ONE)(x) - v * x.sgn()


def _i1e_slope(v: Ball, x: Ball) -> Ball:
    if x.is_zero():
        return HALF
    return _scaled(ZERO)(x) - v / x - v * x.sgn()


def _relative_exponential_slope(v: Ball, x: Ball) -> Ball:
    return HALF if x.is_zero() else (x.exp() - v) / x


def _dilogarithm_slope(v: Ball, z: Ball) -> Ball:
    """spence(z) = Li₂(1 − z), of slope log z / (1 − z)."""
    return arb(-1) if z == 1 else z.log() / (1 - z)


# Box–Cox, Huber


def _boxcox(x: Ball, a: Ball) -> Ball:
    return x.log() if a.is_zero() else (a * x.log()).expm1() / a


def _boxcox_by_a(v: Ball, x: Ball, a: Ball) -> Ball:
    return x.log() ** 2 / 2 if a.is_zero() else ((a * x.log()).exp() * x.log() - v) / a


def _inverse_boxcox(y: Ball, a: Ball) -> Ball:
    return y.exp() if a.is_zero() else ((a * y).log1p() / a).exp()


def _pseudo_huber_root(d: Ball, r: Ball) -> Ball:
    return (1 + (r / d) ** 2).sqrt()


ROWS: tuple[Rule, ...] = (
    # the error function and the normal distribution
    unary("erf", lambda x: x.erf(), lambda v, x: _bell(x), SPECIAL),
    unary("erfc", lambda x: x.erfc(), lambda v, x: -_bell(x), SPECIAL),
    unary(
        "erfcx",
        lambda x: (x * x).exp() * x.erfc(),
        lambda v, x: 2 * x * v - 2 / arb.pi().sqrt(),
        replace(SPECIAL, from_value=lambda v, x: abs(2 * x * v)),
    ),
    unary("erfi", lambda x: x.erfi(), lambda v, x: 2 * (x * x).exp() / arb.pi().sqrt(), SPECIAL),
    unary("erfinv", lambda x: x.erfinv(), lambda v, x: arb.pi().sqrt() / 2 * (v * v).exp(), SPECIAL),
    unary("erfcinv", lambda x: x.erfcinv(), lambda v, x: -arb.pi().sqrt() / 2 * (v * v).exp(), SPECIAL),
    unary("ndtr", _ndtr, lambda v, x: _density(x), SPECIAL),
    unary("log_ndtr", lambda x: _ndtr(x).log(), lambda v, x: _density(x) / _ndtr(x), SPECIAL),
    unary("ndtri", lambda p: -TWO.sqrt() * (2 * p).erfcinv(), lambda v, p: 1 / _density(v), SPECIAL),
    # gamma functions
    unary("gammaln loggamma lgamma", _log_gamma, lambda v, x: x.digamma(), SPECIAL),
    unary("gamma", lambda x: x.gamma(), lambda v, x: v * x.digamma(), SPECIAL),
    unary("rgamma", lambda x: x.rgamma(), lambda v, x: -v * x.digamma(), SPECIAL),
    unary("psi digamma", lambda x: x.digamma(), lambda v, x: polygamma(1, x), SPECIAL),
    rule("betaln", _log_beta, lambda v, a, b: (_digamma_difference(a, a + b), _digamma_difference(b, a + b)), SPECIAL),
    rule("beta", _beta, lambda v, a, b: (v * _digamma_difference(a, a + b), v * _digamma_difference(b, a + b)), SPECIAL),
    rule("gammainc", lambda a, x: x.gamma_lower(a, 1), lambda v, a, x: (None, _gamma_density(a, x)), SPECIAL, not_by=(0,)),
    rule("gammaincc", lambda a, x: x.gamma_upper(a, 1), lambda v, a, x: (None, -_gamma_density(a, x)), SPECIAL, not_by=(0,)),
    rule("betainc", lambda a, b, x: x.beta_lower(a, b, 1), lambda v, a, b, x: (None, None, _beta_density(a, b, x)), SPECIAL, not_by=(0, 1)),
    # x log x and its relatives
    rule("xlogy", _xlogy, lambda v, x, y: (y.log(), _xlogy_by_y(x, y)), SPECIAL),
    rule(
        "xlog1py",
        lambda x, y: _xlogy(x, 1 + y) if x.is_zero() else x * y.log1p(),
        lambda v, x, y: (y.log1p(), _xlogy_by_y(x, 1 + y)),
        SPECIAL,
    ),
    unary("entr", lambda x: -_xlogy(x, x), lambda v, x: -x.log() - 1, SPECIAL),
    rule("rel_entr", lambda x, y: _xlogy(x, x / y), lambda v, x, y: ((x / y).log() + 1, -_xlogy_by_y(x, y)), SPECIAL),
    rule("kl_div", lambda x, y: _xlogy(x, x / y) - x + y, lambda v, x, y: ((x / y).log(), 1 - _xlogy_by_y(x, y)), SPECIAL),
    # Bessel functions and integrals
    *_bessel("j", "jv jn"),
    *_bessel("y", "yv yn"),
    *_bessel("i", "iv"),
    *_bessel("k", "kv kn"),
    unary("i0e", _scaled(ZERO), _i0e_slope, replace(SPECIAL, from_value=lambda v, x: abs(v))),
    unary("i1e", _scaled(ONE), _i1e_slope, replace(SPECIAL, from_value=lambda v, x: abs(v) + (abs(v / x) if x else 0.0))),
    unary("expi", lambda x: x.ei(), lambda v, x: x.exp() / x, SPECIAL),
    unary("exp1", lambda x: x.expint(ONE), lambda v, x: -(-x).exp() / x, SPECIAL),
    rule("expn", lambda n, x: x.expint(n), lambda v, n, x: (None, -x.expint(n - 1)), SPECIAL, not_by=(0,)),
    unary("exprel", lambda x: ONE if x.is_zero() else x.expm1() / x, _relative_exponential_slope, SPECIAL),
    unary("spence", lambda z: (1 - z).polylog(TWO), _dilogarithm_slope, SPECIAL),
    unary(
        "dawsn",
        lambda x: arb.pi().sqrt() / 2 * (-x * x).exp() * x.erfi(),
        lambda v, x: 1 - 2 * x * v,
        replace(SPECIAL, from_value=lambda v, x: abs(2 * x * v)),
    ),
    # Box–Cox, Huber
    rule("boxcox", _boxcox, lambda v, x, a: ((a * x.log()).exp() / x, _boxcox_by_a(v, x, a)), SPECIAL),
    rule(
        "inv_boxcox",
        _inverse_boxcox,
        lambda v, y, a: (v / (1 + a * y), -v * y * y / 2 if a.is_zero() else v * (y / (a * (1 + a * y)) - (a * y).log1p() / a**2)),
        SPECIAL,
    ),
    rule(
        "pseudo_huber",
        lambda d, r: d * d * (_pseudo_huber_root(d, r) - 1),
        lambda v, d, r: (2 * d * (_pseudo_huber_root(d, r) - 1) - r * r / (d * _pseudo_huber_root(d, r)), r / _pseudo_huber_root(d, r)),
        SPECIAL,
    ),
)
"""A row for each function."""
