"""Complex arrays that patched code makes: `np.zeros(n, complex)`, `np.array([x, 1j])`, `np.asarray(z)`, `complex(x, y)`.

`complex_too(name, make)` is the function `make` for real arrays, which makes complex ones too.

>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> made = complex_too("zeros", np.zeros)
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     z = made(3, dtype=complex)
...     z[1:] = leaves(np.array([1.0, 2.0]), tape) * 1j
...     z.imag.tolist(), made(2).tolist(), complex_too("array", np.array)([z[1], 1.0]).real.tolist()
([0.0, 1.0, 2.0], [0.0, 0.0], [0.0, 1.0])
>>> made("three", complex)
Traceback (most recent call last):
    ...
TypeError: 'str' object cannot be interpreted as an integer
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.verify.lift.arrays.arrays import LiftedArray
from backproof.verify.lift.arrays.complex_numbers import ComplexArray, holds_complex, pair
from backproof.verify.lift.arrays.dtypes import dtype_of
from backproof.verify.lift.tape.tape import Scalar

LIKE = {"zeros_like": 0.0, "empty_like": 0.0, "ones_like": 1.0}
OF_VALUES = ("array", "asarray", "asanyarray", "ascontiguousarray", "asfortranarray", "require")
FILLED = ("zeros", "empty", "ones", "full", "eye", "identity")
NAMES = (*LIKE, *OF_VALUES, *FILLED)
"""The functions of NumPy for which this is so."""


def complex_too(name: str, make: Callable[..., Any]) -> Callable[..., Any]:
    """The same function, of complex numbers too."""

    def made(*args: Any, **options: Any) -> Any:
        dtype = options.get("dtype", _positional(name, args))
        wanted = None if dtype is None else np.dtype(dtype_of(dtype)).kind == "c"
        holds = name != "zeros" and bool(args) and any(map(holds_complex, args[:2]))
        if not (wanted or holds):
            return make(*args, **options)
        if name in LIKE:
            return _like(LIKE[name], args[0], dtype, wanted, options.get("shape"))
        if name in OF_VALUES:
            return _of_values(args[0], dtype, wanted, name == "array" and options.get("copy", True) is not False, options.get("ndmin", 0))
        if name == "full":
            result = pair(np.zeros(args[0]))
            result[...] = args[1] if len(args) > 1 else options["fill_value"]
            return result if wanted is not False else result.astype(dtype)
        others = {key: value for key, value in options.items() if key != "dtype"}
        return pair(getattr(np, name)(*args, **others)).copy() if "dtype" in options else pair(getattr(np, name)(args[0])).copy()

    return made


def _positional(name: str, args: tuple[Any, ...]) -> Any:
    """The dtype among the positional arguments."""
    where = {"full": 2, "eye": 3}.get(name, 1)
    return args[where] if len(args) > where else None


def _like(fill: float, like: Any, dtype: Any, wanted: bool | None, shape: Any) -> Any:
    if shape is None:
        shape = np.shape(like)
    result = pair(np.full(shape, fill))
    return result if wanted is not False else result.astype(dtype)


def _of_values(value: Any, dtype: Any, wanted: bool | None, copy: bool, ndmin: int) -> Any:
    found = pair(value)
    if wanted is False:
        return found.astype(dtype)
    found = found.copy() if copy or type(value) is not ComplexArray else found
    return found.reshape((1,) * max(0, ndmin - found.ndim) + found.shape)


def is_number(element: Any) -> bool:
    """`numpy.isscalar`."""
    return type(element) is Scalar or (type(element) is ComplexArray and not element.ndim) or np.isscalar(element)


def complex_of(real: Any = 0, imag: Any = 0) -> Any:
    """`complex(x, y)`; of plain numbers and of texts it is Python's."""
    if not any(type(x) is Scalar or isinstance(x, LiftedArray) or type(x) is ComplexArray for x in (real, imag)):
        return complex(real, imag) if not isinstance(real, str) else complex(real)
    return pair(real) + pair(imag) * 1j
