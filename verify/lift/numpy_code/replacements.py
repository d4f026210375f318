"""What patched code gets in place of functions of NumPy, math and SciPy: `replacement(f)`, and the lifted constants.

Arrays of floats that are made in patched code are lifted from the start, so that lifted numbers can be written into
them; functions of plain numbers (`np.sqrt(2.0)`, `math.log(3)`) are computed in balls instead of floats.

>>> import math
>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     replacement(math.sqrt)(2.0).value.rad() < 1e-29
True
>>> replacement(math.comb) is None
True
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     replacement(np.arange)(tape.leaf(arb(3)))
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: numpy.arange of lifted numbers has no lifted rule (...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal

import numpy as np

from backproof.verify.lift.arrays.arrays import LiftedArray, array_of, converted, plain, rewrapped, zeros
from backproof.verify.lift.arrays.complex_numbers import holds_complex, pair
from backproof.verify.lift.arrays.dtypes import ShownDtype, dtype_of
from backproof.verify.lift.arrays.lookups import linspace
from backproof.verify.lift.arrays.subclasses import OfSubclass
from backproof.verify.lift.arrays.transforms import TRANSFORMED
from backproof.verify.lift.arrays.whole import WholeArray, bare, made_real, whole
from backproof.verify.lift.numpy_code.complex_arrays import NAMES, complex_too, is_number
from backproof.verify.lift.numpy_code.distributions import Normal
from backproof.verify.lift.numpy_code.draws import Draws
from backproof.verify.lift.numpy_code.filters import IMAGES, SIGNAL
from backproof.verify.lift.numpy_code.plain_numbers import MATH, SCIPY_SPECIAL, number_function
from backproof.verify.lift.numpy_code.scipy_linalg import MATRICES
from backproof.verify.lift.numpy_code.types import FLOATS, plain_type
from backproof.verify.lift.tape.reads import NotLifted, place
from backproof.verify.lift.tape.rules import RULES
from backproof.verify.lift.tape.tape import NOW, Scalar
from backproof.verify.numbers.ball_arrays import arb


def _has_scalars(value: Any) -> bool:
    if isinstance(value, list | tuple):
        return any(map(_has_scalars, value))
    return type(value) is Scalar or isinstance(value, LiftedArray)


def _dtype(dtype: Any) -> Any:
    return None if dtype is None else np.dtype(dtype)


def _is_real(dtype: Any) -> bool:
    return dtype is None or np.dtype(dtype).kind in "fO" or np.dtype(dtype).name == "bfloat16"


# arrays


def _filled(fill: float) -> Callable[..., Any]:
    def make(shape: Any, dtype: Any = None, order: Any = "C", **options: Any) -> Any:
        return zeros(shape, fill) if _is_real(dtype) else whole(np.full(shape, fill, dtype=_dtype(dtype)))

    return make


def _filled_like(fill: float) -> Callable[..., Any]:
    def make(a: Any, dtype: Any = None, order: Any = "K", subok: bool = True, shape: Any = None, **_: Any) -> Any:
        values = plain(array_of(a)) if _has_scalars(a) else np.asarray(a)
        wanted = values.shape if shape is None else shape
        real = values.dtype.kind in "fO" if dtype is None else _is_real(dtype)
        return zeros(wanted, fill) if real else whole(np.full(wanted, fill, dtype=values.dtype if dtype is None else _dtype(dtype)))

    return make


def _full(shape: Any, fill_value: Any, dtype: Any = None, order: Any = "C", **_: Any) -> Any:
    if (dtype is None and not _has_scalars(fill_value) and np.asarray(fill_value).dtype.kind != "f") or not _is_real(dtype):
        return whole(np.full(shape, fill_value, dtype=_dtype(dtype)))
    result = zeros(shape)
    result[...] = fill_value
    return result


def _array(object: Any, dtype: Any = None, *, copy: Any = True, ndmin: int = 0, **_: Any) -> Any:
    if isinstance(object, LiftedArray):
        result = converted(object, dtype or float, bool(copy))
    elif _has_scalars(object):
        result = array_of(object)
        result = result if dtype is None else converted(result, dtype)
    else:
        values = np.array(bare(object), dtype=_dtype(dtype))
        result = array_of(values) if values.dtype.kind == "f" or values.dtype.name == "bfloat16" else whole(rewrapped(values))
    return result.reshape((1,) * max(0, ndmin - result.ndim) + result.shape) if ndmin else result


def _as_array(a: Any, dtype: Any = None, *_: Any, **__: Any) -> Any:
    if type(a) in (np.ndarray, WholeArray) and (dtype is None or np.dtype(dtype) == a.dtype) and a.dtype.kind not in "f":
        return whole(rewrapped(a))
    return _array(a, dtype, copy=False)


def _laid_out(order: Literal["C", "F"]) -> Callable[..., Any]:
    """`numpy.ascontiguousarray` and `numpy.asfortranarray`: a copy where the entries lie otherwise."""

    def make(a: Any, dtype: Any = None, **_: Any) -> Any:
        result = _as_array(a, dtype)
        result = result if result.ndim else result.reshape(1)
        return result if result.flags[f"{order}_CONTIGUOUS"] else rewrapped(plain(result).copy(order))

    return make


def _lifting(function: Any) -> Callable[..., Any]:
    """A function that makes an array of floats, lifted."""

    def make(*args: Any, **options: Any) -> Any:
        if "dtype" in options:
            options["dtype"] = _dtype(options["dtype"])
        if any(type(value) is Scalar and value.index >= 0 for value in (*args, *options.values())):
            raise NotLifted(f"numpy.{function.__name__} of lifted numbers has no lifted rule", place())
        found = function(*(float(value) if type(value) is Scalar else value for value in args), **options)
        return array_of(found) if isinstance(found, np.ndarray) and found.dtype.kind == "f" else whole(found)

    return make


def _making(function: Any) -> Callable[..., Any]:
    """NumPy's own function; arrays of floats that it makes are lifted."""

    def make(*args: Any, **options: Any) -> Any:
        return made_real(function(*args, **options))

    return make


def _from_iterable(iterable: Iterable[Any], dtype: Any, count: int = -1, **_: Any) -> Any:
    return _array(list(iterable)[: None if count < 0 else count], dtype)


def _info(dtype: Any) -> Any:
    return np.finfo(NOW.tape.dtype if _has_scalars(dtype) else np.dtype(dtype))


def _vectorize(pyfunc: Any = np._NoValue, otypes: Any = None, *args: Any, **options: Any) -> Any:  # type: ignore[attr-defined]
    """`numpy.vectorize`; what it makes of floats are lifted numbers."""
    wanted = None if otypes is None else [_vectorized_type(kind) for kind in otypes]
    return np.vectorize(pyfunc, wanted, *args, **options)


def _vectorized_type(kind: Any) -> str:
    found = np.dtype(kind)
    return "O" if found.kind == "f" else found.char


def _asking(function: Any) -> Callable[..., Any]:
    """A question of NumPy's about types, or about the types of arrays; a dtype in the answer is the one that patched
    code knows."""

    def ask(*args: Any, **options: Any) -> Any:
        found = function(*map(_known, args), **{key: _known(value) for key, value in options.items()})
        if isinstance(found, np.dtype):
            return ShownDtype(found) if found.type in FLOATS else found
        return FLOATS.get(found, found) if isinstance(found, type) else found

    return ask


def _known(value: Any) -> Any:
    if type(value) is Scalar:
        return 0.0 if value.builtin else NOW.tape.dtype.type(0)
    return np.empty(value.shape, NOW.tape.dtype) if isinstance(value, LiftedArray) else plain_type(dtype_of(value))


class _Joining:
    """`np.r_[x, 0.5]` and `np.c_[x, y]` of lifted arrays; strings and slices are left to NumPy."""

    def __init__(self, original: Any, columns: bool) -> None:
        self.original, self.columns = original, columns

    def __getitem__(self, key: Any) -> Any:
        parts = key if isinstance(key, tuple) else (key,)
        if any(isinstance(part, str | slice) for part in parts) or not _has_scalars(parts):
            return self.original[key]
        arrays = [np.atleast_1d(array_of(part)) for part in parts]
        return np.column_stack(arrays) if self.columns else np.concatenate(arrays)


OF_SCIPY = {"special": SCIPY_SPECIAL, "linalg": MATRICES, "signal": SIGNAL, "ndimage": IMAGES, "fft": TRANSFORMED}
MAKING = "indices fromstring loadtxt genfromtxt logspace geomspace hanning hamming blackman bartlett kaiser meshgrid"
ASKING = ("issubdtype", "result_type", "promote_types", "can_cast", "common_type", "min_scalar_type", "mintypecode")
OBJECTS: dict[int, Any] = {id(np.r_): _Joining(np.r_, False), id(np.c_): _Joining(np.c_, True)}
NUMPY: dict[str, Callable[..., Any]] = {
    **{name: _asking(getattr(np, name)) for name in ASKING},
    **{name: _making(getattr(np, name)) for name in MAKING.split()},
    "zeros": _filled(0.0),
    "empty": _filled(0.0),
    "ones": _filled(1.0),
    "zeros_like": _filled_like(0.0),
    "empty_like": _filled_like(0.0),
    "ones_like": _filled_like(1.0),
    "full": _full,
    "array": _array,
    "asarray": _as_array,
    "asanyarray": lambda a, dtype=None, *_, **__: a if isinstance(a, OfSubclass) and dtype is None else _as_array(a, dtype),
    "asfarray": _as_array,
    "asarray_chkfinite": _as_array,
    "ascontiguousarray": _laid_out("C"),
    "asfortranarray": _laid_out("F"),
    "require": lambda a, dtype=None, requirements=None, **_: _as_array(a, dtype),
    "eye": _lifting(np.eye),
    "identity": _lifting(np.identity),
    "tri": _lifting(np.tri),
    "linspace": linspace,
    "arange": _lifting(np.arange),
    "fromiter": _from_iterable,
    "finfo": _info,
    "vectorize": _vectorize,
    "isscalar": is_number,
}


NUMPY.update({name: complex_too(name, NUMPY[name]) for name in NAMES})


# what a global becomes


class LiftedUfunc:
    """A ufunc that computes plain numbers in balls too; everything else of it is as it was."""

    def __init__(self, ufunc: Any) -> None:
        self.ufunc = ufunc

    def __call__(self, *args: Any, **options: Any) -> Any:
        if "dtype" in options:
            options["dtype"] = _dtype(options["dtype"])
        if all(isinstance(value, int | float | np.floating | np.integer) for value in args) and not options:
            return number_function(self.ufunc.__name__)(*args)  # type: ignore[misc]  # pyright: ignore[reportOptionalCall]
        if not any(type(value) is Scalar or isinstance(value, LiftedArray) for value in args):
            args = tuple(_lifted_operand(value) for value in args)
        return self.ufunc(*args, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ufunc, name)

    def __repr__(self) -> str:
        return f"<lifted {self.ufunc!r}>"


def _lifted_operand(value: Any) -> Any:
    return pair(value) if holds_complex(value) else array_of(value) if _is_numeric(value) else value


def _is_numeric(value: Any) -> bool:
    return isinstance(value, list | tuple) or (isinstance(value, np.ndarray) and value.dtype.kind in "biufO")


EXACT_IN_FLOATS = frozenset(
    ("negative", "positive", "add", "subtract", "multiply", "maximum", "minimum", "absolute", "square", "fmax", "fmin")
)


def wrapped_ufunc(ufunc: Any) -> Any:
    """The ufunc for patched code."""
    name = ufunc.__name__
    return LiftedUfunc(ufunc) if name in RULES and name not in EXACT_IN_FLOATS else ufunc


def _held_in_floats(*_: Any, **__: Any) -> None:
    """An assertion of `numpy.testing`: the code has run in floats before, and it held."""


def replacement(function: Any) -> Any:
    """The lifted function for one of NumPy, math or SciPy, or None where it can stay."""
    if id(function) in OBJECTS:
        return OBJECTS[id(function)]
    module, name = str(getattr(function, "__module__", "")), str(getattr(function, "__name__", ""))
    if module == "math":
        return MATH.get(name)
    top = module.partition(".")[0]
    if top == "scipy" and type(function).__name__ == "norm_gen":
        return Normal(function)
    if top == "scipy":
        return next((table.get(name) for package, table in OF_SCIPY.items() if module.startswith(f"scipy.{package}")), None)
    if function is np.random.default_rng:
        return _generator
    if module.startswith("numpy.testing") and name.startswith("assert_"):
        return _held_in_floats
    if module == "numpy.fft":
        return TRANSFORMED.get(name)
    if top != "numpy" or getattr(np, name, None) is not function:
        return None
    return NUMPY.get(name)


def _generator(seed: Any = None) -> Any:
    """`numpy.random.default_rng`; a generator that is followed stays itself."""
    return seed if isinstance(seed, Draws) else Draws(np.random.default_rng(seed))


def _pi() -> Scalar:
    return Scalar(arb.pi())


CONSTANTS: dict[tuple[str, str], Callable[[], Scalar]] = {
    **{(module, "pi"): _pi for module in ("numpy", "math", "scipy", "scipy.constants")},
    **{(module, "e"): lambda: Scalar(arb.const_e()) for module in ("numpy", "math")},
    ("math", "tau"): lambda: Scalar(2 * arb.pi()),
    ("numpy", "euler_gamma"): lambda: Scalar(arb.const_euler()),
}
