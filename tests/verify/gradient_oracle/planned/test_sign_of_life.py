"""A line on a terminal while something takes long, gone afterwards; silence everywhere else."""

from __future__ import annotations

import io
import time

import pytest

from backproof.verify.gradient_oracle.planned.sign_of_life import CLEAR, sign_of_life


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Closed(Terminal):
    def write(self, text: str) -> int:
        raise OSError(f"{len(text)} characters for a terminal that is gone")


def fail() -> None:
    time.sleep(0.05)
    raise ValueError("inside")


def test_a_terminal_is_told_after_a_while_and_the_line_is_removed() -> None:
    screen = Terminal()
    with sign_of_life(lambda: "check of f: 3 points judged", screen, after=0.01, tests=False) as told:
        time.sleep(0.3)
    assert told
    assert screen.getvalue() == f"{CLEAR}check of f: 3 points judged, 0 s{CLEAR}"


def test_whoever_is_done_before_sees_nothing() -> None:
    screen = Terminal()
    with sign_of_life(lambda: "check", screen, after=60.0, tests=False):
        pass
    assert screen.getvalue() == ""


@pytest.mark.parametrize(("screen", "tests"), [(io.StringIO(), False), (Terminal(), None)], ids=["no terminal", "a test"])
def test_elsewhere_nothing_is_written(screen: io.StringIO, tests: bool | None) -> None:
    with sign_of_life(lambda: "check", screen, after=0.0, tests=tests) as told:
        time.sleep(0.05)
    assert not told
    assert screen.getvalue() == ""


def test_a_terminal_that_is_gone_and_an_error_inside_do_no_harm() -> None:
    with pytest.raises(ValueError, match="inside"), sign_of_life(lambda: "check", Closed(), after=0.01, tests=False):
        fail()
