"""Ball arithmetic (python-flint) as number systems: `ball_system(digits)` with real `arb`, `complex_ball_system(bits)`
with complex `acb` entries.

A ball is a number with a radius that provably contains the true value. In the complex system the functions with a
branch cut or a kink (log, sqrt, power, |x|, maximum, minimum, select) run with `analytic=True`: where a cut or a kink
may lie inside the ball the result is not finite, hence a finite result proves that the function is analytic there. Ask
`is_finite` before any other question: nan contains everything.

Precision: flint's is global to the process; every operation sets its own and puts the old one back. `array` keeps
floats exactly and encloses fractions.

>>> x = ball_system(30).array([Fraction(1, 3), 2])
>>> ball_system(30).multiply(x, x)[1].contains(4)
True
>>> near_zero = np.array([acb(arb(0, 0.5))], dtype=object)
>>> is_finite(complex_ball_system(64).absolute(near_zero)[0]), is_finite(complex_ball_system(64).exp(near_zero)[0])
(False, True)
>>> complex_ball_system(64).exp(np.array([0.5], dtype=object))
Traceback (most recent call last):
    ...
TypeError: ball arithmetic takes acb, found 0.5 of type float: a number has entered that is not a ball
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, lru_cache, reduce
from typing import Any, TypeAlias

import numpy as np
from flint import acb, acb_mat, arb, arb_mat, fmpq

from backproof.engine import NumberSystem
from backproof.engine.number_systems import ELEMENTARY, Array
from backproof.verify.numbers.ball_arrays import OnEntries, Points, each, entrywise, flint_matmul, is_finite, on_arrays, precision, sum_of

Tie: TypeAlias = Callable[[Any, Any], bool]

ONE, TWO = acb(1), acb(2)
MOST_FACTORS = 64  # of a power that is multiplied out


def exact_ball(value: Any, bits: int) -> Any:
    """A real ball that contains `value`: of radius 0 for whole numbers, floats and mpmath numbers, rounded to `bits`
    bits for fractions.

    >>> exact_ball(0.1, 64).rad() == 0, exact_ball(Fraction(1, 10), 64).rad() == 0
    (True, False)
    """
    if type(value) is float:
        return arb(value)
    if type(value) is arb:
        return value
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, int | float) or hasattr(value, "_mpf_"):
        return arb(value)
    exact = Fraction(value)
    with precision(bits):
        return arb(fmpq(exact.numerator, exact.denominator))


def _box(entry: Any) -> Any:
    return entry.values[-1] if type(entry) is Points else entry


@dataclass(frozen=True, eq=False)
class _BallSystem(NumberSystem):
    """The rows below. NumPy's own sum and peak would use Python's operators, and compare complex numbers."""

    bits: int = 0

    def array(self, values: Any) -> Array:
        """The array of `values`, each entry converted to a ball that contains it."""
        return np.asarray(self._converted(np.asarray(values, dtype=object)), dtype=object)

    @cached_property
    def _converted(self) -> Callable[[Array], Any]:
        return np.frompyfunc(self.convert, 1, 1)

    def sum(self, array: Array, axis: int | None = None) -> Array:
        """The sum of all entries, or along one axis, at this system's precision."""
        rows = array.reshape(1, -1) if axis is None else np.moveaxis(array, axis, -1)
        count, length = math.prod(rows.shape[:-1]), rows.shape[-1]
        if not length:
            return self.zeros(() if axis is None else rows.shape[:-1])
        with precision(self.bits):
            sums = [sum_of(row, self.scalar) for row in rows.reshape(count, length).tolist()]
        return np.fromiter(sums, dtype=object, count=count).reshape(() if axis is None else rows.shape[:-1])

    def negative(self, array: Array) -> Array:
        """−array, entry by entry."""
        return self._negated(array)

    @cached_property
    def _negated(self) -> Callable[[Array], Array]:
        return on_arrays(entrywise(operator.neg, 1, self.scalar), 1, self.bits)

    def peak(self, array: Array, axis: int | None = None) -> Array:
        """A constant near the largest entry: an exact number, for only a constant keeps exp(x − peak) analytic."""
        heights = np.array([float(_box(entry).real.mid()) for entry in array.reshape(-1)]).reshape(array.shape)
        return self.array(np.max(heights, axis=axis, keepdims=True))


def _row(
    name: str, scalar: Any, matrix: Any, bits: int, convert: OnEntries, elementary: dict[str, OnEntries], kinked: dict[str, OnEntries]
) -> NumberSystem:
    """A number system: Python's operators and the given functions on checked balls, all of them at a precision of
    `bits`."""

    arithmetic = {"add": operator.add, "subtract": operator.sub, "multiply": operator.mul, "divide": operator.truediv}
    binary = {**arithmetic, "power": elementary["power"]}
    operations: dict[str, Any] = {key: on_arrays(entrywise(found, 2, scalar), 2, bits) for key, found in binary.items()}
    operations |= {key: on_arrays(each(elementary[key], scalar), 1, bits) for key in ELEMENTARY}
    arities = {"maximum": 2, "minimum": 2, "absolute": 1, "select": 3}
    operations |= {key: on_arrays(kinked[key], arity, bits) for key, arity in arities.items()}
    return _BallSystem(
        name=name,
        family="ball",
        unit_roundoff=Fraction(1, 2**bits),
        itemsize=128,
        scalar=scalar,
        dtype=np.dtype(object),
        bits=bits,
        convert=convert,
        matmul=flint_matmul(matrix, scalar, bits),
        **operations,
    )


def _real_power(x: Any, y: Any) -> Any:
    """x^y; a product where the exponent is a whole number and x may be 0, which flint's power leaves open."""
    value = x**y
    if value.is_finite() or not y.is_integer() or not 0 < y <= MOST_FACTORS:
        return value
    return reduce(operator.mul, [x] * int(float(y)))


def _real_softplus(x: Any) -> Any:
    return x.exp().log1p() if x < 0 else x + (-x).exp().log1p()


def _real_select(condition: Any, a: Any, b: Any) -> Any:
    return a if condition > 0 else b if condition <= 0 else a.union(b)


@lru_cache(maxsize=64)
def real_ball_system(bits: int) -> NumberSystem:
    """Real balls at a working precision of `bits`: every operation encloses the values of the real function, kinks and
    jumps included.

    >>> system = real_ball_system(64)
    >>> system.maximum(np.array([arb(0, 1)]), system.zero)[0].contains(0.5)
    True
    """
    kinked = {
        "maximum": entrywise(lambda x, y: x.max(y), 2, arb),
        "minimum": entrywise(lambda x, y: x.min(y), 2, arb),
        "absolute": entrywise(abs, 1, arb),
        "select": entrywise(_real_select, 3, arb),
    }
    elementary: dict[str, OnEntries] = {
        "power": _real_power,
        "exp": lambda xs: [x.exp() for x in xs],
        "log": lambda xs: [x.log() for x in xs],
        "tanh": lambda xs: [x.tanh() for x in xs],
        "sigmoid": lambda xs: [1 / (1 + (-x).exp()) for x in xs],
        "softplus": lambda xs: [_real_softplus(x) for x in xs],
        "sin": lambda xs: [x.sin() for x in xs],
        "cos": lambda xs: [x.cos() for x in xs],
        "sqrt": lambda xs: [x.sqrt() for x in xs],
    }
    return _row(f"ball({bits} bits)", arb, arb_mat, bits, lambda value: exact_ball(value, bits), elementary, kinked)


def ball_system(digits: int) -> NumberSystem:
    """Real balls with `digits` decimal digits.

    >>> system = ball_system(30)
    >>> system.log(system.array(-1)).item().is_finite()
    False
    >>> ball_system(0)
    Traceback (most recent call last):
        ...
    ValueError: ball_system needs at least 1 digit, got 0
    """
    if digits < 1:
        raise ValueError(f"ball_system needs at least 1 digit, got {digits}")
    return replace(real_ball_system(math.ceil(digits * math.log2(10)) + 1), name=f"ball({digits})")


def _complex_softplus(z: Any) -> Any:
    """log(1 + exp z), or z + log(1 + exp(−z)): the same analytic function on |Im z| < π, and on the half plane in which
    each is used."""
    if z.real.mid() > 0:
        return z + (1 + (-z).exp()).log(analytic=True)
    return (1 + z.exp()).log(analytic=True)


def _complex_tanh(zs: Sequence[Any]) -> list[Any]:
    """1 − 2/(exp 2z + 1): flint's own takes longer, and is asked where that is not finite."""
    values = [ONE - TWO / ((z + z).exp() + ONE) for z in zs]
    return values if values[-1].is_finite() else [z.tanh() for z in zs]


def _complex_select(condition: Any, a: Any, b: Any) -> Any:
    if condition.real > 0:
        return a
    return b if condition.real < 0 or condition == 0 else acb(math.nan, math.nan)


def complex_ball_system(bits: int, tie: Tie | None = None) -> NumberSystem:
    """Complex balls at a working precision of `bits`: a finite result on a ball proves that the function is analytic on
    it.

    An exact number (radius 0) that is not among `Points` is a constant: its maximum with another one is just the
    larger. `tie(a, b)`, where it is given, is asked at every kink that is not excluded; the result is the smooth piece
    for a > b, or that for a < b.

    >>> system = complex_ball_system(64)
    >>> around = acb(arb(1, 2))
    >>> [is_finite(function(np.array([around]))[0]) for function in (system.exp, system.log, system.sqrt)]
    [True, False, False]
    >>> complex_ball_system(64, tie=lambda a, b: False).absolute(np.array([around]))[0].real.mid()
    -1.00000000000000
    """
    return _complex_system(bits) if tie is None else _made(bits, tie)


@lru_cache(maxsize=64)
def _complex_system(bits: int) -> NumberSystem:
    return _made(bits, None)


def _unbeaten(largest: bool, entries: tuple[Any, ...]) -> list[Any]:
    """The operands, and those of a maximum that tied before, without the ones that another exceeds on the whole ball;
    each once."""
    rivals: dict[int, Any] = {}
    for entry in entries:
        tied = entry.rivals if type(entry) is Points else None
        rivals.update({id(rival): rival for rival in (tied[1] if tied and tied[0] == largest else [entry])})
    heights = {key: _box(rival).real * (1 if largest else -1) for key, rival in rivals.items()}
    return [rival for key, rival in rivals.items() if not any(height - heights[key] > 0 for height in heights.values())]


def _extremum(largest: bool, tie: Tie | None) -> OnEntries:
    """The maximum or minimum of two entries. Where it is not decided, the result is not finite and remembers the
    rivals: max(max(x, y), z) is z if z is larger."""

    def value(x: Any, y: Any, analytic: bool) -> Any:
        return x.real_max(y, analytic=analytic) if largest else x.real_min(y, analytic=analytic)

    proved = entrywise(lambda x, y: value(x, y, True), 2, acb)

    def apply(a: Any, b: Any) -> Any:
        if all(type(entry) is acb and entry.is_exact() for entry in (a, b)):
            return value(a, b, False)
        result = proved(a, b)
        if is_finite(result):
            return result
        rivals = _unbeaten(largest, (a, b))
        if len(rivals) == 1:
            return rivals[0]
        if tie is not None and is_finite(a) and is_finite(b):
            return a if tie(a, b) == largest else b
        return Points(result.values, (largest, rivals)) if type(result) is Points else result

    return apply


def _absolute(tie: Tie | None) -> OnEntries:
    proved, negated = entrywise(lambda z: z.real_abs(analytic=True), 1, acb), entrywise(operator.neg, 1, acb)

    def apply(a: Any) -> Any:
        if type(a) is acb and a.is_exact():
            return a.real_abs()
        result = proved(a)
        if tie is None or is_finite(result) or not is_finite(a):
            return result
        return a if tie(a, negated(a)) else negated(a)

    return apply


def _made(bits: int, tie: Tie | None) -> NumberSystem:
    rows = {
        "maximum": _extremum(True, tie),
        "minimum": _extremum(False, tie),
        "absolute": _absolute(tie),
        "select": entrywise(_complex_select, 3, acb),
    }
    elementary: dict[str, OnEntries] = {
        "power": lambda x, y: x.pow(y, analytic=True),
        "exp": lambda zs: [z.exp() for z in zs],
        "log": lambda zs: [z.log(analytic=True) for z in zs],
        "tanh": _complex_tanh,
        "sigmoid": lambda zs: [ONE / (ONE + (-z).exp()) for z in zs],
        "softplus": lambda zs: [_complex_softplus(z) for z in zs],
        "sin": lambda zs: [z.sin() for z in zs],
        "cos": lambda zs: [z.cos() for z in zs],
        "sqrt": lambda zs: [z.sqrt(analytic=True) for z in zs],
    }
    return _row(
        f"complex ball({bits} bits)",
        acb,
        acb_mat,
        bits,
        lambda value: acb(value) if type(value) is float else acb(exact_ball(value, bits)),
        elementary,
        rows,
    )
