"""One check of code as a record: what `check` found of somebody's backward pass, as plain data.

It is what the section `gradient_checks` of a results document lists (`results.document.gradient_checks_document`), and
all that reports see of a check. `explanation` is `CheckResult.explain()`, in full; the findings stand there as fields
too.

>>> import numpy as np
>>> from backproof.verify.gradient_oracle.check import check
>>> def halved(args, out, cotangent):
...     return (cotangent * args[0],)
>>> record = check_record(check(lambda x: x * x, (np.array([0.5, -2.0]),), vjp=halved, name="square"))
>>> record["verdict"], record["findings"][0]["kind"], record["findings"][0]["argument"]
('WRONG', 'formula', 0)
>>> check_record(None)
Traceback (most recent call last):
    ...
AttributeError: 'NoneType' object has no attribute 'name'
"""

from __future__ import annotations

import math
import os
from pathlib import Path

from backproof.reports.document import Record
from backproof.verify.gradient_oracle.findings import GradientFinding, Kind
from backproof.verify.gradient_oracle.given.places import Place
from backproof.verify.gradient_oracle.result import CheckResult
from backproof.verify.results.source_lines import Line, line_at


def check_record(result: CheckResult, test: str | None = None, require: str | None = None) -> Record:
    """One check of code; `test` names the test that made it, `require` what that asks for beside CORRECT. All numbers
    and words are of Python's own types.
    """
    return {
        "name": result.name,
        "test": test,
        "verdict": result.verdict.value,
        "evidence": result.evidence,
        "reason": result.reason,
        "points": int(result.points),
        "certified": int(result.proved),
        "entries": int(result.entries),
        "compared": int(result.compared),
        "planned": int(result.planned),
        "unjudged": [
            {"reason": str(entry.reason.value), "points": int(entry.points), "words": entry.words, "excused": bool(entry.excused)}
            for entry in result.unjudged
        ],
        "shortfall": result.shortfall,
        "unmet": f"not {require}, as is required: {result.shortfall}" if require and result.ok and result.shortfall else "",
        "sizes": [int(size) for size in result.sizes],
        "arguments": [
            {"argument": k, "name": result.names[k] if k < len(result.names) else f"argument {k}", "shape": [int(d) for d in shape]}
            for k, shape in enumerate(result.shapes)
        ],
        "findings": [
            {
                "verdict": str(finding.verdict),
                "kind": str(finding.kind),
                "point": str(finding.point),
                "argument": None if finding.argument is None else int(finding.argument),
                "index": None if finding.index is None else [int(place) for place in finding.index],
                "found": finding.found,
                "expected": finding.expected,
                "size": float(finding.size) if math.isfinite(finding.size) else None,
                "relative": _relative(finding),
                "words": finding.words,
                "where": None if finding.argument is None else finding.where,
                "bound": finding.bound or None,
                "diagnosis": None if finding.explained is None else str(finding.explained),
                "source": _place(finding.place),
            }
            for finding in result.findings
        ],
        "unreached": [*result.unreached, *(f"{words} was never seen" for words in result.unseen)],
        "notes": list(result.notes),
        "diagnosis": None if result.diagnosis is None else str(result.diagnosis),
        "causes": [
            {
                "fault": str(cause.fault),
                "argument": cause.argument,
                "function": cause.function,
                "place": cause.place,
                "file": _from_here(cause.file),
                "line": cause.line,
                "words": cause.words,
            }
            for cause in (result.diagnosis.causes if result.diagnosis else ())
        ],
        "branches": [
            {"place": str(place), "words": str(words), "seen": sorted(map(str, seen)), **_code(line_at(place, result.source))}
            for (place, words), seen in result.branches.items()
        ],
        "source": _place(result.source),
        "seed": int(result.seed),
        "reproduction": result.reproduction,
        "explanation": result.explain(),
    }


def _relative(finding: GradientFinding) -> float | None:
    """The error of one entry, beside the derivative; None where that is 0, or where there is not one of them."""
    if finding.index is None or not finding.expected:
        return None
    if finding.kind is Kind.FORMULA:
        return float(finding.size) if math.isfinite(finding.size) else None
    right, found = float(finding.derivative), _number(finding.found)
    return abs(found - right) / abs(right) if right and math.isfinite(right) and math.isfinite(found) else None


def _number(digits: str) -> float:
    try:
        return float(digits)
    except ValueError:
        return math.nan


def _code(line: Line | None) -> Record:
    return {} if line is None else {"file": _from_here(line.file), "line": line.number, "code": line.code}


def _place(place: Place | None) -> Record | None:
    return None if place is None else {"file": _from_here(place.file), "line": int(place.line), "function": place.function}


def _from_here(file: str) -> str:
    """A file as it is named from the current folder; outside of it, and where there is none, its own name: a document
    holds no folders of the machine.
    """
    try:
        return os.path.relpath(file).replace(os.sep, "/") if file and Path(file).is_relative_to(os.getcwd()) else os.path.basename(file)
    except (OSError, ValueError):
        return os.path.basename(file)
