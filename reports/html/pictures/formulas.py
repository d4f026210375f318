"""The local function of a vertex in its own words: u₁ + u₂ with the names of its operands, its constants and attributes
where they are short.

A function that is not in the table, and one with operands that it does not take, is written as a call, with every
attribute by name: a new function is readable before anybody writes it here.

>>> own_formula({"function": "add", "operands": [1, 2], "attributes": {}}, {1: "u₁", 2: "u₂"})
'u₁ + u₂'
>>> own_formula({"function": "power", "operands": [1], "attributes": {"exponent": 3}}, {1: "z"})
'z³'
>>> own_formula({"function": "take", "operands": [1], "attributes": {"indices": [0, 2]}}, {1: "x"})
'x[0, 2]'
>>> own_formula({"function": "gelu", "operands": [1], "attributes": {"exact": True}}, {1: "a + b"})
'gelu((a + b), exact = True)'
>>> own_formula({"function": "add", "operands": [3], "attributes": {}}, {1: "u₁"})
Traceback (most recent call last):
    ...
KeyError: 3
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, cast

from backproof.reports.text import RAISED, clip

Names: TypeAlias = Sequence[str]
Attributes: TypeAlias = Mapping[str, Any]

LONGEST_NAME = 12  # letters of an operand; chosen: two of them stand in a box
LONGEST_CONSTANT = 18  # letters of an attribute; chosen: a line of a box
MOST_TERMS = 6  # operands that are all named; chosen: two lines of a box
RAISED_SIGNS = {"-": "⁻"}


def own_formula(vertex: Mapping[str, Any], names: Mapping[int, str]) -> str:
    """The formula of a vertex that is no leaf; KeyError for an operand without a name."""
    operands = [_atom(clip(names[j], LONGEST_NAME)) for j in vertex["operands"]]
    write = _FORMULAS.get(vertex["function"])
    try:
        return clip(write(operands, vertex["attributes"]), 400) if write else _call(vertex["function"], operands, vertex["attributes"])
    except (IndexError, KeyError, TypeError, ValueError):
        return _call(vertex["function"], operands, vertex["attributes"])


def _atom(name: str) -> str:
    """A name, in brackets where it would fall apart beside another sign."""
    return f"({name})" if re.search(r"[\s+\-−·*/^,]", name) else name or "·"


def _call(function: str, operands: Names, attributes: Attributes) -> str:
    given = [*_named(operands), *(f"{clip(key, LONGEST_NAME)} = {constant(value)}" for key, value in attributes.items())]
    return f"{clip(function, LONGEST_NAME)}({', '.join(given)})"


def _named(operands: Names) -> list[str]:
    """The operands, of many the first and the last."""
    return list(operands) if len(operands) <= MOST_TERMS else [operands[0], "…", operands[-1]]


def constant(value: Any) -> str:
    """An attribute in a few letters: a number, numbers in brackets, else the size.

    >>> constant("-11/8"), constant([1, 2]), constant([[0.5, 1.25, 2.0], [1, 2, 3]]), constant([0.123456789] * 40)
    ('-11/8', '[1, 2]', '2 × 3 numbers', '40 numbers')
    """
    if not isinstance(value, list):
        text = f"{value:.4g}" if isinstance(value, float) else str(value)
        return clip(text.removesuffix(".0"), LONGEST_CONSTANT)
    items = cast("list[Any]", value)
    written = f"[{', '.join(map(constant, items))}]"
    if len(written) <= LONGEST_CONSTANT and "numbers" not in written:
        return written
    size: list[int] = []
    while isinstance(items, list):
        size.append(len(items))
        items = items[0] if items else None
    return f"{' × '.join(map(str, size))} numbers"


def _joined(sign: str) -> Callable[[Names, Attributes], str]:
    def written(names: Names, _: Attributes) -> str:
        text = f" {sign} ".join(_named(names))
        return text if len(names) <= MOST_TERMS else f"{text}, {len(names)} of them"

    return written


def _of(word: str) -> Callable[[Names, Attributes], str]:
    """One operand, and the axis where there is one."""
    return lambda names, more: f"{word}{_one(names)}{_axis(more)}"


def _one(names: Names) -> str:
    (name,) = names
    return name


def _axis(more: Attributes) -> str:
    return f", axis {constant(more['axis'])}" if more.get("axis") is not None else ""


def _power(names: Names, more: Attributes) -> str:
    if len(names) == 2:
        return f"{names[0]}^{names[1]}"
    exponent = constant(more["exponent"])
    whole = re.fullmatch(r"-?\d+", exponent)
    return _one(names) + (exponent.replace("-", "⁻").translate(RAISED) if whole else f"^({exponent})")


def _weighted(names: Names, more: Attributes) -> str:
    """The weights as numbers where they are 1 × 1, else as W₁, W₂, …"""
    terms: list[str] = []
    for k, (name, weight) in enumerate(zip(names, more["weights"], strict=True), start=1):
        single = isinstance(weight, list) and len(weight) == 1 and isinstance(weight[0], list) and len(weight[0]) == 1
        terms.append(f"{constant(weight[0][0])} {name}" if single else f"W{str(k).translate(_LOWERED)} {name}")
    return " + ".join(_named(terms)).replace("+ -", "− ") + ("" if len(terms) <= MOST_TERMS else f", {len(terms)} of them")


def _slice(names: Names, more: Attributes) -> str:
    start, stop = ("" if more.get(part) is None else constant(more[part]) for part in ("start", "stop"))
    step = f":{constant(more['step'])}" if more.get("step") is not None else ""
    return f"{_one(names)}[{start}:{stop}{step}]{_axis(more)}"


def _shape(value: Any) -> str:
    return " × ".join(map(str, value)) or "a number"


def _in_brackets(indices: Any) -> str:
    written = constant(indices)
    return written if written.startswith("[") else f"[{written}]"


def _transpose(names: Names, more: Attributes) -> str:
    axes = more.get("axes")
    return f"{_one(names)}ᵀ" + (f", axes {constant(axes)}" if axes is not None and len(axes) > 2 else "")


def _where(names: Names, _: Attributes) -> str:
    choice, first, second = names
    return f"{first} where {choice} > 0, else {second}"


_LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_FORMULAS: Mapping[str, Callable[[Names, Attributes], str]] = {
    "identity": _of(""),
    "add": _joined("+"),
    "subtract": lambda names, _: f"{names[0]} − {names[1]}",
    "multiply": _joined("·"),
    "divide": lambda names, _: f"{names[0]} / {names[1]}",
    "negate": _of("−"),
    "square": lambda names, _: f"{_one(names)}²",
    "reciprocal": _of("1 / "),
    "power": _power,
    "exp": _of("exp "),
    "log": _of("log "),
    "tanh": _of("tanh "),
    "sigmoid": _of("sigmoid "),
    "softplus": lambda names, _: f"log(1 + exp {_one(names)})",
    "sin": _of("sin "),
    "cos": _of("cos "),
    "sqrt": _of("√"),
    "relu": lambda names, _: f"max({_one(names)}, 0)",
    "abs": lambda names, _: f"|{_one(names)}|",
    "maximum": lambda names, _: f"max({', '.join(_named(names))})",
    "minimum": lambda names, _: f"min({', '.join(_named(names))})",
    "where": _where,
    "affine": lambda names, _: f"{names[0]} {names[1]} + {names[2]}",
    "matvec": lambda names, _: f"{names[0]} {names[1]}",
    "matmul": lambda names, _: f"{names[0]} {names[1]}",
    "dot": lambda names, _: f"{names[0]} · {names[1]}",
    "weighted_sum": _weighted,
    "sum": _of("Σ "),
    "mean": _of("mean "),
    "logsumexp": _of("log Σ exp "),
    "softmax": _of("softmax "),
    "log_softmax": _of("log softmax "),
    "concatenate": lambda names, more: f"joined {', '.join(_named(names))}{_axis(more)}",
    "slice": _slice,
    "take": lambda names, more: f"{_one(names)}{_in_brackets(more['indices'])}",
    "reshape": lambda names, more: f"{_one(names)} as {_shape(more['to'])}",
    "transpose": _transpose,
    "broadcast": lambda names, more: f"{_one(names)} to {_shape(more['to'])}",
    "pick": lambda names, more: f"{names[0]}[{names[1] if len(names) > 1 else constant(more['index'])}]",
    "constant": lambda names, more: f"constant {constant(more['value'])}",
}
