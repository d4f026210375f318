"""A mistake of the caller is a TypeError or a ValueError that says what was found and what to write, and never held against a backward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import pytest

from backproof import verify
from backproof.verify import Verdict, assert_correct, strategies

check: Any = verify.check  # called as their types forbid
check_layer: Any = verify.check_layer
arguments_for: Any = strategies.arguments_for
X = np.array([0.5, -2.0])
W = np.array([[1.0, 2.0, 3.0], [-1.0, 0.5, 2.0]])
A = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 1.5]])


def square(x: Any) -> Any:
    return x * x


def good(args: Any, out: Any, ct: Any) -> Any:
    return (2 * ct * args[0],)


def generator(args: Any, out: Any, ct: Any) -> Any:
    yield 2 * ct * args[0]


async def coroutine(args: Any, out: Any, ct: Any) -> Any:
    return (2 * ct * args[0],)


class Layer:
    """y = 2x; its forward takes what has no gradient, too."""

    def __init__(self, size: int = 3) -> None:
        self.size = size

    def forward(self, x: Any) -> Any:
        """2x."""
        return np.asarray(x) * 2.0

    def backward(self, d: Any) -> Any:
        """2d."""
        return d * 2.0


class Sized(Layer):
    """A layer that wants a size."""

    def __init__(self, size: int) -> None:
        super().__init__(size)


MISUSES: dict[str, tuple[Callable[[], Any], type[Exception], str]] = {
    "a cotangent of another shape": (
        lambda: check(square, (X,), good, cotangent=np.ones(3)),
        ValueError,
        "cotangent has shape (3,), and f returns shape (2,)",
    ),
    "a number as cotangent of a vector": (
        lambda: check(square, (X,), good, cotangent=1.0),
        ValueError,
        "cotangent has shape (), and f returns shape (2,)",
    ),
    "a word as cotangent": (lambda: check(square, (X,), good, cotangent="ones"), TypeError, "cotangent is a str (ones)"),
    "nan in the cotangent": (lambda: check(square, (X,), good, cotangent=[np.nan, 1]), ValueError, "cotangent is nan at [0]"),
    "one cotangent for two outputs": (
        lambda: check(lambda x: (x * x, x), (X,), good, cotangent=np.ones(2)),
        ValueError,
        "cotangent has 1 part, and f returns 2 outputs",
    ),
    "f returns its cache": (
        lambda: check(lambda x: (x * x, {"x": x}), (X,), good),
        ValueError,
        "f returns a tuple of 2, and vjp gets a cotangent for each output; this one is right for the first output alone; write f=lambda *args: f(*args)[0]",
    ),
    "f returns a list of numbers": (
        lambda: check(lambda x: [float(v) ** 2 for v in x], (X,), good),
        ValueError,
        "this one is right for one array of them all; write f=lambda *args: np.array(f(*args))",
    ),
    "f returns nothing": (lambda: check(lambda x: None, (X,), good), TypeError, "f returns None: is a return missing?"),
    "f returns a word": (lambda: check(lambda x: "abc", (X,), good), TypeError, "f returns a str (abc)"),
    "f returns whole numbers": (
        lambda: check(np.argsort, (X,), good),
        ValueError,
        "f must return an array of floats, found one of dtype int64",
    ),
    "f is an array": (lambda: check(X, (X,), good), TypeError, "f must be a function, found an ndarray"),
    "f takes more": (
        lambda: check(lambda x, w: x @ w, (X,), good),
        TypeError,
        "f is called with the 1 argument of args, and <lambda>(x, w) cannot be",
    ),
    "vjp of two parameters": (
        lambda: check(square, (X,), lambda x, ct: (ct,)),
        TypeError,
        "vjp is called with (args, out, cotangent), and <lambda>(x, ct) cannot be",
    ),
    "vjp with a keyword": (
        lambda: check(square, (X,), lambda args, out, *, cotangent: good(args, out, cotangent)),
        TypeError,
        "<lambda>(args, out, *, cotangent) cannot be",
    ),
    "vjp of x": (lambda: check(square, (X,), lambda x, out, ct: 2 * ct * x), TypeError, "right when called as vjp(x, out, cotangent)"),
    "vjp of the cotangent first": (
        lambda: check(square, (X,), lambda ct, args, out: (2 * ct * args[0],)),
        TypeError,
        "right when called as vjp(cotangent, args, out)",
    ),
    "vjp of the arguments one by one": (
        lambda: check(np.matmul, (A, W), lambda ct, x, w: (ct @ w.T, x.T @ ct)),
        TypeError,
        "right when called as vjp(cotangent, *args); write vjp=lambda args, out, cotangent: backward(cotangent, *args)",
    ),
    "vjp is a generator": (lambda: check(square, (X,), generator), TypeError, "found the function generator, which returns a generator"),
    "vjp is a coroutine": (lambda: check(square, (X,), coroutine), TypeError, "found the function coroutine, which returns a coroutine"),
    "vjp is a gradient": (lambda: check(square, (X,), 2 * X), TypeError, "vjp must be a function, found an ndarray"),
    "no backward": (lambda: check(square, (X,)), ValueError, "nothing to check: give vjp=…"),
    "two backwards": (lambda: check(square, (X,), good, gradient=square), ValueError, "one of them only"),
    "a gradient of a vector": (lambda: check(square, (X,), gradient=square), ValueError, "gradient=… is for an f that returns one number"),
    "no pair": (
        lambda: check(None, (X,), value_and_gradient=np.sum),
        TypeError,
        "value_and_gradient must return the value and its gradients",
    ),
    "a seed that is a word": (lambda: check(square, (X,), good, seed="x"), TypeError, "seed must be a whole number, found a str (x)"),
    "a generator as seed": (
        lambda: check(square, (X,), good, seed=np.random.default_rng(0)),
        TypeError,
        "seed must be a whole number, found a Generator",
    ),
    "an array of whole numbers": (
        lambda: check(square, (np.array([1, 2]),), good),
        ValueError,
        "found an ndarray of shape (2,) and dtype int64; write np.array(…, dtype=float)",
    ),
    "a list of whole numbers": (lambda: check(square, ([1, 2],), good), ValueError, "found a list of 2; write np.array(…, dtype=float)"),
    "a whole number": (lambda: check(square, 3, good), ValueError, "found an int (3); write np.array(…, dtype=float)"),
    "no arguments": (
        lambda: check(square, (), good),
        ValueError,
        "none of the 0 arguments is a float or an array of floats; write args=(x,)",
    ),
    "a dictionary of arguments": (
        lambda: check(square, cast("Any", {"x": X}), good),
        TypeError,
        "args must be a tuple of the arguments of f, found a dict",
    ),
    "an unknown option": (lambda: check(square, (X,), good, rtol=1e-3), TypeError, "unexpected keyword argument 'rtol'"),
    "an unknown effort": (lambda: check(square, (X,), good, effort="fast"), ValueError, "effort must be one of quick, default, thorough"),
    "a name that is not there": (
        lambda: check(square, (X,), good, wrt="w"),
        ValueError,
        "wrt names 'w', and the arguments that have a derivative are: 0, x",
    ),
    "a domain entry by entry": (lambda: check(square, (X,), good, domain=lambda x: x > -5), TypeError, "domain must return True or False"),
    "an unknown requirement": (
        lambda: assert_correct(square, (X,), good, require=cast("Any", "proved")),
        ValueError,
        "require must be 'certified' or None",
    ),
    "a layer, and not what makes it": (lambda: check_layer(Layer(), X), TypeError, "write check_layer(lambda: Layer(…), x)"),
    "a layer that wants a size": (lambda: check_layer(Sized, X), TypeError, "make is called with no arguments, and Sized(size) cannot be"),
    "a layer of whole numbers": (
        lambda: check_layer(Layer, np.array([1, 2])),
        ValueError,
        "x is an ndarray of shape (2,) and dtype int64, which has no gradient",
    ),
    "examples in a tuple": (
        lambda: arguments_for(square, (X,)),
        TypeError,
        "found a tuple of 1 as argument 0; write arguments_for(f, *args)",
    ),
    "an example in a list": (lambda: arguments_for(square, [0.5, 1.0]), TypeError, "found a list of 2 as argument 0"),
    "too few examples": (lambda: arguments_for(lambda x, w: x @ w, X), TypeError, "f is called with the 1 examples of like"),
    "no function for examples": (lambda: arguments_for(X, X), TypeError, "f must be a function, found an ndarray"),
}


@pytest.mark.parametrize("what", MISUSES)
def test_a_mistake_of_the_caller_is_an_error_that_names_it(what: str) -> None:
    misuse, error, words = MISUSES[what]
    with pytest.raises(error) as caught:
        misuse()
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "vjp",
    [
        lambda args, out, ct: (2 * ct * args[0][None],),
        lambda args, out, ct: (3 * ct * args[0][None],),
        lambda args, out, ct: 1 / 0,
        lambda x, out, ct: 3 * ct * x,
        lambda ct, args, out: (3 * ct * args[0],),
        lambda args, out, ct: {"x": 2 * ct * args[0]},
    ],
)
@pytest.mark.parametrize("x", [X, np.ones(2), np.ones(1)], ids=str)
def test_a_backward_that_is_wrong_however_it_is_called_stays_wrong(vjp: Any, x: Any) -> None:
    assert check(square, (x,), vjp, effort="quick").verdict is Verdict.WRONG


def test_a_vjp_that_ignores_the_cotangent_of_a_loss_leads_to_gradient_though_it_keeps_state() -> None:
    class Net:
        def loss(self, w: Any) -> Any:
            self.h = np.tanh(A @ w)
            return np.mean(self.h**2)

        def backward(self) -> Any:
            return A.T @ (2 * self.h / self.h.size * (1 - self.h**2))

    net = Net()
    result = check(net.loss, (W,), vjp=lambda args, out, ct: (net.backward(),), effort="quick")
    assert str(result).splitlines()[0].endswith("give gradient=… in place of vjp=….")

    def gradient(w: Any) -> Any:
        net.loss(w)
        return net.backward()

    assert check(net.loss, (W,), gradient=gradient, effort="quick").ok
