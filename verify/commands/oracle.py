"""What `backproof oracle package:factory` does: put somebody else's engine on trial on the suite's cases, and say where
it is wrong.

All cases are those of `backproof verify`, or where the engine has some functions only, random graphs of those.
Everything runs in this process, because an engine need not survive being sent to another one.

>>> chosen, left_out = cases_for(("add", "multiply"), True, seed=0)
>>> [case.name for case in chosen], left_out > 0
(['L11 four vertices'], True)
>>> cases_for(("swish",), False, seed=0)
Traceback (most recent call last):
    ...
ValueError: unknown function 'swish'; known: ...
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import partial
from itertools import chain

import click

from backproof.engine.functions import TABLE
from backproof.reports.document import Record
from backproof.reports.terminal import print_case_line, print_table, progress
from backproof.verify.campaign.run import SAMPLING
from backproof.verify.campaign.smallest import smallest
from backproof.verify.cases.case import Case, CaseError
from backproof.verify.cases.draws import campaign_case, restricted_case
from backproof.verify.cases.named import named_cases
from backproof.verify.cases.reading import read_case
from backproof.verify.commands.options import OracleOptions
from backproof.verify.commands.session import finish, finish_one, give_up, stoppable
from backproof.verify.engine_oracle.target import Engine, TargetError, load_engine
from backproof.verify.engine_oracle.trial import check_engine, diagnose_engine, nothing_to_tell
from backproof.verify.numbers.precision import DIGITS
from backproof.verify.results.case_record import case_record
from backproof.verify.results.document import results_document
from backproof.verify.results.settings import LISTED_PATHS, Settings
from backproof.verify.results.tally import Tally
from backproof.verify.three_way.check import CaseResult
from backproof.verify.verdicts import Verdict


def run_oracle(options: OracleOptions) -> int:
    """Try the engine and return the exit code."""
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        engine = load_engine(options.target)
        if options.case is not None:
            return _try_once(options, engine, read_case(options.case, options.seed))
        named, left_out = cases_for(options.functions, options.scalars, options.seed)
        if options.cases and options.restricted:
            _drawn(options, 0)  # refuses functions of which no graph can be made
    except (TargetError, CaseError, ValueError) as error:
        return give_up(f"backproof oracle: {error}")
    if not options.output.quiet:
        click.echo(f"engine {options.target}, seed {options.seed}: {len(named)} named cases and {options.cases:,} random graphs")
    tally, first_failure, undecidable = _tried(options, engine, named)
    interrupted = tally.total + undecidable < len(named) + options.cases
    results = results_document(_settings(options), tally, _not_checked(left_out, undecidable), interrupted)
    return finish({**results, "smallest": _smallest(first_failure, engine, options)}, options.output)


def cases_for(functions: Sequence[str], scalars: bool, seed: int) -> tuple[list[Case], int]:
    """The named cases that need no other functions (and scalars only), and how many do. ValueError for an unknown
    function.
    """
    unknown = sorted(set(functions) - set(TABLE))
    if unknown:
        raise ValueError(f"unknown function {unknown[0]!r}; known: {', '.join(TABLE)}")
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


def _tried(options: OracleOptions, engine: Engine, named: Sequence[Case]) -> tuple[Tally, CaseResult | None, int]:
    """The engine on the named cases, then on the random ones, until the end or Ctrl-C: those that were judged, the
    first failure, and how many say nothing of any engine.
    """
    tally, first_failure, undecidable = Tally(), None, 0
    cases = chain(named, (_drawn(options, index) for index in range(options.cases)))
    silent = options.output.quiet or options.output.verbose
    with stoppable() as stop, progress(len(named) + options.cases, silent) as advance:
        for place, case in enumerate(cases):
            if stop():
                break
            advance()
            if nothing_to_tell(case):
                undecidable += 1
                continue
            result = check_engine(case, engine, allow_nondeterminism=options.allow_nondeterminism)
            record = case_record(result, place < len(named) + SAMPLING.detailed, target=options.target)
            tally.add(place, record)
            if result.verdict is not Verdict.CORRECT and first_failure is None:
                first_failure = result
            if options.output.verbose:
                print_case_line(record, options.output.no_color)
    return tally, first_failure, undecidable


def _settings(options: OracleOptions) -> Settings:
    """What the results say was asked for; the command line in it gives the same results again."""
    command = (
        f"backproof oracle {options.target} --cases {options.cases} --seed {options.seed}"
        + "".join(f" --functions {name}" for name in options.functions)
        + " --scalars" * options.scalars
        + " --allow-nondeterminism" * options.allow_nondeterminism
    )
    allowed = options.allow_inconclusive, ("float64",), options.target, options.allow_nondeterminism
    return Settings(command, options.seed, options.cases, LISTED_PATHS, DIGITS, *allowed)


def _not_checked(left_out: int, undecidable: int) -> list[str]:
    """No case is left out without being said."""
    words = {
        "named cases: they need functions or shapes that the engine does not have": left_out,
        "random graphs: at a kink, or rounding in float64 may change a derivative by a quarter there": undecidable,
    }
    return [f"{count} {why}" for why, count in words.items() if count]


def _smallest(failure: CaseResult | None, engine: Engine, options: OracleOptions) -> Record | None:
    check = partial(check_engine, engine=engine, allow_nondeterminism=options.allow_nondeterminism)
    return None if failure is None else smallest(failure, check, diagnose_engine, options.target)


def _try_once(options: OracleOptions, engine: Engine, case: Case) -> int:
    """One case, with its table and the diagnosis."""
    result = check_engine(case, engine, allow_nondeterminism=options.allow_nondeterminism)
    record = case_record(result, with_detail=True, target=options.target)
    print_table(record, options.output.no_color)
    diagnosis = diagnose_engine(result)
    if diagnosis is not None:
        click.echo(f"  {diagnosis}")
    command = f"backproof oracle {options.target} --case …"
    settings = Settings(command, options.seed, 1, LISTED_PATHS, DIGITS, False, ("float64",), options.target, options.allow_nondeterminism)
    return finish_one(settings, record, options.output)
