"""All rules by name, as NumPy and SciPy name them: `RULES`; and what is known of each, as a table: `facets`.

Sums of many terms are rules too (`SUM`, `DOT` of `arithmetic.py`), and so is each entry of a factorization
(`arrays/linalg.py`): those have no name that code could ask for.

>>> RULES["pow"] is RULES["power"], len({rule.name for rule in RULES.values()})
(True, 87)
>>> facets([RULES["exp"], RULES["jv"]])["jv"]
{'operands': '2', 'also': 'jn', 'not by': '1', 'value': 'L', 'partial': '5 + 2·L', 'stability': 'mixed', 'from the value': ''}
>>> RULES["eigenvalue"]
Traceback (most recent call last):
    ...
KeyError: 'eigenvalue'
"""

from __future__ import annotations

from collections.abc import Iterable

from backproof.verify.lift.tape import elementary, special
from backproof.verify.lift.tape.rule import Count, Rule

RULES: dict[str, Rule] = {name: rule for rule in (*elementary.ROWS, *special.ROWS) for name in (rule.name, *rule.also)}


def facets(rules: Iterable[Rule]) -> dict[str, dict[str, str]]:
    """What each rule says, by the names of the facets; an empty text where there is nothing to say: no other name, no
    operand without a derivative, no derivative that inherits the error of the value."""
    return {rule.name: _facets(rule) for rule in rules}


def _facets(rule: Rule) -> dict[str, str]:
    roundings = rule.roundings
    return {
        "operands": str(rule.arity) if rule.arity else "any",
        "also": ", ".join(rule.also),
        "not by": ", ".join(str(k + 1) for k in rule.not_by),
        "value": _counted(roundings.value, {0: "", 1: "terms", 2: "products"}[roundings.terms]),
        "partial": _counted(roundings.partial),
        "stability": roundings.stability.value,
        "from the value": "yes" if roundings.from_value else "",
    }


def _counted(count: Count, terms: str = "") -> str:
    n, m = count
    library = "" if not m else "L" if m == 1 else f"{m}·L"
    return " + ".join(part for part in (str(n) if n else "", library, terms) if part) or "0"
