"""Results files as they are agree with themselves; a number changed is named by its path."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

from backproof.reports.audit.file.results import audit_results
from backproof.verify.commands.words_on_trial import DOCUMENTS

RUN = "a run that holds"


@cache
def written(name: str) -> str:
    return json.dumps(dict(DOCUMENTS)[name]())


@pytest.mark.parametrize("name", [name for name, _ in DOCUMENTS])
def test_a_file_as_it_is_agrees_with_itself(name: str) -> None:
    audit = audit_results(json.loads(written(name)))
    assert audit.differences == ()
    assert audit.numbers == audit.derived + audit.given + audit.open > 0
    assert not audit.copies


def detailed(document: Any) -> Any:
    return next(case for case in document["cases"] if case["detail"] and len(case["detail"]["paths"]) > 1)


def one_more(path: list[str | int]) -> Callable[[Any], None]:
    def change(document: Any) -> None:
        place = document
        for key in path[:-1]:
            place = place[key]
        value = place[path[-1]]
        place[path[-1]] = value + 1 if isinstance(value, int) else repr(float(value) + 1)

    return change


CHANGES: dict[str, tuple[list[str | int], str]] = {
    "verdicts": (["summary", "counts", "CORRECT"], "$.summary.counts.CORRECT"),
    "planned": (["summary", "comparisons", "planned"], "$.summary.comparisons.planned"),
    "held": (["summary", "claims", 0, "held"], "$.summary.claims[0].held"),
    "not checked": (["summary", "claims", 0, "not_checked"], "$.summary.claims[0].not_checked"),
    "a group": (["groups", 0, "cases"], "$.groups[0].cases"),
    "vertices": (["cases", 0, "vertices"], "$.cases[0].vertices"),
    "entries of a comparison": (["cases", 0, "checks", 0, "entries"], "$.cases[0].checks[0].entries"),
    "a product": (["cases", 0, "detail", "paths", 0, "listed", 0, "product", 0, 0], "$.cases[0].detail.paths[0].listed[0].product[0][0]"),
    "an accumulator": (["cases", 0, "detail", "backward", 1, "contributions", 0, "after", 0, 0], "$.cases[0].detail.backward[1].contributions[0].after[0][0]"),
    "an adjoint": (["cases", 0, "detail", "adjoints", "1", 0, 0], "$.cases[0].detail.adjoints.1[0][0]"),
    "a leaf": (["cases", 0, "detail", "values", "1", 0], "$.cases[0].detail.values.1[0]"),
    "an operand": (["cases", 0, "detail", "graph", "edges", 0, "to"], "$.cases[0].detail.graph.edges[0].to"),
    "graphs": (["exhaustive", "graphs"], "$.exhaustive.graphs"),
}  # fmt: skip


@pytest.mark.parametrize("what", CHANGES)
def test_a_number_that_is_changed_is_named_by_its_path(what: str) -> None:
    path, named = CHANGES[what]
    document = copy.deepcopy(json.loads(written(RUN)))
    one_more(path)(document)
    assert named in [found.place for found in audit_results(document).differences]


def test_what_is_no_results_document_is_refused() -> None:
    with pytest.raises(ValueError, match="found a dict"):
        audit_results({"format": "else"})
