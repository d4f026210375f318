"""What each function of the table says of itself, beside its value and its Jacobian, and everything that reads it: a
table of functions × facets, in which an empty cell has a reason. A row is added in one place, and found by all of them.

`pytest -s tests/engine/functions/test_facets.py -k printed` shows the table.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from backproof.engine import Graph, leaf, vertex
from backproof.engine.functions import TABLE
from backproof.engine.functions.row import Row, elementwise, everywhere
from backproof.verify.campaign.shrinking import SIMPLE_FUNCTIONS, candidates
from backproof.verify.cases.case import make_case
from backproof.verify.cases.coverage import FUNCTIONS
from backproof.verify.cases.recipes import OWN, RECIPES, usual_recipe

_spec = importlib.util.spec_from_file_location("expected_rows", Path(__file__).with_name("expected_rows.py"))
assert _spec is not None
assert _spec.loader is not None
_module = importlib.util.module_from_spec(_spec)
sys.modules.setdefault(_spec.name, _module)
_spec.loader.exec_module(_module)
EXPECTED = {expected.row for expected in _module.EXPECTED}

GENERIC = {"exponent": 2}  # of a power; no other row's algebra reads its attributes
USUAL = {
    "exp": "the value",
    "log": "1/x, as here",
    "softplus": "σ(x), as here",
    "sin": "cos x, as here",
    "cos": "−sin x, as here",
    "sqrt": "1/(2√x), as here",
    "softmax": "products of the value, as here",
}
"""Transcendental rows whose usual derivative loses nothing that the row's own does not lose."""


def algebra(row: Row) -> str:
    return row.algebra(GENERIC, row.fewest)


def affine(row: Row) -> str:
    if row.is_affine(GENERIC, row.fewest):
        return "yes"
    degree = row.degree(GENERIC, (1,) * row.fewest) if algebra(row) == "polynomial" else 0
    return f"(degree {degree})" if degree else f"({algebra(row)})"


def product(row: Row) -> str:
    if row.product:
        return "yes"
    return "(entry by entry)" if row.partial else "(copies)" if row.copies else "(affine)" if affine(row) == "yes" else "(one operand)"


def textbook(row: Row) -> str:
    if row.textbook:
        return "loses more"
    return f"({USUAL[row.name]})" if row.name in USUAL else "(no library function)" if algebra(row) != "transcendental" else ""


def drawn(row: Row) -> str:
    if row.name in OWN:
        return "own recipe"
    return "usual recipe" if row.name in RECIPES else ""


def shrunk(row: Row) -> str:
    fewer = "fewer operands" if row.most is None else ""
    plain = "tried for others" if row.plain else ""
    return ", ".join(filter(None, (plain, fewer))) or "(becomes plainer)"


FACETS: Mapping[str, Callable[[Row], str]] = {
    "algebra": algebra,
    "affine": affine,
    "product": product,
    "copies": lambda row: "yes" if row.copies else "(computes)",
    "partial": lambda row: "yes" if row.partial else "(not entry by entry)",
    "domain": lambda row: "(everywhere)" if row.domain is everywhere else "closed" if row.closed(GENERIC) else "open",
    "kinks": lambda row: "(none)" if row.kinks is everywhere else "yes",
    "textbook": textbook,
    "random graphs": drawn,
    "coverage": lambda row: "yes" if row.name in FUNCTIONS else "",
    "shrinking": shrunk,
    "expected values": lambda row: "yes" if row.name in EXPECTED else "",
}


def facet_table(rows: Mapping[str, Row]) -> list[list[str]]:
    """A line for each function, a column for each facet: what it is, the reason in brackets why it is not there, or
    nothing."""
    return [["function", *FACETS], *([name, *(cell(row) for cell in FACETS.values())] for name, row in rows.items())]


def gaps(rows: Mapping[str, Row]) -> list[tuple[str, str]]:
    """The function and the facet of every cell that is empty without a reason."""
    head, *lines = facet_table(rows)
    return [(line[0], facet) for line in lines for facet, cell in zip(head, line, strict=True) if not cell]


def test_the_printed_table_has_no_cell_that_is_empty_without_a_reason() -> None:
    table = facet_table(TABLE)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    print()
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    assert len(table) == len(TABLE) + 1
    assert gaps(TABLE) == []


SWISH = elementwise("swish", "x σ(x)", lambda s, a, x: x, lambda s, a, slot, x: s.one)


def test_a_row_that_nothing_knows_is_a_gap_in_every_facet_that_somebody_else_keeps() -> None:
    assert gaps({"swish": SWISH}) == [("swish", facet) for facet in ("textbook", "random graphs", "coverage", "expected values")]


def test_a_row_that_wants_attributes_has_no_usual_recipe() -> None:
    assert usual_recipe(SWISH) is not None
    assert usual_recipe(replace(SWISH, required=("beta",))) is None
    assert {name for name, row in TABLE.items() if usual_recipe(row) is None} == set(OWN)


AFFINE = {
    *("identity", "add", "subtract", "negate", "relu", "abs", "maximum", "minimum", "where", "weighted_sum", "sum", "mean"),
    *("concatenate", "slice", "take", "reshape", "transpose", "broadcast", "pick", "constant"),
}


def test_the_affine_rows_by_name() -> None:
    assert {name for name, row in TABLE.items() if row.is_affine(GENERIC, row.fewest)} == AFFINE


@pytest.mark.parametrize(("exponent", "affine"), [(0, True), (1, True), (2, False), (-1, False), (0.5, False)])
def test_a_power_is_affine_for_some_exponents(exponent: float, affine: bool) -> None:
    assert TABLE["power"].is_affine({"exponent": exponent}, 1) is affine
    assert not TABLE["power"].is_affine({}, 2)


def test_the_rows_that_copy_by_name() -> None:
    moving = {"concatenate", "slice", "take", "reshape", "transpose", "broadcast", "pick", "constant"}
    assert {name for name, row in TABLE.items() if row.copies} == moving


def test_what_shrinking_makes_of_a_function_by_name() -> None:
    assert SIMPLE_FUNCTIONS == ("identity", "square", "sum", "add", "multiply")
    assert {name for name, row in TABLE.items() if row.most is None} == {
        *("add", "multiply", "maximum", "minimum", "concatenate", "weighted_sum")
    }
    graph = Graph(2, (leaf("x"), leaf("y"), vertex("z", "maximum", (1, 2))))
    words = [words for words, _ in candidates(make_case("a", "replay", graph, [3.5, 4.5]))]
    assert "z reads one operand less" in words
    assert "z is add" in words


ADDED = """
from dataclasses import replace
from backproof.engine.functions import TABLE
from backproof.engine.functions.row import elementwise
TABLE["cube"] = elementwise(
    "cube", "x³", lambda s, a, x: s.multiply(x, s.multiply(x, x)), lambda s, a, slot, x: s.scale(3, s.multiply(x, x)),
    "polynomial", degree=lambda a, d: 3 * d[0], plain=True,
)
TABLE["flipped"] = replace(TABLE["transpose"], name="flipped", optional=())
from backproof.engine import FLOAT64, Graph, leaf, vertex
from backproof.verify.campaign.shrinking import SIMPLE_FUNCTIONS
from backproof.verify.cases.coverage import CELLS
from backproof.verify.cases.draws import AIMS, TRANSCENDENTAL, case_around
from backproof.verify.cases.recipes import RECIPES
from backproof.verify.rounding.bounds import rounding_bounds
from backproof.verify.three_way.check import check_case
case = case_around("cube", 0, 9)
assert any(v.function == "cube" for v in case.graph.vertices)
assert check_case(case).verdict == "CORRECT", check_case(case)
assert sum(cell.subject == "cube" for cell in CELLS) == sum(cell.subject == "tanh" for cell in CELLS) > 0
assert any(cell.subject == "cube" for cell in AIMS)
assert "cube" in SIMPLE_FUNCTIONS and "cube" not in TRANSCENDENTAL
assert "flipped" not in RECIPES
def bound(function):
    return rounding_bounds(Graph(1, (leaf("x"), vertex("y", function, (1,)))), [[0.3]], None, FLOAT64).allowed[1].item()
assert bound("cube") > 0
print("found")
"""


def test_a_row_added_in_one_place_is_found_by_random_graphs_coverage_shrinking_and_rounding() -> None:
    run = subprocess.run([sys.executable, "-c", ADDED], capture_output=True, text=True, timeout=120, check=False)
    assert run.stdout == "found\n", run.stderr
