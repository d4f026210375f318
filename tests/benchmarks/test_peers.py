"""The engine, autograd and micrograd run the same graphs: equal derivatives, and those of a hand calculation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from backproof.engine import Graph, leaf, vertex
from benchmarks.engines import workloads
from benchmarks.graphs import Workload, chain, scalar_ladder
from benchmarks.measure import agreement
from benchmarks.peers import autograd_gradients, engine_gradients, micrograd_gradients

LECTURE = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))
SCALARS = [workload for quick in (True, False) for workload in workloads(quick)[0].values()]
VECTORS = [chain(9, 5), *(workload for quick in (True, False) for workload in workloads(quick)[1].values())]


def rebuilt(graph: Graph, leaves: Any) -> Callable[[], list[float]]:
    return engine_gradients(graph, leaves, rebuild=True)


@pytest.mark.parametrize(
    ("make", "package"),
    [(engine_gradients, "numpy"), (rebuilt, "numpy"), (autograd_gradients, "autograd"), (micrograd_gradients, "micrograd")],
)
def test_the_four_vertex_example(make: Callable[..., Callable[[], list[float]]], package: str) -> None:
    """L11 at u₁ = 3, u₂ = 4: the output u₂(u₁ + u₂) has the derivatives u₂ = 4 and u₁ + 2u₂ = 11."""
    pytest.importorskip(package)
    assert make(LECTURE, [3.0, 4.0])() == [4.0, 11.0]


@pytest.mark.parametrize("workload", SCALARS)
def test_graphs_of_scalars_have_the_same_derivatives_in_micrograd(workload: Workload) -> None:
    pytest.importorskip("micrograd")
    digits = agreement({"engine": engine_gradients(*workload)(), "micrograd": micrograd_gradients(*workload)()})
    assert digits is not None
    assert digits >= 14


@pytest.mark.parametrize("workload", SCALARS + VECTORS)
def test_all_graphs_have_the_same_derivatives_in_autograd(workload: Workload) -> None:
    pytest.importorskip("autograd")
    digits = agreement({"engine": engine_gradients(*workload)(), "autograd": autograd_gradients(*workload)()})
    assert digits is not None
    assert digits >= 13


@pytest.mark.parametrize("workload", SCALARS + VECTORS)
def test_no_workload_is_flat(workload: Workload) -> None:
    """Where derivatives are 0, sides that compute nothing agree."""
    slopes = engine_gradients(*workload)()
    assert len(slopes) == sum(workload[0].dimension(j) for j in workload[0].differentiable_leaves())
    assert all(1e-12 < abs(slope) < 1e12 for slope in slopes)


def test_a_call_does_not_change_the_next_one() -> None:
    pytest.importorskip("micrograd")
    run = micrograd_gradients(*scalar_ladder(12))
    assert run() == run()


@pytest.mark.parametrize(("make", "package"), [(autograd_gradients, "autograd"), (micrograd_gradients, "micrograd")])
def test_a_row_that_a_library_lacks_here_is_named(make: Callable[..., Any], package: str) -> None:
    pytest.importorskip(package)
    graph = Graph(1, (leaf("x"), vertex("y", "softplus", (1,))))
    with pytest.raises(ValueError, match=rf"^vertex 2 \('y'\): softplus is not written for {package} here; written are: add, subtract"):
        make(graph, [1.0])
