"""A few lines to paste that run a failing check again at the point where it failed.

>>> import numpy as np
>>> print(reproduction(np.tanh, None, (np.array([0.5]),), np.array([1.0]), seed=0))
import numpy as np
from numpy import tanh
from backproof.verify import assert_correct
<BLANKLINE>
args = (np.array([0.5]),)
assert_correct(tanh, args, cotangent=np.array([1.0]), seed=0)
>>> reproduction(np.tanh, None, (np.zeros(1000),), np.zeros(1000), seed=3).splitlines()[-2]
'args = ...  # 1,000 numbers: those that the check was given; it failed with seed 3'
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.given.words import of_what
from backproof.verify.gradient_oracle.handed.trees import is_container, taken_apart

MOST_NUMBERS = 100  # chosen: arguments that one pastes; more are not written down


def reproduction(
    f: Any,
    vjp: Any,
    args: Sequence[Any],
    cotangent: Any,
    seed: int,
    gradient: Any = None,
    value_and_gradient: Any = None,
    residual: Any = None,
    wrt: Any = None,
    held: Sequence[str] = (),
) -> str:
    """Imports, arguments with all their digits, and the call; a comment where a function cannot be imported, an argument
    has no source, or the arguments are too many to write down; `held` says what else is to be supplied."""
    imports = ["import numpy as np"]
    comments: list[str] = []
    names: dict[str, str] = {}
    for role, function in (
        ("f", f),
        ("vjp", vjp),
        ("gradient", gradient),
        ("value_and_gradient", value_and_gradient),
        ("residual", residual),
    ):
        if function is None:
            continue
        names[role] = _imported(function, role, imports, comments)
    leaves = taken_apart(tuple(args))[0]
    numbers = sum(np.size(a) for a in leaves if isinstance(a, np.ndarray | np.generic | float))
    if numbers > MOST_NUMBERS:
        given = f"args = ...  # {numbers:,} numbers: those that the check was given; it failed with seed {seed}"
        options = [f"seed={seed}"]
    else:
        shown = [_shown(k, a, comments) for k, a in enumerate(args)]
        given = f"args = ({', '.join(shown)}{',' if len(args) == 1 else ''})"
        options = [f"cotangent={as_source(cotangent)}"] if cotangent is not None and np.size(cotangent) <= MOST_NUMBERS else []
        options += [] if wrt is None else [f"wrt={wrt!r}"]
        options.append(f"seed={seed}")
    backwards = [f"{role}={names[role]}" for role in ("vjp", "gradient", "value_and_gradient", "residual") if role in names]
    calls = [names.get("f", "None"), "args", *backwards, *options]
    header = [*dict.fromkeys(imports), "from backproof.verify import assert_correct", *dict.fromkeys(comments)]
    header += [f"# {words}" for words in held]
    return "\n".join([*header, "", given, f"assert_correct({', '.join(calls)})"])


def _shown(k: int, value: Any, comments: list[str]) -> str:
    """An argument as source; a name, and a comment of what it is, where it has none."""
    if all(isinstance(leaf, np.ndarray | np.generic) or leaf is Ellipsis or _is_literal(as_source(leaf)) for leaf in taken_apart(value)[0]):
        return as_source(value)
    comments.append(f"# arg{k}: argument {k}, {of_what(value)}, as the check was given")
    return f"arg{k}"


def _is_literal(text: str) -> bool:
    try:
        ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text in ("np.nan", "np.inf", "-np.inf")
    return True


def _imported(function: Any, role: str, imports: list[str], comments: list[str]) -> str:
    """The name by which the function is known after the imports."""
    name, module = getattr(function, "__qualname__", ""), getattr(function, "__module__", None)
    if name.isidentifier() and isinstance(function, np.ufunc):
        module = "numpy"
    if module in (None, "__main__", "builtins") or not name.isidentifier():
        comments.append(f"# {role}: {where_is(function)}")
        return name if name.isidentifier() else role
    imports.append(f"from {module} import {name}")
    return name


def where_is(function: Any) -> str:
    """Where a function or a class stands, in words."""
    try:
        file, line = inspect.getsourcefile(function) or "?", inspect.getsourcelines(function)[1]
        return f"the {'class' if isinstance(function, type) else 'function'} at {file.rsplit('/', 1)[-1]}:{line}"
    except (TypeError, OSError):
        return f"the {type(function).__name__} that was checked"


def as_source(value: Any) -> str:
    """A value as Python source, with every digit.

    >>> as_source(np.array([[0.1, np.inf]], dtype=np.float32)), as_source(2.5), as_source(np.float64(1.5))
    ('np.array([[0.10000000149011612, np.inf]], dtype=np.float32)', '2.5', '1.5')
    >>> as_source({"W": np.ones(1), "b": [0.5, None]})
    "{'W': np.array([1.0]), 'b': [0.5, None]}"
    """
    if isinstance(value, np.ndarray):
        text = _listed(value.tolist())
        plain = value.dtype in (np.dtype(np.float64), np.dtype(np.int64), np.dtype(bool)) and value.size > 0
        return f"np.array({text})" if plain else f"np.array({text}, dtype={_dtype(value.dtype)})"
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
        return f"{_dtype(value.dtype)}({_listed(value.item())})"
    return _listed(value.item() if isinstance(value, np.generic) else value)


def _dtype(dtype: Any) -> str:
    return f"np.{dtype.name}" if hasattr(np, dtype.name) else f"'{dtype.name}'"


def _listed(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_listed, value))}]"
    if isinstance(value, float) and not np.isfinite(value):
        return "np.nan" if np.isnan(value) else "np.inf" if value > 0 else "-np.inf"
    return repr(float(value)) if hasattr(value, "__float__") and not isinstance(value, int | float | bool | complex) else repr(value)
