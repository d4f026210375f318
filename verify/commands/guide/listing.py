"""What `backproof list` does: print the facts of one list, or how many there are of each.

>>> from backproof.verify.commands.options import Output
>>> run_list(ListOptions("families", Output(quiet=True)), ())
chain
diamond
...
0
>>> from pathlib import Path
>>> run_list(ListOptions("families", Output(json_file=Path("no/such/folder/f.json"))), ())  # said on stderr: Cannot write
3
"""

from __future__ import annotations

from collections.abc import Sequence

from backproof.reports.terminal import say, say_table, say_wrapped
from backproof.verify.commands.exit_codes import HOLDS
from backproof.verify.commands.guide.facts import Fact, facts_about
from backproof.verify.commands.options import ListOptions
from backproof.verify.commands.session import write_answer


def run_list(options: ListOptions, lists: Sequence[str]) -> int:
    """Print one list, or the names of `lists` with their lengths; the exit code."""
    if options.what is None:
        counts = {what: len(facts_about(what)) for what in lists}
        say_table([(what,) if options.output.quiet else (what, f"{count:,}") for what, count in counts.items()])
        return write_answer({"lists": counts}, options.output)
    found = facts_about(options.what)
    code = write_answer({"list": options.what, "entries": [entry(fact) for fact in found]}, options.output)
    if code != HOLDS:
        return code
    if options.output.quiet:
        say_table([(fact.name,) for fact in found])
    elif options.output.verbose:
        for fact in found:
            say_fact(fact, everything=True)
    else:
        say_table([(fact.name, fact.words) for fact in found])
    return HOLDS


def entry(fact: Fact) -> dict[str, object]:
    """A fact as plain data."""
    return {**fact._asdict(), "more": [{"what": what, "words": words} for what, words in fact.more]}


def say_fact(fact: Fact, everything: bool, no_color: bool = False) -> None:
    """A fact in full: its name and kind, its sentence, and what else is known."""
    say(f"{fact.name} ({fact.kind})", no_color, bold=True)
    say_wrapped(f"  {fact.words}", indent=0)
    for what, words in fact.more if everything else ():
        say_wrapped(f"  {what}: {words}")
