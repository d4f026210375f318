"""A case in one line, and as a test to paste.

The line (`replay_id`) is what `backproof replay` takes: it holds the whole case, so it replays on any machine and does
not depend on the generator that made it. `case_id` is short, for lists: twelve hex digits of the content.

>>> from backproof.engine import Graph, leaf, vertex
>>> from backproof.verify.cases.case import make_case
>>> case = make_case("square", "replay", Graph(1, (leaf("x"), vertex("y", "square", (1,)))), [0.5])
>>> line = replay_id(case)
>>> line[:11], from_replay_id(line) == case, case_id(case)
('backproof1:', True, 'f15afd19312b')
>>> regression_test(case).splitlines()[0]
'def test_shrunk_case() -> None:'
>>> from_replay_id(line[:-20])
Traceback (most recent call last):
    ...
backproof.verify.cases.case.CaseError: the replay id is damaged: it is not base64 of compressed JSON; copy the whole line, from backproof1: to its end
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import zlib
from typing import Any

from backproof.engine import GraphError
from backproof.engine.json_text import parse_json
from backproof.engine.limits import LIMITS, MEBIBYTE
from backproof.verify.cases.case import Case, CaseError, from_case_document, to_case_document

PREFIX = "backproof1:"


def case_ids(case: Case) -> tuple[str, str]:
    """`case_id` and `replay_id`, from the same document."""
    written = {key: _compact(value) for key, value in to_case_document(case).items()}
    line = PREFIX + base64.urlsafe_b64encode(zlib.compress(_joined(written), 9)).decode("ascii").rstrip("=")
    content = _joined({key: written[key] for key in ("graph", "leaves", "cotangent")})
    return hashlib.sha256(content).hexdigest()[:12], line


def case_id(case: Case) -> str:
    """Twelve hex digits of the content (graph, leaves, cotangent): the same case has the same id in every run."""
    return case_ids(case)[0]


def replay_id(case: Case) -> str:
    """The case in one line: `backproof1:` and base64 of its compressed JSON."""
    return case_ids(case)[1]


def from_replay_id(line: str) -> Case:
    """The case that `replay_id` wrote; CaseError if the line is damaged, or unpacks to more than a document may hold."""
    text = line.strip()
    if not text.startswith(PREFIX):
        raise CaseError(f"a replay id starts with {PREFIX!r}, found {text[:20]!r}")
    try:
        document = parse_json(_unpacked(text.removeprefix(PREFIX)))
    except GraphError as error:
        raise CaseError(str(error)) from None
    return from_case_document(document)


def _unpacked(body: str) -> str:
    """The text that was packed; no more of it is unpacked than a document may hold."""
    try:
        if len(body) > 2 * LIMITS.document_bytes:  # what is packed is not larger, and base64 takes a third more
            raise OverflowError
        unpacker = zlib.decompressobj()
        packed = base64.b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        raw = unpacker.decompress(packed, LIMITS.document_bytes + 1)
        if len(raw) > LIMITS.document_bytes:
            raise OverflowError
        if not unpacker.eof:
            raise ValueError("cut off")
        return raw.decode("utf-8")
    except OverflowError:
        raise CaseError(
            f"$: the replay id unpacks to more than {LIMITS.document_bytes // MEBIBYTE} MB, at most as many are read; use smaller dimensions"
        ) from None
    except (binascii.Error, zlib.error, ValueError):
        raise CaseError(
            f"the replay id is damaged: it is not base64 of compressed JSON; copy the whole line, from {PREFIX} to its end"
        ) from None


def regression_test(case: Case, name: str = "test_shrunk_case", target: str | None = None) -> str:
    """A pytest function to paste, which checks the case again; with a target `package:factory`, that engine on the
    case."""
    if target is not None:
        return (
            f"def {name}() -> None:\n"
            "    from backproof.verify import Verdict\n"
            "    from backproof.verify.cases import from_replay_id\n"
            "    from backproof.verify.engine_oracle import check_engine, load_engine\n\n"
            f"    case = from_replay_id({replay_id(case)!r})\n"
            f"    assert check_engine(case, load_engine({target!r})).verdict is Verdict.CORRECT\n"
        )
    return (
        f"def {name}() -> None:\n"
        "    from backproof.verify import Verdict\n"
        "    from backproof.verify.cases import from_replay_id\n"
        "    from backproof.verify.three_way import check_case\n\n"
        f"    case = from_replay_id({replay_id(case)!r})\n"
        "    assert check_case(case).verdict is Verdict.CORRECT\n"
    )


def _compact(document: Any) -> str:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _joined(written: dict[str, str]) -> bytes:
    """The object with these values, each of them JSON already, as `_compact` writes it."""
    return ("{" + ",".join(f'"{key}":{written[key]}' for key in sorted(written)) + "}").encode("utf-8")
