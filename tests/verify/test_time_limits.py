"""Somebody's code is stopped when its time is up, and not before; nothing is left behind."""

from __future__ import annotations

import signal
import threading
from time import process_time

import pytest

from backproof.verify.time_limits import TookTooLong, limited


def spin() -> None:
    while True:
        pass


def test_an_endless_loop_is_stopped_also_where_it_catches_exceptions() -> None:
    def stubborn() -> None:
        while True:
            try:
                sum(range(1000))
            except Exception:
                continue

    with pytest.raises(TookTooLong, match=r"more than 0\.1 s"), limited(0.1):
        stubborn()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_stop_that_a_destructor_swallows_comes_again() -> None:
    class Slow:
        def __del__(self) -> None:
            until = process_time() + 1.0
            while process_time() < until:
                pass

    def after_a_slow_destructor() -> None:
        Slow()
        spin()

    with pytest.raises(TookTooLong), limited(0.1):
        after_a_slow_destructor()


def test_afterwards_no_timer_runs_and_the_handler_is_the_old_one() -> None:
    before = signal.getsignal(signal.SIGVTALRM)
    with pytest.raises(TookTooLong), limited(0.05):
        spin()
    with limited(1.0):
        pass
    assert signal.getitimer(signal.ITIMER_VIRTUAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGVTALRM) is before


def test_inside_a_limit_and_in_other_threads_nothing_is_limited() -> None:
    ran: list[str] = []

    def inside() -> None:
        with limited(0.01):
            sum(range(2_000_000))
            ran.append("thread")

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    with limited(10.0), limited(0.01):
        sum(range(2_000_000))
        ran.append("inner")
    assert ran == ["thread", "inner"]
