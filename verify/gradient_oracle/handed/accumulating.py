"""Backwards that add into buffers: `vjp(args, out, cotangent, into=grads)`.

`into` is a list with a buffer for each argument, of its structure. It is called with zeros there, and once more with
other numbers, to which it must add.

>>> def vjp(args, out, ct, into):
...     into[0] += 2 * ct * args[0]
>>> takes_into(vjp), takes_into(lambda args, out, ct: ct)
(True, False)
>>> x, ct = np.array([1.0, 3.0]), np.ones(2)
>>> returning(vjp)((x,), x * x, ct)
[array([2., 6.])]
>>> added_to(vjp, (x,), x * x, ct)
[]
>>> def overwriting(args, out, ct, into):
...     into[0][...] = 2 * ct * args[0]
>>> print(added_to(overwriting, (x,), x * x, ct)[0].sentence)
with numbers in the buffers, the gradient of argument 0 is not added to them: entry [0] is 2.0 instead of 3.0
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.given.contained import contained, is_the_codes, what_it_raised
from backproof.verify.gradient_oracle.given.floats import is_float, unit_roundoff
from backproof.verify.gradient_oracle.given.names import argument
from backproof.verify.gradient_oracle.handed.trees import put_together, taken_apart
from backproof.verify.gradient_oracle.probes.calls import LAYOUT, ProtocolFinding
from backproof.verify.lift.lifted import Function

INTO = "into"


def takes_into(vjp: Any) -> bool:
    """Whether a backward adds into buffers: it has a parameter `into`."""
    try:
        return INTO in inspect.signature(vjp).parameters
    except (TypeError, ValueError):
        return False


def returning(vjp: Function) -> Function:
    """The same as a function of args, out and cotangent that returns its gradients."""
    return partial(_returning, np, vjp)


def _returning(numpy: Any, vjp: Function, args: Sequence[Any], out: Any, cotangent: Any) -> Any:
    into = [_buffers(numpy, value) for value in args]
    returned = contained(vjp, args, out, cotangent, into=into)
    return into if returned is None else returned


def _buffers(numpy: Any, value: Any) -> Any:
    leaves, structure = taken_apart(value)
    return put_together(structure, [numpy.zeros_like(leaf) if _has_gradient(leaf) else None for leaf in leaves])


def _has_gradient(leaf: Any) -> bool:
    return is_float(leaf) or (hasattr(type(leaf), "__float__") and not isinstance(leaf, np.ndarray | np.generic | int))


def added_to(vjp: Function, args: Sequence[Any], out: Any, cotangent: Any, names: Sequence[str] | None = None) -> list[ProtocolFinding]:
    """What is found where the buffers hold ones: that the gradients are not added to them."""
    with np.errstate(all="ignore"):
        try:
            alone = taken_apart(contained(returning(vjp), args, out, cotangent))[0]
            into = [_ones(value) for value in args]
            returned = contained(vjp, args, out, cotangent, into=into)
        except Exception as error:
            if not is_the_codes(error):
                raise
            return [ProtocolFinding(INTO, None, f"with numbers in the buffers, the backward raises {what_it_raised(error)}")]
    for k, (one, now) in enumerate(zip(alone, taken_apart(into if returned is None else returned)[0], strict=False)):
        if one is None or now is None:
            continue
        left, right = np.asarray(now, dtype=float), 1.0 + np.asarray(one, dtype=float)
        room = LAYOUT * 2 * unit_roundoff([one]) * float(np.max(np.abs(right), initial=1.0, where=np.isfinite(right)))
        if left.shape != right.shape:
            continue
        with np.errstate(invalid="ignore"):
            apart = np.argwhere(~((np.abs(left - right) <= room) | (left == right) | (np.isnan(left) & np.isnan(right))))
        if len(apart):
            index = tuple(int(i) for i in apart[0])
            more = f"entry {list(index)} is {left[index]!s} instead of {right[index]!s}"
            return [
                ProtocolFinding(
                    INTO, None, f"with numbers in the buffers, the gradient of {argument(k, names)} is not added to them: {more}"
                )
            ]
    return []


def _ones(value: Any) -> Any:
    leaves, structure = taken_apart(value)
    return put_together(structure, [np.ones_like(leaf) if is_float(leaf) else None for leaf in leaves])
