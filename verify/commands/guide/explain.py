"""What `backproof explain` does: say what a word means, whatever its case, and words of evidence with any numbers in
them. A word that nobody knows gets those that are near.

>>> run_explain(ExplainOptions("inaccurate"))
INACCURATE (verdict)
  The formula is right: it holds in high precision. The floats are worse than their rounding bound.
0
>>> run_explain(ExplainOptions("exact on 12 cases"))
exact on N cases (evidence)
  Equal over the rationals, with tolerance zero.
0
>>> run_explain(ExplainOptions("corect"))  # said on stderr: nothing is called 'corect'; did you mean 'CORRECT'?
4
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from backproof.reports.terminal import say_wrapped
from backproof.verify.commands.exit_codes import HOLDS
from backproof.verify.commands.guide.facts import Fact, all_facts
from backproof.verify.commands.guide.listing import entry, say_fact
from backproof.verify.commands.options import ExplainOptions
from backproof.verify.commands.session import give_up, write_answer
from backproof.verify.commands.suggestions import did_you_mean


def run_explain(options: ExplainOptions) -> int:
    """Print what the word means, every meaning that it has, and return the exit code."""
    known = all_facts()
    found = meanings(options.word, known)
    if not found:
        meant = did_you_mean(options.word, dict.fromkeys(name for fact in known for name in names(fact))) or ";"
        return give_up(f"backproof explain: nothing is called {options.word!r}{meant} `backproof list` says what there is")
    code = write_answer({"word": options.word, "meanings": [entry(fact) for fact in found]}, options.output)
    for fact in found if code == HOLDS else ():
        if options.output.quiet:
            say_wrapped(fact.words)
        else:
            say_fact(fact, options.output.verbose or fact.kind not in ("theorem", "function"), options.output.no_color)
    return code


def meanings(word: str, known: Sequence[Fact]) -> list[Fact]:
    """The facts that go by this word.

    >>> [fact.kind for fact in meanings("Kink", all_facts())]
    ['measure', 'reason']
    >>> [fact.name for fact in meanings("exit code 5", all_facts())]
    ['5']
    """
    wanted = _plain(word)
    return [fact for fact in known if wanted in map(_plain, names(fact))]


def names(fact: Fact) -> Iterator[str]:
    """What a fact goes by: its name, parts of it that commas separate, an exit code with its kind before it."""
    if fact.kind == "exit code":
        yield from (f"exit {fact.name}", f"exit code {fact.name}", fact.name)
        return
    yield fact.name
    if fact.kind == "measure":
        yield from fact.name.split(", ")
    if fact.kind == "evidence":
        yield from (head for head in [re.split(r",| on | for ", fact.name)[0]] if not re.search(r"\b[ND]\b", head))


def _plain(word: str) -> str:
    """A word without case, and words of evidence without their numbers.

    >>> _plain("to 50 digits on 1,200 cases") == _plain("To D digits on N cases")
    True
    """
    text = " ".join(word.split()).casefold().replace("<=", "≤").replace("points", "cases").replace("point", "case")
    if not re.search(r" on | ≤ ", text):
        return text
    return re.sub(r"\b(n|d|[0-9][0-9,]*)\b(?! ≤)", "#", text).replace("# cases", "# case")
