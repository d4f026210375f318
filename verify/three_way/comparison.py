"""What a comparison says: two quantities computed by different routes, what may lie between them, and how it ended.

A `Comparison` opens as CORRECT, with a claim, a number system and the evidence that it would be (`theorem_1`,
`theorem_2` and `floats` each open their own). What was found ends it in another verdict: `with_failures` the entries at
which the two sides do not agree, `inconclusive` a `Reason` for which nothing can be said, `wrong_paths` an enumeration
that is wrong itself. `sentence` puts reason and detail into the words that records and derivations show.

>>> opened = Comparison("left = right", "a theorem", "float64", Verdict.CORRECT, Evidence.ROUNDING)
>>> left_open = opened.inconclusive(Reason.PATHS, "7 paths from x to y; the limit is 2")
>>> left_open.verdict, left_open.reason
(<Verdict.INCONCLUSIVE: 'INCONCLUSIVE'>, <Reason.PATHS: 'too many paths'>)
>>> left_open.sentence
'too many paths: 7 paths from x to y; the limit is 2'
>>> apart = Failure("x", "3", "2", "1", "0"), Failure("y", "9", "2", "7", "0")
>>> wrong = opened.with_failures(Verdict.WRONG, "2 of 5 entries differ", zip([1.0, 7.0], apart))
>>> wrong.verdict, wrong.failed, [failure.where for failure in wrong.failures]
(<Verdict.WRONG: 'WRONG'>, 2, ['y', 'x'])
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np

from backproof.engine import Graph
from backproof.engine.in_words import brief, counted
from backproof.verify.numbers.written_balls import mid_rad
from backproof.verify.verdicts import Evidence, Reason, Verdict

MOST_FAILURES = 20  # that a comparison lists, the worst first; chosen: as many as one reads; `failed` counts them all
BITS = 400  # in which balls and floats are subtracted; chosen: more than twice the 167 bits of 50 certified digits


@dataclass(frozen=True)
class Failure:
    """One entry at which the two sides do not agree: where, both values, their distance and what was allowed."""

    where: str
    left: str
    right: str
    difference: str
    allowed: str


@dataclass(frozen=True)
class Change:
    """How far the answer of one engine changed between two calls with the same arguments: where most, by how much, as a
    share of what rounding allows there (None where that is not known, or one call left the value out), and at how many
    entries.
    """

    where: str
    difference: str
    share: float | None
    entries: int


@dataclass(frozen=True, repr=False)
class Comparison:
    """Two routes compared on `entries` numbers, and how that ended.

    `reason`    why it is INCONCLUSIVE; None otherwise
    `detail`    what was found, in words: of a failure, of what was left open, or a note on what is right
    `worst`     the largest distance as a share of what is allowed; None where equality was asked for
    `digits`    the number of decimal digits to which differences or enclosures decide
    `failures`  at most the worst 20 of `failed`
    `ending`    how a call of an engine ended, where not with adjoints (`engine_oracle.answers.Ending`)
    `change`    between two calls of an engine, where there is one
    """

    claim: str
    theorem: str
    system: str
    verdict: Verdict
    evidence: Evidence
    reason: Reason | None = None
    detail: str = ""
    entries: int = 0
    worst: float | None = None
    digits: int | None = None
    failures: tuple[Failure, ...] = ()
    failed: int = 0
    ending: str | None = None
    change: Change | None = None

    def __repr__(self) -> str:
        return brief(
            "Comparison", f"{self.verdict}: {self.claim} ({self.system})", counted(self.entries, "entry", "entries"), self.sentence or ""
        )

    @property
    def sentence(self) -> str | None:
        """The detail, behind its reason or its ending where there is one; None where there is nothing to say."""
        word = self.ending if self.reason is None else self.reason.value
        return f"{word}: {self.detail}" if word is not None else self.detail or None

    def with_failures(self, verdict: Verdict, detail: str, failures: Iterable[tuple[float, Failure]]) -> Comparison:
        """Ended by entries that do not agree, each with its distance as a share of what is allowed: the worst first."""
        ordered = [failure for _, failure in sorted(failures, key=lambda pair: -pair[0])]
        return replace(self, verdict=verdict, detail=detail, failures=tuple(ordered[:MOST_FAILURES]), failed=len(ordered))

    def inconclusive(self, reason: Reason, detail: str) -> Comparison:
        """Ended by what leaves it open; to how many digits the rest would decide is no longer said."""
        return replace(self, verdict=Verdict.INCONCLUSIVE, reason=reason, detail=detail, digits=None)

    def wrong_paths(self, message: str) -> Comparison:
        """Ended by an enumeration that did not give every path once."""
        return replace(self, verdict=Verdict.WRONG, detail=f"wrong path enumeration: {message}")


def and_more(words: Sequence[str]) -> str:
    """The first of several findings, and how many more there are.

    >>> and_more(["∂y/∂x"]), and_more(["∂y/∂x", "∂z/∂x", "∂z/∂y"])
    ('∂y/∂x', '∂y/∂x and 2 more')
    """
    return words[0] + (f" and {len(words) - 1} more" if len(words) > 1 else "")


def entry_label(graph: Graph, i: int, position: int) -> str:
    """How messages call one entry of u_i: its index in the shape, nothing for a scalar."""
    shape = graph.shape(i)
    return "" if shape == () else f"[{', '.join(str(int(k)) for k in np.unravel_index(position, shape))}]"


def adjoint_label(graph: Graph, j: int, c: int, r: int, rows: int) -> str:
    """One entry of the adjoint of u_j in words: column c, and row r where it has several."""
    return f"adjoint of {graph.name(j)}{entry_label(graph, j, c)}" + (f", row {r}" if rows > 1 else "")


def shown(value: Any) -> str:
    """A number as messages and results write it: p/q, 20 digits of an mpf, the shortest form of a float."""
    if isinstance(value, Fraction):
        return str(value)
    if hasattr(value, "_mpf_"):
        return str(mpmath.nstr(value, 20))
    return repr(float(value))


def shown_fraction(value: Fraction) -> str:
    """About 20 digits of a fraction of any size.

    >>> shown_fraction(Fraction(1, 3)), shown_fraction(Fraction(0)), shown_fraction(Fraction(1, 10**400))
    ('0.33333333333333333333', '0', '1.0000000000000000000e-400')
    >>> shown_fraction(1 - Fraction(1, 10**16)), shown_fraction(10 - Fraction(1, 10**15)), shown_fraction(Fraction(10**20 - 1, 10**19))
    ('0.99999999999999990000', '9.999999999999999', '10.0')
    """
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value.numerator)) - math.log10(value.denominator))
    digits = round(abs(value) * Fraction(10) ** (19 - exponent))
    while not 10**19 <= digits < 10**20:  # the logarithm is a float, and rounding may reach the next power of ten
        exponent += 1 if digits >= 10**20 else -1
        digits = round(abs(value) * Fraction(10) ** (19 - exponent))
    text, sign = str(digits), "-" if value < 0 else ""
    if -5 <= exponent < 0:
        return f"{sign}0.{'0' * (-exponent - 1)}{text}"
    if 0 <= exponent < 19:
        whole, rest = text[: exponent + 1], text[exponent + 1 :].rstrip("0")
        return f"{sign}{whole}{'.' + rest if rest else '.0'}"
    return f"{sign}{text[0]}.{text[1:]}e{exponent}"


def shown_ball(ball: Any, digits: int = 20) -> str:
    """The middle of a ball, however large or small it is.

    >>> from flint import arb
    >>> shown_ball(arb(0)), shown_ball(arb(1) / 4), shown_ball(arb(2) ** -3000), shown_ball(arb(2) ** -3000, 3)
    ('0', '0.25000000000000000000', '8.1285486255577354405e-904', '8.13e-904')
    """
    mid = mid_rad(ball).mid
    return shown_fraction(mid) if mid and digits == 20 else str(ball.mid().str(digits, radius=False))
