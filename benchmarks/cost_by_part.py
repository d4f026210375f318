"""What a random case costs, part by part, from drawing its graph to its place in the report.

`check_in_parts` runs the three-way check of `verify.three_way.check` itself, with a stopwatch around each of its parts.

>>> from backproof.verify.cases.lecture import lecture_cases
>>> result, seconds = check_in_parts(lecture_cases()[0])
>>> result.verdict.value, tuple(seconds) == CHECK_PARTS, min(seconds.values()) > 0
('CORRECT', True, True)
>>> measure_cases([], rounds=1)
Traceback (most recent call last):
    ...
ValueError: no case to measure; give at least one
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any
from unittest import mock

from backproof.reports import render_html
from backproof.reports.document import Record
from backproof.verify.cases.case import Case
from backproof.verify.cases.draws import usual_case
from backproof.verify.numbers.precision import DIGITS
from backproof.verify.paths.blocks import PathSums
from backproof.verify.results.case_record import case_record
from backproof.verify.results.document import results_document
from backproof.verify.results.settings import LISTED_PATHS, Settings
from backproof.verify.results.tally import tally_of
from backproof.verify.three_way.check import CaseResult, check_case
from backproof.verify.three_way.routes import Routes
from benchmarks.measure import FULL, QUICK, Parts, Result, split

NAME = "cost-by-part"
TITLE = "Cost of a case, part by part"
ABOUT = (
    "What one random case costs on one core. Forward, Jacobians, backward and paths count all number systems in which the case is run (float64 and float32, balls, the "
    "rationals where it allows them, and mpmath where differences are taken); the report is drawn with the details of every case."
)
CHECK_PARTS = ("forward", "Jacobians", "backward", "paths", "enclosures", "differences", "rounding bounds", "judging", "rest of the check")
SEED = 0


def check_in_parts(case: Case) -> tuple[CaseResult, dict[str, float]]:
    """The result of `check_case`, and the seconds that each of its parts took; they add up to the whole."""
    spent: dict[str, float] = dict.fromkeys(CHECK_PARTS, 0.0)

    def timed(part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **options: Any) -> Any:
            start = time.perf_counter()
            try:
                return function(*arguments, **options)
            finally:
                spent[part] += time.perf_counter() - start

        return run

    right = Routes()
    routes = Routes(
        forward=timed("forward", right.forward),
        jacobians=timed("Jacobians", right.jacobians),
        backward=timed("backward", right.backward),
        differences=timed("differences", right.differences),
        enclosures=timed("enclosures", right.enclosures),
        judge_adjoints=timed("judging", right.judge_adjoints),
        judge_derivatives=timed("judging", right.judge_derivatives),
        judge_enclosures=timed("judging", right.judge_enclosures),
        bounds=timed("rounding bounds", right.bounds),
        judge_floats=timed("judging", right.judge_floats),
    )
    start = time.perf_counter()
    with mock.patch.multiple(PathSums, to=timed("paths", PathSums.to), leaving=timed("paths", PathSums.leaving)):
        result = check_case(case, routes)
    whole = time.perf_counter() - start
    spent["rest of the check"] = whole - sum(spent.values())
    return result, spent


def one_round(draw: Sequence[Callable[[], Case]]) -> tuple[list[Record], dict[str, float]]:
    """Draw every case, check it, write its record, and render one report of all; the seconds by part."""
    seconds = {"draw": 0.0, **dict.fromkeys(CHECK_PARTS, 0.0), "record": 0.0}
    records: list[Record] = []
    for one in draw:
        start = time.perf_counter()
        case = one()
        seconds["draw"] += time.perf_counter() - start
        result, spent = check_in_parts(case)
        for part, amount in spent.items():
            seconds[part] += amount
        start = time.perf_counter()
        records.append(case_record(result, with_detail=True))
        seconds["record"] += time.perf_counter() - start
    settings = Settings("benchmark", SEED, len(records), LISTED_PATHS, DIGITS)
    start = time.perf_counter()
    render_html(results_document(settings, tally_of(records), (), interrupted=False))
    seconds["report"] = time.perf_counter() - start
    return records, seconds


def measure_cases(draw: Sequence[Callable[[], Case]], rounds: int) -> Parts:
    """The parts' cost for each of these cases. ValueError without one."""
    if not draw:
        raise ValueError("no case to measure; give at least one")
    workload = f"random cases 0 … {len(draw) - 1} of seed {SEED}"
    return split(workload, len(draw), [one_round(draw)[1] for _ in range(rounds)])


def measure(quick: bool) -> Result:
    """The first 90 random cases of seed 0, ten of every family; the first nine if `quick`."""
    count, effort = (9, QUICK) if quick else (90, FULL)

    def drawer(index: int) -> Callable[[], Case]:
        return lambda: usual_case(SEED, index)

    draw = [drawer(index) for index in range(count)]
    one_round(draw[:9])
    return Result(NAME, TITLE, ABOUT, (measure_cases(draw, min(effort.rounds, 5)),))
