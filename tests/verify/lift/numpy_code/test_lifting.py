"""The public face of lifting: arguments, outputs, pull_back, the backward run, widened constants, precision, errors."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flint import arb, ctx

from backproof.verify.lift.lifted import Lifted, pull_back
from backproof.verify.lift.numpy_code.lifting import lift, lift_backward
from backproof.verify.lift.tape.reads import NotLifted
from backproof.verify.lift.tape.tape import Scalar
from backproof.verify.numbers.ball_arrays import precision

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


def test_cotangent_times_jacobian_of_a_linear_map_is_its_transpose() -> None:
    lifted = lift(lambda x, w: w @ x, (X, W))
    cotangent = np.array([3.0, -2.0])
    by_x, by_w = pull_back(lifted, cotangent)
    assert middle(by_x) == list(W.T @ cotangent)
    assert middle(by_w) == list(np.outer(cotangent, X).ravel())
    assert by_w.shape == (2, 3)
    assert all(type(entry) is arb for entry in by_w.flat)


def test_several_outputs_take_several_cotangents_as_floats_balls_or_scalars() -> None:
    lifted = lift(lambda x: (x * x, np.sum(x)), (X,))
    expected = list(2 * X * 3.0 + 10.0)
    assert middle(pull_back(lifted, (np.full(3, 3.0), np.array(10.0)))[0]) == expected
    balls = np.array([arb(3)] * 3, dtype=object)
    assert middle(pull_back(lifted, (balls, np.array(Scalar(arb(10)), dtype=object)))[0]) == expected
    with pytest.raises(ValueError, match="1 cotangents for 2 outputs"):
        pull_back(lifted, np.ones(3))
    with pytest.raises(ValueError, match=r"shape \(3,\), its output \(\)"):
        pull_back(lifted, (np.ones(3), np.ones(3)))


def test_an_input_that_is_not_used_has_gradient_zero_and_an_output_may_be_an_input() -> None:
    lifted = lift(lambda x, y: x, (X, X))
    assert [middle(part) for part in pull_back(lifted, np.array([1.0, 2.0, 3.0]))] == [[1.0, 2.0, 3.0], [0.0, 0.0, 0.0]]


def test_in_place_changes_do_not_reach_the_arguments_or_the_recorded_inputs() -> None:
    x = X.copy()

    def f(v: Any) -> Any:
        v *= 2
        return v

    lifted = lift(f, (x,))
    assert np.array_equal(x, X)
    assert middle([s.value for s in lifted.inputs[0]]) == list(X)
    assert middle(pull_back(lifted, np.ones(3))[0]) == [2.0, 2.0, 2.0]


def test_lists_and_dictionaries_of_arrays_are_lifted() -> None:
    lifted = lift(lambda p, xs: p["w"] @ xs[0] + p["b"] + len(p["name"]), ({"w": W, "b": np.ones(2), "name": "ab"}, [X, 3]))
    assert lifted.positions == (0, 0, 1)
    assert middle(pull_back(lifted, np.array([1.0, 0.0]))[2]) == list(W[0])


def test_nothing_lifted_and_not_finite_are_told() -> None:
    assert not lift(lambda x: np.ones(3), (X,)).depends
    assert not lift(lambda n: np.ones(n), (3,)).depends
    assert lift(lambda x: x, (X,)).depends
    assert not lift(lambda x: np.log(x), (X,)).finite
    assert lift(lambda x: np.exp(x), (X,)).finite


def test_the_precision_is_put_back_also_after_an_error() -> None:
    before = ctx.prec
    lift(lambda x: x, (X,), bits=300)
    with pytest.raises(NotLifted):
        lift(lambda x: np.fft.fft(x), (X,), bits=300)
    assert ctx.prec == before


def test_a_derivative_that_does_not_exist_is_not_finite_and_an_unused_branch_does_no_harm() -> None:
    at = (np.array([0.0, 4.0]),)
    assert [entry.is_finite() for entry in pull_back(lift(lambda x: np.sqrt(x), at), np.ones(2))[0]] == [False, True]
    assert middle(pull_back(lift(lambda x: np.where(x > 0, np.sqrt(x), 0.0), at), np.ones(2))[0]) == [0.0, 0.25]


def test_a_constant_zero_times_no_number_is_no_number() -> None:
    assert not lift(lambda x: np.log(x) * 0.0, (np.array([-1.0]),)).finite
    lifted = lift(lambda x: np.sqrt(x) * 0.0, (np.array([0.0]),))
    assert lifted.finite
    assert middle(pull_back(lifted, np.ones(1))[0]) == [0.0]


def test_a_product_of_two_infinite_slopes_is_not_called_zero() -> None:
    lifted = lift(lambda x: np.sqrt(x) * np.sqrt(x), (np.array([0.0]),))
    assert not pull_back(lifted, np.ones(1))[0][0].is_finite()


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16, np.longdouble])
def test_the_dtype_that_code_sees_is_that_of_the_arguments(dtype: Any) -> None:
    def f(x: Any) -> Any:
        assert x.dtype == dtype
        assert x.dtype.type == dtype
        assert np.finfo(x.dtype).eps == np.finfo(dtype).eps
        assert x.itemsize == np.dtype(dtype).itemsize
        return x + np.zeros(3, dtype=x.dtype) + np.asarray(x, dtype=np.float64) + x.astype(float)

    x = np.array([0.1, 0.2, 0.3], dtype=dtype)
    lifted = lift(f, (x,))
    assert [np.longdouble(s.value.mid().str(30, radius=False)) == v for s, v in zip(lifted.inputs[0], x, strict=True)] == [True] * 3


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


def test_continuing_the_forward_run_gives_reads_whose_gradient_goes_through_the_output() -> None:
    def vjp(args: Any, out: Any, g: Any) -> Any:
        return (np.where(out > 0.9, 0.0, g),)

    forward = lift(np.tanh, (X,))
    assert isinstance(forward, Lifted)
    backward = lift_backward(vjp, (X,), None, np.ones(3), forward=forward)
    assert [read.outcome for read in backward.reads] == [False, False, True]
    assert backward.reads[0].place.startswith("test_lifting.py:")
    by_x, by_cotangent = backward.reads[2].gradient()
    assert middle(by_x) == pytest.approx([0.0, 0.0, 1 - np.tanh(2.25) ** 2], rel=1e-15)
    assert middle(by_cotangent) == [0.0, 0.0, 0.0]
    assert forward.reads == ()
    assert len(forward.tape.nodes) == 6


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


def test_a_backward_gives_none_for_an_integer_argument() -> None:
    forward = lift(lambda x, k: x[k], (X, 1))
    backward = lift_backward(lambda args, out, g: (np.array([0.0, g, 0.0]), None), (X, 1), None, np.float64(2.0), forward=forward)
    assert backward.outputs[1] is None
    assert middle(backward.values[0]) == [0.0, 2.0, 0.0]


# constants


def third(x: Any) -> Any:
    return x * 0.3333333333333333


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


def test_pi_and_functions_of_constants_are_exact_in_patched_code() -> None:
    (values,) = lift(lambda x: np.sin(x * np.pi) * np.sqrt(2.0) * np.sqrt(2), (np.array([1.0]),)).values
    assert values is not None
    assert abs(values[0]) < 1e-55
    (values,) = lift(lambda x: np.sin(x * np.pi), (np.array([1.0]),), patched=False).values
    assert values is not None
    assert abs(values[0]) > 1e-17


# large sums are still cheap: one node each


def test_a_matrix_product_and_a_sum_are_one_node_for_each_entry() -> None:
    lifted = lift(lambda w, x: np.sum(w @ x), (W, X))
    assert len(lifted.tape.nodes) == 6 + 3 + 2 + 1


def test_zeros_that_are_filled_add_no_nodes() -> None:
    def f(x: Any) -> Any:
        out = np.zeros(5)
        out[1:4] += x
        return out * np.ones(5)

    assert len(lift(f, (X,)).tape.nodes) == 3


# what must not pass unnoticed


def test_an_error_of_lifting_that_the_code_catches_is_raised_all_the_same() -> None:
    def f(x: Any) -> Any:
        try:
            return np.fft.fft(x)
        except Exception:
            return x

    with pytest.raises(NotLifted, match=r"numpy\.fft\.fft"):
        lift(f, (X,))


def test_an_error_of_the_code_itself_is_its_own() -> None:
    def f(x: Any) -> Any:
        if x.ndim == 1:
            raise ValueError("a matrix is needed")
        return x

    with pytest.raises(ValueError, match="a matrix is needed"):
        lift(f, (X,))
    with pytest.raises(np.linalg.LinAlgError):
        lift(lambda x: np.linalg.inv(np.outer(x, x) * 0), (X,))


def test_casts_to_a_smaller_dtype_are_listed() -> None:
    lifted = lift(lambda x: x.astype(np.float32).astype(np.float64) + np.float16(0.5), (X,))
    assert len(lifted.casts) == 1
    assert lifted.casts[0].endswith(": float32")
    assert lifted.casts[0].startswith("test_lifting.py:")


def test_a_number_that_goes_through_a_text_is_noted() -> None:
    lifted = lift(lambda x: x * float(f"{x[0]:.17g}"), (X,))
    assert [note.split(": ")[1] for note in lifted.casts] == ["text"]
    assert lift(lambda x: x * float(f"{0.5:.17g}"), (X,)).casts == ()


def test_the_memory_of_lifted_numbers_cannot_be_read() -> None:
    for f in (lambda x: x.data, lambda x: x.ctypes, lambda x: x.view(np.int64)):
        with pytest.raises(NotLifted, match=r"numpy\.ndarray\."):
            lift(f, (X,))


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


def test_flips_count_the_reads_of_the_backward_run_alone() -> None:
    forward = lift(np.abs, (np.zeros(1),))

    def vjp(args: Any, out: Any, g: Any) -> Any:
        return (np.where(args[0] > 0, g, -g),)

    for flips, expected in ((set[int](), -1.0), ({0}, 1.0)):
        backward = lift_backward(vjp, (np.zeros(1),), None, np.ones(1), forward=forward, flips=flips)
        assert middle(backward.values[0]) == [expected]


def test_a_kept_result_of_bfloat16_is_lifted_exactly() -> None:
    import ml_dtypes

    x = np.array([0.1, 2.0]).astype(ml_dtypes.bfloat16)
    (values,) = lift(lambda v: v * 2, (x,)).values
    assert middle(values) == [2 * float(x[0]), 4.0]


def test_no_entry_and_no_axis_are_allowed() -> None:
    assert lift(lambda x: x * 2, (np.zeros((0, 3)),)).outputs[0].shape == (0, 3)  # type: ignore[union-attr]
    lifted = lift(lambda x: np.exp(x), (np.array(0.0),))
    assert lifted.inputs[0].shape == ()
    assert middle(pull_back(lifted, 1.0)[0]) == [1.0]
    assert middle(lift(lambda x: x.sum(axis=0), (np.zeros((0, 2)),)).values[0]) == [0.0, 0.0]
