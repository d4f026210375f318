"""What is planned for a case does not depend on what comes of it; each planned comparison ends, or says why not."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from backproof.engine import FLOAT32, FLOAT64, Graph, leaf, vertex
from backproof.verify.cases.case import Case, make_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.results.counts import counts_of
from backproof.verify.three_way.check import CaseResult, check_case, not_decided
from backproof.verify.three_way.planned import Why, tiers
from backproof.verify.three_way.witness import Witness
from backproof.verify.verdicts import Reason

BOTH = tiers(("float64", "float32"))


def one(function: str, x: Any, **attributes: Any) -> Case:
    return make_case(function, "random", Graph(1, (leaf("x"), vertex("y", function, (1,), **attributes))), [x])


def reasons(result: CaseResult) -> dict[str, int]:
    return {f"{why}": count for (why, _), count in counts_of(result, BOTH).unjudged.items()}


def checked(case: Case, witness: Witness = Witness.ENTRIES) -> CaseResult:
    return check_case(case, witness=witness, dtypes=(FLOAT64, FLOAT32))


def test_with_exact_values_and_a_witness_all_is_judged() -> None:
    counts = counts_of(checked(lecture_cases()[0]), BOTH)
    assert (counts.planned, counts.judged, counts.certified, counts.unjudged, counts.unexplained) == (8, 8, 3, {}, 0)


@pytest.mark.parametrize(
    ("case", "witness", "aside"),
    [
        (one("exp", 0.5), Witness.ENTRIES, {"no exact values": 1}),
        (one("exp", Fraction(1, 2)), Witness.NONE, {"no exact values": 1, "not in the sample": 2}),
        (one("relu", 0.0), Witness.ENTRIES, {"no exact values": 1, "left open by the witness": 1, "kink": 2}),
        (one("square", 1e-30), Witness.ENTRIES, {"no exact values": 1}),
        (one("log", -1.0), Witness.ENTRIES, {"outside the domain": 8}),
        (
            make_case("a constant", "random", Graph(1, (leaf("x"), vertex("c", "constant", value=2.0))), [3]),
            Witness.ENTRIES,
            {"nothing to compare": 2},
        ),
    ],
)
def test_what_is_set_aside_has_its_reason(case: Case, witness: Witness, aside: dict[str, int]) -> None:
    result = checked(case, witness)
    counts = counts_of(result, BOTH)
    assert (reasons(result), counts.unexplained) == (aside, 0)
    assert counts.planned == counts.judged + sum(aside.values()) == 8


def test_a_case_that_could_not_be_begun_is_unjudged_as_a_whole_and_not_excused() -> None:
    counts = counts_of(not_decided(lecture_cases()[0], Reason.TIME, "it takes more than 5 s"), BOTH)
    assert (counts.planned, counts.judged, counts.unjudged) == (8, 0, {("time", False): 8})


@pytest.mark.parametrize("place", range(8))
def test_a_comparison_that_is_dropped_on_the_way_is_missed(place: int) -> None:
    result = checked(lecture_cases()[0])
    dropped = replace(result, comparisons=(*result.comparisons[:place], *result.comparisons[place + 1 :]))
    assert counts_of(dropped, BOTH).unexplained == 1


def test_what_is_left_open_by_the_judge_is_not_excused() -> None:
    jump = Graph(1, (leaf("x"), vertex("c", "constant", value=1.0), vertex("y", "where", (1, 2, 1))))
    counts = counts_of(checked(make_case("jump", "random", jump, [0.0])), BOTH)
    assert any(not excused for _, excused in counts.unjudged)
    assert all(why in {*Why, *Reason} for why, _ in counts.unjudged)
