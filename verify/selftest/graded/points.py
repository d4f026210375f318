"""The cases on which faults are planted: few vertices, dyadic numbers that every dtype holds, and a leaf whose adjoint is
exactly 0 where large terms cancel. There floats are so fine that a hundredth of the bound can be planted.

>>> from backproof.verify.three_way.check import check_case
>>> check_case(cancelling()).verdict, check_case(cancelling(2)).verdict
(<Verdict.CORRECT: 'CORRECT'>, <Verdict.CORRECT: 'CORRECT'>)
>>> cancelling(3)
Traceback (most recent call last):
    ...
ValueError: there are values for up to 2 entries, found 3
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from backproof.engine import Graph, Vertex, leaf, vertex
from backproof.verify.cases.case import Case, make_case

X, FACTORS = (2, Fraction(5, 4)), (3, Fraction(7, 2))  # chosen: four bits each, which bfloat16 holds, and no power of 2 among the terms
COTANGENT = [[1, 2], [-1, Fraction(1, 2)]]  # chosen: two rows, no entry 0
LEVELS = 20  # of diamonds: 2²⁰ paths


def cancelling(d: int | None = None) -> Case:
    """x·y − x·w + y at w = y: the adjoint of x is y − w = 0. Products read leaves only, so that no value that a product
    reads is rounded. Scalars, or vectors of d entries with a cotangent of two rows."""
    if d is not None and d > len(X):
        raise ValueError(f"there are values for up to {len(X)} entries, found {d}")
    shape = () if d is None else (d,)
    vertices = (
        *(leaf(name, shape) for name in "xyw"),
        vertex("a", "multiply", (1, 2)),
        vertex("b", "multiply", (1, 3)),
        vertex("s", "subtract", (4, 5)),
        vertex("o", "add", (6, 2)),
    )
    leaves = (X[0], FACTORS[0], FACTORS[0]) if d is None else (X[:d], FACTORS[:d], FACTORS[:d])
    name = "x·y − x·w + y" if d is None else f"x·y − x·w + y, {d} entries"
    return make_case(name, "random", Graph(3, vertices), leaves, cotangent=None if d is None else COTANGENT)


def cancelling_later() -> Case:
    """x·y·y − x·w·w + y at w = y: products read rounded values too, so that errors of the forward pass reach the
    adjoints."""
    vertices = (
        *(leaf(name) for name in "xyw"),
        vertex("a", "multiply", (1, 2)),
        vertex("b", "multiply", (4, 2)),
        vertex("c", "multiply", (1, 3)),
        vertex("d", "multiply", (6, 3)),
        vertex("s", "subtract", (5, 7)),
        vertex("o", "add", (8, 2)),
    )
    return make_case("x·y·y − x·w·w + y", "random", Graph(3, vertices), (X[0], FACTORS[0], FACTORS[0]))


def million_paths(levels: int = LEVELS) -> Case:
    """Diamonds one after the other: each gives ¾ to the one side and ¼ to the other, so that the products of the
    paths, which add up to 1, lie between (¼)²⁰ and (¾)²⁰."""
    inner: list[Vertex] = []
    for level in range(levels):
        last = 1 + len(inner)
        sides = [vertex(f"{side}{level}", "weighted_sum", (last,), weights=[[[weight]]]) for side, weight in (("b", 0.75), ("c", 0.25))]
        inner += [*sides, vertex(f"a{level}", "add", (last + 1, last + 2))]
    return make_case(f"{levels} diamonds", "random", Graph(1, (leaf("x"), *inner)), [1])


def one_function(name: str, x: Fraction | float, **attributes: Any) -> Case:
    """One function of one leaf."""
    return make_case(f"{name} at {x}", "random", Graph(1, (leaf("x"), vertex("y", name, (1,), **attributes))), [x])


def unused_leaf() -> Case:
    """A leaf that leads nowhere: the path sum of none is 0."""
    return make_case("a leaf that is not used", "random", Graph(2, (leaf("x"), leaf("y"), vertex("z", "square", (1,)))), [3, 4])
