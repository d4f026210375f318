"""The lecture's network and its SGD against formulas written by hand in NumPy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from backproof.engine import DomainError, GraphError, backward, forward, jacobians
from backproof.engine.network import (
    Parameters,
    accuracy,
    gradients,
    leaf_values,
    log_probabilities,
    loss,
    network,
    predict,
    random_parameters,
    sgd,
)

D, M, K = 3, 4, 5
SLOPES = {
    "tanh": (np.tanh, lambda z: 1 / np.cosh(z) ** 2),
    "sigmoid": (lambda z: 1 / (1 + np.exp(-z)), lambda z: np.exp(-z) / (1 + np.exp(-z)) ** 2),
    "relu": (lambda z: np.maximum(z, 0), lambda z: (z > 0).astype(float)),
    "softplus": (lambda z: np.log1p(np.exp(z)), lambda z: 1 / (1 + np.exp(-z))),
    "sin": (np.sin, np.cos),
}


def by_hand(transfer: str, p: Parameters, x: np.ndarray, y: int) -> tuple[float, Parameters]:
    g, slope = SLOPES[transfer]
    z = p.W @ x + p.b
    h = g(z)
    logits = p.V @ h + p.gamma
    q = logits - np.log(np.sum(np.exp(logits)))
    dl = np.exp(q)
    dl[y] -= 1
    dz = (p.V.T @ dl) * slope(z)
    return -q[y], Parameters(np.outer(dz, x), dz, np.outer(dl, h), dl)


@pytest.mark.parametrize("transfer", SLOPES)
def test_loss_and_gradients_against_the_closed_form(transfer: str) -> None:
    rng = np.random.default_rng(3)
    graph, p = network(D, M, K, transfer), random_parameters(D, M, K, rng)
    for y in range(K):
        x = rng.normal(size=D)
        value, slope = gradients(graph, p, x, y)
        expected, expected_slope = by_hand(transfer, p, x, y)
        assert value == pytest.approx(expected, rel=1e-13)
        for name in ("W", "b", "V", "gamma"):
            np.testing.assert_allclose(getattr(slope, name), getattr(expected_slope, name), rtol=1e-11, atol=1e-14)


def test_the_gradient_through_softmax_as_transfer_function() -> None:
    """g = softmax has the Jacobian diag(h) − h hᵀ, which is not diagonal."""
    rng = np.random.default_rng(4)
    p, x, y = random_parameters(D, M, K, rng), rng.normal(size=D), 3
    h = np.exp(p.W @ x) / np.exp(p.W @ x).sum()
    q = np.exp(p.V @ h) / np.exp(p.V @ h).sum()
    dz = (np.diag(h) - np.outer(h, h)) @ p.V.T @ (q - np.eye(K)[y])
    _, slope = gradients(network(D, M, K, "softmax"), p, x, y)
    np.testing.assert_allclose(slope.b, dz, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(slope.W, np.outer(dz, x), rtol=1e-11, atol=1e-14)


def test_the_derivative_with_respect_to_the_input() -> None:
    """∂o/∂x = ∂o/∂z · W, and ∂o/∂z = ∂o/∂b."""
    rng = np.random.default_rng(6)
    graph, p, x = network(D, M, K), random_parameters(D, M, K, rng), rng.normal(size=D)
    _, expected = by_hand("tanh", p, x, 1)
    adjoint = backward(graph, jacobians(graph, forward(graph, leaf_values(p, x, 1))))[2]
    np.testing.assert_allclose(adjoint, [expected.b @ p.W], rtol=1e-11, atol=1e-14)


def test_the_jacobian_of_z_with_respect_to_the_matrix_is_m_by_m_times_d() -> None:
    """L7: ∂z_i/∂W_jk = [[i = j]] x_k, W read row by row."""
    rng = np.random.default_rng(0)
    graph, x = network(D, M, K), rng.normal(size=D)
    D_Wz = jacobians(graph, forward(graph, leaf_values(random_parameters(D, M, K, rng), x, 0)))[1, 7]
    assert D_Wz.shape == (M, M * D)
    expected = np.zeros((M, M, D))
    for i in range(M):
        expected[i, i] = x
    np.testing.assert_array_equal(D_Wz, expected.reshape(M, M * D))


def test_the_loss_of_equal_probabilities_is_log_k() -> None:
    p = Parameters(np.zeros((M, D)), np.zeros(M), np.zeros((K, M)), np.zeros(K))
    assert loss(network(D, M, K), p, np.ones(D), 2) == pytest.approx(math.log(K), rel=1e-15)


def test_the_label_has_no_adjoint_and_the_input_has_one() -> None:
    graph = network(D, M, K)
    assert graph.is_discrete(6)
    assert graph.differentiable_leaves() == (1, 2, 3, 4, 5)


def test_sgd_takes_the_steps_of_the_lecture() -> None:
    """θ ← θ − η_t dL/dθ, one uniformly chosen example at a time, with η_t = 1/t."""
    rng = np.random.default_rng(5)
    examples, labels = rng.normal(size=(6, D)), [0, 1, 2, 3, 4, 0]
    graph, p = network(D, M, K), random_parameters(D, M, K, rng)
    steps = list(sgd(graph, p, examples, labels, 4, lambda t: 1 / t, np.random.default_rng(9)))
    picks = np.random.default_rng(9)
    for t, step in enumerate(steps, start=1):
        i = int(picks.integers(6))
        value, slope = by_hand("tanh", p, examples[i], labels[i])
        p = Parameters(p.W - slope.W / t, p.b - slope.b / t, p.V - slope.V / t, p.gamma - slope.gamma / t)
        assert (step.t, step.example) == (t, i)
        assert step.loss == pytest.approx(value, rel=1e-12)
        for name in ("W", "b", "V", "gamma"):
            np.testing.assert_allclose(getattr(step.parameters, name), getattr(p, name), rtol=1e-12, atol=1e-14)


def test_training_separates_two_groups() -> None:
    rng = np.random.default_rng(1)
    examples = np.concatenate([rng.normal(-2, 0.5, (20, 2)), rng.normal(2, 0.5, (20, 2))])
    labels = [0] * 20 + [1] * 20
    graph, p = network(2, 3, 2), random_parameters(2, 3, 2, rng)
    before = np.mean([loss(graph, p, x, y) for x, y in zip(examples, labels, strict=True)])
    for step in sgd(graph, p, examples, labels, 200, 0.2, rng):
        p = step.parameters
    assert np.mean([loss(graph, p, x, y) for x, y in zip(examples, labels, strict=True)]) < before / 4
    assert [predict(graph, p, x) for x in ([-2.0, -2.0], [2.0, 2.0])] == [0, 1]
    assert accuracy(graph, p, examples, labels) == 1.0
    np.testing.assert_allclose(np.exp(log_probabilities(graph, p, examples[0])).sum(), 1.0, rtol=1e-14)


def test_any_row_that_keeps_the_shape_is_a_transfer_function() -> None:
    assert network(D, M, K, "softmax").row(8).name == "softmax"


@pytest.mark.parametrize("transfer", ["sum", "add", "reshape", "dot", "nothing"])
def test_any_other_row_is_refused(transfer: str) -> None:
    with pytest.raises(ValueError, match=r"must take one operand and keep its shape|unknown function 'nothing'"):
        network(D, M, K, transfer)


def one_step(examples: np.ndarray, labels: list[Any], steps: int = 1, rate: float = 0.1) -> None:
    rng = np.random.default_rng(0)
    next(sgd(network(D, M, K), random_parameters(D, M, K, rng), examples, labels, steps, rate, rng))


def test_examples_and_labels_must_match() -> None:
    with pytest.raises(ValueError, match="found 2 examples and 1 labels"):
        one_step(np.ones((2, D)), [0])
    with pytest.raises(ValueError, match="found no examples"):
        one_step(np.ones((0, D)), [])
    p = random_parameters(D, M, K, np.random.default_rng(0))
    with pytest.raises(ValueError, match="found no examples"):
        accuracy(network(D, M, K), p, np.ones((0, D)), [])


@pytest.mark.parametrize("label", [K, -1, 1.5])
def test_a_label_that_is_not_one_of_the_k_is_refused_and_never_rounded(label: float) -> None:
    with pytest.raises(DomainError, match=rf"'q_y'.*y = \[{float(label)}\]"):
        one_step(np.ones((1, D)), [label])


def test_an_example_of_another_size_is_refused() -> None:
    with pytest.raises(GraphError, match=r"'x'.*needs a value of shape \(3,\), found shape \(2,\)"):
        one_step(np.ones((1, 2)), [0])


@pytest.mark.parametrize("rate", [math.nan, math.inf])
def test_a_rate_that_is_no_finite_number_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match=f"step 1 of SGD: the rate η_t must be a finite number, found {rate}"):
        one_step(np.ones((1, D)), [0], rate=rate)


def test_a_negative_number_of_steps_is_refused() -> None:
    with pytest.raises(ValueError, match="0 or more, found -1"):
        one_step(np.ones((1, D)), [0], steps=-1)
