"""How far a function can vary where its operands are off: |f(x ± e) − f(x)| at most, to all orders in e, from x, f(x),
f′(x) and e.

exp, log and √ are monotone, and the bound is their own change. Of the others |f′|·e + max|f″|/2·e² is one, and so is
all that f can vary at all, with max|tanh″| = 4/√27, max|σ″| = 1/√108, max|softplus″| = 1/4, max|sin″| = max|cos″| = 1.

>>> x, e = np.array([0.0]), np.array([0.5])
>>> VARIATIONS["exp"](x, np.exp(x), np.exp(x), e).tolist() == np.expm1(e).tolist()
True
>>> VARIATIONS["sin"](x, np.sin(x), np.cos(x), e).tolist(), VARIATIONS["sin"](x, np.sin(x), np.cos(x), 9 * e).tolist()
([0.625], [2.0])
>>> with np.errstate(divide="ignore"):
...     VARIATIONS["log"](np.array([0.25]), np.log([0.25]), np.array([4.0]), e).tolist()  # 0.25 − 0.5 has no logarithm
[inf]
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.numbers.tangents import Pairs

Variation: TypeAlias = Callable[[Array, Array, Array, Array], Array]


def _of_exp(x: Array, f: Array, slope: Array, e: Array) -> Array:
    return np.abs(f) * np.expm1(e)


def _of_log(x: Array, f: Array, slope: Array, e: Array) -> Array:
    return np.where(e < x, -np.log1p(-np.minimum(e / x, 1.0)), np.inf)


def _of_sqrt(x: Array, f: Array, slope: Array, e: Array) -> Array:
    share = e / x
    return np.where(share < 1, f * share / (1 + np.sqrt(1 - np.minimum(share, 1.0))), np.inf)


def _bent(bend: float, most: float) -> Variation:
    """|f′|·e + max|f″|/2·e², and no more than f can vary at all."""
    return lambda x, f, slope, e: np.minimum(np.abs(slope) * e + bend / 2 * e * e, most)


VARIATIONS: Mapping[str, Variation] = {
    "exp": _of_exp,
    "log": _of_log,
    "sqrt": _of_sqrt,
    "tanh": _bent(0.77, 2.0),  # 4/√27 = 0.7698…
    "sigmoid": _bent(0.0963, 1.0),  # 1/√108 = 0.09622…
    "softplus": _bent(0.25, np.inf),
    "sin": _bent(1.0, 2.0),
    "cos": _bent(1.0, 2.0),
}


def variation_of_power(x: Pairs, y: Pairs, value: Array) -> Array:
    """|x^y| (exp δ − 1), with δ the largest change of y·log|x|; where x may be 0 and y is a whole number,
    (|x| + e)^y + |x|^y."""
    size = np.abs(x.real)
    by_base = np.where(x.imag < size, -np.log1p(-np.minimum(x.imag / size, 1.0)), np.inf)
    by_exponent = np.where(y.imag == 0, 0.0, y.imag * (np.abs(np.log(size)) + by_base))
    away = np.abs(value) * np.expm1(np.where((y.real == 0) | (x.imag == 0), 0.0, np.abs(y.real) * by_base) + by_exponent)
    around = (y.imag == 0) & (y.real == np.floor(y.real)) & (y.real > 0) & ~(x.imag < size)
    return np.where(around, (size + x.imag) ** y.real + size**y.real, away)
