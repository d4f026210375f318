"""The judge tried from its lax side: faults of a known size near each bound, through `Routes`. Each is caught by the
check that should, or stands in the table as below its resolution, with the figure; what lies within a bound passes.

Rooms, in reading order:

- `fault.py` a fault, its grade, and what became of it
- `judge.py` what is on trial, and which of its checks flag
- `stated.py` the bounds as the text states them, computed anew in fractions
- `points.py` the cases on which faults are planted
- `planting.py` a fault between a route and the judge
- `adjoints.py` near the bounds of Theorem 2
- `derivatives.py` near the enclosures and the estimates of Theorem 1
- `along.py` near the estimates along directions
- `defined.py` near what the definition of a path sum allows
- `outside.py` at kinks, and outside of the domain
- `hardware.py` near the rounding bound of each dtype
- `equations.py` near the running bounds of the theorems' steps
- `enumerations.py` one path of a million
- `shortened.py` how much shorter a bound may be before a right engine is flagged
- `counts.py` reports that count or say more than there is
- `catalogue.py` all faults, by the check that should catch them

*Rule*: the size of a fault is never taken from the code that judges it; a fault within the bound must pass.

Above both wings: it tries the judges of `three_way/` and `proofs/`, and the documents of `results/`.
"""
