"""Sweeps over the edges of a forward pass: with factors, other cotangents, from a number on the way, part by part."""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.forward_edges import trace_edges

X = np.array([1.0, 2.0, 3.0])
CT = np.array([1.0, 10.0, 100.0])


def scaled(x: Any) -> Any:
    return x * x.sum()


EDGES = trace_edges(scaled, (X,), CT)


def test_the_sweep_is_the_derivative_by_hand() -> None:
    assert EDGES.pulled(lambda group: 1.0)[0].tolist() == (CT * X.sum() + CT @ X).tolist()


def test_another_cotangent_gives_another_gradient_and_one_of_other_length_nan() -> None:
    assert EDGES.pulled_with(np.ones(3))[0].tolist() == (np.ones(3) * X.sum() + X.sum()).tolist()
    assert np.isnan(EDGES.pulled_with(np.ones(2))[0]).any()


def test_from_a_number_on_the_way_its_own_derivatives_come() -> None:
    node = next(node for node, operation in enumerate(EDGES.operations) if operation.function == "multiply")
    assert EDGES.pulled_from(node)[0].tolist() == [X.sum() + X[0], X[0], X[0]]


def test_the_parts_of_a_gradient_add_up_to_it() -> None:
    parts = EDGES.contributions()
    whole = EDGES.pulled(lambda group: 1.0)[0]
    assert [sum(value for _, value in parts[int(leaf)]) for leaf in EDGES.leaves[0]] == whole.tolist()
    assert all(len(part) == 2 for part in parts.values())


def test_an_output_that_is_an_argument_is_its_last_part() -> None:
    edges = trace_edges(lambda x: np.concatenate([x * 2, x]), (X,), np.concatenate([CT, -CT]))
    assert edges.last_contributions()[0].tolist() == (-CT).tolist()
