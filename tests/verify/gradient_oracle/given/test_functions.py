"""Functions are refused where they are none, or cannot take what they will be called with; nothing else is."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.given.functions import taken_functions


def f(x: Any, w: Any) -> Any:
    return x * w


def vjp(args: Any, out: Any, ct: Any) -> Any:
    return ct, ct


class Layer:
    def forward(self, x: Any, w: Any) -> Any:
        return x * w

    def backward(self, args: Any, out: Any, ct: Any) -> Any:
        return ct * args[1], ct * out

    def __call__(self, args: Any, out: Any, ct: Any) -> Any:
        return ct * args[1], ct * out


def adapted(function: Any) -> Any:
    @functools.wraps(function)
    def wrapper(*args: Any) -> Any:
        return function(args[0][0], args[-1])

    return wrapper


@pytest.mark.parametrize(
    "backward",
    [
        vjp,
        lambda *_: (),
        lambda args, out, ct, eps=1e-5: (),
        lambda args, *rest: (),
        functools.partial(lambda eps, args, out, ct: (), 1e-5),
        Layer().backward,
        Layer(),
        adapted(lambda x, ct: ct),
        max,
        np.where,
    ],
)
def test_what_takes_three_is_a_vjp(backward: Any) -> None:
    taken_functions(f, 2, vjp=backward)


@pytest.mark.parametrize("forward", [f, np.multiply, Layer().forward, functools.partial(lambda a, x, w: x, 1), lambda *xs: xs[0], max])
def test_what_takes_as_many_as_there_are_is_a_forward(forward: Any) -> None:
    taken_functions(forward, 2, vjp=vjp)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"f": 3, "vjp": vjp}, r"f must be a function, found an int \(3\); write check\(f, args, vjp=…\)"),
        ({"f": None, "vjp": vjp}, "f must be a function, found None"),
        ({"vjp": "sin"}, r"vjp must be a function, found a str \(sin\)"),
        ({"gradient": np.ones(2)}, r"gradient must be a function, found an ndarray of shape \(2,\)"),
        ({"vjp": vjp, "reference": 1.0}, "reference must be a function"),
        ({"vjp": vjp, "domain": (0, 1)}, "domain must be a function, found a tuple of 2"),
        ({"vjp": lambda x, ct: ct}, r"vjp is called with \(args, out, cotangent\), and <lambda>\(x, ct\) cannot be: too many positional"),
        ({"vjp": lambda: ()}, r"<lambda>\(\) cannot be"),
        ({"vjp": lambda args, out, ct, w: ct}, "missing a required argument: 'w'; write vjp=lambda args, out, cotangent: "),
        ({"vjp": lambda args, out, ct, *, eps: ct}, "missing a required .*argument: 'eps'"),
        ({"vjp": Layer.backward}, r"vjp is called with .* backward\(self, args, out, ct\)"),
        ({"f": lambda x: x, "vjp": vjp}, r"f is called with the 2 arguments of args, and <lambda>\(x\) cannot be"),
        ({"f": lambda x, w, b: x, "vjp": vjp}, r"f is called with the 2 arguments of args, and <lambda>\(x, w, b\) cannot be"),
        ({"gradient": lambda x: x}, "gradient is called with the 2 arguments of args"),
        ({"vjp": vjp, "domain": lambda x: True}, "domain is called with the 2 arguments of args"),
        ({"vjp": vjp, "reference": lambda x: x}, "reference is called with the 2 arguments of args"),
    ],
)
def test_a_mistake_is_a_type_error_that_says_what_to_write(given: dict[str, Any], message: str) -> None:
    with pytest.raises(TypeError, match=message) as found:
        taken_functions(given.get("f", f), 2, **{role: function for role, function in given.items() if role != "f"})
    assert "; write " in str(found.value)
    assert len(str(found.value)) < 1000


def test_one_of_both_is_needed() -> None:
    with pytest.raises(ValueError, match="nothing to check: give vjp=…"):
        taken_functions(f, 2)
    with pytest.raises(ValueError, match="and one of them only"):
        taken_functions(f, 2, vjp=vjp, gradient=f)
