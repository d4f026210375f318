"""The command `backproof report` as it is typed.

>>> report.name
'report'
>>> report.main(["--junit"], standalone_mode=False)
Traceback (most recent call last):
    ...
click.exceptions.BadOptionUsage: Option '--junit' requires an argument.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from backproof.verify.commands.outputs import STDOUT, options_of, writable
from backproof.verify.commands.parameters import FILE, SETTINGS, SHOWN, SPLIT

KINDS = {
    "html": "Write the report: one self-contained page.",
    "json": "Write the results document again.",
    "junit": "Write JUnit XML.",
    "ctrf": "Write Common Test Report Format, JSON.",
    "sarif": "Write SARIF 2.1.0: the findings with a file and a line.",
    "md": "Write Markdown, at most 900 kB.",
    "csv": "Write CSV, a row for each case, theorem and check.",
    "badge": "Write a badge: a picture where the name ends in .svg, else the JSON that shields.io takes.",
}
"""The formats, by option."""

BADGES = (".svg", ".json")
"""How a badge may be called: a picture, or the JSON that shields.io takes."""

EPILOG = """\b
Exit codes: 0 the run holds, 1 it does not, 2 it was interrupted, 3 a file cannot be written,
4 a file is refused, 5 nothing was checked in it. With --fail-on-regression: 0 nothing is worse
than in the baseline, 1 something is; 2 to 5 as before. With --audit: 0 all numbers agree,
1 one differs, 3 --json cannot be written, 4 a file is refused, 5 there is no number.

\b
Examples:
  backproof report r.json
  backproof report r.json --split pages
  backproof report r.json --html r.html --junit r.xml --badge badge.svg
  backproof report r.json --md - >> notes.md
  backproof report r.json --baseline main.json --fail-on-regression
  backproof report r.html --audit
"""


def _with_kinds(command: Callable[..., int]) -> Callable[..., int]:
    for name, words in reversed(KINDS.items()):
        command = click.option(f"--{name}", name, type=FILE, callback=writable, metavar="PATH", help=words)(command)
    return command


@click.command(epilog=EPILOG, context_settings=SETTINGS, short_help="Show results files, merge and compare them.")
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=FILE)
@_with_kinds
@click.option("--baseline", type=FILE, metavar="FILE", help="Compare with these results: newly wrong, fixed, bound changed, new, gone.")
@click.option(
    "--fail-on-regression",
    is_flag=True,
    help="The exit code is that of the comparison: 1 if anything is newly wrong, gone, or new and not right; what the baseline has, too, "
    "does not fail.",
)
@click.option(
    "--audit",
    is_flag=True,
    help="Derive the numbers of pages (--html) and results files (--json) again from each other, without what made them, and name each that "
    "differs; with --json, as data. No other format goes with it.",
)
@SPLIT
@SHOWN
def report(
    files: tuple[Path, ...], baseline: Path | None, fail_on_regression: bool, audit: bool, split_folder: Path | None, **given: Any
) -> int:
    """Show what results files come to, and write them in other formats; a PATH of - is standard output.

    FILE is what --json wrote: of verify, oracle, selftest, theorems, replay, or of checks of code. Several files must be
    shards of one run. With --audit it may also be a page, or the folder of --split.
    """
    from backproof.verify.commands.documents.asked import ReportOptions
    from backproof.verify.commands.documents.audited import run_audit
    from backproof.verify.commands.documents.report import run_report
    from backproof.verify.commands.documents.targets import claimed_targets

    if fail_on_regression and baseline is None:
        raise click.UsageError("--fail-on-regression compares with --baseline FILE; give one")
    asked = {**{name: given.pop(name) for name in KINDS}, "split": split_folder}
    if (badge := asked["badge"]) is not None and badge != STDOUT and badge.suffix.lower() not in BADGES:
        raise click.BadParameter(f"a badge is called *{' or *'.join(BADGES)}; found {str(badge)!r}", param_hint="--badge")
    if audit and (baseline is not None or any(path is not None for name, path in asked.items() if name != "json")):
        raise click.UsageError("--audit derives numbers again and writes nothing but --json; give the other options without it")
    read = files if baseline is None else (*files, baseline)
    targets = claimed_targets(asked, read)
    if audit:
        return run_audit(files, targets, options_of(ReportOptions, {"files": files, **given}).output)
    return run_report(options_of(partial(ReportOptions, files, targets, baseline, fail_on_regression), given))
