"""What `backproof verify` does: run the cases, show progress, print the summary, write the results and the report.

Ctrl-C stops the workers and keeps what is finished: the results file and the report are written and say that the run
was interrupted.

>>> settings_of(VerifyOptions(cases=20, digits=60)).command
'backproof verify --cases 20 --seed 0 --digits 60'
>>> run_verify(VerifyOptions(resume_file=Path("nowhere.jsonl")))  # said on stderr: cannot resume from 'nowhere.jsonl'
4
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import click

from backproof.engine import FLOAT64, DomainError
from backproof.reports.document import Record
from backproof.reports.terminal import print_case_line, progress
from backproof.verify.blame.diagnosis import diagnose
from backproof.verify.campaign.run import CaseCrash, available_cores, run_suite
from backproof.verify.campaign.smallest import smallest
from backproof.verify.cases.case import Case
from backproof.verify.cases.named import named_cases
from backproof.verify.cases.replay import from_replay_id
from backproof.verify.commands.exit_codes import INTERNAL
from backproof.verify.commands.options import QUICK_SIZE, VerifyOptions
from backproof.verify.commands.session import finish, give_up, stoppable, unwritable
from backproof.verify.numbers.precision import DIGITS
from backproof.verify.proofs.exhaustive import check_all
from backproof.verify.results.derivations import derivation_records
from backproof.verify.results.document import results_document
from backproof.verify.results.lines import LinesError, lines_path, read_lines, write_header, write_line
from backproof.verify.results.settings import DTYPES, LISTED_PATHS, Settings
from backproof.verify.results.tally import Tally
from backproof.verify.three_way.check import CaseResult, check_case
from backproof.verify.three_way.routes import Routes


def run_verify(options: VerifyOptions, routes: Routes | None = None) -> int:
    """Run the suite and return the exit code; `routes` puts a wrong route in the place of a right one (for tests)."""
    settings, tally = settings_of(options), Tally()
    named, missing = named_cases(options.seed)
    try:
        for place, record in _finished_before(options.resume_file, settings):
            if not tally.done(place):
                tally.add(place, record)
    except (LinesError, OSError) as error:
        return give_up(f"backproof verify: cannot resume from {str(options.resume_file)!r}: {error}")
    workers = 1 if routes is not None else min(options.jobs or available_cores(), max(1, options.cases))
    if not options.output.quiet:
        _announce(options, len(named), workers, tally.total)
    try:
        _check_the_rest(options, settings, named, workers, routes, tally)
    except CaseCrash as error:
        return give_up(f"Internal error. Please report it with this case:\n{error}", INTERNAL)
    except OSError as error:
        return unwritable(error)
    interrupted = tally.total < len(named) + options.cases
    results = _results(settings, tally, missing, interrupted, routes)
    return finish({**results, "smallest": _smallest(tally, routes)}, options.output)


def settings_of(options: VerifyOptions) -> Settings:
    """What the results say was asked for; the command line in it gives the same results again."""
    dtypes = tuple(dict.fromkeys(options.dtypes))
    command = (
        f"backproof verify --cases {options.cases} --seed {options.seed}",
        f" --max-paths {options.max_paths}" * (options.max_paths != LISTED_PATHS),
        " --allow-inconclusive" * options.allow_inconclusive,
        f" --digits {options.digits}" * (options.digits != DIGITS),
        *(f" --dtype {name}" for name in dtypes if dtypes != DTYPES),
    )
    return Settings("".join(command), options.seed, options.cases, options.max_paths, options.digits, options.allow_inconclusive, dtypes)


def _announce(options: VerifyOptions, named: int, workers: int, finished: int) -> None:
    processes = f"{workers} process{'es' if workers > 1 else ''}"
    click.echo(f"seed {options.seed}: {named} named cases and {options.cases:,} random graphs, {processes}")
    if finished:
        click.echo(f"{finished:,} cases were finished before")


def _check_the_rest(
    options: VerifyOptions, settings: Settings, named: Sequence[Case], workers: int, routes: Routes | None, tally: Tally
) -> None:
    """Check the cases that are not in the tally yet, and add them to it and to the lines file as they finish."""
    output, left = options.output, len(named) + options.cases - tally.total
    with (
        stoppable() as stop,
        _lines(output.json_file, options.resume_file, settings) as write,
        progress(left, output.quiet or output.verbose) as advance,
    ):
        for place, record in run_suite(settings, named, workers, routes, tally.done, stop):
            write(place, record)
            tally.add(place, record)
            advance()
            if output.verbose:
                print_case_line(record, output.no_color)


def _results(settings: Settings, tally: Tally, missing: Sequence[str], interrupted: bool, routes: Routes | None) -> Record:
    """The results document; every small graph and the derivations belong to a run that was not interrupted."""
    if interrupted or not tally.total:
        return results_document(settings, tally, missing, interrupted)
    exhausted = tuple(check_all(QUICK_SIZE, (routes or Routes()).backward))
    return results_document(settings, tally, missing, interrupted, exhausted, derivation_records(routes))


def _smallest(tally: Tally, routes: Routes | None) -> Record | None:
    """The first failing random case made small; None if there is none, or it does not fail again."""
    failing = (record for record in tally.records() if record["verdict"] != "CORRECT" and record["group"] == "random")
    first = next(failing, None)
    if first is None:
        return None
    check = partial(check_case, routes=routes)
    return smallest(check(from_replay_id(first["replay"])), check, partial(_diagnosis, routes=routes or Routes()))


def _diagnosis(result: CaseResult, routes: Routes) -> str | None:
    """What blame says of the adjoints on this case; None where it has nothing to go by."""
    try:
        return diagnose(result.case, routes, FLOAT64).sentence
    except (ValueError, DomainError):
        return None


def _finished_before(resume_file: Path | None, settings: Settings) -> Iterator[tuple[int, Record]]:
    if resume_file is not None:
        with open(resume_file, encoding="utf-8", newline="\n") as lines:
            yield from read_lines(lines, settings)


@contextmanager
def _lines(json_file: Path | None, resume_file: Path | None, settings: Settings) -> Generator[Callable[[int, Record], None]]:
    """A function that writes one finished case to the lines file beside the results file; what was finished before is
    copied there first.
    """
    if json_file is None:
        yield lambda place, record: None
        return
    target = lines_path(json_file)
    copy = target.with_suffix(".jsonl.part")
    with open(copy, "w", encoding="utf-8", newline="\n") as file:
        write_header(file, settings)
        for place, record in _finished_before(resume_file, settings):
            write_line(file, place, record)
    copy.replace(target)
    with open(target, "a", encoding="utf-8", newline="\n") as file:

        def write(place: int, record: Record) -> None:
            write_line(file, place, record)
            file.flush()

        yield write
