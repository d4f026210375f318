"""Copies of lifted numbers through bytes (`pickle`): the bytes name the number, and the run in which they are read again
has it.

>>> import pickle
>>> from backproof.verify.lift.tape.operators import complete
>>> from backproof.verify.lift.tape.tape import running
>>> complete(Scalar)
>>> with running(Tape(100)) as tape:
...     x, third = tape.leaf(arb(2)), Scalar(arb(1) / 3)
...     kept = pickle.dumps(x)
...     pickle.loads(kept).index == x.index, kept == pickle.dumps(x), pickle.loads(pickle.dumps(third)).value.overlaps(arb(1) / 3)
(True, True, True)
>>> with running(Tape(100)):
...     pickle.loads(kept)
Traceback (most recent call last):
    ...
backproof.verify.lift.tape.reads.NotLifted: a number that another run has pickled has no lifted rule (...
"""

from __future__ import annotations

import itertools
import weakref
from typing import Any

from backproof.verify.lift.tape.reads import NotLifted, place
from backproof.verify.lift.tape.tape import NOW, Scalar, Tape, of_python
from backproof.verify.numbers.ball_arrays import arb

_SERIALS: weakref.WeakKeyDictionary[Tape, int] = weakref.WeakKeyDictionary()
_COUNT = itertools.count()


def reduced(x: Scalar) -> Any:
    """What pickle keeps of a number: of a lifted one its run and its node, of a constant its ball."""
    if x.index >= 0 and x.tape is not None:
        if x.tape not in _SERIALS:
            _SERIALS[x.tape] = next(_COUNT)
        return restored, (_SERIALS[x.tape], x.index, x.builtin)
    if not x.value.is_finite():
        raise NotLifted("a byte copy (pickle) of what is not finite has no lifted rule", place())
    parts = [tuple(map(int, part.man_exp())) for part in (x.value.mid(), x.value.rad())]
    return constant, (*parts, x.builtin)


def restored(serial: int, index: int, builtin: bool) -> Scalar:
    """The lifted number of that node of the run, or of one that it continues."""
    tape: Tape | None = NOW.tape
    while tape is not None:
        if _SERIALS.get(tape) == serial:
            return of_python(NOW.tape.adopted(Scalar(tape.nodes[index][2], index, tape)), builtin)
        tape = tape.origin
    raise NotLifted("a number that another run has pickled has no lifted rule", place())


def constant(middle: tuple[int, int], radius: tuple[int, int], builtin: bool) -> Scalar:
    """The constant of that ball."""
    return of_python(Scalar(arb(middle, radius)), builtin)
