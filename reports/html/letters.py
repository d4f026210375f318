"""The comparisons of a case in one letter a claim, for whoever counts the claims again: `letters(case, claims)`.

A row of the table of cases carries them, in the order of the table of claims: C where it is CORRECT, E where it is and
no entry was compared, I, W and N where it is INACCURATE, WRONG and INCONCLUSIVE, and - where the case has none such.

>>> claims = [{"claim": "a", "system": "ball", "kind": "CERTIFIED"}, {"claim": "a", "system": "float64", "kind": "ROUNDING"}]
>>> check = {"claim": "a", "system": "ball", "kind": "CERTIFIED", "verdict": "CORRECT", "entries": 2}
>>> letters({"checks": [check]}, claims), letters({"checks": [{**check, "entries": 0}]}, claims)
('C-', 'E-')
>>> letters({"checks": [{**check, "verdict": "RIGHT"}]}, claims)
Traceback (most recent call last):
    ...
KeyError: 'RIGHT'
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

LETTERS = {"CORRECT": "C", "INACCURATE": "I", "WRONG": "W", "INCONCLUSIVE": "N"}


def letters(case: Mapping[str, Any], claims: Sequence[Mapping[str, Any]]) -> str:
    """One letter for each claim. KeyError for a verdict that there is not."""
    found = {
        (check["claim"], check["system"], check.get("kind")): "E"
        if check["verdict"] == "CORRECT" and not check["entries"]
        else LETTERS[check["verdict"]]
        for check in case["checks"]
    }
    return "".join(found.get((claim["claim"], claim["system"], claim.get("kind")), "-") for claim in claims)
