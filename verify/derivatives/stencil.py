"""What two one-sided differences say of a derivative: its value, the error of that, and whether there is a kink.

A *move* adds step·h·v to some leaf entries, for a direction v and a power of two h. With the values at the steps −1 and
2, and at rest,

    left = (u(0) − u(−1)) / h,    right = (u(2) − u(0)) / 2h,    value = (right + 2·left) / 3,

in which the second derivative drops out. The gap between left and right is h·f″ to first order, far more than the error
of the value, which is of the order h²·f‴: three gaps are the estimate of its truncation. The two steps differ on
purpose: of x·|x|, whose second derivative jumps at 0, steps of one length have no gap. At a kink the gap does not
shrink with h. The rounding is measured: at a point where everything has moved, values in two precisions.

Only local *values* are evaluated (`engine.local_functions.local_value`); the arithmetic of slopes is mpmath's own, on
its triples of integers.

>>> from backproof.engine import Graph, forward, leaf, mpmath_system, vertex
>>> graph, system = Graph(1, (leaf("x"), vertex("y", "square", (1,)))), mpmath_system(60)
>>> rest = forward(graph, [3.0], system)
>>> move = {1: ((0, 1, -60),)}
>>> minus, plus = (evaluated(graph, rest, move, step, (2,), system) for step in STEPS)
>>> slope = slopes(rest[2], minus[2], plus[2], [fzero], -60, system)[0]
>>> float(number(slope.value, system)), slope.gap < -50
(6.0, True)
>>> evaluated(Graph(1, (leaf("x"), vertex("y", "log", (1,)))), rest, {1: ((0, -4, 0),)}, 2, (2,), system)
Traceback (most recent call last):
    ...
backproof.engine.errors.DomainError: vertex 2 ('y'): log is not defined at x = [-5.0]; move the leaf values into its domain
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from mpmath.libmp import finf, from_int, from_man_exp, fzero, mpf_abs, mpf_add, mpf_div, mpf_mul_int, mpf_shift, mpf_sub

from backproof.engine import Graph, NumberSystem
from backproof.engine.local_functions import local_value
from backproof.engine.number_systems import Array
from backproof.engine.passes import Values
from backproof.engine.vertices import label

Triple: TypeAlias = Any
"""A number as mpmath keeps it: sign, mantissa, exponent, bits of the mantissa."""
Move: TypeAlias = Mapping[int, Sequence[tuple[int, int, int]]]
"""For each leaf that moves, its entries: (entry, numerator, exponent), the entry moves by numerator·2^exponent."""

STEPS = (-1, 2)  # in h; two lengths, so that a second derivative that jumps at 0 leaves a gap
GAPS = 3  # gaps that the estimate holds; x·|x|, where it is needed most, has an error of 4/3
MEASURED = 10  # times the change between two precisions; chosen: it is one sample of a rounding, and another may be larger
ROUNDED = 20  # roundings of the last place of a value; chosen: for those that two precisions happen to share
SHORT = 53  # bits of an estimate, rounded up
NONE, ALL = -(2**62), 2**62  # the sizes of zero, and of what is not finite, beyond those of all numbers
_THREE = from_int(3)


class FloatLeak(TypeError):
    """A local function returned a number of another system (a float from `math.sin`, say): differences of it mean
    nothing."""


class Slope(NamedTuple):
    """The derivative of one entry along one move: its value, the estimate of its error, and the sizes of the gap and of
    the rounding."""

    value: Triple
    estimate: Triple
    gap: int
    noise: int


def evaluated(graph: Graph, rest: Values, move: Move, step: int, descendants: Sequence[int], system: NumberSystem) -> Values:
    """All values, with the leaf entries of the move at x + step·h·v: those of the descendants that change are computed,
    the others are those at rest.

    DomainError where a point lies outside the domain; FloatLeak if a float leaks in.
    """
    u = dict(rest)
    changed = set(move)
    precision: int = context(system).prec
    for j, entries in move.items():
        u[j] = rest[j].copy()
        for entry, numerator, exponent in entries:
            u[j][entry] = number(mpf_add(u[j][entry]._mpf_, from_man_exp(step * numerator, exponent), precision, "n"), system)
    for k in descendants:
        if changed.isdisjoint(graph.parents(k)):
            continue
        value = local_value(graph, k, u, system)
        leaked = system.leaks(value)
        if leaked:
            raise FloatLeak(
                f"{label(graph.vertices, k)}: {graph.row(k).name} returned {leaked[0]!r} of type {type(leaked[0]).__name__} in {system.name}; "
                "its value must use the operations of the number system only"
            )
        if any(a._mpf_ != b._mpf_ for a, b in zip(value.tolist(), rest[k].tolist(), strict=True)):
            u[k] = value
            changed.add(k)
    return u


def roundings(lower: Array, higher: Array, system: NumberSystem) -> list[Triple]:
    """How much each entry of a value may be off by rounding, from its values at the same point in the lower precision,
    that of `system`, and in a higher one."""
    bits: int = context(system).prec
    found: list[Triple] = []
    for low, high in zip(lower.tolist(), higher.tolist(), strict=True):
        changed = mpf_mul_int(mpf_abs(mpf_sub(low._mpf_, high._mpf_, SHORT, "u")), MEASURED, SHORT, "u")
        last = mpf_shift(mpf_mul_int(mpf_abs(low._mpf_), ROUNDED, SHORT, "u"), -bits)
        found.append(mpf_add(changed, last, SHORT, "u"))
    return found


def slopes(rest: Array, minus: Array, plus: Array, rounded: Sequence[Triple], exponent: int, system: NumberSystem) -> list[Slope]:
    """The slopes of all entries of a vertex, from its values at rest and at the two steps, for h = 2^exponent.
    `rounded`: its roundings."""
    if plus is rest and minus is rest:
        return [Slope(fzero, off, NONE, size_of(off)) for off in (mpf_shift(off, -exponent) for off in rounded)]
    bits: int = context(system).prec
    found: list[Slope] = []
    for at_rest, below, above, off in zip(rest.tolist(), minus.tolist(), plus.tolist(), rounded, strict=True):
        u = at_rest._mpf_
        left = mpf_shift(mpf_sub(u, below._mpf_, bits, "n"), -exponent)
        right = mpf_shift(mpf_sub(above._mpf_, u, bits, "n"), -exponent - 1)
        gap = mpf_sub(right, left, bits, "n")
        value = left if gap == fzero else mpf_add(left, mpf_div(gap, _THREE, bits, "n"), bits, "n")
        noise = mpf_shift(off, -exponent)
        estimate = noise if gap == fzero else mpf_add(mpf_mul_int(mpf_abs(gap), GAPS, SHORT, "u"), noise, SHORT, "u")
        found.append(Slope(value, estimate if size_of(value) < ALL else finf, size_of(gap), size_of(noise)))
    return found


def size_of(number: Triple) -> int:
    """The s for which the number lies between 2^(s − 1) and 2^s.

    >>> size_of(from_int(5)), size_of(fzero) == NONE, size_of(finf) == ALL
    (3, True, True)
    """
    _, mantissa, exponent, bits = number
    if mantissa:
        return exponent + bits
    return ALL if exponent else NONE


def number(triple: Triple, system: NumberSystem) -> Any:
    """The number of the system."""
    return context(system).make_mpf(triple)


def context(system: NumberSystem) -> Any:
    """The mpmath context of a system."""
    return system.scalar.context  # type: ignore[attr-defined]
