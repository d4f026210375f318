"""The comparisons that are planned for a case before anything runs, and those that were not judged: `Tier`, `Unjudged`.

A tier is one claim in one number system. Which ones there are follows from what was asked for, never from what came of
it: so a comparison that is dropped on the way is missed.

>>> [f"{tier.claim} in {tier.system}" for tier in tiers(("float64",))][:2]
['backward pass = path sum in rational', 'backward pass = path sum in float64']
>>> len(tiers(("float64", "float32"))), len(engine_tiers())
(8, 2)
>>> Unjudged(CLAIM_FLOATS, "float32", Why("no idea"))
Traceback (most recent call last):
    ...
ValueError: 'no idea' is not a valid Why
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from backproof.engine import FLOAT64, RATIONAL
from backproof.verify.three_way.comparison import Comparison
from backproof.verify.three_way.floats import CLAIM_FLOATS, FloatCheck
from backproof.verify.three_way.theorem_1 import CLAIM_CERTIFIED, CLAIM_DIFFERENCES
from backproof.verify.three_way.theorem_2 import CLAIM_ADJOINTS
from backproof.verify.verdicts import Reason

BALL, MPMATH = "ball", "mpmath"
CLAIM_DERIVATIVE = "engine = certified derivative"
CLAIM_PATHS = "engine = path sum (inner vertices)"


class Why(StrEnum):
    """Why a planned comparison was set aside, beside the `Reason`s for which floats are undecidable: nothing that was
    asked for is missing.
    """

    INEXACT = "no exact values"  # a local function of the case, or a number of it, is not rational
    SAMPLE = "not in the sample"  # differences are a second witness, taken on a stated part of the cases
    DIRECTIONS = "along directions instead"  # differences of a large case
    OUTSIDE = "outside the domain"  # where there is no derivative, it is compared that all routes refuse
    OPEN = "left open by the witness"  # enclosures decided where differences could not
    RESIDUES = "no residues"  # a Jacobian has no value modulo the prime
    EMPTY = "nothing to compare"  # no entry depends on a leaf
    ABSENT = "not given"  # the engine on trial returned no adjoints inside the graph
    ENDED = "no adjoints"  # the call of the engine on trial ended without them, which is judged by itself


class Tier(NamedTuple):
    """One claim in one number system."""

    claim: str
    system: str


@dataclass(frozen=True)
class Unjudged:
    """A planned comparison that was set aside, why, and in `words` what is known of it."""

    claim: str
    system: str
    why: Why | Reason
    words: str = ""

    @property
    def tier(self) -> Tier:
        """Which of the planned comparisons it is."""
        return Tier(self.claim, self.system)


def tiers(dtypes: Iterable[str]) -> tuple[Tier, ...]:
    """What `check_case` is to compare on every case, with these hardware number systems."""
    return (
        *(Tier(CLAIM_ADJOINTS, system) for system in (RATIONAL.name, FLOAT64.name, BALL, MPMATH)),
        Tier(CLAIM_CERTIFIED, BALL),
        Tier(CLAIM_DIFFERENCES, MPMATH),
        *(Tier(CLAIM_FLOATS, system) for system in dict.fromkeys(dtypes)),
    )


def engine_tiers() -> tuple[Tier, ...]:
    """What is to be compared of an engine on trial on every case: the adjoints of leaves, and those inside the graph."""
    return Tier(CLAIM_DERIVATIVE, FLOAT64.name), Tier(CLAIM_PATHS, FLOAT64.name)


def without_entries(why: Why) -> tuple[Unjudged, ...]:
    """What is set aside on a case of which differences are not taken entry by entry."""
    return Unjudged(CLAIM_ADJOINTS, MPMATH, why), Unjudged(CLAIM_DIFFERENCES, MPMATH, why)


def set_aside(comparison: Comparison) -> Unjudged:
    """What the witness leaves open where enclosures decided."""
    return Unjudged(comparison.claim, comparison.system.split("(")[0], Why.OPEN, comparison.sentence or "")


def outside_domain(dtypes: Iterable[str]) -> tuple[Unjudged, ...]:
    """What is set aside on a case without a derivative."""
    return tuple(Unjudged(tier.claim, tier.system, Why.OUTSIDE) for tier in tiers(dtypes))


def undecidable_floats(checks: Sequence[FloatCheck]) -> tuple[Unjudged, ...]:
    """The hardware number systems in which nothing could be said, with the reason."""
    return tuple(
        Unjudged(CLAIM_FLOATS, check.system, check.reason, check.undecidable or "") for check in checks if check.comparison is None
    )
