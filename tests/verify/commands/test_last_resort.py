"""What nobody foresaw is exit code 3 and one line: what failed, on which case, and where the details are."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest

from backproof.verify.at_work import working_on
from backproof.verify.cases.case import Case, make_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.cases.replay import replay_id
from backproof.verify.commands import main, replay
from backproof.verify.commands.last_resort import failure_line, last_resort
from backproof.verify.commands.main import run_command


class Foreign(BaseException):
    """An exception that is none of Python's."""


class Silent(Exception):
    """An exception that cannot be described."""

    def __str__(self) -> str:
        raise ValueError("no words")


UNFORESEEN = [
    ZeroDivisionError("division by zero"),
    IndexError("tuple index out of range"),
    RecursionError("maximum recursion depth exceeded"),
    OSError(5, "Input/output error", "/some/file"),
    BrokenPipeError(32, "Broken pipe"),
    SystemExit(0),
    SystemExit(1),
    SystemExit("words"),
    GeneratorExit(),
    Foreign("\x1b[2J\nCORRECT  fake\u202e" + "x" * 10_000),
    Silent(),
    ImportError("no module"),
    UnicodeEncodeError("ascii", "∂", 0, 1, "ordinal not in range"),
    ExceptionGroup("several", [ValueError("one"), ValueError("\x1b[2J")]),
]


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def fails(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    monkeypatch.setattr(replay, "check_case", fail)


@pytest.mark.parametrize("error", UNFORESEEN, ids=lambda error: type(error).__name__)
def test_it_is_exit_code_3_one_line_and_a_file(
    error: BaseException, temporary: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fails(monkeypatch, error)
    line = replay_id(lecture_cases()[0])
    assert run_command(["replay", line]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"backproof replay: internal error: {type(error).__name__} at test_last_resort.py:")
    assert err.count("\n") == 1
    assert len(err.encode("utf-8")) < 1000
    assert err.rstrip("\n").isprintable()
    (details,) = temporary.glob("backproof-*.txt")
    assert str(details) in err
    text = details.read_text(encoding="utf-8")
    assert f"case: backproof replay '{line}'" in text
    assert "Traceback" in text
    assert "numpy 2" in text


@pytest.mark.parametrize("long", [False, True])
def test_the_line_has_the_case_where_there_is_room(long: bool, temporary: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = lecture_cases()[0]
    graph = case.graph if not long else lecture_cases()[-1].graph
    chosen: Case = make_case("one", "replay", graph, (lecture_cases()[-1] if long else case).leaves)
    with pytest.raises(OverflowError) as caught, working_on(chosen):
        raise OverflowError("too large")
    assert last_resort(caught.value, ["verify"]) == 3
    err = capsys.readouterr().err
    assert (replay_id(chosen) in err) is not long
    assert ("the case is in the details" in err) is long
    assert replay_id(chosen) in next(temporary.glob("*.txt")).read_text(encoding="utf-8")


def test_without_a_case_none_is_named(temporary: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*_: Any) -> Any:
        raise OverflowError("too large")

    monkeypatch.setattr(replay, "read_case", fail)
    assert run_command(["replay", "case.json"]) == 3
    assert "the case" not in capsys.readouterr().err
    assert "command: backproof replay case.json\ncase: none" in next(temporary.glob("*.txt")).read_text(encoding="utf-8")


def test_where_the_details_cannot_be_written_it_is_said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/proc/none")
    fails(monkeypatch, ZeroDivisionError("division by zero"))
    assert run_command(["replay", replay_id(lecture_cases()[0])]) == 3
    assert "the details could not be written" in capsys.readouterr().err


def test_where_even_the_last_resort_fails_there_is_a_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def fail(*_: Any) -> Any:
        raise MemoryError

    monkeypatch.setattr("backproof.verify.commands.last_resort.last_resort", fail)
    fails(monkeypatch, ZeroDivisionError("division by zero"))
    assert run_command(["replay", replay_id(lecture_cases()[0])]) == 3
    assert capsys.readouterr().err == "backproof: internal error: ZeroDivisionError, and MemoryError while it was described\n"


def test_ctrl_c_is_exit_code_2_wherever_it_comes(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    fails(monkeypatch, KeyboardInterrupt())
    assert run_command(["replay", replay_id(lecture_cases()[0])]) == 2
    assert capsys.readouterr().err == "Interrupted.\n"
    fails(monkeypatch, ImportError("cannot import name 'multiarray'"))
    monkeypatch.setattr(main, "interrupted", lambda: True)
    assert run_command(["replay", replay_id(lecture_cases()[0])]) == 2


def test_the_words_of_something_that_is_no_case_are_shown() -> None:
    line = failure_line(ValueError("why"), "verify", "random case 7 of seed 3", "d.txt")
    assert (
        line
        == "backproof verify: internal error: ValueError: why; the case: random case 7 of seed 3; details: d.txt; please report it with them"
    )
