"""Fourier transforms by their definition, of lifted arrays: complex numbers are pairs of real ones, `Complex`.

A function of real numbers may go through them: `np.fft.irfft(np.fft.rfft(x) * h)`. What a library computes so is off in
proportion to all of x (`convolutions.transformed`).

>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     found = np.fft.fft(leaves(np.array([1.0, 2.0, 0.0, 0.0]), tape))
...     found.real.tolist(), found.imag.tolist(), np.abs(found)[0], np.fft.ifft(found * found.conj()).real.tolist()
([3.0, 1.0, -1.0, 1.0], [0.0, -2.0, 0.0, 2.0], 3.0, [5.0, 2.0, 0.0, 2.0])
>>> with running(Tape(100, front=ARRAYS)):
...     float(found[0])
Traceback (most recent call last):
    ...
TypeError: float() argument must be a string or a real number, not 'Complex'
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from backproof.verify.lift.arrays.arrays import array_of, plain
from backproof.verify.lift.arrays.convolutions import transformed
from backproof.verify.lift.tape.reads import NotLifted, place
from backproof.verify.lift.tape.tape import Scalar
from backproof.verify.numbers.ball_arrays import arb


class Complex:
    """An array of complex numbers `real` + i·`imag`, or one of them."""

    __array_priority__ = 2000.0
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, real: Any, imag: Any) -> None:
        self.real, self.imag = np.broadcast_arrays(array_of(real), array_of(imag), subok=True)

    shape = property(lambda self: self.real.shape)
    ndim = property(lambda self: self.real.ndim)
    size = property(lambda self: self.real.size)
    dtype = property(lambda self: np.dtype(complex))
    T = property(lambda self: Complex(self.real.T, self.imag.T))

    def __len__(self) -> int:
        return len(self.real)

    def __getitem__(self, key: Any) -> Any:
        return Complex(self.real[key], self.imag[key])

    def conj(self) -> Any:
        return Complex(self.real, -self.imag)

    conjugate = conj

    def copy(self) -> Any:
        return Complex(self.real.copy(), self.imag.copy())

    def __neg__(self) -> Any:
        return Complex(-self.real, -self.imag)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return np.hypot(self.real, self.imag)

    def __add__(self, other: Any) -> Any:
        y = pair(other)
        return Complex(self.real + y.real, self.imag + y.imag)

    def __sub__(self, other: Any) -> Any:
        return self + -pair(other)

    def __rsub__(self, other: Any) -> Any:
        return pair(other) - self

    def __mul__(self, other: Any) -> Any:
        if is_real(other):
            return Complex(self.real * other, self.imag * other)
        y = pair(other)
        return Complex(self.real * y.real - self.imag * y.imag, self.real * y.imag + self.imag * y.real)

    __radd__, __rmul__ = __add__, __mul__

    def __truediv__(self, other: Any) -> Any:
        if is_real(other):
            return Complex(self.real / other, self.imag / other)
        y = pair(other)
        return self * y.conj() / (y.real * y.real + y.imag * y.imag)

    def __rtruediv__(self, other: Any) -> Any:
        return pair(other) / self

    def __pow__(self, exponent: Any) -> Any:
        if not isinstance(exponent, int) or exponent < 1:
            raise NotLifted("a power of complex numbers but a whole positive one has no lifted rule", place())
        found = self
        for _ in range(exponent - 1):
            found = found * self
        return found

    def __getattr__(self, name: str) -> Any:
        if name in LINEAR:
            return lambda *args, **options: Complex(getattr(self.real, name)(*args, **options), getattr(self.imag, name)(*args, **options))
        raise AttributeError(f"complex lifted numbers have no {name!r}")

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        rule = UFUNCS.get(ufunc.__name__)
        if rule is None or method != "__call__" or any(value is not None for value in options.values()):
            raise NotLifted(f"numpy.{ufunc.__name__} of complex lifted numbers has no lifted rule", place())
        return rule(*map(pair, inputs)) if len(inputs) == 1 else rule(*inputs)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        rule = OF_COMPLEX.get(function)
        if rule is not None:
            return rule(*args, **options)
        if function.__name__ not in LINEAR or not isinstance(args[0], Complex):
            raise NotLifted(f"{function.__module__}.{function.__name__} of complex lifted numbers has no lifted rule", place())
        return Complex(*(function(part, *args[1:], **options) for part in (args[0].real, args[0].imag)))


LINEAR = "sum mean reshape ravel flatten transpose squeeze take repeat swapaxes moveaxis roll flip cumsum expand_dims".split()
UFUNCS: dict[str, Callable[..., Any]] = {
    "add": lambda x, y: pair(x) + y,
    "subtract": lambda x, y: pair(x) - y,
    "multiply": lambda x, y: pair(x) * y,
    "divide": lambda x, y: pair(x) / y,
    "negative": operator.neg,
    "positive": operator.pos,
    "absolute": abs,
    "conjugate": lambda x: x.conj(),
    "square": lambda x: x * x,
    "power": lambda x, y: pair(x) ** y,
}


def is_real(value: Any) -> bool:
    """Whether a value has no imaginary part."""
    return not isinstance(value, Complex) and np.asarray(plain(value)).dtype.kind != "c"


def pair(value: Any) -> Any:
    """Real or complex numbers as a `Complex`."""
    if isinstance(value, Complex):
        return value
    if is_real(value):
        return Complex(value, np.zeros(np.shape(plain(value))))
    values = np.asarray(value)
    return Complex(values.real, values.imag)


# transforms


def _roots(n: int, sign: int) -> tuple[Any, Any]:
    """cos and sin of ±2πjk/n, as a matrix."""
    angles = [arb(2 * k) / n for k in range(n)]
    table = [(Scalar(arb.cos_pi(angle)), Scalar(sign * arb.sin_pi(angle))) for angle in angles]
    rows = np.outer(np.arange(n), np.arange(n)) % n
    parts = (np.empty((n, n), dtype=object), np.empty((n, n), dtype=object))
    for place_, k in np.ndenumerate(rows):
        parts[0][place_], parts[1][place_] = table[k]
    return array_of(parts[0]), array_of(parts[1])


def _resized(x: Any, n: int, axis: int) -> Any:
    """Cut or filled up with zeros at the end of an axis."""
    m = x.shape[axis]
    if n <= m:
        return x[(slice(None),) * (axis % x.ndim) + (slice(0, n),)]
    shape = list(x.shape)
    shape[axis] = n - m
    return np.concatenate([x, np.zeros(shape)], axis=axis)


def _factor(n: int, norm: str | None, inverse: bool) -> Any:
    if norm == "ortho":
        return 1 / np.sqrt(array_of(float(n)))[()]
    return 1 / array_of(float(n))[()] if inverse != (norm == "forward") else 1.0


def _transform(a: Any, n: int | None, axis: int, norm: str | None, inverse: bool) -> Any:
    x = pair(a)
    n = x.shape[axis] if n is None else n
    real, imag = (np.moveaxis(_resized(part, n, axis), axis, -1) for part in (x.real, x.imag))
    c, s = _roots(n, 1 if inverse else -1)
    found = real @ c - imag @ s, real @ s + imag @ c
    by, everything = _factor(n, norm, inverse), np.concatenate([x.real.reshape(-1), x.imag.reshape(-1)])
    return Complex(*(np.moveaxis(transformed(part, everything, np.array([float(np.sqrt(n))])) * by, -1, axis) for part in found))


def fft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None, out: Any = None) -> Any:
    """`numpy.fft.fft`."""
    return _transform(a, n, axis, norm, False)


def ifft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None, out: Any = None) -> Any:
    """`numpy.fft.ifft`."""
    return _transform(a, n, axis, norm, True)


def rfft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None, out: Any = None) -> Any:
    """`numpy.fft.rfft`."""
    found = fft(a, n, axis, norm)
    keep = (slice(None),) * (axis % found.ndim) + (slice(0, found.shape[axis] // 2 + 1),)
    return found[keep]


def irfft(a: Any, n: int | None = None, axis: int = -1, norm: str | None = None, out: Any = None) -> Any:
    """`numpy.fft.irfft`: the second half is the conjugate of the first, and the imaginary parts at its ends do not count."""
    x = pair(a)
    n = 2 * (x.shape[axis] - 1) if n is None else n
    m = n // 2 + 1
    real, imag = (np.moveaxis(_resized(part, m, axis), axis, -1) for part in (x.real, x.imag))
    ends = np.ones(m)
    ends[0] = 0.0
    ends[-1] = ends[-1] if n % 2 else 0.0
    rest = slice(n - m, 0, -1)
    whole = Complex(np.concatenate([real, real[..., rest]], -1), np.concatenate([imag * ends, -(imag * ends)[..., rest]], -1))
    return np.moveaxis(ifft(whole, n, -1, norm).real, -1, axis)


def _shifted(sign: int) -> Callable[..., Any]:
    """`numpy.fft.fftshift`, and back."""

    def function(x: Any, axes: Any = None) -> Any:
        along = range(x.ndim) if axes is None else [axes] if isinstance(axes, int) else axes
        by = [sign * (x.shape[axis] // 2) for axis in along]
        return np.roll(x, by, list(along)) if len(by) else x

    return function


def _along(one: Callable[..., Any], last: Callable[..., Any] | None, last_first: bool, axes: Any) -> Callable[..., Any]:
    """A transform along several axes, one after the other."""

    def function(a: Any, s: Sequence[int] | None = None, axes: Any = axes, norm: str | None = None, out: Any = None) -> Any:
        x = pair(a)
        along = list(range(-len(s), 0)) if axes is None and s is not None else list(range(x.ndim)) if axes is None else list(axes)
        sizes = [None] * len(along) if s is None else list(s)
        steps = [(one, n, axis) for n, axis in zip(sizes, along, strict=True)]
        if last is not None:
            steps[-1] = (last, *steps[-1][1:])
        found: Any = a
        for by, n, axis in reversed(steps) if last_first else steps:
            found = by(found, n, axis, norm)
        return found

    return function


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.fft.fft: fft,
    np.fft.ifft: ifft,
    np.fft.rfft: rfft,
    np.fft.irfft: irfft,
    np.fft.fft2: _along(fft, None, True, (-2, -1)),
    np.fft.ifft2: _along(ifft, None, True, (-2, -1)),
    np.fft.rfft2: _along(fft, rfft, True, (-2, -1)),
    np.fft.irfft2: _along(ifft, irfft, False, (-2, -1)),
    np.fft.fftn: _along(fft, None, True, None),
    np.fft.ifftn: _along(ifft, None, True, None),
    np.fft.rfftn: _along(fft, rfft, True, None),
    np.fft.irfftn: _along(ifft, irfft, False, None),
    np.fft.fftshift: _shifted(1),
    np.fft.ifftshift: _shifted(-1),
}
OF_COMPLEX: dict[Any, Callable[..., Any]] = {
    **FUNCTIONS,
    np.real: lambda val: pair(val).real,
    np.imag: lambda val: pair(val).imag,
    np.angle: lambda z, deg=False: np.arctan2(z.imag, z.real) * (180 / np.pi if deg else 1.0),
    np.shape: lambda a: a.shape,
    np.ndim: lambda a: a.ndim,
    np.size: lambda a, axis=None: a.size if axis is None else a.shape[axis],
    np.iscomplexobj: lambda x: True,
    np.isrealobj: lambda x: False,
}
