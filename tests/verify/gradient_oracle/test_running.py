"""Shapes, dtypes, None, exceptions and infinities are named before anything could broadcast."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.findings import Kind
from backproof.verify.gradient_oracle.running import Question, run_floats
from backproof.verify.verdicts import Verdict

X = np.array([[1.0, 2.0]])


def problem(returned: Any, args: tuple[Any, ...] = (X,)) -> Any:
    _, _, problems = run_floats(Question(lambda *xs: xs[0] * 2, lambda a, o, ct: returned, args, np.ones_like(X), "here"))
    return problems[0] if problems else None


@pytest.mark.parametrize(
    ("returned", "kind", "words"),
    [
        ((np.ones(2),), "shape", "shape (2,), the argument has shape (1, 2)"),
        ((None,), "missing", "the backward returns None for argument 0"),
        ((np.array([["a", "b"]]),), "shape", "a gradient of dtype <U1"),
        ((np.ones((1, 2), dtype=np.float32),), "shape", "dtype float32, the argument has float64: digits are lost"),
        ((np.array([[1.0, np.nan]]),), "finite", "the entry [0, 1] is nan"),
        ((np.ones((1, 2)), np.ones(2)), "shape", "2 gradients returned for 1 arguments"),
    ],
)
def test_what_is_no_gradient_is_named(returned: Any, kind: str, words: str) -> None:
    found = problem(returned)
    assert (found.verdict, found.kind, found.words) == (Verdict.WRONG, Kind(kind), words)


def test_a_right_shape_has_no_problem_also_as_a_bare_array_or_a_list() -> None:
    assert problem((2 * np.ones_like(X),)) is None
    assert problem(2 * np.ones_like(X)) is None
    assert problem([2 * np.ones_like(X)]) is None


def test_an_exception_of_the_backward_is_a_protocol_problem_with_its_words() -> None:
    def broken(args: Any, out: Any, ct: Any) -> Any:
        raise KeyError("weights")

    _, _, problems = run_floats(Question(lambda x: x, broken, (X,), np.ones_like(X), "here"))
    assert problems[0].kind is Kind.PROTOCOL
    assert problems[0].words.startswith("the backward raises KeyError: 'weights' (test_running.py:")
    assert problems[0].words.endswith(': raise KeyError("weights"))')


def test_gradients_of_integer_arguments_may_be_left_out_or_none() -> None:
    index = np.array([0])
    assert problem((2 * np.ones_like(X), None), (X, index)) is None
    assert problem((2 * np.ones_like(X),), (X, index)) is None


def test_the_code_gets_copies() -> None:
    x = X.copy()

    def careless(args: Any, out: Any, ct: Any) -> Any:
        args[0][...] = 0
        ct[...] = 0
        return (np.ones_like(X),)

    ct = np.ones_like(X)
    run_floats(Question(lambda x: x, careless, (x,), ct, "here"))
    assert np.array_equal(x, X)
    assert np.array_equal(ct, np.ones_like(X))
