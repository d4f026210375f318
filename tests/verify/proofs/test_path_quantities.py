from __future__ import annotations

from itertools import pairwise

import pytest

from backproof.engine import RATIONAL, Graph, leaf, vertex
from backproof.theorems.quantities import NotAvailable
from backproof.verify.cases.case import is_exact, make_case
from backproof.verify.cases.draws import usual_case
from backproof.verify.cases.lecture import lecture_cases
from backproof.verify.proofs import path_quantities
from backproof.verify.proofs.quantities import quantities, symbolic


def doubled(times: int) -> Graph:
    """x, then `times` sums of a vertex with its square: 2^times paths."""
    vertices = [leaf("x")]
    for k in range(times):
        last = len(vertices)
        vertices += [vertex(f"s{k}", "square", (last,)), vertex(f"a{k}", "add", (last, last + 1))]
    return Graph(1, tuple(vertices))


def test_every_word_of_a_path_sum_is_one_path_later_edges_on_the_left() -> None:
    q = symbolic(doubled(4))
    assert len(q.paths(1, 9)) == len(q.path_sum(1, 9).terms) == 16
    for path in q.paths(1, 9):
        assert q.path_sum(1, 9).terms[tuple(f"{a}→{b}" for a, b in reversed(list(pairwise(path))))] == 1


def test_the_sums_by_last_and_by_first_edges_add_up() -> None:
    for number in range(6):
        q = symbolic(usual_case(4, number).graph)
        for j in q.leaves:
            whole = q.path_sum(j, q.n)
            assert q.total(q.n, j, (q.path_sum_by_last_edge(j, last, q.n) for last in q.parents(q.n))) == whole
            assert q.total(q.n, j, (q.path_sum_by_first_edge(j, first, q.n) for first in q.children(j))) == whole


def test_the_empty_path_has_the_identity_and_no_path_has_zero() -> None:
    q = symbolic(lecture_cases()[0].graph)
    assert (q.paths(2, 2), str(q.path_sum(2, 2))) == ([(2,)], "1")
    assert (q.paths(1, 2), str(q.path_sum(1, 2))) == ([], "0")


def test_too_many_paths_are_not_listed_and_the_message_counts_them() -> None:
    q = symbolic(doubled(9))
    assert 2**9 > path_quantities.MOST_PATHS >= 2**8
    with pytest.raises(NotAvailable, match="512 paths from vertex 1 to vertex 19; proof steps are checked on up to 500"):
        q.path_sum(1, 19)
    assert len(symbolic(doubled(8)).paths(1, 17)) == 256


def test_a_sum_is_formed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    q, calls = symbolic(lecture_cases()[0].graph), list[tuple[int, int]]()
    monkeypatch.setattr(q, "_listed", lambda j, k, found: calls.append((j, k)) or list(found))
    assert q.path_sum(2, 4) == q.path_sum(2, 4)
    assert calls == [(2, 4)]


def test_a_leaf_from_which_no_path_leads_to_the_output_is_unreachable() -> None:
    graph = Graph(3, (leaf("x"), leaf("w"), leaf("v"), vertex("dead", "square", (2,)), vertex("y", "exp", (1,))))
    assert symbolic(graph).unreachable == [2, 3]


def test_every_line_of_a_derivation_has_the_value_of_the_path_sum() -> None:
    seen = 0
    for case in (*lecture_cases(), *(usual_case(5, number) for number in range(8))):
        if is_exact(case):
            q = quantities(case, RATIONAL)
            for leaf_number, t in q.derivation_lines:
                assert (q.derivation_line(leaf_number, t).value == q.path_sum(leaf_number, q.n).value).all()
                seen += 1
    assert seen > 10


def test_a_derivation_that_is_too_long_has_no_lines() -> None:
    assert symbolic(doubled(7)).derivation_lines == []
    short = quantities(make_case("short", "doc", doubled(2), [2]), RATIONAL)
    assert [t for _, t in short.derivation_lines] == list(range(len(short.derivation_lines)))
