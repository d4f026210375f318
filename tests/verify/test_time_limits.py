"""Somebody's code is stopped when its time is up, and not before; nothing is left behind."""

from __future__ import annotations

import gc
import signal
import threading
from time import monotonic, sleep
from types import SimpleNamespace
from typing import Any

import pytest

from backproof.verify import time_limits
from backproof.verify.time_limits import FromOutside, OutOfMemory, OutOfTime, TookTooLong, limited, unenforced


def spin() -> None:
    while True:
        pass


def stubborn() -> None:
    while True:
        try:
            sum(range(1000))
        except Exception:
            continue


def test_an_endless_loop_is_stopped_also_where_it_catches_exceptions() -> None:
    with pytest.raises(TookTooLong, match=r"more than 0\.1 s"), limited(0.1):
        stubborn()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_stop_that_a_destructor_swallows_comes_again() -> None:
    class Slow:
        def __del__(self) -> None:
            until = monotonic() + 1.0
            while monotonic() < until:
                pass

    def after_a_slow_destructor() -> None:
        Slow()
        spin()

    with pytest.raises(TookTooLong), limited(0.1):
        after_a_slow_destructor()


def test_afterwards_no_timer_runs_and_the_handler_is_the_old_one() -> None:
    before = signal.getsignal(signal.SIGALRM)
    with pytest.raises(TookTooLong), limited(0.05):
        spin()
    with limited(1.0):
        pass
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert signal.getsignal(signal.SIGALRM) is before


def test_code_that_sleeps_is_stopped() -> None:
    started = monotonic()
    with pytest.raises(TookTooLong), limited(0.1):
        sleep(30)
    assert monotonic() - started < 20


def test_in_other_threads_nothing_is_limited_and_that_is_said() -> None:
    ran: list[object] = []

    def inside() -> None:
        with limited(0.01):
            sleep(0.05)
            ran.extend(unenforced())

    thread = threading.Thread(target=inside)
    thread.start()
    thread.join()
    assert ran == ["seconds and memory of a case: no interval timer here, or not in the main thread"]
    assert unenforced() == ()


def test_of_two_limits_the_one_that_is_over_first_stops_the_code() -> None:
    def part(seconds: float) -> None:
        with limited(seconds):
            spin()

    with limited(20.0, late=OutOfTime), pytest.raises(TookTooLong, match=r"more than 0\.1 s"):
        part(0.1)
    with pytest.raises(OutOfTime, match=r"more than 0\.1 s"), limited(0.1, late=OutOfTime):
        part(20.0)


def test_a_part_that_swallows_the_stop_of_the_whole_is_stopped_again() -> None:
    swallowed: list[int] = []

    def stubborn() -> None:
        for count in range(3):
            try:
                spin()
            except TookTooLong:
                swallowed.append(count)
        spin()

    with pytest.raises(TookTooLong), limited(0.1):
        stubborn()
    assert swallowed == [0, 1, 2]


def test_more_memory_than_allowed_stops_the_code_and_less_does_not() -> None:
    def fill(count: int) -> int:
        return len([[0] for _ in range(count)])

    with limited(20.0, memory=2**28):
        assert fill(100_000) == 100_000
    with pytest.raises(OutOfMemory, match="more than 16 MB"), limited(20.0, memory=2**24):
        fill(20_000_000)


def test_what_would_be_dropped_in_a_callback_of_the_collector_is_raised_after_it() -> None:
    def take(seconds: float) -> None:
        until = monotonic() + seconds
        while monotonic() < until:
            pass

    def mostly_collected() -> None:
        for _ in range(100):
            gc.collect(0)
            take(0.004)

    def slow(*_: object) -> None:
        take(0.02)

    gc.callbacks.append(slow)
    try:
        with pytest.raises(TookTooLong), limited(0.2):
            mostly_collected()
    finally:
        gc.callbacks.remove(slow)


def test_the_alarm_of_somebody_else_still_rings() -> None:
    rang: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, _: rang.append(number))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with limited(20.0):
            sleep(0.2)
        assert rang == [signal.SIGALRM]
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        with limited(20.0):
            pass
        sleep(0.6)
        assert len(rang) == 2
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_a_limit_that_is_over_while_it_is_taken_back_leaves_nothing_behind() -> None:
    for _ in range(300):
        try:
            with limited(0.0012):
                until = monotonic() + 0.0011
                while monotonic() < until:
                    pass
        except TookTooLong:
            pass
    sleep(0.05)
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


def test_a_ring_that_comes_when_no_limit_is_left_sets_no_timer() -> None:
    """Nobody would hand it back: it would end the process, whose own handler is the default one again."""
    for code in (limited.__wrapped__.__code__, spin.__code__):  # pyright: ignore[reportFunctionMemberAccess]
        time_limits._ring(signal.SIGALRM, SimpleNamespace(f_code=code, f_back=None))  # pyright: ignore[reportPrivateUsage]
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@pytest.mark.parametrize("error", [TimeoutError, ValueError, KeyboardInterrupt])
def test_what_the_alarm_of_somebody_else_raises_no_code_takes_for_its_own(alarm: Any, error: type[BaseException]) -> None:
    seen: list[BaseException] = []

    def part() -> None:
        try:
            with limited(10.0):
                stubborn()
        except FromOutside as passing:
            seen.append(passing.cause)
            raise

    alarm(0.1, error)
    with pytest.raises(error, match="their limit") as found, limited(20.0):
        part()
    assert seen == [found.value]


def test_their_alarm_while_limits_are_set_and_taken_back_leaves_nothing_behind(alarm: Any) -> None:
    rang = 0
    for round_ in range(30):
        try:
            alarm(1e-4 * (1 + round_ % 10), TimeoutError)
            until = monotonic() + 10.0
            while monotonic() < until:
                with limited(20.0), limited(10.0):
                    pass
        except TimeoutError:
            rang += 1
    assert rang == 30
    signal.setitimer(signal.ITIMER_REAL, 0)
    with limited(20.0):
        assert signal.getitimer(signal.ITIMER_REAL)[0] > 1
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
