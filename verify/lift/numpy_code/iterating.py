"""`np.nditer` in patched code: `Iterating` walks over lifted arrays, and what is written into its entries is written into
them.

>>> from backproof.verify.lift.arrays.arrays import leaves
>>> from backproof.verify.lift.numpy_code.lifting import NUMPY
>>> from backproof.verify.lift.tape.tape import Tape, running
>>> with running(Tape(100, front=NUMPY)) as tape:
...     x = leaves(np.array([1.0, 2.0]), tape)
...     with Iterating(x, flags=["multi_index"], op_flags=["readwrite"]) as walk:
...         for entry in walk:
...             entry[...] = entry * entry
...             print(walk.multi_index, entry)
...     x.tolist()
(0,) 1.0
(1,) 4.0
[1.0, 4.0]
>>> Iterating(x, op_flags=["no such flag"])
Traceback (most recent call last):
    ...
ValueError: Unexpected per-op iterator flag "no such flag"
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from backproof.verify.lift.arrays.arrays import LiftedArray, array_of, is_plain, plain, wrapped


class Iterating:
    """An `np.nditer` whose arrays are lifted; what else it has is NumPy's."""

    def __init__(self, op: Any, flags: Any = (), op_flags: Any = None, op_dtypes: Any = None, *args: Any, **options: Any) -> None:
        several = isinstance(op, list | tuple)
        operands = [_operand(part) for part in op] if several else _operand(op)
        if any(isinstance(part, np.ndarray) and part.dtype == object for part in (operands if several else [operands])):
            flags, op_dtypes = [*flags, "refs_ok"], None
        given = {key: value for key, value in (("op_flags", op_flags), ("op_dtypes", op_dtypes)) if value is not None}
        self.walk: Any = np.nditer(operands, flags, *args, **given, **options)

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.walk, name)
        return _shown(found) if name in ("value", "operands", "itviews") else found

    def __setattr__(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value) if name == "walk" else setattr(self.walk, name, value)

    def __iter__(self) -> Iterator[Any]:
        return map(_shown, self.walk)

    def __next__(self) -> Any:
        return _shown(next(self.walk))

    def __len__(self) -> int:
        return len(self.walk)

    def __getitem__(self, key: Any) -> Any:
        return _shown(self.walk[key])

    def __setitem__(self, key: Any, value: Any) -> None:
        self[key][...] = value

    def __enter__(self) -> Iterating:
        self.walk.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self.walk.__exit__(*error)


def _operand(value: Any) -> Any:
    if value is None or (isinstance(value, np.ndarray) and is_plain(value)):
        return value
    return plain(value if isinstance(value, LiftedArray) else array_of(value))


def _shown(value: Any) -> Any:
    """Parts of the same memory, as lifted arrays."""
    if isinstance(value, tuple):
        return tuple(map(_shown, value))
    return wrapped(value) if isinstance(value, np.ndarray) and value.dtype == object else value
