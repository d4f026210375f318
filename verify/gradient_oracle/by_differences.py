"""A chosen point that is compared with differences alone. `judge_smooth(question)`: the forward cannot be followed there,
as where eigenvalues meet, though f may well be smooth. `wrong_beside(f, vjp, args, …)`: it would be dear to follow, and
what is wrong has to be wrong at two places beside it, off its ties.

A difference is a witness only where the slopes on both sides agree, along several directions. There a gradient that is
not finite is wrong, and so is one that is farther from the differences than their own estimates explain.

>>> def root(A):
...     w, V = np.linalg.eigh((A + A.T) / 2)
...     return (V * np.sqrt(w)) @ V.T
>>> def largest(A):
...     return np.linalg.eigvalsh((A + A.T) / 2)[-1]
>>> def asked(f, A, ct):
...     with np.errstate(all="ignore"):
...         return judge_smooth(Question(f, lambda args, out, ct: (np.full((2, 2), np.nan),), (A,), ct, "here", usual=(1.0,)))
>>> asked(root, 2 * np.eye(2), np.ones((2, 2))).findings[0].words
'the entry [0, 0] is nan'
>>> asked(largest, np.eye(2), np.array(1.0)) is None  # a kink
True
>>> asked(root, -np.eye(2), np.ones((2, 2))) is None
True
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.aimed.steps import in_form_of
from backproof.verify.gradient_oracle.differences.tolerances import tolerance_of
from backproof.verify.gradient_oracle.findings import Kind
from backproof.verify.gradient_oracle.given.contained import contained, is_the_codes
from backproof.verify.gradient_oracle.given.floats import is_float, unit_roundoff
from backproof.verify.gradient_oracle.given.outputs import called_at
from backproof.verify.gradient_oracle.judge import Judged
from backproof.verify.gradient_oracle.opaque import judge_opaque
from backproof.verify.gradient_oracle.running import Question
from backproof.verify.lift.lifted import Function
from backproof.verify.numbers.float_model import largest_entry
from backproof.verify.time_limits import PASSING

Aside: TypeAlias = Callable[[Sequence[Any], np.random.Generator], tuple[Any, ...]]

DIRECTIONS = 4  # chosen: random ones, along all arguments together; a kink shows on almost every one
STEP = 2.0**-12  # chosen, of the largest entry, in float64: the error of a slope from three values is its square, some 10⁻⁷
AGREE = 1e-4  # chosen, of the slopes: both sides of a smooth function differ by less, those of a kink by much more

NEARBY = (0.99, 1.01)  # chosen: so little beside that all else stays as it is, and off a tie
ROUNDED = (1 - 1e-13, 1 + 1e-13)
UNSEEN = 1e-9  # chosen: a change of arguments that float64 sees, and float32 does not
DIGITS_LEFT = 1e4  # chosen: values of a solver that are nearer to its tolerance have no four digits
STEADY = 1e-6  # chosen, of the largest output: what changes it by more through `ROUNDED` is no value, as of a singular system


def judge_smooth(question: Question) -> Judged | None:
    """What differences say; None where they do not show that f is smooth there, or leave some argument undecided."""
    if not _is_smooth(question):
        return None
    judged = judge_opaque(question, "forward: not followed")
    return judged if judged.findings or judged.note is None else None


def _is_smooth(question: Question) -> bool:
    """Whether the slopes to both sides agree, along several directions."""
    rng = np.random.default_rng(0)
    places = question.places
    size = max(1e-300, largest_entry([question.args[k] for k in places]))
    step = STEP * size * (question.u / 2.0**-53) ** 0.25
    found: list[tuple[float, float]] = []
    try:
        for _ in range(DIRECTIONS):
            along = [rng.normal(size=np.shape(question.args[k])) for k in places]
            here, *sides = (_value(question, along, t * step) for t in (0.0, 1.0, 2.0, -1.0, -2.0))
            found.append(((4 * sides[0] - sides[1] - 3 * here) / (2 * step), -(4 * sides[2] - sides[3] - 3 * here) / (2 * step)))
    except PASSING:
        raise
    except Exception:
        return False
    scale = max(abs(slope) for pair in found for slope in pair)
    return math.isfinite(scale) and all(abs(forward - backward) <= AGREE * scale for forward, backward in found)


def _value(question: Question, along: Sequence[Array], t: float) -> float:
    args: list[Any] = [a.copy() if isinstance(a, np.ndarray) else a for a in question.args]
    for k, v in zip(question.places, along, strict=True):
        args[k] = in_form_of(args[k], np.asarray(args[k], dtype=float) + t * v)
    with np.errstate(all="ignore"):
        return float(np.sum(np.asarray(question.cotangent, dtype=float) * np.asarray(contained(question.f, *args), dtype=float)))


def wrong_beside(
    f: Function, vjp: Function, args: Sequence[Any], words: str, rng: np.random.Generator, aside: Aside | None = None
) -> tuple[Question, Judged] | None:
    """What is wrong by differences near the arguments, at two places where they have no tie; None where nothing is, or
    where f does not bear roundings of its arguments. `aside` says where these places are, if zeros are to be moved too."""
    found: tuple[Question, Judged] | None = None
    for _ in range(2):
        beside = _near(args, NEARBY, rng) if aside is None else aside(args, rng)
        try:
            out = np.asarray(called_at(f, beside))
            again = np.asarray(called_at(f, _near(beside, ROUNDED, rng)))
            question = Question(f, vjp, beside, np.asarray(rng.normal(size=out.shape), dtype=out.dtype), words)
            judged = judge_opaque(question, "other sizes or settings", at_kinks=False)
            if not judged.findings or judged.findings[0].kind is not Kind.DIFFERENCES or _says_nothing(f, beside, out, rng):
                return None
        except Exception as error:
            if not is_the_codes(error):
                raise
            return None
        apart = largest_entry([again.astype(float) - out.astype(float)]) if again.shape == out.shape else math.inf
        if not apart <= STEADY * largest_entry([out]):
            return None
        found = question, judged
    return found


def _says_nothing(f: Function, args: Sequence[Any], out: Array, rng: np.random.Generator) -> bool:
    """Whether the values of f have no slope at all there: a solver stops before they have digits, or they go in steps,
    as those of code that computes in a coarser dtype inside: they stay where its arguments change by more than their own
    roundings, and yet are no constant."""
    tolerance = tolerance_of(lambda: called_at(f, args))
    if tolerance is not None and largest_entry([out]) <= DIGITS_LEFT * tolerance.size:
        return True
    share = max(UNSEEN, 8 * unit_roundoff(args))
    little, more = (np.asarray(called_at(f, _near(args, factors, rng))) for factors in ((1 - share, 1 + share), NEARBY))
    return np.array_equal(little, out) and not np.array_equal(more, out)


def _near(args: Sequence[Any], factors: tuple[float, float], rng: np.random.Generator) -> tuple[Any, ...]:
    """Each float times a random factor between these."""
    return tuple(in_form_of(a, np.asarray(a, dtype=float) * rng.uniform(*factors, size=np.shape(a))) if is_float(a) else a for a in args)
