"""The backward pass of a case, step by step, derived again: `check_steps(case, ledger)`.

Vertices n, …, 1; of each the children that read it, ascending; a contribution is the adjoint of the child, as it is
shown, times the D of the edge; the accumulator before plus the contribution, rounded once, is the accumulator after;
and the adjoint is what the contributions come to.

>>> check_contribution(exactly([4.0]), exactly([7.0]), 1, 1), check_contribution(exactly([4.0]), None, 1, 1)
(((28.0, 28.0),), None)
"""

from __future__ import annotations

import math

from backproof.reports.audit.derivations.floats import Matrix, around, exactly, product, rounded_sum
from backproof.reports.audit.derivations.ledger import Cell, Ledger
from backproof.reports.audit.derivations.matrices import compare, unlisted
from backproof.reports.audit.derivations.shown import UNDEFINED, ShownCase, Step

NOT_LISTED = "an adjoint or a Jacobian of it is not listed"
ENGINE = "an adjoint is the answer of the engine on trial"


def check_contribution(adjoint: Matrix | None, D: Matrix | None, rows: int, inner: int) -> Matrix | None:
    """p_i·D, where both are listed."""
    return None if adjoint is None or D is None else product(adjoint, D, rows, inner)


def order(case: ShownCase) -> list[int]:
    """The vertices with an adjoint, in the order of the backward pass; what a shortened table leaves out is taken to have
    one, unless it is a label."""
    every = range(case.replayed.n, 0, -1)
    if "vert" not in case.left_out:
        return [j for j in every if j in case.p and case.p[j].text.strip() != UNDEFINED]
    labels = {j for j in every if case.replayed.vertex(j).get("discrete")}
    return [j for j in every if j not in labels and not (j in case.p and case.p[j].text.strip() == UNDEFINED)]


def check_steps(case: ShownCase, ledger: Ledger) -> None:
    """Derive every step again, and the adjoints of those that are not shown."""
    cut, defined = case.left_out.get("step"), order(case)
    for k, step in enumerate(case.steps, start=1):
        ledger.check(step.number, str(k), "the steps counted")
        j = defined[k - 1] if k <= len(defined) else None
        if j is None:
            ledger.differs(step.number, f"{len(defined)} steps", "the vertices with an adjoint")
            continue
        if not case.known(j):
            ledger.open(step.vertex, "several vertices show the same name")
        else:
            ledger.check(step.vertex, case.labels[j] or "", "the vertices in reverse order")
        _check_step(case, ledger, step, j)
    if cut is not None:
        ledger.check(cut, f"{len(defined) - len(case.steps):,}", "the vertices with an adjoint, and the steps shown")
        for j in defined[len(case.steps) :]:
            if j in case.p:
                _check_alone(case, ledger, j)
    elif case.steps and len(case.steps) < len(defined):
        ledger.differs(case.steps[-1].number, f"{len(defined)} steps", "the vertices with an adjoint")


def _check_step(case: ShownCase, ledger: Ledger, step: Step, j: int) -> None:
    replayed = case.replayed
    rows, size = replayed.seed_rows, replayed.size(j)
    children = [i for i in replayed.children[j] if _defined(case, case.p.get(i)) and _defined(case, case.D.get((j, i)))]
    if len(children) != len(step.contributions):
        ledger.differs(step.vertex, f"{len(children)} contributions", "the edges of the graph")
        return
    before: list[float] | None = [0.0] * (rows * size)
    for i, row in zip(children, step.contributions, strict=True):
        if case.known(i):
            ledger.check(row.child, case.labels[i] or "", "the edges of the graph")
        else:
            ledger.open(row.child, "several vertices show the same name")
        expected = check_contribution(case.adjoints.get(i), case.jacobians.get((j, i)), rows, replayed.size(i))
        compare(ledger, row.product, expected, f"p of {case.labels[i]} times D of the edge", NOT_LISTED)
        if expected is None and not any(before or (1.0,)) and row.product.text.split() == row.after.text.split():
            ledger.derived(row.product)  # the accumulator that begins with it
        numbers = row.product.numbers
        if before is None or numbers is None or len(numbers) != len(before) or not _finite(numbers):
            compare(ledger, row.after, None, "", NOT_LISTED)
        else:
            compare(
                ledger, row.after, exactly(map(rounded_sum, before, numbers)), "the accumulator before plus the contribution", NOT_LISTED
            )
        shown = row.after.numbers
        before = shown if shown is not None and len(shown) == rows * size and _finite(shown) else None
    _check_adjoint(case, ledger, step, j)
    if step.certified is not None:
        ledger.given(step.certified)


def _check_adjoint(case: ShownCase, ledger: Ledger, step: Step, j: int) -> None:
    """The adjoint of a step: that of the tables, and what its contributions come to."""
    replayed = case.replayed
    if " ".join(step.adjoint.text.split()) != " ".join(case.p[j].text.split()):
        ledger.differs(step.adjoint, " ".join(case.p[j].text.split()), f"the adjoint of {case.labels[j]} in the table of vertices")
    else:
        ledger.derived(step.adjoint)
    if not case.own or case.verdict != "CORRECT":
        ledger.given(case.p[j])  # what a pass left that may be wrong: that it is not the sum is the fault, and said
        return
    if j == replayed.n:
        expected: Matrix | None = exactly(replayed.seed)
        why = "p_n: the cotangent of the replay line, or the identity"
    else:
        products = [row.product.numbers for row in step.contributions]
        size = replayed.seed_rows * replayed.size(j)
        why = "the sum of its contributions"
        if not products:
            expected = exactly([0.0] * size)
        elif any(numbers is None or len(numbers) != size or not _finite(numbers) for numbers in products):
            expected = None
        else:
            listed = [numbers for numbers in products if numbers is not None]
            expected = tuple(_any_order([numbers[k] for numbers in listed]) for k in range(size))
    compare(ledger, case.p[j], expected, why, unlisted(case.p[j], NOT_LISTED))


def _check_alone(case: ShownCase, ledger: Ledger, j: int) -> None:
    """An adjoint whose step is not shown: Σ p_i·D over its children, where all of them are listed."""
    if not case.own or case.verdict != "CORRECT":
        ledger.given(case.p[j])
        return
    replayed, parts = case.replayed, list[Matrix]()
    for i in replayed.children[j]:
        part = check_contribution(case.adjoints.get(i), case.jacobians.get((j, i)), replayed.seed_rows, replayed.size(i))
        if part is None:
            break
        parts.append(part)
    size = replayed.seed_rows * replayed.size(j)
    complete = len(parts) == len(replayed.children[j])
    expected = tuple(around([part[k] for part in parts], len(parts)) for k in range(size)) if complete else None
    compare(ledger, case.p[j], expected, "the adjoints of its children times their D", NOT_LISTED)


def _any_order(terms: list[float]) -> tuple[float, float]:
    """One term as it is, of two their rounded sum, of more all that any order gives."""
    if len(terms) <= 2:
        total = rounded_sum(terms[0], terms[1]) if len(terms) == 2 else terms[0]
        return total, total
    return around([(term, term) for term in terms], len(terms))


def _defined(case: ShownCase, cell: Cell | None) -> bool:
    """Whether something is defined; what a shortened table leaves out is taken to be."""
    if cell is None:
        return bool(case.left_out)
    return cell.text.strip() != UNDEFINED


def _finite(numbers: list[float]) -> bool:
    return all(map(math.isfinite, numbers))
