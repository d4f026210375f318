"""Derivatives and adjoints of all numbers agree with the gradients."""

from __future__ import annotations

import numpy as np

from backproof.verify.gradient_oracle.causes.observed import Observed
from backproof.verify.gradient_oracle.causes.sweeps import sweeps_of
from backproof.verify.gradient_oracle.forward_edges import trace_edges

X, W = np.arange(1.0, 5.0).reshape(2, 2), np.array([[0.5, -1.0], [2.0, 0.25]])


def test_what_is_above_and_below_every_operation_gives_the_gradient() -> None:
    ct = np.array([[1.0, 2.0], [-1.0, 0.5]])
    edges = trace_edges(lambda x, w: np.tanh(x @ w), (X, W), ct)
    right = edges.pulled(lambda group: 1.0)
    seen = Observed(("`x`", "`w`"), right, [part + 1 for part in right], edges, ct, lambda ct: [part + 1 for part in edges.pulled_with(ct)])
    sweeps = sweeps_of(seen)
    assert sweeps is not None
    assert sweeps.adjoints.shape[1] == 4  # the one at hand, and three more of four that are independent
    assert np.allclose(sweeps.errors, 1, rtol=1e-12)
    nodes = edges.by_operation()
    for numbers in nodes.values():
        below, above = sweeps.by_arguments[numbers], sweeps.adjoints[numbers]
        for k, span in enumerate(sweeps.spans):
            assert np.allclose(below[:, span].T @ above[:, 0], right[k].reshape(-1))
