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
from backproof.engine.json_text import parse_json
from backproof.verify.cases.case import Case, CaseError, from_case_document, make_case
from backproof.verify.cases.replay import PREFIX, from_replay_id

ATTEMPTS_AT_LEAVES = 100  # chosen: a logarithm of a difference needs a few; a domain that is met more rarely wants a case of its own


def read_case(text: str, seed: int) -> Case:
    """The case that a user names: a replay line, or a JSON file with a case or a graph. CaseError, GraphError or
    DomainError say what is wrong with it."""
    if text.startswith(PREFIX):
        return from_replay_id(text)
    path = Path(text)
    try:
        raw = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a text file"
        raise CaseError(f"cannot read {text[:200]!r}: {reason}; give a line that starts with {PREFIX} or a JSON file") from None
    try:
        document = parse_json(raw)
        if isinstance(document, dict) and document.get("format") == "backproof-graph":
            return _with_leaves(path.stem, from_document(document), seed)
        return from_case_document(document)
    except (CaseError, GraphError) as error:
        raise CaseError(f"{text}: {error}") from None


def _with_leaves(name: str, graph: Any, seed: int) -> Case:
    """A case from a bare graph: the first random leaf values at which every local function is defined."""
    rng = np.random.default_rng(seed)
    problem = ""
    for _ in range(ATTEMPTS_AT_LEAVES):
        leaves = [np.round(rng.uniform(0.25, 2.0, graph.dimension(i)) * 64) / 64 for i in range(1, graph.l + 1)]
        leaves = [np.zeros(1) if graph.is_discrete(i) else value for i, value in enumerate(leaves, start=1)]
        try:
            forward(graph, leaves, FLOAT64)
            return make_case(name, "replay", graph, leaves)
        except DomainError as error:
            problem = str(error)
    raise CaseError(f"no leaf values found at which the graph is defined; write a case with its own. Last: {problem}")
