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

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import click

from backproof.engine import DomainError, GraphError
from backproof.reports.document import Record
from backproof.reports.terminal import say
from backproof.reports.vocabulary import COLOURS
from backproof.theorems.backward_pass import BACKWARD_PASS
from backproof.theorems.catalogue import THEOREMS, theorem
from backproof.theorems.theorem import Theorem
from backproof.verify.campaign.run import available_cores
from backproof.verify.cases.case import Case, CaseError
from backproof.verify.cases.draws import campaign_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.cases.reading import read_case
from backproof.verify.cases.replay import case_id
from backproof.verify.commands.exit_codes import INTERRUPTED, holds_or_fails
from backproof.verify.commands.options import DERIVATION, QUICK_SIZE, TheoremsOptions
from backproof.verify.commands.session import finish, give_up, name_files
from backproof.verify.numbers.precision import DIGITS
from backproof.verify.proofs.exhaustive import Exhausted, check_all
from backproof.verify.proofs.within_limits import findings_within_limits
from backproof.verify.results.derivations import derivation_records
from backproof.verify.results.document import results_document
from backproof.verify.results.ledger import Ledger, finding_record, theorem_record
from backproof.verify.results.settings import LISTED_PATHS, Settings
from backproof.verify.results.tally import Tally
from backproof.verify.verdicts import Verdict, worst

SHOWN_VIOLATIONS = 5  # chosen: the first ones are the smallest graphs; the results document has up to twenty of each size


def run_theorems(options: TheoremsOptions) -> int:
    """Check all theorems, or one, and return the exit code: 1 if a step is not CORRECT."""
    try:
        chosen = THEOREMS if options.label is None else (theorem(options.label),)
        given = None if options.case is None else read_case(options.case, options.seed)
    except KeyError as error:
        return give_up(f"backproof theorems: {error.args[0]}")
    except (CaseError, GraphError, DomainError) as error:
        return give_up(f"backproof theorems: {error}")
    if options.leaf is not None or options.notation != TheoremsOptions.notation:
        return give_up(f"backproof theorems: --leaf and --format belong to the label `{DERIVATION}`")
    ledger, exhausted = Ledger(), list[Exhausted]()
    try:
        for identity, findings in _checked(options, given, chosen):
            ledger.add(identity, findings)
        if BACKWARD_PASS in chosen and given is None:
            exhausted += _every_small_graph(options)
    except KeyboardInterrupt:
        return give_up(f"Interrupted after {ledger.cases} cases.", INTERRUPTED)
    results = _results(options, chosen, ledger, exhausted)
    _print(results, options)
    return finish(results, options.output, name_files, holds_or_fails(results))


def _checked(options: TheoremsOptions, given: Case | None, chosen: Sequence[Theorem]) -> Iterator[tuple[str, list[Record]]]:
    """What the steps say of the given case; without one, of the lecture's examples and of random graphs."""
    labels = [one.label for one in chosen]
    if given is not None:
        yield _findings(given, labels)
        return
    every = [*lecture_cases(), *(campaign_case(options.seed, index) for index in range(options.cases))]
    with ProcessPoolExecutor(options.jobs or available_cores()) as pool:
        yield from pool.map(partial(_findings, labels=labels), every)


def _findings(case: Case, labels: Sequence[str]) -> tuple[str, list[Record]]:
    return case_id(case), [finding_record(found) for found in findings_within_limits(case, [theorem(label) for label in labels])]


def _every_small_graph(options: TheoremsOptions) -> Iterator[Exhausted]:
    """The backward pass on symbols, size by size; told as it goes where it takes long or is all that was asked for."""
    for size in check_all(options.exhaustive, jobs=options.jobs or available_cores()):
        yield size
        if options.label is not None or options.exhaustive > QUICK_SIZE:
            click.echo(size.sentence)


def _results(options: TheoremsOptions, chosen: Sequence[Theorem], ledger: Ledger, exhausted: Sequence[Exhausted]) -> Record:
    """A results document that holds the theorems and no cases."""
    command = f"backproof theorems --cases {options.cases} --seed {options.seed}"
    settings = Settings(command, options.seed, options.cases, LISTED_PATHS, DIGITS)
    derivations = derivation_records() if any(one.label == DERIVATION for one in chosen) else ()
    empty = results_document(settings, Tally(), (), False, exhausted, derivations)
    records = [theorem_record(one, ledger, empty["exhaustive"], empty["proofs"]) for one in chosen]
    return {**empty, "summary": {**empty["summary"], **_summary(records, ledger.cases, empty["proofs"])}, "theorems": records}


def _summary(records: Sequence[Record], cases: int, proofs: Record) -> Record:
    """The verdict over the theorems that were checked, in a sentence, and what was not."""
    verdicts = [Verdict(record["verdict"]) for record in records if record["verdict"] is not None]
    failing = sum(verdict is not Verdict.CORRECT for verdict in verdicts)
    steps = counted(sum(len(record["steps"]) for record in records), "step")
    outcome = "every step holds." if verdicts else "look at more (--cases)."
    if failing:
        outcome = f"{failing} have steps that are not CORRECT."
    unchecked = [record["label"] for record in records if record["verdict"] is None]
    return {
        "holds": bool(verdicts) and not failing,
        "verdict": (worst(verdicts) if verdicts else Verdict.INCONCLUSIVE).value,
        "sentence": f"{len(verdicts)} of {len(records)} theorems checked in {steps} on {counted(cases, 'case')}: {outcome}",
        "not_checked": [*(f"{label}: no case here has what it speaks of" for label in unchecked), proofs["sentence"]],
    }


def counted(number: int, word: str) -> str:
    """`1 step`, `2 steps`.

    >>> counted(1, "step"), counted(1200, "case")
    ('1 step', '1,200 cases')
    """
    return f"{number:,} {word}" + ("" if number == 1 else "s")


def theorem_line(record: Record) -> str:
    """One theorem in one line: verdict, label, statement, evidence with the strongest first."""
    verdict = record["verdict"] or "not checked"
    return f"{verdict:<13} {record['label']:<17} {record['title']} ({record['source']}): {' · '.join(record['evidence'])}"


def _print(results: Record, options: TheoremsOptions) -> None:
    no_color = options.output.no_color
    for record in results["theorems"]:
        say(theorem_line(record), no_color, fg=COLOURS.get(record["verdict"], "yellow"))
        if options.label is not None:
            _print_steps(record, no_color)
    click.echo()
    if results["exhaustive"] is not None:
        _print_exhaustive(results["exhaustive"])
    for sentence in results["summary"]["not_checked"]:
        click.echo(f"not checked: {sentence}")
    say(f"{results['summary']['verdict']}  {results['summary']['sentence']}", no_color, bold=True)


def _print_exhaustive(every: Record) -> None:
    counts = f"{every['graphs']:,} graphs, {every['adjoints']:,} adjoints on symbols, {every['violated']:,} violations"
    click.echo(f"exhaustive, n ≤ {every['n']}: {counts}")
    for violation in every["violations"][:SHOWN_VIOLATIONS]:
        click.echo(f"  {violation}")


def _print_steps(record: Record, no_color: bool) -> None:
    click.echo(f"  {record['words']}")
    for hypothesis in record["hypotheses"]:
        click.echo(f"  presupposes {hypothesis['name']}: {hypothesis['words']}")
    if record["uses"]:
        click.echo(f"  uses {', '.join(record['uses'])}")
    for number, step in enumerate(record["steps"], start=1):
        click.echo()
        words = f"  {number}. {step['name']} ({step['source']}): {step['verdict'] or 'not checked'}"
        say(words, no_color, fg=COLOURS.get(step["verdict"], "yellow"))
        click.echo(f"     {step['words']}")
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
    click.echo(line)
    if found["failure"]:
        failure = found["failure"]
        click.echo(f"       at {failure['where']}: {failure['left']} against {failure['right']} (case {found['case']})")
