"""One of 25 random cases is large, in each of six ways, over the whole range of sizes, and small enough to check."""

from __future__ import annotations

import pytest

from backproof.verify.cases.building import NoFit
from backproof.verify.cases.large import FARTHEST
from backproof.verify.cases.reach import AXES, reach
from backproof.verify.cases.size import check_size
from backproof.verify.cases.tails import EVERY, KINDS, SMALLEST, is_tail, tail_case
from backproof.verify.paths.choice import ENUMERATED
from backproof.verify.paths.enumeration import path_counts_to
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.witness import Witness
from backproof.verify.verdicts import Verdict

INDICES = [EVERY * k + EVERY - 1 for k in range(10 * len(KINDS))]


def test_the_share_is_one_in_twenty_five() -> None:
    assert sum(map(is_tail, range(1000))) == 1000 // EVERY == 40


def test_sizes_lie_all_over_the_range_on_every_axis() -> None:
    sizes = [reach(tail_case(7, index).graph) for index in INDICES]
    for axis in AXES:
        found = [size[axis] for size in sizes if size[axis] >= SMALLEST]
        assert max(found) > FARTHEST // 2, axis
        assert min(found) < 4 * SMALLEST, axis
    assert all(size["consumers"] <= FARTHEST and size["entries"] <= FARTHEST for size in sizes)


def test_every_one_fits_the_limits_and_has_few_enough_paths_to_enumerate() -> None:
    for index in INDICES:
        graph = tail_case(3, index).graph
        check_size(graph, None)
        assert max(path_counts_to(graph, graph.n).values()) <= ENUMERATED


@pytest.mark.parametrize("index", INDICES[: len(KINDS)])
def test_the_right_engine_is_correct(index: int) -> None:
    assert check_case(tail_case(5, index), witness=Witness.NONE).verdict is Verdict.CORRECT


def test_the_same_number_of_a_seed_is_the_same_case_and_another_seed_gives_another() -> None:
    assert tail_case(1, 24) == tail_case(1, 24)
    assert tail_case(1, 24) != tail_case(2, 24)


def test_with_few_functions_only_those_are_used_and_without_any_that_fit_it_says_so() -> None:
    graph = tail_case(0, 49, {"add", "sin"}, scalars=True).graph
    assert {graph.row(i).name for i in range(graph.l + 1, graph.n + 1)} <= {"add", "sin"}
    with pytest.raises(NoFit):
        tail_case(0, 24, {"softmax"})
