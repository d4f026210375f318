"""Whether gradients are a mixture of the derivatives on the sides of a kink, all entries together: by the hull where all
sides are known, along directions where there are too many. `unmixed(…)`.

>>> round(distance_from_hull(np.array([0.5, 0.5]), np.eye(2)), 12), round(distance_from_hull(np.array([1.0, 1.0]), np.eye(2)), 2)
(0.0, 0.58)
>>> distance_from_hull(np.array([np.nan, 0.5]), np.eye(2))
inf
>>> distance_from_hull(np.ones(3), np.eye(2))
Traceback (most recent call last):
    ...
ValueError: ...
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.ties.along import Slopes
from backproof.verify.gradient_oracle.ties.groups import SeparateKink

ROOM = 1e-2  # chosen: of the largest derivative, for floats; what lies inside entry by entry and is no mixture is far off
LEAST_ROOM, ROUNDINGS = 1e-8, 32.0
"""Chosen, of a lifted backward: above what least squares lose, and in roundings of the dtype, where a constant may have
some."""


@dataclass(frozen=True, eq=False)
class ManyTies:
    """The separate kinks at a point, each with its slopes along directions where not all sides are known."""

    kinks: Sequence[SeparateKink]
    slopes: Sequence[Sequence[Slopes]]

    @property
    def vague(self) -> frozenset[int]:
        """The entries whose least and largest derivative are not known."""
        return frozenset(entry for kink in self.kinks if not kink.complete for entry in kink.entries)

    def unmixed(self, values: Array, room: float, least: float = 0.0) -> tuple[SeparateKink, str] | None:
        """The first kink of whose sides the gradients are no mixture, and how in words; None if there is none. `values`
        are all gradients, one after the other, `room` a share of the largest derivative, `least` an error that may be.
        """
        for kink, slopes in zip(self.kinks, self.slopes, strict=True):
            matrix, own = kink.matrix, values[list(kink.entries)]
            allowed = max(room * float(np.max(np.abs(matrix), initial=0.0)), least)
            if kink.complete:
                if distance_from_hull(own, matrix) > allowed:
                    return kink, ""
                continue
            for one in slopes:
                if one.missed_by(own, allowed + room_of_sum(own, one.direction)) != 0.0:
                    return kink, _along(one, own)
        return None


def room_for(u: float) -> float:
    """How much of the largest derivative a lifted backward may be off a mixture.

    >>> room_for(2.0**-53), room_for(2.0**-11)
    (1e-08, 0.01)
    """
    return min(ROOM, max(LEAST_ROOM, ROUNDINGS * u))


def room_of_sum(values: Array, direction: Array) -> float:
    """What rounding loses in a slope."""
    return 8 * 2.0**-53 * float(np.abs(values) @ np.abs(direction))


def _along(slopes: Slopes, values: Array) -> str:
    """Where a gradient is outside, in words."""
    v = slopes.direction
    found, low, high = float(values @ v), slopes.low, slopes.high
    between = f"{low:.6g}" if low == high else f"between {low:.6g} and {high:.6g}"
    if len(v) == 1:
        return f"the entry that depends on the ties is {found:.6g}, in every mixture {between}"
    if np.all(v == 1.0):
        return f"the {len(v)} entries that depend on the ties sum to {found:.6g}, in every mixture to {between}"
    return f"along a direction of the {len(v)} entries that depend on the ties it is {found:.6g}, in every mixture {between}"


def distance_from_hull(values: Array, matrix: Array) -> float:
    """How far values are from the convex combinations of the rows (nonnegative least squares); inf for what is not
    finite. Rows beyond the range of floats end there. ValueError for other lengths."""
    from scipy.optimize import nnls

    if not np.all(np.isfinite(values)):
        return np.inf
    matrix = np.nan_to_num(matrix, nan=np.nan)
    scale = max(float(np.max(np.abs(matrix), initial=0.0)), 1e-300)
    weighted = np.vstack([matrix.T / scale, np.ones(len(matrix))])
    return float(nnls(weighted, np.append(values / scale, 1.0))[1]) * scale
