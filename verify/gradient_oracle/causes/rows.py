"""Rows, columns, slices and sums of one wrong gradient: wrong at one index only, a factor for each index of an axis, a sum
along the other axis, one contribution in the place of their sum, another slice of the cotangent.

>>> from backproof.verify.gradient_oracle.causes.edges import Edges
>>> right = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
>>> edges = Edges([], [], [], [np.arange(6).reshape(2, 3)], (0,), [])
>>> def rows(found):
...     return [cause.words for cause in row_causes(0, Observed(("`w`",), [right], [found], edges, np.ones(2)))]
>>> rows(right * [[2.0], [5.0]])
['the gradient of `w` has a factor for each index of axis 0: 2, 5']
>>> rows(right * [[1.0], [0.0]])
['the gradient of `w` is wrong only at index 1 of axis 0: it is zero there']
>>> rows(right + 1)
[]
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.causes.cause import Cause, Fault
from backproof.verify.gradient_oracle.causes.fitting import FITS, NOISE, fits, projected, times_the_derivative
from backproof.verify.gradient_oracle.causes.observed import Observed
from backproof.verify.numbers.float_model import largest_entry

SHOWN = 4  # chosen: factors that are shown; more are a list that nobody reads


def row_causes(k: int, seen: Observed) -> Iterator[Cause]:
    """What fits the gradient at place k, the narrowest first."""
    for fault, words in (*_at_one_index(k, seen, alone=False), *_by_index(k, seen), *_other_sums(k, seen), *_other_slice(k, seen)):
        yield Cause(fault, f"the gradient of {seen.name(k)} {words}", seen.edges.positions[k])


def single_causes(k: int, seen: Observed) -> Iterator[Cause]:
    """Where one entry alone is wrong: which, and how. Any number is a multiple of another, so that other causes come
    first."""
    for fault, words in _at_one_index(k, seen, alone=True):
        yield Cause(fault, f"the gradient of {seen.name(k)} {words}", seen.edges.positions[k])


def _at_one_index(k: int, seen: Observed, *, alone: bool) -> Iterator[tuple[Fault, str]]:
    """Wrong entries that share an index along one axis, and what they are: zero, or a multiple of the derivative. Only one
    entry, or only several of them."""
    right, found = seen.right[k], seen.found[k]
    wrong = np.abs(found - right) > NOISE * largest_entry(seen.right)
    for axis in range(right.ndim):
        places = np.unique(np.nonzero(wrong)[axis])
        if len(places) != 1 or right.shape[axis] == 1:
            continue
        there = (slice(None),) * axis + (int(places[0]),)
        got, want = found[there], right[there]
        if (np.size(want) == 1) is not alone:
            continue
        factor = projected(got, want)
        where = f"is wrong only at index {places[0]} of axis {axis}"
        if not want.any() and got.all() and not alone:
            yield Fault.SLICE, f"{where}, where the derivative is zero"
        elif not got.any():
            yield Fault.SLICE, f"{where}: it is zero there"
        elif factor is not None and fits([factor * want], [got], [want]):
            yield Fault.SLICE, f"{where}: it is {times_the_derivative(factor, ())} there"


def _by_index(k: int, seen: Observed) -> Iterator[tuple[Fault, str]]:
    """A factor for each row, or for each column. Each must hold for two entries at least."""
    right, found = seen.right[k], seen.found[k]
    for axis in range(right.ndim):
        if right.shape[axis] < 2 or right.size // right.shape[axis] < 2:
            continue
        factors = [projected(got, want) for got, want in zip(np.moveaxis(found, axis, 0), np.moveaxis(right, axis, 0), strict=True)]
        known = [1.0 if factor is None else factor for factor in factors]
        shape = [-1 if place == axis else 1 for place in range(right.ndim)]
        if sum(abs(factor - 1) > NOISE for factor in known) > 1 and seen.fit({k: right * np.reshape(known, shape)}):
            more = ", …" if len(known) > SHOWN else ""
            said = ", ".join(f"{factor:.6g}" for factor in known[:SHOWN])
            yield Fault.AXIS, f"has a factor for each index of axis {axis}: {said}{more}"


def _other_sums(k: int, seen: Observed) -> Iterator[tuple[Fault, str]]:
    """Of the contributions to its entries one only, or their sums along the other axis."""
    numbers = seen.edges.leaves[k].reshape(-1)
    contributions = seen.edges.contributions()
    parts = [contributions[int(i)] for i in numbers]
    n, m = len(parts), len(parts[0]) if parts else 0
    if m < 2 or any(len(part) != m for part in parts):
        return
    shape = seen.right[k].shape
    table = np.array([[value for _, value in part] for part in parts])
    for j in range(m):
        if seen.fit({k: table[:, j].reshape(shape)}):
            yield Fault.MISSING, f"keeps of the {m} contributions to each entry the one of index {j}"
    if len({target for part in parts for target, _ in part}) == n * m:
        ordered = np.array([[value for _, value in sorted(part)] for part in parts]).reshape(*shape, m)
        for axis in range(len(shape) if len(shape) > 1 else 0):
            if shape[axis] == m and seen.fit({k: ordered.swapaxes(axis, -1).sum(axis=-1)}):
                yield Fault.AXIS, f"is summed along the wrong axis: along axis {axis} of what belongs to it"
    if n == m:
        order = np.argsort([target for part in parts for target, _ in part], kind="stable")
        one = table.reshape(-1)[order].reshape(n, m)
        right = seen.right[k].reshape(-1)
        for summed, other in ((one.sum(axis=0), one.sum(axis=1)), (one.sum(axis=1), one.sum(axis=0))):
            if np.allclose(summed, right) and seen.fit({k: other.reshape(shape)}):
                yield Fault.AXIS, "is summed along the wrong axis"


def _other_slice(k: int, seen: Observed) -> Iterator[tuple[Fault, str]]:
    """The cotangent of other entries of the output, all as many places away."""
    numbers = [int(i) for i in seen.edges.leaves[k].reshape(-1)]
    places: dict[int, int] = {}
    for node, _, _, place in seen.edges.seeds:
        places.setdefault(node, place)
    if len(numbers) < 2 or any(number not in places for number in numbers) or not isinstance(seen.cotangent, np.ndarray):
        return
    cotangent: Array = np.asarray(seen.cotangent, dtype=float).reshape(-1)
    at = np.array([places[number] for number in numbers])
    shifts = np.arange(-int(at.min()), len(cotangent) - int(at.max()))
    first = float(seen.found[k].reshape(-1)[0])
    for shift in shifts[np.isclose(cotangent[at[0] + shifts], first, rtol=FITS, atol=0)].tolist():
        if shift and seen.fit({k: cotangent[at + shift].reshape(seen.right[k].shape)}):
            away = f"{abs(shift)} {'place' if abs(shift) == 1 else 'places'} too {'late' if shift > 0 else 'early'}"
            yield Fault.SLICE, f"is another slice of the cotangent, {away}"
