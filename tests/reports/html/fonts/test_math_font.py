"""The font of formulas comes with the page and its licence with the package; large signs are large, and copied as LaTeX."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

from backproof.reports.html.assets import asset
from backproof.reports.html.fonts.math_font import FONT, font_face, with_math
from backproof.reports.html.mathematics import formula

LATEX = r"\left( x \right) = \sum_{p} \prod_{a} D_{a}"


def test_the_font_is_small_and_its_licence_is_shipped() -> None:
    folder = files("backproof.reports.html.fonts")
    data = folder.joinpath(FONT).read_bytes()
    assert data[:4] == b"wOF2"
    assert len(data) <= 40_000
    assert "GUST Font License" in folder.joinpath("GUST-FONT-LICENSE.txt").read_text(encoding="utf-8")
    assert "renamed" in folder.joinpath("README.txt").read_text(encoding="utf-8")


def test_a_page_without_formulas_does_not_carry_it() -> None:
    assert with_math("a {}", formulas=False) == "a {}"
    assert with_math("a {}", formulas=True).startswith("@font-face")


def shown(browser: Any, folder: Path, font: str) -> Any:
    """A page with one formula, in the font that is given."""
    style = font + asset("report.css")
    body = (
        f'<div class="theorem"><div class="scroll">{formula(LATEX)}</div></div><script>{asset("copy_latex.js") + asset("copy.js")}</script>'
    )
    (folder / "page.html").write_text(f'<!DOCTYPE html><meta charset="utf-8"><style>{style}</style>{body}', encoding="utf-8")
    page = browser.new_page()
    page.goto((folder / "page.html").as_uri())
    page.evaluate("document.fonts.ready")
    return page


def height(page: Any, selector: str) -> float:
    return float(page.evaluate(f"Math.max(...[...document.querySelectorAll('{selector}')].map(e => e.getBoundingClientRect().height))"))


def test_sums_are_taller_than_text_and_delimiters_grow(browser: Any, tmp_path: Path) -> None:
    page = shown(browser, tmp_path, font_face())
    assert page.evaluate("document.fonts.size") == 1
    assert page.evaluate("[...document.fonts][0].status") == "loaded"
    signs = page.evaluate("[...document.querySelectorAll('mo')].filter(e => '∑∏'.includes(e.textContent) && e.textContent).length")
    assert signs == 2
    size = float(page.evaluate("parseFloat(getComputedStyle(document.querySelector('math')).fontSize)"))
    assert height(page, "munder > mo") > 1.3 * size


def test_a_font_that_is_damaged_is_not_loaded(browser: Any, tmp_path: Path) -> None:
    """The check above can fail."""
    page = shown(browser, tmp_path, font_face().replace("d09G", "AAAA", 1))
    assert page.evaluate("[...document.fonts][0].status") != "loaded"


def test_the_latex_of_a_formula_is_copied_by_keyboard(browser: Any, tmp_path: Path) -> None:
    page = shown(browser, tmp_path, font_face())
    assert page.locator("math").get_attribute("alttext") == LATEX
    page.evaluate("() => { navigator.clipboard.writeText = async (text) => { window.copied = text; }; }")
    page.get_by_role("button", name="LaTeX").focus()
    page.keyboard.press("Enter")
    page.wait_for_function("window.copied")
    assert page.evaluate("window.copied") == LATEX
    assert page.get_by_role("button", name="Copied").is_visible()


def test_where_nothing_can_be_copied_the_latex_is_selected(browser: Any, tmp_path: Path) -> None:
    page = shown(browser, tmp_path, font_face())
    page.evaluate("() => { navigator.clipboard.writeText = async () => { throw new Error('forbidden'); }; }")
    page.locator(".copy-latex").click()
    page.wait_for_function("getSelection().toString()")
    assert page.evaluate("getSelection().toString()") == LATEX
