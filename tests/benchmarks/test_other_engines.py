"""Other libraries compute the same output, their gradients lie within the bound, and a wrong one does not."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

import numpy as np
import pytest

from backproof.engine import FLOAT32, forward
from backproof.verify.cases.case import rounded_case
from benchmarks.measure import NotMeasured
from benchmarks.other_engines import PEERS, SYSTEMS, by_autograd, by_jax, judged, outputs, share_of
from benchmarks.rounding import random_case


def softmax(x: np.ndarray) -> np.ndarray:
    weights = np.exp(x - x.max())
    return weights / weights.sum()


def test_the_outputs_are_those_of_the_engine() -> None:
    for number in range(5):
        case = random_case(number)
        out = outputs(case, np, [np.array(x) for x in case.leaves], np.array, softmax)
        assert np.isclose(out, forward(case.graph, case.leaves)[case.graph.n][0], rtol=1e-12)


@pytest.mark.parametrize("name", PEERS)
def test_a_library_is_within_the_bound_and_a_scaled_gradient_is_not(name: str, apart: Callable[[str], None]) -> None:
    package, _ = PEERS[name]
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"needs {package}")
    apart(
        "from benchmarks.other_engines import FLOAT64, PEERS, random_case, rounded_case, share_of\n"
        f"case, gradients = rounded_case(random_case(1), FLOAT64), PEERS[{name!r}][1]\n"
        "found = gradients(case, FLOAT64)\n"
        "assert share_of(case, FLOAT64, found) <= 1\n"
        "assert share_of(case, FLOAT64, [g * (1 + 1e-10) for g in found]) > 1"
    )


def test_dtypes_that_a_library_does_not_have_are_left_out() -> None:
    case = random_case(0)
    assert by_autograd(case, FLOAT32) is None
    assert by_jax(case, SYSTEMS[2]) is None


def test_a_graph_on_which_nothing_can_be_said_is_counted_as_undecidable() -> None:
    found = judged("nobody", lambda case, system: [np.zeros(3)] * 3, SYSTEMS[3], 4)
    assert found is not None
    assert "graphs undecidable" in found[0]
    case = rounded_case(random_case(0), SYSTEMS[3])
    with pytest.raises(NotMeasured, match="bfloat16"):
        share_of(case, SYSTEMS[3], [np.zeros(3)] * 3)


def test_nan_is_flagged() -> None:
    found = judged("nobody", lambda case, system: [np.full(3, np.nan)] * 3, SYSTEMS[0], 4)
    assert found is not None
    assert "4 passes, 4 flagged, largest error inf of the bound" in found[0]


@pytest.mark.parametrize("gradients", [[], [np.zeros(3)] * 2, [np.zeros(2)] * 3])
def test_missing_derivatives_are_neither_right_nor_undecidable(gradients: list[np.ndarray]) -> None:
    with pytest.raises(ValueError, match=r"shorter|shape \(2,\), expected \(3,\)"):
        judged("nobody", lambda case, system: gradients, SYSTEMS[0], 1)
