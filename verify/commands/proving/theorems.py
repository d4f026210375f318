"""What `backproof theorems` does: check the theorems' steps on cases, run the backward pass on symbols on every small
graph, and print the evidence.

>>> from backproof.verify.results.ledger import Ledger, theorem_record
>>> from backproof.theorems.catalogue import theorem
>>> theorem_line(theorem_record(theorem("unreachable"), Ledger()))
'not checked   unreachable       A leaf without a path to the output has adjoint zero (after L16): not checked'
>>> run_theorems(TheoremsOptions("gauss"))  # said on stderr: no theorem is labelled 'gauss'
4
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial
from typing import TypeAlias

from backproof.engine import DomainError, GraphError
from backproof.reports.document import Record
from backproof.reports.html.statements import statement
from backproof.reports.latex.article import article
from backproof.reports.latex.theorem import theorem_part
from backproof.reports.progress import progress
from backproof.reports.streams import data_on_stdout, put_data
from backproof.reports.terminal import say, say_verdict, say_wrapped, tell, tell_whole
from backproof.reports.text import counted
from backproof.reports.vocabulary import COLOURS
from backproof.theorems.backward_pass import BACKWARD_PASS
from backproof.theorems.catalogue import THEOREMS, theorem
from backproof.theorems.theorem import Theorem
from backproof.verify.campaign.cluster import ClusterError, place
from backproof.verify.campaign.run import available_cores
from backproof.verify.campaign.workers import Crash
from backproof.verify.campaign.workplace import Workplace
from backproof.verify.cases.case import Case, CaseError
from backproof.verify.cases.draws import usual_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.cases.reading import read_case
from backproof.verify.cases.replay import case_id, replay_id
from backproof.verify.commands.exit_codes import INTERNAL, INTERRUPTED, USAGE, holds_or_fails
from backproof.verify.commands.options import DERIVATION, PROVE, QUICK_SIZE, TheoremsOptions
from backproof.verify.commands.proving.small_graphs import COST_SAID, NEEDS_A_FILE, SmallGraphs, cost, rate_here, run_small_graphs
from backproof.verify.commands.session import finish, give_up, name_files, stoppable, unwritable
from backproof.verify.commands.suggestions import did_you_mean
from backproof.verify.numbers.precision import DIGITS
from backproof.verify.proofs.exhaustive import Exhausted
from backproof.verify.proofs.within_limits import findings_within_limits
from backproof.verify.results.case_record import case_record
from backproof.verify.results.derivations import FOUR_VERTICES, derivation_records
from backproof.verify.results.document import results_document
from backproof.verify.results.finished_blocks import BlocksError
from backproof.verify.results.ledger import Ledger, finding_record, theorem_record
from backproof.verify.results.settings import LISTED_PATHS, NotRun, Settings
from backproof.verify.results.tally import Tally
from backproof.verify.three_way.check import check_case
from backproof.verify.verdicts import Verdict, worst

Findings: TypeAlias = tuple[str, list[Record]]
"""The id of a case, and what each step says of it."""

BESIDE = 32  # columns of the verdict and the label of a theorem; what it says stands beside them
SHOWN_VIOLATIONS = 5  # chosen: the first ones are the smallest graphs; the results document has up to twenty of each size


def run_theorems(options: TheoremsOptions) -> int:
    """Check all theorems, or one, and return the exit code: 1 if a step is not CORRECT."""
    try:
        chosen = THEOREMS if options.label is None else (theorem(options.label),)
        given = None if options.case is None else read_case(options.case, options.seed)
    except KeyError:
        return give_up(f"backproof theorems: {unknown_label(str(options.label))}")
    except (CaseError, GraphError, DomainError) as error:
        return give_up(f"backproof theorems: {error}")
    every_graph = BACKWARD_PASS in chosen and given is None and options.exhaustive > 0
    if options.resume_file is not None and not every_graph:
        return give_up("backproof theorems: --resume keeps what --exhaustive finished, which does not run here; leave it out")
    if options.scheduler is not None and options.jobs is not None:
        return give_up("backproof theorems: --jobs are processes of this machine, --scheduler has its own; leave one out")
    try:
        carrying = data_on_stdout() if options.notation != TheoremsOptions.notation else nullcontext()
        with carrying, place(options.jobs or available_cores(), options.scheduler) as where:
            if every_graph and (refused := _cost_said(options, where)):
                return give_up(f"backproof theorems: {refused}")
            return _run(options, chosen, given, where, every_graph)
    except ClusterError as error:
        return give_up(f"backproof theorems: {error}")
    except BlocksError as error:
        return give_up(f"backproof theorems: cannot resume from {str(options.resume_file)!r}: {error}")
    except OSError as error:
        return unwritable(error)


def written(results: Record, options: TheoremsOptions) -> str:
    """The theorems in another notation than text: an article, a part of one, or a part of a page."""
    if options.notation == "mathml":
        return "".join(f"{statement(record)}\n" for record in results["theorems"])
    if options.label is not None:
        return f"% A part of an article that loads amsmath and amssymb.\n{theorem_part(results['theorems'][0])}\n"
    return article(results, case_record(check_case(lecture_cases()[FOUR_VERTICES]), with_detail=True))


def unknown_label(label: str) -> str:
    """What is said of a label that no theorem has.

    >>> unknown_label("path-sums")
    "no theorem is labelled 'path-sums'; did you mean 'path-sum'? `backproof list theorems` has them all"
    """
    meant = did_you_mean(label, (*(one.label for one in THEOREMS), PROVE)) or ";"
    return f"no theorem is labelled {label!r}{meant} `backproof list theorems` has them all"


def _cost_said(options: TheoremsOptions, where: Workplace) -> str | None:
    """Say what the largest size costs; returned is why it is not begun."""
    if options.exhaustive < COST_SAID:
        return None
    costs = cost(options.exhaustive, where.cores or where.jobs, rate_here(options.exhaustive))
    if options.exhaustive >= NEEDS_A_FILE and options.resume_file is None and options.scheduler is None:
        return f"{costs}; give --resume FILE, which keeps what is finished, or --scheduler ADDRESS"
    tell(costs)
    return None


def _run(options: TheoremsOptions, chosen: Sequence[Theorem], given: Case | None, where: Workplace, every_graph: bool) -> int:
    """What was asked for, until it ends or is stopped; the exit code."""
    ledger, found = Ledger(), SmallGraphs((), (), every_graph, 0, 0)
    crashes: list[tuple[str, str]] = []
    finished = 0
    cases = [*lecture_cases(), *(usual_case(options.seed, index) for index in range(options.cases))] if given is None else [given]
    silent = options.output.silent
    with stoppable() as stop:
        with progress(len(cases), silent) as advance:
            for outcome in where.in_order(partial(_findings, labels=[one.label for one in chosen]), cases, stop):
                finished += 1
                advance()
                if isinstance(outcome, Crash):
                    crashes.append((f"backproof replay '{replay_id(outcome.task)}'", outcome.words))
                else:
                    ledger.add(*outcome.result)
        if every_graph and not stop() and where.trouble() is None:
            found = run_small_graphs(options.exhaustive, options.resume_file, where, stop, partial(_tell_size, options), silent)
        trouble = where.trouble()
    if found.interrupted or finished < len(cases):
        words = _interrupted(options, ledger.cases, found)
        if trouble is None:
            return give_up(words, INTERRUPTED)
        tell(f"backproof theorems: {trouble.words}")
        return give_up(words, USAGE if trouble.refused else INTERRUPTED)
    crashes += found.crashes
    results = _results(options, chosen, ledger, found.sizes, len(crashes))
    if options.notation != TheoremsOptions.notation:
        put_data(written(results, options))
    _print(results, options)
    code = finish(results, options.output, name_files, holds_or_fails(results))
    for case, traceback in crashes:
        tell(f"Internal error. Please report it with this case: {traceback.strip().rpartition(chr(10))[2]}")
        tell_whole(f"  {case}")
    return INTERNAL if crashes else code


def _interrupted(options: TheoremsOptions, cases: int, found: SmallGraphs) -> str:
    words = f"Interrupted after {counted(cases, 'case')}"
    if not found.finished:
        return f"{words}."
    words += f" and {found.finished:,} of {counted(found.planned, 'block')} of graphs"
    if options.resume_file is None:
        return f"{words}; nothing is kept without --resume."
    return f"{words}, which {str(options.resume_file)!r} keeps: the same command goes on."


def _findings(case: Case, labels: Sequence[str]) -> Findings:
    return case_id(case), [finding_record(found) for found in findings_within_limits(case, [theorem(label) for label in labels])]


def _tell_size(options: TheoremsOptions, size: Exhausted) -> None:
    """A size is told as it ends where it takes long or is all that was asked for."""
    if not options.output.quiet and (options.label is not None or options.exhaustive > QUICK_SIZE):
        say(size.sentence)


def _results(options: TheoremsOptions, chosen: Sequence[Theorem], ledger: Ledger, exhausted: Sequence[Exhausted], crashed: int) -> Record:
    """A results document that holds the theorems and no cases."""
    command = f"backproof theorems --cases {options.cases} --seed {options.seed}"
    settings = Settings(command, options.seed, options.cases, LISTED_PATHS, DIGITS)
    derivations = derivation_records() if any(one.label == DERIVATION for one in chosen) else ()
    not_run = [NotRun("the suite itself failed on them", crashed)]
    empty = results_document(settings, Tally(), (), False, exhausted, derivations, not_run=not_run)
    records = [theorem_record(one, ledger, empty["exhaustive"], empty["proofs"]) for one in chosen]
    return {**empty, "summary": {**empty["summary"], **_summary(records, ledger.cases, empty["proofs"], crashed)}, "theorems": records}


def _summary(records: Sequence[Record], cases: int, proofs: Record, crashed: int) -> Record:
    """The verdict over the theorems that were checked, in a sentence, and what was not."""
    verdicts = [Verdict(record["verdict"]) for record in records if record["verdict"] is not None]
    failing = sum(verdict is not Verdict.CORRECT for verdict in verdicts)
    steps = counted(sum(len(record["steps"]) for record in records), "step")
    outcome = "every step holds." if verdicts else "look at more (--cases)."
    if failing:
        outcome = f"{failing} have steps that are not CORRECT."
    if crashed:
        outcome += f" The suite itself failed on {counted(crashed, 'more case')}."
    unchecked = [record["label"] for record in records if record["verdict"] is None]
    return {
        "holds": bool(verdicts) and not failing and not crashed,
        "verdict": worst([*verdicts, *([] if verdicts and not crashed else [Verdict.INCONCLUSIVE])]).value,
        "sentence": f"{len(verdicts)} of {len(records)} theorems checked in {steps} on {counted(cases, 'case')}: {outcome}",
        "not_checked": [*(f"{label}: no case here has what it speaks of" for label in unchecked), proofs["sentence"]],
    }


def theorem_line(record: Record) -> str:
    """One theorem in one line: verdict, label, statement, evidence with the strongest first."""
    verdict = record["verdict"] or "not checked"
    return f"{verdict:<13} {record['label']:<17} {record['title']} ({record['source']}): {' · '.join(record['evidence'])}"


def _print(results: Record, options: TheoremsOptions) -> None:
    if not options.output.quiet:
        _print_all(results, options)
    summary = results["summary"]
    say_verdict(f"{summary['verdict']}  {summary['sentence']}", options.output.no_color, fg=COLOURS[summary["verdict"]])


def _print_all(results: Record, options: TheoremsOptions) -> None:
    """The theorems with their evidence, their steps if one is asked for or all there is, and what was not checked."""
    no_color = options.output.no_color
    for record in results["theorems"]:
        say_wrapped(theorem_line(record), no_color, BESIDE, fg=COLOURS.get(record["verdict"], "yellow"))
        if options.label is not None or options.output.verbose:
            _print_steps(record, no_color)
    say()
    if results["exhaustive"] is not None:
        _print_exhaustive(results["exhaustive"])
    for sentence in results["summary"]["not_checked"]:
        say_wrapped(f"not checked: {sentence}")


def _print_exhaustive(every: Record) -> None:
    counts = f"{counted(every['graphs'], 'graph')}, {counted(every['adjoints'], 'adjoint')} on symbols, {counted(every['violated'], 'violation')}"
    say_wrapped(f"exhaustive, n ≤ {every['n']}: {counts}")
    for violation in every["violations"][:SHOWN_VIOLATIONS]:
        say(f"  {violation}")


def _print_steps(record: Record, no_color: bool) -> None:
    say_wrapped(f"  {record['words']}")
    for hypothesis in record["hypotheses"]:
        say_wrapped(f"  presupposes {hypothesis['name']}: {hypothesis['words']}")
    if record["uses"]:
        say_wrapped(f"  uses {', '.join(record['uses'])}")
    for number, step in enumerate(record["steps"], start=1):
        say()
        words = f"  {number}. {step['name']} ({step['source']}): {step['verdict'] or 'not checked'}"
        say_wrapped(words, no_color, fg=COLOURS.get(step["verdict"], "yellow"))
        say_wrapped(f"     {step['words']}")
        for found in step["found"]:
            _print_found(found)


def _print_found(found: Record) -> None:
    """What was found of a step in one number system, and the first place where its sides differ."""
    methods = f" ({', '.join(found['methods'])})" if found["methods"] else ""
    line = f"     {found['system']}: {found['evidence']}{methods}, {counted(found['places'], 'equation')}"
    if found["bound"] is not None:
        line += f"; leaves drawn from 2³² numbers, degree ≤ {found['degree']}: "
        line += f"a false identity would pass with probability ≤ {found['bound']:.1e}"
    if found["verdict"] != Verdict.CORRECT.value:
        line += f"; {found['verdict']}: {found['reason']}"
    say_wrapped(line)
    if found["failure"]:
        failure = found["failure"]
        say_wrapped(f"       at {failure['where']}: {failure['left']} against {failure['right']} (case {found['case']})")
