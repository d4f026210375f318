"""Which outcomes of plain conditions were seen, and candidates that show the others: `Search`.

A plain condition is one on what is no lifted number: a size, a dtype, a type, a word. Sizes of 0, 1 and 2 along every
axis and sizes around the constants of the code are always screened. Other dtypes, types and settings are, where an
outcome is missing, and settings always. What takes an outcome that was not seen, or does not fit, is judged. An outcome
counts as seen where it was judged, or fits a difference.

>>> def backward(args, out, ct):
...     return (ct,) if len(args[0]) > 40 else (2 * ct * args[0],)
>>> judged = []
>>> def judge(candidate, meant):
...     judged.append((candidate.words, meant))
...     return Looked.WRONG
>>> search = Search(Screening(np.square, backward, np.random.default_rng(0)), judge)
>>> search.begin((np.ones(3),))
>>> [words.split(" at ")[0] for words in search.unseen(())]
['len(args[0]) > 40']
>>> search.run((np.ones(3),), most=4)
>>> judged, search.wrong
([('size 3 made 41', True)], True)
>>> Search(None, judge).begin(())
Traceback (most recent call last):
    ...
AttributeError: 'NoneType' object has no attribute 'look'
"""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from time import monotonic
from types import CodeType
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.plain.candidates import (
    LARGEST_SETTING,
    Axis,
    Candidate,
    all_resized,
    as_large,
    at_keys,
    reformed,
    reset,
    resized,
)
from backproof.verify.gradient_oracle.plain.constants import Constant, constants_of, keys_of, sizes_around, speaks_of_types, words_of
from backproof.verify.gradient_oracle.plain.screening import Screened, Screening, State
from backproof.verify.gradient_oracle.plain.tracing import Outcome
from backproof.verify.time_limits import TookTooLong, limited

FIRST = (1, 2, 0)  # along every axis, whatever the code says
LAST = tuple(2**k + rest for k in range(2, 13) for rest in (0, 1))  # chosen: where a condition on sizes is still one-sided, up to 4,097
SECONDS = 5.0  # chosen, of wall clock: of one candidate in floats
SOON = 0.01  # chosen, in seconds: what a candidate is given when the time is nearly over
MOST_PRODUCTS = 24  # chosen: products of two constants, where n // 2 > 50 is asked
_PLAIN = re.compile(
    r"\b(len|shape|size|ndim|dtype|itemsize|nbytes|isinstance|issubclass|type|hasattr|callable|is None|is not None|flags|kind|mode)\b|[\"']"
)
"""What a condition on what is no number speaks of; on a line where numbers are compared too, only such a one is told apart."""
_MAY_BE_A_SIZE = re.compile(r"[<>%]|//|[!=]=|\b(len|shape|size|ndim|range)\b")
"""What a condition speaks of for which further sizes are tried."""


AXES: tuple[Axis, ...] = tuple(Axis)
"""What is varied; what is not here is not."""


class Looked(Enum):
    """What became of a candidate that was given to the judge."""

    JUDGED = "judged"  # and nothing was found
    WRONG = "wrong"
    NOT = "not judged"


@dataclass(eq=False)
class Search:
    """The `seen` outcomes so far; `screened`, how many candidates were compared with differences
    alone, `judged`, how many were judged, and `left`, how many were not, for the effort; `accepted`, the sizes that f took,
    `largest` the one given; `odd`, what is wrong where there is no entry; `coarse`, what took an outcome of its own and
    was compared with differences alone; `wrong`, that the judge said so;
    `until`, when to stop, on the monotonic clock; `values`, candidates with other values of floats, by the code that
    ran, where there are any; `fitting`, the arguments of other sizes that f took;
    `read`, the constants of so many functions, and `missing`, the outcomes of so many seen, which are not read again."""

    screening: Screening
    judge: Callable[[Candidate, bool], Looked]
    seen: set[Outcome] = field(default_factory=set[Outcome])
    screened: int = 0
    judged: int = 0
    accepted: set[int] = field(default_factory=set[int])
    odd: dict[str, None] = field(default_factory=dict[str, None])
    coarse: dict[str, None] = field(default_factory=dict[str, None])
    left: int = 0
    wrong: bool = False
    until: float = math.inf
    largest: int = 0
    values: Callable[[Iterable[CodeType]], Iterable[Candidate]] | None = None
    fitting: dict[int, list[Candidate]] = field(default_factory=dict[int, list[Candidate]])
    read: tuple[int, list[Constant]] = (0, [])
    missing: tuple[tuple[int, int], list[Outcome]] = ((0, 0), [])

    def begin(self, args: tuple[Any, ...]) -> None:
        """The outcomes at the given arguments."""
        self.largest = max((size for a in args if isinstance(a, np.ndarray) for size in a.shape), default=0)
        self.seen.update(self.screening.look(args, compare=False).outcomes)

    def also(self, args: tuple[Any, ...]) -> None:
        """Those at arguments that were judged otherwise, as long as some are missing."""
        if self._one_sided() and not self._is_late():
            self.seen.update(self.screening.look(args, compare=False).outcomes)

    def run(self, args: tuple[Any, ...], most: int) -> None:
        """Screen the candidates from these arguments, and have at most so many judged."""
        tried = set[str]()
        for candidate in itertools.chain.from_iterable(self._rounds(args)):
            if candidate.words in tried or candidate.axis not in AXES:
                continue
            tried.add(candidate.words)
            if self._is_late():
                self.left += 1
                continue
            self._try(candidate, most)
            if self.wrong:
                return

    def _is_late(self) -> bool:
        return monotonic() > self.until

    def _rounds(self, args: tuple[Any, ...]) -> Iterator[Iterable[Candidate]]:
        """Candidates, what is certain to be of use first."""
        rng = self.screening.rng
        if self.values is not None:
            yield self.values(list(self.screening.known.names))
        constants = self.constants()
        yield resized(args, (*FIRST, *sizes_around(constants)), rng)
        yield as_large(args, rng)
        numbers = sorted({constant.value for constant in constants})
        given = {int(a) for a in args if isinstance(a, int | np.integer) and not isinstance(a, bool)}
        yield reset(args, self._words(), sorted({*numbers, *(given if len(given) > 1 else ())}))
        keys = sorted({key for code, (module, own) in self.screening.known.names.items() for key in keys_of(code, module, own)})
        if keys:
            yield at_keys(args, keys, rng)
        if self._one_sided() or self._speaks_of_types():
            yield reformed(args, rng)
        if self._misses_sizes(constants):
            small = [number for number in numbers if number <= LARGEST_SETTING]
            yield at_keys(args, [near for number in small for near in (number, number + 1)], rng)
            yield all_resized(args, [near for number in small for near in (number, number + 1)], rng)
            products = sorted({a * b for a in numbers for b in numbers if a < b})[:MOST_PRODUCTS]
            yield resized(args, [near for product in products for near in (product, 2 * product + 1)], rng)
        if self._misses_sizes(constants):
            yield resized(args, LAST, rng)

    def _try(self, candidate: Candidate, most: int) -> None:
        found = self._screened(candidate.args)
        if found.state is State.REFUSED and candidate.otherwise is not None:
            candidate = candidate.as_told()
            found = self._screened(candidate.args)
        if found.state is State.REFUSED:
            return
        if candidate.size == 0:
            self._without_entries(candidate, found)
            return
        new = [outcome for outcome in found.outcomes if outcome not in self.seen and outcome not in self.screening.known.refusals]
        if found.state is State.FITS and not new:
            self.screened += 1
            self._accept(candidate)
            return
        if found.words and candidate.axis in (Axis.DTYPE, Axis.TYPE):
            return
        meant = candidate.axis in (Axis.SIZE, Axis.SETTING) or any(outcome in found.backward for outcome in new)
        meant = meant or (candidate.axis is Axis.DTYPE and self._speaks_of_types())
        if self.judged >= most:
            self.left += 1
            if found.state is State.DOUBTFUL:
                return
        else:
            self.judged += 1
            looked = self.judge(candidate, meant)
            self.wrong = looked is Looked.WRONG
            if looked is Looked.WRONG or (looked is Looked.NOT and found.state is State.DOUBTFUL):
                return
            if looked is Looked.NOT:
                self.screened += 1
                self.coarse[candidate.words] = None
        self._accept(candidate)
        self.seen.update(found.outcomes)

    def _accept(self, candidate: Candidate) -> None:
        self.accepted.add(candidate.size)
        if candidate.axis is Axis.SIZE:
            self.fitting.setdefault(candidate.size, []).append(candidate)

    def _screened(self, args: tuple[Any, ...]) -> Screened:
        """One candidate, as long as there is time."""
        try:
            with limited(max(SOON, min(SECONDS, self.until - monotonic()))):
                return self.screening.look(args)
        except TookTooLong:
            self.left += 1
            return Screened(State.REFUSED)

    def _without_entries(self, candidate: Candidate, found: Screened) -> None:
        """Nothing can be wrong with no entry; what goes wrong there is worth a note."""
        if found.state is State.FITS:
            self.seen.update(found.outcomes)
        else:
            self.odd[f"with {candidate.words}, {found.words or 'the gradients are not those of a difference'}"] = None

    # what is known

    def constants(self) -> list[Constant]:
        """The whole numbers of all code that ran."""
        names = self.screening.known.names.items()
        if len(names) != self.read[0]:
            found = dict.fromkeys(constant for code, (module, own) in names for constant in constants_of(code, module, own))
            self.read = len(names), list(found)
        return self.read[1]

    def _speaks_of_types(self) -> bool:
        return any(speaks_of_types(code) for code in self.screening.known.names)

    def _misses_sizes(self, constants: Collection[Constant]) -> bool:
        """Whether an outcome is missing that a further size may show."""
        return any(constants or _MAY_BE_A_SIZE.search(condition.what) for condition, _ in self._one_sided())

    def _words(self) -> list[str]:
        """The words of all code that ran, and of its tables."""
        found: list[str] = []
        for code, (module, own) in self.screening.known.names.items():
            found += words_of(code, module, own)
        return list(dict.fromkeys(found))

    def _one_sided(self) -> list[Outcome]:
        """The outcomes that were not seen of conditions that were asked."""
        when = len(self.seen), len(self.screening.known.refusals)
        if when != self.missing[0]:
            self.missing = when, self._not_seen()
        return self.missing[1]

    def _not_seen(self) -> list[Outcome]:
        known = self.screening.known
        missing = [(condition, not outcome) for condition, outcome in self.seen if (condition, not outcome) not in self.seen]
        return [
            (condition, outcome)
            for condition, outcome in missing
            if (condition, outcome) not in known.refusals and (outcome or not condition.loop)
        ]

    def unseen(self, numbers: Collection[str]) -> tuple[str, ...]:
        """The outcomes that were not seen, in words, and the constants that no size came up to. `numbers` are the places
        of decisions on numbers, which are told elsewhere."""
        missing = [one for one in self._one_sided() if one[0].place not in numbers or _PLAIN.search(one[0].what)]
        missing.sort(key=lambda one: (one[0].file, one[0].span))
        words = [condition.words(outcome) for condition, outcome in missing]
        larger = max(self.accepted, default=0)
        words += [f"a size beyond {c.value:,}, in {c.words}" for c in self.constants() if c.named and c.value > max(larger, self.largest)]
        return tuple(dict.fromkeys(words))
