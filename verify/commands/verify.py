"""What `backproof verify` does: run the cases, show progress, print the summary, write the results and the report.

Ctrl-C and SIGTERM stop the workers and keep what is finished: the results file and the report are written, say that the
run was interrupted, and how to go on. A case on which the suite fails is named, and the others go on.

>>> settings_of(VerifyOptions(cases=20, digits=60)).command
'backproof verify --cases 20 --seed 0 --digits 60'
>>> run_verify(VerifyOptions(resume_file=Path("nowhere.jsonl")))  # said on stderr: cannot resume from 'nowhere.jsonl'
4
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from backproof.engine import FLOAT64, DomainError
from backproof.reports.document import Record
from backproof.reports.progress import progress
from backproof.reports.terminal import print_case_line, say, tell, tell_whole
from backproof.reports.text import counted
from backproof.verify.blame.diagnosis import diagnose
from backproof.verify.campaign.cluster import ClusterError, place
from backproof.verify.campaign.lines_file import LinesFile, LinesTaken, lines_file
from backproof.verify.campaign.run import CaseCrash, available_cores, run_suite
from backproof.verify.campaign.smallest import representative, smallest
from backproof.verify.campaign.workplace import Trouble, Workplace
from backproof.verify.cases.case import Case
from backproof.verify.cases.named import named_cases
from backproof.verify.cases.replay import case_id, from_replay_id
from backproof.verify.commands.exit_codes import INTERNAL, INTERRUPTED, USAGE
from backproof.verify.commands.options import QUICK_SIZE, VerifyOptions
from backproof.verify.commands.outputs import lines_path
from backproof.verify.commands.session import finish, give_up, stoppable, unwritable
from backproof.verify.proofs.exhaustive import check_all
from backproof.verify.results.derivations import derivation_records
from backproof.verify.results.document import results_document
from backproof.verify.results.faults import fault_of_routes
from backproof.verify.results.lines import LinesError, OtherCases, damaged_words, header
from backproof.verify.results.settings import NotRun, Settings, differences_of, verify_command
from backproof.verify.results.shard import LARGEST, too_large
from backproof.verify.results.tally import Tally
from backproof.verify.results.whole import shard_record
from backproof.verify.three_way.check import CaseResult, check_case
from backproof.verify.three_way.definition import is_small
from backproof.verify.three_way.routes import Routes

OF_THE_WHOLE = "every small graph, the derivations, the smallest failure and empty cells: they are decided when all shards are merged"
NAMED_CRASHES = 20  # cases on which the suite failed that are named; chosen: one cause has shown by then
LONGEST_WORDS = 300  # characters of what the suite raised; chosen: two lines


@dataclass
class Campaign:
    """What became of a run so far: the sums, the cases on which the suite failed, what could not be written, and what
    became of the workers.
    """

    named: Sequence[Case]
    planned: int
    tally: Tally = field(default_factory=Tally)
    crashes: list[CaseCrash] = field(default_factory=list)
    unwritten: OSError | None = None
    trouble: Trouble | None = None

    @property
    def left(self) -> int:
        """How many cases were neither run nor crashed."""
        return self.planned - self.tally.total - len(self.crashes)

    def name(self, place: int) -> str:
        """The name of the case of this place."""
        return self.named[place].name if place < len(self.named) else f"random {place - len(self.named)}"


def run_verify(options: VerifyOptions, routes: Routes | None = None) -> int:
    """Run the suite and return the exit code; `routes` puts a wrong route in the place of a right one (for tests)."""
    settings, target = settings_of(options), _target(options)
    if options.scheduler is not None and options.jobs is not None:
        return give_up("backproof verify: --jobs are processes of this machine, --scheduler has its own; leave one out")
    with stoppable() as stop, ExitStack() as stack:
        named, missing = named_cases(options.seed)
        run = header(settings, [(case_id(case), case.name) for case in named])
        places = len(named) + options.cases
        campaign = Campaign(
            named, places if options.shard is None else options.shard.count(places), Tally(keeps_all=options.shard is not None)
        )
        if options.shard is not None and campaign.planned > LARGEST:
            return give_up(f"backproof verify: {too_large(options.shard, places)}")
        try:
            where = stack.enter_context(place(_jobs(options, routes), options.scheduler))
            lines = stack.enter_context(lines_file(target, options.resume_file, run, campaign.tally.add))
        except ClusterError as error:
            return give_up(f"backproof verify: {error}")
        except LinesTaken as error:
            return give_up(f"backproof verify: cannot write {str(target)!r}: {error}")
        except LinesError as error:
            words = f"; {missing[0]}" if missing and isinstance(error, OtherCases) else ""
            return give_up(f"backproof verify: cannot resume from {str(options.resume_file)!r}: {error}{words}")
        except OSError as error:
            return unwritable(error)
        return _run(options, settings, campaign, missing, routes, lines, where, stop)


def _run(
    options: VerifyOptions,
    settings: Settings,
    campaign: Campaign,
    missing: Sequence[str],
    routes: Routes | None,
    lines: LinesFile,
    where: Workplace,
    stop: Callable[[], bool],
) -> int:
    """Check what is left, write the results, and say what is missing."""
    if lines.damaged:
        tell(damaged_words(lines.damaged))
    if not options.output.quiet:
        _announce(options, len(campaign.named), where, campaign.tally.total)
    _check_the_rest(options, settings, campaign, where, routes, lines, stop)
    campaign.trouble = where.trouble() if campaign.left else None
    code = INTERNAL if campaign.crashes or campaign.unwritten else None
    make = whole_results if settings.shard is None else _shard_results
    results = make(settings, campaign, missing, routes, stop)
    code = finish(results, options.output, code=code)
    _say_what_is_missing(options, settings, campaign, results["run"]["interrupted"])
    if code not in (INTERNAL, INTERRUPTED):
        with suppress(OSError):  # the file then merely does not say that nothing is left to do
            lines.finish()
    return USAGE if campaign.trouble is not None and campaign.trouble.refused else code


def _jobs(options: VerifyOptions, routes: Routes | None) -> int:
    """How many processes of this machine."""
    return 1 if routes is not None else min(options.jobs or available_cores(), max(1, options.cases))


def _target(options: VerifyOptions) -> Path | None:
    """Where finished cases go: beside the results file, if there is one."""
    file = options.output.json_file
    return None if file is None or str(file) == "-" else lines_path(file)


def settings_of(options: VerifyOptions) -> Settings:
    """What the results say was asked for; the command line in it gives the same results again."""
    settings = Settings(
        "",
        options.seed,
        options.cases,
        options.max_paths,
        options.digits,
        options.allow_inconclusive,
        tuple(dict.fromkeys(options.dtypes)),
        differences=differences_of(options.cases, options.differences),
        shard=options.shard,
    )
    return replace(settings, command=verify_command(settings))


def _announce(options: VerifyOptions, named: int, where: Workplace, finished: int) -> None:
    processes = f"{where.jobs} process{'es' if where.jobs > 1 else ''}"
    if where.cores is not None:
        processes = f"{where.cores} worker{'s' if where.cores > 1 else ''} of {options.scheduler}"
    part = (
        ""
        if options.shard is None
        else f"shard {options.shard.number} of {options.shard.of}, {options.shard.count(named + options.cases):,} of "
    )
    say(f"seed {options.seed}: {part}{counted(named, 'named case')} and {counted(options.cases, 'random graph')}, {processes}")
    if finished:
        say(f"{counted(finished, 'case was', 'cases were')} finished before")


def _check_the_rest(
    options: VerifyOptions,
    settings: Settings,
    campaign: Campaign,
    where: Workplace,
    routes: Routes | None,
    lines: LinesFile,
    stop: Callable[[], bool],
) -> None:
    """Check the cases that are not in the tally yet, and add them to it and to the lines file as they finish, until
    that cannot be written.
    """
    output, tally, shard = options.output, campaign.tally, options.shard

    def skip(place: int) -> bool:
        return tally.done(place) or (shard is not None and not shard.has(place))

    with (
        progress(campaign.left, output.silent) as advance,
        closing(
            run_suite(
                *(settings, campaign.named, where.jobs, routes, skip, where.over(stop)),
                executor=where.workers,
                died=where.died,
                cores=where.cores,
                times=options.times,
            )
        ) as outcomes,
    ):
        for found in outcomes:
            advance()
            if isinstance(found, CaseCrash):
                campaign.crashes.append(found)
                continue
            try:
                lines.write(found.place, found.record)
            except OSError as error:
                campaign.unwritten = error
                return
            tally.add(found.place, found.record)
            if output.verbose:
                print_case_line(found.record, output.no_color)


def whole_results(
    settings: Settings, campaign: Campaign, missing: Sequence[str], routes: Routes | None, stop: Callable[[], bool] = lambda: False
) -> Record:
    """The results document of all cases. Every small graph, the derivations and the smallest failure belong to a run that
    nobody stopped.
    """
    tally = campaign.tally
    cut = campaign.left > 0 or stop()
    exhausted = tuple(check_all(QUICK_SIZE, (routes or Routes()).backward)) if tally.total and not cut else ()
    derivations = derivation_records(routes) if tally.total and not cut else ()
    small = None if cut else smallest_failure(tally, routes, stop)
    cut = cut or stop()
    results = results_document(settings, tally, missing, cut, exhausted, derivations, planned=campaign.planned, not_run=_not_run(campaign))
    return {**results, "smallest": small}


def _shard_results(
    settings: Settings, campaign: Campaign, missing: Sequence[str], routes: Routes | None, stop: Callable[[], bool]
) -> Record:
    """The results document of a share of the cases: what depends on all of them is left to the whole."""
    cut = campaign.left > 0 or stop()
    left = [*missing, OF_THE_WHOLE]
    results = results_document(settings, campaign.tally, left, cut, planned=campaign.planned, not_run=_not_run(campaign))
    crashed = [
        {"place": crash.place, "replay": crash.replay, "words": _last_line(crash), "deaths": crash.deaths} for crash in campaign.crashes
    ]
    command, planned = verify_command(replace(settings, shard=None)), len(campaign.named) + settings.cases
    rest = _not_run(replace(campaign, crashes=[]))
    return {
        **results,
        "smallest": None,
        "shard": shard_record(settings, command, planned, campaign.named, campaign.tally, missing, crashed, rest),
    }


def _not_run(campaign: Campaign) -> list[NotRun]:
    """What was planned and is not in the results, and why."""
    named, more = campaign.crashes[:NAMED_CRASHES], campaign.crashes[NAMED_CRASHES:]
    why = "the run was interrupted" if campaign.unwritten is None else f"the lines file cannot be written: {campaign.unwritten.strerror}"
    why = why if campaign.trouble is None else campaign.trouble.words
    return [
        *(NotRun(f"the suite failed on {campaign.name(crash.place)} ({_last_line(crash)}): {crash.replay}", 1) for crash in named),
        NotRun("the suite failed on them, too", len(more)),
        NotRun(why, campaign.left),
    ]


def _last_line(crash: CaseCrash) -> str:
    return crash.words.strip().rpartition("\n")[2][:LONGEST_WORDS]


def _say_what_is_missing(options: VerifyOptions, settings: Settings, campaign: Campaign, cut: bool) -> None:
    """On stderr: the cases on which the suite failed, with their replay lines, and how to go on with what is left."""
    for crash in campaign.crashes[:NAMED_CRASHES]:
        words = _last_line(crash) if crash.deaths else f"{_last_line(crash)} (-v shows where)"
        words = crash.words.strip() if options.output.verbose else words
        tell(f"Internal error. Please report it with this case, {campaign.name(crash.place)}: {words}")
        tell_whole(f"  {crash.replay}")
    if campaign.unwritten is not None:
        unwritable(campaign.unwritten)
    if campaign.trouble is not None:
        tell(f"backproof verify: {campaign.trouble.words}")
    if cut:
        json_file = options.output.json_file
        how = "with --json FILE finished cases are kept, and --resume goes on from them"
        if json_file is not None:
            name = options.output.named(json_file)
            how = f"go on with {settings.command} --json {shlex.quote(name)} --resume {shlex.quote(str(lines_path(Path(name))))}"
        begun = "Interrupted" if campaign.unwritten is None else "Stopped"
        tell_whole(f"{begun}: {campaign.tally.total:,} of {counted(campaign.planned, 'case')} are done; {how}")


def smallest_failure(tally: Tally, routes: Routes | None, stop: Callable[[], bool]) -> Record | None:
    """A failing case made small, a random one where there is one; None if there is none, or it does not fail again."""
    records = tally.records()
    drawn = [record for record in records if record["group"] == "random" and record["verdict"] != "CORRECT"]
    chosen = representative(drawn or records, tally.causes(), partial(fault_of_routes, routes=routes or Routes()))
    if chosen is None:
        return None
    record, explained = chosen
    check = partial(_checked_again, routes=routes)
    diagnose = partial(_diagnosis, routes=routes or Routes())
    return smallest(check(from_replay_id(record["replay"])), check, diagnose, stop=stop, explained=explained)


def _checked_again(case: Case, routes: Routes | None) -> CaseResult:
    """A case as a run checks it that leaves nothing out."""
    return check_case(case, routes, definition=is_small(case))


def _diagnosis(result: CaseResult, routes: Routes) -> str | None:
    """What blame says of the adjoints on this case; None where it has nothing to go by."""
    try:
        return diagnose(result.case, routes, FLOAT64).sentence
    except (ValueError, DomainError):
        return None
