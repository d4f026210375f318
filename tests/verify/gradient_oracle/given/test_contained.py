"""Nothing that foreign code raises ends the process that asks; a keyboard interrupt and our own limits pass."""

from __future__ import annotations

import asyncio
from typing import Any

import numpy as np
import pytest

from backproof.verify.gradient_oracle.given.contained import Escaped, contained, is_the_codes, what_it_raised
from backproof.verify.gradient_oracle.given.outputs import taken_cotangent
from backproof.verify.lift.numpy_code.lifting import lift
from backproof.verify.time_limits import FromOutside, OutOfMemory, OutOfTime, TookTooLong


def throw(error: BaseException) -> Any:
    raise error


@pytest.mark.parametrize("error", [SystemExit(0), GeneratorExit(), asyncio.CancelledError(), BaseExceptionGroup("both", [SystemExit(1)])])
def test_what_is_no_exception_becomes_one(error: BaseException) -> None:
    with pytest.raises(Escaped) as found:
        contained(throw, error)
    assert found.value.cause is error
    assert type(error).__name__ in what_it_raised(found.value)


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), TookTooLong(), OutOfTime(), OutOfMemory(), FromOutside(ValueError()), ValueError("no"), StopIteration()]
)
def test_the_keyboard_limits_and_exceptions_pass(error: BaseException) -> None:
    with pytest.raises(type(error)):
        contained(throw, error)


def caught(code: Any) -> Exception:
    try:
        code()
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


@pytest.mark.parametrize(
    "code",
    [
        lambda: contained(throw, ValueError("no")),
        lambda: contained(throw, SystemExit(0)),
        lambda: contained(int, "no number"),
        lambda: contained(np.linalg.inv, np.zeros((2, 2))),
        lambda: contained(lift, lambda x: throw(ValueError("no")), (np.ones(2),)),
        lambda: lift(lambda x: np.linalg.eig(np.diag(x)), (np.ones(2),)),
    ],
)
def test_what_the_code_or_its_library_raises_is_the_codes(code: Any) -> None:
    assert is_the_codes(caught(code))


@pytest.mark.parametrize(
    "code",
    [
        lambda: contained(throw, TimeoutError("the caller's limit")),
        lambda: contained(throw, MemoryError()),
        lambda: contained(taken_cotangent, "no array", np.ones(2)),
        lambda: taken_cotangent(np.ones(3), np.ones(2)),
        lambda: throw(ValueError("not in the code on trial")),
    ],
)
def test_a_limit_and_what_comes_up_in_our_own_lines_is_not(code: Any) -> None:
    assert not is_the_codes(caught(code))
