"""The text of a function is found among others on its line, without its indentation, with what it reads from outside."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.handed.definitions import definition_of

K = 2.0
PAIR = (lambda x: x + 1, lambda x: x + 2)


def test_lambdas_on_one_line_are_told_apart() -> None:
    assert [found.text for one in PAIR if (found := definition_of(one))] == ["lambda x: x + 1", "lambda x: x + 2"]


def test_a_lambda_in_a_lambda_is_the_inner_one() -> None:
    def called(outer: Any) -> Any:
        return outer()

    found = definition_of(called(lambda: lambda x: x * K))
    assert found is not None
    assert (found.text, found.name, found.names) == ("lambda x: x * K", "", {"K"})


def test_a_function_in_a_function_has_its_decorators_and_no_indentation() -> None:
    @functools.lru_cache
    def inner(x: float, scale: float = K) -> Any:
        y = np.tanh(x)
        return [y * scale + z for z in range(3)]

    found = definition_of(inner.__wrapped__)
    assert found is not None
    assert found.text.startswith("@functools.lru_cache\ndef inner(")
    assert found.names >= {"functools", "K", "np"}
    assert not {"x", "y", "z", "scale", "range"} & found.names


def test_a_class_is_that_with_its_methods() -> None:
    class Layer:
        def forward(self, x: Any) -> Any:
            return K * x

    found = definition_of(Layer)
    assert found is not None
    assert found.text.startswith("class Layer:\n    def forward(")
    assert "K" in found.names


def test_what_has_no_source_has_none() -> None:
    made: dict[str, Any] = {}
    exec("def f(x):\n    return x", made)
    assert definition_of(made["f"]) is None
    assert definition_of(np.tanh) is None
    assert definition_of(3) is None
