"""Theorem 2 on every small graph: how many there are, that two enumerations agree on their paths, and that wrong
engines fail there.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import pytest

from backproof.engine import backward
from backproof.engine.free_algebra import FREE
from backproof.verify.proofs import exhaustive
from backproof.verify.proofs.every_graph import networkx_words
from backproof.verify.proofs.exhaustive import Block, CheckedBlock, blocks, check_all, check_block, check_size, symbols, whole
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


def test_blocks_part_the_graphs() -> None:
    for n in range(1, 9):
        found = blocks(n)
        assert all(a.stop == b.first for a, b in pairwise(found))
        assert (found[0].first, found[-1].stop) == (0, 2 ** (n * (n - 1) // 2))


def test_blocks_merged_in_any_order_are_the_same() -> None:
    wrong = by_name("last consumer only").routes.backward
    found = [check_block(Block(4, first, first + 8), wrong) for first in range(0, 64, 8)]
    expected = whole(4, found)
    assert expected.violated > exhaustive.MOST_VIOLATIONS == len(expected.violations)
    assert expected == check_size(4, wrong)
    for seed in range(5):
        random.Random(seed).shuffle(found)
        assert whole(4, found) == expected


def test_a_block_that_is_missing_or_stands_twice_is_no_whole() -> None:
    found = [check_block(Block(4, first, first + 16)) for first in range(0, 64, 16)]
    other = check_block(Block(3, 0, 8))
    for wrong in (found[1:], found[:-1], found[:1] + found[2:], [*found, found[2]], [*found, found[-1]], [*found, other], []):
        with pytest.raises(ValueError, match="the blocks are not all graphs with 4 vertices, each once: "):
            whole(4, wrong)


def test_a_sample_of_the_blocks_with_seven_vertices_holds() -> None:
    sample = random.Random(7).sample(blocks(7), 3)
    assert [(one.block.stop - one.block.first, one.violated) for one in map(check_block, sample)] == [(32768, 0)] * 3


def test_a_sample_of_the_graphs_with_eight_vertices_holds() -> None:
    for first in random.Random(8).sample(range(2**28 - 500), 6):
        assert check_block(Block(8, first, first + 500)).violated == 0


@pytest.mark.parametrize("name", STRUCTURAL)
@pytest.mark.parametrize("n", [7, 8])
def test_a_structural_wrong_engine_fails_in_one_of_some_blocks_of_large_graphs(name: str, n: int) -> None:
    wrong = by_name(name).routes.backward
    starts = random.Random(n).sample(range(2 ** (n * (n - 1) // 2) - 40), 40)
    assert any(check_block(Block(n, first, first + 40), wrong).violated for first in starts)


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
    def one_path_less(n: int, first: int, stop: int) -> Any:
        for graph, words in networkx_words(n, first, stop):
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


def test_blocks_may_be_run_anywhere_in_any_order() -> None:
    def backwards_on_threads(check: Any, of: list[Block]) -> Iterable[CheckedBlock]:
        with ThreadPoolExecutor(2) as pool:
            return reversed(list(pool.map(check, of)))

    sizes = list(check_all(5, run=backwards_on_threads))
    assert sizes == list(check_all(5))
    assert [(size.n, size.graphs, size.violated) for size in sizes] == [(n, 2 ** (n * (n - 1) // 2), 0) for n in range(1, 6)]


@pytest.mark.parametrize("n", [0, 9])
def test_a_size_that_cannot_be_tried_is_refused(n: int) -> None:
    with pytest.raises(ValueError, match=f"for 1 ≤ n ≤ 8, found n = {n}"):
        check_size(n)
