"""The normal distribution of `scipy.stats`, as patched code sees it; what else the object has is SciPy's.

>>> import scipy.stats
>>> from backproof.verify.numbers.ball_arrays import arb
>>> from backproof.verify.lift.arrays.dispatch import ARRAYS
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=ARRAYS)) as tape:
...     x = tape.leaf(arb(1))
...     Normal(scipy.stats.norm).cdf(x), Normal(scipy.stats.norm)(0.0, 2.0).logpdf(x)
(0.8413447460685429, -1.737085713764618)
>>> Normal(scipy.stats.norm).name
'norm'
>>> Normal(scipy.stats.norm).no_such_name
Traceback (most recent call last):
    ...
AttributeError: 'norm_gen' object has no attribute 'no_such_name'
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from backproof.verify.lift.arrays.arrays import array_of, plain
from backproof.verify.lift.arrays.functions import by_rule
from backproof.verify.lift.numpy_code.guards import guarded
from backproof.verify.lift.tape.tape import Scalar
from backproof.verify.numbers.ball_arrays import arb


def _log_density(z: Any, scale: Any) -> Any:
    return -z * z / 2 - np.log(array_of(scale)) - array_of(Scalar((2 * arb.pi()).log() / 2))


METHODS: dict[str, Callable[[Any, Any], Any]] = {
    "logpdf": _log_density,
    "pdf": lambda z, scale: np.exp(_log_density(z, scale)),
    "cdf": lambda z, scale: array_of(by_rule("ndtr", z)),
    "logcdf": lambda z, scale: array_of(by_rule("log_ndtr", z)),
    "sf": lambda z, scale: array_of(by_rule("ndtr", -z)),
    "logsf": lambda z, scale: array_of(by_rule("log_ndtr", -z)),
}


class Normal:
    """`scipy.stats.norm`, and with parameters what it makes of them."""

    def __init__(self, original: Any, parameters: tuple[Any, Any] | None = None) -> None:
        self._original, self._parameters = original, parameters

    def __call__(self, loc: Any = 0.0, scale: Any = 1.0) -> Normal:
        return Normal(self._original, (loc, scale))

    def __getattr__(self, name: str) -> Any:
        if name not in METHODS:
            of = self._original if self._parameters is None else guarded(self._original.freeze)(*self._parameters)
            found = getattr(of, name)
            return guarded(found) if callable(found) else found
        low, wide = self._parameters or (0.0, 1.0)

        def function(x: Any, loc: Any = low, scale: Any = wide) -> Any:
            found = METHODS[name]((array_of(x) - loc) / scale, scale)
            return plain(array_of(found))[()] if np.ndim(plain(found)) == 0 else found

        return function
