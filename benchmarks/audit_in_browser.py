"""Has the audit in the browser teeth? The pages of `benchmarks.audit` with one number changed at random, opened in
Chromium: each changed number has to be named in the section *Checked again in your browser*, and no untouched page may
be flagged. The audit of the command is asked beside it: both have to say that a page differs, or that none does.

>>> named([["1,025 CORRECT", "backward pass", "…"]], "1,025", ""), named([["3", "row x", "…"]], "4", "row x")
(True, True)
>>> named([], "1,025", "row x")
False
"""

from __future__ import annotations

import random
import shutil
import tempfile
from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from backproof.reports.audit.audit import audit_page
from benchmarks.audit import gate, pages, place_of_change
from benchmarks.changed_pages import changed, resealed
from benchmarks.measure import NotMeasured, Result

NAME = "audit-in-browser"
TITLE = "One changed number on a page, found again by the page itself"
ABOUT = (
    "The pages of the benchmark audit with a script, opened in Chromium: on each changed one a digit, a sign, a count, a bound or an edge, drawn from all numbers of the page. "
    "A change is named where the section that checks the page again names the cell in which it stands, or its row."
)
WITHOUT = ("checks",)  # kinds of pages that have no script
MOST_SECONDS = 120  # for one page to be audited; chosen: far beyond what a busy machine takes
READ = """() => [...document.querySelectorAll("#audit .audit-differences a")].map((link) => {
  const cell = document.getElementById(decodeURIComponent(link.hash.slice(1)));
  const row = cell && cell.closest("tr");
  return [cell ? cell.textContent : "", row ? row.cells[0].textContent : "", link.parentNode.textContent];
})"""


@contextmanager
def browser_page() -> Generator[Any]:
    """A page of Chromium; NotMeasured where it is not installed."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        raise NotMeasured("needs playwright") from None
    if chromium is None:
        raise NotMeasured("needs chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        try:
            yield browser.new_page()
        finally:
            browser.close()


def audited(page: Any, text: str, folder: Path) -> tuple[dict[str, str], list[list[str]]]:
    """The figures of the section, and each cell that it names: its text, the head of its row, what is said of it."""
    path = folder / "page.html"
    path.write_text(text, encoding="utf-8")
    page.goto(path.as_uri())
    page.wait_for_selector("#audit[data-state]", state="attached", timeout=MOST_SECONDS * 1000)
    return page.evaluate("({...document.getElementById('audit').dataset})"), page.evaluate(READ)


def named(cells: Sequence[Sequence[str]], after: str, head: str) -> bool:
    """Whether one of the named cells has the changed number in it, or stands in its row."""
    return any(after in text or (head and head in " ".join(row.split())) for text, row, _ in cells)


def measure(quick: bool) -> Result:
    """Open every page as it is, with one number changed, and with that number changed in both copies; Disagreement beyond
    the gates of the benchmark audit."""
    draw, told, alone, sums = random.Random(0), Counter[str](), Counter[str](), Counter[str]()
    changes, missed = Counter[str](), list[str]()
    with browser_page() as page, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for kind, text in pages(quick):
            if kind in WITHOUT:
                continue
            figures, cells = audited(page, text, folder)
            sums.update({"pages": 1, "flagged": bool(cells) or figures["state"] != "done"})
            sums.update({key: int(figures[key]) for key in ("all", "derived", "left", "milliseconds") if key in figures})
            missed += [f"an untouched page of {kind}: {said}" for _, _, said in cells[:1]]
            change = changed(text, draw)
            _, head = place_of_change(change.page, change.start)
            changes[change.kind] += 1
            both = resealed(change.page)
            found, again = audited(page, change.page, folder)[1], audited(page, both, folder)[1]
            told[change.kind] += named(found, change.after, head)
            alone[change.kind] += named(again, change.after, head)
            sums["agree"] += bool(found) == (not audit_page(change.page).agrees)
            sums["agree alone"] += bool(again) == (not audit_page(both).agrees)
            if not named(found, change.after, head):
                missed.append(f"{change.kind} of {kind}: {change.before} → {change.after} in {head or 'a sentence'}")
    total = sum(changes.values())
    lines = [f"{word}: {told[word]} of {count} named, {alone[word]} by what follows alone" for word, count in changes.items()]
    lines.append(f"{sum(told.values())} of {total} changed numbers are named, {sum(alone.values())} without the second copy")
    lines.append(f"{sums['flagged']} of {sums['pages']} untouched pages are flagged")
    lines.append(
        f"the command's audit says the same of {sums['agree']} of {total} changed pages, {sums['agree alone']} without the second copy"
    )
    lines.append(f"{sums['derived']:,} of {sums['all']:,} numbers were derived anew, {sums['left']:,} cannot be from their pages")
    lines.append(f"{sums['milliseconds'] / max(1, sums['pages']):.0f} ms a page")
    gate(sum(told.values()), total, int(sums["flagged"]), int(sums["pages"]), missed)
    return Result(NAME, TITLE, ABOUT, (), (*lines, *missed))
