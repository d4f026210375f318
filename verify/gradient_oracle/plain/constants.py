"""The whole numbers that somebody's code holds sizes against: `constants_of(code, …)`.

A block length, a threshold, a divisor, an end of a slice, the step of a range; as a literal, or as a global, a variable
of the closure, a default or an attribute of that value. What only multiplies or is a power is none of them. What a
number is for is read off its smallest surrounding operation in the bytecode.

>>> BLOCK = 64
>>> def f(x):
...     for i in range(0, len(x) // BLOCK * BLOCK, BLOCK):
...         x[i : i + BLOCK] *= 2.0
...     return x if len(x) % 8 else 3 * x**5
>>> for constant in constants_of(f.__code__, globals(), {}):
...     print(constant.value, constant.named, constant.words.split(" at ")[0])
64 True len(x) // BLOCK
64 True range(0, len(x) // BLOCK * BLOCK, BLOCK)
64 False i + BLOCK
8 True len(x) % 8
>>> constants_of(None, {}, {})
Traceback (most recent call last):
    ...
TypeError: don't know how to disassemble NoneType objects
"""

from __future__ import annotations

import dis
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import CodeType
from typing import Any

from backproof.verify.gradient_oracle.plain.conditions import Span, place_of, span_of, text_of

LEAST = 2  # sizes of 0, 1 and 2 are tried whatever the code says
SMALL = 4  # chosen: in a sum, or as an argument of some function, smaller ones are offsets, axes and degrees
LARGEST = 1 << 20  # chosen: larger ones are bit masks, seeds and sentinels
MOST_KEYS = 16  # chosen: keys of one table
TYPES = frozenset({"dtype", "itemsize", "nbytes", "finfo", "iinfo", "ndim", "isscalar", "isinstance", "type", "float32", "float16"})
"""Names for which other dtypes, types and ranks are tried."""
_SIZED = re.compile(r"\b(?:range|arange|reshape|array_split|split|islice|divmod|chunked|batched)\($")
_BY = {
    "%": True,
    "//": True,
    "%=": True,
    "//=": True,
    "&": True,
    ">>": True,
    "&=": True,
    ">>=": True,
    "+": False,
    "-": False,
    "+=": False,
    "-=": False,
}
"""Operations that set a whole number against sizes, and whether it is named where no such size was tried."""


@dataclass(frozen=True)
class Constant:
    """A whole number `value` of the code, and in `words` what is done with it, where. `named`: that a size of that kind was
    not tried is said."""

    value: int
    words: str
    named: bool


def constants_of(code: CodeType, module: Mapping[str, Any], own: Mapping[str, Any]) -> list[Constant]:
    """Those of one function; `module` and `own` are what its names stand for."""
    instructions = list(dis.get_instructions(code))
    operations = [(span, instruction) for instruction in instructions if _is_operation(instruction) and (span := span_of(instruction))]
    found: dict[Constant, None] = {}
    for k, instruction in enumerate(instructions):
        values = _values(instruction, instructions[k - 1] if k else None, module, own)
        span = span_of(instruction) if values else None
        if span is None:
            continue
        around = min((one for one in operations if _within(span, one[0])), key=lambda one: _length(one[0]), default=None)
        for value in values:
            constant = _constant(abs(value), span, around, instructions[k + 1 : k + 2], code)
            if constant is not None:
                found[constant] = None
    return list(found)


def words_of(code: CodeType, module: Mapping[str, Any], own: Mapping[str, Any]) -> list[str]:
    """The keys of the tables that a function reads, those that are words.

    >>> MODES = {"sum": 1.0, "mean": 0.5}
    >>> words_of((lambda mode: MODES[mode]).__code__, globals(), {})
    ['sum', 'mean']
    """
    tables = (_resolved(instruction, None, module, own) for instruction in dis.get_instructions(code))
    return [key for table in tables if type(table) is dict for key in list(table)[:MOST_KEYS] if isinstance(key, str)]


def keys_of(code: CodeType, module: Mapping[str, Any], own: Mapping[str, Any]) -> list[int]:
    """The keys of the tables that a function reads, those that are whole numbers.

    >>> SLOPES = {0: 1.0, 1: 0.5, 7: 0.25}
    >>> keys_of((lambda v: SLOPES[int(v)]).__code__, globals(), {})
    [0, 1, 7]
    """
    tables = (_resolved(instruction, None, module, own) for instruction in dis.get_instructions(code))
    return [key for table in tables if type(table) is dict for key in list(table)[:MOST_KEYS] if type(key) is int]


def speaks_of_types(code: CodeType) -> bool:
    """Whether a function names dtypes, types or ranks at all.

    >>> speaks_of_types((lambda x: x.dtype).__code__), speaks_of_types((lambda x: x.shape).__code__)
    (True, False)
    """
    return not TYPES.isdisjoint(code.co_names)


def _is_operation(instruction: dis.Instruction) -> bool:
    name = instruction.opname
    return name in ("COMPARE_OP", "CONTAINS_OP", "CALL", "CALL_KW", "CALL_FUNCTION_EX") or name.startswith(
        ("BINARY_", "BUILD_SLICE", "STORE_SLICE")
    )


def _values(instruction: dis.Instruction, before: dis.Instruction | None, module: Mapping[str, Any], own: Mapping[str, Any]) -> list[int]:
    """The whole numbers that an instruction loads."""
    value = instruction.argval if instruction.opname == "LOAD_CONST" else _resolved(instruction, before, module, own)
    if type(value) in (tuple, frozenset) and len(value) <= MOST_KEYS:
        return [part for part in value if type(part) is int]
    if type(value) is dict:
        return [key for key in list(value)[:MOST_KEYS] if type(key) is int]
    return [value] if type(value) is int else []


def _resolved(instruction: dis.Instruction, before: dis.Instruction | None, module: Mapping[str, Any], own: Mapping[str, Any]) -> Any:
    """What a name, or an attribute of one, stands for, where that needs no code to run."""
    name, key = instruction.opname, instruction.argval
    if name in ("LOAD_DEREF", "LOAD_FAST", "LOAD_CLASSDEREF"):
        return own.get(key)
    if name in ("LOAD_GLOBAL", "LOAD_NAME"):
        return module.get(key)
    if name in ("LOAD_ATTR", "LOAD_METHOD") and before is not None and before.opname != name:
        base = _resolved(before, None, module, own)
        for place in (base, type(base)):
            known = getattr(place, "__dict__", None)
            if isinstance(known, Mapping) and key in known:
                return known[key]
    return None


def _constant(
    value: int, span: Span, around: tuple[Span, dis.Instruction] | None, after: Sequence[dis.Instruction], code: CodeType
) -> Constant | None:
    """What a whole number is for; None where it is no size."""
    if not LEAST <= value <= LARGEST:
        return None
    if around is None:
        kept = bool(after) and after[0].opname.startswith("STORE_")
        return Constant(value, f"{value} at {place_of(code.co_filename, span)}", False) if kept and value >= SMALL else None
    where, operation = around
    name, text = operation.opname, text_of(code.co_filename, where)
    words = f"{text} at {place_of(code.co_filename, where)}"
    if name == "BINARY_OP":
        sign = operation.argrepr
        if sign not in _BY or (not _BY[sign] and value < SMALL):
            return None
        power = 1 << min(value, 20) if sign.startswith(">>") else value + 1 if sign.startswith("&") and value % 2 else value
        return Constant(power, words, _BY[sign])
    if name in ("COMPARE_OP", "CONTAINS_OP"):
        return Constant(value, words, False)
    if name.startswith(("BUILD_SLICE", "BINARY_SLICE", "STORE_SLICE")):
        return Constant(value, words, True)
    if name.startswith("CALL"):
        sized = bool(_SIZED.search(text[: text.find("(") + 1]))
        return Constant(value, words, sized) if sized or value >= SMALL else None
    return Constant(value, words, False)


def _within(inner: Span, outer: Span) -> bool:
    """Whether a span lies in a larger one."""
    start, end = (inner[0], inner[2]), (inner[1], inner[3])
    return inner != outer and (outer[0], outer[2]) <= start and end <= (outer[1], outer[3])


def _length(span: Span) -> tuple[int, int]:
    return span[1] - span[0], span[3] - span[2]


def sizes_around(constants: Sequence[Constant]) -> Iterator[int]:
    """K − 1, K, K + 1, 2K and 2K + 1 for every one of them, and all rests of a small one; each once, the small ones first.

    >>> list(sizes_around([Constant(4, "n % 4", True)]))
    [3, 4, 5, 6, 7, 8, 9]
    >>> list(sizes_around([Constant(64, "n % 64", True)]))
    [63, 64, 65, 128, 129]
    """
    sizes = {size for k in {constant.value for constant in constants} for size in (k - 1, k, k + 1, 2 * k, 2 * k + 1)}
    sizes |= {size for constant in constants if constant.value <= RESTS for size in range(constant.value, 2 * constant.value)}
    yield from sorted(sizes)


RESTS = 8  # chosen: up to such a divisor, a loop in steps of it is tried with every rest
