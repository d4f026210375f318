"""What fits a difference is let through, what does not is doubtful, and what f refuses is no candidate."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.plain.screening import Screening, State

X = np.array([0.4, -1.3, 2.2])


def state(f: Any, vjp: Any, *args: Any, domain: Any = None) -> State:
    return Screening(f, vjp, np.random.default_rng(0), domain).look(args).state


def times(factor: float) -> Any:
    return lambda args, out, ct: ((factor * 2 * args[0] * ct).astype(args[0].dtype),)


@pytest.mark.parametrize(("dtype", "error"), [("float64", 1e-5), ("float32", 1e-2), ("float16", 0.4)])
def test_a_right_one_fits_in_every_dtype_and_one_that_is_off_does_not(dtype: str, error: float) -> None:
    for scale in (1e-3, 1.0, 30.0):
        x = (X * scale).astype(dtype)
        assert state(np.square, times(1.0), x) is State.FITS
        assert state(np.square, times(1.0 + error), x) is State.DOUBTFUL


def test_one_wrong_entry_of_many_is_seen() -> None:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        gradient = 2 * args[0] * ct
        gradient[-1] *= 0.5
        return (gradient,)

    assert state(np.square, vjp, np.linspace(0.1, 1.0, 2049)) is State.DOUBTFUL


@pytest.mark.parametrize(
    "returned",
    [(), (np.ones(3), np.ones(3)), (np.ones(2),), (np.array([np.nan, 1.0, 1.0]),), (None,), ("gradient",), None],
    ids=["none at all", "one too many", "another shape", "nan", "None", "a word", "nothing"],
)
def test_what_is_no_gradient_is_doubtful(returned: Any) -> None:
    assert state(np.square, lambda args, out, ct: returned, X) is State.DOUBTFUL


def test_what_f_refuses_is_no_candidate() -> None:
    def raises(x: Any) -> Any:
        raise ValueError("no")

    assert state(raises, times(1.0), X) is State.REFUSED
    assert state(np.log, times(1.0), X) is State.REFUSED  # nan
    assert state(lambda x: "a word", times(1.0), X) is State.REFUSED
    assert state(lambda x: 1e30 * x, times(1.0), X) is State.REFUSED  # a sentinel
    assert state(np.square, times(1.0), X, domain=lambda x: False) is State.REFUSED


def test_a_backward_that_raises_is_doubtful_and_says_what() -> None:
    def raises(args: Any, out: Any, ct: Any) -> Any:
        raise KeyError("no such row")

    found = Screening(np.square, raises, np.random.default_rng(0)).look((X,))
    assert found.state is State.DOUBTFUL
    assert "the backward raises KeyError" in found.words


@pytest.mark.parametrize("limit", [TimeoutError, MemoryError])
def test_a_limit_passes(limit: type[Exception]) -> None:
    def late(*_: Any) -> Any:
        raise limit

    with pytest.raises(limit):
        state(late, times(1.0), X)
    with pytest.raises(limit):
        state(np.square, late, X)


def test_the_arguments_are_not_changed() -> None:
    x = X.copy()

    def f(x: Any) -> Any:
        x *= 2.0
        return x * x

    state(f, lambda args, out, ct: (ct,), x)
    assert np.array_equal(x, X)
