"""The case that is being worked on stays known where the work fails, and only there."""

from __future__ import annotations

import pytest

from backproof.verify.at_work import at_work, forget, working_on


def test_a_case_is_known_while_it_is_worked_on_and_when_that_failed() -> None:
    forget()
    with working_on("one"):
        assert at_work() == "one"
    assert at_work() is None
    with pytest.raises(OverflowError), working_on("two"):
        raise OverflowError
    assert at_work() == "two"
    with working_on("three"):
        assert at_work() == "three"
    assert at_work() is None


def test_it_is_forgotten_where_a_command_begins() -> None:
    with pytest.raises(OverflowError), working_on("two"):
        raise OverflowError
    forget()
    assert at_work() is None
