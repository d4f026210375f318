"""Do the enclosures contain the derivatives? Every pair of every graph, against an evaluation with 400 bits that they share no code with but the functions' values.

The reference is Σ Π D in mpmath: local Jacobians by their formulas, multiplied forward; and once more differences of the values alone. The graphs are random ones over the whole
function table, chains of up to 500 vertices, and values next to kinks. With the usual tiny steps the error of the method is far below its bound, and a wrong bound could hide:
with `wide` steps nothing but the bound keeps the derivative inside. Hostile graphs (`hostile.py`) have derivatives by rules of their own (`duals/`), which also tell where there
is none. One value outside its enclosure, or an enclosure where there is no derivative, is a `Disagreement`.

>>> found = Counted()
>>> compare_case(found, near_kinks(1)[0])
>>> found.entries > 0, found.undecided
(True, 0)
>>> compare_case(Counted(), near_kinks(1)[0], certify=lambda *given: {pair: shifted(block) for pair, block in certify_all(*given).items()})
Traceback (most recent call last):
    ...
benchmarks.measure.Disagreement: near a kink 0: ∂s/∂x[0, 0] lies outside its enclosure
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
from mpmath.libmp import from_man_exp

from backproof.engine import FLOAT64, Graph, NumberSystem, forward, jacobians, leaf, mpmath_system, vertex
from backproof.engine.graph import Edge
from backproof.verify.cases.case import Case, make_case, rounded_case
from backproof.verify.cases.coverage import FUNCTIONS
from backproof.verify.cases.draws import case_around, usual_case
from backproof.verify.derivatives.certificates import certify_all
from backproof.verify.derivatives.enclosures import Enclosure
from backproof.verify.derivatives.polydiscs import Polydisc, Problem, attempt
from backproof.verify.numbers.float_model import exact_fraction
from benchmarks.duals.graph import duals
from benchmarks.graphs import chain
from benchmarks.hostile import hostile_graph
from benchmarks.measure import Comparison, Disagreement, Result, line

NAME = "containment"
TITLE = "Derivatives inside their enclosures"
ABOUT = (
    "∂u_k/∂u_j for every leaf j and every k that it reaches, enclosed from function values alone, against Σ Π D in mpmath with 400 bits (4,000 where "
    "an enclosure is narrower than that), and on a sample against differences of the values. Undecided is what has no enclosure; the radius is the "
    "largest of a matrix over its largest entry, where that is above 1e-30; the error is the distance of the derivative from the middle. "
    "Wide steps are half of a radius on which f is analytic: there the bound of the method alone decides. Seconds are for one graph, enclosures alone."
)
BITS = 64
HIGH, HIGHEST = mpmath_system(121), mpmath_system(1200)
VISIBLE = Fraction(1, 10**30)
FULL_CASES, FULL_AROUND, KINKS, DIFFERENCES, CHAINS = 2000, 10, 200, 100, (60, 200, 500)
HOSTILE = 22_000  # graphs, so that a million entries are compared
DIGITS = (200, 1_500, 12_000)  # decimal digits of the rules; more where the fewer say that an enclosure is wrong
LATE = 2000  # cases of this number and above are taken as they are drawn
WIDE_RADII = (2, 4, 8, 16, 32)

Certify = Callable[[Graph, Any, int], Mapping[Edge, Any]]
Reference = Callable[[Case, NumberSystem], Mapping[Edge, Any]]


@dataclass
class Counted:
    """What was found: entries compared, those without an enclosure, the largest radius of each pair over its largest entry, and seconds of each graph.

    `error`    the largest distance from a middle, over the radius
    `undefined`  entries without a derivative, and without an enclosure
    `unknown`  entries of which the rules do not know the derivative
    `outside`  the first entry outside its enclosure
    """

    entries: int = 0
    undecided: int = 0
    undefined: int = 0
    unknown: int = 0
    radii: list[float] = field(default_factory=list[float])
    error: float = 0.0
    seconds: list[float] = field(default_factory=list[float])
    outside: str = ""


def derivatives(case: Case, system: NumberSystem) -> dict[Edge, Any]:
    """∂u_k/∂u_j for every leaf j and every k that it reaches: T_k = Σ D_{i→k} T_i."""
    graph = case.graph
    D = jacobians(graph, forward(graph, case.leaves, system), system)
    found: dict[Edge, Any] = {}
    for j in graph.differentiable_leaves():
        T: dict[int, Any] = {j: system.identity(graph.dimension(j))}
        for k in range(graph.l + 1, graph.n + 1):
            for i in graph.parents(k):
                if i in T:
                    part = system.matmul(D[i, k], T[i])
                    T[k] = system.add(T[k], part) if k in T else part
        found.update({(j, k): block for k, block in T.items() if k != j})
    return found


def differences(case: Case, system: NumberSystem) -> dict[Edge, Any]:
    """The same from values alone: (f(x + h) − f(x − h)) / 2h, where h² is about the rounding unit of the system."""
    graph = case.graph
    reached = set(derivatives(case, HIGH))
    found: dict[Edge, Any] = {}
    h = system.convert(2) ** (system.unit_roundoff.denominator.bit_length() * -12 // 25)
    for j in graph.differentiable_leaves():
        columns: list[dict[int, Any]] = []
        for entry in range(graph.dimension(j)):
            sides: list[Mapping[int, Any]] = []
            for move in (h, -h):
                leaves: list[Any] = list(case.leaves)
                leaves[j - 1] = system.array(leaves[j - 1]).reshape(-1)
                leaves[j - 1][entry] += move
                sides.append(forward(graph, leaves, system))
            columns.append({k: (sides[0][k] - sides[1][k]).reshape(-1) / (2 * h) for k in range(graph.l + 1, graph.n + 1)})
        found.update({(j, k): np.stack([column[k] for column in columns], axis=1) for k in columns[0] if (j, k) in reached})
    return found


def wide(graph: Graph, leaves: Sequence[Any], bits: int) -> dict[Edge, Enclosure | None]:
    """Enclosures with the step R/2, at the largest radius R = ¼, 1/16 … on which f is proved analytic: as wide as the bound of the method.

    None where no R is small enough.
    """
    columns = [(j, entry) for j in graph.differentiable_leaves() for entry in range(graph.dimension(j))]
    problem = Problem(graph, dict(enumerate(leaves, start=1)), columns)
    waiting = list(range(graph.l + 1, graph.n + 1))
    found: dict[Edge, Enclosure | None] = {(j, k): None for j, _ in columns for k in waiting}
    for radius in WIDE_RADII:
        trial = attempt(problem, waiting, Polydisc(radius, radius + 1, 4 * bits))
        for k, rows in trial.derivatives.items():
            for j in graph.differentiable_leaves():
                own = [place for place, (moved, _) in enumerate(columns) if moved == j]
                found[j, k] = Enclosure(np.array([[row[place] for place in own] for row in rows], dtype=object), radius)
        waiting = [k for k in waiting if k in trial.broken]
    return found


def compare_case(count: Counted, case: Case, certify: Certify = certify_all, reference: Reference = derivatives) -> None:
    """Enclose every pair, and look whether the derivative is inside. Disagreement if one is not.

    What lies outside with 400 bits is looked at with 4,000: next to a kink enclosures are narrower than 400 bits can tell.
    """
    case = rounded_case(case, FLOAT64)
    start = time.perf_counter()
    enclosures = certify(case.graph, case.leaves, BITS)
    count.seconds.append(time.perf_counter() - start)
    found = compared(case, enclosures, reference(case, HIGH))
    if found.outside:
        found = compared(case, enclosures, reference(case, HIGHEST))
    if found.outside:
        raise Disagreement(f"{case.name}: {found.outside} lies outside its enclosure")
    count.entries += found.entries
    count.undecided += found.undecided
    count.radii += found.radii
    count.error = max(count.error, found.error)


def compared(case: Case, enclosures: Mapping[Edge, Any], right: Mapping[Edge, Any]) -> Counted:
    """The enclosures of one case beside the values of all pairs, in exact arithmetic."""
    count = Counted()
    for (j, k), values in right.items():
        enclosure = enclosures.get((j, k))
        if not isinstance(enclosure, Enclosure) or not np.isfinite(enclosure.rad).all():
            count.undecided += values.size
            continue
        for index in np.ndindex(values.shape):
            mid: Any = enclosure.mid[index]
            rad = Fraction(float(enclosure.rad[index]))
            error = abs(exact_fraction(values[index]) - mid)
            count.entries += 1
            if error > rad:
                count.outside = count.outside or f"∂{case.graph.name(k)}/∂{case.graph.name(j)}{list(index)}"
            elif rad:
                count.error = max(count.error, float(error / rad))
        largest = max(abs(exact_fraction(entry)) for entry in values.reshape(-1))
        if largest > VISIBLE:
            count.radii.append(float(Fraction(float(np.max(enclosure.rad))) / largest))
    return count


def compare_hostile(count: Counted, number: int, certify: Certify = certify_all) -> None:
    """Enclose every pair of a hostile graph, and look whether the derivative is inside, and exists. Disagreement if not."""
    graph, leaves = hostile_graph(number)
    start = time.perf_counter()
    enclosures = certify(graph, leaves, BITS)
    count.seconds.append(time.perf_counter() - start)
    found = Counted()
    for digits in DIGITS:
        with mpmath.workdps(digits):
            found = _by_rules(graph, leaves, enclosures)
        if not found.outside:
            break
    if found.outside:
        raise Disagreement(f"hostile graph {number}: {found.outside}")
    count.entries += found.entries
    count.undecided += found.undecided
    count.undefined += found.undefined
    count.unknown += found.unknown


def _by_rules(graph: Graph, leaves: Sequence[Any], enclosures: Mapping[Edge, Any]) -> Counted:
    count, right, place = Counted(), duals(graph, leaves), 0
    for j in graph.differentiable_leaves():
        columns = slice(place, place := place + graph.dimension(j))
        for k in range(graph.l + 1, graph.n + 1):
            if (j, k) not in enclosures:
                continue
            enclosure, dual = enclosures[j, k], right.get(k)
            size = graph.dimension(j) * graph.dimension(k)
            values = None if dual is None else dual.d.reshape(graph.dimension(k), -1)[:, columns]
            none = values is None or any(mpmath.isnan(entry) for entry in values.reshape(-1))
            if k not in right:
                count.unknown += size
            elif not isinstance(enclosure, Enclosure):
                count.undecided += 0 if none else size
                count.undefined += size if none else 0
            elif values is None or none:
                count.outside = count.outside or f"∂{graph.name(k)}/∂{graph.name(j)} has an enclosure, and there is no derivative"
            else:
                count.entries += size
                if not all(_lies_in(ball, value) for ball, value in zip(enclosure.balls.reshape(-1), values.reshape(-1), strict=True)):
                    count.outside = count.outside or f"∂{graph.name(k)}/∂{graph.name(j)} lies outside its enclosure"
    return count


def _lies_in(ball: Any, value: Any) -> bool:
    """|value − middle| ≤ radius in mpmath: as fractions, numbers like 10 to the power 10¹⁵ have more digits than there is memory."""
    middle, radius = (mpmath.make_mpf(from_man_exp(*map(int, part.man_exp()))) for part in (ball.mid(), ball.rad()))
    return bool(abs(value - middle) <= radius)


def shifted(enclosure: Enclosure) -> Enclosure:
    """An enclosure that misses: its middles are moved by twice the radius and a little."""
    moved = enclosure.mid + np.vectorize(lambda r: 2 * Fraction(float(r)) + Fraction(1, 10**9), otypes=[object])(enclosure.rad)
    return Enclosure.of(moved, enclosure.rad, enclosure.radius)


def near_kinks(count: int) -> list[Case]:
    """relu, |x|, max and min whose operands lie 10⁻² … 10⁻¹⁵⁰ from the kink, with something smooth before and behind."""
    cases: list[Case] = []
    for number in range(count):
        rng = np.random.default_rng([31, number])
        distance = float(rng.choice([-1, 1])) * 10.0 ** -rng.uniform(2, 150)
        name = ("relu", "abs", "maximum", "minimum")[number % 4]
        operands, vertices = (2,), [leaf("x"), vertex("s", "sin", (1,))]
        if name in ("maximum", "minimum"):
            vertices.append(vertex("t", "negate", (2,)))
            operands = (2, 3)
        vertices += [vertex("v", name, operands), vertex("w", "exp", (len(vertices) + 1,))]
        cases.append(make_case(f"near a kink {number}", "random", Graph(1, tuple(vertices)), [distance]))
    return cases


def mixed_chain(n: int) -> Case:
    """A chain of n vertices: tanh, sin, softplus, exp(−u²) and others in random order, each behind a weight of 1.7."""
    rng = np.random.default_rng([37, n])
    vertices = [leaf("x")]
    while len(vertices) < n:
        last = len(vertices)
        name = ("tanh", "sin", "cos", "sigmoid", "softplus", "bell")[int(rng.integers(6))] if last < n - 2 else "tanh"
        vertices.append(vertex(f"v{last + 1}", "weighted_sum", (last,), weights=[[[float(rng.choice([-1.7, 1.7]))]]]))
        for step in ("square", "negate", "exp") if name == "bell" else (name,):
            vertices.append(vertex(f"v{len(vertices) + 1}", step, (len(vertices),)))
    return make_case(f"mixed chain of {n}", "random", Graph(1, tuple(vertices[:n])), [[float(rng.uniform(-1, 1))]])


def chains() -> list[Case]:
    """Chains of 60, 200 and 500 vertices: sines, and others."""
    return [case for n in CHAINS for case in (make_case(f"chain of {n}", "random", *chain(n, 4)), mixed_chain(n))]


def words(name: str, count: Counted, graphs: int) -> str:
    """The figures in words. Disagreement where no pair was decided: then nothing was shown."""
    if not count.radii:
        raise Disagreement(f"{name}: no enclosure was found")
    radius = f"median relative radius {statistics.median(count.radii):.1e}, largest {max(count.radii):.1e}"
    return f"{name}: {count.entries:,} entries of {graphs:,} graphs, 0 outside, {count.undecided:,} undecided; {radius}; largest error {count.error:.3f} of the radius"


def hostile_words(count: Counted, graphs: int) -> str:
    """The figures of hostile graphs in words."""
    decided = f"hostile graphs, against rules of their own: {count.entries:,} entries of {graphs:,} graphs, 0 outside, {count.undecided:,} undecided"
    return f"{decided}; {count.undefined:,} without a derivative, 0 of them enclosed; {count.unknown:,} not known"


def measure(quick: bool) -> Result:
    """All kinds of graphs; a few of each if `quick`."""
    cases, around = (10, 1) if quick else (FULL_CASES, FULL_AROUND)
    some = 2 if quick else DIFFERENCES
    kinks = near_kinks(8 if quick else KINKS)

    def random(count: int) -> Iterable[Case]:
        return (usual_case(11, LATE + number) for number in range(count))

    kinds: tuple[tuple[str, Iterable[Case], Certify, Reference], ...] = (
        ("random graphs", random(cases), certify_all, derivatives),
        (
            "random graphs around every function",
            (case_around(f, 17 + i, 8) for f in FUNCTIONS for i in range(around)),
            certify_all,
            derivatives,
        ),
        ("chains of up to 500 vertices", chains()[: 2 if quick else None], certify_all, derivatives),
        ("values next to kinks", kinks, certify_all, derivatives),
        ("random graphs, against differences", random(some), certify_all, differences),
        ("values next to kinks, against differences", kinks[:some], certify_all, differences),
        ("random graphs, wide steps", random(cases), wide, derivatives),
    )
    graphs = 60 if quick else HOSTILE
    found = Counted()
    for number in range(graphs):
        compare_hostile(found, number)
    lines = [line(hostile_words(found, graphs), [statistics.median(found.seconds)])]
    total = found.entries
    for name, given, certify, reference in kinds:
        found = Counted()
        for case in given:
            compare_case(found, case, certify, reference)
        total += found.entries
        lines.append(line(words(name, found, len(found.seconds)), [statistics.median(found.seconds)]))
    return Result(NAME, TITLE, ABOUT, (Comparison(f"{total:,} comparisons of derivatives, all inside", None, tuple(lines)),))
