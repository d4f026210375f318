"""JSON text read strictly (`parse_json`), and how messages show a place in it (`json_path`) and a value (`found`).

>>> parse_json('{"a": [1, null]}')
{'a': [1, None]}
>>> parse_json('{"a": NaN}')
Traceback (most recent call last):
    ...
backproof.engine.errors.GraphError: $.a: found NaN, expected a finite number
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence
from typing import Any

from backproof.engine.errors import LONGEST_SHOWN, GraphError
from backproof.engine.limits import LIMITS, MEBIBYTE

LONGEST_MESSAGE = 600  # chosen: characters, however long the names in a document are

_TWICE = object()  # the key under which an object says that one of its keys stands twice


def parse_json(text: str) -> Any:
    """JSON text as data. GraphError if it is not JSON, is too large or nested too deeply, names a key twice, or holds
    NaN, an infinity or half a character.

    >>> parse_json('{"a": [0, {"b": 1, "b": 2}]}')
    Traceback (most recent call last):
        ...
    backproof.engine.errors.GraphError: $.a[1]: the key "b" stands twice in one object
    """
    check_text(text)
    try:
        data = json.loads(text, object_pairs_hook=_object, parse_int=_whole_number)
    except RecursionError:
        raise GraphError(f"$: nested more than {LIMITS.depth} deep") from None
    except GraphError:
        raise
    except ValueError as error:
        raise GraphError(one_line(f"$: not JSON: {error}")) from None
    check_form(data)
    return data


def check_text(text: str) -> None:
    """GraphError if the text is longer, or holds more values, than a document may; nothing is built for it.

    >>> check_text("[" + "0," * 600_000 + "0]")
    Traceback (most recent call last):
        ...
    backproof.engine.errors.GraphError: $: found a document of 600,001 values, at most 500,000 are read; use smaller dimensions
    """
    if len(text) > LIMITS.document_bytes:
        limit = f"at most {LIMITS.document_bytes // MEBIBYTE} MB are read; use smaller dimensions"
        raise GraphError(f"$: found a document of {len(text) // MEBIBYTE} MB, {limit}")
    values = sum(map(text.count, ",[{:"))  # at least as many as there are values and keys
    if values > LIMITS.document_values:
        limit = f"at most {LIMITS.document_values:,} are read; use smaller dimensions"
        raise GraphError(f"$: found a document of {values:,} values, {limit}")


def _object(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    """The object with these keys and values; one that stands twice is marked, for `check_form` to report with its
    place."""
    result = dict(pairs)
    if len(result) < len(pairs):
        seen: set[Any] = set()
        result[_TWICE] = next(key for key, _ in pairs if key in seen or seen.add(key))
    return result


def _whole_number(digits: str) -> int:
    if len(digits) > LIMITS.digits:
        raise GraphError(f"$: found a whole number of {len(digits):,} digits; at most {LIMITS.digits:,} are read")
    return int(digits)


def check_form(data: Any) -> None:
    """GraphError if the data is nested too deeply, names a key twice, or holds NaN, an infinity or half a character.
    Never recursive."""
    pending: list[tuple[Any, Any, int]] = [(data, None, 0)]
    while pending:
        value, where, depth = pending.pop()
        problem = None
        children: Any = ()
        if isinstance(value, dict):
            children = value.items()
            if _TWICE in value:
                problem = f"the key {found(value[_TWICE])} stands twice in one object"
            elif not _are_texts(value):
                problem = "every key must be a text of whole characters"
        elif isinstance(value, list):
            children = enumerate(value)
        elif isinstance(value, float) and not math.isfinite(value):
            problem = f"found {found(value)}, expected a finite number"
        elif isinstance(value, str) and not _is_text(value):
            problem = f"found {found(value)}, which holds half a character (a lone surrogate)"
        if depth >= LIMITS.depth and isinstance(value, dict | list):
            problem = f"nested more than {LIMITS.depth} deep"
        if problem is not None:
            raise GraphError(f"{json_path(_parts(where))}: {problem}")
        for part, child in children:
            if type(child) is not int and not (type(child) is str and child.isascii()):  # nothing can be wrong with the form of these
                pending.append((child, (where, part), depth + 1))


def _are_texts(keys: Iterable[Any]) -> bool:
    try:
        return _is_text("".join(keys))
    except TypeError:
        return False


def _is_text(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= character <= "\udfff" for character in text)


def _parts(where: Any) -> list[Any]:
    parts: list[Any] = []
    while where is not None:
        where, part = where
        parts.append(part)
    return parts[::-1]


def found(value: Any) -> str:
    """A value as JSON, short and in one line, whatever it is."""
    if isinstance(value, str):
        shown = value if len(value) <= LONGEST_SHOWN else value[:LONGEST_SHOWN] + "…"
        return json.dumps(shown, ensure_ascii=not shown.isprintable())
    if isinstance(value, list):
        return f"a list of {len(value):,}"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, int) and abs(value) >= 10**LONGEST_SHOWN:
        return "a very large whole number"
    return json.dumps(value, default=lambda other: type(other).__name__)


def json_path(path: Sequence[Any]) -> str:
    """The place as a JSON path; keys that are not plain words stand in brackets."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" if _is_word(part) else f"[{found(part)}]" for part in path)
    shown = "$" + "".join(parts)
    return shown if len(shown) <= 2 * LONGEST_SHOWN else f"{shown[: 2 * LONGEST_SHOWN]}…"


def _is_word(part: Any) -> bool:
    return isinstance(part, str) and part.isidentifier() and len(part) <= LONGEST_SHOWN


def one_line(message: str) -> str:
    """The message without line breaks, its middle left out if it is long."""
    flat = " ".join(message.split())
    return flat if len(flat) <= LONGEST_MESSAGE else f"{flat[: LONGEST_MESSAGE - 200]} … {flat[-100:]}"
