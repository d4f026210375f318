"""The user's line: outside NumPy, SciPy, the standard library and backproof, while code runs and where an error went
through it."""

from __future__ import annotations

import functools
import sysconfig
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import pytest
import scipy

from backproof.engine import TraceError, trace
from backproof.engine.callers import frames_below, is_ours, is_users, users_frame, users_step
from backproof.verify.cases import choices

OURS = Path(choices.__file__).parents[2]


@pytest.mark.parametrize(
    "filename",
    [
        np.__file__,
        scipy.__file__,
        functools.__file__,
        "<frozen importlib._bootstrap>",
        "<__array_function__ internals>",
        "numpy/random/mtrand.pyx",
        *(str(OURS / layer / "some" / "file.py") for layer in ("engine", "theorems", "verify", "reports")),
    ],
)
def test_libraries_and_backproof_are_not_the_users(filename: str) -> None:
    assert not is_users(filename)


@pytest.mark.parametrize(
    "filename",
    [
        __file__,
        "<stdin>",
        "<doctest backproof.engine[0]>",
        str(Path(sysconfig.get_path("stdlib")) / "site-packages" / "model.py"),
        str(OURS / "examples" / "scalar_engine.py"),
        str(OURS / "engine_of_mine" / "engine.py"),
    ],
)
def test_everything_else_is_the_users(filename: str) -> None:
    assert is_users(filename)
    assert not is_ours(filename)


class Asks:
    """An array that asks for the user's frame when NumPy calls it."""

    def __init__(self, ask: Callable[[], Any]) -> None:
        self.ask = ask

    def __array_function__(self, function: Any, types: Any, arguments: Any, options: Any) -> Any:
        return self.ask()


def test_the_frame_is_found_through_numpy_and_the_standard_library() -> None:
    def users() -> FrameType | None:
        return functools.reduce(lambda _, x: np.linalg.norm(x), [Asks(users_frame)], None)  # type: ignore[call-overload]

    frame = users()
    assert frame is not None
    assert (frame.f_code.co_filename, frame.f_code.co_name) == (__file__, "__array_function__")


def test_the_start_of_a_run_hides_what_called_it() -> None:
    assert users_frame(start=__file__) is None
    assert users_frame(start="elsewhere.py") is not None


def test_the_frames_below_are_those_of_the_library_outermost_first() -> None:
    here = users_frame()

    class Entry:
        def __add__(self, other: Any) -> Any:
            return [below.f_code.co_name for below in frames_below(here)]

        __radd__ = __add__

    found = np.array([Entry()], dtype=object).sum(initial=0)  # type: ignore[arg-type]
    assert found[:2] == ["_sum", "__add__"]
    assert frames_below(here) == []
    assert frames_below(None) == []


def test_the_step_of_an_error_is_the_innermost_of_the_user() -> None:
    def users() -> None:
        np.stack([])

    with pytest.raises(ValueError, match="need at least one array") as raised:
        users()
    step = users_step(raised.value)
    assert step is not None
    assert step.tb_frame.f_code.co_name == "users"
    assert users_step(raised.value, start=functools.__file__) is step
    assert users_step(ValueError("not raised")) is None


def test_an_error_within_the_start_has_no_users_step() -> None:
    with pytest.raises(ValueError, match="unknown function") as raised:
        exec(compile("from backproof.engine.functions import look_up\nlook_up('tahn')", "<somebody>", "exec"), {})
    step = users_step(raised.value)
    assert step is not None
    assert step.tb_frame.f_code.co_filename == "<somebody>"
    assert users_step(raised.value, start=str(OURS / "engine" / "functions" / "__init__.py")) is None


def test_a_trace_error_names_the_line_of_the_code_that_called_the_standard_library() -> None:
    with pytest.raises(TraceError) as raised:
        trace(lambda x: functools.reduce(lambda total, y: total + float(y), [x], 0.0), 1.0)
    line = users_frame()
    assert line is not None
    assert str(raised.value).startswith(f"{__file__}:{line.f_lineno - 3}: float(…)")
