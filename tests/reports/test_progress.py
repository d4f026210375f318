"""Signs of life: a plain line now and then, a bar on a terminal, nothing where nothing is wanted."""

from __future__ import annotations

import io
import re
import time

import pytest

from backproof.reports import progress as module
from backproof.reports.progress import alive, progress


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def waited_for(words: str, stream: io.StringIO) -> str:
    """What is said, once it holds these words; a minute at most."""
    until = time.monotonic() + 60
    while words not in stream.getvalue():
        assert time.monotonic() < until, f"{words!r} was not said"
        time.sleep(0.002)
    return stream.getvalue()


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """A line at every moment."""
    monkeypatch.setattr(module, "PLAIN_INTERVAL", 0.001)


def heard(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO) -> io.StringIO:
    """The stream in the place of standard error."""
    monkeypatch.setattr("sys.stderr", stream)
    return stream


def test_a_run_says_how_far_it_is_without_being_called(monkeypatch: pytest.MonkeyPatch) -> None:
    said = heard(monkeypatch, io.StringIO())
    with progress(1200, silent=False) as advance:
        assert waited_for("\n", said).startswith("0 of 1,200 cases, after 0 s\n")
        advance()
        line = waited_for("1 of 1,200 cases, ", said).splitlines()[-1]
    assert re.fullmatch(r"1 of 1,200 cases, \S+ a (second|minute), .+ left", line)


def test_work_of_unknown_length_says_what_it_is_at(monkeypatch: pytest.MonkeyPatch) -> None:
    said = heard(monkeypatch, io.StringIO())
    with alive("the proofs", silent=False) as note:
        assert waited_for("\n", said).startswith("the proofs: at work, after 0 s\n")
        note("PathSum.v")
        waited_for("the proofs: PathSum.v, after ", said)


def test_the_rate_and_what_is_left_come_from_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    far = module.Far(1200, "cases", done=2, began=0.0)
    monkeypatch.setattr("backproof.reports.progress.time.monotonic", lambda: 11.0)
    assert far.sentence == "2 of 1,200 cases, 11 a minute, 1 h 49 min left"


@pytest.mark.parametrize("terminal", [True, False])
def test_nothing_is_said_where_nothing_is_wanted(terminal: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    stream = heard(monkeypatch, Terminal() if terminal else io.StringIO())
    with progress(3, silent=True) as advance, alive("the proofs", silent=True) as note:
        advance()
        note("PathSum.v")
        time.sleep(0.01)
    assert stream.getvalue() == ""


def test_a_terminal_gets_a_bar_and_a_spinner_that_leave_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = heard(monkeypatch, Terminal())
    monkeypatch.setenv("TERM", "xterm")
    with progress(3, silent=False) as advance:
        for _ in range(3):
            advance()
    assert "3/3" in shown.getvalue()
    assert shown.getvalue().endswith("\x1b[2K"), "the line of the bar is erased"
    with alive("the proofs", silent=False) as note:
        note("[red]a\x1b[31mfile\n")
    assert r"the proofs: [red]a\x1b[31mfile\n" in shown.getvalue(), "foreign words act on nothing"
    assert shown.getvalue().endswith("\x1b[2K")


def test_a_dumb_terminal_gets_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = heard(monkeypatch, Terminal())
    monkeypatch.setenv("TERM", "dumb")
    with progress(1, silent=False):
        waited_for("0 of 1 cases, after 0 s\n", shown)
