"""The outputs of a command, before it begins: each can be written, no two are one file, none is what is read, and no
other run is writing them.

>>> from pathlib import Path
>>> collision({"--json": Path("r.json"), "--html": Path("./r.json")}, {})
"--json and --html are one file, 'r.json'; give two names"
>>> collision({"--json": Path("r.json"), "--html": Path("r.html")}, {"CASE": Path("case.json")}) is None
True
>>> problem_with(Path("no/such/folder/r.json"))
"cannot write 'no/such/folder/r.json': the folder 'no/such/folder' does not exist"
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import fields, replace
from itertools import combinations
from pathlib import Path
from typing import Any, TypeVar

import click

from backproof.reports.folders import why_no_folder
from backproof.reports.outputs import NO_FILE, same_file, why_unwritable
from backproof.reports.streams import data_on_stdout
from backproof.verify.commands.options import Output

Options = TypeVar("Options")

STDOUT = Path("-")
"""As in other programs: `--json -` is standard output."""
LINES = "its lines file"
"""What `--json` of a campaign writes beside the results (`results/lines.py`)."""
PREFIX = "backproof1:"
"""What a case begins with that is no file (`cases/replay.py`)."""
READ = {"case": "the case", "resume_file": "--resume"}
"""The parameters that may name a file to read, and how they are called."""


class Occupied(OSError):
    """Another run is writing this file."""


def file_name(text: str) -> Path:
    """The name of a file; BadParameter if no file can have it."""
    try:
        os.fsencode(text)
    except UnicodeEncodeError:
        raise click.BadParameter(f"no file can be called {text!r}") from None
    if "\0" in text:
        raise click.BadParameter(f"no file can be called {text!r}")
    return Path(text)


def writable(context: click.Context, parameter: click.Parameter, value: Path | None) -> Path | None:
    """The name of an output, for click; BadParameter if it cannot be written."""
    problem = None if value is None else problem_with(value)
    if problem is not None:
        raise click.BadParameter(problem, context, parameter)
    return value


def writable_folder(context: click.Context, parameter: click.Parameter, value: Path | None) -> Path | None:
    """The name of a folder of pages, for click; BadParameter if they cannot be written into it."""
    if value == STDOUT:
        raise click.BadParameter("standard output is no folder; give one a name", context, parameter)
    why = None if value is None else why_no_folder(value)
    if why is not None:
        raise click.BadParameter(f"cannot write pages into {str(value)!r}: {why}", context, parameter)
    return value


def options_of(kind: Callable[..., Options], given: dict[str, Any], keeps_lines: bool = False) -> Options:
    """The options of a command, made of click's parameters: those of `Output` in a value of their own. UsageError as
    `claim`, and where as little and as much as possible are asked for at once.
    """
    shown = {field.name: given.pop(field.name) for field in fields(Output) if field.name in given}
    if shown.get("quiet") and shown.get("verbose"):
        raise click.UsageError("-q shows less and -v more; give one of them")
    return kind(output=claim(Output(**shown), given, keeps_lines), **given)


def claim(output: Output, given: Mapping[str, Any], keeps_lines: bool = False) -> Output:
    """The output with whole paths, which stay what they are if somebody changes the folder, and nobody else's until the
    command ends. UsageError if two outputs are one, or one is what the command reads. `keeps_lines`: whether a lines
    file is written beside the results.
    """
    typed = {"--json": output.json_file, "--html": output.html_file}
    asked = {name: path for name, path in typed.items() if path is not None}
    if list(asked.values()).count(STDOUT) > 1:
        raise click.UsageError("--json and --html cannot both be standard output; give one of them a name")
    files = {name: path for name, path in asked.items() if path != STDOUT}
    read = {name: Path(given[key]) for key, name in READ.items() if given.get(key) and not str(given[key]).startswith(PREFIX)}
    lines = {LINES: lines_path(files["--json"])} if "--json" in files and keeps_lines else {}
    pages = {} if output.split_folder is None else {"--split": output.split_folder}
    problem = (
        collision({**files, **lines, **pages}, read)
        or within(output.split_folder, {**files, **lines})
        or next(filter(None, map(problem_with, lines.values())), None)
    )
    if problem is not None:
        raise click.UsageError(problem)
    context, on_stdout = click.get_current_context(), next((name[2:] for name, path in asked.items() if path == STDOUT), None)
    if on_stdout is not None:
        context.with_resource(data_on_stdout())
    try:
        context.with_resource(claimed([*files.values(), *lines.values(), *pages.values()]))
    except Occupied as occupied:
        raise click.UsageError(str(occupied)) from None
    whole = {name: path.absolute() for name, path in {**files, **pages}.items()}
    names = tuple((whole[name], str(path)) for name, path in {**files, **pages}.items())
    json_file, html_file, split_folder = (whole.get(name) for name in ("--json", "--html", "--split"))
    return replace(output, json_file=json_file, html_file=html_file, split_folder=split_folder, on_stdout=on_stdout, typed=names)


def lines_path(results: Path) -> Path:
    """The lines file beside a results file: `r.json` has `r.jsonl`."""
    return results.with_suffix(".jsonl")


def problem_with(path: Path) -> str | None:
    """Why this output cannot be written; None if it can."""
    if path == STDOUT:
        return None
    why = why_unwritable(path)
    hint = "; give - for standard output" if why == NO_FILE else ""
    return None if why is None else f"cannot write {str(path)!r}: {why}{hint}"


def collision(outputs: Mapping[str, Path], inputs: Mapping[str, Path]) -> str | None:
    """What is wrong with these outputs together, by the names of their options; None if nothing is."""
    for (one, path), (other, second) in combinations(outputs.items(), 2):
        if not same_file(path, second):
            continue
        if other == LINES:
            return f"{one} {str(path)!r} is the name of {LINES}; give a name that ends in .json"
        return f"{one} and {other} are one file, {str(path)!r}; give two names"
    for name, path in outputs.items():
        for read, source in inputs.items():
            if name != LINES and os.path.exists(source) and same_file(path, source):
                return f"{name} would overwrite {read}, {str(path)!r}; give another name"
    return None


def within(folder: Path | None, outputs: Mapping[str, Path]) -> str | None:
    """What is wrong with outputs that lie in a folder of pages, which holds nothing else; None if nothing is.

    >>> within(Path("pages"), {"--json": Path("pages/r.json")})
    "--json 'pages/r.json' lies in the folder of --split, which holds pages alone; give another place"
    >>> within(Path("pages"), {"--json": Path("r.json")}) is None
    True
    """
    if folder is None:
        return None
    for name, path in outputs.items():
        if Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder)):
            return f"{name} {str(path)!r} lies in the folder of --split, which holds pages alone; give another place"
    return None


@contextmanager
def claimed(paths: Sequence[Path]) -> Generator[None]:
    """No other run of this user on this machine writes these files while it is open; Occupied names the file of one
    that does.

    The locks are in the folder for temporary files, and end with this process however it ends. Where there are no such
    locks (Windows), nothing is claimed.
    """
    locks: list[tuple[int, str]] = []
    try:
        for path in paths:
            lock = _lock(path)
            if lock is not None:
                locks.append(lock)
        yield
    finally:
        for handle, name in locks:
            with suppress(OSError):
                os.unlink(name)
            os.close(handle)


def _lock(path: Path) -> tuple[int, str] | None:
    """An open file with the lock, and its name; None where none can be had. The lock is of the process, so that none of
    its children keeps it.
    """
    try:
        import fcntl
    except ImportError:
        return None
    whole = os.path.realpath(path)
    name = f"backproof-{os.getuid()}-{hashlib.sha256(os.fsencode(whole)).hexdigest()[:16]}.lock"
    name = os.path.join(tempfile.gettempdir(), name)
    while True:
        try:
            handle = os.open(name, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError:
            return None
        try:
            fcntl.lockf(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            raise Occupied(f"another run is writing {str(path)!r}; wait for its end, or give another name") from None
        if _still_there(handle, name):
            return handle, name
        os.close(handle)


def _still_there(handle: int, name: str) -> bool:
    """Whether the run that held the lock before has not taken the file away meanwhile."""
    with suppress(OSError):
        return os.path.samestat(os.fstat(handle), os.stat(name))
    return False
