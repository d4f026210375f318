"""Backward passes that do what no backward pass should: each is WRONG in its own words, or right where it is only odd,
and none leaves, crashes or hangs the check."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from backproof.verify import check
from backproof.verify.gradient_oracle.result import CheckResult

X = np.array([0.5, -2.0, 1.5])
W = np.array([1.0, 3.0, -0.5])
pytestmark = pytest.mark.filterwarnings("ignore")


def product(x: Any, w: Any) -> Any:
    return x * w


def gradients(args: Any, ct: Any) -> tuple[Any, Any]:
    return ct * args[1], ct * args[0]


def raising(error: BaseException) -> Callable[..., Any]:
    def vjp(args: Any, out: Any, ct: Any) -> Any:
        raise error

    return vjp


def returning(value: Any) -> Callable[..., Any]:
    return lambda args, out, ct: value


def from_call(number: int, then: Callable[..., Any]) -> Callable[..., Any]:
    """A right backward up to that call, and from it on another."""
    calls = [0]

    def vjp(args: Any, out: Any, ct: Any) -> Any:
        calls[0] += 1
        return gradients(args, ct) if calls[0] < number else then(args, out, ct)

    return vjp


def endless() -> Any:
    while True:
        yield 1.0


def recursive(args: Any, out: Any, ct: Any) -> Any:
    return recursive(args, out, ct)


class Ends(BaseException):
    """Nothing that `except Exception` catches."""


class Unspeakable(Exception):
    def __str__(self) -> str:
        raise ValueError("no words")


class Unshowable:
    def __repr__(self) -> str:
        raise SystemExit(0)


class NoArray:
    def __array__(self, *_: Any, **__: Any) -> Any:
        raise SystemExit(0)


class Endless(tuple[Any, ...]):
    """A tuple that never ends, to whoever asks it."""

    __slots__ = ()

    def __iter__(self) -> Any:
        return endless()


def overwritten(args: Any, out: Any, ct: Any) -> Any:
    args[0][...] = 0.0
    return gradients(args, ct)


def asked(args: Any, out: Any, ct: Any) -> Any:
    return gradients(args, ct) if input("right? ") else None


def masked(args: Any, out: Any, ct: Any) -> Any:
    first, second = gradients(args, ct)
    return np.ma.array(first, mask=[True, False, False]), second


HOSTILE: dict[str, tuple[Callable[..., Any], str]] = {
    # what is raised
    "raises": (raising(KeyError("weights")), "the backward raises KeyError: 'weights' (test_hostile.py:"),
    "raises without a word": (raising(RuntimeError()), "the backward raises RuntimeError (test_hostile.py:"),
    "raises many lines": (raising(ValueError("a\nb\x1b[31mc")), "the backward raises ValueError: a b\\x1b[31mc (test_hostile.py:"),
    "raises 10 kB": (raising(ValueError("x" * 10_000)), "ValueError: xxxx"),
    "raises what cannot be shown": (raising(Unspeakable()), "raises Unspeakable: a message that cannot be shown"),
    "raises a lone surrogate": (raising(ValueError("\ud800")), "raises ValueError: \\ud800"),
    "exits": (raising(SystemExit(0)), "the backward raises SystemExit: 0 (test_hostile.py:"),
    "exits with a word": (raising(SystemExit("done")), "the backward raises SystemExit: done"),
    "ends a generator": (raising(GeneratorExit()), "the backward raises GeneratorExit"),
    "raises no exception": (raising(Ends("stop")), "the backward raises Ends: stop"),
    "raises a group": (raising(BaseExceptionGroup("two", [SystemExit(0), ValueError()])), "the backward raises BaseExceptionGroup: two"),
    "skips the test": (lambda args, out, ct: pytest.skip("no backward today"), "the backward raises Skipped: no backward today"),
    "stops an iteration": (raising(StopIteration()), "the backward raises StopIteration"),
    "recursion": (recursive, "the backward raises RecursionError: maximum recursion depth exceeded"),
    "exits at the second call": (from_call(2, raising(SystemExit(0))), "SystemExit: 0"),
    "exits at the fourth call": (from_call(4, raising(SystemExit(0))), "SystemExit: 0"),
    "exits in a probe": (
        from_call(9, raising(SystemExit(0))),
        "the backward of the first call raises SystemExit: 0 (test_hostile.py:34: raise error) when it was made again (F1 B1)",
    ),
    "reads standard input": (asked, "the backward raises "),
    # what is returned in place of the gradients
    "None": (returning(None), "None returned; expected a tuple of 2 gradients, one array for each argument"),
    "a string": (returning("abc"), "a str (abc) returned; expected a tuple of 2 gradients"),
    "bytes": (returning(b"abc"), "a bytes (b'abc') returned"),
    "a dictionary": (returning({"x": 1.0}), "a dict ({'x': 1.0}) returned; expected a tuple of 2 gradients"),
    "a set": (returning({1.0}), "a set ({1.0}) returned"),
    "a generator": (lambda args, out, ct: (g for g in gradients(args, ct)), "a generator returned; expected a tuple of 2 gradients"),
    "an endless generator": (lambda args, out, ct: endless(), "a generator returned"),
    "an iterator": (lambda args, out, ct: map(np.copy, gradients(args, ct)), "a map returned"),
    "a function": (returning(math.sin), "the function sin returned"),
    "a class": (returning(int), "the function int returned"),
    "itself": (lambda args, out, ct: endless, "the function endless returned"),
    "what cannot be shown": (returning(Unshowable()), "a Unshowable returned"),
    "Ellipsis": (returning(...), "an ellipsis returned"),
    "an endless tuple": (lambda args, out, ct: Endless(gradients(args, ct)[:1]), "1 gradients returned for 2 arguments"),
    "nothing": (returning(()), "0 gradients returned for 2 arguments"),
    "three": (lambda args, out, ct: (*gradients(args, ct), ct), "3 gradients returned for 2 arguments"),
    # what is returned in the place of one gradient
    "None for a float": (lambda args, out, ct: (gradients(args, ct)[0], None), "returns None for argument 1; if it is data, give wrt=(0,)"),
    "a string for one": (lambda args, out, ct: ("x", gradients(args, ct)[1]), "argument 0: a str (x) in the place of a gradient; expected an array of shape (3,)"),
    "a dictionary for one": (lambda args, out, ct: ({}, gradients(args, ct)[1]), "argument 0: a dict ({}) in the place of a gradient"),
    "a generator for one": (lambda args, out, ct: (endless(), gradients(args, ct)[1]), "argument 0: a generator in the place of a gradient"),
    "a nest": (lambda args, out, ct: ((gradients(args, ct)), ct), "argument 0: shape (2, 3), the argument has shape (3,)"),
    "a ragged nest": (lambda args, out, ct: ([[1.0], [1.0, 2.0]], ct), "argument 0: a list of 2 of which no array can be made"),
    "complex": (lambda args, out, ct: (gradients(args, ct)[0] + 5j, gradients(args, ct)[1]), "argument 0: a gradient of dtype complex128"),
    "complex with a zero": (lambda args, out, ct: (gradients(args, ct)[0] + 0j, gradients(args, ct)[1]), "a gradient of dtype complex128"),
    "objects": (lambda args, out, ct: (gradients(args, ct)[0].astype(object), ct), "argument 0: a gradient of dtype object"),
    "numbers as texts": (lambda args, out, ct: (gradients(args, ct)[0].astype(str), ct), "argument 0: a gradient of dtype <U"),
    "dates": (lambda args, out, ct: (gradients(args, ct)[0].astype("datetime64[s]"), ct), "argument 0: a gradient of dtype datetime64[s]"),
    "decimals": (lambda args, out, ct: (Decimal(1), ct), "argument 0: a Decimal in the place of a gradient"),
    "masked": (masked, "argument 0: a MaskedArray of shape (3,) and dtype float64: an entry that is masked is no derivative"),
    "an array that exits": (lambda args, out, ct: (NoArray(), ct), "argument 0: a NoArray of which no array can be made: SystemExit: 0"),
    "another shape": (lambda args, out, ct: (gradients(args, ct)[0].sum(), ct), "argument 0: shape (), the argument has shape (3,)"),
    "another dtype": (lambda args, out, ct: (gradients(args, ct)[0].astype(np.float32), ct), "digits are lost"),
    "not a number": (lambda args, out, ct: (gradients(args, ct)[0] * np.nan, gradients(args, ct)[1]), "argument 0: the entry [0] is nan"),
    "infinite": (lambda args, out, ct: (gradients(args, ct)[0] / 0.0, gradients(args, ct)[1]), "argument 0: the entry [0] is "),
    # what changes
    "the arguments": (overwritten, "argument 0"),
    "fewer gradients later": (from_call(4, lambda args, out, ct: gradients(args, ct)[:1]), "gradient"),
    "a string later": (from_call(4, returning(("abc", "def"))), "gradient"),
    "None later": (from_call(6, returning(None)), "gradient"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_backward_is_wrong_in_words_of_its_own(name: str) -> None:
    vjp, words = HOSTILE[name]
    result = check(product, (X, W), vjp, timeout=60)
    assert result.verdict == "WRONG", result.explain()
    text = result.explain()
    assert words in text, text
    assert result.evidence.startswith("the fault: ")
    assert all(line.isprintable() for line in text.splitlines())
    assert len(text.splitlines()[0]) < 1000


def test_there_are_enough_of_them() -> None:
    assert len(HOSTILE) >= 50


def test_one_that_writes_much_or_changes_the_state_of_numpy_is_right() -> None:
    def loud(args: Any, out: Any, ct: Any) -> Any:
        print("x" * 100_000)
        np.seterr(all="ignore")
        sys.setrecursionlimit(sys.getrecursionlimit())
        return gradients(args, ct)

    assert check(product, (X, W), loud, effort="quick").ok


def test_a_keyboard_interrupt_passes() -> None:
    with pytest.raises(KeyboardInterrupt):
        check(product, (X, W), raising(KeyboardInterrupt()))


def sleeping(args: Any, out: Any, ct: Any) -> Any:
    time.sleep(600)


def looping(args: Any, out: Any, ct: Any) -> Any:
    while True:
        pass


def stubborn(args: Any, out: Any, ct: Any) -> Any:
    while True:
        try:
            time.sleep(0.01)
        except Exception:
            continue


def test_a_backward_that_asks_for_more_memory_than_there_is_is_inconclusive() -> None:
    result = check(product, (X, W), lambda args, out, ct: np.ones(100_000_000_000_000))
    assert result.verdict == "INCONCLUSIVE", result.explain()
    assert result.reason is not None
    assert result.reason.startswith("memory: Unable to allocate")
    assert "test_hostile.py:" in result.reason
    assert result.left_out >= 1


STUCK = {"sleeps": sleeping, "loops": looping, "catches": stubborn, "later": from_call(5, sleeping), "much later": from_call(30, looping)}


@pytest.mark.parametrize("name", STUCK)
def test_a_backward_that_does_not_come_back_is_inconclusive_for_time(name: str) -> None:
    start = time.monotonic()
    result = check(product, (X, W), STUCK[name], timeout=3 if "later" in name else 0.5)
    assert time.monotonic() - start < 60
    assert result.verdict == "INCONCLUSIVE", result.explain()
    assert result.reason is not None
    assert result.reason.startswith("time: it took more than ")
    assert "test_hostile.py:" in result.reason
    assert result.left_out >= 1
    assert result.planned == result.points + sum(entry.points for entry in result.unjudged)
    assert "for time" in result.explain()


def test_a_forward_that_does_not_come_back_is_inconclusive_too() -> None:
    def f(x: Any) -> Any:
        time.sleep(600)

    result: CheckResult = check(f, (X,), lambda args, out, ct: (ct,), timeout=0.3)
    assert (result.verdict, result.points, result.evidence) == ("INCONCLUSIVE", 0, "not checked")
    assert result.reproduction


def test_a_fault_that_was_found_before_the_time_was_over_stays() -> None:
    result = check(product, (X, W), from_call(2, lambda args, out, ct: time.sleep(600)), timeout=2)
    assert result.verdict == "INCONCLUSIVE"
    fault = check(product, (X, W), lambda args, out, ct: (ct, ct), timeout=60)
    assert fault.verdict == "WRONG"
