"""Backwards that add into buffers."""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.verify import Verdict, check

ARGS = (np.array([1.0, 2.0]), {"s": 3.0})


def f(x: Any, p: Any) -> Any:
    return x**2 * p["s"]


def vjp(args: Any, out: Any, ct: Any, *, into: Any) -> None:
    x, p = args
    into[0] += 2 * x * ct * p["s"]
    into[1]["s"] += np.sum(ct * x**2)


def test_gradients_are_read_from_the_buffers() -> None:
    result = check(f, ARGS, vjp, effort="quick")
    assert result.ok
    assert result.proved == result.points
    assert "gradients are added into buffers (into=…)" in result.notes


def test_a_wrong_one_is_wrong() -> None:
    def wrong(args: Any, out: Any, ct: Any, *, into: Any) -> None:
        vjp(args, out, ct, into=into)
        into[1]["s"] += 1e-6 * np.sum(ct)

    assert check(f, ARGS, wrong, effort="quick").findings[0].where == "p['s']"


def test_one_that_overwrites_is_wrong_in_those_words() -> None:
    def overwrites(args: Any, out: Any, ct: Any, *, into: Any) -> None:
        vjp(args, out, ct, into=into)
        into[0][...] = 2 * args[0] * ct * args[1]["s"]

    result = check(f, ARGS, overwrites, effort="quick")
    assert result.verdict is Verdict.WRONG
    assert "with numbers in the buffers, the gradient of x is not added to them" in result.explain()
