"""The path sums that a check uses (`paths/blocks.py`) against their definition (`paths/sums.py`), in which every path is
multiplied out by itself.

The two are ours: where they differ, nothing is known of any engine, and the case is WRONG by *internal disagreement*.

>>> from backproof.engine import RATIONAL, Graph, forward, jacobians, leaf, vertex
>>> from backproof.verify.paths.blocks import PathSums
>>> from backproof.verify.paths.sums import path_sum
>>> graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
>>> D = jacobians(graph, forward(graph, [3, 4], RATIONAL), RATIONAL)
>>> found = {(j, 4): total for j, total in PathSums(graph, D, RATIONAL).to(4, (1, 2, 3)).items()}
>>> blocks_against_definition(graph, D, found, path_sum, RATIONAL).verdict.value
'CORRECT'
>>> blocks_against_definition(graph, D, {**found, (2, 4): found[1, 4]}, path_sum, RATIONAL).detail
'internal disagreement: 1 of 3 path sums by blocks is not that of the definition (u2 to u4: 1 path, by definition 2 paths)'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from backproof.engine import Graph, NumberSystem
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.theorems.path_sum import PATH_SUM
from backproof.verify.cases.case import Case
from backproof.verify.numbers.float_model import gamma
from backproof.verify.paths.enumeration import path_counts
from backproof.verify.paths.magnitudes import operations_behind
from backproof.verify.paths.sums import PathSum, WrongPaths
from backproof.verify.three_way.comparison import Comparison, Failure, entry_label, shown, shown_ball
from backproof.verify.three_way.theorem_2 import Agreement, equal, overlapping, within
from backproof.verify.verdicts import Evidence, Reason, Verdict

CLAIM_DEFINITION = "path sum = its definition"
DISAGREEMENT = "internal disagreement"
"""The word for two routes of ours that do not agree with each other."""
MOST_VERTICES, MOST_PATHS = 16, 256  # up to which the definition is tried, paths of all pairs; chosen: some milliseconds a case


def is_small(case: Case) -> bool:
    """Whether every path of a case can be multiplied out by itself in no time."""
    graph = case.graph
    if graph.n > MOST_VERTICES:
        return False
    return sum(sum(path_counts(graph, j).values()) for j in range(1, graph.n + 1) if not graph.is_discrete(j)) <= MOST_PATHS


def blocks_against_definition(
    graph: Graph, D: Mapping[Edge, Array], found: Mapping[Edge, PathSum], definition: Callable[..., PathSum], system: NumberSystem
) -> Comparison:
    """The path sums `found` for some pairs (j, k), against `definition(graph, D, j, k, system)`: their paths, their
    values, and in floats the magnitudes beside them. WRONG where one differs: equality over the rationals, overlap in
    balls, what rounding allows in floats.
    """
    failures: list[tuple[float, Failure]] = []
    pairs: list[str] = []
    entries, undecided = 0, ""
    for (j, k), total in found.items():
        where = f"{graph.name(j)} to {graph.name(k)}"
        try:
            expected = definition(graph, D, j, k, system)
        except WrongPaths as error:
            failures.append((np.inf, Failure(where, _paths(total.count), str(error), "", "")))
            pairs.append(f"{where}: {error}")
            continue
        entries += expected.value.size
        if (total.count, total.longest) != (expected.count, expected.longest) or total.value.shape != expected.value.shape:
            failures.append((np.inf, Failure(where, _shape(total), _shape(expected), "", "")))
            pairs.append(f"{where}: {_paths(total.count)}, by definition {_paths(expected.count)}")
            continue
        agreement = _agreement(graph, j, total, expected, system)
        undecided = undecided or agreement.undecided.format(vertex=graph.name(j), system=system.name)
        for apart in agreement.apart:
            at = f"∂{graph.name(k)}{entry_label(graph, k, apart.at[0])}/∂{graph.name(j)}{entry_label(graph, j, apart.at[1])}"
            words = shown_ball if system.family == "ball" else shown
            failures.append((apart.share, Failure(at, words(apart.left), words(apart.right), "", "")))
        if agreement.apart:
            pairs.append(f"{where}: another value")
    result = replace(_opening(system), entries=entries)
    if failures:
        which = f"{len(pairs)} of {len(found)} path sums by blocks {'is' if len(pairs) == 1 else 'are'} not that of the definition"
        return result.with_failures(Verdict.WRONG, f"{DISAGREEMENT}: {which} ({pairs[0]})", failures)
    return result.inconclusive(Reason.DTYPE, undecided) if undecided else result


def _opening(system: NumberSystem) -> Comparison:
    evidence = Evidence.CERTIFIED if system.family == "ball" else Evidence.EXACT if system.exact else Evidence.ROUNDING
    name = "ball" if system.family == "ball" else system.name
    return Comparison(CLAIM_DEFINITION, PATH_SUM.name, name, Verdict.CORRECT, evidence)


def _agreement(graph: Graph, j: int, total: PathSum, expected: PathSum, system: NumberSystem) -> Agreement:
    if system.family == "ball":
        return overlapping(total.value, expected.value)
    if system.exact:
        return equal(total.value, expected.value)
    factor = gamma(operations_behind(graph, j, total.longest, total.count) + 4, system.unit_roundoff)
    allowed = system.scale(2 * factor, expected.magnitude)
    smallest = float(np.finfo(system.dtype).smallest_subnormal) * max(1.0, expected.growth) * total.count * graph.n
    values, sizes = within(total.value, expected.value, allowed, smallest), within(total.magnitude, expected.magnitude, allowed, smallest)
    return Agreement([*values.apart, *sizes.apart], undecided=values.undecided or sizes.undecided)


def _paths(count: int) -> str:
    return "1 path" if count == 1 else f"{count:,} paths"


def _shape(total: PathSum) -> str:
    return f"{_paths(total.count)} of up to {total.longest} edges, shape {total.value.shape}"
