"""Faults that only the values of a case show.

`operand_uses`: a use of an operand is left out; `stale_values`: Jacobians are taken at old values; `rounded_to`:
results passed through a shorter float.

>>> from backproof.engine import Graph, backward, forward, jacobians, leaf, vertex
>>> graph = Graph(1, (leaf("x"), vertex("y", "multiply", (1, 1))))
>>> u = forward(graph, [3.0])
>>> [(change.kind, change.given) for change in operand_uses(graph, u)][0]
('operand missed', {(1, 2): array([[3.]])})
>>> [(change.kind, change.stale, change.given) for change in stale_values(graph, u, {1: FLOAT64.array([2.0])})]
[('stale value', 1, {(1, 2): array([[4.]])})]
>>> p = backward(graph, jacobians(graph, forward(graph, [0.1])))
>>> rounded_to(p, {1: p[1].astype("float32").astype(float)}, FLOAT64)
'float32'
>>> rounded_to(p, {1: p[1] + 1}, FLOAT64) is None
True
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ml_dtypes
import numpy as np

from backproof.engine import FLOAT64, DomainError, Graph, NumberSystem
from backproof.engine.graph import Edge
from backproof.engine.local_functions import local_jacobian
from backproof.engine.number_systems import Array
from backproof.verify.blame.candidates import Change

SHORTER: tuple[Any, ...] = (np.float64, np.float32, np.float16, ml_dtypes.bfloat16)


def operand_uses(graph: Graph, u: Mapping[int, Any]) -> list[Change]:
    """For every edge along which a vertex is read several times: the Jacobian of each use alone, and of all uses but
    one.
    """
    found: dict[tuple[int, bool], dict[Edge, Array]] = {}  # by the use, and whether it is the one that counts or that is missed
    values = {j: np.asarray(value, dtype=float) for j, value in u.items()}
    for j, i in graph.edges:
        operands = graph.operands(i)
        uses = [slot for slot, operand in enumerate(operands) if operand == j]
        if len(uses) < 2 or graph.is_discrete(j):
            continue
        arrays = [values[k].reshape(graph.shape(k)) for k in operands]
        each = [graph.row(i).jacobian(FLOAT64, graph.attributes(i), arrays, slot) for slot in uses]
        for number, one in enumerate(each, start=1):
            found.setdefault((number, True), {})[j, i] = one
            if len(each) > 2:
                found.setdefault((number, False), {})[j, i] = sum(each, -one)
    return [Change("operand missed", given=given) for given in found.values()]


def stale_values(graph: Graph, u: Mapping[int, Any], old: Mapping[int, Any]) -> list[Change]:
    """For every vertex with an old value: the Jacobians of its readers at that value, all other values being the right
    ones.
    """
    values = {j: np.asarray(value, dtype=float) for j, value in u.items()}
    found: list[Change] = []
    for v, value in sorted(old.items()):
        before = np.asarray(value, dtype=float).reshape(-1)
        if np.array_equal(before, values[v]):
            continue
        changed = {**values, v: before}
        try:
            given = {
                (j, i): local_jacobian(graph, j, i, changed, FLOAT64)
                for i in graph.children(v)
                for j in graph.parents(i)
                if not graph.is_discrete(j)
            }
        except DomainError:
            continue
        if given:
            found.append(Change("stale value", given=given, stale=v))
    return found


def rounded_to(right: Mapping[int, Array], given: Mapping[int, Array], system: NumberSystem) -> str | None:
    """The longest float shorter than the system's through which the observed adjoints passed, if they did; the
    cotangent, which may not have, is left out.

    Every one of them is a number of that float, a right one is not, and none is off by more than one rounding.
    """
    last = max(right)
    pairs = [(x, y) for j in given if j != last for x, y in zip(given[j].reshape(-1).tolist(), right[j].reshape(-1).tolist(), strict=True)]
    unit = float(system.unit_roundoff)
    for dtype in SHORTER:
        info: Any = ml_dtypes.finfo(dtype)
        own = float(info.eps) / 2
        if own <= unit:
            continue
        limit = own + 64 * unit
        if all(_is_a(dtype, x) and abs(x - y) <= limit * abs(float(y)) for x, y in pairs) and any(x != y for x, y in pairs):
            if all(_is_a(dtype, y) for _, y in pairs):
                continue
            return np.dtype(dtype).name
    return None


def _is_a(dtype: Any, value: Any) -> bool:
    """Whether a number is one of this float type."""
    try:
        return bool(float(dtype(float(value))) == value)
    except OverflowError:
        return False
