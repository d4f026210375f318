"""Which candidates explain wrong gradients: `explain(space, error, noise)`, from the observed entries alone.

A candidate matches if it predicts the error in every observed entry, up to `noise` (how far a correct implementation
may be off) and the rounding of the prediction itself, and if it predicts something that can be seen at all. Nothing is
picked: both bounds come from Σ Π|D|. A factor is fitted, and then tested like the rest; it explains one number always,
so a factor fitted to one number is named only where nothing else explains it.

>>> from backproof.engine import Graph, forward, jacobians, leaf, vertex
>>> from backproof.verify.blame.predictions import make_space
>>> graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
>>> space = make_space(graph, jacobians(graph, forward(graph, [3.0, 4.0])), None, {1: 4.0, 2: 4.0})
>>> noise = 1e-14 * np.ones(2)
>>> [(c.name, c.place) for c in explain(space, np.array([0.0, -7.0]), noise)][:2]
[('dropped', (2, 4)), ('first consumer only', 2)]
>>> explain(space, np.array([0.5, 0.25]), noise)
[]
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.blame.candidates import DROPPED, FACTORS, PHANTOM, SCALED, Candidate, incidence, single_places, wide_places
from backproof.verify.blame.predictions import UNIT, Space, predictions, sums
from backproof.verify.blame.wrong_passes import NEXT_VERTEX, phantom_edges, special_candidates, wrong_adjoints


def explain(space: Space, error: Array, noise: Array, *, everything: bool = False) -> list[Candidate]:
    """Every candidate whose prediction is the error: those of the first kind that has any, or of every kind.

    First single places and repeated ones without a free number, with the factors that two entries at least confirm;
    then phantom edges and two dropped edges; at last factors that nothing confirms. `error` and `noise` are vectors
    over rows of p_n × observed entries.
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
    if everything:
        return [*found, *_rare(space, within, effects, sizes), *([] if confirmed else fitted)]
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


def _differences(space: Space, candidates: Sequence[Candidate]) -> tuple[Array, Array]:
    """The errors of the observed entries that the candidates' backward passes make."""
    values, sizes = wrong_adjoints(space, candidates)
    entries = len(candidates), -1
    effects = (values[..., space.columns] - space.P[:, space.columns]).reshape(entries)
    return effects, (sizes[..., space.columns] + space.sizes[0][:, space.columns]).reshape(entries)


def _factors(space: Space, within: _Within, effects: Array, sizes: Array, found: Sequence[Candidate]) -> list[Candidate]:
    """Contributions, adjoints and local Jacobians times a factor α: the error is (α − 1) times the sum of the paths
    through them.
    """
    out, into = incidence(space)
    candidates = [Candidate("scaled", edge, SCALED, (k,)) for k, edge in enumerate(space.edges)]
    candidates += [Candidate("adjoint scaled", a, SCALED, members) for a, members in out.items() if len(members) > 1]
    candidates += [Candidate("local Jacobian scaled", b, SCALED, members) for b, members in into.items() if len(members) > 1]
    dropped, scale = sums(effects, sizes, space, [dataclasses.replace(c, change=DROPPED) for c in candidates])
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
    taken = {(c.change, c.edges) for c in found}
    matched: list[Candidate] = []
    for h in np.flatnonzero(good):
        factor = round_factor(float(alpha[h]), float(uncertain[h]))
        if factor is None or (FACTORS.get(factor), candidates[h].edges) not in taken:
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
    found = _matching(within, [NEXT_VERTEX], *_differences(space, [NEXT_VERTEX]))
    phantoms = list(phantom_edges(space))
    if phantoms:
        big, wide, block = *space.sizes, space.block
        values = np.stack([(space.P[:, block[v]] @ space.T[block[a]]).reshape(-1) for a, v in phantoms])
        scale = np.stack([(big[:, block[v]] @ wide[block[a]]).reshape(-1) for a, v in phantoms])
        found += _matching(within, [Candidate("phantom edge", pair, PHANTOM, ()) for pair in phantoms], values, scale)
    return found + two_dropped(space, within, effects[0], sizes[0])


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
                found.append(Candidate("two dropped edges", (space.edges[pair[0]], space.edges[pair[1]]), DROPPED, pair))
    return found


def _comes_after(space: Space, k: int, other: int) -> bool:
    """Whether paths lead from the other edge to edge k: then the prediction is the one with the two exchanged."""
    return bool(np.any(space.X[space.block[space.edges[k][0]], space.block[space.edges[other][1]]]))


def suspects(space: Space, error: Array, noise: Array) -> tuple[int, ...]:
    """The vertices whose local Jacobian alone could explain the error, wrong in any way: those b for which it is a
    combination of the rows of T at b's parents.

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
        if not np.isfinite(basis).all():
            continue
        try:
            solution, _, rank, _ = np.linalg.lstsq(basis.T, rows[:, seen].T, rcond=len(seen) * UNIT * 16)
        except np.linalg.LinAlgError:  # numbers so far apart that the iteration does not end
            continue
        if rank >= len(seen):
            continue
        slack = allowed[:, seen] * np.sqrt(rows.size) + space.roundings * UNIT * (np.abs(solution).T @ sizes)
        if np.all(np.abs(solution.T @ basis - rows[:, seen]) <= slack):
            found.append(b)
    return tuple(found)
