"""What is asked at one point, a `Question`, and what forward and backward answer in plain floats: the gradients, and
what is wrong with their number, shape, dtype or finiteness before anything could broadcast.

>>> x, ct = np.array([[1.0], [2.0]]), np.ones((2, 1))
>>> run_floats(Question(lambda x: x * x, lambda args, out, ct: (2 * ct * args[0],), (x,), ct, "here"))[1:]
([array([[2.],
       [4.]])], ())
>>> _, _, problems = run_floats(Question(lambda x: x.sum(), lambda args, out, ct: (ct,), (x,), np.array(1.0), "here"))
>>> problems[0].words
'shape (), the argument has shape (2, 1)'
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.findings import GradientFinding, Kind
from backproof.verify.lift.lifted import Function
from backproof.verify.verdicts import Verdict


@dataclass(frozen=True, eq=False)
class Question:
    """Is vjp the derivative of f here?

    `args`, `cotangent`   here; the cotangent has the shape of the output
    `point`    the same in words
    `usual`    if the point was chosen: how large the gradient of each float argument is at the given ones; errors of a
               formula below u² of the largest are not held against it
    `strict`   for each float argument: whether its gradient must be backward stable, also where its own formula is not
    """

    f: Function
    vjp: Function
    args: Sequence[Any]
    cotangent: Array
    point: str
    usual: Sequence[float] = ()
    strict: Sequence[bool] = ()

    @property
    def places(self) -> list[int]:
        """The numbers of the arguments that have a derivative."""
        return [k for k, a in enumerate(self.args) if is_float(a)]

    @property
    def u(self) -> float:
        """The unit roundoff of the widest float dtype among the arguments."""
        return unit_roundoff(self.args)

    @property
    def chosen(self) -> bool:
        """Whether the point was chosen by us, and not given."""
        return bool(self.usual)

    @property
    def usual_size(self) -> float:
        """The largest of the usual gradients; 0 at the given arguments."""
        return max(self.usual, default=0.0)


def is_float(value: Any) -> bool:
    """Whether an argument has a derivative: a float or an array of floats.

    >>> is_float(np.array([1.0])), is_float(np.array([1])), is_float(2.5)
    (True, False, True)
    """
    if isinstance(value, float):
        return True
    return isinstance(value, np.ndarray | np.generic) and is_float_dtype(value.dtype)


def is_float_dtype(dtype: np.dtype[Any]) -> bool:
    """Whether a dtype is one of floats; NumPy does not count bfloat16 among them."""
    return dtype.kind == "f" or dtype.name == "bfloat16"


def unit_roundoff(args: Sequence[Any]) -> float:
    """u of the widest float dtype among the arguments."""
    dtypes = [np.asarray(a).dtype for a in args if is_float(a)]
    return min((2.0 ** -(ml_dtypes.finfo(dtype).nmant + 1) for dtype in dtypes), default=2.0**-53)


def run_floats(question: Question) -> tuple[Any, list[Any], tuple[GradientFinding, ...]]:
    """The output, one gradient for each float argument, and what is wrong with them before all values."""
    args = question.args
    given = tuple(a.copy() if isinstance(a, np.ndarray) else a for a in args)
    with np.errstate(all="ignore"):
        out = question.f(*given)
        try:
            returned = question.vjp(given, out, question.cotangent.copy())
        except Exception as error:
            words = f"the backward raises {type(error).__name__}: {error}"
            return out, [], (GradientFinding(Verdict.WRONG, Kind.PROTOCOL, question.point, words=words, size=math.inf),)
    gradients = list(returned) if isinstance(returned, tuple | list) else [returned]
    places = question.places
    if len(gradients) == len(args):
        gradients = [gradients[k] for k in places]
    if len(gradients) != len(places):
        words = f"{len(gradients)} gradients returned for {len(args)} arguments"
        return out, [], (GradientFinding(Verdict.WRONG, Kind.SHAPE, question.point, words=words, size=math.inf),)
    problems: list[GradientFinding] = []
    for k, gradient in zip(places, gradients, strict=True):
        problem = _shape_problem(args[k], gradient, out)
        if problem:
            kind, words = problem
            problems.append(GradientFinding(Verdict.WRONG, kind, question.point, k, words=words, size=math.inf))
    return out, gradients, tuple(problems)


def _shape_problem(argument: Any, gradient: Any, out: Any) -> tuple[Kind, str] | None:
    wanted = np.asarray(argument)
    if gradient is None:
        return Kind.SHAPE, "None in the place of a gradient"
    found = np.asarray(gradient)
    if found.dtype == object or (found.dtype.kind not in "fiub" and found.dtype.name != "bfloat16"):
        return Kind.SHAPE, f"a gradient of dtype {found.dtype}"
    if found.shape != wanted.shape:
        return Kind.SHAPE, f"shape {found.shape}, the argument has shape {wanted.shape}"
    if found.dtype.itemsize < wanted.dtype.itemsize:
        return Kind.SHAPE, f"dtype {found.dtype}, the argument has {wanted.dtype}: digits are lost"
    bad = ~np.isfinite(found.astype(float))
    if bad.any() and np.all(np.isfinite(np.asarray(out, dtype=float))):
        index = tuple(int(i) for i in np.argwhere(bad)[0])
        return Kind.FINITE, f"the entry {list(index)} is {found[index]}"
    return None
