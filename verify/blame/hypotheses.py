"""Every hypothesis that explains the wrong adjoints of one graph: `hypotheses(graph, D, cotangent, observed)`.

`diagnosis.blame` names the simplest ones and stops there. A run intersects what explains each of its failures
(`blame.cover`), so here nothing may be left out: a hypothesis that is not asked on one graph would be ruled out of all.
Each one predicts the error exactly, as in `from_adjoints` and `from_gradients`.

>>> from backproof.engine import Graph, forward, jacobians, leaf, vertex
>>> graph = Graph(1, (leaf("x"), vertex("y", "multiply", (1, 1))))
>>> u = forward(graph, [3.0])
>>> found = hypotheses(graph, jacobians(graph, u), None, {1: [3.0]}, values=u)
>>> found.keys[:2], found.first
(('operand missed @ everywhere', 'operand missed @ every multiply'), 1)
>>> hypotheses(graph, jacobians(graph, u), None, {1: [6.0]}, values=u).keys
()
>>> hypotheses(graph, jacobians(graph, u), None, {}, values=u)
Traceback (most recent call last):
    ...
ValueError: no adjoint is observed; give that of one leaf at least
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.engine import FLOAT64, Graph, NumberSystem, backward
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.verify.blame.candidates import UNEXPLAINED, Candidate, Setting, floats, make_setting, wide_places
from backproof.verify.blame.causes import NOT_FINITE, ONE_PLACE, UNKNOWN_JACOBIAN, UNKNOWN_SUM, WRONG_SEED, Cause, causes_of, level
from backproof.verify.blame.contributions import arrived, one_path_each
from backproof.verify.blame.diagnosis import MOST_EDGES, noise_of, rounded_candidates, shaped
from backproof.verify.blame.from_adjoints import (
    Residuals,
    added_where_nothing_belongs,
    first_bad_value,
    fitted_factors,
    matching,
    residuals,
    wrong_orders,
)
from backproof.verify.blame.from_gradients import explain, round_factor
from backproof.verify.blame.from_values import operand_uses
from backproof.verify.blame.predictions import MOST_ENTRIES, make_space
from backproof.verify.blame.single_faults import few_consumers, single_faults
from backproof.verify.blame.uses import use_rules, uses_of
from backproof.verify.rounding.higher_order import inherited_errors


@dataclass(frozen=True)
class Hypotheses:
    """What explains one graph. `first` is the first wrong vertex of those observed, in the order of the backward pass,
    `value` the first vertex whose value is wrong already; `local` what each adjoint should be, given those of its
    children, where all were observed; `candidates` the explanations and `keys` what they say of any graph (the causes
    that no candidate stands for are among them), the most telling first.
    """

    setting: Setting
    first: int | None = None
    value: int | None = None
    local: Residuals | None = None
    candidates: tuple[tuple[str, Candidate | None], ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The causes, each once."""
        return tuple(dict.fromkeys(key for key, _ in self.candidates))


def hypotheses(
    graph: Graph,
    D: Mapping[Edge, Array],
    cotangent: Any,
    observed: Mapping[int, Any],
    *,
    values: Mapping[int, Array],
    system: NumberSystem = FLOAT64,
    observed_values: Mapping[int, Array] | None = None,
) -> Hypotheses:
    """All that explains the observed adjoints, given the right Jacobians and values, as `diagnosis.blame` takes them.
    ValueError for an adjoint of another shape, and where none is observed.
    """
    with np.errstate(all="ignore"):
        right = backward(graph, D, cotangent, system)
        given = {j: shaped(graph, j, value, right, system) for j, value in sorted(observed.items()) if j in right}
        if not given:
            raise ValueError("no adjoint is observed; give that of one leaf at least")
        setting = make_setting(graph, D, (*operand_uses(graph, values), *use_rules(graph, setting_floats(D), values)))
        if observed_values is not None:
            place = first_bad_value(graph, observed_values, D, system)
            if place is not None:
                wrong = Candidate("wrong value", place, UNEXPLAINED, ())
                return Hypotheses(setting, place, place, None, _named(setting, [wrong]))
        if set(given) >= set(right) - {graph.n}:
            return _from_all(setting, D, {graph.n: right[graph.n], **given}, right, cotangent, system, values)
        return _from_some(setting, D, given, right, cotangent, system, values)


def setting_floats(D: Mapping[Edge, Array]) -> dict[Edge, Array]:
    """Jacobians of any number system in float64."""
    return {edge: floats(matrix) for edge, matrix in D.items()}


def _named(setting: Setting, found: Sequence[Candidate], *others: Cause) -> tuple[tuple[str, Candidate | None], ...]:
    first: dict[str, Candidate | None] = {}
    for c, causes in zip(found, causes_of(setting, *found), strict=True):
        for cause in causes:
            first.setdefault(cause.key, c)
    for cause in others:
        first.setdefault(cause.key, None)
    return tuple(sorted(first.items(), key=lambda pair: level(pair[0])))


def _from_all(
    setting: Setting,
    D: Mapping[Edge, Array],
    given: Mapping[int, Array],
    right: Mapping[int, Array],
    cotangent: Any,
    system: NumberSystem,
    values: Mapping[int, Array],
) -> Hypotheses:
    graph = setting.graph
    leaves = [values[i] for i in range(1, graph.l + 1)]
    slack = inherited_errors(graph, leaves, system) if system.family == "float" else None
    local = residuals(graph, D, given, right[graph.n], system, slack)
    if not local.bad:
        return Hypotheses(setting, local=local)
    first = local.bad[0]
    if not np.isfinite(local.p[first]).all() and np.isfinite(floats(right[first])).all():
        return Hypotheses(setting, first, None, local, _named(setting, [], Cause(NOT_FINITE, ONE_PLACE)))
    if graph.n in local.bad:
        return Hypotheses(setting, first, None, local, _named(setting, [], Cause(WRONG_SEED, "the output")))
    few = len(graph.edges) <= MOST_EDGES
    found = [*single_faults(setting, local), *matching(setting, local, wide_places(setting)), *few_consumers(setting, local)]
    found += added_where_nothing_belongs(setting, local)
    found += [c for c in fitted_factors(setting, local, found) if _is_sure(local, c)]
    if sum(map(graph.dimension, right)) <= MOST_ENTRIES and few:
        found += wrong_orders(make_space(graph, D, cotangent, right), local.p)
    rounded = rounded_candidates(right, given, system)
    if rounded:
        found = [c for c in found if c.alpha is None] + rounded
    found += arrived(setting, local, uses_of(graph, setting_floats(D), values))
    return Hypotheses(setting, first, None, local, _named(setting, found, *_unknown(setting, local)))


def _is_sure(local: Residuals, c: Candidate) -> bool:
    """A fitted factor that more than one number confirms, or a round one."""
    several = sum(int(np.sum(np.abs(local.value[j]) > local.noise[j])) for j in local.bad) > 1
    return several or (c.alpha is not None and round_factor(c.alpha, 0.0) is not None)


def _unknown(setting: Setting, local: Residuals) -> list[Cause]:
    """The functions whose local Jacobians alone could be wrong, and that a sum is."""
    graph, bad = setting.graph, set(local.bad)
    read: dict[str, set[int]] = {}
    for a, b in setting.edges:
        read.setdefault(graph.row(b).name, set()).add(a)
    return [
        *(Cause(UNKNOWN_JACOBIAN, f"every {f}") for f, parents in sorted(read.items()) if bad <= parents),
        Cause(UNKNOWN_SUM, ONE_PLACE),
    ]


def _from_some(
    setting: Setting,
    D: Mapping[Edge, Array],
    given: Mapping[int, Array],
    right: Mapping[int, Array],
    cotangent: Any,
    system: NumberSystem,
    values: Mapping[int, Array],
) -> Hypotheses:
    graph = setting.graph
    if len(graph.edges) > MOST_EDGES or sum(map(graph.dimension, right)) > MOST_ENTRIES:
        return Hypotheses(setting, max(given), None, None, _named(setting, [], Cause(UNKNOWN_SUM, ONE_PLACE)))
    space = make_space(graph, D, cotangent, given, setting.extra)
    error = np.concatenate([floats(system.subtract(given[j], right[j])) for j in given], axis=1).reshape(-1)
    noise = noise_of(space, given, system, None)
    if not (np.all(np.isfinite(noise)) and np.all(np.isfinite(space.X))):
        return Hypotheses(setting)
    if not np.all(np.isfinite(error)):
        infinite = max(j for j in given if not np.isfinite(floats(given[j])).all())
        return Hypotheses(setting, infinite, None, None, _named(setting, [], Cause(NOT_FINITE, ONE_PLACE)))
    if np.all(np.abs(error) <= noise):
        return Hypotheses(setting)
    found = [c for c in explain(space, error, noise, everything=True) if c.alpha is None or round_factor(c.alpha, 0.0) is not None]
    found += rounded_candidates(right, given, system)
    widths = [given[j].shape[1] for j in given]
    allowed = dict(zip(given, np.split(noise.reshape(-1, sum(widths)), np.cumsum(widths)[:-1], axis=1), strict=True))
    seen = {j: floats(given[j]) for j in given}
    path = one_path_each(setting, uses_of(graph, setting_floats(D), values), floats(right[graph.n]), seen, allowed)
    found += [] if path is None else [path]
    parts = np.split((np.abs(error) > noise).reshape(-1, sum(widths)), np.cumsum(widths)[:-1], axis=1)
    first = max(j for j, apart in zip(given, parts, strict=True) if apart.any())
    return Hypotheses(setting, first, None, None, _named(setting, found, Cause(UNKNOWN_SUM, ONE_PLACE)))
