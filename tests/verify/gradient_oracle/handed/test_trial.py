"""Trees, several outputs, data and gradients with their value, through `check`: right ones are certified, wrong ones are
named by their paths."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest

from backproof.verify import Verdict, check
from backproof.verify.gradient_oracle.result import CheckResult

RNG = np.random.default_rng(3)
X = RNG.normal(size=(2, 3))
P = {"W1": RNG.normal(size=(3, 2)), "b1": RNG.normal(size=2)}


@dataclass
class Params:
    W: Any
    b: Any

    def apply(self, x: Any) -> Any:
        return np.tanh(x @ self.W + self.b)


class Both(NamedTuple):
    W: Any
    b: Any


def quick(f: Any, args: Any, vjp: Any = None, **options: Any) -> CheckResult:
    return check(f, args, vjp, effort="quick", **options)


def is_certified(result: CheckResult) -> bool:
    return result.ok and result.proved == result.points > 1


def net(x: Any, params: Any) -> Any:
    return np.tanh(x @ params["W1"] + params["b1"])


def net_back(args: Any, out: Any, ct: Any) -> Any:
    x, params = args
    d = ct * (1 - out**2)
    return d @ params["W1"].T, {"W1": x.T @ d, "b1": d.sum(axis=0)}


def test_a_dictionary_of_parameters_is_certified() -> None:
    assert is_certified(quick(net, (X, P), net_back))


def test_findings_name_the_path_and_the_entry() -> None:
    def wrong(args: Any, out: Any, ct: Any) -> Any:
        gx, grads = net_back(args, out, ct)
        grads["W1"][2, 1] *= 1.5
        return gx, grads

    result = quick(net, (X, P), wrong)
    assert result.verdict is Verdict.WRONG
    assert "params['W1'][2, 1]   found" in result.explain()
    assert "{'W1': np.array(" in result.reproduction


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda gx, g: (gx, {"W1": g["W1"]}), "the backward returns None for params['b1']; if it is data"),
        (lambda gx, g: (gx, {**g, "b2": g["b1"]}), "['b2'] is not among the arguments"),
        (lambda gx, g: (gx, [g["W1"], g["b1"]]), "a list of 2 in the place of a dict of 2"),
        (lambda gx, g: (gx, {**g, "b1": g["b1"][:1]}), "gradient of params['b1']: shape (1,)"),
        (lambda gx, g: (gx, g, None), "3 gradients returned for 2 arguments"),
        (lambda gx, g: gx, "a gradient of another structure than that of the 2 arguments"),
    ],
)
def test_a_gradient_that_does_not_fit_is_said_so(change: Callable[..., Any], words: str) -> None:
    result = quick(net, (X, P), lambda args, out, ct: change(*net_back(args, out, ct)))
    assert result.verdict is Verdict.WRONG
    assert words in result.explain()


@pytest.mark.parametrize("made", [Params, Both, lambda W, b: [W, b], lambda W, b: (W, b)])
def test_every_kind_of_tree_is_followed(made: Any) -> None:
    def f(x: Any, p: Any) -> Any:
        W, b = (p.W, p.b) if hasattr(p, "W") else p
        return p.apply(x) if hasattr(p, "apply") else np.tanh(x @ W + b)

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        x, p = args
        W = p.W if hasattr(p, "W") else p[0]
        d = ct * (1 - out**2)
        return d @ W.T, made(x.T @ d, d.sum(axis=0))

    assert is_certified(quick(f, (X, made(P["W1"], P["b1"])), vjp))


def test_the_gradient_of_one_tree_need_not_be_in_a_tuple() -> None:
    assert is_certified(quick(lambda ps: sum(np.sum(p**2) for p in ps), ([X, 3.0],), lambda a, o, ct: [2 * ct * p for p in a[0]]))
    assert is_certified(quick(lambda p: p["a"] ** 2, ({"a": X},), lambda a, o, ct: {"a": 2 * ct * a[0]["a"]}))


# several outputs


def lstm(z: Any, c: Any, w: Any) -> Any:
    f, i, g = 1 / (1 + np.exp(-(w[0] @ z))), 1 / (1 + np.exp(-(w[1] @ z))), np.tanh(w[2] @ z)
    cell = f * c + i * g
    return np.tanh(cell), cell


def lstm_back(args: Any, out: Any, ct: Any) -> Any:
    z, c, w = args
    f, i, g = 1 / (1 + np.exp(-(w[0] @ z))), 1 / (1 + np.exp(-(w[1] @ z))), np.tanh(w[2] @ z)
    d = ct[0] * (1 - out[0] ** 2) + ct[1]
    df, di, dg = d * c * f * (1 - f), d * g * i * (1 - i), d * i * (1 - g * g)
    return w[0].T @ df + w[1].T @ di + w[2].T @ dg, d * f, np.stack([np.outer(df, z), np.outer(di, z), np.outer(dg, z)])


LSTM = (RNG.normal(size=3), RNG.normal(size=2), RNG.normal(size=(3, 2, 3)))


def test_two_outputs_have_a_cotangent_each() -> None:
    assert is_certified(quick(lstm, LSTM, lstm_back))
    assert quick(lstm, LSTM, lambda a, o, ct: lstm_back(a, o, (ct[0], 0 * ct[1]))).verdict is Verdict.WRONG


def test_a_cotangent_of_the_caller_has_the_structure_of_the_outputs() -> None:
    alone = lambda a, o, ct: (ct["a"] * np.cos(a[0]),)  # noqa: E731
    f = lambda x: {"a": np.sin(x), "b": x**2}  # noqa: E731
    assert quick(f, (X,), alone).verdict is Verdict.WRONG
    zero = {"a": np.ones((2, 3)), "b": np.zeros((2, 3))}
    found = quick(f, (X,), alone, cotangent=zero)
    assert "at the given arguments" not in (found.reason or "") or found.findings[0].kind == "protocol"


def test_outputs_without_a_derivative_are_left_out_and_said() -> None:
    def f(x: Any) -> Any:
        places = np.argmax(x, axis=1)
        return x[np.arange(len(x)), places], places

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        g = np.zeros_like(args[0])
        g[np.arange(len(out[1])), out[1]] = ct[0]
        return g

    result = quick(f, (X,), vjp)
    assert is_certified(result)
    assert "without a derivative, and left out: output[1] (an ndarray of shape (2,) and dtype int64)" in result.notes
    assert quick(f, (X,), lambda a, o, ct: 0.5 * vjp(a, o, ct)).verdict is Verdict.WRONG


def test_complex_outputs_are_refused_with_what_to_write() -> None:
    with pytest.raises(ValueError, match=r"not taken yet; let f return out.real and out.imag"):
        quick(lambda x: (x, 1j * x), (X,), lambda a, o, ct: ct)


# data


def squares(p: Any, t: Any) -> Any:
    return ((p - t) ** 2).sum()


SQUARES = (np.array([1.0, 2.0]), np.array([0.5, 0.1]))


def test_none_where_f_depends_on_the_argument_leads_to_wrt() -> None:
    result = quick(squares, SQUARES, lambda a, o, ct: (2 * ct * (a[0] - a[1]), None))
    assert result.verdict is Verdict.WRONG
    assert "returns None for argument 1; if it is data, give wrt=(0,)" in result.explain()


def test_none_where_f_cannot_be_followed_is_seen_by_other_values() -> None:
    opaque = lambda p, t: np.frombuffer((p * t).tobytes()).copy()  # noqa: E731
    assert "returns None" in quick(opaque, SQUARES, lambda a, o, ct: (ct * a[1], None)).explain()
    alone = lambda p, t: np.frombuffer((2 * p).tobytes()).copy()  # noqa: E731
    assert quick(alone, SQUARES, lambda a, o, ct: (2 * ct, None)).ok


@pytest.mark.parametrize("returned", [lambda g: (g, None), lambda g: (g,), lambda g: g])
def test_with_wrt_other_floats_are_data(returned: Callable[..., Any]) -> None:
    result = quick(squares, SQUARES, lambda a, o, ct: returned(2 * ct * (a[0] - a[1])), wrt=(0,))
    assert is_certified(result)
    assert "not differentiated, as wrt says: argument 1" in result.notes


def test_data_are_varied_within_what_occurs() -> None:
    """A backward that is right for the targets that were given first only."""

    def f(p: Any, t: Any) -> Any:
        return np.sum(p * np.where(t > 0.3, 2.0, 1.0))

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        return ct * np.array([2.0, 1.0])[: len(args[0])]

    assert check(f, SQUARES, vjp, wrt=(0,)).verdict is Verdict.WRONG
    assert is_certified(check(f, SQUARES, lambda a, o, ct: ct * np.where(a[1] > 0.3, 2.0, 1.0), wrt=(0,)))


def test_rows_with_a_one_keep_it() -> None:
    """p − y is right for rows whose sum is 1, and for those only."""

    def f(x: Any, y: Any) -> Any:
        e = np.exp(x - x.max(axis=1, keepdims=True))
        return -np.sum(y * np.log(e / e.sum(axis=1, keepdims=True)))

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        e = np.exp(args[0] - args[0].max(axis=1, keepdims=True))
        return ct * (e / e.sum(axis=1, keepdims=True) - args[1])

    assert is_certified(check(f, (X, np.array([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]])), vjp, wrt=(0,)))


def test_none_for_an_argument_on_which_f_does_not_depend_is_right() -> None:
    assert quick(lambda p, t: (p**2).sum(), SQUARES, lambda a, o, ct: (2 * ct * a[0], None)).ok


# values with gradients


def loss(params: Any, x: Any, y: Any) -> Any:
    error = x @ params["w"] + params["b"] - y
    return np.sum(error**2), {"w": 2 * x.T @ error, "b": 2 * np.sum(error)}


LOSS = ({"w": np.array([1.0, -1.0]), "b": 0.5}, np.array([[1.0, 2.0], [0.5, -1.0], [2.0, 0.3]]), np.array([1.0, 0.0, 2.0]))


@pytest.mark.parametrize("f", [None, loss, lambda *args: loss(*args)[0]])
def test_a_loss_with_its_gradients_is_certified(f: Any) -> None:
    assert is_certified(quick(f, LOSS, value_and_gradient=loss, wrt="params"))


def test_a_wrong_gradient_beside_the_value_is_named() -> None:
    def wrong(params: Any, x: Any, y: Any) -> Any:
        value, grads = loss(params, x, y)
        return value, {**grads, "b": grads["b"] / 2}

    result = quick(None, LOSS, value_and_gradient=wrong, wrt="params")
    assert result.findings[0].where == "params['b']"


def test_gradients_may_be_trees() -> None:
    value = lambda params: np.sum(params["a"] ** 2) + params["b"]  # noqa: E731
    args = ({"a": X, "b": 2.0},)
    assert is_certified(quick(value, args, gradient=lambda params: {"a": 2 * params["a"], "b": 1.0}))
    assert quick(value, args, gradient=lambda params: {"a": params["a"], "b": 1.0}).findings[0].where == "params['a']"


def test_a_gradient_that_ignores_its_cotangent_leads_to_gradient() -> None:
    words = quick(lambda x: (x**2).sum(), (X,), lambda a, o, ct: (2 * a[0],)).explain()
    assert "the gradient does not depend on the cotangent" in words
    assert "give gradient=… in place of vjp=…" in words


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"wrt": 3.5}, TypeError, "wrt must name arguments, found a float"),
        ({"cotangent": (np.ones(2),)}, ValueError, "cotangent has 1 part, and f returns 2 outputs; write one for each"),
    ],
    ids=["wrt that names nothing", "a cotangent for one of two outputs"],
)
def test_a_mistake_of_the_caller_is_said_and_is_not_the_backwards(options: Any, error: Any, words: str) -> None:
    with pytest.raises(error, match=words):
        quick(lambda x: (x, 2 * x), (np.ones(2),), lambda args, out, ct: (ct[0] + 2 * ct[1],), **options)


def test_a_value_without_its_gradients_is_the_callers_mistake() -> None:
    with pytest.raises(TypeError, match="value_and_gradient must return the value and its gradients, found a"):
        quick(None, (np.ones(2),), value_and_gradient=np.sum)
