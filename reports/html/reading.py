"""The page, read back: whether its figures and its words are those of the document, `page_disagreements(page, results)`.

The templates are not asked: the text of the page is taken apart, and every count and every word of evidence in it is
compared with the document. What is foreign (names, reasons, code) is not read.

>>> page_disagreements("<p>no page</p>", {"run": {"interrupted": False}, "summary": {"sentence": "All hold.", "counts": {}}, "cases": []})
["the page says '' at its top, the document 'All hold.'"]
>>> numbers("1,105 graphs, 4,861 adjoints")
[1105, 4861]
>>> page_disagreements("", {})
Traceback (most recent call last):
    ...
KeyError: 'summary'
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Any

from backproof.reports.causes import cause_of, numbers_said
from backproof.reports.document import Record, Results
from backproof.reports.evidence import whole

LONGEST_SENTENCE = 500  # letters; the page shortens from 600 on, and what is shortened is not compared


def page_disagreements(page: str, results: Results) -> list[str]:
    """What the page says that the document does not, each in a sentence."""
    head, _, _ = page.partition('<section id="details">')
    parts = (_top, _causes, _comparisons, _coverage, _claims, _cases, _theorems, _selftest, _gradient_checks)
    return [found for part in parts for found in part(head, results)]


def _text(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def numbers(words: str) -> list[int]:
    """The whole numbers in words."""
    return [whole(found) for found in re.findall(r"(?<![\w.,])[0-9]{1,3}(?:,[0-9]{3})+(?!\w|\.\d)|(?<![\w.,])[0-9]+(?!\w|\.\d)", words)]


def _section(page: str, name: str) -> str:
    match = re.search(rf'<section id="{name}">(.*?)</section>', page, re.DOTALL)
    return match[1] if match else ""


def _element(page: str, pattern: str) -> str:
    match = re.search(pattern, page, re.DOTALL)
    return _text(match[1]) if match else ""


def _rows(html: str) -> list[list[str]]:
    """The cells of every row of the bodies of the tables in this piece."""
    bodies = re.findall(r"<tbody>(.*?)</tbody>", html, re.DOTALL)
    rows = [row for body in bodies for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body, re.DOTALL)]
    return [[_text(cell) for cell in re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.DOTALL)] for row in rows]


def _differs(what: str, page: Any, document: Any) -> Iterator[str]:
    if page != document:
        yield f"the page says {page!r} {what}, the document {document!r}"


def _counts(words: str) -> dict[str, int]:
    return {word: whole(count) for count, word in re.findall(r"([0-9,]+) ([A-Z]+)", words)}


def _positive(counts: Record) -> dict[str, int]:
    return {word: count for word, count in counts.items() if count}


def _top(page: str, results: Results) -> Iterator[str]:
    summary = results["summary"]
    sentence = " ".join(summary["sentence"].split())
    told = r"<h1>(.*?)</h1>" if results.get("causes") is None else r'<p id="told">(.*?)</p>'
    if len(sentence) < LONGEST_SENTENCE and sentence.isprintable():
        yield from _differs("at its top", _element(page, told), sentence[:1].upper() + sentence[1:])
    badge = _element(page, r'<span class="badge [^"]*">(.*?)</span>')
    if badge == "CORRECT" and (summary.get("verdict") != "CORRECT" or results["run"]["interrupted"]):
        yield f"the page says CORRECT, the document {summary.get('verdict')}"
    figures = re.search(r'<dl class="figures">(.*?)</dl>', page, re.DOTALL)
    if figures is not None:
        pairs = dict(re.findall(r"<dt>([A-Z]+)</dt><dd>([0-9,]+)</dd>", figures[1]))
        yield from _differs("of the cases", {word: whole(count) for word, count in pairs.items()}, dict(summary["counts"]))


def _causes(page: str, results: Results) -> Iterator[str]:
    """The causes at the top of the page: their words and counts, and those of the groups of failures."""
    causes = results.get("causes")
    if causes is None:
        return
    said, named, failures = _element(page, r"<h1[^>]*>(.*?)</h1>"), causes["named"], causes["failures"]
    expected = [named[0]["explains"], failures] if len(named) == 1 else [failures] if named else [failures, failures]
    yield from _differs("of causes at its top", numbers_said(said, causes), expected)
    if len(named) == 1 and len(named[0]["words"]) < LONGEST_SENTENCE and " ".join(named[0]["words"].split()).lower() not in said.lower():
        yield f"the page says {said!r} at its top, the cause of the document is {named[0]['words']!r}"
    listed = re.search(r'<ol class="causes">(.*?)</ol>', page, re.DOTALL)
    counts = [whole(count) for count in re.findall(r"<strong>([0-9,]+)</strong></li>", listed[1])] if listed else []
    yield from _differs("of the causes that are listed", counts, [entry["cases"] for entry in named] if len(named) > 1 else [])
    groups = re.findall(r'<h3 class="cause">.*?: ([0-9,]+) failures?</h3>', _section(page, "failures"), re.DOTALL)
    listed_cases = [entry["cases"] for k, entry in enumerate(named) if any(cause_of(case, causes) == k for case in results["cases"])]
    yield from _differs("of the failures of each cause", [whole(count) for count in groups][: len(listed_cases)], listed_cases)


def _comparisons(page: str, results: Results) -> Iterator[str]:
    found = results["summary"].get("comparisons")
    if not found or not found["planned"] or not results["cases"]:
        return
    said = numbers(_element(page, r'<p class="quiet" id="comparisons">(.*?)</p>'))
    yield from _differs("of comparisons", said, [found[key] for key in ("planned", "judged", "certified")])
    listed = re.search(r'<ul class="plain quiet" id="unjudged">(.*?)</ul>', page, re.DOTALL)
    items = re.findall(r"<li>(.*?)</li>", listed[1], re.DOTALL) if listed else []
    yield from _differs(
        "of what was not judged",
        [(numbers(_text(item))[0], "undecided" in item) for item in items],
        [(entry["comparisons"], not entry["excused"]) for entry in found["unjudged"]],
    )


def _coverage(page: str, results: Results) -> Iterator[str]:
    coverage = results.get("coverage")
    if coverage is not None:
        said = numbers(_element(_section(page, "coverage"), r"<p>(.*?)random graphs"))
        yield from _differs("of coverage", said, [coverage[key] for key in ("reached", "cells", "cases")])


def _claims(page: str, results: Results) -> Iterator[str]:
    claims = results["summary"].get("claims", ())
    if not claims:
        return
    rows = [row[-5:] for row in _rows(_section(page, "claims").partition("<h3>")[0])]
    yield from _differs("rows of claims", len(rows), len(claims))
    for (_, evidence, verdicts, worst, missing), claim in zip(rows, claims, strict=False):
        where = f"of {claim['claim']} in {claim['system']}"
        yield from _differs(where, evidence, claim["evidence"])
        yield from _differs(where, _counts(verdicts), _positive(claim["counts"]))
        yield from _differs(where, worst, claim["worst"])
        yield from _differs(where, whole(missing), claim["not_checked"])


def _cases(page: str, results: Results) -> Iterator[str]:
    if not results["cases"]:
        return
    section = _section(page, "cases")
    listed = re.search(r'<table id="case-table">(.*?)</table>', section, re.DOTALL)
    rows = _rows(listed[1]) if listed else []
    yield from _differs("in the table of cases", [row[2] for row in rows], [case["verdict"] for case in results["cases"]])
    groups = re.search(r'<table class="groups">(.*?)</table>', section, re.DOTALL)
    found = [(whole(count), _counts(verdicts)) for _, count, verdicts in (_rows(groups[1]) if groups else ())]
    yield from _differs("of groups", found, [(group["cases"], _positive(group["counts"])) for group in results["groups"]])
    if results.get("unlisted"):
        yield from _differs("cases that are not listed", numbers(_element(section, r"<strong>(.*?)</strong>"))[:1], [results["unlisted"]])


def _theorems(page: str, results: Results) -> Iterator[str]:
    if not results.get("theorems"):
        return
    section = _section(page, "theorems")
    every = results.get("exhaustive")
    if every is not None:
        said = numbers(_element(section, r"<p>(On symbols, .*?)</p>").partition(". Every edge")[0])
        yield from _differs("on symbols", said, [every[key] for key in ("n", "graphs", "adjoints", "violated")])
    articles = re.findall(r'<article class="theorem"(.*?)</article>', section, re.DOTALL)
    for article, theorem in zip(articles, results["theorems"], strict=False):
        evidence = _element(article, r'<p class="quiet">Evidence: (.*?)</p>')
        if not evidence.startswith(" · ".join(theorem["evidence"])):
            yield f"the page says {evidence[:80]!r} of {theorem['label']}, the document {' · '.join(theorem['evidence'])!r}"
        lines = [_text(item) for item in re.findall(r"<li>([^<]*: .*?)</li>", article, re.DOTALL) if not item.lstrip().startswith("<p>")]
        found = [entry for step in theorem["steps"] for entry in step["found"]]
        yield from _differs(f"lines of {theorem['label']}", len(lines), len(found))
        for line, entry in zip(lines, found, strict=False):
            start = f"{entry['system']}: {entry['evidence']}"
            places = f", {entry['places']:,} equation"
            if not line.startswith(start) or places not in line:
                yield f"the page says {line[:80]!r} of {theorem['label']}, the document {start + places!r}"


def _selftest(page: str, results: Results) -> Iterator[str]:
    matrix = results.get("selftest")
    if matrix is not None:
        said = numbers(_element(_section(page, "selftest"), r"<p>(.*?)</p>"))[:2]
        yield from _differs("of wrong engines", said, [matrix["caught"], len(matrix["mutants"])])
        marks = [row.count("×") for row in _rows(_section(page, "selftest"))]
        yield from _differs("in the kill matrix", marks, [len(mutant["killed_by"]) for mutant in matrix["mutants"]])


def _gradient_checks(page: str, results: Results) -> Iterator[str]:
    checks: Sequence[Record] = results.get("gradient_checks", ())
    if not checks:
        return
    rows = _rows(_section(page, "checks"))
    yield from _differs("rows of checks", len(rows), len(checks))
    for row, check in zip(rows, checks, strict=False):
        said = [row[2].split(" ")[0], row[3], *(whole(cell) for cell in row[4:])]
        keys = ("verdict", "evidence", "planned", "points", "certified", "entries")
        yield from _differs("of a check", said, [check.get(key, check["points"]) for key in keys])
