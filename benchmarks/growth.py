"""How time grows: the engine's passes with n and with the edges, path sums with the paths, differences with the inputs, the whole check with both.

An exponent α says time ~ size^α: 1 is linear, 0 is no growth. Where a fixed cost still shows at small sizes, the exponent of the last step is nearer to what is to come.

>>> passes_against_n((4, 8), Effort(1, 0.0)).against
'n'
>>> passes_against_n((4,), Effort(1, 0.0))
Traceback (most recent call last):
    ...
ValueError: an exponent needs at least two sizes, found 1
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from backproof.engine import forward, jacobians
from backproof.verify.cases.case import make_case
from backproof.verify.derivatives.differences import differences
from backproof.verify.paths.blocks import PathSums
from backproof.verify.paths.enumeration import count_paths
from backproof.verify.three_way.check import check_case
from benchmarks.graphs import Workload, chain, complete, ladder
from benchmarks.measure import FULL, QUICK, Effort, Growth, Result, grow
from benchmarks.path_sums import naive
from benchmarks.peers import engine_gradients

NAME = "growth"
TITLE = "Growth"
ABOUT = (
    "Measured exponents α of time ~ size^α: by least squares over all sizes in each round, the median over the rounds with the lowest and the highest, "
    "and for the last step alone."
)
PASSES = "forward, Jacobians and backward"
Run = Callable[[], Any]


def passes_against_n(sizes: Sequence[int], effort: Effort) -> Growth:
    """The three passes on ladders of n vertices of dimension 3, where the edges grow with n."""
    runs: dict[int, Run] = {n: engine_gradients(*ladder(n, 3)) for n in sizes}
    return grow(f"{PASSES}, ladder, d = 3", "n", "1: the passes visit every edge once", runs, effort)


def passes_against_edges(sizes: Sequence[int], effort: Effort) -> Growth:
    """The three passes on complete graphs, where the edges grow with n² and the paths with 2^n."""
    runs: dict[int, Run] = {}
    for n in sizes:
        graph, leaves = complete(n, 3, scalar_output=True)
        runs[len(graph.edges)] = engine_gradients(graph, leaves)
    return grow(f"{PASSES}, complete graph, d = 3", "edges", "1 if every edge costs the same, however many paths there are", runs, effort)


def path_sums_against_paths(sizes: Sequence[int], effort: Effort) -> tuple[Growth, Growth]:
    """`PathSums`, and the naive way, on complete graphs of n vertices with 2^(n−2) paths."""
    ours: dict[int, Run] = {}
    plain: dict[int, Run] = {}
    for n in sizes:
        graph, leaves = complete(n, 3)
        D = jacobians(graph, forward(graph, leaves))
        paths = count_paths(graph, 1, n)
        ours[paths] = lambda graph=graph, D=D: PathSums(graph, D).to(graph.n, [1])
        plain[paths] = lambda graph=graph, D=D: naive(graph, D, 1, graph.n)
    return (
        grow("PathSums, complete graph, d = 3", "paths", "1: every path is enumerated", ours, effort),
        grow("naive path sum, complete graph, d = 3", "paths", "above 1: paths are more, and longer", plain, effort),
    )


def derivatives_against_inputs(sizes: Sequence[int], n: int, effort: Effort) -> tuple[Growth, Growth]:
    """The three passes, and the differences, on a chain of n vertices whose leaf has more and more entries."""
    passes: dict[int, Run] = {}
    moved: dict[int, Run] = {}
    for inputs in sizes:
        graph, leaves = chain(n, inputs)
        passes[inputs] = engine_gradients(graph, leaves)
        moved[inputs] = lambda graph=graph, leaves=leaves: differences(graph, leaves, 1)
    return (
        grow(f"{PASSES}, chain of {n} vertices", "inputs", "0: one backward pass for all inputs", passes, effort),
        grow(f"differences, chain of {n} vertices", "inputs", "1: the chain is evaluated anew for every input", moved, effort),
    )


def check_against_n(sizes: Sequence[int], effort: Effort) -> Growth:
    """The whole three-way check on chains of n vertices: one path from each vertex, of up to n − 1 edges."""
    return grow("whole check, chain", "n", "1 to 2: n paths of up to n edges", {n: _check(chain(n, 1)) for n in sizes}, effort)


def check_against_paths(sizes: Sequence[int], effort: Effort) -> Growth:
    """The whole three-way check on complete graphs, against the paths from leaf to output."""
    runs: dict[int, Run] = {}
    for n in sizes:
        graph, leaves = complete(n, 1)
        runs[count_paths(graph, 1, n)] = _check((graph, leaves))
    return grow("whole check, complete graph, d = 1", "paths", "1 once the paths outweigh the rest", runs, effort)


def _check(workload: Workload) -> Run:
    case = make_case("growth", "replay", *workload)
    return lambda: check_case(case)


def measure(quick: bool) -> Result:
    """Every growth above; over few and small sizes if `quick`."""
    effort = QUICK if quick else FULL
    tables = (
        passes_against_n((8, 16, 32) if quick else (50, 100, 200, 400, 800, 1600), effort),
        passes_against_edges((4, 6, 8) if quick else (8, 12, 16, 24, 32, 48, 64), effort),
        *path_sums_against_paths((4, 5, 6) if quick else (8, 10, 12, 14, 16), effort),
        *derivatives_against_inputs((1, 2, 4) if quick else (1, 2, 4, 8, 16, 32), 10 if quick else 50, effort),
        check_against_n((4, 8) if quick else (8, 16, 32, 64, 128), effort),
        check_against_paths((4, 5, 6) if quick else (6, 8, 10, 12), effort),
    )
    return Result(NAME, TITLE, ABOUT, tables)
