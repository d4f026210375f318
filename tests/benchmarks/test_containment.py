"""The containment benchmark looks at every pair, and finds a single value outside its enclosure."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import flint
import numpy as np
import pytest

from backproof.engine import Graph, leaf, vertex
from backproof.verify.cases.case import make_case
from backproof.verify.cases.draws import usual_case
from backproof.verify.derivatives import polydiscs
from backproof.verify.derivatives.certificates import certify_all
from backproof.verify.derivatives.enclosures import Enclosure
from backproof.verify.derivatives.polydiscs import NoEnclosure
from backproof.verify.numbers.float_model import exact_fraction
from backproof.verify.verdicts import Reason
from benchmarks import containment
from benchmarks.containment import (
    HIGH,
    HIGHEST,
    Certify,
    Counted,
    chains,
    compare_case,
    compare_hostile,
    derivatives,
    differences,
    measure,
    mixed_chain,
    near_kinks,
    wide,
    words,
)
from benchmarks.measure import Comparison, Disagreement


def test_the_quick_run_has_a_line_for_every_kind_of_graph_and_nothing_outside() -> None:
    pytest.importorskip("pyperf")
    (table,) = measure(quick=True).tables
    assert isinstance(table, Comparison)
    assert [line.name.split(":")[0] for line in table.lines] == [
        "hostile graphs, against rules of their own",
        "random graphs",
        "random graphs around every function",
        "chains of up to 500 vertices",
        "values next to kinks",
        "random graphs, against differences",
        "values next to kinks, against differences",
        "random graphs, wide steps",
    ]
    assert all(" 0 outside" in line.name for line in table.lines)
    assert all(" 0 undecided" in line.name for line in table.lines[1:-1])
    assert " 0 of them enclosed" in table.lines[0].name
    assert int(table.workload.split()[0].replace(",", "")) > 1000


def test_the_reference_is_the_derivative_by_hand() -> None:
    """exp(relu(sin x)) beside the kink: exp(sin x)·cos x or 0."""
    for case in near_kinks(40):
        if case.graph.row(3).name == "relu":
            x = float(case.leaves[0][0])
            expected = np.exp(np.sin(x)) * np.cos(x) if x > 0 else 0.0
            assert float(derivatives(case, HIGH)[1, case.graph.n][0, 0]) == pytest.approx(expected, rel=1e-12)


def test_both_references_agree_to_their_precision() -> None:
    case = mixed_chain(60)
    by_paths, by_differences = derivatives(case, HIGH), differences(case, HIGHEST)
    assert by_paths.keys() == by_differences.keys()
    for pair, block in by_paths.items():
        gap = abs(exact_fraction(block[0, 0]) - exact_fraction(by_differences[pair][0, 0]))
        assert gap <= Fraction(1, 10**110) * max(1, abs(exact_fraction(block[0, 0])))


def test_differences_reach_the_descendants_of_a_leaf_alone() -> None:
    graph = Graph(2, (leaf("x"), leaf("y"), vertex("a", "exp", (1,)), vertex("b", "multiply", (2, 3))))
    assert set(differences(make_case("two leaves", "random", graph, [0.5, 2.0]), HIGH)) == {(1, 3), (1, 4), (2, 4)}


def test_every_entry_of_every_pair_is_counted() -> None:
    count = Counted()
    case = usual_case(0, 2000)
    compare_case(count, case)
    found = certify_all(case.graph, [[float(x) for x in values] for values in case.leaves])
    assert count.entries + count.undecided == sum(case.graph.dimension(j) * case.graph.dimension(k) for j, k in found)


def test_what_has_no_enclosure_is_counted_as_undecided() -> None:
    count = Counted()
    refused = NoEnclosure(5, Reason.KINK, "refused")
    compare_case(count, near_kinks(3)[2], certify=lambda *given: {(1, 2): certify_all(*given)[1, 2], (1, 5): refused})
    assert (count.entries, count.undecided) == (1, 3)
    with pytest.raises(Disagreement, match="nothing: no enclosure was found"):
        words("nothing", Counted(undecided=3), 1)


@pytest.mark.parametrize("share", [Fraction(1, 1000), Fraction(2)])
def test_one_entry_outside_is_a_disagreement_that_names_it(share: Fraction) -> None:
    """An enclosure that misses by a thousandth of its radius, or by one radius."""
    case = chains()[0]
    last = case.graph.n
    exact = derivatives(case, HIGHEST)[1, last]

    def slightly_off(graph: Graph, leaves: Any, bits: int) -> dict[tuple[int, int], Any]:
        found = dict(certify_all(graph, leaves, bits))
        block = found[1, last]
        assert isinstance(block, Enclosure)
        mid = block.mid.copy()
        mid[0, 0] = exact_fraction(exact[0, 0]) + (1 + share) * Fraction(float(block.rad[0, 0]))
        return {**found, (1, last): Enclosure.of(mid, block.rad, block.radius)}

    with pytest.raises(Disagreement, match=rf"chain of 60: ∂u{last}/∂u1\[0, 0\] lies outside its enclosure"):
        compare_case(Counted(), case, certify=slightly_off)


def test_next_to_a_kink_enclosures_narrower_than_400_bits_are_checked_too() -> None:
    """An error of 1e-130 of the derivative, which 400 bits do not show."""
    case = next(case for case in near_kinks(100) if abs(float(case.leaves[0][0])) < 1e-140)

    def slightly_off(graph: Graph, leaves: Any, bits: int) -> dict[tuple[int, int], Any]:
        block = certify_all(graph, leaves, bits)[1, graph.n]
        assert isinstance(block, Enclosure)
        return {(1, graph.n): Enclosure.of(block.mid + Fraction(1, 10**130), block.rad)}

    compare_case(Counted(), case)
    with pytest.raises(Disagreement, match="lies outside its enclosure"):
        compare_case(Counted(), case, certify=slightly_off)


def test_with_wide_steps_a_bound_that_is_too_small_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """1/x with x near 1.5 times the radius of the ball: the error is about a twentieth of the bound, so that a thousandth of it is too small."""
    graph = Graph(1, (leaf("x"), vertex("y", "reciprocal", (1,))))
    case = make_case("pole", "random", graph, [0.375])
    count = Counted()
    compare_case(count, case, certify=wide)
    assert 1e-3 < count.error < 1
    right = polydiscs.truncation_bound
    monkeypatch.setattr(polydiscs, "truncation_bound", lambda M, plan: right(M, plan) / 1000)
    with pytest.raises(Disagreement, match=r"pole: ∂y/∂x\[0, 0\] lies outside its enclosure"):
        compare_case(Counted(), case, certify=wide)


def test_wide_steps_use_the_largest_radius_that_is_proved() -> None:
    graph = Graph(1, (leaf("x"), vertex("y", "log", (1,)), vertex("z", "relu", (1,))))
    assert [found.radius if found else None for found in wide(graph, [0.1], 64).values()] == [4, 4]
    assert [found.radius if found else None for found in wide(graph, [2.0**-40], 64).values()] == [None, None]


def test_the_kinks_are_approached_from_both_sides_down_to_tiny_distances() -> None:
    distances = np.array([float(case.leaves[0][0]) for case in near_kinks(100)])
    assert (distances > 0).any()
    assert (distances < 0).any()
    assert np.abs(distances).min() < 1e-100
    assert {case.graph.row(case.graph.n - 1).name for case in near_kinks(4)} == {"relu", "abs", "maximum", "minimum"}


def test_the_chains_have_the_lengths_they_are_named_for() -> None:
    assert [case.graph.n for case in chains()] == [n for n in containment.CHAINS for _ in range(2)]
    graph = mixed_chain(500).graph
    assert {graph.row(i).name for i in range(2, 501)} == {
        "weighted_sum",
        "tanh",
        "sin",
        "cos",
        "sigmoid",
        "softplus",
        "square",
        "negate",
        "exp",
    }


def moved(enclosure: Enclosure) -> Enclosure:
    """By twice its radius, which leaves an exact one where it is."""
    with flint.ctx.workprec(4000):
        balls = np.frompyfunc(lambda ball: ball + 2 * ball.rad(), 1, 1)(enclosure.balls)
    return Enclosure(balls, enclosure.radius)


def changing(change: Any) -> Certify:
    return lambda *given: {pair: change(found) for pair, found in certify_all(*given).items()}


def test_a_hostile_graph_has_a_wrong_enclosure_found_and_a_missing_one_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    found = Counted()
    for number in range(40):
        compare_hostile(found, number)
    assert found.entries > 500
    assert found.undefined > 20
    monkeypatch.setattr(containment, "DIGITS", containment.DIGITS[:1])
    refused = 0
    for number in range(20):
        try:
            compare_hostile(Counted(), number, changing(lambda one: moved(one) if isinstance(one, Enclosure) else one))
        except Disagreement as error:
            refused += "lies outside its enclosure" in str(error)
    assert refused > 5  # where radii are 0 nothing is moved
    missing = Counted()
    compare_hostile(missing, 0, changing(lambda one: NoEnclosure(1, Reason.KINK, "")))
    assert (missing.entries, missing.undecided > 0) == (0, True)


def test_an_enclosure_where_nothing_is_defined_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def everywhere(graph: Graph, leaves: Any, bits: int) -> Any:
        found: dict[Any, Any] = dict(certify_all(graph, leaves, bits))
        for j, k in [pair for pair, one in found.items() if isinstance(one, NoEnclosure)]:
            zeros = np.zeros((graph.dimension(k), graph.dimension(j)))
            found[j, k] = Enclosure.of(zeros, zeros + 1e300)
        return found

    monkeypatch.setattr(containment, "DIGITS", containment.DIGITS[:1])
    said: list[str] = []
    for number in range(40):
        try:
            compare_hostile(Counted(), number, everywhere)
        except Disagreement as error:
            said.append(str(error))
    assert any("has an enclosure, and there is no derivative" in words for words in said)
