"""Which other ways of calling are known, and that none excuses what is wrong."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.handed.otherwise import must_be_called_so

A = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 1.5]])
W = np.array([[1.0, 2.0, 3.0], [-1.0, 0.5, 2.0]])


def product(x: Any, w: Any) -> Any:
    return x @ w


@pytest.mark.parametrize(
    ("vjp", "way"),
    [
        (lambda ct, x, w: (ct @ w.T, x.T @ ct), "vjp(cotangent, *args)"),
        (lambda x, w, ct: (ct @ w.T, x.T @ ct), "vjp(*args, cotangent)"),
        (lambda out, args, ct: (ct @ args[1].T, args[0].T @ ct), "vjp(out, args, cotangent)"),
        (lambda args, ct, out: (ct @ args[1].T, args[0].T @ ct), "vjp(args, cotangent, out)"),
    ],
)
def test_two_arguments_in_another_order(vjp: Any, way: str) -> None:
    with pytest.raises(TypeError) as caught:
        must_be_called_so(product, vjp, (A, W))
    assert f"right when called as {way};" in str(caught.value)


def test_a_tree_of_parameters_is_taken_as_it_is() -> None:
    def f(params: Any) -> Any:
        return np.tanh(params["w"]) * params["b"]

    def vjp(params: Any, out: Any, ct: Any) -> Any:
        return {"w": ct * params["b"] * (1 - np.tanh(params["w"]) ** 2), "b": np.sum(ct * np.tanh(params["w"]))}

    with pytest.raises(TypeError, match=r"vjp\(x, out, cotangent\)"):
        must_be_called_so(f, vjp, ({"w": np.array([0.5, 1.0]), "b": 2.0},))


@pytest.mark.parametrize(
    "vjp",
    [lambda ct, x, w: (ct @ w.T, 2 * x.T @ ct), lambda ct, x, w: (ct @ w.T, None), lambda ct, x, w: (ct @ w.T,), lambda ct, x, w: 1 / 0],
)
def test_what_is_wrong_in_every_way_is_not_excused(vjp: Any) -> None:
    must_be_called_so(product, vjp, (A, W))


def test_a_backward_that_raised_once_and_reads_no_arguments_is_not_excused() -> None:
    must_be_called_so(np.exp, lambda args, out, ct: (ct * out,), (np.array([1.0, 2.0]),))


def test_a_forward_that_is_not_meant_for_other_arguments_is_no_error() -> None:
    def f(x: Any) -> Any:
        if not np.array_equal(x, [1.0, 2.0]):
            raise ValueError("only there")
        return x * x

    must_be_called_so(f, lambda x, out, ct: 2 * ct * x, (np.array([1.0, 2.0]),))
