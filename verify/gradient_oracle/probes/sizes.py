"""The protocol once more at arguments of other sizes: the backward called twice after one forward, and what it leaves of
its arguments, its output, its cotangent and its first gradients. `at_sizes(f, vjp, others, …)`.

Code that makes no copy where there is one row alone, or keeps what it computed for one batch, behaves at all other sizes.

>>> def vjp(args, out, ct):
...     g = ct if len(ct) == 1 else ct.copy()
...     g *= 2 * args[0]
...     return (g,)
>>> ones = [("size 3 made 2", (np.ones(2),)), ("size 3 made 1", (np.ones(1),))]
>>> for words, found in at_sizes(np.square, vjp, ones, np.random.default_rng(0)):
...     print(words, "|", found.sentence.split(":")[0])
size 3 made 1 | the backward changes its cotangent in place
>>> at_sizes(np.square, vjp, ones[:1], np.random.default_rng(0))
[]
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.given.contained import contained, is_the_codes
from backproof.verify.gradient_oracle.given.outputs import is_output
from backproof.verify.gradient_oracle.probes.calls import Call, Probe, ProtocolFinding, as_tuple, changes, copied, kept, was_and_is
from backproof.verify.lift.lifted import Function

PROBE = Probe("other sizes", "at other sizes", lambda call, probe: [])


def at_sizes(
    f: Function, vjp: Function, others: Iterable[tuple[str, tuple[Any, ...]]], rng: np.random.Generator
) -> list[tuple[str, ProtocolFinding]]:
    """What is found first at one of the others, with the words about its sizes. What the code raises there is held
    against nobody."""
    with np.errstate(all="ignore"):
        for words, args in others:
            try:
                found = list(_at(f, vjp, args, rng))
            except Exception as error:
                if not is_the_codes(error):
                    raise
                continue
            if found:
                return [(words, found[0])]
    return []


def _at(f: Function, vjp: Function, args: tuple[Any, ...], rng: np.random.Generator) -> Iterator[ProtocolFinding]:
    given = copied(args)
    out = contained(f, *given)
    if not is_output(out):
        return
    output = np.array(out, copy=True)
    cotangent = np.asarray(rng.normal(size=output.shape), dtype=output.dtype)
    seed = cotangent.copy()
    first = as_tuple(contained(vjp, given, out, seed))
    alone = kept(first)
    for what, before, after in (*_arguments(args, given), ("its output", output, np.asarray(out)), ("its cotangent", cotangent, seed)):
        if before.tobytes() != after.tobytes():
            yield ProtocolFinding(PROBE.name, None, f"the backward changes {what} in place: {was_and_is(before, after)}")
    call = Call(f, vjp, args, cotangent, alone, (), 0.0)
    second = as_tuple(contained(vjp, given, out, cotangent.copy()))
    yield from changes(PROBE, "when its backward ran a second time (F1 B1 B1), ", call, second, exact=True)
    yield from changes(PROBE, "after its backward ran a second time, of the first call ", call, first, exact=True)


def _arguments(before: Sequence[Any], after: Sequence[Any]) -> Iterator[tuple[str, Array, Array]]:
    pairs = enumerate(zip(before, after, strict=True))
    yield from ((f"argument {k}", a, b) for k, (a, b) in pairs if isinstance(a, np.ndarray))
