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

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.findings import GradientFinding, Kind
from backproof.verify.gradient_oracle.given.contained import contained, what_it_raised
from backproof.verify.gradient_oracle.given.floats import is_float, is_number_dtype, unit_roundoff
from backproof.verify.gradient_oracle.given.words import of_what
from backproof.verify.lift.lifted import Function
from backproof.verify.lift.tape.literals import LeftOut
from backproof.verify.time_limits import PASSING
from backproof.verify.verdicts import Verdict


@dataclass(frozen=True, eq=False)
class Question:
    """Is vjp the derivative of f here?

    `args`, `cotangent`   here; the cotangent has the shape of the output
    `point`    the same in words
    `usual`    if the point was chosen: how large the gradient of each float argument is at the given ones; errors of a
               formula below u² of the largest are not held against it
    `strict`   for each float argument: whether its gradient must be backward stable, also where its own formula is not
    `ignored`  the values of guards that the caller leaves out of the forward (`excused/guards.py`)
    `left_out` the uses of literals that are left out of the forward when it is lifted
    """

    f: Function
    vjp: Function
    args: Sequence[Any]
    cotangent: Array
    point: str
    usual: Sequence[float] = ()
    strict: Sequence[bool] = ()
    ignored: Sequence[float] = ()
    left_out: LeftOut | None = None

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


def run_floats(question: Question) -> tuple[Any, list[Any], tuple[GradientFinding, ...]]:
    """The output, one gradient for each float argument, and what is wrong with them before all values."""
    args = question.args
    given = tuple(a.copy() if isinstance(a, np.ndarray) else a for a in args)
    with np.errstate(all="ignore"):
        out = contained(question.f, *given)
        try:
            returned = contained(question.vjp, given, out, question.cotangent.copy())
        except PASSING:
            raise
        except Exception as error:
            return out, [], (wrong_at(question, Kind.PROTOCOL, f"the backward raises {what_it_raised(error)}"),)
    gradients, places = _one_by_one(returned), question.places
    if gradients is None:
        return out, [], (wrong_at(question, Kind.SHAPE, f"{of_what(returned)} returned; {_expected(args)}"),)
    if len(gradients) == len(args):
        extra = next((k for k, g in enumerate(gradients) if k not in places and not _is_left_alone(g)), None)
        if extra is not None:
            words = f"{of_what(gradients[extra])} for an argument that is no float; expected None"
            return out, [], (wrong_at(question, Kind.SHAPE, words, extra),)
        gradients = [gradients[k] for k in places]
    if len(gradients) != len(places):
        words = f"{len(gradients)} gradients returned for {len(args)} arguments"
        return out, [], (wrong_at(question, Kind.SHAPE, words),)
    problems: list[GradientFinding] = []
    for k, gradient in zip(places, gradients, strict=True):
        problem = _shape_problem(args[k], gradient, out)
        if problem:
            kind, words = problem
            problems.append(wrong_at(question, kind, words, k))
    if all(problem.kind is Kind.FINITE for problem in problems):
        gradients = [contained(np.asarray, gradient) for gradient in gradients]
    return out, gradients, tuple(problems)


def wrong_at(question: Question, kind: Kind, words: str, argument: int | None = None) -> GradientFinding:
    """The finding that something is wrong before all values."""
    return GradientFinding(Verdict.WRONG, kind, question.point, argument, words=words, size=math.inf)


def _expected(args: Sequence[Any]) -> str:
    if len(args) == 1:
        return f"expected one gradient, an array of shape {np.shape(args[0])}"
    return f"expected a tuple of {len(args)} gradients, one array for each argument, None for those that are no floats"


def _one_by_one(returned: Any) -> list[Any] | None:
    """What a backward returned, as one gradient after the other; None where it is nothing of that kind."""
    if isinstance(returned, tuple):
        return list(tuple.__iter__(returned))
    if isinstance(returned, list):
        return list(list.__iter__(returned))
    return [returned] if is_gradient(returned) else None


def is_gradient(value: Any) -> bool:
    """Whether something can stand for one gradient at all: an array or a number, also of another library.

    >>> is_gradient(np.ones(2)), is_gradient(0.5), is_gradient("0.5"), is_gradient({"x": 1.0}), is_gradient(None)
    (True, True, False, False, False)
    """
    return isinstance(value, np.ndarray | np.generic | float | int | complex) or hasattr(type(value), "__array__")


def _is_left_alone(gradient: Any) -> bool:
    """Whether what stands in the place of an argument without a derivative says so: None, or numbers that nobody uses."""
    if gradient is None or not (is_gradient(gradient) or isinstance(gradient, tuple | list)):
        return gradient is None
    try:
        return contained(np.asarray, gradient).dtype.kind in "fiubcV"
    except PASSING:
        raise
    except Exception:
        return False


def _shape_problem(argument: Any, gradient: Any, out: Any) -> tuple[Kind, str] | None:
    wanted = np.asarray(argument)
    if gradient is None:
        return Kind.SHAPE, "None in the place of a gradient"
    if isinstance(gradient, np.ma.MaskedArray):
        return Kind.SHAPE, f"{of_what(gradient)}: an entry that is masked is no derivative; expected an array of shape {wanted.shape}"
    if not is_gradient(gradient) and not isinstance(gradient, list | tuple):
        return Kind.SHAPE, f"{of_what(gradient)} in the place of a gradient; expected an array of shape {wanted.shape}"
    try:
        found: Array = contained(np.asarray, gradient)
    except PASSING:
        raise
    except Exception as error:
        return Kind.SHAPE, f"{of_what(gradient)} of which no array can be made: {what_it_raised(error)}"
    if not is_number_dtype(found.dtype):
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
