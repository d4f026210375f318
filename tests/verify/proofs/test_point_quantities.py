from __future__ import annotations

from typing import Any, cast

import pytest

from backproof.engine import RATIONAL, Graph, backward, leaf, vertex
from backproof.theorems.quantities import NotAvailable
from backproof.verify.cases.case import make_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.proofs.quantities import quantities, symbolic
from backproof.verify.three_way.routes import Routes

FOUR = lecture_cases()[0]


def test_the_rows_of_a_matrix_product_are_blocks_of_its_input() -> None:
    case = make_case("Wx", "doc", Graph(2, (leaf("W", (2, 3)), leaf("x", (3,)), vertex("z", "matvec", (1, 2)))), [[0] * 6, [5, 6, 7]])
    q = quantities(case, RATIONAL)
    assert q.block_rows(2, 2).value.tolist() == [[5, 6, 7, 0, 0, 0], [0, 0, 0, 5, 6, 7]] == q.D(1, 3).value.tolist()
    assert q.at(2) == [5, 6, 7]


def test_nothing_added_up_is_zero_of_the_right_shape() -> None:
    graph = Graph(1, (leaf("x", (3,)), vertex("y", "square", (1,))))
    q = quantities(make_case("two rows", "doc", graph, [[1, 2, 3]], cotangent=[[1, 0, 0], [0, 1, 0]]), RATIONAL)
    assert (q.total(2, 1, ()).value.shape, q.total(0, 1, ()).value.shape) == ((3, 3), (2, 3))


def test_an_adjoint_that_was_not_written_is_none_and_not_among_the_written() -> None:
    def forgetful(*arguments: Any) -> Any:
        return {j: p for j, p in backward(*arguments).items() if j != 2}

    routes = Routes(backward=cast("Any", forgetful))
    for q in (quantities(FOUR, RATIONAL, routes), symbolic(FOUR.graph, routes)):
        assert (q.p(2), q.written) == (None, [4, 3, 1])


@pytest.mark.parametrize("name", ["u", "at", "composed", "rows_of_softmax"])
def test_what_needs_a_point_is_not_there_for_symbols(name: str) -> None:
    with pytest.raises(NotAvailable, match="symbols have no"):
        getattr(symbolic(FOUR.graph), name)(1)
