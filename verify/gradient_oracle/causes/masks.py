"""A gradient entry by entry: each entry is a multiple of the cotangent's at the same place, as it should be, but not the
right one; or a mask that is made of the cotangent, or drawn anew.

The multiples are the same for every cotangent, which a single cotangent cannot show. A mask that is not the same has one
of the multiples of the derivative, or zero, at every entry for every cotangent. Entries at which the forward does not
depend on the argument at all are judged too: there the multiple should be zero.

>>> from backproof.verify.gradient_oracle.causes.edges import Edges, Operation
>>> x = Operation("argument")
>>> edges = Edges([], [], [(0, 1.0, 0, 0), (1, 1.0, 0, 1)], [np.arange(3)], (0,), [x, x, x])
>>> def masks(backward):
...     ct = np.array([1.0, -1.5, 2.5])
...     seen = Observed(("`x`",), edges.pulled_with(ct), [backward(ct)], edges, ct, lambda ct: [backward(ct)])
...     return [cause.words for cause in mask_causes(0, seen)]
>>> masks(lambda ct: ct)
['the local derivative by `x` is wrong: at index (2,) it is 1 in the place of 0']
>>> masks(lambda ct: ct * (ct > 0))
['the local derivative by `x` is wrong: its mask is another one for another cotangent, at index (1,) 0 in the place of 1']
>>> masks(lambda ct: np.cumsum(ct))
[]
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.causes.cause import Cause, Fault
from backproof.verify.gradient_oracle.causes.fitting import EXACT
from backproof.verify.gradient_oracle.causes.observed import Observed

FEWEST_COTANGENTS = 3  # chosen: two have one ratio by chance in one of many entries
MOST_FACTORS = 2  # chosen: distinct multiples of a mask beside zero: 1, and 1 over what is kept or a slope


def mask_causes(k: int, seen: Observed) -> Iterator[Cause]:
    """What fits the gradient at place k, where it is the cotangent times the derivative, entry by entry."""
    every = (seen, *seen.others)
    if len(every) < FEWEST_COTANGENTS or np.shape(seen.cotangent) != seen.right[k].shape:
        return
    cotangents = np.array([np.asarray(one.cotangent, dtype=float).reshape(-1) for one in every])
    if not cotangents.all():
        return
    right, found = (
        np.array([part[k].reshape(-1) for part in parts]) / cotangents for parts in ([o.right for o in every], [o.found for o in every])
    )
    near = EXACT * max(float(np.max(np.abs(right))), float(np.min(np.abs(found), axis=0).max()))
    if not _steady(right, near):
        return
    wrong = np.abs(found - right) > near
    if _steady(found, near):
        what = ""
    elif _is_one_of(found, np.unique(np.round(right[0], 12)), near):
        what = "its mask is another one for another cotangent, "
    else:
        return
    row, i = (int(j) for j in np.argwhere(wrong)[0])
    at = tuple(int(j) for j in np.unravel_index(i, seen.right[k].shape))
    words = f"{what}at index {at} {'' if what else 'it is '}{found[row, i] + 0.0:.6g} in the place of {right[row, i] + 0.0:.6g}"
    yield Cause(Fault.LOCAL, f"the local derivative by {seen.name(k)} is wrong: {words}", seen.edges.positions[k], *_line(k, seen))


def _steady(multiples: Array, near: float) -> bool:
    return bool(np.all(np.abs(multiples - multiples[0]) <= near))


def _is_one_of(multiples: Array, factors: Array, near: float) -> bool:
    """Whether every multiple is zero, or one of a few."""
    few = factors[np.abs(factors) > near]
    if not 0 < len(few) <= MOST_FACTORS:
        return False
    return bool(np.all(np.min(np.abs(multiples[..., None] - np.array([0.0, *few])), axis=-1) <= near))


def _line(k: int, seen: Observed) -> tuple[str, str, int]:
    """The operation that reads this argument, if it is one."""
    readers = {
        group.target
        for group in seen.edges.groups
        if group.source.function == "argument" and group.source.number == seen.edges.positions[k]
    }
    only = next(iter(readers)) if len(readers) == 1 else None
    return (only.function, only.file, only.line) if only is not None and only.file else ("", "", 0)
