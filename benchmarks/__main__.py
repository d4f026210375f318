"""The command line of the benchmarks: `python -m benchmarks [NAME…] [--quick] [--out FILE]`, from the root of a checkout.

Exit codes: 0 measured, 1 two sides of a benchmark disagree, 2 interrupted, 3 a file could not be written, 4 usage error, 5 nothing measured.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import click

MEASURED, DISAGREE, INTERRUPTED, INTERNAL, USAGE, NOTHING = range(6)


def _file(context: click.Context, parameter: click.Parameter, values: tuple[Path, ...]) -> tuple[Path, ...]:
    for value in values:
        if value.suffix not in (".json", ".md"):
            raise click.BadParameter(f"{str(value)!r}: write results to a .json file, tables to a .md file", context, parameter)
        if value.is_dir() or not value.resolve().parent.is_dir():
            problem = "is a folder" if value.is_dir() else f"the folder {str(value.parent)!r} does not exist"
            raise click.BadParameter(f"cannot write {str(value)!r}: {problem}", context, parameter)
    return values


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--quick", is_flag=True, help="Small sizes and few rounds: to see that everything runs, not for figures.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    multiple=True,
    callback=_file,
    help="Write the results (.json) or the tables (.md); may be repeated.",
)
def benchmarks(names: tuple[str, ...], quick: bool, out: tuple[Path, ...]) -> int:
    """Measure, and print the tables; all but fuzz, scale, independent, real-code, million, mutants, twenty-seconds, pages,
    audit and audit-in-browser without a NAME.

    The names are path-sums, engines, cost-by-part, growth, campaigns, blame, rounding, alarms, other-engines, containment,
    certificates, frontier, scoreboard, fuzz, scale, independent, real-code, million, mutants,
    twenty-seconds, pages, audit and audit-in-browser.
    """
    from benchmarks.measure import Disagreement
    from benchmarks.suite import MODULES, NAMES, run
    from benchmarks.table import render

    for name in names:
        if name not in MODULES:
            raise click.BadParameter(f"unknown benchmark {name!r}; known: {', '.join(MODULES)}", param_hint="NAME")
    try:
        document = run(names or NAMES, quick, lambda result: click.echo(f"{result.name}: done", err=True))
    except Disagreement as problem:
        click.echo(f"Two sides disagree: {problem}", err=True)
        return DISAGREE
    text = render(document)
    click.echo(text, nl=False)
    try:
        for file in out:
            file.write_text(text if file.suffix == ".md" else json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        click.echo(f"Cannot write {error.filename!r}: {error.strerror}", err=True)
        return INTERNAL
    return MEASURED if any(result["tables"] for result in document["results"]) else NOTHING


def main(arguments: list[str] | None = None) -> int:
    """Run one command line and return its exit code."""
    for name in (
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "OMP_NUM_THREADS",
    ):  # small matrices gain nothing from threads, and times become unsteady
        os.environ.setdefault(name, "1")
    try:
        result = benchmarks.main(arguments, prog_name="python -m benchmarks", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (click.Abort, KeyboardInterrupt):
        click.echo("Interrupted: nothing was written.", err=True)
        return INTERRUPTED
    except click.ClickException as error:
        error.show()
        return USAGE
    return result if isinstance(result, int) else MEASURED


if __name__ == "__main__":
    sys.exit(main())
