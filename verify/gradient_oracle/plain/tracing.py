"""Which outcomes of conditions a call of somebody's code takes: `Trace`.

The code runs as it is, in plain floats, under `sys.settrace`, and every jump on a condition is noted. What was there
(a debugger, a measurement of coverage) is put back; what runs in other threads is not seen.

>>> def f(n):
...     return "many" if n > 100 else "few"
>>> trace = Trace()
>>> with trace.on():
...     f(3)
'few'
>>> [(condition.what, outcome) for condition, outcome in trace.taken()]
[('n > 100', False)]
>>> with trace.on():
...     [][0]
Traceback (most recent call last):
    ...
IndexError: list index out of range
"""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

from backproof.engine.callers import is_users
from backproof.verify.gradient_oracle.plain.conditions import Condition, Jump, jumps_of

MOST_STEPS = 100_000  # chosen: instructions that are followed in one run, some hundredths of a second; what comes later is not seen
INSTALLED = ("site-packages", "dist-packages")

Outcome = tuple[Condition, bool]


@dataclass(eq=False)
class Known:
    """What is known of the code that ran so far.

    `jumps`    those of each function; None for one that is not followed
    `refusals` the outcomes after which it only raises, or that a truth value from outside of the function excludes
    `names`    what each function can read: the names of its module, and its own when it was first called
    """

    jumps: dict[CodeType, dict[int, Jump] | None] = field(default_factory=dict[CodeType, "dict[int, Jump] | None"])
    names: dict[CodeType, tuple[dict[str, Any], dict[str, Any]]] = field(
        default_factory=dict[CodeType, "tuple[dict[str, Any], dict[str, Any]]"]
    )
    refusals: set[Outcome] = field(default_factory=set[Outcome])

    def met(self, frame: FrameType) -> dict[int, Jump] | None:
        """The jumps of the code that a frame runs; None where it is nobody's but a library's."""
        code = frame.f_code
        if code in self.jumps:
            return self.jumps[code]
        own = is_users(code.co_filename) and not any(folder in code.co_filename for folder in INSTALLED)
        found = self.jumps[code] = jumps_of(code) if own else None
        if found is not None:
            self.names[code] = frame.f_globals, dict(frame.f_locals)
            self.refusals |= {(jump.condition, outcome) for jump in found.values() for outcome in jump.refuses}
            for condition in {jump.condition for jump in found.values() if jump.condition.name}:
                value = frame.f_locals.get(condition.name, frame.f_globals.get(condition.name))
                if isinstance(value, bool):
                    self.refusals |= {(condition, not value)}
        return found


@dataclass(eq=False)
class Trace:
    """The outcomes of one run, with what is `known` of the code so far."""

    known: Known = field(default_factory=Known)
    found: dict[Outcome, None] = field(default_factory=dict[Outcome, None])
    steps: int = 0

    def taken(self) -> tuple[Outcome, ...]:
        """The outcomes that were taken, in their order."""
        return tuple(self.found)

    @contextmanager
    def on(self) -> Generator[None, None, None]:
        """What runs inside is followed."""
        before = sys.gettrace()
        sys.settrace(self._called)
        try:
            yield
        finally:
            sys.settrace(before)

    def _called(self, frame: FrameType, _event: str, _arg: Any) -> Any:
        jumps = self.known.met(frame)
        if not jumps or self.steps > MOST_STEPS:
            return None
        frame.f_trace_lines = False
        frame.f_trace_opcodes = True
        found = self.found
        waiting: Jump | None = None

        def followed(frame: FrameType, event: str, _arg: Any) -> Any:
            nonlocal waiting
            if event != "opcode":
                waiting = None
                return followed
            offset = frame.f_lasti
            jump = jumps.get(offset)
            if waiting is not None and jump is not waiting:
                found[waiting.condition, waiting.taken != (waiting.next <= offset <= waiting.last)] = None
            waiting = jump
            self.steps += 1
            if self.steps > MOST_STEPS:
                frame.f_trace_opcodes = False
                return None
            return followed

        return followed
