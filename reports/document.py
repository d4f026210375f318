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
from typing import Any, cast

Results = dict[str, Any]

LONGEST = 160
STRING = {"type": "string"}
STRINGS = {"type": "array", "items": STRING}
_SURROGATE = re.compile("[\ud800-\udfff]")


class ResultsError(ValueError):
    """A file is not a results document; the message names the place."""


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator, validators

    schema = json.loads(files("backproof.reports").joinpath("results.schema.json").read_text(encoding="utf-8"))
    standard: Any = Draft202012Validator
    extend: Any = validators.extend  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    return extend(standard, {"items": _items(standard.VALIDATORS["items"])})(_inlined(schema, schema["$defs"]))


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """The schema with every reference replaced by what it refers to: looking references up takes longer than the checks."""
    if not isinstance(schema, dict):
        return schema
    parts = cast("dict[str, Any]", schema)
    if "$ref" in parts:
        return _inlined(definitions[parts["$ref"].removeprefix("#/$defs/")], definitions)
    return {key: _inlined(part, definitions) for key, part in parts.items() if key != "$defs"}


def _items(standard: Any) -> Any:
    """The keyword `items`, with a short way for lists of strings and of such lists: most of a results document is that."""

    def check(validator: Any, items: Any, instance: Any, schema: Any) -> Iterator[Any]:
        if not _plain(items, instance):
            yield from standard(validator, items, instance, schema)

    return check


def _plain(items: Any, instance: Any) -> bool:
    if not isinstance(instance, list):
        return False
    parts = cast("list[Any]", instance)
    if items == STRING:
        return all(type(part) is str for part in parts)
    return items == STRINGS and all(_plain(STRING, part) for part in parts)


def validate(document: Any) -> Results:
    """The document itself, if it fits the schema; ResultsError names the first place at which it does not."""
    results: Results = cast("Results", document)
    if isinstance(document, dict):
        for key, expected in (("format", "backproof-results"), ("version", 1)):
            if results.get(key) != expected:
                raise ResultsError(f"$.{key}: found {results.get(key)!r}, expected {expected!r}")
    for error in _validator().iter_errors(document):
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
    """Check the document and write it, whole or not at all. ResultsError if it does not fit the schema, OSError if it cannot be written.

    Half characters (lone surrogates), which UTF-8 cannot hold, are written as JSON escapes; NaN and infinity are no JSON numbers and are refused.
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
