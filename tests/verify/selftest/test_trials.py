"""The self-test catches every mutant, by the checks that should, and notices a mutant that is none and a check that is
missing.
"""

from __future__ import annotations

from functools import cache, partial
from typing import Any

import pytest

from backproof.engine import FLOAT64, Graph, backward
from backproof.verify.campaign.workers import Done, in_order
from backproof.verify.selftest.mutants import MUTANTS, Mutant
from backproof.verify.selftest.trials import (
    CHECKS,
    COUNTED,
    PLANTED,
    Trial,
    false_alarms,
    planted_fault_is_missed,
    survivors_without,
    trial_cases,
    try_by_name,
    try_mutant,
)
from backproof.verify.three_way.routes import Routes


@cache
def trials() -> tuple[Trial, ...]:
    work = partial(try_by_name, cases=trial_cases(0))
    return tuple(one.result for one in in_order(2, work, [mutant.name for mutant in MUTANTS]) if isinstance(one, Done))


def killers(name: str) -> tuple[str, ...]:
    return next(trial.killed_by for trial in trials() if trial.mutant == name)


def test_every_mutant_is_caught_and_agrees_with_the_right_engine_somewhere() -> None:
    assert [trial.mutant for trial in trials() if not trial.caught] == []
    assert all(trial.agrees_on for trial in trials())


def test_the_right_engine_is_never_flagged() -> None:
    assert false_alarms(trial_cases(0)) == []
    assert not planted_fault_is_missed(Routes())


@pytest.mark.parametrize("mutant", [m for m in MUTANTS if m.part == "backward" and " in " not in m.name], ids=lambda m: m.name)
def test_wrong_backward_passes_are_caught_by_theorem_2_in_every_number_system(mutant: Mutant) -> None:
    assert set(CHECKS[:4]) <= set(killers(mutant.name))


@pytest.mark.parametrize("mutant", [m for m in MUTANTS if m.part in ("jacobians", "table", "forward")], ids=lambda m: m.name)
def test_wrong_jacobians_and_values_are_caught_by_theorem_1(mutant: Mutant) -> None:
    assert {"Theorem 1, ball", "Theorem 1, mpmath"} <= set(killers(mutant.name))


@pytest.mark.parametrize(
    ("name", "check"),
    [
        ("float in the rationals", CHECKS[0]),
        ("float32 in float64", CHECKS[1]),
        ("float in balls", CHECKS[2]),
        ("float in mpmath", CHECKS[3]),
        ("enclosures that claim too much", CHECKS[4]),
        ("step too large", CHECKS[5]),
        ("path repeated", COUNTED),
        ("path swapped", COUNTED),
        ("hidden tolerance in Theorem 2", PLANTED),
        ("hidden tolerance in Theorem 1", PLANTED),
        ("hidden tolerance in balls", PLANTED),
        ("blind comparison", PLANTED),
    ],
)
def test_without_the_check_this_mutant_would_survive(name: str, check: str) -> None:
    assert name in survivors_without(trials(), check)


def test_no_check_is_superfluous() -> None:
    assert all(survivors_without(trials(), check) for check in CHECKS)


def test_the_fan_out_fault_needs_a_vertex_with_two_readers() -> None:
    trial = next(trial for trial in trials() if trial.mutant == "last consumer only")
    assert trial.vertices is not None
    assert trial.vertices <= 4


def test_an_engine_without_a_fault_survives() -> None:
    trial = try_mutant(Mutant("none", "no fault", "backward", Routes()), trial_cases(0, 9))
    assert not trial.caught
    assert trial.killed_by == ()


def test_a_crash_is_not_a_catch() -> None:
    def crashing(*_: Any, **__: Any) -> Any:
        raise RuntimeError("planted")

    trial = try_mutant(Mutant("crash", "it raises", "backward", Routes(backward=crashing)), trial_cases(0, 9))
    assert not trial.caught


def test_a_mutant_that_agrees_nowhere_is_not_counted_as_caught() -> None:
    def always(graph: Graph, D: Any, cotangent: Any = None, system: Any = FLOAT64) -> Any:
        return {j: system.add(p, system.array(1)) for j, p in backward(graph, D, cotangent, system).items()}

    trial = try_mutant(Mutant("always", "always wrong", "backward", Routes(backward=always)), trial_cases(0, 9))
    assert trial.killed_by
    assert not trial.caught
