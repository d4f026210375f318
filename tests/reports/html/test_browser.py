"""The page in a real browser: one request, no error, readable without JavaScript, no sideways scrolling on a phone,
links that arrive.

These tests need Chromium and the Python package playwright; where one is missing they are skipped by name.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backproof.reports import render_html, write_html

Make = Callable[..., dict[str, Any]]


@pytest.fixture
def page_file(sample: dict[str, Any], tmp_path: Path) -> str:
    write_html(sample, tmp_path / "report.html")
    return (tmp_path / "report.html").as_uri()


def watched(page: Any) -> tuple[list[str], list[str]]:
    """The requests and the complaints of a page from now on."""
    requests: list[str] = []
    complaints: list[str] = []

    def requested(request: Any) -> None:
        requests.append(request.url)

    def said(message: Any) -> None:
        complaints.append(message.text)

    def failed(error: Any) -> None:
        complaints.append(str(error))

    page.on("request", requested)
    page.on("console", said)
    page.on("pageerror", failed)
    return requests, complaints


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_makes_one_request_and_no_complaint(browser: Any, page_file: str, scheme: str) -> None:
    page = browser.new_page(color_scheme=scheme)
    requests, complaints = watched(page)
    page.goto(page_file)
    page.keyboard.press("End")
    page.wait_for_timeout(200)
    assert requests == [page_file]
    assert complaints == []


def test_the_content_policy_stops_a_script_that_is_not_ours(browser: Any, sample: dict[str, Any], tmp_path: Path) -> None:
    """The check above can fail: a foreign script on the page is refused, and the refusal is a complaint."""
    (tmp_path / "bad.html").write_text(render_html(sample).replace("</main>", "<script>document.title = 'taken'</script></main>"))
    page = browser.new_page()
    _, complaints = watched(page)
    page.goto((tmp_path / "bad.html").as_uri())
    assert page.title() == "backproof: WRONG"
    assert complaints


def comes_to_say(part: Any, words: str) -> bool:
    """Whether a part of the page shows these words, which it does when it is reached and laid out."""
    for _ in range(100):
        if part.is_visible() and words in part.inner_text():
            return True
        part.page.wait_for_timeout(50)
    return False


def test_without_javascript_every_case_path_and_failure_can_be_read(browser: Any, page_file: str, sample: dict[str, Any]) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"{page_file}#details")
    for case in sample["cases"]:
        article = page.locator(f"#case-{case['id']}")
        article.scroll_into_view_if_needed()
        assert comes_to_say(article, case["id"])
        assert case["replay"] in (article.text_content() or ""), "in a fold"
        listed = sum(len(paths["listed"]) for paths in case["detail"]["paths"])
        rows = article.locator("table.paths tbody tr", has=page.locator("th"))
        assert rows.count() == listed
        assert all(row.is_visible() for row in rows.all())
    page.goto(page_file)
    for case in [case for case in sample["cases"] if case["reason"]]:
        failure = page.locator("article.failure", has_text=f"--case {case['id']}" if "target" in case else f"replay {case['id']}")
        failure.scroll_into_view_if_needed()
        assert comes_to_say(failure, case["reason"])
    assert page.locator(".filter").is_hidden()
    assert page.locator(".copy").first.is_hidden()


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_the_page_never_scrolls_sideways(browser: Any, page_file: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(page_file)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("location.hash = 'details'")
    for article in page.locator("#details article.case").all():
        article.scroll_into_view_if_needed()
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_long_names_do_not_make_a_phone_scroll_sideways(browser: Any, make: Make, tmp_path: Path) -> None:
    results = make(["WRONG", "CORRECT"])
    for case in results["cases"]:
        case["name"] = "W" * 10_000
        case["reason"] = "R" * 10_000
    results["summary"]["sentence"] = "S" * 300
    write_html(results, tmp_path / "long.html")
    page = browser.new_page(viewport={"width": 320, "height": 800})
    page.goto((tmp_path / "long.html").as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_deep_link_brings_its_case_to_the_top(browser: Any, page_file: str, sample: dict[str, Any]) -> None:
    for case in sample["cases"][::3]:
        page = browser.new_page(viewport={"width": 1280, "height": 700})
        page.goto(f"{page_file}#case-{case['id']}")
        page.wait_for_timeout(150)
        top = page.locator(f"#case-{case['id']}").bounding_box()["y"]
        at_the_end = page.evaluate("scrollY + innerHeight >= document.documentElement.scrollHeight - 2")
        assert -2 <= top <= 60 or at_the_end
        page.close()


def test_the_filter_keeps_matching_rows_and_reads_the_address(browser: Any, page_file: str) -> None:
    page = browser.new_page()
    page.goto(f"{page_file}?q=wrong")
    rows = page.locator("#case-table tbody tr:visible")
    assert rows.count() == 2
    assert page.locator("#shown").inner_text() == "2 of 12 cases; 1 failure and 1 undecided hidden"
    page.locator("#filter").fill("diamond correct")
    assert all("diamond" in row.inner_text() for row in rows.all())
    page.locator("#filter").fill("no such case")
    assert rows.count() == 0
    page.locator("#filter").fill("")
    assert rows.count() == 12


def test_columns_sort_by_number_both_ways(browser: Any, page_file: str, sample: dict[str, Any]) -> None:
    page = browser.new_page()
    page.goto(page_file)
    heading = page.locator("#case-table thead th", has_text="Vertices")
    for direction, reverse in (("ascending", False), ("descending", True)):
        heading.locator("button").click()
        assert heading.get_attribute("aria-sort") == direction
        shown = [int(row.locator("td").nth(2).inner_text()) for row in page.locator("#case-table tbody tr").all()]
        assert shown == sorted((case["vertices"] for case in sample["cases"]), reverse=reverse)


def test_a_copy_button_copies_its_line(browser: Any, page_file: str, sample: dict[str, Any]) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{page_file}#case-{sample['cases'][0]['id']}")
    article = page.locator(f"#case-{sample['cases'][0]['id']}")
    article.locator(".copy").first.click()
    page.wait_for_timeout(100)
    assert article.locator(".copy").first.inner_text() in ("Copied", "Selected")
    chosen = page.evaluate("getSelection().toString() || navigator.clipboard.readText()")
    assert chosen == f"backproof replay {sample['cases'][0]['id']} --from r.json"


def test_the_keyboard_reaches_the_skip_link_first_and_then_the_tables(browser: Any, page_file: str) -> None:
    page = browser.new_page()
    page.goto(page_file)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    regions = page.evaluate("[...document.querySelectorAll('.scroll')].every((r) => r.tabIndex === 0 && r.getAttribute('aria-label'))")
    assert regions


def test_the_sum_sign_is_larger_than_the_letters(browser: Any, page_file: str) -> None:
    page = browser.new_page()
    page.goto(f"{page_file}#theorem-views")
    assert page.locator("#theorem-views math").count() == 6
    sum_sign, letter = (page.locator(f"#theorem-views math {what}").first.bounding_box()["height"] for what in ("munder mo", "mi"))
    assert sum_sign > 1.3 * letter


def test_printing_loses_nothing(browser: Any, page_file: str) -> None:
    page = browser.new_page()
    page.goto(page_file)
    page.emulate_media(media="print", color_scheme="light")
    overflow = page.evaluate("[...document.querySelectorAll('.scroll')].every((r) => getComputedStyle(r).overflowX === 'visible')")
    assert overflow
    assert page.evaluate("getComputedStyle(document.querySelector('.case')).contentVisibility") == "visible"
    assert page.evaluate("getComputedStyle(document.querySelector('nav')).display") == "none"
