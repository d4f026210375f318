"""Rules for NumPy functions that are neither ufuncs nor reductions, and whose own code does not run on objects.

>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     x = leaves(np.array([1.0, 2.0, 4.0]), tape)
...     np.clip(x, 1.5, 3.0), np.where(x > 1.5, x, 0.0), np.shape(x)
(lifted(array([1.5, 2.0, 3.0], dtype=object)), lifted(array([0.0, 2.0, 4.0], dtype=object)), (3,))
>>> with running(Tape(100, front=ARRAYS)):
...     np.cov(x, fweights=[1, 2, 1])
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: numpy.cov with weights has no lifted rule (...
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.verify.lift.arrays.arrays import LiftedArray, array_of, entry_by_entry, plain, rewrapped, wrapped, zeros
from backproof.verify.lift.arrays.reductions import NOT_GIVEN, finished, given
from backproof.verify.lift.tape.decisions import decide
from backproof.verify.lift.tape.kinks import clip, is_nan, round_to_even
from backproof.verify.lift.tape.reads import NotLifted, place
from backproof.verify.lift.tape.rule import Rule
from backproof.verify.lift.tape.tape import Scalar, apply, scalar


def _clip(
    a: Any, a_min: Any = NOT_GIVEN, a_max: Any = NOT_GIVEN, out: Any = None, *, min: Any = NOT_GIVEN, max: Any = NOT_GIVEN, **_: Any
) -> Any:
    low = given(a_min, given(min, None))
    high = given(a_max, given(max, None))
    bounds = [np.asarray(plain(bound), dtype=object) for bound in (low, high)]
    return finished(np.asarray(np.frompyfunc(clip, 3, 1)(plain(array_of(a)), *bounds), dtype=object), out)


def _round(a: Any, decimals: int = 0, out: Any = None) -> Any:
    return finished(np.asarray(np.frompyfunc(lambda x: round_to_even(x, decimals), 1, 1)(plain(array_of(a))), dtype=object), out)


def _where(condition: Any, x: Any = NOT_GIVEN, y: Any = NOT_GIVEN) -> Any:
    mask = condition
    if isinstance(condition, LiftedArray):
        mask = condition.astype(bool)
    elif type(condition) is Scalar:
        mask = bool(condition)
    if x is NOT_GIVEN:
        return np.where(plain(mask))
    return wrapped(np.asarray(np.where(np.asarray(mask), plain(array_of(x)), plain(array_of(y))), dtype=object))


def _like(fill: float) -> Callable[..., Any]:
    def make(a: Any, dtype: Any = None, order: Any = "K", subok: bool = True, shape: Any = None, **_: Any) -> Any:
        wanted = np.shape(plain(a)) if shape is None else shape
        if dtype is not None and np.dtype(dtype).kind not in "fOV":
            return np.full(wanted, fill, dtype=dtype)
        return zeros(wanted, fill)

    return make


def _full_like(a: Any, fill_value: Any, dtype: Any = None, order: Any = "K", subok: bool = True, shape: Any = None, **_: Any) -> Any:
    result = _like(0.0)(a, dtype=dtype, shape=shape)
    result[...] = fill_value
    return result


def _is_close(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: Any = False) -> Any:
    x, y = array_of(a), array_of(b)
    found = np.frompyfunc(lambda u, v: decide(abs(u - v), "<=", atol + rtol * abs(v), "isclose"), 2, 1)(plain(x), plain(y))
    return np.asarray(found).astype(bool)[()]


def _all_close(a: Any, b: Any, rtol: Any = 1e-05, atol: Any = 1e-08, equal_nan: Any = False) -> Any:
    return bool(np.all(_is_close(a, b, rtol, atol)))


def by_rule(rule: Rule | str, x: Any) -> Any:
    """A rule of one operand on every entry."""
    return finished(entry_by_entry(lambda u: apply(rule, scalar(u)), array_of(x)))


def _nan_to_num(x: Any, copy: bool = True, nan: Any = 0.0, **_: Any) -> Any:
    """What is no number is replaced; an infinite one stays, and is refused where it comes out."""
    numbers = entry_by_entry(lambda u: scalar(nan) if is_nan(u) else scalar(u), array_of(x))
    return wrapped(numbers) if np.ndim(plain(x)) else numbers[()]


def _polynomial_fit(x: Any, y: Any, deg: int) -> Any:
    return np.linalg.lstsq(np.vander(array_of(x), deg + 1), array_of(y), rcond=None)[0]


def _covariance(
    m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: Any = None, fweights: Any = None, aweights: Any = None, **_: Any
) -> Any:
    if fweights is not None or aweights is not None:
        raise NotLifted("numpy.cov with weights has no lifted rule", place())
    rows = [part if np.ndim(plain(part)) < 2 or rowvar else part.T for part in ([m] if y is None else [m, y])]
    x = np.concatenate([np.atleast_2d(array_of(part)) for part in rows])
    centred = x - np.mean(x, axis=1, keepdims=True)
    return np.squeeze(centred @ centred.T / (x.shape[1] - ((0 if bias else 1) if ddof is None else ddof)))[()]


def _correlation(x: Any, y: Any = None, rowvar: bool = True, **_: Any) -> Any:
    c = array_of(_covariance(x, y, rowvar))
    if c.ndim == 0:
        return c / c
    root = np.sqrt(np.diag(c))
    return c / root[:, None] / root[None, :]


def _astype(x: Any, dtype: Any, /, *, copy: bool = True, device: Any = None) -> Any:
    return array_of(x).astype(dtype, copy=copy)


def _on_scalars(function: Any) -> Callable[..., Any]:
    """NumPy's own code, with every number among the arguments made a scalar."""

    def run(a: Any, *args: Any, **options: Any) -> Any:
        return rewrapped(function(plain(array_of(a)), *args, **options))

    return run


def _is_complex(value: bool) -> Callable[[Any], Any]:
    return lambda x: np.full(np.shape(plain(x)), value)[()]


FUNCTIONS: dict[Any, Callable[..., Any]] = {
    np.clip: _clip,
    np.round: _round,
    np.around: _round,
    np.fix: lambda x, out=None: np.trunc(array_of(x), out=out),
    np.polyfit: _polynomial_fit,
    np.where: _where,
    np.zeros_like: _like(0.0),
    np.empty_like: _like(0.0),
    np.ones_like: _like(1.0),
    np.full_like: _full_like,
    np.isclose: _is_close,
    np.allclose: _all_close,
    np.sinc: lambda x: by_rule("sinc", x),
    np.i0: lambda x: by_rule("i0", x),
    np.nan_to_num: _nan_to_num,
    np.cov: _covariance,
    np.corrcoef: _correlation,
    np.cumsum: _on_scalars(np.cumsum),
    np.cumprod: _on_scalars(np.cumprod),
    np.real: lambda val: val,
    np.imag: lambda val: zeros(np.shape(plain(val))),
    np.conj: lambda x: x,
    np.iscomplexobj: lambda x: False,
    np.isrealobj: lambda x: True,
    np.isreal: _is_complex(True),
    np.iscomplex: _is_complex(False),
    np.shape: lambda a: np.shape(plain(a)) if not isinstance(a, Scalar) else (),
    np.ndim: lambda a: np.ndim(plain(a)) if not isinstance(a, Scalar) else 0,
    np.size: lambda a, axis=None: np.size(plain(a), axis) if not isinstance(a, Scalar) else 1,
    np.copyto: lambda dst, src, casting="same_kind", where=True: _copy_to(dst, src, where),
}
if hasattr(np, "astype"):  # since NumPy 2.1
    FUNCTIONS[np.astype] = _astype


def _copy_to(target: Any, source: Any, where: Any) -> None:
    if not isinstance(target, LiftedArray):
        raise NotLifted("numpy.copyto into a plain array has no lifted rule", place(), "make it with np.zeros in this code")
    np.copyto(plain(target), plain(array_of(source)), where=where)
