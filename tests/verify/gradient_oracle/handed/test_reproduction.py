"""What a failing check prints to paste runs, and fails in the same way."""

from __future__ import annotations

from typing import Any

import ml_dtypes
import numpy as np
import pytest

from backproof.verify.gradient_oracle.check import check
from backproof.verify.gradient_oracle.handed.reproduction import as_source, reproduction, where_is


def cube(x: Any) -> Any:
    return x**3


def wrong(args: Any, out: Any, ct: Any) -> Any:
    return (np.where(args[0] > 2.0, ct, 3 * ct * args[0] ** 2),)


def test_the_pasted_lines_fail_again_at_the_point_where_the_check_failed() -> None:
    result = check(cube, (np.array([0.5, 1.0]),), vjp=wrong)
    assert not result.ok
    lines = result.reproduction
    assert "cube" in lines
    source = "\n".join(line for line in lines.splitlines() if "import cube" not in line and "import wrong" not in line)
    with pytest.raises(AssertionError, match="wrong is WRONG: at the given arguments"):
        exec(source, {"cube": cube, "wrong": wrong})


def test_importable_functions_are_imported_and_others_are_described() -> None:
    text = reproduction(np.tanh, lambda args, out, ct: (ct,), (np.array([0.5]),), np.array([1.0]), seed=4)
    assert "from numpy import tanh" in text
    assert "# vjp: the function at test_reproduction.py:" in text
    assert text.endswith("assert_correct(tanh, args, vjp=vjp, cotangent=np.array([1.0]), seed=4)")


@pytest.mark.parametrize(
    "value",
    [
        np.array([[0.1, -1e300], [5e-324, 2.0]]),
        np.array([0.1, 1 / 3], dtype=np.float32),
        np.array([1, 2], dtype=np.int32),
        np.array([True, False]),
        np.zeros((0, 3)),
        np.float32(0.1),
        2.5,
        3,
        "name",
        None,
    ],
)
def test_what_is_written_is_read_back_bit_by_bit(value: Any) -> None:
    again = eval(as_source(value), {"np": np})
    assert np.asarray(again).dtype == np.asarray(value).dtype
    assert np.asarray(again).tobytes() == np.asarray(value).tobytes() or value is None


def test_infinities_and_small_dtypes_are_written_so_that_they_can_be_read() -> None:
    again = eval(as_source(np.array([np.inf, -np.inf, np.nan])), {"np": np})
    assert np.isinf(again[:2]).all()
    assert np.isnan(again[2])
    assert as_source(np.array([0.5], dtype=ml_dtypes.bfloat16)) == "np.array([0.5], dtype='bfloat16')"


def test_large_arguments_are_not_written_down() -> None:
    text = reproduction(cube, wrong, (np.zeros(500),), np.zeros(500), seed=9)
    assert "500 numbers" in text
    assert "seed=9" in text
    assert len(text) < 1000


def test_a_class_is_called_one() -> None:
    class Layer:
        pass

    assert where_is(Layer).startswith("the class at test_reproduction.py:")
    assert where_is(test_a_class_is_called_one).startswith("the function at test_reproduction.py:")
