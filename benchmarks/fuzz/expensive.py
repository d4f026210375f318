"""Small documents that ask for much: valid graphs and cases, by kind, at any size. Each is refused with the place, or ends as INCONCLUSIVE (time or memory), or was not dear.

>>> document = EXPENSIVE["one wide leaf"](10**8)
>>> document["vertices"][0]["shape"], len(json.dumps(document)) < 250
([100000000], True)
>>> EXPENSIVE["a cheap graph"]
Traceback (most recent call last):
    ...
KeyError: 'a cheap graph'
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

Document: TypeAlias = dict[str, Any]

__all__ = ["EXPENSIVE", "SIZES", "Document", "case", "graph", "json", "leaf", "vertex"]


def leaf(name: str, shape: Sequence[int] = ()) -> Document:
    """A leaf of a document."""
    return {"name": name, "shape": list(shape)}


def vertex(name: str, function: str, operands: Sequence[int], shape: Sequence[int] = (), **attributes: Any) -> Document:
    """A vertex of a document."""
    return {"name": name, "shape": list(shape), "function": function, "operands": list(operands), "attributes": attributes}


def graph(*vertices: Document) -> Document:
    """A document of a graph; its edges are the operands."""
    edges = sorted({(j, i) for i, v in enumerate(vertices, start=1) for j in v.get("operands", ())})
    leaves = sum("function" not in v for v in vertices)
    return {
        "format": "backproof-graph",
        "version": 1,
        "n": len(vertices),
        "l": leaves,
        "edges": [list(e) for e in edges],
        "vertices": [*vertices],
    }


def case(of: Document, *leaves: Sequence[Any], cotangent: Any = None) -> Document:
    """A document of a case."""
    return {"format": "backproof-case", "version": 1, "graph": of, "leaves": [list(values) for values in leaves], "cotangent": cotangent}


def chain(name: str, length: int, shape: Sequence[int] = (), **attributes: Any) -> Document:
    """A leaf, and so many vertices in a row."""
    return graph(leaf("x", shape), *(vertex(f"v{i}", name, [i], shape, **attributes) for i in range(1, length + 1)))


def diamonds(count: int) -> Document:
    """So many diamonds in a row: 2 to the power of `count` paths."""
    vertices = [leaf("x")]
    for k in range(count):
        top = len(vertices)
        vertices += [vertex(f"a{k}", "negate", [top]), vertex(f"b{k}", "negate", [top]), vertex(f"c{k}", "add", [top + 1, top + 2])]
    return graph(*vertices)


def everything_before(count: int) -> Document:
    """So many sums, each of all vertices before it; not more than make a document of two megabytes."""
    count = min(count, 500)
    return graph(leaf("x"), leaf("y"), *(vertex(f"v{i}", "add", list(range(1, i))) for i in range(3, count + 3)))


def _ones(count: int) -> list[int]:
    return [1] * count


EXPENSIVE: dict[str, Callable[[int], Document]] = {
    "one wide leaf": lambda n: graph(leaf("x", [n]), vertex("y", "sum", [1])),
    "a wide leaf alone with its square": lambda n: graph(leaf("x", [n]), vertex("y", "square", [1], [n])),
    "many leaves": lambda n: graph(*(leaf(f"x{i}") for i in range(n)), vertex("y", "add", list(range(1, n + 1)))),
    "broadcast and sum": lambda n: graph(leaf("x", [n]), vertex("y", "broadcast", [1], [n, n], to=[n, n]), vertex("z", "sum", [2])),
    "a huge exponent": lambda n: case(graph(leaf("x"), vertex("y", "power", [1], exponent=n)), [2]),
    "a huge negative exponent": lambda n: case(graph(leaf("x"), vertex("y", "power", [1], exponent=-n)), [3]),
    "a fraction as exponent": lambda n: case(graph(leaf("x"), vertex("y", "power", [1], exponent={"rational": f"{n}/3"})), [2]),
    "exponents in a row": lambda n: case(chain("power", max(2, n.bit_length()), exponent=min(n, 1000)), [{"rational": "3/2"}]),
    "squares in a row": lambda n: case(chain("square", n), [3]),
    "squares of fractions in a row": lambda n: case(chain("square", n), [{"rational": "3/7"}]),
    "exp in a row": lambda n: case(chain("exp", min(n, 2000)), [{"float": "0x1.999999999999ap-4"}]),
    "a vertex times itself": lambda n: graph(leaf("x"), vertex("y", "multiply", _ones(n))),
    "a vector times itself": lambda n: graph(leaf("x", [50]), vertex("y", "multiply", _ones(n), [50])),
    "a wide output": lambda n: graph(leaf("x", [n]), vertex("y", "exp", [1], [n])),
    "a wide output, twice": lambda n: graph(leaf("x", [n]), vertex("y", "tanh", [1], [n]), vertex("z", "exp", [2], [n])),
    "softmax and sum": lambda n: graph(leaf("x", [n]), vertex("y", "softmax", [1], [n]), vertex("z", "sum", [2])),
    "exp of one leaf, added": lambda n: graph(
        leaf("x"), *(vertex(f"v{i}", "exp", [1]) for i in range(n)), vertex("z", "add", list(range(2, n + 2)))
    ),
    "a chain": lambda n: chain("negate", n),
    "a chain of sines": lambda n: chain("sin", n),
    "a chain of vectors": lambda n: chain("tanh", 20, [n]),
    "diamonds": diamonds,
    "everything before": everything_before,
    "concatenated with itself": lambda n: graph(leaf("x", [10]), vertex("y", "concatenate", _ones(n), [10 * n])),
    "concatenated again and again": lambda n: graph(
        leaf("x", [1]), *(vertex(f"v{i}", "concatenate", [i, i], [2**i]) for i in range(1, min(26, max(2, n.bit_length())) + 1))
    ),
    "an outer product": lambda n: graph(
        leaf("x", [n, 1]), leaf("y", [1, n]), vertex("z", "matmul", [1, 2], [n, n]), vertex("s", "sum", [3])
    ),
    "a product of matrices": lambda n: graph(leaf("x", [n, n]), vertex("y", "matmul", [1, 1], [n, n]), vertex("s", "sum", [2])),
    "a large constant": lambda n: graph(
        leaf("x"), vertex("c", "constant", [], [n], value=[1] * n), vertex("y", "multiply", [1, 2], [n]), vertex("s", "sum", [3])
    ),
    "many indices": lambda n: graph(leaf("x", [3]), vertex("y", "take", [1], [n], indices=[2] * n), vertex("s", "sum", [2])),
    "large weights": lambda n: graph(
        leaf("x", [n]), vertex("y", "weighted_sum", [1], [3], weights=[[[1] * n] * 3]), vertex("s", "sum", [2])
    ),
    "reductions in a row": lambda n: graph(
        leaf("x", [n, 4]), vertex("y", "logsumexp", [1], [n], axis=1), vertex("z", "max", [2]), vertex("s", "add", [3, 3])
    ),
    "a shape of many axes": lambda n: graph(leaf("x", [2] * min(n, 32)), vertex("y", "sum", [1])),
    "an empty shape": lambda n: graph(leaf("x", [n, 0]), vertex("y", "sum", [1])),
    "a long name": lambda n: graph(leaf("x" * n), vertex("y", "exp", [1])),
    "a long attribute": lambda n: graph(leaf("x"), vertex("y", "power", [1], exponent="9" * n)),
    "a number of many digits": lambda n: case(graph(leaf("x"), vertex("y", "square", [1])), [10 ** min(n, 3999)]),
    "a tiny fraction": lambda n: case(graph(leaf("x"), vertex("y", "reciprocal", [1])), [{"rational": f"1/1{'0' * min(n, 3999)}"}]),
    "many rows of a cotangent": lambda n: case(graph(leaf("x"), vertex("y", "exp", [1])), [1], cotangent=[[1]] * n),
}
SIZES = (1, 2, 3, 5, 8, 13, 30, 60, 64, 100, 200, 500, 1000, 2000, 3000, 10_000, 20_000)
"""Of a document written at random; those of a named test go farther."""
