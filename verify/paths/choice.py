"""Which of the four enumerations a count asks for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backproof.engine import FLOAT64, Graph, NumberSystem
from backproof.engine.graph import Edge
from backproof.verify.paths.blocks import PathSums
from backproof.verify.paths.enumeration import path_counts, path_counts_to
from backproof.verify.paths.factored import sums_by_length
from backproof.verify.paths.frontier import frontier_sums
from backproof.verify.paths.sums import PathSum

ENUMERATED = 2_000
MOST_ENUMERATED = 2**30


def sums_to(graph: Graph, k: int, sources: Sequence[int], sums: PathSums) -> tuple[dict[int, PathSum], bool]:
    """The path sum from each source to k: by networkx up to 2,000 paths a pair; above, in float64 by the blocked enumeration up to 2³⁰, otherwise factored (and that is told)."""
    known = path_counts_to(graph, k)
    counts = {j: known.get(j, 0) for j in sources}
    few = [j for j in sources if counts[j] <= ENUMERATED]
    found = sums.to(k, few)
    if len(few) == len(sources):
        return found, False
    enumerated = sums.system is FLOAT64 and max(counts.values()) <= MOST_ENUMERATED
    many = frontier_sums(graph, sums.D, k) if enumerated else sums_by_length(graph, sums.D, k, sums.system)
    return {j: found.get(j) or many[j] for j in sources}, not enumerated


def _shared_sizes(floats: PathSums, system: NumberSystem) -> PathSums | None:
    """The magnitudes of the float path sums serve where they are only a scale, unless they come near the end of the range."""
    only_a_scale = system.exact or system.family == "ball"
    return floats.sizes if only_a_scale and floats.are_comfortable else None


def _pair_sums(graph: Graph, pairs: Iterable[Edge], sums: PathSums) -> tuple[dict[Edge, PathSum], bool]:
    """The path sums of all pairs (j, k), and whether some are factored."""
    targets: dict[int, list[int]] = {}
    for j, k in pairs:
        targets.setdefault(j, []).append(k)
    found: dict[Edge, PathSum] = {}
    many: list[Edge] = []
    for j, reached in targets.items():
        counts = path_counts(graph, j)
        few = [k for k in reached if counts.get(k, 0) <= ENUMERATED]
        found.update({(j, k): total for k, total in sums.leaving(j, few).items()})
        many += [(j, k) for k in reached if (j, k) not in found]
    for k in dict.fromkeys(k for _, k in many):
        factored = sums_by_length(graph, sums.D, k, sums.system)
        found.update({(j, end): factored[j] for j, end in many if end == k})
    return found, bool(many)
