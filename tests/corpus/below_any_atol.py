"""Effects below any fixed absolute tolerance: the whole gradient is small, or a small term of it is wrong through and through."""

from __future__ import annotations

import numpy as np
from cases import Args, Array, Case, Grads

X = np.array([0.3, -0.7, 1.1, 0.9])
W = np.array([0.5, -1.2, 0.8, 0.4])
BOLTZMANN = 1.380649e-23


def scaled_loss(x: Array) -> Array:
    return 1e-6 * np.tanh(x)


def scaled_loss_right(args: Args, out: Array, ct: Array) -> Grads:
    return (1e-6 * ct * (1 - np.tanh(args[0]) ** 2),)


def scaled_loss_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The sign is wrong, and the scale of 1e-6 puts all of it below the absolute tolerance."""
    return (-1e-6 * ct * (1 - np.tanh(args[0]) ** 2),)


def weight_decay(x: Array, w: Array) -> Array:
    return np.mean(np.log1p(np.exp(-x * w))) + 1e-9 * np.sum(w**4)


def weight_decay_right(args: Args, out: Array, ct: Array) -> Grads:
    x, w = args
    by_product = -ct / ((1 + np.exp(x * w)) * x.size)
    return by_product * w, by_product * x + 4e-9 * ct * w**3


def weight_decay_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The penalty's gradient is missing: 1e-9 of the weights, beside a loss of order one."""
    x, w = args
    by_product = -ct / ((1 + np.exp(x * w)) * x.size)
    return by_product * w, by_product * x


def current(voltage: Array) -> Array:
    return 1e-12 * (np.exp(voltage / 0.5) - 1)


def current_right(args: Args, out: Array, ct: Array) -> Grads:
    return (ct * 1e-12 * np.exp(args[0] / 0.5) / 0.5,)


def current_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """A diode's current in ampere: the division by the thermal voltage is missing, at a scale of 1e-12."""
    return (ct * 1e-12 * np.exp(args[0] / 0.5),)


def thermal_energy(temperature: Array) -> Array:
    return 1.5 * BOLTZMANN * np.sum(temperature**2)


def thermal_energy_right(args: Args, out: Array, ct: Array) -> Grads:
    return (3 * BOLTZMANN * ct * args[0],)


def thermal_energy_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """Zero comes back: in units of joule every difference is below every tolerance."""
    return (np.zeros_like(args[0]) * ct,)


def mixed_units(x: Array, w: Array) -> Array:
    return np.stack([np.sum(x * w), 1e-8 * np.sum(np.sin(x) * w)])


def mixed_units_right(args: Args, out: Array, ct: Array) -> Grads:
    x, w = args
    return ct[0] * w + 1e-8 * ct[1] * np.cos(x) * w, ct[0] * x + 1e-8 * ct[1] * np.sin(x)


def mixed_units_wrong(args: Args, out: Array, ct: Array) -> Grads:
    """The second output is smaller by 1e-8, and its sine has come back with a wrong sign."""
    x, w = args
    return ct[0] * w - 1e-8 * ct[1] * np.cos(x) * w, ct[0] * x + 1e-8 * ct[1] * np.sin(x)


CASES = [
    Case(
        name="loss scaled by 1e-6, wrong sign",
        f=scaled_loss,
        args=(X,),
        right=scaled_loss_right,
        wrong=scaled_loss_wrong,
        needs="tolerance",
    ),
    Case(name="tiny penalty left out", f=weight_decay, args=(X, W), right=weight_decay_right, wrong=weight_decay_wrong, needs="tolerance"),
    Case(name="diode current in ampere", f=current, args=(X,), right=current_right, wrong=current_wrong, needs="tolerance"),
    Case(
        name="energy in joule, gradient zero",
        f=thermal_energy,
        args=(X,),
        right=thermal_energy_right,
        wrong=thermal_energy_wrong,
        needs="tolerance",
    ),
    Case(
        name="second output smaller by 1e-8",
        f=mixed_units,
        args=(X, W),
        right=mixed_units_right,
        wrong=mixed_units_wrong,
        needs="tolerance",
    ),
]
