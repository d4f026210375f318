"""A forward at a judged point, between a forward and its backward: only what depends on it is flagged."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify import check
from backproof.verify.gradient_oracle.probes.between import after_each

X, CT = np.array([1.0, 2.0]), np.array([1.0, -1.0])
OTHERS = [("a zero", (0 * X,)), ("large values", (100 * X,))]


def test_a_forward_that_raises_at_a_point_is_passed_over_and_the_backward_that_raises_after_one_is_not() -> None:
    def narrow(x: Any) -> Any:
        if np.any(x > 50):
            raise OverflowError
        return x * x

    assert after_each(narrow, lambda args, out, ct: (2 * ct * args[0],), (X,), CT, OTHERS) == []
    open_calls: list[Any] = []

    def f(x: Any) -> Any:
        open_calls.append(x.max())
        return x * x

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        if open_calls[-1] > 50:
            raise RuntimeError("too large")
        return (2 * ct * args[0],)

    (found,) = after_each(f, vjp, (X,), CT, OTHERS)
    assert found.sentence.startswith("the backward raises RuntimeError: too large")
    assert found.sentence.endswith('when another forward, at the point "large values", ran before its backward (F1 F2 B1)')


def test_what_is_no_gradient_after_a_forward_is_said() -> None:
    last: list[Any] = [None]

    def f(x: Any) -> Any:
        last[0] = x
        return x * x

    (found,) = after_each(f, lambda args, out, ct: (2 * ct * args[0] if last[0][0] < 50 else "?",), (X,), CT, OTHERS)
    assert "returns a str ('?') in the place of a gradient" in found.sentence


@pytest.mark.parametrize("own", [True, False])
def test_a_threshold_beyond_all_batches_is_found_by_reading_the_code(own: bool) -> None:
    last: dict[str, Any] = {}

    def f(x: Any) -> Any:
        last["mask"] = x < 30000.0
        return np.minimum(x, 30000.0)

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        mask = args[0] < 30000.0 if own or last["mask"].shape != args[0].shape else last["mask"]
        return (ct * mask,)

    result = check(f, (X,), vjp)
    assert result.ok is own
    assert own or 'the gradient changed when another forward, at the point "' in result.findings[0].words
