"""What `backproof selftest --graded` does: plant faults of known sizes near every bound, print what became of each, and
end with the count.

>>> from backproof.verify.selftest.graded.fault import Tried
>>> print(row(Tried("floats, float16", "off by the bound", 1.01, "caught", 12, 12, caught_by=("floats, float16",))))
caught            1.01  off by the bound: at 12 of 12 places
>>> print(row(Tried("floats, float16", "off by the bound", 1.01, "MISSED", 12, 11, ("x, above",))))
MISSED            1.01  off by the bound: at 11 of 12 places; not at x, above
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict

from backproof.reports.document import Record
from backproof.reports.terminal import say, say_verdict, say_wrapped
from backproof.reports.text import counted
from backproof.verify.campaign.run import available_cores
from backproof.verify.campaign.workers import Crash, Outcome, in_order
from backproof.verify.commands.exit_codes import INTERNAL, INTERRUPTED, holds_or_fails
from backproof.verify.commands.options import Output, SelftestOptions
from backproof.verify.commands.session import finish, give_up, name_files, stoppable
from backproof.verify.numbers.precision import DIGITS
from backproof.verify.results.document import results_document
from backproof.verify.results.settings import LISTED_PATHS, Settings
from backproof.verify.results.tally import Tally
from backproof.verify.selftest.graded.catalogue import all_checks, try_check
from backproof.verify.selftest.graded.fault import BELOW, CAUGHT, PASSES, Tried
from backproof.verify.verdicts import Verdict

SHOWN = 2  # other checks that a row names; chosen: a line


def run_graded(options: SelftestOptions) -> int:
    """Try all faults and return the exit code: 0 if each that should be caught is, and nothing that is right is flagged."""
    tried, crashes = list[Tried](), list[Crash[str]]()
    with stoppable() as stop:
        for outcome in try_all_checks(options.jobs or available_cores(), stop):
            if isinstance(outcome, Crash):
                crashes.append(outcome)
            else:
                tried += outcome.result
                _print_check(outcome.result, options.output)
        if stop():
            return give_up(f"Interrupted after {counted(len(tried), 'fault')}.", INTERRUPTED)
    if crashes:
        words = "; ".join(f"{crash.task}: {crash.words.strip().rpartition(chr(10))[2]}" for crash in crashes)
        words = f"The graded self-test failed at {len(crashes)} of {len(all_checks())} checks: {words}"
        return give_up(f"Internal error. {words}", INTERNAL)
    results = graded_document(options.seed, tried)
    return finish(results, options.output, _show, holds_or_fails(results))


def try_all_checks(jobs: int, stop: Callable[[], bool]) -> Iterator[Outcome[str, list[Tried]]]:
    """The faults of every check in turn, on one or several processes."""
    return in_order(jobs, try_check, all_checks(), stop)


def row(tried: Tried, shown: int | None = SHOWN) -> str:
    """One line of the table, in which so many of the other checks are named, all of them for None."""
    grade = "" if tried.grade is None else f"{tried.grade:g}"
    if tried.resolution is not None or tried.note:
        said = tried.note
    else:
        said = f"at {tried.as_expected} of {counted(tried.places, 'place')}"
        others = [check for check in tried.caught_by if check != tried.check]
        if others and not tried.should_pass:
            more = "" if shown is None or len(others) <= shown else f" and {len(others) - shown} more"
            said += f"; by {'; '.join(others[:shown])}{more} too"
        if tried.failing:
            said += f"; not at {'; '.join(tried.failing)}"
    return f"{tried.outcome:<17} {grade:<5} {tried.words}: {said}"


def _print_check(tried: Sequence[Tried], output: Output) -> None:
    if output.quiet:
        return
    say()
    say(tried[0].check, output.no_color, bold=True)
    for one in tried:
        words = row(one, shown=None if output.verbose else SHOWN)
        say_wrapped(f"  {words}", output.no_color, 24, fg="yellow" if one.outcome == BELOW else "green" if one.ok else "red")


def _show(results: Record, output: Output) -> None:
    """The files, and the count."""
    name_files(results, output)
    if not output.quiet:
        say()
    colour = "green" if results["summary"]["holds"] else "red"
    say_verdict(results["summary"]["sentence"].rstrip("."), output.no_color, fg=colour)


def graded_document(seed: int, tried: Sequence[Tried]) -> Record:
    """A results document that holds the table of graded faults and no cases; it holds if each fault ended as it should.

    >>> found = graded_document(0, [Tried("a check", "off by the bound", 1.01, "MISSED", 1, 0)])
    >>> found["summary"]["verdict"], found["summary"]["sentence"]
    ('WRONG', '0 of 1 faults caught, 0 of 0 within their bounds pass, 0 below the resolution of every check; 1 ended otherwise than it should.')
    """
    otherwise = [one for one in tried if not one.ok]
    passing = [one for one in tried if one.should_pass]
    below = sum(one.outcome == BELOW for one in tried)
    caught, passed = (sum(one.outcome == outcome for one in tried) for outcome in (CAUGHT, PASSES))
    holds = bool(tried) and not otherwise
    sentence = (
        f"{caught} of {len(tried) - len(passing) - below} faults caught, {passed} of {len(passing)} within their bounds pass, "
        f"{below} below the resolution of every check"
    )
    sentence += f"; {len(otherwise)} ended otherwise than {'it' if len(otherwise) == 1 else 'they'} should" if otherwise else ""
    settings = Settings("backproof selftest --graded", seed, 0, LISTED_PATHS, DIGITS)
    results = results_document(settings, Tally(), (), False)
    summary = {
        "holds": holds,
        "verdict": (Verdict.CORRECT if holds else Verdict.WRONG).value,
        "sentence": f"{sentence}.",
        "not_checked": ["the theorems on the suite's cases; `backproof verify` checks them"],
    }
    faults = [{**asdict(one), "failing": list(one.failing), "caught_by": list(one.caught_by)} for one in tried]
    graded = {"caught": caught, "passed": passed, "below_resolution": below, "otherwise": len(otherwise), "faults": faults}
    return {**results, "summary": {**results["summary"], **summary}, "graded": graded}
