"""`ShownDtype`: the dtype of lifted numbers in patched code, whose `type` is the one that patched code knows.

Everything but `type` is the dtype's own; NumPy takes it for the dtype.

>>> shown = ShownDtype(np.dtype(np.float32))
>>> shown == np.float32, np.zeros(1, dtype=shown).dtype, shown in {np.dtype(np.float32)}, isinstance(shown, np.dtype)
(True, dtype('float32'), True, True)
>>> ShownDtype(np.dtype(bool)).no_such_name
Traceback (most recent call last):
    ...
AttributeError: 'numpy.dtypes.BoolDType' object has no attribute 'no_such_name'
>>> shown.kind, f"{shown}", shown == np.float64
('f', 'float32', False)
"""

from __future__ import annotations

from types import FrameType
from typing import Any

import numpy as np

from backproof.verify.lift.tape.tape import NOW


class ShownDtype:
    """The dtype `dtype`."""

    __slots__ = ("dtype",)

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self.dtype = dtype

    @property
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        return type(self.dtype)

    @property
    def type(self) -> Any:
        return NOW.tape.front.shown(self.dtype.type)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.dtype, name)

    def __eq__(self, other: object) -> bool:
        return bool(self.dtype == dtype_of(other))

    def __hash__(self) -> int:
        return hash(self.dtype)

    def __repr__(self) -> str:
        return repr(self.dtype)

    def __str__(self) -> str:
        return str(self.dtype)

    def __reduce__(self) -> Any:
        return self.dtype.__reduce__()


def dtype_of(value: Any) -> Any:
    """The dtype itself; anything else as it is."""
    return value.dtype if type(value) is ShownDtype else value


def shown_to(frame: FrameType) -> Any:
    """The dtype of the lifted numbers of the run, as code in this frame sees it: patched code has other globals than a
    plain dictionary."""
    dtype = NOW.tape.dtype
    return dtype if type(frame.f_globals) is dict or NOW.tape.front.shown(dtype.type) is dtype.type else ShownDtype(dtype)
