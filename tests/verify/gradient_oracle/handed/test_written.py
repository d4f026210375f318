"""What is written as source is read back bit by bit."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest

from backproof.verify.gradient_oracle.handed.written import as_source, is_literal


@pytest.mark.parametrize(
    "value",
    [
        np.array([[0.1, -1e300], [5e-324, 2.0]]),
        np.array([0.1, 1 / 3], dtype=np.float32),
        np.array([1, 2], dtype=np.int32),
        np.array([True, False]),
        np.zeros((0, 3)),
        np.zeros((2, 0), dtype=np.float32),
        np.zeros(0, dtype=np.int64),
        np.array(0.5),
        np.array([0.5], dtype=ml_dtypes.bfloat16),
        np.asarray(0.5, dtype=ml_dtypes.bfloat16)[()],
        np.float32(0.1),
        2.5,
        3,
        "name",
        None,
    ],
)
def test_what_is_written_is_read_back_bit_by_bit(value: Any) -> None:
    again = eval(as_source(value), {"np": np})
    assert np.shape(again) == np.shape(value)
    assert np.asarray(again).dtype == np.asarray(value).dtype
    assert np.asarray(again).tobytes() == np.asarray(value).tobytes() or value is None


def test_infinities_and_small_dtypes_are_written_so_that_they_can_be_read() -> None:
    again = eval(as_source(np.array([np.inf, -np.inf, np.nan])), {"np": np})
    assert np.isinf(again[:2]).all()
    assert np.isnan(again[2])
    assert as_source(np.array([0.5], dtype=ml_dtypes.bfloat16)) == "np.array([0.5], dtype='bfloat16')"


class Loud:
    def __repr__(self) -> str:
        raise SystemExit(0)


@pytest.mark.parametrize(
    ("value", "literal"), [(2.5, True), (-np.inf, True), ({1, "a"}, True), (print, False), (Loud(), False), ({Loud()}, False)]
)
def test_a_literal_is_told_without_asking_the_value(value: Any, literal: bool) -> None:
    assert is_literal(value) is literal
