"""Numbers with a rounding error, as a number system: a complex number holds a value and, as its imaginary part, a bound of the error of its computation.

`running_errors(system)` runs a formula once in float64 and says how far its result in a hardware number system (float64, float32, float16, bfloat16) may lie from
the exact value of the formula. This is running error analysis (N. J. Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., §3.3) to first order, or to all orders
(then e_x·e_y is added to a product, a quotient is divided by |y| − e_y instead of |y|, and `BEYOND` has the functions), with
the standard model fl(x ∘ y) = (x ∘ y)(1 + δ) + ε, |δ| ≤ u, |ε| ≤ η (§2.2, underflow §2.1):

| operation | error of the result, for operands with errors e |
|---|---|
| x + y, x − y | e_x + e_y + u·|x + y| |
| x · y | |y|·e_x + |x|·e_y + u·|x·y| + η; without u and η where a factor is 0 or ±1 |
| x / y | (e_x + |x/y|·e_y)/|y| + u·|x/y| + η; without u and η for x = 0 or y = ±1 |
| Σ of n terms, in any order | Σ e + γ_{n−1} Σ|x| |
| A·B with inner dimension n | |A|·e_B + e_A·|B| + γ_n |A|·|B| + n·η |
| f(x), elementary | |f′(x)|·e_x + c_f·u·|f(x)| + η; √ has c = 1 |
| x^y | |∂x|·e_x + |∂y|·e_y + c·u·|x^y| + η |
| max, min, |x|, copies | the larger error of the operands; nothing for |x| and copies |
| a where c > 0, else b | the error of the chosen one; infinite where the sign of c is not certain and the two differ |

c_f cannot be derived: it is an *assumption* about the mathematical library, `LIBRARY` units u (4 ulp in float64 and float32; float16 and bfloat16 are computed in
float32 and rounded once). A value beyond the range of the number system has an infinite error.

>>> from backproof.engine import FLOAT32, FLOAT64
>>> system = running_errors(FLOAT32)
>>> third = system.divide(system.array(1), system.array(3))
>>> third.real.item(), third.imag.item() <= 2**-24 / 3 * 1.001
(0.3333333333333333, True)
>>> switched = system.select(pair(1e-9, 1e-8), system.one, system.zero)
>>> switched.imag.item()
inf
>>> running_errors(RATIONAL)
Traceback (most recent call last):
    ...
ValueError: running errors are those of a hardware number system, found rational
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from backproof.engine import RATIONAL, NumberSystem
from backproof.engine.number_systems import Array
from backproof.verify.numbers.float_model import LIBRARY, largest_float, smallest_error
from backproof.verify.numbers.tangents import ANALYTIC, Pairs, exact_float, pair, power_slopes

__all__ = ["LIBRARY", "RATIONAL", "gamma", "largest_float", "running_errors", "smallest_error"]

"""Assumed relative error of exp, log, tanh, sin, cos and power, in units u. sigmoid and softplus are formulas of two more roundings around exp and log1p."""

COMPOSED = {"sigmoid": 2, "softplus": 3, "sqrt": 0}


@dataclass(frozen=True, eq=False)
class _RunningErrors(NumberSystem):
    """The rows of the table above. Conversion, sums and peaks need the errors too."""

    limit: float = np.inf
    unit: float = 0.0
    storage: Any = np.float64

    def array(self, values: Any) -> Pairs:
        """The values, with an error where the number system cannot hold them exactly."""
        given = np.asarray(values)
        if given.dtype == np.complex128:
            return given
        if given.dtype.kind in "biuf":
            floats = given.astype(np.float64)
            whole = floats.astype(self.storage) == floats
        else:
            exact = np.asarray(values, dtype=object)
            floats = np.vectorize(exact_float, otypes=[np.float64])(exact)
            whole = (floats == exact) & (floats.astype(self.storage) == floats)
        if whole.all():
            return floats.astype(np.complex128)
        return pair(floats, np.where(whole, 0.0, self.rounding(floats)))

    def rounding(self, values: Array) -> Array:
        """u·|v|, or infinity beyond the range of the number system."""
        size = np.abs(values)
        return np.where(size < self.limit, self.unit * size, np.inf)

    def zeros(self, shape: Any) -> Pairs:
        """Zeros without error."""
        return np.zeros(tuple(shape), dtype=np.complex128)

    def negative(self, array: Pairs) -> Pairs:
        """−x, which is not rounded."""
        return pair(-array.real, array.imag)

    def sum(self, array: Pairs, axis: int | None = None) -> Pairs:
        """Σ x, in any order of summation."""
        count = array.size if axis is None else array.shape[axis]
        size = np.abs(array.real).sum(axis)
        error = array.imag.sum(axis) + gamma(count - 1, self.unit) * size
        return pair(array.real.sum(axis), error if size.max() < self.limit else np.where(size < self.limit, error, np.inf))

    def peak(self, array: Pairs, axis: int | None = None) -> Pairs:
        """The largest value, as a constant: the formulas that use it do not depend on it."""
        return pair(np.max(array.real, axis=axis, keepdims=True), 0.0)


def gamma(count: int, unit: float) -> float:
    """γ_m = m·u/(1 − m·u), infinite where m·u is 1 or more."""
    product = count * unit
    return product / (1 - product) if product < 1 else np.inf


def _by_exp(x: Array, f: Array, slope: Array, e: Array) -> Array:
    return np.abs(f) * np.expm1(e)


def _by_log(x: Array, f: Array, slope: Array, e: Array) -> Array:
    return np.where(e < x, -np.log1p(-np.minimum(e / x, 1.0)), np.inf)


def _by_sqrt(x: Array, f: Array, slope: Array, e: Array) -> Array:
    share = e / x
    return np.where(share < 1, f * share / (1 + np.sqrt(1 - np.minimum(share, 1.0))), np.inf)


def _with_bend(bend: float, range_: float) -> Callable[[Array, Array, Array, Array], Array]:
    """|f′|·e + max|f″|/2·e², and no more than f can vary at all."""
    return lambda x, f, slope, e: np.minimum(np.abs(slope) * e + bend / 2 * e * e, range_)


BEYOND: dict[str, Callable[[Array, Array, Array, Array], Array]] = {
    "exp": _by_exp,
    "log": _by_log,
    "sqrt": _by_sqrt,
    "tanh": _with_bend(0.77, 2.0),
    "sigmoid": _with_bend(0.0963, 1.0),
    "softplus": _with_bend(0.25, np.inf),
    "sin": _with_bend(1.0, 2.0),
    "cos": _with_bend(1.0, 2.0),
}
"""|f(x ± e) − f(x)| at most, to all orders, from x, f(x), f′(x) and e. max|tanh″| = 4/√27, max|σ″| = 1/√108, max|softplus″| = 1/4."""


def _power_beyond(x: Pairs, y: Pairs, value: Array) -> Array:
    """|x^y| (exp δ − 1), with δ the largest change of y·log|x|; where x may be 0 and y is a whole number, (|x| + e)^y + |x|^y."""
    size = np.abs(x.real)
    by_base = np.where(x.imag < size, -np.log1p(-np.minimum(x.imag / size, 1.0)), np.inf)
    by_exponent = np.where(y.imag == 0, 0.0, y.imag * (np.abs(np.log(size)) + by_base))
    away = np.abs(value) * np.expm1(np.where((y.real == 0) | (x.imag == 0), 0.0, np.abs(y.real) * by_base) + by_exponent)
    around = (y.imag == 0) & (y.real == np.floor(y.real)) & (y.real > 0) & ~(x.imag < size)
    return np.where(around, (size + x.imag) ** y.real + size**y.real, away)


@cache
def running_errors(system: NumberSystem, all_orders: bool = False) -> NumberSystem:
    """The number system of values with bounds of their rounding errors in `system`, to first order or to `all_orders`. ValueError unless `system` is a hardware one."""
    if system.family != "float" or system.name not in LIBRARY:
        raise ValueError(f"running errors are those of a hardware number system, found {system.name}")
    u, eta, library = float(system.unit_roundoff), smallest_error(system), LIBRARY[system.name]
    limit = largest_float(system)

    def rounded(value: Array, error: Array, units: float = u, exact: Array | None = None, lost: float = eta) -> Pairs:
        """A result with inherited error, and its own rounding except where it is `exact`."""
        size = np.abs(value)
        own = units * (size + error if all_orders else size) + lost
        total = error + (own if exact is None else np.where(exact, 0.0, own))
        reach = size + error
        return pair(value, total if reach.max() < limit else np.where(reach < limit, total, np.inf))

    def is_unit(size: Array) -> Array:
        """Where a factor of that absolute value is 0 or ±1, so that a product with it is not rounded."""
        return size == size * size

    def certainly(values: Array, error: Array) -> Array:
        """Where `values` are true and have no error."""
        return np.logical_and(values, np.logical_not(error))

    def weighted(factor: Array, error: Array) -> Array:
        """|factor|·error, 0 where either is 0."""
        product = np.abs(factor) * error
        return product if product.max() < np.inf else np.where((error == 0) | (factor == 0), 0.0, product)

    def add(x: Pairs, y: Pairs) -> Pairs:
        return rounded(x.real + y.real, x.imag + y.imag, exact=~np.logical_and(x, y), lost=0.0)

    def subtract(x: Pairs, y: Pairs) -> Pairs:
        return rounded(x.real - y.real, x.imag + y.imag, exact=~np.logical_and(x, y), lost=0.0)

    def multiply(x: Pairs, y: Pairs) -> Pairs:
        left, right = np.abs(x.real), np.abs(y.real)
        exact = certainly(is_unit(left), x.imag) | certainly(is_unit(right), y.imag)
        error = right * x.imag + left * y.imag
        if all_orders:
            error += x.imag * y.imag
        if not error.max() < np.inf:  # what is unknown stays so, unless the other factor is 0 without error
            unknown = np.isinf(x.imag) & ((right != 0) | (y.imag != 0)) | np.isinf(y.imag) & ((left != 0) | (x.imag != 0))
            error = np.where(unknown, np.inf, weighted(right, x.imag) + weighted(left, y.imag))
        return rounded(x.real * y.real, error, exact=exact)

    def divide(x: Pairs, y: Pairs) -> Pairs:
        value, divisor = x.real / y.real, np.abs(y.real)
        error = (x.imag + np.abs(value) * y.imag) / (divisor - y.imag if all_orders else divisor)
        exact = certainly(divisor == 1, y.imag) | np.logical_not(x)
        return rounded(value, np.where(divisor > y.imag, error, np.inf), exact=exact)

    def matmul(a: Pairs, b: Pairs) -> Pairs:
        inner, left, right = a.shape[-1], np.abs(a.real), np.abs(b.real)
        size, inherited = left @ right, left @ b.imag + a.imag @ right
        if all_orders:
            inherited += a.imag @ b.imag
        error = inherited + gamma(inner, u) * (size + inherited if all_orders else size) + (size > 0) * (inner * eta)
        if not (size + error).max() < limit:
            error = np.where((size < limit) & ~np.isnan(error), error, np.inf)
        return pair(a.real @ b.real, error)

    def power(x: Pairs, y: Pairs) -> Pairs:
        value = np.power(x.real, y.real)
        by_base, by_exponent = power_slopes(x.real, y.real, value)
        exact = certainly((y.real == 0) | (y.real == 1), y.imag)
        inherited = _power_beyond(x, y, value) if all_orders else weighted(by_base, x.imag) + weighted(by_exponent, y.imag)
        return rounded(value, inherited, library * u, exact)

    def elementary(name: str) -> Callable[[Pairs], Pairs]:
        function, slope = ANALYTIC[name]
        units = u * (1 if name == "sqrt" else library + COMPOSED.get(name, 0) + (library if name == "softplus" else 0))

        def apply(x: Pairs) -> Pairs:
            value = function(x.real)
            exact = np.logical_not(x) if name == "exp" else None
            inherited = weighted(slope(x.real, value), x.imag)
            if all_orders:
                inherited = np.where(x.imag == 0, 0.0, BEYOND[name](x.real, value, slope(x.real, value), x.imag))
            return rounded(value, inherited, units, exact)

        return apply

    def extremum(largest: bool) -> Callable[[Pairs, Pairs], Pairs]:
        def apply(a: Pairs, b: Pairs) -> Pairs:
            first = a.real >= b.real if largest else a.real <= b.real
            result: Pairs = np.where(first, a, b)
            certain = np.abs(a.real - b.real) > a.imag + b.imag
            if not certain.all():
                result.imag = np.where(certain, result.imag, np.maximum(a.imag, b.imag))
            return result

        return apply

    def select(condition: Pairs, a: Pairs, b: Pairs) -> Pairs:
        result: Pairs = np.where(condition.real > 0, a, b)
        certain = (np.abs(condition.real) > condition.imag) | np.logical_not(condition.imag) | (a == b)
        if not certain.all():
            result.imag = np.where(certain, result.imag, np.inf)
        return result

    return _RunningErrors(
        name=f"{system.name} with running errors",
        family="float",
        unit_roundoff=system.unit_roundoff,
        itemsize=16,
        scalar=np.complex128,
        dtype=np.dtype(np.complex128),
        convert=exact_float,
        add=add,
        subtract=subtract,
        multiply=multiply,
        divide=divide,
        matmul=matmul,
        power=power,
        maximum=extremum(True),
        minimum=extremum(False),
        absolute=lambda x: pair(np.abs(np.real(x)), np.imag(x)),
        select=select,
        limit=limit,
        unit=u,
        storage=system.dtype,
        **{name: elementary(name) for name in ANALYTIC},
    )
