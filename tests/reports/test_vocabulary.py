"""The words that reports know are those that are written: verdicts by severity, the histogram, what is no share."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest

from backproof.reports.vocabulary import BIN_EDGES, COLOURS, SEVERITY, WITHOUT_SHARE
from backproof.verify.results.shares import share_words
from backproof.verify.results.tally import no_counts
from backproof.verify.three_way.comparison import Comparison
from backproof.verify.three_way.floats import BINS
from backproof.verify.verdicts import Evidence, Verdict, severity

SCHEMA: Any = json.loads(files("backproof.reports").joinpath("results.schema.json").read_text(encoding="utf-8"))


def test_the_verdicts_are_all_verdicts_worst_first() -> None:
    assert tuple(verdict.value for verdict in sorted(Verdict, key=severity, reverse=True)) == SEVERITY
    assert set(COLOURS) == set(SEVERITY)
    assert sorted(SCHEMA["$defs"]["verdict"]["enum"]) == sorted(SEVERITY)
    assert set(no_counts()) == set(SEVERITY)


def test_the_histogram_has_a_column_for_every_bin() -> None:
    assert (f"{BINS[0]:g}", *(f"to {edge:g}" for edge in BINS[1:]), "beyond") == BIN_EDGES


@pytest.mark.parametrize(("evidence", "failed"), [(Evidence.EXACT, 0), (Evidence.CERTIFIED, 0), (Evidence.EXACT, 1)])
def test_what_stands_in_the_place_of_a_share_is_known(evidence: Evidence, failed: int) -> None:
    compared = Comparison("a claim", "a theorem", "rational", Verdict.CORRECT, evidence, failed=failed)
    assert share_words(compared) in WITHOUT_SHARE
