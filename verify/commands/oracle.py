"""What `backproof oracle package:factory` does: put somebody else's engine on trial on the suite's cases, and say where
it is wrong.

All cases are those of `backproof verify`, but for those that say nothing of any engine, which are counted; or where the
engine has some functions only, the named ones and random graphs of those. The engine runs in a process of its own
(`engine_oracle.process`), and everything is judged in this one; while one case is judged, the engine works on the next.

>>> chosen, left_out = cases_for(("add", "multiply"), True, seed=0)
>>> [case.name for case in chosen], left_out > 0
(['L11 four vertices'], True)
>>> cases_for(("swish",), False, seed=0)
Traceback (most recent call last):
    ...
ValueError: unknown function 'swish'; known: ...
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain

from backproof.engine import DomainError
from backproof.engine.functions import TABLE
from backproof.engine.limits import LIMITS
from backproof.reports.document import Record
from backproof.reports.progress import progress
from backproof.reports.terminal import print_case_line, print_table, say, tell
from backproof.reports.text import counted
from backproof.verify.at_work import working_on
from backproof.verify.campaign.run import SAMPLING
from backproof.verify.campaign.smallest import Explained, representative, smallest, stand_ins
from backproof.verify.cases.case import Case, CaseError
from backproof.verify.cases.draws import campaign_case, restricted_case
from backproof.verify.cases.named import named_cases
from backproof.verify.cases.reading import read_case
from backproof.verify.cases.replay import from_replay_id
from backproof.verify.commands.options import OracleOptions
from backproof.verify.commands.session import finish, finish_one, give_up, stoppable
from backproof.verify.commands.suggestions import did_you_mean
from backproof.verify.engine_oracle.answers import Answer, Asked, Ending
from backproof.verify.engine_oracle.child import POSSIBLE
from backproof.verify.engine_oracle.crew import Answers, Crew, Fetch, InProcesses, InThisProcess, Stopped, replaying
from backproof.verify.engine_oracle.process import Allowed
from backproof.verify.engine_oracle.supervisor import HAS_MEMORY_LIMITS
from backproof.verify.engine_oracle.target import TargetError, importable_here, load_engine
from backproof.verify.engine_oracle.trial import check_asked, diagnose_engine, nothing_to_tell
from backproof.verify.numbers.precision import DIGITS
from backproof.verify.results.case_record import case_record
from backproof.verify.results.document import results_document
from backproof.verify.results.faults import fault_of_engine, fault_sentence
from backproof.verify.results.listed_case import listed_case
from backproof.verify.results.settings import LISTED_PATHS, NotRun, Settings
from backproof.verify.results.shard import LARGEST, Shard, too_large
from backproof.verify.results.tally import Tally
from backproof.verify.results.whole import shard_record
from backproof.verify.three_way.check import CaseResult
from backproof.verify.three_way.within_limits import within_limits

SHRINKING_SECONDS = 15.0  # of wall clock in which the first failure is made small; chosen: each try may cost a process
NOT_ASKED = "the engine was not asked again: three cases ended by hang, death or memory"
UNDECIDABLE = (
    "they say nothing of any engine: at a kink, outside a domain, or rounding in float64 may change a derivative by a quarter there"
)


def run_oracle(options: OracleOptions) -> int:
    """Try the engine and return the exit code."""
    if options.results is not None and options.case is None:
        return give_up("backproof oracle: --from is a results file of which --case names a case; give --case ID, or leave out --from")
    if not POSSIBLE and not options.in_process:
        return give_up("backproof oracle: this system cannot hold an engine in a process of its own; --in-process runs it in this one")
    try:
        given = None if options.case is None else read_case(_line(options, options.case), options.seed)
        named, left_out = cases_for(options.functions, options.scalars, options.seed)
        if options.cases and options.restricted:
            _drawn(options, 0)  # refuses functions of which no graph can be made
    except (CaseError, DomainError, ValueError) as error:
        return give_up(f"backproof oracle: {error}")
    try:
        with _crew(options) as crew:
            return _try_all(options, crew, named, left_out) if given is None else _try_once(options, crew, given)
    except TargetError as error:
        return give_up(f"backproof oracle: {error}")


def _line(options: OracleOptions, case: str) -> str:
    """The replay line of a case that is given by its id; otherwise what was given."""
    return case if options.results is None else listed_case(case, options.results).replay


@contextmanager
def _crew(options: OracleOptions) -> Generator[Crew]:
    """The engine, loaded; at the end none of its processes is left. What it printed is shown last, on stderr."""
    if options.in_process:
        importable_here()
        yield InThisProcess(load_engine(options.target))
        return
    with InProcesses(
        options.target, options.jobs, Allowed(options.timeout or LIMITS.engine_seconds, options.memory or LIMITS.engine_bytes)
    ) as crew:
        try:
            crew.start()
            yield crew
        finally:
            if not options.output.quiet:
                for line in crew.printed():
                    tell(f"engine: {line}")


def _try_all(options: OracleOptions, crew: Crew, named: Sequence[Case], left_out: int) -> int:
    """The named cases and the random ones, with the summary and the files."""
    if not options.output.quiet:
        part = "" if options.shard is None else f"shard {options.shard.number} of {options.shard.of} of "
        drawn = f"{counted(len(named), 'named case')} and {counted(options.cases, 'random graph')}"
        say(f"engine {options.target}, seed {options.seed}: {part}{drawn}")
        for line in _weaker(options):
            say(line)
    places = len(named) + options.cases
    planned = places if options.shard is None else options.shard.count(places)
    if options.shard is not None and planned > LARGEST:
        return give_up(f"backproof oracle: {too_large(options.shard, places)}")
    with stoppable() as stop:
        tried = _tried(options, crew, named, stop)
        small = _smallest(tried, crew, options, stop) if options.shard is None else None
        for_the_whole = [] if options.shard is None else _stand_ins(tried, crew, options, stop)
    rest = planned - tried.tally.total - tried.undecidable
    not_run = [NotRun(UNDECIDABLE, tried.undecidable, excused=True), NotRun(NOT_ASKED, 0 if tried.interrupted else rest)]
    not_run.append(NotRun("the run was interrupted", rest if tried.interrupted else 0))
    settings, missing = _settings(options), _not_checked(options, left_out)
    results = results_document(settings, tried.tally, missing, tried.interrupted, planned=planned, not_run=not_run)
    if options.shard is not None:
        whole = _settings(replace(options, shard=None))
        results["shard"] = shard_record(settings, whole.command, places, named, tried.tally, missing, left=not_run, smallest=for_the_whole)
        small = next(iter(for_the_whole), None)
    return finish({**results, "smallest": small}, options.output)


def _weaker(options: OracleOptions) -> list[str]:
    """What is seen less well, or not limited, in a run with these options on this system."""
    lines: list[str] = []
    if options.in_process:
        lines.append("--in-process: nothing limits the engine, and what it does to this process is done to the judge")
    elif options.jobs > 1:
        lines.append(
            f"--jobs {options.jobs}: each process sees a part of the cases, so faults that depend on the number of calls are seen less well"
        )
    if not options.in_process and not HAS_MEMORY_LIMITS:
        lines.append("this system does not limit the memory of a process: --memory is not enforced")
    return lines


def cases_for(functions: Sequence[str], scalars: bool, seed: int) -> tuple[list[Case], int]:
    """The named cases that need no other functions (and scalars only), and how many do. ValueError for an unknown
    function.
    """
    unknown = sorted(set(functions) - set(TABLE))
    if unknown:
        raise ValueError(f"unknown function {unknown[0]!r}{did_you_mean(unknown[0], TABLE) or ';'} known: {', '.join(TABLE)}")
    named, _ = named_cases(seed)
    fitting = [case for case in named if _fits(case, _names(functions), scalars)]
    return fitting, len(named) - len(fitting)


def _names(functions: Sequence[str]) -> frozenset[str]:
    return frozenset(functions or TABLE)


def _fits(case: Case, functions: frozenset[str], scalars: bool) -> bool:
    graph = case.graph
    used = {graph.row(i).name for i in range(graph.l + 1, graph.n + 1)}
    return used <= functions and not (scalars and any(graph.shape(i) != () for i in range(1, graph.n + 1)))


def _drawn(options: OracleOptions, index: int) -> Case:
    """Random case number `index`. ValueError if no graph can be made of the engine's functions."""
    if options.restricted:
        return restricted_case(options.seed, index, _names(options.functions), options.scalars)
    return campaign_case(options.seed, index)


@dataclass
class _Tried:
    """What came of a run: the cases that were judged, how many say nothing of any engine, and whether the run was
    interrupted.
    """

    tally: Tally = field(default_factory=Tally)
    undecidable: int = 0
    interrupted: bool = False


def _tried(options: OracleOptions, crew: Crew, named: Sequence[Case], stop: Callable[[], bool]) -> _Tried:
    """The engine on the named cases, then on the random ones, until the end, Ctrl-C, or too many deaths."""
    tried, shard = _Tried(Tally(keeps_all=options.shard is not None)), options.shard or Shard(1, 1)
    drawn = ((place, _drawn(options, place - len(named))) for place in range(len(named), len(named) + options.cases) if shard.has(place))
    cases = chain(((place, case) for place, case in enumerate(named) if shard.has(place)), drawn)
    begun: deque[tuple[int, Case, Fetch]] = deque()
    with progress(shard.count(len(named) + options.cases), options.output.silent) as advance:

        def judge_one() -> bool:
            """Judge the case that was begun first; whether the engine was asked about it."""
            place, case, fetch = begun.popleft()
            answers = fetch(stop)
            if answers is not None:
                _judge(options, place, case, answers, crew, tried, place < len(named) + SAMPLING.detailed)
                advance()
            return answers is not None

        try:
            for place, case in cases:
                if stop():
                    raise Stopped
                if nothing_to_tell(case):
                    tried.undecidable += 1
                    advance()
                    continue
                begun.append((place, case, crew.begin(case)))
                if len(begun) > crew.ahead and not judge_one():
                    return tried
            while begun and judge_one():
                pass
        except Stopped:
            tried.interrupted = True
    return tried


def _judge(options: OracleOptions, place: int, case: Case, answers: Answers, crew: Crew, tried: _Tried, with_detail: bool) -> None:
    """One case from the answers of the engine."""
    with working_on(case):
        result = _checked(options, case, replaying(answers, crew.ask))
        record = case_record(result, with_detail, target=options.target, fault=fault_of_engine(result))
    tried.tally.add(place, record)
    if options.output.verbose:
        print_case_line(record, options.output.no_color)


def _checked(options: OracleOptions, case: Case, asked: Asked) -> CaseResult:
    """The case judged. Our own time and memory are limited beside those of the engine's two calls, unless it runs in
    this process, where they cannot be told apart.
    """
    check = partial(check_asked, asked=asked, allow_nondeterminism=options.allow_nondeterminism)
    if options.in_process:
        return check(case)
    calls = 2 * (LIMITS.engine_seconds if options.timeout is None else options.timeout)
    return within_limits(case, check, LIMITS.suite_seconds + calls)


def _settings(options: OracleOptions) -> Settings:
    """What the results say was asked for; the command line in it gives the same results again."""
    command = (
        f"backproof oracle {options.target} --cases {options.cases} --seed {options.seed}"
        + "".join(f" --functions {name}" for name in options.functions)
        + " --scalars" * options.scalars
        + " --allow-nondeterminism" * options.allow_nondeterminism
        + ("" if options.timeout is None else f" --timeout {options.timeout:g}")
        + ("" if options.memory is None else f" --memory {options.memory}")
        + " --in-process" * options.in_process
        + f" --shard {options.shard}" * (options.shard is not None)
    )
    allowed = options.allow_inconclusive, ("float64",), options.target, options.allow_nondeterminism
    return Settings(command, options.seed, options.cases, LISTED_PATHS, DIGITS, *allowed, shard=options.shard)


def _not_checked(options: OracleOptions, left_out: int) -> list[str]:
    """No case is left out without being said, and no limit."""
    words = [f"{counted(left_out, 'named case')}: they need functions or shapes that the engine does not have"] if left_out else []
    return words + (
        ["the engine's time, memory and its effects on the process: it ran in the judge's own (--in-process)"] * options.in_process
    )


def _smallest(tried: _Tried, crew: Crew, options: OracleOptions, stop: Callable[[], bool]) -> Record | None:
    """A failure made small, while there is time and no try hangs."""
    chosen = representative(tried.tally.records(), tried.tally.causes(), fault_of_engine)
    return None if chosen is None or tried.interrupted else _made_small(*chosen, crew, options, stop)


def _stand_ins(tried: _Tried, crew: Crew, options: OracleOptions, stop: Callable[[], bool]) -> list[Record]:
    """The failures of a shard, made small, of which one is that of the whole run."""
    chosen = [] if tried.interrupted else stand_ins(tried.tally.records(), fault_of_engine)
    made = (_made_small(record, explained, crew, options, stop) for record, explained in chosen)
    return [small for small in made if small is not None]


def _made_small(record: Record, explained: Explained, crew: Crew, options: OracleOptions, stop: Callable[[], bool]) -> Record | None:
    until = time.monotonic() + SHRINKING_SECONDS
    hung = False

    def asked(case: Case) -> Answer:
        nonlocal hung
        answer = crew.ask(case)
        hung = hung or answer.ending is Ending.HANG
        return answer

    return smallest(
        _checked(options, from_replay_id(record["replay"]), asked),
        lambda case: _checked(options, case, asked),
        diagnose_engine,
        options.target,
        lambda: hung or stop() or time.monotonic() > until,
        explained,
    )


def _try_once(options: OracleOptions, crew: Crew, case: Case) -> int:
    """One case, with its table and the diagnosis."""
    with working_on(case):
        result = _checked(options, case, crew.ask)
        record = case_record(result, with_detail=True, target=options.target, fault=fault_of_engine(result))
    if not options.output.quiet:
        print_table(record, options.output.no_color, options.output.verbose)
        words = fault_sentence(record.get("fault", {}), result.case.graph) or diagnose_engine(result)
        if words:
            say(f"  {words}")
    command = f"backproof oracle {options.target} --case …"
    settings = Settings(command, options.seed, 1, LISTED_PATHS, DIGITS, False, ("float64",), options.target, options.allow_nondeterminism)
    return finish_one(settings, record, options.output)
