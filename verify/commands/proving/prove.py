"""What `backproof theorems prove` does: compile and audit the formal proofs with Coq, and say of every theorem and step
which lemma proves it.

Without `coqc` nothing is checked and nothing is green; what was recorded is shown as recorded.

>>> refused = Proofs("refused", problems=("Mini.v contains Admitted",))
>>> run_prove(ProveOptions(), check=lambda **_: refused)
refused ...
<BLANKLINE>
  Mini.v contains Admitted
WRONG  refused: Mini.v contains Admitted
1
"""

from __future__ import annotations

from collections.abc import Callable

from backproof.reports.document import Record
from backproof.reports.progress import alive
from backproof.reports.terminal import say, say_verdict, say_wrapped, tell
from backproof.reports.vocabulary import COLOURS
from backproof.theorems.catalogue import THEOREMS
from backproof.verify.commands.exit_codes import FAILS, HOLDS, NOTHING
from backproof.verify.commands.options import Output, ProveOptions
from backproof.verify.commands.proving.mutants import run_mutants
from backproof.verify.commands.session import finish, give_up, name_files, unwritable
from backproof.verify.numbers.precision import DIGITS
from backproof.verify.proofs.coq_audit import NOT_CHECKED, PROVED, Checker, Proofs, check_proofs
from backproof.verify.proofs.texts import WHOLE, coq_texts, texts_of_all, whole_tables
from backproof.verify.proofs.translation import LARGEST, coq_tables, named_graphs
from backproof.verify.results.document import results_document
from backproof.verify.results.proofs import formal_name, proofs_record, write_records
from backproof.verify.results.settings import LISTED_PATHS, Settings
from backproof.verify.results.tally import Tally
from backproof.verify.verdicts import Verdict


def run_prove(options: ProveOptions, check: Checker = check_proofs) -> int:
    """Check the proofs and return the exit code: 0 proved, 1 refused, 5 not checked here. With `mutants`: try these
    instead.
    """
    if options.mutants:
        return run_mutants(options)
    with alive("the formal proofs", options.output.quiet or options.output.no_progress) as note:
        note("what the engine's backward pass leaves on every small graph")
        lists = coq_tables()
        tables = whole_tables(lists, coq_texts(texts_of_all())) if options.deep else lists
        proofs = check(tables=tables, deep=options.deep, reviewed=not options.record, note=_noted(note, options.output))
    results = _results(proofs)
    _print(proofs, results["summary"], options.output)
    if options.record and proofs.status == PROVED:
        try:
            write_records(proofs)
        except OSError as error:
            return unwritable(error)
        except ValueError as error:
            return give_up(str(error), NOTHING)
        say("recorded")
    code = {PROVED: HOLDS, NOT_CHECKED: NOTHING}.get(proofs.status, FAILS)
    return finish(results, options.output, name_files, code)


def _noted(note: Callable[[str], None], output: Output) -> Callable[[str], None]:
    """What is told what Coq is at: progress, and a line for each file where all there is was asked for."""

    def both(words: str) -> None:
        note(words)
        if output.verbose:
            tell(f"Coq: {words}")

    return both


def _print(proofs: Proofs, summary: Record, output: Output) -> None:
    if not output.quiet:
        _print_all(proofs, output.no_color)
    say_verdict(f"{summary['verdict']}  {summary['sentence']}", output.no_color, fg=COLOURS.get(summary["verdict"], "yellow"))


def _print_all(proofs: Proofs, no_color: bool) -> None:
    """Every theorem with its lemma, what the tables say, the axioms, and the problems."""
    _print_theorems(proofs, proofs_record(proofs)["status"], no_color)
    say()
    if proofs.status == PROVED:
        say_wrapped(
            f"  translation: Coq accepts what the engine's backward pass leaves on {proofs.tables:,} graphs: "
            f"all with n ≤ {LARGEST if proofs.digest is None else WHOLE}, and {len(named_graphs())} of the lecture"
        )
    if proofs.digest is not None:
        say_wrapped(f"  what it leaves for n = {WHOLE} was given to Coq as texts, with the SHA-256 {proofs.digest}")
    for part in proofs.parts:
        if any(name in proofs.rests for name in proofs.proved):
            say_wrapped(f"  over {part.label} the statements rest on axioms of {part.library} and no others: {', '.join(part.axioms)}")
    for problem in proofs.problems:
        say_wrapped(f"  {problem}")


def _print_theorems(proofs: Proofs, status: str, no_color: bool) -> None:
    for theorem in THEOREMS:
        if theorem.formal is None:
            say_wrapped(f"{'not formalised':<17} {theorem.label:<16} {theorem.title} ({theorem.source})", no_color, fg="yellow")
            continue
        colour = "green" if theorem.formal in proofs.proved else "yellow"
        here = NOT_CHECKED if proofs.status == PROVED and theorem.formal not in proofs.proved else status
        say_wrapped(f"{here:<17} {theorem.label:<16} {theorem.title} ({theorem.source}): {theorem.formal}", no_color, fg=colour)
        for step in theorem.steps:
            name = formal_name(theorem, step)
            if len(theorem.steps) > 1:
                say_wrapped(f"{'':<17} · {step.name} ({step.source}): {name or 'not formalised'}")


def _results(proofs: Proofs) -> Record:
    """A results document that holds the proofs and the theorems that they prove."""
    settings = Settings("backproof theorems prove", 0, 0, LISTED_PATHS, DIGITS)
    results = results_document(settings, Tally(), (), False, proofs=proofs)
    verdict = {PROVED: Verdict.CORRECT, NOT_CHECKED: Verdict.INCONCLUSIVE}.get(proofs.status, Verdict.WRONG)
    sentence = results["proofs"]["sentence"] if proofs.status == NOT_CHECKED else proofs.sentence
    unproved = [f"{theorem['label']}: not formalised" for theorem in results["theorems"] if theorem["formal"] is None]
    if proofs.status == PROVED:
        absent = [theorem["label"] for theorem in results["theorems"] if theorem["formal"] and theorem["formal"] not in proofs.proved]
        unproved += [f"{label}: {NOT_CHECKED}" for label in absent]
    summary = {
        **results["summary"],
        "holds": proofs.status == PROVED,
        "verdict": verdict.value,
        "sentence": sentence,
        "not_checked": unproved,
    }
    return {**results, "summary": summary}
