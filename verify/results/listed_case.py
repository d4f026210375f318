"""A case of a results file, by the twelve digits that reports show: `listed_case(identity, path)`.

>>> import tempfile
>>> from backproof.reports import save_results
>>> from backproof.verify.cases.lecture import lecture_cases
>>> from backproof.verify.results.case_record import case_record
>>> from backproof.verify.results.document import results_document
>>> from backproof.verify.results.settings import Settings
>>> from backproof.verify.results.tally import tally_of
>>> from backproof.verify.three_way.check import check_case
>>> record = case_record(check_case(lecture_cases()[0]), with_detail=False)
>>> path = Path(tempfile.mkdtemp()) / "r.json"
>>> save_results(results_document(Settings("backproof verify", 0, 1, 64, 50), tally_of([record]), (), False), path)
>>> listed_case(record["id"], path).name, listed_case(record["id"][:6], path).name
('L11 four vertices', 'L11 four vertices')
>>> listed_case("ffffffffffff", path)  # doctest: +ELLIPSIS
Traceback (most recent call last):
    ...
backproof.verify.cases.case.CaseError: 'ffffffffffff' is the id of no case in '...r.json', which lists 1; ids have twelve digits, ...
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from backproof.engine.json_text import found
from backproof.reports.document import Record, Results, ResultsError, load_results
from backproof.verify.cases.case import CaseError
from backproof.verify.cases.replay import PREFIX

SHOWN = 4  # ids in a message; chosen: a line
FEWEST = 4  # digits of an id that may be left to be completed; chosen: fewer are a slip


class Listed(NamedTuple):
    """A case of a results file: its id, its name, its replay line, and the engine on trial, None for backproof's own."""

    identity: str
    name: str
    replay: str
    target: str | None


def listed_case(identity: str, path: Path) -> Listed:
    """The case of this id, or of the one id that begins so. CaseError if the file is no results document, or lists no
    such case, or several.
    """
    if identity.startswith(PREFIX):
        raise CaseError(f"{found(identity)} is a whole replay line, which needs no results file; leave out --from")
    shown = repr(str(path))
    try:
        results = load_results(path)
    except OSError as error:
        raise CaseError(f"cannot read {shown}: {error.strerror or error}; give the file that --json wrote") from None
    except (ResultsError, ValueError) as error:
        raise CaseError(f"{shown} is no results file: {str(error).removeprefix(f'{path}: ')}; give the file that --json wrote") from None
    known = {record["id"]: record for record in _records(results)}
    asked = identity.strip().lower()
    matching = [known[asked]] if asked in known else [known[each] for each in known if len(asked) >= FEWEST and each.startswith(asked)]
    if not matching:
        close = difflib.get_close_matches(asked, list(known), 1)
        hint = f"; did you mean {close[0]}?" if close else "; ids have twelve digits, as the reports of this file show them"
        raise CaseError(f"{found(identity)} is the id of no case in {shown}, which lists {len(known):,}{hint}".replace('"', "'"))
    if len(matching) > 1:
        names = ", ".join(record["id"] for record in matching[:SHOWN]) + (", …" if len(matching) > SHOWN else "")
        raise CaseError(
            f"{found(identity)} begins the ids of {len(matching)} cases in {shown} ({names}); give more digits".replace('"', "'")
        )
    record = matching[0]
    if not record["replay"]:
        raise CaseError(f"the case {record['id']} has no replay line in {shown}; it is known by its name, {found(record['name'])}")
    return Listed(record["id"], record["name"], record["replay"], record.get("target"))


def _records(results: Results) -> Iterator[Record]:
    """The cases that the document lists, and the one that was made small."""
    yield from results["cases"]
    if results.get("smallest"):
        yield results["smallest"]["case"]
