"""Wrong engines and wrong verifiers, one small function each. Every one must be caught by a check that names an unequal
value.

Rooms, in reading order:

- `mutants.py` 51 wrong engines and verifiers by name
- `faults.py` the faults, one small function each
- `sizes.py` wrong from the k-th consumer, entry, vertex, level on
- `trials.py` each must be caught
- `graded` faults of a known size near each bound
- `known` what the judge must answer, known beforehand

*Rule*: a fault is put in the place of a route (`Routes`), never into the code of one; knows no results document.

Wing of graphs; in the wing of code the corpus of `tests/corpus` has this part.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backproof.verify.doors import door, listed

if TYPE_CHECKING:
    from backproof.verify.selftest.mutants import MUTANTS, Mutant, by_name, register

__all__ = ["MUTANTS", "Mutant", "by_name", "register"]

__getattr__ = door(__name__, {"MUTANTS": "mutants", "Mutant": "mutants", "by_name": "mutants", "register": "mutants"})
__dir__ = listed(__all__)
