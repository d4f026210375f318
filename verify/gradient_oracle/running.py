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
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.conventions.symmetric import is_symmetric, symmetric_in, symmetrised, symmetrised_backward
from backproof.verify.gradient_oracle.findings import GradientFinding, Kind, Note
from backproof.verify.gradient_oracle.given.contained import contained, what_it_raised, where_it_raised
from backproof.verify.gradient_oracle.given.floats import is_float, is_number_dtype, unit_roundoff
from backproof.verify.gradient_oracle.given.names import argument
from backproof.verify.gradient_oracle.given.words import of_what
from backproof.verify.gradient_oracle.handed.trees import Misplaced
from backproof.verify.lift.lifted import Function
from backproof.verify.lift.tape.literals import LeftOut
from backproof.verify.numbers.float_model import largest_entry
from backproof.verify.time_limits import PASSING
from backproof.verify.verdicts import Verdict

OTHER_SCALES = (1e-3, 0.5, 2.0)  # chosen: by which share three other arguments differ, for a function that may be constant


@dataclass(frozen=True, eq=False)
class Question:
    """Is vjp the derivative of f here?

    `args`, `cotangent`   here; the cotangent has the shape of the output
    `point`    the same in words
    `usual`    if the point was chosen: how large the gradient of each float argument is at the given ones; errors of a
               formula below u² of the largest are not held against it
    `symmetric`  the numbers of arguments that are symmetric matrices where they were given; `restricted`, of those that
               the domain wants symmetric
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
    symmetric: frozenset[int] = frozenset()
    restricted: frozenset[int] = frozenset()
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
    """The output, one gradient for each float argument, and what is wrong with them before all values. For None there
    are zeros among the gradients, and a problem that it is `MISSING`: none if the derivative is 0."""
    args = question.args
    given = tuple(a.copy() if isinstance(a, np.ndarray) else a for a in args)
    with np.errstate(all="ignore"):
        out = contained(question.f, *given)
        try:
            returned = contained(question.vjp, given, out, question.cotangent.copy())
        except PASSING:
            raise
        except Exception as error:
            kind = Kind.ABSENT if isinstance(error, NotImplementedError) else Kind.PROTOCOL
            raises = wrong_at(question, kind, f"the backward raises {what_it_raised(error)}")
            return out, [], (replace(raises, place=where_it_raised(error)),)
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
    there = [k for k, gradient in zip(places, gradients, strict=True) if gradient is not None]
    for k, gradient in zip(places, gradients, strict=True):
        problem = (Kind.MISSING, _none_for(k, there)) if gradient is None else _shape_problem(args[k], gradient, out)
        if problem:
            kind, words = problem
            problems.append(wrong_at(question, kind, words, k))
        elif gradient is not None and np.asarray(gradient).dtype.itemsize < np.asarray(args[k]).dtype.itemsize:
            words = f"dtype {np.asarray(gradient).dtype}, the argument has {np.asarray(args[k]).dtype}: digits are lost"
            problems.append(replace(wrong_at(question, Kind.SHAPE, words, k), verdict=Verdict.INACCURATE))
    if all(problem.kind in (Kind.FINITE, Kind.MISSING) or problem.verdict is Verdict.INACCURATE for problem in problems):
        pairs = zip(places, gradients, strict=True)
        gradients = [np.zeros(np.shape(args[k])) if g is None else contained(np.asarray, g) for k, g in pairs]
    return out, gradients, tuple(problems)


def _none_for(k: int, there: Sequence[int]) -> str:
    """That the backward returns None for an argument, and what to write if that is data."""
    name, others = argument(k), [argument(other) for other in there]
    by_number = not others or all(other == f"argument {n}" for n, other in zip(there, others, strict=True))
    wrt = f"({', '.join(map(str, there))}{',' if len(there) == 1 else ''})" if by_number else "… without it"
    return f"the backward returns None for {name}" + (f"; if it is data, give wrt={wrt}" if there else "")


def without_missing(found: Sequence[GradientFinding], missing: Sequence[GradientFinding]) -> tuple[GradientFinding, ...]:
    """What was found, where every None that the backward returned stood for zeros: of an argument that it is missing, if
    that is not its derivative."""
    none = {finding.argument: finding for finding in missing}
    wrong = dict.fromkeys(none[finding.argument] for finding in found if finding.argument in none)
    return (*wrong, *(finding for finding in found if finding.argument not in none))


def on_symmetric(question: Question, ks: Sequence[int]) -> Question:
    """The same question, asked of the symmetric part of these arguments."""
    f, vjp = symmetrised(question.f, ks), symmetrised_backward(question.vjp, ks, question.places)
    return replace(question, f=f, vjp=vjp, args=symmetric_in(question.args, ks), symmetric=frozenset(), restricted=frozenset())


def with_symmetric_gradients(question: Question, ks: Collection[int]) -> set[int]:
    """Those of these arguments for which the backward returns a symmetric matrix, where they are symmetric."""
    _, gradients, problems = run_floats(replace(question, args=symmetric_in(question.args, sorted(ks))))
    serious = any(problem.verdict is Verdict.WRONG for problem in problems)
    return {k for k, gradient in zip(question.places, gradients, strict=False) if not serious and is_symmetric(gradient)}


def symmetric_note(ks: Sequence[int]) -> Note:
    """That gradients were compared on symmetric directions only."""
    which = " and ".join(map(argument, ks))
    words = f"the gradient of {which} is compared along symmetric directions alone: it is that by a symmetric matrix"
    return Note("symmetric", words)


def is_constant(question: Question, out: Any) -> bool:
    """Whether f returns the very same bits at three other arguments, near and far, whose entries have the same signs.
    False where it raises there.

    >>> [is_constant(Question(f, f, (np.array([1.0]),), np.ones(1), "here"), f(np.ones(1))) for f in (np.ones_like, np.square)]
    [True, False]
    """
    rng, known = np.random.default_rng(0), np.asarray(out)
    for scale in OTHER_SCALES:
        other = tuple(_beside(a, scale, rng) if is_float(a) else a for a in question.args)
        try:
            with np.errstate(all="ignore"):
                found = np.asarray(contained(question.f, *other))
        except PASSING:
            raise
        except Exception:
            return False
        if found.shape != known.shape or (found + 0).tobytes() != (known + 0).tobytes():  # −0 + 0 is 0
            return False
    return True


def _beside(a: Any, scale: float, rng: np.random.Generator) -> Any:
    """An argument with every entry larger or smaller by about this share."""
    values = np.asarray(a, dtype=float)
    moved = np.where(values == 0, scale, values) * np.exp(scale * rng.normal(size=values.shape))
    return moved.astype(np.asarray(a).dtype) if isinstance(a, np.ndarray) else type(a)(float(moved))


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


def _shape_problem(wanted_for: Any, gradient: Any, out: Any) -> tuple[Kind, str] | None:
    wanted = np.asarray(wanted_for)
    if isinstance(gradient, Misplaced):
        return Kind.SHAPE, gradient.words
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
    bad = ~np.isfinite(found.astype(float))
    if bad.any() and np.all(np.isfinite(np.asarray(out, dtype=float))):
        index = tuple(int(i) for i in np.argwhere(bad)[0])
        return Kind.FINITE, f"the entry {list(index)} is {found[index]}"
    return None


def usual_sizes(question: Question) -> tuple[tuple[float, ...], tuple[GradientFinding, ...]]:
    """The largest entry of each gradient at the given arguments: where the function saturates elsewhere, errors below
    its rounding do not count; and what is wrong when both passes are called again, other than entries that are not
    finite."""
    _, gradients, problems = run_floats(question)
    problems = tuple(problem for problem in problems if problem.kind is not Kind.MISSING)
    sizes = () if problems else tuple(largest_entry([gradient]) for gradient in gradients)
    known = (Kind.FINITE, Kind.ABSENT)  # of which the judge has spoken
    return sizes, tuple(problem for problem in problems if problem.kind not in known and problem.verdict is Verdict.WRONG)
