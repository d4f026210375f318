"""What f returns, a cotangent for it, and a reference are taken or refused."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.given.outputs import called_at, must_agree, must_be_scalar, taken_cotangent, taken_output

X = np.array([0.5, 2.0])


def sentences() -> Any:
    yield "a"


@pytest.mark.parametrize("out", [X, 2.5, np.float32(1), np.zeros((0, 2)), X.astype(np.float16)])
def test_floats_are_an_output(out: Any) -> None:
    assert taken_output(out).dtype == np.asarray(out).dtype


@pytest.mark.parametrize(
    ("out", "error", "message"),
    [
        (None, TypeError, "f returns None: is a return missing"),
        ("abc", TypeError, r"f returns a str \(abc\); it must return an array of floats"),
        ({2.0, 1.0}, TypeError, "f returns a set .*, which has no order; return an array, or a tuple, list or dictionary"),
        ((X, X), TypeError, "f returns a tuple of 2, which is not taken apart"),
        ([1.0, 2.0], TypeError, "f returns a list of 2"),
        (sentences(), TypeError, "f returns a generator"),
        (np.ma.array(X), TypeError, r"f returns a MaskedArray .*: write np.asarray\(…\)"),
        (np.matrix(X), TypeError, "f returns a matrix"),
        (np.sin, TypeError, "f returns the function sin"),
        (X + 1j, ValueError, "found one of dtype complex128; complex outputs are not taken yet"),
        (1j, ValueError, "found one of dtype complex128"),
        (np.array([1, 2]), ValueError, "f must return an array of floats, found one of dtype int64"),
        (3, ValueError, "found one of dtype int64"),
        (True, ValueError, "found one of dtype bool"),
        (X.astype(object), ValueError, "found one of dtype object"),
    ],
)
def test_anything_else_is_refused(out: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        taken_output(out)


@pytest.mark.parametrize(
    ("cotangent", "error", "message"),
    [
        (np.ones(3), ValueError, r"cotangent has shape \(3,\), and f returns shape \(2,\); write one of that shape"),
        (1.0, ValueError, r"cotangent has shape \(\)"),
        (np.ones((2, 1)), ValueError, r"cotangent has shape \(2, 1\)"),
        (np.array([1.0, np.nan]), ValueError, r"cotangent is nan at \[1\] in float64"),
        (np.array([np.inf, 1.0]), ValueError, r"cotangent is inf at \[0\]"),
        (X + 1j, TypeError, "cotangent is an ndarray .* dtype complex128; it must be an array of floats"),
        (X.astype(object), TypeError, "cotangent is an ndarray"),
        ("ab", TypeError, r"cotangent is a str \(ab\)"),
        ([[1.0], [1.0, 2.0]], TypeError, "cotangent is a list of 2, and no array of floats"),
        (np.ma.array(X), TypeError, "cotangent is a masked array"),
        ({"y": X}, TypeError, "cotangent is a dict"),
    ],
)
def test_a_cotangent_that_is_none_is_refused(cotangent: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        taken_cotangent(cotangent, X)


def test_a_cotangent_gets_the_dtype_of_the_output_if_it_holds_it() -> None:
    assert taken_cotangent([1, True], X.astype(np.float32)).dtype == np.float32
    with pytest.raises(ValueError, match=r"cotangent is inf at \[1\] in float16"):
        taken_cotangent(np.array([1.0, 1e9]), X.astype(np.float16))


def test_what_f_raises_passes_with_a_note_and_what_would_end_the_process_does_not() -> None:
    def broken(x: Any) -> Any:
        raise KeyError("no such weight")

    def leaves(x: Any) -> Any:
        raise SystemExit(0)

    with pytest.raises(KeyError, match="no such weight") as found:
        called_at(broken, (X,))
    assert found.value.__notes__ == ["f raised this at the given arguments; check needs arguments at which f returns"]
    with pytest.raises(ValueError, match=r"f raises SystemExit: 0 \(test_outputs.py:\d+: raise SystemExit\(0\)\) at the given arguments"):
        called_at(leaves, (X,))


def test_a_forward_without_a_signature_that_takes_other_arguments_is_named() -> None:
    with pytest.raises(TypeError, match="f cannot be called with the 4 arguments of args: "):
        called_at(np.tanh, (X, X, X, X))
    with pytest.raises(TypeError, match="inside") as found:
        called_at(lambda x: raise_type_error(), (X,))
    assert found.value.__notes__


def raise_type_error() -> Any:
    raise TypeError("inside")


def test_a_reference_is_the_same_function_but_for_rounding() -> None:
    must_agree(X, X * (1 + 1e-15))
    must_agree(np.array([np.nan, np.inf]), np.array([np.nan, np.inf]))
    with pytest.raises(ValueError, match=r"reference gives 2\.1 at \[1\], and f 2\.0: they must be the same function"):
        must_agree(X, np.array([0.5, 2.1]))
    with pytest.raises(ValueError, match=r"reference returns shape \(1,\), and f shape \(2,\)"):
        must_agree(X, np.ones(1))


def test_a_gradient_is_that_of_one_number() -> None:
    must_be_scalar(np.ones(1))
    with pytest.raises(ValueError, match=r"f returns shape \(2,\): gradient=… is for an f that returns one number; give vjp="):
        must_be_scalar(X)
