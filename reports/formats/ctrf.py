"""Common Test Report Format, JSON that many tools read: `ctrf(results)`.

The verdict stands in `rawStatus`. WRONG, INACCURATE and INCONCLUSIVE are failed, not checked is skipped, an INCONCLUSIVE
that the run allows is other. The document holds no times, and the format asks for them: all are 0.

>>> ctrf({})
Traceback (most recent call last):
    ...
KeyError: 'summary'
"""

from __future__ import annotations

import json
from collections import Counter

from backproof.reports.document import Record, Results
from backproof.reports.formats.outcomes import ALLOWED, FAILED, NOT_CHECKED, PASSED, Outcome, outcomes
from backproof.reports.text import inert

SPECIFICATION = "0.0.0"  # of CTRF
STATUS = {PASSED: "passed", FAILED: "failed", NOT_CHECKED: "skipped", ALLOWED: "other"}


def ctrf(results: Results) -> str:
    """The outcomes of a document as CTRF. KeyError if it is no results document."""
    found = outcomes(results)
    counts = Counter(STATUS[outcome.status] for outcome in found)
    names = ("passed", "failed", "skipped", "pending", "other")
    summary = {"tests": len(found), **{name: counts[name] for name in names}, "start": 0, "stop": 0}
    run = results["run"]
    document = {
        "reportFormat": "CTRF",
        "specVersion": SPECIFICATION,
        "generatedBy": f"backproof {results['tool']['version']}",
        "results": {
            "tool": {"name": "backproof", "version": results["tool"]["version"]},
            "summary": {**summary, "extra": {"verdict": results["summary"]["verdict"], "sentence": inert(results["summary"]["sentence"])}},
            "tests": [_test(outcome) for outcome in found],
            "extra": {"command": inert(run["command"]), "seed": run["seed"], "environment": results["environment"]},
        },
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _test(outcome: Outcome) -> Record:
    test: Record = {
        "testId": inert(outcome.key),
        "name": inert(outcome.name) or "a name without letters",
        "status": STATUS[outcome.status],
        "rawStatus": outcome.verdict or "not checked",
        "duration": 0,
        "suite": [inert(outcome.section)],
    }
    if outcome.message:
        test |= {"message": inert(outcome.said), "trace": inert(outcome.text)}
    if outcome.places:
        test |= {"filePath": inert(outcome.places[0].file), "line": outcome.places[0].line}
    return test
