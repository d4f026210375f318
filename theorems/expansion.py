"""Applying the chain rule, one expansion at a time (L8): the statement behind `theorems.derivation`, which writes the
lines.

Every line of a derivation has the value of its left side, whichever global derivatives it still contains.

>>> EXPANSION.label, EXPANSION.steps[0].source
('derivation', 'L8')
>>> EXPANSION.steps[0].left(None, ("W", 0))
Traceback (most recent call last):
    ...
AttributeError: 'NoneType' object has no attribute 'derivation_line'
"""

from __future__ import annotations

from collections.abc import Iterable

from backproof.theorems.quantities import Matrix, OfPaths, OfPoint
from backproof.theorems.theorem import DIFFERENTIABLE, LOCAL, PARENTS_ONLY, Step, Theorem

LeafAndLine = tuple[int, int]


def lines(q: OfPaths) -> Iterable[LeafAndLine]:
    """Every line of the derivation for every leaf."""
    return q.derivation_lines


def line(q: OfPaths, place: LeafAndLine) -> Matrix:
    """The sum of products that the line consists of"""
    leaf, number = place
    return q.derivation_line(leaf, number)


def left_side(q: OfPoint, place: LeafAndLine) -> Matrix:
    """∂u_n/∂u_j |^{f̄ⁿ}"""
    leaf, _ = place
    return q.derivative(q.n, leaf)


EXPANSION = Theorem(
    label="derivation",
    title="From the global derivative to local ones, line by line",
    source="L8",
    words="Rewriting one global derivative at a time by the chain rule leads from the derivative of the output under its global function to a sum of "
    "products of local derivatives, one product for each path, and every line has the same value.",
    latex=r"\left.\frac{\partial o}{\partial W}\right|^{\bar f^o} = \left.\frac{\partial o}{\partial q}\right|^{f^o} \times "
    r"\left.\frac{\partial q}{\partial W}\right|^{\bar f^q} = \cdots",
    hypotheses=(PARENTS_ONLY, DIFFERENTIABLE, LOCAL),
    steps=(
        Step(
            "every line",
            "L8",
            "The value of every line is the derivative on the left.",
            r"\left.\frac{\partial u_n}{\partial u_j}\right|^{\bar f^n} = \sum \left(\prod \text{local}\right) \times \text{global}",
            lines,
            line,
            left_side,
        ),
    ),
    uses=("chain-rule", "edge-jacobians"),
)
