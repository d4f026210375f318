"""The options that several commands have, as click reads them, and how their values are read.

>>> size_in_bytes(click.Context(click.Command("oracle")), click.Option(["--memory"]), "1.5GiB")
1610612736
>>> size_in_bytes(click.Context(click.Command("oracle")), click.Option(["--memory"]), "much")
Traceback (most recent call last):
    ...
click.exceptions.BadParameter: 'much' is no size of at least 64 MB; write 500MB or 2GB, say
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import click

from backproof.verify.commands.options import VerifyOptions
from backproof.verify.commands.outputs import file_name, writable, writable_folder
from backproof.verify.results.settings import ALL, SAMPLE
from backproof.verify.results.shard import Shard, shard_of

Command = TypeVar("Command", bound=Callable[..., Any])

SMALLEST_MEMORY = 64 * 2**20  # bytes that an engine may be limited to; chosen: below, Python itself cannot import

SETTINGS: dict[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 110, "show_default": True}
"""Of every command, whether it is asked below `backproof` or by itself."""
FILE = file_name
SECONDS = click.FloatRange(min=0, min_open=True)
COUNT = click.IntRange(min=0)
CASES = click.option("--cases", type=COUNT, default=VerifyOptions.cases, help="How many random graphs.")
SEED = click.option("--seed", type=COUNT, default=VerifyOptions.seed, help="The same seed gives the same results.")
MAX_PATHS = click.option("--max-paths", type=COUNT, default=VerifyOptions.max_paths, help="Most paths of a pair that the report lists.")
JOBS = click.option("--jobs", type=click.IntRange(min=1), default=None, help="Processes.  [default: the available cores]")
SHARD = click.option(
    "--shard",
    metavar="I/N",
    callback=lambda context, parameter, value: read_shard(context, parameter, value),
    help="Run the I-th of N shares of the cases; `backproof report` puts the --json files of all N together.",
)
SCHEDULER = click.option("--scheduler", metavar="ADDRESS", help="Run on the dask cluster whose scheduler is at ADDRESS, instead of --jobs.")
WITNESSES = click.Choice([ALL, SAMPLE])
FROM = click.option(
    "--from", "results", type=FILE, default=None, metavar="FILE", help="A results file, of which the case is given by its twelve digits."
)
ALLOW = click.option("--allow-inconclusive", is_flag=True, help="Inconclusive cases do not fail the run, up to 1 % of the cases.")
JSON = click.option("--json", "json_file", type=FILE, callback=writable, help="Write the results document; - is standard output.")
PAGE = click.option(
    "--html", "html_file", type=FILE, callback=writable, help="Write the report: one self-contained page; - is standard output."
)
SPLIT = click.option(
    "--split",
    "split_folder",
    type=FILE,
    metavar="DIR",
    callback=writable_folder,
    help="Write the report as a folder of pages, one for each case; DIR is new, empty, or an earlier one.",
)
QUIET = click.option("-q", "--quiet", is_flag=True, help="The verdict and what fails, or the bare answer; no progress.")
VERBOSE = click.option("-v", "--verbose", is_flag=True, help="All there is: every case, step or reason; not with -q.")
NO_PROGRESS = click.option("--no-progress", is_flag=True, help="No progress on standard error.")
NO_COLOR = click.option("--no-color", is_flag=True, help="No colour; NO_COLOR in the environment does the same.")


def HTML(command: Command) -> Command:
    """The options of every command that writes a report."""
    return PAGE(SPLIT(command))


def SHOWN(command: Command) -> Command:
    """The options of every command that say how much is shown."""
    for option in (NO_COLOR, NO_PROGRESS, VERBOSE, QUIET):
        command = option(command)
    return command


def split(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    """Names with commas between them, in their order, each once."""
    return tuple(dict.fromkeys(name.strip() for value in values for name in value.split(",") if name.strip()))


def read_shard(context: click.Context, parameter: click.Parameter, value: str | None) -> Shard | None:
    """The share that I/N names. BadParameter if it names none."""
    try:
        return None if value is None else shard_of(value)
    except ValueError as error:
        raise click.BadParameter(str(error), context, parameter) from None


def size_in_bytes(context: click.Context, parameter: click.Parameter, value: str | None) -> int | None:
    """A number of bytes, with a unit or without: 500MB, 2GB, 1.5GiB; a unit is a power of 1,024."""
    if value is None:
        return None
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?) *([KMGT]?)(?:I?B)?", value.strip().upper())
    size = 0 if found is None else int(float(found[1]) * 1024 ** " KMGT".index(found[2] or " "))
    if size < SMALLEST_MEMORY:
        words = f"{value[:20]!r} is no size of at least {SMALLEST_MEMORY >> 20} MB; write 500MB or 2GB, say"
        raise click.BadParameter(words, context, parameter)
    return size
