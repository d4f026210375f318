"""The derivations of the lecture (L8) as JSON data: every line with its formula, its reason and its verdict.

They are those of the lecture: ∂o/∂ of every leaf of its network, with q and y = log-softmax(q) as one vertex as on the
slide, and of u₂ in its four-vertex graph.

>>> records = derivation_records()
>>> [(record["case"], record["leaf"]) for record in records][:2]
[('L11 four vertices', 'u₂'), ('L6 the network', 'W')]
>>> records[0]["verdict"]
'CORRECT'
>>> records[0]["lines"][0]["reason"]
'chain rule at u₄: its arguments u₂ and u₃ depend on u₂, and the derivative of u₂ with respect to itself is I'
>>> derivation_record(check_derivation(lecture_cases()[0], "u₂"), "L11")["lines"][2]
Traceback (most recent call last):
    ...
IndexError: list index out of range
"""

from __future__ import annotations

from backproof.reports.document import Record
from backproof.theorems.printed_derivation import derivative_as_latex, derivative_as_text, line_as_latex, line_as_text
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.proofs.derivations import CheckedDerivation, check_derivation
from backproof.verify.three_way.routes import Routes

FOUR_VERTICES, NETWORK = 0, 5  # places among the lecture's cases
SHOWN = ((FOUR_VERTICES, ("u₂",), ()), (NETWORK, ("W", "b", "V", "γ"), ("q_y",)))


def derivation_records(routes: Routes | None = None) -> list[Record]:
    """The lecture's derivations, checked with these routes."""
    cases = lecture_cases()
    return [
        derivation_record(check_derivation(cases[place], leaf, merge=merge, routes=routes), cases[place].name)
        for place, leaves, merge in SHOWN
        for leaf in leaves
    ]


def derivation_record(checked: CheckedDerivation, case: str) -> Record:
    """One derivation as JSON data."""
    written = checked.derivation
    return {
        "case": case,
        "leaf": written.structure.name(written.left.wrt),
        "left": derivative_as_text(written.structure, written.left),
        "left_latex": derivative_as_latex(written.structure, written.left),
        "verdict": checked.verdict.value,
        "evidence": checked.evidence,
        "digits": min((line.comparison.digits or 0 for line in checked.lines), default=0),
        "lines": [
            {
                "text": line_as_text(written, t),
                "latex": line_as_latex(written, t),
                "reason": line.line.reason,
                "source": line.line.source,
                "verdict": line.verdict.value,
                "evidence": line.evidence,
                "digits": line.comparison.digits,
            }
            for t, line in enumerate(checked.lines)
        ],
    }
