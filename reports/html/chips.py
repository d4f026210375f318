"""What the chips of the filter need to know of each case: one letter for what each claim of the page says of it.

>>> case = {"checks": [{"claim": "a = b", "verdict": "CORRECT"}, {"claim": "a = b", "verdict": "WRONG"}]}
>>> claims_of([case]), said_of(case, ["a = b", "b = c"])
(['a = b'], 'w-')
>>> said_of({}, ["a = b"])
Traceback (most recent call last):
    ...
KeyError: 'checks'
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from backproof.reports.document import Record
from backproof.reports.text import clip, inert
from backproof.reports.vocabulary import SEVERITY

MOST_CLAIMS = 12  # claims with a chip; chosen: no run has more, and a row has a letter for each
LONG_PATHS = 12  # digits; chosen: what the column of paths holds in one line
LETTERS = {"CORRECT": "c", "WRONG": "w", "INACCURATE": "a", "INCONCLUSIVE": "i"}


def claims_of(cases: Iterable[Record]) -> list[str]:
    """The claims that were checked on these cases, in order of appearance, at most twelve."""
    return list(dict.fromkeys(check["claim"] for case in cases for check in case["checks"]))[:MOST_CLAIMS]


def said_of(case: Record, claims: Sequence[str]) -> str:
    """For each claim the letter of its worst verdict on this case, in whatever number system; `-` where it was not checked."""
    found: dict[str, str] = {}
    for check in case["checks"]:
        found[check["claim"]] = min(check["verdict"], found.get(check["claim"], check["verdict"]), key=SEVERITY.index)
    return "".join(LETTERS.get(found.get(claim, ""), "-") for claim in claims)


def chips(cases: Sequence[Record]) -> Record:
    """What the templates show: the claims, their names as data for the script, and whether a number of paths needs room."""
    claims = claims_of(cases)
    names = json.dumps([inert(clip(claim, 80)) for claim in claims], ensure_ascii=False)
    return {"claims": claims, "names": names, "long": any(len(case["paths"]) > LONG_PATHS for case in cases)}
