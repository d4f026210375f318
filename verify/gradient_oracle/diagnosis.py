"""What kind of fault a wrong backward pass has, and where: `diagnosis_of(f, args, cotangent, gradients)`.

Every hypothesis predicts the gradients exactly, and is named only if the prediction fits what was found (`causes/`):
of whole gradients, one by one or together; of places in the forward pass; and where none of these fits, the operation
through which all of the error flows. Nothing is said where no hypothesis fits.

>>> def f(x, b):
...     return x * 2 + b
>>> ct = np.ones((2, 3))
>>> print(diagnosis_of(f, (np.ones((2, 3)), np.ones(3)), ct, (2 * ct, ct)))
the contribution of `b` is not summed over axis 0
>>> found = diagnosis_of(f, (np.ones((2, 3)), np.ones(3)), ct, (ct, ct.sum(axis=0)))
>>> print(found)
the gradient of `x` is 0.5 times the derivative (2 is the length of an axis)
>>> found.causes[0].fault, found.causes[0].argument
(<Fault.FACTOR: 'a factor'>, 0)
>>> diagnosis_of(f, (np.ones((2, 3)), np.ones(3)), ct, (2 * ct, np.array([3.0, 4.0, 7.0]))) is None
True
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from time import monotonic
from typing import Any

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.causes.alone import alone_causes
from backproof.verify.gradient_oracle.causes.cause import Cause, Diagnosis, Fault
from backproof.verify.gradient_oracle.causes.crossed import crossed_causes
from backproof.verify.gradient_oracle.causes.fitting import NOISE
from backproof.verify.gradient_oracle.causes.flows import flow_causes, outside_causes, unchained_causes
from backproof.verify.gradient_oracle.causes.instead import instead_causes
from backproof.verify.gradient_oracle.causes.masks import mask_causes
from backproof.verify.gradient_oracle.causes.moved import moved_causes
from backproof.verify.gradient_oracle.causes.observed import Again, Observed
from backproof.verify.gradient_oracle.causes.places import place_causes
from backproof.verify.gradient_oracle.causes.rows import row_causes, single_causes
from backproof.verify.gradient_oracle.causes.separate import separate_causes
from backproof.verify.gradient_oracle.causes.shapes import misshapen
from backproof.verify.gradient_oracle.causes.slopes import slope_causes
from backproof.verify.gradient_oracle.causes.sums import elsewhere_causes, sum_causes
from backproof.verify.gradient_oracle.causes.sweeps import sweeps_of
from backproof.verify.gradient_oracle.causes.together import joint
from backproof.verify.gradient_oracle.causes.turned import turned_causes
from backproof.verify.gradient_oracle.forward_edges import trace_edges
from backproof.verify.gradient_oracle.given.contained import Escaped, contained
from backproof.verify.gradient_oracle.given.floats import is_float, is_number_dtype
from backproof.verify.gradient_oracle.given.names import argument
from backproof.verify.gradient_oracle.probes.probes import SECONDS
from backproof.verify.gradient_oracle.running import Question, is_gradient, run_floats
from backproof.verify.lift.tape.reads import NotLifted, Undecided
from backproof.verify.numbers.float_model import largest_entry
from backproof.verify.time_limits import PASSING, TookTooLong, limited

LEAST_SECONDS = 0.01  # chosen: of a limit that is past; it is not used
SOME_OF_MANY = {Fault.MISSING, Fault.SIGN}
"""Of contributions one by one: what chooses among them is a wrong local derivative as well."""

ORDERS = {Fault.TRANSPOSED, Fault.ORDER}
"""What is said of one gradient beside an operation through which all of the error flows."""


def diagnosis_at(question: Question) -> Diagnosis | None:
    """The fault of a backward at a point, where it returns numbers, and returns them again; None where it does not."""
    gradients = _numbers(question)
    if gradients is None:
        return None

    end = monotonic() + SECONDS

    def soon(other: Question) -> list[Any] | None:
        """Those of another question, if all that is asked comes back in the time of a probe: what is known already is not
        lost for more of it."""
        try:
            with limited(max(end - monotonic(), LEAST_SECONDS)):
                return None if monotonic() > end else _numbers(other)
        except TookTooLong:
            return None

    def again(cotangent: Any) -> list[Any] | None:
        return soon(replace(question, cotangent=cotangent))

    def elsewhere(args: Sequence[Any]) -> list[Any] | None:
        return soon(replace(question, args=tuple(args)))

    return diagnosis_of(question.f, question.args, question.cotangent, gradients, again, elsewhere)


def _numbers(question: Question) -> list[Any] | None:
    """The gradients, if they are arrays of numbers; None where they are not, or the code raises."""
    try:
        _, gradients, _ = run_floats(question)
        numbers = all(is_gradient(g) and is_number_dtype(contained(np.asarray, g).dtype) for g in gradients)
    except PASSING:
        raise
    except Exception:
        return None
    return list(gradients) if numbers else None


def diagnosis_of(
    f: Callable[..., Any],
    args: Sequence[Any],
    cotangent: Any,
    gradients: Sequence[Any],
    again: Again | None = None,
    elsewhere: Callable[[Sequence[Any]], Sequence[Any] | None] | None = None,
) -> Diagnosis | None:
    """The fault, or None. `gradients` has one entry for each argument that has a derivative; `again` asks for those of
    another cotangent, `elsewhere` for those at other arguments."""
    places = [k for k, a in enumerate(args) if is_float(a)]
    try:
        edges = trace_edges(f, args, cotangent)
    except (NotLifted, Undecided, ArithmeticError, ValueError, Escaped):
        return None
    if list(edges.positions) != places or len(gradients) != len(places):
        return None
    right = edges.pulled(lambda group: 1.0)
    if not all(np.isfinite(part).all() for part in right):
        return None
    names = tuple(f"`{name}`" for name in _names(f, args))
    found: list[Any] = [None if g is None else np.asarray(g, dtype=float) for g in gradients]
    if any(g is None or g.shape != r.shape for g, r in zip(found, right, strict=True)):
        explained = [(cause,) for cause in misshapen([names[k] for k in places], places, right, found)]
    else:
        beside = None if elsewhere is None else partial(_beside, f, args, cotangent, elsewhere)
        explained = list(_explanations(Observed(names, right, found, edges, cotangent, again, beside)))
    return Diagnosis(tuple(explained)) if explained else None


def _beside(
    f: Callable[..., Any], args: Sequence[Any], cotangent: Any, elsewhere: Callable[[Sequence[Any]], Any], number: int, value: Array
) -> tuple[Sequence[Array], Sequence[Array]] | None:
    """The right gradients and those that are found with one argument changed; None where there are none."""
    changed = [value.reshape(np.shape(a)).astype(np.asarray(a).dtype) if k == number else a for k, a in enumerate(args)]
    found = elsewhere(changed)
    try:
        right = None if found is None else trace_edges(f, changed, cotangent).pulled(lambda group: 1.0)
    except (NotLifted, Undecided, ArithmeticError, ValueError, Escaped):
        return None
    if found is None or right is None or [np.shape(part) for part in found] != [part.shape for part in right]:
        return None
    return right, [np.asarray(part, dtype=float) for part in found]


def _explanations(seen: Observed) -> Iterator[tuple[Cause, ...]]:
    """Those of all wrong gradients together, and of each; if some are not explained, those of places, of single entries
    and of local derivatives, and of what flows; in the end those of some."""
    if not seen.wrong or not all(np.isfinite(part).all() for part in seen.found):
        return
    whole = [*joint(seen)]
    yield from whole
    known = _each(seen, alone_causes, row_causes)
    if len(known) == len(seen.wrong):
        if not {cause.fault for causes in whole for cause in causes} & {Fault.EXCHANGED, Fault.MERGED}:
            yield tuple(known.values())
        if not all(cause.fault is Fault.AXIS for cause in known.values()):
            return
    sweeps = sweeps_of(seen)
    written = [] if whole or sweeps is None else [*instead_causes(seen, sweeps)]
    places = place_causes(seen)
    if written and all(cause.fault is Fault.FACTOR for cause in places):
        yield from ((cause,) for cause in (*written, *unchained_causes(seen), *(places if _several(seen) else ())))
        return
    crossed = [] if whole or places or sweeps is None else [*crossed_causes(seen, sweeps)]
    for causes in (places, [*outside_causes(seen)], crossed):
        yield from ((cause,) for cause in causes)
        if causes:
            return
    turned = [] if sweeps is None else [partial(turned_causes, sweeps=sweeps)]
    entries: dict[int, Cause] = {}
    for kinds in ([*turned, moved_causes, sum_causes], [sum_causes, moved_causes, *turned]):
        found = {} if len(known) == len(seen.wrong) else _each(seen, alone_causes, row_causes, *kinds, elsewhere_causes, single_causes)
        if len(found) == len(seen.wrong) and found != entries:
            yield tuple(found.values())
        entries = entries or found
    explained = len(entries) == len(seen.wrong)
    if whole or (explained and not {cause.fault for cause in entries.values()} & SOME_OF_MANY):
        return
    local = [] if sweeps is None else [*slope_causes(seen, sweeps)]
    yield from ((cause,) for cause in local)
    if local or len(known) == len(seen.wrong):
        return
    last = _each(seen, alone_causes, row_causes, moved_causes, sum_causes, mask_causes, separate_causes)
    if not explained and len(last) == len(seen.wrong):
        yield tuple(last.values())
        return
    turned_ones = [cause for cause in entries.values() if cause.fault in ORDERS and not explained]
    for causes in ([*unchained_causes(seen)], [*flow_causes(seen)]):
        yield from ((*turned_ones, cause) for cause in causes)
        if causes:
            return
    if entries and not explained:
        yield tuple(entries.values())


def _several(seen: Observed) -> bool:
    """Whether several entries are wrong: a factor that was fitted to one says nothing beside a cause without one."""
    wrong = [np.abs(g - r) > NOISE * largest_entry(seen.right) for g, r in zip(seen.found, seen.right, strict=True)]
    return sum(int(np.count_nonzero(part)) for part in wrong) > 1


def _each(seen: Observed, *kinds: Callable[[int, Observed], Iterator[Cause]]) -> dict[int, Cause]:
    """The first cause of each wrong gradient that has one."""
    each = {k: next(itertools.chain.from_iterable(kind(k, seen) for kind in kinds), None) for k in seen.wrong}
    return {k: cause for k, cause in each.items() if cause is not None}


def _names(f: Callable[..., Any], args: Sequence[Any]) -> list[str]:
    """The names of the parameters of f, or `argument k`."""
    try:
        parameters = [p.name for p in inspect.signature(f).parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    except (TypeError, ValueError):
        parameters = []
    return [parameters[k] if k < len(parameters) else argument(k) for k in range(len(args))]
