"""Arguments are taken as they are, or refused with what was found and what to write."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import Any

import ml_dtypes
import numpy as np
import pytest
import scipy.sparse

from backproof.verify.gradient_oracle.given.arguments import must_lie_in, taken_arguments

X = np.array([0.5, 2.0])


class Tensor:
    """An array of another library."""

    def __array__(self) -> Any:
        return X


class Meters(np.ndarray[Any, Any]):
    """A subclass with arithmetic of its own, perhaps."""


@pytest.mark.parametrize(
    "args",
    [
        (X,),
        [X],
        (X, 3, "mean", None, True, (1, 2), [3, 4], {"axis": 0}, np.array([1, 2]), np.array(["a"]), np.sin, np.float32, np.dtype(float)),
        (2.5,),
        (np.float32(2.5), SimpleNamespace(w=3)),
        (X.astype(np.float16), X.astype(ml_dtypes.bfloat16)),
        (np.zeros((0, 3)),),
        (np.random.default_rng(0), X),
    ],
)
def test_what_f_may_take_goes_along(args: Any) -> None:
    taken = taken_arguments(args)
    assert len(taken) == len(args)
    assert all(a is b for a, b in zip(taken, args, strict=True))


def test_one_array_is_one_argument() -> None:
    assert taken_arguments(X)[0] is X
    assert taken_arguments(2.5) == (2.5,)


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"x": X}, "args must be a tuple of the arguments of f, found a dict"),
        ({1.0, 2.0}, "args must be a tuple of the arguments of f, found a set"),
        ("abc", r"args must be a tuple of the arguments of f, found a str \(abc\); write args=\(x,\)"),
        (None, "args must be a tuple of the arguments of f, found None"),
        ((a for a in (X,)), "args must be a tuple of the arguments of f, found a generator"),
        (np.sin, "args must be a tuple of the arguments of f, found the function sin"),
        (Tensor(), "args must be a tuple of the arguments of f, found a Tensor"),
        (
            (X + 1j,),
            "argument 0 is an ndarray of shape .*: complex arguments are not taken yet; give x.real and x.imag as two arguments, with a gradient each",
        ),
        ((X, 1j), "argument 1 is a complex .*: complex arguments are not taken yet"),
        ((X, np.complex64(1)), "argument 1 is a complex64 .*: complex arguments are not taken yet"),
        ((X.astype(object),), r"argument 0 is .* dtype object: objects have no derivative; write np.asarray\(…, dtype=float\)"),
        (
            (np.ma.array(X, mask=[False, True]),),
            "argument 0 is a MaskedArray .*: an entry that is masked has no derivative; write a.filled",
        ),
        ((np.matrix(X),), r"argument 0 is a matrix .*; write np.asarray\(…\)"),
        ((X.view(Meters),), r"argument 0 is a Meters .*: what other classes of arrays compute is not followed; write np.asarray"),
        ((np.zeros(2, dtype=[("a", float)]),), "argument 0 is .*: that dtype is not taken"),
        ((X, np.zeros(2, dtype=ml_dtypes.float8_e4m3fn)), "argument 1 is .*: that dtype is not taken; give one of floats"),
        ((X.astype(np.longdouble),), "argument 0 is .*: floats wider than float64 are not taken; write np.asarray"),
        ((X, {0.9, 0.99}), "argument 1 is a set .* that holds floats, which have no order there; write a list"),
        ((X, scipy.sparse.csr_matrix(np.eye(2))), "argument 1 is a csr_matrix of scipy, and no NumPy array; write np.asarray"),
        ((X, Tensor()), "argument 1 is a Tensor of .*, and no NumPy array"),
        ((X, iter([1, 2])), "argument 1 is a list_iterator, which one call uses up"),
    ],
)
def test_what_is_not_taken_is_a_type_error(args: Any, message: str) -> None:
    with pytest.raises(TypeError, match=message) as found:
        taken_arguments(args)
    assert len(str(found.value)) < 1000


@pytest.mark.skipif(np.dtype(np.longdouble).itemsize == 8, reason="long double is a double here")
def test_a_long_double_number_is_refused_too() -> None:
    with pytest.raises(TypeError, match="wider than float64"):
        taken_arguments((np.longdouble(1), X))


@pytest.mark.parametrize("args", [(), (3,), (np.array([1, 2]),), ("a", None), (True,)])
def test_without_a_float_there_is_nothing_to_differentiate(args: Any) -> None:
    with pytest.raises(ValueError, match=f"nothing to differentiate: none of the {len(args)} arguments is a float"):
        taken_arguments(args)


def test_a_list_that_holds_itself_comes_to_an_end() -> None:
    own: list[Any] = [1]
    own.append(own)
    assert len(taken_arguments((X, own))) == 2


def test_a_domain_says_true_or_false_and_holds_the_given_arguments() -> None:
    must_lie_in(lambda x: bool(np.all(x > 0)), (X,))
    must_lie_in(lambda x: np.all(x > 0), (X,))
    with pytest.raises(TypeError, match=r"domain must return True or False, found an ndarray .*; write bool\(np.all"):
        must_lie_in(lambda x: x > 0, (X,))
    with pytest.raises(TypeError, match="found None"):
        must_lie_in(lambda x: None, (X,))
    with pytest.raises(ValueError, match="the given arguments are outside of it"):
        must_lie_in(lambda x: False, (X,))
    with pytest.raises(ValueError, match="domain raises SystemExit: 0"):
        must_lie_in(lambda x: sys.exit(0), (X,))
