"""Fourier transforms by their definition, of lifted arrays: each entry is one sum of products with the certified cosines
and sines of 2πjk/n. Nothing here calls a library's transform.

What a library computes is off in proportion to all of the entries that go into it (N. J. Higham, *Accuracy and
Stability of Numerical Algorithms*, 2nd ed., §24.1); that is counted with the sum.

>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     z = np.fft.fft(leaves(np.array([1.0, 2.0, 0.0, 0.0]), tape))
...     z.real.tolist(), z.imag.tolist(), np.abs(z)[0], np.fft.ifft(z * z.conj()).real.tolist()
([3.0, 1.0, -1.0, 1.0], [0.0, -2.0, 0.0, 2.0], 3.0, [5.0, 2.0, 0.0, 2.0])
>>> with running(Tape(100, front=ARRAYS)):
...     np.fft.ifft(z, norm="unitary")
Traceback (most recent call last):
    ...
ValueError: Invalid norm value unitary; should be "backward", "ortho" or "forward".
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.lift.arrays.arrays import array_of, plain, wrapped, zeros
from backproof.verify.lift.arrays.complex_numbers import ComplexArray, holds_complex, is_zero, pair
from backproof.verify.lift.arrays.convolutions import PER_LEVEL, TRANSFORMS
from backproof.verify.lift.arrays.whole import bare
from backproof.verify.lift.tape.rule import ONE, ZERO, Roundings, Rule, Stability
from backproof.verify.lift.tape.tape import Scalar, apply
from backproof.verify.numbers.ball_arrays import Ball, arb

NORMS = ("backward", "ortho", "forward")
COMPUTED = 16  # chosen: roundings of a cosine that the code computes, as of any constant that it computes (`rounding.counts.FOLDED`)
Table: TypeAlias = list[list[Ball]]
WEIGHTED = Roundings((1, 0), (1 + COMPUTED, 0))
"""Of a sum with weights that were computed; the error of the value is that of the transform, beside this."""
PADDED = 2  # levels more: a length that is no product of small primes is computed by transforms of up to four times that length


# one transform


def _scale(n: int, norm: str | None, inverse: bool) -> Any:
    norm = norm or "backward"
    if norm not in NORMS:
        raise ValueError(f'Invalid norm value {norm}; should be "backward", "ortho" or "forward".')
    if norm == "ortho":
        return 1 / arb(n).sqrt()
    return 1 / arb(n) if inverse != (norm == "forward") else arb(1)


def _angles(n: int, rows: int, columns: int) -> Array:
    """j·k modulo n."""
    return np.outer(np.arange(rows), np.arange(columns)) % n


def _table(n: int, function: Callable[[Any], Any], scale: Any) -> list[Ball]:
    """function(2πk/n) · scale for k below n."""
    return [function(arb(2 * k) / n) * scale for k in range(n)]


def _resized(x: Any, n: int) -> Any:
    """Cut or filled up with zeros at the end of the last axis."""
    if n <= x.shape[-1]:
        return x[..., :n]
    return np.concatenate([x, zeros((*x.shape[:-1], n - x.shape[-1]))], axis=-1)


def _checked(n: Any, size: int) -> int:
    count = size if n is None else int(n)
    if count < 1:
        raise ValueError(f"Invalid number of FFT data points ({count}) specified.")
    return count


def _summed(x: Any, of_real: Table, of_imag: Table, n: int, scale: Any) -> Any:
    """Σ real·a + imag·b along the last axis, for each row of coefficients."""
    real, imag = (plain(part) for part in x.parts)
    only_real, shape = is_zero(x.parts[1]), real.shape[:-1]
    result: Array = np.empty((*shape, len(of_real)), dtype=object)
    rule = _by_transform(TRANSFORMS * PER_LEVEL * (max(1, math.ceil(math.log2(n))) + PADDED))
    factor = math.sqrt(n) * float(scale.mid())
    for where in np.ndindex(*shape):
        entries = real[where].tolist() if only_real else [*real[where].tolist(), *imag[where].tolist()]
        size = Scalar(arb(_length(entries) * factor)) if any(x.index >= 0 for x in entries) else None
        for j, (a, b) in enumerate(zip(of_real, of_imag, strict=True)):
            found = _weighted(entries, a if only_real else a + b)
            result[(*where, j)] = found if size is None or found.index < 0 or n < 2 else apply(rule, found, size)
    return wrapped(result)


def _weighted(entries: list[Scalar], weights: list[Ball]) -> Scalar:
    """Σ weight · entry as one node, of which the weights are no operands."""
    kept = [(w, x) for w, x in zip(weights, entries, strict=True) if not w.is_zero() and (x.index >= 0 or not x.value.is_zero())]
    if not kept:
        return Scalar(ZERO)
    own = tuple(w for w, _ in kept)
    if len(own) == 1 and own[0] == 1:
        return kept[0][1]
    return apply(Rule("weighted", lambda *xs: _sum_of_products(own, xs), lambda v, *xs: own, WEIGHTED), *(x for _, x in kept))


def _sum_of_products(weights: Sequence[Ball], xs: Sequence[Ball]) -> Ball:
    found = weights[0] * xs[0]
    for w, x in zip(weights[1:], xs[1:], strict=True):
        found += w * x
    return found


def _length(entries: list[Scalar]) -> float:
    found = math.sqrt(sum(float(abs(x.value).mid()) ** 2 for x in entries if x.value.is_finite()))
    return found if math.isfinite(found) else 0.0


@lru_cache(maxsize=64)
def _by_transform(count: int) -> Rule:
    """A number that is off by so many roundings of the size of all entries."""
    return Rule("transformed", lambda x, size: x, lambda v, x, size: (ONE, ZERO), Roundings((count, 0), (0, 0), Stability.NORM, terms=1))


def _transformed(a: Any, n: Any, axis: int, norm: str | None, inverse: bool, half: bool) -> Any:
    """Σ x[k]·(cos ∓ i sin); with `half` the entries up to n/2 only."""
    x = pair(bare(a))
    if not x.ndim:
        raise IndexError("tuple index out of range")
    n = _checked(n, x.shape[axis])
    moved = ComplexArray(*(_resized(np.moveaxis(part, axis, -1), n) for part in x.parts))
    scale = _scale(n, norm, inverse)
    rows = _angles(n, n // 2 + 1 if half else n, n).tolist()
    c, s, minus = _table(n, arb.cos_pi, scale), _table(n, arb.sin_pi, scale), _table(n, arb.sin_pi, -scale)
    if inverse:
        s, minus = minus, s
    cos, sin, opposite = ([[table[k] for k in row] for row in rows] for table in (c, s, minus))
    found = _summed(moved, cos, sin, n, scale), _summed(moved, opposite, cos, n, scale)
    return ComplexArray(*(np.moveaxis(part, -1, axis) for part in found))


def fft(x: Any, n: Any = None, axis: int = -1, norm: str | None = None, *_: Any, **__: Any) -> Any:
    """`numpy.fft.fft`."""
    return _transformed(x, n, axis, norm, inverse=False, half=False)


def ifft(x: Any, n: Any = None, axis: int = -1, norm: str | None = None, *_: Any, **__: Any) -> Any:
    """`numpy.fft.ifft`."""
    return _transformed(x, n, axis, norm, inverse=True, half=False)


def rfft(x: Any, n: Any = None, axis: int = -1, norm: str | None = None, *_: Any, **__: Any) -> Any:
    """`numpy.fft.rfft`. TypeError, as NumPy's, of complex numbers."""
    if holds_complex(x):
        raise TypeError("ufunc 'rfft_n_even' did not contain a loop with signature matching types complex128 -> None")
    return _transformed(x, n, axis, norm, inverse=False, half=True)


def irfft(x: Any, n: Any = None, axis: int = -1, norm: str | None = None, *_: Any, **__: Any) -> Any:
    """`numpy.fft.irfft`: every entry between the ends counts twice, and the imaginary parts at the ends do not."""
    z = pair(bare(x))
    n = _checked(2 * (z.shape[axis] - 1) if n is None else n, 0)
    half = n // 2 + 1
    moved = ComplexArray(*(_resized(np.moveaxis(part, axis, -1), half) for part in z.parts))
    scale = _scale(n, norm, inverse=True)
    c, s = _table(n, arb.cos_pi, scale), _table(n, arb.sin_pi, -scale)
    twice = [1 if k == 0 or 2 * k == n else 2 for k in range(half)]
    cos, sin = ([[table[j * k % n] * twice[k] for k in range(half)] for j in range(n)] for table in (c, s))
    for row in sin:
        for k, times in enumerate(twice):
            if times == 1:
                row[k] = ZERO
    return np.moveaxis(_summed(moved, cos, sin, n, scale), -1, axis)


# further ones, by those


def hfft(x: Any, n: Any = None, axis: int = -1, norm: str | None = None, *_: Any, **__: Any) -> Any:
    """`numpy.fft.hfft`."""
    return irfft(pair(bare(x)).conj(), n, axis, _other(norm))


def ihfft(x: Any, n: Any = None, axis: int = -1, norm: str | None = None, *_: Any, **__: Any) -> Any:
    """`numpy.fft.ihfft`."""
    return rfft(x, n, axis, _other(norm)).conj()


def _other(norm: str | None) -> str:
    return {"backward": "forward", "forward": "backward"}.get(norm or "backward", norm or "")


def _along(one: Callable[..., Any], last: Callable[..., Any] | None, last_first: bool, default: Any) -> Callable[..., Any]:
    """A transform along several axes, one after the other; `last` along the last of them."""

    def function(x: Any, s: Sequence[Any] | None = None, axes: Any = default, norm: str | None = None, *_: Any, **__: Any) -> Any:
        ndim = pair(bare(x)).ndim
        axes = [axes] if isinstance(axes, int) else axes
        along = list(axes) if axes is not None else list(range(-len(s), 0)) if s is not None else list(range(ndim))
        sizes = [None if s is None or s[k] == -1 else s[k] for k in range(len(along))]
        steps: list[tuple[Callable[..., Any], Any, int]] = [(one, n, axis) for n, axis in zip(sizes, along, strict=True)]
        if last is not None:
            steps[-1] = (last, *steps[-1][1:])
        found: Any = x
        for by, n, axis in reversed(steps) if last_first else steps:
            found = by(found, n, axis, norm)
        return found

    return function


def _shifted(sign: int) -> Callable[..., Any]:
    """`numpy.fft.fftshift`, and back."""

    def function(x: Any, axes: Any = None) -> Any:
        values = x if type(x) is ComplexArray else np.asarray(x) if holds_complex(x) else array_of(bare(x))
        along = list(range(values.ndim)) if axes is None else [axes] if isinstance(axes, int | np.integer) else list(axes)
        by = [values.shape[axis] // 2 if sign > 0 else -(values.shape[axis] // 2) for axis in along]
        return np.roll(values, by, along) if along else values

    return function


def _frequencies(half: bool) -> Callable[..., Any]:
    """`numpy.fft.fftfreq` and `rfftfreq`: of plain numbers they are floats, on which masks and comparisons rest."""
    original: Any = np.fft.rfftfreq if half else np.fft.fftfreq

    def function(n: Any, d: Any = 1.0, *_: Any, **__: Any) -> Any:
        if type(d) is not Scalar or (d.index < 0 and d.value.is_exact()):
            return array_of(original(n, float(d)))
        return array_of(np.rint(original(n, 1.0 / n))) / (d * n)

    return function


TRANSFORMED: dict[str, Callable[..., Any]] = {
    "fft": fft,
    "ifft": ifft,
    "rfft": rfft,
    "irfft": irfft,
    "hfft": hfft,
    "ihfft": ihfft,
    "fft2": _along(fft, None, True, (-2, -1)),
    "ifft2": _along(ifft, None, True, (-2, -1)),
    "rfft2": _along(fft, rfft, True, (-2, -1)),
    "irfft2": _along(ifft, irfft, False, (-2, -1)),
    "fftn": _along(fft, None, True, None),
    "ifftn": _along(ifft, None, True, None),
    "rfftn": _along(fft, rfft, True, None),
    "irfftn": _along(ifft, irfft, False, None),
    "fftshift": _shifted(1),
    "ifftshift": _shifted(-1),
    "fftfreq": _frequencies(half=False),
    "rfftfreq": _frequencies(half=True),
}
"""By the names that NumPy and SciPy have for them."""
