"""Entries of one wrong gradient that are those of the derivative, at other places.

Every entry that is not zero has the value of some entry of the derivative: if each of these is used as often as it
occurs, the gradient is in another order; else it is another slice, some entries used twice, others by none. Values are
matched to roundings, for a second cotangent too where there is one; without it values that occur often say nothing,
since a wrong mask of ±1 is in another order by chance.

>>> from backproof.verify.gradient_oracle.causes.edges import Edges
>>> def moved(right, found):
...     seen = Observed(("`x`",), [np.array(right)], [np.array(found)], Edges([], [], [], [], (0,), []), 1.0)
...     return [cause.words for cause in moved_causes(0, seen)]
>>> moved([1.0, 2.0, 4.0, 7.0], [4.0, 1.0, 7.0, 2.0])
['the gradient of `x` has the entries of the derivative in another order: at index (0,) that of index (2,)']
>>> moved([1.0, 2.0, 0.0, 0.0, 3.0], [0.0, 0.0, 1.0, 3.0, 2.0])
['the gradient of `x` has the entries of the derivative in another order: at index (2,) that of index (0,)']
>>> moved([1.0, -1.0, 1.0, -1.0], [-1.0, 1.0, -1.0, 1.0]), moved([1.0, 2.0, 4.0, 7.0], [4.0, 1.0, 7.0, 3.0])
([], [])
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.causes.cause import Cause, Fault
from backproof.verify.gradient_oracle.causes.fitting import EXACT, NOISE
from backproof.verify.gradient_oracle.causes.observed import Observed
from backproof.verify.numbers.float_model import largest_entry

FEWEST_VALUES = 3  # chosen: values that occur once, and are found elsewhere; those of a mask, as ±1, occur often
MOST_SHIFTS = 64  # chosen: places by which a whole gradient is moved; a larger offset is seldom a slip
FEWEST_CONFIRMED = 2  # chosen: the same where a second cotangent agrees, which chance does not


def moved_causes(k: int, seen: Observed) -> Iterator[Cause]:
    """Halves that are exchanged, entries in another order, or those of another slice."""
    name, number, shape = seen.name(k), seen.edges.positions[k], seen.right[k].shape
    for axis in range(len(shape)):
        if shape[axis] % 2 == 0 and shape[axis] > 2 and seen.fit({k: np.roll(seen.right[k], shape[axis] // 2, axis)}):
            yield Cause(Fault.EXCHANGED, f"the two halves of the gradient of {name} along axis {axis} are exchanged", number)
            return
    more = seen.other()
    rights = [seen.right[k].reshape(-1)] + ([] if more is None else [more.right[k].reshape(-1)])
    founds = [seen.found[k].reshape(-1)] + ([] if more is None else [more.found[k].reshape(-1)])
    sources = _sources(rights, founds)
    if sources is None:
        yield from _most_of_it(k, seen)
        return
    displaced = [i for i, at in enumerate(sources) if len(at) and i not in at]
    values = {int(sources[i][0]) for i in displaced if more is not None or len(sources[i]) == 1}
    if len(values) < (FEWEST_VALUES if more is None else FEWEST_CONFIRMED):
        return
    i = displaced[0]
    here, there = (tuple(int(j) for j in np.unravel_index(at, shape)) for at in (i, int(sources[i][0])))
    where = f": at index {here} that of index {there}"
    if all(np.allclose(np.sort(r), np.sort(g), rtol=0, atol=EXACT * largest_entry([r])) for r, g in zip(rights, founds, strict=True)):
        yield Cause(Fault.ORDER, f"the gradient of {name} has the entries of the derivative in another order{where}", number)
    else:
        yield Cause(Fault.SLICE, f"the gradient of {name} has entries of the derivative that belong to other places{where}", number)


def _most_of_it(k: int, seen: Observed) -> Iterator[Cause]:
    """Shifted along an axis for two cotangents, where at least half of the entries are what stood some places before; what
    comes in at the other end was cut off in the derivative."""
    every = (seen, *seen.others)
    if len(every) == 1:
        return
    for axis, length in enumerate(seen.right[k].shape):
        for step in range(1, min(length // 2, MOST_SHIFTS) + 1):
            first, last = ([slice(None)] * axis + [part] for part in (slice(None, -step), slice(step, None)))
            for to, of, words in ((last, first, "late"), (first, last, "early")):
                pairs = [(one.found[k][tuple(to)], one.right[k][tuple(of)], EXACT * largest_entry([one.right[k]])) for one in every]
                apart = np.abs(seen.right[k][tuple(to)] - pairs[0][1]) > pairs[0][2]
                if np.count_nonzero(apart & (pairs[0][1] != 0)) >= max(FEWEST_VALUES, apart.size // 2) and all(
                    np.all(np.abs(got - want) <= near) for got, want, near in pairs
                ):
                    places = f"{step} {'place' if step == 1 else 'places'} too {words} along axis {axis}"
                    yield Cause(Fault.SLICE, f"the gradient of {seen.name(k)} stands {places}", seen.edges.positions[k])
                    return


def _sources(rights: Sequence[Array], founds: Sequence[Array]) -> list[Array] | None:
    """For every entry, where in the derivative its value is found, none for a zero; None where one is found nowhere."""
    sizes = [EXACT * largest_entry([right]) for right in rights]
    sources: list[Array] = []
    for i in range(rights[0].size):
        if all(abs(found[i]) <= NOISE * size / EXACT for found, size in zip(founds, sizes, strict=True)):
            sources.append(np.zeros(0, dtype=int))
            continue
        same = [np.abs(right - found[i]) <= size for right, found, size in zip(rights, founds, sizes, strict=True)]
        at = np.flatnonzero(np.logical_and.reduce(same))
        if not len(at):
            return None
        sources.append(at)
    return sources
