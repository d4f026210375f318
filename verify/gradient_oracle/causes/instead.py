"""Another expression in the place of a local derivative: what people write for it by mistake.

For one operation that works entry by entry, or one line that does, the derivative is replaced by each of a few
expressions of its argument and its value, and all gradients are predicted: the value itself (as if it were an exponential),
1, the argument in the place of the value (the wrong thing was kept), a mask turned around, a power left out. These are so
few that a fit to roundings is none by chance.

>>> from backproof.verify.gradient_oracle.causes.edges import Edges, Group, Operation
>>> from backproof.verify.gradient_oracle.causes.sweeps import sweeps_of
>>> x, y, out = Operation("argument"), Operation("tanh", "f.py", 2), Operation("output")
>>> slope = 1 - np.tanh(0.5) ** 2
>>> edges = Edges([Group(y, out), Group(x, y)], [(1, 0, slope, 1)], [(1, 3.0, 0, 0)], [np.arange(1)], (0,), [x, y], [0.5, np.tanh(0.5)])
>>> def instead(found):
...     seen = Observed(("`x`",), edges.pulled(lambda group: 1.0), [np.array([found])], edges, 3.0)
...     return [cause.words for cause in instead_causes(seen, sweeps_of(seen))]
>>> instead(3 * (1 - np.tanh(0.5)))
['the derivative of tanh at f.py:2 by `x` is taken for 1 − its value']
>>> instead(2.2)
[]
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.causes.cause import Cause, Fault
from backproof.verify.gradient_oracle.causes.edges import Operation
from backproof.verify.gradient_oracle.causes.fitting import EXACT
from backproof.verify.gradient_oracle.causes.observed import Observed
from backproof.verify.gradient_oracle.causes.places import beside, said
from backproof.verify.gradient_oracle.causes.sweeps import Sweeps

Slope = Callable[[Array, Array, Array], Array]
INSTEAD: dict[str, Slope] = {
    "1": lambda u, v, s: np.ones_like(u),
    "its value": lambda u, v, s: v,
    "its argument": lambda u, v, s: u,
    "minus its value": lambda u, v, s: -v,
    "1 − its value": lambda u, v, s: 1 - v,
    "1 − its value squared": lambda u, v, s: 1 - v**2,
    "1 − its argument squared": lambda u, v, s: 1 - u**2,
    "its value times 1 − its value": lambda u, v, s: v * (1 - v),
    "its argument times 1 − its argument": lambda u, v, s: u * (1 - u),
    "1 − the derivative": lambda u, v, s: 1 - s,
    "the derivative times its argument": lambda u, v, s: s * u,
    "the derivative times its value": lambda u, v, s: s * v,
    "the derivative over its value": lambda u, v, s: s / v,
    "the derivative over its argument": lambda u, v, s: s / u,
    "one over its argument": lambda u, v, s: 1 / u,
    "one over its value": lambda u, v, s: 1 / v,
    "the exponential of its value": lambda u, v, s: np.exp(v),
    "the cosine of its argument": lambda u, v, s: np.cos(u),
    "the sine of its argument": lambda u, v, s: np.sin(u),
    "the hyperbolic sine of its argument": lambda u, v, s: np.sinh(u),
}
"""By argument u, value v and right derivative s. Chosen: what stands in wrong backward passes, as far as we have met it."""

MOST_STEPS = 100_000  # chosen: of one line; 300 entries with an operation for each


@dataclass(frozen=True)
class _Step:
    """Something that works entry by entry: where, in words; the numbers that go in and come out; the derivatives."""

    at: Operation
    words: str
    sources: Array
    targets: Array
    slopes: Array


def instead_causes(seen: Observed, sweeps: Sweeps) -> Iterator[Cause]:
    """The first expression that fits at each line, for all gradients together."""
    if seen.edges.values is None:
        return
    values = np.array(seen.edges.values)
    argument = seen.edges.positions[seen.wrong[0]] if len(seen.wrong) == 1 else None
    near = EXACT * max(float(np.max(np.abs(part), initial=0.0)) for part in (*seen.right, *seen.found))
    named: set[tuple[str, int]] = set()
    for step in (*_groups(seen, sweeps), *_lines(seen, sweeps)):
        if (step.at.file, step.at.line) in named:
            continue
        below, above = sweeps.by_arguments[step.sources], sweeps.adjoints[step.targets]
        with np.errstate(all="ignore"):
            others = {words: slope(values[step.sources], values[step.targets], step.slopes) for words, slope in INSTEAD.items()}
        for words, slopes in others.items():
            change = slopes - step.slopes
            if np.isfinite(change).all() and np.max(np.abs(below.T @ (change[:, None] * above) - sweeps.errors)) <= near:
                named.add((step.at.file, step.at.line))
                yield Cause(Fault.LOCAL, f"{step.words} is taken for {words}", argument, step.at.function, step.at.file, step.at.line)
                break


def _groups(seen: Observed, sweeps: Sweeps) -> Iterator[_Step]:
    """The groups of edges in which no number occurs twice on either side."""
    for number, group in enumerate(seen.edges.groups):
        for at in sweeps.calls(number) if group.target.file else ():
            sources, targets = sweeps.sources[at], sweeps.targets[at]
            if len(np.unique(targets)) == len(at) == len(np.unique(sources)):
                words = f"the derivative of {said(group.target, seen.names)} by {beside(group.source, group.target, seen.names)}"
                yield _Step(group.target, words, sources, targets, sweeps.slopes[at])


def _lines(seen: Observed, sweeps: Sweeps) -> Iterator[_Step]:
    """The lines of several operations that work entry by entry as a whole, as 1 / (1 + exp(−x)) does."""
    operations = seen.edges.operations
    at = np.array([hash((operation.file, operation.line)) if operation.file else 0 for operation in operations])
    for key in dict.fromkeys(at[at != 0].tolist()):
        inside = np.flatnonzero(at[sweeps.targets] == key)
        entering = inside[at[sweeps.sources[inside]] != key]
        sources = np.unique(sweeps.sources[entering])
        leaving = np.flatnonzero((at[sweeps.sources] == key) & (at[sweeps.targets] != key))
        ends = [node for node, _, _, _ in seen.edges.seeds if at[node] == key]
        targets = np.unique(np.array([*sweeps.sources[leaving].tolist(), *ends], dtype=int))
        if not 0 < len(sources) == len(targets) or len(inside) == len(sources) or len(sources) * len(inside) > MOST_STEPS:
            continue
        below = {int(source): {int(source): 1.0} for source in sources}
        for edge in inside[::-1].tolist():
            source, target = int(sweeps.sources[edge]), int(sweeps.targets[edge])
            mine = below.setdefault(target, {})
            for leaf, slope in below.get(source, {}).items():
                mine[leaf] = mine.get(leaf, 0.0) + slope * float(sweeps.slopes[edge])
        pairs = [(leaf, int(target), slope) for target in targets for leaf, slope in below[int(target)].items()]
        if len(pairs) == len(targets) == len({leaf for leaf, _, _ in pairs}):
            first = operations[int(targets[-1])]
            place = Operation("", first.file, first.line)
            columns = [np.array(column) for column in zip(*pairs, strict=True)]
            yield _Step(place, f"the derivative of {place.place} by what goes into it", columns[0], columns[1], columns[2])
