"""What `check` finds: a `GradientFinding` says at which point, of which argument and entry, what was computed and what
is right; `worst_first` orders them. A `Note` is not held against a backward, and yet worth knowing.

>>> finding = GradientFinding(
...     Verdict.WRONG, Kind.FORMULA, "the given arguments", 0, (1,), "3.0", "2.0", math.inf, "wrong by a factor of 1.5"
... )
>>> print(finding.line())
WRONG at the given arguments: gradient of argument 0[1] is 3.0, the derivative is 2.0 (wrong by a factor of 1.5)
>>> note_at("a zero", "rounding may change the gradient").words
'at a zero, rounding may change the gradient'
>>> worst_of([])
Traceback (most recent call last):
    ...
ValueError: there is no finding to choose from
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from backproof.engine.in_words import brief
from backproof.verify.gradient_oracle.causes.cause import Diagnosis
from backproof.verify.gradient_oracle.given.places import Place
from backproof.verify.verdicts import Verdict, severity

CLEAR = 1e-3  # chosen: a relative error that nobody takes for rounding


class Kind(StrEnum):
    """What a finding is about."""

    FORMULA = "formula"  # the lifted backward is not the certified derivative
    FLOATS = "floats"  # what it computes is farther from the derivative than rounding explains
    DIFFERENCES = "differences"  # or farther from differences of a forward that cannot be lifted
    SHAPE = "shape"  # how many gradients there are, their shapes and dtypes
    FINITE = "finite"  # an entry that is not finite, though the output is
    MISSING = "missing"  # None in the place of a gradient, where the derivative is not known to be 0
    ABSENT = "absent"  # it says that there is none (NotImplementedError): nothing is compared
    PROTOCOL = "protocol"  # it raises, or does not bear to be called in other ways


@dataclass(frozen=True, repr=False)
class GradientFinding:
    """One thing that is not as it should be.

    `verdict`   WRONG or INACCURATE
    `kind`      what it is about
    `point`     where: which arguments, in words
    `argument`, `index`   the number of the argument, and the entry of its gradient
    `found`, `expected`   both values, in digits
    `size`      the error as a multiple of what is allowed; inf where nothing is
    `words`     what it means
    `name`      what the argument is called, where it has a name
    `derivative`   the one that is right, as a float; nan where there are several, or none
    `explained`    of what function it is the derivative, where that was certified
    `bound`     how far it may be off, in digits; "" where it may not, or nothing was compared
    `place`     the line of the code that raised, where one did
    """

    verdict: Verdict
    kind: Kind
    point: str
    argument: int | None = None
    index: tuple[int, ...] | None = None
    found: str = ""
    expected: str = ""
    size: float = 0.0
    words: str = ""
    derivative: float = field(default=math.nan, compare=False)
    name: str = ""
    explained: Diagnosis | None = field(default=None, compare=False)
    bound: str = field(default="", compare=False)
    place: Place | None = field(default=None, compare=False)

    @property
    def where(self) -> str:
        """The argument, by its name or its number."""
        return self.name or f"argument {self.argument}"

    @property
    def sentence(self) -> str:
        """What is wrong, where there are no values to show."""
        names = self.argument is not None and self.kind is not Kind.MISSING
        return f"gradient of {self.where}: {self.words}" if names else self.words

    def __repr__(self) -> str:
        return brief("GradientFinding", str(self.kind), self.line())

    def __str__(self) -> str:
        return self.line()

    def line(self) -> str:
        """The finding in one line."""
        if self.argument is None or not self.expected:
            return f"{self.verdict} at {self.point}: {self.sentence}"
        entry = "" if not self.index else f"[{', '.join(map(str, self.index))}]"
        more = f" ({self.words})" if self.words else ""
        return f"{self.verdict} at {self.point}: gradient of {self.where}{entry} is {self.found}, the derivative is {self.expected}{more}"


def is_clear(finding: GradientFinding) -> bool:
    """Whether something is WRONG by so much that its kind can be seen; a formula that is off by 10⁻⁹ at a tiny argument
    may be off by a factor elsewhere.

    >>> is_clear(GradientFinding(Verdict.WRONG, Kind.FORMULA, "small values", 0, size=1.3e-9))
    False
    """
    return finding.verdict is Verdict.WRONG and not (finding.kind is Kind.FORMULA and finding.size < CLEAR)


def worst_of(findings: Sequence[GradientFinding]) -> GradientFinding:
    """The finding to show first: WRONG before INACCURATE, then the largest error, nan as inf. ValueError if there is
    none."""
    if not findings:
        raise ValueError("there is no finding to choose from")
    return max(findings, key=lambda finding: (severity(finding.verdict), math.inf if math.isnan(finding.size) else finding.size))


def worst_first(findings: Sequence[GradientFinding]) -> tuple[GradientFinding, ...]:
    """The worst, then the other WRONG ones, then the others, each in the order in which they were found."""
    if not findings:
        return ()
    worst = worst_of(findings)
    others = sorted(findings, key=lambda finding: -severity(finding.verdict))
    return (worst, *(finding for finding in others if finding is not worst))


@dataclass(frozen=True)
class Note:
    """What is not held against a backward, and yet worth knowing, in `words`. `said` is what notes of one kind have in
    common, whatever their points."""

    said: str
    words: str


def note_at(point: str, said: str) -> Note:
    """The note that something holds at a point."""
    return Note(said, f"at {point}, {said}")


def one_of_each_kind(notes: Iterable[Note]) -> list[Note]:
    """The first note of every kind, then the second of every kind, and so on.

    >>> [note.words for note in one_of_each_kind([note_at("1", "a"), note_at("2", "a"), note_at("2", "b")])]
    ['at 1, a', 'at 2, b', 'at 2, a']
    """
    times: dict[str, int] = {}
    ordered: list[tuple[int, Note]] = []
    for note in notes:
        times[note.said] = times.get(note.said, 0) + 1
        ordered.append((times[note.said], note))
    return [note for _, note in sorted(ordered, key=lambda pair: pair[0])]
