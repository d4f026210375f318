"""What `backproof replay` does: one case again, with its three-way table.

>>> from backproof.verify.cases.lecture import lecture_cases
>>> from backproof.verify.cases.replay import replay_id
>>> run_replay(ReplayOptions(replay_id(lecture_cases()[0])))
CORRECT ... L11 four vertices  4 vertices, 3 paths  ...
0
>>> run_replay(ReplayOptions("nowhere.json"))  # said on stderr: cannot read 'nowhere.json'
4
"""

from __future__ import annotations

import shlex
from dataclasses import replace

import numpy as np

from backproof.engine import DomainError, GraphError
from backproof.engine.json_text import found
from backproof.engine.limits import LIMITS
from backproof.reports.document import Record
from backproof.reports.terminal import print_table, tell
from backproof.verify.at_work import working_on
from backproof.verify.cases.case import Case, CaseError
from backproof.verify.cases.reading import read_case
from backproof.verify.commands.options import ReplayOptions
from backproof.verify.commands.session import finish_one, give_up
from backproof.verify.numbers.precision import DIGITS
from backproof.verify.results.case_record import case_record
from backproof.verify.results.faults import fault_of_routes
from backproof.verify.results.listed_case import Listed, listed_case
from backproof.verify.results.settings import ALL, Settings
from backproof.verify.three_way.check import CaseResult, check_case, not_decided
from backproof.verify.three_way.definition import is_small
from backproof.verify.three_way.routes import Routes
from backproof.verify.three_way.within_limits import over_limit
from backproof.verify.three_way.witness import Witness, fitting
from backproof.verify.time_limits import OutOfMemory, OutOfTime, limited


def run_replay(options: ReplayOptions, routes: Routes | None = None) -> int:
    """Run one case again, print its three-way table, and return the exit code; `routes` as for `backproof verify`."""
    try:
        listed = None if options.results is None else listed_case(options.case, options.results)
        if listed is not None and listed.target is not None and routes is None:
            return give_up(f"backproof replay: {_of_an_engine(listed, options)}")
        case = read_case(options.case if listed is None else listed.replay, options.seed)
    except (CaseError, GraphError, DomainError) as error:
        return give_up(f"backproof replay: {error}")
    with working_on(case):
        record = _record(case, options, routes)
    if not options.output.quiet:
        print_table(record, options.output.no_color, options.output.verbose)
    asked = options.seed, 1, options.max_paths, DIGITS, options.allow_inconclusive
    settings = Settings("backproof replay", *asked, differences=options.differences)
    return finish_one(settings, record, options.output)


def _of_an_engine(listed: Listed, options: ReplayOptions) -> str:
    """Where the case was a trial of another engine, the command that tries it again: code named in a file is never run
    unasked."""
    command = f"backproof oracle {shlex.quote(str(listed.target))} --case {listed.identity} --from {shlex.quote(str(options.results))}"
    return f"the case {listed.identity} was a trial of another engine, {found(listed.target)}; run {command}"


def _record(case: Case, options: ReplayOptions, routes: Routes | None) -> Record:
    """The record of the case, checked and written within the limits; where its detail takes longer, without one."""
    result: CaseResult | None = None
    try:
        with (
            limited(LIMITS.case_seconds if options.timeout is None else options.timeout, LIMITS.case_bytes, OutOfTime),
            np.errstate(all="ignore"),
        ):
            witness = fitting(case) if options.differences == ALL else Witness.ENTRIES
            result = check_case(case, routes, witness=witness, definition=is_small(case))
            fault = fault_of_routes(result, routes or Routes())
            return case_record(result, with_detail=True, listed=options.max_paths, fault=fault)
    except (OutOfTime, OutOfMemory, MemoryError, OverflowError) as error:
        reason, words = over_limit(error)
    if result is None:
        return case_record(not_decided(case, reason, words), with_detail=False)
    tell(f"The table is left out: {words}; give a longer --timeout.")
    return case_record(replace(result, floats=None), with_detail=False)
