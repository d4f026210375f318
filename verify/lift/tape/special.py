"""The rows of `lifted_rules.RULES` for the functions of `scipy.special`. Importing this module adds them.

>>> RULES["erf"].value(arb(0))
0
>>> with precision(100):
...     float(RULES["erf"].partials(arb(0), arb(0))[0].mid())
1.1283791670955126
>>> RULES["eigenvalue"]
Traceback (most recent call last):
    ...
KeyError: 'eigenvalue'
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backproof.verify.lift.tape.rules import HALF, NAN, ONE, RULES, TWO, ZERO, Rule, pi
from backproof.verify.numbers.ball_arrays import Ball, arb, precision

__all__ = ["RULES", "polygamma", "precision"]


def _rule(names: str, value: Callable[..., Ball], partials: Callable[..., Any]) -> None:
    row = Rule(names.split()[0], value, partials)
    RULES.update(dict.fromkeys(names.split(), row))


def _unary(names: str, value: Callable[..., Ball], slope: Callable[[Ball, Ball], Ball]) -> None:
    _rule(names, value, lambda v, x: (slope(v, x),))


# the error function and the normal distribution


def _bell(x: Ball) -> Ball:
    """2/√π · exp(−x²), the slope of erf."""
    return 2 * (-x * x).exp() / pi().sqrt()


def _density(x: Ball) -> Ball:
    return (-x * x / 2).exp() / (2 * pi()).sqrt()


def _ndtr(x: Ball) -> Ball:
    return (-x / TWO.sqrt()).erfc() / 2


_unary("erf", lambda x: x.erf(), lambda v, x: _bell(x))
_unary("erfc", lambda x: x.erfc(), lambda v, x: -_bell(x))
_unary("erfcx", lambda x: (x * x).exp() * x.erfc(), lambda v, x: 2 * x * v - 2 / pi().sqrt())
_unary("erfi", lambda x: x.erfi(), lambda v, x: 2 * (x * x).exp() / pi().sqrt())
_unary("erfinv", lambda x: x.erfinv(), lambda v, x: pi().sqrt() / 2 * (v * v).exp())
_unary("erfcinv", lambda x: x.erfcinv(), lambda v, x: -pi().sqrt() / 2 * (v * v).exp())
_unary("ndtr", _ndtr, lambda v, x: _density(x))
_unary("log_ndtr", lambda x: _ndtr(x).log(), lambda v, x: _density(x) / _ndtr(x))
_unary("ndtri", lambda p: -TWO.sqrt() * (2 * p).erfcinv(), lambda v, p: 1 / _density(v))


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
        if steps > 1000 or not x.is_finite():
            return NAN
        total, x = total + signed / x ** (n + 1), x + 1
    return total + signed * arb(n + 1).zeta(x)


def _digamma_difference(x: Ball, y: Ball) -> Ball:
    return x.digamma() - y.digamma()


def _log_beta(a: Ball, b: Ball) -> Ball:
    return _log_gamma(a) + _log_gamma(b) - _log_gamma(a + b)


def _beta(a: Ball, b: Ball) -> Ball:
    return a.gamma() * b.gamma() * (a + b).rgamma()


_unary("gammaln loggamma lgamma", _log_gamma, lambda v, x: x.digamma())
_unary("gamma", lambda x: x.gamma(), lambda v, x: v * x.digamma())
_unary("rgamma", lambda x: x.rgamma(), lambda v, x: -v * x.digamma())
_unary("psi digamma", lambda x: x.digamma(), lambda v, x: polygamma(1, x))
_rule("betaln", _log_beta, lambda v, a, b: (_digamma_difference(a, a + b), _digamma_difference(b, a + b)))
_rule("beta", _beta, lambda v, a, b: (v * _digamma_difference(a, a + b), v * _digamma_difference(b, a + b)))
_rule("gammainc", lambda a, x: x.gamma_lower(a, 1), lambda v, a, x: (None, _gamma_density(a, x)))
_rule("gammaincc", lambda a, x: x.gamma_upper(a, 1), lambda v, a, x: (None, -_gamma_density(a, x)))
_rule("betainc", lambda a, b, x: x.beta_lower(a, b, 1), lambda v, a, b, x: (None, None, _beta_density(a, b, x)))


def _gamma_density(a: Ball, x: Ball) -> Ball:
    return x ** (a - 1) * (-x).exp() * a.rgamma()


def _beta_density(a: Ball, b: Ball, x: Ball) -> Ball:
    return x ** (a - 1) * (1 - x) ** (b - 1) / _beta(a, b)


# x log x and its relatives


def _xlogy(x: Ball, y: Ball) -> Ball:
    return ZERO if x.is_zero() and not y.is_nan() else x * y.log()


def _xlogy_by_y(x: Ball, y: Ball) -> Ball:
    return ZERO if x.is_zero() and not y.is_nan() else x / y


_rule("xlogy", _xlogy, lambda v, x, y: (y.log(), _xlogy_by_y(x, y)))
_rule("xlog1py", lambda x, y: _xlogy(x, 1 + y) if x.is_zero() else x * y.log1p(), lambda v, x, y: (y.log1p(), _xlogy_by_y(x, 1 + y)))
_unary("entr", lambda x: -_xlogy(x, x), lambda v, x: -x.log() - 1)
_rule("rel_entr", lambda x, y: _xlogy(x, x / y), lambda v, x, y: ((x / y).log() + 1, -_xlogy_by_y(x, y)))
_rule("kl_div", lambda x, y: _xlogy(x, x / y) - x + y, lambda v, x, y: ((x / y).log(), 1 - _xlogy_by_y(x, y)))


# Bessel functions and integrals


def _bessel_slope(kind: str) -> Callable[[Ball, Ball, Ball], Ball]:
    """The derivative by x of J, Y, I or K of order n."""

    def of(n: Ball, x: Ball) -> Ball:
        return {"j": x.bessel_j, "y": x.bessel_y, "i": x.bessel_i, "k": x.bessel_k}[kind](n)

    def slope(v: Ball, n: Ball, x: Ball) -> Ball:
        if n.is_zero():
            return of(ONE, x) if kind == "i" else -of(ONE, x)
        below, above = of(n - 1, x), of(n + 1, x)
        return {"j": (below - above) / 2, "y": (below - above) / 2, "i": (below + above) / 2, "k": -(below + above) / 2}[kind]

    return slope


def _bessel(kind: str) -> None:
    slope = _bessel_slope(kind)

    def value(n: Ball, x: Ball) -> Ball:
        return {"j": x.bessel_j, "y": x.bessel_y, "i": x.bessel_i, "k": x.bessel_k}[kind](n)

    _rule(f"{kind}v", value, lambda v, n, x: (None, slope(v, n, x)))
    for order in (0, 1):
        n = arb(order)
        _unary(f"{kind}{order}", lambda x, n=n: value(n, x), lambda v, x, n=n: slope(v, n, x))


for _kind in "jyik":
    _bessel(_kind)
RULES["jn"], RULES["kn"], RULES["yn"] = RULES["jv"], RULES["kv"], RULES["yv"]


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


_unary("i0e", _scaled(ZERO), _i0e_slope)
_unary("i1e", _scaled(ONE), _i1e_slope)
_unary("expi", lambda x: x.ei(), lambda v, x: x.exp() / x)
_unary("exp1", lambda x: x.expint(ONE), lambda v, x: -(-x).exp() / x)
_rule("expn", lambda n, x: x.expint(n), lambda v, n, x: (None, -x.expint(n - 1)))
_unary("exprel", lambda x: ONE if x.is_zero() else x.expm1() / x, _relative_exponential_slope)
_unary("spence", lambda z: (1 - z).polylog(TWO), _dilogarithm_slope)
_unary("dawsn", lambda x: pi().sqrt() / 2 * (-x * x).exp() * x.erfi(), lambda v, x: 1 - 2 * x * v)


# Box–Cox, Huber


def _boxcox(x: Ball, a: Ball) -> Ball:
    return x.log() if a.is_zero() else (a * x.log()).expm1() / a


def _boxcox_by_a(v: Ball, x: Ball, a: Ball) -> Ball:
    return x.log() ** 2 / 2 if a.is_zero() else ((a * x.log()).exp() * x.log() - v) / a


def _inverse_boxcox(y: Ball, a: Ball) -> Ball:
    return y.exp() if a.is_zero() else ((a * y).log1p() / a).exp()


def _pseudo_huber_root(d: Ball, r: Ball) -> Ball:
    return (1 + (r / d) ** 2).sqrt()


_rule("boxcox", _boxcox, lambda v, x, a: ((a * x.log()).exp() / x, _boxcox_by_a(v, x, a)))
_rule(
    "inv_boxcox",
    _inverse_boxcox,
    lambda v, y, a: (v / (1 + a * y), -v * y * y / 2 if a.is_zero() else v * (y / (a * (1 + a * y)) - (a * y).log1p() / a**2)),
)
_rule(
    "pseudo_huber",
    lambda d, r: d * d * (_pseudo_huber_root(d, r) - 1),
    lambda v, d, r: (
        2 * d * (_pseudo_huber_root(d, r) - 1) - r * r / (d * _pseudo_huber_root(d, r)),
        r / _pseudo_huber_root(d, r),
    ),
)
