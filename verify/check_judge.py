"""Judge somebody's backward pass at one point: `judge(f, vjp, args, cotangent, point)`.

The forward runs on lifted balls (`verify.lifting`), and the certified cotangent · Jacobian follows by a reverse sweep over its tape. Then, in this order:

1. *formula*: the backward, lifted as well, must overlap the certified value; or lie within the roundings of float constants in the code, shown by a second run in
  which every constant
   that looks rounded is a ball of its last place; or within two units in the last place of the arguments' dtype (series that are cut off below that). Else it is WRONG.
2. *floats*: what the backward really computes must lie within ROOM·u·(|g| + E) of the certified value. E is how g answers to relative errors of the forward values, taken from
   certified runs in which every value of the tape is moved by a random relative 2⁻⁶⁰: a backward that loses more digits than the forward values themselves forces it
   to is INACCURATE.
3. at an exact tie of the forward both outcomes are taken, and any value in the hull of the derivatives is right.

Where the backward cannot be lifted, only 2 is asked, with the bound of an unknown formula (`OPAQUE_ROOM`); where the forward cannot be lifted, nothing is certified.

>>> square = lambda x: x * x
>>> judge(square, lambda args, out, ct: (2 * ct * args[0],), (np.array([3.0]),), np.array([1.0]), "the given arguments").findings
()
>>> judge(square, lambda args, out, ct: (ct * args[0],), (np.array([3.0]),), np.array([1.0]), "the given arguments").findings[0].expected
'6.0000000000000000000'
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import ml_dtypes
import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.ball_arrays import arb, is_finite, precision
from backproof.verify.check_findings import Finding
from backproof.verify.check_floats import is_float, run_floats, unit_roundoff
from backproof.verify.check_kinks import in_hull, nearby_range, sides
from backproof.verify.lifting import Lifted, NotLifted, Read, Undecided, lift, lift_backward, pull_back
from backproof.verify.sensitivities import sensitivities, unavoidable

Function: TypeAlias = Callable[..., Any]
BITS = 200
MORE_BITS = 600
ROOM, OPAQUE_ROOM = 1024.0, 16384.0
LOOSE = 2.0**-30  # wider constants than this hide too much


@dataclass(frozen=True)
class Judged:
    """What was found at one point. `certified`: the backward's formula was proved right there; `reads`: the decisions of both passes; `opaque`: why a pass was not
    lifted; `kink`: whether operands tied; `operations`: how many numbers the code read."""

    findings: tuple[Finding, ...]
    certified: bool
    reads: tuple[Read, ...] = ()
    positions: tuple[int, ...] = ()
    opaque: str | None = None
    constants: bool = False
    kink: bool = False
    entries: int = 0
    operations: int = 0


def judge(
    f: Function,
    vjp: Function,
    args: Sequence[Any],
    cotangent: Array,
    point: str,
    usual: Sequence[float] = (),
    room: float = ROOM,
    strict: bool = False,
) -> Judged:
    """Findings at one point. The cotangent has the shape of the output. Errors below `room`·u·usual[k] in the gradient of float argument k are not held against it,
    nor, unless `strict`,
    those that its own formula cannot avoid in floats.

    Undecided forwards are tried with more bits; NotLifted is a finding of kind `lifting`."""
    out, gradients, problems = run_floats(f, vjp, args, cotangent, point)
    if any(problem.kind != "finite" for problem in problems):
        return Judged(problems, False)
    try:
        forward = _lifted(f, args)
    except (NotLifted, Undecided) as error:
        return Judged((), False, opaque=f"forward: {error}")
    if not (forward.depends or forward.reads) or not forward.finite:
        return Judged(
            (),
            False,
            forward.reads,
            forward.positions,
            "forward: nothing was lifted" if forward.finite else "forward: a value is not finite",
        )
    far = _disagrees(forward, out, args)
    if far:
        return Judged((), False, forward.reads, forward.positions, far)
    ties = [place for place, read in enumerate(forward.reads) if read.tie]
    try:
        truths, every_side = sides(f, args, forward, cotangent)
    except (NotLifted, Undecided, ArithmeticError, ValueError):
        return Judged((), False, forward.reads, forward.positions, "at a kink whose other side cannot be followed", kink=True)
    if any(not is_finite(ball) for truth in truths for array in truth for ball in array.reshape(-1)):
        if usual:
            return Judged((), False, forward.reads, forward.positions, "the derivative is not finite here")
        return _without_derivative(f, args, gradients, forward, cotangent, point)
    if problems:
        return Judged(problems, False, forward.reads, forward.positions)
    opaque, backward, constants = None, None, False
    try:
        backward = lift_backward(vjp, tuple(args), None, cotangent, forward=forward)
    except (NotLifted, Undecided, ArithmeticError, ValueError, TypeError, IndexError) as error:
        opaque = f"backward: {error}"
    findings: list[Finding] = []
    if backward is not None and not ties:
        found, constants = _formula(f, vjp, args, cotangent, forward, backward, truths[0], point)
        findings += found
    if not findings and ties and every_side and not in_hull(gradients, truths):
        words = "at this kink no mixture of the derivatives on its sides gives these gradients together"
        findings.append(Finding("WRONG", "floats", point, words=words, size=math.inf))
    if not findings:
        own = None if strict or backward is None else backward
        findings += _floats(f, args, gradients, forward, truths, cotangent, OPAQUE_ROOM if opaque is not None else room, usual, point, own)
    reads = forward.reads + (backward.reads if backward is not None else ())
    entries = sum(array.size for array in truths[0])
    certified = opaque is None and not findings
    operations = (backward or forward).tape.operands
    return Judged(tuple(findings), certified, reads, forward.positions, opaque, constants, bool(ties), entries, operations)


def _lifted(f: Function, args: Sequence[Any]) -> Lifted:
    try:
        return lift(f, tuple(args), bits=BITS)
    except Undecided:
        return lift(f, tuple(args), bits=MORE_BITS)
    except (ArithmeticError, ValueError, TypeError, IndexError, AttributeError) as error:
        raise NotLifted(f"{type(error).__name__} on lifted numbers: {error}", "forward") from error


def _disagrees(forward: Lifted, out: Any, args: Sequence[Any]) -> str | None:
    """Whether the lifted forward and the floats are too far apart to be the same function."""
    room = math.sqrt(unit_roundoff(args))
    outs = out if isinstance(out, tuple | list) else (out,)
    for values, floats in zip(forward.values, outs, strict=False):
        if values is None:
            continue
        lifted = np.array([float(ball.mid()) for ball in values.reshape(-1)])
        given = np.asarray(floats, dtype=float).reshape(-1)
        if lifted.shape != given.shape:
            return f"lifted forward has {lifted.size} values, the floats {given.size}"
        if not np.all(np.isfinite(given)):
            return "forward: the floats overflow"
        scale = float(np.max(np.abs(lifted), initial=0.0)) + 1e-300
        if np.max(np.abs(lifted - given), initial=0.0) > room * scale + 1e3 * room:
            return "lifted forward and floats disagree"
    return None


def _formula(
    f: Function, vjp: Function, args: Sequence[Any], cotangent: Array, forward: Lifted, backward: Lifted, truth: Sequence[Array], point: str
) -> tuple[list[Finding], bool]:
    """Entries whose lifted value does not overlap the certified one, also not when the constants of the code are as wide as their last place."""
    apart = _apart(backward, forward, truth, args)
    if not apart:
        return [], False
    rough = forward.rough_constants + backward.rough_constants
    u = unit_roundoff(args)
    serious = [(k, index, got, want) for k, index, got, want in apart if not _tiny(got, want, u)]
    if serious and rough:
        try:
            wide = lift(f, tuple(args), bits=BITS, widen_constants=True)
            wider = lift_backward(vjp, tuple(args), None, cotangent, forward=wide, widen_constants=True)
            left = {(k, index) for k, index, _, _ in _apart(wider, wide, pull_back(wide, cotangent), args, LOOSE)}
            serious = [entry for entry in serious if (entry[0], entry[1]) in left]
        except (NotLifted, Undecided, ArithmeticError, ValueError):
            pass
    found = [_finding(k, index, got, want, point) for k, index, got, want in serious]
    return sorted(found, key=lambda finding: -finding.size), True


def _finding(k: int, index: tuple[int, ...], got: Any, want: Any, point: str) -> Finding:
    difference = abs(got - want)
    relative = math.inf if want.contains(0) else float(difference.mid()) / max(abs(float(want.mid())), 1e-300)
    words = "the formula is wrong" + (f": relative error {relative:.3g}" if math.isfinite(relative) else "")
    return Finding("WRONG", "formula", point, k, index, digits_of(got), digits_of(want), relative, words)


def digits_of(ball: Any) -> str:
    """Twenty digits of the middle."""
    mid = float(ball.mid()) if ball.is_finite() else math.nan
    return str(ball.mid().str(20, radius=False)) if math.isfinite(mid) else str(mid)


def _tiny(got: Any, want: Any, u: float) -> bool:
    """Whether two balls differ by no more than two units in the last place of the right one."""
    with precision(BITS):
        return bool(got.is_finite() and abs(got - want) <= abs(want) * arb(4 * u))


def _apart(
    backward: Lifted, forward: Lifted, truth: Sequence[Array], args: Sequence[Any], widest: float = math.inf
) -> list[tuple[int, tuple[int, ...], Any, Any]]:
    """(argument, index, found, right) wherever the balls are disjoint; balls wider than `widest` of the value are no excuse."""
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
                wide = widest < math.inf and float(got.rad()) > widest * max(abs(float(got.mid())), abs(float(want.mid())))
                if not (got.is_finite() and got.overlaps(want)) or wide:
                    result.append((k, index, got, want))
    return result


def _floats(
    f: Function,
    args: Sequence[Any],
    gradients: Sequence[Any],
    forward: Lifted,
    truths: Sequence[Sequence[Array]],
    cotangent: Array,
    room: float,
    usual: Sequence[float],
    point: str,
    own: Lifted | None,
) -> list[Finding]:
    """Entries that the floats compute worse than rounding and the sensitivity of the forward values allow."""
    floats = [k for k, a in enumerate(args) if is_float(a)]
    answers: list[Array] | None = None
    found: list[Finding] = []
    overall = max(
        [float(np.max(np.abs(np.asarray(cotangent, dtype=float)), initial=0.0)), *(_largest(array) for truth in truths for array in truth)]
    )
    for place, (k, gradient) in enumerate(zip(floats, gradients, strict=True)):
        u = unit_roundoff([args[k]])
        values = np.asarray(gradient)
        smallest = float(ml_dtypes.finfo(np.asarray(args[k]).dtype).smallest_normal)
        for index in np.ndindex(values.shape):
            middles: list[Any] = [truth[place][index] for truth in truths]
            low, high = min(float(m.mid()) for m in middles), max(float(m.mid()) for m in middles)
            error = _outside(float(values[index]), middles)
            scale = max(abs(low), abs(high)) or overall  # of an exact zero, what cancels may be as large as the other derivatives
            if error <= 8 * u * scale + smallest + room * u * (usual[place] if place < len(usual) else 0.0):
                continue
            if answers is None:
                answers = sensitivities(forward, cotangent, f, args)
                if own is not None:
                    answers = [a + b for a, b in zip(answers, unavoidable(own, args, answers), strict=True)]
            allowed = room * u * (scale + float(answers[place][index])) + smallest * room
            if error > allowed:
                want = digits_of(middles[0]) if len(middles) == 1 else f"between {low!r} and {high!r}"
                verdict = "INACCURATE" if len(middles) == 1 and (room < OPAQUE_ROOM or error <= 1e-3 * scale) else "WRONG"
                words = f"the error is {error / allowed:.3g} times what rounding allows"
                found.append(Finding(verdict, "floats", point, k, index, repr(float(values[index])), want, error / allowed, words))
    return sorted(found, key=lambda finding: -finding.size)


def _largest(array: Array) -> float:
    return max((abs(float(ball.mid())) for ball in array.reshape(-1)), default=0.0)


def _outside(value: float, middles: Sequence[Any]) -> float:
    """How far a float lies outside the hull of some balls."""
    if not math.isfinite(value):
        return math.inf
    with precision(BITS):
        below, above = min(float((m - arb(value)).mid()) for m in middles), max(float((m - arb(value)).mid()) for m in middles)
    return 0.0 if below <= 0 <= above else min(abs(below), abs(above))


def _without_derivative(
    f: Function, args: Sequence[Any], gradients: Sequence[Any], forward: Lifted, cotangent: Array, point: str
) -> Judged:
    """Where the derivative is not finite: gradients far outside of the nearby derivatives are WRONG."""
    nearby = nearby_range(f, args, cotangent)
    if nearby is None:
        return Judged((), False, forward.reads, forward.positions, "the derivative is not finite here", kink=True)
    floats = [k for k, a in enumerate(args) if is_float(a)]
    for k, gradient, low, high in zip(floats, gradients, *nearby, strict=True):
        values = np.asarray(gradient, dtype=float)
        width = high - low + 1e-9
        outside = ~((values >= low - width) & (values <= high + width))
        if outside.any():
            index = tuple(int(i) for i in np.argwhere(outside)[0])
            expected = f"between {low[index]:.6g} and {high[index]:.6g}"
            words = "outside of the derivatives at nearby points"
            wrong = Finding("WRONG", "floats", point, k, index, repr(float(values[index])), expected, math.inf, words)
            return Judged((wrong,), False, forward.reads, forward.positions, kink=True)
    opaque = "backward: compared with the derivatives at nearby points"
    return Judged((), False, forward.reads, forward.positions, opaque, kink=True, entries=sum(np.size(g) for g in gradients))
