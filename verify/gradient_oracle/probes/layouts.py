"""Probes of layouts and scales: the same cotangent or arguments in another memory layout, twice the cotangent, and none.

>>> strided(np.array([1.0, 2.0])).strides, reversed_memory(np.array([1.0, 2.0])).strides
((16,), (-8,))
>>> read_only(np.array([1.0]))[0] = 2.0
Traceback (most recent call last):
    ...
ValueError: assignment destination is read-only
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.probes.calls import WORDS, Call, Finding, copied, differences, kept


def layout(change: Callable[[Array], Array], name: str) -> Callable[[Call], list[Finding]]:
    """The same cotangent in another memory layout."""

    def run(call: Call) -> list[Finding]:
        if call.cotangent.ndim == 0:
            return []
        same = change(call.cotangent.copy())
        return differences(call, call.backward(copied(call.args), call.forward(), same), WORDS[name], False)

    return run


def strided(array: Array) -> Array:
    """Every second entry of a larger array."""
    wide = np.full((*array.shape[:-1], 2 * array.shape[-1]), math.pi, dtype=array.dtype)
    wide[..., ::2] = array
    return wide[..., ::2]


def reversed_memory(array: Array) -> Array:
    """The same entries with negative strides."""
    return array[..., ::-1].copy()[..., ::-1]


def read_only(array: Array) -> Array:
    """The same entries, not to be written to."""
    array.setflags(write=False)
    return array


def expanded_cotangent(call: Call) -> list[Finding]:
    """A constant cotangent as one number with strides of zero, as the gradient of a sum is."""
    whole = np.full(call.cotangent.shape, call.cotangent.dtype.type(0.75))
    right = kept(call.backward(copied(call.args), call.forward(), whole))
    expanded = np.broadcast_to(call.cotangent.dtype.type(0.75), call.cotangent.shape)
    constant = Call(call.f, call.vjp, call.args, whole, right, call.other, call.rng, call.sizes)
    return differences(constant, call.backward(copied(call.args), call.forward(), expanded), WORDS["expanded cotangent"], False)


def read_only_arguments(call: Call) -> list[Finding]:
    args = tuple(read_only(a) if isinstance(a, np.ndarray) and a.ndim else a for a in copied(call.args))
    return differences(call, call.backward(args, call.forward(), call.cotangent.copy()), WORDS["read-only arguments"], False)


def turned_arguments(call: Call) -> list[Finding]:
    args = tuple(np.asfortranarray(a) if isinstance(a, np.ndarray) and a.ndim > 1 else a for a in copied(call.args))
    return differences(call, call.backward(args, call.forward(), call.cotangent.copy()), WORDS["arguments in column order"], False)


def doubled_cotangent(call: Call) -> list[Finding]:
    """2·cotangent gives exactly 2·gradient: doubling is exact in floats."""
    gradients = call.backward(copied(call.args), call.forward(), 2 * call.cotangent)
    halves = tuple(None if g is None else np.asarray(g) / 2 for g in gradients)
    return differences(call, halves, WORDS["twice the cotangent"], False)


def zero_cotangent(call: Call) -> list[Finding]:
    gradients = call.backward(copied(call.args), call.forward(), np.zeros_like(call.cotangent))
    return [
        (k, "a cotangent of zeros gives a gradient that is not zero", "", "")
        for k, g in enumerate(gradients)
        if g is not None and np.any(np.nan_to_num(np.asarray(g, dtype=float)) != 0)
    ]
