"""`Flags`: the flags of a lifted array are NumPy's, but for one: an array that is no part of another owns its data.

>>> from backproof.verify.lift.arrays.arrays import zeros
>>> whole = zeros(3)
>>> Flags(whole)["OWNDATA"], Flags(whole[:2]).owndata, Flags(whole).writeable
(True, False, True)
>>> Flags(whole)["NO SUCH FLAG"]
Traceback (most recent call last):
    ...
KeyError: 'Unknown flag'
"""

from __future__ import annotations

from typing import Any

import numpy as np


class Flags:
    """The flags of `array`, whose `base` is the lifted array of which it is a part."""

    __slots__ = ("array",)

    def __init__(self, array: Any) -> None:
        object.__setattr__(self, "array", array)

    def _own(self) -> Any:
        return np.ndarray.flags.__get__(self.array)  # pyright: ignore[reportAttributeAccessIssue]

    def __getattr__(self, name: str) -> Any:
        return self.array.base is None if name == "owndata" else getattr(self._own(), name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._own(), name, value)

    def __getitem__(self, name: str) -> Any:
        return self.array.base is None if name in ("OWNDATA", "O") else self._own()[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._own()[name] = value

    def __repr__(self) -> str:
        return repr(self._own())
