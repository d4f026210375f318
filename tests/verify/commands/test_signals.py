"""Ctrl-C and SIGTERM at any moment of a process: exit code 2 or the end by the signal itself, and never a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.cases.replay import replay_id
from backproof.verify.commands.signals import ended_by_signals, interrupted

SIGNALS = [signal.SIGINT, signal.SIGTERM]


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Those of a terminal; pytest's own afterwards."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_is_a_keyboard_interrupt_and_is_known_afterwards(number: signal.Signals) -> None:
    with ended_by_signals():
        assert not interrupted()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
        assert interrupted()
    assert signal.getsignal(number) is signal.SIG_DFL


def test_what_is_ignored_stays_ignored() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with ended_by_signals():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


@pytest.mark.parametrize("number", SIGNALS)
def test_a_forked_process_ends_by_the_signal(number: signal.Signals) -> None:
    with ended_by_signals():
        child = os.fork()
        if child == 0:
            time.sleep(60)
            os._exit(0)
        time.sleep(0.1)
        os.kill(child, number)
        _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == number


@pytest.mark.parametrize("number", SIGNALS)
def test_no_moment_shows_a_traceback(number: signal.Signals) -> None:
    """From where the script calls us: Python's own start cannot be guarded, and the process says when it is over."""
    program = "import sys; from backproof.verify.__main__ import main; sys.argv = ['backproof', 'replay', sys.argv[1]]; "
    program += "sys.stderr.write('.'); sys.stderr.flush(); main()"
    codes: list[int] = []
    for delay in (0.0, 0.02, 0.06, 0.15, 0.3, 0.6, 1.0):
        command = [sys.executable, "-c", program, replay_id(lecture_cases()[0])]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stderr is not None
        process.stderr.read(1)
        time.sleep(0.02 + delay)
        process.send_signal(number)
        _, err = process.communicate(timeout=60)
        codes.append(process.returncode)
        assert b"Traceback" not in err, err
        assert process.returncode in (0, 2, -number)
        assert err == b"" if process.returncode == 0 else err in (b"Interrupted.\n", b"")
    assert 2 in codes
