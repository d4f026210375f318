"""A results document counted anew from its own cases: `disagreements` names every sum, and every word of evidence, that
says something else than its records do. The words of evidence are written here once more.

>>> from backproof.verify.results.document import results_document
>>> from backproof.verify.results.settings import Settings
>>> from backproof.verify.results.tally import tally_of
>>> document = results_document(Settings("backproof verify --cases 0", 0, 0, 64, 50), tally_of([]), [], interrupted=False)
>>> disagreements(document)
[]
>>> disagreements({**document, "summary": {**document["summary"], "counts": {"CORRECT": 1}}})
['summary: 1 CORRECT, of 0 records']
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from backproof.reports.document import Record

CORRECT = "CORRECT"
SEVERITY = (CORRECT, "INCONCLUSIVE", "INACCURATE", "WRONG")
NOT_CHECKED = "not checked"
SAMPLED = {
    "EXACT": "exact on {n}",
    "CERTIFIED": "certified on {n}",
    "DIGITS": "to {d} digits on {n}",
    "ROUNDING": "within rounding bound on {n}",
}
FACTORED = "factored, not enumerated"


def disagreements(document: Record) -> list[str]:
    """What the sums, the verdicts and the words of a document say that its records do not; of one that lists all its cases.

    KeyError for what is no results document.
    """
    cases: list[Record] = document["cases"]
    return [*_sums(document, cases), *_verdicts(document, cases), *_claims(document, cases), *_steps(document)]


def _worst(verdicts: Iterable[str]) -> str:
    return max(verdicts, key=SEVERITY.index, default=CORRECT)


def _unlike(where: str, told: dict[str, int], counted: Counter[str], of: int) -> Iterator[str]:
    for verdict in dict.fromkeys([*told, *counted]):
        if told.get(verdict, 0) != counted[verdict]:
            yield f"{where}: {told.get(verdict, 0)} {verdict}, of {of} records"


def _sums(document: Record, cases: Sequence[Record]) -> Iterator[str]:
    summary = document["summary"]
    yield from _unlike("summary", summary["counts"], Counter(case["verdict"] for case in cases), len(cases))
    if summary["cases"]["run"] != len(cases):
        yield f"summary: {summary['cases']['run']} cases run, {len(cases)} records"
    for group in document["groups"]:
        own = [case for case in cases if case["group"] == group["name"]]
        yield from _unlike(group["name"], group["counts"], Counter(case["verdict"] for case in own), len(own))
        if group["cases"] != len(own):
            yield f"{group['name']}: {group['cases']} cases, {len(own)} records"
    if len({case["id"] for case in cases}) != len(cases):
        yield "a case stands twice"


def _verdicts(document: Record, cases: Sequence[Record]) -> Iterator[str]:
    for case in cases:
        worst = _worst([*(check["verdict"] for check in case["checks"]), *(found["verdict"] for found in case["findings"])])
        if case["verdict"] != worst:
            yield f"{case['name']}: {case['verdict']}, and its worst comparison {worst}"
    summary = document["summary"]
    if not cases:
        return
    worst, right = _worst(case["verdict"] for case in cases), sum(case["verdict"] == CORRECT for case in cases)
    if SEVERITY.index(summary["verdict"]) < SEVERITY.index(worst):
        yield f"summary: {summary['verdict']}, and its worst case {worst}"
    if summary["holds"] and worst != CORRECT:
        yield f"summary: it holds, and its worst case is {worst}"
    many = len(cases) > 1
    start = f"{'All' if many else 'The'} {_cases(len(cases))} hold" if right == len(cases) else f"{right:,} of {_cases(len(cases))} hold"
    if not summary["sentence"].startswith(start):
        yield f"summary: its sentence does not begin with {start!r}"


def _claims(document: Record, cases: Sequence[Record]) -> Iterator[str]:
    for claim in document["summary"]["claims"]:
        where = f"{claim['claim']} in {claim['system']}"
        own = [
            check for case in cases for check in case["checks"] if (check["claim"], check["system"]) == (claim["claim"], claim["system"])
        ]
        kinds = {check["kind"] for check in own}
        if len(kinds) > 1:  # enumerated on some cases, factored on others: a row for each
            own = [check for check in own if (check["kind"] == "FACTORED") == (claim["evidence"] == FACTORED)]
        yield from _unlike(where, claim["counts"], Counter(check["verdict"] for check in own), len(own))
        if len(kinds) == 1 and claim["not_checked"] != len(cases) - len(own):
            yield f"{where}: not checked on {claim['not_checked']} cases, {len(cases) - len(own)} records are without"
        right = [check for check in own if check["verdict"] == CORRECT and check["entries"]]
        digits = [check["digits"] for check in right if check["digits"] is not None]
        words = _words(own[0]["kind"], len(right), min(digits, default=None)) if own else NOT_CHECKED
        if claim["evidence"] != words:
            yield f"{where}: {claim['evidence']!r}, its records come to {words!r}"


def _steps(document: Record) -> Iterator[str]:
    for theorem in document["theorems"]:
        for step in theorem["steps"]:
            for found in step["found"]:
                if found["kind"] not in SAMPLED:
                    continue
                right, said = found["counts"][CORRECT], found["evidence"]
                words = _words(found["kind"], right, None)
                if said != words and not (found["kind"] == "DIGITS" and right and said.endswith(f"on {_cases(right)}")):
                    yield f"{theorem['label']}, {step['name']} in {found['system']}: {said!r}, its counts come to {words!r}"


def _words(kind: str, right: int, digits: int | None) -> str:
    """The words of evidence of one kind for so many cases.

    >>> _words("DIGITS", 2, 50), _words("EXACT", 1, None), _words("ROUNDING", 0, None), _words("FACTORED", 3, None)
    ('to 50 digits on 2 cases', 'exact on 1 case', 'not checked', 'factored, not enumerated')
    """
    if kind == "FACTORED":
        return FACTORED
    return SAMPLED[kind].format(n=_cases(right), d=digits) if right else NOT_CHECKED


def _cases(count: int) -> str:
    return "1 case" if count == 1 else f"{count:,} cases"
