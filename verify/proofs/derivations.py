"""Every line of a derivation (L8) evaluated and judged: `check_derivation(case, leaf)`.

The left side ∂u_k/∂u_j under f̄ᵏ is a difference of the global function; in the lines below it, local derivatives are
the edge Jacobians of an mpmath run and the global ones that are left are differences again
(`verify.derivatives.differences`, which never sees a Jacobian). Each line must have the value of the left side, within
the error estimates of the differences. A sampled check: it holds at the leaf values of the case.

>>> from backproof.verify.cases.lecture import lecture_cases
>>> four_vertices, network = lecture_cases()[0], lecture_cases()[-1]
>>> print(check_derivation(four_vertices, "u₂").as_text())
∂u₄/∂u₂|^{f̄u₄} = ∂u₄/∂u₂|^{fu₄} + ∂u₄/∂u₃|^{fu₄} × ∂u₃/∂u₂|^{f̄u₃}    CORRECT, to 50 digits on 1 case
               = ∂u₄/∂u₂|^{fu₄} + ∂u₄/∂u₃|^{fu₄} × ∂u₃/∂u₂|^{fu₃}    CORRECT, to 50 digits on 1 case
>>> checked = check_derivation(network, "W", merge=["q_y"])
>>> checked.verdict, len(checked.lines)
(<Verdict.CORRECT: 'CORRECT'>, 5)
>>> from backproof.engine import jacobians
>>> def halved(graph, u, system):
...     D = jacobians(graph, u, system)
...     return {**D, (8, 9): D[8, 9] / 2}
>>> [line.verdict.value for line in check_derivation(network, "W", merge=["q_y"], routes=Routes(jacobians=halved)).lines]
['CORRECT', 'CORRECT', 'WRONG', 'WRONG', 'WRONG']
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from backproof.engine import DomainError, Graph, NumberSystem, UnsupportedOperation, forward, mpmath_system
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.theorems.derivation import MOST_TERMS, Derivation, Derivative, Line, Vertex, derivation, merged, structure
from backproof.theorems.notation import width
from backproof.theorems.printed_derivation import as_text, derivative_as_text
from backproof.verify.cases.case import Case, float_leaves
from backproof.verify.derivatives.differences import Difference
from backproof.verify.derivatives.stencil import FloatLeak
from backproof.verify.numbers.precision import DIGITS, EXTRA_DIGITS
from backproof.verify.paths.sums import PathSum
from backproof.verify.three_way.comparison import Comparison
from backproof.verify.three_way.routes import Routes
from backproof.verify.three_way.theorem_1 import opening_differences, paths_against_differences
from backproof.verify.verdicts import Evidence, Reason, Verdict, evidence_words, worst

CLAIM = "line of the derivation = differences"
THEOREM = "Derivation by the chain rule (L8)"


@dataclass(frozen=True)
class CheckedLine:
    """One line, its value (None where it could not be computed), and its comparison with the left side of the
    derivation.
    """

    line: Line
    value: Array | None
    comparison: Comparison

    @property
    def verdict(self) -> Verdict:
        """The verdict of the comparison."""
        return self.comparison.verdict

    @property
    def evidence(self) -> str:
        """`to D digits on 1 case`, or why the line is not CORRECT."""
        return self.comparison.sentence or evidence_words(Evidence.DIGITS, 1, self.comparison.digits)


@dataclass(frozen=True)
class CheckedDerivation:
    """A derivation, the value of its left side by differences (None where there is none), and its lines with their
    verdicts.
    """

    derivation: Derivation
    left: Array | None
    lines: tuple[CheckedLine, ...]

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of the lines."""
        return worst(line.verdict for line in self.lines)

    @property
    def evidence(self) -> str:
        """`to D digits on 1 case` with the fewest digits of any line; where the verdict is not CORRECT, the reason of
        the first line that has it.
        """
        if self.verdict is not Verdict.CORRECT:
            return next(line.evidence for line in self.lines if line.verdict is self.verdict)
        return evidence_words(Evidence.DIGITS, 1, min(line.comparison.digits or 0 for line in self.lines))

    def as_text(self, *, points: bool = False, reasons: bool = False) -> str:
        """The derivation line by line, each with its verdict and evidence; with reasons, why it holds below it."""
        rows = as_text(self.derivation, points=points).split("\n")
        widest = max(map(width, rows))
        ends = (f"{line.verdict.value}, {line.evidence}" for line in self.lines)
        because = (f"\n    {line.reason} ({line.source})" if reasons else "" for line in self.derivation.lines)
        return "\n".join(row + " " * (widest - width(row) + 4) + end + why for row, end, why in zip(rows, ends, because, strict=True))


def check_derivation(
    case: Case,
    leaf: Vertex,
    output: Vertex | None = None,
    *,
    along: Sequence[Vertex] | None = None,
    merge: Sequence[Vertex] = (),
    limit: int = MOST_TERMS,
    routes: Routes | None = None,
    digits: int = DIGITS,
) -> CheckedDerivation:
    """The derivation of ∂u_output/∂u_leaf for the graph of the case, every line checked at the (float64) leaf values of
    the case.

    `leaf`, `output`, `along`, `limit` and their errors as in `theorems.derivation`; `merge` names vertices to merge
    into the one that reads them. A line of another value is WRONG; kinks and points outside the domain are
    INCONCLUSIVE. `routes` supplies the edge Jacobians and differences.

    >>> from backproof.engine import Graph, leaf, vertex
    >>> from backproof.verify.cases.case import make_case
    >>> case = make_case("kink", "doc", Graph(1, (leaf("x"), vertex("y", "abs", (1,)))), [0.0])
    >>> check_derivation(case, "x").lines[0].evidence
    'kink: ∂y/∂x'
    """
    graph, routes = case.graph, routes or Routes()
    whole = structure(graph)
    for vertex in merge:
        whole = merged(whole, vertex)
    written = derivation(whole, leaf, output, along=along, limit=limit)
    system = mpmath_system(digits + EXTRA_DIGITS)
    try:
        u = routes.forward(graph, float_leaves(case), system)
        D = routes.jacobians(graph, u, system)
        moved = _differences(case, written.left, routes, system, digits)
    except DomainError as error:
        return _every_line(written, opening_differences(system).inconclusive(Reason.DOMAIN, str(error)))
    except (UnsupportedOperation, FloatLeak) as error:
        return _every_line(written, opening_differences(system).inconclusive(Reason.UNSUPPORTED, str(error)))
    merge_numbers = [whole.number(vertex) for vertex in merge]
    touched = {i for v in merge_numbers for i in (v, *graph.children(v))}
    misfit = _misfit(graph, D, [(j, i) for j, i in graph.edges if i in touched and not graph.is_discrete(j)])
    if misfit:
        return _every_line(written, _wrong(misfit, system))
    local = _merged_jacobians(D, merge_numbers, system)
    lines = tuple(_checked(graph, written, line, local, moved, system, digits) for line in written.lines)
    return CheckedDerivation(written, system.array(moved[written.left.of].value), lines)


def _every_line(written: Derivation, refused: Comparison) -> CheckedDerivation:
    """The same comparison for every line, where none could be evaluated."""
    refused = replace(refused, claim=CLAIM, theorem=THEOREM)
    return CheckedDerivation(written, None, tuple(CheckedLine(line, None, refused) for line in written.lines))


def _wrong(detail: str, system: NumberSystem) -> Comparison:
    return Comparison(CLAIM, THEOREM, system.name, Verdict.WRONG, Evidence.DIGITS, detail=detail, failed=1)


def _misfit(graph: Graph, D: Mapping[Edge, Array], edges: Iterable[Edge]) -> str | None:
    """The first of these local derivatives that is missing or has the wrong shape, in words."""
    for j, i in edges:
        block, expected = D.get((j, i)), (graph.dimension(i), graph.dimension(j))
        if block is None or block.shape != expected:
            found = "no value" if block is None else f"shape {block.shape}"
            return f"{derivative_as_text(structure(graph), Derivative(i, j, is_global=False))} has {found}, expected shape {expected}"
    return None


def _merged_jacobians(D: Mapping[Edge, Array], merge: Sequence[int], system: NumberSystem) -> dict[Edge, Array]:
    """The local Jacobians after merging: f^c with f^v inside has ∂u_c/∂u_a = D_{a→c} + D_{v→c} D_{a→v}, by the chain
    rule (L2c).
    """
    found = dict(D)
    for v in merge:
        child = next(i for j, i in found if j == v)
        outer = found.pop((v, child))
        for a in [a for a, i in found if i == v]:
            product = system.matmul(outer, found.pop((a, v)))
            found[a, child] = system.add(found[a, child], product) if (a, child) in found else product
    return found


def _differences(case: Case, left: Derivative, routes: Routes, system: NumberSystem, digits: int) -> Mapping[int, Difference]:
    """∂u_i/∂u_leaf by differences for every descendant i, and 0 for an output that does not move with the leaf."""
    graph, leaves = case.graph, float_leaves(case)
    moved = dict(routes.differences(graph, leaves, left.wrt, digits))
    if left.of not in moved:
        moved[left.of] = _still(graph, leaves, left, system, digits)
    return moved


def _still(graph: Graph, leaves: Sequence[Any], left: Derivative, system: NumberSystem, digits: int) -> Difference:
    """The central difference of an output without a path from the leaf, from two whole forward
    passes for each entry.
    """
    value = system.zeros((graph.dimension(left.of), graph.dimension(left.wrt)))
    h = system.convert(10) ** -(digits // 2)
    for entry in range(graph.dimension(left.wrt)):
        ends: list[Array] = []
        for step in (h, -h):
            point = [system.array(leaf) for leaf in leaves]
            point[left.wrt - 1][entry] += step
            ends.append(forward(graph, point, system)[left.of])
        value[:, entry] = (ends[0] - ends[1]) / (2 * h)
    return Difference(value, system.zeros(value.shape), np.zeros(value.shape, dtype=bool))


def _checked(
    graph: Graph,
    written: Derivation,
    line: Line,
    D: Mapping[Edge, Array],
    moved: Mapping[int, Difference],
    system: NumberSystem,
    digits: int,
) -> CheckedLine:
    left = written.left
    misfit = _misfit(graph, D, sorted({(d.wrt, d.of) for term in line.terms for d in term if not d.is_global}))
    if misfit:
        return CheckedLine(line, None, _wrong(misfit, system))
    total, own = _evaluated(graph, left, line, D, moved, system)
    reference = moved[left.of]
    allowed = replace(reference, estimate=system.array(reference.estimate) + own.estimate, kink=reference.kink | own.kink)
    edge = (left.wrt, left.of)
    comparison = paths_against_differences(graph, {edge: total}, {left.wrt: {left.of: allowed}}, system, digits)
    detail = comparison.detail
    if comparison.verdict is Verdict.WRONG:
        detail = f"{comparison.failed} of {comparison.entries} entries differ from {derivative_as_text(written.structure, left)}"
    return CheckedLine(line, total.value, replace(comparison, claim=CLAIM, theorem=THEOREM, detail=detail))


def _evaluated(
    graph: Graph, left: Derivative, line: Line, D: Mapping[Edge, Array], moved: Mapping[int, Difference], system: NumberSystem
) -> tuple[PathSum, Difference]:
    """The sum of products with its magnitude, and what the global derivatives in it bring along: their error estimates
    and kinks.
    """
    shape = (graph.dimension(left.of), graph.dimension(left.wrt))
    value, magnitude, estimate = (system.zeros(shape) for _ in range(3))
    kink = np.zeros(shape, dtype=bool)
    for term in line.terms:
        product = system.identity(shape[0])
        size = system.identity(shape[0])
        for factor in term:
            if factor.is_global:
                difference = moved[factor.of]
                block = system.array(difference.value)
                estimate = estimate + system.matmul(size, system.array(difference.estimate))
                kink |= system.matmul(size, system.array(difference.kink.astype(int))) > 0
            else:
                block = D[factor.wrt, factor.of]
            product, size = system.matmul(product, block), system.matmul(size, system.absolute(block))
        value, magnitude = system.add(value, product), system.add(magnitude, size)
    total = PathSum(value, magnitude, len(line.terms), max(map(len, line.terms), default=0), 1.0)
    return total, Difference(value, estimate, kink)
