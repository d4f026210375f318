"""What `backproof report FILE --audit` does: derive the numbers of pages and results files again from each other, and
name each that differs. What made them is not asked (`reports/audit/`).

>>> run_audit((Path("nowhere.html"),))  # said on stderr: cannot read 'nowhere.html'
4
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from json import dumps
from pathlib import Path
from typing import Any

from backproof.reports.audit.audit import Audit, audit_page, audit_record, lines_of
from backproof.reports.audit.derivations.replay_lines import Replayed
from backproof.reports.audit.file.results import audit_results
from backproof.reports.audit.page.elements import PageError
from backproof.reports.foreign import foreign
from backproof.reports.outputs import write_whole
from backproof.reports.streams import put_data
from backproof.reports.terminal import say, say_verdict
from backproof.reports.vocabulary import COLOURS
from backproof.verify.commands.documents.asked import Target
from backproof.verify.commands.exit_codes import FAILS, HOLDS, NOTHING
from backproof.verify.commands.options import Output
from backproof.verify.commands.session import give_up, unwritable

STDIN = Path("-")
SHOWN = 20  # differences that are named without -v; chosen: a screen
LONGEST = 200  # letters of each part of a difference; chosen: three lines


class Unaudited(ValueError):
    """A file that is neither a page nor a results file; the message says what was found."""


def run_audit(files: Sequence[Path], targets: Sequence[Target] = (), output: Output | None = None) -> int:
    """Audit each file, say what came of it, and return the exit code: 0 where all agree, 1 where something differs, 3
    where --json cannot be written, 4 where a file is refused, 5 where none has a number.
    """
    shown = output or Output()
    audits: list[tuple[str, Audit]] = []
    beside: dict[str, Replayed] = {}
    name = ""
    try:
        texts = [(name := "standard input" if path == STDIN else str(path), _text(path)) for path in _files(files)]
        if len(texts) > 1:
            for _, text in texts:
                beside |= lines_of(text)
        for name, text in texts:
            audits.append((name, _audited(text, beside)))
    except (Unaudited, OSError) as error:
        why = f"cannot read {name!r}: {error.strerror or error}" if isinstance(error, OSError) else f"{name!r}: {error}"
        return give_up(f"backproof report: {why}")
    try:
        for target in targets:
            _write(target, audits)
    except OSError as error:
        return unwritable(error)
    for name, audit in audits:
        if not (shown.quiet and audit.agrees):
            _say(name, audit, shown)
    if not any(audit.numbers for _, audit in audits):
        return NOTHING
    return HOLDS if all(audit.agrees for _, audit in audits) else FAILS


def _files(paths: Sequence[Path]) -> list[Path]:
    """The files; of a folder (--split) its pages."""
    return [file for path in paths for file in (sorted(path.rglob("*.html")) if path.is_dir() else [path])]


def _text(path: Path) -> str:
    data = sys.stdin.buffer.read() if path == STDIN else path.read_bytes()
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Unaudited("it is no text in UTF-8; expected a page (--html) or a results file (--json)") from None


def _audited(text: str, beside: Mapping[str, Replayed]) -> Audit:
    start = text.lstrip()[:20]
    try:
        if start.startswith("{"):
            return audit_results(json.loads(text))
        if start.startswith("<"):
            return audit_page(text, beside)
    except (PageError, ValueError, LookupError, TypeError, RecursionError) as error:
        raise Unaudited(f"it cannot be taken apart: {error}; write it again") from None
    raise Unaudited(f"found what begins with {start!r}, expected a page (--html) or a results file (--json)")


def _write(target: Target, audits: Sequence[tuple[str, Audit]]) -> None:
    """The audits as JSON."""
    record: dict[str, Any] = {"format": "backproof-audit", "version": 1, "files": [{"file": name, **audit_record(a)} for name, a in audits]}
    text = dumps(record, indent=1, ensure_ascii=False) + "\n"
    if target.path == STDIN:
        put_data(text)
    else:
        write_whole(target.path, text)


def _say(name: str, audit: Audit, output: Output) -> None:
    """One line for a file; below it each number that differs, and with -v why numbers cannot be derived."""
    word = "CORRECT" if audit.agrees and audit.numbers else "WRONG" if audit.numbers else "not checked"
    words = f"{foreign(name)}: {sentence(audit)}"
    say_verdict(words, output.no_color, fg=COLOURS.get(word, "yellow"))
    shown = audit.differences if output.verbose else audit.differences[:SHOWN]
    for found in shown:
        parts = (foreign(part, LONGEST) for part in (found.place, found.stands, found.follows, found.why))
        place, stands, follows, why = parts
        say(f"  {place}: {stands or 'nothing'} stands there, {follows or 'nothing'} follows from {why}")
    if len(audit.differences) > len(shown):
        say(f"  and {len(audit.differences) - len(shown):,} more; -v lists them all")
    if output.verbose:
        for reason, count in audit.reasons.items():
            say(f"  {count:,} cannot be derived: {foreign(reason, LONGEST)}")


def sentence(audit: Audit) -> str:
    """What came of an audit.

    >>> sentence(Audit(numbers=10, derived=6, given=3, open=1, reasons={}, differences=(), copies=True))
    '6 of 7 numbers re-derived, 1 cannot be from here, 0 differ; 3 more are given, each held twice'
    """
    computed = audit.numbers - audit.given
    given = f"; {audit.given:,} more are given, each held twice" if audit.copies else f"; {audit.given:,} more are given"
    return f"{audit.derived:,} of {computed:,} numbers re-derived, {audit.open:,} cannot be from here, {len(audit.differences):,} differ{given}"
