"""Results files, read for `backproof report`: whole, of a known version, and with words that agree with their counts.

>>> read_document(Path("no/r.json"))
Traceback (most recent call last):
    ...
backproof.verify.commands.documents.reading.Refused: cannot read 'no/r.json': No such file or directory
"""

from __future__ import annotations

import sys
from importlib.metadata import version
from json import loads
from pathlib import Path
from typing import Any

from backproof.reports.agreement import disagreements
from backproof.reports.document import Results, ResultsError, validate
from backproof.verify.results.lines import FORMAT as LINES_FORMAT
from backproof.verify.results.summed import START

STDIN = Path("-")


class Refused(ValueError):
    """A file that is no results document, or whose words and counts disagree; the message names it."""


def read_document(path: Path) -> Results:
    """The document of a results file, or of standard input (`-`). Refused, in one sentence, if it cannot be believed."""
    name = "standard input" if path == STDIN else repr(str(path))
    try:
        data = sys.stdin.buffer.read() if path == STDIN else path.read_bytes()
    except OSError as error:
        raise Refused(f"cannot read {name}: {error.strerror or error}") from None
    try:
        document = validate(_parsed(data))
        doubts = disagreements(document) if document["tool"]["version"] == version("backproof") else []
    except ResultsError as error:
        raise Refused(f"{name} is no results file: {error}") from None
    except (LookupError, TypeError, ValueError, ArithmeticError) as error:
        raise Refused(f"{name}: its parts do not fit together ({type(error).__name__}: {error}); write the results again") from None
    if doubts:
        more = f"; and {len(doubts) - 1:,} more" if len(doubts) > 1 else ""
        raise Refused(f"{name}: its words and its counts disagree, and none of them is to be believed: {doubts[0]}{more}")
    return document


def _parsed(data: bytes) -> Any:
    """The data of a file. ResultsError says what it is where it is not JSON."""
    if not data.strip():
        raise ResultsError("it is empty; expected the file that --json wrote")
    if data.startswith(START) and LINES_FORMAT.encode() in data[:200]:
        raise ResultsError("found the lines file of a run, expected its results; give the .json file beside it")
    try:
        return loads(data.decode("utf-8"), parse_constant=_not_finite)
    except (ValueError, RecursionError) as error:
        begins = data[:20].decode("utf-8", "backslashreplace").strip()
        raise ResultsError(f"found what begins with {begins!r} and is not JSON ({error}); expected the file that --json wrote") from None


def _not_finite(word: str) -> float:
    raise ValueError(f"{word} is no JSON number")
