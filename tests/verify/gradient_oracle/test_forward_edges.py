"""The forward pass as groups of edges: what flows through each is what a hand calculation says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.fft

from backproof.verify.gradient_oracle.causes.edges import Edges, Group
from backproof.verify.gradient_oracle.forward_edges import trace_edges
from backproof.verify.lift.tape.reads import NotLifted

X = np.array([[0.3, -0.7, 1.1], [0.9, 0.2, -0.4]])
CT = np.array([[1.0, -2.0, 0.5], [0.25, 1.0, 3.0]])


def centred(x: Any) -> Any:
    mean = x.mean(axis=1, keepdims=True)
    return x - mean


def groups(edges: Edges) -> set[tuple[str, str]]:
    return {(group.source.function, group.target.function) for group in edges.groups}


def without(edges: Edges, source: str, target: str) -> Any:
    def factor(group: Group) -> float:
        return 0.0 if (group.source.function, group.target.function) == (source, target) else 1.0

    return edges.pulled(factor)[0]


def test_all_edges_together_give_the_gradient_by_hand() -> None:
    """Of x − mean(x): ct − mean(ct) in each row."""
    edges = trace_edges(centred, (X,), CT)
    assert np.allclose(edges.pulled(lambda group: 1.0)[0], CT - CT.mean(axis=1, keepdims=True), rtol=1e-15)


def test_the_operations_have_names_lines_and_text() -> None:
    edges = trace_edges(centred, (X,), CT)
    assert ("argument", "subtract") in groups(edges)
    assert ("subtract", "output") in groups(edges)
    (subtraction,) = {group.target for group in edges.groups if group.target.function == "subtract"}
    assert subtraction.text == "return x - mean"
    assert subtraction.place == f"test_forward_edges.py:{centred.__code__.co_firstlineno + 2}"


def test_without_the_mean_the_cotangent_comes_back_as_it_is() -> None:
    edges = trace_edges(centred, (X,), CT)
    assert np.array_equal(without(edges, "divide", "subtract"), CT)


def test_factors_multiply_along_a_path() -> None:
    def f(x: Any) -> Any:
        return np.sin(x * 3.0)

    edges = trace_edges(f, (np.array([0.2]),), np.array([1.0]))
    doubled = edges.pulled(lambda group: 2.0)[0]
    assert doubled[0] == pytest.approx(2.0**3 * 3.0 * np.cos(0.6), rel=1e-15)


def test_another_cotangent_of_the_same_output() -> None:
    edges = trace_edges(centred, (X,), CT)
    ones = edges.pulled_with(np.ones_like(CT))[0]
    assert np.allclose(ones, 0.0, atol=1e-15)


def test_the_last_contribution_alone() -> None:
    """Of x·x + x the last use of x is the sum: 1 of the 2x + 1."""

    def f(x: Any) -> Any:
        return x * x + x

    edges = trace_edges(f, (np.array([3.0]),), np.array([1.0]))
    assert edges.pulled(lambda group: 1.0)[0][0] == 7.0
    assert edges.last_contributions()[0][0] == 1.0


def test_gathered_entries_keep_their_last_seed() -> None:
    edges = trace_edges(lambda x: x[np.array([0, 1, 0])], (np.array([5.0, 6.0]),), np.array([1.0, 10.0, 100.0]))
    assert edges.pulled(lambda group: 1.0)[0].tolist() == [101.0, 10.0]
    assert edges.last_contributions()[0].tolist() == [100.0, 10.0]


def test_code_that_cannot_be_followed_is_refused() -> None:
    with pytest.raises(NotLifted):
        trace_edges(lambda x: scipy.fft.dct(x), (np.array([1.0, 2.0]),), np.array([1.0, 1.0]))
