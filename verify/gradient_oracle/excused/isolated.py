"""Which decisions at a tie hold at that very point only, and nowhere around it: `isolated(…)`. The value of a branch
that holds on no open set is no derivative: `where(n > 0, 0 / n, 1)` for a norm n is 1 at the origin, and the slope of
x · where(…) is 0 there.

Where f jumps at the point, as a loss does that asks `y == 1.0` of a label, nothing is said; nor for arguments on which
the decision does not depend.

>>> from backproof.verify.lift.numpy_code.lifting import lift
>>> def alone(f, x):
...     def run(args, flips=frozenset()):
...         return lift(f, args, flips=flips)
...     forward = run((x,))
...     ties = [k for k, read in enumerate(forward.reads) if read.tie]
...     return isolated(run, (x,), forward, [(0,) for _ in ties], ties)
>>> x = np.array([0.0, 1.0])
>>> alone(lambda x: np.where(x == 0, x, x * x), x), alone(lambda x: np.where(x > 0, x, 0.0), x)
(frozenset({0}), frozenset())
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.excused.branches import Runs, is_comparison
from backproof.verify.gradient_oracle.given.floats import is_float
from backproof.verify.lift.lifted import Lifted

NEARBY = 8  # chosen: pairs of opposite points around; of a branch that holds on a half, all miss it once in 2⁸ times twice
DISTANCE = 2.0**-40  # chosen, of the largest entry or of 1: far below what anybody means by near, far above a rounding


def isolated(run: Runs, args: Sequence[Any], forward: Lifted, by: Sequence[Sequence[int]], ties: Sequence[int]) -> frozenset[int]:
    """Those of some decisions at a tie whose outcome no point has that is near in one of the arguments; `by` are the
    numbers of the arguments that count, for each of `ties`."""
    left = {(k, p) for k, places in zip(ties, by, strict=True) for p in places if is_comparison(forward.reads[k])}
    wanted = {k for k, _ in left}
    rng = np.random.default_rng(0)
    for p in sorted({p for _, p in left}):
        if not is_float(args[p]):
            return frozenset()
        for step in (sign for _ in range(NEARBY) for sign in (1.0, -1.0)):
            asked = [k for k, place in left if place == p and k in wanted]
            if not asked:
                break
            near = run(tuple(_beside(a, step, rng) if k == p else a for k, a in enumerate(args)))
            for k in asked:
                read = forward.reads[k]
                there = near.reads[k] if near is not None and len(near.reads) > k else None
                if there is None or (there.place, there.what) != (read.place, read.what) or there.outcome == read.outcome:
                    wanted.discard(k)
    return frozenset(wanted)


def _beside(a: Any, sign: float, rng: np.random.Generator) -> Any:
    """An argument with every entry moved a little, in float64."""
    values = np.asarray(a, dtype=float)
    size = DISTANCE * max(1.0, float(np.max(np.abs(values), initial=0.0)))
    moved = values + sign * size * rng.uniform(0.5, 1, size=values.shape) * rng.choice([-1.0, 1.0], size=values.shape)
    return moved if isinstance(a, np.ndarray) else float(moved)
