"""All wrong gradients at once: the cotangent is not used, or not in a part; only the last use of an entry counts; two
gradients are exchanged, or one is added to the other.

>>> from backproof.verify.gradient_oracle.causes.edges import Edges, Operation
>>> edges = Edges([], [], [], [np.array([0]), np.array([1])], (0, 1), [Operation("argument")] * 2)
>>> right = [np.array([1.0]), np.array([2.0])]
>>> def together(found, again=None):
...     return [causes[0].words for causes in joint(Observed(("`a`", "`b`"), right, found, edges, np.ones(1), again))]
>>> together([np.array([2.0]), np.array([1.0])])
['the gradients of `a` and `b` are exchanged']
>>> together([np.array([3.0]), np.array([0.0])])
['the gradient of `b` is added to that of `a`']
>>> together([np.array([7.0]), np.array([2.0])])
[]
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import numpy as np

from backproof.verify.gradient_oracle.causes.cause import Cause, Fault
from backproof.verify.gradient_oracle.causes.fitting import FITS, NOISE
from backproof.verify.gradient_oracle.causes.observed import Observed
from backproof.verify.numbers.float_model import largest_entry


def joint(seen: Observed) -> Iterator[tuple[Cause, ...]]:
    """Explanations of all wrong gradients together."""
    if not seen.wrong:
        return
    yield from _cotangent(seen)
    yield from _pairs(seen)
    last = seen.edges.last_contributions()
    if seen.fit({k: last[k] for k in seen.wrong}):
        words = "that are used several times keep the contribution of their last use only"
        yield tuple(Cause(Fault.LAST_USE, f"entries of {_list(seen, seen.wrong)} {words}", seen.edges.positions[k]) for k in seen.wrong)


def _cotangent(seen: Observed) -> Iterator[tuple[Cause, ...]]:
    """The gradients are the same with another cotangent; or what is wrong in them is there without any."""
    if not isinstance(seen.cotangent, np.ndarray | np.generic | float):
        return
    cotangent = np.asarray(seen.cotangent, dtype=float)
    ones = seen.edges.pulled_with(np.ones(cotangent.shape))
    if not (cotangent == 1).all() and seen.fit({k: ones[k] for k in seen.wrong}):
        words = "the cotangent is not used: these are the derivatives of the sum of the outputs"
        yield tuple(Cause(Fault.COTANGENT, words, seen.edges.positions[k]) for k in seen.wrong)
        return
    nothing = seen.asked(np.zeros(cotangent.shape))
    if nothing is None or not any(np.any(nothing[k]) for k in seen.wrong):
        return
    if all(_same(nothing[k], seen.found[k]) for k in seen.wrong):
        words = f"the gradient of {_list(seen, seen.wrong)} does not depend on the cotangent"
        yield tuple(Cause(Fault.COTANGENT, words, seen.edges.positions[k]) for k in seen.wrong)
        return
    with_ones = seen.asked(np.ones(cotangent.shape))
    if with_ones is not None and all(_same(with_ones[k], ones[k]) for k in seen.wrong):
        words = f"a part of the gradient of {_list(seen, seen.wrong)} is made without the cotangent"
        yield tuple(Cause(Fault.COTANGENT, words, seen.edges.positions[k]) for k in seen.wrong)


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    size = largest_entry([one, other])
    return bool(np.all(np.abs(one - other) <= max(FITS, NOISE) * size))


def _pairs(seen: Observed) -> Iterator[tuple[Cause, ...]]:
    """Two gradients that are exchanged; one that is added to another, whether it is also returned or not."""
    if len(seen.wrong) == 2:
        a, b = seen.wrong
        if seen.fit({a: seen.right[b], b: seen.right[a]}):
            words = f"the gradients of {_list(seen, seen.wrong)} are exchanged"
            yield tuple(Cause(Fault.EXCHANGED, words, seen.edges.positions[k]) for k in seen.wrong)
    for a, b in itertools.permutations(range(len(seen.right)), 2):
        if seen.right[a].shape != seen.right[b].shape or not seen.right[b].any():
            continue
        alone = {a: seen.right[a] + seen.right[b]}
        if (set(seen.wrong) == {a} and seen.fit(alone)) or (
            set(seen.wrong) == {a, b} and not seen.found[b].any() and seen.fit({**alone, b: 0 * seen.right[b]})
        ):
            words = f"the gradient of {seen.name(b)} is added to that of {seen.name(a)}"
            yield (Cause(Fault.MERGED, words, seen.edges.positions[a]),)


def _list(seen: Observed, places: tuple[int, ...]) -> str:
    words = [seen.name(k) for k in places]
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + " and " + words[-1]
