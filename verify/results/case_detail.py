"""All that the report draws of a case, as JSON data: graph, values, Jacobians, paths, backward steps, three-way table.

Only quantities that the check computed are written down; nothing is judged here.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple, cast

import mpmath
import numpy as np

from backproof.engine import FLOAT64, Graph, NumberSystem, mpmath_system
from backproof.engine.number_systems import Array
from backproof.verify.numbers.float_model import correct_digits, ulp_distance
from backproof.verify.paths.products import path_products
from backproof.verify.results.settings import LISTED_PATHS
from backproof.verify.three_way.check import CaseResult
from backproof.verify.three_way.comparison import shown
from backproof.verify.three_way.routes import Run
from backproof.verify.three_way.theorem_2 import allowed_distance

LARGEST_MATRIX = 36  # entries that are listed; chosen: 6 × 6 still reads as a matrix
LARGEST_PATTERN = 640  # entries whose signs are listed; chosen: ten classes of 64 pixels, drawn two pixels an entry
MOST_DETAILED = 300  # entries of all vertices of a graph with a detail; chosen: of more it is longer than anyone reads
REFERENCE_DIGITS = 40  # of a certified value: more than twice those of a float64
DIFFERENCE_DIGITS = 100  # in which p_n times a difference is computed: more than twice those that are shown
CANCELLED = 1e-9  # of the terms' size: below, a sum cancels, and an error in ulps of what is left says nothing; chosen
ROUNDOFF = 2.0**-53  # of float64: the relative error of one rounding
LARGEST = 1e308  # a power of ten that a float holds
ZERO = 1e-40  # below, a certified value counts as an exact zero (a ball around it is never quite one); chosen


def matrix(array: Array) -> Any:
    """A matrix as rows of strings, or what was left out of it."""
    rows = np.atleast_2d(array)
    if rows.size > LARGEST_MATRIX:
        return {"omitted": f"{rows.shape[0]} × {rows.shape[1]} numbers"}
    return [[shown(value) for value in row] for row in rows]


def jacobian(D: Array) -> Any:
    """An edge Jacobian as rows of strings; of one that is left out, the signs of its entries, row by row, where they are
    not too many either.

    >>> jacobian(np.eye(7))["signs"][:2], jacobian(np.eye(30)), jacobian(np.eye(1))
    (['+000000', '0+00000'], {'omitted': '30 × 30 numbers'}, [['1.0']])
    """
    written = matrix(D)
    if isinstance(written, list) or D.size > LARGEST_PATTERN:
        return written
    rows = np.atleast_2d(np.asarray(D, dtype=float))
    signs = np.where(np.isfinite(rows), np.where(rows > 0, "+", np.where(rows < 0, "-", "0")), "?")
    return {**written, "signs": ["".join(row) for row in signs]}


def accuracy(result: CaseResult) -> tuple[float, int] | None:
    """The fewest correct digits and the most ulps by which a float64 leaf adjoint misses the one in balls; None where
    there is nothing to compare.

    Ulps are counted only where the sum over the paths does not cancel.
    """
    measured = [entry for j in result.case.graph.differentiable_leaves() for entry in _measured(result, j)]
    if not measured:
        return None
    return round(min(entry.digits for entry in measured), 1), max((entry.ulps for entry in measured if entry.ulps is not None), default=0)


def cancellation(result: CaseResult) -> list[dict[str, int]]:
    """How many float64 leaf adjoints cancel how much, and lose how many digits: `kappa`, the power of ten that
    κ = Σ|products of paths| / |their sum| reaches, and `lost`, the power of ten that the relative error reaches beside
    the roundoff of float64. Adjoints that may be 0 are left out, and so are those without a path sum.
    """
    counts = Counter[tuple[int, int]]()
    for j in result.case.graph.differentiable_leaves():
        for entry in _measured(result, j) if j in result.sums else ():
            true = abs(float(entry.true))
            if ZERO <= true < math.inf and math.isfinite(entry.value) and math.isfinite(entry.scale):
                error = abs(Fraction(entry.value) - Fraction(float(entry.true))) / Fraction(true)
                counts[_power(entry.scale / true), _power(float(min(error, Fraction(LARGEST))) / ROUNDOFF)] += 1
    return [{"kappa": kappa, "lost": lost, "entries": count} for (kappa, lost), count in sorted(counts.items())]


def _power(size: float) -> int:
    """The power of ten that a size reaches, 0 below 10.

    >>> [_power(size) for size in (0.0, 1.0, 9.9, 10.0, 1e300, math.inf)]
    [0, 0, 0, 1, 300, 308]
    """
    return max(0, math.floor(math.log10(min(size, LARGEST)))) if size > 0 else 0


class _Measured(NamedTuple):
    """A float64 adjoint beside the middle of the ball: its place, both values, correct digits, ulps (None where the sum
    cancels), and the size of the terms of its sum.
    """

    place: tuple[int, int]
    value: float
    true: Any
    digits: float
    ulps: int | None
    scale: float


def _measured(result: CaseResult, j: int) -> Iterator[_Measured]:
    """The entries of one leaf adjoint; none where it was not computed in floats or in balls."""
    floats, reference = result.floats, result.reference
    if floats is None or reference is None or j not in floats.p or j not in reference.p or floats.p[j].shape != reference.p[j].shape:
        return
    total = result.sums.get(j)
    magnitude = None if total is None else FLOAT64.matmul(FLOAT64.absolute(_seed(result)), total.magnitude)
    for r, c in np.ndindex(floats.p[j].shape):
        value, ball = float(floats.p[j][r, c]), cast(Any, reference.p[j][r, c])
        if not ball.is_finite():
            continue
        nearest = float(ball.mid())
        terms = scale = abs(nearest) if magnitude is None else float(magnitude[r, c])
        cancels = abs(nearest) < CANCELLED * scale
        if abs(nearest) < ZERO:
            scale = max(scale, 1.0)  # of an exact zero, the absolute error counts
        digits = correct_digits(value, nearest, scale)
        yield _Measured((r, c), value, ball.mid(), digits, None if cancels else ulp_distance(value, nearest), terms)


def detail(result: CaseResult, listed: int = LISTED_PATHS) -> dict[str, Any] | None:
    """The DETAIL part of a case in the results document, with at most `listed` paths of a pair; None if the float64
    passes could not run, or the graph is too large for it.
    """
    floats, graph = result.floats, result.case.graph
    if floats is None or is_too_large(graph):
        return None
    return {
        "graph": graph_record(graph),
        "values": {str(i): _vector(u) for i, u in floats.u.items()},
        "adjoints": {str(i): matrix(floats.p[i]) if i in floats.p else None for i in range(1, graph.n + 1)},
        "jacobians": {f"{j}->{i}": jacobian(D) for (j, i), D in floats.D.items()},
        "paths": [_paths(result, floats, j, listed) for j in graph.differentiable_leaves()] if result.sums else [],
        "backward": _backward_steps(graph, floats),
        "table": entries(result),
    }


def is_too_large(graph: Graph) -> bool:
    """Whether the vertices of a graph have more entries than a detail is written of.

    >>> from backproof.engine import leaf, vertex
    >>> is_too_large(Graph(1, (leaf("x", (299,)), vertex("y", "sum", (1,))))), is_too_large(Graph(1, (leaf("x", (300,)), vertex("y", "sum", (1,)))))
    (False, True)
    """
    return sum(graph.dimension(i) for i in range(1, graph.n + 1)) > MOST_DETAILED


def _vector(u: Array) -> Any:
    return {"omitted": f"{u.size} numbers"} if u.size > LARGEST_MATRIX else [shown(value) for value in u]


def graph_record(graph: Graph) -> dict[str, Any]:
    """The graph alone: its vertices and edges, as pictures take them."""
    vertices = [
        {
            "number": i,
            "name": v.name,
            "shape": list(graph.shape(i)),
            "function": v.function,
            "formula": graph.row(i).formula if v.function else None,
            "operands": list(v.operands),
            "attributes": {key: _attribute(value) for key, value in v.attributes},
            "discrete": v.discrete,
        }
        for i, v in enumerate(graph.vertices, start=1)
    ]
    edges = [{"from": j, "to": i, "uses": graph.operands(i).count(j)} for j, i in graph.edges]
    return {"l": graph.l, "vertices": vertices, "edges": edges}


def _attribute(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_attribute(item) for item in value]
    return str(value) if isinstance(value, Fraction) else value


def _seed(result: CaseResult, system: NumberSystem = FLOAT64) -> Array:
    width = result.case.graph.dimension(result.case.graph.n)
    cotangent = result.case.cotangent
    return system.identity(width) if cotangent is None else system.array(cotangent).reshape(-1, width)


def _paths(result: CaseResult, floats: Run, j: int, most: int) -> dict[str, Any]:
    graph, seed = result.case.graph, _seed(result)
    total, running = result.sums[j], FLOAT64.zeros((seed.shape[0], graph.dimension(j)))
    listed: list[dict[str, Any]] = []
    if total.count:
        for path, product in itertools.islice(path_products(graph, floats.D, j, graph.n), most):
            contribution = FLOAT64.matmul(seed, product)
            running = FLOAT64.add(running, contribution)
            listed.append({"vertices": list(path), "product": matrix(contribution), "running": matrix(running)})
    return {
        "from": j,
        "to": graph.n,
        "count": str(total.count),
        "listed": listed,
        "omitted": str(total.count - len(listed)),
        "sum": matrix(FLOAT64.matmul(seed, total.value)),
        "adjoint": matrix(floats.p[j]) if j in floats.p else None,
    }


def _backward_steps(graph: Graph, floats: Run) -> list[dict[str, Any]]:
    """What the loop of L14 does, step by step, from the adjoints and Jacobians of the float64 run."""
    steps: list[dict[str, Any]] = []
    for j in range(graph.n, 0, -1):
        if j not in floats.p:
            continue
        accumulator = FLOAT64.zeros(floats.p[j].shape)
        contributions: list[dict[str, Any]] = []
        for i in graph.children(j):
            if i not in floats.p or (j, i) not in floats.D:
                continue
            product = FLOAT64.matmul(floats.p[i], floats.D[j, i])
            accumulator = FLOAT64.add(accumulator, product)
            contributions.append({"child": i, "product": matrix(product), "after": matrix(accumulator)})
        steps.append({"step": len(steps) + 1, "vertex": j, "contributions": contributions, "adjoint": matrix(floats.p[j])})
    return steps


def entries(result: CaseResult) -> list[dict[str, Any]]:
    """One row per entry of every leaf adjoint: in balls, by the backward pass, the path sum and the difference, with
    digits and ulps.
    """
    graph, seed = result.case.graph, _seed(result)
    rows: list[dict[str, Any]] = []
    for j in graph.differentiable_leaves():
        total = result.sums.get(j)
        summed = None if total is None else FLOAT64.matmul(seed, total.value)
        bound = None if total is None else allowed_distance(graph, j, total, seed, FLOAT64)[0]
        witness = _difference(result, j)
        for (r, c), value, true, digits, ulps, _ in _measured(result, j):
            apart = None if summed is None or bound is None else abs(value - float(summed[r, c])) <= float(bound[r, c])
            rows.append(
                {
                    "leaf": j,
                    "name": graph.name(j),
                    "index": [int(k) for k in np.unravel_index(c, graph.shape(j))],
                    "output": [r],
                    "reference": _decimal(true),
                    "exact": _exact(result, j, r, c),
                    "backward": _float(value),
                    "path_sum": None if summed is None else _float(float(summed[r, c])),
                    "difference": None if witness is None else _witness(witness[0][r, c], witness[1][r, c]),
                    "ulps": None if ulps is None else str(ulps),
                    "digits": round(digits, 1),
                    "bound": None if bound is None else shown(bound[r, c]),
                    "verdict": "INCONCLUSIVE" if apart is None else "CORRECT" if apart else "WRONG",
                }
            )
    return rows


def _decimal(middle: Any) -> str:
    """40 digits of the middle of a ball."""
    mantissa, exponent = middle.man_exp()
    with mpmath.workdps(REFERENCE_DIGITS + 10):
        return str(mpmath.nstr(mpmath.ldexp(int(mantissa), int(exponent)), REFERENCE_DIGITS))


def _exact(result: CaseResult, j: int, r: int, c: int) -> str | None:
    """The rational value, where the leaf values are float64 numbers and all columns hold the same point."""
    if result.exact is None or j not in result.exact.p or any(float(v) != v for leaf in result.case.leaves for v in leaf):
        return None
    return str(result.exact.p[j][r, c])


def _difference(result: CaseResult, j: int) -> tuple[Array, Array] | None:
    """p_n times the differences of leaf j, and times their estimates, in as many digits as they have."""
    n = result.case.graph.n
    if n not in result.moved.get(j, {}):
        return None
    moved, system = result.moved[j][n], mpmath_system(DIFFERENCE_DIGITS)
    seed = _seed(result, system)  # not rounded to float64, as the certified value has it
    return system.matmul(seed, system.array(moved.value)), system.matmul(system.absolute(seed), system.array(moved.estimate))


def _witness(value: Any, estimate: Any) -> dict[str, str]:
    return {"value": str(mpmath.nstr(value, REFERENCE_DIGITS)), "estimate": str(mpmath.nstr(estimate, 2))}


def _float(value: float) -> dict[str, str]:
    return {"value": repr(value), "hex": value.hex()}
