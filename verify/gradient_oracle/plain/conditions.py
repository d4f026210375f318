"""The conditions of somebody's code, as its bytecode has them: `jumps_of(code)`, for every jump what is asked there.

A condition of an `if`, a `while`, a conditional expression, an `and` or an `or` has two outcomes; a `for` loop has one
that counts, a pass through its body. The text of a condition is its source, where there is one.

>>> def f(x):
...     return x.sum() if len(x) > 100 else x
>>> (jump,) = jumps_of(f.__code__).values()
>>> jump.condition.what, jump.taken
('len(x) > 100', False)
>>> jumps_of(None)
Traceback (most recent call last):
    ...
TypeError: don't know how to disassemble NoneType objects
"""

from __future__ import annotations

import dis
import linecache
import os
from collections.abc import Sequence
from dataclasses import dataclass
from types import CodeType

from backproof.verify.gradient_oracle.given.words import one_line

LONGEST = 80  # chosen: characters of a condition; a line of code
_NONE = ("IF_NONE", "IF_NOT_NONE")
_REFUSES = ("RAISE_VARARGS", "RERAISE")
_ENDS = ("RETURN_VALUE", "RETURN_CONST", "YIELD_VALUE")

Span = tuple[int, int, int, int]
"""First and last line, first and last column, in bytes."""


@dataclass(frozen=True)
class Condition:
    """What is asked at one place of somebody's code: its `file` and `span`, and in words `what`. `loop`: it is the next
    pass of a `for` loop. `name`: nothing but this name from outside of the function is asked for its truth."""

    file: str
    span: Span
    what: str
    loop: bool = False
    name: str = ""

    @property
    def place(self) -> str:
        """`file.py:line`, as the other decisions of code are named."""
        return place_of(self.file, self.span)

    def words(self, outcome: bool) -> str:
        """One outcome in words.

        >>> Condition("a.py", (3, 3, 0, 9), "n > 100").words(True), Condition("a.py", (3, 3, 0, 9), "n > 100").words(False)
        ('n > 100 at a.py:3', 'not (n > 100) at a.py:3')
        """
        if self.loop:
            return f"a pass of the loop over {self.what} at {self.place}"
        return f"{self.what if outcome else f'not ({self.what})'} at {self.place}"


@dataclass(frozen=True)
class Jump:
    """A jump of bytecode on a condition: the outcome with which it is `taken`, the offset that comes `next` without it,
    up to the `last` of its prefixes, and the outcomes that only refuse (an `assert`, a `raise`)."""

    condition: Condition
    taken: bool
    next: int
    last: int
    refuses: frozenset[bool]


def jumps_of(code: CodeType) -> dict[int, Jump]:
    """The jumps on a condition by their offset, except those of handlers of exceptions."""
    instructions, starts = _without_prefixes(code)
    at = {start: k for k, start in enumerate(starts)}
    found: dict[int, Jump] = {}
    for k, instruction in enumerate(instructions[:-1]):
        name = instruction.opname
        loop = name == "FOR_ITER"
        if not k or not (loop or ("JUMP" in name and "IF_" in name)):
            continue
        asked = instructions[k - 1]
        if "EXC_MATCH" in asked.opname or asked.opname == "WITH_EXCEPT_START" or (loop and asked.opname != "GET_ITER"):
            continue
        none = name.endswith(_NONE)
        span = span_of(instruction if none else instructions[k - 2] if loop else asked)
        if span is None:
            continue
        outside = not (none or loop) and asked.opname in ("LOAD_DEREF", "LOAD_GLOBAL", "LOAD_NAME")
        condition = Condition(code.co_filename, span, text_of(code.co_filename, span), loop, asked.argval if outside else "")
        taken = name.endswith("IF_NOT_NONE") == (" is not " in condition.what) if none else "IF_TRUE" in name
        sides = {} if loop else {taken: at.get(instruction.argval, k), not taken: k + 1}
        refuses = frozenset(outcome for outcome, start in sides.items() if _refuses(instructions, start))
        jump = Jump(condition, taken, starts[k + 1], instructions[k + 1].offset, refuses)
        found[starts[k]] = found[instruction.offset] = jump
    return found


def _without_prefixes(code: CodeType) -> tuple[list[dis.Instruction], list[int]]:
    """The instructions without those that only extend the argument of the next, and where each begins with them."""
    instructions: list[dis.Instruction] = []
    starts: list[int] = []
    start = -1
    for instruction in dis.get_instructions(code):
        start = instruction.offset if start < 0 else start
        if instruction.opname != "EXTENDED_ARG":
            instructions.append(instruction)
            starts.append(start)
            start = -1
    return instructions, starts


def _refuses(instructions: Sequence[dis.Instruction], start: int) -> bool:
    """Whether what comes from there on does nothing but raise."""
    for instruction in instructions[start:]:
        if instruction.opname in _REFUSES:
            return True
        if "JUMP" in instruction.opname or instruction.opname in _ENDS or instruction.opname == "FOR_ITER":
            return False
    return False


def place_of(file: str, span: Span) -> str:
    """`file.py:line`."""
    return f"{os.path.basename(file)}:{span[0]}"


def span_of(instruction: dis.Instruction) -> Span | None:
    """Where in the source an instruction comes from."""
    positions = instruction.positions
    if positions is None or positions.lineno is None:
        return None
    return positions.lineno, positions.end_lineno or positions.lineno, positions.col_offset or 0, positions.end_col_offset or 0


def text_of(file: str, span: Span) -> str:
    """The source of a span, in a line."""
    first, last, start, end = span
    lines = [linecache.getline(file, number).encode() for number in range(first, last + 1)]
    if not lines or not any(lines):
        return "a condition"
    lines[-1] = lines[-1][:end] if end else lines[-1]
    lines[0] = lines[0][start:]
    return one_line(b" ".join(line.strip() for line in lines).decode(errors="replace"), LONGEST) or "a condition"
