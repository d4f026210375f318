"""Literals of somebody's code that may be guards, and runs without them: `Literals`, which a tape carries while asked.

A literal is a constant number that is added to a lifted one, or bounds it by clip, maximum or minimum; where it stands
in a closure, a class or a default argument makes no difference. What guards is decided by what it flows into: an
operand with a singularity at zero (`guards`). Each place of the code has its uses in the order in which they came, so
that a second run can leave out the very same ones:

- `removed`: x + c becomes x, and so does max(x, c);
- `passed`: max(x, c) keeps its value, and its derivative is that of x.

Such a run has a node for every use, which changes neither value nor derivative unless it is left out, so that the uses
of x + c can be told from those of x, and those of a bound from those of a plain number.

>>> from backproof.verify.lift.tape.arithmetic import add
>>> from backproof.verify.numbers.ball_arrays import arb
>>> from backproof.verify.lift.tape.tape import Tape, running, apply
>>> def run(left_out):
...     tape = Tape(100)
...     tape.literals = Literals(left_out)
...     with running(tape):
...         return tape, apply("log", add(tape.leaf(arb(0.25)), 1e-7))
>>> tape, _ = run(LeftOut())
>>> [(guard.literal.value, guard.literal.bounds, guard.small) for guard in guards(tape)]
[(1e-07, False, True)]
>>> without = LeftOut.of(guards(tape))
>>> [round(float(run(left_out)[1].value.exp()), 9) for left_out in (LeftOut(), without)]
[0.2500001, 0.25]
>>> LeftOut.of(guards(tape), passed=True) == LeftOut()
True
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from backproof.verify.lift.tape.reads import users_frame
from backproof.verify.lift.tape.rule import EXACT, ONE, ZERO, Rule, unary
from backproof.verify.lift.tape.tape import Scalar, Tape, apply

SMALL = 0.1  # chosen: a guard that keeps an operand this far from its singularity, or nearer, is one; 1 in 1 + e^x is none
DEEP = 8  # chosen: operations between a literal and what it guards; log((p + ε)/(q + ε)) has two
MOST_LITERALS = 2  # chosen: different numbers in one place; where there are more, some are data
SAME = 1e-6  # chosen: how near to 1 − low or to 1/low, relatively, an upper bound is the companion of a lower one
KEPT = unary("literal", lambda x: x, lambda v, x: ONE, EXACT)
HELD = Rule("bound", lambda x, c: c, lambda v, x, c: (ZERO, ZERO), EXACT)
PASSED = Rule("bound", lambda x, c: c, lambda v, x, c: (ONE, ZERO), EXACT)
SINGULAR = {"log": 0, "log2": 0, "log10": 0, "sqrt": 0, "cbrt": 0, "reciprocal": 0, "divide": 1, "xlogy": 1, "rel_entr": 1, "kl_div": 1}
"""The operand by which a function is singular at zero: a log, a root, a denominator. Powers are asked for their
exponent."""


@dataclass(frozen=True)
class Literal:
    """A number at a line of somebody's code: `how` it meets lifted ones ("added", "subtracted", "clip", "maximum",
    "minimum"), and whether it is a `lower` bound, if it is one; `at` tells two of one line apart."""

    value: float
    how: str
    file: str
    line: int
    lower: bool = False
    at: int = 0

    @property
    def bounds(self) -> bool:
        """Whether it is a bound, and nothing that is added."""
        return self.how not in ("added", "subtracted")

    @property
    def place(self) -> str:
        """`file.py:line`."""
        return f"{os.path.basename(self.file)}:{self.line}"


@dataclass(frozen=True)
class Guard:
    """A literal that guards, at these of its uses; it keeps operands at a `distance` from their singularities, infinite
    where that cannot be said, and for a bound of 0, which is a rectifier as well."""

    literal: Literal
    uses: frozenset[int]
    distance: float

    @property
    def small(self) -> bool:
        """Whether it lets an operand come so near to its singularity that nobody means more by it."""
        return self.distance <= SMALL


@dataclass(frozen=True)
class LeftOut:
    """The uses of literals that a run leaves out, in one of two ways; and `alike`, the numbers of which every use is
    removed, those that are added and those that bound."""

    removed: Mapping[Literal, frozenset[int]] = field(default_factory=dict[Literal, frozenset[int]])
    passed: Mapping[Literal, frozenset[int]] = field(default_factory=dict[Literal, frozenset[int]])
    alike: frozenset[tuple[float, bool]] = frozenset()

    @staticmethod
    def of(guards: Sequence[Guard], passed: bool = False) -> LeftOut:
        """All uses of some guards; `passed`, the bounds among them alone, whose values then stay."""
        if passed:
            return LeftOut(passed={guard.literal: guard.uses for guard in guards if guard.literal.bounds})
        return LeftOut(removed={guard.literal: guard.uses for guard in guards})

    def removes(self, literal: Literal, use: int) -> bool:
        """Whether this use of a literal is removed."""
        return (literal.value, literal.bounds) in self.alike or use in self.removed.get(literal, ())


@dataclass(eq=False)
class Literals:
    """The literals of one run, as they are met: `marks` has the node of every use, None for one that was left out."""

    left_out: LeftOut
    marks: dict[Literal, list[int | None]] = field(default_factory=dict[Literal, "list[int | None]"])

    def added(self, rule: Rule, x: Scalar, y: Scalar, subtracted: bool = False) -> Scalar:
        """x + y or x − y, one of which is a plain number."""
        lifted, constant = (x, y) if y.index < 0 else (y, x)
        literal, use = self._met(constant, "subtracted" if subtracted and constant is y else "added")
        if self.left_out.removes(literal, use):
            self.marks[literal].append(None)
            return apply("negative", lifted) if subtracted and lifted is y else apply(KEPT, lifted)
        return self._marked(literal, apply(rule, x, y))

    def bounded(self, x: Scalar, y: Scalar, how: str, lower: bool, takes_first: Callable[[], bool]) -> Scalar:
        """The larger or the smaller of x and y, one of which is a plain number."""
        lifted, constant = (x, y) if y.index < 0 else (y, x)
        literal, use = self._met(constant, how, lower)
        if self.left_out.removes(literal, use):
            self.marks[literal].append(None)
            return apply(KEPT, lifted)
        if (x if takes_first() else y) is lifted:
            return self._marked(literal, apply(KEPT, lifted))
        passed = use in self.left_out.passed.get(literal, ())
        return self._marked(literal, apply(PASSED if passed else HELD, lifted, constant))

    def _met(self, constant: Scalar, how: str, lower: bool = False) -> tuple[Literal, int]:
        frame = users_frame()
        file, line, at = ("", 0, 0) if frame is None else (frame.f_code.co_filename, frame.f_lineno, frame.f_lasti)
        literal = Literal(float(constant.value.mid()), how, file, line, lower, at)
        return literal, len(self.marks.setdefault(literal, []))

    def _marked(self, literal: Literal, result: Scalar) -> Scalar:
        self.marks[literal].append(result.index)
        return result


def guards(tape: Tape) -> list[Guard]:
    """The literals of a run that guard, in the order in which they were met."""
    literals: Literals = tape.literals
    uses: dict[int, list[tuple[int, int]]] = {}
    for v, (_, operands, _) in enumerate(tape.nodes):
        for k, x in enumerate(operands):
            if x.index >= 0:
                uses.setdefault(x.index, []).append((v, k))
    found: list[Guard] = []
    for literal, marks in literals.marks.items():
        if not literal.file or _is_data(literal, literals.marks):
            continue
        reached = {
            use: images for use, node in enumerate(marks) if node is not None and (images := list(_images(tape, uses, node, literal)))
        }
        if reached:
            nearest = (min((abs(image) for image in images if image), default=math.inf) for images in reached.values())
            found.append(Guard(literal, frozenset(reached), math.inf if literal.bounds and not literal.value else max(nearest)))
    lows = [guard for guard in found if guard.small and guard.literal.lower]
    return [_with_companion(guard, lows) for guard in found]


def _is_data(literal: Literal, marks: Mapping[Literal, Sequence[int | None]]) -> bool:
    """Whether it is an entry of an array that the code holds: of many numbers that do the same in a line a literal is
    met most often."""
    times = [len(met) for other, met in marks.items() if _beside(literal, other)]
    most = max(times)
    return len(times) > MOST_LITERALS and (len(marks[literal]) < most or times.count(most) > MOST_LITERALS)


def _beside(literal: Literal, other: Literal) -> bool:
    """Whether two literals stand in the same place."""
    return replace(literal, value=other.value) == other


def _with_companion(guard: Guard, lows: Sequence[Guard]) -> Guard:
    """An upper bound is as near as a small lower one in the same line: 1, 1 − low, and 1/low or more."""
    own = guard.literal
    if guard.small or not own.bounds or own.lower:
        return guard
    for low in lows:
        value = low.literal.value
        if (low.literal.file, low.literal.line) != (own.file, own.line) or value <= 0:
            continue
        if own.value == 1 or abs(own.value - (1 - value)) <= SAME * value + 2.0**-52 or own.value >= (1 - SAME) / value:
            return replace(guard, distance=low.distance)
    return guard


def _images(tape: Tape, uses: Mapping[int, list[tuple[int, int]]], node: int, literal: Literal) -> Iterator[float]:
    """How far the literal keeps each operand with a singularity from it, that what was bounded or added to becomes
    through sums with plain numbers, products and quotients; what is added, also through sums of lifted numbers."""
    start = -literal.value if literal.how == "subtracted" else literal.value
    waiting, seen = [(node, start, 0)], {node}
    while waiting:
        v, image, deep = waiting.pop()
        for w, k in uses.get(v, ()):
            rule, operands, _ = tape.nodes[w]
            if SINGULAR.get(rule.name) == k or _is_singular_power(rule, operands, k):
                yield image
            elif rule.name == "log1p":
                yield 1 + image
            further = _further(rule, operands, k, image, literal.bounds)
            if further is not None and w not in seen and deep < DEEP:
                seen.add(w)
                waiting.append((w, further, deep + 1))


def _is_singular_power(rule: Rule, operands: Sequence[Any], k: int) -> bool:
    """Whether it is a power that is no polynomial, seen from its base."""
    if rule.name != "power" or k != 0:
        return False
    whole = operands[1].value.unique_fmpz() if operands[1].index < 0 and operands[1].value.is_exact() else None
    return whole is None or whole < 0


def _further(rule: Rule, operands: Sequence[Any], k: int, image: float, bounds: bool) -> float | None:
    """What becomes of the distance in an operation that keeps zeros where they are, up to plain numbers that are added;
    None in any other."""
    others = [x for place, x in enumerate(operands) if place != k]
    plain = float(others[0].value.mid()) if len(others) == 1 and others[0].index < 0 else None
    match rule.name:
        case "literal" | "bound":
            return image
        case "negative":
            return -image
        case "add" | "subtract":
            if plain is None:
                return None if bounds else (-image if rule.name == "subtract" and k == 1 else image)
            return image + plain if rule.name == "add" else image - plain if k == 0 else plain - image
        case "sum":
            return None if bounds else image
        case "multiply":
            return image if plain is None else image * plain
        case "divide":
            return (image if not plain else image / plain) if k == 0 else None
        case "power" | "square" | "sqrt":
            return image
        case _:
            return None
