"""The first tier of `check`: is the formula of a backward pass right at a point? The lifted backward against the certified derivative: `formula(…)`.

An entry is wrong if both balls are disjoint, unless the roundings of the float constants in the code explain it (a second run, in which every constant that looks
rounded is a ball of some of its last places), or it is a few units in the last place of the dtype: a series cut off below that.

>>> from backproof.verify.lift.lifted import pull_back
>>> x, ct = np.array([3.0]), np.array([1.0])
>>> forward = lift(lambda x: x * x, (x,))
>>> def judged(vjp):
...     backward = lift_backward(vjp, (x,), None, ct, forward=forward)
...     return formula(lambda x: x * x, vjp, (x,), ct, forward, backward, pull_back(forward, ct), "here", ())[0]
>>> judged(lambda args, out, ct: (2 * ct * args[0],))
[]
>>> judged(lambda args, out, ct: (2.001 * ct * args[0],))[0].words
'the formula is wrong: relative error 0.0005'
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.findings import Finding
from backproof.verify.gradient_oracle.running import is_float, unit_roundoff
from backproof.verify.lift.lifted import Function, Lifted, pull_back
from backproof.verify.lift.numpy_code.lifting import lift, lift_backward
from backproof.verify.numbers.ball_arrays import arb, precision

BITS = 200
LOOSE = 2.0**-30  # wider constants than this hide too much
FOLDED = 32.0  # half units in the last place: constants of the code that were computed from others have more than one rounding
CUT_OFF = 16.0  # units of roundoff: a series that ends below that is right


def formula(
    f: Function,
    vjp: Function,
    args: Sequence[Any],
    cotangent: Array,
    forward: Lifted,
    backward: Lifted,
    truth: Sequence[Array],
    point: str,
    usual: Sequence[float],
) -> tuple[list[Finding], bool]:
    """Entries whose lifted value does not overlap the certified one, also not when the constants of the code are as wide as their last places."""
    apart = _apart(backward, truth, args)
    if not apart:
        return [], False
    rough = forward.rough_constants + backward.rough_constants
    u = unit_roundoff(args)
    serious = [(k, index, got, want) for k, index, got, want in apart if not _tiny(got, want, u, max(usual, default=0.0))]
    if serious and rough:
        try:
            wide = lift(f, tuple(args), bits=BITS, widen_constants=FOLDED)
            wider = lift_backward(vjp, tuple(args), None, cotangent, forward=wide, widen_constants=FOLDED)
            overall = overall_size(cotangent, [truth])
            left = {(k, index) for k, index, _, _ in _apart(wider, pull_back(wide, cotangent), args, LOOSE, overall)}
            serious = [entry for entry in serious if (entry[0], entry[1]) in left]
        except Exception:  # what cannot be run with wide constants has no such excuse
            pass
    found = [_finding(k, index, got, want, point) for k, index, got, want in serious]
    return sorted(found, key=lambda finding: -finding.size), True


def _finding(k: int, index: tuple[int, ...], got: Any, want: Any, point: str) -> Finding:
    difference = abs(got - want)
    relative = math.inf if want.contains(0) else float((difference / abs(want)).mid())
    words = "the formula is wrong" + (f": relative error {relative:.3g}" if math.isfinite(relative) else "")
    return Finding("WRONG", "formula", point, k, index, digits_of(got), digits_of(want), relative, words)


def digits_of(ball: Any) -> str:
    """Twenty digits of the middle."""
    mid = float(ball.mid()) if ball.is_finite() else math.nan
    return str(ball.mid().str(20, radius=False)) if math.isfinite(mid) else str(mid)


def _tiny(got: Any, want: Any, u: float, usual: float) -> bool:
    """Whether two balls differ by no more than some units in the last place of the right one, or by what no float beside `usual` shows."""
    with precision(BITS):
        return bool(got.is_finite() and abs(got - want) <= abs(want) * arb(CUT_OFF * u) + arb(u) * arb(u) * arb(usual))


def _apart(
    backward: Lifted, truth: Sequence[Array], args: Sequence[Any], widest: float = math.inf, overall: float = 0.0
) -> list[tuple[int, tuple[int, ...], Any, Any]]:
    """(argument, index, found, right) wherever the balls are disjoint; balls wider than `widest` of the value, or of the `overall` size, are no excuse."""
    floats = [k for k, a in enumerate(args) if is_float(a)]
    outputs = list(backward.values)
    if len(outputs) == len(args):
        outputs = [outputs[k] for k in floats]
    result: list[tuple[int, tuple[int, ...], Any, Any]] = []
    with precision(BITS):
        for k, values, right in zip(floats, outputs, truth, strict=False):
            for index in np.ndindex(right.shape):
                want: Any = right[index]
                got: Any = arb(0) if values is None or values.shape != right.shape else values[index]
                wide = widest < math.inf and float(got.rad()) > widest * max(abs(float(got.mid())), abs(float(want.mid())), overall)
                if not (got.is_finite() and got.overlaps(want)) or wide:
                    result.append((k, index, got, want))
    return result


def overall_size(cotangent: Array, truths: Sequence[Sequence[Array]]) -> float:
    """The largest entry of the cotangent and of all derivatives."""
    seed = float(np.max(np.abs(np.asarray(cotangent, dtype=float)), initial=0.0))
    return max([seed, *(_largest(array) for truth in truths for array in truth)])


def _largest(array: Array) -> float:
    return max((abs(float(ball.mid())) for ball in array.reshape(-1)), default=0.0)
