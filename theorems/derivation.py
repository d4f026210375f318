r"""The derivation of L8, for any leaf of any graph: `derivation(structure, leaf)`; `theorems.printed_derivation` prints
it as the lecture does.

Every line follows from the one above it by the chain rule over the last edges of one vertex (L2c): the global
derivative of that vertex is rewritten, wherever it stands, as a sum over its arguments. The last line has local
derivatives only, one product for each path from the leaf. Nothing is evaluated here;
`backproof.verify.proofs.derivations` checks each line with numbers.

The lecture's network: o = −q_y, q = LS(l), l = Vh + γ, h = g(z), z = Wx + b.

>>> from backproof.theorems.printed_derivation import as_text
>>> lecture = Structure(
...     names=("W", "x", "b", "V", "γ", "y", "z", "h", "l", "q", "o"), l=6, discrete=frozenset({6}),
...     edges=((1, 7), (2, 7), (3, 7), (7, 8), (4, 9), (5, 9), (8, 9), (9, 10), (6, 11), (10, 11)))
>>> print(as_text(derivation(lecture, "V")))
∂o/∂V|^{f̄o} = ∂o/∂q|^{fo} × ∂q/∂V|^{f̄q}
            = ∂o/∂q|^{fo} × ∂q/∂l|^{fq} × ∂l/∂V|^{f̄l}
            = ∂o/∂q|^{fo} × ∂q/∂l|^{fq} × ∂l/∂V|^{fl}
>>> derivation(lecture, "V").lines[2].reason
'chain rule at l: its only argument that depends on V is V, and the derivative of V with respect to itself is I; γ and h do not depend on V, so their terms are 0 and dropped'
>>> derivation(lecture, "z")
Traceback (most recent call last):
    ...
ValueError: 'z' is not a leaf; a derivation starts at one of W, x, b, V, γ
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TypeAlias

from backproof.engine.graph import Edge, Graph

MOST_TERMS = 64  # chosen: more paths than this make a last line that nobody reads
MOST_FACTORS = 100_000  # chosen: of all lines together, some megabytes of text; a chain of n vertices has n²/2
MOST_LISTED = 6  # chosen: names of arguments in one reason; of more, the first five and how many are left

Vertex: TypeAlias = int | str


class TooLong(ValueError):
    """The derivation would have too many terms or factors; the message gives the count and the limit."""


@dataclass(frozen=True)
class Structure:
    """What a derivation needs of a graph: the names of the vertices 1 … n, the number l of leaves, the edges, and the
    discrete leaves.

    ValueError at an edge that L10 does not allow.
    """

    names: tuple[str, ...]
    l: int
    edges: tuple[Edge, ...]
    discrete: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        for j, i in self.edges:
            if not (1 <= j < i <= self.n and i > self.l):
                raise ValueError(f"edge ({j}, {i}) does not fit L10: an edge (j, i) needs 1 ≤ j < i ≤ n = {self.n} and i > l = {self.l}")

    @property
    def n(self) -> int:
        """The number of vertices, and the number of the output."""
        return len(self.names)

    @cached_property
    def _parents(self) -> dict[int, list[int]]:
        parents: dict[int, list[int]] = {}
        for j, i in sorted(set(self.edges)):
            parents.setdefault(i, []).append(j)
        return parents

    def parents(self, i: int) -> tuple[int, ...]:
        """π(i), ascending."""
        return tuple(self._parents.get(i, ()))

    def name(self, i: int) -> str:
        """The name of vertex i."""
        return self.names[i - 1]

    def number(self, vertex: Vertex) -> int:
        """The number of a vertex given by number or name; ValueError if there is none, or several of that name."""
        if isinstance(vertex, int) and 1 <= vertex <= self.n:
            return vertex
        found = [i for i, name in enumerate(self.names, start=1) if name == vertex]
        if len(found) != 1:
            raise ValueError(f"{len(found) or 'no'} vertices are called {vertex!r}; give a number 1 … {self.n} or the name of one vertex")
        return found[0]

    def reached(self, j: int) -> set[int]:
        """j and the vertices that depend on it."""
        found = {j}
        for i in range(max(j, self.l) + 1, self.n + 1):
            if any(parent in found for parent in self.parents(i)):
                found.add(i)
        return found


@dataclass(frozen=True)
class Derivative:
    """∂u_of/∂u_wrt under the local function f^of at its arguments, or under the global function f̄^of at the leaves
    (L1, L6).
    """

    of: int
    wrt: int
    is_global: bool

    def point(self, structure: Structure) -> tuple[int, ...]:
        """The vertices at whose values it is taken."""
        return tuple(range(1, structure.l + 1)) if self.is_global else structure.parents(self.of)


Term: TypeAlias = tuple[Derivative, ...]


@dataclass(frozen=True)
class Line:
    """A sum of products, later edges on the left; no term at all is 0. `reason` says in words why it equals the line
    above, `source` by which item.
    """

    terms: tuple[Term, ...]
    reason: str
    source: str


@dataclass(frozen=True)
class Derivation:
    """`left` = the first line = … = the last line, in which every derivative is local."""

    structure: Structure
    left: Derivative
    lines: tuple[Line, ...]


def structure(graph: Graph) -> Structure:
    """The structure of a graph."""
    discrete = frozenset(j for j in range(1, graph.l + 1) if graph.is_discrete(j))
    return Structure(tuple(graph.name(i) for i in range(1, graph.n + 1)), graph.l, graph.edges, discrete)


def merged(whole: Structure, vertex: Vertex) -> Structure:
    """The structure in which the function of the one vertex that reads `vertex` contains the function of `vertex`
    itself.

    The engine computes the lecture's o = −q_y (L6) in two vertices, q_y and o; merging q_y gives back f^o(q, y), as the
    lecture has it. The numbers stay; the merged vertex has no edge any more. ValueError for a leaf, the output, or a
    vertex that several others read.

    >>> from backproof.engine.network import network
    >>> from backproof.theorems.printed_derivation import as_text
    >>> print(as_text(derivation(merged(structure(network(3, 2, 4)), "q_y"), "γ")))
    ∂o/∂γ|^{f̄o} = ∂o/∂q|^{fo} × ∂q/∂γ|^{f̄q}
                = ∂o/∂q|^{fo} × ∂q/∂l|^{fq} × ∂l/∂γ|^{f̄l}
                = ∂o/∂q|^{fo} × ∂q/∂l|^{fq} × ∂l/∂γ|^{fl}
    """
    v = whole.number(vertex)
    children = [i for j, i in whole.edges if j == v]
    if v <= whole.l or len(children) != 1:
        raise ValueError(f"{whole.name(v)!r} cannot be merged: it must be a non-leaf that exactly one vertex reads, found {len(children)}")
    kept = {edge for edge in whole.edges if v not in edge} | {(a, children[0]) for a in whole.parents(v)}
    return replace(whole, edges=tuple(sorted(kept)))


def derivation(
    whole: Structure, leaf: Vertex, output: Vertex | None = None, *, along: Sequence[Vertex] | None = None, limit: int = MOST_TERMS
) -> Derivation:
    """The chain of rewritings of ∂u_output/∂u_leaf, from the global derivative to local ones (L8); `output` is vertex n
    where it is left out.

    As a sum over all paths: each line rewrites one global derivative wherever it stands, that of the last vertex which
    still has one. `along` a path (leaf, …, output): only the global derivative in the term of that path is rewritten;
    the other terms keep theirs, so that each line is still an equality. Where there is one path both are the lecture's
    chain. ∂u_j/∂u_j = I ends a term; a vertex that does not depend on the leaf has derivative 0, and its term is
    dropped (L15). ValueError if `leaf` is no differentiable leaf, `output` is a leaf or `along` is no path; TooLong
    above `limit` terms.
    """
    j, k = whole.number(leaf), whole.n if output is None else whole.number(output)
    _check_ends(whole, j, k)
    reached = whole.reached(j)
    left = Derivative(k, j, is_global=True)
    if k not in reached:
        zero = Line((), f"no path leads from {whole.name(j)} to {whole.name(k)}: a sum over no paths is 0", "L15")
        return Derivation(whole, left, (zero,))
    path = None if along is None else _checked_path(whole, along, j, k)
    order = _between(whole, reached, j, k) if path is None else path[:0:-1]
    _check_length(whole, reached, j, k, path, limit)
    terms: tuple[Term, ...] = ((left,),)
    lines: list[Line] = []
    prefix: Term = ()
    written = 0
    for position, i in enumerate(order):
        rewritten = Derivative(i, j, is_global=True)
        chosen = None if path is None else (*prefix, rewritten)
        factors = _last_edges(whole, reached, i, j)
        terms = tuple(
            new
            for term in terms
            for new in ([term[:-1] + f for f in factors] if term[-1] == rewritten and chosen in (None, term) else [term])
        )
        lines.append(Line(terms, *_reason(whole, reached, i, j)))
        if path is not None:
            prefix += (Derivative(i, path[-2 - position], is_global=False),)
        written += sum(map(len, terms))
        if written > MOST_FACTORS:
            raise TooLong(f"line {position + 1} of {len(order)} is beyond {MOST_FACTORS:,} factors; choose a nearer output (output=…)")
    return Derivation(whole, left, tuple(lines))


def _check_ends(whole: Structure, j: int, k: int) -> None:
    if j > whole.l or j in whole.discrete:
        kind = "is discrete and has no derivative (L6)" if j in whole.discrete else "is not a leaf"
        leaves = ", ".join(whole.name(i) for i in range(1, whole.l + 1) if i not in whole.discrete) or "no leaf"
        raise ValueError(f"{whole.name(j)!r} {kind}; a derivation starts at one of {leaves}")
    if k <= whole.l:
        raise ValueError(f"{whole.name(k)!r} is a leaf; a derivation is of a vertex after the leaves 1 … {whole.l}")


def _checked_path(whole: Structure, along: Sequence[Vertex], j: int, k: int) -> tuple[int, ...]:
    path = tuple(whole.number(vertex) for vertex in along)
    if len(path) < 2 or path[0] != j or path[-1] != k or any(a not in whole.parents(b) for a, b in pairwise(path)):
        raise ValueError(f"along {tuple(along)}: not a path from {whole.name(j)!r} to {whole.name(k)!r}, edge by edge, both ends included")
    return path


def _between(whole: Structure, reached: set[int], j: int, k: int) -> list[int]:
    """The vertices on a path from j to k, without j, the last one first."""
    needed = {k}
    for i in range(k, j, -1):
        if i in needed:
            needed |= set(whole.parents(i)) & reached
    return sorted(needed - {j}, reverse=True)


def _check_length(whole: Structure, reached: set[int], j: int, k: int, path: tuple[int, ...] | None, limit: int) -> None:
    """TooLong, before anything is written, if the last line would have more than `limit` terms: one for each path, or
    each edge beside the path.
    """
    if path is None:
        counts = {j: 1}
        for i in reversed(_between(whole, reached, j, k)):
            counts[i] = sum(counts.get(parent, 0) for parent in whole.parents(i))
        found, advice = counts[k], "choose one path (along=…) or raise the limit (limit=…)"
        terms = f"{found:,} paths lead from {whole.name(j)!r} to {whole.name(k)!r}, and the last line has one term for each"
    else:
        found = 1 + sum(len(reached.intersection(whole.parents(i))) - 1 for i in path[1:])
        terms, advice = f"the last line along this path has {found:,} terms", "raise the limit (limit=…)"
    if found > limit:
        raise TooLong(f"{terms}; the limit is {limit:,} terms; {advice}")


def _last_edges(whole: Structure, reached: set[int], i: int, j: int) -> list[Term]:
    """Σ over the arguments a of fⁱ: ∂u_i/∂u_a under fⁱ times ∂u_a/∂u_j under f̄ᵃ, with I left out and 0 dropped."""
    arguments = [a for a in whole.parents(i) if a in reached]
    return [(Derivative(i, a, is_global=False), *(() if a == j else (Derivative(a, j, is_global=True),))) for a in arguments]


def _reason(whole: Structure, reached: set[int], i: int, j: int) -> tuple[str, str]:
    """Why ∂u_i/∂u_j may be rewritten so, and the items of the lecture that say so."""
    leaf, arguments = whole.name(j), whole.parents(i)
    used = [a for a in arguments if a in reached]
    dropped = [a for a in arguments if a not in reached and a not in whole.discrete]
    discrete = [a for a in arguments if a in whole.discrete]
    names = _listed(map(whole.name, used))
    many = f"its arguments {names} depend on {leaf}"
    words = [f"chain rule at {whole.name(i)}: " + (many if len(used) > 1 else f"its only argument that depends on {leaf} is {names}")]
    if j in used:
        words[0] += f", and the derivative of {leaf} with respect to itself is I"
    if dropped:
        rest = (
            "does not depend on {}, so its term is 0 and dropped"
            if len(dropped) == 1
            else "do not depend on {}, so their terms are 0 and dropped"
        )
        words.append(f"{_listed(map(whole.name, dropped))} {rest.format(leaf)}")
    if discrete:
        words.append(f"{_listed(map(whole.name, discrete))} {'is' if len(discrete) == 1 else 'are'} discrete, without a term")
    return "; ".join(words), "L2(c), L15" if j in used or dropped else "L2(c)"


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    shown = every if len(every) <= MOST_LISTED else [*every[: MOST_LISTED - 1], f"{len(every) - MOST_LISTED + 1} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
