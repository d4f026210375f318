"""What changed against a baseline stands on the page, by kind, with counts and links; nothing of it without a baseline."""

from __future__ import annotations

import copy
import re
from typing import Any

from backproof.reports import render_html
from backproof.reports.changes import changes

Record = dict[str, Any]


def section(document: Record, baseline: Record) -> str:
    page = render_html(document, changes(baseline, document))
    return re.findall(r'<section id="changes">.*?</section>', page, re.DOTALL)[0]


def planted(sample: Record) -> Record:
    """One case newly wrong, one gone, one nearer to its bound."""
    found = copy.deepcopy(sample)
    found["cases"][2] |= {"verdict": "WRONG", "reason": "planted"}
    found["cases"][1]["checks"][1]["worst"] = "0.9 of the bound"
    del found["cases"][0]
    return found


def test_every_kind_is_counted_and_what_is_worse_stands_open(sample: Record) -> None:
    text = section(planted(sample), sample)
    assert re.findall(r"<summary>(.*?)</summary>", text) == [
        "Newly wrong: 1, <strong>1 worse</strong>",
        "Bound changed: 1",
        "Gone: 1, <strong>1 worse</strong>",
    ]
    assert text.count("<details open>") == 2
    assert "<strong>2 are worse than there.</strong>" in text


def test_a_case_that_changed_is_linked_to_its_view(sample: Record) -> None:
    document = planted(sample)
    text, page = section(document, sample), render_html(document)
    (target,) = re.findall(r'<th scope="row"><a href="#([^"]+)">[^<]*</a></th><td>CORRECT</td><td>WRONG: planted', text)
    assert f'id="{target}"' in page
    assert sample["cases"][0]["name"] in text
    assert f'#case-{sample["cases"][0]["id"]}"' not in text


def test_a_run_against_itself_says_that_nothing_changed(sample: Record) -> None:
    text = section(sample, copy.deepcopy(sample))
    assert "Nothing changed, of 16 in common. Nothing is worse than there." in text
    assert "<table" not in text


def test_another_run_is_said_and_names_are_inert(sample: Record) -> None:
    document = planted(sample)
    document["run"]["seed"] = 7
    document["cases"][1]["name"] = "<script>alert(1)</script>"
    text = section(document, sample)
    assert "Another run: seed 0 there, 7 here." in text
    assert "<script>" not in text


def test_without_a_baseline_there_is_no_such_section(sample: Record) -> None:
    page = render_html(sample)
    assert 'id="changes"' not in page
    assert "#changes" not in page
