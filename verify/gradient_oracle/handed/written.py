"""Values as Python source, with every digit.

>>> as_source(np.array([[0.1, np.inf]], dtype=np.float32)), as_source(2.5), as_source(np.float64(1.5))
('np.array([[0.10000000149011612, np.inf]], dtype=np.float32)', '2.5', '1.5')
>>> as_source({"W": np.ones(1), "b": [0.5, None]}), as_source(np.zeros((0, 3)))
("{'W': np.array([1.0]), 'b': [0.5, None]}", 'np.zeros((0, 3))')
>>> is_literal(print)
False
"""

from __future__ import annotations

from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.handed.trees import is_container

LITERALS = (type(None), bool, int, float, complex, str, bytes)
PLAIN = (np.dtype(np.float64), np.dtype(np.int64), np.dtype(bool))  # dtypes that NumPy gives to what is written without one


def as_source(value: Any) -> str:
    """A value as Python source, with every digit; the `repr` of what is none of arrays, numbers and trees of them."""
    if isinstance(value, np.ndarray):
        return _array(value)
    if isinstance(value, dict) and type(value) is dict:
        return f"{{{', '.join(f'{key!r}: {as_source(part)}' for key, part in value.items())}}}"
    if type(value) in (list, tuple):
        listed = ", ".join(map(as_source, value))
        return f"[{listed}]" if isinstance(value, list) else f"({listed}{',' if len(value) == 1 else ''})"
    if is_container(value):
        named: Any = getattr(value, "_asdict", None)
        fields = vars(value) if named is None else named()
        return f"{type(value).__name__}({', '.join(f'{name}={as_source(part)}' for name, part in fields.items())})"
    if isinstance(value, np.generic) and value.dtype.name not in ("float64", "int64", "bool"):
        return f"{_dtype(value.dtype)}({_listed(value.item())})" if hasattr(np, value.dtype.name) else _array(np.asarray(value)) + "[()]"
    return _listed(value.item() if isinstance(value, np.generic) else value)


def is_literal(value: Any) -> bool:
    """Whether a value is written as a literal, or is a float that has none; no code of its own runs to see that.

    >>> is_literal({1, 2}), is_literal(float("nan")), is_literal(object())
    (True, True, False)
    """
    if type(value) is set:
        return all(type(one) in LITERALS for one in value)
    return type(value) in LITERALS


def _array(value: np.ndarray) -> str:
    dtype = "" if value.dtype in PLAIN and value.size else f", dtype={_dtype(value.dtype)}"
    if not value.size:
        dtype = "" if value.dtype == np.float64 else dtype
        return f"np.zeros({value.shape}{dtype})"
    return f"np.array({_listed(value.tolist())}{dtype})"


def _dtype(dtype: Any) -> str:
    return f"np.{dtype.name}" if hasattr(np, dtype.name) else f"'{dtype.name}'"


def _listed(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_listed, value))}]"
    if isinstance(value, float) and not np.isfinite(value):
        return "np.nan" if np.isnan(value) else "np.inf" if value > 0 else "-np.inf"
    return repr(float(value)) if hasattr(value, "__float__") and not isinstance(value, int | float | bool | complex) else repr(value)
