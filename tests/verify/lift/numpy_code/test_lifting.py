"""The front end for NumPy code: arguments, constants, the backward run, errors of the code itself."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import arb

from backproof.verify.lift.lifted import pull_back
from backproof.verify.lift.numpy_code.lifting import lift, lift_backward

X = np.array([0.5, -1.5, 2.25])
W = np.array([[1.0, 0.5, -0.25], [2.0, -1.0, 0.75]])


def middle(array: Any) -> list[float]:
    return [float(entry.mid()) for entry in np.ravel(array)]


def test_floats_are_lifted_at_exactly_their_values_and_the_rest_stays() -> None:
    seen: list[Any] = []

    def f(x: Any, n: Any, labels: Any, mask: Any, name: Any, nothing: Any, c: Any) -> Any:
        seen.extend((n, labels, mask, name, nothing))
        return x[labels] * c * n

    lifted = lift(f, (np.array([0.1, 0.2]), 3, np.array([1, 0]), np.array([True]), "sum", None, 0.1), patched=False)
    assert seen[0] == 3
    assert seen[1].dtype.kind == "i"
    assert seen[2].dtype == bool
    assert seen[3:] == ["sum", None]
    assert lifted.positions == (0, 6)
    assert [x.value for x in lifted.inputs[0]] == [arb(0.1), arb(0.2)]
    assert lifted.inputs[1].shape == ()
    assert all(entry.value.is_exact() for entry in lifted.inputs[0])


def test_the_value_is_enclosed_to_many_digits() -> None:
    (values,) = lift(lambda x: np.exp(x) - 1, (np.array([1e-9]),)).values
    assert values is not None
    exact = arb("1.0000000005000000001666666667083333333416666666680555555557539682540e-9", 1e-60)
    assert abs(values[0] - exact) < 1e-24
    assert values[0].rad() < 1e-55


def test_lists_and_dictionaries_of_arrays_are_lifted() -> None:
    lifted = lift(lambda p, xs: p["w"] @ xs[0] + p["b"] + len(p["name"]), ({"w": W, "b": np.ones(2), "name": "ab"}, [X, 3]))
    assert lifted.positions == (0, 0, 1)
    assert middle(pull_back(lifted, np.array([1.0, 0.0]))[2]) == list(W[0])


# the backward run


def tanh_vjp(args: Any, out: Any, g: Any) -> Any:
    return (g * (1 - out * out),)


def test_a_right_backward_overlaps_the_certified_gradient_and_a_wrong_one_is_excluded() -> None:
    forward = lift(np.tanh, (X,))
    g = np.array([1.0, -0.5, 3.0])
    (right,) = pull_back(forward, g)
    (found,) = lift_backward(tanh_vjp, (X,), forward.result, g).values
    (wrong,) = lift_backward(lambda args, out, g: (g * (1 - out * out) * (1 + 2.0**-50),), (X,), forward.result, g).values
    assert found is not None
    assert wrong is not None
    assert all(a.overlaps(b) and a.rad() < 1e-50 for a, b in zip(found, right, strict=True))
    assert not any(a.overlaps(b) for a, b in zip(wrong, right, strict=True))


def test_a_backward_gives_none_for_an_integer_argument() -> None:
    forward = lift(lambda x, k: x[k], (X, 1))
    backward = lift_backward(lambda args, out, g: (np.array([0.0, g, 0.0]), None), (X, 1), None, np.float64(2.0), forward=forward)
    assert backward.outputs[1] is None
    assert middle(backward.values[0]) == [0.0, 2.0, 0.0]


def test_pi_and_functions_of_constants_are_exact_in_patched_code() -> None:
    (values,) = lift(lambda x: np.sin(x * np.pi) * np.sqrt(2.0) * np.sqrt(2), (np.array([1.0]),)).values
    assert values is not None
    assert abs(values[0]) < 1e-55
    (values,) = lift(lambda x: np.sin(x * np.pi), (np.array([1.0]),), patched=False).values
    assert values is not None
    assert abs(values[0]) > 1e-17


# what must not pass unnoticed


def test_an_error_of_the_code_itself_is_its_own() -> None:
    def f(x: Any) -> Any:
        if x.ndim == 1:
            raise ValueError("a matrix is needed")
        return x

    with pytest.raises(ValueError, match="a matrix is needed"):
        lift(f, (X,))
    with pytest.raises(np.linalg.LinAlgError):
        lift(lambda x: np.linalg.inv(np.outer(x, x) * 0), (X,))


def test_a_number_that_goes_through_a_text_is_noted() -> None:
    lifted = lift(lambda x: x * float(f"{x[0]:.17g}"), (X,))
    assert [note.split(": ")[1] for note in lifted.casts] == ["text"]
    assert lift(lambda x: x * float(f"{0.5:.17g}"), (X,)).casts == ()


def test_integer_arguments_cannot_be_changed_by_the_run() -> None:
    k = np.array([0, 1])

    def f(x: Any, index: Any) -> Any:
        index += 1
        return x[index]

    lifted = lift(f, (X, k))
    assert list(k) == [0, 1]
    assert middle(pull_back(lifted, np.array([1.0, 10.0]))[0]) == [0.0, 1.0, 10.0]


def test_a_wrong_backward_of_a_rare_branch_is_read() -> None:
    def vjp(args: Any, out: Any, g: Any) -> Any:
        return (g * (2 if abs(g[0]) > 100 else 1),)

    backward = lift_backward(vjp, (X,), None, np.ones(3), forward=lift(lambda x: x + 1, (X,)))
    (read,) = [read for read in backward.reads if read.what == "x > 100"]
    assert read.outcome is False
    assert float(read.margin.mid()) == -99.0
    assert middle(read.gradient()[1]) == [1.0, 0.0, 0.0]


def test_a_kept_result_of_bfloat16_is_lifted_exactly() -> None:
    import ml_dtypes

    x = np.array([0.1, 2.0]).astype(ml_dtypes.bfloat16)
    (values,) = lift(lambda v: v * 2, (x,)).values
    assert middle(values) == [2 * float(x[0]), 4.0]
