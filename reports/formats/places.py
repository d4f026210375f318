"""The lines of somebody's code at which a check of it found a fault: `places_of(check)`.

>>> cause = {"fault": "wrong sign", "place": "net.py:12", "words": "tanh has the wrong sign"}
>>> check = {"causes": [cause], "findings": [], "reason": "WRONG", "evidence": ""}
>>> [(place.file, place.line, place.fault) for place in places_of(check)]
[('net.py', 12, 'wrong sign')]
>>> places_of({**check, "causes": [{**cause, "place": ""}]})
[]
"""

from __future__ import annotations

from dataclasses import dataclass

from backproof.reports.document import Record


@dataclass(frozen=True)
class Place:
    """A line of somebody's code that is at fault, what is wrong there, and by which kind of fault."""

    file: str
    line: int
    fault: str
    words: str


def places_of(check: Record) -> list[Place]:
    """Where it is wrong: the lines of its causes, those that raised, and where the backward pass is written, each once."""
    told = [_place(cause) for cause in check.get("causes", ())]
    for finding in check["findings"]:
        told.append(_source(finding.get("source"), finding["kind"], finding["words"]))
    kind = check["findings"][0]["kind"] if check["findings"] else "not decided"
    told.append(_source(check.get("source"), kind, check["reason"] or check["evidence"]))
    return list(dict.fromkeys(place for place in told if place is not None))


def _source(source: Record | None, fault: str, words: str) -> Place | None:
    return Place(source["file"], source["line"], fault, words) if source and _is_a_line(source["file"], source["line"]) else None


def _place(cause: Record) -> Place | None:
    """Where a cause is, if it names a file and a line (`place` in older documents)."""
    file, _, line = str(cause["place"]).rpartition(":")
    file, number = cause.get("file", file), cause.get("line", int(line) if line.isdigit() else 0)
    return Place(file, number, cause["fault"], cause["words"]) if _is_a_line(file, number) else None


def _is_a_line(file: str, line: int) -> bool:
    """Whether it is a line of a file, and of no text that was typed in (`<stdin>`)."""
    return bool(file) and not file.startswith("<") and line > 0
