"""The running summary of a campaign: what the document says of all cases, in memory that does not grow with them.

`add` takes one record after another, in any order; counts, evidence and accuracy cover all of them. Records are kept
whole for the named and the first 2,000 random cases, and for the first 500 that fail; the others stand in the lines
file (`verify.results.lines`) only.

>>> tally = Tally()
>>> tally.add(0, {"verdict": "CORRECT", "group": "lecture", "family": None, "findings": None, "checks": [], "digits": None, "ulps": None, "id": "0",
...     "planned": 0, "judged": 0, "certified": 0, "unjudged": []})
>>> tally.total, tally.counts["CORRECT"], [record["id"] for record in tally.records()]
(1, 1, ['0'])
>>> tally.add(0, {})
Traceback (most recent call last):
    ...
ValueError: case 0 was added already
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from backproof.reports.document import Record
from backproof.reports.text import counted
from backproof.verify.blame.cover import Votes, causes_record
from backproof.verify.cases.corners import OUTSIDE
from backproof.verify.cases.coverage import Coverage
from backproof.verify.cases.reach import AXES, Reach, looked_up_to
from backproof.verify.results.counts import Counts
from backproof.verify.results.ledger import Ledger
from backproof.verify.results.shares import share_size
from backproof.verify.three_way.definition import CLAIM_DEFINITION, DISAGREEMENT
from backproof.verify.three_way.floats import BINS
from backproof.verify.three_way.witness import Witness
from backproof.verify.verdicts import Evidence, Verdict, evidence_words

DRAWN = ("random", OUTSIDE)  # the groups of cases outside of the families that are drawn, and aim at cells
KEPT_ROWS = 2000  # cases with a row in the document, the first ones; chosen: memory and file stay small in any campaign
KEPT_FAILURES = 500  # failing cases that are kept beside them; chosen: more than anybody looks at
ENOUGH_HELD = 10  # cases that hold, below the sizes at which a fault is said to begin; chosen: a few may be small by chance
COUNTED = (Verdict.CORRECT, Verdict.INACCURATE, Verdict.WRONG, Verdict.INCONCLUSIVE)  # in the order of the columns


def no_counts() -> dict[str, int]:
    """A count of zero for every verdict."""
    return {verdict.value: 0 for verdict in COUNTED}


@dataclass
class _Claim:
    theorem: str
    kind: str
    counts: dict[str, int] = field(default_factory=no_counts)
    digits: int | None = None
    size: float = -math.inf
    worst: str = ""
    share: float | None = None
    held: int = 0
    bins: list[int] | None = None
    agreed: Counter[int] = field(default_factory=Counter[int])


@dataclass
class Tally:
    """The sums over all records added so far. `keeps_all`: of a shard every record is needed when it is merged; a failure
    beyond the first 500 is then kept without its detail.

    `witnessed`: the cases on which differences were taken, how they were, and
    of how many they decided nothing; `defined`: those whose path sums were compared with their definition, and of how
    many these disagree; `nondeterministic`: the cases on which the answer of an engine changed between two calls though
    neither is wrong, `largest_change` the largest of these changes; `largest`: the sizes of the largest graphs on which
    something was decided; `votes`: what explains the failures; `cancelling`: how many adjoints have a κ of so many
    powers of ten and lose so many digits; `times`: the seconds that parts took, where that was measured.
    """

    keeps_all: bool = False
    total: int = 0
    counts: dict[str, int] = field(default_factory=no_counts)
    groups: dict[str, dict[str, int]] = field(default_factory=dict)
    worst_ulps: int = 0
    witnessed: Counter[str] = field(default_factory=Counter)
    defined: Counter[str] = field(default_factory=Counter)
    undecidable: dict[str, dict[str, int]] = field(default_factory=dict)
    comparisons: Counts = field(default_factory=Counts)
    coverage: Coverage = field(default_factory=Coverage)
    ledger: Ledger = field(default_factory=Ledger)
    nondeterministic: int = 0
    largest_change: Record | None = None
    largest: Reach = field(default_factory=lambda: dict.fromkeys(AXES, 0))
    votes: Votes = field(default_factory=Votes)
    times: dict[str, float] = field(default_factory=dict[str, float])
    cancelling: Counter[tuple[int, int]] = field(default_factory=Counter[tuple[int, int]])
    _held: Reach = field(default_factory=lambda: dict.fromkeys(AXES, 0))
    _failed: Reach = field(default_factory=dict[str, int])
    _least: tuple[float, int, str] | None = None
    _claims: dict[tuple[str, str, str], _Claim] = field(default_factory=dict)
    _kept: dict[int, Record] = field(default_factory=dict)
    _failing: dict[int, Record] = field(default_factory=dict)
    _places: bytearray = field(default_factory=bytearray)  # a bit for each place: a million are 125 kB

    def add(self, place: int, record: Record) -> None:
        """Count one record; `place` is its number in the order of the results. ValueError if it was added before."""
        if self.done(place):
            raise ValueError(f"case {place} was added already")
        if len(self._places) <= place // 8:
            self._places.extend(bytes(place // 8 + 1 - len(self._places)))
        self._places[place // 8] |= 1 << place % 8
        self.total += 1
        self.counts[record["verdict"]] += 1
        self.groups.setdefault(record["group"], no_counts())[record["verdict"]] += 1
        if record["family"] is not None:
            self.coverage.add(record["family"], record["facts"])
        elif "corners" in record and record["group"] in DRAWN:
            self.coverage.add_corner(record["facts"] if record["group"] == "random" else None)
        self.coverage.add_cells(record.get("corners", ()))
        if record["verdict"] != Verdict.INCONCLUSIVE.value:
            self.largest = {axis: max(size, record.get("reach", {}).get(axis, 0)) for axis, size in self.largest.items()}
        self._add_cause(place, record)
        if record["findings"] is not None:
            self.ledger.add(record["id"], record["findings"], place)
        self.comparisons.add(record)
        for check in record["checks"]:
            self._add_check(check)
        self._add_changes([check["change"] for check in record["checks"] if check.get("change") is not None])
        self._add_routes(record)
        for entry in record.get("cancellation", ()):
            self.cancelling[entry["kappa"], entry["lost"]] += entry["entries"]
        for entry in record.get("times", ()):
            self.times[entry["part"]] = self.times.get(entry["part"], 0.0) + float(entry["seconds"])
        for found in record.get("undecidable", ()):
            reasons = self.undecidable.setdefault(found["system"], {})
            words = _without_place(found["reason"])
            reasons[words] = reasons.get(words, 0) + 1
        if record["digits"] is not None:
            found = (record["digits"], place, record["id"])
            self._least = found if self._least is None else min(self._least, found)
            self.worst_ulps = max(self.worst_ulps, int(record["ulps"] or 0))
        if record["verdict"] != Verdict.CORRECT.value:
            self._failing[place] = record
            if len(self._failing) > KEPT_FAILURES:
                last = max(self._failing)
                further = self._failing.pop(last)
                if self.keeps_all:
                    self._kept[last] = {**further, "detail": None}
        elif place < KEPT_ROWS:
            self._kept[place] = record
        elif self.keeps_all:
            self._kept[place] = {**record, "replay": ""}  # as the lines file has it: the case is known by its number

    def _add_cause(self, place: int, record: Record) -> None:
        """Count what explains a failure, and how small failing and how large holding cases are."""
        sizes: Reach = record.get("reach", {})
        if record["verdict"] in (Verdict.WRONG.value, Verdict.INACCURATE.value):
            self.votes.add(place, record["id"], (record.get("fault") or {}).get("explained_by", ()))
            self._failed = {axis: min(size, self._failed.get(axis, size)) for axis, size in sizes.items()}
        elif record["verdict"] == Verdict.CORRECT.value:
            self._held = {axis: max(size, self._held.get(axis, 0)) for axis, size in sizes.items()}

    def causes(self) -> Record | None:
        """What is wrong, from all failures; None where nothing failed. Sizes from which on it fails are named where
        enough smaller cases hold.
        """
        enough = self.counts[Verdict.CORRECT.value] >= ENOUGH_HELD
        begins = {axis: at for axis, at in self._failed.items() if enough and at > self._held.get(axis, 0)}
        return causes_record(self.votes, begins)

    def _add_check(self, check: Record) -> None:
        claim = self._claims.setdefault((check["claim"], check["system"], check["kind"]), _Claim(check["theorem"], check["kind"]))
        claim.counts[check["verdict"]] += 1
        held = check["verdict"] == Verdict.CORRECT.value and check["entries"] > 0
        claim.held += held
        if (size := share_size(check["worst"])) > claim.size:
            claim.size, claim.worst, claim.share = size, check["worst"], check["share"]
        if check.get("bins") is not None:
            claim.bins = [a + b for a, b in zip(claim.bins or [0] * len(check["bins"]), check["bins"], strict=True)]
        claim.agreed.update({int(digits): count for digits, count in check.get("agreed", {}).items()})
        if check["verdict"] == Verdict.CORRECT.value and check["digits"] is not None:
            claim.digits = check["digits"] if claim.digits is None else min(claim.digits, check["digits"])

    def _add_routes(self, record: Record) -> None:
        """Count by which further routes a case was checked."""
        if record.get("witnessed", False):
            differences = record.get("differences") or {"how": Witness.ENTRIES.value, "left_open": None}
            self.witnessed.update(["cases", str(differences["how"]), *(["left open"] if differences["left_open"] else [])])
        verdicts = [check["verdict"] for check in record["checks"] if check["claim"] == CLAIM_DEFINITION]
        if verdicts:
            self.defined.update(["cases", *([DISAGREEMENT] if Verdict.WRONG.value in verdicts else [])])

    def _add_changes(self, changes: Sequence[Record]) -> None:
        """Count a case on which the answer of an engine changed between two calls."""
        self.nondeterministic += bool(changes)
        known = [*([] if self.largest_change is None else [self.largest_change]), *changes]
        self.largest_change = max(known, key=_share, default=None)

    def done(self, place: int) -> bool:
        """Whether the record of this place was added."""
        return place // 8 < len(self._places) and bool(self._places[place // 8] >> place % 8 & 1)

    def kept(self) -> list[tuple[int, Record]]:
        """The records that were kept, in order, with their places."""
        return sorted({**self._kept, **self._failing}.items())

    def records(self) -> list[Record]:
        """The records that were kept, in order."""
        return [record for _, record in self.kept()]

    def claims(self) -> list[Record]:
        """One row per claim and number system, with the evidence over all cases."""
        return [
            {
                "claim": name,
                "theorem": claim.theorem,
                "system": system,
                "evidence": evidence_words(Evidence[claim.kind], claim.held, claim.digits or 0),
                "kind": claim.kind,
                "held": claim.held,
                "digits": claim.digits,
                "counts": dict(claim.counts),
                "not_checked": self.total - sum(claim.counts.values()),
                "worst": claim.worst,
                "share": claim.share,
                "bins": claim.bins,
                **({"agreed": {str(digits): claim.agreed[digits] for digits in sorted(claim.agreed)}} if claim.agreed else {}),
            }
            for (name, system, _), claim in sorted(self._claims.items(), key=lambda item: (item[1].theorem, _rank(item[0][1])))
        ]

    def cancellation(self) -> list[Record]:
        """How many float64 adjoints cancel how much, and lose how many digits."""
        return [{"kappa": kappa, "lost": lost, "entries": self.cancelling[kappa, lost]} for kappa, lost in sorted(self.cancelling)]

    def differences(self) -> Record:
        """On how many cases differences were taken, on how many of these along directions, and decided nothing."""
        of = self.witnessed
        return {"cases": of["cases"], "directions": of[Witness.DIRECTIONS.value], "left_open": of["left open"]}

    def definition(self) -> Record:
        """On how many cases the path sums were compared with their definition, and on how many they disagree."""
        return {"cases": self.defined["cases"], "disagree": self.defined[DISAGREEMENT]}

    def open_sentences(self, witnesses: bool = True) -> list[str]:
        """What the comparisons left open: number systems in which some cases are undecidable, and (if `witnesses` are
        taken at all) cases without one.
        """
        sentences: list[str] = []
        for system, reasons in sorted(self.undecidable.items(), key=lambda item: _rank(item[0])):
            count = sum(reasons.values())
            most = max(reasons, key=lambda words: (reasons[words], words))
            sentences.append(
                f"{system} adjoints on {count:,} case{'s' if count > 1 else ''}: undecidable in this dtype, most often because {most}"
            )
        taken = self.witnessed["cases"]
        if witnesses and taken < self.total:
            sentences.append(f"differences, the second witness of Theorem 1, on {self.total - taken:,} of {counted(self.total, 'case')}")
        return sentences

    def looked(self) -> Reach | None:
        """Up to how many consumers, entries, vertices and levels the cases look; None where nothing was decided."""
        return looked_up_to(self.largest) if self.largest["vertices"] else None

    def accuracy(self) -> Record | None:
        """The fewest correct digits and the most ulps of a float64 adjoint, and the case with the fewest digits."""
        if self._least is None:
            return None
        return {"worst_digits": self._least[0], "worst_ulps": str(self.worst_ulps), "case": self._least[2]}


def countable(record: Record) -> bool:
    """Whether the sums can take this record, which comes from a file and fits the schema.

    >>> countable({"verdict": "CORRECT", "group": "random", "family": None, "findings": None, "checks": [], "digits": None, "ulps": None, "id": "0",
    ...     "planned": 0, "judged": 0, "certified": 0, "unjudged": []})
    True
    >>> countable({"verdict": "RIGHT"})
    False
    """
    tally = Tally()
    try:
        tally.add(0, record)
        claims = tally.claims()
        for entry in tally.ledger.entries.values():
            entry.record("")
    except (LookupError, TypeError, ValueError, ArithmeticError, StopIteration):
        return False
    return all(claim["bins"] is None or len(claim["bins"]) == len(BINS) + 1 for claim in claims)


def tally_of(records: Iterable[Record]) -> Tally:
    """The tally of some records, in order."""
    tally = Tally()
    for place, record in enumerate(records):
        tally.add(place, record)
    return tally


def _share(change: Record) -> float:
    return -1.0 if change["share"] is None else float(change["share"])


def _without_place(reason: str) -> str:
    """What is undecidable, without the vertex at which: records put its label and a colon before.

    >>> _without_place("vertex 4 ('z'): relu has a kink within the rounding errors of float64")
    'relu has a kink within the rounding errors of float64'
    """
    return reason.split(": ", 1)[-1]


def _rank(system: str) -> tuple[int, str]:
    order = ("rational", "float64", "float32", "float16", "bfloat16")
    return (order.index(system) if system in order else len(order), system)
