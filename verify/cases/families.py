"""The shapes of random graphs: for each family, which vertices each vertex reads.

A `Plan` lists the number of leaves and the parents of every non-leaf; which functions are put there is another matter
(`verify.cases.recipes`).

>>> from backproof.verify.cases.choices import Choices
>>> simplest = Choices(lambda lo, hi: lo)
>>> plan("diamond", simplest, 4).parents
((1,), (1,), (2, 3))
>>> plan("star", simplest, 4)
Traceback (most recent call last):
    ...
ValueError: unknown family 'star'; known: chain, diamond, ladder, complete, layered, residual, fan-in, fan-out, random
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from backproof.verify.cases.choices import Choices

Parents = list[tuple[int, ...]]


@dataclass(frozen=True)
class Plan:
    """Vertices 1 … `leaves` are leaves; `parents[k]` are those of vertex `leaves` + 1 + k."""

    leaves: int
    parents: tuple[tuple[int, ...], ...]


def _chain(choices: Choices, size: int) -> Plan:
    """Every vertex reads the one before it: one path."""
    return Plan(1, tuple((i,) for i in range(1, size)))


def _diamond(choices: Choices, size: int) -> Plan:
    """Split in two and join, again and again: the number of paths doubles each time."""
    parents: Parents = []
    top = 1
    for _ in range(max(1, (size - 1) // 3)):
        parents += [(top,), (top,), (top + 1, top + 2)]
        top += 3
    return Plan(1, tuple(parents))


def _ladder(choices: Choices, size: int) -> Plan:
    """Two rails with a rung at every step: the number of paths grows like the Fibonacci numbers."""
    parents: Parents = []
    left, right = 1, 2
    for _ in range(max(1, (size - 2) // 2)):
        fresh = len(parents) + 3
        parents += [(left, right), (right, fresh)]
        left, right = fresh, fresh + 1
    return Plan(2, tuple(parents))


def _complete(choices: Choices, size: int) -> Plan:
    """Every non-leaf reads every earlier vertex: all pairs that can be an edge are one."""
    leaves = choices.integer(1, min(2, size - 1))
    return Plan(leaves, tuple(tuple(range(1, i)) for i in range(leaves + 1, min(size, 9) + 1)))


def _layered(choices: Choices, size: int) -> Plan:
    """Layers of two or three vertices, each reading all of the layer before; one output."""
    width = choices.integer(2, 3)
    parents: Parents = []
    layer = list(range(1, width + 1))
    while width + len(parents) + width + 1 <= max(size, 2 * width + 1):
        start = width + len(parents) + 1
        parents += [tuple(layer)] * width
        layer = list(range(start, start + width))
    return Plan(width, (*parents, tuple(layer)))


def _residual(choices: Choices, size: int) -> Plan:
    """Blocks x → g(x) → x ∘ g(x): every block can be gone through or around."""
    parents: Parents = []
    top = 1
    for _ in range(max(1, (size - 1) // 2)):
        parents += [(top,), (top, top + 1)]
        top += 2
    return Plan(1, tuple(parents))


def _fan_in(choices: Choices, size: int) -> Plan:
    """Several leaves, each through a function of its own, all read by the output."""
    leaves = min(4, max(2, size // 2))
    return Plan(leaves, (*((j,) for j in range(1, leaves + 1)), tuple(range(leaves + 1, 2 * leaves + 1))))


def _fan_out(choices: Choices, size: int) -> Plan:
    """One leaf read by many vertices, all read by the output, which may read the leaf itself."""
    middle = tuple(range(2, max(4, size)))
    return Plan(1, (*((1,) for _ in middle), ((1,) if choices.chance(50) else ()) + middle))


def _random(choices: Choices, size: int) -> Plan:
    """Every vertex reads a random set of earlier ones, the one before it or some other; seldom none, and is then a
    constant."""
    leaves = choices.integer(1, min(4, size - 1))
    parents: Parents = []
    for i in range(leaves + 1, size + 1):
        some = choices.subset(range(1, i), 35)[-4:]
        parents.append(tuple(some) or (() if i < size and choices.chance(30) else (i - 1,)))
    return Plan(leaves, tuple(parents))


_FAMILIES: dict[str, Callable[[Choices, int], Plan]] = {
    "chain": _chain,
    "diamond": _diamond,
    "ladder": _ladder,
    "complete": _complete,
    "layered": _layered,
    "residual": _residual,
    "fan-in": _fan_in,
    "fan-out": _fan_out,
    "random": _random,
}
FAMILIES = tuple(_FAMILIES)


def family_words(family: str) -> str:
    """What graphs of a family look like, in a sentence; KeyError if there is no such family.

    >>> family_words("chain")
    'Every vertex reads the one before it: one path.'
    """
    return " ".join((_FAMILIES[family].__doc__ or "").split())


def plan(family: str, choices: Choices, size: int) -> Plan:
    """Who reads whom in a graph of about `size` ≥ 2 vertices of the given family."""
    if family not in _FAMILIES:
        raise ValueError(f"unknown family {family!r}; known: {', '.join(FAMILIES)}")
    return _FAMILIES[family](choices, size)


def with_step(given: Plan, choices: Choices) -> Plan:
    """The same plan with one more vertex on the way from a vertex to one that reads it: j → k becomes j → new → k."""
    place = choices.integer(0, len(given.parents) - 1)
    if not given.parents[place]:
        return given
    j, new = choices.pick(given.parents[place]), given.leaves + place + 1
    moved = [tuple(parent + (parent >= new) for parent in parents) for parents in given.parents]
    moved[place] = tuple(new if parent == j else parent for parent in given.parents[place])
    return Plan(given.leaves, (*moved[:place], (j,), *moved[place:]))


def with_unused_leaf(given: Plan) -> Plan:
    """The same plan with one more leaf, which nothing reads."""
    last = given.leaves
    return Plan(last + 1, tuple(tuple(j + (j > last) for j in parents) for parents in given.parents))


def with_dead_vertex(given: Plan, choices: Choices) -> Plan:
    """The same plan with one more vertex before the output, which reads another one and is read by none."""
    dead = (choices.integer(1, given.leaves + len(given.parents) - 1),)
    return Plan(given.leaves, (*given.parents[:-1], dead, given.parents[-1]))


def with_constant(given: Plan) -> Plan:
    """The same plan with a vertex without parents before the output, which the output reads."""
    place = given.leaves + len(given.parents)
    return Plan(given.leaves, (*given.parents[:-1], (), (*given.parents[-1], place)))
