"""SARIF 2.1.0, for code scanning: `sarif(results)`.

Only what has a file and a line is a result: a check of code whose cause was found, at the line of the forward whose
derivative is at fault. How much of the document is elsewhere is said in a notification, since a scan without results
would read as a run without faults.

>>> sarif({})
Traceback (most recent call last):
    ...
KeyError: 'summary'
"""

from __future__ import annotations

import hashlib
import json
import re
from urllib.parse import quote

from backproof.reports.document import Record, Results
from backproof.reports.formats.outcomes import FAILED, Outcome, outcomes, worst_first
from backproof.reports.formats.places import Place
from backproof.reports.text import clip, inert

MOST_RESULTS = 5000  # of a run that GitHub keeps; more are counted in a notification
LONGEST_MESSAGE = 1000  # characters of a message; what GitHub shows of one
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_NUMBER = re.compile(r":[0-9]+")
LEVELS = {"WRONG": "error", "INACCURATE": "warning", "INCONCLUSIVE": "warning"}


def sarif(results: Results) -> str:
    """What a document says of lines of code, as SARIF. KeyError if it is no results document."""
    found = worst_first(outcomes(results))
    placed = [outcome for outcome in found if outcome.places]
    faults = sorted({outcome.places[0].fault for outcome in placed})
    told, run = _left_out(found, len(placed)), results["run"]
    invocation: Record = {"executionSuccessful": not run["interrupted"], "commandLine": inert(run["command"])}
    if told:
        invocation["toolExecutionNotifications"] = [{"level": "warning", "message": {"text": words}} for words in told]
    rules = [{"id": _rule(fault), "shortDescription": {"text": inert(fault)}} for fault in faults]
    document = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "backproof", "version": results["tool"]["version"], "rules": rules}},
                "invocations": [invocation],
                "columnKind": "unicodeCodePoints",
                "results": [_result(outcome, faults) for outcome in placed[:MOST_RESULTS]],
            }
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _left_out(found: list[Outcome], placed: int) -> list[str]:
    """What does not pass and is no result, in sentences."""
    nowhere = [outcome for outcome in found if not outcome.places and outcome.status == FAILED]
    words = [
        f"{clip(outcome.name)} does not pass, and no line of code is known for it: {clip(outcome.said, 300)}" for outcome in nowhere[:20]
    ]
    words += [f"and {len(nowhere) - 20:,} more without a line of code"] if len(nowhere) > 20 else []
    return words + (
        [f"{placed - MOST_RESULTS:,} results were left out: at most {MOST_RESULTS:,} are kept"] if placed > MOST_RESULTS else []
    )


def _rule(fault: str) -> str:
    return "backproof/" + "-".join("".join(letter if letter.isalnum() else " " for letter in fault).split())


def _result(outcome: Outcome, faults: list[str]) -> Record:
    """One check: its first cause, and the lines of the others, which explain it together or equally well."""
    cause, *others = outcome.places
    mark = "\0".join((outcome.key, cause.fault, cause.file, _NUMBER.sub("", cause.words)))  # lines move with what is above them
    return {
        "ruleId": _rule(cause.fault),
        "ruleIndex": faults.index(cause.fault),
        "level": LEVELS.get(outcome.verdict or "", "warning"),
        "message": {"text": clip(f"{outcome.verdict}: {cause.words} ({outcome.name})", LONGEST_MESSAGE)},
        "locations": [_location(cause)],
        **(
            {"relatedLocations": [{**_location(place), "message": {"text": clip(place.words, LONGEST_MESSAGE)}} for place in others]}
            if others
            else {}
        ),
        "partialFingerprints": {"backproof/v1": hashlib.sha256(mark.encode("utf-8", "backslashreplace")).hexdigest()[:32]},
    }


def _location(place: Place) -> Record:
    uri = quote(place.file.replace("\\", "/"), errors="replace")
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": place.line}}}
