"""Convolutions and correlations of lifted arrays by their definition, one sum of products for each entry.

`correlated(x, k, mode)` is Σ x[i + j] · k[j], where `k` lies wholly inside of `x` (valid), with its middle (same), or
anywhere (full). `padded` says what lies outside.

>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     x = leaves(np.array([1.0, 2.0, 4.0]), tape)
...     k = np.array([1.0, 10.0])
...     [correlated(x, k, mode).tolist() for mode in ("valid", "same", "full")], correlated(x, flipped(k), "valid").tolist()
([[21.0, 42.0], [10.0, 21.0, 42.0], [10.0, 21.0, 42.0, 4.0]], [12.0, 24.0])
>>> with running(Tape(100, front=ARRAYS)):
...     correlated(x, k, "no such mode")
Traceback (most recent call last):
    ...
ValueError: acceptable mode flags are 'valid', 'same', or 'full'
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.lift.arrays.arrays import array_of, plain, wrapped
from backproof.verify.lift.tape.arithmetic import dot
from backproof.verify.lift.tape.rule import ONE, ZERO, Roundings, Rule, Stability
from backproof.verify.lift.tape.tape import Scalar, apply
from backproof.verify.numbers.ball_arrays import arb

PER_LEVEL = 8  # of one transform of length 2ˡ: η = µ + γ₄(√2 + µ) is below 7 u a level (Higham, §24.1), and one for the product
TRANSFORMS = 3  # two there, one back


def flipped(k: Any) -> Any:
    """The kernel for which a correlation is a convolution with k."""
    return k[tuple([slice(None, None, -1)] * k.ndim)]


def windows_times(x: Array, k: Array) -> Any:
    """Σ x[i + j] · k[j] wherever all of k lies inside; of plain object arrays."""
    weights = k.reshape(-1).tolist()
    rows = np.lib.stride_tricks.sliding_window_view(x, k.shape)
    shape = rows.shape[: x.ndim]
    result: Array = np.empty(math.prod(shape), dtype=object)
    for number, row in enumerate(rows.reshape(-1, k.size) if k.size else ()):
        result[number] = dot(row.tolist(), weights)
    return wrapped(result.reshape(shape))


def padded(x: Array, widths: Sequence[tuple[int, int]], outside: str = "constant", value: Any = 0.0) -> Array:
    """With what lies outside: a constant, or the entries again (`wrap`, `symmetric`, …), as in `numpy.pad`."""
    options = {"constant_values": plain(array_of(value))[()]} if outside == "constant" else {}
    return x if not x.size else np.pad(x, widths, mode=outside, **options)  # type: ignore[call-overload]


def correlated(x: Any, k: Any, mode: str = "full", outside: str = "constant", value: Any = 0.0) -> Any:
    """The correlation; in the mode `same` of the shape of x, about the middle of the full one."""
    if mode not in ("valid", "same", "full"):
        raise ValueError("acceptable mode flags are 'valid', 'same', or 'full'")
    array, kernel = plain(array_of(x)), plain(array_of(k))
    widths = [_widths(n, mode) for n in kernel.shape]
    return windows_times(padded(array, widths, outside, value) if mode != "valid" else array, kernel)


def _widths(n: int, mode: str) -> tuple[int, int]:
    """How far the kernel reaches outside, on both sides."""
    return (n - 1, n - 1) if mode == "full" else (n - 1 - (n - 1) // 2, (n - 1) // 2)


def transformed(found: Any, *operands: Any) -> Any:
    """The same, as it is computed by Fourier transforms: with an error that is in proportion to all of the operands."""
    levels = max(1, math.ceil(math.log2(max(2, sum(np.size(plain(part)) for part in operands)))))
    size = math.prod(math.sqrt(sum(float(abs(x.value).mid()) ** 2 for x in plain(array_of(part)).flat)) for part in operands)
    rule, all_of_it = _by_transform(TRANSFORMS * PER_LEVEL * levels), Scalar(arb(size if math.isfinite(size) else 0.0))
    noted: Callable[[Scalar], Scalar] = lambda entry: apply(rule, entry, all_of_it)  # noqa: E731
    result: Any = np.frompyfunc(noted, 1, 1)(plain(array_of(found)))
    return wrapped(np.asarray(result, dtype=object))


def _by_transform(count: int) -> Rule:
    """A number that is off by so many roundings of another."""
    return Rule("transformed", lambda x, size: x, lambda v, x, size: (ONE, ZERO), Roundings((count, 0), (0, 0), Stability.NORM, terms=1))
