"""A few lines to paste that run a failing check again at the point where it failed, in a process of their own.

>>> import numpy as np
>>> print(reproduction(Given(np.tanh, None), (np.array([0.5]),), np.array([1.0]), seed=0))
import numpy as np
from numpy import tanh
from backproof.verify import assert_correct
<BLANKLINE>
args = (np.array([0.5]),)
assert_correct(tanh, args, cotangent=np.array([1.0]), seed=0)
>>> reproduction(Given(np.tanh, None), (np.zeros(1000),), np.zeros(1000), seed=3).splitlines()[-2]
'args = ...  # supply: 1,000 numbers, those that the check was given; it failed with seed 3'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.handed.carried import MOST_NUMBERS, Program
from backproof.verify.gradient_oracle.handed.trees import taken_apart
from backproof.verify.gradient_oracle.handed.written import as_source

ASSERT, LAYER = "from backproof.verify import assert_correct", "from backproof.verify import check_layer"


@dataclass(frozen=True)
class Given:
    """What the caller gave: the forward, the backward, the other `functions` by the names of their options, and the
    `options` that are values, where they are not what they are by default."""

    f: Any
    vjp: Any
    functions: Mapping[str, Any] = field(default_factory=dict[str, Any])
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])


def reproduction(given: Given, args: Sequence[Any], cotangent: Any, seed: int, held: Sequence[str] = ()) -> str:
    """Imports, definitions, arguments with all their digits, and the call; a name and "supply" for what has no source,
    and for arguments that are too many to write down; `held` says what else is to be supplied."""
    program = Program()
    f = "None" if given.f is None else program.function(given.f, "f")
    roles = {"vjp": given.vjp, **given.functions}
    backwards = [f"{role}={program.function(one, role)}" for role, one in roles.items() if one is not None]
    numbers = _numbers(args)
    options: list[str] = []
    if numbers > MOST_NUMBERS:
        shown = f"...  # supply: {numbers:,} numbers, those that the check was given; it failed with seed {seed}"
    else:
        parts = [program.value(a, f"arg{k}") for k, a in enumerate(args)]
        shown = f"({', '.join(parts)}{',' if len(args) == 1 else ''})"
        seeds = [leaf for leaf in taken_apart(cotangent)[0] if leaf is not None] if cotangent is not None else []
        options += [f"cotangent={as_source(cotangent)}"] if seeds and sum(map(np.size, seeds)) <= MOST_NUMBERS else []
    options += [f"{name}={program.value(value, name)}" for name, value in given.options.items()]
    call = ", ".join([f, "args", *backwards, *options, f"seed={seed}"])
    program.imports(ASSERT)
    return "\n".join([program.text(), *(f"# {words}" for words in held), "", f"args = {shown}", f"assert_correct({call})"])


def of_layer(
    make: Any, inputs: Sequence[Any], values: Any, functions: Mapping[str, Any], options: Mapping[str, Any], seed: int, held: Sequence[str]
) -> str:
    """Lines that check a layer again, with the parameters at which it failed."""
    program = Program()
    made = program.function(make, "make")
    numbers = _numbers((*inputs, values))
    shown = f"...  # supply: {numbers:,} numbers, those that the check was given"
    if numbers <= MOST_NUMBERS:
        parts = [program.value(a, f"x{k}") for k, a in enumerate(inputs)]
        shown = f"({', '.join(parts)}{',' if len(parts) == 1 else ''})"
    told = [f"{name}={program.function(one, name)}" for name, one in functions.items() if one is not None]
    told += [f"{name}={program.value(value, name)}" for name, value in options.items()]
    program.imports(LAYER)
    at = isinstance(values, dict) and bool(values) and numbers <= MOST_NUMBERS
    lines = [program.text(), "", f"x = {shown}", *([f"# it failed with the parameters {as_source(values)}"] if at else [])]
    lines += [f"# {words}" for words in held]
    return "\n".join([*lines, f"print(check_layer({', '.join([made, 'x', *told, f'seed={seed}'])}).explain())"])


def _numbers(values: Sequence[Any]) -> int:
    return sum(int(np.size(a)) for a in taken_apart(tuple(values))[0] if isinstance(a, np.ndarray | np.generic | float))
