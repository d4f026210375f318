"""A diagnosis says two explanations at most, each once, and keeps all of them as data."""

from __future__ import annotations

import pytest

from backproof.verify.gradient_oracle.causes.cause import Cause, Diagnosis, Fault


def test_two_explanations_are_said_and_all_are_kept() -> None:
    causes = [Cause(Fault.SIGN, f"cause {k}") for k in range(4)]
    diagnosis = Diagnosis(tuple((cause,) for cause in causes))
    assert str(diagnosis) == "cause 0; or equally well, cause 1"
    assert list(diagnosis.causes) == causes


def test_what_is_said_of_two_arguments_is_said_once() -> None:
    both = tuple(Cause(Fault.EXCHANGED, "`a` and `b` are exchanged", k) for k in range(2))
    assert str(Diagnosis((both,))) == "`a` and `b` are exchanged"
    assert [cause.argument for cause in Diagnosis((both,)).causes] == [0, 1]


def test_a_place_is_the_name_of_the_file_and_the_line() -> None:
    assert Cause(Fault.MISSING, "", None, "exp", "folder/layer.py", 12).place == "layer.py:12"
    assert Cause(Fault.ZERO, "", 0).place == ""


@pytest.mark.parametrize("explanations", [(), ((),)])
def test_a_diagnosis_without_a_cause_is_refused(explanations: tuple[tuple[Cause, ...], ...]) -> None:
    with pytest.raises(ValueError, match="at least one"):
        Diagnosis(explanations)
