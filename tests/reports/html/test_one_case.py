"""One view at a time, in a real browser: a link opens a case alone, with and without JavaScript, and links within it stay
in it; without :target everything stands on the page.

The tests that open a page need Chromium and the Python package playwright; where one is missing they are skipped by
name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backproof.reports import render_html, write_html
from backproof.reports.html.one_case import case_body

Make = Callable[..., dict[str, Any]]


@pytest.fixture
def page_file(sample: dict[str, Any], tmp_path: Path) -> str:
    write_html(sample, tmp_path / "report.html")
    return (tmp_path / "report.html").as_uri()


def open_views(page: Any) -> list[str]:
    """The ids of what of the page is shown: the overview, or cases."""
    return page.evaluate(
        "[...document.querySelectorAll('#overview, #details > .case')].filter((e) => [...e.children].some((c) => c.checkVisibility())).map((e) => e.id)"
    )


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


def test_the_browsers_own_search_finds_and_opens_what_stands_in_a_closed_view(browser: Any, page_file: str, sample: dict[str, Any]) -> None:
    case = sample["cases"][-1]
    page = browser.new_page()
    page.goto(page_file)
    page.wait_for_selector("main.searchable")
    assert open_views(page) == ["overview"]
    page.goto("about:blank")
    page.goto(f"{page_file}#:~:text={case['replay']}")
    page.wait_for_url("**#case-*")
    assert open_views(page) == [f"case-{case['id']}"]
    assert case["name"] in page.title()


BROKEN = """() => {
  const walker = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT), range = document.createRange(), found = [];
  let whole = 0;
  while (walker.nextNode()) {
    const node = walker.currentNode;
    if (!node.parentElement.checkVisibility() || node.parentElement.closest("svg, math, code, #audit, details:not([open]) > :not(summary)")) continue;
    for (const match of node.data.matchAll(/[-+]?[0-9][0-9.,a-fx]*([ep][-+]?[0-9]+)?/g)) {
      range.setStart(node, match.index);
      range.setEnd(node, match.index + match[0].length);
      const boxes = [...range.getClientRects()].filter((box) => box.width > 0);
      if (boxes.some((box) => Math.abs(box.top - boxes[0].top) > 4)) found.push(match[0]); else whole += boxes.length > 0;
    }
  }
  return [found, whole];
}"""


NARROW = """() => document.querySelectorAll("td, .whole").forEach((cell) => {
  Object.assign(cell.style, { display: "block", width: "2rem", whiteSpace: "normal", overflowWrap: "anywhere" });
})"""


def test_paper_has_the_overview_and_the_failing_cases_and_breaks_no_number(browser: Any, sample: dict[str, Any], tmp_path: Path) -> None:
    tiny = [["-1.4174283567434052e-107", "2.4486780914572386e-10", "-0.30000000000000004", "1.0"]] * 4
    sample["cases"][0]["detail"]["backward"][1]["adjoint"] = tiny
    for contribution in sample["cases"][0]["detail"]["backward"][-1]["contributions"]:
        contribution["product"] = contribution["after"] = tiny
    write_html(sample, tmp_path / "report.html")
    address = (tmp_path / "report.html").as_uri()
    failing = {f"case-{case['id']}" for case in sample["cases"] if case["verdict"] != "CORRECT"}
    page = browser.new_page(viewport={"width": 703, "height": 1000})
    page.goto(address)
    page.emulate_media(media="print")
    assert set(open_views(page)) == {"overview", *failing}
    words = page.locator("#printing").inner_text()
    assert f"{len(failing)} of the {len(failing)} cases on this page that are not CORRECT" in words
    assert f"Not printed: the details of {len(sample['cases']) - len(failing)} more cases" in words
    broken, whole = page.evaluate(BROKEN)
    assert broken == []
    assert whole > 500
    page.evaluate(NARROW)
    assert page.evaluate(BROKEN)[0] != [], "a page that breaks numbers is seen"
    page.goto("about:blank")
    page.goto(f"{address}#case-{sample['cases'][-1]['id']}")
    assert open_views(page) == [f"case-{sample['cases'][-1]['id']}"]
    assert page.locator("article.case:visible .line code").first.is_visible(), "what is folded is printed too"
    page.goto(f"{address}#details")
    assert len(open_views(page)) == len(sample["cases"])


def test_paper_has_as_many_failing_cases_as_fit_and_says_how_many_not(make: Make) -> None:
    text = render_html(make(["WRONG"] * 60))
    printed = len(re.findall(r'<article class="case" id="[^"]*" tabindex="-1" data-printed>', text))
    views = text.count('<article class="case"')  # as many as the bytes of a page allow
    assert 3 < printed < views <= 60
    assert f"{printed} of the {views} cases on this page that are not CORRECT" in text
    assert f"the details of {views - printed} more cases" in text


def test_every_link_on_the_page_leads_somewhere_and_every_name_is_there_once(sample: dict[str, Any]) -> None:
    text = render_html(sample)
    names = re.findall(r'\bid="([^"]*)"', text)
    assert len(names) == len(set(names))
    assert {link for link in re.findall(r'href="#([^"]*)"', text) if link not in names} == set()
    assert {f"case-{case['id']}" for case in sample["cases"]} <= set(names)


def test_every_box_and_pattern_leads_to_a_row_that_is_there(make: Callable[..., dict[str, Any]]) -> None:
    results = make(["CORRECT"] * 6)
    for case in results["cases"]:
        whole, cut = (str(case_body(case, None, room)) for room in (10**6, 1))
        for text in (whole, cut):
            places = set(re.findall(r' id="([^"]+)"', text))
            assert {href for href in re.findall(r'href="#([^"]+)"', text) if href.startswith("case-")} <= places
        assert whole.count("<a href=") >= len(case["detail"]["graph"]["vertices"])
