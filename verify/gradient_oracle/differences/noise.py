"""How rough the values of a function are: `roughness(value, spacing)`.

At points so close to each other that a smooth function is a polynomial of a low degree, its fourth differences are
those of its errors: √(mean of their squares · 4!²/8!) is their size, if they are independent (R. W. Hamming,
*Introduction to Applied Numerical Analysis*, 1971; J. Moré and S. Wild, 2011). Errors are everywhere, a kink is at one
place: the smaller one of two places counts, neither of which is 0.

>>> roughness(lambda t: 3 * t + t * t, 2.0**-20) < 1e-20
True
>>> rounded = lambda t: round((1 + t) * 1e6) / 1e6
>>> 1e-7 < roughness(rounded, 1e-5 / 7) < 1e-6, roughness(abs, 2.0**-20)
(True, 0.0)
>>> roughness(math.sqrt, 2.0**-20)
Traceback (most recent call last):
    ...
ValueError: math domain error
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

POINTS = 9  # chosen: five differences of the fourth order
ORDER = 4  # chosen: at a spacing of 10⁻⁶ what is smooth leaves nothing of it
PLACES = (-1.2345, 0.3456)  # chosen, in roots of the spacing: away from 0, where arguments may have been put on a kink


def roughness(value: Callable[[float], float], spacing: float) -> float:
    """The size of the errors of the values near 0, at points this far apart; 0 where some have none."""
    return min(_rough_at(value, place * math.sqrt(spacing), spacing) for place in PLACES)


def _rough_at(value: Callable[[float], float], place: float, spacing: float) -> float:
    values = np.array([value(place + k * spacing) for k in range(POINTS)])
    if not np.all(np.isfinite(values)):
        return 0.0
    differences = np.diff(values, ORDER)
    return float(np.sqrt(np.mean(differences**2) * math.factorial(ORDER) ** 2 / math.factorial(2 * ORDER)))
