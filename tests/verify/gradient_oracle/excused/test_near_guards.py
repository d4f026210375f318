"""Beside a point without a finite gradient there are others at which guards act, and everything has a value."""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.excused.near_guards import STEPS, beside
from backproof.verify.lift.numpy_code.lifting import lift


def near(f: Any, *args: Any) -> list[Any]:
    run = lift(f, args)
    return list(beside(args, run.reads, run.positions))


def test_all_that_small_bounds_hold_back_is_half_of_them() -> None:
    first = near(lambda v: np.sqrt(np.maximum(v, 1e-12)), np.array([-0.5, 2.0, -1e-20]))[0][0]
    assert np.all((first[[0, 2]] > 0) & (first[[0, 2]] < 1e-12))
    assert first[1] == 2.0


def test_a_large_bound_is_no_guard() -> None:
    assert len(near(lambda v: np.sqrt(np.maximum(v, 0.5)), np.array([-0.5]))) == 2 * len(STEPS)


def test_steps_go_up_and_down_and_keep_dtypes_and_what_is_no_float() -> None:
    args = (np.zeros(2, dtype=np.float32), 0.0, 3)
    found = list(beside(args, (), ()))
    assert {int(np.sign(x[1])) for x in found} == {1, -1}
    assert all(x.dtype == np.float32 and isinstance(y, float) and z == 3 for x, y, z in found)
    assert min(abs(y) for _, y, _ in found) < 1e-38
