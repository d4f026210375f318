"""The figures of the rounding benchmark: correct passes are not flagged, faults through edges are those of a really scaled engine."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from backproof.engine import FLOAT64, Graph, NumberSystem, backward, forward, jacobians, leaf, vertex
from backproof.engine.number_systems import FLOAT16, Array
from backproof.verify.cases.case import Case
from benchmarks import rounding
from benchmarks.measure import Comparison
from benchmarks.rounding import OURS, TOLERANCES, figures_of, measure, passes_of, random_case, through_edges, words


def test_the_bound_flags_no_correct_pass_and_fixed_tolerances_flag_half_precision() -> None:
    wide, narrow = figures_of(FLOAT64, 6), figures_of(FLOAT16, 6)
    assert wide.alarms[OURS] == narrow.alarms[OURS] == 0
    assert narrow.alarms["1e-8 + 1e-5 |g|"] > 0
    assert wide.median[OURS] < 1e-10
    assert "false alarms: rounding bound: 0.0 %" in words(FLOAT64, wide)


def test_the_three_orders_of_summation_agree_up_to_rounding() -> None:
    first, *others = passes_of(random_case(1), FLOAT64)
    for other in others:
        for j in range(1, 4):
            np.testing.assert_allclose(other[j], first[j], rtol=1e-9, atol=1e-13)


def test_the_part_of_a_gradient_that_passes_through_an_edge_is_what_dropping_it_takes_away() -> None:
    graph = Graph(1, (leaf("x"), vertex("a", "square", (1,)), vertex("b", "multiply", (1, 2)), vertex("o", "add", (2, 3))))
    D = jacobians(graph, forward(graph, [[3.0]]))
    whole = backward(graph, D)[1].item()
    for edge, effect in zip(graph.edges, through_edges(graph, D), strict=True):
        assert backward(graph, {**D, edge: 0 * D[edge]})[1].item() == pytest.approx(whole - effect.item())


def test_a_pass_that_gives_nan_is_an_alarm_of_every_judge(monkeypatch: pytest.MonkeyPatch) -> None:
    def with_nan(case: Case, system: NumberSystem) -> Iterator[dict[int, Array]]:
        for p in passes_of(case, system):
            yield {**p, 1: p[1] * np.nan}

    monkeypatch.setattr(rounding, "passes_of", with_nan)
    found = figures_of(FLOAT64, 1)
    assert set(found.alarms.values()) == {found.passes} == {3}


@pytest.mark.parametrize("g", [0.0, 1e-3, 2.0, -40.0])
def test_the_tolerance_of_autograd_is_the_one_that_it_applies(g: float) -> None:
    close = pytest.importorskip("autograd.test_util").scalar_close
    room = TOLERANCES["autograd's"](FLOAT64, np.array(g)).item()
    assert close(g + 0.99 * room, g)
    assert not close(g + 1.01 * room, g)


def test_the_tolerances_of_jax_are_the_ones_that_it_applies(apart: Callable[[str], None]) -> None:
    if importlib.util.find_spec("jax") is None:
        pytest.skip("needs jax")
    apart(
        "import jax.numpy as jnp\n"
        "from jax._src.public_test_util import default_gradient_tolerance\n"
        "from benchmarks.rounding import OF_JAX\n"
        "assert {name: default_gradient_tolerance[jnp.dtype(name)] for name in OF_JAX} == OF_JAX"
    )


def test_it_is_measured_in_four_dtypes() -> None:
    pytest.importorskip("pyperf")
    tables = [table for table in measure(quick=True).tables if isinstance(table, Comparison)]
    assert [table.workload.split(":")[0] for table in tables] == ["float64", "float32", "float16", "bfloat16"]
