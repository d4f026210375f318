"""The results document: read, check against its schema, and write. `results.schema.json` beside this file describes it.

>>> validate({"format": "backproof-results", "version": 2})
Traceback (most recent call last):
    ...
backproof.reports.document.ResultsError: $.version: found 2, expected 1
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeAlias, cast

Record: TypeAlias = dict[str, Any]

Results = dict[str, Any]

LONGEST = 160  # characters of a schema's complaint, which may quote the whole document; chosen: two lines
_SURROGATE = re.compile("[\ud800-\udfff]")


class ResultsError(ValueError):
    """A file is not a results document; the message names the place."""


@cache
def _schema() -> dict[str, Any]:
    return json.loads(files("backproof.reports").joinpath("results.schema.json").read_text(encoding="utf-8"))


@cache
def _compiled() -> Any:
    import jsonschema_rs

    return jsonschema_rs.Draft202012Validator(_schema())


@cache
def _compiled_case() -> Any:
    import jsonschema_rs

    schema = _schema()
    return jsonschema_rs.Draft202012Validator({"$schema": schema["$schema"], "$defs": schema["$defs"], "$ref": "#/$defs/case"})


def fits_case(record: Any) -> bool:
    """Whether data are a case of a results document; half characters (lone surrogates) never are.

    >>> fits_case({"id": "f15afd19312b"})
    False
    """
    try:
        return bool(_compiled_case().is_valid(record))
    except ValueError:
        return False


def _fits(document: Any) -> bool:
    """Whether the document is found to fit, a few hundred times as fast as the errors are. It is not where a string has
    half characters, which Rust's cannot.
    """
    try:
        return bool(_compiled().is_valid(document))
    except ValueError:
        return False


def _errors(document: Any) -> Iterator[Any]:
    from jsonschema import Draft202012Validator

    validator: Any = Draft202012Validator(_schema())
    return validator.iter_errors(document)


def validate(document: Any) -> Results:
    """The document itself, if it fits the schema; ResultsError names the first place at which it does not."""
    results: Results = cast("Results", document)
    if isinstance(document, dict):
        for key, expected in (("format", "backproof-results"), ("version", 1)):
            if results.get(key) != expected:
                raise ResultsError(f"$.{key}: found {results.get(key)!r}, expected {expected!r}")
    if _fits(document):
        return results
    for error in _errors(document):
        place = "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)
        message = " ".join(error.message.split())
        raise ResultsError(f"{place}: {message[:LONGEST]}{'…' if len(message) > LONGEST else ''}")
    return results


def load_results(path: str | os.PathLike[str]) -> Results:
    """Read and check a results file. OSError if it cannot be read, ResultsError if it is not a results document."""
    try:
        document = json.loads(Path(path).read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise ResultsError(f"{path}: not JSON: {error}") from None
    return validate(document)


def save_results(document: Results, path: str | os.PathLike[str]) -> None:
    """Check the document and write it, whole or not at all. ResultsError if it does not fit the schema, OSError if it
    cannot be written.

    Half characters (lone surrogates), which UTF-8 cannot hold, are written as JSON escapes; NaN and infinity are no
    JSON numbers and are refused.
    """
    try:
        text = json.dumps(validate(document), ensure_ascii=False, indent=1, allow_nan=False)
    except ValueError as error:
        if isinstance(error, ResultsError):
            raise
        raise ResultsError(f"not written as JSON: {error}; write such a number as a string") from None
    write_whole(path, _SURROGATE.sub(lambda match: f"\\u{ord(match[0]):04x}", text) + "\n")


def write_whole(path: str | os.PathLike[str], text: str) -> None:
    """Write a text file through a temporary one beside it, so that no half-written file is ever left."""
    target = Path(path)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(temporary, 0o666 & ~mask)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
