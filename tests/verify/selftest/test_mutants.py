"""The list of wrong engines and wrong verifiers: their names, and how one adds one's own."""

from __future__ import annotations

import dataclasses

import pytest

from backproof.verify.selftest.mutants import MUTANTS, by_name, register


def test_there_are_at_least_25_mutants_with_different_names() -> None:
    assert len(MUTANTS) >= 25
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)
    assert {mutant.part for mutant in MUTANTS} == {"backward", "jacobians", "table", "forward", "verifier", "sizes"}


def test_one_can_register_a_mutant_and_names_must_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backproof.verify.selftest.mutants.MUTANTS", list(MUTANTS))
    mine = dataclasses.replace(by_name("wrong sign"), name="mine")
    register(mine)
    assert by_name("mine") is mine
    with pytest.raises(ValueError, match="a mutant called 'mine' is registered already"):
        register(mine)
