"""Running somebody's forward and backward in plain floats: the gradients, and what is wrong with their number, shape, dtype or finiteness before anything could broadcast.

>>> out, gradients, problems = run_floats(lambda x: x * x, lambda args, out, ct: (2 * ct,), (np.array([[1.0], [2.0]]),), np.ones((2, 1)), "the given arguments")
>>> problems
()
>>> run_floats(lambda x: x.sum(), lambda args, out, ct: (ct,), (np.array([1.0, 2.0]),), np.array(1.0), "the given arguments")[2][0].words
'shape (), the argument has shape (2,)'
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import ml_dtypes
import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.findings import Finding
from backproof.verify.lift.lifted import Function


def is_float(value: Any) -> bool:
    """Whether an argument has a derivative: a float or an array of floats.

    >>> is_float(np.array([1.0])), is_float(np.array([1])), is_float(2.5)
    (True, False, True)
    """
    if isinstance(value, float):
        return True
    return isinstance(value, np.ndarray | np.generic) and (value.dtype.kind == "f" or value.dtype.name == "bfloat16")


def unit_roundoff(args: Sequence[Any]) -> float:
    """u of the widest float dtype among the arguments."""
    dtypes = [np.asarray(a).dtype for a in args if is_float(a)]
    return min((2.0 ** -(ml_dtypes.finfo(dtype).nmant + 1) for dtype in dtypes), default=2.0**-53)


def run_floats(f: Function, vjp: Function, args: Sequence[Any], cotangent: Array, point: str) -> tuple[Any, list[Any], tuple[Finding, ...]]:
    """The output, one gradient for each float argument, and what is wrong with their number, shape, dtype or finiteness."""
    given = tuple(a.copy() if isinstance(a, np.ndarray) else a for a in args)
    with np.errstate(all="ignore"):
        out = f(*given)
        try:
            returned = vjp(given, out, cotangent.copy())
        except Exception as error:
            words = f"the backward raises {type(error).__name__}: {error}"
            return out, [], (Finding("WRONG", "protocol", point, words=words, size=math.inf),)
    gradients = list(returned) if isinstance(returned, tuple | list) else [returned]
    floats = [k for k, a in enumerate(args) if is_float(a)]
    if len(gradients) == len(args):
        gradients = [gradients[k] for k in floats]
    if len(gradients) != len(floats):
        words = f"{len(gradients)} gradients returned for {len(args)} arguments"
        return out, [], (Finding("WRONG", "shape", point, words=words, size=math.inf),)
    problems: list[Finding] = []
    for k, gradient in zip(floats, gradients, strict=True):
        words = _shape_problem(args[k], gradient, out)
        if words:
            kind = "finite" if words.startswith("the entry") else "shape"
            problems.append(Finding("WRONG", kind, point, k, words=words, size=math.inf))
    return out, gradients, tuple(problems)


def _shape_problem(argument: Any, gradient: Any, out: Any) -> str:
    wanted = np.asarray(argument)
    if gradient is None:
        return "None in the place of a gradient"
    found = np.asarray(gradient)
    if found.dtype == object or (found.dtype.kind not in "fiub" and found.dtype.name != "bfloat16"):
        return f"a gradient of dtype {found.dtype}"
    if found.shape != wanted.shape:
        return f"shape {found.shape}, the argument has shape {wanted.shape}"
    if found.dtype.itemsize < wanted.dtype.itemsize:
        return f"dtype {found.dtype}, the argument has {wanted.dtype}: digits are lost"
    bad = ~np.isfinite(found.astype(float))
    if bad.any() and np.all(np.isfinite(np.asarray(out, dtype=float))):
        index = tuple(int(i) for i in np.argwhere(bad)[0])
        return f"the entry {list(index)} is {found[index]}"
    return ""
