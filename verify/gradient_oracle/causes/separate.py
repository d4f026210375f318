"""Every entry of one gradient depends on its own entry of the argument alone, in the derivative and in what was found: a
local derivative is wrong on the way.

This is asked, not assumed. Half of the entries of the argument are moved a little, then the others, and so on until any two
entries were in different halves: what is found at an entry that stays must not change to the last digits, and where one is
wrong and moved the error must. An entry that takes part in a sum
with others, or that holds the value of another one, does not pass.

>>> from backproof.verify.gradient_oracle.causes.edges import Edges, Operation
>>> edges = Edges([], [], [], [np.arange(4)], (0,), [Operation("argument")] * 4, [1.0, 2.0, 3.0, 4.0])
>>> def separate(backward):
...     x = np.array([1.0, 2.0, 3.0, 4.0])
...     beside = lambda number, x: ([np.cos(x)], [backward(x)])
...     return [cause.words for cause in separate_causes(0, Observed(("`x`",), [np.cos(x)], [backward(x)], edges, 1.0, None, beside))]
>>> separate(lambda x: np.sin(x))
['the gradient of `x` is wrong by a local derivative: each entry depends on its own entry of `x` alone']
>>> separate(lambda x: np.cos(x[::-1])), separate(lambda x: np.cos(x) / x.sum())
([], [])
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from backproof.verify.gradient_oracle.causes.cause import Cause, Fault
from backproof.verify.gradient_oracle.causes.fitting import EXACT, NOISE
from backproof.verify.gradient_oracle.causes.observed import Observed
from backproof.verify.numbers.float_model import largest_entry

MOVED = 2.0**-8  # chosen: relatively; more than rounding in any derivative, and seldom across a decision
ROUNDED = 1e-6  # chosen: of the largest derivative; what is smaller may be the rounding of float32
MOST_ENTRIES = 64  # chosen: halves are moved until any two entries were in different ones: twelve of them
MOST_EDGES = 5000  # chosen: of the forward, which is followed again for each half
FEWEST_WRONG = 2  # entries that are wrong, of which each is asked; chosen: one alone depends on itself by being one


def separate_causes(k: int, seen: Observed) -> Iterator[Cause]:
    """What fits the gradient at place k."""
    right, found, values = seen.right[k].reshape(-1), seen.found[k].reshape(-1), seen.edges.values
    wrong = np.abs(found - right) > NOISE * largest_entry([right])
    if np.max(np.abs(found - right)) <= ROUNDED * largest_entry([right]):
        return
    if (
        seen.beside is None
        or values is None
        or wrong.sum() < FEWEST_WRONG
        or len(wrong) > MOST_ENTRIES
        or len(seen.edges.edges) > MOST_EDGES
    ):
        return
    if seen.others:
        twice = seen.asked(2 * np.asarray(seen.cotangent))
        if twice is None or np.max(np.abs(twice[k] - 2 * seen.found[k])) > EXACT * largest_entry([seen.found[k]]):
            return
    number, x = seen.edges.positions[k], np.array([values[int(i)] for i in seen.edges.leaves[k].reshape(-1)])
    scale = float(np.max(np.abs(x))) or 1.0
    for bit, side in itertools.product(range(max(1, (len(x) - 1).bit_length())), (0, 1)):
        moved = (np.arange(len(x)) >> bit & 1) == side
        there = seen.beside(number, np.where(moved, x + MOVED * np.maximum(np.abs(x), MOVED * scale), x))
        if there is None:
            return
        pairs = [(part[k].reshape(-1), was) for part, was in zip(there, (right, found), strict=True)]
        near = EXACT * largest_entry([right, found])
        stays = all(np.all(np.abs(now - was)[~moved] <= near) for now, was in pairs)
        (now, was), (found_now, found_was) = pairs
        changes = np.abs((found_now - now) - (found_was - was)) > near
        if not stays or not np.all(changes[moved & wrong]):
            return
    words = f"the gradient of {seen.name(k)} is wrong by a local derivative: each entry depends on its own entry of {seen.name(k)} alone"
    yield Cause(Fault.LOCAL, words, number)
