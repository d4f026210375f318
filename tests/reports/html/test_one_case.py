"""One view at a time, in a real browser: a link opens a case alone, with and without JavaScript, and links within it stay
in it; without :target everything stands on the page.

The tests that open a page need Chromium and the Python package playwright; where one is missing they are skipped by
name.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backproof.reports import render_html, write_html

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
sync_api: Any = pytest.importorskip("playwright.sync_api", reason="the Python package playwright is not installed")
in_a_browser = pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with sync_api.sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        yield launched
        launched.close()


@pytest.fixture
def page_file(sample: dict[str, Any], tmp_path: Path) -> str:
    write_html(sample, tmp_path / "report.html")
    return (tmp_path / "report.html").as_uri()


def open_views(page: Any) -> list[str]:
    """The ids of what of the page is shown: the overview, or cases."""
    return page.evaluate(
        "[...document.querySelectorAll('#overview, #details > .case')].filter((e) => e.checkVisibility()).map((e) => e.id)"
    )


@in_a_browser
@pytest.mark.parametrize("scripted", [True, False])
def test_a_link_opens_one_case_and_its_links_lead_on_and_back(browser: Any, page_file: str, sample: dict[str, Any], scripted: bool) -> None:
    page = browser.new_context(java_script_enabled=scripted, viewport={"width": 1280, "height": 800}).new_page()
    page.goto(page_file)
    assert open_views(page) == ["overview"]
    page.locator("#case-table a").first.click()
    first = page.evaluate("location.hash.slice(1)")
    assert open_views(page) == [first]
    while page.locator(".turn:visible a[rel=prev]").count():
        page.locator(".turn:visible a[rel=prev]").click()
    order = [page.evaluate("location.hash.slice(1)")]
    while page.locator(".turn:visible a[rel=next]").count():
        page.locator(".turn:visible a[rel=next]").click()
        order.append(page.evaluate("location.hash.slice(1)"))
        assert open_views(page) == order[-1:]
    assert sorted(order) == sorted(f"case-{case['id']}" for case in sample["cases"])
    page.locator(".turn:visible a.back").click()
    assert open_views(page) == ["overview"]
    row = page.locator("tr:target")
    assert row.get_attribute("id") == order[-1].replace("case", "row")
    assert 0 <= row.bounding_box()["y"] <= 800
    page.goto(f"{page_file}#details")
    assert len(open_views(page)) == len(sample["cases"])


def test_every_link_on_the_page_leads_somewhere_and_every_name_is_there_once(sample: dict[str, Any]) -> None:
    text = render_html(sample)
    names = re.findall(r'\bid="([^"]*)"', text)
    assert len(names) == len(set(names))
    assert {link for link in re.findall(r'href="#([^"]*)"', text) if link not in names} == set()
    assert {f"case-{case['id']}" for case in sample["cases"]} <= set(names)
