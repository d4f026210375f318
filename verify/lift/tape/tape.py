"""`Scalar`: a ball that remembers how it was computed; `Tape`: what was computed and decided in one run, and the
reverse sweep over it.

Rule: while code runs, `NOW.tape` is its tape; an operation adds a node only if a lifted number goes in, so constants
cost nothing. A number of another run is a constant here (`stale` counts them), except those of the run that this one
continues (`Tape.fork`). What Python and NumPy ask of a scalar beside arithmetic, its front end answers (`Tape.front`).

>>> with running(Tape(100)) as tape:
...     x, y = tape.leaf(arb(3)), tape.leaf(arb(2))
...     z = apply("add", apply("multiply", x, y), x)
...     adjoints = tape.sweep({z.index: arb(1)})
>>> z.value, adjoints[x.index], adjoints[y.index]
(9.00000000000000, 3.00000000000000, 3.00000000000000)
>>> float(z)
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: float(…), which needs a plain number, has no lifted rule (<doctest ...>:1)...
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Mapping, Set
from contextlib import contextmanager
from typing import Any

import numpy as np

from backproof.verify.lift.tape.errors import formats_text, needs_plain_number
from backproof.verify.lift.tape.exact import exact
from backproof.verify.lift.tape.front import Front
from backproof.verify.lift.tape.reads import NotLifted, Read, TooLarge, place
from backproof.verify.lift.tape.rule import EXACT, NAN, ZERO, Rule
from backproof.verify.lift.tape.rules import RULES
from backproof.verify.numbers.ball_arrays import Ball, arb, precision

DYADIC = 2.0**20  # chosen: a constant that is no multiple of 2⁻²⁰ looks rounded, as 0.1 does and 0.375 does not
MOST_OPERANDS = 1_000_000  # chosen: a tape of so many costs some seconds and some hundred MB


class Tape:
    """The nodes (rule, operands, value), the reads and the constants of one run; `front` is what its front end hands
    in."""

    def __init__(self, bits: int, flips: Set[int] = frozenset(), widen: float = 0.0, front: Front | None = None) -> None:
        self.bits, self.flips, self.widen = bits, flips, widen
        self.front = front or NO_FRONT
        self.nodes: list[tuple[Rule, tuple[Scalar, ...], Ball]] = []
        self.partials: list[tuple[Ball | None, ...] | None] = []
        self.shapes: list[np.ndarray[Any, Any]] = []  # for each lifted input the numbers of its leaves
        self.reads: list[Read] = []
        self.rough = self.stale = 0
        self.casts: list[str] = []
        self.calling = ""
        self.dtype: Any = np.dtype(np.float64)
        self.origin: Tape | None = None
        self.limit = self.operands = 0
        self.undefined = False  # whether some value is no number
        self.shake: Any = None  # what becomes of every value, to see how a derivative answers to errors
        self.at_ties: Any = None  # (left, relation, right, side) → how a decision falls, where ties do not fall NumPy's way
        self.folds = True  # whether what is computed from plain numbers alone is a plain number, and no node
        self.literals: Any = None  # plain numbers that are added or bound, where a run is asked for them (`literals.py`)

    def fork(self, flips: Set[int], widen: float) -> Tape:
        """A tape that continues this one, with reads of its own."""
        new = Tape(self.bits, flips, widen, self.front)
        new.nodes, new.partials, new.shapes = list(self.nodes), list(self.partials), list(self.shapes)
        new.dtype, new.origin, new.limit, new.operands = self.dtype, self, len(self.nodes), self.operands
        new.undefined = self.undefined
        return new

    def leaf(self, value: Ball) -> Scalar:
        """A new input."""
        return self.node(LEAF, (), value)

    def node(self, rule: Rule, operands: tuple[Scalar, ...], value: Ball) -> Scalar:
        """Append one node."""
        if self.shake is not None:
            value = self.shake(value)
        index = len(self.nodes)
        self.undefined = self.undefined or value.is_nan()
        self.operands += len(operands)
        if self.operands > MOST_OPERANDS:
            raise TooLarge(f"code that reads more than {MOST_OPERANDS:,} numbers is not lifted", place(), "use smaller arguments")
        self.nodes.append((rule, operands, value))
        self.partials.append(None)
        return Scalar(value, index, self)

    def adopted(self, x: Scalar) -> Scalar:
        """A number of another tape as one of this: itself if this tape continues the other, else a constant."""
        if x.tape is self or x.index < 0:
            return x
        origin, limit = self.origin, self.limit
        while origin is not None:
            if x.tape is origin and x.index < limit:
                return of_python(Scalar(x.value, x.index, self), x.builtin)
            origin, limit = origin.origin, min(limit, origin.limit)
        self.stale += 1
        self.undefined = self.undefined or x.value.is_nan()
        return Scalar(x.value, -1, None)

    def sweep(self, seeds: Mapping[int, Ball]) -> list[Ball | None]:
        """The derivatives of Σ seed · node by every node before, `None` where nothing arrives. Exact zero seeds are
        left out: 0 · f is 0."""
        top = max(seeds, default=-1) + 1
        adjoints: list[Ball | None] = [None] * top
        for index, seed in seeds.items():
            if not seed.is_zero():
                adjoints[index] = seed
        nodes, known = self.nodes, self.partials
        with precision(self.bits):
            for index in range(top - 1, -1, -1):
                adjoint = adjoints[index]
                if adjoint is None:
                    continue
                rule, operands, value = nodes[index]
                if not operands:
                    continue
                partials = known[index]
                if partials is None:
                    partials = (NAN,) * len(operands) if value.is_nan() else rule.partials(value, *[x.value for x in operands])
                    known[index] = partials
                for x, partial in zip(operands, partials, strict=True):
                    j = x.index
                    if j < 0:
                        continue
                    part = NAN if partial is None else adjoint * partial
                    before = adjoints[j]
                    adjoints[j] = part if before is None else before + part
        return adjoints

    def gradient(self, seeds: Mapping[int, Ball]) -> tuple[np.ndarray[Any, Any], ...]:
        """The same, as one array of balls for each lifted input."""
        adjoints = self.sweep(seeds)
        found: list[np.ndarray[Any, Any]] = []
        for numbers in self.shapes:
            result: np.ndarray[Any, Any] = np.empty(numbers.size, dtype=object)
            for k, number in enumerate(numbers.reshape(-1).tolist()):
                adjoint = adjoints[number] if number < len(adjoints) else None
                result[k] = ZERO if adjoint is None else adjoint
            found.append(result.reshape(numbers.shape))
        return tuple(found)


LEAF = Rule("leaf", lambda: NAN, lambda v: (), EXACT)


class Scalar:
    """A real ball `value`, and the number `index` of its node on `tape`; −1 for a constant. `builtin`: in floats
    Python's own float stands here."""

    __slots__ = ("builtin", "index", "tape", "value")
    __array_priority__ = 1000.0
    __iter__ = None
    shape: tuple[int, ...] = ()
    ndim, size = 0, 1

    def __init__(self, value: Ball, index: int = -1, tape: Tape | None = None) -> None:
        self.value = value
        self.index = index
        self.tape = tape
        self.builtin = False

    @property
    def __class__(self) -> Any:  # pyright: ignore[reportIncompatibleMethodOverride]
        """The type that the code sees."""
        return NOW.tape.front.shown(number_type(self))

    def __repr__(self) -> str:
        return repr(self._shown())

    def __format__(self, form: str) -> str:
        return format(self._shown(), form)

    def _shown(self) -> float:
        """What a text shows; it is noted, for a number that is read back from the text is a constant."""
        if self.index >= 0 and self.tape is NOW.tape:
            note = f"{place()}: text"
            if note not in NOW.tape.casts[-1:]:
                NOW.tape.casts.append(note)
        return float(self.value.mid())

    def __hash__(self) -> int:
        return hash((id(self.tape), self.index)) if self.index >= 0 else hash(float(self.value.mid()))

    def __copy__(self) -> Scalar:
        return self

    def __deepcopy__(self, memo: Any) -> Scalar:
        return self

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        return NOW.tape.front.ufunc(ufunc, method, inputs, options)

    def __array_function__(self, function: Any, types: Any, args: Any, options: Any) -> Any:
        return NOW.tape.front.function(function, args, options)

    def __getattr__(self, name: str) -> Any:
        """What a NumPy number has: its functions under NumPy's names (`exp`, which object arrays call), or what the
        front end gives."""
        rule = RULES.get(name)
        if rule is not None:
            return lambda *others: apply(rule, self, *map(scalar, others))
        return NOW.tape.front.attribute(self, name)

    def __getitem__(self, key: Any) -> Any:
        return NOW.tape.front.index(self, key)

    def __float__(self) -> float:
        if self.index >= 0:
            if formats_text(sys._getframe(1)):  # pyright: ignore[reportPrivateUsage]
                return self._shown()
            raise needs_plain_number("float(…)", "use the NumPy function")
        return float(self.value.mid())

    def __complex__(self) -> complex:
        if self.index >= 0:
            raise needs_plain_number("complex(…)")
        return complex(float(self.value.mid()))

    def __index__(self) -> int:
        whole = self.value.unique_fmpz() if self.value.is_finite() else None
        if self.index >= 0 or whole is None or not self.value.is_exact():
            raise NotLifted("an index that is a real number has no lifted rule", place(), "convert it with int(…)")
        return int(whole)


def number_type(x: Scalar) -> Any:
    """The type of the number that stands for x in floats."""
    return float if x.builtin else NOW.tape.dtype.type


def _no_attribute(x: Any, name: str) -> Any:
    raise AttributeError(f"a lifted number has no attribute {name!r}")


def _no_index(x: Any, key: Any) -> Any:
    raise TypeError("a lifted number has no parts")


NO_FRONT = Front(lambda *_: NotImplemented, lambda *_: NotImplemented, lambda _: Scalar, _no_attribute, _no_index)
"""Scalars that are what they are."""


class _Now:
    """The tape of the code that is running; `outside` stands there between runs, for numbers of a finished run may
    still be shown: with its front end."""

    __slots__ = ("outside", "tape")

    def __init__(self) -> None:
        self.tape = self.outside = Tape(53)


NOW = _Now()


@contextmanager
def running(tape: Tape) -> Generator[Tape, None, None]:
    """Make `tape` the one of the code that runs inside, at its precision."""
    before = NOW.tape
    NOW.tape = tape
    try:
        with precision(tape.bits), np.errstate(all="ignore"):
            yield tape
    finally:
        NOW.tape = before
        NOW.outside.front = tape.front


def constant(value: Any) -> Scalar:
    """A plain number of the code: exact, or with the rounding of its decimal notation where constants are widened."""
    ball, tape = exact(value), NOW.tape
    if type(value) is float or isinstance(value, np.floating):
        tape.undefined = tape.undefined or ball.is_nan()
        if ball.is_finite() and not (float(value) * DYADIC).is_integer():
            tape.rough += 1
            if tape.widen:
                own = float(np.finfo(getattr(value, "dtype", np.float64)).eps) / 2
                return Scalar(arb(ball, abs(float(value)) * own * tape.widen))
    return Scalar(ball)


def scalar(value: Any) -> Scalar:
    """A lifted number as it is, anything else as a constant."""
    if type(value) is Scalar:
        return value
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return scalar(value[()])
    return constant(value)


def of_python(x: Any, builtin: bool = True) -> Any:
    """The number as Python's float, or as NumPy's; anything else as it is."""
    if type(x) is not Scalar or x.builtin == builtin:
        return x
    found = Scalar(x.value, x.index, x.tape)
    found.builtin = builtin
    return found


def apply(rule: Rule | str, *operands: Scalar) -> Scalar:
    """The value of a rule on scalars, with a node if one of them is lifted. Of what is no number a rule makes no number,
    whatever its formula does (x⁰ is 1 also for nan)."""
    row = RULES[rule] if isinstance(rule, str) else rule
    tape, lifted = NOW.tape, False
    for x in operands:
        if x.index >= 0:
            lifted = True
            if x.tape is not tape:
                return apply(row, *[tape.adopted(y) for y in operands])
    value = row.value(*[x.value for x in operands])
    if tape.undefined and any(x.value.is_nan() for x in operands):
        value = NAN
    if lifted or not tape.folds:
        return tape.node(row, operands, value)
    tape.undefined = tape.undefined or value.is_nan()
    return Scalar(value)
