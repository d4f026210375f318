"""The protocol of a layer: what is no fault is said, and what is one is found."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.layers.finding import form_of
from backproof.verify.gradient_oracle.layers.protocol import Protocol, probe_layer

X = np.array([[0.5, -1.0], [1.5, 0.3]])


class Dense:
    def __init__(self) -> None:
        self.W, self.dW = np.array([[1.0, 2.0], [0.5, -1.0]]), np.zeros((2, 2))

    def forward(self, x: Any) -> Any:
        self.x = x
        return x @ self.W

    def backward(self, d: Any) -> Any:
        self.dW = self.x.T @ d
        return d @ self.W.T


class Adds(Dense):
    def backward(self, d: Any) -> Any:
        self.dW = self.dW + self.x.T @ d
        return d @ self.W.T


class AddsToInput(Dense):
    def backward(self, d: Any) -> Any:
        self.total = getattr(self, "total", 0.0) + d @ self.W.T
        self.dW = self.x.T @ d
        return self.total


class Zeroes(Adds):
    def zero_grad(self) -> None:
        self.dW = np.zeros((2, 2))


class DoesNotZero(Adds):
    def zero_grad(self) -> None:
        pass


class Stack(Dense):
    def forward(self, x: Any) -> Any:
        self.kept = [*getattr(self, "kept", []), x]
        return x @ self.W

    def backward(self, d: Any) -> Any:
        self.x = self.kept.pop()
        return Dense.backward(self, d)


class Remembers(Dense):
    """Its outputs depend on earlier ones, on purpose."""

    def forward(self, x: Any) -> Any:
        self.h = 0.5 * getattr(self, "h", 0.0) + x @ self.W
        self.x = x
        return self.h


class HalfInEval(Dense):
    """A forward in evaluation mode leaves something behind."""

    def __init__(self) -> None:
        super().__init__()
        self.training, self.factor = True, 1.0

    def forward(self, x: Any) -> Any:
        if not self.training:
            self.factor = 0.5
        return super().forward(x)

    def backward(self, d: Any) -> Any:
        return self.factor * super().backward(d)


def tried(make: Any) -> tuple[list[str], list[str]]:
    seen = form_of(make, (X,))
    protocol = Protocol(make, seen.form, (X, seen.values, seen.form.training), np.ones((2, 2)), ("x", "W"))
    return [found.sentence for found in probe_layer(protocol)], protocol.said


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (Dense, []),
        (Adds, ["gradients of parameters are added to what is there (+=): set them to zero before each step"]),
        (Zeroes, ["gradients of parameters are added to what is there (+=), and zero_grad sets them to zero"]),
        (Stack, ["called a second time, the backward refuses (IndexError: pop from empty list"]),
        (Remembers, ["the forward depends on earlier calls of it"]),
    ],
)
def test_what_is_no_fault_is_said(make: Any, said: list[str]) -> None:
    found, words = tried(make)
    assert found == []
    assert len(words) == len(said)
    assert all(word.startswith(start) for word, start in zip(words, said, strict=True))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (AddsToInput, "with backward twice, entry [0, 0] of the gradient of x is 6.0 instead of 3.0"),
        (DoesNotZero, "when forward and backward are called again after zero_grad, entry [0, 0] of the gradient of W is"),
        (HalfInEval, "when a forward in evaluation mode ran before, entry [0, 0] of the gradient of x is 1.5 instead of 3.0"),
    ],
)
def test_what_is_a_fault_is_found(make: Any, words: str) -> None:
    (sentence,) = tried(make)[0]
    assert sentence.startswith(words)
