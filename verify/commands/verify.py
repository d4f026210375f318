"""What `backproof verify` and `backproof replay` do: run the cases, show progress, print the summary, write the results and the report.

Ctrl-C stops the workers and keeps what is finished: the results file and the report are written and say that the run was interrupted.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from backproof.engine import FLOAT64, DomainError, GraphError, forward
from backproof.engine.documents import from_document
from backproof.engine.json_text import parse_json
from backproof.reports import save_results, write_html
from backproof.reports.document import Record
from backproof.reports.terminal import print_case_line, print_summary, print_table, progress
from backproof.verify.blame.diagnosis import diagnose
from backproof.verify.campaign.run import CaseCrash, available_cores, named_cases, run_suite
from backproof.verify.campaign.shrinking import regression_test, same_failure, shrink
from backproof.verify.cases.case import PREFIX, Case, CaseError, from_case_document, from_replay_id, make_case
from backproof.verify.commands.main import FAILS, HOLDS, INTERNAL, INTERRUPTED, NOTHING, USAGE
from backproof.verify.derivatives.differences import DIGITS
from backproof.verify.proofs.exhaustive import check_all
from backproof.verify.results.case_detail import LISTED_PATHS
from backproof.verify.results.derivations import derivation_records
from backproof.verify.results.document import DTYPES, Settings, case_record, results_document, with_open_findings
from backproof.verify.results.lines import LinesError, lines_path, read_lines, write_header, write_line
from backproof.verify.results.tally import Tally, tally_of
from backproof.verify.three_way.check import Routes, check_case

ATTEMPTS_AT_LEAVES = 100
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


def run_replay(
    case: str,
    seed: int,
    max_paths: int,
    allow_inconclusive: bool,
    json_file: Path | None,
    html_file: Path | None,
    no_color: bool,
    routes: Routes | None = None,
) -> int:
    """Run one case again, print its three-way table, and return the exit code."""
    try:
        chosen = read_case(case, seed)
    except (CaseError, GraphError, DomainError) as error:
        click.echo(f"backproof replay: {error}", err=True)
        return USAGE
    result = check_case(chosen, routes)
    record = case_record(result, with_detail=True, listed=max_paths)
    settings = Settings("backproof replay", seed, 1, max_paths, DIGITS, allow_inconclusive)
    print_table(record, no_color)
    return finish(results_document(settings, tally_of([{**record, "group": "replay"}]), (), False), json_file, html_file, False, no_color)


def read_case(text: str, seed: int) -> Case:
    """The case that a user names: a replay line, or a JSON file with a case or a graph. CaseError, GraphError or DomainError say what is wrong with it."""
    if text.startswith(PREFIX):
        return from_replay_id(text)
    path = Path(text)
    try:
        raw = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a text file"
        raise CaseError(f"cannot read {text[:200]!r}: {reason}; give a line that starts with {PREFIX} or a JSON file") from None
    try:
        document = parse_json(raw)
        if isinstance(document, dict) and document.get("format") == "backproof-graph":
            return _with_leaves(path.stem, from_document(document), seed)
        return from_case_document(document)
    except (CaseError, GraphError) as error:
        raise CaseError(f"{text}: {error}") from None


def _with_leaves(name: str, graph: Any, seed: int) -> Case:
    """A case from a bare graph: the first random leaf values at which every local function is defined."""
    import numpy as np

    rng = np.random.default_rng(seed)
    problem = ""
    for _ in range(ATTEMPTS_AT_LEAVES):
        leaves = [np.round(rng.uniform(0.25, 2.0, graph.dimension(i)) * 64) / 64 for i in range(1, graph.l + 1)]
        leaves = [np.zeros(1) if graph.is_discrete(i) else value for i, value in enumerate(leaves, start=1)]
        try:
            forward(graph, leaves, FLOAT64)
            return make_case(name, "replay", graph, leaves)
        except DomainError as error:
            problem = str(error)
    raise CaseError(f"no leaf values found at which the graph is defined; write a case with its own. Last: {problem}")


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
