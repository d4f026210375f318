"""Ctrl-C, the files, the exit code: what every command shares."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from backproof.reports import save_results, write_html
from backproof.reports.document import Record
from backproof.reports.terminal import print_summary
from backproof.verify.commands.exit_codes import FAILS, HOLDS, INTERNAL, INTERRUPTED, NOTHING


@contextmanager
def stoppable() -> Generator[Callable[[], bool]]:
    """A function that tells whether Ctrl-C (or SIGTERM) was pressed. The first one asks the run to end; the second one ends it at once."""
    asked = False
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    def ask(*_: Any) -> None:
        nonlocal asked
        asked = True
        restore()

    for number in before:
        signal.signal(number, ask)
    try:
        yield lambda: asked
    finally:
        restore()


def finish(results: Record, json_file: Path | None, html_file: Path | None, quiet: bool, no_color: bool) -> int:
    """Write what was asked for, print the summary last, and choose the exit code."""
    try:
        if json_file is not None:
            save_results(results, json_file)
        if html_file is not None:
            write_html(results, html_file)
    except OSError as error:
        click.echo(f"Cannot write {error.filename!r}: {error.strerror}", err=True)
        return INTERNAL
    print_summary(results, quiet, no_color, [str(path) for path in (json_file, html_file) if path is not None])
    sys.stdout.flush()
    if results["run"]["interrupted"]:
        return INTERRUPTED
    if not results["cases"]:
        return NOTHING
    return HOLDS if results["summary"]["holds"] else FAILS
