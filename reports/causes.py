"""What a failing run says first: its causes, its failures in groups, and where the smallest of them goes wrong; and
whether the words of the causes agree with their counts (`cause_problems`).

>>> causes = {"failures": 2, "left": 0, "silent": 0, "uncounted": 0, "begins": [], "named": [
...     {"cause": "k", "words": "it sets", "known": True, "explains": 2, "cases": 2, "equally": [], "same": 0}], "sentence": "It sets: explains 2 of 2 failures."}
>>> headline(causes), list(cause_problems({"causes": causes, "cases": [], "unlisted": 2, "summary": {"counts": {"WRONG": 2}}}))
('It sets: explains 2 of 2 failures.', [])
>>> wrong = {**causes, "sentence": "It sets: explains 3 of 2 failures."}
>>> next(cause_problems({"causes": wrong, "cases": [], "unlisted": 2, "summary": {"counts": {"WRONG": 2}}}))
"'It sets: explains 3 of 2 failures.' where the causes count [2, 2]"
>>> headline({})
Traceback (most recent call last):
    ...
KeyError: 'named'
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from backproof.reports.document import Record, Results
from backproof.reports.evidence import whole
from backproof.reports.vocabulary import SEVERITY

FAILING = ("WRONG", "INACCURATE")
SHOWN_IN_FULL = 3  # failures of a cause that are shown whole; chosen: what one looks at; the others are rows
MOST_BEFORE = 25  # letters before a point by which numbers are lined up; chosen: longer ones are no numbers to compare by eye
MOST_NAMED = 3  # other causes that the sentence names, as `blame.cover` has it
NUMBERS = ("No", "One", "Two", "Three", "Four", "Five")
_N = re.compile(r"(?<![\w.,−-])[0-9]{1,3}(?:,[0-9]{3})+(?!\w|\.\d)|(?<![\w.,−-])[0-9]+(?!\w|\.\d)")


def headline(causes: Mapping[str, Any]) -> str:
    """The causes in the fewest words: the one that there is, or how many."""
    named = causes["named"]
    of = f"{causes['failures']:,} failure{'' if causes['failures'] == 1 else 's'}"
    if not named:
        return f"No cause is known of {causes['failures']:,} of {of}."
    if len(named) > 1:
        return f"{NUMBERS[min(len(named), len(NUMBERS) - 1)]} causes of {of}."
    words = named[0]["words"] if named[0]["known"] else f"no single known cause: {named[0]['words']}"
    explains = f"{'explains' if named[0]['known'] else 'so in'} {named[0]['explains']:,} of {of}"
    return f"{words[:1].upper()}{words[1:]}: {explains}."


def cause_of(case: Mapping[str, Any], causes: Mapping[str, Any] | None) -> int | None:
    """Which of the named causes a failure has: the first that explains it."""
    keys = (case.get("fault") or {}).get("explained_by", ())
    named = () if causes is None else causes["named"]
    return next((k for k, entry in enumerate(named) if entry["cause"] in keys), None)


class Group(NamedTuple):
    """Failures with one cause: its words, how many there are in all, those that are listed, the worst first."""

    words: str
    failures: int
    cases: Sequence[Record]


def failure_groups(results: Results) -> list[Group]:
    """The failures by cause, in the order of the causes; those without a known one last."""
    causes = results.get("causes")
    failing = [case for case in worst_first(results["cases"]) if case["verdict"] in FAILING]
    if causes is None:
        return [Group("", len(failing), failing)] if failing else []
    groups = [
        Group(entry["words"], entry["cases"], [case for case in failing if cause_of(case, causes) == k])
        for k, entry in enumerate(causes["named"])
    ]
    rest = [case for case in failing if cause_of(case, causes) is None]
    left = causes["failures"] - sum(group.failures for group in groups)
    groups += [Group("explained by none of these" if groups else "no cause is known", left, rest)] if left else []
    return [group for group in groups if group.cases]


def worst_first(cases: Sequence[Record]) -> list[Record]:
    """By verdict; within one that is not CORRECT by the largest relative error, then the smallest graph; otherwise as they
    came.
    """

    def rank(case: Record) -> tuple[int, float, int, int]:
        severity = SEVERITY.index(case["verdict"])
        if case["verdict"] == "CORRECT":
            return severity, 0.0, 0, 0
        return severity, -relative_error(case), case["vertices"], case["edges"]

    return sorted(cases, key=rank)


def relative_error(case: Mapping[str, Any]) -> float:
    """The largest |found − certified| / |certified| of the entries that a case lists as unequal; inf where the certified
    value is 0 or one of them is not finite, 0 where none is listed.

    >>> relative_error({"checks": [{"failures": [{"left": "4.0", "right": "11", "difference": "7"}]}]})
    0.6363636363636364
    """
    return max((_relative(failure) for check in case["checks"] for failure in check["failures"]), default=0.0)


def _relative(failure: Mapping[str, str]) -> float:
    right, apart = _number(failure["right"]), _number(failure["difference"])
    if not (math.isfinite(right) and math.isfinite(apart)) or right == 0:
        return math.inf
    return abs(apart / right)


def _number(text: str) -> float:
    """A number of a record: p/q, or a decimal; nan where it is none."""
    try:
        return float(Fraction(text)) if re.fullmatch(r"-?[0-9]+/[0-9]+", text) else float(text)
    except (ValueError, OverflowError):
        return math.nan


class Entry(NamedTuple):
    """One unequal entry of a case: where, what was found, what is right, in whose name (`certified` or `path sum`)."""

    where: str
    found: str
    right: str
    names: tuple[str, str]


def sides(claim: str) -> tuple[str, str]:
    """What the two columns of unequal entries are called.

    >>> sides("engine = certified derivative"), sides("path sum = differences"), sides("engine = path sum (inner vertices)")
    (('Found', 'Certified'), ('Path sum', 'Differences'), ('Found', 'Path sum'))
    """
    left, _, right = re.sub(r" \(.*\)$", "", claim).partition(" = ")
    words = {"engine": "Found", "floats": "Found", "backward pass": "Found", "certified derivative": "Certified"}
    names = [words.get(side, side[:1].upper() + side[1:]) for side in (left, right or "expected")]
    return names[0], names[1]


def worst_entry(case: Mapping[str, Any]) -> Entry | None:
    """The unequal entry that a case is shown by: of a certified derivative where there is one, the largest relative
    error; None where no entry is listed.
    """
    listed = [
        ("certified" not in check["claim"], -_relative(failure), k, failure, sides(check["claim"]))
        for check in case["checks"]
        for k, failure in enumerate(check["failures"])
    ]
    if not listed:
        return None
    *_, failure, names = min(listed, key=lambda entry: entry[:3])
    return Entry(failure["where"], failure["left"], failure["right"], names)


class Marked(NamedTuple):
    """A number beside another one: what they share, the first digit that differs, and what comes after; `place`: which
    digit of the number that is.
    """

    same: str
    first: str
    rest: str

    @property
    def place(self) -> int:
        """The number of the first digit that differs, without leading zeros."""
        return len(re.sub(r"[^0-9]", "", self.same).lstrip("0")) + 1


def digits_before_the_point(failures: Sequence[Mapping[str, str]]) -> int:
    """The most digits, with a sign, before the point of the numbers of these entries.

    >>> digits_before_the_point([{"left": "-4.0", "right": "110.5"}])
    3
    """
    return max((_before(failure[side]) for failure in failures for side in ("left", "right")), default=0)


def widest(cases: Sequence[Record]) -> int:
    """The same of the entries that cases are shown by."""
    entries = (worst_entry(case) for case in cases)
    return digits_before_the_point([{"left": entry.found, "right": entry.right} for entry in entries if entry is not None])


def pad(number: str, width: int) -> str:
    """The spaces that put the point of a number below those of others.

    >>> pad("4.0", 3), pad("110.5", 3)
    ('  ', '')
    """
    return " " * (width - _before(number))


def _before(number: str) -> int:
    return min(len(re.split(r"[.e/]", number, maxsplit=1)[0]), MOST_BEFORE)


def marked(found: str, right: str) -> Marked:
    """Where a number first differs from another one, as both are written; nothing is marked where they are of different
    sizes or signs from the first letter on, and the first letter then is.

    >>> marked("1.5004", "1.5003"), marked("4.0", "11"), marked("2", "2")
    (Marked(same='1.500', first='4', rest=''), Marked(same='', first='4', rest='.0'), Marked(same='2', first='', rest=''))
    """
    if _size(found) != _size(right):
        return Marked("", found[:1], found[1:])
    k = next((k for k, (a, b) in enumerate(zip(found, right, strict=False)) if a != b), min(len(found), len(right)))
    return Marked(found[:k], found[k : k + 1], found[k + 1 :])


def _size(number: str) -> tuple[bool, int, str]:
    """Sign, digits before the point, and exponent, as they are written."""
    mantissa, _, exponent = number.partition("e")
    return number.startswith("-"), len(mantissa.partition(".")[0].lstrip("-")), exponent


def mark_of(case: Mapping[str, Any], causes: Mapping[str, Any] | None) -> Record | None:
    """The contributions at fault of a case by the cause of the run, or by what explains the case best; None where none is
    known.
    """
    marks = (case.get("fault") or {}).get("marks") or []
    place = cause_of(case, causes)
    if place is not None and causes is not None:
        key = causes["named"][place]["cause"]
        return next((mark for mark in marks if key in mark["causes"]), None)
    return marks[0] if marks else None


def cause_problems(results: Results) -> Iterator[str]:
    """What the causes say that their counts, or the cases, do not."""
    causes = results.get("causes")
    if causes is None:
        return
    counts = results["summary"]["counts"]
    failures = sum(counts.get(word, 0) for word in FAILING)
    if causes["failures"] != failures:
        yield f"{causes['failures']:,} failures of the causes, {failures:,} in the summary"
    if results["cases"] and not results.get("unlisted"):
        failing = [case for case in results["cases"] if case["verdict"] in FAILING]
        for k, entry in enumerate(causes["named"]):
            explained = sum(entry["cause"] in (case.get("fault") or {}).get("explained_by", ()) for case in failing)
            own = sum(cause_of(case, causes) == k for case in failing)
            if (entry["explains"], entry["cases"]) != (explained, own):
                yield f"{entry['cause']!r} explains {entry['explains']:,} and has {entry['cases']:,}, counted again {explained:,} and {own:,}"
    expected = _numbers_of(causes)
    if numbers_said(causes["sentence"], causes) != expected:
        yield f"{causes['sentence']!r} where the causes count {expected}"


def _numbers_of(causes: Mapping[str, Any]) -> list[int]:
    """The counts that the sentence has to name, in order."""
    named, failures = causes["named"], causes["failures"]
    more = [[len(entry["equally"]) - entry["same"] - MOST_NAMED] * (len(entry["equally"]) - entry["same"] > MOST_NAMED) for entry in named]
    if len(named) > 1:
        counts = [failures, *(number for k, entry in enumerate(named) for number in (k + 1, *more[k], entry["cases"]))]
    else:
        counts = [*more[0], named[0]["explains"], failures] if named else [failures, failures]
    left = causes["left"] + causes["silent"] + causes["uncounted"]
    return [*counts, *([left] if named and left else []), *(entry["at"] for entry in causes["begins"])]


def numbers_said(sentence: str, causes: Mapping[str, Any]) -> list[int]:
    """The whole numbers of a sentence about causes, without those in the words of a cause."""
    words = [other for entry in causes["named"] for other in (entry["words"], *(equal["words"] for equal in entry["equally"]))]
    for text in sorted(words, key=len, reverse=True):
        sentence = sentence.replace(text, "…").replace(f"{text[:1].upper()}{text[1:]}", "…")
    return [whole(found) for found in _N.findall(sentence)]
