"""Faults in one range of magnitudes: powers that underflow or overflow in the backward pass, and only there."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads, Value

SINGLE = np.array([0.3, -0.4, 0.2, 0.5, -0.1], dtype=np.float32)


def kurtosis(x: Array) -> Value:
    return np.mean(x**4) / np.mean(x**2) ** 2


def kurtosis_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    size = np.max(np.abs(x))
    y = x / size
    second = np.mean(y**2)
    return (ct * 4 / np.float32(x.size) * (y**3 / second - out * y) / second / size,)


def kurtosis_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """By the quotient rule, in single precision, after loud signals are scaled down, but not faint ones: near 1e-8 the cube of the second moment underflows."""
    (x,) = args
    size = np.maximum(np.max(np.abs(x)), np.float32(1))
    y = x / size
    second, fourth = np.mean(y**2), np.mean(y**4)
    return (ct * 4 / np.float32(x.size) * (y**3 * second - fourth * y) / second**3 / size,)


def sixth_moment(x: Array) -> Value:
    return np.mean(x**6) / np.mean(x**2) ** 3


def sixth_moment_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    size = np.max(np.abs(x))
    y = x / size
    second = np.mean(y**2)
    return (ct * 6 / np.float32(x.size) * (y**5 / second**2 - out * y) / second / size,)


def sixth_moment_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """By the quotient rule, in single precision, after faint signals are scaled up, but not loud ones: at 1e5 the twelfth power overflows, and the gradient is not a number."""
    (x,) = args
    size = np.minimum(np.max(np.abs(x)), np.float32(1))
    y = x / size
    second, sixth = np.mean(y**2), np.mean(y**6)
    numerator = y**5 * second**3 - sixth * second**2 * y
    return (ct * 6 / np.float32(x.size) * numerator / second**6 / size,)


def volume(x: Array) -> Value:
    if x.shape != (3,):
        raise ValueError("three edges")
    return x[0] * x[1] * x[2]


def volume_right(args: Args, out: Array, ct: Array) -> Grads:
    (x,) = args
    return (ct * np.array([x[1] * x[2], x[0] * x[2], x[0] * x[1]]),)


def volume_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The output divided by each edge, with a guard for zeros: in single precision the product of three edges of 1e-15 is no longer a normal number."""
    (x,) = args
    exact = np.array([x[1] * x[2], x[0] * x[2], x[0] * x[1]])
    return (ct * np.where(x == 0, exact, out / np.where(x == 0, x.dtype.type(1), x)),)


def log_cosh(x: Array) -> Array:
    return np.log(np.cosh(x))


def log_cosh_right(args: Args, out: Array, ct: Array) -> Grads:
    return (ct * np.tanh(args[0]),)


def log_cosh_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """tanh from exp(2 x), which overflows from 355 on; the forward pass holds until 710."""
    return (ct * np.expm1(2 * args[0]) / (np.exp(2 * args[0]) + 1),)


def energy(momentum: Array, mass: Array) -> Array:
    if np.any(momentum < 0):
        raise ValueError("the size of a momentum is not negative")
    return np.sqrt(momentum**2 + mass**2)


def energy_right(args: Args, out: Array, ct: Array) -> Grads:
    momentum, mass = args
    return ct * momentum / out, ct * mass / out


def energy_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The velocity from energy and mass, as sqrt(1 - (m/E)²): next to rest no digit of it is left."""
    _, mass = args
    return ct * np.sqrt(1 - (mass / out) ** 2), ct * mass / out


def occupation(energies: Array, temperature: Array) -> Array:
    if temperature <= 0.1:
        raise ValueError("too cold for this model")
    return 0.5 * (1 - np.tanh(energies / (2 * temperature)))


def occupation_right(args: Args, out: Array, ct: Array) -> Grads:
    energies, temperature = args
    slope = -out * (1 - out) / temperature
    return ct * slope, -np.sum(ct * slope * energies) / temperature


def occupation_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """exp(E/T) over its successor squared: infinity over infinity for one energy far above the temperature."""
    energies, temperature = args
    factor = np.exp(energies / temperature)
    slope = -factor / (1 + factor) ** 2 / temperature
    return ct * slope, -np.sum(ct * slope * energies) / temperature


MODE = 1e7


def inner_energy(temperature: Array) -> Array:
    return 1.5 * temperature + MODE / np.expm1(MODE / temperature)


def inner_energy_right(args: Args, out: Array, ct: Array) -> Grads:
    frozen = args[0] == 0
    half = MODE / (2 * np.where(frozen, 1.0, args[0]))
    with np.errstate(over="ignore"):
        return (ct * (1.5 + np.where(frozen, 0.0, (half / np.sinh(half)) ** 2)),)


def inner_energy_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The heat capacity without the mode of ten million kelvin, which is frozen out to all digits at any ordinary temperature."""
    return (ct * 1.5 * np.ones_like(args[0]),)


CASES = [
    Case(
        name="kurtosis of a faint signal",
        f=kurtosis,
        args=(SINGLE,),
        right=kurtosis_right,
        wrong=kurtosis_wrong,
        exposes=(np.float32(1e-8) * SINGLE,),
        needs="point",
        accuracy=1e-5,
    ),
    Case(
        name="sixth moment of a loud signal",
        f=sixth_moment,
        args=(10 * SINGLE,),
        right=sixth_moment_right,
        wrong=sixth_moment_wrong,
        exposes=(np.float32(1e5) * SINGLE,),
        needs="point",
        accuracy=1e-5,
    ),
    Case(
        name="heat capacity without a frozen mode",
        f=inner_energy,
        args=(np.array([0.8, 1.3, 2.1]),),
        right=inner_energy_right,
        wrong=inner_energy_wrong,
        exposes=(np.array([0.8e7, 1.3e7, 2.1e7]),),
        needs="point",
    ),
    Case(
        name="volume of a tiny box",
        f=volume,
        args=(np.array([1.3, 0.7, 1.9], dtype=np.float32),),
        right=volume_right,
        wrong=volume_wrong,
        exposes=(np.array([1.3e-15, 0.7e-15, 1.9e-15], dtype=np.float32),),
        needs="point",
        accuracy=1e-6,
    ),
    Case(
        name="log cosh of some hundreds",
        f=log_cosh,
        args=(np.array([14.0, -15.0, 2.0]),),
        right=log_cosh_right,
        wrong=log_cosh_wrong,
        exposes=(np.array([400.0, -500.0, 2.0]),),
        needs="point",
    ),
    Case(
        name="velocity from energy and mass",
        f=energy,
        args=(np.array([0.8, 1.7]), np.array([0.5, 1.1])),
        right=energy_right,
        wrong=energy_wrong,
        exposes=(np.array([0.8e-8, 1.7e-8]), np.array([0.5, 1.1])),
        needs="point",
    ),
    Case(
        name="occupation far above the temperature",
        f=occupation,
        args=(np.array([0.3, -0.7, 1.1]), np.array(0.9)),
        right=occupation_right,
        wrong=occupation_wrong,
        exposes=(np.array([0.3, -0.7, 1100.0]), np.array(0.9)),
        needs="point",
    ),
]
