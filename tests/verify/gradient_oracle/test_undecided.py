"""Undecided is never green: whatever comes up at whichever call of forward or backward, a right backward is not WRONG,
and nothing is CORRECT while a planned point is neither judged nor excused; a wrong one is never CORRECT.

The calls of a check are counted first. Then it runs once for each of them, and that call raises.
"""

from __future__ import annotations

import ast
import itertools
import random
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backproof.verify import check, time_limits
from backproof.verify.gradient_oracle import floats
from backproof.verify.gradient_oracle.result import CheckResult
from backproof.verify.lift.rounding import bounds
from backproof.verify.time_limits import OutOfMemory, OutOfTime, TookTooLong

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")

X = np.array([0.7, -1.3])
LIMITS = (TimeoutError, MemoryError, KeyboardInterrupt, OutOfTime, TookTooLong, OutOfMemory)
MOST = 9  # chosen: calls of a subject at which each error is raised, the first ones, and others drawn by a seed


@dataclass(frozen=True)
class Subject:
    """A forward, its right backward and a wrong one, which together reach some tiers."""

    f: Callable[..., Any]
    right: Callable[..., Any]
    wrong: Callable[..., Any]
    args: tuple[Any, ...] = (X,)


def through_bytes(x: Any) -> Any:
    return np.frombuffer(np.asarray(x).tobytes())


SUBJECTS = {
    "certified": Subject(np.tanh, lambda a, o, g: (g * (1 - o * o),), lambda a, o, g: (g * (1 - o),)),
    "rounded constants": Subject(lambda x: x * 0.1 + x * 0.2, lambda a, o, g: (g * 0.30000000000000004,), lambda a, o, g: (g * 0.3001,)),
    "second order": Subject(
        lambda x: np.sin(x), lambda a, o, g: (g * np.cos(a[0]),), lambda a, o, g: (through_bytes(g * np.cos(a[0])) * (1 + 1e-6),)
    ),
    "opaque backward": Subject(
        lambda x: x * x, lambda a, o, g: (2 * g * through_bytes(a[0]),), lambda a, o, g: (2.1 * g * through_bytes(a[0]),)
    ),
    "differences": Subject(
        lambda x: through_bytes(np.sin(x)), lambda a, o, g: (g * np.cos(a[0]),), lambda a, o, g: (g * np.cos(a[0]) * 1.01,)
    ),
    "a kink": Subject(
        lambda x: np.maximum(x, 0.0), lambda a, o, g: (g * (a[0] > 0),), lambda a, o, g: (g * (a[0] > 0) * 2,), (np.array([0.0, 1.5]),)
    ),
    "no derivative": Subject(
        lambda x: np.sqrt(np.sum(x * x)),
        lambda a, o, g: (g * a[0] / o if o else np.zeros_like(a[0]),),
        lambda a, o, g: (g * a[0] / o if o else np.full_like(a[0], 7.0),),
        (np.zeros(2),),
    ),
    "a branch": Subject(
        lambda x: np.where(x > 5.0, 2 * x, x),
        lambda a, o, g: (g * np.where(a[0] > 5.0, 2.0, 1.0),),
        lambda a, o, g: (g * np.ones_like(a[0]),),
    ),
}


def counted(function: Callable[..., Any], calls: Iterator[int], error: Callable[[], BaseException], at: int) -> Callable[..., Any]:
    """The function, whose call number `at` raises. The counter is no object of Python's own classes, so that lifted runs
    count with the same one."""

    def call(*args: Any) -> Any:
        if next(calls) == at:
            raise error()
        return function(*args)

    return call


def result_with(subject: Subject, backward: Callable[..., Any], error: Callable[[], BaseException], at: int) -> tuple[Any, int]:
    """The result, or what was raised; and how many calls there were, of forward and backward together."""
    calls = itertools.count(1)
    f, vjp = (counted(function, calls, error, at) for function in (subject.f, backward))
    try:
        found: Any = check(f, subject.args, vjp, effort="quick", seed=3)
    except BaseException as raised:
        found = raised
    return found, next(calls) - 1


def places(subject: Subject, backward: Callable[..., Any]) -> Iterator[int]:
    """The calls at which something is raised."""
    _, calls = result_with(subject, backward, ValueError, -1)
    assert calls > 3
    first = list(range(1, min(MOST, calls) + 1))
    yield from (first + random.Random(calls).sample(range(MOST + 1, calls + 1), min(MOST, max(0, calls - MOST))))


@pytest.mark.parametrize("error", LIMITS)
@pytest.mark.parametrize("name", SUBJECTS)
def test_a_limit_at_any_call_of_a_right_backward_is_raised_or_leaves_it_undecided(name: str, error: type[BaseException]) -> None:
    subject = SUBJECTS[name]
    plain, _ = result_with(subject, subject.right, error, -1)
    assert plain.ok, plain.explain()
    usual = plain.left_out
    for at in places(subject, subject.right):
        found, _ = result_with(subject, subject.right, error, at)
        if isinstance(found, CheckResult):
            assert found.verdict.value in ("CORRECT", "INCONCLUSIVE"), (at, found.explain())
            assert not found.ok or found.left_out <= usual, (at, found.explain())
        else:
            assert type(found) is error, (at, found)


@pytest.mark.parametrize("error", [*LIMITS, SystemExit])
@pytest.mark.parametrize("name", SUBJECTS)
def test_whatever_is_raised_at_any_call_of_a_wrong_backward_it_is_never_correct(name: str, error: type[BaseException]) -> None:
    subject = SUBJECTS[name]
    plain, _ = result_with(subject, subject.wrong, error, -1)
    assert not plain.ok, plain.explain()
    for at in places(subject, subject.wrong):
        found, _ = result_with(subject, subject.wrong, error, at)
        assert not (isinstance(found, CheckResult) and found.ok), (at, found.explain())


@pytest.mark.parametrize("name", SUBJECTS)
def test_code_that_would_end_the_process_at_any_call_is_wrong_with_its_line_or_refuses_a_point(name: str) -> None:
    """Or raises the caller's mistake: a forward that leaves, at the given arguments."""
    subject = SUBJECTS[name]
    plain, _ = result_with(subject, subject.right, SystemExit, -1)
    seen = set[str]()
    for at in places(subject, subject.right):
        found, _ = result_with(subject, subject.right, SystemExit, at)
        if isinstance(found, ValueError):
            assert "test_undecided.py:" in str(found), (at, found)
        elif found.verdict.value == "WRONG":
            exits = "SystemExit" in found.explain() and "test_undecided.py:" in found.explain()
            assert exits or name == "a kink", (at, found.explain())  # where a decision is turned around, it is a guard
        else:
            assert not found.ok or found.left_out <= plain.left_out, (at, found.explain())
        seen.add(type(found).__name__ if isinstance(found, Exception) else found.verdict.value)
    assert {"ValueError", "WRONG"} <= seen


# a tier that could not run


@pytest.mark.parametrize("effort", ["quick", "default"])
def test_samples_that_were_not_drawn_leave_it_undecided(monkeypatch: pytest.MonkeyPatch, effort: Any) -> None:
    subject = SUBJECTS["second order"]
    assert check(subject.f, subject.args, subject.wrong, effort=effort).verdict.value == "INACCURATE"
    monkeypatch.setattr(floats, "sampled_derivatives", lambda *_: None)
    result = check(subject.f, subject.args, subject.wrong, effort=effort)
    assert result.verdict.value == "INCONCLUSIVE", result.explain()
    assert result.reason is not None
    assert result.reason.startswith("not settled: at the given arguments, an entry of the gradient of argument 0 is ")
    assert "where what was seen could not be settled" in result.explain()
    assert result.planned == result.points + sum(entry.points for entry in result.unjudged)
    assert result.points == 0
    assert result.left_out >= 2
    assert check(subject.f, subject.args, subject.right, effort=effort).ok


def test_a_bound_that_could_not_be_followed_leaves_it_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    subject = SUBJECTS["second order"]
    monkeypatch.setattr(bounds, "moved", lambda *_: None)
    result = check(subject.f, subject.args, subject.wrong, effort="quick")
    assert result.verdict.value == "INCONCLUSIVE", result.explain()
    assert result.reason == "not settled: at the given arguments, what rounding allows for the gradient of argument 0 could not be followed"


# every place that catches


def handlers(source: str) -> Iterator[tuple[int, ast.Try, ast.ExceptHandler]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Try):
            for handler in node.handlers:
                yield handler.lineno, node, handler


def named(handler: ast.ExceptHandler) -> set[str]:
    """What a handler catches, by name; Exception and BaseException for a bare one."""
    if handler.type is None:
        return {"BaseException"}
    return {node.id for node in ast.walk(handler.type) if isinstance(node, ast.Name)}


def raises_again(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(node, ast.Raise) and node.exc is None for node in ast.walk(handler))


def asks_whose(handler: ast.ExceptHandler) -> bool:
    return any(isinstance(node, ast.Name) and node.id == "is_the_codes" for node in ast.walk(handler))


def swallowing(source: str) -> list[int]:
    """The lines of handlers that swallow what goes through: all exceptions without a look whose they are, or after those
    of limits were raised again."""
    found: list[int] = []
    for line, node, handler in handlers(source):
        before = node.handlers[: node.handlers.index(handler)]
        passing = any(named(other) & {"PASSING", "TimeoutError"} and raises_again(other) for other in before)
        at_once = isinstance(handler.body[-1], ast.Raise) and handler.body[-1].exc is None
        whose = asks_whose(handler) and raises_again(handler)
        if named(handler) & {"Exception", "BaseException", "OSError", "TimeoutError", "MemoryError"} and not (passing or at_once or whose):
            found.append(line)
    return found


REVIEWED = {
    "gradient_oracle/given/contained.py": 2,  # what is no Exception escapes; and in an example, what is asked about
    "gradient_oracle/looking.py": 2,  # MemoryError at a chosen point: it is counted, and leaves the check undecided
    "gradient_oracle/probes/threads.py": 1,  # whatever a thread raises is raised in the one that waits for it
    "gradient_oracle/check.py": 1,  # MemoryError: the check is INCONCLUSIVE
    "gradient_oracle/planned/sign_of_life.py": 1,  # a stream that is closed, no code of the user's
    "gradient_oracle/handed/carried.py": 1,  # a source file that is gone
}
"""How many handlers of a file swallow more than the code's own errors, each for a reason."""


def test_no_handler_swallows_a_limit_or_an_error_of_ours() -> None:
    root = Path(time_limits.__file__).resolve().parent
    found: dict[str, int] = {}
    for folder in ("lift", "gradient_oracle"):
        for file in sorted((root / folder).rglob("*.py")):
            lines = swallowing(file.read_text(encoding="utf-8"))
            if lines:
                found[str(file.relative_to(root))] = len(lines)
    assert {name: count for name, count in found.items() if count > REVIEWED.get(name, 0)} == {}


@pytest.mark.parametrize(
    ("code", "swallows"),
    [
        ("try:\n    f()\nexcept Exception:\n    pass", True),
        ("try:\n    f()\nexcept:\n    pass", True),
        ("try:\n    f()\nexcept (ValueError, OSError):\n    pass", True),
        ("try:\n    f()\nexcept PASSING:\n    pass\nexcept Exception:\n    pass", True),
        ("try:\n    f()\nexcept PASSING:\n    raise\nexcept Exception:\n    pass", False),
        ("try:\n    f()\nexcept Exception as error:\n    if not is_the_codes(error):\n        raise", False),
        ("try:\n    f()\nexcept ValueError:\n    pass", False),
    ],
)
def test_a_handler_that_swallows_is_seen(code: str, swallows: bool) -> None:
    assert bool(swallowing(code)) is swallows


# the caller's own time limit


class Late(Exception):
    """What a caller's handler raises: any exception at all."""


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no interval timer here")
@pytest.mark.parametrize("error", [TimeoutError, Late, ValueError])
def test_the_alarm_of_the_caller_goes_through_whenever_it_rings(error: type[Exception]) -> None:
    """The gradient is 10⁻⁶ off, and cannot be followed: INACCURATE, if there is time enough."""

    def late(*_: Any) -> None:
        raise error("my limit")

    x = np.random.default_rng(0).normal(size=300)
    wrong = SUBJECTS["second order"].wrong
    start = time.monotonic()
    assert not check(np.sin, (x,), wrong, effort="quick").ok
    whole = time.monotonic() - start
    before = signal.signal(signal.SIGALRM, late)
    rang = 0
    try:
        for share in np.linspace(0.02, 0.9, 12):
            signal.setitimer(signal.ITIMER_REAL, max(1e-3, share * whole))
            try:
                assert not check(np.sin, (x,), wrong, effort="quick").ok
            except error as raised:
                rang += str(raised) == "my limit"
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert rang
