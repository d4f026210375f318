"""The path sums of many pairs at once: from every vertex to one, or from one vertex to all.

The paths are those of `verify.paths.enumeration`, by networkx, each looked at: it must be another one, and without its
first edge (or its last) one of the paths that are known. Then the product of a path is that of the path without this
edge, times D of the edge; the products of all paths that begin with the same edge are one block, formed at once. They
are added up only in the end: every path has its own product, and the recursion of the backward pass is not used.

>>> from backproof.engine import Graph, forward, jacobians, leaf, vertex
>>> graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
>>> sums = PathSums(graph, jacobians(graph, forward(graph, [3.0, 4.0])))
>>> {j: total.value.item() for j, total in sums.to(4, (1, 2, 3, 4)).items()}
{1: 4.0, 2: 11.0, 3: 4.0, 4: 1.0}
>>> {k: total.count for k, total in sums.leaving(2, (3, 4)).items()}
{3: 1, 4: 2}
>>> Enumeration(graph, lambda graph, j, k: iter([(j, k)])).to(4, [2])
Traceback (most recent call last):
    ...
backproof.verify.paths.sums.WrongPaths: 1 path enumerated from vertex 2 ('u2') to vertex 4 ('u4'), but there are 2
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backproof.engine import FLOAT64, Graph, NumberSystem
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.engine.vertices import label
from backproof.verify.numbers.matrices import matrices_of
from backproof.verify.paths.enumeration import Enumerate, Path, path_counts, path_counts_to, paths, paths_from, paths_to
from backproof.verify.paths.magnitudes import are_comfortable, growth_by, largest_row, scale_system
from backproof.verify.paths.sums import PathSum, WrongPaths

SHARED = 2000  # chosen: paths from a leaf that are kept for the vertices behind it; of more, those to one end are enumerated anew


@dataclass(frozen=True)
class Steps:
    """Enumerated paths that have one `end` in common. The paths of vertex v go on through the vertices `onward[v]`, all
    paths of each of them; v comes after these.

    `counts` and `longest`: how many paths v has, and how many edges the longest.
    """

    end: int
    onward: Mapping[int, Sequence[int]]
    counts: Mapping[int, int]
    longest: Mapping[int, int]


class Enumeration:
    """The paths of a graph, enumerated once for all number systems. WrongPaths where the enumeration is not exactly the
    paths that are counted."""

    def __init__(self, graph: Graph, enumerate_paths: Enumerate = paths) -> None:
        self.graph, self.enumerate_paths = graph, enumerate_paths
        self._known: dict[tuple[int, bool, frozenset[int]], Steps] = {}
        self._leaving: dict[int, dict[int, list[Path]]] = {}

    def to(self, k: int, sources: Iterable[int]) -> Steps:
        """The paths to k from the sources, and from all vertices between."""
        return self._steps(k, True, frozenset(sources))

    def leaving(self, j: int, targets: Iterable[int]) -> Steps:
        """The paths from j to the targets, and to all vertices between."""
        return self._steps(j, False, frozenset(targets))

    def _steps(self, end: int, arriving: bool, vertices: frozenset[int]) -> Steps:
        key = end, arriving, vertices
        if key not in self._known:
            self._known[key] = self._enumerated(*key)
        return self._known[key]

    def _enumerated(self, end: int, arriving: bool, vertices: frozenset[int]) -> Steps:
        graph = self.graph
        counts = path_counts_to(graph, end) if arriving else path_counts(graph, end)
        inside = self._between(end, arriving, vertices, counts)
        found = self._paths(end, arriving, inside)
        known: dict[int, set[Path]] = {end: {(end,)}}
        onward: dict[int, list[int]] = {}
        longest = {end: 0}
        for v in inside:
            j, k = (v, end) if arriving else (end, v)
            neighbours = graph.children(v) if arriving else graph.parents(v)
            onward[v] = [w for w in neighbours if w in known]
            possible = {(v, *rest) if arriving else (*rest, v) for w in onward[v] for rest in known[w]}
            own = set(found[v])
            if len(own) < len(found[v]) or not own <= possible:
                wrong = _repeated_or_not_among(possible, found[v])
                raise WrongPaths(f"{wrong} is not another path from {label(graph.vertices, j)} to {label(graph.vertices, k)}")
            if len(own) != counts[v]:
                many = f"{len(own)} path{'s' if len(own) != 1 else ''}"
                raise WrongPaths(
                    f"{many} enumerated from {label(graph.vertices, j)} to {label(graph.vertices, k)}, but there are {counts[v]}"
                )
            known[v] = own
            longest[v] = 1 + max(longest[w] for w in onward[v])
        return Steps(end, onward, {v: len(own) for v, own in known.items()}, longest)

    def _between(self, end: int, arriving: bool, vertices: frozenset[int], counts: Mapping[int, int]) -> list[int]:
        """The vertices that have a path to (or from) the end on the way of one of the given ones, nearest to the end
        first."""
        graph, inside, waiting = self.graph, set[int](), list(vertices)
        while waiting:
            v = waiting.pop()
            if v != end and v in counts and v not in inside:
                inside.add(v)
                waiting += graph.children(v) if arriving else graph.parents(v)
        return sorted(inside, reverse=arriving)

    def _paths(self, end: int, arriving: bool, inside: Sequence[int]) -> Mapping[int, Collection[Path]]:
        if self.enumerate_paths is not paths:
            return {v: list(self.enumerate_paths(self.graph, *((v, end) if arriving else (end, v)))) for v in inside}
        if not arriving:
            return self._leaving.get(end) or paths_from(self.graph, end, inside)
        leaves = [j for j in self.graph.differentiable_leaves() if j in inside]
        if any(sum(path_counts(self.graph, j).values()) > SHARED for j in leaves):
            return paths_to(self.graph, end, inside)
        return self._ends(end, leaves, inside)

    def _ends(self, end: int, leaves: Sequence[int], inside: Sequence[int]) -> Mapping[int, Collection[Path]]:
        """The paths to the end as what is left of the leaves' own paths after each vertex on the way; where no leaf
        leads, by networkx."""
        found: dict[int, dict[Path, None]] = {v: {} for v in inside}
        for j in leaves:
            if j not in self._leaving:
                self._leaving[j] = paths_from(self.graph, j, path_counts(self.graph, j))
            for path in self._leaving[j][end]:
                for place, v in enumerate(path[:-1]):
                    rest = path[place:]
                    if rest in found[v]:
                        break
                    found[v][rest] = None
        return {v: rests or list(paths(self.graph, v, end)) for v, rests in found.items()}


def _repeated_or_not_among(possible: Collection[Path], found: Iterable[Path]) -> Path | None:
    """The first path that is none of the possible ones, or stands there twice."""
    seen: set[Path] = set()
    for path in found:
        if path in seen or path not in possible:
            return path
        seen.add(path)
    return None


class PathSums:
    """Path sums with the same D, hence with the same matrices.

    `sizes`: those with |D|, in floats; where they are not given (or floats have not the range), they are made of D.
    """

    def __init__(
        self,
        graph: Graph,
        D: Mapping[Edge, Array],
        system: NumberSystem = FLOAT64,
        enumeration: Enumeration | None = None,
        sizes: PathSums | None = None,
    ) -> None:
        self.graph, self.D, self.system = graph, D, system
        self.enumeration = enumeration or Enumeration(graph)
        self._kind = matrices_of(system)
        self._sizes = sizes
        self._matrices: dict[tuple[Edge, bool], Any] = {}
        self._values: dict[int, tuple[Steps, Mapping[int, Array]]] = {}
        self._largest_rows: dict[int, tuple[Steps, Mapping[int, float]]] = {}

    @property
    def sizes(self) -> PathSums:
        """Those with |D|."""
        if self._sizes is None:
            scale = scale_system(self.graph, self.D, self.system)
            absolute = {edge: scale.absolute(scale.array(block)) for edge, block in self.D.items()}
            self._sizes = PathSums(self.graph, absolute, scale, self.enumeration)
        return self._sizes

    @property
    def are_comfortable(self) -> bool:
        """Whether no product along a path can come near the end of the range of float64."""
        return are_comfortable(self.graph, self.D)

    def to(self, k: int, sources: Sequence[int]) -> dict[int, PathSum]:
        """The path sum from each source to k, of shape d_k × d_j."""
        steps = self.enumeration.to(k, sources)
        return {j: self._sum(steps, j, arriving=True) for j in sources}

    def leaving(self, j: int, targets: Sequence[int]) -> dict[int, PathSum]:
        """The path sum from j to each target k, of shape d_k × d_j."""
        steps = self.enumeration.leaving(j, targets)
        return {k: self._sum(steps, k, arriving=False) for k in targets}

    def _sum(self, steps: Steps, v: int, arriving: bool) -> PathSum:
        graph, sizes = self.graph, self.sizes
        if v not in steps.counts:
            shape = (graph.dimension(steps.end), graph.dimension(v)) if arriving else (graph.dimension(v), graph.dimension(steps.end))
            return PathSum(self.system.zeros(shape), sizes.system.zeros(shape), 0, 0, 1.0)
        value, magnitude = self.value(steps, v, arriving), sizes.value(steps, v, arriving)
        growth = sizes.growth(steps, v, arriving) if self.system.family == "float" else 1.0
        return PathSum(value, magnitude, steps.counts[v], steps.longest[v], growth)

    def value(self, steps: Steps, v: int, arriving: bool) -> Array:
        """Σ Π D over the enumerated paths of vertex v; the identity, of the empty path, where it is their end."""
        if v == steps.end:
            return self.system.identity(self.graph.dimension(v))
        known = self._values.get(id(steps))
        if known is None:
            known = self._values[id(steps)] = steps, self._added_up(steps, arriving)
        return known[1][v]

    def growth(self, steps: Steps, v: int, arriving: bool) -> float:
        """By how much the rest of a path can magnify what happens on it: the largest row sum on the way, to the power
        of its length."""
        known = self._largest_rows.get(id(steps))
        if known is None:
            largest = {steps.end: 0.0}
            for w, onward in steps.onward.items():
                largest[w] = max(max(largest[x], largest_row(self.D[(w, x) if arriving else (x, w)])) for x in onward)
            known = self._largest_rows[id(steps)] = steps, largest
        return growth_by(known[1][v], steps.longest[v])

    def _added_up(self, steps: Steps, arriving: bool) -> dict[int, Array]:
        """The product of a path of one edge is D of that edge: an identity is not multiplied with it, which of a leaf of
        many entries would be a large one."""
        kind, width = self._kind, self.graph.dimension(steps.end)
        products: dict[int, Any] = {}
        sums: dict[int, Array] = {}
        with kind.working():
            for v, onward in steps.onward.items():
                blocks = [self._matrix((v, w) if arriving else (w, v), arriving) for w in onward]
                products[v] = kind.above(
                    [kind.times(products[w], block) if w in products else block for w, block in zip(onward, blocks, strict=True)]
                )
                total = kind.folded(products[v], width)
                sums[v] = total if arriving else total.T
        return sums

    def _matrix(self, edge: Edge, arriving: bool) -> Any:
        """D of an edge; transposed where paths grow at their end."""
        key = edge, arriving
        if key not in self._matrices:
            if edge not in self.D:
                raise WrongPaths(f"{edge} is an edge of a path, and has no Jacobian")
            self._matrices[key] = self._kind.of(self.D[edge]) if arriving else self._kind.turned(self._matrix(edge, True))
        return self._matrices[key]
