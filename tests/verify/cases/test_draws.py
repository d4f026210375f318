"""Case number i depends on the seed and on i alone, and the cells of the coverage tables take turns."""

from __future__ import annotations

import pytest

from backproof.engine.functions import TABLE
from backproof.verify.cases import draws
from backproof.verify.cases.case import Case
from backproof.verify.cases.choices import Choices
from backproof.verify.cases.corners import corners_of, is_corner
from backproof.verify.cases.coverage import CELLS, FUNCTIONS, GATE, Coverage, cells, facts, not_aimed_at
from backproof.verify.cases.draws import AIMS, campaign_case, case_around
from backproof.verify.cases.random_graphs import random_case
from backproof.verify.cases.replay import case_id
from backproof.verify.cases.tails import is_tail


def count(coverage: Coverage, case: Case) -> None:
    """As the tally of a run counts it."""
    if case.family is None:
        coverage.add_corner(facts(case.graph) if case.group == "random" else None)
    else:
        coverage.add(case.family, facts(case.graph))
    coverage.add_cells([cell.name for cell in corners_of(case)])


def test_two_thousand_cases_leave_no_cell_empty() -> None:
    coverage = Coverage()
    for index in range(GATE):
        count(coverage, campaign_case(12, index))
    assert [cell.name for cell in coverage.empty()] == []
    assert not coverage.missed


def test_a_generator_that_cannot_make_a_function_leaves_its_cells_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    """The gate is able to fail: without the softmax, its cells stay empty however many cases are drawn."""
    monkeypatch.setattr(draws, "ATTEMPTS", 2)

    def without_softmax(choices: Choices, family: str, size: int, rational: bool, row: str | None, name: str) -> Case:
        while True:
            case = random_case(choices, family=family, size=size, rational=rational, name=name)
            if all(vertex.function != "softmax" for vertex in case.graph.vertices):
                return case

    monkeypatch.setattr(draws, "random_case", without_softmax)
    coverage = Coverage()
    for index in range(300):
        count(coverage, campaign_case(0, index))
    empty = {cell for cell in coverage.empty() if cell.subject == "softmax"}
    assert empty == {cell for cell in CELLS if cell.subject == "softmax" and not_aimed_at(cell) is None}


def test_every_cell_that_is_aimed_at_has_its_turn() -> None:
    turns = {AIMS[index * draws.STRIDE % len(AIMS)] for index in range(len(AIMS))}
    assert turns == set(AIMS)


def test_after_the_gate_cases_are_taken_as_they_are_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(
        draws, "random_case", lambda choices, **options: (calls.append(options["name"]), random_case(choices, **options))[1]
    )
    for index in range(GATE, GATE + 20):
        campaign_case(0, index)
    assert calls == [f"random {index}" for index in range(GATE, GATE + 20) if not is_corner(index)]


def test_a_cell_whose_turn_was_that_of_a_large_case_or_a_corner_has_it_later() -> None:
    """Right after the others, each once: 43 large cases and 43 corners are among the numbers of the first 1,069."""
    turns = [draws.left_over(index) for index in range(len(AIMS), len(AIMS) + 120) if not (is_tail(index) or is_corner(index))]
    given = [turn for turn in turns if turn is not None]
    assert given == [index for index in range(len(AIMS)) if index % 25 in (12, 24)]
    assert turns[len(given) :] == [None] * (len(turns) - len(given))


@pytest.mark.parametrize("index", [0, 1, 11, 13, 100, 411])
def test_the_other_numbers_of_a_seed_give_the_cases_that_they_gave_before(index: int) -> None:
    known = {0: "c06a6d52cf0f", 1: "d42bfb77f1b3", 11: "d611e56903ca", 13: "0a38d31cf719", 100: "17860d57358b", 411: "73875b2b61d7"}
    assert case_id(campaign_case(0, index)) == known[index]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_small_case_around_every_function(function: str) -> None:
    case = case_around(function, 3, 8)
    assert case.graph.n <= 8
    assert any(cell.subject == function for cell in cells(case.family, facts(case.graph)))


def test_an_unknown_function_is_named() -> None:
    with pytest.raises(ValueError, match="unknown function 'soft_max'; known: identity, negate"):
        case_around("soft_max", 0, 8)
    assert "softmax" in TABLE
