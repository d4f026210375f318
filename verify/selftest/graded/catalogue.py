"""All graded faults, in the order of the table: Theorem 2, Theorem 1, floats, the theorems' steps, paths, reports, and how
much shorter the bounds might be.

>>> faults = all_faults()
>>> len(faults) > 150, sorted({fault.check for fault in faults})[-3:]
(True, ['steps, mpmath', 'steps, random point', 'steps, rational'])
>>> grades_of("floats, float16")
(0.0, 0.99, 1.01, 2.0, 10.0)
>>> grades_of("no check")
()
"""

from __future__ import annotations

from functools import cache

from backproof.verify.selftest.graded.adjoints import adjoint_faults
from backproof.verify.selftest.graded.along import direction_faults
from backproof.verify.selftest.graded.counts import count_faults
from backproof.verify.selftest.graded.defined import definition_faults
from backproof.verify.selftest.graded.derivatives import derivative_faults
from backproof.verify.selftest.graded.enumerations import enumeration_faults
from backproof.verify.selftest.graded.equations import equation_faults
from backproof.verify.selftest.graded.fault import Fault, Measured, Tried, try_fault
from backproof.verify.selftest.graded.hardware import hardware_faults
from backproof.verify.selftest.graded.judge import Judge
from backproof.verify.selftest.graded.outside import outside_faults
from backproof.verify.selftest.graded.shortened import shortened_bounds


@cache
def all_faults() -> tuple[Fault | Measured, ...]:
    """Every fault, each with the check that should catch it."""
    return (
        *adjoint_faults(),
        *derivative_faults(),
        *direction_faults(),
        *definition_faults(),
        *outside_faults(),
        *hardware_faults(),
        *equation_faults(),
        *enumeration_faults(),
        *count_faults(),
        *shortened_bounds(),
    )


@cache
def all_checks() -> tuple[str, ...]:
    """The checks that should catch them, in the order of the table."""
    return tuple(dict.fromkeys(fault.check for fault in all_faults()))


def try_check(check: str) -> list[Tried]:
    """All faults that one check should catch, tried on the judge as it is; in whatever process."""
    return [try_fault(fault, Judge()) for fault in all_faults() if fault.check == check]


def grades_of(check: str) -> tuple[float, ...]:
    """The grades in which faults of one check are planted."""
    found = (fault.grade for fault in all_faults() if isinstance(fault, Fault) and fault.check == check)
    return tuple(sorted({grade for grade in found if grade is not None}))
