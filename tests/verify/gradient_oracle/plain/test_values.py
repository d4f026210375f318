"""Where the forward cannot be followed: its branches on floats and its special points are looked at all the same, and the
result says that nothing is certified."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.check import assert_correct, check
from backproof.verify.verdicts import Verdict

X = np.array([0.5, 1.25, 2.0])


def opaque(x: Any) -> Any:
    """What nobody follows: through bytes."""
    return np.frombuffer(np.ascontiguousarray(x).tobytes(), dtype=x.dtype).reshape(x.shape).copy()


def huber(x: Any) -> Any:
    y = opaque(x)
    return np.where(np.abs(y) <= 37.5, 0.5 * y * y, 37.5 * (np.abs(y) - 0.5 * 37.5))


def huber_back(args: Any, out: Any, ct: Any) -> Any:
    return (ct * np.clip(args[0], -37.5, 37.5),)


def without_bound(args: Any, out: Any, ct: Any) -> Any:
    return (ct * args[0],)


def without_sign(args: Any, out: Any, ct: Any) -> Any:
    return (ct * np.minimum(np.abs(args[0]), 37.5),)


def relu(x: Any) -> Any:
    return np.maximum(opaque(x), 0.0)


def relu_back(args: Any, out: Any, ct: Any) -> Any:
    return (ct * (args[0] > 0),)


def passing(args: Any, out: Any, ct: Any) -> Any:
    return (ct,)


def scaled(x: Any, mode: str = "sum") -> Any:
    y = opaque(x)
    return np.sum(y * y) if mode == "sum" else np.mean(y * y) if mode == "mean" else y * y


def scaled_back(args: Any, out: Any, ct: Any) -> Any:
    x, mode = args
    return 2 * x * ct / (len(x) if mode == "mean" else 1), None


def scaled_once(args: Any, out: Any, ct: Any) -> Any:
    return 2 * args[0] * ct, None


def branching(x: Any) -> Any:
    y = opaque(x)
    return y * y if float(y.max()) < 120.0 else 3.0 * y


def branching_back(args: Any, out: Any, ct: Any) -> Any:
    return (ct * (2 * args[0] if args[0].max() < 120.0 else np.full(args[0].shape, 3.0)),)


def twice(args: Any, out: Any, ct: Any) -> Any:
    return (2 * ct * args[0],)


CASES: dict[str, tuple[Callable[..., Any], tuple[Any, ...], Any, Any]] = {
    "a threshold of the code": (huber, (X,), huber_back, without_bound),
    "the other sign": (huber, (X,), huber_back, without_sign),
    "a branch on a float": (branching, (X,), branching_back, twice),
    "negative values of a ReLU": (relu, (X,), relu_back, passing),
    "another setting": (scaled, (X, "sum"), scaled_back, scaled_once),
}


@pytest.mark.parametrize("name", CASES)
def test_the_code_that_cannot_be_followed_is_explored(name: str) -> None:
    f, args, right, wrong = CASES[name]
    for seed in range(3):
        found = check(f, args, right, seed=seed)
        assert found.ok, found.explain()
        assert not found.certified
        assert found.compared > 3
        assert f"and along one at {found.compared} others" in found.explain()
        assert check(f, args, wrong, seed=seed).verdict is Verdict.WRONG


def test_a_test_may_ask_for_more_than_differences() -> None:
    assert_correct(huber, (X,), huber_back)
    with pytest.raises(AssertionError, match="is not certified, as is required"):
        assert_correct(huber, (X,), huber_back, require="certified")


@pytest.mark.parametrize("seed", range(6))
def test_a_right_network_with_kinks_is_not_flagged(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def f(x: Any, w: Any) -> Any:
        return np.maximum(np.maximum(opaque(x) @ opaque(w), 0) @ opaque(w).T, 0)

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        x, w = args
        h = np.maximum(x @ w, 0)
        d = ct * (h @ w.T > 0)
        dz = (d @ w) * (h > 0)
        return dz @ w.T, x.T @ dz + d.T @ h

    found = check(f, (rng.normal(size=(2, 2)), rng.normal(size=(2, 3))), vjp, seed=seed)
    assert found.verdict is not Verdict.WRONG or found.findings[0].point == "at the given arguments", found.explain()
