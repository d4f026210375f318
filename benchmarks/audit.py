"""Has the audit teeth? Pages with one number changed at random, each of which `backproof report --audit` has to name, and
untouched ones, none of which it may flag.

Pages of verify, oracle, theorems, selftest and of checks of code. A number is drawn from all that stand on a page. Each
change is tried twice: as it is, where the second copy of the numbers tells, and with the copy written again, where only
what follows from other numbers can tell.

>>> gate(190, 200, 0, 200)
>>> gate(190, 200, 1, 200)
Traceback (most recent call last):
    ...
benchmarks.measure.Disagreement: 190 of 200 changed numbers are named, 1 of 200 untouched pages is flagged
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from backproof.reports import render_html
from backproof.reports.audit.audit import Audit, audit_page
from backproof.reports.audit.page.elements import Element, read_page
from backproof.verify import check
from backproof.verify.campaign.run import CaseCrash, run_suite
from backproof.verify.cases.draws import campaign_case, restricted_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.commands.options import VerifyOptions
from backproof.verify.commands.verify import settings_of
from backproof.verify.results.document import results_document
from backproof.verify.results.tally import Tally
from benchmarks.changed_pages import changed, resealed
from benchmarks.measure import Disagreement, Result
from benchmarks.twenty_seconds import engine_document

NAME = "audit"
TITLE = "One changed number on a page, found again by the audit"
ABOUT = (
    "Pages of verify, oracle, theorems, selftest and of checks of code; on each changed one a digit, a sign, a count, a bound or an edge, drawn from all numbers of the page. "
    "A change is named where the audit names that very number, or that row of its table."
)
NAMED = 0.95  # of the changed numbers that are to be named; the acceptance of the report
DERIVED = 0.98  # of the numbers that are not given which are to be derived again; the acceptance of the report
MARK = "\ue000"  # stands in no page: a letter for private use
LONGEST_HEAD = 50  # letters of a row's head that are compared; a place cuts them at 60
PAGES = {"verify": 140, "oracle": 38, "theorems": 8, "selftest": 4, "checks": 10}


def verify_pages(count: int) -> Iterator[str]:
    """Runs of the suite on a few random cases each, and on one of the lecture."""
    named, settings = lecture_cases(), settings_of(VerifyOptions(cases=0))
    for k in range(count):
        tally = Tally()
        for outcome in run_suite(settings, [named[k % len(named)], *(campaign_case(7, 3 * k + i) for i in range(3))], 1):
            if not isinstance(outcome, CaseCrash):
                tally.add(outcome.place, outcome.record)
        yield render_html(results_document(settings, tally, (), False))


def oracle_pages(count: int) -> Iterator[str]:
    """The wrong example, and the right one, on a few cases each."""
    from examples.scalar_engine import FUNCTIONS, right, wrong

    for k in range(count):
        target, engine = ("examples.scalar_engine:wrong", wrong()) if k % 2 else ("examples.scalar_engine:right", right())
        yield render_html(engine_document(target, engine, [restricted_case(k, i, FUNCTIONS, True) for i in range(4)]))


def command_pages(command: str, count: int) -> Iterator[str]:
    """Pages that a command writes, with other seeds."""
    options = {"theorems": ("--cases", "2", "--exhaustive", "3"), "selftest": ("--jobs", "1")}[command]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "r.html"
        for seed in range(count):
            typed = [sys.executable, "-m", "backproof", command, *options, "--seed", str(seed), "--html", str(path), "-q"]
            subprocess.run(typed, check=True, stdout=subprocess.DEVNULL)
            yield path.read_text(encoding="utf-8")


def check_pages(count: int) -> Iterator[str]:
    """Checks of small gradients, right and wrong ones."""
    for k in range(count):
        A = np.random.default_rng(k).normal(size=(2, 3))
        factor = 1.0 if k % 2 else 2.0
        result = check(lambda x, A=A: A @ x, (np.arange(1.0, 4.0),), lambda args, out, p, A=A, f=factor: (f * (p @ A),), effort="quick")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "r.html"
            result.html(path)
            yield path.read_text(encoding="utf-8")


def pages(quick: bool) -> Iterator[tuple[str, str]]:
    """Every page with its kind."""
    makers = {
        "verify": verify_pages,
        "oracle": oracle_pages,
        "theorems": lambda count: command_pages("theorems", count),
        "selftest": lambda count: command_pages("selftest", count),
        "checks": check_pages,
    }
    for kind, make in makers.items():
        count = max(1, PAGES[kind] // 20) if quick else PAGES[kind]
        for page in make(count) if not quick or kind != "selftest" else ():
            yield kind, page


def place_of_change(page: str, start: int) -> tuple[int, str]:
    """The number at a place in the text of a page among all of the page, −1 where there is none, and the head of its row."""
    marked = read_page(page[:start] + MARK + page[start:])
    number = next((place for place, word in enumerate(marked.words) if MARK in word), -1)
    owner = marked.owners[number] if number >= 0 else next((element for element in _within(marked.root) if _holds(element)), marked.root)
    row: Element | None = owner
    while row is not None and row.tag != "tr":
        row = row.parent
    cells = [] if row is None else [child for child in row.children if isinstance(child, Element)]
    return number, cells[0].line.replace(MARK, "")[:LONGEST_HEAD] if cells else ""


def _within(element: Element) -> Iterator[Element]:
    for child in element.children:
        if isinstance(child, Element):
            yield child
            yield from _within(child)


def _holds(element: Element) -> bool:
    return any(MARK in child for child in element.children if isinstance(child, str))


def names(audit: Audit, number: int, head: str) -> bool:
    """Whether an audit names a number, or its row."""
    return any(found.number == number or (head and f"row {head}" in found.place) for found in audit.differences)


def gate(named: int, changes: int, flagged: int, untouched: int, missed: Sequence[str] = ()) -> None:
    """Disagreement if too few changes are named, or one untouched page is flagged."""
    if named < NAMED * changes or flagged:
        verb = "is" if flagged == 1 else "are"
        found = f"{named} of {changes} changed numbers are named, {flagged} of {untouched} untouched page{'s' if flagged != 1 else ''} {verb} flagged"
        raise Disagreement("; ".join((found.replace("untouched page is", "untouched pages is"), *missed)))


def measure(quick: bool) -> Result:
    """Audit every page as it is and with one number changed; Disagreement beyond the gates."""
    draw, told, alone = random.Random(0), Counter[str](), Counter[str]()
    changes: Counter[str] = Counter()
    sums: Counter[str] = Counter()
    missed: list[str] = []
    for kind, page in pages(quick):
        clock = time.process_time()
        before = audit_page(page)
        sums.update({"seconds": time.process_time() - clock, "bytes": len(page.encode())})  # type: ignore[arg-type]
        sums.update({"pages": 1, "flagged": not before.agrees, "derived": before.derived, "computed": before.numbers - before.given})
        missed += [f"an untouched page of {kind}: {found.place}: {found.stands}" for found in before.differences[:1]]
        change = changed(page, draw)
        number, head = place_of_change(change.page, change.start)
        changes[change.kind] += 1
        found = names(audit_page(change.page), number, head)
        told[change.kind] += found
        alone[change.kind] += names(audit_page(resealed(change.page)), number, head)
        missed += [] if found else [f"{change.kind} of {kind}: {change.before} → {change.after} in {head or 'a sentence'}"]
    lines = [f"{word}: {told[word]} of {count} named, {alone[word]} by what follows alone" for word, count in changes.items()]
    lines.append(
        f"{sum(told.values())} of {sum(changes.values())} changed numbers are named, {sum(alone.values())} without the second copy"
    )
    lines.append(f"{sums['flagged']} of {sums['pages']} untouched pages are flagged")
    lines.append(
        f"{sums['derived']:,} of {sums['computed']:,} numbers that are not given are derived again ({sums['derived'] / sums['computed']:.1%})"
    )
    lines.append(f"{sums['seconds'] / (sums['bytes'] / 10**6):.2f} s of CPU a megabyte")
    gate(sum(told.values()), sum(changes.values()), int(sums["flagged"]), int(sums["pages"]), missed)
    return Result(NAME, TITLE, ABOUT, (), (*lines, *missed))
