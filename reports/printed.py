"""The lines of the summary on a terminal, read back: whether they say what the document counts, `printed_problems`.

>>> claim = {"claim": "left = right", "system": "float64", "evidence": "exact on 3 cases", "counts": {"CORRECT": 3, "WRONG": 1}}
>>> results = {"summary": {"claims": [claim], "sentence": "3 of 4 cases hold; 1 WRONG.", "verdict": "WRONG", "not_checked": []}, "coverage": None}
>>> printed_problems(["  left = right   float64  exact on 3 cases; 1 WRONG", "WRONG  3 of 4 cases hold; 1 WRONG."], results)
[]
>>> printed_problems(["  left = right   float64  exact on 4 cases; 1 WRONG", "CORRECT  All 4 cases hold."], results)[0]
"'left = right float64 exact on 4 cases; 1 WRONG' is printed, the document has 'exact on 3 cases' of left = right in float64"
>>> printed_problems([], {})
Traceback (most recent call last):
    ...
KeyError: 'summary'
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backproof.reports.document import Results
from backproof.reports.evidence import whole
from backproof.reports.vocabulary import INTERRUPTED


def printed_problems(lines: Sequence[str], results: Results) -> list[str]:
    """What the lines say that the document does not; the last one is the verdict's."""
    return list(_problems([" ".join(line.split()) for line in lines], results))


def _problems(lines: Sequence[str], results: Results) -> Iterator[str]:
    summary = results["summary"]
    for line, claim in zip(lines, summary["claims"], strict=False):
        head = " ".join(f"{claim['claim']} {claim['system']} ".split())
        rest = line.removeprefix(f"{head} ").split("; ")
        verdicts = {word: whole(count) for part in rest[1:] for count, word in re.findall(r"([0-9,]+) ([A-Z]+)", part)}
        expected = {word: count for word, count in claim["counts"].items() if count and word != "CORRECT"}
        if not line.startswith(f"{head} ") or rest[0] != claim["evidence"] or verdicts != expected:
            yield f"{line!r} is printed, the document has {claim['evidence']!r} of {claim['claim']} in {claim['system']}"
    if len(lines) < len(summary["claims"]):
        yield f"{len(lines)} lines are printed, the document has {len(summary['claims'])} claims"
    yield from _counted(lines, "comparisons: ", summary.get("comparisons"), ("judged", "planned", "certified"))
    yield from _routes(lines, summary)
    yield from _counted(lines, "coverage: ", results.get("coverage"), ("reached", "cells"))
    for line in lines[-1:]:
        verdict, _, sentence = line.partition(f" {summary['sentence'][:1]}")
        said = summary["verdict"] if results.get("cases", True) else "not checked"
        said = INTERRUPTED if said == "CORRECT" and results.get("run", {}).get("interrupted") else said
        if verdict != said or f"{summary['sentence'][:1]}{sentence}" != " ".join(summary["sentence"].split()):
            yield f"{line!r} is printed, the document says {said} and {summary['sentence']!r}"


def _routes(lines: Sequence[str], summary: Mapping[str, Any]) -> Iterator[str]:
    """What the lines say of differences, of the definition of path sums, and of how far the cases look."""
    cases = sum(summary.get("counts", {}).values())
    for start, counts, keys in (
        ("differences: ", summary.get("differences"), ("cases", "directions", "left_open")),
        ("path sums by definition: ", summary.get("definition"), ("cases", "disagree")),
    ):
        if counts is not None and cases:
            named = {"cases": counts["cases"], "all": cases, **{key: counts[key] for key in keys[1:] if counts[key]}}
            yield from _counted(lines, start, named, tuple(named))
    if (looked := summary.get("looked")) is not None:
        same = len(set(looked.values())) == 1 and min(looked.values()) > 1
        sizes = {"consumers": looked["consumers"]} if same else dict(looked)
        order = ("consumers",) if same else ("consumers", "entries", "vertices", "levels")
        yield from _counted(lines, "looked up to ", sizes, order)


def _counted(lines: Sequence[str], start: str, counts: dict[str, int] | None, keys: Sequence[str]) -> Iterator[str]:
    """The line that begins like this, and the first numbers in it."""
    if not counts or ("planned" in counts and not counts["planned"]):
        return
    found = [line.removeprefix(start) for line in lines if line.startswith(start)]
    said = [whole(number) for line in found for number in re.findall(r"[0-9][0-9,]*", line)][: len(keys)]
    expected = [counts[key] for key in keys]
    if said != expected:
        yield f"{start}{said} is printed, the document has {expected}"
