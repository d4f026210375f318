"""Functions of NumPy on complex numbers, with its values; a right and a wrong derivative."""

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
W = RNG.normal(size=(6, 6)) + 1j * RNG.normal(size=(6, 6))


def roots(x: Any) -> Any:
    n = len(x)
    i, j = np.meshgrid(np.arange(n), np.arange(n))
    return (np.exp(-2j * np.pi / n) ** (i * j) @ x).imag


def joined(x: Any) -> Any:
    z = x * H
    y = np.roll(np.pad(np.concatenate([z, z[::-1].conj(), [1j]]), (1, 1)), 2).reshape(3, 5)
    return np.vstack([y, 2 * y.real]).imag + np.stack([y, 1j * y]).real.reshape(6, 5) + np.append(y, y, axis=0).imag


CODE: dict[str, Callable[[Any], Any]] = {
    "exp and log": lambda x: np.exp(x + 1j * x).real + np.log(x + 2j).imag + np.exp(1j * x).imag,
    "powers": lambda x: ((x + 2j) ** 3).real + ((x + 2j) ** -1).imag + ((x + 2j) ** 0.5).real + np.square(x + 2j).real + (2j**x).real,
    "powers of each": lambda x: ((x + 2j) ** np.array([0, 1, 2, 3, -1, -2])).imag,
    "powers of a root": roots,
    "quotients": lambda x: (1 / (x + 1j)).imag + ((x + 2j) / (x - 1j)).real + (H / x).real + np.reciprocal(x * H).imag,
    "angles": lambda x: np.angle(x * H) + np.angle(x * H, deg=True) + np.unwrap(np.angle(np.fft.fft(x))),
    "polar": lambda x: np.fft.ifft(np.abs(np.fft.fft(x)) * np.exp(1j * np.angle(np.fft.fft(x)))).real,
    "trigonometric": lambda x: (np.sin(x + 0.5j) * np.cos(x - 1j) + np.sinh(x + 0.5j) * np.cosh(x * 1j)).imag,
    "products": lambda x: np.real(np.dot(W, x) + np.outer(x, H).sum(1) + np.einsum("i,ij,j->i", x, W, x) + np.inner(W, x * 1j)),
    "further products": lambda x: np.tensordot(x * 1j, W, axes=1).imag + np.kron(x[:2] * 1j, H[:3]).real + np.vdot(x * 1j, H).real,
    "convolutions": lambda x: np.convolve(x * 1j, H).real + np.correlate(x * 1j, H, "full").imag,
    "joined": joined,
    "chosen": lambda x: np.where(np.abs(x * H) > 1, x * H, 0).imag + np.take(x * H, np.arange(6)).real + np.flip(x * H).imag,
    "sums": lambda x: np.sum(np.outer(x, H), axis=0).imag
    + np.mean(np.outer(x, H), axis=1).real
    + np.cumsum(x * H).imag
    + np.add.reduce(x * H).real,
    "products of all": lambda x: np.prod(np.outer(x, H), axis=1).imag,
    "norms": lambda x: np.array([np.linalg.norm(x * H), np.linalg.norm(x * H, 1)]) + np.linalg.norm(np.outer(x, H), axis=1)[:2],
    "equations": lambda x: np.abs(np.linalg.solve(W + np.diag(x), x)) + np.linalg.inv(W * x)[0].real,
    "split": lambda x: np.split(x * H, 2)[1].imag + np.diff(x * H)[:3].real + np.trace(np.outer(x, H)).imag,
    "into": lambda x: np.multiply(x, H, out=np.empty(6, complex)).imag,
    "finite": lambda x: x * np.isfinite(x * H) * ~np.isnan(x * H),
    "parts": lambda x: np.real(x) + np.imag(x * H) + np.real(x * H) + np.conj(x * H).imag + np.imag(x) + np.ndim(x * H) + np.size(x * H),
    "repeated": lambda x: np.tile(x * H, 2).imag + np.repeat(x * H, 2).real + np.broadcast_to(x * H, (2, 6)).imag.ravel(),
}


@pytest.mark.parametrize("name", CODE)
def test_functions_of_complex_numbers_have_the_values_of_numpy(name: str, same: Asked) -> None:
    same(CODE[name], X)


def unitary(x: Any) -> Any:
    return np.abs(np.exp(1j * x) @ W) ** 2


def unitary_back(sign: int) -> Any:
    def vjp(a: Any, out: Any, ct: Any) -> Any:
        z = np.exp(1j * a[0])
        return (2 * np.real((W @ (ct * (z @ W).conj())) * sign * 1j * z),)

    return vjp


def test_a_function_through_complex_numbers_is_certified_and_its_wrong_twin_flagged() -> None:
    found = check(unitary, (X,), unitary_back(1))
    assert (found.verdict, found.certified) == (Verdict.CORRECT, True), found.explain()
    assert check(unitary, (X,), unitary_back(-1)).verdict is Verdict.WRONG


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (lambda x: np.linalg.eigvals(x * W).real, "numpy.linalg.eigvals of complex numbers"),
        (lambda x: np.sort(x * H).real, "numpy.sort of complex numbers"),
        (lambda x: np.where(x * H, x, x), "numpy.where of complex numbers"),
        (lambda x: np.linalg.norm(x * W, 2), "numpy.linalg.norm of a complex matrix"),
        (lambda x: np.einsum(x * H, [0], [0]).real, "without a text of subscripts"),
        (lambda x: np.add(x * 1j, 1, where=x > 0).imag, "numpy.add of complex numbers"),
    ],
)
def test_what_has_no_rule_is_named(code: Any, words: str) -> None:
    with pytest.raises(NotLifted, match=words):
        lift(code, (X,))
