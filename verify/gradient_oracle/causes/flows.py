"""A wrong local derivative, whose factor may be another one for every entry.

*A factor outside of the sums*: a product with a vector (the γ of a layer norm) is pulled back after the sums that stand
before it. The gradient is then γ times the pull-back without it.

*The chain rule stops early*: the gradient by an argument is that by an operation on the way, whose own derivative is left
out.

*All of the error flows through one operation*: the error is J^T·δ, with J the derivatives of the operation's numbers by the
arguments, for some δ. That says something where J has fewer rows than there are entries of gradients: most errors are no
such sum. Of the operations that fit the lowest is named, nearest to the arguments, since what is above it may be right.

>>> from backproof.verify.gradient_oracle.causes.edges import Group, Operation
>>> x, y, out = Operation("argument"), Operation("sum", "f.py", 2), Operation("output")
>>> edges = Edges([Group(y, out), Group(x, y)], [(3, i, 1.0, 1) for i in (2, 1, 0)], [(3, 1.0, 0, 0)], [np.arange(3)], (0,), [x, x, x, y])
>>> def flows(found):
...     return [cause.words for cause in flow_causes(Observed(("`x`",), [np.ones(3)], [np.array(found)], edges, 1.0))]
>>> flows([7.0, 7.0, 7.0])
['all of the error flows through sum at f.py:2: the derivative of what reads it (the output) is wrong there, or one after it']
>>> flows([7.0, 7.0, 6.0])
[]
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from backproof.engine.number_systems import Array
from backproof.verify.gradient_oracle.causes.cause import Cause, Fault
from backproof.verify.gradient_oracle.causes.edges import Edges
from backproof.verify.gradient_oracle.causes.fitting import FITS
from backproof.verify.gradient_oracle.causes.observed import Observed
from backproof.verify.gradient_oracle.causes.places import MOST_STEPS, beside, said

SPARE = 2  # entries of gradients beyond the numbers of an operation; chosen: two equations that an error meets by chance never
MOST_READERS = 2  # chosen: operations that are named as readers


def outside_causes(seen: Observed) -> Iterator[Cause]:
    """Products that are pulled back outside of the sums before them."""
    if len(seen.edges.groups) * len(seen.edges.edges) > MOST_STEPS:
        return
    for number, group in enumerate(seen.edges.groups):
        if group.target.function not in ("multiply", "divide"):
            continue
        factors = np.array([slope for _, _, slope, at in reversed(seen.edges.edges) if at == number])
        if not factors.size or np.all(factors == factors[0]):
            continue
        without = _with_unit_slopes(seen.edges, number)
        fitting = {k: factors.reshape(seen.right[k].shape) * without[k] for k in seen.wrong if seen.right[k].size == factors.size}
        if len(fitting) == len(seen.wrong) and fitting and seen.fit(fitting):
            place = group.target
            words = f"the factor of {said(place, seen.names)} stands outside of the sums"
            yield Cause(Fault.OUTSIDE, words, None, place.function, place.file, place.line)


def _with_unit_slopes(edges: Edges, number: int) -> list[Array]:
    plain = [(target, source, 1.0 if group == number else slope, group) for target, source, slope, group in edges.edges]
    return Edges(edges.groups, plain, edges.seeds, edges.leaves, edges.positions, edges.operations).pulled(lambda group: 1.0)


def unchained_causes(seen: Observed) -> Iterator[Cause]:
    """Gradients that are those by an operation of as many numbers."""
    if len(seen.wrong) != 1 or seen.right[seen.wrong[0]].size < SPARE:
        return
    (k,), adjoints = seen.wrong, seen.edges.adjoints()
    for operation, nodes in seen.edges.by_operation().items():
        if len(nodes) == seen.right[k].size and seen.fit({k: np.array([adjoints[node] for node in nodes]).reshape(seen.right[k].shape)}):
            words = f"the gradient of {seen.name(k)} is that of {said(operation, seen.names)}, whose own derivative is left out"
            yield Cause(Fault.CHAIN, words, seen.edges.positions[k], operation.function, operation.file, operation.line)


def flow_causes(seen: Observed) -> Iterator[Cause]:
    """The lowest operation through which all of the error flows, if there is one."""
    error = np.concatenate([(g - r).reshape(-1) for g, r in zip(seen.found, seen.right, strict=True)])
    nodes = seen.edges.by_operation()
    steps = 0
    for operation in sorted(nodes, key=lambda operation: nodes[operation][0]):
        numbers = nodes[operation]
        steps += len(numbers) * len(seen.edges.edges)
        if steps > MOST_STEPS:
            return
        if len(numbers) + SPARE <= error.size and _spans([seen.edges.pulled_from(node) for node in numbers], error):
            readers = dict.fromkeys(group.target for group in seen.edges.groups if group.source == operation and group.target != operation)
            names = [beside(reader, operation, seen.names) for reader in readers][:MOST_READERS]
            words = f"all of the error flows through {said(operation, seen.names)}: the derivative of what reads it ({', '.join(names)})"
            yield Cause(Fault.LOCAL, f"{words} is wrong there, or one after it", None, operation.function, operation.file, operation.line)
            return


def _spans(derivatives: list[list[Array]], error: Array) -> bool:
    """Whether the error is a sum of multiples of these derivatives."""
    columns = np.array([np.concatenate([part.reshape(-1) for part in one]) for one in derivatives]).T
    touched = np.any(columns != 0, axis=1)
    if not np.isfinite(columns).all() or np.max(np.abs(error[~touched]), initial=0.0) > FITS * np.max(np.abs(error)):
        return False
    columns, error = columns[touched], error[touched]
    weights, _, rank, _ = np.linalg.lstsq(columns, error, rcond=None)
    left = float(np.max(np.abs(columns @ weights - error), initial=0.0))
    return bool(rank + SPARE <= error.size and left <= FITS * float(np.max(np.abs(error))))
