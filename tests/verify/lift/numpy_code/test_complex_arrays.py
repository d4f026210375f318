"""Complex arrays that patched code makes, with the values of NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy
import pytest

from backproof.verify.lift.numpy_code.lifting import lift

np: Any = numpy  # what is made of it here is of any type
X = np.array([0.5, -1.5, 2.25])
KEPT = np.array([1j, 2.0, 1 - 1j])


def filled(x: Any) -> Any:
    z, y = np.full(3, 1j), np.full((3,), 0, dtype=complex)
    y[...] = z * x
    return y.imag + np.eye(3, dtype=complex)[0].real * x + np.ones(3, complex).real + np.identity(3, dtype=np.complex128)[1].real


def iterated(x: Any) -> Any:
    z = complex(x[0], x[1])
    for _ in range(3):
        z = z * z + complex(0.25, 0.5)
    return np.array([abs(z), z.real, complex("1+2j").imag])


CODE: dict[str, Callable[[Any], Any]] = {
    "filled": filled,
    "Python's own": iterated,
    "like": lambda x: (np.zeros_like(KEPT) + x * 1j).imag + np.ones_like(x, dtype=complex).real + np.empty_like(x * 1j, shape=3).real * 0,
    "of values": lambda x: np.asarray(x * 1j).imag + np.array(x, dtype=np.complex128).real + np.ascontiguousarray(KEPT * x).real,
    "of lists": lambda x: np.array([x[0], 1j * x[1], 2.0]).imag + np.array([[x[0] * 1j], [2j]]).imag[0],
    "kept": lambda x: np.exp(KEPT).real * x + np.conj(KEPT).imag + np.asarray(KEPT).real,
    "to real": lambda x: np.array([1.0, 2.0, 3.0], dtype=float) * x + np.isscalar((x * 1j)[0]) + np.array(x * 1j, ndmin=2)[0].imag,
}


@pytest.mark.parametrize("name", CODE)
def test_what_is_made_has_the_values_of_numpy(name: str) -> None:
    expected = CODE[name](X)
    found = lift(CODE[name], (X,)).values[0]
    assert found is not None
    assert [float(ball.mid()) for ball in found] == pytest.approx(expected.tolist(), rel=1e-12)


def test_what_is_written_into_one_that_is_kept_is_not_written_into_the_users() -> None:
    buffer = np.zeros(3, complex)

    def f(x: Any) -> Any:
        found = np.zeros_like(buffer)
        found[:] = x
        return found.real

    lift(f, (X,))
    assert not buffer.any()


def test_a_copy_is_one() -> None:
    def f(x: Any) -> Any:
        z = x * 1j
        y, same = np.array(z), np.asarray(z)
        y[0] = 5.0
        same[1] = 7.0
        return z.real

    found = lift(f, (X,)).values[0]
    assert found is not None
    assert [float(ball.mid()) for ball in found] == [0.0, 7.0, 0.0]
