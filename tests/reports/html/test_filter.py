"""The filter and the order of the cases in a real browser: one rule for the table, the failures and the details, which
stands in the address.

These tests need Chromium and the Python package playwright; where one is missing they are skipped by name.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backproof.reports import write_html

Make = Callable[..., dict[str, Any]]
VERDICTS = ["CORRECT"] * 5 + ["WRONG", "CORRECT", "INCONCLUSIVE", "CORRECT", "INACCURATE", "WRONG", "CORRECT", "WRONG", "WRONG", "WRONG"]


@pytest.fixture(scope="module")
def window(browser: Any) -> Any:
    return browser.new_page()


@pytest.fixture
def page(window: Any) -> Any:
    """One window for all tests, as it was in the beginning."""
    window.goto("about:blank")
    window.emulate_media(media="screen", color_scheme="light")
    return window


@pytest.fixture
def results(make: Make) -> dict[str, Any]:
    """Fifteen cases, nine of them with a view."""
    results = make(VERDICTS)
    for case in results["cases"][3:5]:
        case["checks"][0].update(claim="path sum = differences", verdict="CORRECT")
    results["cases"][5]["checks"][0].update(claim="path sum = differences", verdict="CORRECT")
    for k in (1, 2, 4, 8, 12, 13):
        results["cases"][k]["detail"] = None
    return results


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture
def page_file(results: dict[str, Any], folder: Path) -> str:
    """The page of these, written once."""
    if not (folder / "report.html").exists():
        write_html(results, folder / "report.html")
    return (folder / "report.html").as_uri()


def names(page: Any) -> list[str]:
    """The names in the rows that are shown, in their order."""
    found: list[str] = page.locator("#case-table tbody tr:visible th").all_inner_texts()
    return found


def press(page: Any, text: str) -> Any:
    chip = page.locator(".chips button", has_text=text)
    chip.click()
    return chip


def test_chips_narrow_the_table_and_say_how_many_they_would_show(page: Any, page_file: str) -> None:
    page.goto(page_file)
    assert page.locator(".chips").evaluate_all("all => all.map((one) => one.getAttribute('aria-label'))") == ["Verdict", "Family", "Claim"]
    chip = press(page, "WRONG")
    assert chip.get_attribute("aria-pressed") == "true"
    assert names(page) == ["random 5", "random 10", "random 12", "random 13", "random 14"]
    assert page.locator("#shown").inner_text() == "5 of 15 cases; 1 failure and 1 undecided hidden"
    counts = {chip.split(" ")[0]: chip.split(" ")[-1] for chip in page.locator(".chips button").all_inner_texts() if "=" not in chip}
    assert (counts["chain"], counts["diamond"], counts["ladder"], counts["CORRECT"]) == ("1", "2", "2", "8")
    press(page, "ladder")
    assert names(page) == ["random 5", "random 14"]
    press(page, "WRONG")
    assert chip.get_attribute("aria-pressed") == "false"
    assert names(page) == [f"random {k}" for k in (2, 5, 8, 11, 14)]


def test_a_claim_with_a_verdict_shows_the_cases_in_which_that_claim_ended_so(page: Any, page_file: str) -> None:
    page.goto(page_file)
    press(page, "path sum = differences")
    assert names(page) == ["random 3", "random 4", "random 5"]
    press(page, "WRONG")
    assert names(page) == [], "random 5 is WRONG, but not in that claim"
    press(page, "path sum = differences")
    press(page, "backward pass = path sum")
    assert names(page)[0] == "random 5"


def test_the_filter_rules_the_failures_and_the_details_too(page: Any, page_file: str, results: dict[str, Any]) -> None:
    page.goto(f"{page_file}?family=ladder")
    shown = {case["id"] for case in results["cases"] if case["family"] == "ladder"}
    drawn = {case["id"] for case in results["cases"] if case["detail"]}
    bad = {case["id"] for case in results["cases"] if case["verdict"] in ("WRONG", "INACCURATE")}
    assert set(page.locator("article.failure:not([hidden])").evaluate_all("all => all.map((one) => one.dataset.case)")) <= shown & bad
    rest = page.locator(".more-failures tbody tr:not([hidden]) code").all_inner_texts()
    assert set(rest) <= shown & bad
    page.goto(f"{page_file}?family=ladder#details")
    assert {
        one.removeprefix("case-") for one in page.locator(".views > .case:visible").evaluate_all("all => all.map((one) => one.id)")
    } == drawn & shown
    note = page.locator("#filtered")
    assert note.inner_text().startswith("Filter: 5 of 15 cases; 4 failures and 1 undecided hidden")
    page.locator("#show-all").click()
    assert note.is_hidden()
    assert page.locator(".views > .case:visible").count() == 9
    assert "?" not in page.url


def test_a_link_to_a_case_opens_it_whatever_the_filter_hides(page: Any, page_file: str, results: dict[str, Any]) -> None:
    page.goto(f"{page_file}?q=no+such+case#case-{results['cases'][0]['id']}")
    assert page.locator(f"#case-{results['cases'][0]['id']}").is_visible()
    assert page.locator("#shown").text_content() == "0 of 15 cases; 6 failures and 1 undecided hidden"


def test_previous_and_next_lead_along_the_filter_and_the_order(page: Any, page_file: str, results: dict[str, Any]) -> None:
    ids = {case["name"]: case["id"] for case in results["cases"]}
    page.goto(f"{page_file}?verdict=CORRECT&family=chain#cases")
    page.locator("#case-table thead th", has_text="Case").locator("button").click()
    page.locator("#case-table a", has_text="random 3").click()
    turn = page.locator(f"#case-{ids['random 3']} .turn")
    assert turn.locator(".quiet").inner_text() == "2 of 3"
    assert turn.locator("a[rel=prev]").inner_text() == "← random 0"
    turn.locator("a[rel=next]").click()
    assert page.locator(f"#case-{ids['random 6']}").is_visible()
    assert page.locator(f"#case-{ids['random 6']} a[rel=next]").count() == 0


def test_the_filter_stands_in_the_address_and_back_undoes_it(page: Any, page_file: str) -> None:
    page.goto(page_file)
    press(page, "WRONG")
    page.locator("#filter").press_sequentially("ladder")
    assert page.url == f"{page_file}?q=ladder&verdict=WRONG"
    page.reload()
    assert names(page) == ["random 5", "random 14"]
    assert page.locator("#filter").input_value() == "ladder"
    page.go_back()
    assert len(names(page)) == 5
    page.go_back()
    assert len(names(page)) == 15
    page.go_forward()
    assert page.locator(".chips button", has_text="WRONG").get_attribute("aria-pressed") == "true"
    assert len(names(page)) == 5


def test_an_address_that_nobody_wrote_is_taken_as_far_as_it_is_known(page: Any, page_file: str) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(f"{page_file}?verdict=FINE&family=%3Cb%3E&q=%00&other=1#%E0%A4%A")
    assert errors == []
    assert names(page) == []
    page.goto(f"{page_file}?verdict=FINE&other=1")
    assert len(names(page)) == 15


def test_many_rows_sort_by_number_and_by_word_and_keep_the_filter(page: Any, make: Make, tmp_path: Path) -> None:
    """More rows than one body of the table holds; numbers of any length; equal ones stay as they were."""
    results = make(["CORRECT"])
    first = {**results["cases"][0], "detail": None}
    paths = ["7", "12", "3" + "0" * 400, "1" + "0" * 25, "2" + "0" * 400, "1234"]
    results["cases"] = [{**first, "id": f"{k:012d}", "name": f"case {k}", "paths": paths[k % 6], "vertices": k % 2} for k in range(120)]
    write_html(results, tmp_path / "many.html")
    page.goto((tmp_path / "many.html").as_uri())
    rows = "all => all.map((row) => row.querySelector('th').textContent)"

    def order() -> list[int]:
        return [int(name.split()[1]) for name in page.locator("#case-table tbody tr").evaluate_all(rows)]

    page.locator("#case-table thead button", has_text="Paths").click()
    by_paths = [0, 1, 5, 3, 4, 2]
    assert order() == [k for rest in by_paths for k in range(rest, 120, 6)]
    page.locator("#case-table thead button", has_text="Vertices").click()
    page.locator("#case-table thead button", has_text="Vertices").click()
    assert order()[:3] == [1, 7, 13], "descending, and by paths among equals"
    page.locator("#filter").fill("case 11")
    assert page.locator("#case-table tbody tr:visible").count() == 11
    page.locator("#case-table thead button", has_text="Case").click()
    assert page.locator("#case-table tbody tr:visible th").all_inner_texts() == ["case 11", *(f"case {k}" for k in range(110, 120))]
    assert page.locator("#case-table tbody").evaluate_all("all => all.map((body) => body.rows.length)") == [50, 50, 20]


def test_a_table_of_many_rows_is_still_a_table_to_who_does_not_see_it(page: Any, page_file: str) -> None:
    page.goto(page_file)
    session = page.context.new_cdp_session(page)
    document = session.send("DOM.getDocument")["root"]["nodeId"]
    table = session.send("DOM.querySelector", {"nodeId": document, "selector": "#case-table"})["nodeId"]
    nodes = session.send("Accessibility.queryAXTree", {"nodeId": table})["nodes"]
    roles = [node["role"]["value"] for node in nodes if not node["ignored"]]
    assert (roles.count("row"), roles.count("columnheader"), roles.count("rowheader"), roles.count("cell")) == (16, 10, 15, 135)
