"""Two enumerations of every graph list the same paths; each number is a graph, and each graph has a number."""

from __future__ import annotations

import random
from itertools import chain, pairwise

import pytest

from backproof.verify.proofs.every_graph import WithWords, count_graphs, edge_sets, networkx_words, pairs, subset_words


def listed(found: WithWords) -> list[object]:
    return [(graph, list(words)) for graph, words in found]


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_every_set_of_edges_is_one_graph(n: int) -> None:
    found = list(edge_sets(n))
    assert len(found) == len(set(found)) == count_graphs(n)
    assert all(sum(1 << pairs(n).index(edge) for edge in edges) == number for number, edges in enumerate(found))


def test_ranges_part_the_graphs() -> None:
    ranges = [(0, 1), (1, 21), (21, 63), (63, 64)]
    assert list(chain.from_iterable(edge_sets(4, *limits) for limits in ranges)) == list(edge_sets(4))


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 6])
def test_the_two_enumerations_list_the_same_paths_on_every_graph(n: int) -> None:
    for (one, by_networkx), (other, by_subsets) in zip(networkx_words(n), subset_words(n), strict=True):
        assert one == other
        assert list(by_networkx) == list(by_subsets)


@pytest.mark.parametrize("n", [5, 6, 7, 8])
def test_they_list_the_same_on_ranges_that_begin_and_end_anywhere(n: int) -> None:
    chance = random.Random(n)
    for length in (1, 2, 63, 64, 65, 400):
        first = chance.randrange(count_graphs(n) - length)
        assert listed(networkx_words(n, first, first + length)) == listed(subset_words(n, first, first + length))
    last = count_graphs(n)
    assert listed(networkx_words(n, last - 70)) == listed(subset_words(n, last - 70, last))


def test_the_words_of_one_graph_are_those_found_by_hand() -> None:
    edges = ((1, 3), (2, 3), (2, 4), (3, 4))
    (words,) = [words for graph, words in networkx_words(4) if set(graph.edges) == set(edges)]
    assert words[1:] == [{("3→4", "1→3"): 1}, {("2→4",): 1, ("3→4", "2→3"): 1}, {("3→4",): 1}, {(): 1}]


def test_the_complete_graph_with_eight_vertices_has_as_many_paths_as_subsets() -> None:
    ((graph, words),) = subset_words(8, count_graphs(8) - 1)
    assert len(graph.edges) == 28
    assert [len(terms) for terms in words] == [0, 64, 32, 16, 8, 4, 2, 1, 1]


def test_every_word_is_a_path() -> None:
    for graph, words in subset_words(5):
        for j, terms in enumerate(words[1:], start=1):
            for word in terms:
                steps = [tuple(map(int, symbol.split("→"))) for symbol in reversed(word)]
                assert all(step in graph.edges for step in steps)
                assert all(a[1] == b[0] for a, b in pairwise(steps))
                assert not steps or (steps[0][0], steps[-1][1]) == (j, 5)


@pytest.mark.parametrize(("first", "stop"), [(-1, 3), (0, 65), (5, 5), (64, None)])
def test_a_number_that_no_graph_has_is_refused(first: int, stop: int | None) -> None:
    for words in (networkx_words, subset_words):
        with pytest.raises(ValueError, match=f"there are 64 graphs with 4 vertices, numbered from 0; found {first}"):
            list(words(4, first, stop))
