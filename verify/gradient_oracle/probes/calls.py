"""What protocol probes have in common: the functions under test with the gradients of a call in isolation (`Call`), and where gradients are not those (`differences`).

>>> call = Call(np.sin, lambda args, out, ct: (ct,), (np.ones(1),), np.ones(1), (np.ones(1),), (np.ones(1),), np.random.default_rng(0), (1.0,))
>>> differences(call, (np.ones(1),), "called twice", True)
[]
>>> differences(call, (np.zeros(1),), "called twice", True)[0][1]
'called twice, entry [0] of the gradient is 0.0 instead of 1.0'
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import ml_dtypes
import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.lift.lifted import Function

LAYOUT = 1e4
UNFIT = (ValueError, ArithmeticError, IndexError, TypeError, np.linalg.LinAlgError)  # the forward does not take these arguments
WORDS = {
    "deterministic forward": "called again",
    "called twice": "called a second time with the same arguments",
    "forward in between": "after an unrelated forward",
    "two live forwards": "after a second forward and its backward",
    "same memory": "with the arguments changed in place and both passes called again",
    "own buffer": "called again",
    "arguments unchanged": "looking at the arguments afterwards",
    "output unchanged": "looking at the output afterwards",
    "cotangent unchanged": "looking at the cotangent afterwards",
    "column order": "with a cotangent in column order",
    "strided cotangent": "with a cotangent that is a slice of a larger array",
    "reversed cotangent": "with a cotangent of negative strides",
    "read-only cotangent": "with a read-only cotangent",
    "expanded cotangent": "with an expanded cotangent (strides of zero)",
    "read-only arguments": "with read-only arguments",
    "arguments in column order": "with arguments in column order",
    "twice the cotangent": "with twice the cotangent",
    "zero cotangent": "with a cotangent of zeros",
}


@dataclass(frozen=True)
class Call:
    """What is probed, with the gradients of a call in isolation."""

    f: Function
    vjp: Function
    args: tuple[Any, ...]
    cotangent: Array
    alone: tuple[Any, ...]
    other: tuple[Any, ...]
    rng: np.random.Generator
    sizes: tuple[float, ...]

    def forward(self, args: Sequence[Any] | None = None) -> Any:
        """f on copies of the arguments."""
        return self.f(*copied(self.args if args is None else args))

    def backward(self, args: Sequence[Any], out: Any, cotangent: Any) -> tuple[Any, ...]:
        """The gradients as a tuple."""
        return as_tuple(self.vjp(tuple(args), out, cotangent))


def copied(values: Sequence[Any]) -> tuple[Any, ...]:
    """The same values in memory of their own."""
    return tuple(value.copy() if isinstance(value, np.ndarray) else value for value in values)


def as_tuple(gradients: Any) -> tuple[Any, ...]:
    """What a backward returned, as a tuple."""
    return tuple(gradients) if isinstance(gradients, tuple | list) else (gradients,)


def kept(gradients: Sequence[Any]) -> tuple[Any, ...]:
    """Copies that no later call can change."""
    return tuple(None if g is None else np.array(g, copy=True) for g in gradients)


def shuffled(value: Any, rng: np.random.Generator) -> Any:
    """Another argument of the same shape that the forward surely takes: the same entries turned around, a little larger."""
    if not isinstance(value, np.ndarray) or value.dtype.kind != "f":
        return value.copy() if isinstance(value, np.ndarray) else value
    return (value.reshape(-1)[::-1].reshape(value.shape) * value.dtype.type(1.25)).astype(value.dtype)


Finding: TypeAlias = "tuple[int | None, str, str, str]"


def differences(call: Call, gradients: Sequence[Any], words: str, exact: bool) -> list[Finding]:
    """Where gradients are not those of the call in isolation."""
    found: list[Finding] = []
    for k, (right, left) in enumerate(zip(call.alone, gradients, strict=False)):
        if right is None or left is None:
            if right is not left:
                found.append((k, f"{words}, one gradient is None and the other is not", str(left), str(right)))
            continue
        a, b = np.asarray(left), np.asarray(right)
        if a.shape != b.shape:
            found.append((k, f"{words}, the gradient has shape {a.shape} instead of {b.shape}", str(a.shape), str(b.shape)))
            continue
        floats = b.dtype if b.dtype.kind == "f" else np.dtype(float)
        found_here, alone = a.astype(float), b.astype(float)
        size = float(np.max(np.abs(alone), initial=call.sizes[k] if k < len(call.sizes) else 0.0, where=np.isfinite(alone)))
        room = 0.0 if exact else LAYOUT * float(ml_dtypes.finfo(floats).eps) * size
        with np.errstate(invalid="ignore"):
            near = np.abs(found_here - alone) <= room
        apart = ~(near | (found_here == alone) | (np.isnan(found_here) & np.isnan(alone)))
        if apart.any():
            index = tuple(int(i) for i in np.argwhere(apart)[0])
            found.append(
                (k, f"{words}, entry {list(index)} of the gradient is {a[index]!s} instead of {b[index]!s}", str(a[index]), str(b[index]))
            )
    return found


def first_difference(left: Array, right: Array) -> tuple[int, ...]:
    apart = np.argwhere(~((left == right) | (np.not_equal(left, left) & np.not_equal(right, right))))
    return tuple(int(i) for i in apart[0]) if len(apart) else (0,) * left.ndim
