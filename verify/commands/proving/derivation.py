"""What `backproof theorems derivation` does: print the lecture's rewriting of a global derivative into local ones (L8),
with the verdict of every line.

>>> run_derivation(DerivationOptions(leaf="W"))
∂o/∂W|^{f̄o} = ∂o/∂q|^{fo} × ∂q/∂W|^{f̄q} ... CORRECT, to 50 digits on 1 case
...
CORRECT  every line has the value of its left side
0
>>> run_derivation(DerivationOptions(leaf="nobody"))  # said on stderr: no vertices are called 'nobody'
4
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext

from backproof.engine import DomainError, GraphError
from backproof.reports.document import Record
from backproof.reports.foreign import foreign
from backproof.reports.streams import data_on_stdout, put_data
from backproof.reports.terminal import say, say_lines, say_verdict
from backproof.reports.text import counted
from backproof.reports.vocabulary import COLOURS
from backproof.theorems.derivation import TooLong
from backproof.theorems.printed_derivation import as_latex, as_mathml
from backproof.verify.at_work import working_on
from backproof.verify.cases.case import Case, CaseError
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.cases.reading import read_case
from backproof.verify.commands.exit_codes import NOTHING, holds_or_fails
from backproof.verify.commands.options import DerivationOptions
from backproof.verify.commands.session import finish, give_up, name_files, unwritable
from backproof.verify.commands.suggestions import did_you_mean
from backproof.verify.numbers.precision import DIGITS
from backproof.verify.proofs.derivations import CheckedDerivation, check_derivation
from backproof.verify.results.derivations import NETWORK, derivation_record
from backproof.verify.results.document import results_document
from backproof.verify.results.settings import LISTED_PATHS, Settings
from backproof.verify.results.tally import Tally
from backproof.verify.verdicts import Verdict, worst

MERGED = ("q_y",)  # the engine computes the lecture's o = −q_y (L6) in two vertices; merging q_y gives its f^o(q, y) back


def run_derivation(options: DerivationOptions) -> int:
    """Derive for one leaf or every leaf, and return the exit code: 1 if not every line is CORRECT, 5 if there is none.

    In another notation than text, standard output carries the lines alone, and words go to standard error.
    """
    with data_on_stdout() if options.notation != DerivationOptions.notation else nullcontext():
        return _derive(options)


def _derive(options: DerivationOptions) -> int:
    try:
        given = None if options.case is None else read_case(options.case, options.seed)
    except (CaseError, GraphError, DomainError) as error:
        return give_up(f"backproof theorems derivation: {error}")
    case = given or lecture_cases()[NETWORK]
    graph = case.graph
    leaves = [options.leaf] if options.leaf is not None else [graph.name(j) for j in graph.differentiable_leaves()]
    derived: list[CheckedDerivation] = []
    for leaf in leaves:
        try:
            with working_on(case):
                checked = check_derivation(case, leaf, merge=MERGED if given is None else ())
        except TooLong as error:
            say(f"{foreign(leaf)}: {error}")
            say()
            continue
        except ValueError as error:
            named = [graph.name(j) for j in graph.differentiable_leaves()]
            return give_up(f"backproof theorems derivation: {error}{did_you_mean(leaf, named)}")
        derived.append(checked)
        if options.notation != DerivationOptions.notation:
            try:
                put_data(_written(checked, options) + "\n")
            except OSError as error:
                return unwritable(error)
        elif not options.output.quiet:
            say_lines(_written(checked, options))
            say()
    if not derived:
        say_verdict("not checked  no derivation was short enough to write", options.output.no_color, fg="yellow")
        return NOTHING
    verdict = worst(checked.verdict for checked in derived)
    too_long = len(leaves) - len(derived)
    left_out = f"; {too_long} of {len(leaves)} leaves not derived: too long" if too_long else ""
    say_verdict(f"{verdict.value}  {_sentence(verdict)}{left_out}", options.output.no_color, fg=COLOURS[verdict.value])
    results = _results(case, derived, verdict, options.seed)
    return finish(results, options.output, name_files, holds_or_fails(results))


def _written(checked: CheckedDerivation, options: DerivationOptions) -> str:
    """The lines of a derivation, each with why it holds where all there is was asked for."""
    if options.notation == "text":
        return checked.as_text(reasons=options.output.verbose)
    return (as_latex if options.notation == "latex" else as_mathml)(checked.derivation, reasons=options.output.verbose)


def _sentence(verdict: Verdict) -> str:
    if verdict is Verdict.CORRECT:
        return "every line has the value of its left side"
    return "not every line could be shown to have the value of its left side"


def _results(case: Case, derived: Sequence[CheckedDerivation], verdict: Verdict, seed: int) -> Record:
    """A results document that holds the derivations, and neither cases nor theorems."""
    settings = Settings("backproof theorems derivation", seed, 0, LISTED_PATHS, DIGITS)
    records = [derivation_record(checked, case.name) for checked in derived]
    results = results_document(settings, Tally(), (), False, (), records)
    told = {
        "holds": verdict is Verdict.CORRECT,
        "verdict": verdict.value,
        "sentence": f"{counted(len(derived), 'derivation')}: {_sentence(verdict)}.",
    }
    return {**results, "summary": {**results["summary"], **told}, "theorems": []}
