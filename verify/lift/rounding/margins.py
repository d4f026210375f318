"""How far off the margin of a decision may be in floats, beside that of exact numbers: `rounding_of_margin(…)`.

clip(0.2·x + 0.5) and x ≤ 2.5 decide the same, and at 2.5 not in exact numbers, since the float 0.2 is no fifth. To
first order the margin m of a decision is off by Σ |∂m/∂v|·e_v over the values v that it is computed from, with e_v what
`verify.lift.rounding.counts` says, and by half a last place of each constant that looks rounded.

>>> import numpy as np
>>> from backproof.verify.lift.numpy_code.lifting import lift
>>> x = np.array([-2.5])
>>> lifted = lift(lambda x: np.maximum(0.2 * x + 0.5, 0.0), (x,))
>>> (read,) = lifted.reads
>>> abs(float(read.margin.mid())) <= rounding_of_margin(lifted, read) < 1e-15, read.near(2.0**-53)
(True, False)
>>> rounding_of_margin(lifted, read.place)
Traceback (most recent call last):
    ...
AttributeError: 'str' object has no attribute 'ends'
"""

from __future__ import annotations

import math

from backproof.verify.lift.lifted import Lifted
from backproof.verify.lift.rounding.counts import Counted, as_float, partials_of, units_of
from backproof.verify.lift.rounding.second_derivatives import input_units
from backproof.verify.lift.tape.reads import Read
from backproof.verify.lift.tape.tape import DYADIC
from backproof.verify.numbers.ball_arrays import arb, precision


def rounding_of_margin(lifted: Lifted, read: Read) -> float:
    """What the margin of a decision of this run may be off in floats, to first order; inf where that is not known."""
    tape = lifted.tape
    table = Counted(tape, units_of(tape, input_units(lifted)))
    seeds = {index: arb(sign) for index, sign in zip(read.ends, (1, -1), strict=True) if index >= 0}
    total = 0.0
    with precision(tape.bits):
        for v, adjoint in enumerate(tape.sweep(seeds)):
            _, operands, _ = tape.nodes[v]
            if adjoint is None or not operands:
                continue
            lost = table.value(v)[0]
            for x, partial in zip(operands, partials_of(tape, v), strict=True):
                if x.index < 0 and partial is not None and x.value.is_finite() and not (as_float(x.value) * DYADIC).is_integer():
                    lost += table.units[v].u * abs(as_float(partial) * as_float(x.value))
            total += abs(as_float(adjoint)) * lost
    return math.inf if math.isnan(total) else total


def largest_value(lifted: Lifted) -> float:
    """The largest finite number that a run computed: what cancels in floats leaves some roundings of it."""
    sizes = (abs(float(value.mid())) for _, _, value in lifted.tape.nodes if value.is_finite())
    return max((size for size in sizes if math.isfinite(size)), default=0.0)
