"""What formulas that other people write may lose: `textbook_errors(name, value, operand, D, system)`, added to the error of a local Jacobian when somebody else's
engine is on trial.

Backproof's rows avoid some cancellations, where libraries compute a local derivative from the value v of the vertex, and lose digits that no correct implementation
of that formula
can keep. With L units of roundoff assumed for a library function (`running_errors.LIBRARY`), in units of roundoff:

- tanh' = 1 − v²:                    (2L + 1)·v² + |D|
- sigmoid' = v·(1 − v):              ((L + 2) + 1)·|v| + 2|D|
- log-softmax: D = I − exp(v):       |I − D|·(L + |v| + 1)
- log-sum-exp: D = exp(x − v):       |D|·(L + |x| + |v| + 1)

Those are the formulas of PyTorch's and autograd's backward passes.

>>> from backproof.engine import FLOAT64
>>> v = np.tanh(np.array([10.0]))
>>> float(textbook_errors("tanh", v, np.array([10.0]), np.array([[1 - 0.99999]]), FLOAT64)[0, 0]) > 1e-16
True
>>> textbook_errors("sin", v, v, np.array([[1.0]]), FLOAT64)
array([[0.]])
>>> from backproof.engine import RATIONAL
>>> textbook_errors("tanh", v, v, np.array([[1.0]]), RATIONAL)
Traceback (most recent call last):
    ...
ValueError: textbook formulas are rounded in hardware number systems, found rational
"""

from __future__ import annotations

import numpy as np

from backproof.engine import NumberSystem
from backproof.engine.number_systems import Array
from backproof.verify.numbers.float_model import LIBRARY


def textbook_errors(name: str, value: Array, operand: Array, D: Array, system: NumberSystem) -> Array:
    """The absolute error that the usual formula of this function may add to each entry of D; 0 for functions whose usual formula loses nothing."""
    if system.name not in LIBRARY:
        raise ValueError(f"textbook formulas are rounded in hardware number systems, found {system.name}")
    library, size, values = LIBRARY[system.name], np.abs(D), np.abs(value).reshape(-1)
    if name == "tanh":
        units = np.diag((2 * library + 1) * values**2) + size
    elif name == "sigmoid":
        units = np.diag((library + 3) * values) + 2 * size
    elif name == "log_softmax":
        units = np.abs(np.eye(*D.shape) - D) * (library + np.max(values) + 1)
    elif name == "logsumexp":
        units = size * (library + np.max(np.abs(operand)) + np.max(values) + 1)
    else:
        return np.zeros(D.shape)
    return units * float(system.unit_roundoff)
