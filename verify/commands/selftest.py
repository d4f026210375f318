"""What `backproof selftest` does: try every mutant, print the kill matrix as it grows, and end with the count.

>>> from backproof.verify.selftest.trials import Trial
>>> matrix_row(Trial("a fault", "…", "backward", "a graph", ("Theorem 2, float64",), 3, "random 1", None))
'caught    a fault                         ·  ×  ·  ·  ·  ·  ·  ·   3 vertices'
>>> matrix_row(Trial("a fault", "…", "backward", "a graph", (), None, None, None))
'SURVIVES  a fault                         ·  ·  ·  ·  ·  ·  ·  ·'
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from functools import partial

from backproof.reports.document import Record
from backproof.reports.progress import alive
from backproof.reports.terminal import say, say_verdict, say_wrapped
from backproof.reports.text import counted
from backproof.verify.campaign.run import available_cores
from backproof.verify.campaign.workers import Crash, Outcome, in_order
from backproof.verify.commands.exit_codes import INTERNAL, INTERRUPTED, holds_or_fails
from backproof.verify.commands.options import Output, SelftestOptions
from backproof.verify.commands.session import finish, give_up, name_files, stoppable
from backproof.verify.commands.words_on_trial import WordsTried, try_words
from backproof.verify.numbers.precision import DIGITS
from backproof.verify.results.document import results_document
from backproof.verify.results.settings import LISTED_PATHS, Settings
from backproof.verify.results.tally import Tally
from backproof.verify.selftest.known.answers import Answers, known_answers
from backproof.verify.selftest.mutants import MUTANTS
from backproof.verify.selftest.trials import CHECKS, Trial, false_alarms, survivors_without, trial_cases, try_by_name
from backproof.verify.verdicts import Verdict

CRASH = "a crash is no catch"


def run_selftest_command(options: SelftestOptions) -> int:
    """Run the self-test and return the exit code: 0 if every mutant is caught, the right engine is
    never flagged, and words and counts agree."""
    if not options.output.quiet:
        say_wrapped("checks: " + "; ".join(f"{k} {check}" for k, check in enumerate(CHECKS, start=1)))
        say(f"{'':<40}" + "".join(f"{k:>3}" for k in range(1, len(CHECKS) + 1)) + "   smallest killing graph")
    trials, crashes = list[Trial](), list[Crash[str]]()
    with stoppable() as stop:
        for outcome in try_all(options.seed, options.jobs or available_cores(), stop):
            if isinstance(outcome, Crash):
                crashes.append(outcome)
            else:
                trials.append(outcome.result)
                _print_trial(outcome.result, options.output)
        cases = trial_cases(options.seed)
        with alive("the right engine, what is known beforehand, and the words of this suite", options.output.silent):
            alarms = [] if stop() else false_alarms(cases)
            answers = None if stop() else known_answers()
            words = None if stop() else try_words()
        if stop():
            return give_up(f"Interrupted after {counted(len(trials), 'mutant')}.", INTERRUPTED)
    if crashes:
        words = "; ".join(f"{crash.task}: {crash.words.strip().rpartition(chr(10))[2]}" for crash in crashes)
        return give_up(f"Internal error. The self-test failed on {len(crashes)} of {len(crashes) + len(trials)} mutants: {words}", INTERNAL)
    results = selftest_document(options.seed, trials, alarms, words, len(cases), answers)
    return finish(results, options.output, partial(_show, trials=trials), holds_or_fails(results))


def try_all(seed: int, jobs: int, stop: Callable[[], bool]) -> Iterator[Outcome[str, Trial]]:
    """Every mutant in turn, on one or several processes, in the order of `MUTANTS`."""
    return in_order(jobs, partial(try_by_name, cases=trial_cases(seed)), [mutant.name for mutant in MUTANTS], stop)


def matrix_row(trial: Trial) -> str:
    """One row of the kill matrix: × where a check kills the mutant."""
    marks = "".join("  ×" if check in trial.killed_by else "  ·" for check in CHECKS)
    smallest = "" if trial.vertices is None else f"   {counted(trial.vertices, 'vertex', 'vertices')}"
    return f"{'caught' if trial.caught else 'SURVIVES':<10}{trial.mutant:<30}{marks}{smallest}"


def _print_trial(trial: Trial, output: Output) -> None:
    if output.quiet:
        return
    say(matrix_row(trial), output.no_color, fg="green" if trial.caught else "red")
    if trial.diagnosis is not None:
        say_wrapped(f"{'':<10}{trial.diagnosis}")
    if output.verbose:
        say_wrapped(f"{'':<10}{trial.words}")
        say_wrapped(
            f"{'':<10}agrees with the right engine on {trial.agrees_on or 'no graph'}; seen by {', '.join(trial.killed_by) or 'nothing'}"
        )
        if trial.replay is not None:
            say(f"{'':<10}{trial.killer}: backproof replay '{trial.replay}'")


def _show(results: Record, output: Output, trials: Sequence[Trial]) -> None:
    """What each check is needed for, the survivors and the false alarms, and the count."""
    if not output.quiet:
        say()
    for check in () if output.quiet else CHECKS:
        say(f"without “{check}” {len(survivors_without(trials, check))} would survive")
    for trial in trials:
        if not trial.caught:
            why = "it agrees with the right engine nowhere" if trial.agrees_on is None else "no check names an unequal value"
            say_wrapped(f"{trial.mutant} ({trial.words}): {why}", output.no_color, fg="red")
    matrix = results["selftest"]
    for name in matrix["false_alarms"]:
        say(f"false alarm: the right engine is flagged on {name}", output.no_color, fg="red")
    for missed in matrix["answers"]["missed"]:
        say_wrapped(f"wrong answer: {missed_words(missed)}", output.no_color, fg="red")
    for place in matrix["words"]["missed"]:
        say(f"a wrong word was believed: {place}", output.no_color, fg="red")
    for found in matrix["words"]["disagreements"]:
        say(f"words and counts disagree: {found}", output.no_color, fg="red")
    if not output.quiet:
        say_wrapped(tried_words(matrix))
        say_wrapped(answered_words(matrix["answers"]))
        say(f"{matrix['words']['planted'] - len(matrix['words']['missed']):,} of {matrix['words']['planted']:,} wrong words caught")
        name_files(results, output)
        say()
    colour = "green" if results["summary"]["holds"] else "red"
    say_verdict(results["summary"]["sentence"].rstrip("."), output.no_color, fg=colour)


def tried_words(matrix: Record) -> str:
    """How many cases were tried and judged, and why the others were not.

    >>> tried_words({"planned": 300, "judged": 298, "unjudged": [{"reason": CRASH, "comparisons": 2, "excused": True}]})
    '298 of 300 cases were judged, on all mutants and on the right engine; not judged: 2 (a crash is no catch)'
    """
    left = ", ".join(f"{entry['comparisons']:,} ({entry['reason']})" for entry in matrix["unjudged"])
    counts = f"{matrix['judged']:,} of {matrix['planned']:,} cases were judged, on all mutants and on the right engine"
    return f"{counts}; not judged: {left}" if left else counts


def answered_words(answers: Record) -> str:
    """How many known answers were right.

    >>> answered_words({"pages": 12, "asked": 1300, "missed": []}), answered_words({"pages": 0, "asked": 0, "missed": []})
    ('1,300 of 1,300 known answers are right', 'known answers: not checked, for Python runs without docstrings')
    """
    if not answers["asked"]:
        return "known answers: not checked, for Python runs without docstrings"
    return f"{answers['asked'] - len(answers['missed']):,} of {answers['asked']:,} known answers are right"


def missed_words(missed: Record) -> str:
    """A wrong answer in a line: where it stands, what was asked, found and expected.

    >>> missed_words({"where": "backproof.engine.passes", "line": 12, "asked": "width(0)", "expected": "1", "found": ""})
    'backproof.engine.passes, line 12: width(0) gives nothing, expected 1'
    """
    found, expected = missed["found"] or "nothing", missed["expected"] or "nothing"
    return f"{missed['where']}, line {missed['line']}: {missed['asked']} gives {found}, expected {expected}"


def selftest_document(
    seed: int,
    trials: Sequence[Trial],
    alarms: Sequence[str],
    words: WordsTried | None = None,
    right: int = 0,
    answers: Answers | None = None,
) -> Record:
    """A results document that holds the kill matrix and no cases; it holds if every mutant and every wrong word was
    caught, every known answer is right, and nothing else. `right`: on how many cases the right engine was tried.

    >>> found = selftest_document(0, [Trial("a fault", "…", "backward", "a graph", (), None, None, None)], ["random 1"])
    >>> found["summary"]["verdict"], found["summary"]["sentence"]
    ('WRONG', '0 of 1 wrong engine caught, 1 false alarm.')
    """
    caught = sum(trial.caught for trial in trials)
    planned, judged = right + sum(trial.planned for trial in trials), right + sum(trial.judged for trial in trials)
    agree = words is None or words.agree
    missed = () if answers is None else answers.missed
    holds = caught == len(trials) and not alarms and agree and not missed
    results = results_document(Settings(f"backproof selftest --seed {seed}", seed, 0, LISTED_PATHS, DIGITS), Tally(), (), False)
    summary = {
        "holds": holds,
        "verdict": (Verdict.CORRECT if holds else Verdict.WRONG).value,
        "sentence": f"{caught} of {counted(len(trials), 'wrong engine')} caught, {counted(len(alarms), 'false alarm')}"
        + (f"; {len(missed):,} of {counted(answers.asked, 'known answer')} wrong" if answers is not None and missed else "")
        + ("." if agree or words is None else f"; {words.sentence}."),
        "not_checked": [
            "the theorems on the suite's cases; `backproof verify` checks them",
            *([] if answers is None or answers.asked else ["what is known of the judge beforehand: Python runs without docstrings"]),
        ],
    }
    matrix = {
        "checks": list(CHECKS),
        "caught": caught,
        "mutants": [{**asdict(trial), "killed_by": list(trial.killed_by)} for trial in trials],
        "only": [len(survivors_without(trials, check)) for check in CHECKS],
        "false_alarms": list(alarms),
        **{"planned": planned, "judged": judged},
        "unjudged": [{"reason": CRASH, "comparisons": planned - judged, "excused": True}] if planned > judged else [],
        "answers": {
            "pages": 0 if answers is None else answers.pages,
            "asked": 0 if answers is None else answers.asked,
            "missed": [asdict(one) for one in missed],
        },
        "words": {
            "planted": 0 if words is None else len(words.planted),
            "missed": [] if words is None else list(words.missed),
            "disagreements": [] if words is None else list(words.disagreements),
        },
    }
    return {**results, "summary": {**results["summary"], **summary}, "selftest": matrix}
