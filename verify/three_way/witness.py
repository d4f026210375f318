"""The second witness of Theorem 1, mpmath differences of a case: entry by entry, where it is small, against path sums in
mpmath; along three random directions, where it is not, against path sums in balls.

>>> from backproof.engine import Graph, leaf, vertex
>>> from backproof.verify.cases.case import make_case
>>> def of(entries):
...     return make_case("sum", "replay", Graph(1, (leaf("x", (entries,)), vertex("y", "sum", (1,)))), [[1.0] * entries])
>>> fitting(of(64)).value, fitting(of(65)).value
('entry by entry', 'along directions')
>>> Witness("somehow")
Traceback (most recent call last):
    ...
ValueError: 'somehow' is not a valid Witness
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from backproof.engine import DomainError
from backproof.engine.graph import Edge
from backproof.verify.cases.case import Case, float_leaves
from backproof.verify.cases.replay import case_id
from backproof.verify.derivatives.differences import Difference
from backproof.verify.derivatives.directions import directions
from backproof.verify.paths.blocks import PathSums
from backproof.verify.paths.choice import pair_sums
from backproof.verify.paths.sums import PathSum, WrongPaths
from backproof.verify.three_way.comparison import Comparison
from backproof.verify.three_way.directional import opening_directions
from backproof.verify.three_way.routes import Routes
from backproof.verify.three_way.theorem_1 import opening_differences
from backproof.verify.verdicts import Evidence, Reason

FEW_ENTRIES, FEW_VERTICES = 64, 64  # up to which a difference is taken for every leaf entry; chosen: a tenth of a second at most


class Witness(StrEnum):
    """How differences are taken, if at all."""

    NONE = "not taken"
    ENTRIES = "entry by entry"
    DIRECTIONS = "along directions"


def fitting(case: Case) -> Witness:
    """How a case of this size is witnessed."""
    graph = case.graph
    few = graph.n <= FEW_VERTICES and sum(graph.dimension(j) for j in graph.differentiable_leaves()) <= FEW_ENTRIES
    return Witness.ENTRIES if few else Witness.DIRECTIONS


@dataclass(frozen=True)
class Witnessed:
    """What differences say of a case: how that compares (None where none were taken), the differences entry by entry,
    or the names of the directions.
    """

    comparison: Comparison | None = None
    moved: Mapping[int, Mapping[int, Difference]] = field(default_factory=dict[int, Mapping[int, Difference]])
    directions: tuple[str, ...] = ()


def witnessed(
    case: Case, witness: Witness, high: PathSums | None, pairs: Mapping[Edge, PathSum] | None, routes: Routes, digits: int
) -> Witnessed:
    """The differences of a case against its path sums: those in mpmath (`high`), or of `pairs`, in balls."""
    if witness is Witness.ENTRIES and high is not None:
        return _entry_by_entry(case, high, routes, digits)
    if witness is Witness.DIRECTIONS and pairs is not None and case.graph.differentiable_leaves():
        return _along_directions(case, pairs, routes, digits)
    return Witnessed()


def _entry_by_entry(case: Case, sums: PathSums, routes: Routes, digits: int) -> Witnessed:
    graph, opened, leaves = case.graph, opening_differences(sums.system), float_leaves(case)
    moved: dict[int, Mapping[int, Difference]] = {}
    try:
        for j in graph.differentiable_leaves():
            moved[j] = routes.differences(graph, leaves, j, digits)
        found, factored = pair_sums(graph, [(j, k) for j in moved for k in moved[j]], sums)
    except WrongPaths as error:
        return Witnessed(opened.wrong_paths(str(error)), moved)
    except DomainError as error:
        return Witnessed(opened.inconclusive(Reason.DOMAIN, str(error)), moved)
    comparison = routes.judge_derivatives(graph, found, moved, sums.system, digits)
    return Witnessed(replace(comparison, evidence=Evidence.FACTORED) if factored else comparison, moved)


def _along_directions(case: Case, pairs: Mapping[Edge, PathSum], routes: Routes, digits: int) -> Witnessed:
    graph, leaves = case.graph, float_leaves(case)
    chosen = directions(graph, leaves, case_id(case))
    names = tuple(direction.name for direction in chosen)
    try:
        moved = routes.differences_along(graph, leaves, chosen, digits)
    except DomainError as error:
        return Witnessed(opening_directions().inconclusive(Reason.DOMAIN, str(error)), directions=names)
    return Witnessed(routes.judge_directions(graph, pairs, chosen, moved, digits), directions=names)
