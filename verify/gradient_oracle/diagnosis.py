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
from functools import partial
from typing import Any

import numpy as np

from backproof.verify.gradient_oracle.causes.alone import alone_causes
from backproof.verify.gradient_oracle.causes.cause import Cause, Diagnosis, Fault
from backproof.verify.gradient_oracle.causes.flows import flow_causes, outside_causes, unchained_causes
from backproof.verify.gradient_oracle.causes.instead import instead_causes
from backproof.verify.gradient_oracle.causes.masks import mask_causes
from backproof.verify.gradient_oracle.causes.moved import moved_causes
from backproof.verify.gradient_oracle.causes.observed import Again, Observed
from backproof.verify.gradient_oracle.causes.places import place_causes
from backproof.verify.gradient_oracle.causes.rows import row_causes, single_causes
from backproof.verify.gradient_oracle.causes.shapes import misshapen
from backproof.verify.gradient_oracle.causes.slopes import slope_causes
from backproof.verify.gradient_oracle.causes.sums import sum_causes
from backproof.verify.gradient_oracle.causes.sweeps import sweeps_of
from backproof.verify.gradient_oracle.causes.together import joint
from backproof.verify.gradient_oracle.causes.turned import turned_causes
from backproof.verify.gradient_oracle.forward_edges import trace_edges
from backproof.verify.gradient_oracle.given.contained import Escaped
from backproof.verify.gradient_oracle.given.floats import is_float
from backproof.verify.gradient_oracle.given.names import argument
from backproof.verify.lift.tape.reads import NotLifted, Undecided

SOME_OF_MANY = {Fault.MISSING, Fault.SIGN}
"""Of contributions one by one: what chooses among them is a wrong local derivative as well."""


def diagnosis_of(
    f: Callable[..., Any], args: Sequence[Any], cotangent: Any, gradients: Sequence[Any], again: Again | None = None
) -> Diagnosis | None:
    """The fault, or None. `gradients` has one entry for each argument that has a derivative; `again` asks for those of
    another cotangent."""
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
        explained = list(_explanations(Observed(names, right, found, edges, cotangent, again)))
    return Diagnosis(tuple(explained)) if explained else None


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
    for causes in (place_causes(seen), [*outside_causes(seen)]):
        yield from ((cause,) for cause in causes)
        if causes:
            return
    sweeps = sweeps_of(seen)
    if sweeps is not None and not whole:
        written = [*instead_causes(seen, sweeps)]
        written += [*unchained_causes(seen)] if written else []
        yield from ((cause,) for cause in written)
        if written:
            return
    turned = [] if sweeps is None else [partial(turned_causes, sweeps=sweeps)]
    entries: dict[int, Cause] = {}
    for kinds in ([*turned, moved_causes, sum_causes], [sum_causes, moved_causes, *turned]):
        found = {} if len(known) == len(seen.wrong) else _each(seen, alone_causes, row_causes, *kinds, single_causes)
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
    if not explained and len(masks := _each(seen, alone_causes, row_causes, moved_causes, sum_causes, mask_causes)) == len(seen.wrong):
        yield tuple(masks.values())
        return
    for causes in ([*unchained_causes(seen)], [*flow_causes(seen)]):
        yield from ((*([] if explained else entries.values()), cause) for cause in causes)
        if causes:
            return
    if entries and not explained:
        yield tuple(entries.values())


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
