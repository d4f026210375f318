"""The dtype that code sees."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.lift.numpy_code.lifting import lift


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16, np.longdouble])
def test_the_dtype_that_code_sees_is_that_of_the_arguments(dtype: Any) -> None:
    def f(x: Any) -> Any:
        assert x.dtype == dtype
        assert x.dtype.type == dtype
        assert np.finfo(x.dtype).eps == np.finfo(dtype).eps
        assert x.itemsize == np.dtype(dtype).itemsize
        return x + np.zeros(3, dtype=x.dtype) + np.asarray(x, dtype=np.float64) + x.astype(float)

    x = np.array([0.1, 0.2, 0.3], dtype=dtype)
    lifted = lift(f, (x,))
    assert [np.longdouble(s.value.mid().str(30, radius=False)) == v for s, v in zip(lifted.inputs[0], x, strict=True)] == [True] * 3
