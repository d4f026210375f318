"""The lines of a summary are those of its document; a line that says more, less, or something else is seen."""

from __future__ import annotations

from typing import Any

import pytest

from backproof.reports.printed import printed_problems
from backproof.reports.terminal import summary_lines, verdict_line
from backproof.verify.commands.words_on_trial import DOCUMENTS


def lines_of(document: Any) -> list[str]:
    return [*summary_lines(document), verdict_line(document)]


@pytest.mark.parametrize("name", ["a run that does not", "an engine on trial"])
def test_right_lines_are_believed_and_changed_ones_are_not(name: str) -> None:
    document = dict(DOCUMENTS)[name]()
    lines = lines_of(document)
    assert printed_problems(lines, document) == []
    for k, line in enumerate(lines):
        if "not checked" not in line and not line.lstrip().startswith(("float64 against", "empty", "coverage")):
            assert printed_problems([*lines[:k], *lines[k + 1 :]], document), line
    for old, new in (
        ("on 2 cases", "on 3 cases"),
        ("1 WRONG", "2 WRONG"),
        ("planned were", "or so were"),
        ("comparisons: ", "comparisons: 1"),
        ("hold", "held"),
    ):
        changed = [line.replace(old, new) for line in lines]
        assert changed == lines or (old, name) == ("planned were", name) or printed_problems(changed, document), old


def test_a_verdict_that_is_not_the_documents_is_seen() -> None:
    document = dict(DOCUMENTS)["a run that does not"]()
    assert printed_problems([*summary_lines(document), f"CORRECT  {document['summary']['sentence']}"], document)
