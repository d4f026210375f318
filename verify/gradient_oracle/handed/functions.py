"""f and its backward as flat functions: `flat(…)`. What is returned for a tree becomes one gradient for each flat
argument, None where there is none, or a `Misplaced` that says what does not fit.

They are partials of the functions here: NumPy is handed to them, so that on lifted numbers it is the lifted one.

>>> from backproof.verify.gradient_oracle.handed.arguments import handed_over
>>> f = lambda x, p: (x * p["a"], x.sum())
>>> def vjp(args, out, ct):
...     x, p = args
...     return ct[0] * p["a"] + ct[1], {"a": np.sum(ct[0] * x)}
>>> handed = handed_over((np.array([1.0, 2.0]), {"a": 3.0}), f)
>>> forward, backward = flat(f, vjp, handed.frame)
>>> out = forward(*handed.core)
>>> backward(handed.core, out, np.array([1.0, 1.0, 0.5]))
(array([3.5, 3.5]), np.float64(3.0))
>>> flat(f, lambda args, out, ct: (ct[0],), handed.frame)[1](handed.core, out, np.ones(3))
(Misplaced(words='1 gradient returned for 2 arguments'), None)
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.given.contained import contained
from backproof.verify.gradient_oracle.given.words import of_what
from backproof.verify.gradient_oracle.handed.arguments import Frame
from backproof.verify.gradient_oracle.handed.outputs import joined, parted
from backproof.verify.gradient_oracle.handed.trees import Misplaced, is_container, matched
from backproof.verify.lift.lifted import Function


def flat(f: Function, vjp: Function, frame: Frame) -> tuple[Function, Function]:
    """Flat functions of f and vjp: of flat arguments, a vector of outputs and its cotangent."""
    kept: dict[str, Any] = {}
    return partial(_forward, np, f, frame, kept), partial(_backward, np, vjp, frame, kept)


def _forward(numpy: Any, f: Function, frame: Frame, kept: dict[str, Any], *core: Any) -> Any:
    return joined(numpy, contained(f, *frame.arguments(core)), kept)


def _backward(numpy: Any, vjp: Function, frame: Frame, kept: dict[str, Any], core: Sequence[Any], out: Any, cotangent: Any) -> Any:
    outputs, cotangents = parted(numpy, out, cotangent, kept)
    return spread(contained(vjp, frame.arguments(core), outputs, cotangents), frame)


def with_trees(f: Function, frame: Frame) -> Function:
    """f as a function of the flat arguments, its outputs as they are."""
    return partial(_called, f, frame)


def _called(f: Function, frame: Frame, *core: Any) -> Any:
    return contained(f, *frame.arguments(core))


def scaled(gradient: Function) -> Function:
    """A function of the arguments that returns gradients, as one of args, output and cotangent."""
    return partial(_scaled, gradient)


def _scaled(gradient: Function, args: Sequence[Any], out: Any, cotangent: Any) -> Any:
    return times(cotangent, contained(gradient, *args))


def times(cotangent: Any, gradients: Any) -> Any:
    """A cotangent of one number times every gradient of a tree; what is no gradient stays.

    >>> times(2.0, {"W": np.ones(2), "b": None, "n": [1.5]})
    {'W': array([2., 2.]), 'b': None, 'n': [3.0]}
    """
    if isinstance(gradients, dict):
        return {key: times(cotangent, part) for key, part in gradients.items()}
    if type(gradients) in (list, tuple):
        parts = [times(cotangent, part) for part in gradients]
        return parts if isinstance(gradients, list) else tuple(parts)
    if is_container(gradients):
        return type(gradients)(*(times(cotangent, part) for part in _fields(gradients)))
    if gradients is None or isinstance(gradients, str | bytes) or not hasattr(type(gradients), "__mul__"):
        return gradients
    return cotangent * gradients


def _fields(value: Any) -> list[Any]:
    return list(value) if isinstance(value, tuple) else [getattr(value, name) for name in vars(value)]


def value_of(value_and_gradient: Function) -> Function:
    """The value of a function that returns it with its gradients."""
    return partial(_value, value_and_gradient)


def _value(value_and_gradient: Function, *args: Any) -> Any:
    return _pair(value_and_gradient, args)[0]


def gradient_of(value_and_gradient: Function) -> Function:
    """The gradients of such a function."""
    return partial(_gradient, value_and_gradient)


def _gradient(value_and_gradient: Function, *args: Any) -> Any:
    return _pair(value_and_gradient, args)[1]


def _pair(value_and_gradient: Function, args: Sequence[Any]) -> Any:
    """What such a function returns. TypeError where it is no pair."""
    found = contained(value_and_gradient, *args)
    if not isinstance(found, tuple | list) or len(found) < 2:
        raise TypeError(
            f"value_and_gradient must return the value and its gradients, found {of_what(found)}; write return value, gradients"
        )
    return found


def spread(returned: Any, frame: Frame) -> tuple[Any, ...]:
    """What a backward returned, one gradient for each flat argument."""
    by_argument = _by_argument(returned, frame)
    found: list[Any] = [None] * sum(slot is not None for slot in frame.slots)
    if isinstance(by_argument, Misplaced):
        found[next(k for k, slot in enumerate(frame.slots) if slot is not None)] = by_argument
        return tuple(found)
    leaf = 0
    for structure, gradient, wanted in zip(frame.structure.parts, by_argument, frame.wanted, strict=True):
        values = matched(structure, gradient if wanted else None)
        extra = values[structure.count :]
        for value in values[: structure.count]:
            slot = frame.slots[leaf]
            if slot is not None:
                found[slot] = extra.pop() if extra else value
            leaf += 1
    return tuple(found)


def _by_argument(returned: Any, frame: Frame) -> list[Any] | Misplaced:
    """One gradient, or tree of gradients, for each argument of the caller: as many as there are arguments, or as many as
    are differentiated, or by their names; the gradient itself where one argument is."""
    count, wanted = len(frame.wanted), [k for k, is_wanted in enumerate(frame.wanted) if is_wanted]
    whole = _fits(returned, frame.structure.parts[wanted[0]]) if len(wanted) == 1 else False
    if isinstance(returned, tuple | list) and len(returned) == count and not (whole and count == 1 and not _fits_one(returned, frame)):
        return list(returned)
    if whole or (len(wanted) == 1 and not is_container(returned)):
        return [returned if k == wanted[0] else None for k in range(count)]
    if isinstance(returned, tuple | list) and len(returned) == len(wanted):
        given = iter(returned)
        return [next(given) if is_wanted else None for is_wanted in frame.wanted]
    if isinstance(returned, dict) and set(returned) <= set(frame.roots):
        return [returned.get(root) for root in frame.roots]
    if isinstance(returned, tuple | list):
        return Misplaced(f"{len(returned)} gradient{'' if len(returned) == 1 else 's'} returned for {count} arguments")
    return Misplaced(f"a gradient of another structure than that of the {count} argument{'' if count == 1 else 's'}")


def _fits(gradient: Any, structure: Any) -> bool:
    """Whether a gradient has the structure of an argument that is a tree."""
    return structure.kind != "leaf" and is_container(gradient) and not any(isinstance(v, Misplaced) for v in matched(structure, gradient))


def _fits_one(returned: Any, frame: Frame) -> bool:
    """Whether what was returned for one argument is a sequence with its gradient."""
    return _fits(returned[0], frame.structure.parts[0]) or frame.structure.parts[0].kind == "leaf"
