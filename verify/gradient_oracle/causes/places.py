"""Places in the forward pass: what flows along one group of edges, or back into one operation or one line, is missing,
counted twice, of the wrong sign, or multiplied by some factor. This is the path sum at work: the error is (factor − 1)
times the sum over the paths through that place.

What is read in several places, and held constant in all of them, comes first; then the others without a free number in
them, the narrower place before the wider; then factors that were fitted.

>>> x, y, z, out = Operation("argument"), Operation("exp", "f.py", 2), Operation("sin", "f.py", 3), Operation("output")
>>> groups = [Group(z, out), Group(y, out), Group(x, z), Group(x, y)]
>>> edges = Edges(groups, [(2, 0, 5.0, 2), (1, 0, 3.0, 3)], [(2, 1.0, 0, 0), (1, 1.0, 1, 1)], [np.array([0])], (0,), [x, y, z])
>>> def places(found):
...     seen = Observed(("`x`",), [np.array([8.0])], [np.array([found])], edges, np.ones(2))
...     return [(cause.fault.name, cause.words) for cause in place_causes(seen)]
>>> places(5.0)[:2]
[('MISSING', 'the contribution of exp at f.py:2 to the output is missing'), ('MISSING', 'the contribution of `x` to exp at f.py:2 is missing')]
>>> places(8.0)
[]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from backproof.verify.gradient_oracle.causes.cause import Cause, Fault
from backproof.verify.gradient_oracle.causes.edges import Edges, Group, Operation
from backproof.verify.gradient_oracle.causes.fitting import FITS, NEAR_ONE, near_one
from backproof.verify.gradient_oracle.causes.observed import Observed

MOST_STEPS = 3_000_000  # chosen: hypotheses times edges that they are swept over; in larger code no place is named
LONGEST = 60  # chosen: characters of a line of code that are quoted


@dataclass(frozen=True)
class _Place:
    """Groups of edges, in words; `held` if they are all that flows back into something."""

    words: str
    chosen: Callable[[Group], bool]
    at: Operation
    held: bool


def place_causes(seen: Observed) -> list[Cause]:
    """The places that explain the gradients, the surest first."""
    places = list(_places(seen))
    if len(places) * len(seen.edges.edges) > MOST_STEPS:
        return []
    found = [(_doubt(place, cause, seen), cause) for place in places for cause in _tried(place, seen)]
    return [cause for _, cause in sorted(found, key=lambda one: one[0])]


def _doubt(place: _Place, cause: Cause, seen: Observed) -> int:
    if cause.fault is Fault.CONSTANT and sum(place.chosen(group) for group in seen.edges.groups) > 1:
        return 0
    return 2 if cause.fault is Fault.FACTOR else 1


def _places(seen: Observed) -> Iterator[_Place]:
    groups = seen.edges.groups
    sources = dict.fromkeys(group.source for group in groups if group.source.function != "argument")
    for group in groups:
        words = f"the contribution of {_edge(group, seen.names)}"
        yield _Place(words, group.__eq__, group.source if group.source.file else group.target, False)
    for source in sources:
        words = f"all that flows back into {said(source, seen.names)}"
        yield _Place(words, lambda group, source=source: group.source == source, source, True)
    for file, line in dict.fromkeys((source.file, source.line) for source in sources):
        at = Operation("", file, line)
        words = f"all that flows back into {at.place}{_quoted(at)}"
        yield _Place(words, lambda group, at=(file, line): (group.source.file, group.source.line) == at, at, True)


def _tried(place: _Place, seen: Observed) -> Iterator[Cause]:
    argument = seen.edges.positions[seen.wrong[0]] if len(seen.wrong) == 1 else None

    def cause(fault: Fault, words: str) -> Cause:
        return Cause(fault, f"{place.words} {words}", argument, place.at.function, place.at.file, place.at.line)

    edges: Edges = seen.edges
    without = edges.pulled(lambda group: 0.0 if place.chosen(group) else 1.0)
    if seen.fit_all(without):
        yield cause(Fault.CONSTANT, "is missing, as if it were held constant") if place.held else cause(Fault.MISSING, "is missing")
        return
    through = [r - w for r, w in zip(seen.right, without, strict=True)]
    square = sum(float(np.vdot(part, part)) for part in through)
    if not square > 0:
        return
    shift = sum(float(np.vdot(t, g - r)) for t, g, r in zip(through, seen.found, seen.right, strict=True)) / square
    if seen.fit_all([r + shift * t for r, t in zip(seen.right, through, strict=True)]) and sum(part.size for part in seen.right) > 1:
        yield cause(*_counted(1 + shift))


def _counted(factor: float) -> tuple[Fault, str]:
    if abs(factor - 2) < FITS:
        return Fault.DOUBLED, "is counted twice"
    if abs(factor + 1) < FITS:
        return Fault.SIGN, "has the wrong sign"
    return Fault.FACTOR, f"is multiplied by {f'{factor:.10g}' if abs(factor - 1) > NEAR_ONE else near_one(factor)}"


def said(operation: Operation, names: tuple[str, ...]) -> str:
    """An operation in words, with its line of code."""
    if operation.function == "argument":
        return names[operation.number]
    if operation.function == "output":
        return "the output"
    return f"{operation.function} at {operation.place}{_quoted(operation)}"


def beside(operation: Operation, other: Operation, names: tuple[str, ...]) -> str:
    """An operation in words, beside another one that is said with its line: the line is not said twice."""
    same = (operation.file, operation.line) == (other.file, other.line)
    return operation.function if same else said(operation, names)


def _edge(group: Group, names: tuple[str, ...]) -> str:
    return f"{beside(group.source, group.target, names)} to {said(group.target, names)}"


def _quoted(operation: Operation) -> str:
    text = operation.text
    return f" (`{text if len(text) <= LONGEST else text[:LONGEST] + '…'}`)" if text else ""
