"""What a user names, as a case: a replay line, a JSON file with a case, or one with a bare graph, which is given leaf
values here.

>>> from backproof.verify.cases.lecture import lecture_cases
>>> from backproof.verify.cases.replay import replay_id
>>> read_case(replay_id(lecture_cases()[0]), seed=0).name
'L11 four vertices'
>>> read_case("no/such/file.json", seed=0)
Traceback (most recent call last):
    ...
backproof.verify.cases.case.CaseError: cannot read 'no/such/file.json': No such file or directory; give a line that starts with backproof1: or a JSON file
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from backproof.engine import FLOAT64, DomainError, GraphError, forward
from backproof.engine.documents import from_document
from backproof.engine.json_text import found, parse_json
from backproof.engine.limits import LIMITS, MEBIBYTE
from backproof.verify.cases.case import Case, CaseError, from_case_document, make_case
from backproof.verify.cases.replay import PREFIX, from_replay_id
from backproof.verify.cases.size import check_numbers, check_size
from backproof.verify.time_limits import OutOfMemory, OutOfTime, limited

LONGEST_FILE = 300  # chosen: characters of a name that is shown whole, so that a message stays below 1 kB
ATTEMPTS_AT_LEAVES = 100  # chosen: a logarithm of a difference needs a few; a domain that is met more rarely wants a case of its own


def read_case(text: str, seed: int) -> Case:
    """The case that a user names: a replay line, or a JSON file with a case or a graph. CaseError, GraphError or
    DomainError say what is wrong with it, or that reading it takes too long or too much memory."""
    try:
        with limited(LIMITS.reading_seconds, LIMITS.case_bytes, OutOfTime):
            return _read(text, seed)
    except OutOfTime:
        problem = f"takes longer than {LIMITS.reading_seconds:g} s to read"
    except (OutOfMemory, MemoryError):
        problem = f"takes more than {LIMITS.case_bytes // MEBIBYTE} MB to read"
    raise CaseError(f"$: {found(text)} {problem}; use a smaller graph")


def _read(text: str, seed: int) -> Case:
    if text.startswith(PREFIX):
        return from_replay_id(text)
    path, raw = Path(text), _content(text)
    try:
        document = parse_json(raw)
        if isinstance(document, dict) and document.get("format") == "backproof-graph":
            return _with_leaves(path.stem, from_document(document), seed)
        return from_case_document(document)
    except (CaseError, GraphError) as error:
        raise CaseError(f"{_shown(text)}: {error}") from None


def _content(text: str) -> str:
    """What stands in a file, as far as a document may be long."""
    try:
        with Path(text).open("rb") as file:
            raw = file.read(LIMITS.document_bytes + 1)
        content = raw.decode("utf-8")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a text file"
        raise CaseError(f"cannot read {text[:200]!r}: {reason}; give a line that starts with {PREFIX} or a JSON file") from None
    if len(raw) > LIMITS.document_bytes:
        raise CaseError(f"{_shown(text)}: $: more than {LIMITS.document_bytes // MEBIBYTE} MB; use smaller dimensions, or a replay line")
    return content


def _shown(name: str) -> str:
    """The name of a file in a message, as it is typed."""
    return name if name.isprintable() and len(name) <= LONGEST_FILE else found(name)


def _with_leaves(name: str, graph: Any, seed: int) -> Case:
    """A case from a bare graph: the first random leaf values at which every local function is defined."""
    check_size(graph, None)
    check_numbers(graph)
    rng = np.random.default_rng(seed)
    problem = ""
    for _ in range(ATTEMPTS_AT_LEAVES):
        leaves = [np.round(rng.uniform(0.25, 2.0, graph.dimension(i)) * 64) / 64 for i in range(1, graph.l + 1)]
        leaves = [np.zeros(1) if graph.is_discrete(i) else value for i, value in enumerate(leaves, start=1)]
        try:
            with np.errstate(all="ignore"):  # overflow is judged, not warned of
                forward(graph, leaves, FLOAT64)
            return make_case(name, "replay", graph, leaves)
        except DomainError as error:
            problem = str(error)
    raise CaseError(f"no leaf values found at which the graph is defined; write a case with its own. Last: {problem}")
