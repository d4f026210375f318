"""What formulas that other people write may lose: `textbook_errors(row, value, operand, D, system)`, added to the error
of a local Jacobian when somebody else's engine is on trial.

Backproof's rows avoid some cancellations, where libraries compute a local derivative from the value v of the vertex,
and lose digits that no correct implementation of that formula can keep: tanh' = 1 − v², sigmoid' = v·(1 − v), and
exp(v) in log-softmax and log-sum-exp. Those are the formulas of PyTorch's and autograd's backward passes. How much each
loses stands in its row (`Row.textbook`), in units of roundoff, with L units assumed for a library function
(`float_model.LIBRARY`).

>>> from backproof.engine import FLOAT64, RATIONAL
>>> from backproof.engine.functions import TABLE
>>> v = np.tanh(np.array([10.0]))
>>> float(textbook_errors(TABLE["tanh"], v, np.array([10.0]), np.array([[1 - 0.99999]]), FLOAT64)[0, 0]) > 1e-16
True
>>> textbook_errors(TABLE["sin"], v, v, np.array([[1.0]]), FLOAT64)
array([[0.]])
>>> textbook_errors(TABLE["tanh"], v, v, np.array([[1.0]]), RATIONAL)
Traceback (most recent call last):
    ...
ValueError: textbook formulas are rounded in hardware number systems, found rational
"""

from __future__ import annotations

import numpy as np

from backproof.engine import NumberSystem
from backproof.engine.functions.row import Row
from backproof.engine.number_systems import Array
from backproof.verify.numbers.float_model import LIBRARY


def textbook_errors(row: Row, value: Array, operand: Array, D: Array, system: NumberSystem) -> Array:
    """The absolute error that the usual formula of this function may add to each entry of D; 0 for functions whose
    usual formula loses nothing. ValueError unless `system` is a hardware number system."""
    if system.name not in LIBRARY:
        raise ValueError(f"textbook formulas are rounded in hardware number systems, found {system.name}")
    if row.textbook is None:
        return np.zeros(D.shape)
    return row.textbook(LIBRARY[system.name], value, operand, D) * float(system.unit_roundoff)
