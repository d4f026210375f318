"""The command line: `backproof verify`, `replay`, `theorems`, `oracle`, `selftest`, `report` and `limits`. `python -m
backproof.verify` is the same.

Data go to stdout, progress to stderr; the exit codes are those of `commands/exit_codes.py`. A command makes one frozen
value of its options (`commands/options.py`) and hands it on; nothing heavy is imported before that.

>>> run_command(["verify", "--cases", "many"])  # said on stderr: 'many' is not a valid integer
4
"""

from __future__ import annotations

import os
import sys
import threading
from typing import Any

import click
from click.shell_completion import CompletionItem

from backproof.reports.streams import ready_streams, stdout_failure
from backproof.reports.terminal import tell
from backproof.verify.at_work import forget
from backproof.verify.commands.documents.typed import report
from backproof.verify.commands.exit_codes import HOLDS, INTERNAL, INTERRUPTED, USAGE
from backproof.verify.commands.guide.typed import completion, doctor, explain, listed
from backproof.verify.commands.options import LimitsOptions, OracleOptions, ReplayOptions, SelftestOptions, VerifyOptions
from backproof.verify.commands.outputs import options_of, writable
from backproof.verify.commands.parameters import (
    ALLOW,
    CASES,
    COUNT,
    FILE,
    FROM,
    HTML,
    JOBS,
    JSON,
    MAX_PATHS,
    SCHEDULER,
    SECONDS,
    SEED,
    SETTINGS,
    SHARD,
    SHOWN,
    WITNESSES,
    size_in_bytes,
    split,
)
from backproof.verify.commands.proving.typed import derivation, prove, theorems
from backproof.verify.commands.signals import ended_by_signals, interrupted
from backproof.verify.results.settings import MANY_CASES


class Commands(click.Group):
    """Commands of one word or of two (`theorems prove`): two are tried first."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        command = self.get_command(ctx, " ".join(args[:2]))
        return super().resolve_command(ctx, args) if command is None else (command.name, command, args[2:])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        return [item for item in super().shell_complete(ctx, incomplete) if " " not in item.value]


EXAMPLES = """\b
Examples:
  backproof verify
  backproof verify --cases 2000 --seed 7 --html report.html
  backproof replay case.json
  backproof theorems path-sum
  backproof selftest
  backproof oracle my_engine:make --functions add,multiply,tanh --scalars
  backproof explain INACCURATE
"""


@click.group(cls=Commands, epilog=EXAMPLES, context_settings=SETTINGS)
@click.version_option(package_name="backproof")
def backproof() -> None:
    """Verify backpropagation on computational graphs: backward pass = path sum = differences."""
    # Small matrices gain nothing from BLAS threads, and worker processes would fight over the cores.
    for name in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
        os.environ.setdefault(name, "1")


@backproof.command(short_help="Run the suite (the main job).")
@CASES
@SEED
@MAX_PATHS
@click.option(
    "--digits", type=click.IntRange(15, 500), default=VerifyOptions.digits, help="Certified digits, and digits of the differences."
)
@click.option(
    "--dtype",
    "dtypes",
    type=click.Choice(["float64", "float32", "float16", "bfloat16"]),
    multiple=True,
    default=VerifyOptions.dtypes,
    help="Hardware numbers whose adjoints must lie within the rounding bound; may be given more than once.",
)
@click.option(
    "--differences",
    type=WITNESSES,
    default=None,
    help="The cases on which differences are taken too: all of them (along three random directions above 64 leaf entries or vertices), "
    f"or the small ones and a sample.  [default: all of up to {MANY_CASES:,} random graphs, else sample]",
)
@JOBS
@SCHEDULER
@SHARD
@ALLOW
@JSON
@HTML
@click.option("--times", is_flag=True, help="Measure the processor time of each part; the results then change from run to run.")
@click.option("--resume", "resume_file", type=FILE, help="Go on from the .jsonl file that an interrupted run with --json left.")
@SHOWN
def verify(**given: Any) -> int:
    """Run the suite: the lecture's examples, its network on handwritten digits, and random graphs.

    Every case is checked three ways: the backward pass against the sum over all paths (exactly over the rationals, in
    balls, within a rounding bound in float64), the path sum against enclosures of the derivative that come from
    function values alone (and against high-precision differences), and the floats against the certified derivative,
    within a computed rounding bound.
    """
    from backproof.verify.commands.verify import run_verify

    return run_verify(options_of(VerifyOptions, given, keeps_lines=True))


@backproof.command(short_help="Run one case again.")
@click.argument("case")
@click.option("--seed", type=COUNT, default=0, help="Chooses leaf values for a file that holds a graph only.")
@click.option(
    "--timeout", type=SECONDS, default=None, help="Seconds of wall clock after which the case is INCONCLUSIVE (time).  [default: 5]"
)
@FROM
@MAX_PATHS
@click.option(
    "--differences",
    type=WITNESSES,
    default=ReplayOptions.differences,
    help="all: along three random directions above 64 leaf entries or vertices, as in a run on all cases; sample: entry by entry always.",
)
@click.option("--allow-inconclusive", is_flag=True, help="An inconclusive verdict does not fail the run.")
@JSON
@HTML
@SHOWN
def replay(**given: Any) -> int:
    """Run one case again and print its three-way table.

    CASE is a line that starts with backproof1:, a JSON file that holds a case or a graph, or, with --from r.json, the id
    of a case of that results file.
    """
    from backproof.verify.commands.replay import run_replay

    return run_replay(options_of(ReplayOptions, given))


@backproof.command(short_help="Run wrong engines and verifiers: all are caught.")
@click.option(
    "--graded",
    is_flag=True,
    help="Plant faults of known sizes instead: 0.99, 1.01, 2 and 10 times the bound of every comparison, and one of each kind that has no "
    "bound. Half a minute.",
)
@click.option("--seed", type=COUNT, default=0, help="The same seed tries the same graphs.")
@JOBS
@click.option("--json", "json_file", type=FILE, callback=writable, help="Write the results document with the kill matrix, or the table.")
@HTML
@SHOWN
def selftest(**given: Any) -> int:
    """Run every wrong engine and every wrong verifier: each must be caught by a check that names an unequal value.

    The right engine is tried on the same graphs, and must never be flagged. With --graded the judge is tried near each
    of its bounds: what lies beyond is caught by the check that is named, what lies within passes, and what no check here
    can tell from a right one is listed with the smallest that is caught.
    """
    options = options_of(SelftestOptions, given)
    if options.graded:
        from backproof.verify.commands.graded import run_graded

        return run_graded(options)
    from backproof.verify.commands.selftest import run_selftest_command

    return run_selftest_command(options)


@backproof.command(short_help="Put another engine on trial.")
@click.argument("target")
@click.option(
    "--case", "case", default=None, help="Try one case only: a line that starts with backproof1:, a JSON file, or an id with --from."
)
@FROM
@CASES
@SEED
@click.option(
    "--functions",
    multiple=True,
    callback=split,
    help="The functions that the engine has, with commas between them; random graphs use no others.  [default: the whole table]",
)
@click.option("--scalars", is_flag=True, help="The engine has scalars only: every leaf is one.")
@click.option(
    "--jobs", type=click.IntRange(min=1), default=OracleOptions.jobs, help="Processes of the engine; each gets a part of the cases."
)
@click.option("--timeout", type=SECONDS, default=None, help="Seconds of wall clock that one call may take.  [default: 10]")
@click.option(
    "--memory",
    callback=size_in_bytes,
    default=None,
    metavar="SIZE",
    help="Memory that the engine may take beyond what it holds once loaded.  [default: 2GB]",
)
@click.option("--in-process", is_flag=True, help="Run the engine in this process, for debugging: nothing limits it there.")
@SHARD
@ALLOW
@click.option("--allow-nondeterminism", is_flag=True, help="Answers may change between two calls, within the bound.")
@JSON
@HTML
@SHOWN
def oracle(**given: Any) -> int:
    """Put another engine on trial: its adjoints must be the certified derivatives, within the rounding bound of
    float64.

    TARGET is package.module:factory, a function without arguments that returns engine(graph, leaves, cotangent), which
    returns the adjoints of the leaves, or of all vertices, by number. It may lie in the current folder.
    """
    if given["case"] is not None and given["shard"] is not None:
        raise click.UsageError("--case tries one case, --shard a share of all; leave one out")
    from backproof.verify.commands.oracle import run_oracle

    return run_oracle(options_of(OracleOptions, given))


@backproof.command(short_help="Print what is refused as too large, and why.")
@JSON
@SHOWN
def limits(**given: Any) -> int:
    """Print every limit: what it limits, why it is that number, what happens beyond it, and what this system cannot
    enforce.
    """
    from backproof.verify.commands.limits import run_limits

    return run_limits(options_of(LimitsOptions, given))


for command in (theorems, prove, derivation, report, listed, explain, doctor, completion):
    backproof.add_command(command)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and end the process with its exit code, whatever a library would have chosen."""
    ready_streams()
    sys.unraisablehook = threading.excepthook = _ignored
    with ended_by_signals():
        code = run_command(sys.argv[1:] if arguments is None else arguments)
    sys.exit(code)


def _ignored(raised: Any) -> None:
    """What is raised where nobody can catch it (in a thread, while an object or the process ends) is a line."""
    tell(f"backproof: ignored: {getattr(raised.exc_type, '__name__', 'an exception')} in a thread, or at the end of an object")


def run_command(arguments: list[str]) -> int:
    """Run one command line and return its exit code; without arguments, print the help. It raises nothing.

    >>> run_command(["veryfy"])  # said on stderr: No such command 'veryfy'
    4
    """
    try:
        code = _run(arguments)
    except KeyboardInterrupt:
        tell("Interrupted.")
        return INTERRUPTED
    except BaseException as error:
        return _unforeseen(error, arguments)
    failure = stdout_failure()
    if failure is not None and code != INTERNAL:
        tell(f"Cannot write standard output: {failure.strerror}")
        return INTERNAL
    return code


def _run(arguments: list[str]) -> int:
    """What click makes of the command line, and the exit codes of what it refuses. Its `main` is for shells that ask
    for completions only: it makes exit code 1 of a reader that has gone away.
    """
    forget()
    try:
        if "_BACKPROOF_COMPLETE" in os.environ:
            return HOLDS if backproof.main(arguments, prog_name="backproof", standalone_mode=False) in (None, 0) else USAGE
        with backproof.make_context("backproof", arguments or ["--help"]) as context:
            result = backproof.invoke(context)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        if isinstance(error, click.UsageError) and error.ctx is not None:
            for line in error.ctx.get_usage().splitlines():
                tell(line)
            tell(f"Try '{error.ctx.command_path} --help' for help.")
        tell(f"Error: {error.format_message()}")
        return USAGE
    except SystemExit as stop:
        if "_BACKPROOF_COMPLETE" in os.environ:
            return HOLDS if stop.code in (None, 0) else USAGE
        raise
    return result if isinstance(result, int) else HOLDS


def _unforeseen(error: BaseException, arguments: list[str]) -> int:
    """The last resort, and what is left to say where even that fails (no memory, a broken installation)."""
    if interrupted():  # an import that is interrupted ends in an ImportError
        tell("Interrupted.")
        return INTERRUPTED
    try:
        from backproof.verify.commands.last_resort import last_resort

        return last_resort(error, arguments)
    except BaseException as second:
        tell(f"backproof: internal error: {type(error).__name__}, and {type(second).__name__} while it was described")
        return INTERNAL
