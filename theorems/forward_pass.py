"""The forward pass computes the global functions (L12): after it, u_k = f̄ᵏ(u_1 … u_l) for every non-leaf k.

>>> FORWARD_PASS.steps[0].source
'L12'
>>> FORWARD_PASS.steps[0].left(None, 3)
Traceback (most recent call last):
    ...
AttributeError: 'NoneType' object has no attribute 'u'
"""

from __future__ import annotations

from collections.abc import Sequence

from backproof.theorems.quantities import Matrix, OfGraph, OfPoint
from backproof.theorems.theorem import DAG, PARENTS_ONLY, Step, Theorem


def vertices(q: OfGraph) -> Sequence[int]:
    """l+1 … n"""
    return q.non_leaves


def value(q: OfPoint, k: int) -> Matrix:
    """u_k, as the forward pass leaves it"""
    return q.u(k)


def composed_value(q: OfPoint, k: int) -> Matrix:
    """f̄ᵏ(u_1 … u_l): the local functions put into each other, from k down to the leaves"""
    return q.composed(k)


FORWARD_PASS = Theorem(
    label="forward-pass",
    title="The forward pass computes the global functions",
    source="L12",
    words="For every non-leaf k the forward pass leaves in u_k the value of the global function of k at the leaves.",
    latex=r"u_k = \bar f^k(u_1, \ldots, u_l)",
    hypotheses=(DAG, PARENTS_ONLY),
    formal="ForwardPass.forward_computes_global_functions",
    steps=(
        Step(
            "value",
            "L12",
            "The value that the loop leaves is the value of the composed function.",
            r"u_k = \bar f^k(u_1, \ldots, u_l)",
            vertices,
            value,
            composed_value,
        ),
    ),
)
