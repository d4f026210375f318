from __future__ import annotations

import re

import pytest

from backproof.verify.proofs.every_graph import symbol
from backproof.verify.proofs.skeletons import skeleton
from backproof.verify.proofs.translation import NotWords, coq_table, coq_tables, named_graphs, result, small_graphs
from backproof.verify.selftest.mutants import by_name

FOUR = skeleton(4, ((1, 3), (2, 3), (2, 4), (3, 4)))


def test_the_words_of_the_lectures_graph_are_its_paths_with_vertices_from_zero() -> None:
    found = result(FOUR)
    assert found.edges == ((0, 2), (1, 2), (1, 3), (2, 3))
    assert found.words[0] == (((0, 2), (2, 3)),)
    assert set(found.words[1]) == {((1, 3),), ((1, 2), (2, 3))}
    assert found.words[3] == ((),)


def test_a_wrong_engine_emits_other_words() -> None:
    assert result(FOUR, by_name("overwrite").routes.backward).words[1] != result(FOUR).words[1]
    doubled = result(FOUR, by_name("doubled edge").routes.backward)
    assert any(len(words) > len(set(words)) for words in doubled.words), "a coefficient of 2 is the same word twice"


@pytest.mark.parametrize("name", ["wrong sign", "transposed Jacobian", "relative error 1e-3"])
def test_what_is_no_sum_of_words_is_refused(name: str) -> None:
    with pytest.raises(NotWords, match="which is no sum of paths"):
        result(FOUR, by_name(name).routes.backward)


def test_every_small_graph_is_there_once() -> None:
    assert len({graph.edges for graph in small_graphs(4)}) == 64


def test_discrete_leaves_have_no_edges() -> None:
    network = named_graphs()["L6 the network"]
    (discrete,) = network.discrete
    found = result(network)
    assert all(discrete - 1 not in edge for edge in found.edges)
    assert found.words[discrete - 1] == ()


def test_the_coq_text_states_that_tables_are_right_and_complete() -> None:
    tables = coq_tables(largest=2)
    text = tables.text
    assert (
        "Definition graphs_2 : seq result := [::\n  (2, [::], [:: [::]; [:: [::]]]);\n  (2, [:: (0, 1)], [:: [:: [:: (0, 1)]]; [:: [::]]])]."
        in text
    )
    assert "Theorem graphs_2_all : has_every_graph 2 graphs_2 = true." in text
    assert "Theorem named_graphs_right : accepts_all named_graphs = true." in text
    assert tables.graphs == len(re.findall(r"^  \(\d+, ", text, re.MULTILINE)) == 1 + 2 + len(named_graphs())
    assert len(re.findall(r"^  \(\d+, ", coq_table("t", [result(FOUR)]).text, re.MULTILINE)) == coq_table("t", [result(FOUR)]).graphs == 1


def test_symbols_are_named_alike_in_both_places() -> None:
    assert symbol((1, 3)) == "1→3"
