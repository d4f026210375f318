"""Numbers through bytes: the same number in the run that made it and in one that continues it, refused elsewhere."""

from __future__ import annotations

import pickle
from typing import Any

import numpy as np
import pytest

from backproof.verify.lift.numpy_code.lifting import lift, lift_backward
from backproof.verify.lift.tape.reads import NotLifted

X = np.array([0.5, 1.5])
KEPT: dict[str, bytes] = {}


def forward(x: Any) -> Any:
    KEPT["x"] = pickle.dumps((x, x[0] / 3, 0.1 * np.ones(1)))
    return x * x


def backward(args: Any, out: Any, ct: Any) -> Any:
    x, third, tenth = pickle.loads(KEPT["x"])
    return (2 * x * ct + 0 * third * tenth[0],)


def test_a_backward_reads_the_numbers_that_its_forward_has_pickled() -> None:
    first = lift(forward, (X,))
    found = lift_backward(backward, (X,), None, np.ones(2), forward=first)
    assert [float(ball.mid()) for ball in np.ravel(np.asarray(found.values[0]))] == [1.0, 3.0]
    assert found.stale == 0


def test_numbers_of_another_run_and_what_is_not_finite_are_refused() -> None:
    def keeping(x: Any) -> Any:
        KEPT["other"] = pickle.dumps(x)
        return x + pickle.loads(KEPT["other"])

    numbers = lift(keeping, (X,))
    stored = numbers.state[id(KEPT)][1]["other"]
    with pytest.raises(NotLifted, match="another run has pickled"):
        lift(lambda x: x + pickle.loads(stored), (X,))
    with pytest.raises(NotLifted, match="not finite"):
        lift(lambda x: x + pickle.loads(pickle.dumps(np.array([np.inf, 1.0])))[1], (X,))
