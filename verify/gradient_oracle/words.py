"""`explain()`: what `check` found, in words that a person can act on.

>>> from types import SimpleNamespace
>>> from backproof.verify.gradient_oracle.findings import GradientFinding
>>> right = SimpleNamespace(
...     name="f", verdict=Verdict.CORRECT, evidence="certified on 3 points", notes=(), unreached=(), unvisited=(), findings=(), sizes=(2,),
...     diagnosis=None, reproduction="", worth="",
... )
>>> print(explanation(right))
f is CORRECT: certified on 3 points.
>>> finding = GradientFinding(
...     Verdict.WRONG, Kind.FORMULA, "the given arguments", 0, (1,), "3.0", "2.0", 0.5, "the formula is wrong"
... )
>>> print(explanation(SimpleNamespace(**{**vars(right), "verdict": Verdict.WRONG, "findings": (finding,)})))
f is WRONG: at the given arguments, the gradient of argument 0 is not the derivative (the formula is wrong), in 1 of 2 entries.
  argument 0[1]   found 3.0   derivative 2.0
>>> explanation(None)
Traceback (most recent call last):
    ...
AttributeError: 'NoneType' object has no attribute 'verdict'
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from backproof.verify.gradient_oracle.findings import Kind
from backproof.verify.verdicts import Verdict

MOST_ENTRIES = 5  # chosen: entries, and other findings, that are shown; a screen holds an explanation
MOST_BRANCHES = 5  # chosen: branches that are named of those not reached


def explanation(result: Any) -> str:
    """Of a `CheckResult`: one sentence, the diagnosis, the worst entries, the other findings, the branches that were
    not reached, and how to see it again."""
    lines: list[str] = []
    if result.verdict is Verdict.CORRECT:
        lines.append(f"{result.name} is CORRECT{_certified(result)}.")
    elif result.verdict is Verdict.INCONCLUSIVE:
        lines.append(f"{result.name} is INCONCLUSIVE: {result.reason}.")
    else:
        lines += _failure(result)
    lines += [f"  note: {note}" for note in result.notes]
    lines += _named("not reached", result.unreached)
    if result.verdict is Verdict.CORRECT:
        lines += _named("not visited up close", result.unvisited)
    if result.diagnosis:
        lines.insert(1, f"  diagnosis: {result.diagnosis}.")
    if result.reproduction:
        lines += ["  to see it again:", *(f"    {line}".rstrip() for line in result.reproduction.splitlines())]
    return "\n".join(lines)


def _named(what: str, branches: Sequence[str]) -> list[str]:
    """The first of some branches of the code, in a line; none where there are none."""
    more = len(branches) - MOST_BRANCHES
    shown = "; ".join(branches[:MOST_BRANCHES])
    return [f"  {what}: {shown}{f'; and {more} more' if more > 0 else ''}"] if branches else []


def _certified(result: Any) -> str:
    """What a CORRECT is worth."""
    if not result.worth:
        return f": {result.evidence}"
    return f", {result.worth}" if result.worth.startswith("not certified") else f": {result.evidence}; {result.worth}"


def _failure(result: Any) -> list[str]:
    """The worst finding, with the others like it, entry by entry; then those of other kinds."""
    worst = result.findings[0]
    alike = (worst.point, worst.argument, worst.kind, worst.index is None)
    same = [f for f in result.findings if (f.point, f.argument, f.kind, f.index is None) == alike]
    lines = _entries(result, worst, same) if worst.expected else [_without_values(result, worst)]
    others = [f for f in result.findings if f not in same]
    return [*lines, *(f"  also: {finding.line()}" for finding in others[:MOST_ENTRIES])]


def _without_values(result: Any, worst: Any) -> str:
    return f"{result.name} is {worst.verdict}: at {worst.point}, {worst.sentence}."


def _entries(result: Any, worst: Any, same: list[Any]) -> list[str]:
    argument = worst.argument or 0
    total = result.sizes[argument] if argument < len(result.sizes) else len(same)
    along = worst.kind is Kind.DIFFERENCES and worst.index is None
    count = f"along {len(same)} random directions" if along else f"in {len(same):,} of {total:,} {'entry' if total == 1 else 'entries'}"
    what = f"the gradient of {worst.where} is not the derivative ({worst.words}), {count}."
    lines = [f"{result.name} is {worst.verdict}: at {worst.point}, {what}"]
    for finding in same[:MOST_ENTRIES]:
        entry = " along a direction" if along else "" if not finding.index else f"[{', '.join(map(str, finding.index))}]"
        lines.append(f"  {finding.where}{entry}   found {finding.found}   derivative {finding.expected}")
    if len(same) > MOST_ENTRIES:
        lines.append(f"  … and {len(same) - MOST_ENTRIES} more")
    return lines
