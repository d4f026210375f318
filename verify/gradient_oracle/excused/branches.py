"""Where a forward chooses by an inequality between two expressions that no float tells apart, as a series does below
some size: `free_choices(…)`, the runs that choose the other one.

A choice is free if both expressions agree within `AGREE` roundings of the chosen one itself (not of what is made of it),
here and just inside and just outside of the switch: then the derivative of either is as right as that of the other,
and so is what lies between. What is chosen is found by following two runs from their outputs down, that of the code and
one in which the decision falls otherwise: as long as both do the same, what is chosen lies deeper. `==` and `!=` choose
on a set without interior, and give no such freedom.

>>> import numpy as np
>>> from backproof.verify.lift.numpy_code.lifting import lift
>>> def free(f, x):
...     def run(args, flips=frozenset()):
...         return lift(f, args, flips=flips, folds=False)
...     return len(free_choices(run, (x,), run((x,)), 2.0**-53))
>>> x = np.array([5e-10, 0.5])
>>> free(lambda x: np.where(abs(x) < 1e-9, 1.0, np.sin(x) / x), x), free(lambda x: np.where(abs(x) < 1e-9, 1.0, np.expm1(x) / x), x)
(1, 0)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol, TypeGuard

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.given.floats import is_float
from backproof.verify.lift.lifted import Lifted
from backproof.verify.lift.tape.reads import Read
from backproof.verify.lift.tape.tape import Scalar
from backproof.verify.numbers.ball_arrays import precision

SUMS = ("add", "subtract", "sum", "dot")
AGREE = 4.0  # roundings of the chosen expression, within which the other one is the same to floats
MOST_CHOICES = 16  # chosen: kinds of decisions, and of each the nearest that are looked at by themselves
MOST_SWEPT = 3_000_000  # chosen: decisions that are moved together times nodes, some seconds
MOST_STEPS = 12  # chosen: of Newton to the switch; a square needs as many from a thousandth of it
SMALLEST, LARGEST = -1000, 10  # powers of two: of moves that a float64 shows beside zero, and of a switch that is near
JUST = 2.0**-20  # chosen: how far inside and outside of the switch, beside the larger side; any series is as good there as on it
HALF, TWICE = 0.5, 2.0  # chosen: how near to that distance is near enough


class Runs(Protocol):
    """The forward at other arguments, or with some decisions inverted; None where it cannot be followed. What it computes
    from plain numbers is on its tape, so that a plain number that was chosen is told from what is made of it."""

    def __call__(self, args: Sequence[Any], /, flips: frozenset[int] = ...) -> Lifted | None: ...


def is_inequality(read: Read) -> bool:
    """Whether a decision is a comparison for more or less."""
    return read.relation in ("<", "<=", ">", ">=")


def is_comparison(read: Read) -> bool:
    """Whether a decision is a comparison, and none of a maximum, a sort or their like."""
    return read.relation != ""


def free_choices(run: Runs, args: Sequence[Any], forward: Lifted, u: float) -> list[Lifted]:
    """The runs that take other expressions where the choice is free: all choices of one outcome of a comparison
    together, and if not all of them are free, the nearest by themselves."""
    reads = forward.reads
    near = sorted((k for k, read in enumerate(reads) if is_inequality(read) and not read.tie), key=lambda k: _distance(reads[k]))
    found: list[Lifted] = []
    groups: dict[tuple[str, str, bool], list[int]] = {}
    for k in near:
        groups.setdefault((reads[k].place, reads[k].what, bool(reads[k].outcome)), []).append(k)
    for group in list(groups.values())[:MOST_CHOICES]:
        together = _free(run, args, forward, group, u) if len(group) * len(forward.tape.nodes) <= MOST_SWEPT else None
        if together is not None:
            found.append(together)
        elif len(group) > 1:
            alone = (_free(run, args, forward, [k], u) for k in group[:MOST_CHOICES])
            found += [other for other in alone if other is not None]
    return found


def _distance(read: Read) -> float:
    return abs(float(read.margin.mid())) / (read.size or 1.0)


def _free(run: Runs, args: Sequence[Any], forward: Lifted, group: Sequence[int], u: float) -> Lifted | None:
    """The run with some choices inverted, if all of them are free."""
    flips = frozenset(group)
    other = run(args, flips)
    if other is None or not _agree(forward, other, u):
        return None
    for outside in (False, True):
        beside = _beside_switch(run, args, forward, group, outside)
        there = None if beside is None else run(beside[0], flips)
        if beside is None or there is None or not _agree(beside[1], there, u):
            return None
    return other


def _agree(chosen: Lifted, other: Lifted, u: float) -> bool:
    """Whether two runs choose between values that differ by some roundings of the chosen one, and do choose."""
    pairs = list(_choices(chosen, other))
    with precision(chosen.tape.bits):
        return bool(pairs) and all(pair is not None and _same(*pair, u) for pair in pairs)


def _same(x: Scalar, y: Scalar, u: float) -> bool:
    a, b = x.value, y.value
    return bool(a.is_finite() and b.is_finite() and abs(a - b) <= abs(a) * AGREE * u)


def _choices(one: Lifted, two: Lifted) -> Iterator[tuple[Scalar, Scalar] | None]:
    """What two runs choose, wherever that is not the same number: both are followed from their outputs down as long as
    they do the same. None where what is chosen cannot be seen, since it is a zero that was left out of a sum."""
    known: dict[Any, int] = {}
    first, second = _numbered(one, known), _numbered(two, known)
    waiting: list[tuple[Scalar, Scalar]] = []
    for left, right in zip(one.outputs, two.outputs, strict=False):
        if left is None or right is None or left.shape != right.shape:
            yield None
            return
        waiting += zip(left.reshape(-1).tolist(), right.reshape(-1).tolist(), strict=True)
    seen: set[tuple[int, int]] = set()
    while waiting:
        x, y = waiting.pop()
        a, b = _number(x, first, known), _number(y, second, known)
        if a == b or (a, b) in seen:
            continue
        seen.add((a, b))
        mine, others = _operands(one, x), _operands(two, y)
        if mine and others and one.tape.nodes[x.index][0] is two.tape.nodes[y.index][0]:
            if len(mine) != len(others):
                yield None
                return
            waiting += zip(mine, others, strict=True)
        elif a in {_number(part, second, known) for part in _terms(two, y)} or b in {
            _number(part, first, known) for part in _terms(one, x)
        }:
            yield None
            return
        else:
            yield x, y


def _operands(run: Lifted, x: Scalar) -> tuple[Scalar, ...]:
    return run.tape.nodes[x.index][1] if x.index >= 0 else ()


def _terms(run: Lifted, x: Scalar) -> tuple[Scalar, ...]:
    """The operands of a sum."""
    return _operands(run, x) if x.index >= 0 and run.tape.nodes[x.index][0].name in SUMS else ()


def _numbered(run: Lifted, known: dict[Any, int]) -> list[int]:
    """For each node what it is: the same of two nodes that are the same operation on the same numbers."""
    found: list[int] = []
    for index, (rule, operands, _) in enumerate(run.tape.nodes):
        what = (rule, tuple(_number(x, found, known) for x in operands)) if operands else ("leaf", index)
        found.append(known.setdefault(what, len(known)))
    return found


def _number(x: Scalar, nodes: Sequence[int], known: dict[Any, int]) -> int:
    return nodes[x.index] if x.index >= 0 else known.setdefault(("plain", x.value.str(30)), len(known))


def _beside_switch(
    run: Runs, args: Sequence[Any], forward: Lifted, group: Sequence[int], outside: bool
) -> tuple[tuple[Any, ...], Lifted] | None:
    """Arguments just inside, or just outside, of the switches of some decisions, and the forward there; None where they
    are not reached: first by Newton's steps, then by those from a place of the size of the switch."""
    starts = {k: forward.reads[k] for k in group}
    found = _stepped(run, (tuple(args), forward), starts, outside)
    if found is None:
        near = _of_that_size(run, args, forward, starts)
        found = None if near is None else _stepped(run, near, starts, outside)
    return found


def _stepped(
    run: Runs, begin: tuple[tuple[Any, ...], Lifted], starts: dict[int, Read], outside: bool
) -> tuple[tuple[Any, ...], Lifted] | None:
    """Newton's steps to where every margin is a little more, or less, than none."""
    at, here = begin
    for _ in range(MOST_STEPS):
        moves: list[tuple[Sequence[Array], float, float]] = []
        for k, start in starts.items():
            read = here.reads[k]
            wanted, margin = _sign(start) * (-JUST if outside else JUST) * read.size, float(read.margin.mid())
            if not (wanted and HALF <= margin / wanted <= TWICE):
                moves.append((read.gradient(), wanted - margin, 1.0))
        if not moves:
            return at, here
        moved = _moved(at, here.positions, moves)
        found = None if moved is None else run(moved)
        if moved is None or not _takes_them(found, starts):
            return None
        here, at = found, moved
    return None


def _sign(read: Read) -> float:
    return 1.0 if float(read.margin.mid()) > 0 else -1.0


def _takes_them(found: Lifted | None, starts: dict[int, Read]) -> TypeGuard[Lifted]:
    """Whether a run takes the same decisions at the same places."""
    if found is None or len(found.reads) <= max(starts):
        return False
    return all((found.reads[k].place, found.reads[k].what) == (start.place, start.what) for k, start in starts.items())


def _of_that_size(run: Runs, args: Sequence[Any], forward: Lifted, starts: dict[int, Read]) -> tuple[tuple[Any, ...], Lifted] | None:
    """Arguments on the way to the switch, of the order of magnitude at which it is: where a square of what is next to
    zero decides, Newton's first step is far too long."""
    found, slopes = None, {k: start.gradient() for k, start in starts.items()}
    largest = {k: max((abs(float(ball.mid())) for array in slopes[k] for ball in array.reshape(-1)), default=0.0) for k in slopes}
    if not all(0 < size < float("inf") for size in largest.values()):
        return None
    first = min(starts)
    low, high = SMALLEST, LARGEST
    while high - low > 1:
        middle = (low + high) // 2
        moves = [(slopes[k], -_sign(starts[k]) * 2.0**middle * largest[k], largest[k]) for k in starts]
        moved = _moved(args, forward.positions, moves)
        here = None if moved is None else run(moved)
        if moved is not None and _takes_them(here, starts) and here.reads[first].outcome == starts[first].outcome:
            low = middle
        else:
            high = middle
            found = (moved, here) if moved is not None and _takes_them(here, starts) else found
    return found


def _moved(args: Sequence[Any], positions: Sequence[int], moves: Sequence[tuple[Sequence[Array], float, float]]) -> tuple[Any, ...] | None:
    """The nearest arguments at which margins with these gradients are larger by these changes, to first order; each
    gradient is taken in units of its scale, for squares may be too small for floats."""
    by: dict[int, Array] = {}
    for gradient, change, scale in moves:
        slopes = [np.array([float(ball.mid()) / scale for ball in array.reshape(-1)]).reshape(array.shape) for array in gradient]
        size = sum(float(np.sum(g * g)) for g in slopes)
        if not (np.isfinite(size) and size > 0 and np.isfinite(change / scale)):
            return None
        for k, g in zip(positions, slopes, strict=False):
            by[k] = by.get(k, 0.0) + change / scale * g / size
    moved: list[Any] = []
    for k, a in enumerate(args):
        if k not in by or not is_float(a) or np.shape(a) != by[k].shape:
            moved.append(a)
        else:
            values = np.asarray(a, dtype=float) + by[k]
            moved.append(values.astype(a.dtype) if isinstance(a, np.ndarray) else type(a)(float(values)))
    return tuple(moved)
