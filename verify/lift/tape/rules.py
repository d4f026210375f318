"""All rules by name, as NumPy and SciPy name them: `RULES`; what is known of each is its row.

Sums of many terms are rules too (`SUM`, `DOT` of `arithmetic.py`), and so is each entry of a factorization
(`arrays/linalg.py`): those have no name that code could ask for.

>>> RULES["pow"] is RULES["power"], len({rule.name for rule in RULES.values()})
(True, 87)
>>> RULES["jv"].also, RULES["jv"].roundings.stability.value
(('jn',), 'mixed')
>>> RULES["eigenvalue"]
Traceback (most recent call last):
    ...
KeyError: 'eigenvalue'
"""

from __future__ import annotations

from backproof.verify.lift.tape import elementary, special
from backproof.verify.lift.tape.rule import Rule

RULES: dict[str, Rule] = {name: rule for rule in (*elementary.ROWS, *special.ROWS) for name in (rule.name, *rule.also)}
