"""What the words say where code cannot be followed: the function of the library and the user's line; never an error of
its own of a lifted run."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import scipy.integrate
import scipy.interpolate
import scipy.linalg
import scipy.ndimage
import scipy.optimize
import scipy.signal
import scipy.sparse
import scipy.spatial.distance
import scipy.stats

from backproof.verify.lift.lifted import pull_back
from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.tape.reads import NotLifted

X = np.array([0.5, 1.5, 2.25])
SIGNED = np.array([0.5, -1.5, 2.25])

WITHOUT_RULE: dict[str, tuple[Callable[[Any], Any], str]] = {
    "compiled": (lambda x: scipy.linalg.logm(np.outer(x, x)), "scipy.linalg.logm"),
    "value error": (lambda x: scipy.spatial.distance.pdist(np.outer(x, x)), "scipy.spatial.distance.pdist"),
    "runtime error": (lambda x: scipy.ndimage.gaussian_filter(x, 1.0), "scipy.ndimage.gaussian_filter"),
    "not implemented": (lambda x: scipy.signal.lfilter([1.0], [1.0, 0.5], x), "scipy.signal.lfilter"),
    "number in a closure": (lambda x: scipy.optimize.brentq(lambda t: t - x[0], 0.0, 2.0) * x, "scipy.optimize.brentq"),
    "integral": (lambda x: scipy.integrate.quad(lambda t: t * x[0], 0.0, 1.0)[0] * x, "scipy.integrate.quad"),
    "method": (lambda x: scipy.stats.gamma.logpdf(x, 2.0), "scipy.stats.gamma_gen.logpdf"),
    "class": (lambda x: scipy.interpolate.CubicSpline([0.0, 1.0, 2.0], x)(0.5), "scipy.interpolate.CubicSpline"),
    "method of a matrix": (lambda x: scipy.sparse.csr_matrix(np.diag(x)).max() * x, "scipy.sparse.csr_matrix.max of lifted numbers"),
    "random numbers": (lambda x: x * np.random.default_rng(0).gamma(x), "numpy.random.Generator.gamma of lifted numbers"),
    "transform": (lambda x: scipy.fft.dct(x), "scipy.fft.dct"),
    "numpy": (lambda x: np.linalg.tensorsolve(np.diag(x), x), "numpy.linalg.tensorsolve"),
}


@pytest.mark.parametrize("name", WITHOUT_RULE)
def test_a_librarys_function_without_a_rule_is_named_with_the_users_line(name: str) -> None:
    f, function = WITHOUT_RULE[name]
    with pytest.raises(NotLifted) as caught:
        lift(f, (X,))
    assert str(caught.value) == f"{function} has no lifted rule (test_errors.py:{f.__code__.co_firstlineno})"


def deep(x: Any) -> Any:
    return deep(x) if x[0] > 0 else x


def values_of(lifted: Any) -> Any:
    return lifted.values[0]


OWN: dict[str, Callable[[Any], Any]] = {
    "RecursionError": deep,
    "NameError": lambda x: unknown_name * x,  # type: ignore[name-defined]  # noqa: F821  # pyright: ignore
    "KeyError": lambda x: {}[1] * x,
    "IndexError": lambda x: list(range(1))[1] * x,
    "AttributeError": lambda x: x.no_such_name,
}


def raising(kind: type[Exception]) -> Callable[[Any], Any]:
    def f(x: Any) -> Any:
        if x.ndim:
            raise kind("a reason")
        return x

    return f


@pytest.mark.parametrize("kind", [RuntimeError, NotImplementedError, AssertionError, LookupError, TypeError])
def test_an_error_that_floats_do_not_have_is_told_with_its_line(kind: type[Exception]) -> None:
    f = raising(kind)
    with pytest.raises(NotLifted, match=f"{kind.__name__} on lifted numbers: a reason") as caught:
        lift(f, (X,))
    assert caught.value.place == f"test_errors.py:{f.__code__.co_firstlineno + 2}"


@pytest.mark.parametrize("name", OWN)
def test_errors_of_python_itself_are_told_too(name: str) -> None:
    with pytest.raises(NotLifted, match=rf"{name} on lifted numbers.*test_errors\.py:\d+"):
        lift(OWN[name], (X,))


def test_words_about_objects_are_replaced_by_the_line() -> None:
    with pytest.raises(NotLifted) as caught:
        lift(lambda x: x * len(json.dumps(float(x[0]))), (X,))
    assert "TypeError on lifted numbers in `lift(lambda x: x * len(json.dumps(float(x[0]))), (X,))`" in str(caught.value)


def test_an_error_of_a_library_that_the_code_catches_is_raised_all_the_same() -> None:
    def f(x: Any) -> Any:
        try:
            return scipy.signal.lfilter([1.0], [1.0, 0.5], x)
        except NotImplementedError:
            return x

    with pytest.raises(NotLifted, match=r"scipy\.signal\.lfilter"):
        lift(f, (X,))


def test_an_error_of_the_users_own_in_a_call_from_a_library_keeps_its_words() -> None:
    def inner(t: Any, x: Any) -> Any:
        return scipy.fft.dct(x)[0] - t

    with pytest.raises(NotLifted, match=r"scipy\.fft\.dct has no lifted rule"):
        lift(lambda x: scipy.optimize.brentq(lambda t: inner(t, x), 0.0, 2.0) * x, (X,))


def test_constants_reach_a_librarys_function_as_floats_and_come_back_lifted() -> None:
    def f(x: Any) -> Any:
        nodes, weights = scipy.special.roots_legendre(2)
        window = scipy.signal.lfilter([1.0], [1.0, 0.5], np.ones(3))
        window[0] = x[0]
        return window * x * np.sum(weights) + nodes[0] * 0

    lifted = lift(f, (X,))
    assert [float(v.mid()) for v in values_of(lifted)] == pytest.approx([0.5, 1.5, 3.375], rel=1e-15)
    assert [float(v.mid()) for v in pull_back(lifted, np.ones(3))[0]] == pytest.approx([2.0, 1.0, 1.5], rel=1e-15)


def test_a_library_that_only_indexes_is_followed() -> None:
    lifted = lift(lambda x: scipy.linalg.toeplitz(x) @ x, (X,))
    assert [float(v.mid()) for v in values_of(lifted)] == list(scipy.linalg.toeplitz(X) @ X)


def test_a_singular_matrix_in_a_library_is_the_codes_own_error() -> None:
    with pytest.raises(np.linalg.LinAlgError):
        lift(lambda x: np.linalg.solve(np.zeros((2, 2)), x[:2]), (X,))


# numbers in texts


def test_a_number_in_a_percent_format_is_text(caplog: pytest.LogCaptureFixture) -> None:
    def f(x: Any) -> Any:
        assert "%.3f" % x[0] == "0.500"  # noqa: UP031
        assert "%s %5.2f" % ("a", x[1]) == "a  1.50"  # noqa: UP031
        text = "%g"
        text %= x[2]
        assert text == "2.25"
        logging.getLogger("backproof.test").warning("loss %.2f", x.sum())
        return x * 2

    lifted = lift(f, (X,))
    assert [float(v.mid()) for v in values_of(lifted)] == list(2 * X)
    assert {note.split(": ")[1] for note in lifted.casts} == {"text"}
    assert "loss 4.25" in caplog.text


def test_a_float_beside_a_remainder_is_no_text() -> None:
    with pytest.raises(NotLifted, match=r"float\(…\)"):
        lift(lambda x: x * (math.ulp(x[0]) % 2), (X,))
    assert [float(v.mid()) for v in values_of(lift(lambda x: x[:1] % 0.375, (X,)))] == [0.125]


# source that is run


def test_source_sees_what_the_code_sees() -> None:
    def f(x: Any) -> Any:
        y = 2  # noqa: F841  # pyright: ignore[reportUnusedVariable]
        exec("z = np.zeros(3)\nz[0] = x[0]", globals_here := {"np": np, "x": x})
        return eval("np.exp(x) * y") + eval("(lambda v: v + np.sum(X))(x)") + globals_here["z"] * 0

    def plain(x: Any) -> Any:
        return np.exp(x) * 2 + x + np.sum(X)

    assert [float(v.mid()) for v in values_of(lift(f, (X,)))] == pytest.approx(list(plain(X)), rel=1e-15)


@pytest.mark.parametrize(
    ("f", "words"),
    [
        (lambda x: np.linalg.eig(np.diag(x)), "numpy.linalg.eig has no lifted rule"),
        (lambda x: np.linalg.eigh(np.outer(x, x)), "repeated eigenvalues have no lifted rule"),
        (lambda x: np.linalg.det(x * 1j * np.eye(3)), "numpy.linalg.det of complex numbers has no lifted rule"),
        (lambda x: __import__("cmath").exp(x[0]), "complex"),
        (lambda x: [1, 2, 3][x[0]], "an index that is a real number has no lifted rule"),
        (lambda x: np.spacing(x), "numpy.spacing has no lifted rule"),
        (lambda x: x.tobytes(), "numpy.ndarray.tobytes has no lifted rule"),
        (lambda x: x.astype("U8"), r"astype\(<U8\) has no lifted rule"),
        (lambda x: np.linalg.svd(x.reshape(1, 3)), "numpy.linalg.svd with full matrices has no lifted rule"),
        (lambda x: np.asarray(x, float) + np.sort(x * 1j), "numpy.sort of complex numbers has no lifted rule"),
        (lambda x: __import__("scipy.special").special.jv(x, 1.0), "derivative of jv by operand 1 has no lifted rule"),
    ],
)
def test_what_has_no_rule_is_named_with_file_and_line(f: Callable[..., Any], words: str) -> None:
    with pytest.raises(NotLifted, match=words) as caught:
        lift(f, (SIGNED,))
    assert caught.value.place == f"test_errors.py:{f.__code__.co_firstlineno}"
