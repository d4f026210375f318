"""The separate kinks at a point with many ties: ties that share no entry of the gradient are apart, so that each has a
hull of its own, and sides of all of them are found in the same runs. `separate_kinks(…)`.

Which entries a tie concerns is seen in two ways: the entries on which the two numbers that tie depend, and those whose
derivative changes where it alone falls otherwise. Ties that come up only on another side belong to the one that fell.

>>> from backproof.verify.lift.numpy_code.lifting import lift
>>> pool, x = lambda x: np.max(x.reshape(4, 2), axis=1), np.zeros(8)
>>> runs = Runs(lift(pool, (x,)), np.ones(4), 2.0**-53, lambda **how: lift(pool, (x,), **how))
>>> base, kinks, made = separate_kinks(runs, most_sides=8, most_runs=100)
>>> [kink.entries for kink in kinks], [kink.matrix.tolist() for kink in kinks[:1]], kinks[0].complete, len(made)
([(0, 1), (2, 3), (4, 5), (6, 7)], [[[1.0, 0.0], [0.0, 1.0]]], True, 5)
>>> separate_kinks(runs, most_sides=8, most_runs=3)
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.Undecided: a kink with 4 ties is not decided (...
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.lift.lifted import Lifted, pull_back
from backproof.verify.lift.tape.reads import Read, Undecided
from backproof.verify.numbers.ball_arrays import precision


@dataclass(frozen=True, eq=False)
class Runs:
    """A `forward` at a point with ties. `otherwise(flips=…, at_ties=…)` runs it again with decisions that fall otherwise;
    None where the code refuses that. `u` is the roundoff of the floats."""

    forward: Lifted
    cotangent: Array
    u: float
    otherwise: Callable[..., Lifted | None]

    def derivatives(self, run: Lifted) -> list[Any]:
        """The balls of all gradients one after the other."""
        return [ball for array in pull_back(run, self.cotangent) for ball in array.reshape(-1)]


@dataclass(eq=False)
class SeparateKink:
    """Ties that concern the same `entries` of the gradient, by their places in all gradients one after the other.

    `columns`  the derivatives by these entries on the sides that are known, in balls, the run's own first; `matrix` the
               same as floats
    `singles`  those on which one tie alone falls otherwise
    `complete` whether these are all sides
    """

    entries: tuple[int, ...]
    columns: list[list[Any]]
    singles: list[list[Any]] = field(default_factory=list[list[Any]])
    complete: bool = False

    @property
    def matrix(self) -> Array:
        """One row for each side."""
        return as_floats(self.columns).reshape(len(self.columns), len(self.entries))

    def in_place(self, base: Sequence[Any], column: Sequence[Any]) -> list[Any]:
        """The derivatives by all entries, with those of a side."""
        found = list(base)
        for entry, ball in zip(self.entries, column, strict=True):
            found[entry] = ball
        return found

    def add(self, truth: Sequence[Any], single: bool = False) -> None:
        """Another side, unless it has the derivatives of one that is known."""
        column = [truth[k] for k in self.entries]
        if single:
            self.singles.append(column)
        if not any(_equal(column, known) for known in self.columns):
            self.columns.append(column)


def as_floats(columns: Sequence[Sequence[Any]]) -> Array:
    """The middles of balls."""
    return np.array([[float(ball.mid()) for ball in column] for column in columns])


def separate_kinks(runs: Runs, *, most_sides: int, most_runs: int) -> tuple[list[Any], list[SeparateKink], list[Lifted]]:
    """The derivatives of the run itself, the kinks, and the runs that were made. Undecided if there are more ties than
    runs may be made."""
    forward = runs.forward
    ties = _near(forward, runs.u)
    if len(ties) >= most_runs:
        raise Undecided(f"a kink with {len(ties)} ties", forward.reads[min(ties)].place)
    base = runs.derivatives(forward)
    sides = [side for tie in ties if (side := _side_of(runs, base, frozenset({tie}))) is not None]
    concerned = [side.concerns | ties[next(iter(side.flips))] for side in sides]
    kinks = _grouped(base, [*ties.values(), *concerned])
    made = [forward, *(side.run for side in sides)]
    search = [
        _Pending(kink, [side for side, entries in zip(sides, concerned, strict=True) if entries & set(kink.entries)], most_sides)
        for kink in kinks
    ]
    while len(made) < most_runs and any(pending.waiting for pending in search):
        active = [pending for pending in search if pending.waiting]
        flips = [pending.waiting.pop(0) for pending in active]
        together = _side_of(runs, base, frozenset().union(*flips))
        made += [] if together is None else [together.run]
        if together is not None and _as_expected(together, forward, active):
            for pending, own in zip(active, flips, strict=True):
                pending.take(together, own)
            continue
        for pending, own in zip(active, flips, strict=True) if len(active) > 1 else ():
            alone = _side_of(runs, base, own)
            if alone is not None:
                made.append(alone.run)
                pending.take(alone, own)
    for pending in search:
        pending.kink.complete = not pending.waiting and not pending.cut
    return base, kinks, made


@dataclass(frozen=True, eq=False)
class _Side:
    """A run in which some ties fall otherwise, its derivatives, the entries that these `changed`, the numbers of the
    `ties` that it has, and of those that are `new`."""

    flips: frozenset[int]
    run: Lifted
    truth: list[Any]
    changed: set[int]
    ties: list[int]
    new: set[int]
    _known: dict[int, set[int]] = field(default_factory=dict[int, set[int]])

    @property
    def concerns(self) -> set[int]:
        """The entries that change, and those of ties that only this side has."""
        return self.changed | {entry for tie in self.new for entry in self.depends(tie)}

    def depends(self, tie: int) -> set[int]:
        """The entries on which a tie depends, each of which costs a sweep: found when they are asked for."""
        if tie not in self._known:
            self._known[tie] = _entries(self.run.reads[tie])
        return self._known[tie]


def _side_of(runs: Runs, base: Sequence[Any], flips: frozenset[int]) -> _Side | None:
    run = runs.otherwise(flips=flips)
    if run is None:
        return None
    truth = runs.derivatives(run)
    with precision(run.tape.bits):
        changed = {k for k, (a, b) in enumerate(zip(base, truth, strict=True)) if not _same(a, b)}
    ties = [place for place, read in enumerate(run.reads) if read.near(runs.u)]
    known, before = _named(runs.forward.reads), runs.forward.reads
    new = {tie for tie in ties if tie >= len(known) or _named(run.reads[tie : tie + 1])[0] != known[tie] or not before[tie].near(runs.u)}
    return _Side(flips, run, truth, changed, ties, new)


def _near(run: Lifted, u: float) -> dict[int, set[int]]:
    """The decisions that floats may take otherwise, each with the entries on which its margin depends."""
    return {place: _entries(read) for place, read in enumerate(run.reads) if read.near(u)}


def _entries(read: Read) -> set[int]:
    return {k for k, ball in enumerate(ball for array in read.gradient() for ball in array.reshape(-1)) if not ball.is_zero()}


def _grouped(base: Sequence[Any], ties: Iterable[set[int]]) -> list[SeparateKink]:
    """Ties joined where they share an entry, each given by the entries that it concerns."""
    groups: list[set[int]] = []
    for entries in filter(None, ties):
        apart = [group for group in groups if not group & entries]
        groups = [*apart, entries.union(*(group for group in groups if group & entries))]
    kinks = [SeparateKink(tuple(sorted(group)), []) for group in sorted(groups, key=min)]
    for kink in kinks:
        kink.add(base)
    return kinks


@dataclass(eq=False)
class _Pending:
    """The ways to take the ties of a kink that are still to be seen; `cut` if there are more than may be."""

    kink: SeparateKink
    singles: list[_Side]
    most: int
    waiting: list[frozenset[int]] = field(default_factory=list[frozenset[int]])
    seen: int = 1
    cut: bool = False

    def __post_init__(self) -> None:
        for side in self.singles:
            self.take(side, side.flips)

    def take(self, side: _Side, own: frozenset[int]) -> None:
        """The derivatives of a side, and the ties of this kink that may fall otherwise from there on."""
        self.kink.add(side.truth, single=len(own) == 1)
        self.seen += 1
        entries = set(self.kink.entries)
        room = max(0, self.most - self.seen - len(self.waiting))
        if self.cut and not room:
            return
        later = (own | {tie} for tie in side.ties if tie > max(own) and side.depends(tie) & entries)
        found = list(islice(later, room + 1))
        self.cut = self.cut or len(found) > room
        self.waiting += found[:room]


def _as_expected(together: _Side, forward: Lifted, active: Sequence[_Pending]) -> bool:
    """Whether ties of several kinks that fall otherwise in one run leave every decision in its place, and change no
    other entries: then each kink is as if it were alone."""
    if len(active) == 1:
        return True
    entries = {entry for pending in active for entry in pending.kink.entries}
    return together.changed <= entries and not together.new and _named(together.run.reads) == _named(forward.reads)


def _named(reads: Sequence[Read]) -> list[tuple[str, str]]:
    return [(read.place, read.what) for read in reads]


def _same(a: Any, b: Any) -> bool:
    return bool(a.overlaps(b))


def _equal(column: Sequence[Any], known: Sequence[Any]) -> bool:
    return all(_same(a, b) for a, b in zip(column, known, strict=True))
