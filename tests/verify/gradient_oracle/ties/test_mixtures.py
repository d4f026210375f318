"""The whole gradient for every tied entry is wrong, a mixture is right: however many windows tie, and in every dtype."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.judge import Reach, judge
from backproof.verify.gradient_oracle.running import Question
from backproof.verify.verdicts import Verdict


def windows_of(x: Any, k: int) -> Any:
    n, c, h, w = x.shape
    return x.reshape(n, c, h // k, k, w // k, k)


def pooling(k: int) -> Any:
    return lambda x: windows_of(x, k).max(axis=3).max(axis=4)


def backward(k: int, convention: str) -> Any:
    """`shared`, `first`, `last`, `whole`, or shared and a hundred-thousandth too much."""

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        (x,) = args
        tied = (windows_of(x, k) == out[:, :, :, None, :, None]).astype(x.dtype)
        if convention in ("first", "last"):
            flat = np.moveaxis(tied, 3, 4).reshape(*out.shape, k * k)
            place = np.argmax(flat, axis=-1) if convention == "first" else k * k - 1 - np.argmax(flat[..., ::-1], axis=-1)
            tied = np.moveaxis((np.arange(k * k) == place[..., None]).astype(x.dtype).reshape(*out.shape, k, k), 4, 3)
        elif convention != "whole":
            tied = tied / tied.sum(axis=(3, 5), keepdims=True) * x.dtype.type(1.0 if convention == "shared" else 1.00001)
        return ((tied * ct[:, :, :, None, :, None]).reshape(x.shape).astype(x.dtype),)

    return vjp


def asked(k: int, convention: str, x: Any, seed: int = 0) -> Any:
    out = pooling(k)(x)
    ct = np.random.default_rng(seed).normal(size=out.shape).astype(x.dtype)
    return judge(Question(pooling(k), backward(k, convention), (x,), ct, "here"))


FLAT = np.ones((1, 1, 4, 4))
AFTER_RELU = np.maximum(np.random.default_rng(1).normal(size=(1, 1, 4, 8)) - 1.0, 0)


@pytest.mark.parametrize("x", [FLAT, AFTER_RELU], ids=["flat", "after a relu"])
@pytest.mark.parametrize("k", [2, 4])
@pytest.mark.parametrize("convention", ["shared", "first", "last"])
def test_a_mixture_is_right_and_certified(convention: str, k: int, x: Any) -> None:
    judged = asked(k, convention, x)
    assert judged.findings == ()
    assert judged.reach is Reach.CERTIFIED
    assert judged.kink


@pytest.mark.parametrize("x", [FLAT, AFTER_RELU], ids=["flat", "after a relu"])
@pytest.mark.parametrize("k", [2, 4])
@pytest.mark.parametrize("convention", ["whole", "a little too much"])
@pytest.mark.parametrize("seed", [0, 1])
def test_what_is_no_mixture_is_wrong_on_every_seed(convention: str, k: int, x: Any, seed: int) -> None:
    judged = asked(k, convention, x, seed)
    assert [finding.verdict for finding in judged.findings] == [Verdict.WRONG]
    assert "no mixture" in judged.findings[0].words


def test_it_says_how_much_the_tied_entries_get() -> None:
    (finding,) = asked(4, "whole", FLAT).findings
    assert "the 16 entries that depend on the ties sum to" in finding.words
    assert finding.argument == 0


@pytest.mark.parametrize("dtype", ["float32", "float16"])
def test_coarse_dtypes(dtype: str) -> None:
    x = FLAT.astype(dtype)
    assert asked(4, "shared", x).findings == ()
    assert asked(4, "whole", x).findings


def unlifted(vjp: Any) -> Any:
    """The same numbers, through their bytes."""
    return lambda args, out, ct: tuple(np.frombuffer(g.tobytes(), g.dtype).reshape(g.shape) for g in vjp(args, out, ct))


@pytest.mark.parametrize("k", [2, 4])
@pytest.mark.parametrize(("convention", "right"), [("shared", True), ("last", True), ("whole", False)])
def test_a_backward_that_cannot_be_followed_is_compared_by_its_floats(convention: str, right: bool, k: int) -> None:
    ct = np.random.default_rng(0).normal(size=pooling(k)(FLAT).shape)
    judged = judge(Question(pooling(k), unlifted(backward(k, convention)), (FLAT,), ct, "here"))
    assert judged.reach is Reach.FLOATS
    assert (judged.findings == ()) is right
