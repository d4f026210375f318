"""One case: backward pass = path sum = derivative, and its floats. Every comparison ends in one verdict.

Rooms, in reading order:

- `check.py` check_case: the three routes of one case
- `within_limits.py` INCONCLUSIVE where time or memory is up
- `routes.py` what is checked against what; the passes run
- `comparison.py` what a comparison says: verdict, evidence, failures
- `in_words.py` repr and str of a checked case
- `theorem_2.py` backward pass = path sum
- `theorem_1.py` path sum = derivative
- `directional.py` path sum = derivative, along directions
- `witness.py` differences of a case, in one way or the other
- `definition.py` path sums by blocks = by definition
- `floats.py` floats = certified derivative
- `outside.py` no derivative outside the domain: all refuse
- `planned.py` which comparisons are planned, and those that were set aside

*Rule*: compares what the routes hand over; computes no derivative of its own.

Wing of graphs; in the wing of code one point is judged in `gradient_oracle/judge.py`, its floats in
`gradient_oracle/floats.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backproof.verify.doors import door, listed

if TYPE_CHECKING:
    from backproof.verify.three_way.check import CaseResult, check_case
    from backproof.verify.three_way.routes import Routes

__all__ = ["CaseResult", "Routes", "check_case"]

__getattr__ = door(__name__, {"CaseResult": "check", "Routes": "routes", "check_case": "check"})
__dir__ = listed(__all__)
