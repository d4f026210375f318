"""A `CheckResult` in one line (`repr`), and in at most 25 (`str`): the verdict with its evidence and counts, the first
clear finding digit by digit, the diagnosis, the first notes, and how to see it again. `explain()` says all of it.

>>> from backproof.verify.gradient_oracle.check import check
>>> import numpy as np
>>> wrong = check(np.tanh, (np.array([0.5]),), vjp=lambda args, out, ct: (ct * (1 - out),), name="tanh")
>>> in_a_line(wrong)
'<CheckResult WRONG: tanh, 1 finding at 1 point, gradient of argument 0[0] is 0.067628128740041870263, the derivative is 0.098880247344203984832>'
>>> print("\\n".join(on_a_screen(wrong).splitlines()[:6]))
tanh is WRONG at the given arguments: gradient of argument 0[0] (the formula is wrong: relative error 0.316).
  found     0.067628128740041870263
  certified 0.098880247344203984832
               ^ the first wrong digit
  1 finding; 1 point judged, 0 certified; 1 entry compared; the fault: certified on 1 point
  to see it again:
>>> in_a_line(None)
Traceback (most recent call last):
    ...
AttributeError: 'NoneType' object has no attribute 'clearest'
"""

from __future__ import annotations

from typing import Any

from backproof.engine.in_words import MOST_LINES, brief, clipped, counted
from backproof.verify.gradient_oracle.given.names import entry_of
from backproof.verify.gradient_oracle.shown.digits import marked
from backproof.verify.verdicts import Verdict

MOST_NOTES = 3  # chosen: notes on a screen; one of each kind comes first
WIDEST = 240  # chosen: characters of a line of prose; two lines of a terminal
LABELS = {"differences": "difference"}  # what the right value rests on; else it is certified


def in_a_line(result: Any) -> str:
    """At most 160 characters: the verdict, of what, how much was found or judged, and the worst finding."""
    worst = result.clearest
    kind = f"CheckResult {result.verdict}"
    if worst is not None:
        counts = f"{counted(len(result.findings), 'finding')} at {counted(result.points, 'point')}"
        return brief(kind, clipped(result.name, 40), counts, _values(worst))
    return brief(kind, clipped(result.name, 40), result.worth or result.evidence if result.ok else str(result.reason))


def _values(finding: Any) -> str:
    if finding.argument is None or not finding.expected:
        return finding.sentence
    return f"gradient of {entry_of(finding.where, finding.index)} is {finding.found}, the derivative is {finding.expected}"


def on_a_screen(result: Any) -> str:
    """At most 25 lines; what is left out is counted, and named with the attribute that holds it."""
    lines = _opening(result)
    lines += [f"  diagnosis: {clipped(str(result.diagnosis), WIDEST)}."] if result.diagnosis else []
    lines += [f"  {clipped(f'note: {note}', WIDEST)}" for note in result.notes[:MOST_NOTES]]
    lines += _more(len(result.notes) - MOST_NOTES, "note", "result.notes")
    lines += _more(len(result.unreached), "decision", "result.unreached", "of which one outcome was seen") if result.ok else []
    return "\n".join([*lines, *_again(result, MOST_LINES - len(lines))])


def _opening(result: Any) -> list[str]:
    worst = result.clearest
    if worst is None:
        said = str(result.reason) if result.reason else result.worth or result.evidence
        counts = [result.evidence] if result.ok and result.worth else []
        return [clipped(f"{result.name} is {result.verdict}: {said}.", WIDEST), _counts(result, counts)]
    if worst.argument is None or not worst.expected:
        first = [clipped(f"{result.name} is {worst.verdict} at {worst.point}: {worst.sentence}.", WIDEST)]
    else:
        what = f"gradient of {entry_of(worst.where, worst.index)}{f' ({worst.words})' if worst.words else ''}"
        first = [clipped(f"{result.name} is {worst.verdict} at {worst.point}: {what}.", WIDEST)]
        first += [f"  {line}" for line in marked(worst.found, worst.expected, LABELS.get(str(worst.kind), "certified"))]
    found = counted(len(result.findings), "finding")
    more = f"{found}: result.findings" if len(result.findings) > 1 else found
    return [*first, _counts(result, [result.evidence], more)]


def _counts(result: Any, evidence: list[str], *before: str) -> str:
    judged = f"{counted(result.points, 'point')} judged, {result.proved:,} certified"
    left_out = result.planned - result.points
    judged += f", {left_out:,} planned and not judged" if left_out else ""
    return "  " + "; ".join([*before, judged, f"{counted(result.entries, 'entry', 'entries')} compared", *evidence])


def _more(count: int, unit: str, where: str, what: str = "") -> list[str]:
    if count <= 0:
        return []
    said = f"{counted(count, unit)} {what}" if what else f"and {counted(count, f'more {unit}')}"
    return [f"  {said}: {where}"]


def _again(result: Any, room: int) -> list[str]:
    """How to see it again: the lines to paste, or where they are if there is no room for them."""
    lines: list[str] = result.reproduction.splitlines()
    if not lines:
        return []
    if result.verdict is Verdict.CORRECT or len(lines) + 1 > room or any(len(line) > WIDEST for line in lines):
        return ["  to see it again: print(result.reproduction)", "  all of it: print(result.explain())"][:room]
    return ["  to see it again:", *(f"    {line}".rstrip() for line in lines)]
