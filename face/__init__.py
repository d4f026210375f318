"""What people import: `from backproof import check`.

- `check(f, args, vjp)` is this backward pass the derivative of this forward pass? The answer is a result to print, to
  save, and to show in a notebook
- `check_layer(make, x)` the same of layers and networks, by their own protocol
- `assert_correct(f, args, vjp)` the same in a test
- `trace(f, *args)` and `Graph` NumPy code as a computational graph

Every name stands in a layer below, is imported when it is first asked for, and is the same object there. No layer
imports this folder.

>>> import numpy as np
>>> from backproof import assert_correct, check
>>> check(np.tanh, (np.array([0.5]),), vjp=lambda args, out, ct: (ct * (1 - out * out),)).ok
True
>>> assert_correct(np.tanh, (np.array([0.5]),), vjp=lambda args, out, ct: (ct * (1 - out),))  # doctest: +ELLIPSIS
Traceback (most recent call last):
    ...
AssertionError: <lambda> is WRONG: ...
>>> check(np.tanh, (np.array([0.5]),), vjp=lambda args, out, ct: (ct * (1 - out),), name="my tanh").verdict
<Verdict.WRONG: 'WRONG'>
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from backproof.engine import Graph, trace
    from backproof.verify import assert_correct, check, check_layer

    __version__: str

__all__ = ["Graph", "__version__", "assert_correct", "check", "check_layer", "trace"]

LAYERS = ("engine", "theorems", "verify", "reports")
_HOMES = {
    **dict.fromkeys(("Graph", "trace"), "backproof.engine"),
    **dict.fromkeys(("assert_correct", "check", "check_layer"), "backproof.verify"),
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("importlib.metadata").version("backproof")
    if name not in _HOMES:
        raise AttributeError(f"module 'backproof' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, *LAYERS])
