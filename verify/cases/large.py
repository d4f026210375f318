"""The large cases of every run, one for each way in which a graph can be large: a vertex with many consumers, a vertex
and a leaf of many entries, many vertices one after the other.

An engine that is wrong from the k-th consumer, entry, vertex or level on is wrong on one of them for every k up to
`FARTHEST`, whether it counts from 0 or from 1, from the leaves or from the output: each is larger than that by one or
two. All of their derivatives differ from 0, and the values are fractions, so that they are compared exactly too.

>>> [case.name for case in large_cases()]
['1,025 consumers', '1,025 entries of a leaf', '1,025 entries inside', '1,025 levels']
>>> case = large_cases()[0]
>>> len(case.graph.children(1)), case.graph.n, max(len(case.graph.operands(i)) for i in range(1, case.graph.n + 1))
(1025, 1027, 1025)
>>> from backproof.verify.selftest.faults import over_children
>>> from backproof.verify.three_way.check import check_case
>>> from backproof.verify.three_way.witness import Witness
>>> check_case(case, over_children(lambda children: children[:1024]), witness=Witness.NONE).verdict.value  # from the 1,025th on
'WRONG'
"""

from __future__ import annotations

from fractions import Fraction

from backproof.engine import Graph, leaf, vertex
from backproof.verify.cases.case import Case, make_case

FARTHEST = 1024  # consumers, entries, vertices and levels up to which every run looks; chosen: no block or buffer of a usual size is longer
BEYOND = FARTHEST + 1  # of the cases themselves, so that number 1,024 is there when one counts from 0
CONSUMERS = ("square", "negate", "reciprocal")  # in turn; at 3 their derivatives are 6, −1, −1/9: no rest of the sum is 0
LEVELS = ("reciprocal", "negate")  # in turn; 3 becomes ±3 and ±1/3 again and again, so that no number grows


def large_cases() -> tuple[Case, ...]:
    """One case for consumers, two for entries, one for levels; the first and the last have as many vertices."""
    return (_consumers(), _entries_of_a_leaf(), _entries_inside(), _levels())


def _consumers() -> Case:
    """One leaf, read by 1,025 vertices, all of them read by the output: 1,025 operands, and as many paths."""
    readers = [vertex(f"v{k}", CONSUMERS[k % len(CONSUMERS)], (1,)) for k in range(1, BEYOND + 1)]
    graph = Graph(1, (leaf("x"), *readers, vertex("o", "add", range(2, BEYOND + 2))))
    return make_case(f"{BEYOND:,} consumers", "large", graph, [3])


def _entries_of_a_leaf() -> Case:
    """x · x: the adjoint of the leaf has 1,025 entries, 2 x."""
    return make_case(f"{BEYOND:,} entries of a leaf", "large", Graph(1, (leaf("x", (BEYOND,)), vertex("o", "dot", (1, 1)))), [_numbers()])


def _entries_inside() -> Case:
    """v = w·x for 1,025 constants w, then v · v: the adjoint of x is a sum over the entries of that of v."""
    inside = vertex("v", "weighted_sum", (1,), weights=[[[float(w)] for w in _numbers()]])
    return make_case(f"{BEYOND:,} entries inside", "large", Graph(1, (leaf("x"), inside, vertex("o", "dot", (2, 2)))), [Fraction(3, 4)])


def _levels() -> Case:
    """1,025 vertices one after the other between the leaf and the output: one path."""
    levels = [vertex(f"v{k}", LEVELS[k % len(LEVELS)], (k,)) for k in range(1, BEYOND + 1)]
    return make_case(f"{BEYOND:,} levels", "large", Graph(1, (leaf("x"), *levels, vertex("o", "square", (BEYOND + 1,)))), [3])


def _numbers() -> list[Fraction]:
    """Numbers of a few bits, none of them 0, neighbours different."""
    return [Fraction(k % 7 + 1, 4) * (-1) ** k for k in range(BEYOND)]
