"""What somebody's code leaves behind is put back, and its KeyboardInterrupt is told from the user's."""

from __future__ import annotations

import contextlib
import decimal
import os
import signal
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

import flint
import mpmath
import numpy as np
import pytest

from backproof.verify.engine_oracle.left_behind import Interrupts, put_back, working_folder


def state() -> tuple[Any, ...]:
    digits: Any = mpmath.mp.prec
    precisions = digits, flint.ctx.prec, decimal.getcontext().prec
    streams = sys.stdin, sys.stdout, sys.stderr
    return np.geterr(), precisions, sys.getrecursionlimit(), streams, list(warnings.filters), os.getcwd()


def test_everything_that_is_promised_is_put_back(tmp_path: Path) -> None:
    before, rules = state(), warnings.filters
    with put_back() as folders:
        np.seterr(all="raise")
        mpmath.mp.prec, flint.ctx.prec, decimal.getcontext().prec = 3, 2, 1
        sys.setrecursionlimit(5000)
        sys.stdout = sys.stderr = None  # pyright: ignore[reportAttributeAccessIssue]
        warnings.simplefilter("error")
        warnings.filters = [*warnings.filters]  # pyright: ignore[reportAttributeAccessIssue]
        os.chdir(tmp_path)
    assert state() == before
    assert warnings.filters is rules
    assert folders == [str(tmp_path)]


def test_it_is_put_back_after_an_exception_too() -> None:
    before = state()

    def broken() -> None:
        with put_back():
            warnings.simplefilter("error")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        broken()
    assert state() == before


def test_a_folder_that_was_deleted_is_said(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    with put_back() as folders:
        os.chdir(gone)
        gone.rmdir()
        assert working_folder() is None
    assert folders == ["a folder that does not exist"]


def test_the_codes_own_interrupt_is_not_the_users() -> None:
    interrupts, handler = Interrupts(), signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), interrupts:
        raise KeyboardInterrupt
    assert not interrupts.pressed
    assert signal.getsignal(signal.SIGINT) == handler


def test_the_users_interrupt_is_known_also_where_the_code_catches_it() -> None:
    interrupts, handler = Interrupts(), signal.getsignal(signal.SIGINT)
    with interrupts, contextlib.suppress(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    assert interrupts.pressed
    assert signal.getsignal(signal.SIGINT) == handler


def test_a_handler_that_only_asks_to_stop_is_called_and_may_choose_another() -> None:
    asked: list[int] = []

    def ask(number: int, _: Any) -> None:
        asked.append(number)
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    before = signal.signal(signal.SIGINT, ask)
    try:
        interrupts = Interrupts()
        with interrupts:
            signal.raise_signal(signal.SIGINT)
        assert (asked, interrupts.pressed, signal.getsignal(signal.SIGINT)) == ([signal.SIGINT], False, signal.SIG_IGN)
        signal.signal(signal.SIGINT, ask)
        with interrupts:
            signal.signal(signal.SIGINT, signal.SIG_DFL)  # somebody's code takes Ctrl-C away
        assert signal.getsignal(signal.SIGINT) == ask
    finally:
        signal.signal(signal.SIGINT, before)


def test_another_thread_has_no_interrupt_of_the_users() -> None:
    found: list[bool] = []

    def work() -> None:
        interrupts = Interrupts()
        try:
            with interrupts:
                raise KeyboardInterrupt
        except KeyboardInterrupt:
            found.append(interrupts.pressed)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert found == [False]
