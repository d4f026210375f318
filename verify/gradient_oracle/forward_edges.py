"""The forward pass of somebody's code as edges of floats (`causes/edges.py`): `trace_edges(f, args, cotangent)` lifts f
once more and keeps for every edge its derivative.

>>> def f(x):
...     m = np.mean(x)
...     return x * m
>>> edges = trace_edges(f, (np.array([1.0, 2.0]),), np.array([1.0, 1.0]))
>>> [gradient.tolist() for gradient in edges.pulled(lambda group: 1.0)]
[[3.0, 3.0]]
>>> mean = next(group for group in edges.groups if group.source.function == "argument" and group.target.function != "multiply")
>>> [gradient.tolist() for gradient in edges.pulled(lambda group: 0.0 if group == mean else 1.0)]
[[1.5, 1.5]]
>>> trace_edges(lambda x: np.linalg.eigvals(np.diag(x)), (np.array([1.0, 2.0]),), np.array([1.0, 1.0]))
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: numpy.linalg.eigvals has no lifted rule (...
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.causes.edges import Edges, Group, Operation
from backproof.verify.gradient_oracle.lifted_runs import with_lines
from backproof.verify.lift.lifted import Lifted
from backproof.verify.numbers.ball_arrays import precision


def trace_edges(f: Callable[..., Any], args: Sequence[Any], cotangent: Any) -> Edges:
    """The edges of f at these arguments. NotLifted or Undecided where f cannot be followed."""
    lifted, lines = with_lines(f, args)
    operations = _operations(lifted, lines)
    groups: dict[Group, int] = {}
    seeds = [
        (node, seed, groups.setdefault(Group(operations[node], Operation("output")), len(groups)), place)
        for node, seed, place in _seeds(lifted, cotangent)
    ]
    edges = [
        (target, source, slope, groups.setdefault(Group(operations[source], operations[target]), len(groups)))
        for target, source, slope in _slopes(lifted)
    ]
    with precision(lifted.tape.bits):
        values = [float(value.mid()) for _, _, value in lifted.tape.nodes]
    return Edges(list(groups), edges, seeds, list(lifted.tape.shapes), lifted.positions, operations, values)


def _operations(lifted: Lifted, lines: Sequence[tuple[str, int]]) -> list[Operation]:
    """The operation of every node of the tape."""
    tape = lifted.tape
    operations = [Operation(rule.name, *line) for (rule, _, _), line in zip(tape.nodes, lines, strict=True)]
    for numbers, position in zip(tape.shapes, lifted.positions, strict=True):
        for i in numbers.reshape(-1).tolist():
            operations[i] = Operation("argument", number=position)
    return operations


def _seeds(lifted: Lifted, cotangent: Any) -> Iterator[tuple[int, float, int]]:
    """The nodes that are outputs, each with its entry of the cotangent, and the place of that entry."""
    outputs = [output for output in lifted.outputs if output is not None]
    given = [np.asarray(cotangent, dtype=float)] if len(outputs) == 1 else [np.asarray(part, dtype=float) for part in cotangent]
    entries = zip(
        (x for output in outputs for x in output.reshape(-1).tolist()),
        (float(seed) for cotangents in given for seed in cotangents.reshape(-1)),
        strict=True,
    )
    yield from ((x.index, seed, place) for place, (x, seed) in enumerate(entries) if x.index >= 0)


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
