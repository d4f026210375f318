"""What people import: `from backproof import check`.

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
