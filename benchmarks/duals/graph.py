"""Values and derivatives of graphs by rules of their own: nothing of the engine is used but the description of a graph.

A vertex is a `Dual`: its values in mpmath, and their derivatives by every entry of every leaf. Where a row is not defined its vertex is None, and so is all that reads it.
At a kink whose sides differ a derivative is nan; times 0 that is 0, since a Lipschitz function behind a derivative of 0 has the derivative 0. A vertex that is out of reach
(the exp of 10³⁰⁰) is left out, with all that reads it. Precision is mpmath's: what cancels beyond it is wrong, and is asked again with more digits.

>>> from backproof.engine import Graph, leaf, vertex
>>> graph = Graph(1, (leaf("x"), vertex("y", "square", (1,)), vertex("z", "log", (2,))))
>>> duals(graph, [3.0])[3].d.item()
mpf('0.66666666666666663')
>>> duals(graph, [0.0])[3] is None
True
>>> kink = Graph(1, (leaf("x"), vertex("a", "abs", (1,)), vertex("s", "square", (2,))))
>>> found = duals(kink, [0.0])
>>> found[2].d.item(), found[3].d.item()
(mpf('nan'), mpf('0.0'))
>>> 2 in duals(Graph(1, (leaf("x"), vertex("y", "exp", (1,)))), [1e300])
False
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import mpmath
import numpy as np

from backproof.engine import Graph
from benchmarks.duals.arithmetic import Dual, Found, TooLarge, cos, exp, numbers, sigmoid, sin, softplus, tanh, tanh_slope
from benchmarks.duals.arrays import affine, concatenate, log_softmax, logsumexp, matmul, mean, pick, sliced, softmax, total_of, weighted_sum
from benchmarks.duals.entrywise import add, against_zero, chosen, divide, multiply, of_one, opposite, power, sqrt, subtract, where, zero


def duals(graph: Graph, leaves: Sequence[Any]) -> dict[int, Dual | None]:
    """The vertices within reach, by their numbers."""
    columns = [(j, entry) for j in graph.differentiable_leaves() for entry in range(graph.dimension(j))]
    found: dict[int, Dual | None] = {}
    for j, value in enumerate(leaves, start=1):
        v = numbers(value).reshape(graph.shape(j))
        d = numbers([[int(column == (j, entry)) for column in columns] for entry in range(v.size)])
        found[j] = Dual(v, d.reshape(*v.shape, len(columns)))
    for k in range(graph.l + 1, graph.n + 1):
        vertex = graph.vertices[k - 1]
        if not all(i in found for i in vertex.operands):
            continue
        operands = [found[i] for i in vertex.operands]
        given = [operand for operand in operands if operand is not None]
        attributes = dict(vertex.attributes)
        if len(given) < len(operands):
            found[k] = None
        elif vertex.function == "constant":
            v = numbers(attributes["value"])
            found[k] = Dual(v, numbers(np.zeros((*v.shape, len(columns)), dtype=int)))
        else:
            with suppress(TooLarge):
                found[k] = RULES[str(vertex.function)](attributes, *given)
    return found


RULES: dict[str, Callable[..., Found]] = {
    "identity": lambda a, x: x,
    "add": add,
    "subtract": subtract,
    "multiply": multiply,
    "divide": divide,
    "negate": of_one(lambda x: -x, lambda x: mpmath.mpf(-1)),
    "square": of_one(lambda x: x**2, lambda x: 2 * x),
    "reciprocal": of_one(lambda x: 1 / x, lambda x: -1 / x**2, lambda x: x != 0),
    "power": power,
    "exp": of_one(exp, exp),
    "log": of_one(mpmath.log, lambda x: 1 / x, lambda x: x > 0),
    "tanh": of_one(tanh, tanh_slope),
    "sigmoid": of_one(sigmoid, lambda x: sigmoid(x) * sigmoid(-x)),
    "softplus": of_one(softplus, sigmoid),
    "sin": of_one(sin, cos),
    "cos": of_one(cos, lambda x: -sin(x)),
    "sqrt": sqrt,
    "relu": lambda a, x: against_zero(x, zero),
    "abs": lambda a, x: against_zero(x, opposite),
    "maximum": lambda a, *xs: chosen(xs, lambda x, y: x > y),
    "minimum": lambda a, *xs: chosen(xs, lambda x, y: x < y),
    "where": where,
    "affine": affine,
    "matvec": matmul,
    "matmul": matmul,
    "dot": matmul,
    "weighted_sum": weighted_sum,
    "sum": total_of,
    "mean": mean,
    "logsumexp": logsumexp,
    "softmax": softmax,
    "log_softmax": log_softmax,
    "concatenate": concatenate,
    "slice": sliced,
    "take": lambda a, x: x.map(lambda entries: entries.reshape(-1)[list(a["indices"])]),
    "reshape": lambda a, x: x.map(lambda entries: entries.reshape(a["to"])),
    "transpose": lambda a, x: x.map(lambda entries: np.transpose(entries, a.get("axes"))),
    "broadcast": lambda a, x: x.map(lambda entries: np.broadcast_to(entries, a["to"])),
    "pick": pick,
}
"""Every row of the function table but `constant`: its value and its derivative, from the operands' duals."""
