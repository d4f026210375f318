"""Convolutions and correlations of `scipy.signal` and `scipy.ndimage`, by name.

>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     x = leaves(np.array([1.0, 2.0, 4.0]), tape)
...     SIGNAL["convolve"](x, np.array([1.0, 10.0]), mode="valid").tolist(), IMAGES["correlate1d"](x, np.array([1.0, 0.0, 1.0])).tolist()
([12.0, 24.0], [3.0, 5.0, 6.0])
>>> "resample" in SIGNAL
False
>>> with running(Tape(100, front=ARRAYS)):
...     SIGNAL["correlate2d"](x, x)
Traceback (most recent call last):
    ...
ValueError: correlate2d inputs must both be 2-D arrays
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from backproof.verify.lift.arrays.arrays import LiftedArray, array_of, is_plain, plain, wrapped
from backproof.verify.lift.arrays.convolutions import correlated, flipped, padded, transformed, windows_times
from backproof.verify.lift.tape.reads import NotLifted, place

SIGNAL_BOUNDARIES = {"fill": "constant", "wrap": "wrap", "circular": "wrap", "symm": "symmetric", "symmetric": "symmetric"}
IMAGE_BOUNDARIES = {
    "reflect": "symmetric", "grid-mirror": "symmetric", "mirror": "reflect", "nearest": "edge",
    "constant": "constant", "grid-constant": "constant", "wrap": "wrap", "grid-wrap": "wrap",
}  # fmt: skip


# scipy.signal


def _is_inside(mode: str, x: Any, k: Any) -> bool:
    """Whether the first is the smaller one, where that counts. ValueError as SciPy's where neither is."""
    if mode != "valid" or all(m >= n for m, n in zip(x.shape, k.shape, strict=True)):
        return False
    if not all(n >= m for m, n in zip(x.shape, k.shape, strict=True)):
        raise ValueError("For 'valid' mode, one must be at least as large as the other in every dimension")
    return True


def _same_rank(x: Any, k: Any, name: str) -> tuple[Any, Any]:
    x, k = array_of(x), array_of(k)
    if x.ndim != k.ndim:
        raise ValueError(f"{name} inputs must have the same dimensionality")
    return x, k


def _chosen(found: Any, x: Any, k: Any, mode: str, method: str) -> Any:
    """By its definition, or by transforms: what SciPy takes where it is left to it."""
    if method not in ("auto", "direct", "fft"):
        raise ValueError("Acceptable method flags are 'auto', 'direct', or 'fft'.")
    if method == "auto":
        import scipy.signal  # by far the largest part of what `check` would import; who comes here has it already

        choose: Any = scipy.signal.choose_conv_method
        method = choose(np.zeros(x.shape), np.zeros(k.shape), mode)
    return transformed(found, x, k) if method == "fft" else found


def _correlate(in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Any:
    x, k = _same_rank(in1, in2, "correlate")
    if not x.ndim:
        return (x * k)[()]
    return _chosen(flipped(correlated(k, x, mode)) if _is_inside(mode, x, k) else correlated(x, k, mode), x, k, mode, method)


def _convolve(in1: Any, in2: Any, mode: str = "full", method: str = "auto") -> Any:
    x, k = _same_rank(in1, in2, "convolve")
    if not x.ndim:
        return (x * k)[()]
    return _chosen(_convolved(x, k, mode), x, k, mode, method)


def _convolved(x: Any, k: Any, mode: str) -> Any:
    if _is_inside(mode, x, k):
        x, k = k, x
    return _middle(correlated(x, flipped(k)), x.shape) if mode == "same" else correlated(x, flipped(k), mode)


def _middle(full: Any, shape: Sequence[int], later: bool = False) -> Any:
    """About the middle; between two, about the first, or about the second."""
    starts = [(n - m + later) // 2 for n, m in zip(full.shape, shape, strict=True)]
    return full[tuple(slice(start, start + m) for start, m in zip(starts, shape, strict=True))]


def _fft_convolve(in1: Any, in2: Any, mode: str = "full", axes: Any = None) -> Any:
    x, k = _same_rank(in1, in2, "fftconvolve")
    if axes is None:
        return transformed(_convolved(x, k, mode), x, k) if x.ndim else (x * k)[()]
    along = sorted(axis % x.ndim for axis in np.atleast_1d(axes))
    other = np.broadcast_shapes(*([n for axis, n in enumerate(part.shape) if axis not in along] for part in (x, k)))
    rows = [np.moveaxis(part, along, range(-len(along), 0)) for part in (x, k)]
    many = [np.broadcast_to(part, (*other, *part.shape[len(other) :])).reshape(-1, *part.shape[len(other) :]) for part in rows]
    found = np.stack([_convolved(one, by, mode) for one, by in zip(*many, strict=True)])
    found = np.moveaxis(found.reshape(*other, *found.shape[1:]), range(-len(along), 0), along)
    return transformed(found, x, k)


def _of_two_axes(name: str, convolving: bool) -> Callable[..., Any]:
    def function(in1: Any, in2: Any, mode: str = "full", boundary: str = "fill", fillvalue: Any = 0) -> Any:
        x, k = array_of(in1), array_of(in2)
        if not x.ndim == k.ndim == 2:
            raise ValueError(f"{name} inputs must both be 2-D arrays")
        inside = _is_inside(mode, x, k)
        x, k = (k, x) if inside else (x, k)
        outside = SIGNAL_BOUNDARIES[boundary]
        found = correlated(x, flipped(k) if convolving else k, "full" if mode == "same" else mode, outside, fillvalue)
        if mode == "same":
            return _middle(found, x.shape, later=not convolving)
        return flipped(found) if inside and not convolving else found

    return function


SIGNAL: dict[str, Callable[..., Any]] = {
    "correlate": _correlate,
    "convolve": _convolve,
    "correlate2d": _of_two_axes("correlate2d", False),
    "convolve2d": _of_two_axes("convolve2d", True),
    "fftconvolve": _fft_convolve,
    "oaconvolve": _fft_convolve,
}


# scipy.ndimage


def _filtered(x: Any, weights: Any, output: Any, mode: Any, cval: Any, origin: Any, convolving: bool) -> Any:
    """The sum of products about every entry; `origin` moves the middle of the weights."""
    array, kernel = array_of(x), array_of(weights)
    if array.ndim != kernel.ndim:
        raise RuntimeError("filter weights array has incorrect shape.")
    shifts = list(origin) if isinstance(origin, list | tuple) else [origin] * array.ndim
    if convolving:
        kernel = flipped(kernel)
        shifts = [-shift - (1 - n % 2) for shift, n in zip(shifts, kernel.shape, strict=True)]
    modes = list(mode) if isinstance(mode, list | tuple) else [mode] * array.ndim
    found = plain(array)
    for axis, (n, shift, at_edge) in enumerate(zip(kernel.shape, shifts, modes, strict=True)):
        widths = [(0, 0)] * array.ndim
        widths[axis] = (n // 2 + shift, n - 1 - n // 2 - shift)
        found = padded(found, widths, IMAGE_BOUNDARIES[at_edge], cval)
    result = windows_times(found, plain(kernel))
    if output is None or (not isinstance(output, np.ndarray) and np.dtype(output).kind == "f"):
        return result
    if not isinstance(output, LiftedArray) or is_plain(output):
        raise NotLifted("scipy.ndimage into a plain array has no lifted rule", place(), "make it with np.zeros in this code")
    output[...] = result
    return output


def _image_filter(convolving: bool) -> Callable[..., Any]:
    def function(
        input: Any, weights: Any, output: Any = None, mode: Any = "reflect", cval: Any = 0.0, origin: Any = 0, **options: Any
    ) -> Any:
        if options.get("axes") is not None:
            raise NotLifted("scipy.ndimage filters along some axes have no lifted rule", place())
        return _filtered(input, weights, output, mode, cval, origin, convolving)

    return function


def _row_filter(convolving: bool) -> Callable[..., Any]:
    def function(
        input: Any, weights: Any, axis: int = -1, output: Any = None, mode: str = "reflect", cval: Any = 0.0, origin: int = 0
    ) -> Any:
        x, kernel = array_of(input), array_of(weights)
        shape, origins = [1] * x.ndim, [0] * x.ndim
        shape[axis], origins[axis] = kernel.size, origin
        if convolving:  # an axis without width has no middle to be moved
            kernel, origins[axis] = flipped(kernel), -origin - (1 - kernel.size % 2)
        return _filtered(x, wrapped(plain(kernel).reshape(shape)), output, mode, cval, origins, False)

    return function


IMAGES: dict[str, Callable[..., Any]] = {
    "correlate": _image_filter(False),
    "convolve": _image_filter(True),
    "correlate1d": _row_filter(False),
    "convolve1d": _row_filter(True),
}
