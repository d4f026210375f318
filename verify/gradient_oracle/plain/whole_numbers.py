"""Comparisons of whole numbers are decisions too: `WholeNumbers`, which of their outcomes were seen, and arguments that
show the others.

`t != ignore_index` is neither a jump of the bytecode nor a decision on lifted numbers: NumPy compares two arrays. So the
code runs once more in plain floats under `sys.settrace`, and where a comparison comes, both of its sides are looked up
in the frame: names, attributes, parts of arrays, numbers. What needs a call to be known is not looked up. The missing
outcome is shown by an entry of an argument whose values are those that were compared.

>>> def f(x, t, ignore):
...     return np.sum(x[t != ignore])
>>> args = (np.array([1.0, 2.0]), np.array([0, 3]), -100)
>>> whole = WholeNumbers()
>>> comparison = Comparison("f.py:2", "t != ignore", "t", "!=", "ignore")
>>> whole.asked(comparison, args[1], args[2])
>>> whole.branches()
{('f.py:2', 't != ignore'): frozenset({True})}
>>> whole.next_change(args)
Change(argument=1, entry=-1, value=-100, words='an entry -100 in argument 1')
>>> whole.watch(None, ())
Traceback (most recent call last):
    ...
TypeError: 'NoneType' object is not iterable
"""

from __future__ import annotations

import ast
import dis
import operator
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

import numpy as np

from backproof.engine.callers import is_users
from backproof.verify.gradient_oracle.given.contained import contained
from backproof.verify.gradient_oracle.plain.conditions import place_of, span_of, text_of
from backproof.verify.gradient_oracle.plain.tracing import INSTALLED
from backproof.verify.time_limits import PASSING

MOST_LOOKS = 200  # chosen: comparisons of one run that are looked up, some milliseconds; loops ask the same again
MOST_STEPS = 20_000  # chosen: instructions that are followed in one run
MOST_VALUES = 64  # chosen: different whole numbers of one side; more of them are a range, whose ends suffice
ENTRIES = (-1, 0)  # the last entry is changed first: the first is what padding and defaults look like
RELATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_NAMES: dict[type[ast.cmpop], str] = {ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}
_UNKNOWN = object()


@dataclass(frozen=True)
class Comparison:
    """One comparison in somebody's code: its `place`, its text, and the texts of its sides."""

    place: str
    what: str
    left: str
    relation: str
    right: str


@dataclass(frozen=True)
class Change:
    """One `entry` of a whole-number argument made another `value`."""

    argument: int
    entry: int
    value: int
    words: str

    def applied(self, args: Sequence[Any]) -> tuple[Any, ...]:
        """The arguments with it."""
        changed = args[self.argument].copy()
        changed.flat[self.entry] = self.value
        return (*args[: self.argument], changed, *args[self.argument + 1 :])


@dataclass(eq=False)
class Side:
    """The different `values` that stood on one side of a comparison; whether they came as an `array`, and else as numbers of
    NumPy's (`numbers`), which the entries of an array are. Python's own are sizes and settings."""

    values: set[int] = field(default_factory=set[int])
    array: bool = False
    numbers: bool = False

    def take(self, value: Any) -> None:
        """What stands there now; of very many values, the ends."""
        different = np.unique(np.asarray(value))
        self.values.update(int(v) for v in (different if different.size <= MOST_VALUES else different[[0, -1]]))
        self.array |= isinstance(value, np.ndarray) and value.ndim > 0
        self.numbers |= isinstance(value, np.integer | np.ndarray)

    def is_from(self, argument: Any) -> bool:
        """Whether these are entries of an argument: an array of some of them, or one by one all of them."""
        entries = {int(v) for v in np.unique(argument)}
        return self.values <= entries if self.array else self.numbers and self.values == entries


@dataclass(eq=False)
class WholeNumbers:
    """The outcomes that were `seen` of each comparison, and what was on both its sides (`sides`); the changes that were
    `tried`; how many comparisons were looked up in this run, and how many `steps` followed."""

    seen: dict[Comparison, set[bool]] = field(default_factory=dict[Comparison, set[bool]])
    sides: dict[Comparison, tuple[Side, Side]] = field(default_factory=dict[Comparison, "tuple[Side, Side]"])
    tried: set[tuple[int, int, int]] = field(default_factory=set[tuple[int, int, int]])
    known: dict[CodeType, dict[int, Comparison]] = field(default_factory=dict[CodeType, dict[int, Comparison]])
    looks: int = 0
    steps: int = 0

    def branches(self) -> dict[tuple[str, str], frozenset[Any]]:
        """For each comparison (place and words) the outcomes that were seen."""
        return {(comparison.place, comparison.what): frozenset(outcomes) for comparison, outcomes in self.seen.items()}

    def watch(self, calls: Iterable[Callable[[], Any]], args: Sequence[Any]) -> None:
        """Follow calls of somebody's code, if there are whole numbers to compare among the arguments. What the code
        raises is no error here."""
        calls = list(calls)
        if not any(is_whole(a) for a in args):
            return
        self.looks = self.steps = 0
        before = sys.gettrace()
        for call in calls:
            sys.settrace(self._called)
            try:
                with np.errstate(all="ignore"):
                    contained(call)
            except PASSING:
                raise
            except Exception:
                return
            finally:
                sys.settrace(before)

    def next_change(self, args: Sequence[Any]) -> Change | None:
        """The next change that may show an outcome which was not seen; None where there is none left."""
        for comparison, outcomes in self.seen.items():
            if len(outcomes) == 1:
                for change in self._changes(comparison, next(iter(outcomes)), args):
                    key = change.argument, change.entry, change.value
                    if key not in self.tried:
                        self.tried.add(key)
                        return change
        return None

    def _changes(self, comparison: Comparison, outcome: bool, args: Sequence[Any]) -> Iterator[Change]:
        relation = RELATIONS[comparison.relation]
        left, right = self.sides[comparison]
        for entry in ENTRIES:
            for k, a in enumerate(args):
                for side, other, shown in (
                    (left, right, lambda v, w: relation(v, w) is not outcome),
                    (right, left, lambda v, w: relation(w, v) is not outcome),
                ):
                    value = _showing(shown, other.values, a) if is_whole(a) and side.is_from(a) else None
                    if value is not None:
                        yield Change(k, entry, value, f"an entry {value} in argument {k}")

    # while it runs

    def _called(self, frame: FrameType, _event: str, _arg: Any) -> Any:
        code = frame.f_code
        if not is_users(code.co_filename) or any(folder in code.co_filename for folder in INSTALLED):
            return None
        if code not in self.known:
            self.known[code] = comparisons_of(code)
        there = self.known[code]
        if not there or self.looks > MOST_LOOKS or self.steps > MOST_STEPS:
            return None
        frame.f_trace_lines = False
        frame.f_trace_opcodes = True

        def followed(frame: FrameType, event: str, _arg: Any) -> Any:
            self.steps += 1
            comparison = there.get(frame.f_lasti) if event == "opcode" else None
            if comparison is not None:
                self.looks += 1
                self.asked(comparison, _value(comparison.left, frame), _value(comparison.right, frame))
            if self.looks > MOST_LOOKS or self.steps > MOST_STEPS:
                frame.f_trace_opcodes = False
                return None
            return followed

        return followed

    def asked(self, comparison: Comparison, left: Any, right: Any) -> None:
        """A comparison of these values is about to come."""
        if not (is_whole(left, scalars=True) and is_whole(right, scalars=True)) or (type(left) is int and type(right) is int):
            return
        try:
            found = np.unique(RELATIONS[comparison.relation](np.asarray(left), np.asarray(right)))
        except ValueError:  # they do not broadcast: the code will say so itself
            return
        self.seen.setdefault(comparison, set()).update(bool(outcome) for outcome in found)
        for side, value in zip(self.sides.setdefault(comparison, (Side(), Side())), (left, right), strict=True):
            side.take(value)


def is_whole(value: Any, scalars: bool = False) -> bool:
    """Whether something is an array of whole numbers with an entry, or, with `scalars`, a whole number.

    >>> [is_whole(value, scalars=True) for value in (np.arange(2), 3, True, 0.5, np.array([True]))], is_whole(3)
    ([True, True, False, False, False], False)
    """
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "iu" and value.size > 0 and (scalars or value.ndim > 0)
    return scalars and isinstance(value, int | np.integer) and not isinstance(value, bool)


def _showing(shown: Callable[[int, int], bool], others: set[int], argument: Any) -> int | None:
    """A value with which an entry shows what is wanted, of those that the dtype holds: one of the others' ends, or beside
    one, towards positive numbers first."""
    bounds = np.iinfo(argument.dtype)
    for step in (0, 1, -1):
        for end in (min(others), max(others)):
            value = end + (step if end <= 0 else -step)
            if bounds.min <= value <= bounds.max and any(shown(value, other) for other in others):
                return value
    return None


def comparisons_of(code: CodeType) -> dict[int, Comparison]:
    """The comparisons of a function by their offset, as far as both sides can be looked up without a call.

    >>> [(one.what, one.left) for one in comparisons_of((lambda t, k: (t[0] < k) + (len(t) < k)).__code__).values()]
    [('t[0] < k', 't[0]')]
    """
    found: dict[int, Comparison] = {}
    for instruction in dis.get_instructions(code):
        if instruction.opname != "COMPARE_OP":
            continue
        span = span_of(instruction)
        text = text_of(code.co_filename, span) if span else ""
        try:
            node = ast.parse(text, mode="eval").body
        except (SyntaxError, ValueError):
            continue
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _NAMES:
            sides = node.left, node.comparators[0]
            if span and all(_is_plain(side) for side in sides):
                left, right = (ast.unparse(side) for side in sides)
                found[instruction.offset] = Comparison(place_of(code.co_filename, span), text, left, _NAMES[type(node.ops[0])], right)
    return found


def _is_plain(node: ast.expr) -> bool:
    """Whether an expression has nothing but names, attributes, numbers and parts of arrays."""
    allowed = (ast.Name, ast.Attribute, ast.Constant, ast.Subscript, ast.Slice, ast.Tuple, ast.UnaryOp, ast.USub, ast.Load)
    return all(isinstance(inner, allowed) for inner in ast.walk(node))


def _value(text: str, frame: FrameType) -> Any:
    """What an expression stands for in a frame; `_UNKNOWN` where that needs code to run."""
    try:
        return _evaluated(ast.parse(text, mode="eval").body, frame)
    except PASSING:
        raise
    except Exception:
        return _UNKNOWN


def _evaluated(node: Any, frame: FrameType) -> Any:
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name):
        return frame.f_locals[node.id] if node.id in frame.f_locals else frame.f_globals[node.id]
    if isinstance(node, ast.UnaryOp):
        operand = _evaluated(node.operand, frame)
        return -operand if isinstance(operand, int | np.ndarray | np.integer) else _UNKNOWN
    if isinstance(node, ast.Tuple):
        return tuple(_evaluated(part, frame) for part in node.elts)
    if isinstance(node, ast.Slice):
        return slice(*(None if part is None else _evaluated(part, frame) for part in (node.lower, node.upper, node.step)))
    if isinstance(node, ast.Attribute):
        base = _evaluated(node.value, frame)
        held = vars(base) if hasattr(base, "__dict__") else {}
        own = vars(type(base)) if node.attr not in held else {}
        return held.get(node.attr, own.get(node.attr, _UNKNOWN)) if not isinstance(base, np.ndarray) else getattr(base, node.attr)
    base, key = _evaluated(node.value, frame), _evaluated(node.slice, frame)
    return base[key] if type(base) in (np.ndarray, tuple, list, dict) else _UNKNOWN
