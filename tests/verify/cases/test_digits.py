"""The mini-run of SGD on handwritten digits: real images, the lecture's steps, every gradient checked three ways, and
never skipped silently."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from backproof.engine import FLOAT64, Graph, NumberSystem, backward
from backproof.engine.graph import Edge
from backproof.engine.number_systems import Array
from backproof.engine.passes import Adjoints
from backproof.verify.cases.case import Case
from backproof.verify.cases.digits import RATE, Missing, digits_cases
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.routes import Routes
from backproof.verify.three_way.witness import Witness
from backproof.verify.verdicts import Verdict


def cases(seed: int) -> tuple[Case, ...]:
    pytest.importorskip("sklearn")
    found = digits_cases(seed)
    assert not isinstance(found, Missing)
    return found


def arrays(case: Case) -> tuple[np.ndarray, ...]:
    """W, x, b, V, γ of a case, in their shapes."""
    return tuple(np.array(case.leaves[i], dtype=float).reshape(case.graph.shape(i + 1)) for i in range(5))


def test_five_steps_on_real_images_with_their_own_labels() -> None:
    found = cases(0)
    digits: Any = pytest.importorskip("sklearn.datasets").load_digits()
    labelled = {
        (tuple(float(image[2 * r : 2 * r + 2, 2 * c : 2 * c + 2].sum() / 64) for r in range(4) for c in range(4)), int(label))
        for image, label in zip(digits.images, digits.target, strict=True)
    }
    assert len(found) == 5
    for t, case in enumerate(found, start=1):
        assert case.name == f"SGD step {t} on digits (scaled down: 8×8 images averaged to 4×4, 4 hidden units)"
        assert case.group == "digits"
        assert (case.leaves[1], case.leaves[5][0]) in labelled


def test_each_case_starts_where_the_step_before_ended() -> None:
    """θ ← θ − η dL/dθ by hand in NumPy, from the leaf values of one case to those of the next."""
    found = cases(0)
    for now, after in pairwise(found):
        (W, x, b, V, gamma), y = arrays(now), int(now.leaves[5][0])
        h = np.tanh(W @ x + b)
        dl = np.exp(V @ h + gamma) / np.exp(V @ h + gamma).sum() - np.eye(10)[y]
        dz = (dl @ V) * (1 - h**2)
        expected = (W - RATE * np.outer(dz, x), b - RATE * dz, V - RATE * np.outer(dl, h), gamma - RATE * dl)
        found_W, _, *found_rest = arrays(after)
        for value, hand in zip((found_W, *found_rest), expected, strict=True):
            np.testing.assert_allclose(value, hand, rtol=1e-11, atol=1e-14)


def test_leaf_values_are_floats_few_enough_for_differences() -> None:
    for case in cases(3):
        differentiable = [value for j in case.graph.differentiable_leaves() for value in case.leaves[j - 1]]
        assert len(differentiable) == 64 + 16 + 4 + 40 + 10
        assert all(type(value) is float for value in differentiable)


def test_the_seed_decides_the_run() -> None:
    assert cases(1) == cases(1)
    assert cases(1)[0].leaves != cases(2)[0].leaves


def test_every_gradient_of_every_step_is_correct_three_ways() -> None:
    for case in cases(1):
        result = check_case(case, witness=Witness.ENTRIES)
        assert result.verdict is Verdict.CORRECT
        assert sum(c.entries for c in result.comparisons if c.claim == "path sum = differences") >= 134


def test_a_wrong_gradient_of_one_parameter_is_caught() -> None:
    def without_gamma(graph: Graph, D: Mapping[Edge, Array], cotangent: Any = None, system: NumberSystem = FLOAT64) -> Adjoints:
        p = backward(graph, D, cotangent, system)
        return {**p, 5: system.zeros(p[5].shape)}

    result = check_case(cases(1)[0], Routes(backward=without_gamma))
    assert result.verdict is Verdict.WRONG
    failures = [failure.where for c in result.comparisons for failure in c.failures]
    assert failures
    assert all(where.startswith("adjoint of γ") for where in failures)


def test_without_scikit_learn_the_suite_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn", None)
    missing = digits_cases(0)
    assert isinstance(missing, Missing)
    assert "scikit-learn is not installed (pip install 'backproof[examples]')" in missing.sentence
