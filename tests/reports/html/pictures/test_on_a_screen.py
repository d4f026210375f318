"""Pictures in a real browser: the lecture's graphs, graphs of the main job with their tails, and random ones. By what the
browser measures, no text covers another, a box or a line, none leaves its box, and all fit their screens.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backproof.engine import FLOAT64, backward, forward, jacobians
from backproof.reports import write_html
from backproof.reports.html.assets import asset
from backproof.reports.html.graph_svg import graph_pictures
from backproof.verify.cases import Case, campaign_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.cases.tails import tail_case
from backproof.verify.results.case_detail import graph_record, matrix
from backproof.verify.three_way.comparison import shown

FINDINGS = """() => [...document.querySelectorAll("figure")].map((figure) => {
  const svg = [...figure.querySelectorAll("svg")].filter((one) => getComputedStyle(one).display !== "none");
  const said = [];
  if (svg.length !== 1) return [figure.id, `${svg.length} drawings`];
  const place = (element) => element.getBoundingClientRect();
  const inside = (x, y, a, room) => x > a.left + room && x < a.right - room && y > a.top + room && y < a.bottom - room;
  const overlap = (a, b) => a.left < b.right - 0.5 && b.left < a.right - 0.5 && a.top < b.bottom - 0.5 && b.top < a.bottom - 0.5;
  const texts = [...svg[0].querySelectorAll("text")].map((text) => ({ text, place: place(text), box: text.parentElement.querySelector(":scope > .box") }));
  const boxes = [...svg[0].querySelectorAll(".box")].map((box) => ({ box, place: place(box) }));
  const marks = [...svg[0].querySelectorAll(".frame, .flag, .ring")].map((mark) => ({ text: mark, place: place(mark) }));
  for (const { text, place: a, box } of texts) {
    if (box && (a.left < place(box).left + 2 || a.right > place(box).right - 2 || a.bottom > place(box).bottom)) said.push(`${text.textContent} leaves its box`);
    if (parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a < 10.99) said.push(`${text.textContent} is small`);
    for (const other of boxes) if (other.box !== box && overlap(a, other.place)) said.push(`${text.textContent} on a box`);
    for (const mark of marks) {
      const kind = mark.text.getAttribute("class");
      if (!(kind === "ring" && text.classList.contains("order")) && overlap(a, mark.place)) said.push(`${text.textContent} on a ${kind}`);
    }
  }
  texts.forEach((one, k) => texts.slice(k + 1).forEach((two) => { if (overlap(one.place, two.place)) said.push(`${one.text.textContent} on ${two.text.textContent}`); }));
  const solid = [...texts, ...marks].map((one) => [one.text.textContent, one.place, 1]).concat(boxes.map((one) => ["a box", one.place, 2]));
  for (const wire of svg[0].querySelectorAll(".wire, .fault-wire")) for (const piece of wire.getAttribute("d").match(/M[^M]+/g) || []) {
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    line.setAttribute("d", piece);
    const move = wire.getScreenCTM(), length = line.getTotalLength(), step = Math.max(5, length / 60);
    for (let at = 0; at < length; at += step) {
      const point = line.getPointAtLength(at).matrixTransform(move);
      for (const [name, a, room] of solid) if (inside(point.x, point.y, a, room)) said.push(`a line through ${name}`);
    }
  }
  const scroll = figure.querySelector(".scroll");
  const pan = [...figure.querySelectorAll(".pan")].filter((one) => getComputedStyle(one).display !== "none");
  if (scroll.scrollWidth > scroll.clientWidth && !(boxes.length > 12 && innerWidth < 600 && pan.length)) said.push(`scrolls: ${scroll.scrollWidth} of ${scroll.clientWidth}`);
  return [figure.id, ...new Set(said)];
}).filter((found) => found.length > 1)"""


def detail_of(case: Case) -> dict[str, Any]:
    """A case as a results document has it, as far as a picture shows it."""
    u = forward(case.graph, case.leaves)
    D = jacobians(case.graph, u)
    p = backward(case.graph, D, None if case.cotangent is None else FLOAT64.array(case.cotangent))
    return {
        "graph": graph_record(case.graph),
        "values": {str(i): [shown(x) for x in value.reshape(-1)][:40] for i, value in u.items()},
        "jacobians": {f"{j}->{i}": matrix(value) for (j, i), value in D.items()},
        "adjoints": {str(i): matrix(p[i]) if i in p else None for i in u},
        "backward": [{"step": k, "vertex": i} for k, i in enumerate(sorted(p, reverse=True), start=1)],
    }


def figure(name: str, detail: dict[str, Any], place: int) -> str:
    """The picture as it stands on a page, every third one with a vertex and a contribution at fault."""
    fault = mark = None
    if place % 3 == 0 and detail["graph"]["edges"]:
        edge = detail["graph"]["edges"][-1]
        certified = {str(edge["from"]): [["-1.2345678e-07"]]}
        fault = {"vertex": edge["from"], "quantity": "adjoint", "certified": certified}
        mark = {"edges": [{"from": edge["from"], "to": edge["to"], "what": "overwrites what was there"}]}
    pictures = graph_pictures(detail, name, fault, mark, f"{place:012x}")
    return f'<figure id="{name}"><div class="scroll" tabindex="0">{pictures}</div></figure>'


@pytest.fixture(scope="module")
def details() -> list[tuple[str, dict[str, Any]]]:
    named = [(f"lecture {k}", detail_of(case)) for k, case in enumerate(lecture_cases())]
    drawn = [(f"campaign {k}", detail_of(campaign_case(0, k))) for k in range(12)]
    tails = [(f"tail {k}", detail_of(tail_case(0, 25 * k - 1, {"add", "multiply", "tanh"}, scalars=True))) for k in range(1, 4)]
    return [*named, *drawn, *tails]


def page_of(details: list[tuple[str, dict[str, Any]]], make: Callable[..., dict[str, Any]]) -> str:
    made = [(f"made {k}", case["detail"]) for k, case in enumerate(make(["CORRECT"] * 6)["cases"])]
    figures = "".join(figure(name, detail, k) for k, (name, detail) in enumerate((*details, *made)))
    return f"<!doctype html><meta name=viewport content='width=device-width'><style>{asset('report.css')}</style><main>{figures}</main>"


@pytest.mark.parametrize("width", [1280, 390])
def test_nothing_covers_anything_letters_can_be_read_and_pictures_fit(
    browser: Any, details: list[tuple[str, dict[str, Any]]], make: Callable[..., dict[str, Any]], width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.set_content(page_of(details, make))
    assert page.evaluate(FINDINGS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_text_that_is_moved_onto_another_is_found(browser: Any, details: list[tuple[str, dict[str, Any]]]) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.set_content(page_of(details[2:3], lambda _: {"cases": []}))
    assert page.evaluate(FINDINGS) == []
    page.evaluate("""() => {
      const [one, two] = document.querySelectorAll(".jacobian");
      for (const side of ["x", "y"]) two.setAttribute(side, one.getAttribute(side));
    }""")
    ((name, *said),) = page.evaluate(FINDINGS)
    assert name == "lecture 2"
    assert any(" on " in words for words in said)


def test_a_box_opens_the_row_of_its_vertex_and_a_matrix_its_numbers(
    browser: Any, make: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    results = make(["CORRECT"] * 3)
    case = max(results["cases"], key=lambda one: sum(len(D) > 1 for D in one["detail"]["jacobians"].values()))
    write_html(results, tmp_path / "page.html")
    for kind in ("inner", "pattern"):
        page = browser.new_context(java_script_enabled=False, viewport={"width": 1280, "height": 800}).new_page()
        page.goto(f"{(tmp_path / 'page.html').as_uri()}#case-{case['id']}")
        link = page.locator(f"#case-{case['id']} svg a.{kind}").locator("visible=true").first
        row = page.locator(f"[id='{(link.get_attribute('href') or '').removeprefix('#')}']")
        assert not row.is_visible()
        link.click()
        page.wait_for_timeout(200)
        assert row.is_visible()
        assert 0 <= row.bounding_box()["y"] < 800
