"""The page for everybody: axe finds nothing in light, dark and forced colours, on a phone and on a desk; what axe leaves
undecided has its contrast computed; 320 px and 200 % zoom scroll one way only.

These tests need Chromium and the Python packages playwright and axe-playwright-python, which brings axe along; where one
is missing they are skipped by name.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from backproof.reports import write_html

pytest.importorskip("axe_playwright_python", reason="the Python package axe-playwright-python is not installed")
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RULES = "(where) => axe.run(where, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations', 'incomplete']})"
SEEN = {390: [("light", "none"), ("dark", "none"), ("dark", "active")], 1280: [("light", "none"), ("dark", "none"), ("light", "active")]}

CONTRAST = """(selectors) => {
  const channels = (colour) => {
    const found = colour.match(/[\\d.]+/g)?.map(Number);
    return found && (found[3] ?? 1) > 0 ? found : null;
  };
  const over = ([r, g, b, a = 1], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)];
  const part = (c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
  const ratio = (one, other) => {
    const [a, b] = [luminance(one), luminance(other)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };
  const ground = (below) => {
    let colour = channels(getComputedStyle(document.body).backgroundColor);
    for (const element of below.toReversed()) {
      const style = getComputedStyle(element);
      const shape = element instanceof SVGGeometryElement;
      const own = shape && style.fill === 'none' ? null : channels(shape ? style.fill : style.backgroundColor);
      if (own) colour = over(own, colour);
    }
    return colour;
  };
  const outer = (element) => (element ? [element, ...outer(element.parentElement)] : []);
  const kinds = new Map(selectors.toReversed().map((selector) => {
    const element = document.querySelector(selector);
    const { color, fill, stroke } = getComputedStyle(element);
    const around = outer(element).slice(0, 4).map((one) => `${one.tagName} ${one.getAttribute('class')}`);
    return [[color, fill, stroke, ...around].join(), [selector, element]];
  }));
  return [...kinds.values()].map(([selector, element]) => {
    element.scrollIntoView({ block: 'center', inline: 'center' });
    const style = getComputedStyle(element);
    const svg = element instanceof SVGElement;
    const { x, y, width, height } = element.getBoundingClientRect();
    const stack = document.elementsFromPoint(x + width / 2, y + height / 2);
    const at = stack.indexOf(element);
    const outline = svg && style.stroke !== 'none' ? channels(style.stroke) : null;
    const behind = outline || ground(at < 0 ? outer(element) : stack.slice(svg ? at + 1 : at));
    return [ratio(channels(svg ? style.fill : style.color), behind), `${selector}: ${element.textContent.trim().slice(0, 40)}`];
  });
}"""
"""The contrast of elements, each with its words: the colour of its text (or of a line), against its own outline of paper
where it has one, else against all that lies below its middle. Of elements of one kind (tags, classes and colours, of
three levels of what they stand in as well) one is taken."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("pages")


@pytest.fixture
def page_file(make: Callable[..., dict[str, Any]], folder: Path) -> str:
    """A page with two cases in full and two rows, written once."""
    if not (folder / "report.html").exists():
        results = make(["CORRECT", "WRONG", "CORRECT", "INCONCLUSIVE"], 2)
        for case in results["cases"][2:]:
            case["detail"] = None
        write_html(results, folder / "report.html")
    return (folder / "report.html").as_uri()


def looked(page: Any, where: str = "body") -> tuple[list[str], list[str]]:
    """What axe finds wrong, and what it leaves undecided and has too little contrast, with both figures."""
    found = page.evaluate(RULES, where)
    wrong = [f"{rule['id']}: {node['html'][:100]}" for rule in found["violations"] for node in rule["nodes"]]
    others = [rule["id"] for rule in found["incomplete"] if rule["id"] != "color-contrast"]
    nodes = [node["target"][0] for rule in found["incomplete"] if rule["id"] == "color-contrast" for node in rule["nodes"]]
    return [*wrong, *others], [f"{ratio:.2f} {words}" for ratio, words in page.evaluate(CONTRAST, nodes) if ratio < 4.5]


@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_in_any_colours_and_what_it_leaves_can_be_read(browser: Any, page_file: str, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(f"{page_file}?verdict=CORRECT&verdict=WRONG")
    page.evaluate(AXE)
    page.evaluate("document.querySelectorAll('#overview details').forEach((one) => { one.open = true; })")
    for scheme, forced in SEEN[width]:
        page.emulate_media(color_scheme=scheme, forced_colors=forced)
        assert looked(page) == ([], []), (scheme, forced)
    page.evaluate("() => { location.hash = document.querySelector('.views > .case').id; }")
    for scheme, forced in SEEN[width][1:]:
        page.emulate_media(color_scheme=scheme, forced_colors=forced)
        assert looked(page, ".case:target") == ([], []), (scheme, forced)
    page.keyboard.press("?")
    assert looked(page, "dialog") == ([], [])


def test_what_is_planted_is_found(browser: Any, page_file: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(page_file)
    page.evaluate(AXE)
    page.evaluate("location.hash = document.querySelector('.views > .case').id")
    page.evaluate(
        "() => { const one = document.querySelector('.case:target'); one.querySelector('.quiet').style.color = '#c8c8c8';"
        " one.querySelector('.copy').textContent = ''; one.querySelector('.graph .name').style.fill = '#e0e4ea'; }"
    )
    wrong, faint = looked(page, ".case:target")
    assert sorted({line.split(":")[0] for line in wrong}) == ["button-name", "color-contrast"]
    assert len(faint) == 1
    assert faint[0].startswith("1.")


def test_the_contrast_that_is_computed_is_the_known_one(browser: Any) -> None:
    page = browser.new_page()
    page.set_content(
        "<body style='background: #fff'><p id='a' style='color: #777'>grey</p><div style='background: #000'><b id='b' style='color: #fff'>"
        "white</b></div><svg width='99' height='40'><rect width='99' height='40' fill='#123'/><text id='c' y='25' fill='#fff'>label</text>"
        "<text id='d' y='25' x='50' fill='#777' stroke='#fff' paint-order='stroke'>label</text></svg>"
    )
    ratios = [page.evaluate(CONTRAST, [selector])[0][0] for selector in ("#a", "#b", "#c", "#d")]
    assert ratios == pytest.approx([4.478, 21, 16.1, 4.478], abs=0.1)


@pytest.mark.parametrize(("width", "height"), [(320, 640), (640, 400)])
def test_a_narrow_page_and_one_at_twice_the_size_scroll_one_way_only(browser: Any, page_file: str, width: int, height: int) -> None:
    """640 × 400 is what 200 % leaves of 1280 × 800. With the filter on and the contents open."""
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(f"{page_file}?verdict=CORRECT")
    page.locator("[popovertarget]").click()
    for fragment in ("", "#details", "#help"):
        page.evaluate("(name) => { location.hash = name; }", fragment)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.keyboard.press("?")
    box = page.locator("#keys").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


def test_focus_is_seen_and_not_below_the_bar(browser: Any, page_file: str) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{page_file}?verdict=CORRECT")
    page.locator("h1").evaluate("(one) => { one.tabIndex = -1; one.focus({ preventScroll: true }); }")
    unseen = []
    for _ in range(25):
        page.keyboard.press("Tab")
        unseen += page.evaluate(
            "() => { const one = document.activeElement; const box = one.getBoundingClientRect(); const style = getComputedStyle(one);"
            " const bar = one.closest('.top, .skip') ? 0 : document.querySelector('.top').getBoundingClientRect().bottom;"
            " return style.outlineStyle !== 'none' && box.bottom > bar && box.top < innerHeight ? [] : [one.outerHTML.slice(0, 80)]; }"
        )
    assert unseen == []
