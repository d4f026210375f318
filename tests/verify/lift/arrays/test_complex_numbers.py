"""Complex numbers as pairs: what an array of them does, with the values of NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy
import pytest

from backproof.verify.gradient_oracle.check import check
from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.tape.reads import NotLifted
from backproof.verify.verdicts import Verdict

Asked = Callable[..., None]
np: Any = numpy  # what is made of it here is of any type
RNG = np.random.default_rng(0)
X, H = RNG.normal(size=6), RNG.normal(size=6) + 1j * RNG.normal(size=6)


def written(x: Any) -> Any:
    z = np.zeros(6, dtype=complex)
    z[:3] = x[:3]
    z[3:] += 1j * x[3:]
    z *= 2
    z.real[0] = 5 * x[0]
    z.imag = z.imag + x
    z[1] -= x[2] * 1j
    z[np.arange(6) == 4] = x[0] - 1j
    return z.real * 2 + z.imag


def of_scalars(x: Any) -> Any:
    total, first = 0, np.fft.fft(x)[1]
    kept = first
    kept += 1
    for k in range(6):
        total += x[k] * np.exp(-0.3j * k)
    return np.array([total.real**2 + total.imag**2, abs(first), abs(kept), (2j * x[0] + 1).imag, (1j / x[1]).imag])


def asked(x: Any) -> Any:
    z = np.fft.fft(x)
    right = isinstance(z, np.ndarray) and z.dtype == np.complex128 and z.dtype.kind == "c" and np.iscomplexobj(z) and type(z) is np.ndarray
    return z.real if right and isinstance(z[0], complex) and z.shape == (6,) and z.size == len(z) and bool(z[1]) else x


CODE: dict[str, Callable[[Any], Any]] = {
    "written into": written,
    "one by one": of_scalars,
    "asked": asked,
    "copied": lambda x: x.astype(complex).copy().conj().imag + (1j * x).conjugate().imag,
    "parts": lambda x: np.stack([(x * H).real, (x * H).imag], -1),
    "shapes": lambda x: (x * H).reshape(2, 3).T.flatten()[1:4].real + (x * H)[None, :3].squeeze().imag + (x * H).ravel()[:3].real,
    "reflected": lambda x: (3 - 1j * x).imag + (H - x).real + (H * x).imag + (H / (x + 2j)).real + (-(x * 1j) + 2).imag + (+(x * 1j)).imag,
    "matrix products": lambda x: np.real((x * 1j) @ np.outer(H, H)) + np.imag(np.outer(H, H) @ x) + (x * H).dot(H).real,
    "lists": lambda x: np.array([np.abs(z) for z in x * H]) + sum(abs(z) ** 2 for z in x * H) + np.array([x[0] * 1j, 2.0]).imag[0],
    "equal": lambda x: x * ((x * H) == (x * H)) + x * ((x * H) != 0),
    "outer by axes": lambda x: ((x * H)[:, None] * (x * H)[None, :].conj()).real + ((x * H)[..., None] @ (x * H)[None]).imag,
    "sums": lambda x: np.array([(x * H).sum().imag, (x * H).mean().real, (x * H).prod().real]) + (x * H).cumsum().imag[:3],
}


@pytest.mark.parametrize("name", CODE)
def test_an_array_of_complex_numbers_does_as_numpys(name: str, same: Asked) -> None:
    same(CODE[name], X)


def test_a_power_spectrum_has_a_derivative_where_the_absolute_value_has_none() -> None:
    found = check(lambda x: np.abs(x * (1 + 1j)) ** 2, (np.array([0.0, 1.0]),), lambda a, out, ct: (4 * ct * a[0],))
    assert found.certified
    assert (
        check(lambda x: np.abs(x * (1 + 1j)) ** 2, (np.array([0.0, 1.0]),), lambda a, out, ct: (4 * ct * a[0] + 1e-3,)).verdict
        is Verdict.WRONG
    )


def test_the_real_part_that_floats_keep_is_kept(same: Asked) -> None:
    with pytest.warns(np.exceptions.ComplexWarning):
        same(lambda x: (x * H).astype(float), X)


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (lambda x: x * np.asarray([1.0]).dot(np.sqrt(x[:1] * 1j)), "numpy.sqrt of complex numbers has no lifted rule"),
        (lambda x: (x * 1j).view(float), "numpy.ndarray.view of complex numbers has no lifted rule"),
        (lambda x: x * 1j, "a result of complex numbers has no lifted rule"),
        (lambda x: np.maximum(x * 1j, 0.0), "numpy.maximum of complex numbers has no lifted rule"),
        (lambda x: np.add.at(np.zeros(6, complex), 0, 1j * x[0]), "of complex numbers has no lifted rule"),
    ],
)
def test_what_has_no_rule_is_named(code: Any, words: str) -> None:
    with pytest.raises(NotLifted, match=words):
        lift(code, (X,))


def test_what_is_no_attribute_of_an_array_is_none() -> None:
    assert lift(lambda x: x * hasattr(x * 1j, "no_such_name"), (X,)).values[0] is not None
