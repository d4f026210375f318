"""The normal distribution of `scipy.stats`, unmodified: the lifted value against NumPy's, the derivative against
differences at 400 bits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.stats

X = np.array([0.3, -0.7, 1.2])

FOLLOWED: dict[str, tuple[Callable[..., Any], tuple[Any, ...]]] = {
    "normal": (lambda x, c: scipy.stats.norm.logpdf(x, c, 2.0) + scipy.stats.norm.pdf(x, scale=1.5) + scipy.stats.norm.logcdf(x), (X, 0.4)),
    "normal of a number": (lambda c: scipy.stats.norm.cdf(c) * c, (0.4,)),
    "normal with parameters": (lambda x, c: scipy.stats.norm(c, c).sf(x) + scipy.stats.norm(0.5).logsf(x), (X, 0.4)),
}


@pytest.mark.parametrize("name", FOLLOWED)
def test_value_is_numpys_and_derivative_that_of_differences(name: str, followed: Callable[..., None]) -> None:
    followed(*FOLLOWED[name])
