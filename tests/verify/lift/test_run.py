"""How a front end runs code: arguments stay as they are, errors of lifting are not lost, a run may continue another."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.lift.lifted import Lifted, pull_back
from backproof.verify.lift.numpy_code.lifting import lift, lift_backward
from backproof.verify.lift.tape.reads import NotLifted

X = np.array([0.5, -1.5, 2.25])


def middle(array: Any) -> list[float]:
    return [float(entry.mid()) for entry in np.ravel(array)]


def test_in_place_changes_do_not_reach_the_arguments_or_the_recorded_inputs() -> None:
    x = X.copy()

    def f(v: Any) -> Any:
        v *= 2
        return v

    lifted = lift(f, (x,))
    assert np.array_equal(x, X)
    assert middle([s.value for s in lifted.inputs[0]]) == list(X)
    assert middle(pull_back(lifted, np.ones(3))[0]) == [2.0, 2.0, 2.0]


def test_continuing_the_forward_run_gives_reads_whose_gradient_goes_through_the_output() -> None:
    def vjp(args: Any, out: Any, g: Any) -> Any:
        return (np.where(out > 0.9, 0.0, g),)

    forward = lift(np.tanh, (X,))
    assert isinstance(forward, Lifted)
    backward = lift_backward(vjp, (X,), None, np.ones(3), forward=forward)
    assert [read.outcome for read in backward.reads] == [False, False, True]
    assert backward.reads[0].place.startswith("test_run.py:")
    by_x, by_cotangent = backward.reads[2].gradient()
    assert middle(by_x) == pytest.approx([0.0, 0.0, 1 - np.tanh(2.25) ** 2], rel=1e-15)
    assert middle(by_cotangent) == [0.0, 0.0, 0.0]
    assert forward.reads == ()
    assert len(forward.tape.nodes) == 6


def test_an_error_of_lifting_that_the_code_catches_is_raised_all_the_same() -> None:
    def f(x: Any) -> Any:
        try:
            return np.linalg.eig(np.diag(x))
        except Exception:
            return x

    with pytest.raises(NotLifted, match=r"numpy\.linalg\.eig"):
        lift(f, (X,))
