"""The large cases of every run: one beyond 1,024 on each axis, and an engine that is wrong from the k-th on is caught on
one of them for every k up to 1,024."""

from __future__ import annotations

from functools import cache

import pytest

from backproof.verify.cases.case import is_exact
from backproof.verify.cases.large import FARTHEST, large_cases
from backproof.verify.cases.named import named_cases
from backproof.verify.cases.reach import AXES, looked_up_to, reach
from backproof.verify.selftest.sizes import from_the
from backproof.verify.three_way.check import CaseResult, check_case
from backproof.verify.three_way.witness import Witness
from backproof.verify.verdicts import Verdict

CONSUMERS, ENTRIES, INSIDE, LEVELS = large_cases()
WHERE = {"consumer": CONSUMERS, "entry": ENTRIES, "vertex": LEVELS, "level": LEVELS}


@cache
def right(place: int) -> CaseResult:
    return check_case(large_cases()[place], witness=Witness.NONE)


@pytest.mark.parametrize("place", range(4))
def test_the_right_engine_is_correct_on_them_exactly_too(place: int) -> None:
    assert right(place).verdict is Verdict.CORRECT
    assert is_exact(right(place).case)
    assert "rational" in [comparison.system for comparison in right(place).comparisons]


def test_all_their_derivatives_differ_from_zero() -> None:
    for place in range(4):
        exact = right(place).exact
        assert exact is not None
        assert all(entry != 0 for adjoint in exact.p.values() for entry in adjoint.reshape(-1))


def test_every_run_has_one_beyond_the_end_of_what_it_says_on_each_axis() -> None:
    named, _ = named_cases(0)
    assert set(large_cases()) <= set(named)
    largest = {axis: max(reach(case.graph)[axis] for case in named) for axis in AXES}
    assert min(largest.values()) > FARTHEST
    assert looked_up_to(largest) == dict.fromkeys(AXES, FARTHEST)


@pytest.mark.parametrize(
    ("axis", "k"),
    [("consumer", 2), ("consumer", 700), ("consumer", 1024), *((a, k) for a in ("entry", "vertex", "level") for k in (13, 512, 1024))],
)
def test_a_fault_from_the_kth_on_is_caught(axis: str, k: int) -> None:
    assert check_case(WHERE[axis], from_the(axis, k), witness=Witness.NONE).verdict is Verdict.WRONG


@pytest.mark.parametrize("axis", list(WHERE))
def test_it_is_caught_too_when_one_counts_from_zero(axis: str) -> None:
    assert check_case(WHERE[axis], from_the(axis, FARTHEST + 1), witness=Witness.NONE).verdict is Verdict.WRONG


def test_a_fault_among_the_entries_inside_is_caught_by_the_leaf_alone() -> None:
    found = check_case(INSIDE, from_the("entry", FARTHEST), witness=Witness.NONE)
    assert any("x" in failure.where for comparison in found.comparisons for failure in comparison.failures)


@pytest.mark.parametrize("axis", ["entry", "vertex", "level"])
def test_what_begins_beyond_is_neither_seen_nor_claimed(axis: str) -> None:
    assert all(
        check_case(case, from_the(axis, FARTHEST + 4), witness=Witness.NONE).verdict is Verdict.CORRECT
        for case in (ENTRIES, INSIDE, LEVELS)
    )
    assert all(looked_up_to({**reach(case.graph), "vertices": 10**6})["vertices"] == FARTHEST for case in (ENTRIES, LEVELS))
