"""A line that begins with a sum over the rest of it, so that a damaged one is told from a whole one. The sum finds
damage and no forgery: a line is as good as whoever wrote it.

>>> line = summed({"place": 7})
>>> line
b'{"sum":"d252fede","place":7}\\n'
>>> read_summed(line)
{'place': 7}
>>> read_summed(line.replace(b"7", b"9")) is read_summed(line[:-1]) is None
True
"""

from __future__ import annotations

import json
import math
import zlib
from typing import Any

from backproof.reports.document import Record

START = b'{"sum":"'
HEX = 8  # digits of a CRC-32


def summed(data: Record) -> bytes:
    """The data as a line of JSON."""
    rest = b'",' + compact(data)[1:] + b"\n"
    return START + b"%08x" % zlib.crc32(rest) + rest


def read_summed(line: bytes) -> Record | None:
    """The data of a line; None if it is not whole."""
    rest = line[len(START) + HEX :]
    if not line.startswith(START) or not line.endswith(b"\n") or line[len(START) : -len(rest)] != b"%08x" % zlib.crc32(rest):
        return None
    data = strict_json(b"{" + rest[2:])
    return data if isinstance(data, dict) else None


def compact(data: Any) -> bytes:
    """JSON without a space."""
    try:
        return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    except UnicodeEncodeError:  # half characters, which JSON can escape and UTF-8 cannot hold
        return json.dumps(data, separators=(",", ":")).encode("ascii")


def strict_json(text: bytes) -> Any:
    """The data; None where it is no JSON, is nested too deeply, or has a number that is not finite."""
    try:
        return json.loads(text, parse_constant=_not_finite, parse_float=_finite)
    except (ValueError, RecursionError):
        return None


def _not_finite(word: str) -> float:
    raise ValueError(word)


def _finite(digits: str) -> float:
    if not math.isfinite(number := float(digits)):
        raise ValueError(digits)
    return number
