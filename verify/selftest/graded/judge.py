"""What is on trial: the check of a case with its comparisons, the check of the theorems' steps, the audit of a report.
All of it can be replaced, so that a loosened judge can be tried too.

`seen` is what a checked case says, check by check: the verdict of each comparison by its name. A comparison that is not
there has no name in it.

>>> from backproof.verify.cases.lecture import lecture_cases
>>> for check, verdict in Judge().seen(lecture_cases()[0]).items():
...     print(check, "·", verdict.value)
Theorem 2, rational · CORRECT
Theorem 2, float64 · CORRECT
Theorem 2, ball · CORRECT
Theorem 2, mpmath · CORRECT
Theorem 1, ball · CORRECT
Theorem 1, mpmath · CORRECT
floats, float64 · CORRECT
>>> Judge().seen(lecture_cases()[0], Routes(forward=None))
Traceback (most recent call last):
    ...
TypeError: 'NoneType' object is not callable
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from backproof.engine import FLOAT64, NumberSystem
from backproof.reports.agreement import disagreements
from backproof.reports.document import Record
from backproof.theorems.theorem import Theorem
from backproof.verify.cases.case import Case
from backproof.verify.numbers.precision import DIGITS
from backproof.verify.proofs.steps import StepFinding, check_case_theorems
from backproof.verify.results.document import results_document
from backproof.verify.results.settings import LISTED_PATHS, Settings
from backproof.verify.results.tally import tally_of
from backproof.verify.three_way.check import CaseResult, check_case
from backproof.verify.three_way.comparison import Comparison
from backproof.verify.three_way.definition import CLAIM_DEFINITION
from backproof.verify.three_way.directional import CLAIM_DIRECTIONS
from backproof.verify.three_way.floats import CLAIM_FLOATS
from backproof.verify.three_way.routes import Routes
from backproof.verify.three_way.theorem_2 import CLAIM_ADJOINTS
from backproof.verify.three_way.witness import Witness
from backproof.verify.verdicts import Verdict, worst

Seen: TypeAlias = Mapping[str, Verdict]

PATHS = "paths counted"
ALONG = "Theorem 1, along directions"
REFUSED = "domain of the forward pass"


def document_of(records: Sequence[Record], planned: int) -> Record:
    """The document of a run of these records, of which so many cases were planned."""
    settings = Settings("backproof verify", 0, 0, LISTED_PATHS, DIGITS)
    return results_document(settings, tally_of(records), (), False, planned=planned)


@dataclass(frozen=True)
class Judge:
    """The judge on trial. `routes`: its comparisons and bounds; `check` and `steps` run them; `document` writes what a run
    comes to, `recount` names what in it says something else than its records.
    """

    routes: Routes = field(default_factory=Routes)
    check: Callable[..., CaseResult] = check_case
    steps: Callable[..., Iterable[StepFinding]] = check_case_theorems
    document: Callable[[Sequence[Record], int], Record] = document_of
    recount: Callable[[Record], Sequence[str]] = disagreements

    def seen(
        self,
        case: Case,
        routes: Routes | None = None,
        dtypes: Sequence[NumberSystem] = (FLOAT64,),
        witness: Witness | None = None,
        definition: bool = False,
    ) -> dict[str, Verdict]:
        """What each check says of a case, with these routes in the place of its own. `witness` and `definition` as
        `check_case` has them."""
        return seen(self.check(case, routes or self.routes, dtypes=dtypes, witness=witness, definition=definition))

    def findings(self, case: Case, theorems: Sequence[Theorem], routes: Routes | None = None) -> dict[tuple[str, str, str], Verdict]:
        """What is found of each step of the theorems, by theorem, step and number system."""
        found = self.steps(case, theorems, routes or self.routes)
        return {(one.theorem, one.step, one.system.split("(")[0]): one.verdict for one in found}


def seen(result: CaseResult) -> dict[str, Verdict]:
    """The verdict of each check of a case; the worst where one has several comparisons."""
    found: dict[str, Verdict] = {}
    for comparison in result.comparisons:
        name = name_of(comparison)
        found[name] = worst([comparison.verdict, found.get(name, Verdict.CORRECT)])
    return found


def name_of(comparison: Comparison) -> str:
    """How the table calls the check that this comparison is."""
    if comparison.verdict is Verdict.WRONG and not comparison.failures:
        return PATHS
    system = comparison.system.split("(")[0]
    if system == "all":
        return REFUSED
    if comparison.claim == CLAIM_ADJOINTS:
        return "Theorem 2, modulo a prime" if system.startswith("mod ") else f"Theorem 2, {system}"
    if comparison.claim == CLAIM_DIRECTIONS:
        return ALONG
    kind = {CLAIM_FLOATS: "floats", CLAIM_DEFINITION: "definition"}.get(comparison.claim, "Theorem 1")
    return f"{kind}, {system}"
