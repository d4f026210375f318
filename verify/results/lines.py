"""The lines file of a campaign: a JSON line per finished case, from which an interrupted run resumes.

The first line says which run it is. A line that was cut off by a crash is ignored, and written again by the run that
resumes.

>>> import io
>>> from backproof.verify.results.settings import Settings
>>> settings = Settings("backproof verify", seed=0, cases=1, max_paths=10, digits=50)
>>> file = io.StringIO()
>>> write_header(file, settings)
>>> list(read_lines(file.getvalue().splitlines(keepends=True), settings))
[]
>>> list(read_lines(['{"format": "something"}\\n'], settings))
Traceback (most recent call last):
    ...
backproof.verify.results.lines.LinesError: the first line is not that of a backproof lines file; give the .jsonl file that an interrupted run left
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from backproof.reports.document import Record
from backproof.verify.results.settings import Settings

SAME = ("seed", "cases", "max_paths", "digits", "dtypes")


class LinesError(ValueError):
    """A lines file that cannot be resumed from."""


def lines_path(results: Path) -> Path:
    """The lines file beside a results file: `r.json` has `r.jsonl`."""
    return results.with_suffix(".jsonl")


def write_header(file: IO[str], settings: Settings) -> None:
    """The first line: which run this is."""
    _write(file, {"format": "backproof-lines", "version": 1, "run": {key: _asked(settings, key) for key in SAME}})


def write_line(file: IO[str], place: int, record: Record) -> None:
    """One finished case."""
    _write(file, {"place": place, "case": record})


def _asked(settings: Settings, key: str) -> Any:
    value = getattr(settings, key)
    return list(value) if isinstance(value, tuple) else value


def _write(file: IO[str], data: Any) -> None:
    file.write(json.dumps(data, ensure_ascii=False, separators=(",", ":")) + "\n")


def read_lines(lines: Iterable[str], settings: Settings) -> Iterator[tuple[int, Record]]:
    """The finished cases, as (place, record), one by one. LinesError if the file is of another kind or of a run with
    other settings.
    """
    header: Any = None
    for line in lines:
        if not line.endswith("\n"):
            break
        try:
            data: Any = json.loads(line)
        except ValueError:
            break
        if header is None:
            header = data
            _check_header(header, settings)
        else:
            yield data["place"], data["case"]
    if header is None:
        raise LinesError("the file is empty; give the .jsonl file that an interrupted run left")


def _check_header(header: Any, settings: Settings) -> None:
    if not isinstance(header, dict) or header.get("format") != "backproof-lines" or header.get("version") != 1:
        raise LinesError("the first line is not that of a backproof lines file; give the .jsonl file that an interrupted run left")
    for key in SAME:
        if header["run"].get(key) != _asked(settings, key):
            raise LinesError(
                f"the file is of a run with {key} {header['run'].get(key)}, this one has {_asked(settings, key)}; give the same options"
            )
