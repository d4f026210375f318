"""Where a backward pass goes wrong, given every adjoint it computed: `residuals` and `explain_adjoints`; and where a
forward pass does, `first_bad_value`.

Each adjoint is held against Σ p_i D_{j→i} of the *observed* adjoints of its children, so that one wrong place gives one
wrong vertex, however far the error spreads. The first one in reverse order is where to look; the contribution
responsible is the one whose change gives the difference.

>>> from backproof.engine import Graph, backward, forward, jacobians, leaf, vertex
>>> from backproof.verify.blame.candidates import make_setting
>>> graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
>>> D = jacobians(graph, forward(graph, [3.0, 4.0]))
>>> p = backward(graph, D)
>>> local = residuals(graph, D, {**p, 2: p[2] - p[4] @ D[2, 4]}, p[4], FLOAT64)
>>> local.bad
(2,)
>>> [(c.name, c.place) for c in explain_adjoints(make_setting(graph, D), local)][:2]
[('dropped', (2, 4)), ('first consumer only', 2)]
>>> residuals(graph, D, {4: p[4]}, p[4], FLOAT64)
Traceback (most recent call last):
    ...
ValueError: the adjoint of vertex 3 ('u3') is not among those observed; give the adjoint of every vertex
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import numpy as np

from backproof.engine import FLOAT64, DomainError, Graph, NumberSystem
from backproof.engine.graph import Edge
from backproof.engine.local_functions import local_value
from backproof.engine.number_systems import Array
from backproof.engine.vertices import label
from backproof.verify.blame.candidates import (
    EVERYWHERE,
    FACTORS,
    PHANTOM,
    SCALED,
    SEEDED,
    UNEXPLAINED,
    WRONG_SIDE,
    Candidate,
    Setting,
    changed,
    floats,
    incidence,
    single_places,
    wide_places,
)
from backproof.verify.blame.from_gradients import round_factor
from backproof.verify.blame.predictions import UNIT, Space
from backproof.verify.blame.wrong_passes import NEXT_VERTEX, dead_vertices, too_early, wrong_adjoints

CALLS = 4  # roundings that a value may have beyond those of its operands: a library function is off by a few units


@dataclass(frozen=True)
class Residuals:
    """p_j − Σ p_i D_{j→i} of observed adjoints, as floats; `noise` what rounding explains, `bad` the vertices where it
    does not, first the last one.

    `roundings` is how many roundings lie at most behind an entry, `p` the adjoints as floats, `sums` what they should be,
    in the number system in which they were computed.
    """

    p: Mapping[int, Array]
    value: Mapping[int, Array]
    noise: Mapping[int, Array]
    bad: tuple[int, ...]
    roundings: Mapping[int, int]
    sums: Mapping[int, Array]


def residuals(
    graph: Graph,
    D: Mapping[Edge, Array],
    p: Mapping[int, Array],
    seed: Array,
    system: NumberSystem,
    slack: Mapping[Edge, Array] | None = None,
) -> Residuals:
    """Every adjoint against the sum that it should be, in the number system in which it was computed; `slack`: how far
    each Jacobian may be off. ValueError if an adjoint is missing.
    """
    value: dict[int, Array] = {}
    noise: dict[int, Array] = {}
    roundings: dict[int, int] = {}
    sums: dict[int, Array] = {}
    unit = float(system.unit_roundoff)
    for j in range(graph.n, 0, -1):
        if graph.is_discrete(j):
            continue
        if j not in p:
            raise ValueError(f"the adjoint of {label(graph.vertices, j)} is not among those observed; give the adjoint of every vertex")
        total = seed if j == graph.n else system.zeros(p[j].shape)
        sizes = np.abs(floats(seed)) * 0 if j == graph.n else np.zeros(p[j].shape)
        apart = np.zeros_like(sizes)
        for i in graph.children(j):
            total = system.add(total, system.matmul(p[i], D[j, i]))
            sizes = sizes + np.abs(floats(p[i])) @ np.abs(floats(D[j, i]))
            apart = apart if slack is None else apart + np.abs(floats(p[i])) @ slack[j, i]
        value[j], sums[j] = floats(system.subtract(p[j], total)), total
        roundings[j] = 2 * sum(graph.dimension(i) + 1 for i in graph.children(j)) + 2
        noise[j] = (
            apart
            + roundings[j] * unit * sizes
            + float(np.finfo(float).smallest_subnormal if system.family == "float" else 0) * roundings[j]
        )
    bad = tuple(j for j in value if not np.all(np.abs(value[j]) <= noise[j]))
    return Residuals({j: floats(p[j]) for j in value}, value, noise, bad, roundings, sums)


def explain_adjoints(setting: Setting, local: Residuals, others: Callable[[], list[Candidate]] = list) -> list[Candidate]:
    """The candidates that give every residual, also the zeros; where none does, the local Jacobian or the sum that must
    be wrong, whatever its kind.

    `others` is asked where none matches but a factor that nothing confirms.
    """
    bad = set(local.bad)
    if not bad:
        return []
    if setting.graph.n in bad:
        return [Candidate("wrong seed", setting.graph.n, UNEXPLAINED, ())]
    out, into = incidence(setting)
    found = matching(setting, local, (*single_places(setting), *wide_places(setting)))
    found += added_where_nothing_belongs(setting, local)
    fitted = fitted_factors(setting, local, found)
    several = sum(int(np.sum(np.abs(local.value[j]) > local.noise[j])) for j in bad) > 1
    if several:
        found += fitted
    found = found or others() or fitted
    if found:
        return found
    readers = [b for b in into if bad <= {setting.edges[k][0] for k in into[b]}]
    if len(readers) == 1:
        return [Candidate("wrong local Jacobian", readers[0], UNEXPLAINED, into[readers[0]])]
    return [Candidate("wrong sum", local.bad[0], UNEXPLAINED, out.get(local.bad[0], ()))]


def matching(setting: Setting, local: Residuals, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Those of the candidates that give every residual, also the zeros."""
    bad = set(local.bad)
    return [c for c in candidates if bad <= {setting.edges[k][0] for k in c.edges} and _matches(setting, local, c)]


def added_where_nothing_belongs(setting: Setting, local: Residuals) -> list[Candidate]:
    """What was added to a sum though it does not belong there."""
    return [c for c in _added(setting, local.bad) if _adds(setting, local, c)]


def fitted_factors(setting: Setting, local: Residuals, found: Sequence[Candidate]) -> list[Candidate]:
    """A contribution, a sum or a local Jacobian times a factor that gives the residuals, if no change found says so."""
    taken = {(c.change, c.edges) for c in found}
    return [c for c in _factors(setting, local, *incidence(setting)) if (FACTORS.get(c.alpha or 0.0), c.edges) not in taken]


def effect_of(setting: Setting, local: Residuals, c: Candidate) -> dict[int, Array]:
    """What a candidate adds to the adjoint of each vertex on which it works, given the adjoints of its children."""
    effect: dict[int, Array] = {}
    for k in c.edges:
        a, b = setting.edges[k]
        effect[a] = effect.get(a, 0.0) + local.p[b] @ (changed(setting, c.change, k, c.alpha) - setting.D[k])
    return effect


def _matches(setting: Setting, local: Residuals, c: Candidate, slack: float = 1.0) -> bool:
    """Whether Σ p_b (D′ − D) is the residual at every vertex, and something else than zero somewhere.

    `slack` is √N where a factor was fitted to N entries: the fit may leave at one of them what the others leave.
    """
    effect: dict[int, Array] = {}
    size: dict[int, Array] = {}
    for k in c.edges:
        a, b = setting.edges[k]
        wrong, p = changed(setting, c.change, k, c.alpha), local.p[b]
        effect[a] = effect.get(a, 0.0) + p @ (wrong - setting.D[k])
        size[a] = size.get(a, 0.0) + np.abs(p) @ (np.abs(wrong) + np.abs(setting.D[k]))
    return _agrees(local, effect, size, slack)


def _agrees(local: Residuals, effect: Mapping[int, Array], size: Mapping[int, Array], slack: float = 1.0) -> bool:
    visible = False
    for a, predicted in effect.items():
        allowed = slack * (local.noise[a] + (local.roundings[a] + 4) * UNIT * (size[a] + np.abs(local.value[a])))
        if not np.all(np.abs(local.value[a] - predicted) <= allowed):
            return False
        visible = visible or bool(np.any(np.abs(predicted) > allowed))
    return visible and set(local.bad) <= set(effect)


def _added(setting: Setting, bad: Sequence[int]) -> Iterator[Candidate]:
    """What may be added to the sums of these vertices though it does not belong there: the adjoint of a vertex that does
    not read this one, a seed.
    """
    graph = setting.graph
    for a in bad if len(bad) == 1 else ():
        yield from (Candidate("phantom edge", (a, v), PHANTOM, ()) for v in range(a + 1, graph.n))
        if a in dead_vertices(graph):
            yield Candidate("dead vertex seeded", a, SEEDED, ())
    yield NEXT_VERTEX
    yield Candidate("dead vertex seeded", EVERYWHERE, SEEDED, ())
    yield Candidate("wrong side", EVERYWHERE, WRONG_SIDE, ())


def _adds(setting: Setting, local: Residuals, c: Candidate) -> bool:
    graph, p = setting.graph, local.p
    effect: dict[int, Array] = {}
    if c.change is SEEDED:
        effect = {v: np.ones_like(p[v]) for v in dead_vertices(graph) if c.place in (v, EVERYWHERE)}
    elif c.change is PHANTOM:
        pairs = [(a, a + 1) for a in range(1, graph.n - 1)] if c.place == EVERYWHERE else [cast(Edge, c.place)]
        effect = {a: p[v] for a, v in pairs if _may_be_added(setting, p, a, v)}
    else:
        for k, (a, b) in enumerate(setting.edges):
            D = setting.D[k]
            change = D @ p[b] - p[b] @ D if D.shape == (len(p[b]), len(p[b])) else 0 * p[a]
            effect[a] = effect.get(a, 0.0) + change
    return bool(effect) and _agrees(local, effect, {a: np.abs(e) + np.abs(p[a]) for a, e in effect.items()})


def _may_be_added(setting: Setting, p: Mapping[int, Array], a: int, v: int) -> bool:
    return (a, v) not in setting.edges and a in p and v in p and p[a].shape == p[v].shape


def _factors(
    setting: Setting, local: Residuals, out: Mapping[int, tuple[int, ...]], into: Mapping[int, tuple[int, ...]]
) -> Iterator[Candidate]:
    """A contribution, a sum or a local Jacobian times α: the residuals are (α − 1) times what the edges contribute."""
    first, bad = local.bad[0], set(local.bad)
    candidates = [Candidate("scaled", setting.edges[k], SCALED, (k,)) for k in out.get(first, ())]
    candidates += [Candidate("adjoint scaled", first, SCALED, out[first])] if len(out.get(first, ())) > 1 else []
    candidates += [Candidate("local Jacobian scaled", b, SCALED, members) for b, members in into.items() if len(members) > 1]
    for c in candidates:
        if not bad <= {setting.edges[k][0] for k in c.edges}:
            continue
        terms: dict[int, Array] = {}
        for k in c.edges:
            a, b = setting.edges[k]
            terms[a] = terms.get(a, 0.0) + local.p[b] @ setting.D[k]
        value = np.concatenate([local.value[a].reshape(-1) for a in terms])
        term = np.concatenate([terms[a].reshape(-1) for a in terms])
        noise = np.concatenate([local.noise[a].reshape(-1) for a in terms]) + 8 * UNIT * (np.abs(value) + np.abs(term))
        if not np.any(term):
            continue
        share = term / np.where(noise > 0, noise, 1.0)  # in units of what rounding explains
        norm = share @ share
        if not 0 < norm < np.inf:  # what the edges contribute, or what rounding explains of it, leaves the range of float64
            continue
        factor = 1 + float(share @ (value / np.where(noise > 0, noise, 1.0)) / norm)
        if not np.isfinite(factor):
            continue
        nearest = round_factor(factor, float(np.sqrt(len(term) / norm)))
        for alpha in dict.fromkeys((factor if nearest is None else nearest, factor)):
            fitted = replace(c, alpha=alpha)
            if _matches(setting, local, fitted, float(np.sqrt(len(term)))):
                yield fitted
                break


def wrong_orders(space: Space, p: Mapping[int, Array]) -> list[Candidate]:
    """The loops in a wrong order that give these adjoints, and not the right ones."""
    orders = list(too_early())
    values, sizes = wrong_adjoints(space, orders)
    found = np.concatenate([p[j] for j in space.block], axis=1)
    allowed = space.roundings * UNIT * (sizes + space.sizes[0])
    same = np.all(np.abs(values - found) <= allowed, axis=(1, 2)) & np.any(np.abs(values - space.P) > allowed, axis=(1, 2))
    return [c for c, good in zip(orders, same, strict=True) if good]


def first_bad_value(graph: Graph, u: Mapping[int, Array], D: Mapping[Edge, Array], system: NumberSystem = FLOAT64) -> int | None:
    """The first vertex whose value is not its local function of the values of its parents: an old value, or values of
    another point.

    Rounding is allowed for to first order: each operand and the result are taken to be off by a few units in the last
    place.
    """
    for i in range(graph.l + 1, graph.n + 1):
        try:
            right = local_value(graph, i, u, system)
        except DomainError:
            return i
        allowed = np.abs(floats(right))
        for j in graph.parents(i):
            if not graph.is_discrete(j):
                allowed = allowed + np.abs(floats(D[j, i])) @ np.abs(floats(u[j]))
        roundings = CALLS + 2 * sum(graph.dimension(j) for j in graph.parents(i))
        if not np.all(np.abs(floats(system.subtract(u[i], right))) <= roundings * float(system.unit_roundoff) * allowed):
            return i
    return None
