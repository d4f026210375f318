"""Which of its contributions each adjoint is made of, where it is not always the same consumer's: `arrived(setting,
local, uses)` with every adjoint observed, `one_path_each(setting, uses, seed, given, allowed)` with some of them.

An engine that sets where it should add keeps one contribution of each vertex, that which arrives last. In what order
they arrive is the engine's own affair (by number, depth first, as a stack gives them), so that no rule on consumers fits
all graphs. But what is left is exactly one of the contributions, and so it is asked: one only, one too few, one twice,
some only. A contribution is that of a use: x·x has two.

From the adjoints of the leaves alone, one contribution only means that each is the product along one path, and that
paths which meet go on together.

>>> from backproof.engine import FLOAT64, Graph, backward, forward, jacobians, leaf, vertex
>>> from backproof.verify.blame.candidates import make_setting
>>> from backproof.verify.blame.from_adjoints import residuals
>>> from backproof.verify.blame.uses import uses_of
>>> graph = Graph(1, (leaf("x"), vertex("a", "square", (1,)), vertex("o", "multiply", (2, 1))))
>>> u = forward(graph, [3.0])
>>> D = jacobians(graph, u)
>>> p, uses = backward(graph, D), uses_of(graph, D, u)
>>> found = arrived(make_setting(graph, D), residuals(graph, D, {**p, 1: np.array([[9.0]])}, p[3], FLOAT64), uses)
>>> [c.name for c in found]
['one contribution only', 'one contribution too few', 'some contributions only']
>>> one_path_each(make_setting(graph, D), uses, p[3], {1: np.array([[18.0]])}, {1: 1e-9}).change.given[1, 3]
array([[0.]])
>>> arrived(make_setting(graph, D), residuals(graph, D, {**p, 1: np.array([[10.0]])}, p[3], FLOAT64), uses)
[]
>>> arrived(make_setting(graph, D), residuals(graph, D, p, p[3], FLOAT64), ())
Traceback (most recent call last):
    ...
ValueError: every adjoint is the sum of its contributions: none of them is missing
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import numpy as np

from backproof.engine import Graph
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.verify.blame.candidates import EVERYWHERE, Candidate, Change, Setting
from backproof.verify.blame.from_adjoints import Residuals
from backproof.verify.blame.predictions import UNIT
from backproof.verify.blame.uses import Use

Counted: TypeAlias = tuple[int, ...]  # how often each contribution of a vertex is counted

ONE_OF_THEM, ONE_TOO_FEW, ONE_TWICE, SOME_OF_THEM = (
    "one contribution only",
    "one contribution too few",
    "one contribution twice",
    "some contributions only",
)
ANY_CONSUMER = (ONE_OF_THEM, ONE_TOO_FEW, ONE_TWICE, SOME_OF_THEM)
MOST_CHOSEN_FROM = 12  # contributions of which every choice is tried; chosen: 4,094 sums a vertex, some milliseconds
MOST_VALUES = 500  # different values that an adjoint may have by one path or another; chosen: some 100 kB, and a second
MOST_STEPS = 20_000  # of the search for paths that go on together; chosen: a fifth of a second
SLACK = 8  # roundings of one contribution, computed twice; chosen


def arrived(setting: Setting, local: Residuals, uses: Sequence[Use]) -> list[Candidate]:
    """The kinds of choice that give every adjoint, each as the candidate that makes it on this graph. ValueError where
    no adjoint is wrong.
    """
    if not local.bad:
        raise ValueError("every adjoint is the sum of its contributions: none of them is missing")
    several = {a: members for a, members in _by_vertex(uses).items() if len(members) > 1}
    if not set(local.bad) <= set(several):
        return []
    terms = {a: [local.p[use.by] @ use.D for use in members] for a, members in several.items()}
    found: list[Candidate] = []
    for kind in ANY_CONSUMER:
        chosen = {a: _fits(local, a, terms[a], kind) for a in several}
        if all(counted is not None for counted in chosen.values()):
            found.append(_candidate(setting, kind, {a: (several[a], counted) for a, counted in chosen.items() if counted is not None}))
    return found


def _by_vertex(uses: Sequence[Use]) -> dict[int, list[Use]]:
    of: dict[int, list[Use]] = {}
    for use in uses:
        of.setdefault(use.of, []).append(use)
    return of


def _fits(local: Residuals, a: int, terms: Sequence[Array], kind: str) -> Counted | None:
    """How often each contribution is counted in the adjoint of a vertex, if it is counted as this kind has it."""
    stacked, flat = np.stack(terms).reshape(len(terms), -1), local.p[a].reshape(-1)
    allowed = local.noise[a].reshape(-1) + SLACK * UNIT * np.abs(stacked).sum(axis=0)
    counted = _choices(len(terms), kind) if a in local.bad or kind != SOME_OF_THEM else np.ones((1, len(terms)))
    fitting = np.flatnonzero(np.all(np.abs(counted @ stacked - flat) <= allowed, axis=1))
    return tuple(map(int, counted[fitting[0]])) if len(fitting) else None


def _choices(count: int, kind: str) -> Array:
    """How often each of so many contributions may be counted: choices × contributions."""
    one, ones = np.eye(count), np.ones((count, count))
    if kind != SOME_OF_THEM:
        return {ONE_OF_THEM: one, ONE_TOO_FEW: ones - one, ONE_TWICE: ones + one}[kind]
    if count <= MOST_CHOSEN_FROM:
        return (np.arange(1, 2**count - 1)[:, None] >> np.arange(count) & 1).astype(float)
    return np.concatenate([one, ones - one, np.tril(ones)[:-1], np.triu(ones)[1:]])


def _candidate(setting: Setting, kind: str, chosen: Mapping[int, tuple[Sequence[Use], Counted]]) -> Candidate:
    """What the choice puts in the place of the Jacobians on this graph."""
    given: dict[Edge, Array] = {}
    for members, counted in chosen.values():
        for use, times in zip(members, counted, strict=True):
            given[use.edge] = given.get(use.edge, np.zeros_like(use.D)) + times * use.D
    edges = tuple(k for k, edge in enumerate(setting.edges) if edge in given and not np.array_equal(given[edge], setting.D[k]))
    return Candidate(kind, EVERYWHERE, Change(kind, given=given, whole=EVERYWHERE), edges)


def one_path_each(
    setting: Setting, uses: Sequence[Use], seed: Array, given: Mapping[int, Array], allowed: Mapping[int, Array | float]
) -> Candidate | None:
    """The candidate by which each of the observed adjoints is the product along one path, paths that meet going on
    together; `allowed`: how far each may be off. None where there is none, or too many to be tried.
    """
    of, last = _by_vertex(uses), setting.graph.n
    if not any(len(members) > 1 for members in of.values()):
        return None
    values: dict[int, list[Array]] = {last: [seed]}
    for j in range(last - 1, 0, -1):
        every = [value @ use.D for use in of.get(j, ()) for value in values[use.by]] if not setting.graph.is_discrete(j) else []
        values[j] = list({value.tobytes(): value for value in every}.values()) or [np.zeros((len(seed), setting.graph.dimension(j)))]
        if len(values[j]) > MOST_VALUES:
            return None
    if not all(any(_is(value, given[j], allowed[j]) for value in values[j]) for j in given):
        return None
    chosen = _together(setting.graph, of, seed, given, allowed, iter(range(MOST_STEPS)))
    if chosen is None:
        return None
    kept = {a: (of[a], tuple(int(k == use) for k in range(len(of[a])))) for a, use in chosen.items() if len(of[a]) > 1}
    return _candidate(setting, ONE_OF_THEM, kept)


def _is(value: Array, observed: Array, allowed: Array | float) -> bool:
    return bool(np.all(np.abs(value - observed) <= allowed))


def _together(
    graph: Graph,
    of: Mapping[int, Sequence[Use]],
    seed: Array,
    given: Mapping[int, Array],
    allowed: Mapping[int, Array | float],
    steps: Iterator[int],
) -> dict[int, int] | None:
    """The use that each vertex keeps on the way to the output, so that all observed adjoints come out."""

    def values(j: int, chosen: dict[int, int]) -> Iterator[tuple[Array, dict[int, int]]]:
        """The adjoint of a vertex by each way on, with the uses that it takes."""
        if j == graph.n:
            yield seed, chosen
            return
        if next(steps, None) is None:
            return
        members = of.get(j, ())
        if not members:
            yield np.zeros((len(seed), graph.dimension(j))), chosen
        for k in [chosen[j]] if j in chosen else range(len(members)):
            for value, further in values(members[k].by, {**chosen, j: k}):
                yield value @ members[k].D, further

    def all_of(left: Sequence[int], chosen: dict[int, int]) -> dict[int, int] | None:
        if not left:
            return chosen
        for value, further in values(left[0], chosen):
            if _is(value, given[left[0]], allowed[left[0]]):
                found = all_of(left[1:], further)
                if found is not None:
                    return found
        return None

    return all_of(sorted(given, reverse=True), {})
