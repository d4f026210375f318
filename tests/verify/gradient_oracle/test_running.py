"""Shapes, dtypes, None, exceptions and infinities are named before anything could broadcast."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.findings import Kind
from backproof.verify.gradient_oracle.running import Question, is_constant, run_floats
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
        ((np.array([[1.0, np.nan]]),), "finite", "the entry [0, 1] is nan"),
        ((np.ones((1, 2)), np.ones(2)), "shape", "2 gradients returned for 1 arguments"),
    ],
)
def test_what_is_no_gradient_is_named(returned: Any, kind: str, words: str) -> None:
    found = problem(returned)
    assert (found.verdict, found.kind, found.words) == (Verdict.WRONG, Kind(kind), words)


def test_a_coarser_dtype_loses_digits_and_is_inaccurate() -> None:
    found = problem((np.ones((1, 2), dtype=np.float32),))
    words = "dtype float32, the argument has float64: digits are lost"
    assert (found.verdict, found.kind, found.words) == (Verdict.INACCURATE, Kind.SHAPE, words)


def test_a_backward_that_says_that_there_is_none_is_absent() -> None:
    def none(args: Any, out: Any, ct: Any) -> Any:
        raise NotImplementedError("no second order")

    _, _, problems = run_floats(Question(lambda x: x, none, (X,), np.ones_like(X), "here"))
    assert problems[0].kind is Kind.ABSENT


@pytest.mark.parametrize(
    ("f", "constant"),
    [
        (lambda x: 2.0 * np.ones_like(x), True),
        (lambda x: 0.0 * np.sum(x), True),
        (lambda x: np.array([1.0]) if x[0, 0] < 100 else x, True),
        (lambda x: np.floor(x), False),
        (lambda x: np.sum(x) * 1e-30 + 1e-20, False),
        (lambda x: np.array(x.shape, dtype=float) if x[0, 0] == 1 else 1 / 0, False),
    ],
    ids=["ones", "times zero, of either sign", "constant as far as one looks", "steps", "tiny changes", "raises elsewhere"],
)
def test_a_function_is_constant_if_it_gives_the_same_bits_elsewhere(f: Any, constant: bool) -> None:
    out = f(X)
    assert is_constant(Question(f, lambda *_: None, (X,), np.ones(np.shape(out)), "here"), out) is constant


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
