"""The forward pass of somebody's code as a graph of floats with the line of every operation: which contribution to the
gradient flows through which line.

`trace_edges(f, args, cotangent)` lifts f once more and keeps for every edge its derivative. Edges are grouped by the
operations at their ends (function, file and line), so that "the contribution of the mean at layer.py:12 to the
difference at layer.py:14" is one `Group`, however many numbers it has. `pulled(keep)` is the gradient with every edge
multiplied by a factor.

>>> def f(x):
...     m = np.mean(x)
...     return x * m
>>> edges = trace_edges(f, (np.array([1.0, 2.0]),), np.array([1.0, 1.0]))
>>> [gradient.tolist() for gradient in edges.pulled(lambda group: 1.0)]
[[3.0, 3.0]]
>>> mean = next(group for group in edges.groups if group.source.function == "argument" and group.target.function != "multiply")
>>> [gradient.tolist() for gradient in edges.pulled(lambda group: 0.0 if group == mean else 1.0)]
[[1.5, 1.5]]
>>> trace_edges(lambda x: np.fft.fft(x), (np.array([1.0, 2.0]),), np.array([1.0, 1.0]))
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: numpy.fft.fft has no lifted rule (...
"""

from __future__ import annotations

import linecache
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.lifted_runs import with_lines
from backproof.verify.lift.lifted import Lifted
from backproof.verify.numbers.ball_arrays import precision


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


@dataclass
class Edges:
    """The edges (target node, source node, derivative, group number) of a forward pass, latest target first, and where
    sweeps start and end."""

    groups: list[Group]
    edges: list[tuple[int, int, float, int]]
    seeds: list[tuple[int, float, int]]
    leaves: list[Array]
    positions: tuple[int, ...]
    size: int

    def pulled(self, factor: Callable[[Group], float]) -> list[Array]:
        """cotangent · Jacobian with every edge times the factor of its group, one array for each lifted argument."""
        return self._swept([factor(group) for group in self.groups], [seed for _, seed, _ in self.seeds])

    def pulled_with(self, cotangent: Array) -> list[Array]:
        """The gradient for another cotangent of a single output, all of whose entries depend on the arguments."""
        seeds = cotangent.reshape(-1).tolist()
        return self._swept([1.0] * len(self.groups), seeds if len(seeds) == len(self.seeds) else [float("nan")] * len(self.seeds))

    def _swept(self, factors: Sequence[float], seeds: Sequence[float]) -> list[Array]:
        adjoints = [0.0] * self.size
        for (node, _, group), seed in zip(self.seeds, seeds, strict=True):
            adjoints[node] += seed * factors[group]
        for target, source, derivative, group in self.edges:
            if adjoints[target] and factors[group]:
                adjoints[source] += factors[group] * adjoints[target] * derivative
        return [np.array([adjoints[i] for i in numbers.reshape(-1)]).reshape(numbers.shape) for numbers in self.leaves]

    def last_contributions(self) -> list[Array]:
        """The gradient if every argument keeps only the last of the contributions to each of its entries."""
        adjoints = [0.0] * self.size
        inputs = {int(i) for numbers in self.leaves for i in numbers.reshape(-1)}
        last: dict[int, tuple[int, float]] = {}
        for node, seed, _ in self.seeds:
            if node in inputs:
                last[node] = (self.size, seed)
            adjoints[node] += seed
        for target, source, derivative, _ in self.edges:
            part = adjoints[target] * derivative
            if source in inputs and (source not in last or target > last[source][0]):
                last[source] = (target, part)
            adjoints[source] += part
        return [np.array([last.get(int(i), (0, 0.0))[1] for i in numbers.reshape(-1)]).reshape(numbers.shape) for numbers in self.leaves]


def trace_edges(f: Callable[..., Any], args: Sequence[Any], cotangent: Any) -> Edges:
    """The edges of f at these arguments. NotLifted or Undecided where f cannot be followed."""
    lifted, lines = with_lines(f, args)
    operations = _operations(lifted, lines)
    groups: dict[Group, int] = {}
    seeds = [
        (node, seed, groups.setdefault(Group(operations[node], Operation("output")), len(groups)))
        for node, seed in _seeds(lifted, cotangent)
    ]
    edges = [
        (target, source, slope, groups.setdefault(Group(operations[source], operations[target]), len(groups)))
        for target, source, slope in _slopes(lifted)
    ]
    return Edges(list(groups), edges, seeds, list(lifted.tape.shapes), lifted.positions, len(lifted.tape.nodes))


def _operations(lifted: Lifted, lines: Sequence[tuple[str, int]]) -> list[Operation]:
    """The operation of every node of the tape."""
    tape = lifted.tape
    operations = [Operation(rule.name, *line) for (rule, _, _), line in zip(tape.nodes, lines, strict=True)]
    for numbers, position in zip(tape.shapes, lifted.positions, strict=True):
        for i in numbers.reshape(-1).tolist():
            operations[i] = Operation("argument", number=position)
    return operations


def _seeds(lifted: Lifted, cotangent: Any) -> Iterator[tuple[int, float]]:
    """The nodes that are outputs, each with its entry of the cotangent."""
    outputs = [output for output in lifted.outputs if output is not None]
    given = [np.asarray(cotangent, dtype=float)] if len(outputs) == 1 else [np.asarray(part, dtype=float) for part in cotangent]
    for output, cotangents in zip(outputs, given, strict=True):
        for x, seed in zip(output.reshape(-1).tolist(), cotangents.reshape(-1).tolist(), strict=True):
            if x.index >= 0:
                yield x.index, float(seed)


def _slopes(lifted: Lifted) -> list[tuple[int, int, float]]:
    """The edges (target, source, derivative), latest target first."""
    nodes, found = lifted.tape.nodes, list[tuple[int, int, float]]()
    with precision(lifted.tape.bits):
        for target in range(len(nodes) - 1, -1, -1):
            rule, operands, value = nodes[target]
            if not operands:
                continue
            for x, partial in zip(operands, rule.partials(value, *[x.value for x in operands]), strict=True):
                if x.index >= 0:
                    found.append((target, x.index, float("nan") if partial is None else float(partial.mid())))
    return found
