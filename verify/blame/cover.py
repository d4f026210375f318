"""What is wrong with an engine, from all of its failures: `Votes` counts which causes explain each, `causes_record` names
few that explain them, and counts what they leave.

A failure votes for every cause that explains it (`hypotheses`). One cause that explains all of them is the answer; where
there is none, a set cover is sought, weighted by how much a cause leaves to be said: the cheapest of up to three among
the causes with most votes, and then one more as long as it helps, so that it need not be the smallest. A rule costs its
name, a kind in no certain place also a little for each failure, and what is wrong in no known way much more. What is
counted is sets of causes, never cases, and of many different sets those with the smallest digests are kept: so
memory is bounded, and the order in which failures come changes nothing.

>>> votes = Votes()
>>> for place, keys in enumerate((("sign @ every tanh", "wrong sum @ one place"), ("sign @ every tanh", "sign @ one place"))):
...     votes.add(place, f"case {place}", keys)
>>> causes_record(votes)["sentence"]
'The local Jacobian of every tanh has the wrong sign: explains 2 of 2 failures.'
>>> causes_record(Votes()) is None
True
>>> votes.add(2, "case 2", ["no cause"])
Traceback (most recent call last):
    ...
ValueError: 'no cause' is no cause: expected a kind, ' @ ' and where it is
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.blame.causes import ALL, RULE, UNKNOWN_JACOBIAN, cause_words, is_known, level, read_cause, without_order
from backproof.verify.blame.contributions import ANY_CONSUMER, SOME_OF_THEM
from backproof.verify.blame.uses import ONE_USE

MOST_SETS = 2000  # different sets of causes that are counted; chosen: some hundred come of an engine, and a set takes 1 kB
NAME_COST = (1.0, 1.2, 1.5, 2.0)  # of a cause, by its level; chosen: two rules are a better answer than one unknown
EACH_COST = (0.0, 0.0, 0.05, 0.3)  # for each failure, by level; chosen: twenty unknown places are as much as six rules
FUNCTION_COST = (
    0.02  # for each failure, where the function that is wrong is known; chosen: a rule must explain fifty of them to be another cause
)
NO_COST = 1.1  # for each failure that is left; chosen: more than a rule, so that one failure may have a cause of its own
TRIED = 30  # causes of which every three are tried; chosen: 4,060 covers, a second; those with the most votes
MOST_CAUSES = 5  # that are named; chosen: more are not read
MOST_EQUAL = 3  # others that are named because they explain as much; chosen
WORDS = ("No", "One", "Two", "Three", "Four", "Five")


@dataclass
class Votes:
    """Failures by the set of causes that explain each: how many, and the first of them. `failures` counts all, `silent`
    those that nothing explains, `uncounted` those of sets that are not kept.
    """

    failures: int = 0
    silent: int = 0
    sets: dict[tuple[str, ...], tuple[int, int, str]] = field(default_factory=dict[tuple[str, ...], tuple[int, int, str]])
    _digests: dict[tuple[str, ...], bytes] = field(default_factory=dict[tuple[str, ...], bytes])

    @property
    def uncounted(self) -> int:
        """The failures whose sets are not among those that are kept."""
        return self.failures - self.silent - sum(count for count, _, _ in self.sets.values())

    def add(self, place: int, identity: str, keys: Sequence[str]) -> None:
        """The votes of one failure. ValueError for what is no cause."""
        chosen = tuple(sorted(keys))
        for key in chosen:
            read_cause(key)
        self.failures += 1
        self.silent += not chosen
        if not chosen:
            return
        if chosen in self.sets:
            count, first, name = self.sets[chosen]
            self.sets[chosen] = (count + 1, *min((first, name), (place, identity)))
            return
        self._digests[chosen] = hashlib.sha256("\n".join(chosen).encode()).digest()
        self.sets[chosen] = 1, place, identity
        if len(self.sets) > MOST_SETS:
            largest = max(self._digests, key=lambda key: self._digests[key])
            del self.sets[largest], self._digests[largest]


@dataclass(frozen=True)
class _Table:
    """The causes, the sets by number, how many failures each set has, and what each cause costs for one of them (inf
    where it does not explain the set).
    """

    keys: tuple[str, ...]
    counts: Array
    each: Array

    def total(self, chosen: Sequence[int]) -> float:
        """What an answer of these causes costs."""
        named = sum(NAME_COST[level(self.keys[c])] for c in chosen)
        return float(named + self.counts @ np.minimum(self.each[list(chosen)].min(axis=0, initial=np.inf), NO_COST))

    def explained(self, c: int) -> int:
        """How many failures a cause explains."""
        return int(self.counts[np.isfinite(self.each[c])].sum())


def _table(votes: Votes) -> _Table:
    sets = sorted(votes.sets)
    keys = sorted({key for chosen in sets for key in chosen}, key=_preference)
    each = np.full((len(keys), len(sets)), np.inf)
    place = {key: c for c, key in enumerate(keys)}
    for s, chosen in enumerate(sets):
        for key in chosen:
            each[place[key], s] = FUNCTION_COST if read_cause(key).kind == UNKNOWN_JACOBIAN else EACH_COST[level(key)]
    return _Table(tuple(keys), np.array([votes.sets[chosen][0] for chosen in sets]), each)


def _preference(key: str) -> tuple[int, bool, bool, bool, str]:
    """Which of two causes that explain the same is named: the one that says more, of wider reach, in fewer words."""
    kind, where = read_cause(key)
    return level(key), kind == SOME_OF_THEM, where != ALL, kind.startswith(tuple(ONE_USE)), key


def _cover(table: _Table) -> list[int]:
    """The causes of the cheapest answer: the best of up to three, then one after the other as long as they help."""
    order = sorted(range(len(table.keys)), key=lambda c: (-table.explained(c), level(table.keys[c]), c))
    tried = [c for k, c in enumerate(order) if not any(_says_more(table, other, c) for other in order[:k])][:TRIED]
    answers = [answer for size in (1, 2, 3) for answer in itertools.combinations(tried, size)]
    best = list(min(answers, key=lambda answer: (round(table.total(answer), 9), len(answer), answer), default=()))
    while len(best) < MOST_CAUSES:
        further = min((c for c in order if c not in best), key=lambda c: (round(table.total([*best, c]), 9), c), default=None)
        if further is None or table.total([*best, further]) >= table.total(best):
            break
        best.append(further)
    return sorted(best, key=lambda c: (-table.explained(c), c))


def _says_more(table: _Table, other: int, c: int) -> bool:
    """Whether another cause explains all that this one does, and costs no more."""
    cheaper = NAME_COST[level(table.keys[other])] <= NAME_COST[level(table.keys[c])]
    return cheaper and bool(np.all(table.each[other] <= table.each[c]))


def causes_record(votes: Votes, begins: Mapping[str, int] | None = None) -> dict[str, Any] | None:
    """The causes of a run as data, with one sentence; None where nothing failed. `begins`: from which sizes on it fails,
    where all smaller cases hold.
    """
    if not votes.failures:
        return None
    table = _table(votes)
    chosen = _cover(table)
    told = [_named(table, votes, c, chosen) for c in chosen]
    record = {
        "failures": votes.failures,
        "silent": votes.silent,
        "uncounted": votes.uncounted,
        "left": votes.failures - votes.uncounted - votes.silent - _covered(table, chosen),
        "named": told,
        "begins": [{"axis": axis, "at": at} for axis, at in sorted((begins or {}).items())],
    }
    return {**record, "sentence": _sentence(record)}


def _covered(table: _Table, chosen: Sequence[int]) -> int:
    return int(table.counts[np.isfinite(table.each[list(chosen)]).any(axis=0)].sum()) if chosen else 0


def _named(table: _Table, votes: Votes, c: int, chosen: Sequence[int]) -> dict[str, Any]:
    """One cause: how many failures it explains, of how many it is the cause, and what explains these as well."""
    mine = _its_own(table, c, chosen)
    key = table.keys[c]
    equal = [other for other in range(len(table.keys)) if other not in chosen and _equal(table, c, other, mine)]
    same = [table.keys[other] for other in equal if without_order(table.keys[other]) == without_order(key)]
    others = [table.keys[other] for other in equal if without_order(table.keys[other]) != without_order(key)]
    sets = sorted(votes.sets)
    first = min((votes.sets[sets[s]][1:] for s in np.flatnonzero(mine)), default=(0, ""))
    return {
        "cause": key,
        "words": cause_words(without_order(key) if same else key),
        "known": is_known(key),
        "explains": table.explained(c),
        "cases": int(table.counts[mine].sum()),
        "first": first[1],
        "equally": [*({"cause": other, "words": cause_words(other)} for other in same), *_once(others)],
        "same": len(same),
        "remain": [other for k, other in enumerate(table.keys) if np.isfinite(table.each[k][mine]).all()],
    }


def _once(keys: Sequence[str]) -> list[dict[str, str]]:
    """Other causes with their words; those that differ in the order of operands alone as one."""
    chosen: dict[str, list[str]] = {}
    for key in keys:
        chosen.setdefault(without_order(key), []).append(key)
    return [{"cause": some[0], "words": cause_words(some[0] if len(some) == 1 else plain)} for plain, some in chosen.items()]


def _its_own(table: _Table, c: int, chosen: Sequence[int]) -> Array:
    """The sets of which it is the cause: the first of those chosen that explains them."""
    before = list(itertools.takewhile(lambda other: other != c, chosen))
    return np.isfinite(table.each[c]) & ~np.isfinite(table.each[before]).any(axis=0)


def _equal(table: _Table, c: int, other: int, mine: Array) -> bool:
    """Whether another cause, which says as much, explains these failures too; one that the first implies is no other."""
    if level(table.keys[other]) > max(level(table.keys[c]), RULE) or read_cause(table.keys[other]).kind in ANY_CONSUMER:
        return False
    return bool(mine.any()) and bool(np.isfinite(table.each[other][mine]).all())


def _sentence(record: Mapping[str, Any]) -> str:
    """The causes in one sentence, with counts."""
    failures, named = record["failures"], record["named"]
    of = f"{failures:,} failure{'' if failures == 1 else 's'}"
    parts = [f"{entry['words']}{_equally(entry)}" for entry in named]
    if not named:
        text = f"No cause is known of {failures:,} of {of}"
    elif len(named) == 1 and named[0]["known"]:
        text = f"{parts[0]}: explains {named[0]['explains']:,} of {of}"
    elif len(named) == 1:
        text = f"No single known cause: {parts[0]}: so in {named[0]['explains']:,} of {of}"
    else:
        listed = "; ".join(f"({k}) {part}: {entry['cases']:,}" for k, (part, entry) in enumerate(zip(parts, named, strict=True), start=1))
        text = f"{WORDS[len(named)]} causes of {of}: {listed}"
    left = record["left"] + record["silent"] + record["uncounted"]
    text += f"; {left:,} {'is' if left == 1 else 'are'} explained by none of these" if named and left else ""
    text += "".join(f"; only from {entry['at']:,} {entry['axis']} on" for entry in record["begins"])
    return f"{text[:1].upper()}{text[1:]}."


def _equally(entry: Mapping[str, Any]) -> str:
    others = [other["words"] for other in entry["equally"][entry["same"] :]]
    more = f", or {len(others) - MOST_EQUAL} more" if len(others) > MOST_EQUAL else ""
    return f" (or, which no failure tells apart, {'; or '.join(others[:MOST_EQUAL])}{more})" if others else ""
