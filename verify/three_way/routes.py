"""What is checked against what; the passes run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Protocol

from backproof.engine import Graph, NumberSystem, backward, forward, jacobians
from backproof.engine.graph import Edge
from backproof.engine.in_words import brief, counted
from backproof.engine.number_systems import Array
from backproof.engine.passes import Adjoints, Jacobians, Values
from backproof.verify.cases.case import Case, float_leaves
from backproof.verify.derivatives.differences import Difference, differences, differences_along
from backproof.verify.derivatives.directions import Direction
from backproof.verify.derivatives.kinks import Found, enclosures_or_hulls
from backproof.verify.paths.blocks import PathSums
from backproof.verify.paths.enumeration import Path, paths
from backproof.verify.paths.sums import PathSum, path_sum
from backproof.verify.rounding.bounds import Bounds, bounds_in_each
from backproof.verify.three_way.comparison import Comparison
from backproof.verify.three_way.directional import paths_along_directions
from backproof.verify.three_way.floats import FloatCheck, floats_against_enclosures
from backproof.verify.three_way.theorem_1 import paths_against_differences, paths_against_enclosures
from backproof.verify.three_way.theorem_2 import adjoints_against_paths


class Forward(Protocol):
    """The type of `engine.forward`."""

    def __call__(self, graph: Graph, leaf_values: Sequence[Any], system: NumberSystem = ...) -> Values: ...


class EdgeJacobians(Protocol):
    """The type of `engine.jacobians`."""

    def __call__(self, graph: Graph, u: Mapping[int, Array], system: NumberSystem = ...) -> Jacobians: ...


class Backward(Protocol):
    """The type of `engine.backward`."""

    def __call__(self, graph: Graph, D: Mapping[Edge, Array], cotangent: Any = ..., system: NumberSystem = ...) -> Adjoints: ...


@dataclass(frozen=True, repr=False)
class Routes:
    """What is checked against what, and by what: the engine's passes, the enumeration of paths, their sums (`blocks`,
    and `definition`, against which these are tried), differences, enclosures, rounding bounds, the comparisons.
    """

    forward: Forward = forward
    jacobians: EdgeJacobians = jacobians
    backward: Backward = backward
    paths: Callable[[Graph, int, int], Iterator[Path]] = paths
    blocks: Callable[..., PathSums] = PathSums
    definition: Callable[..., PathSum] = path_sum
    differences: Callable[[Graph, Sequence[Any], int, int], dict[int, Difference]] = differences
    differences_along: Callable[[Graph, Sequence[Any], Sequence[Direction], int], dict[int, Difference]] = differences_along
    enclosures: Callable[[Graph, Sequence[Any], int], Mapping[Edge, Found]] = enclosures_or_hulls
    judge_adjoints: Callable[..., Comparison] = adjoints_against_paths
    judge_derivatives: Callable[..., Comparison] = paths_against_differences
    judge_directions: Callable[..., Comparison] = paths_along_directions
    judge_enclosures: Callable[..., Comparison] = paths_against_enclosures
    bounds: Callable[[Sequence[tuple[NumberSystem, Case]]], Mapping[str, Bounds]] = bounds_in_each
    judge_floats: Callable[..., FloatCheck] = floats_against_enclosures

    def __repr__(self) -> str:
        changed = [entry.name for entry in fields(self) if getattr(self, entry.name) is not entry.default]
        return brief("Routes", f"{', '.join(changed)} in place of backproof's own" if changed else "backproof's own")


@dataclass(frozen=True, repr=False)
class Run:
    """The passes in one number system."""

    system: NumberSystem
    u: Values
    D: Jacobians
    p: Adjoints

    def __repr__(self) -> str:
        return brief("Run", self.system.name, f"{len(self.u)} values", counted(len(self.D), "Jacobian"), counted(len(self.p), "adjoint"))


def run(case: Case, system: NumberSystem, routes: Routes) -> Run:
    """The three passes of a case: over the rationals at the given leaf values, elsewhere at their float64 values."""
    u = routes.forward(case.graph, case.leaves if system.exact else float_leaves(case), system)
    D = routes.jacobians(case.graph, u, system)
    return Run(system, u, D, routes.backward(case.graph, D, case.cotangent, system))
