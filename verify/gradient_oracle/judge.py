"""Judge somebody's backward pass at one point: `judge(f, vjp, args, cotangent, point)`.

The forward runs on lifted balls (`verify.lift.numpy_code.lifting`), and the certified cotangent · Jacobian follows by a reverse sweep over its tape. Then, in this order:

1. *formula*: the backward, lifted as well, must overlap the certified value; or lie within the roundings of float constants in the code, shown by a second run in which every
   constant that looks rounded is a ball of some of its last places; or within some units in the last place of the arguments' dtype (series that are cut off below
   that). Else it is WRONG.
2. *floats*: what the backward really computes must lie within what rounding explains (`gradient_oracle/floats.py`): that of a reverse sweep of the forward, and of the backward's own
   formula; else it is INACCURATE.
3. at a tie of the forward, and so near to one that floats may decide otherwise, both outcomes are taken, and any value in the hull of the derivatives is right.

Where the backward cannot be lifted, only 2 is asked, with what is assumed of an unknown formula; where the forward cannot be lifted, nothing is certified.

>>> square = lambda x: x * x
>>> judge(square, lambda args, out, ct: (2 * ct * args[0],), (np.array([3.0]),), np.array([1.0]), "the given arguments").findings
()
>>> judge(square, lambda args, out, ct: (ct * args[0],), (np.array([3.0]),), np.array([1.0]), "the given arguments").findings[0].expected
'6.0000000000000000000'
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.findings import Finding
from backproof.verify.gradient_oracle.floats import Floats, floats
from backproof.verify.gradient_oracle.formula import BITS, formula
from backproof.verify.gradient_oracle.kinks import agree, in_hull, nearby_range, sides
from backproof.verify.gradient_oracle.running import is_float, run_floats, unit_roundoff
from backproof.verify.lift.lifted import Function, Lifted
from backproof.verify.lift.numpy_code.lifting import lift, lift_backward
from backproof.verify.lift.tape.reads import NotLifted, Read, Undecided
from backproof.verify.numbers.ball_arrays import is_finite

MORE_BITS = 600
AGREE = 1e-6
CANCELS = 1e4
BESIDE, ROUNDINGS_BESIDE = 1e-9, 256  # in float64 the first is always the larger: nearby derivatives are below 2¹²
GIVEN_NODES, CHOSEN_NODES = 400_000, 20_000


@dataclass(frozen=True)
class Judged:
    """What was found at one point. `certified`: the backward's formula was proved right there; `reads`: the decisions of both passes; `opaque`: why a pass was not
    lifted; `kink`: whether operands tied; `operations`: how many numbers the code read;
    `note`: what is not held against the backward, and yet worth knowing."""

    findings: tuple[Finding, ...]
    certified: bool
    reads: tuple[Read, ...] = ()
    positions: tuple[int, ...] = ()
    opaque: str | None = None
    constants: bool = False
    kink: bool = False
    entries: int = 0
    operations: int = 0
    note: str | None = None


def judge(
    f: Function,
    vjp: Function,
    args: Sequence[Any],
    cotangent: Array,
    point: str,
    usual: Sequence[float] = (),
    strict: Sequence[bool] = (),
) -> Judged:
    """Findings at one point. The cotangent has the shape of the output.

    `usual` says that the point was chosen, and how large the gradients of the float arguments are at the given ones: errors of the formula below u² of the largest are not held
    against it. strict[k]: the gradient of float argument k must be backward stable, also where its own formula is not. Undecided forwards are tried with more bits."""
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
    u = unit_roundoff(args)
    ties = any(read.tie for read in forward.reads)
    near = ties or any(read.near(u) for read in forward.reads)
    try:
        truths, every_side, runs = sides(f, args, forward, cotangent, u, CHOSEN_NODES if usual else GIVEN_NODES)
    except Exception:
        return Judged((), False, forward.reads, forward.positions, "at a kink whose other side cannot be followed", kink=True)
    if any(not is_finite(ball) for truth in truths for array in truth for ball in array.reshape(-1)):
        return _without_derivative(f, args, gradients, forward, cotangent, point, chosen=bool(usual))
    if problems:
        return Judged(problems, False, forward.reads, forward.positions)
    opaque, backward, constants = None, None, False
    try:
        backward = lift_backward(vjp, tuple(args), None, cotangent, forward=forward)
    except (NotLifted, Undecided) as error:
        opaque = f"backward: {error}"
    except Exception as error:
        opaque = f"backward: {type(error).__name__} on lifted numbers: {error}"
    findings: list[Finding] = []
    one = every_side and agree(truths)
    if backward is not None and (not ties or one):
        found, constants = formula(f, vjp, args, cotangent, forward, backward, truths[0], point, usual)
        findings += found
    if not findings and near and every_side and not one and not in_hull(gradients, truths, u * max(usual, default=0.0)):
        words = "at this kink no mixture of the derivatives on its sides gives these gradients together"
        findings.append(Finding("WRONG", "floats", point, words=words, size=math.inf))
    note = None
    if not findings:
        findings, note = floats(
            Floats(
                f,
                args,
                gradients,
                runs,
                truths,
                cotangent,
                point,
                backward,
                backward is not None and (not ties or one),
                strict,
                opaque is not None,
            )
        )
    reads = forward.reads + (backward.reads if backward is not None else ())
    entries = sum(array.size for array in truths[0])
    certified = opaque is None and not findings
    operations = (backward or forward).tape.operands
    return Judged(tuple(findings), certified, reads, forward.positions, opaque, constants, near, entries, operations, note)


def _lifted(f: Function, args: Sequence[Any]) -> Lifted:
    try:
        return lift(f, tuple(args), bits=BITS)
    except Undecided:
        return lift(f, tuple(args), bits=MORE_BITS)
    except NotLifted:
        raise
    except Exception as error:
        raise NotLifted(f"{type(error).__name__} on lifted numbers: {error}", "forward") from error


def _disagrees(forward: Lifted, out: Any, args: Sequence[Any]) -> str | None:
    """Whether the lifted forward and the floats are too far apart to be the same function."""
    room = math.sqrt(unit_roundoff(args))
    outs = out if isinstance(out, tuple | list) else (out,)
    for values, found in zip(forward.values, outs, strict=False):
        if values is None:
            continue
        lifted = np.array([float(ball.mid()) for ball in values.reshape(-1)])
        given = np.asarray(found, dtype=float).reshape(-1)
        if lifted.shape != given.shape:
            return f"forward: {lifted.size} values on lifted numbers, {given.size} in floats"
        if not np.all(np.isfinite(given)):
            return "forward: the floats overflow"
        error = float(np.max(np.abs(lifted - given), initial=0.0))
        if error > room * float(np.max(np.abs(lifted), initial=0.0)) and error > CANCELS * unit_roundoff(args) * _largest_value(forward):
            return "forward: other values on lifted numbers than in floats, as if it took another branch"
    return None


def _largest_value(forward: Lifted) -> float:
    """The largest finite number that the forward computed: what cancels in floats leaves some roundings of it."""
    sizes = (abs(float(value.mid())) for _, _, value in forward.tape.nodes if value.is_finite())
    return max((size for size in sizes if math.isfinite(size)), default=0.0)


def _without_derivative(
    f: Function, args: Sequence[Any], gradients: Sequence[Any], forward: Lifted, cotangent: Array, point: str, chosen: bool
) -> Judged:
    """Where the lifted derivative is not finite: gradients outside of the nearby derivatives are WRONG.

    At a `chosen` point only where these agree, so that f has a derivative after all (sin(x)/x at 0), and only if the gradients are finite.
    """
    nearby = nearby_range(f, args, cotangent)
    places = [k for k, a in enumerate(args) if is_float(a)]
    vague = nearby is None or (chosen and not all(np.all(np.isfinite(np.asarray(gradient, dtype=float))) for gradient in gradients))
    if nearby is None or vague or (chosen and _spread(nearby) > AGREE):
        note = f"at {point}, a gradient is not finite, though the derivatives nearby are bounded" if vague and nearby is not None else None
        return Judged((), False, forward.reads, forward.positions, "the derivative is not finite here", kink=True, note=note)
    largest = max(float(np.max(np.abs(array), initial=0.0)) for side in nearby for array in side)
    room = max(BESIDE, ROUNDINGS_BESIDE * unit_roundoff(args) * largest)
    for k, gradient, low, high in zip(places, gradients, *nearby, strict=True):
        values = np.asarray(gradient, dtype=float)
        width = high - low + room
        outside = ~((values >= low - width) & (values <= high + width))
        if outside.any():
            index = tuple(int(i) for i in np.argwhere(outside)[0])
            expected = f"between {low[index]:.6g} and {high[index]:.6g}"
            words = "outside of the derivatives at nearby points"
            wrong = Finding("WRONG", "floats", point, k, index, repr(float(values[index])), expected, math.inf, words)
            return Judged((wrong,), False, forward.reads, forward.positions, kink=True)
    opaque = "backward: compared with the derivatives at nearby points"
    return Judged((), False, forward.reads, forward.positions, opaque, kink=True, entries=sum(np.size(g) for g in gradients))


def _spread(nearby: tuple[list[Array], list[Array]]) -> float:
    """How far apart the least and the largest nearby derivatives are, beside the largest of all."""
    lows, highs = nearby
    size = max((float(np.max(np.abs(array), initial=0.0)) for array in (*lows, *highs)), default=0.0)
    apart = max((float(np.max(high - low, initial=0.0)) for low, high in zip(lows, highs, strict=True)), default=0.0)
    return apart / size if size else math.inf
