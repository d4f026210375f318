"""Whether a backward differs from the certified derivative by no more than what a reverse sweep of the forward may lose:
`within_sweep(…)`. Such a difference no float shows.

>>> from backproof.verify.lift.numpy_code.lifting import lift
>>> from backproof.verify.lift.lifted import pull_back
>>> ct = np.array([1.0])
>>> forward = lift(lambda x: np.exp(x) * x, (np.array([0.5]),))
>>> truth = pull_back(forward, ct)
>>> [within_sweep(forward, ct, [truth[0] * factor], truth) for factor in (1 + 1e-16, 1 + 1e-9)]
[True, False]
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.lift.lifted import Lifted
from backproof.verify.lift.rounding.bounds import rounding_of_sweep
from backproof.verify.lift.rounding.second_derivatives import reverse_sweep
from backproof.verify.numbers.ball_arrays import precision

LARGEST_SHARE = 0.25  # chosen, as for floats: of the largest derivative; a bound beyond that bounds nothing
MOST_ENTRIES = 32  # chosen: entries whose bound is looked at, those with the largest relative and absolute differences


def within_sweep(forward: Lifted, cotangent: Array, found: Sequence[Array | None], truth: Sequence[Array]) -> bool:
    """Whether every entry that was found lies so near to the truth; `found` has an array for each of `truth`."""
    apart: list[tuple[float, float, int, tuple[int, ...]]] = []
    largest = 0.0
    with precision(forward.tape.bits):
        for place, (values, right) in enumerate(zip(found, truth, strict=True)):
            if values is None or values.shape != right.shape:
                return False
            for index in np.ndindex(right.shape):
                got: Any = values[index]
                want: Any = right[index]
                size = abs(float(want.mid()))
                largest = max(largest, size)
                if got.overlaps(want):
                    continue
                difference: Any = abs(got - want)
                error = float(difference.mid()) if difference.is_finite() else math.inf
                apart.append((error / size if size else math.inf, error, place, index))
    worst = {*sorted(apart, reverse=True)[:MOST_ENTRIES], *sorted(apart, key=lambda entry: -entry[1])[:MOST_ENTRIES]}
    if not worst:
        return True
    sweep = reverse_sweep(forward, cotangent)
    return all(error <= rounding_of_sweep(sweep, place, index).lost <= LARGEST_SHARE * largest for _, error, place, index in sorted(worst))
