"""Which literals of a forward explain that a backward is not its derivative: `explanation(marked, held)`.

A guard is a literal that is added to, or bounds by clip, maximum or minimum, the operand of a log, a root, a power or a
denominator (`lift/tape/literals.py`). The forward runs again without one or some of them, and the backward is held
against the certified derivative of that: nothing is guessed from the size of the difference. A bound is left out in two
ways: the value beyond it is used, or the bound is kept and the derivative goes through it. Where that explains nothing,
the backward runs without the same literals too: a code that clips in both passes is right but for the clip.

>>> import numpy as np
>>> from backproof.verify.lift.lifted import pull_back
>>> from backproof.verify.lift.numpy_code.lifting import lift
>>> def run(left_out):
...     return lift(lambda p: np.log(p + 1e-7), (np.array([0.25]),), left_out=left_out)
>>> def is_slope(found):
...     return lambda left_out: float(pull_back(run(left_out), np.array([1.0]))[0][0].mid()) == found or None
>>> marked = run(LeftOut()).tape
>>> found = explanation(marked, is_slope(1 / 0.25), lambda _: None)
>>> found.words.partition(" at ")[0], found.values, found.forgiven
('it is the derivative with the guard 1e-07', (1e-07,), True)
>>> explanation(marked, is_slope(5.0), lambda _: None) is None
True
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

import numpy as np

from backproof.verify.gradient_oracle.causes.cause import Cause, Diagnosis, Fault
from backproof.verify.lift.tape.literals import SMALL, Guard, LeftOut, Literal, guards
from backproof.verify.lift.tape.tape import Tape

Result = TypeVar("Result")

TINY = 1.0001e-7  # chosen: as near as clips of probabilities come; a variance that is clamped at 1e-6 gets below that
MOST_RUNS = 24  # chosen: of the forward, for one point; as many as all ways to leave out one or all but one of five guards
MOST_NODES = 100_000  # chosen: of the runs of one way to leave guards out, a second or two
LEAST_RUNS = 2  # chosen: however large the code is
SAME_VALUE = 1e-12  # chosen: relatively, of a value that somebody wrote and a literal that the code computes


class Way(Enum):
    """How guards are left out."""

    REMOVED = "of the forward"
    PASSED = "of the derivative of the forward, whose values they still bound"
    BOTH = "of forward and backward"


@dataclass(frozen=True)
class Explained(Generic[Result]):
    """Guards without which the backward is the derivative, and the `result` of asking that, and the `way` in which they were left out."""

    guards: tuple[Guard, ...]
    result: Result
    way: Way = Way.REMOVED

    @property
    def forgiven(self) -> bool:
        """Whether points that nobody gave are not held against it: the guards are small where they are removed, and
        next to nothing where a code that keeps a bound forgets that its derivative is zero beyond."""
        return all(guard.distance <= (SMALL if self.way is Way.REMOVED else TINY) for guard in self.guards)

    @property
    def values(self) -> tuple[float, ...]:
        """The numbers that are left out."""
        return tuple(guard.literal.value for guard in self.guards)

    @property
    def diagnosis(self) -> Diagnosis:
        """The same as data, a cause for each guard."""
        literals = [guard.literal for guard in self.guards]
        causes = tuple(Cause(Fault.GUARD, self.words, None, one.how, one.file, one.line) for one in literals)
        return Diagnosis((causes,), sure=self.way is not Way.BOTH or any(one.bounds for one in literals))

    @property
    def words(self) -> str:
        """What the backward is the derivative of."""
        added = list(dict.fromkeys(f"{shown(g.literal.value)} at {g.literal.place}" for g in self.guards if not g.literal.bounds))
        beyond = list(dict.fromkeys(f"the {g.literal.how} of {g.literal.place}" for g in self.guards if g.literal.bounds))
        removed = [f"with the guard{'' if len(added) == 1 else 's'} {' and '.join(added)} removed"] if added else []
        bounds = [f"as if there were no bound, beyond {' and '.join(beyond)}"] if beyond else []
        what = "both passes agree" if self.way is Way.BOTH else "it is the derivative"
        advice = "; give domain= if values never get there" if beyond else ""
        return f"{what} {' and '.join([*removed, *bounds])}{advice}"


def shown(value: float) -> str:
    """A literal as somebody may have written it."""
    return f"{value:.6g}" if abs(value) < 0.5 else repr(value)


def is_ignored(literal: Literal, ignored: Sequence[float]) -> bool:
    """Whether a literal is one of those that the caller leaves out, in float64 or float32; 1 − ε is the upper bound that
    belongs to a lower one of ε.

    >>> clip = Literal(1 - 1e-15, "clip", "loss.py", 3)
    >>> is_ignored(clip, [1e-15]), is_ignored(clip, [1e-7]), is_ignored(Literal(1.0, "added", "loss.py", 4), [1e-17])
    (True, False, False)
    """
    upper = literal.bounds and not literal.lower
    return any(
        abs(literal.value - value) <= SAME_VALUE * abs(value)
        or literal.value == float(np.float32(value))
        or (upper and abs(literal.value - (1 - value)) <= SAME_VALUE * abs(value) + np.finfo(float).eps)
        for value in ignored
    )


def explanation(
    marked: Tape, held: Callable[[LeftOut], Result | None], both: Callable[[LeftOut], Result | None]
) -> Explained[Result] | None:
    """The guards that explain a difference, as few as possible; None where none do. `marked` is the tape of a run that
    leaves nothing out; `held(left_out)` says what comes of one without some literals, None where the backward is no
    derivative of that, and `both(left_out)` the same where the backward is run without those literals too."""
    known = guards(marked)
    runs = max(LEAST_RUNS, min(MOST_RUNS, MOST_NODES // max(1, len(marked.nodes))))
    for way in Way:
        tried: set[frozenset[int]] = set()
        some = [k for k, guard in enumerate(known) if guard.literal.bounds or way is not Way.PASSED]

        def ask(chosen: frozenset[int], way: Way = way, tried: set[frozenset[int]] = tried) -> Result | None:
            if not chosen or chosen in tried or len(tried) >= runs:
                return None
            tried.add(chosen)
            left_out = LeftOut.of([known[k] for k in sorted(chosen)], passed=way is Way.PASSED)
            return both(left_out) if way is Way.BOTH else held(left_out)

        for chosen in _sets(known, some):
            result = ask(chosen)
            if result is None:
                continue
            needed = chosen
            for k in sorted(chosen):
                fewer = ask(needed - {k})
                needed, result = (needed, result) if fewer is None else (needed - {k}, fewer)
            return Explained(tuple(known[k] for k in sorted(needed)), result, way)
    return None


def _sets(known: Sequence[Guard], every: Sequence[int]) -> Iterator[frozenset[int]]:
    """Each, all that are small, those of one value, those of one line, all, and all but one."""
    small = [k for k in every if known[k].small]
    yield from (frozenset({k}) for k in every)
    yield frozenset(small)
    for value in {known[k].literal.value: None for k in every}:
        yield frozenset(k for k in every if known[k].literal.value == value)
    for place in {known[k].literal.place: None for k in every}:
        yield frozenset(k for k in every if known[k].literal.place == place)
    yield frozenset(every)
    for some in (small, every):
        yield from (frozenset(some) - {k} for k in some)
