"""`backproof theorems`, `theorems prove` and `theorems derivation`, as click reads them. Nothing heavy is imported before
one of them runs.

>>> prove.make_context("prove", ["--deep"]).params["deep"]
True
>>> prove.make_context("prove", ["--leaf", "W"])
Traceback (most recent call last):
    ...
click.exceptions.NoSuchOption: No such option '--leaf'.
"""

from __future__ import annotations

from typing import Any

import click

from backproof.verify.commands.options import DERIVATION, NOTATIONS, PROVE, DerivationOptions, ProveOptions, TheoremsOptions
from backproof.verify.commands.outputs import options_of, writable
from backproof.verify.commands.parameters import COUNT, FILE, HTML, JOBS, JSON, SCHEDULER, SEED, SETTINGS, SHOWN

THEOREMS_EXAMPLES = """\b
Examples:
  backproof theorems
  backproof theorems path-sum
  backproof theorems --exhaustive 6 --json theorems.json
  backproof theorems --format latex > theorems.tex
  backproof theorems derivation --leaf W
  backproof theorems prove
"""
PROVE_EXAMPLES = """\b
Examples:
  backproof theorems prove
  backproof theorems prove --deep --html proofs.html
  backproof theorems prove --mutants --jobs 2
"""
DERIVATION_EXAMPLES = """\b
Examples:
  backproof theorems derivation
  backproof theorems derivation --leaf W -v
  backproof theorems derivation --leaf W --format latex
  backproof theorems derivation --case graph.json
"""

CASE = click.option("--case", "case", default=None, help="Take this case only: a line that starts with backproof1:, or a JSON file.")
FORMAT = click.Choice(NOTATIONS)


def _labels(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """What a shell completes `theorems` with."""
    from backproof.theorems.catalogue import THEOREMS

    return [name for name in (PROVE, *(theorem.label for theorem in THEOREMS)) if name.startswith(incomplete)]


def _one_on_stdout(options: TheoremsOptions | DerivationOptions) -> None:
    """UsageError where two things would be standard output."""
    if options.notation != NOTATIONS[0] and options.output.on_stdout is not None:
        words = f"--format {options.notation} and --{options.output.on_stdout} - cannot both be standard output; give the latter a name"
        raise click.UsageError(words)


@click.command(epilog=THEOREMS_EXAMPLES, context_settings=SETTINGS, short_help="Check the theorems step by step.")
@click.argument("label", required=False, shell_complete=_labels)
@CASE
@click.option("--cases", type=COUNT, default=TheoremsOptions.cases, help="How many random graphs beside the lecture's examples.")
@SEED
@click.option(
    "--exhaustive",
    type=click.IntRange(0, 8),
    default=TheoremsOptions.exhaustive,
    help="Run the backward pass on symbols on every graph of up to N vertices; 8 takes core-hours, and needs --resume or --scheduler.",
)
@click.option(
    "--resume",
    "resume_file",
    type=FILE,
    callback=writable,
    help="Keep the finished blocks of --exhaustive in this file, and go on from it.",
)
@click.option(
    "--format",
    "notation",
    type=FORMAT,
    default=TheoremsOptions.notation,
    help="latex: an article that compiles; with LABEL, a part of one. mathml: the formulas as elements of a page. Both on standard output.",
)
@JOBS
@SCHEDULER
@JSON
@HTML
@SHOWN
def theorems(**given: Any) -> int:
    """Check every theorem step by step, or the one with the given LABEL, and list the evidence.

    The two sides of each step are computed separately: with symbols, over the rationals, in mpmath and in float64.
    `backproof list theorems` has the labels.

    Two commands of their own go further, each with its own --help: `backproof theorems prove` compiles and audits the
    formal proofs with Coq, and `backproof theorems derivation` prints the lecture's rewriting of a global derivative
    into local ones.
    """
    options = options_of(TheoremsOptions, given)
    _one_on_stdout(options)
    if options.label in (PROVE, DERIVATION):
        raise click.UsageError(f"`theorems {options.label}` is a command of its own: options come after both words")
    from backproof.verify.commands.proving.theorems import run_theorems

    return run_theorems(options)


@click.command(f"theorems {PROVE}", epilog=PROVE_EXAMPLES, context_settings=SETTINGS, short_help="Check the formal proofs with Coq.")
@click.option("--deep", is_flag=True, help="Run coqchk, the independent checker, too (about a minute).")
@click.option("--record", is_flag=True, help="Keep the result and what was reviewed beside the proofs.")
@click.option("--mutants", is_flag=True, help="Make every sneaky change of the proofs that is listed instead; each must be refused.")
@click.option("--jobs", type=click.IntRange(min=1), default=None, help="With --mutants: changes at a time.  [default: the available cores]")
@JSON
@HTML
@SHOWN
def prove(**given: Any) -> int:
    """Compile the formal proofs with Coq, audit them, and say of every theorem and step which lemma proves it.

    What Coq's kernel holds of every statement and definition is compared with a reviewed list, and Coq is asked for
    axioms. It takes about a minute; without coqc on PATH nothing is checked, and the exit code is 5.
    """
    options = options_of(ProveOptions, given)
    if options.mutants and (options.deep or options.record or options.output.files or options.output.on_stdout):
        raise click.UsageError("--mutants tries changes and proves nothing: leave out --deep, --record, --json and --html")
    if options.jobs is not None and not options.mutants:
        raise click.UsageError("--jobs belongs to --mutants: the files of the proofs are compiled one after the other")
    from backproof.verify.commands.proving.prove import run_prove

    return run_prove(options)


@click.command(
    f"theorems {DERIVATION}", epilog=DERIVATION_EXAMPLES, context_settings=SETTINGS, short_help="Print the derivation of a gradient (L8)."
)
@CASE
@SEED
@click.option("--leaf", default=None, help="The leaf to derive for.  [default: every leaf]")
@click.option(
    "--format",
    "notation",
    type=FORMAT,
    default=DerivationOptions.notation,
    help="How the lines are written; latex and mathml stand alone on standard output.",
)
@JSON
@HTML
@SHOWN
def derivation(**given: Any) -> int:
    """Print the lecture's rewriting of a global derivative into local ones (L8), for the lecture's network or for any
    case, with the verdict of every line; -v says why each line holds.
    """
    from backproof.verify.commands.proving.derivation import run_derivation

    options = options_of(DerivationOptions, given)
    _one_on_stdout(options)
    return run_derivation(options)
