"""Convolutions and correlations of SciPy and NumPy: the values of SciPy in every mode, and their gradients."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.ndimage
import scipy.signal

from backproof.verify.gradient_oracle.check import check
from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.tape.reads import NotLifted
from backproof.verify.verdicts import Verdict

Asked = Callable[..., None]
RNG = np.random.default_rng(0)
SHAPES = [((5,), (3,)), ((4,), (2,)), ((2,), (4,)), ((4, 3), (3, 2)), ((4, 3), (2, 3)), ((3, 3), (2, 2)), ((2, 2), (3, 3))]
signal: Any = scipy.signal
rows: Any = np
images: Any = scipy.ndimage
MODES = ("full", "same", "valid")


def values(f: Any, *args: Any) -> Any:
    found = lift(f, args).values[0]
    assert found is not None
    return np.array([float(ball.mid()) for ball in found.reshape(-1)]).reshape(found.shape)


@pytest.mark.parametrize(("shape", "of"), SHAPES)
@pytest.mark.parametrize("mode", MODES)
def test_every_mode_of_signal_has_the_values_of_scipy(shape: Any, of: Any, mode: str, same: Asked) -> None:
    x, k = RNG.normal(size=shape), RNG.normal(size=of)
    for f in (signal.correlate, signal.convolve, signal.fftconvolve, signal.oaconvolve):
        same(lambda x, k, f=f: f(x, k, mode=mode), x, k)
    if len(shape) == 1:
        same(lambda x, k: rows.convolve(x, k, mode), x, k)
        same(lambda x, k: rows.correlate(x, k, mode), x, k)
        return
    for f, boundary in itertools.product((signal.correlate2d, signal.convolve2d), ("fill", "wrap", "symm")):
        same(lambda x, k, f=f, b=boundary: f(x, k, mode=mode, boundary=b, fillvalue=0.0 if b != "fill" else 1.5), x, k)


@pytest.mark.parametrize("mode", ["reflect", "constant", "nearest", "mirror", "wrap"])
def test_every_boundary_of_ndimage_has_the_values_of_scipy(mode: str, same: Asked) -> None:
    x, k = RNG.normal(size=(4, 3)), RNG.normal(size=(3, 2))
    for f, origin in itertools.product((images.correlate, images.convolve), (0, (1, 0), -1)):
        same(lambda x, k, f=f, o=origin: f(x, k, mode=mode, cval=1.5, origin=o), x, k)
    for f, origin, n in itertools.product((images.correlate1d, images.convolve1d), (0, -1), (2, 3)):
        same(lambda x, k, f=f, o=origin: f(x, k, axis=0, mode=mode, cval=1.5, origin=o), x, k.reshape(-1)[:n])


def test_transforms_along_some_axes(same: Asked) -> None:
    x, k = RNG.normal(size=(2, 4, 3)), RNG.normal(size=(1, 3, 3))
    same(lambda x, k: signal.fftconvolve(x, k, mode="same", axes=1), x, k)


def layer(x: Any, k: Any) -> Any:
    return signal.correlate2d(x, k, mode="valid")


def layer_back(args: Any, out: Any, ct: Any) -> Any:
    x, k = args
    return signal.convolve2d(ct, k, mode="full"), signal.correlate2d(x, ct, mode="valid")


def turned(args: Any, out: Any, ct: Any) -> Any:
    return signal.convolve2d(ct, args[1][::-1], mode="full"), layer_back(args, out, ct)[1]


def smoothed(x: Any, k: Any) -> Any:
    out = np.zeros_like(x)
    images.correlate1d(x, k, axis=0, output=out, mode="constant")
    return out


def smoothed_back(args: Any, out: Any, ct: Any) -> Any:
    x, k = args
    ct = np.ascontiguousarray(ct)
    rows = np.pad(x, ((1, 1), (0, 0)))
    return images.convolve1d(ct, k, axis=0, mode="constant"), np.array([np.sum(rows[j : j + len(x)] * ct) for j in range(3)])


def by_transforms(x: Any, k: Any) -> Any:
    return signal.fftconvolve(x, k, mode="valid")


def by_transforms_back(args: Any, out: Any, ct: Any) -> Any:
    x, k = args
    return signal.fftconvolve(ct, k[::-1, ::-1], mode="full"), signal.fftconvolve(x[::-1, ::-1], ct, mode="valid")


def not_flipped(args: Any, out: Any, ct: Any) -> Any:
    gradients = by_transforms_back(args, out, ct)
    return signal.fftconvolve(ct, args[1], mode="full"), gradients[1]


def scaled(backward: Any) -> Any:
    return lambda args, out, ct: tuple((1 + 1e-9) * part for part in backward(args, out, ct))


@pytest.mark.parametrize(
    ("f", "right", "wrong", "kernel"),
    [
        (layer, layer_back, turned, (2, 3)),
        (layer, layer_back, scaled(layer_back), (2, 3)),
        (smoothed, smoothed_back, scaled(smoothed_back), (3,)),
        (by_transforms, by_transforms_back, not_flipped, (2, 3)),
        (by_transforms, by_transforms_back, scaled(by_transforms_back), (2, 3)),
    ],
)
def test_a_convolution_layer_is_certified_and_a_wrong_one_caught(f: Any, right: Any, wrong: Any, kernel: Any) -> None:
    args = (RNG.normal(size=(4, 5)), RNG.normal(size=kernel))
    good = check(f, args, right, effort="quick", timeout=120)
    assert good.ok, good.explain()
    assert good.proved == good.points > 1, good.explain()
    assert check(f, args, wrong, effort="quick", timeout=120).verdict is Verdict.WRONG


def test_errors_are_scipys_and_what_is_not_there_is_refused() -> None:
    x = np.ones((2, 2))
    with pytest.raises(ValueError, match="For 'valid' mode, one must be at least as large"):
        lift(lambda x: signal.correlate2d(x, np.ones((1, 3)), "valid"), (x,))
    with pytest.raises(ValueError, match="same dimensionality"):
        lift(lambda x: signal.convolve(x, np.ones(3)), (x,))
    with pytest.raises(NotLifted, match="along some axes"):
        lift(lambda x: images.correlate(x, np.ones(2), axes=(0,)), (x,))
    with pytest.raises(NotLifted, match="lfilter"):
        lift(lambda x: signal.lfilter([1.0], [1.0, 0.5], x), (x,))
