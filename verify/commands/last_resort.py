"""The last resort: what the command line says of an exception that nobody foresaw. One line, the case, and a file that
holds the details; never a traceback, and never exit code 1, which means that something is not CORRECT.

>>> error = OverflowError("int too large to convert to float")
>>> for part in failure_line(error, "replay", "backproof replay 'backproof1:abc'", "backproof-x.txt").split("; "):
...     print(part)
backproof replay: internal error: OverflowError: int too large to convert to float
the case: backproof replay 'backproof1:abc'
details: backproof-x.txt
please report it with them
>>> failure_line(error, "replay", None, None).split("; ")[1]
'the details could not be written'
"""

from __future__ import annotations

import os
import platform
import shlex
import tempfile
import traceback
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from backproof.reports.foreign import foreign
from backproof.reports.terminal import tell
from backproof.verify.at_work import at_work
from backproof.verify.cases.case import Case
from backproof.verify.cases.replay import case_id, replay_id
from backproof.verify.commands.exit_codes import INTERNAL

LONGEST_WORDS = 200  # characters of what the exception says; chosen: its first sentence
LONGEST_CASE = 400  # characters of the replay line where the line shows it; chosen: the whole stays below 1 kB
LIBRARIES = ("backproof", "numpy", "scipy", "python-flint", "mpmath", "networkx", "click", "rich")


def last_resort(error: BaseException, arguments: Sequence[str]) -> int:
    """Say what failed, on which case, and where the details are; return the exit code."""
    replay = _replay_command(at_work())
    name = _write_details(_details(error, arguments, replay))
    tell(failure_line(error, arguments[0] if arguments else "", replay, name))
    return INTERNAL


def failure_line(error: BaseException, command: str, replay: str | None, details: str | None) -> str:
    """The line: a replay command that is too long for it stands in the details."""
    parts = [f"{f'backproof {foreign(command, 20)}'.strip()}: internal error: {_what(error)}"]
    if replay is not None:
        parts.append(f"the case: {replay}" if len(replay) <= LONGEST_CASE else "the case is in the details")
    parts.append("the details could not be written" if details is None else f"details: {details}")
    return "; ".join([*parts, "please report it with them"])


def _what(error: BaseException) -> str:
    """The exception with its words and the innermost line."""
    try:
        words = foreign(str(error), LONGEST_WORDS)
    except BaseException:
        words = "(it has no words)"
    frames = traceback.extract_tb(error.__traceback__)[-1:]
    place = "".join(f" at {os.path.basename(frame.filename)}:{frame.lineno}" for frame in frames)
    return f"{foreign(type(error).__name__)}{place}" + (f": {words}" if words else "")


def _replay_command(case: object) -> str | None:
    """How to run the case again: a replay line; of something that is no case, its words."""
    if case is None:
        return None
    try:
        return f"backproof replay '{replay_id(case)}'" if isinstance(case, Case) else foreign(str(case), LONGEST_WORDS)
    except Exception:
        return f"case {case_id(case)}" if isinstance(case, Case) else None


def _details(error: BaseException, arguments: Sequence[str], replay: str | None) -> str:
    """Everything that a report of the failure needs: versions, the command line, the case, the traceback."""
    lines = [
        f"command: {shlex.join(['backproof', *arguments])}",
        f"case: {replay or 'none'}",
        f"python {platform.python_version()} on {platform.platform()}",
        *(f"{name} {_version(name)}" for name in LIBRARIES),
        "",
    ]
    return "\n".join(lines) + "\n" + "".join(traceback.format_exception(error))


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "is not installed"


def _write_details(text: str) -> str | None:
    """Write the details into the folder for temporary files: nothing that is somebody's results lies there."""
    try:
        handle, name = tempfile.mkstemp(prefix="backproof-", suffix=".txt", text=True)
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError:
        return None
    return name
