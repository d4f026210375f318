"""A fault of a gradient as data, `Cause`; what explains a whole error, one or several of them, `Diagnosis`.

>>> sign = Cause(Fault.SIGN, "the gradient of `x` is minus the derivative", argument=0)
>>> zero = Cause(Fault.ZERO, "the gradient of `b` is zero: nothing flows back to it", argument=1)
>>> print(Diagnosis(((sign, zero),)))
the gradient of `x` is minus the derivative; the gradient of `b` is zero: nothing flows back to it
>>> Diagnosis(((sign,), (zero,))).faults == {Fault.SIGN, Fault.ZERO}
True
>>> Diagnosis(())
Traceback (most recent call last):
    ...
ValueError: a diagnosis has at least one explanation, each of at least one cause
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from enum import StrEnum

MOST_SAID = 2  # chosen: explanations that are said where more fit equally well; all are kept as data


class Fault(StrEnum):
    """The kinds of faults that are told apart."""

    MISSING = "a contribution is missing"
    CONSTANT = "held constant"
    DOUBLED = "counted twice"
    SIGN = "wrong sign"
    FACTOR = "a factor"
    ZERO = "nothing flows back"
    TRANSPOSED = "transposed"
    ORDER = "another order"
    SLICE = "another slice"
    EXCHANGED = "exchanged"
    MERGED = "merged"
    UNSUMMED = "not summed"
    SHAPE = "another shape"
    AXIS = "along the wrong axis"
    COTANGENT = "the cotangent is not used"
    LAST_USE = "the last use only"
    OUTSIDE = "a factor outside of the sums"
    CHAIN = "the chain rule stops early"
    LOCAL = "a local derivative"
    GUARD = "a guard is left out"


@dataclass(frozen=True)
class Cause:
    """One fault: its kind, in words, and where.

    `argument` is the number of the argument whose gradient it is about, if it is about one; `function`, `file` and
    `line` the operation of the forward at which it is, if it is at one.
    """

    fault: Fault
    words: str
    argument: int | None = None
    function: str = ""
    file: str = ""
    line: int = 0

    @property
    def place(self) -> str:
        """`file.py:line`, or "" for a cause of a whole gradient."""
        return f"{os.path.basename(self.file)}:{self.line}" if self.file else ""


@dataclass(frozen=True)
class Diagnosis:
    """The explanations that fit, the best first: each predicts the gradients that were found, by the causes in it
    together. Not `sure` where any other explanation is a better one: both passes without a guard that both of them have
    are another function and another backward."""

    explanations: tuple[tuple[Cause, ...], ...]
    sure: bool = True

    def __post_init__(self) -> None:
        if not self.explanations or not all(self.explanations):
            raise ValueError("a diagnosis has at least one explanation, each of at least one cause")

    @property
    def causes(self) -> tuple[Cause, ...]:
        """Every cause of every explanation."""
        return tuple(cause for explanation in self.explanations for cause in explanation)

    @property
    def faults(self) -> set[Fault]:
        """The kinds that occur."""
        return {cause.fault for cause in self.causes}

    def __str__(self) -> str:
        said = dict.fromkeys("; ".join(dict.fromkeys(cause.words for cause in explanation)) for explanation in self.explanations)
        return "; or equally well, ".join(list(said)[:MOST_SAID])
