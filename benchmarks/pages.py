"""Do reports keep within their budgets? Pages of 200, 1,000 and 2,000 cases, a failing one of 200, and a folder of pages,
opened in Chromium and printed.

Cases are those of a run of the suite and of a wrong engine; beyond what was run, rows without details are repeated under
names and ids of their own, as a longer run has them.

>>> beyond([Figure("1,000 cases", "bytes", 2.5e6, 3e6), Figure("1,000 cases", "seconds", 1.2, 1.0)])
['1,000 cases: seconds 1.2, at most 1']
>>> [case["id"] for case in repeated([{"id": "a", "name": "x", "detail": None, "verdict": "CORRECT"}], 2)]
['a', '000000000001']
>>> repeated([{"id": "a", "name": "x", "detail": {"table": []}, "verdict": "CORRECT"}], 2)
Traceback (most recent call last):
    ...
ValueError: no case without details can be repeated: 1 of 2 cases
"""

from __future__ import annotations

import json
import re
import shutil
import statistics
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from backproof.reports import render_html
from backproof.reports.document import Record
from backproof.reports.html.split import render_split
from backproof.verify.cases.draws import restricted_case
from backproof.verify.commands.options import Output, VerifyOptions
from backproof.verify.commands.verify import run_verify
from benchmarks.measure import Disagreement, NotMeasured, Result, need
from benchmarks.twenty_seconds import engine_document

NAME = "pages"
TITLE = "Reports within their budgets"
ABOUT = (
    "Pages are opened in Chromium at 1280 × 800: bytes, seconds until loaded (median of five), screens of the overview, sheets of paper. "
    "Times depend on what else the machine does; everything else does not."
)
SCREEN = 800  # pixels
OPENED = 5  # times that a page is opened; chosen: the acceptance of the report
BUDGETS: dict[str, dict[str, float]] = {
    "200 cases": {"bytes": 1.6e6, "screens": 12, "sheets": 40},
    "1,000 cases": {"bytes": 3e6, "seconds": 1.0, "screens": 12},
    "2,000 cases": {"seconds": 1.8, "screens": 12},
    "200 failing cases": {"bytes": 1.5e6, "screens": 12, "sheets": 40},
    "folder, 200 failing cases": {"index bytes": 150_000, "case bytes": 60_000},
    "folder, 1,000 cases": {"index bytes": 150_000, "case bytes": 60_000},
}
"""At most: the acceptance of the report."""


class Figure(NamedTuple):
    """What was measured of a page, and the most that it may be; None where nothing limits it."""

    page: str
    what: str
    value: float
    most: float | None


def beyond(figures: Sequence[Figure]) -> list[str]:
    """What is more than it may be, in words."""
    return [
        f"{figure.page}: {figure.what} {figure.value:.10g}, at most {figure.most:g}"
        for figure in figures
        if figure.most is not None and figure.value > figure.most
    ]


def repeated(cases: Sequence[Record], count: int) -> list[Record]:
    """So many cases: these, then those without details again. ValueError if there are none."""
    bare = [case for case in cases if not case["detail"] and case["verdict"] == "CORRECT"]
    missing = count - len(cases)
    if missing > 0 and not bare:
        raise ValueError(f"no case without details can be repeated: {len(cases)} of {count} cases")
    again = [{**bare[k % len(bare)], "id": f"{k + 1:012x}", "name": f"again {k + 1}"} for k in range(max(0, missing))]
    return [*cases[:count], *again]


def documents(quick: bool) -> Iterator[tuple[str, Record]]:
    """The documents by the names of their budgets."""
    from examples.scalar_engine import FUNCTIONS, wrong

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "r.json"
        run_verify(VerifyOptions(cases=2 if quick else 60, output=Output(json_file=file, quiet=True, no_progress=True)))
        run = json.loads(file.read_text(encoding="utf-8"))
    if quick:
        run["cases"][0]["detail"] = None
    for name, count in (("200 cases", 200), ("1,000 cases", 1000), ("2,000 cases", 2000)):
        yield name, {**run, "cases": repeated(run["cases"], count)}
    failing = [restricted_case(0, k, FUNCTIONS, True) for k in range(3 if quick else 200)]
    yield "200 failing cases", engine_document("examples.scalar_engine:wrong", wrong(), failing)


def page_figures(browser: Any, name: str, html: str, folder: Path) -> Iterator[Figure]:
    """What is measured of one page."""
    file = folder / "report.html"
    file.write_text(html, encoding="utf-8")
    most = BUDGETS[name]
    seconds, height = list[float](), 0
    for _ in range(OPENED):
        page = browser.new_page(viewport={"width": 1280, "height": SCREEN})
        page.goto(file.as_uri())
        seconds.append(page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd") / 1000)
        height = page.evaluate("document.documentElement.scrollHeight")
        page.close()
    yield Figure(name, "bytes", len(html.encode()), most.get("bytes"))
    yield Figure(name, "seconds", statistics.median(seconds), most.get("seconds"))
    yield Figure(name, "screens", height / SCREEN, most.get("screens"))
    if "sheets" in most:
        page = browser.new_page()
        page.goto(file.as_uri())
        paper = page.pdf(format="A4", prefer_css_page_size=True)
        page.close()
        yield Figure(name, "sheets", len(re.findall(rb"/Type\s*/Page\b", paper)), most["sheets"])


def folder_figures(name: str, document: Record) -> Iterator[Figure]:
    """What is measured of a folder of pages."""
    sizes = {page: len(text.encode()) for page, text in render_split(document).items()}
    yield Figure(name, "index bytes", sizes["index.html"], BUDGETS[name]["index bytes"])
    largest = max((size for page, size in sizes.items() if page.startswith("cases/")), default=0)
    yield Figure(name, "case bytes", largest, BUDGETS[name]["case bytes"])


def measure(quick: bool) -> Result:
    """Measure every page; Disagreement names what is beyond its budget."""
    need("playwright")
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        raise NotMeasured("not measured: needs Chromium")
    figures = list[Figure]()
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        for name, document in documents(quick):
            figures += page_figures(browser, name, render_html(document), Path(folder))
            if f"folder, {name}" in BUDGETS:
                figures += folder_figures(f"folder, {name}", document)
        browser.close()
    lines = [f"{figure.page}: {figure.what} {figure.value:.4g}" for figure in figures]
    if problems := beyond(figures):
        raise Disagreement("; ".join([*problems, *lines]))
    return Result(NAME, TITLE, ABOUT, (), tuple(lines))
