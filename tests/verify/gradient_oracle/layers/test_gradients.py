"""Where people keep gradients."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.handed.trees import name_of
from backproof.verify.gradient_oracle.layers.gradients import kept_gradients, returned_gradients

W, B, X = np.ones((3, 2)), np.ones(2), np.ones((4, 3))
DW, DB, DX = 2 * W, 2 * B, 2 * X


class Layer(SimpleNamespace):
    """Attributes, as a layer has them."""


def found(layer: Any) -> dict[str, str | None]:
    return {name_of("", a): None if g is None else name_of("", g) for a, g in kept_gradients(layer)}


@pytest.mark.parametrize(
    ("held", "gradients"),
    [
        ({"W": W, "b": B, "dW": DW, "db": DB}, {"W": "dW", "b": "db"}),
        ({"w": W, "grad_w": DW}, {"w": "grad_w"}),
        ({"weights": W, "dweights": DW}, {"weights": "dweights"}),
        ({"weight": W, "weight_grad": DW}, {"weight": "weight_grad"}),
        ({"W": W, "dw": DW}, {"W": "dw"}),
        ({"_W": W, "_dW": DW}, {"_W": "_dW"}),
        ({"params": {"W": W, "b": B}, "grads": {"W": DW, "b": DB}}, {"params['W']": "grads['W']", "params['b']": "grads['b']"}),
        ({"params": {"W": W}, "grads": {"dW": DW}}, {"params['W']": "grads['dW']"}),
        ({"params": {"W": W, "b": B}, "grads": {"W": DW}}, {"params['W']": "grads['W']", "params['b']": None}),
        ({"params": [W, B], "grads": [DW, DB]}, {"params[0]": "grads[0]", "params[1]": "grads[1]"}),
        ({"parameters": {"a": {"W": W}}, "gradients": {"a": {"W": DW}}}, {"parameters['a']['W']": "gradients['a']['W']"}),
        ({"W": W, "running": B}, {}),
    ],
)
def test_a_gradient_is_found_by_where_it_stands(held: dict[str, Any], gradients: dict[str, str | None]) -> None:
    own = type("Layer", (), {})()
    vars(own).update(held)
    assert found(own) == gradients


def test_parameter_objects_have_theirs() -> None:
    parameter: Any = type("Parameter", (), {})
    weight, bias = parameter(), parameter()
    weight.value, weight.grad, bias.value, bias.grad = W, DW, B, None
    layer: Any = type("Layer", (), {})()
    layer.weight, layer.more = weight, [bias]
    assert found(layer) == {"weight.value": "weight.grad"}


CANDIDATES = [((("attribute", "W"),), W), ((("attribute", "b"),), B)]


@pytest.mark.parametrize(
    ("returned", "inputs", "gradients"),
    [
        (DX, ["returned"], {}),
        ((DX, DW, DB), ["returned[0]"], {"W": "returned[1]", "b": "returned[2]"}),
        ((DX, [DW, DB]), ["returned[0]"], {"W": "returned[1][0]", "b": "returned[1][1]"}),
        ((DX, {"W": DW, "b": DB}), ["returned[0]"], {"W": "returned[1]['W']", "b": "returned[1]['b']"}),
        ({"dx": DX, "dW": DW}, ["returned['dx']"], {"W": "returned['dW']"}),
        ((DW, DB), [None], {"W": "returned[0]", "b": "returned[1]"}),
        (None, [None], {}),
        (np.ones((2, 2)), ["returned"], {}),  # of a wrong shape: that is for the judge
    ],
)
def test_a_gradient_is_found_in_what_is_returned(returned: Any, inputs: list[str | None], gradients: dict[str, str]) -> None:
    of_inputs, pairs = returned_gradients(returned, [X], CANDIDATES, ["x"])
    assert [None if path is None else name_of("returned", path) for path in of_inputs] == inputs
    assert {name_of("", a): name_of("returned", g) for a, g in pairs} == gradients
