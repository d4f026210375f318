"""Sums and products of scalars: one node each, none for constants that change nothing."""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.verify.lift.lifted import pull_back
from backproof.verify.lift.numpy_code.lifting import lift

X = np.array([0.5, -1.5, 2.25])


W = np.array([[1.0, 0.5, -0.25], [2.0, -1.0, 0.75]])


def middle(array: Any) -> list[float]:
    return [float(entry.mid()) for entry in np.ravel(array)]


def test_a_constant_zero_times_no_number_is_no_number() -> None:
    assert not lift(lambda x: np.log(x) * 0.0, (np.array([-1.0]),)).finite
    lifted = lift(lambda x: np.sqrt(x) * 0.0, (np.array([0.0]),))
    assert lifted.finite
    assert middle(pull_back(lifted, np.ones(1))[0]) == [0.0]


def test_a_matrix_product_and_a_sum_are_one_node_for_each_entry() -> None:
    lifted = lift(lambda w, x: np.sum(w @ x), (W, X))
    assert len(lifted.tape.nodes) == 6 + 3 + 2 + 1


def test_zeros_that_are_filled_add_no_nodes() -> None:
    def f(x: Any) -> Any:
        out = np.zeros(5)
        out[1:4] += x
        return out * np.ones(5)

    assert len(lift(f, (X,)).tape.nodes) == 3
