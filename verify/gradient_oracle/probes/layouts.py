"""Probes of layouts and scales: cotangent or arguments in another memory layout, twice the cotangent, and none.

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
from dataclasses import replace

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.probes.calls import Call, Probe, Probing, ProtocolFinding, copied, deviations, is_as_alone, kept

CONSTANT = 0.75  # chosen: a cotangent that is no power of two, and exact in every dtype


def layout(change: Callable[[Array], Array]) -> Probing:
    """The same cotangent in another memory layout."""

    def run(call: Call, probe: Probe) -> list[ProtocolFinding]:
        if call.cotangent.ndim == 0:
            return []
        same = change(call.cotangent.copy())
        return deviations(probe, call, call.backward(copied(call.args), call.forward(), same), exact=False)

    return run


def column_order(array: Array) -> Array:
    """The entries of one column after the other."""
    return np.asfortranarray(array) if array.ndim > 1 else array


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


def expanded_cotangent(call: Call, probe: Probe) -> list[ProtocolFinding]:
    """A constant cotangent as one number with strides of zero, as the gradient of a sum is."""
    one = call.cotangent.dtype.type(CONSTANT)
    whole = np.full(call.cotangent.shape, one)
    right = kept(call.backward(copied(call.args), call.forward(), whole))
    gradients = call.backward(copied(call.args), call.forward(), np.broadcast_to(one, call.cotangent.shape))
    return deviations(probe, replace(call, alone=right), gradients, exact=False)


def read_only_arguments(call: Call, probe: Probe) -> list[ProtocolFinding]:
    """Arguments that nobody may write to."""
    args = tuple(read_only(a) if isinstance(a, np.ndarray) and a.ndim else a for a in copied(call.args))
    return deviations(probe, call, call.backward(args, call.forward(), call.cotangent.copy()), exact=False)


def turned_arguments(call: Call, probe: Probe) -> list[ProtocolFinding]:
    """Arguments in column order."""
    args = tuple(column_order(a) if isinstance(a, np.ndarray) else a for a in copied(call.args))
    return deviations(probe, call, call.backward(args, call.forward(), call.cotangent.copy()), exact=False)


def doubled_cotangent(call: Call, probe: Probe) -> list[ProtocolFinding]:
    """2·cotangent gives exactly 2·gradient: doubling is exact in floats."""
    gradients = call.backward(copied(call.args), call.forward(), 2 * call.cotangent)
    if np.any(call.cotangent) and is_as_alone(call, gradients) and call.largest > 0:
        words = "the gradient does not depend on the cotangent, that of twice the cotangent is the same"
        more = "give gradient=… in place of vjp=…" if call.cotangent.size == 1 else "multiply by it"
        return [ProtocolFinding(probe.name, None, f"{words}: {more}", first=call.cotangent.size == 1)]
    halves = tuple(None if g is None else np.asarray(g) / 2 for g in gradients)
    return deviations(probe, call, halves, exact=False)


def zero_cotangent(call: Call, probe: Probe) -> list[ProtocolFinding]:
    """A cotangent of zeros gives zeros, or what is not finite."""
    gradients = call.backward(copied(call.args), call.forward(), np.zeros_like(call.cotangent))
    return [
        ProtocolFinding(probe.name, k, "a cotangent of zeros gives a gradient that is not zero")
        for k, g in enumerate(gradients)
        if g is not None and np.any(np.nan_to_num(np.asarray(g, dtype=float)) != 0)
    ]


ROWS: tuple[Probe, ...] = (
    Probe("column order", "with a cotangent in column order", layout(column_order)),
    Probe("strided cotangent", "with a cotangent that is a slice of a larger array", layout(strided)),
    Probe("reversed cotangent", "with a cotangent of negative strides", layout(reversed_memory)),
    Probe("read-only cotangent", "with a read-only cotangent", layout(read_only)),
    Probe("expanded cotangent", "with an expanded cotangent (strides of zero)", expanded_cotangent),
    Probe("read-only arguments", "with read-only arguments", read_only_arguments),
    Probe("arguments in column order", "with arguments in column order", turned_arguments),
    Probe("twice the cotangent", "with twice the cotangent", doubled_cotangent),
    Probe("zero cotangent", "with a cotangent of zeros", zero_cotangent),
)
