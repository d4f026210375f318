"""A checked case in one line (`repr`), and in at most 25 (`str`): the verdict, each comparison, and the first entries
that do not agree.

>>> from backproof.engine import Graph, backward, leaf, vertex
>>> from backproof.verify.cases.case import make_case
>>> from backproof.verify.three_way.check import Routes, check_case
>>> case = make_case("L11", "lecture", Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3)))), [3, 4])
>>> check_case(case)
<CaseResult CORRECT: L11, 7 comparisons CORRECT>
>>> doubled = lambda *given: {j: 2 * p if j == 1 else p for j, p in backward(*given).items()}
>>> wrong = check_case(case, Routes(backward=doubled))
>>> wrong
<CaseResult WRONG: L11, 2 comparisons CORRECT, 1 INACCURATE, 4 WRONG, adjoint of u1: 8 against 4>
>>> print("\\n".join(str(wrong).splitlines()[:3]))
L11 is WRONG: 2 comparisons CORRECT, 1 INACCURATE, 4 WRONG.
  WRONG  backward pass = path sum (rational), 4 entries: 1 of 4 adjoint entries are not the path sum
    adjoint of u1: 8 against 4, apart by 4, allowed 0
>>> in_a_line(None)
Traceback (most recent call last):
    ...
AttributeError: 'NoneType' object has no attribute 'verdict'
"""

from __future__ import annotations

from typing import Any

from backproof.engine.in_words import brief, clipped, counted, screenful
from backproof.verify.three_way.comparison import Comparison, Failure
from backproof.verify.verdicts import Verdict

MOST_FAILURES = 3  # chosen: entries that are listed of each comparison; `failures` has up to 20


def in_a_line(result: Any) -> str:
    """At most 160 characters: verdict, name, how the comparisons ended, and the first entry that is wrong."""
    return brief(f"CaseResult {result.verdict}", clipped(result.case.name, 60), _ended(result.comparisons), _worst(result.comparisons))


def on_a_screen(result: Any) -> str:
    """At most 25 lines: each comparison, those that are not CORRECT first, with the entries that do not agree."""
    ordered = sorted(result.comparisons, key=lambda one: one.verdict is Verdict.CORRECT)
    lines = [f"{clipped(result.case.name, 60)} is {result.verdict}: {_ended(result.comparisons)}."]
    for comparison in ordered:
        lines += _lines(comparison)
    return screenful(lines, "lines: result.comparisons")


def _ended(comparisons: tuple[Comparison, ...]) -> str:
    counts = {verdict: sum(one.verdict is verdict for one in comparisons) for verdict in Verdict}
    said = [f"{count:,} {verdict}" for verdict, count in counts.items() if count]
    first, *more = said or ["0 comparisons"]
    return ", ".join([first.replace(" ", f" comparison{'' if first.startswith('1 ') else 's'} ", 1) if said else first, *more])


def _worst(comparisons: tuple[Comparison, ...]) -> str:
    failing = [one for one in comparisons if one.verdict is not Verdict.CORRECT]
    if not failing:
        return ""
    return next((_sides(one.failures[0]) for one in failing if one.failures), failing[0].sentence or "")


def _sides(failure: Failure) -> str:
    return f"{failure.where}: {failure.left} against {failure.right}"


def _lines(one: Comparison) -> list[str]:
    said = f": {one.sentence}" if one.sentence and one.verdict is not Verdict.CORRECT else ""
    compared = counted(one.entries, "entry", "entries")
    lines = [clipped(f"  {one.verdict}  {one.claim} ({one.system}), {compared}{said}")]
    lines += [
        clipped(f"    {_sides(failure)}, apart by {failure.difference}, allowed {failure.allowed}")
        for failure in one.failures[:MOST_FAILURES]
    ]
    more = one.failed - MOST_FAILURES
    return [*lines, f"    and {more:,} more"] if more > 0 else lines
