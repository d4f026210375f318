"""Random cases that are large in one way: a wide fan, a long chain, many leaves, vectors of many entries.

Every twenty-fifth random case of a campaign is one (`is_tail`): its size is drawn from 16 to `FARTHEST`, as many
between 16 and 32 as between 512 and 1,024, so that most are cheap and any length of a block or a buffer is gone beyond
again and again. Their functions are cheap ones with derivatives of size 1, and no path sum is large: a fan of k has k
paths. Some are of fractions, and are compared exactly too.

>>> [index for index in range(100) if is_tail(index)]
[24, 49, 74, 99]
>>> case = tail_case(seed=0, index=24)
>>> case == tail_case(seed=0, index=24), case.family, case.graph.n > 16
(True, 'fan-out', True)
>>> tail_case(seed=0, index=25)
Traceback (most recent call last):
    ...
ValueError: random case 25 is no large one; every 25th is, from 24 on
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from backproof.engine import Graph, Vertex, leaf, vertex
from backproof.verify.cases.building import NoFit
from backproof.verify.cases.case import Case, make_case
from backproof.verify.cases.choices import Choices, seeded
from backproof.verify.cases.large import FARTHEST

EVERY = 25  # one of so many random cases is large; chosen: 4 % of the cases, which take a quarter of the time
SMALLEST = 16  # chosen: more consumers and entries than any other random case has
WIDEST_LEAVES = 256  # chosen: each leaf has path sums of its own, and 256 take half a second
SMOOTH = ("sin", "tanh", "cos", "sigmoid", "square", "negate", "softplus")
EXACT = ("square", "negate", "reciprocal", "identity")
LONG_EXACT = ("reciprocal", "negate", "identity")
LONG = ("sin", "negate", "cos")  # of a chain: no value grows or runs into a fixed point at once
ATTEMPTS = 2  # chosen: rounds through all kinds, where few functions are allowed
STREAM = 25  # of the random numbers of these cases, apart from those of the others

Drawn = tuple[str, Graph, list[Any]]


def is_tail(index: int) -> bool:
    """Whether random case number `index` of a campaign is a large one."""
    return index % EVERY == EVERY - 1


def tail_case(seed: int, index: int, functions: Collection[str] | None = None, scalars: bool = False) -> Case:
    """Random case number `index` of a seed, for a number of a large one; ValueError for any other.

    `functions` are the only ones to use, `scalars` makes every vertex a scalar; NoFit where no large case can be made
    of them.

    >>> tail_case(0, 24, {"add", "tanh"}, scalars=True).family
    'fan-out'
    """
    if not is_tail(index):
        raise ValueError(f"random case {index} is no large one; every {EVERY}th is, from {EVERY - 1} on")
    for attempt in range(len(KINDS) * (1 if functions is None else ATTEMPTS)):
        choices = seeded(np.random.default_rng([seed, index, STREAM, attempt]))
        kind = KINDS[(index // EVERY + attempt) % len(KINDS)]
        size = _size(choices, WIDEST_LEAVES if kind is _leaves else FARTHEST)
        family, graph, leaves = kind(_Drawing(choices, choices.chance(50), functions), size)
        used = {graph.row(i).name for i in range(graph.l + 1, graph.n + 1)}
        if (functions is None or used <= set(functions)) and not (scalars and any(graph.shape(i) for i in range(1, graph.n + 1))):
            return make_case(f"random {index}", "random", graph, leaves, family)
    raise NoFit("no large case can be made of the functions allowed")


@dataclass(frozen=True)
class _Drawing:
    """Where the choices come from, whether the case is one of fractions, and which functions may be used."""

    choices: Choices
    exact: bool
    functions: Collection[str] | None

    def function(self, of_floats: Sequence[str], of_fractions: Sequence[str]) -> str:
        """One that may be used, if there is one."""
        names = of_fractions if self.exact else of_floats
        return self.choices.pick([name for name in names if self.functions is None or name in self.functions] or names)

    def vertex(self, options: Sequence[Vertex]) -> Vertex:
        """One whose function may be used, if there is one."""
        return self.choices.pick([v for v in options if self.functions is None or v.function in self.functions] or options)

    def number(self) -> Fraction | float:
        """Of size 1/4 … 2, and never 0."""
        size = self.choices.integer(16, 128)
        return Fraction(size, 64) if self.exact else self.choices.pick((1.0, -1.0)) * size / 64

    def weights(self, count: int) -> list[float]:
        """As many of size 1/4 … 2, and never 0."""
        return [self.choices.pick((1.0, -1.0)) * self.choices.integer(1, 8) / 4 for _ in range(count)]


def _size(choices: Choices, most: int) -> int:
    """From 16 to the most, every doubling as likely as the other."""
    doublings = int(math.log2(most // SMALLEST))
    low = SMALLEST * 2 ** choices.integer(0, doublings - 1)
    return choices.integer(low, 2 * low)


def _fan(draw: _Drawing, size: int) -> Drawn:
    """One leaf with so many consumers, all of them read by the output; sometimes a vertex has them."""
    deep = int(draw.choices.chance(50))
    stem = [vertex("v0", draw.function(LONG, LONG_EXACT), (1,))] * deep
    readers = [vertex(f"v{k}", draw.function(SMOOTH, EXACT), (1 + deep,)) for k in range(1, size + 1)]
    operands = range(2 + deep, size + 2 + deep)
    return "fan-out", Graph(1, (leaf("x"), *stem, *readers, _joined(draw, operands))), [draw.number()]


def _joined(draw: _Drawing, operands: Sequence[int]) -> Vertex:
    """The output, or what comes before it: a sum of scalars."""
    weights = [[[weight]] for weight in draw.weights(len(operands))]
    return draw.vertex([vertex("s", "add", operands), vertex("s", "weighted_sum", operands, weights=weights)])


def _chain(draw: _Drawing, size: int) -> Drawn:
    """So many vertices one after the other."""
    return (
        "chain",
        Graph(1, (leaf("x"), *(vertex(f"v{k}", draw.function(LONG, LONG_EXACT), (k,)) for k in range(1, size + 1)))),
        [draw.number()],
    )


def _entries_of_a_leaf(draw: _Drawing, size: int) -> Drawn:
    """A leaf of so many entries, reduced at once."""
    weighted = vertex("s", "weighted_sum", (1,), weights=[[draw.weights(size)]])
    ends = [vertex("s", "dot", (1, 1)), vertex("s", "mean", (1,)), weighted, *([] if draw.exact else [vertex("s", "logsumexp", (1,))])]
    graph = Graph(1, (leaf("x", (size,)), draw.vertex(ends), vertex("o", draw.function(SMOOTH, EXACT), (2,))))
    return "fan-in", graph, [[draw.number() for _ in range(size)]]


def _entries_inside(draw: _Drawing, size: int) -> Drawn:
    """A vector of so many entries made of a leaf of a few, and reduced."""
    width = draw.choices.integer(1, 3)
    weighted = vertex("v", "weighted_sum", (1,), weights=[[draw.weights(width) for _ in range(size)]])
    made = draw.vertex([weighted, *([vertex("v", "broadcast", (1,), to=(size,))] if width == 1 else [])])
    end = draw.vertex([vertex("o", "dot", (2, 2)), *([] if draw.exact else [vertex("o", "logsumexp", (2,))])])
    graph = Graph(1, (leaf("x", () if made.function == "broadcast" else (width,)), made, end))
    return "chain", graph, [[draw.number() for _ in range(width)]]


def _leaves(draw: _Drawing, size: int) -> Drawn:
    """So many leaves, all of them read by one vertex, and what it gives by the output."""
    leaves = (leaf(f"x{k}") for k in range(1, size + 1))
    graph = Graph(size, (*leaves, _joined(draw, range(1, size + 1)), vertex("o", draw.function(SMOOTH, ("square", "negate")), (size + 1,))))
    return "fan-in", graph, [draw.number() for _ in range(size)]


def _residual(draw: _Drawing, size: int) -> Drawn:
    """A long chain with ways around its first vertices, joined at the end."""
    steps = [vertex(f"v{k}", draw.function(LONG, LONG_EXACT), (k,)) for k in range(1, size)]
    around = sorted({1, *(draw.choices.integer(2, size - 1) for _ in range(3)), size})
    return "residual", Graph(1, (leaf("x"), *steps, _joined(draw, around))), [draw.number()]


KINDS = (_fan, _chain, _entries_of_a_leaf, _entries_inside, _leaves, _residual)
