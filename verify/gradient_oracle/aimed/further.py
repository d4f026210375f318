"""What is aimed at after the sides that were never seen: whole numbers that are compared, then every decision exactly on
it and close beside it; and degenerate matrices, for code that calls linear algebra. `Further`.

>>> def vjp(args, out, ct):
...     return (np.where(args[1] == 3, 2.0, 1.0) * ct, None)
>>> further = Further()
>>> args = (np.ones(2), np.array([0, 1]))
>>> further.begin(lambda x, t: x, vjp, args, np.ones(2))
>>> list(further.branches().values())
[frozenset({False})]
>>> further.next_point(args).words, list(further.degenerate(np.random.default_rng(0)))
('an entry 3 in argument 1', [])
>>> further.begin(None, None, None, np.ones(2))
Traceback (most recent call last):
    ...
TypeError: 'NoneType' object is not iterable
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.aimed.matrices import calls_linear_algebra, is_matrix, matrices
from backproof.verify.gradient_oracle.aimed.visits import Visits
from backproof.verify.gradient_oracle.plain.whole_numbers import WholeNumbers, is_whole
from backproof.verify.lift.lifted import Function
from backproof.verify.lift.tape.reads import Read


@dataclass(frozen=True, eq=False)
class Aimed:
    """Arguments to look at, and why, in words. `counted`: something is missing where they cannot be judged; one more
    look at a decision both sides of which were seen is not."""

    args: tuple[Any, ...]
    words: str
    counted: bool = True


@dataclass(eq=False)
class Further:
    """The decisions that are visited and the whole numbers that are compared; and from `begin` on, somebody's two passes,
    the arguments from which it is explored (`base`), with a cotangent."""

    visits: Visits = field(default_factory=Visits)
    whole: WholeNumbers = field(default_factory=WholeNumbers)
    f: Function | None = None
    vjp: Function | None = None
    base: tuple[Any, ...] = ()
    cotangent: Any = None

    def begin(self, f: Function, vjp: Function, base: Sequence[Any], cotangent: Array) -> None:
        """Follow both passes at the arguments from which it is explored."""
        self.f, self.vjp, self.base, self.cotangent = f, vjp, tuple(base), cotangent
        self.whole.watch(self._calls(self.base, cotangent), self.base)

    def begin_again(self) -> None:
        """Visit decisions from the next arguments that are taken only."""
        self.visits.begin_again()

    def take(self, reads: Sequence[Read], args: tuple[Any, ...], positions: Sequence[int], cotangent: Array, *, usual: bool) -> None:
        """Keep what was read at a point that was judged, of the `usual` shapes or others."""
        self.visits.take(reads, args, positions, usual=usual)
        if any(is_whole(a) and a is not b for a, b in zip(args, self.base, strict=False)):
            self.whole.watch(self._calls(args, cotangent), args)

    def next_point(self, base: Sequence[Any]) -> Aimed | None:
        """The next point; None where there is none left."""
        change = self.whole.next_change(base)
        if change is not None:
            return Aimed(change.applied(base), change.words)
        visit = self.visits.next_visit()
        return None if visit is None else Aimed(visit.args, visit.words, counted=False)

    def degenerate(self, rng: np.random.Generator) -> Iterator[tuple[tuple[Any, ...], str]]:
        """Degenerate matrices, where the code calls linear algebra, each with words."""
        if any(is_matrix(a) for a in self.base) and calls_linear_algebra(self._calls(self.base, self.cotangent)):
            yield from matrices(self.base, rng)

    def branches(self) -> dict[tuple[str, str], frozenset[Any]]:
        """The outcomes of comparisons of whole numbers that were seen."""
        return self.whole.branches()

    def _calls(self, args: Sequence[Any], cotangent: Any) -> tuple[Callable[[], Any], ...]:
        """Both passes at some arguments, one after the other."""
        f, vjp = self.f, self.vjp
        if f is None or vjp is None:
            return ()
        given, out = tuple(a.copy() if isinstance(a, np.ndarray) else a for a in args), list[Any]()
        return lambda: out.append(f(*given)), lambda: vjp(given, out[0], cotangent.copy())
