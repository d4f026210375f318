"""What became of the planned comparisons: judged, certified, or not judged with the reason. `counts_of` a case, `Counts`
of many, and the words that these come to.

The plan (`three_way.planned`) does not know the outcome. A comparison of it that neither ended nor was set aside is
`unexplained`, and forbids CORRECT.

>>> from dataclasses import replace
>>> from backproof.verify.cases.lecture import lecture_cases
>>> from backproof.verify.three_way.check import check_case
>>> from backproof.verify.three_way.witness import Witness
>>> result = check_case(lecture_cases()[0], witness=Witness.NONE)
>>> counts = counts_of(result, tiers(("float64",)))
>>> counts.planned, counts.judged, counts.certified, counts.unexplained
(7, 5, 3, 0)
>>> counts_words(counts.record())
'Not judged: 2 of 7 comparisons (not in the sample 2).'
>>> dropped = counts_of(replace(result, comparisons=result.comparisons[1:]), tiers(("float64",)))
>>> dropped.unexplained, counts_words(dropped.record())
(1, 'Not judged: 3 of 7 comparisons (not in the sample 2, nothing says why 1).')
>>> Counts().add({})
Traceback (most recent call last):
    ...
KeyError: 'planned'
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from backproof.reports.document import Record
from backproof.reports.text import counted
from backproof.verify.three_way.check import CaseResult
from backproof.verify.three_way.comparison import Comparison
from backproof.verify.three_way.planned import Tier, Why, engine_tiers, tiers
from backproof.verify.verdicts import Evidence, Verdict

ALL = "all"
"""The system of a comparison that stands for all of the plan: the case could not be begun, or its time was up."""
PROVING = (Evidence.EXACT, Evidence.CERTIFIED)
UNEXPLAINED = "nothing says why"


@dataclass
class Counts:
    """How many comparisons were planned, judged, and judged CORRECT on exact or certified evidence; and how many were
    not judged, for which reason, and whether that is excused.
    """

    planned: int = 0
    judged: int = 0
    certified: int = 0
    unjudged: dict[tuple[str, bool], int] = field(default_factory=dict[tuple[str, bool], int])

    @property
    def unexplained(self) -> int:
        """How many of the planned comparisons neither ended nor were set aside."""
        return self.planned - self.judged - sum(self.unjudged.values())

    def leave(self, reason: str, excused: bool, comparisons: int = 1) -> None:
        """So many were not judged."""
        if comparisons:
            self.unjudged[reason, excused] = self.unjudged.get((reason, excused), 0) + comparisons

    def add(self, record: Mapping[str, Any]) -> None:
        """Those of one more case, from its record. KeyError if it has none."""
        self.planned += record["planned"]
        self.judged += record["judged"]
        self.certified += record["certified"]
        for entry in record["unjudged"]:
            self.leave(entry["reason"], entry["excused"], entry["comparisons"])

    def record(self) -> Record:
        """They as JSON data, the most frequent reason first."""
        ordered = sorted(self.unjudged.items(), key=lambda item: (-item[1], item[0]))
        return {
            "planned": self.planned,
            "judged": self.judged,
            "certified": self.certified,
            "unjudged": [{"reason": reason, "comparisons": count, "excused": excused} for (reason, excused), count in ordered],
        }


def plan_of(dtypes: Sequence[str], target: str | None) -> tuple[Tier, ...]:
    """What is compared on every case: of backproof's own engine, or of one on trial."""
    return tiers(dtypes) if target is None else engine_tiers()


def counts_of(result: CaseResult, plan: Iterable[Tier]) -> Counts:
    """What became of the plan on one case, and of what was compared beside it."""
    counts = Counts()
    ended = {_tier(comparison): comparison for comparison in result.comparisons}
    aside = {entry.tier: entry for entry in result.unjudged}
    instead = next((comparison for comparison in result.comparisons if comparison.system == ALL), None)
    for tier in dict.fromkeys([*plan, *aside, *(found for found, one in ended.items() if one is not instead)]):
        counts.planned += 1
        if tier in ended:
            _count(ended[tier], counts)
        elif tier in aside:
            counts.leave(str(aside[tier].why), excused=True)
        elif instead is not None and instead.reason is not None:
            counts.leave(str(instead.reason), excused=False)
    return counts


def _count(comparison: Comparison, counts: Counts) -> None:
    if comparison.verdict is Verdict.INCONCLUSIVE:
        counts.leave(str(comparison.reason), excused=False)
    elif is_empty(comparison):
        counts.leave(Why.EMPTY.value, excused=True)
    else:
        counts.judged += 1
        counts.certified += comparison.verdict is Verdict.CORRECT and comparison.evidence in PROVING


def is_empty(comparison: Comparison) -> bool:
    """Whether it holds because nothing was compared: it is then evidence of nothing."""
    return comparison.verdict is Verdict.CORRECT and not comparison.entries


def _tier(comparison: Comparison) -> Tier:
    return Tier(comparison.claim, comparison.system.split("(")[0])


def counts_words(record: Mapping[str, Any]) -> str:
    """What was not judged, by name and in one sentence; "" where everything was.

    >>> counts_words({"planned": 7, "judged": 7, "certified": 5, "unjudged": []})
    ''
    """
    missing = record["planned"] - record["judged"]
    if not missing:
        return ""
    reasons: dict[str, int] = {}
    for entry in record["unjudged"]:
        reasons[entry["reason"]] = reasons.get(entry["reason"], 0) + entry["comparisons"]
    unexplained = missing - sum(reasons.values())
    named = [f"{reason} {count:,}" for reason, count in (*reasons.items(), (UNEXPLAINED, unexplained)) if count]
    return f"Not judged: {missing:,} of {counted(record['planned'], 'comparison')} ({', '.join(named)})."
