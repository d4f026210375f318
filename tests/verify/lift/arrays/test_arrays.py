"""Arrays of lifted numbers: casts, memory, sizes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.lift.lifted import pull_back
from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.tape.reads import NotLifted

X = np.array([0.5, -1.5, 2.25])


def middle(array: Any) -> list[float]:
    return [float(entry.mid()) for entry in np.ravel(array)]


def test_casts_to_a_smaller_dtype_are_listed() -> None:
    lifted = lift(lambda x: x.astype(np.float32).astype(np.float64) + np.float16(0.5), (X,))
    assert len(lifted.casts) == 1
    assert lifted.casts[0].endswith(": float32")
    assert lifted.casts[0].startswith("test_arrays.py:")


def test_the_memory_of_lifted_numbers_cannot_be_read() -> None:
    for f in (lambda x: x.data, lambda x: x.ctypes, lambda x: x.view(np.int64)):
        with pytest.raises(NotLifted, match=r"numpy\.ndarray\."):
            lift(f, (X,))


def test_no_entry_and_no_axis_are_allowed() -> None:
    assert lift(lambda x: x * 2, (np.zeros((0, 3)),)).outputs[0].shape == (0, 3)  # type: ignore[union-attr]
    lifted = lift(lambda x: np.exp(x), (np.array(0.0),))
    assert lifted.inputs[0].shape == ()
    assert middle(pull_back(lifted, 1.0)[0]) == [1.0]
    assert middle(lift(lambda x: x.sum(axis=0), (np.zeros((0, 2)),)).values[0]) == [0.0, 0.0]
