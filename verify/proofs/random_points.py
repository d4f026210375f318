"""Polynomial identities at random points: what one exact equation at a random point says about all points.

A graph of polynomials is evaluated at leaves whose entries are drawn uniformly and independently from S = {0, 1, …,
2³²−1}. Over the rationals the theorems' equations then hold with `==`. If one of them, between two polynomials of total
degree at most d, were not an identity, it would hold at such a point with probability at most d/|S| (Schwartz, J. ACM
27, 1980; Zippel 1979; DeMillo and Lipton 1978); the bounds of several equations add up.

The degree of ∂u_k/∂u_j, and of every product of edge Jacobians along a path from j to k, is below the total degree of
u_k; d is the largest of any k.

>>> from backproof.verify.cases.lecture import lecture_cases
>>> four = lecture_cases()[0]
>>> total_degree(four.graph), failure_bound(2, equations=3)
(2, Fraction(3, 2147483648))
>>> [len(str(value[0])) > 5 for value in at_random_integers(four).leaves]
[True, True]
>>> failure_bound(10, set_size=10)
Traceback (most recent call last):
    ...
ValueError: degree 10, 1 equation and a set of 10 numbers: the bound is 1 or more and says nothing; take a larger set
"""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

from backproof.engine import Graph
from backproof.verify.cases.case import Case

SET_SIZE = 2**32  # chosen: d/2³² is below 10⁻⁷ for every degree d that is tried, and fractions stay short
HIGHEST_DEGREE = 64  # chosen: at degree d numbers have 32·d bits, here up to 2,048


def total_degree(graph: Graph) -> int | None:
    """The largest total degree of any u_k in the entries of all leaves; None where some local function is no
    polynomial.
    """
    degrees = dict.fromkeys(graph.differentiable_leaves(), 1)
    for k in range(graph.l + 1, graph.n + 1):
        row, attributes, operands = graph.row(k), graph.attributes(k), graph.operands(k)
        if row.algebra(attributes, len(operands)) != "polynomial":
            return None
        degrees[k] = row.degree(attributes, [degrees.get(i, 0) for i in operands])
    return max(degrees.values(), default=0)


def failure_bound(degree: int, equations: int = 1, set_size: int = SET_SIZE) -> Fraction:
    """The probability, at most, that one of so many equations between polynomials of this total degree holds at a
    random point and is no identity.

    equations · degree / set_size. ValueError where that says nothing.
    """
    if equations * degree >= set_size:
        several = "1 equation" if equations == 1 else f"{equations:,} equations"
        raise ValueError(
            f"degree {degree}, {several} and a set of {set_size} numbers: the bound is 1 or more and says nothing; take a larger set"
        )
    return Fraction(equations * degree, set_size)


def at_random_integers(case: Case, seed: int = 0) -> Case:
    """The same graph with the entries of its leaves drawn uniformly and independently from S; discrete leaves stay as
    they are.

    The draw is settled by the seed and the name of the case.
    """
    draw, graph = random.Random(f"{seed} {case.name}"), case.graph
    leaves = [
        value if graph.is_discrete(j) else tuple(Fraction(draw.randrange(SET_SIZE)) for _ in range(graph.dimension(j)))
        for j, value in enumerate(case.leaves, start=1)
    ]
    return replace(case, leaves=tuple(leaves))
