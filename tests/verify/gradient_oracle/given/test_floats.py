"""Which arguments have a derivative, and how coarse their floats are."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest

from backproof.verify.gradient_oracle.given.floats import is_float, is_number_dtype, unit_roundoff


def test_which_arguments_have_a_derivative() -> None:
    assert is_float(2.0)
    assert is_float(np.float32(2))
    assert is_float(np.zeros(2, dtype=ml_dtypes.bfloat16))
    assert not is_float(2)
    assert not is_float(np.array([True]))
    assert not is_float("2.0")


@pytest.mark.parametrize(
    ("dtype", "u"), [(np.float64, 2.0**-53), (np.float32, 2.0**-24), (np.float16, 2.0**-11), (ml_dtypes.bfloat16, 2.0**-8)]
)
def test_the_unit_roundoff_of_every_dtype(dtype: Any, u: float) -> None:
    assert unit_roundoff([np.zeros(1, dtype=dtype)]) == u
    assert unit_roundoff([np.zeros(1, dtype=dtype), np.zeros(1)]) == 2.0**-53


def test_numbers_are_real() -> None:
    assert all(is_number_dtype(np.dtype(name)) for name in ("float16", "int8", "uint64", "bool"))
    assert is_number_dtype(np.dtype(ml_dtypes.bfloat16))
    assert not any(is_number_dtype(np.dtype(name)) for name in ("complex64", "object", "U3", "datetime64[s]"))
