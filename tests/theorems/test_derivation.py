"""Derivations against the lecture's own lines and against lines written by hand; lengths, refusals, random graphs."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import given, settings

from backproof.engine import Graph, leaf, vertex
from backproof.engine.network import network
from backproof.theorems.derivation import Derivative, Structure, TooLong, derivation, merged, structure
from backproof.theorems.printed_derivation import as_text
from backproof.verify.strategies import graphs

LECTURE = Structure(
    names=("W", "x", "b", "V", "γ", "y", "z", "h", "l", "q", "o"),
    l=6,
    edges=((1, 7), (2, 7), (3, 7), (7, 8), (4, 9), (5, 9), (8, 9), (9, 10), (6, 11), (10, 11)),
    discrete=frozenset({6}),
)
FOUR = Structure(("u₁", "u₂", "u₃", "u₄"), 2, ((1, 3), (2, 3), (2, 4), (3, 4)))

W_BY_THE_LECTURE = """\
∂o/∂W|^{f̄o} = ∂o/∂q|^{fo} × ∂q/∂W|^{f̄q}
            = ∂o/∂q|^{fo} × ∂q/∂l|^{fq} × ∂l/∂W|^{f̄l}
            = ∂o/∂q|^{fo} × ∂q/∂l|^{fq} × ∂l/∂h|^{fl} × ∂h/∂W|^{f̄h}
            = ∂o/∂q|^{fo} × ∂q/∂l|^{fq} × ∂l/∂h|^{fl} × ∂h/∂z|^{fh} × ∂z/∂W|^{f̄z}
            = ∂o/∂q|^{fo} × ∂q/∂l|^{fq} × ∂l/∂h|^{fl} × ∂h/∂z|^{fh} × ∂z/∂W|^{fz}"""
V_BY_THE_LECTURE = """\
∂o/∂V|^{f̄o} = ∂o/∂q|^{fo} × ∂q/∂V|^{f̄q}
            = ∂o/∂q|^{fo} × ∂q/∂l|^{fq} × ∂l/∂V|^{f̄l}
            = ∂o/∂q|^{fo} × ∂q/∂l|^{fq} × ∂l/∂V|^{fl}"""


def diamonds(count: int) -> Structure:
    """x, then `count` diamonds in a row: 2^count paths."""
    names, edges, last = ["x"], [], 1
    for _ in range(count):
        edges += [(last, last + 1), (last, last + 2), (last + 1, last + 3), (last + 2, last + 3)]
        names += [f"v{last + 1}", f"v{last + 2}", f"v{last + 3}"]
        last += 3
    return Structure(tuple(names), 1, tuple(edges))


@pytest.mark.parametrize(
    ("leaf_name", "expected"), [("W", W_BY_THE_LECTURE), ("b", W_BY_THE_LECTURE.replace("∂W", "∂b")), ("V", V_BY_THE_LECTURE)]
)
def test_the_chains_are_the_lectures_line_by_line(leaf_name: str, expected: str) -> None:
    assert as_text(derivation(LECTURE, leaf_name)) == expected


def test_the_engines_network_with_q_y_merged_is_the_lectures_network() -> None:
    graph = network(3, 2, 4)
    assert as_text(derivation(merged(structure(graph), "q_y"), "W")) == W_BY_THE_LECTURE
    unmerged = derivation(structure(graph), "γ").lines[-1]
    assert [(d.of, d.wrt, d.is_global) for d in unmerged.terms[0]] == [(12, 11, False), (11, 10, False), (10, 9, False), (9, 5, False)]


def test_two_paths_by_hand() -> None:
    written = derivation(FOUR, "u₂")
    assert as_text(written) == (
        "∂u₄/∂u₂|^{f̄u₄} = ∂u₄/∂u₂|^{fu₄} + ∂u₄/∂u₃|^{fu₄} × ∂u₃/∂u₂|^{f̄u₃}\n"
        "               = ∂u₄/∂u₂|^{fu₄} + ∂u₄/∂u₃|^{fu₄} × ∂u₃/∂u₂|^{fu₃}"
    )
    assert [(line.reason, line.source) for line in written.lines] == [
        ("chain rule at u₄: its arguments u₂ and u₃ depend on u₂, and the derivative of u₂ with respect to itself is I", "L2(c), L15"),
        (
            "chain rule at u₃: its only argument that depends on u₂ is u₂, and the derivative of u₂ with respect to itself is I; "
            "u₁ does not depend on u₂, so its term is 0 and dropped",
            "L2(c), L15",
        ),
    ]


def test_a_vertex_shared_by_two_terms_is_rewritten_in_both_on_one_line() -> None:
    """x → a, a → b and a → c, b and c → y: ∂a/∂x under f̄ᵃ stands in two terms and is rewritten once."""
    shared = Structure(("x", "a", "b", "c", "y"), 1, ((1, 2), (2, 3), (2, 4), (3, 5), (4, 5)))
    assert as_text(derivation(shared, "x")).split("\n")[2:] == [
        "            = ∂y/∂b|^{fy} × ∂b/∂a|^{fb} × ∂a/∂x|^{f̄a} + ∂y/∂c|^{fy} × ∂c/∂a|^{fc} × ∂a/∂x|^{f̄a}",
        "            = ∂y/∂b|^{fy} × ∂b/∂a|^{fb} × ∂a/∂x|^{fa} + ∂y/∂c|^{fy} × ∂c/∂a|^{fc} × ∂a/∂x|^{fa}",
    ]


def test_along_one_path_the_other_terms_keep_their_global_derivative() -> None:
    assert as_text(derivation(FOUR, "u₂", along=("u₂", "u₄"))) == ("∂u₄/∂u₂|^{f̄u₄} = ∂u₄/∂u₂|^{fu₄} + ∂u₄/∂u₃|^{fu₄} × ∂u₃/∂u₂|^{f̄u₃}")
    shared = Structure(("x", "a", "b", "c", "y"), 1, ((1, 2), (2, 3), (2, 4), (3, 5), (4, 5)))
    assert as_text(derivation(shared, "x", along=(1, 2, 4, 5))).split("\n")[-1].strip() == (
        "= ∂y/∂b|^{fy} × ∂b/∂x|^{f̄b} + ∂y/∂c|^{fy} × ∂c/∂a|^{fc} × ∂a/∂x|^{fa}"
    )


def test_along_the_only_path_is_the_lectures_chain() -> None:
    assert as_text(derivation(LECTURE, "W", along=("W", "z", "h", "l", "q", "o"))) == W_BY_THE_LECTURE


def test_reasons_name_what_is_dropped_and_what_is_discrete() -> None:
    reasons = [line.reason for line in derivation(LECTURE, "W").lines]
    assert reasons[0] == "chain rule at o: its only argument that depends on W is q; y is discrete, without a term"
    assert reasons[1] == "chain rule at q: its only argument that depends on W is l"
    assert reasons[2].endswith("V and γ do not depend on W, so their terms are 0 and dropped")
    assert reasons[4] == (
        "chain rule at z: its only argument that depends on W is W, and the derivative of W with respect to itself is I; "
        "x and b do not depend on W, so their terms are 0 and dropped"
    )


def test_a_long_list_of_arguments_is_shortened() -> None:
    many = Structure((*(f"a{i}" for i in range(1, 10)), "y"), 9, tuple((i, 10) for i in range(1, 10)))
    assert "a2, a3, a4, a5, a6 and 3 more do not depend on a1" in derivation(many, 1).lines[0].reason


def test_an_output_that_does_not_depend_on_the_leaf_has_derivative_0() -> None:
    apart = Structure(("x", "w", "y"), 2, ((1, 3),))
    written = derivation(apart, "w")
    assert as_text(written) == "∂y/∂w|^{f̄y} = 0"
    assert written.lines[0].reason == "no path leads from w to y: a sum over no paths is 0"


def test_points_are_the_arguments_of_a_local_and_the_leaves_of_a_global_function() -> None:
    assert Derivative(4, 3, is_global=False).point(FOUR) == (2, 3)
    assert Derivative(3, 2, is_global=True).point(FOUR) == (1, 2)


def test_too_many_paths_are_refused_by_count_and_limit() -> None:
    with pytest.raises(TooLong, match=r"128 paths lead from 'x' to 'v22', .* the limit is 64 terms; choose one path \(along=…\) or raise"):
        derivation(diamonds(7), "x")
    assert len(derivation(diamonds(6), "x").lines[-1].terms) == 64
    assert len(derivation(diamonds(7), "x", limit=128).lines[-1].terms) == 128
    with pytest.raises(TooLong, match="1,267,650,600,228,229,401,496,703,205,376 paths"):
        derivation(diamonds(100), "x")


def test_along_one_path_a_graph_of_many_paths_is_short() -> None:
    whole = diamonds(30)
    path = [1]
    for start in range(1, 91, 3):
        path += [start + 1, start + 3]
    written = derivation(whole, "x", along=path)
    assert len(written.lines[-1].terms) == 31
    assert sum(all(not d.is_global for d in term) for term in written.lines[-1].terms) == 1
    with pytest.raises(TooLong, match="the last line along this path has 31 terms; the limit is 30 terms"):
        derivation(whole, "x", along=path, limit=30)


def test_a_chain_too_long_to_read_is_refused() -> None:
    n = 1000
    chain = Structure(tuple(f"v{i}" for i in range(1, n + 1)), 1, tuple((i, i + 1) for i in range(1, n)))
    with pytest.raises(TooLong, match="of 999 is beyond 100,000 factors"):
        derivation(chain, 1)
    assert len(derivation(chain, 1, output="v11").lines) == 10


@pytest.mark.parametrize(
    ("leaf_name", "message"),
    [
        ("z", "'z' is not a leaf; a derivation starts at one of W, x, b, V, γ"),
        ("y", "'y' is discrete and has no derivative"),
        ("w", "no vertices are called 'w'; give a number 1 … 11 or the name of one vertex"),
        (12, "no vertices are called 12"),
    ],
)
def test_what_is_no_differentiable_leaf_is_refused(leaf_name: str | int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        derivation(LECTURE, leaf_name)


def test_other_wrong_arguments_are_refused() -> None:
    with pytest.raises(ValueError, match="'V' is a leaf; a derivation is of a vertex after the leaves 1 … 6"):
        derivation(LECTURE, "W", "V")
    for along in [("W", "o"), ("W", "z"), ("W",), ("b", "z", "h", "l", "q", "o")]:
        with pytest.raises(ValueError, match="not a path from 'W' to 'o'"):
            derivation(LECTURE, "W", along=along)
    with pytest.raises(ValueError, match=r"edge \(3, 2\) does not fit L10"):
        Structure(("x", "y", "z"), 1, ((3, 2),))
    for name, found in [("o", 0), ("W", 1), ("u₂", 2)]:
        with pytest.raises(ValueError, match=f"cannot be merged: it must be a non-leaf that exactly one vertex reads, found {found}"):
            merged(FOUR if name == "u₂" else LECTURE, name)


def test_a_merged_vertex_hands_its_arguments_on() -> None:
    whole = merged(structure(Graph(2, (leaf("a"), leaf("b"), vertex("c", "add", (1, 2)), vertex("d", "multiply", (2, 3))))), "c")
    assert whole.edges == ((1, 4), (2, 4))


@settings(max_examples=60)
@given(graphs(max_vertices=8))
def test_on_random_graphs_the_last_line_is_the_sum_over_the_paths_of_networkx(graph: Graph) -> None:
    whole = structure(graph)
    edges = nx.DiGraph(list(graph.edges))
    for j in graph.differentiable_leaves():
        expected = sorted(map(tuple, nx.all_simple_paths(edges, j, graph.n))) if j in edges and graph.n in edges else []
        try:
            written = derivation(whole, j)
        except TooLong:
            assert len(expected) > 64
            continue
        for line in written.lines:
            for term in line.terms:
                assert term[0].of == graph.n
                assert all(a.wrt == b.of for a, b in pairwise(term))
                assert not any(d.is_global for d in term[:-1])
        last = written.lines[-1].terms
        assert not any(d.is_global for term in last for d in term)
        assert sorted(tuple(reversed([graph.n, *(d.wrt for d in term)])) for term in last) == expected
        for path in expected[:2]:
            along = derivation(whole, j, along=path).lines[-1].terms
            assert [tuple(reversed([graph.n, *(d.wrt for d in term)])) for term in along if not term[-1].is_global].count(path) == 1
