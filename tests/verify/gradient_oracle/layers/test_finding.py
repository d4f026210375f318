"""The form of a layer, seen by running it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.layers.finding import form_of

X = np.array([[0.5, -1.0, 2.0], [1.5, 0.3, -0.7]])


class Dense:
    def __init__(self) -> None:
        self.W, self.training, self.rate = np.ones((3, 2)), True, 0.5

    def forward(self, x: Any) -> Any:
        self.x, self.out = x, x @ self.W
        return self.out

    def backward(self, d: Any) -> Any:
        self.dW, self.dx, self.dout = self.x.T @ d, d @ self.W.T, d
        return self.dx


def test_what_a_forward_keeps_is_no_parameter() -> None:
    form = form_of(Dense, (X,)).form
    assert [(p.name, p.where) for p in form.parameters] == [("W", "dW")]
    assert form.modes == ((("attribute", "training"),),)
    assert form.training is True
    assert not form.lazy


def test_one_array_at_several_paths_is_one_parameter() -> None:
    class Net(Dense):
        def __init__(self) -> None:
            super().__init__()
            self.params = [self.W]

    (parameter,) = form_of(Net, (X,)).form.parameters
    assert len(parameter.paths) == 2


def test_the_value_is_that_before_the_backward() -> None:
    class Trains(Dense):
        def backward(self, d: Any) -> Any:
            found = Dense.backward(self, d)
            self.W -= 0.1 * self.dW
            return found

    assert form_of(Trains, (X,)).values["W"].tolist() == np.ones((3, 2)).tolist()


@pytest.mark.parametrize(
    ("signature", "calls"),
    [
        (lambda self, d: None, ("cotangent",)),
        (lambda self, dout=1: None, ("cotangent",)),
        (lambda self: None, ()),
        (lambda self, error, learning_rate: None, ("cotangent", "rate")),
        (lambda self, x, grad: None, ("inputs", "cotangent")),
        (lambda self, d, lr=0.1: None, ("cotangent",)),
    ],
)
def test_a_backward_is_called_by_the_names_of_its_parameters(signature: Any, calls: tuple[str, ...]) -> None:
    made = type("Made", (Dense,), {"backward": signature})
    assert form_of(made, (X,)).form.calls == calls


def test_a_cache_that_the_forward_returns_is_handed_to_the_backward() -> None:
    class Cached:
        def __init__(self) -> None:
            self.W = np.ones((3, 2))

        def forward(self, x: Any) -> Any:
            return x @ self.W, (x,)

        def backward(self, d: Any, cache: Any) -> Any:
            return d @ self.W.T, cache[0].T @ d

    seen = form_of(Cached, (X,))
    assert seen.form.calls == ("cotangent", "cache")
    assert seen.out.shape == (2, 2)
    assert [p.where for p in seen.form.parameters] == ["returned[1]"]


def test_a_loss_without_gradients_is_refused() -> None:
    class Loss:
        def loss(self, x: Any) -> Any:
            return float(np.sum(x))

    with pytest.raises(TypeError, match=r"loss returns a float .*; it must return its output with gradients"):
        form_of(Loss, (X,))
