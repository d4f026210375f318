"""What a front end hands to scalars and arrays, as one frozen record: `Front`. A tape carries it, so that neither
imports a front end.

>>> told = Front(
...     ufunc=lambda ufunc, method, inputs, options: f"{ufunc.__name__} of {len(inputs)}",
...     function=lambda function, args, options: function.__name__,
...     shown=lambda kind: kind,
...     attribute=lambda x, name: name,
...     index=lambda x, key: key,
... )
>>> import numpy as np
>>> told.ufunc(np.add, "__call__", (1, 2), {}), told.function(np.sort, (1,), {})
('add of 2', 'sort')
>>> told.shown = str
Traceback (most recent call last):
    ...
dataclasses.FrozenInstanceError: cannot assign to field 'shown'
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Front:
    """The five functions that scalars and arrays ask for.

    `ufunc(ufunc, method, inputs, options)`   what a NumPy ufunc becomes
    `function(function, args, options)`       what another NumPy function becomes
    `shown(kind)`                             the type that code sees of a number whose type is `kind` in floats
    `attribute(x, name)`                      an attribute of a scalar that no rule has
    `index(x, key)`                           x[key] of a scalar
    """

    ufunc: Callable[[Any, str, Sequence[Any], dict[str, Any]], Any]
    function: Callable[[Any, Sequence[Any], dict[str, Any]], Any]
    shown: Callable[[type], Any]
    attribute: Callable[[Any, str], Any]
    index: Callable[[Any, Any], Any]
