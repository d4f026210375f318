"""What somebody may have meant: the nearest words, best first, and nothing where nothing is near."""

from __future__ import annotations

import pytest

from backproof.engine.functions import TABLE
from backproof.theorems.catalogue import THEOREMS
from backproof.verify.commands.main import run_command
from backproof.verify.commands.suggestions import did_you_mean, near


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("pathsum", "path-sum"),
        ("backwardpass", "backward-pass"),
        ("chain_rule", "chain-rule"),
        ("Path-Sum", "path-sum"),
        ("log", "log-softmax"),
    ],
)
def test_a_label_with_a_slip_suggests_the_label(typed: str, meant: str) -> None:
    assert near(typed, [theorem.label for theorem in THEOREMS])[0] == meant


def test_every_function_without_one_letter_suggests_itself() -> None:
    for name in TABLE:
        if len(name) > 3:
            assert name in near(name[:1] + name[2:], TABLE)


def test_nothing_is_suggested_for_a_word_from_elsewhere() -> None:
    assert did_you_mean("zzzz", TABLE) == ""
    assert did_you_mean("", TABLE) == ""


def test_a_misspelt_function_of_an_engine_gets_a_suggestion(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["oracle", "x:y", "--functions", "add,tahn"]) == 4
    assert "unknown function 'tahn'; did you mean 'tanh'? known: identity, add" in capsys.readouterr().err
