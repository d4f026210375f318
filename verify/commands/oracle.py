"""What `backproof oracle package:factory` does: put somebody else's engine on trial on the suite's cases, and say where it is wrong.

All cases are those of `backproof verify`, or where the engine has some functions only, random graphs of those. Everything runs in this process, because an engine need not survive
being sent to another one.

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
from pathlib import Path

import click

from backproof.engine.functions import TABLE
from backproof.reports.document import Record
from backproof.reports.terminal import print_case_line, print_table, progress
from backproof.verify.campaign.run import SAMPLING
from backproof.verify.campaign.shrinking import same_failure, shrink
from backproof.verify.cases.case import Case, CaseError
from backproof.verify.cases.draws import campaign_case, restricted_case
from backproof.verify.cases.named import named_cases
from backproof.verify.cases.reading import read_case
from backproof.verify.cases.replay import regression_test
from backproof.verify.commands.exit_codes import USAGE
from backproof.verify.commands.session import finish, stoppable
from backproof.verify.commands.verify import SHRINK_LIMIT
from backproof.verify.engine_oracle.target import Engine, TargetError, load_engine
from backproof.verify.engine_oracle.trial import check_engine, diagnose_engine, nothing_to_tell
from backproof.verify.numbers.precision import DIGITS
from backproof.verify.results.case_record import case_record, with_open_findings
from backproof.verify.results.document import results_document
from backproof.verify.results.settings import LISTED_PATHS, Settings
from backproof.verify.results.tally import Tally, tally_of
from backproof.verify.three_way.check import CaseResult
from backproof.verify.verdicts import Verdict


def run_oracle(
    target: str,
    case: str | None,
    cases: int,
    seed: int,
    functions: tuple[str, ...],
    scalars: bool,
    allow_inconclusive: bool,
    json_file: Path | None,
    html_file: Path | None,
    quiet: bool,
    verbose: bool,
    no_color: bool,
) -> int:
    """Try the engine and return the exit code."""
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        engine = load_engine(target)
        if case is not None:
            return _once(target, engine, read_case(case, seed), seed, json_file, html_file, no_color)
        named, left_out = cases_for(functions, scalars, seed)
        if cases and (functions or scalars):
            restricted_case(seed, 0, _names(functions), scalars)
    except (TargetError, CaseError, ValueError) as error:
        click.echo(f"backproof oracle: {error}", err=True)
        return USAGE
    command = (
        f"backproof oracle {target} --cases {cases} --seed {seed}"
        + "".join(f" --functions {name}" for name in functions)
        + " --scalars" * scalars
    )
    settings = Settings(command, seed, cases, LISTED_PATHS, DIGITS, allow_inconclusive, ("float64",), target)
    if not quiet:
        click.echo(f"engine {target}, seed {seed}: {len(named)} named cases and {cases:,} random graphs")
    tally, smallest, undecidable = Tally(), None, 0
    with stoppable() as stop, progress(len(named) + cases, quiet or verbose) as advance:
        for place in range(len(named) + cases):
            if stop():
                break
            chosen = named[place] if place < len(named) else _drawn(seed, place - len(named), functions, scalars)
            advance()
            if nothing_to_tell(chosen):
                undecidable += 1
                continue
            result = check_engine(chosen, engine)
            record = case_record(result, place < len(named) + SAMPLING.detailed, target=target)
            tally.add(place, record)
            if result.verdict is not Verdict.CORRECT and smallest is None:
                smallest = result
            if verbose:
                print_case_line(record, no_color)
    missing = [f"{left_out} named cases: they need functions or shapes that the engine does not have"] if left_out else []
    missing += (
        [f"{undecidable} random graphs: at a kink, or rounding in float64 may change a derivative by a quarter there"]
        if undecidable
        else []
    )
    results = results_document(settings, tally, missing, tally.total + undecidable < len(named) + cases)
    return finish({**results, "smallest": _smallest(smallest, engine, target)}, json_file, html_file, quiet, no_color)


def cases_for(functions: Sequence[str], scalars: bool, seed: int) -> tuple[list[Case], int]:
    """The named cases that need no other functions (and scalars only), and how many do. ValueError for an unknown function."""
    unknown = sorted(set(functions) - set(TABLE))
    if unknown:
        raise ValueError(f"unknown function {unknown[0]!r}; known: {', '.join(TABLE)}")
    named, _ = named_cases(seed)
    chosen = [case for case in named if _fits(case, _names(functions), scalars)]
    return chosen, len(named) - len(chosen)


def _names(functions: Sequence[str]) -> frozenset[str]:
    return frozenset(functions or TABLE)


def _fits(case: Case, functions: frozenset[str], scalars: bool) -> bool:
    graph = case.graph
    used = {graph.row(i).name for i in range(graph.l + 1, graph.n + 1)}
    return used <= functions and not (scalars and any(graph.shape(i) != () for i in range(1, graph.n + 1)))


def _drawn(seed: int, index: int, functions: tuple[str, ...], scalars: bool) -> Case:
    return restricted_case(seed, index, _names(functions), scalars) if functions or scalars else campaign_case(seed, index)


def _smallest(result: CaseResult | None, engine: Engine, target: str) -> Record | None:
    """The first failure made small, with blame's diagnosis and a test to paste."""
    if result is None:
        return None
    small = shrink(result.case, same_failure(result, check=lambda candidate: check_engine(candidate, engine)), SHRINK_LIMIT).case
    found = check_engine(small, engine)
    record = with_open_findings(case_record(found, with_detail=True, target=target))
    return {
        "of": case_record(result, with_detail=False)["id"],
        "name": result.case.name,
        "vertices": result.case.graph.n,
        "case": record,
        "test": regression_test(small, target=target),
        "diagnosis": diagnose_engine(found),
    }


def _once(target: str, engine: Engine, case: Case, seed: int, json_file: Path | None, html_file: Path | None, no_color: bool) -> int:
    """One case again, with its table and the diagnosis."""
    result = check_engine(case, engine)
    record = case_record(result, with_detail=True, target=target)
    print_table(record, no_color)
    diagnosis = diagnose_engine(result)
    if diagnosis is not None:
        click.echo(f"  {diagnosis}")
    settings = Settings(f"backproof oracle {target} --case …", seed, 1, LISTED_PATHS, DIGITS, False, ("float64",), target)
    return finish(results_document(settings, tally_of([{**record, "group": "replay"}]), (), False), json_file, html_file, False, no_color)
