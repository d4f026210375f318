"""Somebody's code on lifted numbers: the only file of this folder that knows a front end. What comes out is a `Lifted`,
and all others see only that.

>>> import numpy as np
>>> square = Question(lambda x: x * x, lambda args, out, ct: (2 * ct * args[0],), (np.array([3.0]),), np.array([1.0]), "here")
>>> forward = lifted_forward(square.f, square.args)
>>> [float(ball.mid()) for ball in lifted_backward(square, forward).values[0]]
[6.0]
>>> lifted_forward(lambda x: np.linalg.eigvals(np.diag(x)), (np.array([1.0, 2.0]),))
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: numpy.linalg.eigvals has no lifted rule (...
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeAlias

import numpy as np

from backproof.verify.gradient_oracle.given.contained import Escaped, contained, is_the_codes
from backproof.verify.gradient_oracle.given.floats import is_float, unit_roundoff
from backproof.verify.gradient_oracle.given.words import one_line
from backproof.verify.gradient_oracle.planned.unjudged import Why
from backproof.verify.gradient_oracle.running import Question, is_constant
from backproof.verify.lift.lifted import Function, Lifted, surely_undefined
from backproof.verify.lift.numpy_code import lifting
from backproof.verify.lift.rounding.margins import largest_value
from backproof.verify.lift.tape.literals import Guard, LeftOut, guards
from backproof.verify.lift.tape.reads import NotLifted, TooLarge, Undecided, users_frame
from backproof.verify.lift.tape.tape import MOST_OPERANDS
from backproof.verify.numbers.float_model import largest_entry

BITS = 200  # chosen: nearly four times a float64, so that formulas may cancel and still be told apart
MORE_BITS = 600  # chosen: of the one more attempt where `BITS` do not decide
LONGEST = 400  # chosen: characters about code that could not be followed; its own error may be of any length
CANCELS = 1e4  # chosen: how many roundings of the largest number on the way the output of one and the same function may be off
BITS_OF_EDGES = 120  # chosen: edges are wanted as floats of 53 bits, and the rest may cancel on the way

Falls: TypeAlias = "Callable[[Any, str, Any, int], bool]"
"""How a decision falls, where those at ties do not fall as NumPy has it."""


def _lift(f: Function, args: tuple[Any, ...], **options: Any) -> Lifted:
    """`lifting.lift`, where nothing escapes. TooLarge before a single number of arguments is made that have more entries
    than code may read."""
    entries = sum(np.size(a) for a in args if is_float(a))
    if entries > MOST_OPERANDS:
        raise TooLarge("arguments so large are not lifted", f"{entries:,} entries", "use smaller arguments")
    return _closed(contained(lifting.lift, f, args, **options))


def _lift_backward(vjp: Function, args: tuple[Any, ...], out: Any, cotangent: Any, **options: Any) -> Lifted:
    """`lifting.lift_backward`, where nothing escapes."""
    return _closed(contained(lifting.lift_backward, vjp, args, out, cotangent, **options))


def _closed(lifted: Lifted) -> Lifted:
    """The same, whose code lets nothing escape when it runs again either."""
    return replace(lifted, again=partial(contained, lifted.again))


def lifted_forward(f: Function, args: Sequence[Any]) -> Lifted:
    """f at the arguments, with more bits where a decision needs them. NotLifted also where the code raises on lifted
    numbers; Undecided where more bits do not help."""
    try:
        return _with_more_bits(f, tuple(args))
    except (NotLifted, Undecided, Escaped):
        raise
    except Exception as error:
        if not is_the_codes(error):
            raise
        raise NotLifted(f"{type(error).__name__} on lifted numbers: {error}", "forward") from error


def _with_more_bits(f: Function, args: tuple[Any, ...], left_out: LeftOut | None = None) -> Lifted:
    try:
        return _lift(f, args, bits=BITS, left_out=left_out)
    except Undecided:
        return _lift(f, args, bits=MORE_BITS, left_out=left_out)


def lifted_without(question: Question) -> Lifted | None:
    """The forward without the literals that the question leaves out; None where it cannot be followed."""
    try:
        return _with_more_bits(question.f, tuple(question.args), question.left_out)
    except Escaped:
        raise
    except Exception as error:
        if not is_the_codes(error):
            raise
        return None


def lifted_at(
    question: Question, args: Sequence[Any], flips: frozenset[int] = frozenset(), bits: int = BITS, folds: bool = True
) -> Lifted | None:
    """The forward at these arguments, with some decisions inverted; None where it cannot be followed."""
    try:
        return _lift(question.f, tuple(args), bits=bits, flips=flips, left_out=question.left_out, folds=folds)
    except Escaped:
        raise
    except Exception as error:
        if not is_the_codes(error):
            raise
        return None


def guards_of(question: Question) -> list[Guard]:
    """The literals of the forward that guard; none where it cannot be followed."""
    marked = lifted_without(replace(question, left_out=LeftOut()))
    return [] if marked is None else guards(marked.tape)


def lifted_backward(question: Question, forward: Lifted, left_out: LeftOut | None = None) -> Lifted:
    """The backward, continuing a forward, and without some literals. NotLifted, Undecided, or what it raises on lifted
    numbers."""
    return _lift_backward(question.vjp, tuple(question.args), None, question.cotangent, forward=forward, left_out=left_out)


def widened(question: Question, halves: float) -> tuple[Lifted, Lifted]:
    """Both passes where every float constant that looks rounded is a ball of so many halves of its last place. Literals
    that are left out are so of the forward alone: the backward continues the one that the code has."""
    args = tuple(question.args)
    forward = _lift(question.f, args, bits=BITS, widen_constants=halves)
    backward = _lift_backward(question.vjp, args, None, question.cotangent, forward=forward, widen_constants=halves)
    if question.left_out is not None:
        forward = _lift(question.f, args, bits=BITS, widen_constants=halves, left_out=question.left_out)
    return forward, backward


def other_side(question: Question, forward: Lifted, flips: Set[int] = frozenset(), at_ties: Falls | None = None) -> Lifted | None:
    """The forward in which some decisions fall otherwise, or those at ties as `at_ties` says; None where the code
    refuses that: a guard (`assert`, `raise`) has no other side."""
    try:
        return _lift(question.f, tuple(question.args), bits=forward.tape.bits, flips=flips, at_ties=at_ties, left_out=question.left_out)
    except Undecided:
        raise
    except NotLifted as error:
        if isinstance(error.__cause__, NameError | RuntimeError | AttributeError | TypeError) or error.__cause__ is None:
            raise
        return None
    except Exception as error:
        if not is_the_codes(error):
            raise
        return None


def lifted_once(f: Function, args: Sequence[Any]) -> Lifted:
    """f at the arguments with `BITS`, and whatever that raises."""
    return _lift(f, tuple(args), bits=BITS)


def with_lines(f: Function, args: Sequence[Any]) -> tuple[Lifted, list[tuple[str, int]]]:
    """The forward, and for every node of its tape the file and the line of the user's code, ("", 0) for none."""
    where: list[tuple[str, int]] = []

    def noting(value: Any) -> Any:
        frame = users_frame()
        where.append(("", 0) if frame is None else (frame.f_code.co_filename, frame.f_lineno))
        return value

    return _lift(f, tuple(args), bits=BITS_OF_EDGES, shake=noting), where


@dataclass(frozen=True)
class NotFollowed:
    """Why there is no lifted forward, or none of the function that the floats compute; and the line of the code, if it
    is one. `undefined`: what the code computes from the arguments is no number, so that there is no derivative, though
    floats may have one of what they make of nan."""

    words: str
    why: Why = Why.UNSUPPORTED
    place: str = ""
    undefined: bool = False


def follow_forward(question: Question, out: Any, may_be_constant: bool = True) -> Lifted | NotFollowed:
    """The lifted forward, or why there is none. A function that is constant at some settings only is none where it
    `may_be_constant` no more."""
    try:
        forward = lifted_forward(question.f, question.args)
    except (NotLifted, Undecided) as error:
        return NotFollowed(one_line(str(error), LONGEST), Why.SIZE if isinstance(error, TooLarge) else Why.UNSUPPORTED, error.place)
    if not forward.finite:
        return NotFollowed("a value is not finite", Why.DOMAIN, undefined=surely_undefined(forward))
    if not (forward.depends or forward.reads or (may_be_constant and is_constant(question, out))):
        return NotFollowed("nothing was lifted", Why.CONSTANT)
    return _disagreement(forward, out, max(question.u, unit_roundoff([out]))) or forward


def _disagreement(forward: Lifted, out: Any, u: float) -> NotFollowed | None:
    """How the lifted forward and the floats are too far apart to be the same function; None where they are not."""
    outs = out if isinstance(out, tuple | list) else (out,)
    for values, found in zip(forward.values, outs, strict=False):
        if values is None:
            continue
        lifted = np.array([float(ball.mid()) for ball in values.reshape(-1)])
        given = np.asarray(found, dtype=float).reshape(-1)
        if lifted.shape != given.shape:
            return NotFollowed(f"{lifted.size} values on lifted numbers, {given.size} in floats")
        if not np.all(np.isfinite(given)):
            return NotFollowed("the floats overflow", Why.DOMAIN)
        error = float(np.max(np.abs(lifted - given), initial=0.0))
        if error > math.sqrt(u) * largest_entry([lifted]) and error > CANCELS * u * largest_value(forward):
            return NotFollowed("other values on lifted numbers than in floats, as if it took another branch")
    return None


def follow_backward(question: Question, forward: Lifted) -> Lifted | NotFollowed:
    """The lifted backward, or why there is none."""
    try:
        return lifted_backward(question, forward)
    except (NotLifted, Undecided) as error:
        return NotFollowed(
            one_line(f"backward: {error}", LONGEST), Why.SIZE if isinstance(error, TooLarge) else Why.UNSUPPORTED, error.place
        )
    except Escaped:
        raise
    except Exception as error:
        if not is_the_codes(error):
            raise
        return NotFollowed(one_line(f"backward: {type(error).__name__} on lifted numbers: {error}", LONGEST))
