"""Ufuncs of NumPy and SciPy, unmodified: the lifted value against NumPy's, the derivative against differences at 400
bits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import scipy.special
from flint import arb
from numpy import exp as exponential
from scipy.special import erf, expit, gammaln, xlogy

from backproof.verify.lift.tape.rules import RULES

X = np.array([0.3, -0.7, 1.2])
Y = np.array([0.8, 0.4, -1.1])
P = np.array([0.5, 1.7, 2.3])
U = np.array([0.2, 0.55, 0.85])


def accumulated(x: Any) -> Any:
    out = np.zeros(2)
    np.add.at(out, [0, 1, 0], x * x)
    return out


def in_place(x: Any) -> Any:
    y = x.copy()
    y *= 2
    y += x[::-1]
    y[0] -= y[1]
    return y


def with_out(x: Any) -> Any:
    out = np.empty(3)
    np.multiply(x, x, out=out)
    np.add(out, 1.0, out=out)
    return out


def where_written(x: Any) -> Any:
    out = np.full(x.shape, 0.25)
    np.multiply(x, x, out=out, where=x > 0)
    return out


FOLLOWED: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "exp": (lambda x: np.exp(x), (X,)),
    "imported exp": (lambda x: exponential(x), (X,)),
    "log": (lambda x: np.log(x), (P,)),
    "log2": (lambda x: np.log2(x), (P,)),
    "log10": (lambda x: np.log10(x), (P,)),
    "log1p": (lambda x: np.log1p(x), (X,)),
    "expm1": (lambda x: np.expm1(x), (X,)),
    "exp2": (lambda x: np.exp2(x), (X,)),
    "sqrt": (lambda x: np.sqrt(x), (P,)),
    "cbrt": (lambda x: np.cbrt(x), (X,)),
    "square": (lambda x: np.square(x), (X,)),
    "reciprocal": (lambda x: np.reciprocal(x), (X,)),
    "sin cos": (lambda x: np.sin(x) * np.cos(x), (X,)),
    "tan": (lambda x: np.tan(x), (X,)),
    "arcsin": (lambda x: np.arcsin(x), (U,)),
    "arccos": (lambda x: np.arccos(x), (U,)),
    "arctan": (lambda x: np.arctan(x), (X,)),
    "arctan2": (lambda y, x: np.arctan2(y, x), (X, Y)),
    "sinh": (lambda x: np.sinh(x), (X,)),
    "cosh": (lambda x: np.cosh(x), (X,)),
    "tanh": (lambda x: np.tanh(x), (X,)),
    "arcsinh": (lambda x: np.arcsinh(x), (X,)),
    "arccosh": (lambda x: np.arccosh(x + 1), (P,)),
    "arctanh": (lambda x: np.arctanh(x), (U,)),
    "hypot": (lambda x, y: np.hypot(x, y), (X, Y)),
    "logaddexp": (lambda x, y: np.logaddexp(x, y), (X, Y)),
    "logaddexp2": (lambda x, y: np.logaddexp2(x, y), (X, Y)),
    "logaddexp reduce": (lambda x: np.logaddexp.reduce(x), (X,)),
    "deg2rad": (lambda x: np.sin(np.deg2rad(x)), (X,)),
    "rad2deg": (lambda x: np.degrees(x), (X,)),
    "power": (lambda x: x**3 - x**-2, (X,)),
    "power of floats": (lambda x: x**2.5 + x**0.5, (P,)),
    "power of arrays": (lambda x, y: x**y, (P, Y)),
    "constant base": (lambda x: 2.0**x, (X,)),
    "division": (lambda x, y: (x + y) / (x - 3 * y), (X, Y)),
    "mod": (lambda x: x % 1.0, (P,)),
    "fmod": (lambda x: np.fmod(x, 0.4), (P,)),
    "floor divide": (lambda x: (x // 0.7) * x, (P,)),
    "divmod": (lambda x: np.divmod(x, 0.7)[1], (P,)),
    "modf": (lambda x: np.modf(x)[0], (P,)),
    "floor ceil": (lambda x: np.floor(x) * x + np.ceil(x), (P,)),
    "trunc rint": (lambda x: np.trunc(x) * x + np.rint(x) * x, (X,)),
    "abs": (lambda x: np.abs(x), (X,)),
    "fabs": (lambda x: np.fabs(x) ** 1.5, (X,)),
    "sign": (lambda x: np.sign(x) * x, (X,)),
    "copysign": (lambda x, y: np.copysign(x, y), (X, Y)),
    "heaviside": (lambda x: np.heaviside(x, 0.5) * x, (X,)),
    "maximum": (lambda x, y: np.maximum(x, y), (X, Y)),
    "fmin": (lambda x, y: np.fmin(x, y), (X, Y)),
    "logaddexp of log 0": (lambda x: np.logaddexp(np.logaddexp(-np.inf, -np.inf), np.logaddexp(x, np.full(3, -np.inf))), (X,)),
    "add.at": (accumulated, (X,)),
    "subtract.at": (lambda x: np.subtract.at(y := np.ones(3), [0, 0, 2], x * x) or y, (X,)),
    "in place": (in_place, (X,)),
    "with out": (with_out, (X,)),
    "out and where": (where_written, (X,)),
    "erf": (lambda x: erf(x), (X,)),
    "erfc": (lambda x: scipy.special.erfc(x), (X,)),
    "expit": (lambda x: expit(x), (X,)),
    "logit": (lambda x: scipy.special.logit(x), (U,)),
    "log_expit": (lambda x: scipy.special.log_expit(x), (X,)),
    "gammaln": (lambda x: gammaln(x), (P,)),
    "gamma": (lambda x: scipy.special.gamma(x), (X,)),
    "digamma": (lambda x: scipy.special.digamma(x), (P,)),
    "betaln": (lambda x, y: scipy.special.betaln(x, y), (P, U)),
    "xlogy": (lambda x, y: xlogy(x, y), (P, U)),
    "entr": (lambda x: scipy.special.entr(x), (P,)),
    "rel_entr": (lambda x, y: scipy.special.rel_entr(x, y), (P, U)),
    "ndtr": (lambda x: scipy.special.ndtr(x), (X,)),
    "log_ndtr": (lambda x: scipy.special.log_ndtr(x), (X,)),
    "i0 i1": (lambda x: scipy.special.i0(x) + scipy.special.i1(x), (X,)),
    "jv": (lambda x: scipy.special.jv(2, x), (P,)),
    "gammainc": (lambda x: scipy.special.gammainc(1.5, x), (P,)),
    "huber": (lambda x: scipy.special.huber(0.5, x), (X,)),
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_value_is_numpys_and_derivative_that_of_differences(name: str, followed: Callable[..., None]) -> None:
    followed(*FOLLOWED[name])


def test_the_comparison_finds_a_derivative_that_is_off_by_one_in_a_billion_billion(
    monkeypatch: pytest.MonkeyPatch, derivative_errors: Callable[..., float]
) -> None:
    wrong = replace(RULES["tanh"], partials=lambda v, x: ((1 - v * v) * (1 + arb(10) ** -18),))
    monkeypatch.setitem(RULES, "tanh", wrong)
    assert derivative_errors(lambda x: np.tanh(x), (X,)) > 1e-19
