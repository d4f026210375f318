"""`backproof completion`, `list`, `explain` and `doctor`, as click reads them. Nothing heavy is imported before one of
them runs.

>>> listed.make_context("list", ["theorems"]).params["what"]
'theorems'
>>> listed.make_context("list", ["planets"])
Traceback (most recent call last):
    ...
click.exceptions.BadParameter: 'planets' is not one of 'theorems', ...
"""

from __future__ import annotations

from typing import Any

import click

from backproof.verify.commands.options import CompletionOptions, DoctorOptions, ExplainOptions, ListOptions
from backproof.verify.commands.outputs import options_of, writable
from backproof.verify.commands.parameters import FILE, SETTINGS, SHOWN

LISTS = ("theorems", "functions", "families", "mutants", "words", "limits", "exit-codes")
SHELLS = ("bash", "zsh", "fish", "powershell")

COMPLETION_EXAMPLES = """\b
Examples:
  eval "$(backproof completion bash)"                                      # for this shell, or in ~/.bashrc
  eval "$(backproof completion zsh)"                                       # in ~/.zshrc, after compinit
  backproof completion fish > ~/.config/fish/completions/backproof.fish
  backproof completion powershell | Out-String | Invoke-Expression         # in $PROFILE
"""
LIST_EXAMPLES = """\b
Examples:
  backproof list
  backproof list theorems
  backproof list functions -q
  backproof list mutants --json mutants.json
"""
EXPLAIN_EXAMPLES = """\b
Examples:
  backproof explain INACCURATE
  backproof explain to 50 digits on 12 cases
  backproof explain ulps
  backproof explain path-sum -v
  backproof explain exit 5
"""
DOCTOR_EXAMPLES = """\b
Examples:
  backproof doctor
  backproof doctor -q
  backproof doctor --json -
"""

JSON = click.option("--json", "json_file", type=FILE, callback=writable, help="Write the answer as JSON; - is standard output.")


@click.command("completion", epilog=COMPLETION_EXAMPLES, context_settings=SETTINGS, short_help="Print the completion script of a shell.")
@click.argument("shell", type=click.Choice(SHELLS))
@SHOWN
def completion(**given: Any) -> int:
    """Print the script that makes a shell complete commands, options and names of backproof."""
    options = options_of(CompletionOptions, given)
    from backproof.verify.commands.guide.completion import run_completion

    return run_completion(options, click.get_current_context().find_root().command)


@click.command("list", epilog=LIST_EXAMPLES, context_settings=SETTINGS, short_help="List theorems, functions, mutants, …")
@click.argument("what", type=click.Choice(LISTS), required=False)
@JSON
@SHOWN
def listed(**given: Any) -> int:
    """List what there is, each with a line: WHAT is theorems, functions, families, mutants, words, limits or exit-codes.

    Without WHAT, say how many there are of each. -q gives the bare names, one a line.
    """
    options = options_of(ListOptions, given)
    from backproof.verify.commands.guide.listing import run_list

    return run_list(options, LISTS)


@click.command("explain", epilog=EXPLAIN_EXAMPLES, context_settings=SETTINGS, short_help="Say what a word of a report means.")
@click.argument("word", nargs=-1, required=True)
@JSON
@SHOWN
def explain(**given: Any) -> int:
    """Say what a word of a report means: a verdict, words of evidence as they are printed, a measure, a reason, the label
    of a theorem, a function, a family, a mutant, a limit, an exit code.
    """
    options = options_of(ExplainOptions, {**given, "word": " ".join(given["word"])})
    from backproof.verify.commands.guide.explain import run_explain

    return run_explain(options)


@click.command("doctor", epilog=DOCTOR_EXAMPLES, context_settings=SETTINGS, short_help="Look at this installation.")
@JSON
@SHOWN
def doctor(**given: Any) -> int:
    """Look at this installation: versions within their bounds, Coq, frameworks, cores, memory, the terminal, the folder
    for temporary files; each missing thing says what it switches off.

    The exit code is 0 if all that is needed is here, and 1 if not; what is optional does not change it.
    """
    options = options_of(DoctorOptions, given)
    from backproof.verify.commands.guide.doctor import run_doctor

    return run_doctor(options)
