"""A wrong local derivative whose factor differs from entry to entry, and a factor outside of the sums."""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.causes.cause import Fault
from backproof.verify.gradient_oracle.check import check

RNG = np.random.default_rng(4)
X, W, V = RNG.normal(size=(4, 3)), RNG.normal(size=(3, 2)), RNG.normal(size=(2, 3))
GAIN = np.array([0.5, 2.0, -1.5])


def network(x: Any, w: Any, v: Any) -> Any:
    z = x @ w
    h = np.tanh(z)
    return h @ v


def with_a_wrong_tanh(args: Any, out: Any, ct: Any) -> Any:
    x, w, v = args
    h = np.tanh(x @ w)
    dz = ct @ v.T * (1 - h)
    return dz @ w.T, x.T @ dz, h.T @ ct


def test_all_of_the_error_flows_through_one_operation() -> None:
    result = check(network, (X, W, V), vjp=with_a_wrong_tanh)
    assert result.diagnosis is not None, result.explain()
    (cause,) = result.diagnosis.causes
    assert (cause.fault, cause.place) == (Fault.LOCAL, f"test_flows.py:{network.__code__.co_firstlineno + 2}")
    assert "is taken for 1 − its value" in cause.words


def directions(x: Any, w: Any) -> Any:
    z = x @ w
    return z / np.sqrt(np.sum(z**2, axis=1, keepdims=True))


def with_the_size_of_a_sum(args: Any, out: Any, ct: Any) -> Any:
    x, w = args
    dz = (ct - out * np.abs(np.sum(out * ct, axis=1, keepdims=True))) / np.sqrt(np.sum((x @ w) ** 2, axis=1, keepdims=True))
    return dz @ w.T, x.T @ dz


def test_an_error_that_no_local_derivative_explains_flows_through_what_is_below() -> None:
    result = check(directions, (X, W), vjp=with_the_size_of_a_sum)
    assert result.diagnosis is not None, result.explain()
    (cause,) = result.diagnosis.causes
    assert (cause.fault, cause.place) == (Fault.LOCAL, f"test_flows.py:{directions.__code__.co_firstlineno + 1}")
    assert "all of the error flows through dot at" in cause.words


def layer_norm(x: Any, gain: Any) -> Any:
    centred = x - x.mean(axis=1, keepdims=True)
    normal = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + 0.1)
    return gain * normal


def with_the_gain_outside(args: Any, out: Any, ct: Any) -> Any:
    x, gain = args
    centred = x - x.mean(axis=1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis=1, keepdims=True) + 0.1)
    normal = centred / deviation
    inner = ct - ct.mean(axis=1, keepdims=True) - normal * (ct * normal).mean(axis=1, keepdims=True)
    return gain * inner / deviation, (ct * normal).sum(axis=0)


def test_a_factor_outside_of_the_sums() -> None:
    result = check(layer_norm, (X, GAIN), vjp=with_the_gain_outside)
    assert result.diagnosis is not None, result.explain()
    (cause,) = result.diagnosis.causes
    assert (cause.fault, cause.place) == (Fault.OUTSIDE, f"test_flows.py:{layer_norm.__code__.co_firstlineno + 3}")


def test_an_error_that_flows_through_no_single_place_has_no_name() -> None:
    def noisy(args: Any, out: Any, ct: Any) -> Any:
        right = with_a_wrong_tanh(args, out, ct)
        return tuple(part + np.sin(np.arange(part.size) ** 2.0).reshape(part.shape) for part in right)

    assert check(network, (X, W, V), vjp=noisy, effort="quick").diagnosis is None


def logistic(z: Any) -> Any:
    p = 1 / (1 + np.exp(-z))
    return (-np.log(p)).sum()


def test_a_gradient_by_the_value_on_the_way() -> None:
    result = check(logistic, (GAIN,), vjp=lambda args, out, ct: (-ct * (1 + np.exp(-args[0])),))
    assert result.diagnosis is not None, result.explain()
    assert (Fault.CHAIN, f"test_flows.py:{logistic.__code__.co_firstlineno + 1}") in {
        (cause.fault, cause.place) for cause in result.diagnosis.causes
    }


def in_a_line(x: Any, w: Any, v: Any) -> Any:
    return np.tanh(x @ w) @ v


def test_a_line_is_quoted_once() -> None:
    result = check(in_a_line, (X, W, V), vjp=with_a_wrong_tanh, effort="quick")
    assert result.diagnosis is not None
    assert str(result.diagnosis).count("test_flows.py") == 1
    assert "the derivative of tanh at" in str(result.diagnosis)
