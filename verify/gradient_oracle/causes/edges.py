"""A forward pass as a graph of floats with the line of every operation: which contribution to the gradient flows through
which line.

Edges are grouped by the operations at their ends (function, file and line), so that "the contribution of the mean at
layer.py:12 to the difference at layer.py:14" is one `Group`, however many numbers it has. `pulled(keep)` is the gradient
with every edge multiplied by a factor.

>>> x, y, out = Operation("argument"), Operation("exp", "f.py", 2), Operation("output")
>>> groups = [Group(y, out), Group(x, y)]
>>> edges = Edges(groups, [(1, 0, 3.0, 1)], [(1, 10.0, 0, 0)], [np.array([0])], (0,), [x, y])
>>> edges.pulled(lambda group: 1.0)[0].tolist(), edges.pulled(lambda group: 0.0)[0].tolist()
([30.0], [0.0])
>>> edges.pulled_with(np.ones(0))[0].tolist()
[nan]
"""

from __future__ import annotations

import linecache
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from backproof.engine.number_systems import Array


@dataclass(frozen=True)
class Operation:
    """A function at a line of the user's code, an argument ("argument", with its place as `number`), or the output."""

    function: str
    file: str = ""
    line: int = 0
    number: int = 0

    @property
    def place(self) -> str:
        """`file.py:line`."""
        return f"{os.path.basename(self.file)}:{self.line}"

    @property
    def text(self) -> str:
        """The line of code, without the spaces around it; empty if there is no such file."""
        return linecache.getline(self.file, self.line).strip()


@dataclass(frozen=True)
class Group:
    """All edges from one operation to another."""

    source: Operation
    target: Operation


@dataclass(frozen=True)
class Edges:
    """The edges (target node, source node, derivative, group number) of a forward pass, latest target first; where
    sweeps start, as (node, cotangent, group number, place among the entries of the outputs); and where they end: the
    numbers of the leaves of each lifted argument, and which arguments these are. `operations` has one for each node, and `values` its value.
    """

    groups: list[Group]
    edges: list[tuple[int, int, float, int]]
    seeds: list[tuple[int, float, int, int]]
    leaves: list[Array]
    positions: tuple[int, ...]
    operations: list[Operation]
    values: list[float] | None = None

    def pulled(self, factor: Callable[[Group], float]) -> list[Array]:
        """cotangent · Jacobian with every edge times the factor of its group, one array for each lifted argument."""
        factors = [factor(group) for group in self.groups]
        adjoints = [0.0] * len(self.operations)
        for node, seed, group, _ in self.seeds:
            adjoints[node] += seed * factors[group]
        return self._at_leaves(self._swept(adjoints, factors))

    def pulled_with(self, cotangent: Array) -> list[Array]:
        """The gradient for another cotangent of a single output; nan where it has not as many entries."""
        return self._at_leaves(self.adjoints_with(cotangent))

    def adjoints_with(self, cotangent: Array) -> list[float]:
        """The derivative of another cotangent · output by every number on the way."""
        seeds = cotangent.reshape(-1).tolist()
        adjoints = [0.0] * len(self.operations)
        for node, _, _, place in self.seeds:
            adjoints[node] += seeds[place] if place < len(seeds) else float("nan")
        return self._swept(adjoints)

    def pulled_from(self, node: int) -> list[Array]:
        """The derivatives of one number on the way by the arguments."""
        adjoints = [0.0] * len(self.operations)
        adjoints[node] = 1.0
        return self._at_leaves(self._swept(adjoints))

    def adjoints(self) -> list[float]:
        """The derivative of cotangent · output by every number on the way."""
        adjoints = [0.0] * len(self.operations)
        for node, seed, _, _ in self.seeds:
            adjoints[node] += seed
        return self._swept(adjoints)

    def by_operation(self) -> dict[Operation, list[int]]:
        """The numbers of every operation that is no argument."""
        nodes: dict[Operation, list[int]] = {}
        for node, operation in enumerate(self.operations):
            if operation.function != "argument":
                nodes.setdefault(operation, []).append(node)
        return nodes

    def contributions(self) -> dict[int, list[tuple[int, float]]]:
        """For every leaf, what is added up to its gradient: (target node, part), in the order of the forward; what an
        output adds comes last."""
        adjoints = self.adjoints()
        found: dict[int, list[tuple[int, float]]] = {int(i): [] for numbers in self.leaves for i in numbers.reshape(-1)}
        for target, source, derivative, _ in reversed(self.edges):
            if source in found:
                found[source].append((target, adjoints[target] * derivative))
        for node, seed, _, place in self.seeds:
            if node in found:
                found[node].append((len(self.operations) + place, seed))
        return found

    def last_contributions(self) -> list[Array]:
        """The gradient if every argument keeps only the last of the contributions to each of its entries."""
        found = self.contributions()
        last = {leaf: parts[-1][1] if parts else 0.0 for leaf, parts in found.items()}
        return [np.array([last[int(i)] for i in numbers.reshape(-1)]).reshape(numbers.shape) for numbers in self.leaves]

    def _swept(self, adjoints: list[float], factors: Sequence[float] | None = None) -> list[float]:
        for target, source, derivative, group in self.edges:
            adjoint = adjoints[target]
            if adjoint and (factors is None or factors[group]):
                adjoints[source] += adjoint * derivative if factors is None else factors[group] * adjoint * derivative
        return adjoints

    def _at_leaves(self, adjoints: Sequence[float]) -> list[Array]:
        return [np.array([adjoints[i] for i in numbers.reshape(-1)]).reshape(numbers.shape) for numbers in self.leaves]
