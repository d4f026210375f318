"""The diagnosis of `check`: every fault injected into a gradient is named, correct gradients never are, and nothing is
said where nothing fits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.fft

from backproof.verify.gradient_oracle.causes.edges import Group
from backproof.verify.gradient_oracle.check import check
from backproof.verify.gradient_oracle.diagnosis import diagnosis_of
from backproof.verify.gradient_oracle.forward_edges import trace_edges

RNG = np.random.default_rng(5)
X, GAIN, BIAS = RNG.normal(size=(2, 3)), RNG.normal(size=3), RNG.normal(size=3)
CT = RNG.normal(size=(2, 3))


def layer_norm(x: Any, gain: Any, bias: Any) -> Any:
    centred = x - x.mean(axis=1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis=1, keepdims=True) + 0.1)
    return gain * centred / deviation + bias


def attention(q: Any, k: Any, v: Any) -> Any:
    scores = np.exp(q @ k.T)
    return (scores / scores.sum(axis=1, keepdims=True)) @ v


def branches(x: Any, y: Any) -> Any:
    a = np.tanh(x * y)
    b = np.sin(x) + a
    return a * b + np.log1p(b * b)


FUNCTIONS: list[tuple[Callable[..., Any], tuple[Any, ...], Any]] = [
    (layer_norm, (X, GAIN, BIAS), CT),
    (attention, (X, X[:, ::-1] + 0.5, CT), RNG.normal(size=(2, 3))),
    (branches, (GAIN, BIAS), RNG.normal(size=3)),
]
EDGES = [
    (place, number) for place, (f, args, cotangent) in enumerate(FUNCTIONS) for number in range(len(trace_edges(f, args, cotangent).groups))
]


@pytest.mark.parametrize("factor", [0.0, 2.0, -1.0, 1.3, 1 + 1e-6], ids=["missing", "doubled", "sign", "scaled", "scaled by 1e-6"])
@pytest.mark.parametrize(("place", "number"), EDGES)
def test_a_fault_along_any_group_of_edges_is_explained(place: int, number: int, factor: float) -> None:
    f, args, cotangent = FUNCTIONS[place]
    edges = trace_edges(f, args, cotangent)
    chosen = edges.groups[number]
    faulty = edges.pulled(lambda group: factor if group == chosen else 1.0)
    found = diagnosis_of(f, args, cotangent, faulty)
    assert found is not None
    sentence = str(found)
    if "gradient of" not in sentence and "entries of" not in sentence:
        words = {
            0.0: "is missing",
            2.0: "is counted twice",
            -1.0: "has the wrong sign",
            1.3: "is multiplied by 1.3",
            1 + 1e-6: "multiplied by 1 + 1e-06",
        }
        assert words[factor] in sentence


@pytest.mark.parametrize(("f", "args", "cotangent"), FUNCTIONS, ids=["layer norm", "attention", "branches"])
def test_the_right_gradients_have_no_diagnosis(f: Any, args: Any, cotangent: Any) -> None:
    right = trace_edges(f, args, cotangent).pulled(lambda group: 1.0)
    assert diagnosis_of(f, args, cotangent, right) is None
    rounded = [part * (1 + 1e-15) for part in right]
    assert diagnosis_of(f, args, cotangent, rounded) is None


def test_noise_that_no_single_fault_explains_has_none() -> None:
    right = trace_edges(layer_norm, FUNCTIONS[0][1], CT).pulled(lambda group: 1.0)
    noisy = [part + np.random.default_rng(1).normal(size=part.shape) for part in right]
    assert diagnosis_of(layer_norm, FUNCTIONS[0][1], CT, noisy) is None


def test_the_missing_place_is_named_with_its_line_of_code() -> None:
    edges = trace_edges(layer_norm, FUNCTIONS[0][1], CT)

    def detached(group: Group) -> float:
        return 0.0 if (group.source.function, group.target.function) == ("sqrt", "divide") else 1.0

    found = diagnosis_of(layer_norm, FUNCTIONS[0][1], CT, edges.pulled(detached))
    line = layer_norm.__code__.co_firstlineno + 2
    assert found is not None
    sentence = str(found)
    assert f"the contribution of sqrt at test_diagnosis.py:{line} (`deviation = np.sqrt(" in sentence
    assert "is missing" in sentence


def linear(x: Any, w: Any, b: Any) -> Any:
    return x @ w + b


W = RNG.normal(size=(3, 3))
RIGHT = (CT @ W.T, X.T @ CT, CT.sum(axis=0))


@pytest.mark.parametrize(
    ("gradients", "words"),
    [
        ((RIGHT[0], RIGHT[1], CT), "the contribution of `b` is not summed over axis 0"),
        ((RIGHT[0], RIGHT[1].T, RIGHT[2]), "the gradient of `w` is transposed"),
        ((RIGHT[0], -RIGHT[1], RIGHT[2]), "the gradient of `w` is minus the derivative"),
        ((RIGHT[0] / 2, RIGHT[1], RIGHT[2]), "the gradient of `x` is 0.5 times the derivative (2 is the length of an axis)"),
        ((np.zeros((2, 3)), RIGHT[1], RIGHT[2]), "the gradient of `x` is zero: nothing flows back to it"),
        ((RIGHT[0][::-1], RIGHT[1], RIGHT[2]), "the gradient of `x` is turned around along axis 0"),
        ((np.roll(RIGHT[0], 1, 1), RIGHT[1], RIGHT[2]), "the gradient of `x` is shifted by one along axis 1"),
        ((RIGHT[0] * 1.00001, RIGHT[1], RIGHT[2]), "the gradient of `x` is (1 + 1e-05) times the derivative"),
        ((RIGHT[0] * [[1.0], [0.0]], RIGHT[1], RIGHT[2]), "the gradient of `x` is wrong only at index 1 of axis 0: it is zero there"),
        ((np.ones((2, 3)) @ W.T, X.T @ np.ones((2, 3)), np.full(3, 2.0)), "the cotangent is not used"),
        (
            (RIGHT[0] * 3, RIGHT[1], RIGHT[2] * 5),
            "the gradient of `x` is 3 times the derivative (3 is the length of an axis); the gradient of `b` is 5 times",
        ),
    ],
)
def test_faults_of_whole_gradients_are_named(gradients: Any, words: str) -> None:
    found = diagnosis_of(linear, (X, W, BIAS), CT, gradients)
    assert found is not None
    sentence = str(found)
    assert words in sentence


def test_exchanged_gradients_and_missing_sums_of_repeats() -> None:
    exchanged = diagnosis_of(lambda a, b: a * np.exp(b), (GAIN, BIAS), CT[0], (CT[0] * GAIN * np.exp(BIAS), CT[0] * np.exp(BIAS)))
    assert str(exchanged) == "the gradients of `a` and `b` are exchanged"
    index = np.array([0, 1, 0])
    overwritten = np.zeros(3)
    overwritten[index] = CT[0]
    repeated = diagnosis_of(lambda table: table[index], (GAIN,), CT[0], (overwritten,))
    assert repeated is not None
    assert "entries of `table` that are used several times keep the contribution of their last use only" in str(repeated)


def test_check_shows_the_diagnosis_and_counts_the_entries() -> None:
    def backward(args: Any, out: Any, ct: Any) -> Any:
        x, w, _ = args
        return ct @ w.T, (x.T @ ct).T, ct.sum(axis=0)

    result = check(linear, (X, W, BIAS), vjp=backward)
    assert str(result.diagnosis) == "the gradient of `w` is transposed"
    assert "  diagnosis: the gradient of `w` is transposed." in result.explain()
    assert "of 9 entries" in result.explain()


def test_a_forward_that_cannot_be_followed_has_no_diagnosis() -> None:
    assert diagnosis_of(lambda x: scipy.fft.dct(x), (GAIN,), CT[0], (CT[0],)) is None
