"""What flows back is transposed or shifted on the way: planted in real backward passes and named."""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.causes.cause import Cause, Fault
from backproof.verify.gradient_oracle.check import check

RNG = np.random.default_rng(14)
Q, K = RNG.normal(size=(3, 2)), RNG.normal(size=(3, 2))
A, X = RNG.normal(size=(3, 3)), RNG.normal(size=(3, 2))


def causes(f: Any, args: Any, vjp: Any) -> list[Cause]:
    diagnosis = check(f, args, vjp=vjp, effort="quick").diagnosis
    return [] if diagnosis is None else list(diagnosis.causes)


def scores(q: Any, k: Any) -> Any:
    s = q @ k.T
    return np.exp(s)


def test_what_flows_back_into_a_product_is_not_transposed() -> None:
    found = causes(scores, (Q, K), lambda args, out, ct: ((ct * out) @ args[1], (ct * out) @ args[0]))
    place = f"test_turned.py:{scores.__code__.co_firstlineno + 1}"
    assert (Fault.TRANSPOSED, 1, place) in {(cause.fault, cause.argument, cause.place) for cause in found}
    assert "as a (3, 3) table transposed" in found[0].words


def mixed(x: Any) -> Any:
    return np.tanh(A @ x)


def test_a_matrix_where_its_transpose_belongs() -> None:
    (cause,) = causes(mixed, (X,), lambda args, out, ct: (A @ (ct * (1 - out**2)),))
    assert (cause.fault, cause.argument, cause.function) == (Fault.TRANSPOSED, 0, "dot")
    assert "is made with the matrix of dot at" in cause.words


def test_sums_from_the_wrong_end() -> None:
    found = causes(lambda x: np.cumsum(x), (RNG.normal(size=5),), lambda args, out, ct: (np.cumsum(ct),))
    assert [(cause.fault, cause.argument) for cause in found] == [(Fault.ORDER, 0)]
    assert found[0].words == "the gradient of `x` is made in the opposite direction, from the last of the output to the first"


def test_a_sum_along_the_wrong_axis_of_what_is_spread() -> None:
    found = causes(lambda x, b: x + b[:, None], (A, X[:, 0]), lambda args, out, ct: (ct, ct.sum(axis=0)))
    assert {(cause.fault, cause.argument) for cause in found} == {(Fault.AXIS, 1)}


def test_what_sums_to_nothing_is_no_sum_along_the_wrong_axis() -> None:
    """What flows back into a softmax sums to zero: a contribution that is missing looks like that sum."""

    def attended(q: Any) -> Any:
        s = np.exp(q @ K.T)
        return s / s.sum(axis=1, keepdims=True)

    found = causes(lambda q: attended(q) + q @ A[:2], (Q,), lambda args, out, ct: (ct @ A[:2].T,))
    assert Fault.AXIS not in {cause.fault for cause in found}


def test_two_values_that_change_places_are_no_order() -> None:
    """A mask of a loss that is wrong: the two slopes are in another order by chance."""
    y = np.array([0.3, -0.2, 0.5, 0.1, -0.4, 0.7])
    pinball = lambda q: np.sum(np.maximum(0.8 * (y - q), -0.2 * (y - q)))  # noqa: E731
    found = causes(pinball, (np.zeros(6),), lambda args, out, ct: (ct * np.where(y - args[0] < 0, -0.8, 0.2),))
    assert not {cause.fault for cause in found} & {Fault.TRANSPOSED, Fault.ORDER, Fault.SLICE}


def test_another_matrix_is_no_transpose() -> None:
    found = causes(mixed, (X,), lambda args, out, ct: ((A + 0.1).T @ (ct * (1 - out**2)),))
    assert Fault.TRANSPOSED not in {cause.fault for cause in found}


def test_an_order_that_changes_with_the_cotangent_is_none() -> None:
    def by_size(args: Any, out: Any, ct: Any) -> Any:
        turned = ct[::-1] if ct[0, 0] > 0 else ct
        return (A.T @ (turned * (1 - out**2)),)

    found = causes(mixed, (X,), by_size)
    assert not {cause.fault for cause in found} & {Fault.TRANSPOSED, Fault.ORDER}
