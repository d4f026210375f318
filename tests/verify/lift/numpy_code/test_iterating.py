"""`np.nditer` over lifted arrays, to read and to write."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

nditer: Any = np.nditer
X = np.array([0.5, -1.25])


def reading(x: Any) -> Any:
    out = np.zeros(2)
    for k, v in enumerate(nditer(x)):
        out[k] = 3 * v * v
    return out


def writing(x: Any) -> Any:
    y = x.copy()
    with nditer(y, op_flags=["readwrite"]) as walk:
        for v in walk:
            v[...] = 3 * v * v
    return y


def by_index(x: Any) -> Any:
    y = np.zeros_like(x)
    walk = nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    while not walk.finished:
        y[walk.multi_index] = 3 * x[walk.multi_index] * walk[0]
        walk.iternext()
    return y


def with_output(x: Any) -> Any:
    with nditer([x, None]) as walk:
        for a, b in walk:
            b[...] = 3 * a * a
        return walk.operands[1]


def whole_numbers(x: Any) -> Any:
    return 3 * x * x * np.array([int(k) for k in nditer(np.array([1, 1]))])


CONSTRUCTS: dict[str, Callable[[Any], Any]] = {
    "reading": reading,
    "writing": writing,
    "multi_index": by_index,
    "an output of its own": with_output,
    "whole numbers": whole_numbers,
}


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_code_with_nditer_is_certified_and_a_wrong_backward_caught(name: str, certified_and_caught: Callable[..., None]) -> None:
    certified_and_caught(CONSTRUCTS[name], X)
