"""State between calls: every wrong layer of `stateful.py`, `kept.py` and `counted.py` is flagged by a sentence that names what ran, and every right
one that keeps as much is CORRECT."""

from __future__ import annotations

import importlib.util
import itertools
import sys
from pathlib import Path
from typing import Any

import pytest

from backproof.verify import check
from backproof.verify.gradient_oracle.probes.interleavings import BOTH_WAYS, SEQUENCE


def loaded(name: str) -> Any:
    """A module beside this file, by its name."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    sys.modules[name] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


stateful, kept, counted = map(loaded, ("stateful", "kept", "counted"))
CASES = [*stateful.OF_THE_LAST_FORWARD, *stateful.TAPES, *stateful.CACHES, *kept.KEPT, *counted.COUNTS, *counted.THREADS]
pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

ORDERS = [
    order
    for order in itertools.permutations(("F1", "F2", "B1", "B2"))
    if order.index("F1") < order.index("B1") and order.index("F2") < order.index("B2")
]


def windows(steps: str, length: int) -> set[tuple[str, ...]]:
    ran = steps.split()
    return {tuple(ran[k : k + length]) for k in range(len(ran) - length + 1)}


def test_the_sequence_holds_every_order_in_which_each_backward_comes_after_its_forward() -> None:
    assert len(ORDERS) == 6
    assert set(ORDERS) <= windows(SEQUENCE, 4)


def test_the_sequence_holds_a_forward_twice_and_each_backward_again_after_the_other() -> None:
    assert ("F1", "F1") in windows(SEQUENCE, 2)
    assert {("B1", "B2", "B1"), ("B2", "B1", "B2")} <= windows(SEQUENCE, 3)
    assert {("F2", "B2", "B1"), ("F1", "F2", "B2"), ("B1", "F1", "B2")} <= windows(BOTH_WAYS, 3)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_layer_whose_state_is_of_another_call_is_flagged_and_the_sentence_says_what_ran(case: Any) -> None:
    f, vjp = case.wrong()
    result = check(f, case.args, vjp)
    assert result.verdict == "WRONG"
    assert any(case.says in finding.words for finding in result.findings), result.explain()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_layer_that_keeps_as_much_and_uses_its_own_is_right(case: Any) -> None:
    f, vjp = case.right()
    result = check(f, case.args, vjp)
    assert result.ok, result.explain()


@pytest.mark.parametrize("name", kept.RIGHT)
def test_what_is_kept_and_changes_nothing_is_right(name: str) -> None:
    make, args = kept.RIGHT[name]
    f, vjp = make()
    result = check(f, args, vjp)
    assert result.ok, result.explain()
