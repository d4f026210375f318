"""The page by keyboard, and its colours by choice, in a real browser: documented, remembered, and never in the way of
who types.

These tests need Chromium and the Python package playwright; where one is missing they are skipped by name.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backproof.reports import write_html
from backproof.reports.html.split import write_split

OPEN = "[...document.querySelectorAll('.views > .case')].filter((one) => one.firstElementChild.checkVisibility()).map((one) => one.id)"
PAPER = "getComputedStyle(document.body).backgroundColor"
LIGHT, DARK = "rgb(253, 252, 250)", "rgb(20, 23, 26)"


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
def sample(make: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    """Seven cases, of which two are WRONG, one INACCURATE and one INCONCLUSIVE."""
    return make(["CORRECT", "WRONG", "INCONCLUSIVE", "CORRECT", "INACCURATE", "WRONG", "CORRECT"], 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture
def page_file(sample: dict[str, Any], folder: Path) -> str:
    """The page of these, written once."""
    if not (folder / "report.html").exists():
        write_html(sample, folder / "report.html")
    return (folder / "report.html").as_uri()


def opened(page: Any) -> str:
    """The name of the one case whose view is open; empty on the overview."""
    ids: list[str] = page.evaluate(OPEN)
    assert len(ids) <= 1
    return page.locator(f"#{ids[0]} h3").inner_text().split("\n")[0] if ids else ""


def test_one_key_leads_from_load_to_the_failing_entry(page: Any, page_file: str) -> None:
    page.goto(page_file)
    page.keyboard.press("f")
    assert opened(page) == "random 1 WRONG"
    assert page.evaluate("document.activeElement.id").startswith("case-0001")
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= page.evaluate(
        "document.querySelector('.top').getBoundingClientRect().bottom - 1"
    )


def test_five_keys_lead_there_without_any_letter_and_without_a_script(browser: Any, page_file: str) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(page_file)
    for key in ("Tab", "Enter", "Tab", "Tab"):
        page.keyboard.press(key)
    assert page.locator("a:focus").inner_text() == "random 1"
    page.keyboard.press("Enter")
    assert page.url.split("#")[1].startswith("case-0001")
    assert page.locator("article.case:visible").count() == 1


def test_j_and_k_walk_through_the_cases_worst_first_and_stop_at_the_ends(page: Any, page_file: str) -> None:
    page.goto(page_file)
    seen = []
    for key in "jjjjjkk":
        page.keyboard.press(key)
        seen.append(opened(page).split(" ")[1])
    assert seen[:5] == ["1", "5", "4", "2", "0"]
    assert seen[5:] == [seen[3], seen[2]]
    for _ in range(5):
        page.keyboard.press("k")
    assert opened(page).split(" ")[1] == seen[0]
    page.keyboard.press("f")
    assert opened(page).split(" ")[1] == seen[0]


def test_they_walk_through_what_the_filter_shows_and_as_the_table_is_sorted(page: Any, page_file: str, sample: dict[str, Any]) -> None:
    page.goto(f"{page_file}?verdict=CORRECT")
    heading = page.locator("#case-table thead button", has_text="Case")
    heading.click()
    heading.click()
    seen = []
    for _ in range(4):
        page.keyboard.press("j")
        seen.append(int(opened(page).split(" ")[1]))
    right = [k for k, case in enumerate(sample["cases"]) if case["verdict"] == "CORRECT"]
    assert seen == [*reversed(right), right[0]]
    page.keyboard.press("f")
    assert int(opened(page).split(" ")[1]) == right[0], "the failures are hidden: there is none to go to"


def test_a_case_without_a_view_is_reached_in_the_table(page: Any, sample: dict[str, Any], tmp_path: Path) -> None:
    for case in sample["cases"]:
        case["detail"] = None
    write_html(sample, tmp_path / "rows.html")
    page.goto((tmp_path / "rows.html").as_uri())
    page.keyboard.press("f")
    assert page.evaluate("document.activeElement.matches('article.failure')")
    for _ in range(4):
        page.keyboard.press("j")
    assert page.evaluate("document.activeElement.matches('#case-table tr')")
    assert page.evaluate("document.activeElement.querySelector('th').textContent") == "random 0"


def test_the_slash_goes_to_the_filter_also_from_a_case_and_letters_typed_there_stay_letters(page: Any, page_file: str) -> None:
    page.goto(page_file)
    page.keyboard.press("f")
    page.keyboard.press("/")
    assert opened(page) == ""
    assert page.evaluate("document.activeElement.id") == "filter"
    page.keyboard.type("j/k?f")
    assert page.locator("#filter").input_value() == "j/k?f"
    assert opened(page) == ""
    assert page.locator("#keys").is_hidden()


@pytest.mark.parametrize("modifier", ["Control", "Alt", "Meta"])
def test_a_modifier_leaves_the_key_to_the_browser(page: Any, page_file: str, modifier: str) -> None:
    page.goto(page_file)
    prevented = page.evaluate(
        "(name) => ['f', 'j', 'k', '/', '?'].map((key) => !document.body.dispatchEvent(new KeyboardEvent('keydown',"
        "{key, bubbles: true, cancelable: true, [name]: true})))",
        {"Control": "ctrlKey", "Alt": "altKey", "Meta": "metaKey"}[modifier],
    )
    assert prevented == [False] * 5
    assert opened(page) == ""


def test_the_question_mark_lists_the_keys_and_escape_leaves_nobody_trapped(page: Any, page_file: str) -> None:
    page.goto(page_file)
    page.locator("#show-keys").focus()
    page.keyboard.press("?")
    dialog = page.locator("#keys")
    assert dialog.is_visible()
    assert dialog.locator("kbd").all_inner_texts() == page.locator("#help kbd").all_text_contents() == ["/", "f", "j", "k", "?"]
    page.keyboard.press("j")
    assert opened(page) == ""
    page.keyboard.press("Escape")
    assert dialog.is_hidden()
    assert page.evaluate("document.activeElement.id") == "show-keys"


def test_the_keys_can_be_switched_off_and_stay_off(browser: Any, page_file: str) -> None:
    page = browser.new_context().new_page()
    page.goto(page_file)
    page.keyboard.press("?")
    page.locator("#keys input").uncheck()
    page.locator("#keys button").click()
    for _ in range(2):
        page.keyboard.press("f")
        assert opened(page) == ""
        page.reload()
    page.locator("#show-keys").click()
    page.locator("#keys input").check()
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    assert opened(page) != ""


def test_tab_goes_through_the_whole_page_and_out_of_it(page: Any, page_file: str) -> None:
    page.goto(page_file)
    stops = "document.activeElement === document.body ? 'out' : (window.n = (window.n || 0) + 1)"
    for _ in range(400):
        page.keyboard.press("Tab")
        if page.evaluate(stops) == "out":
            break
    assert page.evaluate(stops) == "out"
    assert page.evaluate("window.n") > 30


def test_the_theme_is_the_systems_until_it_is_chosen_and_then_remembered(browser: Any, page_file: str) -> None:
    page = browser.new_context(color_scheme="dark").new_page()
    page.goto(page_file)
    assert page.evaluate(PAPER) == DARK
    page.locator("#theme").select_option("light")
    assert page.evaluate(PAPER) == LIGHT
    page.reload()
    assert page.evaluate(PAPER) == LIGHT
    assert page.locator("#theme").input_value() == "light"
    page.emulate_media(color_scheme="light")
    page.locator("#theme").select_option("dark")
    assert page.evaluate(PAPER) == DARK
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--paper')") == "#fff"
    page.emulate_media(media="screen", color_scheme="dark")
    page.locator("#theme").select_option("auto")
    page.emulate_media(color_scheme="light")
    assert page.evaluate(PAPER) == LIGHT


def test_without_storage_the_theme_changes_and_nothing_is_said(browser: Any, page_file: str) -> None:
    page = browser.new_context(color_scheme="light").new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    page.add_init_script("Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })")
    page.goto(page_file)
    page.locator("#theme").select_option("dark")
    assert page.evaluate(PAPER) == DARK
    page.keyboard.press("f")
    assert opened(page) != ""
    page.reload()
    assert page.evaluate(PAPER) == LIGHT
    assert errors == []


@pytest.mark.parametrize("scripted", [True, False])
def test_the_contents_stay_at_hand_and_lead_to_their_sections(browser: Any, page_file: str, scripted: bool) -> None:
    page = browser.new_context(java_script_enabled=scripted, viewport={"width": 390, "height": 700}).new_page()
    page.goto(f"{page_file}#claims")
    assert page.locator("#contents").is_hidden()
    page.locator("[popovertarget]").click()
    page.locator("#contents a", has_text="Theorems").click()
    assert page.url.endswith("#theorems")
    assert page.locator("#contents").is_hidden() == scripted, "without a script it stays until a click beside it"
    page.locator(".tools a").click()
    assert page.locator("h1").first.bounding_box()["y"] > 0
    assert (page.locator("#theme").is_visible(), page.locator("#show-keys").is_visible()) == (scripted, scripted)


def test_in_a_folder_of_pages_the_keys_lead_from_file_to_file(page: Any, sample: dict[str, Any], tmp_path: Path) -> None:
    write_split(sample, tmp_path / "pages")
    ids = {case["name"]: case["id"] for case in sample["cases"]}
    page.goto((tmp_path / "pages" / "index.html").as_uri())
    for key, name in (("f", "random 1"), ("j", "random 5"), ("k", "random 1")):
        page.keyboard.press(key)
        page.wait_for_url(f"**/cases/{ids[name]}.html")
    page.keyboard.press("/")
    page.wait_for_url("**/index.html#cases")
