"""Floats against the certified derivative, near the rounding bound S, in each dtype.

The planted adjoint is a number of the dtype; S is that of `stated.py`, not the one that the judge computes.

>>> from backproof.verify.selftest.graded.fault import try_fault
>>> from backproof.verify.selftest.graded.judge import Judge
>>> for fault in hardware_faults(("bfloat16",))[:4]:
...     print(fault.check, fault.grade, try_fault(fault, Judge()).outcome)
floats, bfloat16 0.0 passes
floats, bfloat16 0.99 passes
floats, bfloat16 1.01 caught
floats, bfloat16 2.0 caught
>>> hardware_faults(("float8",))
Traceback (most recent call last):
    ...
ValueError: unknown number system 'float8'; ...
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

import ml_dtypes
import numpy as np

from backproof.engine import NumberSystem, number_system
from backproof.verify.cases.case import Case
from backproof.verify.selftest.graded.adjoints import LEAF, entries, sample
from backproof.verify.selftest.graded.fault import Fault, GradedPlant, Measured, Plant, graded
from backproof.verify.selftest.graded.judge import Judge, Seen
from backproof.verify.selftest.graded.planting import adjoint_set, without_adjoint
from backproof.verify.selftest.graded.points import cancelling, cancelling_later
from backproof.verify.selftest.graded.stated import adjoints, rounding_bound
from backproof.verify.three_way.witness import Witness
from backproof.verify.verdicts import Verdict

DTYPES = ("float64", "float32", "float16", "bfloat16")
OF_FIRST_ORDER = ("float64", "float32")  # in shorter ones errors of higher order are added where rounded values are multiplied


def hardware_faults(names: Sequence[str] = DTYPES) -> list[Fault | Measured]:
    """The faults near the rounding bound of these dtypes."""
    found: list[Fault | Measured] = []
    for name in names:
        system, check = number_system(name), f"floats, {name}"
        fine: dict[str, GradedPlant] = {}
        coarse: dict[str, GradedPlant] = {}
        for case in (cancelling(), cancelling(2), *((cancelling_later(),) if name in OF_FIRST_ORDER else ())):
            for where, j, index in entries(case, range(1, case.graph.l + 1)):
                for sign, side in ((1, "above"), (-1, "below")):
                    (fine if j == LEAF else coarse)[f"{where}, {side}"] = _off(case, system, j, index, sign)
        found += graded(check, "a leaf's adjoint off by the rounding bound", fine, sample(coarse), Verdict.INACCURATE)
        for words, value in (("not a number", math.nan), ("infinite", math.inf)):
            found.append(Fault(check, f"a leaf's adjoint is {words}", _set_to(system, value), verdict=Verdict.INACCURATE))
        found.append(Fault(check, "the adjoint of a leaf is missing", _missing(system), verdict=Verdict.INACCURATE))
    return found


def underflow(system: NumberSystem) -> Fraction:
    """η: half the smallest subnormal number, or the smallest float where that is none."""
    return Fraction(max(float(ml_dtypes.finfo(system.dtype).smallest_subnormal) / 2, 2.0**-1074))


def _off(case: Case, system: NumberSystem, j: int, index: tuple[int, int], sign: int) -> GradedPlant:
    u, eta = Fraction(system.unit_roundoff), underflow(system)

    def plant(judge: Judge, grade: Fraction) -> Seen:
        r, e = index
        true, bound = adjoints(case)[j][r][e], rounding_bound(case, j, u, eta)[r][e]
        value = _rounded_away(true + sign * grade * bound, true, outward=grade > 1, system=system)
        return judge.seen(case, adjoint_set(judge.routes, system.name, j, index, value), dtypes=(system,), witness=Witness.NONE)

    return plant


def _rounded_away(value: Fraction, true: Fraction, outward: bool, system: NumberSystem) -> float:
    """A number of the dtype next to `value`: no nearer to the true one, or no farther from it."""
    held = float(system.convert(value))
    if value != true and (abs(Fraction(held) - true) < abs(value - true)) == outward and Fraction(held) != value:
        away = math.inf if (value > true) == outward else -math.inf
        held = float(np.nextafter(system.dtype.type(held), system.dtype.type(away)))
    return held


def _set_to(system: NumberSystem, value: float) -> dict[str, Plant]:
    case = cancelling()
    return {
        case.name: lambda judge: judge.seen(
            case, adjoint_set(judge.routes, system.name, LEAF, (0, 0), value), dtypes=(system,), witness=Witness.NONE
        )
    }


def _missing(system: NumberSystem) -> dict[str, Plant]:
    case = cancelling()
    return {
        case.name: lambda judge: judge.seen(case, without_adjoint(judge.routes, system.name, LEAF), dtypes=(system,), witness=Witness.NONE)
    }
