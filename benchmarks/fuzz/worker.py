"""Try inputs one after the other in a process of its own, and print a line of JSON for each: `python -m benchmarks.fuzz.worker SUBJECT SEED START COUNT`.

>>> import io
>>> lines = io.StringIO()
>>> work("replay", 0, 0, 2, lines)
>>> [json.loads(line)["number"] for line in lines.getvalue().splitlines()]
[0, 1]
>>> work("letter", 0, 0, 2, lines)
Traceback (most recent call last):
    ...
ValueError: unknown subject 'letter'; known: document, replay, lines, results, answer
"""

from __future__ import annotations

import json
import sys
from typing import IO

from benchmarks.fuzz.outcomes import faults
from benchmarks.fuzz.subjects import Made, is_valid, opened


def work(subject: str, seed: int, start: int, count: int, out: IO[str]) -> None:
    """Try `count` inputs from number `start` on. ValueError for an unknown subject."""
    with opened(subject) as open_subject:
        for number in range(start, start + count):
            made = open_subject.make(seed, number)
            outcome = open_subject.attempt(made)
            line = {
                "number": number,
                "kind": made.kind,
                "outcome": outcome.word,
                "faults": faults(outcome),
                "seconds": round(outcome.seconds, 4),
                "held": outcome.held,
                "json": subject == "document" and _is_json(made),
                "valid": subject == "document" and made.kind == "expensive" and is_valid(made),
            }
            out.write(json.dumps(line) + "\n")
            out.flush()


def _is_json(made: Made) -> bool:
    try:
        json.loads(made.data)
    except (ValueError, RecursionError):
        return False
    return True


if __name__ == "__main__":
    work(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), sys.stdout)
