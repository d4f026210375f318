"""What `backproof theorems` does: check the theorems' steps on cases, run the backward pass on symbols on every small graph, and print the evidence.

>>> from backproof.verify.results.ledger import Ledger, theorem_record
>>> from backproof.theorems.catalogue import theorem
>>> row(theorem_record(theorem("unreachable"), Ledger()))
'not checked   unreachable       A leaf without a path to the output has adjoint zero (after L16): not checked'
>>> run_theorems("gauss", None, 0, 0, 0, None, "text", 1, None, None, True)
4
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import click

from backproof.engine import DomainError, GraphError
from backproof.reports import save_results, write_html
from backproof.reports.document import Record
from backproof.reports.terminal import say
from backproof.reports.vocabulary import COLOURS
from backproof.theorems.catalogue import THEOREMS, theorem
from backproof.theorems.derivation import TooLong
from backproof.theorems.printed_derivation import as_latex, as_mathml
from backproof.theorems.theorem import Theorem
from backproof.verify.campaign.run import available_cores
from backproof.verify.cases.case import Case, CaseError
from backproof.verify.cases.draws import campaign_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.cases.reading import read_case
from backproof.verify.cases.replay import case_id
from backproof.verify.commands.exit_codes import FAILS, HOLDS, INTERNAL, INTERRUPTED, USAGE
from backproof.verify.numbers.precision import DIGITS
from backproof.verify.proofs.derivations import CheckedDerivation, check_derivation
from backproof.verify.proofs.exhaustive import Exhausted, check_all
from backproof.verify.proofs.steps import check_case_theorems
from backproof.verify.results.derivations import derivation_record, derivation_records
from backproof.verify.results.document import results_document
from backproof.verify.results.ledger import Ledger, finding_record, theorem_record
from backproof.verify.results.settings import LISTED_PATHS, Settings
from backproof.verify.results.tally import Tally
from backproof.verify.verdicts import Verdict, worst

DERIVATION = "derivation"
NETWORK = 5


def run_theorems(
    label: str | None,
    case: str | None,
    cases: int,
    seed: int,
    exhaustive: int,
    leaf: str | None,
    notation: str,
    jobs: int | None,
    json_file: Path | None,
    html_file: Path | None,
    no_color: bool,
) -> int:
    """Check all theorems, or one, and return the exit code: 1 if a step is not CORRECT."""
    try:
        chosen = THEOREMS if label is None else (theorem(label),)
        given = None if case is None else read_case(case, seed)
    except KeyError as error:
        click.echo(f"backproof theorems: {error.args[0]}", err=True)
        return USAGE
    except (CaseError, GraphError, DomainError) as error:
        click.echo(f"backproof theorems: {error}", err=True)
        return USAGE
    if label == DERIVATION:
        return _derive(given, leaf, notation, seed, json_file, html_file, no_color)
    if leaf is not None or notation != "text":
        click.echo("backproof theorems: --leaf and --format belong to the label `derivation`", err=True)
        return USAGE
    ledger, exhausted = Ledger(), list[Exhausted]()
    try:
        for identity, findings in _checked(given, chosen, cases, seed, jobs or available_cores()):
            ledger.add(identity, findings)
        if any(one.label == "backward-pass" for one in chosen) and given is None:
            for size in check_all(exhaustive, jobs=jobs or available_cores()):
                exhausted.append(size)
                if label is not None or exhaustive > 5:
                    click.echo(size.sentence)
    except KeyboardInterrupt:
        click.echo(f"Interrupted after {ledger.cases} cases.", err=True)
        return INTERRUPTED
    results = _results(chosen, ledger, exhausted, seed, cases)
    _print(results, label is not None, no_color)
    return _written(results, json_file, html_file)


def _written(results: Record, json_file: Path | None, html_file: Path | None) -> int:
    """Write what was asked for, and choose the exit code."""
    try:
        if json_file is not None:
            save_results(results, json_file)
        if html_file is not None:
            write_html(results, html_file)
    except OSError as error:
        click.echo(f"Cannot write {error.filename!r}: {error.strerror}", err=True)
        return INTERNAL
    for path in (json_file, html_file):
        if path is not None:
            click.echo(f"wrote {path}")
    return HOLDS if results["summary"]["holds"] else FAILS


def _checked(given: Case | None, chosen: Sequence[Theorem], count: int, seed: int, jobs: int) -> Iterator[tuple[str, list[Record]]]:
    if given is not None:
        yield _findings(given, [one.label for one in chosen])
        return
    every = [*lecture_cases(), *(campaign_case(seed, index) for index in range(count))]
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(partial(_findings, labels=[one.label for one in chosen]), every)


def _findings(case: Case, labels: Sequence[str]) -> tuple[str, list[Record]]:
    return case_id(case), [finding_record(found) for found in check_case_theorems(case, [theorem(label) for label in labels])]


def _results(chosen: Sequence[Theorem], ledger: Ledger, exhausted: Sequence[Exhausted], seed: int, cases: int) -> Record:
    """A results document that holds the theorems and no cases."""
    settings = Settings(f"backproof theorems --cases {cases} --seed {seed}", seed, cases, LISTED_PATHS, DIGITS)
    derivations = derivation_records() if any(one.label == DERIVATION for one in chosen) else ()
    empty = results_document(settings, Tally(), (), False, exhausted, derivations)
    records = [theorem_record(one, ledger, empty["exhaustive"], empty["proofs"]) for one in chosen]
    verdicts = [Verdict(record["verdict"]) for record in records if record["verdict"] is not None]
    unchecked = [record["label"] for record in records if record["verdict"] is None]
    verdict = worst(verdicts) if verdicts else Verdict.INCONCLUSIVE
    steps = sum(len(record["steps"]) for record in records)
    failing = sum(v is not Verdict.CORRECT for v in verdicts)
    outcome = f"{failing} have steps that are not CORRECT." if failing else "every step holds." if verdicts else "look at more (--cases)."
    sentence = (
        f"{len(verdicts)} of {len(records)} theorems checked in {counted(steps, 'step')} on {counted(ledger.cases, 'case')}: {outcome}"
    )
    holds = bool(verdicts) and verdict is Verdict.CORRECT
    not_checked = [*(f"{label}: no case here has what it speaks of" for label in unchecked), empty["proofs"]["sentence"]]
    summary = {**empty["summary"], "holds": holds, "verdict": verdict.value, "sentence": sentence, "not_checked": not_checked}
    return {**empty, "summary": summary, "theorems": records}


def counted(number: int, word: str) -> str:
    """`1 step`, `2 steps`.

    >>> counted(1, "step"), counted(1200, "case")
    ('1 step', '1,200 cases')
    """
    return f"{number:,} {word}" + ("" if number == 1 else "s")


def row(record: Record) -> str:
    """One theorem in one line: verdict, label, statement, evidence with the strongest first."""
    verdict = record["verdict"] or "not checked"
    return f"{verdict:<13} {record['label']:<17} {record['title']} ({record['source']}): {' · '.join(record['evidence'])}"


def _print(results: Record, steps: bool, no_color: bool) -> None:
    for record in results["theorems"]:
        say(row(record), no_color, fg=COLOURS.get(record["verdict"], "yellow"))
        if steps:
            _print_steps(record, no_color)
    every = results["exhaustive"]
    click.echo()
    if every is not None:
        click.echo(
            f"exhaustive, n ≤ {every['n']}: {every['graphs']:,} graphs, {every['adjoints']:,} adjoints on symbols, {every['violated']:,} violations"
        )
        for violation in every["violations"][:5]:
            click.echo(f"  {violation}")
    for sentence in results["summary"]["not_checked"]:
        click.echo(f"not checked: {sentence}")
    say(f"{results['summary']['verdict']}  {results['summary']['sentence']}", no_color, bold=True)


def _print_steps(record: Record, no_color: bool) -> None:
    click.echo(f"  {record['words']}")
    for hypothesis in record["hypotheses"]:
        click.echo(f"  presupposes {hypothesis['name']}: {hypothesis['words']}")
    if record["uses"]:
        click.echo(f"  uses {', '.join(record['uses'])}")
    for number, step in enumerate(record["steps"], start=1):
        click.echo()
        say(
            f"  {number}. {step['name']} ({step['source']}): {step['verdict'] or 'not checked'}",
            no_color,
            fg=COLOURS.get(step["verdict"], "yellow"),
        )
        click.echo(f"     {step['words']}")
        for found in step["found"]:
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


def _derive(
    given: Case | None, leaf: str | None, notation: str, seed: int, json_file: Path | None, html_file: Path | None, no_color: bool
) -> int:
    """Print the derivation of L8 for one leaf or every leaf, with the verdict of every line."""
    case = given or lecture_cases()[NETWORK]
    graph = case.graph
    merge = ["q_y"] if given is None else []
    leaves = [leaf] if leaf is not None else [graph.name(j) for j in graph.differentiable_leaves()]
    derived: list[CheckedDerivation] = []
    for name in leaves:
        try:
            checked = check_derivation(case, name, merge=merge)
        except TooLong as error:
            click.echo(f"{name}: {error}\n")
            continue
        except ValueError as error:
            click.echo(f"backproof theorems: {error}", err=True)
            return USAGE
        derived.append(checked)
        text = checked.as_text() if notation == "text" else (as_latex if notation == "latex" else as_mathml)(checked.derivation)
        click.echo(text + "\n")
    verdict = worst(checked.verdict for checked in derived)
    if not derived:
        say("not checked  no derivation was short enough to write", no_color, fg="yellow", bold=True)
        return FAILS
    holds = verdict is Verdict.CORRECT
    sentence = "every line has the value of its left side" if holds else "not every line could be shown to have the value of its left side"
    say(f"{verdict.value}  {sentence}", no_color, fg=COLOURS[verdict.value])
    settings = Settings("backproof theorems derivation", seed, 0, LISTED_PATHS, DIGITS)
    results = results_document(settings, Tally(), (), False, (), [derivation_record(checked, case.name) for checked in derived])
    told = f"{counted(len(derived), 'derivation')}: {sentence}."
    summary = {**results["summary"], "holds": holds, "verdict": verdict.value, "sentence": told}
    return _written({**results, "summary": summary, "theorems": []}, json_file, html_file)
