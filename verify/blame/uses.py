"""Faults of whole engines that show in the single uses of an operand: `use_rules(graph, D, u)`.

An edge Jacobian is the sum of those of its uses: x is used twice in x·x, and in add(x, y, x). A rule says what an
engine does with every use in any graph: of the contributions to an adjoint only the one that arrives last remains,
where the engine sets and should add; or the derivative of a function with respect to one operand is wrong. In which
order contributions arrive differs between engines, so every usual order is a rule of its own: consumers from the last
or from the first on, the operands of one consumer from the first, from the last, or folded into operations of two.

>>> from backproof.engine import Graph, forward, jacobians, leaf, vertex
>>> graph = Graph(1, (leaf("x"), vertex("y", "multiply", (1, 1))))
>>> u = forward(graph, [3.0])
>>> rules = use_rules(graph, jacobians(graph, u), u)
>>> [(rule.kind, rule.given[1, 2].item()) for rule in rules][:2]
[('one use only, of the first consumer', 3.0), ('one use only, of the last consumer', 3.0)]
>>> use_rules(Graph(1, (leaf("x"), vertex("y", "exp", (1,)))), {}, u)
Traceback (most recent call last):
    ...
KeyError: (1, 2)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.engine import FLOAT64, Graph
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.verify.blame.candidates import CHANGES, DROPPED, EVERYWHERE, Change

ONE_USE = {"one use only, of the first consumer": False, "one use only, of the last consumer": True}
"""The kinds of rule by which one use remains; whether it is one of the consumer with the highest number."""
MOST_OPERANDS = 3  # operands of one function that are told apart; chosen: those of the table with a fixed number


@dataclass(frozen=True)
class Use:
    """Operand number `slot` (from 0) of vertex `by` is `of`; `D` is the local Jacobian for this use alone."""

    of: int
    by: int
    slot: int
    D: Array

    @property
    def edge(self) -> Edge:
        """The edge along which it is read."""
        return self.of, self.by


def uses_of(graph: Graph, D: Mapping[Edge, Array], u: Mapping[int, Any]) -> tuple[Use, ...]:
    """Every use of a vertex that has an adjoint, each with its own Jacobian. KeyError for an edge without one."""
    found: list[Use] = []
    for i in range(graph.l + 1, graph.n + 1):
        operands = graph.operands(i)
        for slot, j in enumerate(operands):
            if not graph.is_discrete(j):
                alone = operands.count(j) == 1
                found.append(Use(j, i, slot, _floats(D[j, i]) if alone else _alone(graph, i, slot, u)))
    return tuple(found)


def _alone(graph: Graph, i: int, slot: int, u: Mapping[int, Any]) -> Array:
    arrays = [np.asarray(u[k], dtype=float).reshape(graph.shape(k)) for k in graph.operands(i)]
    return _floats(graph.row(i).jacobian(FLOAT64, graph.attributes(i), arrays, slot))


def use_rules(graph: Graph, D: Mapping[Edge, Array], u: Mapping[int, Any]) -> list[Change]:
    """What each rule puts in the place of D, on the edges where that is something else."""
    uses = uses_of(graph, D, u)
    return [*_one_use(uses), *_operands(graph, uses)]


def _one_use(uses: Sequence[Use]) -> list[Change]:
    """Of the uses of each vertex one remains. Rules that keep the same ones on this graph are each listed: they differ
    on others.
    """
    of: dict[int, list[Use]] = {}
    for use in uses:
        of.setdefault(use.of, []).append(use)
    several = [members for members in of.values() if len(members) > 1]
    found: list[Change] = []
    for words, arrives in ARRIVALS.items() if several else ():
        for kind, last in ONE_USE.items():
            given: dict[Edge, Array] = {}
            for members in several:
                consumer = (max if last else min)(use.by for use in members)
                kept = max((use for use in members if use.by == consumer), key=lambda use: arrives(use.slot))
                given |= {use.edge: np.zeros_like(use.D) for use in members}
                given[kept.edge] = kept.D
            found.append(Change(kind, given=given, whole=EVERYWHERE, detail=words))
    return found


ARRIVALS: dict[str, Callable[[int], int]] = {
    "operands in order": lambda slot: slot,
    "operands from the last on": lambda slot: -slot,
    "operands folded two by two": lambda slot: 1 if slot == 1 else -slot,
}
"""When the use of an operand arrives, among those of one consumer: the later, the larger. Folded, f(a, b, c) is
f(f(a, b), c): going back, c comes first, then a, then b.
"""


def _operands(graph: Graph, uses: Sequence[Use]) -> list[Change]:
    """The derivative with respect to one operand, wrong in a known way, in every vertex of one function of several."""
    chosen: dict[tuple[str, int], list[Use]] = {}
    for use in uses:
        if use.slot < MOST_OPERANDS and len(graph.operands(use.by)) > 1:
            chosen.setdefault((graph.row(use.by).name, use.slot), []).append(use)
    whole: dict[Edge, Array] = {}
    for use in uses:
        whole[use.edge] = whole[use.edge] + use.D if use.edge in whole else use.D
    found: list[Change] = []
    for (function, slot), members in chosen.items():
        for change in CHANGES:
            given = {use.edge: whole[use.edge] - use.D + _changed(change, use.D) for use in members}
            found.append(Change(change.kind, given=given, whole=f"every {function}, operand {slot + 1},"))
    return found


def _changed(change: Change, D: Array) -> Array:
    return np.zeros_like(D) if change is DROPPED or change.of is None else change.of(D)


def _floats(matrix: Any) -> Array:
    return np.asarray(matrix, dtype=float)
