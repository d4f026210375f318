"""Say where a wrong gradient comes from, and what kind of fault it is: `blame(graph, D, cotangent, observed)`.

`observed` holds adjoints as the implementation under test computed them: of the leaves alone, of some vertices, or of
all. With all of them the first bad vertex in reverse order and the contribution responsible are named. With fewer,
every candidate predicts the error exactly (`verify.blame.predictions`), and those that predict the error found are one
answer: they cannot be told apart from what was observed, and the one adjoint that would split them is named.

L11 at u₁ = 3, u₂ = 4, where the derivatives are 4 and 11; an engine that overwrites instead of adding up finds 4 and 4,
or 4 and 7:

>>> from backproof.engine import Graph, forward, jacobians, leaf, vertex
>>> graph = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
>>> D = jacobians(graph, forward(graph, [3.0, 4.0]))
>>> found = blame(graph, D, None, {1: 4.0, 2: 4.0})
>>> print(found.sentence)  # doctest: +ELLIPSIS
The contribution along edge u2→u4 is missing: the error is minus the sum over the one path through edge u2→u4. Equally...
>>> blame(graph, D, None, {1: 8.0, 2: 11.0}).sentence
'The contribution along edge u1→u3 is counted twice: the error is plus the sum over the one path through edge u1→u3.'
>>> blame(graph, D, None, {1: 3.9, 2: 11.7}).verdict
'no known single-place fault'
>>> blame(graph, D, None, {1: [4.0, 4.0]})
Traceback (most recent call last):
    ...
ValueError: the adjoint of vertex 1 ('u1') must have 1 × 1 entries, found shape (2,)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backproof.engine import FLOAT64, Graph, NumberSystem, backward, mpmath_system
from backproof.engine.graph import Edge
from backproof.engine.in_words import brief
from backproof.engine.number_systems import Array
from backproof.engine.vertices import label
from backproof.verify.blame.alike import Alike, alike
from backproof.verify.blame.candidates import EVERYWHERE, ROUNDED, ROUNDED_TO, UNEXPLAINED, Candidate, Change, Setting, floats, make_setting
from backproof.verify.blame.from_adjoints import explain_adjoints, first_bad_value, residuals, wrong_orders
from backproof.verify.blame.from_gradients import explain, suspects
from backproof.verify.blame.from_values import operand_uses, rounded_to, stale_values
from backproof.verify.blame.predictions import MOST_ENTRIES, Space, make_space, roundings_of_a_pass
from backproof.verify.blame.proposals import Proposal, propose
from backproof.verify.blame.words import Explanation, explained, sentence, told
from backproof.verify.cases.case import Case
from backproof.verify.numbers.written_balls import written_out
from backproof.verify.three_way.routes import Routes, run

NAMED = "the fault is named"
ALIKE = "one of several that cannot be told apart"
UNKNOWN = "no known single-place fault"
UNDETECTABLE = "undetectable here"
UNDECIDABLE = "undecidable in float64"
OVERFLOWS = ", and the right one is: look for the operation that overflows."
MOST_EDGES = 300  # of a graph on which kinds of fault are sought; chosen: each is tried at each edge, and that takes seconds by then
BALL_DIGITS = 60  # chosen: the middles of balls are blamed in so many, three times what a fault in float64 changes


@dataclass(frozen=True, repr=False)
class Diagnosis:
    """What is wrong: a verdict, what explains it, and all of it in a sentence.

    `split_by`  the vertex whose adjoint would tell the explanations apart; None if nothing is to be split, or would be
    `bad`       with every adjoint observed: the vertices whose adjoint is not the sum of its contributions, first the
                one to look at
    `suspects`  where no known fault explains the error: the vertices whose local Jacobian alone, wrong in any way,
                could
    `proposal`  where nothing can be seen: another cotangent, or other leaf values
    `told`      the numbers of the explanations that the sentence names
    """

    verdict: str
    matches: tuple[Explanation, ...]
    split_by: int | None
    sentence: str
    bad: tuple[int, ...] = ()
    suspects: tuple[int, ...] = ()
    proposal: Proposal | None = None
    told: tuple[int, ...] = ()

    def __repr__(self) -> str:
        return brief("Diagnosis", self.verdict, self.sentence)

    def __str__(self) -> str:
        return self.sentence


def blame(
    graph: Graph,
    D: Mapping[Edge, Array],
    cotangent: Any,
    observed: Mapping[int, Any],
    *,
    system: NumberSystem = FLOAT64,
    allowed: Mapping[int, Any] | None = None,
    values: Mapping[int, Array] | None = None,
    old_values: Mapping[int, Array] | None = None,
    observed_values: Mapping[int, Array] | None = None,
) -> Diagnosis:
    """The diagnosis of observed adjoints (vertex → r × d_j numbers), given the right edge Jacobians in the same number
    system.

    `allowed`          how far each observed adjoint may be off in a correct implementation; where it is left out, the
                       rounding of a backward pass that uses these D
    `values`           the right values of all vertices: then a use of a repeated operand can be found missing
    `old_values`       values that may be left from before: then stale ones are found
    `observed_values`  the values of the implementation's own forward pass: they are held against the local functions
                       first

    ValueError for an adjoint of another shape, or a graph that is too large.
    """
    known = dict(values or {})
    extra = operand_uses(graph, known) if known else []
    if known and old_values:
        extra += stale_values(graph, known, old_values)
    with np.errstate(all="ignore"):
        right = backward(graph, D, cotangent, system)
        given = {j: shaped(graph, j, value, right, system) for j, value in sorted(observed.items()) if j in right}
        if not given:
            raise ValueError("no adjoint is observed; give that of one leaf at least")
        if observed_values is not None:
            place = first_bad_value(graph, observed_values, D, system)
            if place is not None:
                setting = make_setting(graph, D)
                return _diagnosis(setting, [Candidate("wrong value", place, UNEXPLAINED, ())])
        if set(given) >= set(right) - {graph.n}:
            return _from_all(graph, D, cotangent, {graph.n: right[graph.n], **given}, right, system, extra)
        if len(graph.edges) > MOST_EDGES:
            problem = f"the graph has {len(graph.edges):,} edges; blame by gradients takes at most {MOST_EDGES}"
            raise ValueError(f"{problem}. Shrink the case first, or give every adjoint")
        return _from_some(make_space(graph, D, cotangent, given, extra), given, right, system, allowed)


def shaped(graph: Graph, j: int, value: Any, right: Mapping[int, Array], system: NumberSystem) -> Array:
    """The adjoint of vertex j as a matrix. ValueError if it has not so many entries."""
    array = system.array(value)
    rows, width = right[j].shape
    if array.size == rows * width and (array.shape == (rows, width) or rows == 1):
        return array.reshape(rows, width)
    raise ValueError(f"the adjoint of {label(graph.vertices, j)} must have {rows} × {width} entries, found shape {array.shape}")


def _from_all(
    graph: Graph,
    D: Mapping[Edge, Array],
    cotangent: Any,
    given: Mapping[int, Array],
    right: Mapping[int, Array],
    system: NumberSystem,
    extra: Sequence[Change],
) -> Diagnosis:
    setting = make_setting(graph, D, extra)
    local = residuals(graph, D, given, right[graph.n], system)
    if not local.bad:
        return _undetectable(make_space(graph, D, cotangent, graph.differentiable_leaves()), {})
    first = local.bad[0]
    if not np.isfinite(local.p[first]).all() and np.isfinite(floats(right[first])).all():
        return Diagnosis(UNKNOWN, (), None, f"The adjoint of {graph.name(first)} is not finite{OVERFLOWS}", local.bad)
    if len(graph.edges) > MOST_EDGES:
        words = f"The adjoint of {graph.name(first)} is not the sum of its contributions."
        return Diagnosis(
            UNKNOWN, (), None, f"{words} The graph has {len(graph.edges):,} edges: of so many no kind of fault is sought.", local.bad
        )
    small = sum(map(graph.dimension, right)) <= MOST_ENTRIES
    found = explain_adjoints(setting, local, lambda: wrong_orders(make_space(graph, D, cotangent, right), local.p) if small else [])
    rounded = rounded_candidates(right, given, system)
    if rounded and all(c.alpha is not None or c.change is UNEXPLAINED for c in found):
        return _diagnosis(setting, rounded)
    return _diagnosis(setting, _distinct(found), bad=local.bad)


def _from_some(
    space: Space, given: Mapping[int, Array], right: Mapping[int, Array], system: NumberSystem, allowed: Mapping[int, Any] | None
) -> Diagnosis:
    error = np.concatenate([floats(system.subtract(given[j], right[j])) for j in given], axis=1).reshape(-1)
    noise = noise_of(space, given, system, allowed)
    if not (np.all(np.isfinite(noise)) and np.all(np.isfinite(space.X))):
        return Diagnosis(UNDECIDABLE, (), None, "The path sums overflow float64: scale the leaf values or the cotangent.")
    if not np.all(np.isfinite(error)):
        return Diagnosis(UNKNOWN, (), None, f"An observed adjoint is not finite{OVERFLOWS}")
    if np.all(np.abs(error) <= noise):
        return _undetectable(space, given)
    found = _distinct(explain(space, error, noise))
    rounded = rounded_candidates(right, given, system)
    if rounded and all(c.alpha is not None for c in found):
        return _diagnosis(space, rounded)
    if found:
        diagnosis = _diagnosis(space, found, alike(space, given, found))
        if found[0].alpha is None or int(np.sum(np.abs(error) > noise)) > 1:
            return diagnosis
        return replace(diagnosis, sentence=f"{diagnosis.sentence} Only one entry is wrong, and some factor fits every single number.")
    places = suspects(space, error, noise)
    sentence = "No known fault in a single place explains the error."
    if places:
        names = " or ".join(space.graph.name(j) for j in places)
        sentence += f" A wrong local Jacobian of {names}, wrong in an unknown way, could."
    return Diagnosis(UNKNOWN, (), None, f"{sentence} Give the adjoint of every vertex to see where it begins.", suspects=places)


def noise_of(space: Space, given: Mapping[int, Array], system: NumberSystem, allowed: Mapping[int, Any] | None) -> Array:
    """How far each observed entry may be off in a correct implementation: by the rounding of two passes, and by what is
    `allowed`.
    """
    reach = space.sizes[0][:, space.columns]
    tiny = float(np.finfo(float).smallest_subnormal) if system.family == "float" else 0.0
    behind = roundings_of_a_pass(space.graph)
    counts = 2 * np.concatenate([np.full(given[j].shape[1], behind[j] + 1) for j in given])  # two passes are compared
    noise = counts * (float(system.unit_roundoff) * reach + tiny)
    if allowed is not None:
        noise = noise + np.concatenate([np.broadcast_to(floats(allowed[j]), (len(reach), given[j].shape[1])) for j in given], axis=1)
    return noise.reshape(-1)


def rounded_candidates(right: Mapping[int, Array], given: Mapping[int, Array], system: NumberSystem) -> list[Candidate]:
    """That every adjoint passed through a shorter float, if they did."""
    name = rounded_to(right, given, system)
    return [] if name is None else [Candidate(ROUNDED_TO, EVERYWHERE, ROUNDED, (), detail=name)]


def _distinct(found: Sequence[Candidate]) -> list[Candidate]:
    """One of those that are said in the same words."""
    return list({(c.name, c.place, c.alpha): c for c in reversed(found)}.values())[::-1]


def _undetectable(space: Space, given: Mapping[int, Array]) -> Diagnosis:
    proposal = propose(space)
    sentence = "Nothing is wrong with these gradients beyond rounding: if there is a fault, it cannot be seen here."
    return Diagnosis(UNDETECTABLE, (), None, f"{sentence} {proposal.why}", proposal=proposal)


def _diagnosis(setting: Setting, found: Sequence[Candidate], alike: Alike | None = None, bad: tuple[int, ...] = ()) -> Diagnosis:
    """Those that were found, in words; without `alike` they are one answer, since nothing that is left to observe would
    tell them apart.
    """
    matches = tuple(explained(setting, c) for c in found)
    groups, split_by = ((tuple(range(len(matches))),), None) if alike is None else (alike.groups, alike.split_by)
    verdict = NAMED if len(groups) == 1 else ALIKE
    return Diagnosis(verdict, matches, split_by, sentence(setting, matches, groups, split_by, bad), bad, told=told(groups))


def diagnose(case: Case, routes: Routes, system: NumberSystem, *, all_adjoints: bool = True) -> Diagnosis:
    """The diagnosis of a wrong engine on one case: its adjoints (and values), or those of the leaves alone, against the
    right engine's Jacobians.

    >>> from backproof.verify.cases.lecture import lecture_cases
    >>> from backproof.verify.selftest.mutants import by_name
    >>> diagnose(lecture_cases()[0], by_name("wrong sign").routes, FLOAT64).matches[0].words
    'the contribution along edge u₁→u₃ has the wrong sign'
    """
    graph = case.graph
    wrong = run(case, system, routes)
    if system.family == "ball":  # the middles, at more digits than the balls have
        system = mpmath_system(BALL_DIGITS)
        wrong = replace(wrong, u=middles(wrong.u, system), p=middles(wrong.p, system))
    right = run(case, system, Routes())
    seen = wrong.p if all_adjoints else {j: wrong.p[j] for j in graph.differentiable_leaves()}
    values = wrong.u if all_adjoints else None
    return blame(graph, right.D, case.cotangent, seen, system=system, values=right.u, observed_values=values)


def as_a_whole(found: Diagnosis) -> str:
    """The fault at every place that explains the error too, as a further sentence; empty if there is none, or the
    diagnosis tells it.
    """
    general = next((k for k, match in enumerate(found.matches) if match.place == EVERYWHERE), None)
    return "" if general is None or general in found.told else f" As a fault of the whole engine: {found.matches[general].words}."


def middles(balls: Mapping[int, Array], system: NumberSystem) -> dict[int, Array]:
    """The middles of balls as numbers of a system."""
    return {i: system.array(np.frompyfunc(lambda ball: written_out(ball.mid()), 1, 1)(values)) for i, values in balls.items()}
