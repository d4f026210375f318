"""Which arguments have a derivative: floats and arrays of floats; and the unit roundoff of the widest of them.

>>> is_float(np.array([1.0])), is_float(np.array([1])), is_float(2.5)
(True, False, True)
>>> unit_roundoff((np.float32(1), 3)) == 2.0**-24
True
>>> is_float_dtype("float64")
Traceback (most recent call last):
    ...
AttributeError: 'str' object has no attribute 'kind'
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ml_dtypes
import numpy as np


def is_float(value: Any) -> bool:
    """Whether an argument has a derivative: a float or an array of floats."""
    if isinstance(value, float):
        return True
    return isinstance(value, np.ndarray | np.generic) and is_float_dtype(value.dtype)


def is_float_dtype(dtype: np.dtype[Any]) -> bool:
    """Whether a dtype is one of floats; NumPy does not count bfloat16 among them."""
    return dtype.kind == "f" or dtype.name == "bfloat16"


def is_number_dtype(dtype: np.dtype[Any]) -> bool:
    """Whether a dtype is one of real numbers: floats, whole numbers, truth values."""
    return dtype.kind in "iub" or is_float_dtype(dtype)


def unit_roundoff(args: Sequence[Any]) -> float:
    """u of the widest float dtype among the arguments."""
    dtypes = [np.asarray(a).dtype for a in args if is_float(a)]
    return min((2.0 ** -(ml_dtypes.finfo(dtype).nmant + 1) for dtype in dtypes), default=2.0**-53)
