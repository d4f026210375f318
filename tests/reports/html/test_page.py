"""The page: everything in the results is on it, it is inert whatever the names are, and the same results give the same
bytes.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from backproof.reports import ResultsError, render_html, save_results, write_html
from backproof.reports.html.assets import AUDIT, EARLY, SCRIPTS, asset
from backproof.reports.html.audit_script import audit_script

Make = Callable[..., dict[str, Any]]
VOID = {"meta", "link", "input", "br", "hr", "img"}


class Reader(HTMLParser):
    """What a browser would find: elements with their attributes, the text of every table cell, and the nesting."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.tables: list[tuple[str, list[list[str]]]] = []
        self.open: list[str] = []
        self.cells = False
        self.words: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self.tables.append((dict(attrs).get("class") or "", []))
        elif tag == "tr":
            self.tables[-1][1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][1][-1].append("")
            self.cells = True

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()
        elif tag not in VOID:
            raise AssertionError(f"</{tag}> closes <{self.open[-1] if self.open else 'nothing'}>")
        if tag in ("td", "th"):
            self.cells = False

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.words.append(data)
        if self.cells:
            self.tables[-1][1][-1][-1] += data


def re_added(rows: list[list[str]]) -> tuple[list[Fraction], list[Fraction], list[Fraction]]:
    """The sum of the displayed path products, the displayed sum and the displayed adjoint of a table of paths."""
    numbers = [[[Fraction(x) for x in cell.split()] for cell in row[1:]] for row in rows[1:-2]]
    total = [sum(column, Fraction(0)) for column in zip(*(row[0] for row in numbers), strict=True)]
    return total, [Fraction(x) for x in rows[-2][2].split()], [Fraction(x) for x in rows[-1][2].split()]


def test_every_case_every_path_and_every_failure_is_on_the_page(sample: dict[str, Any]) -> None:
    text = render_html(sample)
    reader = Reader(text)
    words = " ".join(reader.words)
    ids = {attrs["id"] for _, attrs in reader.elements if attrs.get("id")}
    path_rows = [row for name, rows in reader.tables if "paths" in name for row in rows]
    for case in sample["cases"]:
        assert f"case-{case['id']}" in ids
        assert f"backproof replay '{case['replay']}'" in words
        names = [v["name"] for v in case["detail"]["graph"]["vertices"]]
        for paths in case["detail"]["paths"]:
            for listed in paths["listed"]:
                assert " → ".join(names[v - 1] for v in listed["vertices"]) in [row[0] for row in path_rows]
        for check in case["checks"]:
            for failure in check["failures"]:
                assert all(failure[key] in words for key in ("where", "left", "right", "difference", "allowed"))
        if case["reason"]:
            assert case["reason"] in words


def test_an_independent_reader_re_adds_every_displayed_path_product(sample: dict[str, Any]) -> None:
    tables = [rows for name, rows in Reader(render_html(sample)).tables if "paths" in name]
    summed = [re_added(rows) for rows in tables if rows[1][0].count("→")]
    assert len(summed) > 10
    for total, shown, adjoint in summed:
        assert total == shown == adjoint


def test_the_re_adding_finds_a_falsified_product(sample: dict[str, Any]) -> None:
    paths = next(p for case in sample["cases"] for p in case["detail"]["paths"] if len(p["listed"]) > 1)
    paths["listed"][0]["product"][0][0] = "12345.0"
    tables = [rows for name, rows in Reader(render_html(sample)).tables if "paths" in name]
    assert any(total != shown for total, shown, _ in (re_added(rows) for rows in tables if rows[1][0].count("→")))


def test_hexadecimal_and_decimal_forms_agree_on_the_page(sample: dict[str, Any]) -> None:
    rows = [
        row
        for name, rows in Reader(render_html(sample)).tables
        if "routes" in name
        for row in rows
        if row[0] in ("backward pass", "path sum")
    ]
    assert len(rows) > 20
    assert all(float(row[1]) == float.fromhex(row[2]) for row in rows)


def test_failures_come_first_worst_first_then_the_inconclusive(sample: dict[str, Any]) -> None:
    text = render_html(sample)
    assert (
        text.index('id="failures"')
        < text.index('id="inconclusive"')
        < text.index('id="claims"')
        < text.index('id="cases"')
        < text.index('id="details"')
    )
    failing = text[text.index('id="failures"') : text.index('id="claims"')]
    assert re.findall(r'<h3><span class="badge [a-z]+">([A-Z]+)', failing) == ["WRONG", "WRONG", "INACCURATE", "INCONCLUSIVE"]
    details = text[text.index('id="details"') :]
    assert re.findall(r"([A-Z]+)</span></h3>", details)[:5] == ["WRONG", "WRONG", "INACCURATE", "INCONCLUSIVE", "CORRECT"]


def test_the_overview_says_what_was_run_on_what_evidence_and_what_was_not_checked(sample: dict[str, Any]) -> None:
    words = " ".join(Reader(render_html(sample)).words)
    for text in (
        "8 of 12 cases hold.",
        "exact on 12 cases",
        "within rounding bound on 12 cases",
        "scikit-learn is not installed",
        "backproof verify --cases 12 --seed 0",
        "numpy",
        "2.4.6",
    ):
        assert text in words


def test_planned_cases_that_were_not_run_are_said_and_only_then(sample: dict[str, Any]) -> None:
    rest = [{"why": "the <b>run</b> was interrupted", "cases": 3, "excused": False}]
    cases = {"planned": 15, "run": 12, "not_run": rest, "unexplained": 0}
    page = render_html({**sample, "summary": {**sample["summary"], "cases": cases}})
    assert "12 of 15 planned cases were run; not run: 3 (the &lt;b&gt;run&lt;/b&gt; was interrupted)" in page
    whole = {**cases, "run": 15, "not_run": []}
    assert "planned cases" not in render_html({**sample, "summary": {**sample["summary"], "cases": whole}})


def test_elements_are_nested_ids_unique_and_links_lead_somewhere(sample: dict[str, Any]) -> None:
    reader = Reader(render_html(sample))
    assert reader.open == []
    ids = [attrs["id"] for _, attrs in reader.elements if attrs.get("id")]
    assert len(ids) == len(set(ids))
    links = [attrs["href"] for tag, attrs in reader.elements if tag == "a"]
    assert links
    assert all(link is not None and link[0] == "#" and link[1:] in ids for link in links)


def test_nothing_is_fetched_and_no_inline_style_or_handler_is_used(sample: dict[str, Any]) -> None:
    reader = Reader(render_html(sample))
    for tag, attrs in reader.elements:
        assert tag not in ("link", "img", "iframe", "object", "embed", "base", "form")
        assert not {"src", "style", "srcset"} & attrs.keys()
        assert not [name for name in attrs if name.startswith("on")]


def test_the_content_policy_holds_the_hashes_of_the_style_and_the_script(sample: dict[str, Any]) -> None:
    text = render_html(sample)
    policy = next(attrs["content"] or "" for _, attrs in Reader(text).elements if attrs.get("http-equiv"))
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        contents = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        sources = [f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'" for content in contents]
        assert sources
        assert f"{tag}-src {' '.join(sources)};" in html.unescape(policy)


def test_the_scripts_are_small() -> None:
    """All as they stand on a page: without comments and indentation; the audit is a matter of its own."""
    lines = [line.strip() for name in (*EARLY, *SCRIPTS) if name != AUDIT for line in asset(name).splitlines()]
    assert sum(len(line.encode()) + 1 for line in lines if line and not line.startswith("//")) <= 15_000
    assert len(audit_script().encode()) <= 90_000


RENDER = "import json, sys; from backproof.reports import render_html; sys.stdout.buffer.write(render_html(json.load(open(sys.argv[1]))).encode())"


def test_the_same_results_give_the_same_bytes_in_another_process(sample: dict[str, Any], tmp_path: Path) -> None:
    save_results(sample, tmp_path / "r.json")
    outputs = [
        subprocess.run(
            [sys.executable, "-c", RENDER, str(tmp_path / "r.json")],
            env={"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"},
            cwd=tmp_path,
            capture_output=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo"))
    ]
    assert outputs[0] == outputs[1] == render_html(sample).encode()


def test_the_page_is_written_whole(sample: dict[str, Any], tmp_path: Path) -> None:
    write_html(sample, tmp_path / "r.html")
    assert (tmp_path / "r.html").read_text(encoding="utf-8") == render_html(sample)
    assert [path.name for path in tmp_path.iterdir()] == ["r.html"]


def test_an_interrupted_run_says_so_and_never_reads_correct(make: Make) -> None:
    results = make(["CORRECT"] * 3)
    assert "interrupted" not in "".join(Reader(render_html(results)).words).lower()
    results["run"]["interrupted"] = True
    text = render_html(results)
    assert text.index("This run was interrupted.") < text.index("<h1>")
    assert "<title>backproof: INTERRUPTED</title>" in text


def test_a_page_without_cases_is_whole_and_never_reads_correct(make: Make) -> None:
    text = render_html(make([]))
    assert "<title>backproof: not checked</title>" in text
    assert "There are no cases in these results." in text
    assert Reader(text).open == []


def test_a_page_of_failures_only_lists_three_in_full_and_the_others_as_rows(make: Make) -> None:
    results = make(["WRONG"] * 30)
    text = render_html(results)
    section = text[text.index('<section id="failures">') : text.index('<section id="claims">')]
    assert section.count('<article class="failure"') == 3
    assert section.count('<tr><th scope="row"><a href="#case-') == 27
    assert all(f'href="#case-{case["id"]}"' in section for case in results["cases"])
    assert text.count('<article class="case"') == 30


def test_cases_without_detail_keep_their_row_and_their_replay_line(make: Make) -> None:
    results = make(["CORRECT", "INCONCLUSIVE"])
    for case in results["cases"]:
        case["detail"] = None
    text = render_html(results)
    for case in results["cases"]:
        assert case["id"] in text
        assert case["replay"] in text
        assert f'<tr id="case-{case["id"]}" ' in text
    assert re.findall(r'href="#case-(\w+)"', text) == [results["cases"][1]["id"]], "a failure leads to its row"


def test_the_same_case_twice_has_one_place(make: Make) -> None:
    results = make(["CORRECT"])
    results["cases"].append({**results["cases"][0], "name": "again"})
    ids = [attrs["id"] for _, attrs in Reader(render_html(results)).elements if attrs.get("id")]
    assert len(ids) == len(set(ids))


def test_everything_that_may_be_left_out_may_be_left_out(sample: dict[str, Any]) -> None:
    case = sample["cases"][5]
    gone = {"omitted": "32 × 64 numbers"}
    detail = case["detail"]
    detail["values"]["1"], detail["adjoints"]["1"] = gone, None
    detail["jacobians"] = dict.fromkeys(detail["jacobians"], gone)
    for paths in detail["paths"]:
        paths.update(sum=gone, adjoint=gone)
        for listed in paths["listed"]:
            listed.update(product=gone, running=gone)
    detail["paths"][0].update(listed=[], omitted="9" * 40, count="9" * 40)
    for step in detail["backward"]:
        step["adjoint"] = gone
    for row in detail["table"]:
        row.update(exact=None, path_sum=None, difference=None, ulps=None, bound=None, verdict="INCONCLUSIVE")
    words = " ".join(Reader(render_html(sample)).words)
    assert "32 × 64 numbers, not listed" in words
    assert "9.999…·10³⁹" in words
    assert "cancels" in words


def test_a_detail_that_does_not_fit_together_is_refused_by_case(make: Make) -> None:
    results = make(["CORRECT"])
    results["cases"][0]["detail"]["paths"][0]["listed"] = [{"vertices": [1, 99], "product": [["1.0"]], "running": [["1.0"]]}]
    with pytest.raises(ResultsError, match=f"case {results['cases'][0]['id']}: its detail does not fit together"):
        render_html(results)


def test_rendering_leaves_the_document_as_it_was(sample: dict[str, Any]) -> None:
    before = json.dumps(sample)
    render_html(sample)
    assert json.dumps(sample) == before
