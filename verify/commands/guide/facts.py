"""What can be listed and explained: `facts_about(what)`, each fact from where it is defined.

>>> [fact.name for fact in facts_about("families")][:3]
['chain', 'diamond', 'ladder']
>>> fact = facts_about("exit-codes")[5]
>>> fact.name, fact.words
('5', 'Nothing was selected, or nothing can be checked here.')
>>> facts_about("planets")
Traceback (most recent call last):
    ...
KeyError: 'planets'
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from backproof.engine.functions import TABLE
from backproof.engine.functions.row import Row
from backproof.engine.limits import stated_limits
from backproof.reports.glossary import GLOSSARY
from backproof.reports.text import counted
from backproof.theorems.catalogue import THEOREMS
from backproof.theorems.theorem import Theorem
from backproof.verify.cases.families import FAMILIES, family_words
from backproof.verify.commands.exit_codes import EXIT_CODES
from backproof.verify.selftest.mutants import MUTANTS


class Fact(NamedTuple):
    """A name, what kind of thing it is, a sentence about it, and what else is known: (what, words)."""

    name: str
    kind: str
    words: str
    more: tuple[tuple[str, str], ...] = ()


def facts_about(what: str) -> Sequence[Fact]:
    """All facts of one list; KeyError if there is no such list."""
    return SOURCES[what]()


def all_facts() -> list[Fact]:
    """Those of every list."""
    return [fact for source in SOURCES.values() for fact in source()]


def _theorem(theorem: Theorem) -> Fact:
    hypotheses = (("presupposes", f"{one.name}: {one.words}") for one in theorem.hypotheses)
    steps = ((f"step {k}", f"{step.name} ({step.source}): {step.words}") for k, step in enumerate(theorem.steps, start=1))
    more = [("in words", theorem.words), *hypotheses, *((("uses", ", ".join(theorem.uses)),) if theorem.uses else ()), *steps]
    formal = (("formal proof", theorem.formal or "none"),)
    return Fact(theorem.label, "theorem", theorem.name, (*more, ("LaTeX", theorem.latex), *formal))


def _function(row: Row) -> Fact:
    exact = "" if row.most is None else counted(row.fewest, "operand")
    operands = (
        f"{row.fewest} or more operands"
        if row.most is None
        else exact
        if row.most == row.fewest
        else f"{row.fewest} to {row.most} operands"
    )
    given = [*row.required, *(f"{name} (optional)" for name in row.optional)]
    return Fact(row.name, "function", row.formula, (("takes", operands), *((("attributes", ", ".join(given)),) if given else ())))


SOURCES: dict[str, Callable[[], Sequence[Fact]]] = {
    "words": lambda: [Fact(entry.word, entry.kind, entry.words) for entry in GLOSSARY],
    "exit-codes": lambda: [Fact(str(code), "exit code", words) for code, words in EXIT_CODES.items()],
    "theorems": lambda: [_theorem(theorem) for theorem in THEOREMS],
    "functions": lambda: [_function(row) for row in TABLE.values()],
    "families": lambda: [Fact(family, "family of random graphs", family_words(family)) for family in FAMILIES],
    "mutants": lambda: [Fact(one.name, "mutant of the self-test", one.words, (("part", one.part),)) for one in MUTANTS],
    "limits": lambda: [
        Fact(one.name, "limit", f"{one.value:,} {one.unit} {one.what}", (("why", one.why), ("beyond", one.beyond)))
        for one in stated_limits()
    ],
}
"""Where each list comes from."""
