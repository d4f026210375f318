"""What another process can import, as far as can be told from this one.

>>> import functools
>>> where_to_import(np.tanh), where_to_import(np.linalg.norm), where_to_import(functools.partial)
(('numpy', 'tanh'), ('numpy.linalg', 'norm'), ('functools', 'partial'))
>>> where_to_import(lambda x: x) is None
True
>>> attribute(np, "linalg.norm") is np.linalg.norm, attribute(np, "no.such")
(True, None)
>>> where_to_import(3) is None
True
"""

from __future__ import annotations

import inspect
import sys
from typing import Any

import numpy as np

from backproof.verify.time_limits import PASSING


def where_to_import(value: Any) -> tuple[str, str] | None:
    """The module and the name in it by which another process finds a value; None where there is none."""
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None) or getattr(value, "__name__", "")
    if isinstance(value, np.ufunc):
        module = "numpy"
    if not isinstance(module, str) or not isinstance(name, str) or module in ("__main__", "builtins") or "<" in name or not name:
        return None
    if attribute(sys.modules.get(module), name) is not value and not _is_bound_alike(module, name, value):
        return None
    return (module, name) if _can_be_found(module) else None


def _is_bound_alike(module: str, name: str, value: Any) -> bool:
    found = attribute(sys.modules.get(module), name)
    return inspect.ismethod(value) and inspect.ismethod(found) and found.__func__ is value.__func__


def _can_be_found(module: str) -> bool:
    """Whether another process would find the file of a module, as far as can be told here."""
    top = module.partition(".")[0]
    if getattr(sys.modules.get(module), "__spec__", None) is None:
        return False
    try:
        return any(finder.find_spec(top, None) is not None for finder in sys.meta_path if hasattr(finder, "find_spec"))
    except PASSING:
        raise
    except Exception:  # a finder of somebody else's
        return False


def attribute(owner: Any, qualified: str) -> Any:
    """What a dotted name leads to; None where it leads nowhere."""
    for name in qualified.split("."):
        owner = getattr(owner, name, None)
    return owner
