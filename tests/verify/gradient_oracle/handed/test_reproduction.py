"""What a failing check prints to paste runs in a new process, and fails in the same way; or it says what is to be supplied."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from backproof.verify import CheckResult, check, check_layer
from backproof.verify.gradient_oracle.handed.reproduction import Given, reproduction

X = np.array([0.5, -2.0])
SLOPE = 3.0


def cube(x: Any) -> Any:
    return x**SLOPE


def wrong(args: Any, out: Any, ct: Any) -> Any:
    return (2 * ct * args[0] ** 2,)


def made(k: float) -> tuple[Any, Any]:
    """Two closures."""

    def f(x: Any) -> Any:
        return k * x

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        return (2 * k * ct,)

    return f, vjp


@dataclass
class Params:
    """A tree."""

    w: Any
    b: float


class Net:
    """A forward and a backward with state."""

    def __init__(self) -> None:
        self.k = 2.0

    def forward(self, x: Any) -> Any:
        """k·x."""
        return self.k * x

    def backward(self, args: Any, out: Any, ct: Any) -> Any:
        """Without a factor k."""
        return (ct * self.k * len(args) / out.ndim / 2,)


class Dense:
    """A layer with a wrong gradient of its weights."""

    def __init__(self, size: int = 2) -> None:
        self.W = np.arange(2.0 * size).reshape(2, size) / 5

    def forward(self, x: Any) -> Any:
        """x W."""
        self.x = x
        return x @ self.W

    def backward(self, d: Any) -> Any:
        """Twice the gradient of W."""
        self.dW = 2 * self.x.T @ d
        return d @ self.W.T


def halved(x: Any, dtype: Any) -> CheckResult:
    return quick(lambda v: v * v, (np.asarray(x, dtype=dtype),), lambda args, out, ct: (ct * args[0],))


def quick(*args: Any, **options: Any) -> CheckResult:
    return check(*args, effort="quick", **options)


WRONG: dict[str, Callable[[], CheckResult]] = {
    "functions of a module": lambda: quick(cube, (X,), wrong),
    "lambdas": lambda: quick(lambda x: x**3, (X,), lambda args, out, ct: (ct * args[0] ** 2,)),
    "closures": lambda: quick(made(4.0)[0], (X,), made(4.0)[1]),
    "methods": lambda: quick(Net().forward, (X,), Net().backward),
    "a partial": lambda: quick(partial(np.multiply, 2.0), (X,), lambda args, out, ct: (ct,)),
    "nan": lambda: quick(
        lambda x: np.where(np.isnan(x), 0.0, x * x),
        (np.array([np.nan, 2.0]),),
        lambda args, out, ct: (np.where(np.isnan(args[0]), 0.0, ct * args[0]),),
    ),
    "nothing": lambda: quick(cube, (np.zeros((0, 3), dtype=np.float32),), lambda args, out, ct: (np.zeros(3, dtype=np.float32),)),
    "random numbers": lambda: quick(
        lambda x: x * (np.random.rand(*x.shape) > 0.5), (np.arange(1.0, 5.0),), lambda args, out, ct: (2 * ct * (out != 0),)
    ),
    "two outputs": lambda: quick(lambda x: (x * x, 3 * x), (X,), lambda args, out, ct: (2 * ct[0] * args[0] + ct[1],)),
    "cotangents of two outputs": lambda: quick(
        lambda x: (x * x, 3 * x), (X,), lambda args, out, ct: (2 * ct[0] * args[0] + ct[1],), cotangent=(np.ones(2), np.array([1.0, 2.0]))
    ),
    "a layer": lambda: check_layer(Dense, np.array([[0.5, 1.0]]), effort="quick"),
    "a layer from a lambda": lambda: check_layer(lambda: Dense(3), np.array([[0.5, 1.0]]), effort="quick"),
    "a tree": lambda: quick(
        lambda p, x: x @ p.w + p.b,
        (Params(np.ones(2), 0.5), np.array([[0.5, 1.0]])),
        lambda args, out, ct: (Params(args[1].T @ ct, 2 * np.sum(ct)), np.outer(ct, args[0].w)),
    ),
    "float32": lambda: halved([0.5, -2.0], np.float32),
    "bfloat16": lambda: halved([0.5, -2.0], ml_dtypes.bfloat16),
    "no axes": lambda: halved(0.5, np.float64),
    "a float": lambda: quick(cube, (0.5,), wrong),
    "value and gradient": lambda: quick(None, (X,), value_and_gradient=lambda w: (np.sum(w * w), w)),
    "a gradient": lambda: quick(lambda x: np.sum(x**2), (X,), gradient=lambda x: x),
    "what is not followed": lambda: quick(lambda x: np.frombuffer(np.exp(x).tobytes()), (X,), lambda args, out, ct: (ct,)),
    "a reference": lambda: quick(lambda x: np.frombuffer(np.exp(x).tobytes()), (X,), lambda args, out, ct: (ct,), reference=np.exp),
    "an equation": lambda: quick(np.sqrt, (np.array([2.0, 3.0]),), lambda args, out, ct: (ct / out,), residual=lambda y, a: y * y - a),
    "a domain and a name": lambda: quick(
        np.log, (np.array([2.0, 3.0]),), lambda args, out, ct: (2 * ct / args[0],), domain=lambda x: bool(np.all(x > 1)), name="my log"
    ),
    "a guard": lambda: quick(
        lambda p: np.log(p + 1e-7), (np.array([0.5]),), lambda args, out, ct: (2 * ct / args[0],), ignore_constants=[1e-7]
    ),
    "a function among the arguments": lambda: quick(lambda x, g: g(x), (X, np.tanh), lambda args, out, ct: (ct * (1 - out), None)),
    "data": lambda: quick(lambda x, y: np.sum(x * y), (X, X), gradient=lambda x, y: (2 * y, None), wrt="x"),
    "the far side of a decision": lambda: quick(lambda x: np.where(x > 1, x * x, x), (X,), lambda args, out, ct: (ct,)),
    "a backward that raises": lambda: quick(cube, (X,), lambda args, out, ct: ({}["missing"],)),
}
AGAIN = """
import contextlib, io, json, sys

for source in json.load(sys.stdin):
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            exec(source, {"__name__": "__main__"})
    except AssertionError as error:
        out.write(str(error))
    except Exception as error:
        out.write(f"{type(error).__name__}: {error}")
    print(json.dumps(out.getvalue()))
"""


@pytest.fixture(scope="module")
def results() -> dict[str, CheckResult]:
    return {name: run() for name, run in WRONG.items()}


@pytest.fixture(scope="module")
def again(results: dict[str, CheckResult]) -> dict[str, str]:
    """What the pasted lines print in one new process."""
    sources = json.dumps([result.reproduction for result in results.values()])
    folder = Path(__file__).parents[4]
    done = subprocess.run([sys.executable, "-c", AGAIN], input=sources, capture_output=True, text=True, check=True, cwd=folder)
    return dict(zip(results, map(json.loads, done.stdout.splitlines()), strict=True))


@pytest.mark.parametrize("name", WRONG)
def test_the_pasted_lines_fail_alike_in_a_new_process(name: str, results: dict[str, CheckResult], again: dict[str, str]) -> None:
    result = results[name]
    assert "supply" not in result.reproduction
    first = again[name].splitlines()[0]
    assert f" is {result.verdict}: at the given arguments, " in first
    assert result.findings[0].where in first or result.findings[0].argument is None


def test_what_cannot_be_had_is_to_be_supplied_and_named(results: dict[str, CheckResult]) -> None:
    made_here: dict[str, Any] = {}
    exec("def f(x):\n    return x * x", made_here)
    lines = quick(made_here["f"], (X,), wrong).reproduction.splitlines()
    assert "f = ...  # supply: the function that was checked" in lines
    large = quick(lambda x: np.sum(x * x), (np.ones(500),), gradient=lambda x: x).reproduction
    assert "args = ...  # supply: 500 numbers, those that the check was given; it failed with seed 0" in large.splitlines()


def test_importable_functions_are_imported() -> None:
    text = reproduction(Given(np.tanh, lambda args, out, ct: (ct,)), (np.array([0.5]),), np.array([1.0]), seed=4)
    assert "from numpy import tanh" in text
    assert "vjp = lambda args, out, ct: (ct,)" in text
    assert text.endswith("assert_correct(tanh, args, vjp=vjp, cotangent=np.array([1.0]), seed=4)")


def test_large_arguments_are_not_written_down() -> None:
    text = reproduction(Given(cube, wrong), (np.zeros(500),), np.zeros(500), seed=9)
    assert "500 numbers" in text
    assert "seed=9" in text
    assert len(text) < 1000
