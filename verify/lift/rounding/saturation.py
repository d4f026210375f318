"""Whether a formula loses digits because its arguments are small: `amplification`, `largest_flow`, `is_below_roundings`.

y·(1 − y) loses the digits of 1 − y where the logistic function is saturated; everybody computes it so. Close to zero a
formula is asked to be backward stable, since what it loses there may grow without bound: (x·cos x − sin x)/x² is off by
u/x. The two are told apart by how the loss answers to the size of the arguments. That of sin x / x grows where they
shrink; that of a sigmoid of x + 4 stays what it is, since it is the constant that saturates it, and then it counts for
no more than roundings of the adjoints that come in.

>>> import numpy as np
>>> from backproof.verify.lift.numpy_code.lifting import lift, lift_backward
>>> from backproof.verify.lift.rounding.bounds import formula_of
>>> from backproof.verify.lift.rounding.second_derivatives import reverse_sweep
>>> def loss(f, gradient, x):
...     args, ct = (np.array([x]),), np.array([1.0])
...     forward = lift(f, args)
...     formula = formula_of(lift_backward(lambda args, out, ct: (ct * gradient(args[0]),), args, None, ct, forward=forward))
...     return amplification(reverse_sweep(forward, ct), 0, (0,), formula, formula.backward.outputs[0][0])
>>> gate = lambda x: 1 / (1 + np.exp(-(x + 4)))
>>> [round(loss(gate, lambda x: gate(x) * (1 - gate(x)), x) / 2.0**-53) for x in (1e-4, 1e-8)]
[145, 145]
>>> [f"{loss(lambda x: np.sin(x) / x, lambda x: (x * np.cos(x) - np.sin(x)) / x**2, x):.0e}" for x in (1e-2, 1e-4)]
['9e-11', '9e-07']
>>> loss(gate, lambda x: gate(x) * (1 - gate(x)), 1000.0)
inf
>>> is_below_roundings(4e-18, 4e-18, 1.0, 2.0**-53), is_below_roundings(1e-18, 4e-18, 1.0, 2.0**-53)
(True, False)
"""

from __future__ import annotations

import math
from typing import Any

from backproof.verify.lift.rounding.bounds import Formula, rounding_of_formula, rounding_of_sweep
from backproof.verify.lift.rounding.second_derivatives import ReverseSweep, moved
from backproof.verify.numbers.ball_arrays import precision

DIGITS_LOST = 0.25  # chosen: of a derivative; floats that are off by less still say how large it is


def is_below_roundings(error: float, size: float, largest: float, u: float) -> bool:
    """Whether a derivative is smaller than one rounding of the largest, and floats have lost it: it is saturated."""
    return size <= u * largest and DIGITS_LOST * size < error <= u * largest


def amplification(sweep: ReverseSweep, place: int, index: tuple[int, ...], formula: Formula, own: Any) -> float:
    """What a reverse sweep and a formula may lose in one entry of a gradient, `own`, beside its condition."""
    bounds = rounding_of_sweep(sweep, place, index)
    lost = bounds.lost + rounding_of_formula(formula, own)
    return lost / bounds.condition if bounds.condition and math.isfinite(lost) else math.inf


def largest_flow(sweep: ReverseSweep, place: int, index: tuple[int, ...]) -> float:
    """How large an adjoint is at most by the time it comes to the entry: the largest adjoint times the largest slope of
    a value that the entry goes into."""
    found = moved(sweep, place, index)
    if found is None:
        return math.inf
    with precision(sweep.tape.bits):
        slopes = [slope for v, slope in found.slopes.items() if sweep.tape.nodes[v][1]]
        adjoints = [
            size for size, (_, operands, _) in zip(sweep.sizes, sweep.tape.nodes, strict=False) if operands
        ]  # a backward adds nodes
    return max(slopes, default=1.0) * max(adjoints, default=0.0)


def largest_seed(sweep: ReverseSweep, place: int, index: tuple[int, ...]) -> float:
    """The largest cotangent of the outputs that the entry goes into."""
    leaf = int(sweep.tape.shapes[place][index])
    reached, waiting = {leaf}, [leaf]
    while waiting:
        for v, _ in sweep.uses[waiting.pop()]:
            if v not in reached:
                reached.add(v)
                waiting.append(v)
    return max((max(sizes) for v, sizes in sweep.seeded.items() if v in reached), default=0.0)
