"""A tape: its precision, numbers of other runs, constants that look rounded, flips."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import arb, ctx

from backproof.verify.lift.numpy_code.lifting import lift, lift_backward
from backproof.verify.lift.tape.reads import NotLifted
from backproof.verify.numbers.ball_arrays import precision

X = np.array([0.5, -1.5, 2.25])


def middle(array: Any) -> list[float]:
    return [float(entry.mid()) for entry in np.ravel(array)]


def third(x: Any) -> Any:
    return x * 0.3333333333333333


def test_the_precision_is_put_back_also_after_an_error() -> None:
    before = ctx.prec
    lift(lambda x: x, (X,), bits=300)
    with pytest.raises(NotLifted):
        lift(lambda x: np.linalg.eig(np.diag(x)), (X,), bits=300)
    assert ctx.prec == before


def test_what_the_forward_run_keeps_is_valid_in_its_backward_run_and_stale_in_another() -> None:
    kept: dict[str, Any] = {}

    def f(x: Any) -> Any:
        kept["x"] = x
        return x * x

    def vjp(args: Any, out: Any, g: Any) -> Any:
        return (2 * kept["x"] * g,)

    forward = lift(f, (X,))
    backward = lift_backward(vjp, (X,), None, np.ones(3), forward=forward)
    assert backward.stale == 0
    assert [middle(part) for part in backward.values] == [list(2 * X)]
    assert kept == {}

    own = lift(f, (X,), patched=False)
    assert lift_backward(vjp, (X,), None, np.ones(3), forward=own, patched=False).stale == 0
    assert lift_backward(vjp, (X,), None, np.ones(3), forward=lift(np.square, (X,)), patched=False).stale == 3


def test_constants_that_look_rounded_are_counted() -> None:
    assert lift(third, (X,)).rough_constants == X.size
    assert lift(lambda x: x * 0.5 + 3 * 1024.25, (X,)).rough_constants == 0


def test_widened_constants_contain_what_was_meant() -> None:
    with precision(200):
        exact = [x / 3 for x in map(arb, X)]
    (narrow,), (wide,) = lift(third, (X,)).values, lift(third, (X,), widen_constants=True).values
    assert narrow is not None
    assert wide is not None
    assert not any(a.overlaps(b) for a, b in zip(narrow, exact, strict=True))
    assert all(a.overlaps(b) for a, b in zip(wide, exact, strict=True))
    assert all(a.rad() < 1e-15 for a in wide)


def test_widening_does_not_make_a_decision_vague() -> None:
    lifted = lift(lambda x: np.where(x > 0.1, x, 0.0) + np.maximum(x, 0.1), (np.array([0.1]),), widen_constants=True)
    assert [(read.outcome, read.tie) for read in lifted.reads] == [(False, True), (True, True)]


def test_flips_count_the_reads_of_the_backward_run_alone() -> None:
    forward = lift(np.abs, (np.zeros(1),))

    def vjp(args: Any, out: Any, g: Any) -> Any:
        return (np.where(args[0] > 0, g, -g),)

    for flips, expected in ((set[int](), -1.0), ({0}, 1.0)):
        backward = lift_backward(vjp, (np.zeros(1),), None, np.ones(1), forward=forward, flips=flips)
        assert middle(backward.values[0]) == [expected]
