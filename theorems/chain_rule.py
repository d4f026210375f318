"""The chain rule in its three forms (L2), and the worked example: f(z) = z², g(x) = x³ at x = 2 gives 12 · 16 = 192.

A vertex k is a function f of its parents; each parent is a function of the leaves. Every derivative here is taken from
values, those of f alone (`q.local`) and those of composed functions (`q.derivative`); no edge Jacobian of the engine
occurs.

>>> [step.name for step in CHAIN_RULE.steps]
['one inner function', 'several inner functions', 'vectors', 'worked example']
>>> list(worked(None))
Traceback (most recent call last):
    ...
AttributeError: 'NoneType' object has no attribute 'non_leaves'
"""

from __future__ import annotations

from collections.abc import Iterator

from backproof.theorems.quantities import Matrix, OfGraph, OfPoint
from backproof.theorems.theorem import DIFFERENTIABLE, PARENTS_ONLY, Pair, Step, Theorem


def scalars(q: OfGraph, k: int) -> bool:
    """Whether u_k and all its parents are single numbers."""
    return q.dimension(k) == 1 and all(q.dimension(parent) == 1 for parent in q.parents(k))


def one_inner_function(q: OfGraph) -> Iterator[Pair]:
    """Scalars y = f(z), z = g(x): a vertex with one parent."""
    return ((j, k) for k in q.non_leaves for j in q.leaves if len(q.parents(k)) == 1 and scalars(q, k) and q.dimension(j) == 1)


def several_inner_functions(q: OfGraph) -> Iterator[Pair]:
    """Scalars y = f(z_1 … z_n), z_i = g_i(x): a vertex with several parents."""
    return ((j, k) for k in q.non_leaves for j in q.leaves if len(q.parents(k)) > 1 and scalars(q, k))


def vectors(q: OfGraph) -> Iterator[Pair]:
    """Every vertex with parents, of any dimensions, and every leaf."""
    return ((j, k) for k in q.non_leaves for j in q.leaves if q.parents(k))


def worked(q: OfPoint) -> Iterator[str]:
    """The four numbers of the worked example, in the graph x → x³ → z² at x = 2 and in no other."""
    functions = [q.function(k) for k in q.non_leaves]
    return iter(("z", "dg/dx", "df/dz", "dh/dx") if functions == ["power", "square"] and q.n == 3 and q.at(1) == [2] else ())


def of_the_composition(q: OfPoint, place: Pair) -> Matrix:
    """∂y/∂x_j |^h"""
    j, k = place
    return q.derivative(k, j)


def over_inner_functions(q: OfPoint, place: Pair) -> Matrix:
    """Σ_i ∂y/∂z_i |^f × ∂z_i/∂x_j |^{g_i}"""
    j, k = place
    return q.total(k, j, (q.local(k, parent) @ q.derivative(parent, j) for parent in q.parents(k)))


def worked_value(q: OfPoint, number: str) -> Matrix:
    """z, dg/dx, df/dz and dh/dx, each from values"""
    sides = {"z": lambda: q.u(2), "dg/dx": lambda: q.local(2, 1), "df/dz": lambda: q.local(3, 2), "dh/dx": lambda: q.derivative(3, 1)}
    return sides[number]()


def worked_by_hand(q: OfPoint, number: str) -> Matrix:
    """8, 12, 16 and their product 16 · 12 = 192"""
    return q.whole({"z": 8, "dg/dx": 12, "df/dz": 16, "dh/dx": 192}[number])


CHAIN_RULE = Theorem(
    label="chain-rule",
    title="Chain rule",
    source="L2",
    words="The derivative of a composed function is the sum, over the inner functions, of the derivative of the outer function with respect to the "
    "inner one, times the derivative of the inner one.",
    latex=r"\left.\frac{\partial y}{\partial x_j}\right|^{h} = \sum_{i=1}^{n} \left.\frac{\partial y}{\partial z_i}\right|^{f} \times "
    r"\left.\frac{\partial z_i}{\partial x_j}\right|^{g_i}",
    hypotheses=(PARENTS_ONLY, DIFFERENTIABLE),
    claim="vectors",
    formal="ChainRule.chain_rule",
    steps=(
        Step(
            "one inner function",
            "L2 (a)",
            "For scalars y = f(z), z = g(x): the derivative of f at z times the derivative of g.",
            r"\frac{dh}{dx} = \frac{df}{dz} \cdot \frac{dg}{dx}",
            one_inner_function,
            of_the_composition,
            over_inner_functions,
            formal="ChainRule.chain_rule_one",
        ),
        Step(
            "several inner functions",
            "L2 (b)",
            "For scalars y = f(z_1 … z_n): one such term for each inner function.",
            r"\frac{\partial h}{\partial x_j} = \sum_i \frac{\partial f}{\partial z_i} \cdot \frac{\partial g_i}{\partial x_j}",
            several_inner_functions,
            of_the_composition,
            over_inner_functions,
            formal="ChainRule.chain_rule",
        ),
        Step(
            "vectors",
            "L2 (c)",
            "For vectors the terms are products of Jacobians, d(y) × d(z_i) times d(z_i) × d(x_j).",
            r"\frac{\partial y}{\partial x_j} = \sum_i \frac{\partial y}{\partial z_i} \times \frac{\partial z_i}{\partial x_j}",
            vectors,
            of_the_composition,
            over_inner_functions,
            formal="ChainRule.chain_rule",
        ),
        Step(
            "worked example",
            "L2",
            "f(z) = z², g(x) = x³ at x = 2: z = 8, dg/dx = 12, df/dz = 16, and the product is 192.",
            r"16 \cdot 12 = 192",
            worked,
            worked_value,
            worked_by_hand,
            formal="Vertices.chain_rule_192",
        ),
    ),
)
