"""What a case asks for is known from its shapes, and more than a limit is refused with the place; the suite is far below."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from backproof.engine import Graph, GraphError, leaf, vertex
from backproof.engine.limits import LIMITS
from backproof.verify.cases.case import Case
from backproof.verify.cases.draws import campaign_case
from backproof.verify.cases.named import named_cases
from backproof.verify.cases.size import Size, check_numbers, check_size, size_of
from backproof.verify.cases.tails import is_tail, tail_case


def wide(n: int) -> Graph:
    return Graph(1, (leaf("x", (n,)), vertex("y", "sum", (1,))))


@pytest.mark.parametrize(
    ("graph", "rows", "words"),
    [
        (
            wide(20_000),
            1,
            r"^\$\.vertices\[0\]\.shape: a case may have 20,000 entries in all, found 20,001, of which 20,000 here; use smaller",
        ),
        (
            Graph(1, (leaf("x", (1001,)), vertex("y", "exp", (1,)))),
            1,
            r"^\$\.vertices\[1\]\.operands: a case may have 1,000,000 entries in its",
        ),
        (Graph(1, (leaf("x", (900,)), vertex("y", "exp", (1,)))), 1, r"^\$\.vertices\[1\]\.operands: a case may have 100,000,000 multipl"),
        (wide(10), 10**5, r"entries in its Jacobians and adjoints in all, found 1,100,010"),
        (
            Graph(1, (leaf("x"), vertex("y", "add", (1,) * 10_001))),
            1,
            r"^\$\.vertices\[1\]\.operands: a case may have 10,000 operands in all",
        ),
        (
            Graph(1, (leaf("x"), *(vertex(f"v{i}", "negate", (i,)) for i in range(1, 3001)))),
            1,
            r"^\$\.vertices: a case may have 3,000 vertices, found 3,001; make it smaller$",
        ),
    ],
)
def test_more_than_a_limit_is_refused_with_the_place(graph: Graph, rows: int, words: str) -> None:
    with pytest.raises(GraphError, match=words):
        check_size(graph, rows)


def test_the_identity_has_a_row_for_every_entry_of_the_output() -> None:
    graph = Graph(1, (leaf("x", (3,)), vertex("y", "exp", (1,))))
    assert size_of(graph, None) == size_of(graph, 3) == Size(2, 1, 6, 9 + 3 * 6, (3 + 3) * 9, 3 * 6)


def test_a_discrete_leaf_asks_for_no_derivative() -> None:
    graph = Graph(2, (leaf("q", (3,)), leaf("y", (), discrete=True), vertex("o", "pick", (1, 2))))
    assert size_of(graph, 1).products == (1 + 3) * (3 + 1)
    assert size_of(graph, 1).sums == 3 * (3 + 1 + 1)


@pytest.mark.parametrize("value", [10**309, [1, -(10**400)], [[1.5], [10**400]]])
def test_a_number_beyond_float64_among_the_attributes_is_refused(value: object) -> None:
    graph = Graph(1, (leaf("x"), vertex("c", "constant", (), value=value), vertex("y", "exp", (1,))))
    with pytest.raises(GraphError, match=r"^\$\.vertices\[1\]\.attributes\.value: found a number beyond float64"):
        check_numbers(graph)


def test_the_suite_is_far_below_every_limit() -> None:
    cases = [*named_cases(0)[0], *(campaign_case(0, number) for number in range(40) if not is_tail(number))]
    most = tuple(getattr(LIMITS, f"case_{what}") for what in Size._fields)
    usual = [case for case in cases if case.group != "large"]
    assert all(50 * found <= limit for found, limit in zip(largest_of(usual), most, strict=True))
    factors = (2.9, 4.8, 19, 200, 45, 1.9)  # as `LIMITS` says of each, rounded
    assert all(factor * found <= limit for factor, found, limit in zip(factors, largest_of(cases), most, strict=True))


@pytest.mark.parametrize("index", [24, 99, 199, 224, 699, 774])
def test_a_large_random_case_fits_into_every_limit(index: int) -> None:
    check_size(tail_case(0, index).graph, None)


def largest_of(cases: Iterable[Case]) -> Size:
    sizes = (size_of(case.graph, None if case.cotangent is None else len(case.cotangent)) for case in cases)
    return Size(*map(max, zip(*sizes, strict=True)))
