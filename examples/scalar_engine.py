"""A home-made engine of scalars, as people write it to learn, put on trial: right, and with the mistake that everybody makes once.

Run it: `python examples/scalar_engine.py`, or try either engine on more graphs, with a report:

    backproof oracle examples.scalar_engine:right --functions add,multiply,tanh --scalars
    backproof oracle examples.scalar_engine:wrong --functions add,multiply,tanh --scalars --html wrong.html

Each `Value` remembers what it was made of; the backward pass goes through them in reverse. The wrong engine sets the gradient of a value where it should add to it, which shows
only where a value is used twice.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from backproof.engine import Graph
from backproof.verify.cases import restricted_case
from backproof.verify.engine_oracle import Engine, check_engine, diagnose_engine

FUNCTIONS = frozenset({"add", "multiply", "tanh"})


class Value:
    """A number, its gradient, and how to pass the gradient on."""

    def __init__(self, data: float, parents: tuple[Value, ...] = (), slopes: tuple[float, ...] = ()) -> None:
        self.data, self.parents, self.slopes, self.grad = data, parents, slopes, 0.0

    def __add__(self, other: Value) -> Value:
        return Value(self.data + other.data, (self, other), (1.0, 1.0))

    def __mul__(self, other: Value) -> Value:
        return Value(self.data * other.data, (self, other), (other.data, self.data))

    def tanh(self) -> Value:
        """tanh of the value."""
        t = math.tanh(self.data)
        return Value(t, (self,), (1 - t * t,))


def evaluate(function: str, operands: Sequence[Value], tape: list[Value]) -> Value:
    """One vertex of a graph; add and multiply take any number of operands, so that there may be values in between."""
    result = operands[0].tanh() if function == "tanh" else operands[0]
    for other in operands[1:]:
        if result is not operands[0]:
            tape.append(result)
        result = result + other if function == "add" else result * other
    tape.append(result)
    return result


def engine_that(pass_on: Callable[[Value, float], None]) -> Engine:
    """The engine, with its way to pass a gradient on to a parent."""

    def engine(graph: Graph, leaves: Sequence[np.ndarray], cotangent: np.ndarray) -> dict[int, float]:
        values = {j: Value(float(x)) for j, x in enumerate(leaves, start=1)}
        tape: list[Value] = []
        for i in range(graph.l + 1, graph.n + 1):
            values[i] = evaluate(graph.row(i).name, [values[j] for j in graph.operands(i)], tape)
        values[graph.n].grad = float(cotangent[0, 0])
        for value in reversed(tape):
            for parent, slope in zip(value.parents, value.slopes, strict=True):
                pass_on(parent, value.grad * slope)
        return {i: value.grad for i, value in values.items()}

    return engine


def adding(parent: Value, amount: float) -> None:
    """Every use of a value adds to its gradient."""
    parent.grad += amount


def setting(parent: Value, amount: float) -> None:
    """Wrong where a value is used twice."""
    parent.grad = amount


def right() -> Engine:
    """The engine as it should be."""
    return engine_that(adding)


def wrong() -> Engine:
    """The engine with the mistake."""
    return engine_that(setting)


def main() -> None:
    """Both engines on 50 random graphs, and what is wrong with the second."""
    for name, engine in (("adding", right()), ("setting", wrong())):
        results = [check_engine(restricted_case(0, index, FUNCTIONS, scalars=True), engine) for index in range(50)]
        failing = [result for result in results if result.verdict.value not in ("CORRECT", "INCONCLUSIVE")]
        undecided = sum(result.verdict.value == "INCONCLUSIVE" for result in results)
        print(f"{name}: {len(failing)} of {len(results)} graphs wrong, {undecided} undecidable in float64")
        if failing:
            smallest = min(failing, key=lambda result: result.case.graph.n)
            print(f"  on a graph of {smallest.case.graph.n} vertices: {diagnose_engine(smallest)}")


if __name__ == "__main__":
    main()
