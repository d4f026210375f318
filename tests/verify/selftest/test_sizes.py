"""The engines that are wrong from the k-th consumer, entry, vertex or level on are right before, and are caught."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backproof.engine import Graph, leaf, vertex
from backproof.verify.cases.case import Case, make_case
from backproof.verify.selftest.mutants import MUTANTS
from backproof.verify.selftest.sizes import AXES, FIRST_WRONG, from_the
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.witness import Witness
from backproof.verify.verdicts import Verdict


def fan(size: int) -> Case:
    readers = [vertex(f"v{k}", "square", (1,)) for k in range(size)]
    return make_case("fan", "random", Graph(1, (leaf("x"), *readers, vertex("o", "add", range(2, size + 2)))), [3])


def chain(size: int) -> Case:
    return make_case("chain", "random", Graph(1, (leaf("x"), *(vertex(f"v{k}", "negate", (k,)) for k in range(1, size + 1)))), [3])


def vector(size: int) -> Case:
    return make_case("vector", "random", Graph(1, (leaf("x", (size,)), vertex("o", "dot", (1, 1)))), [list(range(1, size + 1))])


@pytest.mark.parametrize(("axis", "of_size"), [("consumer", fan), ("entry", vector), ("vertex", chain), ("level", chain)])
def test_it_begins_at_the_kth_and_not_before(axis: str, of_size: Callable[[int], Case]) -> None:
    before = {"consumer": 4, "entry": 4, "vertex": 4, "level": 5}[axis]  # a chain of five has six vertices: the last is the output
    assert check_case(of_size(before), from_the(axis, 5), witness=Witness.NONE).verdict is Verdict.CORRECT
    after = {"consumer": 5, "entry": 5, "vertex": 5, "level": 6}[axis]
    assert check_case(of_size(after), from_the(axis, 5), witness=Witness.NONE).verdict is Verdict.WRONG


def test_the_selftest_ships_one_of_each_also_at_1024() -> None:
    shipped = [mutant.name for mutant in MUTANTS if mutant.large]
    assert shipped == [f"from {axis} {k:,} on" for axis in AXES for k in FIRST_WRONG]
    assert max(FIRST_WRONG) == 1024
