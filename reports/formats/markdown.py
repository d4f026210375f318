"""Markdown, for a step summary or a comment: `markdown(results)`. What does not pass comes first; it never takes more
than it may, and says how much was cut.

>>> markdown({})
Traceback (most recent call last):
    ...
KeyError: 'summary'
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from backproof.reports.changes import Changes
from backproof.reports.document import Results
from backproof.reports.formats.outcomes import ALLOWED, FAILED, NOT_CHECKED, PASSED, Outcome, cause_of, outcomes, overall, worst_first
from backproof.reports.text import clip, inert

LARGEST = 900_000  # bytes; a runner refuses summaries of more than 1,024 kB for all that a step writes
LONGEST_CELL = 400  # characters of a reason; chosen: a paragraph of a narrow column
SHOWN_IN_FULL = 5  # failures with their whole text; chosen: as on a terminal

_SPECIAL = re.compile(r"([\\`*_\[\]<>#|~&$!@])")


def markdown(results: Results, largest: int = LARGEST, changes: Changes | None = None) -> str:
    """The document in words, in at most `largest` bytes, what changed after its head. KeyError if it is no results
    document.
    """
    found = outcomes(results)
    changed = [] if changes is None else _changes(changes)
    blocks = [
        *_head(results, found),
        *changed,
        *_failures(found, cause_of(results)),
        *_claims(results),
        *_theorems(found),
        *_not_checked(results),
    ]
    return _within(blocks, largest)


def cell(text: str, longest: int = LONGEST_CELL) -> str:
    """Foreign text in a cell of a table: it stays text.

    >>> cell("a|b <img>\\n@you"), cell("x" * 9, 4)
    ('a\\\\|b \\\\<img\\\\> \\\\@you', 'xxx…')
    """
    return _SPECIAL.sub(r"\\\1", " ".join(clip(text, longest).split()))


def _head(results: Results, found: list[Outcome]) -> Iterator[list[str]]:
    run, counts = results["run"], Counter[tuple[str, str]]((outcome.section, outcome.status) for outcome in found)
    yield [f"## backproof: {overall(results)}", "", cell(results["summary"]["sentence"], 4000), ""]
    yield ["| | pass | do not pass | inconclusive, allowed | not checked |", "|---|--:|--:|--:|--:|"]
    for section in dict.fromkeys(outcome.section for outcome in found):
        numbers = " | ".join(f"{counts[section, status]:,}" for status in (PASSED, FAILED, ALLOWED, NOT_CHECKED))
        yield [f"| {cell(section)} | {numbers} |"]
    yield ["", f"`{_code(run['command'])}` · seed {run['seed']} · backproof {cell(results['tool']['version'])}", ""]


def _failures(found: list[Outcome], cause: str) -> Iterator[list[str]]:
    worst = worst_first(found)
    if not worst:
        return
    yield [
        f"### What does not pass: {len(worst):,}",
        "",
        *([cell(cause, 2000), ""] if cause else []),
        "| verdict | what | why |",
        "|---|---|---|",
    ]
    for outcome in worst:
        yield [f"| {outcome.verdict} | {cell(outcome.name, 120)} | {cell(outcome.message)} |"]
    for outcome in worst[:SHOWN_IN_FULL]:
        yield ["", f"<details><summary>{_entities(clip(outcome.name, 120))}</summary>", "", *_fenced(outcome.text), "", "</details>"]
    yield [""]


def _changes(changes: Changes) -> Iterator[list[str]]:
    yield ["### Against the baseline", "", f"{changes.sentence}.", "", *(f"- another run: {cell(words)}" for words in changes.settings), ""]
    if changes.rows:
        yield ["| change | what | before | after |", "|---|---|---|---|"]
        for row in changes.rows:
            yield [f"| {row.kind} | {cell(row.name, 160)} | {cell(row.before)} | {cell(row.after)} |"]
        yield [""]


def _claims(results: Results) -> Iterator[list[str]]:
    claims = results["summary"]["claims"]
    if claims:
        yield ["### What was compared", "", "| claim | in | evidence | at most |", "|---|---|---|---|"]
        for claim in claims:
            yield [f"| {cell(claim['claim'])} | {cell(claim['system'])} | {cell(claim['evidence'])} | {cell(claim['worst'])} |"]
        yield [""]


def _theorems(found: list[Outcome]) -> Iterator[list[str]]:
    theorems = [outcome for outcome in found if outcome.section == "theorems" and outcome.verdict is not None]
    if theorems:
        yield ["### Theorems", "", "| theorem | verdict | evidence |", "|---|---|---|"]
        for outcome in theorems:
            yield [f"| {cell(outcome.name)} | {outcome.verdict} | {cell(outcome.evidence)} |"]
        yield [""]


def _not_checked(results: Results) -> Iterator[list[str]]:
    left = results["summary"]["not_checked"]
    if left:
        yield ["### Not checked", ""]
        for sentence in left:
            yield [f"- {cell(sentence, 2000)}"]


def _within(blocks: Iterable[list[str]], largest: int) -> str:
    """The blocks that fit, and a sentence on those that do not."""
    whole = ["\n".join(block) + "\n" for block in blocks]
    if sum(len(text.encode("utf-8")) for text in whole) <= largest:
        return "".join(whole)
    room, kept = largest - 200, list[str]()  # bytes for the sentence itself
    for text in whole:
        room -= len(text.encode("utf-8"))
        if room < 0:
            break
        kept.append(text)
    left = len(whole) - len(kept)
    return (
        "".join(kept)
        + f"\n**Cut at {largest:,} bytes: {left:,} of {len(whole):,} rows and paragraphs were left out.** The results file has all.\n"
    )


def _code(text: str) -> str:
    return inert(text).replace("`", "'").replace("\n", " ")


def _entities(text: str) -> str:
    """Foreign text inside of HTML tags."""
    return inert(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", " ")


def _fenced(text: str) -> list[str]:
    """Text in a fence that is longer than any in it."""
    longest = max((len(ticks) for ticks in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}text", inert(text), fence]
