"""Nothing that foreign code raises ends the process that asks; a keyboard interrupt and our own limits pass."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from backproof.verify.gradient_oracle.given.contained import Escaped, contained, what_it_raised
from backproof.verify.time_limits import OutOfMemory, OutOfTime, TookTooLong


def throw(error: BaseException) -> Any:
    raise error


@pytest.mark.parametrize("error", [SystemExit(0), GeneratorExit(), asyncio.CancelledError(), BaseExceptionGroup("both", [SystemExit(1)])])
def test_what_is_no_exception_becomes_one(error: BaseException) -> None:
    with pytest.raises(Escaped) as found:
        contained(throw, error)
    assert found.value.cause is error
    assert type(error).__name__ in what_it_raised(found.value)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), TookTooLong(), OutOfTime(), OutOfMemory(), ValueError("no"), StopIteration()])
def test_the_keyboard_limits_and_exceptions_pass(error: BaseException) -> None:
    with pytest.raises(type(error)):
        contained(throw, error)
