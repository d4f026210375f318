"""Gradients of another shape that become right by a sum, a transposition or a reshape.

>>> right, found = [np.array([2.0, 2.0])], [np.ones((2, 2))]
>>> [cause.words for cause in misshapen(["`b`"], [0], right, found)]
['the contribution of `b` is not summed over axis 0']
>>> list(misshapen(["`b`"], [0], right, [np.array([[1.0, 3.0, 5.0]])]))
[]
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.causes.cause import Cause, Fault
from backproof.verify.gradient_oracle.causes.fitting import FITS


def misshapen(names: Sequence[str], numbers: Sequence[int], right: Sequence[Array], found: Sequence[Any]) -> Iterator[Cause]:
    """A cause for each gradient of another shape that can be explained; `numbers` are those of the arguments."""
    for name, number, want, got in zip(names, numbers, right, found, strict=True):
        if got is not None and got.shape != want.shape:
            yield from itertools.islice(_one(name, number, want, got), 1)


def _one(name: str, number: int, want: Array, got: Array) -> Iterator[Cause]:
    def same(array: Array) -> bool:
        return array.shape == want.shape and bool(np.allclose(array, want, rtol=FITS, atol=0))

    axes = [axis for count in range(1, got.ndim + 1) for axis in itertools.combinations(range(got.ndim), count)]
    for axis in axes:
        if any(same(got.sum(axis=axis, keepdims=keep)) for keep in (False, True)):
            over = f"{'axis' if len(axis) == 1 else 'axes'} {', '.join(map(str, axis))}"
            yield Cause(Fault.UNSUMMED, f"the contribution of {name} is not summed over {over}", number)
    if same(got.T):
        yield Cause(Fault.TRANSPOSED, f"the gradient of {name} is transposed", number)
    if got.size == want.size and same(got.reshape(want.shape)):
        yield Cause(Fault.SHAPE, f"the gradient of {name} has the right entries in shape {got.shape}, not {want.shape}", number)
