"""Numbers with a rounding error, as a number system: a complex number holds a value and, as its imaginary part, a bound
of the error of its computation.

`running_errors(system)` runs a formula once in float64 and says how far its result in a hardware number system
(float64, float32, float16, bfloat16) may lie from the exact value of the formula. This is running error analysis (N. J.
Higham, *Accuracy and Stability of Numerical Algorithms*, 2nd ed., §3.3) to first order, or to all orders (then e_x·e_y
is added to a product, a quotient is divided by |y| − e_y instead of |y|, and a function varies as `variations.py`
says), with the standard model fl(x ∘ y) = (x ∘ y)(1 + δ) + ε, |δ| ≤ u, |ε| ≤ η (§2.2, underflow §2.1). Each row is the
function of that name below:

| operation | error of the result, for operands with errors e |
|---|---|
| `add`, `subtract` | e_x + e_y + u·|x ± y|; without u where x or y is 0 |
| `multiply` | |y|·e_x + |x|·e_y + u·|x·y| + η; without u and η where a factor is 0 or ±1 |
| `divide` | (e_x + |x/y|·e_y)/|y| + u·|x/y| + η; without u and η for x = 0 or y = ±1 |
| `sum` of n terms, in any order | Σ e + γ_{n−1} Σ|x| |
| `matmul`, inner dimension n | |A|·e_B + e_A·|B| + γ_n |A|·|B| + n·η |
| `elementary` f(x) | |f′(x)|·e_x + c_f·u·|f(x)| + η; √ has c = 1 |
| `power` x^y | |∂x|·e_x + |∂y|·e_y + c·u·|x^y| + η |
| `extremum`, −x, |x|, copies | the larger error of the operands; nothing of their own for −x, |x| and copies |
| `select` a where c > 0, else b | the error of the chosen one; infinite where the sign of c is not certain and the two differ |

c_f cannot be derived: it is an *assumption* about the mathematical library (`float_model.LIBRARY`). A value beyond the
range of the number system has an infinite error.

>>> from backproof.engine import FLOAT32, RATIONAL
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

from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np

from backproof.engine import NumberSystem
from backproof.engine.number_systems import Array
from backproof.verify.numbers.float_model import LIBRARY, gamma, largest_float, smallest_error
from backproof.verify.numbers.tangents import ANALYTIC, Pairs, exact_float, pair, power_slopes
from backproof.verify.numbers.variations import VARIATIONS, variation_of_power

COMPOSED = {"sqrt": (0, 1), "sigmoid": (1, 2), "softplus": (2, 3)}
"""Library functions in the formula of an elementary function, and roundings beside them; others are one library
function. √ is rounded once by IEEE 754, σ(x) = 1/(1 + exp(−x)), and softplus is max(x, 0) + log1p(exp(−|x|))."""


@dataclass(frozen=True)
class Model:
    """The standard model of a number system: unit roundoff u, underflow η, the assumed roundings of a library function,
    the end of the range; and whether errors are bounded to all orders."""

    u: float = 0.0
    eta: float = 0.0
    library: int = 0
    limit: float = np.inf
    all_orders: bool = False

    def rounded(self, value: Array, error: Array, exact: Array | None = None, units: float = 1.0, eta: float | None = None) -> Pairs:
        """A result with its inherited error, and `units` roundings of its own and η except where it is `exact`."""
        size = np.abs(value)
        own = units * self.u * (size + error if self.all_orders else size) + (self.eta if eta is None else eta)
        return self.within_range(value, error + (own if exact is None else np.where(exact, 0.0, own)), size + error)

    def within_range(self, value: Array, error: Array, reach: Array) -> Pairs:
        """The value with its error, which is infinite where it can reach the end of the range."""
        return pair(value, error if reach.max() < self.limit else np.where(reach < self.limit, error, np.inf))


def add(model: Model, x: Pairs, y: Pairs) -> Pairs:
    """x + y, which is exact where one of them is 0 and never underflows."""
    return model.rounded(x.real + y.real, x.imag + y.imag, exact=~np.logical_and(x, y), eta=0.0)


def subtract(model: Model, x: Pairs, y: Pairs) -> Pairs:
    """x − y."""
    return model.rounded(x.real - y.real, x.imag + y.imag, exact=~np.logical_and(x, y), eta=0.0)


def multiply(model: Model, x: Pairs, y: Pairs) -> Pairs:
    """x · y."""
    left, right = np.abs(x.real), np.abs(y.real)
    exact = _certainly(_is_unit(left), x.imag) | _certainly(_is_unit(right), y.imag)
    error = right * x.imag + left * y.imag
    if model.all_orders:
        error += x.imag * y.imag
    if not error.max() < np.inf:  # what is unknown stays so, unless the other factor is 0 without error
        unknown = np.isinf(x.imag) & ((right != 0) | (y.imag != 0)) | np.isinf(y.imag) & ((left != 0) | (x.imag != 0))
        error = np.where(unknown, np.inf, _weighted(right, x.imag) + _weighted(left, y.imag))
    return model.rounded(x.real * y.real, error, exact)


def divide(model: Model, x: Pairs, y: Pairs) -> Pairs:
    """x / y; its error is infinite where y may be 0."""
    value, divisor = x.real / y.real, np.abs(y.real)
    error = (x.imag + np.abs(value) * y.imag) / (divisor - y.imag if model.all_orders else divisor)
    exact = _certainly(divisor == 1, y.imag) | np.logical_not(x)
    return model.rounded(value, np.where(divisor > y.imag, error, np.inf), exact)


def matmul(model: Model, a: Pairs, b: Pairs) -> Pairs:
    """A · B, each entry an inner product in any order of summation."""
    inner, left, right = a.shape[-1], np.abs(a.real), np.abs(b.real)
    size, inherited = left @ right, left @ b.imag + a.imag @ right
    if model.all_orders:
        inherited += a.imag @ b.imag
    rounding = gamma(inner, model.u) * (size + inherited if model.all_orders else size)
    error = inherited + rounding + (size > 0) * (inner * model.eta)
    if not (size + error).max() < model.limit:
        error = np.where((size < model.limit) & ~np.isnan(error), error, np.inf)
    return pair(a.real @ b.real, error)


def power(model: Model, x: Pairs, y: Pairs) -> Pairs:
    """x^y, by the library; exact for y = 0 and y = 1."""
    value = np.power(x.real, y.real)
    by_base, by_exponent = power_slopes(x.real, y.real, value)
    exact = _certainly((y.real == 0) | (y.real == 1), y.imag)
    inherited = variation_of_power(x, y, value) if model.all_orders else _weighted(by_base, x.imag) + _weighted(by_exponent, y.imag)
    return model.rounded(value, inherited, exact, units=model.library)


def elementary(name: str, model: Model, x: Pairs) -> Pairs:
    """f(x) for the elementary function of this name; exp 0 is exact."""
    function, slope = ANALYTIC[name]
    functions, further = COMPOSED.get(name, (1, 0))
    value = function(x.real)
    exact = np.logical_not(x) if name == "exp" else None
    slopes = slope(x.real, value)
    inherited = (
        np.where(x.imag == 0, 0.0, VARIATIONS[name](x.real, value, slopes, x.imag)) if model.all_orders else _weighted(slopes, x.imag)
    )
    return model.rounded(value, inherited, exact, units=functions * model.library + further)


def extremum(largest: bool, a: Pairs, b: Pairs) -> Pairs:
    """The larger (or smaller) operand with its error; where it is not certain which, with the larger error of both."""
    first = a.real >= b.real if largest else a.real <= b.real
    result: Pairs = np.where(first, a, b)
    certain = np.abs(a.real - b.real) > a.imag + b.imag
    if not certain.all():
        result.imag = np.where(certain, result.imag, np.maximum(a.imag, b.imag))
    return result


def select(condition: Pairs, a: Pairs, b: Pairs) -> Pairs:
    """a where the condition is above 0, else b."""
    result: Pairs = np.where(condition.real > 0, a, b)
    certain = (np.abs(condition.real) > condition.imag) | np.logical_not(condition.imag) | (a == b)
    if not certain.all():
        result.imag = np.where(certain, result.imag, np.inf)
    return result


def _is_unit(size: Array) -> Array:
    """Where a factor of that absolute value is 0 or ±1, so that a product with it is not rounded."""
    return size == size * size


def _certainly(values: Array, error: Array) -> Array:
    """Where `values` are true and have no error."""
    return np.logical_and(values, np.logical_not(error))


def _weighted(factor: Array, error: Array) -> Array:
    """|factor|·error, 0 where either is 0."""
    product = np.abs(factor) * error
    return product if product.max() < np.inf else np.where((error == 0) | (factor == 0), 0.0, product)


@dataclass(frozen=True, eq=False)
class _RunningErrors(NumberSystem):
    """The rows of the table above. Conversion, sums and peaks need the errors too."""

    model: Model = Model()
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
        size = np.abs(floats)
        return self.model.within_range(floats, np.where(whole, 0.0, self.model.u * size), np.where(whole, 0.0, size))

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
        error = array.imag.sum(axis) + gamma(count - 1, self.model.u) * size
        return self.model.within_range(array.real.sum(axis), error, size)

    def peak(self, array: Pairs, axis: int | None = None) -> Pairs:
        """The largest value, as a constant: the formulas that use it do not depend on it."""
        return pair(np.max(array.real, axis=axis, keepdims=True), 0.0)


@cache
def running_errors(system: NumberSystem, all_orders: bool = False) -> NumberSystem:
    """The number system of values with bounds of their rounding errors in `system`, to first order or to `all_orders`.
    ValueError unless `system` is a hardware one."""
    if system.family != "float" or system.name not in LIBRARY:
        raise ValueError(f"running errors are those of a hardware number system, found {system.name}")
    u, eta = float(system.unit_roundoff), smallest_error(system)
    model = Model(u, eta, LIBRARY[system.name], largest_float(system), all_orders)
    of_model = {"add": add, "subtract": subtract, "multiply": multiply, "divide": divide, "matmul": matmul, "power": power}
    return _RunningErrors(
        name=f"{system.name} with running errors",
        family="float",
        unit_roundoff=system.unit_roundoff,
        itemsize=16,
        scalar=np.complex128,
        dtype=np.dtype(np.complex128),
        convert=exact_float,
        maximum=partial(extremum, True),
        minimum=partial(extremum, False),
        absolute=lambda x: pair(np.abs(np.real(x)), np.imag(x)),
        select=select,
        model=model,
        storage=system.dtype,
        **{name: partial(operation, model) for name, operation in of_model.items()},
        **{name: partial(elementary, name, model) for name in ANALYTIC},
    )
