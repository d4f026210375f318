"""All rules for NumPy functions in one table, `FUNCTIONS`, and the beginnings of the names that are refused.

>>> len(FUNCTIONS) > 50
True
>>> np.linalg.eig in FUNCTIONS
False
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.verify.lift.arrays import factors as lifted_factors
from backproof.verify.lift.arrays import functions as lifted_functions
from backproof.verify.lift.arrays import linalg as lifted_linalg
from backproof.verify.lift.arrays import norms as lifted_norms
from backproof.verify.lift.arrays import spectra as lifted_spectra

__all__ = ["FUNCTIONS", "REFUSED", "np"]

FUNCTIONS: dict[Any, Callable[..., Any]] = {
    **lifted_functions.FUNCTIONS,
    **lifted_linalg.FUNCTIONS,
    **lifted_factors.FUNCTIONS,
    **lifted_norms.FUNCTIONS,
    **lifted_spectra.FUNCTIONS,
}
REFUSED = ("numpy.fft.", "numpy.linalg.eig", "numpy.linalg.matrix_rank")
