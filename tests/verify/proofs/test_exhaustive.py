"""Theorem 2 on every small graph: how many there are, that two enumerations agree on their paths, and that wrong
engines fail there.
"""

from __future__ import annotations

from itertools import chain, pairwise
from typing import Any

import pytest

from backproof.engine import backward
from backproof.engine.free_algebra import FREE
from backproof.verify.proofs import exhaustive
from backproof.verify.proofs.exhaustive import check_all, check_size, edge_sets, networkx_words, subset_words, symbols
from backproof.verify.proofs.skeletons import skeleton
from backproof.verify.selftest.mutants import MUTANTS, by_name

STRUCTURAL = [
    "overwrite",
    "first consumer only",
    "last consumer only",
    "three consumers",
    "dropped edge",
    "doubled edge",
    "phantom edge",
    "wrong sign",
    "transposed Jacobian",
    "wrong side",
    "ascending order",
    "read too early",
    "every sink seeded",
    "fused chain",
]


@pytest.mark.parametrize(("n", "graphs"), [(1, 1), (2, 2), (3, 8), (4, 64), (5, 1024)])
def test_every_edge_set_is_tried_and_every_adjoint_is_the_sum_over_its_paths(n: int, graphs: int) -> None:
    found = check_size(n)
    assert (found.graphs, found.adjoints, found.violated) == (graphs, graphs * n, 0)
    assert len(set(edge_sets(n))) == graphs


def test_shares_part_the_graphs() -> None:
    shares = [list(edge_sets(4, part, 3)) for part in range(3)]
    assert sorted(chain.from_iterable(shares)) == sorted(edge_sets(4))
    assert sum(map(len, shares)) == 64


@pytest.mark.parametrize("parts", [1, 2, 3, 7])
def test_the_counts_of_the_shares_add_up(parts: int) -> None:
    wrong = by_name("last consumer only").routes.backward
    shares = [check_size(4, wrong, part, parts) for part in range(parts)]
    whole = check_size(4, wrong)
    assert sum(share.graphs for share in shares) == whole.graphs == 64
    assert sum(share.adjoints for share in shares) == whole.adjoints == 256
    assert sum(share.violated for share in shares) == whole.violated > 0


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6])
def test_the_two_enumerations_list_the_same_paths_on_every_graph(n: int) -> None:
    for (one, by_networkx), (other, by_subsets) in zip(networkx_words(n), subset_words(n), strict=True):
        assert one == other
        assert by_networkx == by_subsets


def test_the_words_of_one_graph_are_those_found_by_hand() -> None:
    edges = ((1, 3), (2, 3), (2, 4), (3, 4))
    (words,) = [words for graph, words in networkx_words(4) if set(graph.edges) == set(edges)]
    assert words[1:] == [{("3→4", "1→3"): 1}, {("2→4",): 1, ("3→4", "2→3"): 1}, {("3→4",): 1}, {(): 1}]


@pytest.mark.parametrize("name", STRUCTURAL)
def test_a_structural_wrong_engine_fails_on_a_graph_with_at_most_five_vertices(name: str) -> None:
    assert any(size.violated for size in check_all(5, by_name(name).routes.backward))


def test_the_list_of_structural_engines_is_complete() -> None:
    """What is not structural is a wrong number: a relative error, or a float where none should be."""
    others = [mutant.name for mutant in MUTANTS if mutant.part == "backward" and mutant.name not in STRUCTURAL]
    assert others == [
        "relative error 1e-3",
        "relative error 1e-6",
        "relative error 1e-9",
        "float in the rationals",
        "float32 in float64",
        "float in balls",
        "float in mpmath",
    ]


def test_reading_too_early_shows_first_with_five_vertices_on_sixteen_graphs() -> None:
    early = by_name("read too early").routes.backward
    assert [size.violated for size in check_all(4, early)] == [0, 0, 0, 0]
    found = check_size(5, early)
    assert len({violation.edges for violation in found.violations}) == 16
    assert found.violated == 16


def test_the_complete_graph_alone_does_not_find_every_wrong_engine() -> None:
    n = 5
    complete = skeleton(n, tuple((j, i) for i in range(2, n + 1) for j in range(1, i)))
    (expected,) = [words for graph, words in networkx_words(n) if len(graph.edges) == n * (n - 1) // 2]

    def survives(name: str) -> bool:
        run: Any = by_name(name).routes.backward
        p = run(complete, symbols(n), None, FREE)
        return all(p[j].terms == expected[j] for j in range(1, n + 1))

    assert [name for name in STRUCTURAL if survives(name)] == ["phantom edge", "read too early", "every sink seeded"]


def test_a_wrong_expectation_is_noticed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def one_path_less(n: int, part: int, parts: int) -> Any:
        for graph, words in networkx_words(n, part, parts):
            yield graph, [dict(list(terms.items())[:-1]) for terms in words]

    monkeypatch.setattr(exhaustive, "networkx_words", one_path_less)
    assert check_size(2).violated > 0


def test_an_engine_that_crashes_is_a_violation_on_every_vertex() -> None:
    def crashing(graph: Any, D: Any, cotangent: Any = None, system: Any = None) -> Any:
        raise ZeroDivisionError("oops")

    found = check_size(2, crashing)
    assert found.violated == 4
    assert found.violations[0].found == "ZeroDivisionError: oops"


def test_an_adjoint_that_is_missing_is_a_violation() -> None:
    def without_the_first(graph: Any, D: Any, cotangent: Any = None, system: Any = FREE) -> Any:
        return {j: p for j, p in backward(graph, D, cotangent, system).items() if j > 1}

    found = check_size(3, without_the_first)
    assert (found.violated, {violation.vertex for violation in found.violations}) == (8, {1})


def test_of_many_violations_the_first_are_kept_and_all_are_counted() -> None:
    def nothing(graph: Any, D: Any, cotangent: Any = None, system: Any = FREE) -> Any:
        return {}

    found = check_size(4, nothing)
    assert found.violated == 64 * 4
    assert len(found.violations) == exhaustive.MOST_VIOLATIONS


def test_sizes_on_several_processes_are_the_same() -> None:
    sizes = list(check_all(6, backward, jobs=2))
    assert [(size.n, size.graphs, size.violated) for size in sizes] == [(n, 2 ** (n * (n - 1) // 2), 0) for n in range(1, 7)]


@pytest.mark.parametrize("n", [0, 8])
def test_a_size_that_cannot_be_tried_is_refused_with_the_number_of_graphs(n: int) -> None:
    with pytest.raises(ValueError, match=f"found n = {n}"):
        check_size(n)


def test_every_word_is_a_path() -> None:
    for graph, words in subset_words(5):
        for j, terms in enumerate(words[1:], start=1):
            for word in terms:
                steps = [tuple(map(int, symbol.split("→"))) for symbol in reversed(word)]
                assert all(step in graph.edges for step in steps)
                assert all(a[1] == b[0] for a, b in pairwise(steps))
                assert not steps or (steps[0][0], steps[-1][1]) == (j, 5)
