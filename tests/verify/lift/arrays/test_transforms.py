"""Fourier transforms: the values of NumPy and SciPy in every form, certified; right and wrong backward passes through
them."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy
import pytest
import scipy.fft

from backproof.verify.gradient_oracle.check import check
from backproof.verify.lift.arrays.arrays import leaves, plain
from backproof.verify.lift.arrays.dispatch import ARRAYS
from backproof.verify.lift.arrays.transforms import TRANSFORMED
from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.lift.rounding.counts import Counted, units_of
from backproof.verify.lift.tape.tape import Tape, running
from backproof.verify.numbers.float_model import DOUBLE
from backproof.verify.verdicts import Verdict

Asked = Callable[..., None]
np: Any = numpy  # what is made of it here is of any type
RNG = np.random.default_rng(1)
X, K, M = RNG.normal(size=8), RNG.normal(size=8), RNG.normal(size=(4, 6))
np_fft: Any = np.fft


def values(f: Any, *args: Any) -> Any:
    found = lift(f, args).values[0]
    assert found is not None
    return np.array([float(ball.mid()) for ball in found.reshape(-1)]).reshape(found.shape)


@pytest.mark.parametrize("norm", [None, "ortho", "forward"])
def test_one_transform_has_the_values_of_numpy_in_every_length_axis_and_norm(norm: str | None, same: Asked) -> None:
    for n, axis in itertools.product((None, 4, 5, 9), (0, 1)):
        options: Any = {"n": n, "axis": axis, "norm": norm}
        for f in (np_fft.fft, np_fft.ifft, np_fft.rfft, np_fft.ihfft):
            same(lambda m, f=f, o=options: np.real(f(m, **o)) + 2 * f(m, **o).imag, M)
        for f in (np_fft.fft, np_fft.ifft, np_fft.irfft, np_fft.hfft):
            same(lambda m, f=f, o=options: np.real(f(m + 1j * np.cos(m), **o)), M)


@pytest.mark.parametrize("norm", [None, "ortho", "forward"])
def test_several_axes_have_the_values_of_numpy(norm: str | None, same: Asked) -> None:
    for s in (None, (3, 7), (4, 4)):
        options: Any = {"s": s, "norm": norm, **({"axes": (0, 1)} if s else {})}
        for f in (np_fft.fft2, np_fft.ifft2, np_fft.rfft2, np_fft.fftn, np_fft.ifftn, np_fft.rfftn):
            same(lambda m, f=f, o=options: np.abs(f(m, **o)) ** 2, M)
        for f in (np_fft.irfft2, np_fft.irfftn):
            same(lambda m, f=f, o=options: f(m + 1j * m**2, **o), M)


def test_every_name_is_one_of_numpys_and_scipys() -> None:
    assert all(hasattr(np_fft, name) and hasattr(scipy.fft, name) for name in TRANSFORMED)


def test_scipys_and_the_helpers_are_followed(same: Asked) -> None:
    def f(x: Any) -> Any:
        n = scipy.fft.next_fast_len(11)
        padded = scipy.fft.irfft(scipy.fft.rfft(x, n, workers=1) * np.fft.rfft(np.ones(3), n), n)[:8]
        two = scipy.fft.fftshift(scipy.fft.fft2(x.reshape(2, 4)), axes=1)
        return padded + np.fft.ifftshift(two).imag.ravel() + scipy.fft.fftfreq(8, 0.5) * x + np.fft.fftfreq(8, 2 * np.pi / 8)

    same(f, X)


def test_a_transform_of_constants_is_exact_and_no_node() -> None:
    with running(Tape(100, front=ARRAYS)) as tape:
        found = np.fft.fft(leaves(X, tape)[:0].tolist() + [1.0, 2.0, 4.0])
        assert not tape.nodes[8:]
    assert found.shape == (3,)


def test_each_row_is_off_in_proportion_to_its_own_size() -> None:
    with running(Tape(100, front=ARRAYS)) as tape:
        x = leaves(np.array([[1e8, 1.0, 1.0], [1.0, 1.0, 1.0]]), tape)
        found = plain(np.fft.rfft(x, axis=1).real)
    counted = Counted(tape, units_of(tape, [DOUBLE]))
    assert counted.value(found[0, 1].index)[0] > 1e8 * DOUBLE.u > 1e4 * counted.value(found[1, 1].index)[0]


def test_what_numpy_refuses_is_refused() -> None:
    with pytest.raises(ValueError, match=r"Invalid number of FFT data points \(0\)"):
        lift(lambda x: np.fft.fft(x, 0).real, (X,))
    with pytest.raises(ValueError, match="Invalid norm value half"):
        lift(lambda x: np_fft.fft(x, norm="half").real, (X,))


# right and wrong backward passes


def half_back(spectrum: Any, n: int) -> Any:
    """The adjoint of rfft."""
    whole = np.zeros((*spectrum.shape[:-1], n), complex)
    whole[..., : spectrum.shape[-1]] = spectrum
    return (np.fft.ifft(whole, axis=-1) * n).real


def circular(x: Any, k: Any) -> Any:
    return np.fft.ifft(np.fft.fft(x) * np.fft.fft(k)).real


def circular_right(a: Any, out: Any, ct: Any) -> Any:
    of = np.fft.fft(ct)
    return tuple(np.fft.ifft(of * np.conj(np.fft.fft(other))).real for other in (a[1], a[0]))


def circular_wrong(a: Any, out: Any, ct: Any) -> Any:
    of = np.fft.fft(ct)
    return np.fft.ifft(of * np.fft.fft(a[1])).real, np.fft.ifft(of * np.conj(np.fft.fft(a[0]))).real


def filtered(x: Any) -> Any:
    n = len(x)
    return np.fft.irfft(np.fft.rfft(x) * np.fft.rfft(K[:n], n), n)


def filtered_right(a: Any, out: Any, ct: Any) -> Any:
    n = len(ct)
    return (np.fft.irfft(np.fft.rfft(ct) * np.conj(np.fft.rfft(K[:n], n)), n),)


def spectrum(x: Any) -> Any:
    found = np.fft.rfft(x)
    return found.real**2 + found.imag**2


def spectrum_right(a: Any, out: Any, ct: Any) -> Any:
    return (half_back(2 * ct * np.fft.rfft(a[0]), len(a[0])),)


def spectrum_wrong(a: Any, out: Any, ct: Any) -> Any:
    """The entries between the ends count twice."""
    n = len(a[0])
    return (np.fft.irfft(2 * ct * np.fft.rfft(a[0]), n) * n,)


def low_pass(x: Any) -> Any:
    found = np.fft.fft(x)
    found[np.abs(np.fft.fftfreq(len(x))) > 0.2] = 0
    return np.fft.ifft(found).real


def autocorrelation(x: Any) -> Any:
    found = np.fft.fft(x, 2 * len(x))
    return np.fft.ifft(found * found.conj()).real[: len(x)]


def autocorrelation_right(a: Any, out: Any, ct: Any) -> Any:
    n = len(ct)
    of, of_x = np.fft.fft(ct, 2 * n), np.fft.fft(a[0], 2 * n)
    return (np.fft.ifft(of * of_x + of.conj() * of_x).real[:n],)


def autocorrelation_wrong(a: Any, out: Any, ct: Any) -> Any:
    n = len(ct)
    return (np.fft.ifft(2 * np.fft.fft(ct, 2 * n) * np.fft.fft(a[0], 2 * n)).real[:n],)


def analytic(n: int) -> Any:
    weights = np.zeros(n)
    weights[0] = 1
    weights[1 : (n + 1) // 2] = 2
    if n % 2 == 0:
        weights[n // 2] = 1
    return weights


def envelope(x: Any) -> Any:
    return np.abs(np.fft.ifft(np.fft.fft(x) * analytic(len(x)))) ** 2


def envelope_back(conjugated: bool) -> Any:
    def vjp(a: Any, out: Any, ct: Any) -> Any:
        weights = analytic(len(ct))
        z = np.fft.ifft(np.fft.fft(a[0]) * weights)
        return (np.fft.ifft(np.fft.fft(2 * ct * (z.conj() if conjugated else z)) * weights).real,)

    return vjp


def poisson(f: Any) -> Any:
    n, m = f.shape
    squares = -(np.fft.fftfreq(n, 1 / n)[:, None] ** 2 + np.fft.fftfreq(m, 1 / m)[None, :] ** 2)
    squares[0, 0] = 1
    found = np.fft.fft2(f) / squares
    found[0, 0] = 0
    return np.fft.ifft2(found).real


def slope(u: Any) -> Any:
    n = len(u)
    waves = 1j * np.fft.fftfreq(n, d=1.0 / n)
    waves[n // 2] = 0
    return np.real(np.fft.ifft(waves * np.fft.fft(u)))


def unitary(x: Any) -> Any:
    return np.fft.irfft(np.fft.rfft(x, norm="ortho") ** 2, n=x.size, norm="ortho")


def unitary_back(norm: Any) -> Any:
    def vjp(a: Any, out: Any, ct: Any) -> Any:
        return (np.fft.irfft(2 * np.conj(np.fft.rfft(a[0], norm=norm)) * np.fft.rfft(ct, norm=norm), a[0].size, norm=norm),)

    return vjp


def columns(m: Any) -> Any:
    return np.abs(np.fft.fft(m, axis=0)) ** 2


def columns_back(axis: int) -> Any:
    return lambda a, out, ct: (2 * a[0].shape[axis] * np.fft.ifft(ct * np.fft.fft(a[0], axis=axis), axis=axis).real,)


WINDOW, BANK = np.hanning(4), np.abs(RNG.normal(size=(3, 3)))


def frames(x: Any) -> Any:
    return np.stack([x[i : i + 4] for i in range(0, len(x) - 3, 2)])


def log_mel(x: Any) -> Any:
    return np.log(np.abs(np.fft.rfft(frames(x) * WINDOW, axis=1)) ** 2 @ BANK.T + 1e-6)


def log_mel_back(factor: float) -> Any:
    def vjp(a: Any, out: Any, ct: Any) -> Any:
        found = np.fft.rfft(frames(a[0]) * WINDOW, axis=1)
        of_power = (ct / (np.abs(found) ** 2 @ BANK.T + 1e-6)) @ BANK
        of_frames = half_back(2 * of_power * found, 4) * WINDOW * factor
        result = np.zeros_like(a[0])
        for k, own in enumerate(of_frames):
            result[2 * k : 2 * k + 4] += own
        return (result,)

    return vjp


def spectral_layer(x: Any, real: Any, imag: Any) -> Any:
    n = x.shape[-1]
    found = np.fft.rfft(x, axis=-1)
    mixed = np.zeros((real.shape[1], found.shape[1]), dtype=complex)
    mixed[:, :3] = np.einsum("ik,iok->ok", found[:, :3], real + 1j * imag)
    return np.fft.irfft(mixed, n=n, axis=-1)


def spectral_back(doubled: bool) -> Any:
    def vjp(a: Any, out: Any, ct: Any) -> Any:
        x, real, imag = a
        n = x.shape[-1]
        found = np.fft.rfft(x, axis=-1)
        weights = np.full(found.shape[1], 2.0 if doubled else 1.0)
        weights[0] = 1.0
        if n % 2 == 0:
            weights[-1] = 1.0
        of_mixed = (np.fft.rfft(ct, axis=-1) * weights / n)[:, :3]
        of_weights = np.einsum("ik,ok->iok", found[:, :3].conj(), of_mixed)
        return half_back(np.einsum("iok,ok->ik", real - 1j * imag, of_mixed), n), of_weights.real, of_weights.imag

    return vjp


def roots(n: int) -> Any:
    k = np.arange(n)
    return np.exp(-2j * np.pi * np.outer(k, k) / n)


def by_matrix(x: Any) -> Any:
    return np.abs(roots(len(x)) @ x) ** 2


def by_matrix_back(conjugated: bool) -> Any:
    def vjp(a: Any, out: Any, ct: Any) -> Any:
        matrix = roots(len(ct))
        return (2 * np.real((matrix.conj() if conjugated else matrix).T @ (ct * (matrix @ a[0]))),)

    return vjp


TWINS: dict[str, tuple[Any, tuple[Any, ...], Any, Any]] = {
    "circular convolution, not conjugated": (circular, (X, K), circular_right, circular_wrong),
    "filter, 1/n too much": (filtered, (X,), filtered_right, lambda a, out, ct: (filtered_right(a, out, ct)[0] / len(ct),)),
    "power spectrum, inner entries twice": (spectrum, (X,), spectrum_right, spectrum_wrong),
    "low pass, of another band": (
        low_pass,
        (X,),
        lambda a, out, ct: (low_pass(ct),),
        lambda a, out, ct: (np.fft.ifft(np.where(np.abs(np.fft.fftfreq(len(ct))) > 0.3, 0, np.fft.fft(ct))).real,),
    ),
    "autocorrelation, one factor": (autocorrelation, (X,), autocorrelation_right, autocorrelation_wrong),
    "envelope, conjugated": (envelope, (X,), envelope_back(False), envelope_back(True)),
    "Poisson equation, sign": (poisson, (M,), lambda a, out, ct: (poisson(ct),), lambda a, out, ct: (-poisson(ct),)),
    "spectral derivative, sign": (
        lambda u: u * slope(u),
        (X,),
        lambda a, out, ct: (ct * slope(a[0]) - slope(ct * a[0]),),
        lambda a, out, ct: (ct * slope(a[0]) + slope(ct * a[0]),),
    ),
    "unitary, another norm": (unitary, (X,), unitary_back("ortho"), unitary_back(None)),
    "columns, the other axis": (columns, (M,), columns_back(0), columns_back(1)),
    "mel spectrogram, n forgotten": (log_mel, (X,), log_mel_back(1.0), log_mel_back(0.25)),
    "spectral layer, inner entries once": (
        spectral_layer,
        (RNG.normal(size=(2, 6)), RNG.normal(size=(2, 3, 3)), RNG.normal(size=(2, 3, 3))),
        spectral_back(True),
        spectral_back(False),
    ),
    "matrix of roots, not conjugated": (by_matrix, (X,), by_matrix_back(True), by_matrix_back(False)),
}


@pytest.mark.parametrize("name", TWINS)
def test_a_right_backward_is_certified_and_its_wrong_twin_is_flagged(name: str, twins: Asked) -> None:
    twins(*TWINS[name])


def test_transforms_of_single_precision_are_judged_by_their_own_roundings() -> None:
    x = X.astype(np.float32)
    assert check(filtered, (x,), filtered_right).ok
    assert check(filtered, (x,), lambda a, out, ct: (filtered_right(a, out, ct)[0] * np.float32(1.001),)).verdict is Verdict.WRONG


@pytest.mark.parametrize("n", [7, 31])
def test_lengths_that_are_prime_are_judged_too(n: int) -> None:
    x = RNG.normal(size=n)
    assert check(spectrum, (x,), spectrum_right, effort="quick").certified


def test_what_loses_more_than_transforms_lose_is_flagged() -> None:
    def lossy(a: Any, out: Any, ct: Any) -> Any:
        return ((filtered_right(a, out, ct)[0] + 1e7) - 1e7,)

    assert not check(filtered, (X,), lossy).ok
