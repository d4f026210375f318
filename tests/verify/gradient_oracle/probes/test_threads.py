"""Two threads: what is of one thread only is found, and a forward that refuses other threads is left alone."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.probes import threads
from backproof.verify.gradient_oracle.probes.calls import Call, Probe
from backproof.verify.gradient_oracle.probes.threads import Thread, two_threads
from backproof.verify.time_limits import TookTooLong

X = np.array([1.0, 2.0])
PROBE = Probe("two threads", "in two threads", two_threads)
MAIN = threading.get_ident()


def square(x: Any) -> Any:
    return x * x


def right(args: Any, out: Any, ct: Any) -> Any:
    return (2 * ct * args[0],)


def call(f: Any, vjp: Any) -> Call:
    return Call(f, vjp, (X,), np.ones(2), right((X,), None, np.ones(2)), (X,), 4.0)


def test_each_call_has_a_thread_of_its_own_and_its_steps_run_in_order() -> None:
    ran: list[tuple[str, str]] = []

    def f(x: Any) -> Any:
        ran.append(("F", threading.current_thread().name))
        return x * x

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        ran.append(("B", threading.current_thread().name))
        return right(args, out, ct)

    assert two_threads(call(f, vjp), PROBE) == []
    assert ran == [("F", "call 1"), ("F", "call 2"), ("B", "call 1"), ("B", "call 2")]


def test_a_forward_that_does_not_run_in_another_thread_is_left_alone_and_a_backward_is_not() -> None:
    def here_only(*args: Any) -> Any:
        if threading.get_ident() != MAIN:
            raise RuntimeError("not here")
        return square(*args) if len(args) == 1 else right(*args)

    assert two_threads(call(here_only, right), PROBE) == []
    (found,) = two_threads(call(square, here_only), PROBE)
    assert found.sentence.startswith("in two threads, the backward of the first call raises RuntimeError: not here")


def test_roundings_in_another_thread_are_no_change() -> None:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        return (2 * ct * args[0] * (1 if threading.get_ident() == MAIN else 1 + 2**-52),)

    assert two_threads(call(square, vjp), PROBE) == []


def test_a_thread_that_does_not_come_back_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "SECONDS", 0.05)
    hold = threading.Event()
    thread = Thread(1)
    with pytest.raises(TookTooLong):
        thread.run(hold.wait)
    hold.set()
    thread.end()


def test_where_no_thread_can_be_started_nothing_is_said_to_be_right(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(self: Any) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", none)
    (found,) = two_threads(call(square, right), PROBE)
    assert found.unended
    assert "can't start new thread" in found.sentence


@pytest.mark.parametrize("passing", [TimeoutError, MemoryError])
def test_a_limit_that_is_over_in_a_thread_is_no_refusal(passing: type[Exception]) -> None:
    def f(x: Any) -> Any:
        if threading.get_ident() != MAIN:
            raise passing
        return x * x

    with pytest.raises(passing):
        two_threads(call(f, right), PROBE)
