"""The exponential of a matrix, unmodified: the lifted value against NumPy's, the derivative against differences at 400
bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.linalg

M = np.array([[2.0, 0.3, -0.5], [0.1, 1.7, 0.4], [-0.6, 0.2, 1.3]])

FOLLOWED: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "expm": (lambda a: scipy.linalg.expm(a / 8), (M,)),
    "expm of a stack": (lambda a: scipy.linalg.expm(np.stack([a / 8, -a / 4])), (M[:2, :2],)),
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_value_is_numpys_and_derivative_that_of_differences(name: str, followed: Callable[..., None]) -> None:
    followed(*FOLLOWED[name])
