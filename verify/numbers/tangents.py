"""Numbers with a tangent, as a number system: a complex number holds a value and, as its imaginary part, STEP times a
derivative along one direction.

`TANGENT` runs the engine's rows and passes: with leaf values x + STEP·v·i, the imaginary parts of the results are STEP
times their derivatives along v. STEP is so small that its square vanishes, hence nothing cancels. The rounding bound
(`verify.rounding.bounds`) needs such derivatives of adjoints to a few digits only.

>>> x = TANGENT.array([2.0]) + 1j * STEP
>>> (TANGENT.multiply(x, x).imag / STEP).tolist()
[4.0]
>>> TANGENT.maximum(x, TANGENT.array([3.0])).imag.tolist()
[0.0]
>>> TANGENT.array(["2"])
Traceback (most recent call last):
    ...
ValueError: a number is expected, found '2'
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from backproof.engine import NumberSystem
from backproof.engine.number_systems import Array

Pairs: TypeAlias = NDArray[np.complex128]

STEP = 1e-100  # its square vanishes beside every normal number, and it times a derivative of 10^±200 is still one


def stable_sigmoid(x: Array) -> Array:
    """1 / (1 + exp(−x)) without overflow."""
    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1, small) / (1 + small)


OfArrays: TypeAlias = Callable[[Array], Array]
ANALYTIC: dict[str, tuple[OfArrays, Callable[[Array, Array], Array]]] = {
    "exp": (np.exp, lambda x, f: f),
    "log": (np.log, lambda x, f: 1 / x),
    "tanh": (np.tanh, lambda x, f: 4 * stable_sigmoid(2 * x) * stable_sigmoid(-2 * x)),
    "sigmoid": (stable_sigmoid, lambda x, f: f * stable_sigmoid(-x)),
    "softplus": (lambda x: np.logaddexp(0, x), lambda x, f: stable_sigmoid(x)),
    "sin": (np.sin, lambda x, f: np.cos(x)),
    "cos": (np.cos, lambda x, f: -np.sin(x)),
    "sqrt": (np.sqrt, lambda x, f: 0.5 / f),
}
"""The elementary functions f(x) of a number system, and their slopes from x and f(x)."""


def pair(value: Any, second: Any) -> Pairs:
    """value + i·second, also where one of them is infinite."""
    result = np.empty(np.broadcast(value, second).shape, dtype=np.complex128)
    result.real, result.imag = value, second
    return result


def exact_float(value: Any) -> float:
    """A number as a float64; ValueError for anything else."""
    if isinstance(value, int | float | Fraction | np.number):
        return float(value)
    raise ValueError(f"a number is expected, found {value!r}")


def power_slopes(x: Array, y: Array, value: Array) -> tuple[Array, Array]:
    """∂x^y/∂x = y·x^(y−1) and ∂x^y/∂y = x^y·log x (0 where x ≤ 0: a constant exponent)."""
    base = np.where(y == 0, 1.0, x)
    return np.where(y == 0, 0.0, y * np.power(base, y - 1)), value * np.log(np.where(x > 0, x, 1.0))


@dataclass(frozen=True, eq=False)
class _PairSystem(NumberSystem):
    """NumPy's maximum of complex numbers would look at both parts; −x needs no product with −1."""

    def negative(self, array: Pairs) -> Pairs:
        """−x."""
        return np.negative(array)

    def peak(self, array: Pairs, axis: int | None = None) -> Pairs:
        """The largest value, as a constant."""
        return pair(np.max(array.real, axis=axis, keepdims=True), 0.0)


def _kept(operation: Callable[..., Pairs]) -> Callable[..., Pairs]:
    def quiet(*operands: Pairs) -> Pairs:
        return np.asarray(operation(*operands), dtype=np.complex128)

    return quiet


def _analytic(name: str) -> Callable[[Pairs], Pairs]:
    function, slope = ANALYTIC[name]

    def apply(x: Pairs) -> Pairs:
        value = function(x.real)
        return pair(value, slope(x.real, value) * x.imag)

    return apply


def _divide(x: Pairs, y: Pairs) -> Pairs:
    value = x.real / y.real
    return pair(value, (x.imag - value * y.imag) / y.real)


def _multiply(x: Pairs, y: Pairs) -> Pairs:
    return pair(x.real * y.real, x.real * y.imag + x.imag * y.real)


def _power(x: Pairs, y: Pairs) -> Pairs:
    value = np.power(x.real, y.real)
    by_base, by_exponent = power_slopes(x.real, y.real, value)
    return pair(value, by_base * x.imag + np.where(y.imag == 0, 0.0, by_exponent * y.imag))


TANGENT: NumberSystem = _PairSystem(
    name="float64 with a tangent",
    family="float",
    unit_roundoff=Fraction(1, 2**53),
    itemsize=16,
    scalar=np.complex128,
    dtype=np.dtype(np.complex128),
    convert=exact_float,
    add=_kept(np.add),
    subtract=_kept(np.subtract),
    multiply=_multiply,
    divide=_divide,
    matmul=lambda a, b: pair(np.real(a) @ np.real(b), np.real(a) @ np.imag(b) + np.imag(a) @ np.real(b)),
    power=_power,
    maximum=lambda a, b: np.where(np.real(a) >= np.real(b), a, b),
    minimum=lambda a, b: np.where(np.real(a) <= np.real(b), a, b),
    absolute=lambda a: np.where(np.real(a) >= 0, a, -a),
    select=lambda c, a, b: np.where(np.real(c) > 0, a, b),
    **{name: _analytic(name) for name in ANALYTIC},
)
