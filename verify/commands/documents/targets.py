"""Where the formats of `backproof report` go: found unwritable before anything is read, rendered before anything is
written.

>>> sorted(FORMATS)
['badge.json', 'badge.svg', 'csv', 'ctrf', 'html', 'json', 'junit', 'md', 'sarif']
>>> claimed_targets({"junit": Path("r.xml"), "md": Path("./r.xml")}, [])
Traceback (most recent call last):
    ...
click.exceptions.UsageError: --junit and --md are one file, 'r.xml'; give two names
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import click

from backproof.reports import render_html
from backproof.reports.changes import Changes
from backproof.reports.document import Results, results_text
from backproof.reports.folders import write_folder
from backproof.reports.formats.badge import badge_json, badge_svg
from backproof.reports.formats.ctrf import ctrf
from backproof.reports.formats.junit import junit
from backproof.reports.formats.markdown import markdown
from backproof.reports.formats.rows import csv_rows
from backproof.reports.formats.sarif import sarif
from backproof.reports.html.split import render_split
from backproof.reports.outputs import write_whole
from backproof.reports.streams import data_on_stdout, put_data
from backproof.verify.commands.documents.asked import Target
from backproof.verify.commands.outputs import STDOUT, Occupied, claimed, collision, within

FORMATS: dict[str, Callable[[Results], str]] = {
    "json": results_text,
    "html": render_html,
    "junit": junit,
    "ctrf": ctrf,
    "sarif": sarif,
    "md": markdown,
    "csv": csv_rows,
    "badge.json": badge_json,
    "badge.svg": badge_svg,
}
"""What makes each text."""


def claimed_targets(asked: Mapping[str, Path | None], read: Sequence[Path]) -> tuple[Target, ...]:
    """The targets with whole paths, nobody else's until the command ends. UsageError if two are one file, or one is
    what the command reads.
    """
    given = {f"--{name}": path for name, path in asked.items() if path is not None}
    piped = [name for name, path in given.items() if path == STDOUT]
    if len(piped) > 1:
        raise click.UsageError(f"{' and '.join(piped)} cannot all be standard output; give all but one a name")
    files = {name: path for name, path in given.items() if path != STDOUT}
    outside = {name: path for name, path in files.items() if name != "--split"}
    problem = within(asked.get("split"), outside) or collision(
        files, {f"the results (file {place})": path for place, path in enumerate(read, start=1) if path != STDOUT}
    )
    if problem is not None:
        raise click.UsageError(problem)
    if files or piped:
        context = click.get_current_context()
        if piped:
            context.with_resource(data_on_stdout())
        try:
            context.with_resource(claimed(list(files.values())))
        except Occupied as occupied:
            raise click.UsageError(str(occupied)) from None
    return tuple(
        Target(name[2:], path if path == STDOUT else path.absolute(), "standard output" if path == STDOUT else str(path))
        for name, path in given.items()
    )


def _made(results: Results, target: Target, changes: Changes | None) -> str | dict[str, str]:
    """The text of a target, or the pages of a folder."""
    if target.kind == "split":
        return render_split(results)
    told: dict[str, Callable[[Results], str]] = {"md": partial(markdown, changes=changes), "html": partial(render_html, changes=changes)}
    return {**FORMATS, **told}[target.kind](results)


def write_targets(results: Results, targets: Sequence[Target], changes: Changes | None = None) -> None:
    """Render all of them, then write them; Markdown and pages have the changes. OSError names what cannot be written."""
    made = [_made(results, target, changes) for target in targets]
    for target, text in zip(targets, made, strict=True):
        if not isinstance(text, str):
            write_folder(target.path, text)
        elif target.path == STDOUT:
            put_data(text)
        else:
            write_whole(target.path, text)
