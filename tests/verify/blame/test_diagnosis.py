"""Injected faults are found where they are: backward passes that really compute the wrong sum, on random graphs and by
hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import numpy as np
import pytest

from backproof.engine import FLOAT32, FLOAT64, RATIONAL, Graph, NumberSystem, backward, forward, jacobians, leaf, number_system, vertex
from backproof.engine.graph import Edge
from backproof.verify.blame.diagnosis import ALIKE, NAMED, UNDETECTABLE, UNKNOWN, Diagnosis, blame, diagnose
from backproof.verify.cases.case import Case, make_case
from backproof.verify.cases.draws import usual_case
from backproof.verify.cases.large import large_cases
from backproof.verify.numbers.balls import real_ball_system
from backproof.verify.selftest.mutants import MUTANTS, Mutant, by_name
from backproof.verify.selftest.trials import trial_cases
from backproof.verify.three_way.check import check_case
from backproof.verify.verdicts import Verdict

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]
Wrong: TypeAlias = Callable[[Edge, Array], Array]
FOUR = Graph(2, (leaf("u1"), leaf("u2"), vertex("u3", "add", (1, 2)), vertex("u4", "multiply", (2, 3))))


def mutated(graph: Graph, D: Mapping[Edge, Array], seed: Array, wrong: Wrong) -> dict[int, Array]:
    """A backward pass that uses wrong(edge, D) in the place of D: the recursion itself, edge by edge."""
    p = {graph.n: seed}
    for j in range(graph.n - 1, 0, -1):
        if not graph.is_discrete(j):
            p[j] = np.zeros((len(seed), graph.dimension(j)))
            for i in graph.children(j):
                p[j] = p[j] + p[i] @ wrong((j, i), D[j, i])
    return p


def dense(n: int, probability: float, seed: int, d: int = 3) -> tuple[Graph, dict[Edge, Array], Array]:
    """Three leaves, then vertices that read earlier ones through random matrices; the output is a number."""
    rng = np.random.default_rng(seed)
    vertices = [leaf(f"x{j}", (d,)) for j in range(1, 4)]
    for i in range(4, n + 1):
        parents = [j for j in range(1, i) if j == i - 1 or rng.random() < probability]
        weights = rng.normal(size=(len(parents), 1 if i == n else d, d)) / np.sqrt(d * len(parents))
        vertices.append(vertex(f"u{i}", "weighted_sum", parents, weights=weights.tolist()))
    graph = Graph(3, tuple(vertices))
    return graph, jacobians(graph, forward(graph, [rng.normal(size=d) for _ in range(3)])), np.ones((1, 1))


def leaves_of(graph: Graph, p: Mapping[int, Array]) -> dict[int, Array]:
    return {j: p[j] for j in graph.differentiable_leaves()}


def places(found: Diagnosis) -> set[tuple[Any, Any]]:
    return {(h.kind, h.place) for h in found.matches}


SINGLE: dict[str, Callable[[Array], Array]] = {
    "dropped": lambda D: 0 * D,
    "doubled": lambda D: 2 * D,
    "sign": lambda D: -D,
    "transposed": lambda D: D.T,
    "sign lost": np.abs,
    "diagonal only": lambda D: np.diag(np.diag(D)),
    "identity": lambda D: np.eye(len(D)),
    "square root": lambda D: np.sqrt(np.abs(D)),
    "squared": lambda D: D * D,
    "scaled": lambda D: 0.73125817 * D,
}


@pytest.mark.parametrize("kind", SINGLE)
@pytest.mark.parametrize("everything", [False, True])
def test_a_fault_on_one_edge_is_in_the_named_class(kind: str, everything: bool) -> None:
    graph, D, seed = dense(8, 0.5, 1)
    tried = 0
    for edge in graph.edges:
        if kind in ("transposed", "diagonal only", "identity") and D[edge].shape != (3, 3):
            continue
        p = mutated(graph, D, seed, lambda e, block, edge=edge: SINGLE[kind](block) if e == edge else block)
        found = blame(graph, D, seed, p if everything else leaves_of(graph, p))
        assert (kind, edge) in places(found), (edge, found.sentence)
        tried += 1
        if kind == "scaled":
            alpha = next(h.alpha for h in found.matches if h.place == edge)
            assert alpha == pytest.approx(0.73125817, abs=1e-9)
    assert tried > 7


@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize(
    ("kind", "chosen"),
    [
        ("last consumer only", slice(-1, None)),
        ("first consumer only", slice(1)),
        ("at most 2 consumers", slice(2)),
        ("last 2 consumers", slice(-2, None)),
    ],
)
def test_a_vertex_that_forgets_consumers_is_named(kind: str, chosen: slice, everything: bool) -> None:
    graph, D, seed = dense(9, 0.6, 2)
    tried = 0
    for a in range(1, graph.n):
        if len(graph.children(a)) < 3:
            continue
        kept = graph.children(a)[chosen]
        p = mutated(graph, D, seed, lambda e, block, a=a, kept=kept: 0 * block if e[0] == a and e[1] not in kept else block)
        assert (kind, a) in places(blame(graph, D, seed, p if everything else leaves_of(graph, p)))
        tried += 1
    assert tried > 2


def test_faults_on_random_campaign_graphs_are_in_the_named_class_or_undetectable() -> None:
    seen = hidden = 0
    for index in range(60):
        case = usual_case(3, index)
        graph = case.graph
        u = forward(graph, [[float(x) for x in values] for values in case.leaves])
        D = jacobians(graph, u)
        right = backward(graph, D, case.cotangent)
        edges = [edge for edge in graph.edges if not graph.is_discrete(edge[0])]
        if not edges:
            continue
        edge = edges[index % len(edges)]
        for kind in ("dropped", "doubled", "sign"):
            p = mutated(graph, D, right[graph.n], lambda e, block, edge=edge, kind=kind: SINGLE[kind](block) if e == edge else block)
            found = blame(graph, D, case.cotangent, leaves_of(graph, p)) if graph.differentiable_leaves() else None
            if found is None or found.verdict == UNDETECTABLE:
                hidden += 1
                continue
            seen += 1
            assert (kind, edge) in places(found), (index, kind, edge, found.sentence)
            full = blame(graph, D, case.cotangent, p)
            assert full.bad == (edge[0],)
            assert (kind, edge) in places(full)
    assert seen > 100
    assert hidden < seen


def test_two_dropped_edges_are_found_with_the_paths_through_both() -> None:
    graph, D, seed = dense(9, 0.6, 4)
    pairs = [(graph.edges[i], graph.edges[k]) for i in range(0, len(graph.edges), 3) for k in range(i + 1, len(graph.edges), 4)]
    for pair in pairs:
        p = mutated(graph, D, seed, lambda e, block, pair=pair: 0 * block if e in pair else block)
        found = blame(graph, D, seed, leaves_of(graph, p))
        assert ("two dropped edges", pair) in places(found) or any(h.kind != "two dropped edges" for h in found.matches), found.sentence
    assert len(pairs) > 8


def test_a_fault_in_the_rule_of_one_function_is_named_by_the_function() -> None:
    graph = Graph(
        1, (leaf("x", (3,)), vertex("a", "tanh", (1,)), vertex("b", "add", (1, 2)), vertex("c", "tanh", (3,)), vertex("o", "sum", (4,)))
    )
    D = jacobians(graph, forward(graph, [[0.3, -0.6, 1.1]]))
    p = mutated(graph, D, np.ones((1, 1)), lambda e, block: np.sqrt(block) if e[1] in (2, 4) else block)
    assert ("square root", "every tanh") in places(blame(graph, D, None, {1: p[1]}))
    assert places(blame(graph, D, None, p)) == {("square root", "every tanh")}


def test_a_fault_in_several_places_is_no_known_one() -> None:
    graph, D, seed = dense(10, 0.5, 5)
    rng = np.random.default_rng(0)
    noise: dict[Edge, Array] = {edge: rng.normal(size=D[edge].shape) for edge in graph.edges}
    p = mutated(graph, D, seed, lambda e, block: block + noise[e])
    found = blame(graph, D, seed, leaves_of(graph, p))
    assert (found.verdict, found.matches) == (UNKNOWN, ())


def test_an_unknown_wrong_local_jacobian_is_located_though_not_named() -> None:
    graph, D, seed = dense(12, 0.3, 6)
    wrong_at = 10
    p = mutated(graph, D, seed, lambda e, block: block + np.arange(9.0).reshape(3, 3) ** 2 if e[1] == wrong_at else block)
    assert places(blame(graph, D, seed, p)) <= {("wrong local Jacobian", wrong_at), ("wrong sum", graph.parents(wrong_at)[0])}
    few = blame(graph, D, seed, leaves_of(graph, p))
    assert few.verdict == UNKNOWN
    assert not few.suspects or wrong_at in few.suspects


def test_a_relative_error_of_a_billionth_is_found_with_its_factor() -> None:
    graph, D, seed = dense(10, 0.5, 7)
    edge = graph.edges[4]
    p = mutated(graph, D, seed, lambda e, block: (1 + 1e-9) * block if e == edge else block)
    found = blame(graph, D, seed, leaves_of(graph, p))
    match = next(h for h in found.matches if h.place == edge)
    assert match.kind == "scaled"
    assert match.alpha == pytest.approx(1 + 1e-9, abs=1e-12)


def test_the_right_gradients_summed_in_another_order_are_not_blamed() -> None:
    for seed in range(20):
        graph, D, cotangent = dense(10, 0.5, seed)
        p = {graph.n: cotangent}
        for j in range(graph.n - 1, 0, -1):
            p[j] = sum((p[i] @ D[j, i] for i in reversed(graph.children(j))), np.zeros((1, graph.dimension(j))))
        assert blame(graph, D, cotangent, leaves_of(graph, p)).verdict == UNDETECTABLE
        assert blame(graph, D, cotangent, p).verdict == UNDETECTABLE


def test_single_precision_is_judged_by_its_own_rounding() -> None:
    for seed in range(5):
        graph, D, cotangent = dense(10, 0.5, seed)
        short = {edge: D[edge].astype(np.float32) for edge in D}
        p = backward(graph, short, cotangent, FLOAT32)
        q = {graph.n: p[graph.n]}
        for j in range(graph.n - 1, 0, -1):
            parts = [q[i] @ short[j, i] for i in reversed(graph.children(j))]
            q[j] = np.asarray(np.sum(parts, axis=0, dtype=np.float32))
        assert blame(graph, short, cotangent, leaves_of(graph, q), system=FLOAT32).verdict == UNDETECTABLE
        edge = graph.edges[seed]
        wrong = mutated(graph, D, cotangent, lambda e, block, edge=edge: 0 * block if e == edge else block)
        assert ("dropped", edge) in places(blame(graph, short, cotangent, leaves_of(graph, wrong), system=FLOAT32))


def test_what_a_correct_engine_may_be_off_by_is_not_blamed() -> None:
    D = jacobians(FOUR, forward(FOUR, [3.0, 4.0]))
    observed = {1: 4.0 + 1e-6, 2: 11.0}
    assert blame(FOUR, D, None, observed).verdict != UNDETECTABLE
    assert blame(FOUR, D, None, observed, allowed={1: 2e-6, 2: 2e-6}).verdict == UNDETECTABLE


def test_adjoints_that_are_missing_or_not_finite_are_said() -> None:
    D = jacobians(FOUR, forward(FOUR, [3.0, 4.0]))
    with pytest.raises(ValueError, match="give that of one leaf at least"):
        blame(FOUR, D, None, {})
    with pytest.raises(ValueError, match="1 × 1 entries"):
        blame(FOUR, D, None, {1: [1.0, 2.0]})
    found = blame(FOUR, D, None, {1: float("nan"), 2: 11.0})
    assert found.verdict == UNKNOWN
    assert "not finite" in found.sentence


def test_a_graph_too_large_for_gradients_alone_is_refused() -> None:
    graph = Graph(
        1, (leaf("x", (1600,)), vertex("h", "weighted_sum", (1,), weights=np.ones((1, 1, 1600)).tolist()), vertex("y", "square", (2,)))
    )
    D = jacobians(graph, forward(graph, [np.ones(1600)]))
    p = backward(graph, D)
    with pytest.raises(ValueError, match="Shrink the case first"):
        blame(graph, D, None, {1: 2 * p[1]})
    assert ("doubled", (1, 2)) in places(blame(graph, D, None, {**p, 1: 2 * p[1]}))


RIGHT_KINDS = {
    "overwrite": {"last consumer only"},
    "first consumer only": {"first consumer only"},
    "last consumer only": {"last consumer only"},
    "three consumers": {"at most 3 consumers"},
    "dropped edge": {"last consumer dropped"},
    "doubled edge": {"first consumer doubled"},
    "phantom edge": {"phantom edge"},
    "wrong sign": {"sign", "adjoint scaled"},
    "transposed Jacobian": {"transposed"},
    "wrong side": {"wrong side"},
    "ascending order": {"adjoints not ready"},
    "read too early": {"read too early"},
    "every sink seeded": {"dead vertex seeded"},
    "fused chain": {"fused chain"},
    "relative error 1e-3": {"scaled", "adjoint scaled"},
    "relative error 1e-6": {"scaled", "adjoint scaled"},
    "relative error 1e-9": {"scaled", "adjoint scaled"},
    "float in the rationals": {"rounded to float64"},
    "float32 in float64": {"rounded to float32"},
    "float in mpmath": {"rounded to float64"},
    "float in balls": {"rounded to float64"},
    "repeated operand once": {"operand missed"},
    "transposed edge Jacobians": {"transposed"},
    "edge Jacobian off by 1e-9": {"scaled"},
    "log-softmax without its row": {"identity"},
    "softmax without off-diagonal": {"diagonal only"},
    "tanh without the square": {"square root"},
    "divisor's sign": {"sign lost"},
    "stale value": {"wrong value"},
    "moved leaves": {"wrong value"},
}
CASES = trial_cases(0, 60)


def test_every_wrong_engine_has_a_right_diagnosis_written_down() -> None:
    assert {mutant.name for mutant in MUTANTS if mutant.part not in ("verifier", "sizes")} <= set(RIGHT_KINDS)


def test_blame_of_a_large_graph_names_the_vertex_and_seeks_no_further() -> None:
    case = large_cases()[0]
    found = diagnose(case, by_name("from consumer 13 on").routes, FLOAT64)
    assert found.bad == (1,)
    assert found.sentence.startswith("The adjoint of x is not the sum of its contributions. The graph has 2,050 edges")
    with pytest.raises(ValueError, match="the graph has 2,050 edges; blame by gradients takes at most 300"):
        diagnose(case, by_name("from consumer 13 on").routes, FLOAT64, all_adjoints=False)


def _killer(mutant: Mutant) -> tuple[Case, NumberSystem]:
    for case in CASES:
        for comparison in check_case(case, mutant.routes).comparisons:
            visible = any(not re.search(r"e-\d{3,}$", failure.difference) for failure in comparison.failures)  # not far below all floats
            if comparison.verdict is Verdict.WRONG and visible:
                return case, real_ball_system(300) if comparison.system == "ball" else number_system(comparison.system)
    raise AssertionError(f"{mutant.name} is not caught")


@pytest.mark.parametrize("name", RIGHT_KINDS)
def test_every_wrong_engine_is_diagnosed_on_the_smallest_graph_that_catches_it(name: str) -> None:
    mutant = by_name(name)
    case, system = _killer(mutant)
    full = diagnose(case, mutant.routes, system)
    assert {h.kind for h in full.matches} & RIGHT_KINDS[name], full.sentence
    if mutant.part == "forward":  # the values are what shows it
        return
    few = diagnose(case, mutant.routes, system, all_adjoints=False)
    assert few.verdict in (NAMED, ALIKE)
    assert {h.kind for h in few.matches} & RIGHT_KINDS[name], few.sentence


def test_exact_numbers_are_diagnosed_exactly() -> None:
    """Over the rationals an error of 10⁻³⁰ is an error."""
    case = make_case("four", "lecture", FOUR, [3, 4])
    D = jacobians(FOUR, forward(FOUR, case.leaves, RATIONAL), RATIONAL)
    p = backward(FOUR, D, None, RATIONAL)
    off = {**p, 1: RATIONAL.scale(1 + RATIONAL.convert(10) ** -30, p[1])}
    found = blame(FOUR, D, None, off, system=RATIONAL)
    assert found.bad == (1,)
    assert blame(FOUR, D, None, p, system=RATIONAL).verdict == UNDETECTABLE


EXTREMES = (np.inf, -np.inf, np.nan, 1e308, -1e308, 1e200, 1e-200, 5e-324, -0.0, 0.0, 1e16)


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("inside", [True, False])
def test_no_number_makes_blame_crash(seed: int, inside: bool) -> None:
    """Adjoints that are not finite, at the end of the range, or far apart; local Jacobians and cotangents too."""
    rng = np.random.default_rng(seed)
    graph, ordinary, start = dense(int(rng.integers(5, 9)), 0.5, seed)
    D = {edge: value * float(rng.choice([1e150, 1e-150, 1.0, 1e300])) if seed % 2 else value for edge, value in ordinary.items()}
    start = start * float(rng.choice([1.0, 1e300, 1e-300, 0.0]))
    with np.errstate(all="ignore"):
        p = mutated(graph, D, start, lambda edge, value: value)
        for _ in range(3):
            j = int(rng.choice([j for j in p if j < graph.n]))
            factor, plus = float(rng.choice(EXTREMES)), float(rng.choice(EXTREMES))
            p[j] = (p[j] * factor if rng.random() < 0.5 else p[j]) + (plus if rng.random() < 0.5 else 0.0)
    found = blame(graph, D, start, p if inside else leaves_of(graph, p))
    assert found.sentence
    assert found.verdict


def test_the_first_adjoint_that_is_not_finite_is_named() -> None:
    D = jacobians(FOUR, forward(FOUR, [3.0, 4.0]))
    p = {**backward(FOUR, D), 3: np.array([[np.inf]]), 1: np.array([[np.nan]])}
    found = blame(FOUR, D, None, p)
    assert (found.verdict, found.bad) == (UNKNOWN, (3, 1))
    assert found.sentence == "The adjoint of u3 is not finite, and the right one is: look for the operation that overflows."
    assert "An observed adjoint is not finite" in blame(FOUR, D, None, {1: np.inf, 2: 11.0}).sentence
