"""A folder of pages: every link arrives, sizes keep to their limits, what is cut is said; and in a real browser, from a
disk and from a server with a strict policy, it is styled and has no complaint.
"""

from __future__ import annotations

import posixpath
import re
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from backproof.reports import ResultsError
from backproof.reports.html import split
from backproof.reports.html.split import render_split, write_split

Make = Callable[..., dict[str, Any]]


def astray(pages: dict[str, str]) -> list[tuple[str, str]]:
    """The links of all pages that lead nowhere, and those that lead out of the folder."""
    names = {name: set(re.findall(r'\bid="([^"]*)"', text)) for name, text in pages.items()}
    lost: list[tuple[str, str]] = []
    for name, text in pages.items():
        for link in re.findall(r'(?:href|src)="([^"]*)"', text) if name.endswith(".html") else ():
            path, _, place = link.partition("#")
            whole = posixpath.normpath(posixpath.join(posixpath.dirname(name), path)) if path else name
            if whole not in pages or (place and place not in names[whole]):
                lost.append((name, link))
    return lost


def test_every_case_has_a_page_and_every_link_arrives(sample: dict[str, Any]) -> None:
    sample["smallest"] = {"of": sample["cases"][0]["id"], "name": "x", "vertices": 9, "case": {**sample["cases"][0], "id": "f" * 12}}
    sample["smallest"] |= {"test": "def test_it() -> None: ...", "diagnosis": None}
    pages = render_split(sample)
    assert {f"cases/{case['id']}.html" for case in sample["cases"]} <= set(pages)
    assert astray(pages) == []
    for case in sample["cases"]:
        text = pages[f"cases/{case['id']}.html"]
        assert case["replay"] in text
        assert f'id="case-{case["id"]}"' in text
    assert [name for name, _ in astray({**pages, "index.html": pages["index.html"].replace("cases/", "case/")})]


def test_the_same_results_give_the_same_pages(sample: dict[str, Any]) -> None:
    assert render_split(sample) == render_split(sample)


def test_rows_that_do_not_fit_go_on_on_further_pages_and_all_are_there_once(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    results = make(["WRONG"] * 3 + ["CORRECT"] * 27)
    monkeypatch.setattr(split, "LARGEST_INDEX", 21_000)
    monkeypatch.setattr(split, "ROWS_A_PAGE", 8)
    pages = render_split(results)
    assert len(pages["index.html"].encode()) <= 21_000
    rows = {name: re.findall(r'<tr id="row-(\w+)"', text) for name, text in pages.items()}
    assert sorted(row for found in rows.values() for row in found) == sorted(case["id"] for case in results["cases"])
    assert 0 < len(rows["index.html"]) < 30
    assert f"{30 - len(rows['index.html'])} more cases</strong> stand on" in pages["index.html"]
    assert rows["cases-2.html"]
    assert astray(pages) == []


@pytest.mark.parametrize("limit", [40_000, 20_000, 12_000])
def test_a_case_that_does_not_fit_is_cut_and_says_so(make: Make, monkeypatch: pytest.MonkeyPatch, limit: int) -> None:
    results = make(["CORRECT"])
    case = results["cases"][0]
    row = case["detail"]["table"][0]
    case["detail"]["table"] = [{**row, "index": [k], "digits": 16.0} for k in range(300)] + [{**row, "index": [300], "digits": 2.5}]
    case["replay"] = "backproof1:" + "a" * 5_000
    monkeypatch.setattr(split, "LARGEST_CASE", limit)
    monkeypatch.setattr(split, "TRIED", ((20_000, 20_000, True), (11_000, 0, True), (7_000, 0, False)))
    text = render_split(results)[f"cases/{case['id']}.html"]
    assert re.search(r"[0-9]+ more leaf entries are not shown here; those that err most are", text)
    assert f"{row['name']}[300]" in text
    assert ("not shown here; it stands in the results file" in text) == (limit == 12_000)
    assert limit == 40_000 or "The picture of this graph is too large" in text


def test_results_that_fit_no_schema_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(ResultsError):
        write_split({"format": "backproof-results"}, tmp_path / "pages")
    assert not (tmp_path / "pages").exists()


class Strict(SimpleHTTPRequestHandler):
    """Files with the policy of a careful server."""

    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@pytest.fixture
def served(sample: dict[str, Any], tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The addresses of a folder of pages: on a disk, and on a server with a strict policy."""
    write_split(sample, tmp_path / "pages")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Strict, directory=str(tmp_path / "pages")))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield (tmp_path / "pages").as_uri(), f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_from_a_disk_and_under_a_strict_policy_it_is_styled_and_leads_from_case_to_case(browser: Any, served: tuple[str, str]) -> None:
    for address in served:
        page, complaints = browser.new_page(), list[str]()
        page.on("console", lambda message, said=complaints: said.append(message.text))
        page.on("pageerror", lambda error, said=complaints: said.append(str(error)))
        page.goto(f"{address}/index.html")
        assert page.evaluate("getComputedStyle(document.querySelector('.top')).display") == "flex"
        assert page.locator(".filter").is_visible(), "the script runs"
        page.locator("#case-table a").first.click()
        page.wait_for_url("**/cases/*.html")
        assert page.evaluate("getComputedStyle(document.querySelector('.top')).display") == "flex"
        seen = 0
        while page.locator("a[rel=next]").count() and seen < 2:
            before = page.url
            page.locator("a[rel=next]").click()
            page.wait_for_function("before => location.href !== before", arg=before)
            seen += 1
        page.locator("a.back").click()
        page.wait_for_url("**/index.html#row-*")
        page.goto(f"{address}/theorems.html")
        assert page.locator("article.theorem").first.is_visible()
        refused = ("favicon",) if address.startswith("file:") else ("favicon", "font")  # the policy has no place for a font
        assert [words for words in complaints if not any(what in words for what in refused)] == []
