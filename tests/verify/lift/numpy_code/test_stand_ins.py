"""`np.ndarray(shape)` makes a buffer, and is the type that it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

X = np.array([0.5, -1.25])


class Named(np.ndarray):
    pass


def buffered(x: Any) -> Any:
    out = np.ndarray((2, 2), dtype=x.dtype)
    out[0], out[1] = x, 3 * x
    return out[0] * out[1]


def laid_out(x: Any) -> Any:
    y = np.ascontiguousarray(np.stack([x, x]).T)
    y.shape = (-1,)  # pyright: ignore[reportDeprecated]
    z = np.asfortranarray(np.stack([x, x])).T
    z.shape = (4,)  # pyright: ignore[reportDeprecated]
    return 3 * y[::2] * z[::2]


def by_type(x: Any) -> Any:
    assert type(x) is np.ndarray
    assert x.__class__ is np.ndarray
    assert type(x) == np.ndarray  # noqa: E721
    assert isinstance(x, (list, np.ndarray))
    assert isinstance(x, np.ndarray | float)
    assert not isinstance(x[0], np.ndarray)
    assert issubclass(Named, np.ndarray)
    match x:
        case np.ndarray(shape=(_,)):
            return {np.ndarray: 3.0}[type(x)] * x**2
        case _:
            return x


def subclass_made_here(x: Any) -> Any:
    class Here(np.ndarray):
        def thrice(self) -> Any:
            return 3 * self

    return x.view(Here).thrice() * x


CONSTRUCTS: dict[str, Callable[[Any], Any]] = {
    "np.ndarray(shape, dtype)": buffered,
    "np.ndarray(shape) of whole numbers": lambda x: 3 * x ** (0 * np.ndarray((2,), dtype=int) + 2),
    "np.ndarray.sum": lambda x: 3 * x * np.ndarray.sum(np.stack([x, 0 * x]), axis=0),
    "shapes that are set": laid_out,
    "questions about the type": by_type,
    "a subclass that is made in the code": subclass_made_here,
}


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_code_with_buffers_is_certified_and_a_wrong_backward_caught(name: str, certified_and_caught: Callable[..., None]) -> None:
    certified_and_caught(CONSTRUCTS[name], X)
