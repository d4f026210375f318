"""The sum over all paths, derived again: `check_paths(case, ledger)`.

A product is formed from the leaf on, D₂·D₁, D₃·(D₂·D₁), …, at last p_n times it, one rounding an operation; a running
sum adds it to the one before, rounded once; the sum over all lies within what any order of adding may come to. How many
paths there are is counted on the edges of the replay line.

>>> grouped(1105), grouped(10**30)
('1,105', '1.000…·10³⁰')
"""

from __future__ import annotations

import math

from backproof.reports.audit.derivations.floats import Matrix, around, down, exactly, gamma, product, rounded_sum, up
from backproof.reports.audit.derivations.ledger import Cell, Ledger
from backproof.reports.audit.derivations.matrices import compare
from backproof.reports.audit.derivations.shown import ListedPath, PathTable, ShownCase

LONGEST = 21  # digits of a count that the page writes out
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
NOT_LISTED = "a Jacobian on its way is not listed"
NOT_ALL = "not all Jacobians behind it are listed"


def grouped(count: int) -> str:
    """A count as the page shows it."""
    digits = str(count)
    return f"{count:,}" if len(digits) <= LONGEST else f"{digits[0]}.{digits[1:4]}…·10{str(len(digits) - 1).translate(RAISED)}"


def check_paths(case: ShownCase, ledger: Ledger) -> None:
    """Derive every table of paths again."""
    for table, leaf in zip(case.paths, case.replayed.leaves_with_adjoints, strict=False):
        _check_table(case, ledger, table, leaf)


def _check_table(case: ShownCase, ledger: Ledger, table: PathTable, j: int) -> None:
    replayed = case.replayed
    count = replayed.paths_to_output[j]
    _count(case, ledger, table.count, count, "the paths counted on the edges of the replay line")
    if table.starts_at is not None:
        _ends(case, ledger, table.starts_at, j)
    running: list[float] | None = [0.0] * (replayed.seed_rows * replayed.size(j))
    seen: set[tuple[int, ...]] = set()
    beginnings: dict[tuple[int, ...], Matrix | None] = {}
    for row in table.listed:
        path = case.read_path(row.path.text)
        if path is None or path in seen or path[0] != j or path[-1] != replayed.n:
            if all(case.known(i) for i in range(1, replayed.n + 1)):
                ledger.differs(row.path, "another path of the graph, from this leaf to the output", "the edges of the replay line")
            else:
                ledger.open(row.path, "several vertices show the same name")
            path = None
        else:
            seen.add(path)
            ledger.derived(row.path)
        expected = None if path is None else _product(case, path, beginnings)
        compare(ledger, row.product, expected, "p_n times the D of its edges", NOT_LISTED)
        if expected is None and not any(running or (1.0,)) and row.product.text.split() == row.running.text.split():
            ledger.derived(row.product)  # the running sum that begins with it
        running = _running(ledger, row, running)
    more = count - len(table.listed)
    if table.more is not None:
        _count(case, ledger, table.more, more, "all paths without those listed")
    elif table.listed and more and case.by_name:
        ledger.differs(table.sum, f"{more:,} more paths", "the paths counted on the edges")
    expected = _sum(case, table, j, count)
    compare(ledger, table.sum, expected, "the sum of all products, in any order", NOT_ALL)
    if expected is None and count == len(table.listed) == 1 and table.sum.text.split() == table.listed[0].product.text.split():
        ledger.derived(table.sum)  # the one product that there is
    _adjoint(case, ledger, table, j)


def _count(case: ShownCase, ledger: Ledger, cell: Cell, count: int, why: str) -> None:
    ledger.check(cell, grouped(count) if case.by_name else str(count), why)


def _ends(case: ShownCase, ledger: Ledger, cell: Cell, j: int) -> None:
    if case.known(j) and case.known(case.replayed.n):
        ledger.check(cell, f"from {case.labels[j]} to {case.labels[case.replayed.n]}", "the leaves in order, and the output")
    else:
        ledger.open(cell, "several vertices show the same name")


def _product(case: ShownCase, path: tuple[int, ...], beginnings: dict[tuple[int, ...], Matrix | None]) -> Matrix | None:
    """p_n·Π D, from the leaf on; products of beginnings are kept while they are shared."""
    replayed = case.replayed
    for known in [known for known in beginnings if known != path[: len(known)]]:
        del beginnings[known]
    found: Matrix | None = None
    for k in range(1, len(path)):
        beginning = path[: k + 1]
        if beginning not in beginnings:
            D = case.jacobians.get((path[k - 1], path[k]))
            size, inner = replayed.size(path[k]), replayed.size(path[k - 1])
            beginnings[beginning] = D if k == 1 or D is None else None if found is None else product(D, found, size, inner)
        found = beginnings[beginning]
        if found is None:
            return None
    if len(path) == 1:
        found = exactly(float(r == c) for r in range(replayed.size(path[0])) for c in range(replayed.size(path[0])))
    return None if found is None else product(exactly(replayed.seed), found, replayed.seed_rows, replayed.size(replayed.n))


def _running(ledger: Ledger, row: ListedPath, before: list[float] | None) -> list[float] | None:
    numbers, after = row.product.numbers, row.running.numbers
    fits = before is not None and numbers is not None and len(numbers) == len(before) and all(map(math.isfinite, (*before, *numbers)))
    expected = exactly(map(rounded_sum, before, numbers)) if fits and before is not None and numbers is not None else None
    compare(ledger, row.running, expected, "the running sum before plus the product", NOT_LISTED)
    return after


def _sum(case: ShownCase, table: PathTable, j: int, count: int) -> Matrix | None:
    """Between which numbers p_n·Σ Π D lies: around the listed products, or by the recursion where some are not listed."""
    replayed = case.replayed
    rows, size, magnitude = replayed.seed_rows, replayed.size(j), case.magnitudes.get(j)
    if not count:
        return exactly([0.0] * (rows * size))
    if magnitude is None:
        return None
    products = [row.product.numbers for row in table.listed]
    if len(products) == count and all(numbers is not None and len(numbers) == rows * size for numbers in products):
        listed = [numbers for numbers in products if numbers is not None]
        centres = [(math.fsum(numbers[k] for numbers in listed),) * 2 for k in range(rows * size)]
        if not all(math.isfinite(a) for a, _ in centres):
            return None
    else:
        recursion = case.recursion.get(j)
        if recursion is None:
            return None
        centres = list(recursion)
    roundings = 2 * case.operations(j, min(count, 2**40))
    found: list[tuple[float, float]] = []
    for (low, high), (_, most) in zip(centres, magnitude, strict=True):
        error = up(around([(0.0, 0.0)], roundings, most)[1] + gamma(1) * abs(high))
        found.append((down(low - error), up(high + error)))
    return tuple(found)


def _adjoint(case: ShownCase, ledger: Ledger, table: PathTable, j: int) -> None:
    shown = case.p.get(j)
    if shown is not None:
        ledger.check(table.adjoint, " ".join(shown.text.split()), "the adjoint of the leaf in the table of vertices")
    if table.comparison is not None and (words := comparison(table.sum, table.adjoint)):
        ledger.check(table.comparison, words, "the sum and the adjoint compared")


def comparison(total: Cell, adjoint: Cell) -> str:
    """How the page says that two matrices compare; nothing where they are not listed.

    >>> comparison(Cell("0.5", 0, 1), Cell("0.5", 1, 2)), comparison(Cell("0.5", 0, 1), Cell("1.5", 1, 2))
    ('equal to the last bit', 'at most 1 apart')
    """
    left, right = total.numbers, adjoint.numbers
    if left is None or right is None or len(left) != len(right):
        return ""
    if not all(map(math.isfinite, (*left, *right))):
        return "not finite"
    apart = max(abs(a - b) for a, b in zip(left, right, strict=True))
    return f"at most {apart:.2g} apart" if apart else "equal to the last bit"
