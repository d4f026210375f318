"""What `backproof verify` and `backproof replay` do: run the cases, show progress, print the summary, write the results and the report.

Ctrl-C stops the workers and keeps what is finished: the results file and the report are written and say that the run was interrupted.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from backproof.engine import FLOAT64, DomainError
from backproof.reports.document import Record
from backproof.reports.terminal import print_case_line, progress
from backproof.verify.blame.diagnosis import diagnose
from backproof.verify.campaign.run import CaseCrash, available_cores, run_suite
from backproof.verify.campaign.shrinking import same_failure, shrink
from backproof.verify.cases.case import Case
from backproof.verify.cases.named import named_cases
from backproof.verify.cases.replay import from_replay_id, regression_test
from backproof.verify.commands.exit_codes import INTERNAL, USAGE
from backproof.verify.commands.session import finish, stoppable
from backproof.verify.numbers.precision import DIGITS
from backproof.verify.proofs.exhaustive import check_all
from backproof.verify.results.case_record import case_record, with_open_findings
from backproof.verify.results.derivations import derivation_records
from backproof.verify.results.document import results_document
from backproof.verify.results.lines import LinesError, lines_path, read_lines, write_header, write_line
from backproof.verify.results.settings import DTYPES, LISTED_PATHS, Settings
from backproof.verify.results.tally import Tally
from backproof.verify.three_way.check import check_case
from backproof.verify.three_way.routes import Routes

SHRINK_LIMIT = 500
EXHAUSTIVE_SIZE = 5


def run_verify(
    cases: int,
    seed: int,
    max_paths: int,
    jobs: int | None,
    allow_inconclusive: bool,
    json_file: Path | None,
    html_file: Path | None,
    resume_file: Path | None,
    quiet: bool,
    verbose: bool,
    no_color: bool,
    digits: int = DIGITS,
    dtypes: tuple[str, ...] = DTYPES,
    routes: Routes | None = None,
) -> int:
    """Run the suite and return the exit code; `routes` puts a wrong route in the place of a right one (for tests)."""
    command = (
        f"backproof verify --cases {cases} --seed {seed}"
        + f" --max-paths {max_paths}" * (max_paths != LISTED_PATHS)
        + " --allow-inconclusive" * allow_inconclusive
    )
    chosen = tuple(dict.fromkeys(dtypes))
    command += f" --digits {digits}" * (digits != DIGITS) + "".join(f" --dtype {name}" for name in chosen if chosen != DTYPES)
    settings = Settings(command, seed, cases, max_paths, digits, allow_inconclusive, chosen)
    workers = 1 if routes is not None else min(jobs or available_cores(), max(1, cases))
    tally = Tally()
    named, missing = named_cases(seed)
    try:
        for place, record in _finished_before(resume_file, settings):
            if not tally.done(place):
                tally.add(place, record)
    except (LinesError, OSError) as error:
        click.echo(f"backproof verify: cannot resume from {str(resume_file)!r}: {error}", err=True)
        return USAGE
    if not quiet:
        click.echo(f"seed {seed}: {len(named)} named cases and {cases:,} random graphs, {workers} process{'es' if workers > 1 else ''}")
        if tally.total:
            click.echo(f"{tally.total:,} cases were finished before")
    try:
        with (
            stoppable() as stop,
            _lines(json_file, resume_file, settings) as write,
            progress(len(named) + cases - tally.total, quiet or verbose) as advance,
        ):
            for place, record in run_suite(settings, named, workers, routes, tally.done, stop):
                write(place, record)
                tally.add(place, record)
                advance()
                if verbose:
                    print_case_line(record, no_color)
    except CaseCrash as error:
        click.echo(f"Internal error. Please report it with this case:\n{error}", err=True)
        return INTERNAL
    except OSError as error:
        click.echo(f"Cannot write {error.filename!r}: {error.strerror}", err=True)
        return INTERNAL
    interrupted = tally.total < len(named) + cases
    unfinished = interrupted or not tally.total
    exhausted = () if unfinished else tuple(check_all(EXHAUSTIVE_SIZE, (routes or Routes()).backward))
    derivations = () if unfinished else derivation_records(routes)
    results = results_document(settings, tally, missing, interrupted, exhausted, derivations)
    return finish({**results, "smallest": _smallest(tally, routes)}, json_file, html_file, quiet, no_color)


def _smallest(tally: Tally, routes: Routes | None) -> Record | None:
    """The first failing random case made small, with a test to paste; None if there is none, or it does not fail again."""
    failing = [record for record in tally.records() if record["verdict"] != "CORRECT" and record["group"] == "random"]
    if not failing:
        return None
    case = from_replay_id(failing[0]["replay"])
    try:
        small = shrink(case, same_failure(check_case(case, routes), routes), SHRINK_LIMIT).case
    except ValueError:
        return None
    record = with_open_findings(case_record(check_case(small, routes), with_detail=True))
    return {
        "of": failing[0]["id"],
        "name": case.name,
        "vertices": case.graph.n,
        "case": record,
        "test": regression_test(small),
        "diagnosis": _diagnosis(small, routes or Routes()),
    }


def _diagnosis(case: Case, routes: Routes) -> str | None:
    """What blame says of the adjoints on this case; None where it has nothing to go by."""
    try:
        return diagnose(case, routes, FLOAT64).sentence
    except (ValueError, DomainError):
        return None


def _finished_before(resume_file: Path | None, settings: Settings) -> Iterator[tuple[int, Record]]:
    if resume_file is not None:
        with open(resume_file, encoding="utf-8", newline="\n") as lines:
            yield from read_lines(lines, settings)


@contextmanager
def _lines(json_file: Path | None, resume_file: Path | None, settings: Settings) -> Generator[Callable[[int, Record], None]]:
    """A function that writes one finished case to the lines file beside the results file; what was finished before is copied there first."""
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
