"""The first tier of `check`: is the formula of a backward pass right at a point? The lifted backward against the
certified derivative: `judge_formula(…)`. It knows lifted runs only, whatever the front end that made them.

An entry is wrong if both balls are disjoint, unless the roundings of the float constants in the code explain it (a
second run, in which every constant that looks rounded is a ball of some of its last places), or it is a few units in
the last place of the dtype: a series cut off below that. A ball that is no number (a quotient whose divisor may be
zero) is no value of the code: such an entry is undecided (`is_undecided`).

>>> from backproof.verify.gradient_oracle.lifted_runs import lifted_backward, lifted_forward
>>> from backproof.verify.gradient_oracle.running import Question
>>> def judged(vjp):
...     square = Question(lambda x: x * x, vjp, (np.array([3.0]),), np.array([1.0]), "here")
...     forward = lifted_forward(square.f, square.args)
...     truth = pull_back(forward, square.cotangent)
...     return judge_formula(forward, lifted_backward(square, forward), truth, square.cotangent, "here")[0]
>>> judged(lambda args, out, ct: (2 * ct * args[0],))
[]
>>> judged(lambda args, out, ct: (2.001 * ct * args[0],))[0].words
'the formula is wrong: relative error 0.0005'
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.findings import GradientFinding, Kind
from backproof.verify.gradient_oracle.given.contained import Escaped, is_the_codes
from backproof.verify.lift.lifted import Lifted, pull_back
from backproof.verify.numbers.ball_arrays import arb, is_finite, precision
from backproof.verify.verdicts import Verdict

BITS = 200  # of the comparison: as many as lifted runs have
LOOSE = 2.0**-30  # chosen: of its size, how wide a ball may be in the second run and still be an excuse; wider ones hide too much
CUT_OFF = 16.0  # chosen: a series that ends so many units of roundoff early is right, since nobody's floats show more of it


@dataclass(frozen=True, eq=False)
class Apart:
    """An entry of a gradient whose balls are disjoint: what the backward `found`, and what is `right`."""

    argument: int
    index: tuple[int, ...]
    found: Any
    right: Any


def judge_formula(
    forward: Lifted,
    backward: Lifted,
    truth: Sequence[Array],
    cotangent: Array,
    point: str,
    *,
    places: Sequence[int] | None = None,
    u: float = 2.0**-53,
    usual: float = 0.0,
    widened: Callable[[], tuple[Lifted, Lifted]] | None = None,
) -> tuple[list[GradientFinding], bool]:
    """The entries whose lifted value does not overlap the certified `truth`, the worst first; and whether any was not
    exactly that, found or excused.

    `places` are the numbers of the arguments that `truth` speaks of, those of the lifted inputs unless given; the
    backward returned a gradient for each of them, or for every argument. u is the roundoff of their dtype, `usual` the
    size beside which errors below u² do not count, and `widened()` both passes with constants as wide as their last
    places.
    """
    where = forward.positions if places is None else places
    apart = _apart(backward, truth, where)
    serious = [entry for entry in apart if not _is_tiny(entry, u, usual)]
    if serious and widened is not None and forward.rough_constants + backward.rough_constants:
        try:
            wide, wider = widened()
            overall = overall_size(cotangent, [truth])
            left = {(entry.argument, entry.index) for entry in _apart(wider, pull_back(wide, cotangent), where, LOOSE, overall)}
            serious = [entry for entry in serious if (entry.argument, entry.index) in left]
        except Escaped:
            raise
        except Exception as error:  # what cannot be run with wide constants has no such excuse
            if not is_the_codes(error):
                raise
    found = [_finding(entry, point) for entry in serious]
    return sorted(found, key=lambda finding: -finding.size), bool(apart)


def is_undecided(backward: Lifted, places: Sequence[int]) -> bool:
    """Whether a gradient has an entry whose ball is no number, so that its formula says nothing. Floats that are none
    either are found before.

    >>> from backproof.verify.gradient_oracle.lifted_runs import lifted_backward, lifted_forward
    >>> from backproof.verify.gradient_oracle.running import Question
    >>> def undecided(vjp):
    ...     square = Question(lambda x: x * x, vjp, (np.array([3.0]),), np.array([1.0]), "here")
    ...     return is_undecided(lifted_backward(square, lifted_forward(square.f, square.args)), (0,))
    >>> undecided(lambda args, out, ct: 2 * args[0]), undecided(lambda args, out, ct: 1 / (np.sin(args[0]) ** 2 + np.cos(args[0]) ** 2 - 1))
    (False, True)
    """
    return any(not is_finite(ball) for values in in_places(backward, places) if values is not None for ball in values.reshape(-1))


def _finding(entry: Apart, point: str) -> GradientFinding:
    got, want = entry.found, entry.right
    relative = math.inf if want.contains(0) else float((abs(got - want) / abs(want)).mid())
    words = "the formula is wrong" + (f": relative error {relative:.3g}" if math.isfinite(relative) else "")
    return GradientFinding(
        Verdict.WRONG, Kind.FORMULA, point, entry.argument, entry.index, digits_of(got), digits_of(want), relative, words
    )


def digits_of(ball: Any) -> str:
    """Twenty digits of the middle."""
    mid = float(ball.mid()) if ball.is_finite() else math.nan
    return str(ball.mid().str(20, radius=False)) if math.isfinite(mid) else str(mid)


def _is_tiny(entry: Apart, u: float, usual: float) -> bool:
    """Whether two balls differ by no more than some units in the last place of the right one, or by what no float
    beside `usual` shows."""
    got, want = entry.found, entry.right
    with precision(BITS):
        return bool(got.is_finite() and abs(got - want) <= abs(want) * arb(CUT_OFF * u) + arb(u) * arb(u) * arb(usual))


def own_gradients(backward: Lifted, truth: Sequence[Array], places: Sequence[int]) -> list[Array] | None:
    """What a lifted backward returns for the arguments in these places; None where that is not finite, or of another
    shape."""
    outputs = in_places(backward, places)
    found = [
        np.asarray(values) for values, right in zip(outputs, truth, strict=False) if values is not None and values.shape == right.shape
    ]
    whole = len(found) == len(truth) and all(ball.is_finite() for values in found for ball in values.reshape(-1))
    return found if whole else None


def is_between(backward: Lifted, truths: Sequence[Sequence[Array]], places: Sequence[int], u: float) -> bool | None:
    """Whether every entry of the backward lies between the least and the largest of some derivatives, but for a few
    units in the last place; None where a derivative is known too coarsely to say so."""
    coarse = False
    with precision(BITS):
        for place, values in enumerate(in_places(backward, places)):
            known: list[Any] = [truth[place] for truth in truths]
            if values is None or values.shape != known[0].shape:
                return False
            for index in np.ndindex(values.shape):
                balls = [array[index] for array in known]
                room = [abs(ball.mid()) * arb(CUT_OFF * u) for ball in balls]
                got = values[index]
                low = any(got >= ball - more for ball, more in zip(balls, room, strict=True))
                high = any(got <= ball + more for ball, more in zip(balls, room, strict=True))
                if not (low and high):
                    if any(ball.overlaps(got) for ball in balls):
                        coarse = True
                    else:
                        return False
    return None if coarse else True


def in_places(backward: Lifted, places: Sequence[int]) -> list[Array | None]:
    """The gradients of a backward that belong to these arguments."""
    outputs = list(backward.values)
    return [outputs[k] for k in places] if len(outputs) > max([len(places), *places]) else outputs


def _apart(backward: Lifted, truth: Sequence[Array], places: Sequence[int], widest: float = math.inf, overall: float = 0.0) -> list[Apart]:
    """Wherever the balls are disjoint, or wider than `widest` of the value or of the `overall` size; one that is no
    number says nothing, but is wider than any."""
    result: list[Apart] = []
    with precision(BITS):
        for k, values, right in zip(places, in_places(backward, places), truth, strict=False):
            for index in np.ndindex(right.shape):
                want: Any = right[index]
                got: Any = arb(0) if values is None or values.shape != right.shape else values[index]
                wide = widest < math.inf and float(got.rad()) > widest * max(abs(float(got.mid())), abs(float(want.mid())), overall)
                if wide or (not got.overlaps(want) if got.is_finite() else widest < math.inf):
                    result.append(Apart(k, index, got, want))
    return result


def overall_size(cotangent: Array, truths: Sequence[Sequence[Array]]) -> float:
    """The largest entry of the cotangent and of all derivatives."""
    seed = float(np.max(np.abs(np.asarray(cotangent, dtype=float)), initial=0.0))
    return max([seed, *(_largest(array) for truth in truths for array in truth)])


def _largest(array: Array) -> float:
    return max((abs(float(ball.mid())) for ball in array.reshape(-1)), default=0.0)
