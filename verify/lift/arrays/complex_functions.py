"""What the functions of NumPy become where complex numbers are among their arguments: `apply_complex_ufunc` and
`apply_complex_function`.

Three kinds: what moves and adds entries is done to the real and to the imaginary parts (`APART`, `JOINING`); products
are sums over the parts (`products`); the others stand in `UFUNCS` and `FUNCTIONS`, each by its definition.

>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     z = np.exp(1j * leaves(np.array([0.0, 1.0]), tape))
...     z.real.tolist(), np.vdot(z, z).real, np.concatenate([z, [2j]]).imag[2], np.abs(z).tolist()
([1.0, 0.5403023058681398], 2.0, 2.0, [1.0, 1.0])
>>> with running(Tape(100, front=ARRAYS)):
...     np.linalg.det(z * np.eye(2))
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: numpy.linalg.det of complex numbers has no lifted rule (...
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from backproof.verify.lift.arrays.arrays import array_of, plain
from backproof.verify.lift.arrays.complex_numbers import ComplexArray, as_complex, holds_complex, is_zero, pair, part_of
from backproof.verify.lift.arrays.whole import bare
from backproof.verify.lift.tape.reads import NotLifted, place
from backproof.verify.lift.tape.tape import Scalar
from backproof.verify.numbers.ball_arrays import arb

_APART = (
    "sum mean cumsum nansum average ravel reshape transpose squeeze take repeat swapaxes moveaxis rollaxis roll flip fliplr flipud rot90"
    " expand_dims tile pad diff diag diagflat diagonal trace triu tril broadcast_to atleast_1d atleast_2d atleast_3d gradient trapezoid"
    " compress extract delete take_along_axis sliding_window_view resize"
)
_JOINING = "concatenate stack vstack hstack dstack column_stack append block insert"
_SPLITTING = "split array_split hsplit vsplit dsplit"
APART, JOINING, SPLITTING = (frozenset(names.split()) for names in (_APART, _JOINING, _SPLITTING))
_numpy: Any = np
LARGEST_POWER = 4096  # chosen: whole exponents up to it are multiplied, as those of a matrix of roots are; others are exp(y log x)


def products(function: Callable[..., Any], *operands: Any) -> Any:
    """A function that is linear in each operand: the sum over their parts, with i for each imaginary one."""
    parts = [tuple(enumerate(x.parts)) if type(x) is ComplexArray else ((0, x),) for x in map(_prepared, operands)]
    found: list[Any] = [None, None]
    for choice in itertools.product(*[[(k, part) for k, part in own if not k or not is_zero(part)] for own in parts]):
        power = sum(k for k, _ in choice)
        term = array_of(function(*(part for _, part in choice)))
        before = found[power % 2]
        signed = -term if power % 4 > 1 else term
        found[power % 2] = signed if before is None else before + signed
    real, imag = found
    return ComplexArray(array_of(real), array_of(np.zeros(real.shape) if imag is None else imag))


def _prepared(x: Any) -> Any:
    return pair(x) if holds_complex(x) else array_of(bare(x))


# ufuncs


def _apart(ufunc: Any) -> Callable[..., Any]:
    def rule(x: Any, y: Any) -> Any:
        return ComplexArray(*(array_of(ufunc(part_of(x, k), part_of(y, k))) for k in (0, 1)))

    return rule


def _divided(x: Any, y: Any) -> Any:
    if not holds_complex(y):
        return ComplexArray(*(array_of(np.divide(part, array_of(bare(y)))) for part in pair(x).parts))
    by = pair(y)
    return _divided(products(np.multiply, x, by.conj()), by.parts[0] ** 2 + by.parts[1] ** 2)


def _absolute(x: Any) -> Any:
    z = pair(x)
    return np.abs(z.parts[0]) if is_zero(z.parts[1]) else np.hypot(*z.parts)


def _exp(x: Any) -> Any:
    real, imag = pair(x).parts
    if is_zero(real):
        return ComplexArray(array_of(np.cos(imag)), array_of(np.sin(imag)))
    size = np.exp(real)
    return ComplexArray(array_of(size * np.cos(imag)), array_of(size * np.sin(imag)))


def _log(x: Any) -> Any:
    return ComplexArray(array_of(np.log(_absolute(x))), array_of(angle(x)))


def angle(z: Any, deg: bool = False) -> Any:
    """`numpy.angle`."""
    real, imag = pair(z).parts
    found = np.arctan2(imag, real)
    return found * 180.0 / Scalar(arb.pi()) if deg else found


def _power(x: Any, y: Any) -> Any:
    exponents = None if holds_complex(y) else _whole_numbers(plain(array_of(bare(y))))
    if exponents is None:
        return _exp(products(np.multiply, y, _log(x)))
    base = pair(x)
    if not exponents.ndim:
        return _whole_power(base, int(exponents))
    known: dict[int, Any] = {}
    if not base.ndim:
        for k in sorted({int(k) for k in exponents.flat}):
            known[k] = _whole_power(base, k)
        entries = [[known[int(k)].parts[which][()] for k in exponents.flat] for which in (0, 1)]
        return ComplexArray(*(array_of(own).reshape(exponents.shape) for own in entries))
    shape = np.broadcast_shapes(base.shape, exponents.shape)
    bases, powers = np.broadcast_to(base, shape).reshape(-1), np.broadcast_to(exponents, shape).reshape(-1)
    return pair([_whole_power(bases[k], int(powers[k])) for k in range(len(powers))]).reshape(shape)


def _whole_numbers(exponents: Any) -> Any:
    """The constants as whole numbers; None where one is none."""
    found: Any = np.empty(exponents.shape, dtype=int)
    for where, x in np.ndenumerate(exponents):
        whole = x.value.unique_fmpz() if x.index < 0 and x.value.is_exact() and x.value.is_integer() else None
        if whole is None or abs(whole) > LARGEST_POWER:
            return None
        found[where] = int(whole)
    return found


def _whole_power(z: Any, exponent: int) -> Any:
    if exponent < 0:
        return _divided(1.0, _whole_power(z, -exponent))
    found, square = None, z
    while exponent:
        if exponent & 1:
            found = square if found is None else products(np.multiply, found, square)
        exponent >>= 1
        square = products(np.multiply, square, square) if exponent else square
    return pair(np.ones(z.shape)) if found is None else found.copy()


def _both(relation: Any, join: Any) -> Callable[..., Any]:
    return lambda x, y: join(relation(part_of(x, 0), part_of(y, 0)), relation(part_of(x, 1), part_of(y, 1)))


def _asked(ufunc: Any, join: Any) -> Callable[..., Any]:
    return lambda x: join(ufunc(part_of(x, 0)), ufunc(part_of(x, 1)))


def _trigonometric(first: Any, second: Any, third: Any, fourth: Any, sign: float) -> Callable[..., Any]:
    """first(a)·second(b) + i·sign·third(a)·fourth(b) of a + ib."""

    def rule(x: Any) -> Any:
        a, b = pair(x).parts
        return ComplexArray(array_of(first(a) * second(b)), array_of(third(a) * fourth(b) * sign))

    return rule


UFUNCS: dict[str, Callable[..., Any]] = {
    "add": _apart(np.add),
    "subtract": _apart(np.subtract),
    "multiply": functools.partial(products, np.multiply),
    "matmul": functools.partial(products, np.matmul),
    "divide": _divided,
    "true_divide": _divided,
    "power": _power,
    "float_power": _power,
    "negative": lambda x: -pair(x),
    "positive": as_complex,
    "absolute": _absolute,
    "conjugate": lambda x: pair(x).conj(),
    "square": lambda x: products(np.multiply, x, x),
    "reciprocal": lambda x: _divided(1.0, x),
    "exp": _exp,
    "log": _log,
    "sin": _trigonometric(np.sin, np.cosh, np.cos, np.sinh, 1.0),
    "cos": _trigonometric(np.cos, np.cosh, np.sin, np.sinh, -1.0),
    "sinh": _trigonometric(np.sinh, np.cos, np.cosh, np.sin, 1.0),
    "cosh": _trigonometric(np.cosh, np.cos, np.sinh, np.sin, 1.0),
    "equal": _both(np.equal, np.logical_and),
    "not_equal": _both(np.not_equal, np.logical_or),
    "isnan": _asked(np.isnan, np.logical_or),
    "isinf": _asked(np.isinf, np.logical_or),
    "isfinite": _asked(np.isfinite, np.logical_and),
    "vecdot": lambda x, y: np.sum(pair(x).conj() * y, axis=-1),
}


def apply_complex_ufunc(ufunc: Any, method: str, inputs: Sequence[Any], options: dict[str, Any]) -> Any:
    """What a ufunc on complex numbers becomes."""
    rule, out = UFUNCS.get(ufunc.__name__), options.get("out")
    others = {key for key, value in options.items() if key not in ("out", "dtype", "casting", "subok") and value is not np._NoValue}  # type: ignore[attr-defined]
    if method == "reduce" and ufunc in (np.add, np.multiply) and out is None and others <= {"axis", "keepdims"}:
        axis = options.get("axis", inputs[1] if len(inputs) > 1 else 0)
        return (np.sum if ufunc is np.add else np.prod)(inputs[0], axis=axis, keepdims=bool(options.get("keepdims", False)))
    if method == "outer" and ufunc is np.multiply and not others and out is None:
        return products(np.multiply.outer, *inputs)
    if rule is None or method != "__call__" or others:
        raise NotLifted(f"numpy.{ufunc.__name__} of complex numbers has no lifted rule", place())
    found = rule(*inputs)
    target = out[0] if isinstance(out, tuple) else out
    if target is None:
        return found
    if type(target) is not ComplexArray and type(found) is ComplexArray:
        raise NotLifted(f"numpy.{ufunc.__name__} of complex numbers into an array made elsewhere has no lifted rule", place())
    target[...] = found
    return target


# functions


def _product(x: Any, axis: Any = None, keepdims: bool = False, **_: Any) -> Any:
    z = pair(x)
    rows = z.reshape(-1) if axis is None else np.moveaxis(z, axis, 0)
    found = functools.reduce(lambda one, other: products(np.multiply, one, other), list(rows), pair(1.0))
    return np.expand_dims(found, axis) if keepdims and axis is not None else found


def _where(condition: Any, *values: Any) -> Any:
    if not values or holds_complex(condition):
        raise NotLifted("numpy.where of complex numbers has no lifted rule", place(), "compare, or take np.abs")
    return ComplexArray(*(array_of(np.where(condition, part_of(values[0], k), part_of(values[1], k))) for k in (0, 1)))


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:
    z = pair(x)
    if ord in (None, "fro") or (ord == 2 and (axis is not None or z.ndim == 1) and not isinstance(axis, tuple)):
        squares = z.parts[0] ** 2 + z.parts[1] ** 2
        return np.sqrt(np.sum(squares, axis=axis, keepdims=keepdims))
    if (axis is None and z.ndim == 1) or isinstance(axis, int):
        return np.linalg.norm(_absolute(z), ord, axis, keepdims)
    raise NotLifted("numpy.linalg.norm of a complex matrix has no lifted rule", place())


def _solved(a: Any, b: Any) -> Any:
    """As twice as many real equations."""
    x, y = pair(a), pair(b)
    column = y[..., None] if y.ndim == 1 else y
    n = x.shape[-1]
    rows = np.concatenate([np.concatenate([x.parts[0], -x.parts[1]], -1), np.concatenate([x.parts[1], x.parts[0]], -1)], -2)
    found = np.linalg.solve(rows, np.concatenate([column.parts[0], column.parts[1]], -2))
    both = ComplexArray(found[..., :n, :], found[..., n:, :])
    return both[..., 0] if y.ndim == 1 else both


def _einsum(subscripts: Any, *operands: Any, **options: Any) -> Any:
    if not isinstance(subscripts, str) or options.get("out") is not None:
        raise NotLifted("numpy.einsum of complex numbers without a text of subscripts has no lifted rule", place())
    return products(lambda *parts: np.einsum(subscripts, *parts), *operands)


def _tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    return products(lambda x, y: np.tensordot(x, y, axes), a, b)


def _bilinear(function: Any) -> Callable[..., Any]:
    return lambda a, b: products(function, a, b)


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "real": lambda val: val.real if type(val) is ComplexArray else array_of(np.real(val)),
    "imag": lambda val: val.imag if type(val) is ComplexArray else array_of(np.imag(val)),
    "angle": angle,
    "shape": lambda a: pair(a).shape,
    "ndim": lambda a: pair(a).ndim,
    "size": lambda a, axis=None: pair(a).size if axis is None else pair(a).shape[axis],
    "copy": lambda a, **_: as_complex(a),
    "iscomplexobj": lambda x: True,
    "isrealobj": lambda x: False,
    "prod": _product,
    "where": _where,
    "dot": _bilinear(np.dot),
    "inner": _bilinear(np.inner),
    "outer": _bilinear(np.outer),
    "kron": _bilinear(np.kron),
    "convolve": lambda a, v, mode="full": products(lambda x, y: _numpy.convolve(x, y, mode), a, v),
    "correlate": lambda a, v, mode="valid": products(lambda x, y: _numpy.correlate(x, y, mode), a, pair(v).conj()),
    "tensordot": _tensordot,
    "einsum": _einsum,
    "vdot": lambda a, b: products(np.dot, pair(a).conj().reshape(-1), pair(b).reshape(-1)),
    "linalg.norm": _norm,
    "linalg.solve": _solved,
    "linalg.inv": lambda a: _solved(a, np.eye(pair(a).shape[-1])),
    "zeros_like": lambda a, *_, **__: pair(np.zeros(pair(a).shape)),
    "empty_like": lambda a, *_, **__: pair(np.zeros(pair(a).shape)),
    "ones_like": lambda a, *_, **__: pair(np.ones(pair(a).shape)),
}
"""Those that are neither linear nor a product, by their names below `numpy`."""


def apply_complex_function(function: Any, args: Sequence[Any], options: dict[str, Any]) -> Any:
    """What a function of NumPy's on complex numbers becomes."""
    module, name = str(function.__module__), function.__name__
    below = f"{module}.{name}".removeprefix("numpy.")
    rule = FUNCTIONS.get(below)
    if rule is not None:
        return rule(*args, **options)
    if options.get("out") is None and module.partition(".")[0] == "numpy" and ("." not in below or name == "sliding_window_view"):
        options = {key: value for key, value in options.items() if key != "out"}
        if name in APART and not any(map(holds_complex, (*args[1:], *options.values()))):
            return ComplexArray(*(array_of(function(part_of(args[0], k), *args[1:], **options)) for k in (0, 1)))
        if name in SPLITTING:
            return [
                ComplexArray(*both) for both in zip(*(function(part_of(args[0], k), *args[1:], **options) for k in (0, 1)), strict=True)
            ]
        if name in JOINING:
            return ComplexArray(*(array_of(function(*_of_each(name, args, k), **options)) for k in (0, 1)))
    raise NotLifted(f"{module}.{name} of complex numbers has no lifted rule", place())


def _of_each(name: str, args: Sequence[Any], which: int) -> list[Any]:
    """The arguments of a joining function, with one part of every array."""
    if name == "append":
        return [part_of(args[0], which), part_of(args[1], which), *args[2:]]
    if name == "insert":
        return [part_of(args[0], which), args[1], part_of(args[2], which), *args[3:]]
    return [_parts(args[0], which), *args[1:]]


def _parts(values: Any, which: int) -> Any:
    if type(values) is ComplexArray:
        return list(values.parts[which])
    return [_parts(x, which) if isinstance(x, list) and any(not np.isscalar(y) for y in x) else part_of(x, which) for x in values]
