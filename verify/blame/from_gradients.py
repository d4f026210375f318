"""Which hypotheses explain wrong gradients: `explain(space, error, noise)`, from the observed entries alone.

A hypothesis matches if it predicts the error in every observed entry, up to `noise` (how far a correct implementation may be off) and the rounding of the
prediction itself, and if it predicts something that can be seen at all. Nothing is picked: both bounds come from Σ Π|D|. A factor is fitted, and then
tested like the rest; it explains one number always, so a factor fitted to one number is named only where nothing else explains it.

>>> from backproof.engine import Graph, forward, jacobians, leaf, vertex
>>> from backproof.verify.blame.predictions import make_space
>>> graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
>>> space = make_space(graph, jacobians(graph, forward(graph, [3.0, 4.0])), None, {1: 4.0, 2: 4.0})
>>> noise = 1e-14 * np.ones(2)
>>> [(c.kind, c.place) for c in explain(space, np.array([0.0, -7.0]), noise)][:2]
[('dropped', (2, 4)), ('first consumer only', 2)]
>>> explain(space, np.array([0.5, 0.25]), noise)
[]
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.verify.blame.hypotheses import EVERYWHERE, RULES, Candidate, incidence, single_places, wide_places
from backproof.verify.blame.predictions import UNIT, Space, predictions, rerun, start_of, sums, wrong_matrices

BATCH = 4 * 10**6
SAME_AS_A_RULE = (0.0, 2.0, -1.0)


def explain(space: Space, error: Array, noise: Array) -> list[Candidate]:
    """Every hypothesis whose prediction is the error: those of the first kind that has any.

    First single places and repeated ones without a free number, with the factors that two entries at least confirm; then phantom edges and two dropped edges;
    at last factors that nothing confirms. `error` and `noise` are vectors over rows of p_n × observed entries.
    """
    effects, sizes = predictions(space)
    within = _Within(space, error, noise)
    places = list(single_places(space))
    found = _matching(within, places, *sums(effects, sizes, space, places))
    wide = list(wide_places(space))
    wide += special_candidates(space)
    found += _matching(within, wide, *_differences(space, wide))
    fitted = _factors(space, within, effects, sizes, found)
    confirmed = int(np.sum(np.abs(error) > noise)) > 1
    if confirmed:
        found += fitted if not found else [c for c in fitted if _is_round(c)]
    if not found:
        found = _rare(space, within, effects, sizes)
    return found or fitted


@dataclasses.dataclass(frozen=True)
class _Within:
    """What may lie between the error and a prediction of a given scale."""

    space: Space
    error: Array
    noise: Array

    def allowed(self, sizes: Array) -> Array:
        return self.noise + self.space.roundings * UNIT * sizes + 4 * UNIT * np.abs(self.error)

    def matches(self, effects: Array, sizes: Array) -> Array:
        """Which rows predict the error, and something visible."""
        allowed = self.allowed(sizes)
        return np.all(np.abs(effects - self.error) <= allowed, axis=-1) & np.any(np.abs(effects) > allowed, axis=-1)


def _matching(within: _Within, candidates: Sequence[Candidate], effects: Array, sizes: Array) -> list[Candidate]:
    return [candidates[int(k)] for k in np.flatnonzero(within.matches(effects, sizes))]


def wrong_adjoints(space: Space, candidates: Sequence[Candidate]) -> tuple[Array, Array]:
    """Every adjoint that each candidate's backward pass gives, and the same for absolute values: candidates × rows of p_n × entries."""
    total, seed = len(space.N), start_of(space)
    values = np.zeros((len(candidates), seed.shape[0], total))
    sizes = np.zeros_like(values)
    step = max(1, BATCH // max(1, total * total))
    plain = [h for h, c in enumerate(candidates) if c.rule not in SPECIAL]
    for start in range(0, len(plain), step):
        chosen = plain[start : start + step]
        matrices = wrong_matrices(space, [candidates[h] for h in chosen])
        values[chosen] = rerun(space, matrices, seed)
        sizes[chosen] = rerun(space, np.abs(matrices), np.abs(seed))
    for h, c in enumerate(candidates):
        if c.rule in SPECIAL:
            values[h] = SPECIAL[c.rule](space, c, space.N, seed)
            sizes[h] = SPECIAL[c.rule](space, c, np.abs(space.N), np.abs(seed))
    return values, sizes


def _differences(space: Space, candidates: Sequence[Candidate]) -> tuple[Array, Array]:
    """The errors of the observed entries that the candidates' backward passes make."""
    values, sizes = wrong_adjoints(space, candidates)
    entries = len(candidates), -1
    effects = (values[..., space.columns] - space.P[:, space.columns]).reshape(entries)
    return effects, (sizes[..., space.columns] + space.sizes[0][:, space.columns]).reshape(entries)


def _factors(space: Space, within: _Within, effects: Array, sizes: Array, found: Sequence[Candidate]) -> list[Candidate]:
    """Contributions, adjoints and local Jacobians times a factor α: the error is (α − 1) times the sum of the paths through them."""
    out, into = incidence(space)
    candidates = [Candidate("scaled", edge, "scaled", (k,)) for k, edge in enumerate(space.edges)]
    candidates += [Candidate("adjoint scaled", a, "scaled", members) for a, members in out.items() if len(members) > 1]
    candidates += [Candidate("local Jacobian scaled", b, "scaled", members) for b, members in into.items() if len(members) > 1]
    dropped, scale = sums(effects, sizes, space, [dataclasses.replace(c, rule=RULES[0]) for c in candidates])
    through, error = -dropped, within.error
    with np.errstate(all="ignore"):
        reach = space.sizes[0][:, space.columns].reshape(-1)
        weight = np.where(reach > 0, 1 / within.allowed(reach) ** 2, 0.0)
        weight = np.where(np.isfinite(weight), weight, 0.0)
        norm = (through**2) @ weight
        alpha = 1 + (through @ (weight * error)) / norm
        effect = (alpha - 1)[:, None] * through
        allowed = within.allowed(np.abs(alpha - 1)[:, None] * scale)
        uncertain = np.sqrt((allowed**2) @ weight / norm)
        left = np.abs(effect - error) <= np.sqrt(len(error)) * allowed  # a fit may leave at one entry what the others leave
        good = np.all(left, axis=-1) & np.any(np.abs(effect) > allowed, axis=-1)
    taken = {(c.rule, c.edges) for c in found}
    matched: list[Candidate] = []
    for h in np.flatnonzero(good):
        factor = round_factor(float(alpha[h]), float(uncertain[h]))
        same = factor in SAME_AS_A_RULE and (RULES[SAME_AS_A_RULE.index(factor)], candidates[h].edges) in taken
        if not same:
            matched.append(dataclasses.replace(candidates[h], alpha=float(alpha[h]) if factor is None else factor))
    round_ones = [c for c in matched if _is_round(c)]
    return round_ones or matched


def round_factor(alpha: float, uncertain: float) -> float | None:
    """The number α or 1 + x, with x of at most three digits, that lies within `uncertain` of α; None if there is none.

    >>> round_factor(1.0000000009999, 1e-12), round_factor(0.5 + 1e-16, 1e-15), round_factor(0.7312345, 1e-12)
    (1.000000001, 0.5, None)
    """
    if not np.isfinite(alpha) or abs(alpha - 1) <= uncertain:
        return None
    for digits in range(3):
        for plain in (float(f"{alpha:.{digits}e}"), 1 + float(f"{alpha - 1:.{digits}e}")):
            if abs(plain - alpha) <= max(uncertain, UNIT * abs(alpha)):
                return plain
    return None


def _is_round(candidate: Candidate) -> bool:
    return candidate.alpha is not None and round_factor(candidate.alpha, 0.0) is not None


def _rare(space: Space, within: _Within, effects: Array, sizes: Array) -> list[Candidate]:
    """What is looked for only where nothing simpler explains the error."""
    everywhere = [Candidate("phantom edge", EVERYWHERE, "phantom", ())]
    found = _matching(within, everywhere, *_differences(space, everywhere))
    phantoms = list(phantom_edges(space))
    if phantoms:
        big, wide, block = *space.sizes, space.block
        values = np.stack([(space.P[:, block[v]] @ space.T[block[a]]).reshape(-1) for a, v in phantoms])
        scale = np.stack([(big[:, block[v]] @ wide[block[a]]).reshape(-1) for a, v in phantoms])
        found += _matching(within, [Candidate("phantom edge", pair, "phantom", ()) for pair in phantoms], values, scale)
    return found + two_dropped(space, within, effects[0], sizes[0])


def phantom_edges(space: Space) -> Iterator[Edge]:
    """Pairs that are no edges, but could be: the first before the second, of one dimension."""
    graph, edges = space.graph, set(space.edges)
    for a in space.block:
        for v in range(a + 1, graph.n):
            if v in space.block and (a, v) not in edges and graph.dimension(a) == graph.dimension(v):
                yield a, v


def special_candidates(space: Space) -> Iterator[Candidate]:
    """Dead vertices with a seed, loops in a wrong order, products from the wrong side."""
    dead = _dead(space)
    for v in dead:
        yield Candidate("dead vertex seeded", v, "seeded", ())
    if len(dead) > 1:
        yield Candidate("dead vertex seeded", EVERYWHERE, "seeded", ())
    for order in ("last parent first", "first parent first"):
        yield Candidate("read too early", EVERYWHERE, order, ())
    yield Candidate("wrong side", EVERYWHERE, "wrong side", ())


def _phantom(space: Space, candidate: Candidate, N: Array, start: Array) -> Array:
    wrong = N.copy()
    for a, v in phantom_edges(space):
        if candidate.place == (a, v) or (candidate.place == EVERYWHERE and v == a + 1):
            wrong[space.block[v], space.block[a]] = np.eye(space.graph.dimension(a))
    return rerun(space, wrong[None], start)[0]


def _seeded(space: Space, candidate: Candidate, N: Array, start: Array) -> Array:
    start = start.copy()
    for v in _dead(space):
        if candidate.place in (v, EVERYWHERE):
            start[:, space.block[v]] = 1
    return rerun(space, N[None], start)[0]


def _dead(space: Space) -> list[int]:
    return [v for v in range(space.graph.l + 1, space.graph.n) if not space.graph.children(v)]


def _too_early(space: Space, candidate: Candidate, N: Array, start: Array) -> Array:
    """A vertex passes its adjoint on at its first visit, before all its children have contributed."""
    graph, block = space.graph, space.block
    p = start.copy()
    stack, visited = [graph.n], set[int]()
    while stack:
        i = stack.pop()
        if i in visited:
            continue
        visited.add(i)
        parents = [j for j in graph.parents(i) if j in block]
        for j in parents:
            p[:, block[j]] += p[:, block[i]] @ N[block[i], block[j]]
        stack += parents if candidate.rule == "last parent first" else parents[::-1]
    return p


def _wrong_side(space: Space, candidate: Candidate, N: Array, start: Array) -> Array:
    """D p instead of p D, wherever the shapes allow."""
    block, rows, p = space.block, len(start), start.copy()
    for k in range(len(space.edges) - 1, -1, -1):  # edges are sorted by their first vertex
        a, b = space.edges[k]
        D = N[block[b], block[a]]
        p[:, block[a]] += D @ p[:, block[b]] if D.shape == (rows, rows) else p[:, block[b]] @ D
    return p


SPECIAL: dict[str, Callable[[Space, Candidate, Array, Array], Array]] = {
    "phantom": _phantom,
    "seeded": _seeded,
    "last parent first": _too_early,
    "first parent first": _too_early,
    "wrong side": _wrong_side,
}


def wrong_orders(space: Space, p: Mapping[int, Array]) -> list[Candidate]:
    """The loops in a wrong order that give these adjoints, and not the right ones."""
    orders = [c for c in special_candidates(space) if c.kind == "read too early"]
    values, sizes = wrong_adjoints(space, orders)
    found = np.concatenate([p[j] for j in space.block], axis=1)
    allowed = space.roundings * UNIT * (sizes + space.sizes[0])
    same = np.all(np.abs(values - found) <= allowed, axis=(1, 2)) & np.any(np.abs(values - space.P) > allowed, axis=(1, 2))
    return [c for c, good in zip(orders, same, strict=True) if good]


def two_dropped(space: Space, within: _Within, dropped: Array, sizes: Array) -> list[Candidate]:
    """Two dropped edges: −E₁ − E₂, and the paths through both are put back: + p_{b₂} D₂ X(b₁ → a₂) D₁ T_{a₁}."""
    found: list[Candidate] = []
    count, block, rows = len(space.edges), space.block, len(space.P)
    behind = np.stack([(space.P[:, block[b]] @ space.D[k]) @ space.X[block[a]] for k, (a, b) in enumerate(space.edges)])
    for k, (a, b) in enumerate(space.edges):
        both = (behind[:, :, block[b]] @ (space.D[k] @ space.T[block[a]])).reshape(count, rows * space.T.shape[1])
        effects, scale = dropped[k] + dropped + both, 2 * (sizes[k] + sizes)
        for other in np.flatnonzero(within.matches(effects, scale)):
            pair = tuple(sorted((k, int(other))))
            if other != k and not any(c.edges == pair for c in found) and not _comes_after(space, k, int(other)):
                found.append(Candidate("two dropped edges", (space.edges[pair[0]], space.edges[pair[1]]), "dropped", pair))
    return found


def _comes_after(space: Space, k: int, other: int) -> bool:
    """Whether paths lead from the other edge to edge k: then the prediction is the one with the two exchanged."""
    return bool(np.any(space.X[space.block[space.edges[k][0]], space.block[space.edges[other][1]]]))


def suspects(space: Space, error: Array, noise: Array) -> tuple[int, ...]:
    """The vertices whose local Jacobian alone could explain the error, wrong in any way: those b for which it is a combination of the rows of T at b's parents.

    Vertices for which that holds of every error (as many independent rows as observed entries) are left out.
    """
    _, into = incidence(space)
    rows = error.reshape(len(space.P), -1)
    allowed = (noise + 4 * UNIT * np.abs(error)).reshape(rows.shape)
    seen = np.flatnonzero(np.any(np.abs(space.T) > 0, axis=0) | np.any(rows != 0, axis=0))
    if not len(seen):
        return ()
    found: list[int] = []
    for b, members in into.items():
        basis = np.concatenate([space.T[space.block[space.edges[k][0]]] for k in members])[:, seen]
        sizes = np.concatenate([space.sizes[1][space.block[space.edges[k][0]]] for k in members])[:, seen]
        solution, _, rank, _ = np.linalg.lstsq(basis.T, rows[:, seen].T, rcond=len(seen) * UNIT * 16)
        if rank >= len(seen):
            continue
        slack = allowed[:, seen] * np.sqrt(rows.size) + space.roundings * UNIT * (np.abs(solution).T @ sizes)
        if np.all(np.abs(solution.T @ basis - rows[:, seen]) <= slack):
            found.append(b)
    return tuple(found)
